"""Build work/corpus/{train,valid}.jsonl from the verified archives: select, clean, deduplicate, exclude, split.

Every line of the result is {"source", "path", "language", "text"}. The same archives give the same corpus.
"""

import argparse
import ast
import hashlib
import io
import json
import os
import random
import re
import subprocess
import tarfile
import zipfile
from collections import Counter

import contamination
from fetch import main_archive
from settings import CORPUS, DEFAULT_LANGUAGES, LANGUAGES, MANIFEST, SEED

# Bytes: the smallest and largest file, the most from one package, and the most in all.
SMALLEST = 200
LARGEST = {"python": 60_000, "c": 90_000, "json": 30_000}
PER_PACKAGE = {"python": 2_000_000, "c": 2_000_000, "json": 1_200_000}
TOTAL = {"python": 52_000_000, "c": 34_000_000, "json": 10_000_000}
for name in LANGUAGES:
    LARGEST.setdefault(name, 60_000)
    PER_PACKAGE.setdefault(name, 2_400_000)
    TOTAL.setdefault(name, 32_000_000)
VALID_SHARE = 50  # one file of 50 is held out
NEAR = 0.5  # a file with a larger share of shingles seen before is a near duplicate
SHINGLE = 5  # lines

GENERATED = re.compile(r"(?i)generated (by|from|file|code|automatically)|automatically generated|auto-?generated|"
                       r"do not (edit|modify)")
COPYLEFT = re.compile(r"(?i)general public license|\bL?GPL\b|mozilla public|\bSSPL\b|creative commons|"
                      r"all rights reserved\. no")
SKIP = re.compile(r"(?i)(^|/)(_?vendor(ed)?|deps|third[_-]?party|node_modules|extern(al)?|locales?|langs?|i18n|"
                  r"translations|migrations|testdata|unicode)/|"
                  r"\.min\.|_pb2|HumanEval|package-lock|\.ipynb|\.map\.json|LICENSE")
COMMENT = re.compile(r"\A\s*(/\*.*?\*/|(//[^\n]*\n)+)\s*", re.S)
HEADER = {"python": re.compile(r"\A((#[^\n]*)?\n)+"),
          **dict.fromkeys(("c", "java", "go", "javascript", "cpp", "rust"), COMMENT)}


def language_of(path, languages):
    """The first of `languages` that a path belongs to, or None."""
    return next((name for name in languages if path.endswith(LANGUAGES[name])), None)


def members(archive, languages):
    """Yields (path, bytes) of the files of interest in an archive, in order of their paths."""
    largest = max(LARGEST[name] for name in languages)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as bundle:
            for info in sorted(bundle.infolist(), key=lambda i: i.filename):
                if language_of(info.filename, languages) and SMALLEST <= info.file_size <= largest:
                    yield info.filename, bundle.read(info)
        return
    source = archive
    if archive.suffix == ".deb":
        tree = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE, check=True).stdout
        source = None
    found = []
    with tarfile.open(source, fileobj=None if source else io.BytesIO(tree)) as bundle:
        for info in bundle:
            if info.isfile() and language_of(info.name, languages) and SMALLEST <= info.size <= largest:
                found.append((info.name, bundle.extractfile(info).read()))
    yield from sorted(found)


def strict_json(text):
    def refuse(name):
        raise ValueError(name)
    json.loads(text, parse_constant=refuse)


