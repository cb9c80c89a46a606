import Foundation
import Grammar
import Recognition
import Synchronization
import Testing

/// Whether there is a grammar store to test with; `make test` sets one up.
let storeIsThere = ProcessInfo.processInfo.environment["ESPALIER_HOME"] != nil
let storeHint: Comment = "ESPALIER_HOME names no grammar store: run make test"

/// Languages of the store, prepared once.
enum TestLanguages {
  private static let known = Mutex<[String: Language]>([:])

  static func language(_ name: String, dialect: Bool = false) throws -> Language {
    try known.withLock { known in
      let key = "\(name) \(dialect)"
      if let language = known[key] { return language }
      let language = try Language(GrammarStore.default.open(name), applyingDialect: dialect)
      known[key] = language
      return language
    }
  }

  /// A store with a grammar that a test may change.
  static func copyOfStore(_ name: String) throws -> (store: GrammarStore, folder: URL) {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("espalier-\(UUID().uuidString)")
    let folder = root.appendingPathComponent("grammars/\(name)")
    try FileManager.default.createDirectory(
      at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: GrammarStore.default.folder(of: name), to: folder)
    return (GrammarStore(roots: [root]), folder)
  }

  /// Languages that a test runs on if the store has them.
  static let installed: Set<String> = storeIsThere ? Set(GrammarStore.default.list().map(\.name)) : []
}

func accepts(_ language: Language, _ text: String) -> Bool {
  Array(text.utf8).withUnsafeBufferPointer { Recogniser(language).accepts($0) }
}

/// Small deterministic random numbers (SplitMix64).
struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Small programs that use much of their languages.
enum Snippets {
  static let json = """
    {"name": "x\\n", "list": [1, -2.5e3, true, null], "nested": {"a": {}, "b": []}}
    """
  static let c = """
    #include <stdio.h>
    #define LIMIT 10
    /* A block comment. */
    struct point { int x, y; };
    static int sum(const int *values, unsigned count) {
      int total = 0;
      for (unsigned i = 0; i < count; i++) total += values[i]; // the rest
      if (total > LIMIT) { return (int)total; } else return -1;
    }
    int main(void) {
      char c = 'a', *s = "text\\n";
      struct point p = {.x = 1, .y = 2};
      do { p.x--; } while (p.x > 0 && s[0] != c);
      switch (p.y) { case 1: break; default: printf("%d", sum(&p.x, 1u)); }
      return 0;
    }

    """
  static let python = """
    import os
    from sys import (argv,
                     path)

    # A comment.
    class Shape(object):
        \"\"\"Text
        of several lines.\"\"\"
        sides = {'a': [1, 2.5, 0x1F], "b": (True, None)}

        def area(self, *args, scale=1, **rest):
            if self.sides:
                return sum(x * scale for x in args)
            elif scale > 2 and not rest:
                pass
            else:
                raise ValueError(f"{scale!r:>{10}} {self.sides['a']}")

    try:
        with open(argv[1]) as f:
            for line in f:
                while line: line = line[1:-1]
    except (OSError, IndexError) as e:
        print(e)
    finally:
        del path
    value = lambda x: x if x else -1

    """
  static let all = ["json": json, "c": c, "python": python]
}
