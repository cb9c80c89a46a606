"""Makes training samples: windows of the packed corpus with masks, holes of unknown length, and damage.

All functions work on the token numbers of one sample. `targets` holds the token that belongs at each place; <pad> means
that nothing does, which is how the model learns to choose the length inside a hole and to delete.
"""

import numpy

from settings import LANGUAGES, WORK
from tokenizer import EOS, MASK, PAD

KEYWORDS = {
    "python": "def class return if elif else for while in not and or is import from as with try except finally raise "
              "pass break continue lambda None True False self yield".split(),
    "c": "int char void const static struct return if else for while do switch case break continue default sizeof "
         "unsigned long double typedef enum goto NULL".split(),
    "json": "true false null".split(),
    "java": "public private protected static final class interface extends implements abstract void int long boolean "
            "char double return if else for while do switch case break continue new this super null true false try "
            "catch finally throw throws import package instanceof enum".split(),
    "go": "func package import return if else for range switch case default break continue type struct interface map "
          "chan go defer select var const nil true false string int error".split(),
    "javascript": "function return if else for while do switch case break continue default var let const new this null "
                  "undefined true false try catch finally throw typeof instanceof in of class extends import export "
                  "async await".split(),
    "cpp": "int char void const static struct class public private protected virtual override return if else for while "
           "do switch case break continue default unsigned long double bool auto namespace using template typename "
           "new delete this nullptr true false try catch throw operator".split(),
    "rust": "fn let mut pub struct enum impl trait for in if else match while loop return use mod self Self crate super "
            "as where type const static ref move unsafe async await dyn true false".split(),
}
# Characters that people take for one another; a replacement stays in its group half of the time.
GROUPS = ["()[]{}", ",;:.", "\"'`", "=+-*/<>!&|%^~"]


class Vocabulary:
    """What the damage needs to know about the tokens: their texts, classes and frequencies."""

    def __init__(self, tokenizer, frequencies):
        size = tokenizer.get_vocab_size()
        self.texts = [tokenizer.decode([i], skip_special_tokens=False) for i in range(size)]
        self.newline = numpy.array([text.startswith(("\n", "\r\n")) for text in self.texts])
        self.first = first = {text: i for i, text in reversed(list(enumerate(self.texts)))}
        self.groups = [[first[c] for c in group] for group in GROUPS]
        self.group_of = {token: group for group in self.groups for token in group}
        self.keywords = {name: [first[w] for w in words if w in first] for name, words in KEYWORDS.items()}
        self.indents = [i for i in range(size) if self.newline[i] and frequencies[i] > 0]
        structural = numpy.zeros(size, dtype=bool)
        structural[list(self.group_of)] = True
        structural[self.newline] = True
        self.structural = {name: structural.copy() for name in LANGUAGES}
        for name, words in self.keywords.items():
            self.structural[name][words] = True
        weights = frequencies.astype(numpy.float64)
        weights[:8] = 0
        self.cumulative = numpy.cumsum(weights / weights.sum())

    def draw(self, rng):
        """A token as frequent as in the corpus."""
        return min(int(numpy.searchsorted(self.cumulative, rng.random())), len(self.texts) - 1)

    def replacement(self, token, language, rng):
        """A wrong token for `token`, mostly of the same class."""
        if rng.random() < 0.25:
            return self.draw(rng)
        if self.newline[token]:
            choices = self.indents
        elif token in self.group_of and rng.random() < 0.6:
            choices = self.group_of[token]
        elif token in self.group_of:
            choices = self.groups[int(rng.integers(len(self.groups)))]
        elif token in self.keywords[language]:
            choices = self.keywords[language]
        else:
            return self.draw(rng)
        return choices[int(rng.integers(len(choices)))]


