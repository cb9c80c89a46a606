"""Shingles of text, and which of them the evaluation files hold.

Two texts share code when they share 10 consecutive lines (blanks collapsed, empty lines left out) or 50 consecutive
lexemes. A text too short for either is compared as a whole.
"""

import base64
import gzip
import json
import pathlib
import re
import zlib

import numpy

LINES = 10
TOKENS = 50
LEXEME = re.compile(r"\w+|[^\w\s]")
MULTIPLIER = numpy.uint64(0x9E3779B97F4A7C15)


def windows(codes, length):
    """Polynomial hash of every window of `length` codes, modulo 2**64."""
    codes = numpy.asarray(codes, dtype=numpy.uint64)
    if len(codes) < length:
        return numpy.zeros(0, dtype=numpy.uint64)
    count = len(codes) - length + 1
    total = numpy.zeros(count, dtype=numpy.uint64)
    with numpy.errstate(over="ignore"):
        for i in range(length):
            total = total * MULTIPLIER + codes[i:i + count]
    return total


def line_codes(text):
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [zlib.crc32(line.encode()) + 1 for line in lines if line]


def token_codes(text):
    return [zlib.crc32(token.encode()) + 1 for token in LEXEME.findall(text)]


def shingles(text):
    """All shingles of a text as one uint64 array; a short text is one shingle of its own."""
    lines, tokens = line_codes(text), token_codes(text)
    parts = [windows(lines, LINES), windows(tokens, TOKENS)]
    if len(tokens) < TOKENS and tokens:
        parts.append(windows(tokens, len(tokens)))
    return numpy.concatenate(parts)


def evaluation_texts(folder):
    """Yields (file, text) for every text in the evaluation files of `folder`."""
    for path in sorted(pathlib.Path(folder).glob("*.jsonl*")):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                record = json.loads(line)
                if "base64" in record:
                    yield path.name, base64.b64decode(record["base64"]).decode("utf-8", "replace")
                if "prompt" in record and "canonical_solution" in record:
                    yield path.name, record["prompt"] + record["canonical_solution"] + record.get("suffix", "")
                for key in ("broken", "fixed", "text", "test"):
                    if isinstance(record.get(key), str):
                        yield path.name, record[key]


def evaluation_shingles(folder):
    """Sorted, unique shingles of all evaluation texts."""
    parts = [shingles(text) for _, text in evaluation_texts(folder)]
    return numpy.unique(numpy.concatenate(parts))


def shared(text, known):
    """How many shingles of `text` are in the sorted array `known`."""
    own = shingles(text)
    if not len(known) or not len(own):
        return 0
    places = numpy.minimum(numpy.searchsorted(known, own), len(known) - 1)
    return int((known[places] == own).sum())
