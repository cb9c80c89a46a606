"""Carry the packed corpus and checkpoints to another machine and back, in few bytes and in small parts.

pack      the token streams, tokenizer.json, tokens.json and, if there, proposals.npz of work/, compressed, into work/packed/
unpack    the same back into work/
split     work/checkpoint.pt into work/parts/, each part under 16 MB
join      the parts back into work/checkpoint.pt

A list of checksums is written beside what is packed or split, and verified by `unpack` and `join`.
"""

import argparse
import hashlib
import json
import lzma
import os
import shutil
import sys

from settings import PROPOSALS, WORK

PACKED, PARTS = WORK / "packed", WORK / "parts"
SUMS = "SHA256SUMS"
PART_BYTES = 15 << 20
PACKED_LIMIT = 60_000_000


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def seal(folder):
    """Writes the checksums of a folder's files; returns the bytes of all of them."""
    files = sorted(folder.iterdir())
    (folder / SUMS).write_text("".join(f"{digest(path)}  {path.name}\n" for path in files))
    return sum(path.stat().st_size for path in files)


def sealed(folder):
    """The files of a folder in the order of its checksums, each verified."""
    try:
        lines = (folder / SUMS).read_text().splitlines()
    except OSError as error:
        sys.exit(f"{folder / SUMS}: cannot be read: {error.strerror}")
    files = []
    for line in lines:
        expected, name = line.split("  ", 1)
        path = folder / name
        found = digest(path) if path.is_file() else "no file"
        if found != expected:
            sys.exit(f"{path}: expected sha256 {expected}, found {found}")
        files.append(path)
    return files


def pack():
    fresh(PACKED)
    for path in sorted(WORK.glob("train.*.npy")) + sorted(WORK.glob("valid.*.npy")):
        # Token numbers have two bytes each, and their neighbours differ in the low one most.
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 0, "lp": 1, "pb": 1}]
        with lzma.open(PACKED / f"{path.name}.xz", "wb", format=lzma.FORMAT_XZ, filters=filters) as stream:
            stream.write(path.read_bytes())
    for path in (WORK / "tokenizer.json", WORK / "tokens.json", PROPOSALS):
        if path != PROPOSALS or path.is_file():
            shutil.copyfile(path, PACKED / path.name)
    size = seal(PACKED)
    if size > PACKED_LIMIT:
        sys.exit(f"{PACKED}: expected at most {PACKED_LIMIT} bytes, found {size}")
    return size


def unpack():
    for path in sealed(PACKED):
        target = WORK / path.name.removesuffix(".xz")
        partial = target.with_name(target.name + ".partial")
        partial.write_bytes(lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes())
        os.replace(partial, target)
    return sum(path.stat().st_size for path in PACKED.iterdir())


def split():
    fresh(PARTS)
    with open(WORK / "checkpoint.pt", "rb") as stream:
        for number in range(100_000):
            block = stream.read(PART_BYTES)
            if not block:
                break
            (PARTS / f"checkpoint.pt.{number:03}").write_bytes(block)
    return seal(PARTS)


def join():
    target = WORK / "checkpoint.pt"
    partial = target.with_suffix(".partial")
    with open(partial, "wb") as stream:
        for path in sealed(PARTS):
            stream.write(path.read_bytes())
    os.replace(partial, target)
    return target.stat().st_size


def main():
    actions = {"pack": pack, "unpack": unpack, "split": split, "join": join}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=actions)
    options = parser.parse_args()
    print(json.dumps({"action": options.action, "bytes": actions[options.action]()}))


if __name__ == "__main__":
    main()
