"""Measure the exported model on held-out files; writes work/evaluation.md and prints one JSON line.

- Masked cross-entropy in nats per token and per byte of masked text, and the share of masked tokens guessed at once, per
  language and mask rate; beside it that of the model that training started from, where its tokenizer is the same, on the
  same windows and masks.
- Error localisation on one synthetic damage per window: is the place among the 1, 3, 5 places that the error head
  ranks highest? A neighbouring token counts as found. Beside it, the same by chance.
- Length inside a hole: how often the number of tokens predicted as <pad> among surplus masks is exact, and within one.

Every figure reads the exported weights, in float32 arithmetic.
"""

import argparse
import json
import pathlib

import numpy
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

import yaml

import noise
import start
from model import Denoiser, Shape, restored
from settings import HERE, LANGUAGES, MODEL, WORK
from tokenizer import MASK, PAD

LENGTH = 256
RATES = (0.15, 0.5, 0.85)
SEED = 7


def load(folder):
    config = json.loads((folder / "config.json").read_text())
    names = Shape.__dataclass_fields__
    network = Denoiser(Shape(**{name: config[name] for name in names}))
    network.load_state_dict(restored(load_file(folder / "model.safetensors")))
    return network.eval()


@torch.inference_mode()
def hidden_states(network, samples):
    """Hidden states [count, length, width], 16 windows at a time."""
    tokens = torch.from_numpy(numpy.stack(samples))
    return torch.cat([network.model(tokens[i:i + 16]) for i in range(0, len(tokens), 16)])


def masks_of(windows, rate, rng):
    return [rng.random(LENGTH) < rate for _ in windows]


@torch.inference_mode()
def masked_prediction(network, windows, masks, sizes):
    """Cross-entropy in nats per token and per byte, and accuracy, over the masked places; `sizes` of tokens in bytes."""
    states = hidden_states(network, [numpy.where(m, MASK, w) for m, w in zip(masks, windows)])
    chosen = torch.from_numpy(numpy.stack(masks))
    targets = torch.from_numpy(numpy.stack(windows))[chosen]
    logits = network.logits(states[chosen])
    entropy = float(torch.nn.functional.cross_entropy(logits, targets))
    return entropy, entropy / float(sizes[targets.numpy()].mean()), float((logits.argmax(-1) == targets).float().mean())


def unigram(windows, frequencies):
    """Cross-entropy in nats of the corpus frequencies, the figure of a model that looks at nothing."""
    shares = (frequencies + 1) / (frequencies + 1).sum()
    return float(-numpy.log(shares[numpy.concatenate(windows)]).mean())


@torch.inference_mode()
def localisation(network, corpus, vocabulary, language, count, rng):
    """Shares of windows whose one damaged place is among the first 1, 3, 5 of the error head; and by chance."""
    samples, places = [], []
    while len(samples) < count:
        tokens = corpus.window(language, LENGTH + 8, vocabulary, rng)
        visible, _, wrong = noise.damage(tokens, language, 1, vocabulary, rng)
        found = numpy.flatnonzero(wrong[:LENGTH])
        if len(found):
            samples.append(visible[:LENGTH])
            places.append(found)
    scores = network.error(hidden_states(network, samples))
    ranked = scores.argsort(dim=-1, descending=True)[:, :5].numpy()
    hit = numpy.stack([numpy.abs(place[:, None] - row[None, :]).min(axis=0) <= 1
                       for place, row in zip(places, ranked)])
    return [float(hit[:, :k].any(axis=1).mean()) for k in (1, 3, 5)], [3 * k / LENGTH for k in (1, 3, 5)]


