"""Keeps stock of a small warehouse and says what has to be ordered."""

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Item:
    name: str
    price: float
    count: int = 0
    tags: list = field(default_factory=list)

    def value(self):
        return self.price * self.count


class Inventory:
    def __init__(self, minimum=5):
        self.items = {}
        self.minimum = minimum
        self.history = defaultdict(list)

    def add(self, item, reason="delivery"):
        known = self.items.get(item.name)
        if known is None:
            self.items[item.name] = item
        else:
            known.count += item.count
        self.history[item.name].append((reason, item.count))

    def remove(self, name, count):
        item = self.items[name]
        if item.count < count
            raise ValueError(f"only {item.count} of {name} left")
        item.count -= count
        self.history[name].append(("sale", -count))

    def to_order(self):
        low = [item for item in self.items.values() if item.count < self.minimum]
        return sorted(low, key=lambda item: (item.count, item.name))

    def total(self):
        return sum(item.value() for item in self.items.values())


def read(path):
    inventory = Inventory()
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            tags = [tag.strip() for tag in row["tags"].split(";") if tag]
            inventory.add(Item(row["name"], float(row["price"]), int(row["count"]), tags))
    return inventory


def report(inventory):
    print(f"{'name':<20} {'count':>6} {'value':>10}")
    for name, item in sorted(inventory.items.items()):
        print(f"{name:<20} {item.count:>6} {item.value():>10.2f}")
    print(f"{'total':<20} {'':>6} {inventory.total():>10.2f}")
    for item in inventory.to_order():
        print("order:", item.name, max(inventory.minimum - item.count, 0)


def main(arguments):
    if len(arguments) != 2:
        print("usage: inventory.py FILE.csv", file=sys.stderr)
        return 2
    report(read(arguments[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
