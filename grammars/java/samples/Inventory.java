/* Keeps a stock: generics, records, switches, text blocks and annotations. */
package example.stock;

import java.util.*;
import java.util.function.Function;
import static java.util.stream.Collectors.toList;

/** Things that can be counted. */
@FunctionalInterface
interface Counter<T extends Comparable<? super T> & java.io.Serializable> {
  int LIMIT = 0x7fff_ffff;

  int count(T value) throws IllegalStateException;

  default <R> Function<T, R> then(Function<Integer, ? extends R> next) {
    return value -> next.apply(count(value));
  }

  static long total(int... values) {
    long result = 0L;
    for (int value : values) result += value;
    return result;
  }
}

@interface Audited {
  String value() default "nobody";
  Class<?>[] by() default {};
}

enum Size {
  SMALL(1) { @Override double weight() { return .5e-1; } },
  LARGE(2);

  private final int factor;

  Size(int factor) { this.factor = factor; }

  double weight() { return factor * 1.0f; }
}

record Point<T>(int x, T... rest) implements Comparable<Point<T>> {
  static final Point<?> ORIGIN = new Point<>(0);

  Point {
    if (x < 0) throw new IllegalArgumentException("x: " + x);
  }

  @Override
  public int compareTo(Point<T> other) { return Integer.compare(x, other.x); }
}

sealed interface Shape permits Circle, Square {}
final class Circle implements Shape { int radius; }
non-sealed class Square implements Shape { }

@Audited(value = "all", by = {String.class, int[].class})
public abstract class Inventory<K, V extends List<K>> extends AbstractMap<K, V> implements Cloneable {
  private static final String PAGE = """
      <p class="x">"quoted" and \t tab, \
      no break</p>
      """;
  protected transient volatile int[][] counts = {{1, 2}, {}, new int[3]};
  private final Map<K, V> items = new HashMap<>() {{ clear(); }};
  char quote = '\'', letter = '\u0041', tab = '\t';

  static {
    System.out.println(PAGE);
  }

  protected Inventory(K first) {
    super();
    counts[0][1] ^= ~counts.length >>> 2;
  }

  abstract V find(K key, final @Audited("x") String... hints);

  public synchronized <T> T each(Function<? super K, T> body) throws Exception {
    outer:
    for (int i = 0, j = 10; i < j; i++, --j) {
      while (true) {
        if (i % 2 == 0 && j != 3 || i == j) continue outer;
        else break outer;
      }
    }
    do { counts[0][0]--; } while (counts[0][0] > 0);
    T last = null;
    for (K key : items.keySet()) last = body.apply(key);
    Object value = last instanceof String s && !s.isEmpty() ? s : (Object) 1L;
    String kind = switch (counts.length) {
      case 0, 1 -> "few";
      case 2 -> { yield "two"; }
      default -> throw new IllegalStateException();
    };
    switch (kind) {
      case "few":
        assert items.size() < 10 : "too many";
      default:
        break;
    }
    try (Scanner in = new Scanner(System.in); var out = System.out) {
      synchronized (this) { out.printf("%s%n", in.nextLine()); }
    } catch (IllegalStateException | NoSuchElementException error) {
      throw error;
    } finally {
      ;
    }
    Runnable run = () -> {}, other = this::clear;
    Function<Integer, int[]> make = int[]::new;
    var numbers = List.<Integer>of(1, 2).stream().map((Integer n) -> n + 1).collect(toList());
    return last;
  }

  @Override
  public Set<Entry<K, V>> entrySet() { return items.entrySet(); }

  class Inner { Inventory<K, V> outer() { return Inventory.this; } }
}
