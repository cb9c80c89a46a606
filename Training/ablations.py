"""Small runs that differ in one thing each; writes work/ablations/table.md and prints it.

Every run trains a network of about a million parameters from nothing for the same number of steps on the packed corpus,
and is measured on the same held-out text: masked cross-entropy in nats per byte, since tokens differ, and how often the
place of one damage comes first, by the error head and by the language-model head (how unlikely it finds the visible
token). A run that is done is kept.
"""

import argparse
import json
import os
import subprocess
import sys

import numpy
import torch
import yaml
from tokenizers import Tokenizer

import evaluate
import noise
import tokenizer as tokenizers
import train
from settings import HERE, LANGUAGES, WORK

FOLDER = WORK / "ablations"
RATE = 0.3
BASE = {
    "shape": {"vocab_size": 4096, "hidden_size": 128, "num_hidden_layers": 3, "num_attention_heads": 2, "head_dim": 64,
              "intermediate_size": 352},
    "tokens_per_step": 2048, "lengths": [128], "processes": 1, "threads": 1, "minutes": None, "ema": 0.98,
    "learning_rate": 0.006, "short_holes_from": 0.0, "damage_from": 0.5,
}
# What each run changes, and the share of the corpus that it sees.
RUNS = {
    "base": ({}, 1.0),
    "no phase 2": ({"damage_from": 2.0}, 1.0),
    "no error head": ({"error_weight": 0.0}, 1.0),
    "vocabulary of 2,048": ({"vocabulary": 2048}, 1.0),
    "vocabulary of 8,192": ({"vocabulary": 8192}, 1.0),
    "data seen 4 times": ({}, 0.25),
    "data seen 16 times": ({}, 0.0625),
}


def configuration(changes, steps):
    config = yaml.safe_load((HERE / "small.yml").read_text())
    for key in ("start", "minutes"):
        config.pop(key, None)
    config |= {**BASE, "steps": steps, "compile": False}
    changes = dict(changes)
    size = changes.pop("vocabulary", config["shape"]["vocab_size"])
    config["shape"] = {**config["shape"], "vocab_size": size}
    return config | changes


def packed(size):
    """A folder with the corpus packed by a tokenizer of `size` entries, trained on every tenth document."""
    folder = FOLDER / f"vocabulary-{size}"
    if not (folder / "tokens.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        texts = [text for index, (_, text) in enumerate(tokenizers.documents("train")) if index % 10 == 0]
        trained = tokenizers.train(size, texts)
        trained.save(str(folder / "tokenizer.json"))
        counts = {}
        for part, every in (("train", 4), ("valid", 1)):
            counts[part] = tokenizers.pack(trained, part, folder, every)
        (folder / "tokens.json").write_text(json.dumps(counts) + "\n")
    return folder


@torch.inference_mode()
def measure(network, corpus, vocabulary, lengths, count):
    """Nats per byte of masked text, and the shares of damages that come first."""
    rng = numpy.random.default_rng(evaluate.SEED)
    nats = size = 0.0
    first = {"head": [], "tokens": []}
    for language in LANGUAGES:
        windows = [corpus.window(language, 128, vocabulary, rng) for _ in range(count)]
        masks = [rng.random(128) < RATE for _ in windows]
        states = evaluate.hidden_states(network, [numpy.where(m, 0, w) for m, w in zip(masks, windows)])
        chosen = torch.from_numpy(numpy.stack(masks))
        targets = torch.from_numpy(numpy.stack(windows))[chosen]
        nats += float(torch.nn.functional.cross_entropy(network.logits(states[chosen]), targets, reduction="sum"))
        size += float(lengths[targets.numpy()].sum())
        samples, places = [], []
        while len(samples) < count:
            tokens = corpus.window(language, 136, vocabulary, rng)
            visible, _, wrong = noise.damage(tokens, language, 1, vocabulary, rng)
            found = numpy.flatnonzero(wrong[:128])
            if len(found):
                samples.append(visible[:128])
                places.append(found)
        states = evaluate.hidden_states(network, samples)
        visible = torch.from_numpy(numpy.stack(samples))
        chances = torch.stack([
            torch.log_softmax(network.logits(state), dim=-1).gather(-1, tokens[:, None])[:, 0]
            for state, tokens in zip(states, visible)])
        for name, scores in (("head", network.error(states)), ("tokens", -chances)):
            best = scores.argmax(dim=-1).numpy()
            first[name] += [bool(numpy.abs(place - at).min() <= 1) for place, at in zip(places, best)]
    return {"nats_per_byte": nats / size, "head": numpy.mean(first["head"]), "tokens": numpy.mean(first["tokens"])}


def run(name, steps, count):
    """Trains and measures one run in this process; its folder is that of the settings."""
    changes, share = RUNS[name]
    config = configuration(changes, steps)
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(WORK / "tokenizer.json"))
    corpus = noise.Corpus("train")
    total = sum(map(len, corpus.streams.values()))
    seen = steps * config["tokens_per_step"]
    # A share is one of what the base run sees once: so much text, so many times.
    corpus = noise.Corpus("train", min(1.0, share * seen / total))
    vocabulary = noise.Vocabulary(tokenizer, corpus.frequencies(tokenizer.get_vocab_size()))
    state = train.Run(config)
    train.train(state, corpus, vocabulary)
    state.network.load_state_dict(state.average)
    lengths = numpy.array([len(tokenizer.id_to_token(i)) for i in range(tokenizer.get_vocab_size())])
    result = measure(state.network.eval(), noise.Corpus("valid"), vocabulary, lengths, count)
    result |= {"parameters": sum(p.numel() for p in state.network.parameters()), "tokens": result["tokens"],
               "seconds": round(state.seconds)}
    state.path.unlink(missing_ok=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--count", type=int, default=40, help="windows per language and figure")
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run(options.run, options.steps, options.count)))
        return
    rows = ["| run | parameters | nats per byte | damage first, error head | damage first, language-model head |",
            "|---|---|---|---|---|"]
    for name, (changes, _) in RUNS.items():
        kept = FOLDER / f"{name} {options.steps}.json"
        if not kept.exists():
            folder = packed(changes.get("vocabulary", BASE["shape"]["vocab_size"]))
            found = subprocess.run(
                [sys.executable, __file__, "--run", name, "--steps", str(options.steps), "--count", str(options.count)],
                env={**os.environ, "ESPALIER_TRAINING_WORK": str(folder)}, stdout=subprocess.PIPE, check=True, text=True)
            kept.write_text(found.stdout.splitlines()[-1] + "\n")
        result = json.loads(kept.read_text())
        rows.append(f"| {name} | {result['parameters'] / 1e6:.2f} M | {result['nats_per_byte']:.3f} | "
                    f"{result['head']:.0%} | {result['tokens']:.0%} |")
        print(rows[-1], file=sys.stderr, flush=True)
    (FOLDER / "table.md").write_text("\n".join(rows) + "\n")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
