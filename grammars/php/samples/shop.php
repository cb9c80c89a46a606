<?php

declare(strict_types=1);

namespace Shop\Stock;

use InvalidArgumentException as Invalid;

/** What can be counted. */
interface Counted
{
    public const LIMIT = 100;

    public function count(): int;
}

abstract class Item implements Counted
{
    private static array $known = ['apple' => 3, "pear" => 4];

    public function __construct(protected readonly string $name, private ?int $price = null)
    {
        if ($price !== null && $price < 0) {
            throw new Invalid("price of {$name} is $price");
        }
        self::$known[$name] ??= 0;
    }

    public function count(): int
    {
        return static::$known[$this->name] ?? 0;
    }

    public function list(): iterable
    {
        foreach (self::$known as $name => $count) {
            yield $name => $count * ($this->price ?: 1);
        }
    }
}

function total(Item ...$items): int
{
    $sum = 0;
    for ($i = 0; $i < count($items); $i++) {
        $sum += $items[$i]->count();
    }
    while ($sum > 1_000) {
        $sum -= 0x10;
    }
    return match (true) {
        $sum > 10, $sum < 0 => $sum,
        default => (int) round($sum / 2.5),
    };
}

$double = fn(int $x): int => $x * 2;
$text = <<<TEXT
    Total: {$double(21)}
    and more
    TEXT;
# An old kind of comment.
echo $text . PHP_EOL, Counted::class, "\n";
?>
<p><?= $text ?></p>
