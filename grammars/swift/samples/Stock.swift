import Foundation

/// What can be counted.
protocol Counted {
  associatedtype Key: Hashable
  var count: Int { get }
  mutating func sell(_ n: Int) throws -> Bool
}

enum StockError: Error {
  case tooFew(name: String, count: Int)
  case unknown
}

struct Item: Counted {
  typealias Key = String
  let name: String
  private(set) var count = 0
  var price: Double? { didSet { print("price of \(name)") } }

  init(name: String, count: Int = 0) {
    self.name = name
    self.count = count
  }

  @discardableResult
  mutating func sell(_ n: Int) throws -> Bool {
    guard n <= count, n >= 0 else {
      throw StockError.tooFew(name: name, count: count)
    }
    count -= n
    return true
  }
}

extension Array where Element == Item {
  func total() -> Int {
    var sum = 0
    for item in self where item.count > 0 {
      sum += item.count
    }
    while sum > 1_000 { sum /= 2 }
    return reduce(0) { $0 + $1.count }
  }
}

func run() {
  var items = [Item(name: "apple", count: 3), Item(name: "pear")]
  do {
    try items[0].sell(1)
  } catch StockError.tooFew(let name, _) {
    print("too few of \(name)")
  } catch {
    print(error)
  }
  switch items.total() {
  case 0: print("none")
  case 1..<10: print("few", terminator: "\n")
  default: break
  }
  if let price = items.first?.price, price > 1.5 { print(price as Any) }
}
