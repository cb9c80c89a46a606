#!/usr/bin/env python3
"""Time masks over a vocabulary along real files, left to right: espalier, and llguidance on JSON where it is installed.

usage: masks.py TOKENIZER.json LANGUAGE=FOLDER... (after make; pip: llguidance, numpy)

Both get the same tokenizer and the same files in one run. espalier has the full grammars and starts in the middle of
each file; llguidance has its own JSON grammar and starts at the beginning. Times are those of the mask alone.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

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


def llguidance(tokenizer, folder):
    try:
        import llguidance.numpy as masks
        from llguidance import LLMatcher, LLTokenizer
    except ImportError:
        print("llguidance is not installed")
        return
    # The end token is no text.
    table = LLTokenizer(pathlib.Path(tokenizer).read_text(), eos_token=2)
    grammar = LLMatcher.grammar_from_json_schema("{}", {"whitespace_flexible": True})
    bitmask = masks.allocate_token_bitmask(1, table.vocab_size)
    times = []
    files = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    for path in files[WARM_UP:WARM_UP + FILES]:
        try:
            tokens = table.tokenize_str(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue
        matcher = LLMatcher(table, grammar, log_level=0)
        for token in tokens[:FRONTIERS]:
            began = time.perf_counter_ns()
            masks.fill_next_token_bitmask(matcher, bitmask, 0)
            times.append((time.perf_counter_ns() - began) / 1000)
            if not matcher.consume_token(token) or matcher.is_stopped():
                break
    times.sort()
    row("llguidance json mask", len(times), statistics.median(times), times[len(times) * 99 // 100],
        statistics.mean(times))


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
            llguidance(sys.argv[1], folder)


if __name__ == "__main__":
    main()