class Corpus:
    """The packed token streams of one part, `train` or `valid`; of each the first `share` only."""

    def __init__(self, part, share=1.0):
        streams = {name: numpy.load(WORK / f"{part}.{name}.npy") for name in LANGUAGES}
        self.streams = {name: stream[:int(len(stream) * share)] for name, stream in streams.items()}

    def frequencies(self, size):
        return sum(numpy.bincount(stream, minlength=size) for stream in self.streams.values())

    def window(self, language, length, vocabulary, rng):
        """`length` tokens, mostly from the start of a line on."""
        stream = self.streams[language]
        start = int(rng.integers(0, len(stream) - length - 64))
        if rng.random() < 0.85:
            lines = numpy.flatnonzero(vocabulary.newline[stream[start:start + 64]])
            if len(lines):
                start += int(lines[0]) + int(rng.random() < 0.5)
        return stream[start:start + length].astype(numpy.int64)


def damage(tokens, language, count, vocabulary, rng):
    """Damages `count` places as people do: drop, insert, replace, exchange. Returns (tokens, targets, wrong).

    The target of an inserted token is <pad>, of a replaced one the original; `wrong` marks these and the token after a
    dropped one. All three arrays have the same length, up to `count` away from the length of the input.
    """
    visible, targets = tokens.tolist(), tokens.tolist()
    wrong = [False] * len(visible)
    for _ in range(count):
        place = int(rng.integers(1, len(visible) - 1))
        if rng.random() < 0.8:
            near = numpy.flatnonzero(vocabulary.structural[language][visible[place:place + 48]])
            if len(near):
                place = min(place + int(near[int(rng.integers(min(len(near), 8)))]), len(visible) - 2)
        if wrong[place] or visible[place] == EOS or wrong[place + 1]:
            continue
        kind = rng.random()
        if kind < 0.45:
            del visible[place], targets[place], wrong[place]
            wrong[place] = True
        elif kind < 0.65:
            token = visible[place] if rng.random() < 0.5 else vocabulary.replacement(visible[place], language, rng)
            at = place + int(rng.random() < 0.5)
            visible.insert(at, token)
            targets.insert(at, PAD)
            wrong.insert(at, True)
        elif kind < 0.92:
            token = vocabulary.replacement(visible[place], language, rng)
            if token != visible[place]:
                visible[place] = token
                wrong[place] = True
        elif visible[place] != visible[place + 1]:
            visible[place], visible[place + 1] = visible[place + 1], visible[place]
            wrong[place] = wrong[place + 1] = True
    return numpy.array(visible), numpy.array(targets), numpy.array(wrong)


def split_line(token, vocabulary):
    """The tokens of a line end and of the blanks behind it, where `token` is both; else None."""
    text = vocabulary.texts[token]
    rest = text.lstrip("\r\n")
    end = text[:len(text) - len(rest)]
    if not rest or end not in vocabulary.first or rest not in vocabulary.first:
        return None
    return vocabulary.first[end], vocabulary.first[rest]


def spans(visible, length, rate, short, vocabulary, rng):
    """The spans [start, end) that become holes, ascending and apart.

    `rate` is about the share of places in them. With `short`, half of the samples have spans of 1 to 24 places, and
    half of the spans are whole lines.
    """
    count = int(rng.integers(1, 5))
    size = max(1, int(rate * length / count))
    if short and rng.random() < 0.5:
        size = 12
    lines = numpy.flatnonzero(vocabulary.newline[visible])
    position = 0
    for start in sorted(rng.integers(0, len(visible), count).tolist()):
        end = start + 1 + int(rng.integers(size * 2))
        if short and rng.random() < 0.5 and len(lines):
            start = int(lines[min(numpy.searchsorted(lines, start), len(lines) - 1)])
            behind = lines[lines > max(start, end - 4)]
            end = int(behind[0]) if len(behind) else len(visible)
        end = min(end, len(visible))
        if position <= start < end:
            yield start, end
            position = end


