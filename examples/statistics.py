"""Simple statistics over lists of numbers."""

from math import sqrt


def mean(values):
    """Return the arithmetic mean of a list of numbers, which must not be empty."""
    return sum(values) / len(values)


def median(values):
    """Return the middle value of a list of numbers, which must not be empty.

    With an even count, it is the mean of the two values in the middle.
    """
    ...


def deviation(values):
    """Return the standard deviation of a list of numbers, which must not be empty."""
    center = mean(values)
    return sqrt(mean([(value - center) ** 2 for value in values]))


if __name__ == "__main__":
    sample = [3, 1, 4, 1, 5, 9, 2, 6]
    print(mean(sample), median(sample), deviation(sample))
