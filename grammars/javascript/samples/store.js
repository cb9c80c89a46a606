// A small store: classes, templates, regular expressions, destructuring and automatic semicolons.
import fs, { readFile as read } from "node:fs"
import * as path from 'path'
export * from "./other.js"
export { limit as default, Store }

const limit = 1_000n, hex = 0xff, octal = 0o17, binary = 0b11, half = .5e-3
let pattern = /[/\]\\]+(?<year>\d{4})\/(?!x)/giu, quotient = limit / 2n / 3n
var text = `total: ${limit > 10n ? `more than ${`ten`}` : "few"} \`quoted\` \${not}`
const { a, b: { c = 1 } = {}, ...rest } = { a: 1, [`key${hex}`]: 2, get size() { return 3 }, async *items() {} }
const [first, , third = 3, ...others] = [1, , ...[2, 3]]

class Store extends (Map ?? Object) {
  static #count = 0
  #items = new WeakMap()
  name = 'none';
  static { Store.#count += 1 }

  constructor(...entries) {
    super(entries)
    if (!new.target || !(#items in this)) throw new TypeError(`no ${this.name}`)
  }

  get total() { return Store.#count }
  set total(value) { Store.#count = value }
  static async create({ path: file, mode = "r" } = {}, callback = () => {}) {
    const data = await read?.(file, mode)
    return callback(data), data?.[0] ?? null
  }
  *[Symbol.iterator]() { yield* this.values(); yield }
  'quoted name'() { return delete this.name, void 0 }
}

function* count(from, to = from + 10) {
  for (let i = from; i < to; i++) yield i ** 2
}

async function main() {
  const store = await Store.create()
  outer: for (const key in store) {
    for await (const item of store.items?.() ?? []) {
      if (item === key) continue outer
      else if (item instanceof Store && typeof item !== "undefined") break outer
    }
  }
  do { text += '\u{1F980}\x41\
' } while (text.length < 10)
  switch (text[0]) {
    case 'a': case 'b': { break }
    default: text ||= "none"
  }
  try {
    JSON.parse(text)
  } catch {
    console.error(`${text.replace(pattern, (_, year) => year)}`)
  } finally { debugger }
  const double = x => x * 2, pair = async (x, y) => ({ x, y }), tagged = String.raw`a\n${double(2)}`
  let i = 0
  i++
  --i
  const sum = [1, 2, 3]
    .map(double)
    .reduce((total, n) => total + n, 0)
  if (sum > 3 && !(sum % 2) || ~sum) return
  else half_(sum)
  label: { break label }
  return new (class { })(), import("./late.js"), import.meta.url
}

function half_(x) { return x >>> 1 | x & 3 ^ 1 }
/* a comment
   of two lines */ main()