def holes(visible, targets, wrong, length, rate, rng, vocabulary, short=False):
    """Masks one to four contiguous spans, most with surplus masks at the end whose target is <pad>.

    In half of the samples some places of a span are revealed, as they are in the middle of a denoising run. With
    `short`, more masks may be surplus, and a hole at the start of a line may start behind the line end.
    """
    reveal = rng.random() * 0.7 if rng.random() < 0.5 else 0.0
    parts, position = [], 0
    for start, end in spans(visible, length, rate, short, vocabulary, rng):
        kind = rng.random()
        surplus = int(min(rng.geometric(0.2), 24)) if kind < 0.6 else 0
        if short and kind < 0.35:
            surplus = int(rng.integers(1, 49))
        parts.append((visible[position:start], targets[position:start], wrong[position:start]))
        own = targets[start:end]
        split = split_line(int(own[0]), vocabulary) if short and rng.random() < 0.5 else None
        if split:
            parts.append((numpy.array(split[:1]), numpy.array(split[:1]), numpy.zeros(1, dtype=bool)))
            own = numpy.concatenate((split[1:], own[1:]))
        shown = numpy.concatenate((own, numpy.full(surplus, PAD)))
        masked = rng.random(len(shown)) >= reveal
        parts.append((numpy.where(masked, MASK, shown), shown, numpy.zeros(len(shown), dtype=bool)))
        position = end
    parts.append((visible[position:], targets[position:], wrong[position:]))
    return [numpy.concatenate(column)[:length] for column in zip(*parts)]


def batch(corpus, vocabulary, config, step, progress):
    """One batch: visible tokens, targets, loss weights, labels of the error head and their weights, [count, length].

    `step` decides the content, so that a resumed run sees what an unbroken one would; `progress`, from 0 to 1, which
    kinds of noise there are.
    """
    damaged = progress >= config["damage_from"]
    short = progress >= config["short_holes_from"]
    rng = numpy.random.default_rng((config["seed"], step))
    length = int(rng.choice(config["lengths"]))
    count = config["tokens_per_step"] // length
    visible = numpy.full((count, length), PAD, dtype=numpy.int64)
    targets = numpy.full((count, length), PAD, dtype=numpy.int64)
    weights = numpy.zeros((count, length), dtype=numpy.float32)
    wrong = numpy.zeros((count, length), dtype=numpy.float32)
    judged = numpy.zeros((count, length), dtype=numpy.float32)
    names = list(config["mixture"])
    shares = list(config["mixture"].values())
    shift = rng.random()
    for row in range(count):
        rate = max(((row + shift) / count), 0.02)
        language = names[int(rng.choice(len(names), p=shares))]
        tokens = corpus.window(language, length + 8, vocabulary, rng)
        sample, goal, bad = tokens, tokens, numpy.zeros(len(tokens), dtype=bool)
        if damaged and rng.random() < 0.7:
            places = 1 if rng.random() < 0.6 else int(rng.integers(2, 7))
            sample, goal, bad = damage(tokens, language, places, vocabulary, rng)
        if damaged and rng.random() < 0.4:
            rate = 0.0
        elif rng.random() < 0.5:
            sample, goal, bad = holes(sample, goal, bad, length, min(rate, 0.7), rng, vocabulary, short)
        else:
            sample, goal, bad = sample[:length], goal[:length], bad[:length]
            sample = numpy.where(rng.random(len(sample)) < rate, MASK, sample)
        sample, goal, bad = sample[:length], goal[:length], bad[:length]
        size = len(sample)
        masked = sample == MASK
        visible[row, :size], targets[row, :size] = sample, goal
        weights[row, :size][masked] = min(1.0 / max(masked.mean(), 0.02), 5.0)
        if damaged:
            wrong[row, :size] = bad
            judged[row, :size] = ~masked
            clean = ~masked & ~bad & (rng.random(size) < config["clean_share"])
            weights[row, :size][clean] = config["clean_weight"] / config["clean_share"]
            weights[row, :size][bad & ~masked & (goal != sample)] = 1.0
    return visible, targets, weights, wrong, judged
