"""Ask the tool to repair short texts that were damaged; writes work/proposals.npz, to learn right repairs from wrong ones.

Each sample is a proposal: its tokens, the original's where they differ, and what is wrong, as `noise.damage` has it. The
originals are valid fragments of the training files, in the languages whose grammars are installed. What is there already
is kept, so that a run can be repeated for more.
"""

import argparse
import collections
import difflib
import json
import os
import pathlib
import subprocess
import tempfile
import time

import numpy
from tokenizers import Tokenizer

import noise
from settings import HERE, LANGUAGES, PROPOSALS, TOKENIZER
from tokenizer import PAD

LIMIT = 150  # tokens of an original
ROUND = 64  # texts of one run of the tool


def judged(proposal, original):
    """The targets of the tokens of a proposal, and which are wrong."""
    targets, wrong = list(proposal), [False] * len(proposal)
    matcher = difflib.SequenceMatcher(None, proposal, original, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "insert" and proposal:
            wrong[min(start, len(proposal) - 1)] = True
        elif kind != "equal":
            targets[start:end] = (original[first:last] + [PAD] * (end - start))[:end - start]
            wrong[start:end] = [token != target for token, target in zip(proposal[start:end], targets[start:end])]
            wrong[end - 1] |= not any(wrong[start:end])
    return targets, wrong


def applied(edits, text):
    for edit in sorted(edits, key=lambda edit: edit["start"]["byte"], reverse=True):
        text = text[:edit["start"]["byte"]] + edit["inserted"].encode() + text[edit["end"]["byte"]:]
    return text


def run(tool, folder, *arguments):
    found = subprocess.run([tool, *arguments, "--format", "json", str(folder)], capture_output=True)
    if found.returncode > 1:
        raise SystemExit(f"{tool}: {found.stderr.decode()}")
    return json.loads(found.stdout)


def write(folder, texts, suffix):
    for number, text in enumerate(texts):
        (folder / f"{number}{suffix}").write_bytes(text)


def samples(tool, language, corpus, vocabulary, tokenizer, rng):
    """Proposals for one round of texts: (tokens, targets, wrong)."""
    suffix = LANGUAGES[language][0]
    texts = []
    for _ in range(2 * ROUND):
        tokens = corpus.fragment(language, LIMIT, vocabulary, rng)
        text = tokenizer.decode(tokens.tolist(), skip_special_tokens=False)
        # Lines of an object are members of it.
        texts.append("{\n" + text.rstrip().rstrip(",") + "\n}\n" if language == "json" else text)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder, [text.encode() for text in texts], suffix)
        invalid = {pathlib.Path(finding["path"]).stem for finding in run(tool, folder, "check")["findings"]}
    chosen = [i for i in range(len(texts)) if str(i) not in invalid][:ROUND]
    broken = []
    for i in chosen:
        places = 1 if rng.random() < 0.8 else 2
        tokens = numpy.array(tokenizer.encode(texts[i]).ids)
        visible, _, _ = noise.damage(tokens, language, places, vocabulary, rng, 0.4)
        broken.append(tokenizer.decode(visible.tolist(), skip_special_tokens=False).encode())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder, broken, suffix)
        for file in run(tool, folder, "fix", "--model", "none", "--no-reference", "--alternatives", "10",
                        "--timeout", "1")["files"]:
            number = int(pathlib.Path(file["path"]).stem)
            original = tokenizer.encode(texts[chosen[number]]).ids
            for proposal in file.get("proposals", []):
                text = applied(proposal["edits"], broken[number])
                tokens = tokenizer.encode(text.decode(errors="replace")).ids
                yield tokens, *judged(tokens, original)


def save(known):
    arrays = {}
    for name, found in known.items():
        for column, (kind, type) in enumerate((("tokens", "uint16"), ("targets", "uint16"), ("wrong", "bool"))):
            arrays[f"{name}.{kind}"] = numpy.concatenate([sample[column] for sample in found]).astype(type)
        arrays[f"{name}.ends"] = numpy.cumsum([len(sample[0]) for sample in found])
    partial = PROPOSALS.with_suffix(".partial.npz")
    numpy.savez_compressed(partial, **arrays)
    os.replace(partial, PROPOSALS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=str(HERE.parent / "build" / "bin" / "espalier"))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    corpus = noise.Corpus("train")
    vocabulary = noise.Vocabulary(tokenizer, corpus.frequencies(tokenizer.get_vocab_size()))
    rng = numpy.random.default_rng(options.seed)
    started, known, rounds = time.monotonic(), noise.proposals(), collections.Counter()
    while time.monotonic() - started < 60 * options.minutes:
        # The language with the fewest samples next, of Python twice as many.
        language = min(LANGUAGES, key=lambda name: max(len(known.get(name, [])), 50 * rounds[name])
                       / (2 if name == "python" else 1))
        found = list(samples(options.tool, language, corpus, vocabulary, tokenizer, rng))
        rounds[language] += 1
        if not found:
            continue
        known.setdefault(language, []).extend(found)
        save(known)
        print(json.dumps({name: len(found) for name, found in known.items()}), flush=True)


if __name__ == "__main__":
    main()