def clean(path, language, data):
    """The text of a file with its licence header left out, or None where the file is not wanted."""
    if SKIP.search(path) or len(data) > LARGEST[language]:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    head = text[:3000]
    if "\0" in text or "\r" in text or GENERATED.search(head) or COPYLEFT.search(head):
        return None
    if language in HEADER:
        match = HEADER[language].match(text)
        if match and re.search(r"(?i)copyright|licen[sc]e", match.group()):
            text = text[match.end():]
    lines = text.splitlines()
    if len(text) < SMALLEST or sum(not c.isascii() for c in text) > 0.1 * len(text):
        return None
    if language == "json":
        if len(lines) < 4 and len(text) > 2000:
            return None
    elif len(lines) < 6 or max(map(len, lines)) > 300 or len(text) / len(lines) > 80:
        return None
    digits = sum(c.isdigit() or c in ",.- \n[]" for c in text)
    if digits > 0.7 * len(text):
        return None  # a table of numbers
    try:
        if language == "python":
            ast.parse(text)
        elif language == "json":
            strict_json(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return text


def candidates(entry):
    """The cleaned files of one package, in a random order that only its name decides."""
    archive = main_archive(entry)
    if archive is None:
        raise SystemExit(f"{entry['name']}: not downloaded, run fetch.py first")
    languages = entry.get("languages", DEFAULT_LANGUAGES)
    files = [(path, language_of(path, languages), data) for path, data in members(archive, languages)]
    random.Random(f"{SEED} {entry['name']}").shuffle(files)
    taken = Counter()
    for path, language, data in files:
        if taken[language] >= PER_PACKAGE[language]:
            continue
        text = clean(path, language, data)
        if text is not None:
            taken[language] += len(text)
            yield {"source": f"{entry['ecosystem']}:{entry['name']}", "path": path, "language": language, "text": text}


class Duplicates:
    """Knows the texts and the line shingles seen so far."""

    def __init__(self):
        self.texts = set()
        self.shingles = set()

    def add(self, text):
        """True where the text is new; a new text is remembered."""
        digest = hashlib.sha256(" ".join(text.split()).encode()).digest()
        if digest in self.texts:
            return False
        codes = set(contamination.windows(contamination.line_codes(text), SHINGLE).tolist())
        if codes and len(codes & self.shingles) > NEAR * len(codes):
            return False
        self.texts.add(digest)
        self.shingles |= codes
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluation", default=os.environ.get("ESPALIER_EVALUATION"),
                        help="folder with the evaluation files; without it the manifest's list of exclusions is used")
    options = parser.parse_args()
    manifest = json.loads(MANIFEST.read_text())
    excluded = set(manifest.get("excluded", []))
    known = contamination.evaluation_shingles(options.evaluation) if options.evaluation else []
    files = [file for entry in manifest["packages"] for file in candidates(entry)]
    random.Random(SEED).shuffle(files)
    duplicates, totals, sources = Duplicates(), Counter(), {}
    dropped = Counter()
    CORPUS.mkdir(parents=True, exist_ok=True)
    with open(CORPUS / "train.jsonl", "w") as train, open(CORPUS / "valid.jsonl", "w") as valid:
        for file in files:
            language, text = file["language"], file["text"]
            if totals[language] >= TOTAL[language]:
                continue
            digest = hashlib.sha256(text.encode()).hexdigest()
            if digest[:16] in excluded or contamination.shared(text, known):
                excluded.add(digest[:16])
                dropped["evaluation"] += 1
                continue
            if not duplicates.add(text):
                dropped["duplicate"] += 1
                continue
            held_out = int(digest[-8:], 16) % VALID_SHARE == 0
            (valid if held_out else train).write(json.dumps(file) + "\n")
            totals[language] += len(text)
            sources.setdefault(file["source"], Counter())[language] += len(text)
    if options.evaluation and excluded != set(manifest.get("excluded", [])):
        text = MANIFEST.read_text()
        listed = json.dumps(sorted(excluded))
        if "excluded" in manifest:
            text = re.sub(r'"excluded": \[[^\]]*\]', lambda _: f'"excluded": {listed}', text)
        else:
            text = text.rstrip().removesuffix("}").rstrip() + f',\n "excluded": {listed}\n}}\n'
        MANIFEST.write_text(text)
    summary = {"characters": totals, "dropped": dropped, "sources": sources}
    (CORPUS / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    print(json.dumps({"characters": totals, "dropped": dropped, "packages": len(sources)}))


if __name__ == "__main__":
    main()
