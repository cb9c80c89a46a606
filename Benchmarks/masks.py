#!/usr/bin/env python3
"""Time masks over a vocabulary along real files, left to right: espalier, and on JSON llguidance and XGrammar, too.

usage: masks.py TOKENIZER.json LANGUAGE=FOLDER... (after make; pip: llguidance, numpy; xgrammar, torch)

All get the same tokenizer, of byte-level pairs, and the same files in one run. espalier has the full grammars and
starts in the middle of each file; the others have their own JSON grammars and start at the beginning. Times are those
of the mask alone.
"""

import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import types

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES, WARM_UP, FRONTIERS = 100, 100, 40


def row(name, count, median, p99, mean):
    print(f"{name:<28}{count:>8} masks   median {median:>8.1f} us   p99 {p99:>9.1f} us   mean {mean:>8.1f} us")


def espalier(tokenizer, language, folder):
    command = [
        ROOT / "build/bin/espalier", "bench", "mask", "--language", language, "--tokenizer", tokenizer, "--open-ended",
        "--limit", str(FILES), "--warm-up", str(WARM_UP), "--frontiers", str(FRONTIERS), "--format", "json", folder]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for name in ("mask", "grouping", "check", "preparation"):
        times = report[name]
        row(f"espalier {language} {name}", times["count"], times["median"], times["p99"], times["mean"])


def files(folder):
    """The texts behind those of the warm-up."""
    paths = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    for path in paths[WARM_UP:WARM_UP + FILES]:
        try:
            yield path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def along(texts, matcher, fill, accept):
    """Microseconds of the masks at the first tokens of each text."""
    times = []
    for tokens in texts:
        state = matcher()
        for token in tokens[:FRONTIERS]:
            began = time.perf_counter_ns()
            fill(state)
            times.append((time.perf_counter_ns() - began) / 1000)
            if not accept(state, token):
                break
    return sorted(times)


def peer(name, times):
    row(f"{name} json mask", len(times), statistics.median(times), times[len(times) * 99 // 100],
        statistics.mean(times))


def peers(tokenizer, folder):
    try:
        import llguidance.numpy as masks
        from llguidance import LLMatcher, LLTokenizer
    except ImportError:
        print("llguidance, which both peers' texts are cut into tokens with, is not installed")
        return
    # The end token is no text.
    table = LLTokenizer(pathlib.Path(tokenizer).read_text(encoding="utf-8"), eos_token=2)
    texts = [table.tokenize_str(text) for text in files(folder)]
    grammar = LLMatcher.grammar_from_json_schema("{}", {"whitespace_flexible": True})
    bitmask = masks.allocate_token_bitmask(1, table.vocab_size)
    peer("llguidance", along(
        texts, lambda: LLMatcher(table, grammar, log_level=0),
        lambda state: masks.fill_next_token_bitmask(state, bitmask, 0),
        lambda state, token: state.consume_token(token) and not state.is_stopped()))
    xgrammar(tokenizer, texts)


def xgrammar(tokenizer, texts):
    if importlib.util.find_spec("transformers") is None:
        # It is imported for the names of types alone, none of which is used here.
        def named(name):
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {})

        stub = types.ModuleType("transformers")
        stub.__getattr__ = named
        sys.modules["transformers"] = stub
    try:
        import xgrammar as library
    except ImportError as error:
        print(f"XGrammar cannot be imported: {error}")
        return
    model = json.loads(pathlib.Path(tokenizer).read_text(encoding="utf-8"))
    size = 1 + max([*model["model"]["vocab"].values(), *(added["id"] for added in model["added_tokens"])])
    vocabulary = [""] * size
    for text, token in model["model"]["vocab"].items():
        vocabulary[token] = text
    information = library.TokenizerInfo(vocabulary, library.VocabType.BYTE_LEVEL, vocab_size=size, stop_token_ids=[2])
    began = time.perf_counter()
    grammar = library.GrammarCompiler(information).compile_builtin_json_grammar()
    print(f"XGrammar json: compiled in {time.perf_counter() - began:.2f} s")
    bitmask = library.allocate_token_bitmask(1, size)
    peer("XGrammar", along(
        texts, lambda: library.GrammarMatcher(grammar), lambda state: state.fill_next_token_bitmask(bitmask),
        lambda state, token: state.accept_token(token) and not state.is_terminated()))


def main():
    if len(sys.argv) < 3 or any("=" not in argument for argument in sys.argv[2:]):
        sys.exit(__doc__)
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        model = next((line.split(":")[1].strip() for line in stream if line.startswith("model name")), "unknown")
    print(f"{os.cpu_count()} processors, {model}, load {os.getloadavg()[0]:.1f}; {sys.argv[1]}")
    for argument in sys.argv[2:]:
        language, folder = argument.split("=", 1)
        espalier(sys.argv[1], language, folder)
        if language == "json":
            peers(sys.argv[1], folder)


if __name__ == "__main__":
    main()