@torch.inference_mode()
def hole_length(network, windows, rng):
    """Shares of holes whose length is read off exactly, and within one token, from 8 to 16 surplus masks."""
    samples, truths, spans = [], [], []
    for window in windows:
        size, surplus, start = int(rng.integers(1, 13)), int(rng.integers(8, 17)), int(rng.integers(40, 180))
        hole = numpy.full(size + surplus, MASK)
        samples.append(numpy.concatenate((window[:start], hole, window[start + size:]))[:LENGTH])
        truths.append(size)
        spans.append((start, start + len(hole)))
    guesses = network.logits(hidden_states(network, samples)).argmax(-1).numpy()
    lengths = [int((row[a:b] != PAD).sum()) for row, (a, b) in zip(guesses, spans)]
    off = numpy.abs(numpy.array(lengths) - numpy.array(truths))
    return float((off == 0).mean()), float((off <= 1).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, default=MODEL)
    parser.add_argument("--count", type=int, default=200, help="windows per figure")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--beside", type=pathlib.Path, default=HERE / "small.yml",
                        help="configuration whose `start` is measured, too")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    network = load(options.model)
    source = yaml.safe_load(options.beside.read_text()).get("start")
    before = None
    if source and start.read(source, "tokenizer") == (options.model / "tokenizer.json").read_bytes():
        before = Denoiser(network.shape)
        before.load_state_dict(start.weights(source))
        before.eval()
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    frequencies = noise.Corpus("train").frequencies(tokenizer.get_vocab_size())
    vocabulary = noise.Vocabulary(tokenizer, frequencies)
    sizes = numpy.array([len(tokenizer.id_to_token(i)) for i in range(tokenizer.get_vocab_size())])
    corpus = noise.Corpus("valid")
    rng = numpy.random.default_rng(SEED)
    results = {}
    for language in LANGUAGES:
        windows = [corpus.window(language, LENGTH, vocabulary, rng) for _ in range(options.count)]
        masks = {rate: masks_of(windows, rate, rng) for rate in RATES}
        entropies = {rate: masked_prediction(network, windows, masks[rate], sizes) for rate in RATES}
        found, chance = localisation(network, corpus, vocabulary, language, 2 * options.count, rng)
        results[language] = {
            "unigram": unigram(windows, frequencies),
            "entropy": {str(rate): value[0] for rate, value in entropies.items()},
            "per_byte": {str(rate): value[1] for rate, value in entropies.items()},
            "accuracy": {str(rate): value[2] for rate, value in entropies.items()},
            "localisation": found, "chance": chance,
            "hole_length": hole_length(network, windows, rng),
        }
        if before:
            results[language]["before"] = {
                str(rate): masked_prediction(before, windows, masks[rate], sizes)[0] for rate in RATES}
    rows = ["| | " + " | ".join(LANGUAGES) + " |", "|---|" + "---|" * len(LANGUAGES)]

    def row(title, value):
        rows.append(f"| {title} | " + " | ".join(value(results[name]) for name in LANGUAGES) + " |")

    for rate in RATES:
        row(f"cross-entropy, nats per masked token, rate {rate}", lambda r: f"{r['entropy'][str(rate)]:.2f}")
        if before:
            row(f"the model before, rate {rate}", lambda r: f"{r['before'][str(rate)]:.2f}")
    for rate in RATES:
        row(f"nats per byte of masked text, rate {rate}", lambda r: f"{r['per_byte'][str(rate)]:.3f}")
    row("the same from token frequencies alone", lambda r: f"{r['unigram']:.2f}")
    for rate in RATES:
        row(f"masked tokens guessed at once, rate {rate}", lambda r: f"{r['accuracy'][str(rate)]:.0%}")
    for i, k in enumerate((1, 3, 5)):
        row(f"one damage found, top {k} (by chance)", lambda r: f"{r['localisation'][i]:.0%} ({r['chance'][i]:.1%})")
    row("length of a hole of 1 to 12 tokens, exact", lambda r: f"{r['hole_length'][0]:.0%}")
    row("the same, within one token", lambda r: f"{r['hole_length'][1]:.0%}")
    (WORK / "evaluation.md").write_text("\n".join(rows) + "\n")
    print("\n".join(rows))
    print(json.dumps(results))


if __name__ == "__main__":
    main()
