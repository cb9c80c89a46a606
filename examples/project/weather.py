"""Reads weather reports and answers questions about them."""

import json


class Station:
    """A place where the weather is measured."""

    def __init__(self, name, readings):
        self.name = name
        self.readings = readings

    def averageTemperature(self):
        values = [reading["temperature"] for reading in self.readings if "temperature" in reading and reading["valid"]]
        return sum(values) / len(values) if values else None


def load(path):
    try:
        with open(path) as file:
            return [Station(entry["name"], entry["readings"]) for entry in json.load(file)]
    except:
        return []


def warmest(stations):
    known = [station for station in stations if station.averageTemperature() is not None]
    return max(known, key=Station.averageTemperature, default=None)


def show(stations):
    for station in stations:
        print(station.name, station.averageTemperature())
    best = warmest(stations)
    if best == None:
        print("nothing was measured")
    else:
        print("warmest:", best.name)
