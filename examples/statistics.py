"""Simple statistics over lists of numbers, which must not be empty."""

from math import sqrt


# The arithmetic mean.
def mean(values):
    return sum(values) / len(values)


# The middle value; with an even count, the mean of the two in the middle.
def median(values):
    ...


# The standard deviation.
def deviation(values):
    center = mean(values)
    return sqrt(mean([(value - center) ** 2 for value in values]))


if __name__ == "__main__":
    sample = [3, 1, 4, 1, 5, 9, 2, 6]
    print(mean(sample), median(sample), deviation(sample))
