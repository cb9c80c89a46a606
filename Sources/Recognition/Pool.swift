/// Contiguous storage that only grows: a stored index stays valid, and an access is one load.
///
/// Owned by one class, which calls `deallocate` when it goes. Holds plain values only.
struct Pool<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 64) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  func deallocate() { base.deallocate() }

  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  @inline(__always)
  subscript(index: Int32) -> Element {
    get { base[Int(index)] }
    nonmutating set { base[Int(index)] = newValue }
  }

  @inline(__always)
  subscript(index: Int) -> Element { base[index] }

  /// Appends `element` and returns its index. Amortised O(1).
  @inline(__always)
  mutating func append(_ element: Element) -> Int32 {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
    return Int32(count - 1)
  }

  mutating func popLast() -> Element? {
    if count == 0 { return nil }
    count -= 1
    return base[count]
  }

  mutating func removeAll() { count = 0 }
  mutating func removeLast(_ number: Int) { count -= number }

  @inline(never)
  private mutating func grow() {
    let grown = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    grown.update(from: base, count: count)
    base.deallocate()
    base = grown
    capacity *= 2
  }
}

/// A hash table of indices into a pool, for keys that stand in the pool's elements.
///
/// Open addressing with linear probing; the caller hashes and compares.
struct IndexTable {
  private var slots: UnsafeMutablePointer<Int32>
  private var mask: Int
  private(set) var count = 0
  private var isOwned = true

  init(capacity: Int = 256) {
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: -1, count: capacity)
    mask = capacity - 1
  }

  /// A table that belongs to somebody else and is never written to.
  init(borrowing slots: UnsafeBufferPointer<Int32>) {
    self.slots = UnsafeMutablePointer(mutating: slots.baseAddress!)
    mask = slots.count - 1
    isOwned = false
  }

  func deallocate() { if isOwned { slots.deallocate() } }

  /// A power of two of them, -1 for those that are free.
  var allSlots: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: slots, count: mask + 1) }

  mutating func removeAll() {
    if count == 0 { return }
    slots.update(repeating: -1, count: mask + 1)
    count = 0
  }

  /// The index that `isEqual` accepts, or -1 with the slot where it belongs. O(1) on average.
  @inline(__always)
  func find(_ hash: UInt64, _ isEqual: (Int32) -> Bool) -> (index: Int32, slot: Int) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let index = slots[slot]
      if index < 0 || isEqual(index) { return (index, slot) }
      slot = (slot + 1) & mask
    }
  }

  /// Puts `index` where `find` found nothing. `hash` gives the hash of an index that is there already.
  @inline(__always)
  mutating func insert(_ index: Int32, at slot: Int, hash: (Int32) -> UInt64) {
    slots[slot] = index
    count += 1
    if count * 2 > mask { grow(hash) }
  }

  /// Replaces the index in a slot that `find` returned.
  func replace(_ slot: Int, by index: Int32) { slots[slot] = index }

  @inline(never)
  private mutating func grow(_ hash: (Int32) -> UInt64) {
    let old = slots
    let oldCount = mask + 1
    slots = .allocate(capacity: oldCount * 2)
    slots.initialize(repeating: -1, count: oldCount * 2)
    mask = oldCount * 2 - 1
    for position in 0..<oldCount where old[position] >= 0 {
      var slot = Int(truncatingIfNeeded: hash(old[position])) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = old[position]
    }
    old.deallocate()
  }

  /// Mixes the bits of a packed key (the finaliser of MurmurHash3).
  @inline(__always)
  static func hash(_ key: UInt64) -> UInt64 {
    var hash = key
    hash ^= hash >> 33
    hash = hash &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 33
    hash = hash &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ hash >> 33
  }
}

/// Elements by ascending cost, as Dijkstra's algorithm takes them: a list of each cost.
struct BucketQueue<Element: BitwiseCopyable> {
  private struct Link: BitwiseCopyable {
    var element: Element
    var next: Int32
  }
  private var links = Pool<Link>()
  private var heads = Pool<Int32>()
  private var free: Int32 = -1
  private var lowest: Int32 = 0
  private var count = 0

  var isEmpty: Bool { count == 0 }

  func deallocate() {
    links.deallocate()
    heads.deallocate()
  }

  mutating func removeAll() {
    links.removeAll()
    heads.removeAll()
    free = -1
    lowest = 0
    count = 0
  }

  /// O(1), and O(cost) once.
  mutating func insert(_ element: Element, cost: Int32) {
    while heads.count <= Int(cost) { _ = heads.append(-1) }
    let link = Link(element: element, next: heads[cost])
    if free >= 0 {
      let slot = free
      free = links[slot].next
      links[slot] = link
      heads[cost] = slot
    } else {
      heads[cost] = links.append(link)
    }
    lowest = min(lowest, cost)
    count += 1
  }

  /// The lowest cost of an element; nil if there is none.
  mutating func lowestCost() -> Int32? {
    while lowest < heads.count, heads[lowest] < 0 { lowest += 1 }
    return lowest < heads.count ? lowest : nil
  }

  /// An element of the lowest cost. Amortised O(1) but for the steps over empty costs.
  mutating func popLowest() -> (element: Element, cost: Int32)? {
    guard let lowest = lowestCost() else { return nil }
    let slot = heads[lowest]
    let link = links[slot]
    heads[lowest] = link.next
    links[slot].next = free
    free = slot
    count -= 1
    return (link.element, lowest)
  }
}
