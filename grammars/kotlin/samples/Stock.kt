package shop.stock

import kotlin.math.max

/** What can be counted. */
interface Counted {
    val count: Int
    fun sell(n: Int): Boolean
}

data class Item(val name: String, override var count: Int = 0) : Counted {
    var price: Double? = null
        get() = field ?: 1.5
        private set

    override fun sell(n: Int): Boolean {
        if (n > count || n !in 0..100) {
            throw IllegalArgumentException("cannot sell $n of ${name.trim()}")
        }
        count -= n
        return true
    }

    companion object {
        const val LIMIT = 0x7F
    }
}

sealed class State {
    object Idle : State()
    class Busy(val since: Long) : State()
}

fun <T : Counted> total(items: List<T>): Int {
    var sum = 0
    for (item in items) {
        sum += item.count
    }
    while (sum > 1_000) sum--
    return when {
        sum > 10 -> sum
        else -> max(sum, 1)
    }
}

fun main() {
    val items = listOf(Item("apple", 3), Item("pear"))
    items.filter { it.count > 0 }.forEach { println("${it.name}: ${it.count}") }
    val text = """
        Total: ${total(items)}
    """.trimIndent()
    println(text as? String)
}
