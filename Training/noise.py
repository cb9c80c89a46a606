"""Makes training samples: windows of the packed corpus with masks, holes of unknown length, and damage.

All functions work on the token numbers of one sample. `targets` holds the token that belongs at each place; <pad> means
that nothing does, which is how the model learns to choose the length inside a hole and to delete.
"""

import numpy

from settings import LANGUAGES, PROPOSALS, WORK
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
HOLE = 48  # masks of a hole whose length the tool chooses
# Characters that people take for one another; a replacement stays in its group half of the time.
GROUPS = ["()[]{}", ",;:.", "\"'`", "=+-*/<>!&|%^~"]
CLOSING = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
# What text processors make of characters, and what is copied along with a text.
TYPOGRAPHY = {'"': "\u201d", "'": "\u2019", "-": "\u2013", "...": "\u2026"}
STRAY = [">>> ", "...", "$ ", "+", "-", "> ", "// ", "# ", "```", "`", "1. ", "**"]


def piece_kind(character):
    """Of the pieces that a character stands in, where they have several characters; None for the others."""
    if character.isalpha() or character == "_":
        return "word"
    if character.isdecimal():
        return "number"
    return "blank" if character in ("\n", " ", "\t") else None


class Vocabulary:
    """What the damage needs to know about the tokens: their texts, classes and frequencies."""

    def __init__(self, tokenizer, frequencies):
        size = tokenizer.get_vocab_size()
        self.tokenizer = tokenizer
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
        # The line end and the indentation behind it of each token that is both.
        self.line_ends = {
            i: (text[:len(text) - len(text.lstrip("\r\n"))], text.lstrip("\r\n"))
            for i, text in enumerate(self.texts) if self.newline[i]}
        # The kind of the pieces (README.md) that a token stands in: of two neighbours of one kind, a tokenizer that
        # reads their text may make other tokens. A backslash is left out.
        self.opens = [piece_kind(text[:1]) for text in self.texts]
        self.ends = [piece_kind(text[-1:]) for text in self.texts]
        weights = frequencies.astype(numpy.float64)
        weights[:8] = 0
        self.cumulative = numpy.cumsum(weights / weights.sum())

    def are_joined(self, first, second):
        """Whether two neighbours stand in one piece."""
        return self.ends[first] is not None and self.ends[first] == self.opens[second] and not self.newline[second]

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

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


def proposals():
    """The repairs that proposals.py asked for, by language: each its tokens, their targets, and which are wrong."""
    if not PROPOSALS.is_file():
        return {}
    with numpy.load(PROPOSALS) as stored:
        return {name: list(zip(*(numpy.split(stored[f"{name}.{kind}"], stored[f"{name}.ends"][:-1])
                                 for kind in ("tokens", "targets", "wrong"))))
                for name in LANGUAGES if f"{name}.ends" in stored}


class Corpus:
    """The packed token streams of one part, `train` or `valid`; of each the first `share` only."""

    def __init__(self, part, share=1.0):
        streams = {name: numpy.load(WORK / f"{part}.{name}.npy") for name in LANGUAGES}
        self.streams = {name: stream[:int(len(stream) * share)] for name, stream in streams.items()}
        self.proposals = proposals() if part == "train" else {}
        self.right = {name: [sample for sample in found if not sample[2].any()]
                      for name, found in self.proposals.items()}

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


    def fragment(self, language, limit, vocabulary, rng):
        """1 to 25 lines of a file without the indentation that all of them have, at most about `limit` tokens.

        The first line is the one that is indented least; the last one has its line end and nothing behind.
        """
        stream = self.streams[language]
        while True:
            start = int(rng.integers(0, len(stream) - 2 * limit))
            part = stream[start:start + 2 * limit].astype(numpy.int64)
            lines = numpy.flatnonzero(vocabulary.newline[part])[:int(rng.integers(2, 27))].tolist()
            ends, indents = zip(*(vocabulary.line_ends[int(token)] for token in part[lines])) if lines else ((), ())
            size = 1
            while size < len(lines) and lines[size] - lines[0] <= limit and (
                    size == 1 or indents[size - 1].startswith(indents[0]) or lines[size - 1] + 1 == lines[size]):
                size += 1
            # The line end of each line that is kept, with the indentation of the next one.
            moved = [end + indent[len(indents[0]):] for end, indent in zip(ends[:size], indents)]
            moved[-1:] = ends[size - 1:size]
            if size < 2 or any(end not in vocabulary.first for end in moved):
                continue
            part[lines[:size]] = [vocabulary.first[end] for end in moved]
            part = part[lines[0] + 1:lines[size - 1] + 1]
            if vocabulary.opens[part[0]] == "blank" and not vocabulary.newline[part[0]]:
                continue  # an indentation of several tokens
            between = numpy.flatnonzero(part == EOS)
            part = part[:between[0]] if len(between) else part
            if len(part) >= 3:
                return part


class Damaged:
    """A text being damaged: visible tokens, the targets and whether they are wrong, of one length.

    The target of a token that does not belong here is <pad>; what is missing makes the token after it wrong.
    """

    def __init__(self, tokens, vocabulary):
        self.visible, self.targets, self.wrong = tokens.tolist(), tokens.tolist(), [False] * len(tokens)
        self.vocabulary = vocabulary

    def put(self, place, tokens, targets):
        """Tokens for the one at a place; as many targets, which start with the one that they stand for."""
        self.visible[place:place + 1] = tokens
        self.targets[place:place + 1] = (targets + [PAD] * len(tokens))[:len(tokens)]
        self.wrong[place:place + 1] = [True] * len(tokens)

    def insert(self, place, tokens):
        self.visible[place:place] = tokens
        self.targets[place:place] = [PAD] * len(tokens)
        self.wrong[place:place] = [True] * len(tokens)

    def drop(self, place, count=1):
        """Not what stands at the end."""
        end = min(place + count, len(self.visible) - 1)
        if EOS in self.visible[place:end]:
            return
        del self.visible[place:end], self.targets[place:end], self.wrong[place:end]
        self.wrong[place] = True

    def partner(self, place):
        """Where the bracket or quote at `place` is closed, at most 64 tokens behind; None if it is nowhere."""
        texts = self.vocabulary.texts
        opening = texts[self.visible[place]]
        closing = CLOSING.get(opening)
        if closing is None:
            return None
        depth = 0
        for other in range(place + 1, min(place + 64, len(self.visible) - 1)):
            text = texts[self.visible[other]]
            if text == closing and depth == 0:
                return other
            depth += (text == opening) - (text == closing)
        return None

    def misspell(self, place, rng):
        """Letters of a word exchanged, dropped or doubled, its case changed, or a mark as a text processor has it."""
        text = self.vocabulary.texts[self.visible[place]]
        if text in TYPOGRAPHY:
            changed = TYPOGRAPHY[text]
        elif len(text) < 3 or piece_kind(text[0]) != "word" or "\ufffd" in text:
            return
        else:
            at, way = int(rng.integers(len(text) - 1)), rng.random()
            if way < 0.3:
                changed = text[:at] + text[at + 1] + text[at] + text[at + 2:]
            elif way < 0.6:
                changed = text[:at] + text[at + 1:]
            elif way < 0.75:
                changed = text[:at] + text[at] + text[at:]
            else:
                changed = text.swapcase() if rng.random() < 0.3 else text[0].swapcase() + text[1:]
        if changed != text:
            self.put(place, self.vocabulary.encode(changed), [self.visible[place]])

    def move_indentation(self, place, rng):
        """One to eight lines from the one behind `place` on begin further left or right."""
        texts, first = self.vocabulary.texts, self.vocabulary.first
        lines = [i for i in range(place, len(self.visible) - 1) if self.vocabulary.newline[self.visible[i]]]
        way = int(rng.integers(1, 5)) if rng.random() < 0.7 else 64
        deeper = rng.random() < 0.4
        for line in lines[:1 if rng.random() < 0.5 else int(rng.integers(2, 9))]:
            text = texts[self.visible[line]]
            moved = text + " " * min(way, 4) if deeper else text[:max(len(text.rstrip(" \t")), len(text) - way)]
            if moved != text and moved in first and not self.vocabulary.newline[self.visible[line + 1]]:
                self.put(line, [first[moved]], [self.visible[line]])

    def retokenise(self):
        """Makes the tokens around damages those that a tokenizer makes of the text.

        Otherwise a dropped blank or dot could be told by tokens that no text has.
        """
        texts, joined = self.vocabulary.texts, self.vocabulary.are_joined
        place = 0
        while place < len(self.visible):
            if not self.wrong[place]:
                place += 1
                continue
            start, end = place, place + 1
            while start > 0 and joined(self.visible[start - 1], self.visible[start]):
                start -= 1
            while end < len(self.visible) and joined(self.visible[end - 1], self.visible[end]):
                end += 1
            text = "".join(texts[token] for token in self.visible[start:end])
            tokens = self.visible[start:end]
            if end - start > 1 and "\ufffd" not in text:
                tokens = self.vocabulary.encode(text)
            if tokens != self.visible[start:end]:
                # The first token that reaches over where something is wrong; what belongs there is not known.
                before = len("".join(texts[token] for token in self.visible[start:place]))
                reached, marks = 0, []
                for token in tokens:
                    reached += len(texts[token])
                    marks.append(reached > before and not any(marks))
                self.visible[start:end], self.targets[start:end] = tokens, list(tokens)
                self.wrong[start:end] = marks
            place = max(start + len(tokens), place + 1)

    def arrays(self):
        self.retokenise()
        return numpy.array(self.visible), numpy.array(self.targets), numpy.array(self.wrong)


def damage_as_people(text, place, rng):
    """A damage that takes more than one token (README.md); returns whether there is one."""
    before = text.wrong.count(True), len(text.visible)
    way = rng.random()
    if way < 0.25:
        # In the wrong place, as a wrong repair has it.
        token = text.visible[place]
        text.drop(place)
        by = int(rng.integers(1, 9)) * (1 if rng.random() < 0.5 else -1)
        text.insert(max(1, min(place + by, len(text.visible) - 1)), [token])
    elif way < 0.4:
        partner = text.partner(place)
        if partner is not None:
            text.drop(partner)
            text.drop(place)
    elif way < 0.55:
        text.move_indentation(place, rng)
    elif way < 0.7:
        words = [i for i in range(place, min(place + 24, len(text.visible) - 1))
                 if text.vocabulary.opens[text.visible[i]] == "word"]
        text.misspell(words[int(rng.integers(len(words)))] if words and rng.random() < 0.85 else place, rng)
    elif way < 0.8:
        if rng.random() < 0.4:
            lines = numpy.flatnonzero(text.vocabulary.newline[text.visible[place:]])
            at = place + int(lines[0]) + 1 if len(lines) else place
            text.insert(min(at, len(text.visible) - 1), text.vocabulary.encode(STRAY[int(rng.integers(len(STRAY)))]))
        else:
            other = int(rng.integers(len(text.visible)))
            some = text.visible[other:other + int(rng.integers(2, 6))]
            if EOS not in some:
                text.insert(place, some)
    else:
        text.drop(place, int(rng.integers(2, 6)))
    return before != (text.wrong.count(True), len(text.visible))


def damage(tokens, language, count, vocabulary, rng, human=0.0):
    """Damages `count` places as people do: drop, insert, replace, exchange. Returns (tokens, targets, wrong).

    The target of an inserted token is <pad>, of a replaced one the original; `wrong` marks these and the token after a
    dropped one. All three arrays have the same length. A share `human` of the damages takes more than one token.
    """
    text = Damaged(tokens, vocabulary)
    visible, wrong = text.visible, text.wrong
    for _ in range(count):
        place = int(rng.integers(1, len(visible) - 1))
        if rng.random() < 0.8:
            near = numpy.flatnonzero(vocabulary.structural[language][visible[place:place + 48]])
            if len(near):
                place = min(place + int(near[int(rng.integers(min(len(near), 8)))]), len(visible) - 2)
        place = min(place, len(visible) - 2)
        if wrong[place] or visible[place] == EOS or wrong[place + 1]:
            continue
        if human and rng.random() < human and damage_as_people(text, place, rng):
            if len(visible) < 3:
                break
            continue
        kind = rng.random()
        if kind < 0.45:
            text.drop(place)
        elif kind < 0.65:
            token = visible[place] if rng.random() < 0.5 else vocabulary.replacement(visible[place], language, rng)
            text.insert(place + int(rng.random() < 0.5), [token])
        elif kind < 0.92:
            token = vocabulary.replacement(visible[place], language, rng)
            if token != visible[place]:
                text.put(place, [token], [visible[place]])
        elif visible[place] != visible[place + 1]:
            visible[place], visible[place + 1] = visible[place + 1], visible[place]
            wrong[place] = wrong[place + 1] = True
    damaged = text.arrays()
    # Where tokens are alike, nothing may have happened.
    return (tokens, tokens, numpy.zeros(len(tokens), dtype=bool)) if numpy.array_equal(damaged[0], tokens) else damaged


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
    `short`, more masks may be surplus, up to as many as the tool has, and a hole may start behind a line end whose
    indentation it has, and end with one whose indentation is not in it.
    """
    reveal = rng.random() * 0.7 if rng.random() < 0.5 else 0.0
    parts, position = [], 0
    visible, targets = visible.copy(), targets.copy()
    for start, end in spans(visible, min(length, len(visible)), rate, short, vocabulary, rng):
        between = numpy.flatnonzero(targets[start:end] == EOS)
        end = start + int(between[0]) if len(between) else end
        if start == end:
            continue
        parts.append((visible[position:start], targets[position:start], wrong[position:start]))
        own = targets[start:end]
        split = split_line(int(own[0]), vocabulary) if short and rng.random() < 0.5 else None
        if split:
            parts.append((numpy.array(split[:1]), numpy.array(split[:1]), numpy.zeros(1, dtype=bool)))
            own = numpy.concatenate((split[1:], own[1:]))
        behind = short and rng.random() < 0.5 and end < len(visible) and visible[end] == targets[end]
        split = split_line(int(visible[end]), vocabulary) if behind else None
        if split:
            # The hole has the line end, what is behind it the indentation.
            own = numpy.concatenate((own, split[:1]))
            visible[end] = targets[end] = split[1]
        kind = rng.random()
        surplus = int(min(rng.geometric(0.2), 24)) if kind < 0.6 else 0
        if short and kind < 0.35:
            surplus = int(rng.integers(1, 49))
        elif short and kind > 0.75:
            surplus = max(0, HOLE - len(own))
        shown = numpy.concatenate((own, numpy.full(surplus, PAD)))
        masked = rng.random(len(shown)) >= reveal
        parts.append((numpy.where(masked, MASK, shown), shown, numpy.zeros(len(shown), dtype=bool)))
        position = end
    parts.append((visible[position:], targets[position:], wrong[position:]))
    return [numpy.concatenate(column)[:length] for column in zip(*parts)]


def labelled(visible, goal, bad, damaged, config, rng):
    """A text with what the loss needs: visible tokens, targets, weights, labels of the error head and their weights."""
    masked = visible == MASK
    weights = numpy.where(masked, min(1.0 / max(masked.mean(), 0.02), 5.0), 0.0)
    wrong, judged = numpy.zeros(len(visible)), numpy.zeros(len(visible))
    if damaged:
        wrong, judged = bad, ~masked
        clean = ~masked & ~bad & (rng.random(len(visible)) < config["clean_share"])
        weights[clean] = config["clean_weight"] / config["clean_share"]
        weights[bad & ~masked & (goal != visible)] = 1.0
    return visible, goal, weights, wrong, judged


def sample(tokens, length, language, vocabulary, config, rng, rate, damaged, short, places):
    """A text with noise, labelled. `places` is how many damages it has; `rate` the share of masks."""
    visible, goal, bad = tokens, tokens, numpy.zeros(len(tokens), dtype=bool)
    if places:
        visible, goal, bad = damage(tokens, language, places, vocabulary, rng, config.get("human", 0.0))
    if damaged and rng.random() < config.get("unmasked", 0.4):
        pass
    elif rng.random() < 0.5:
        visible, goal, bad = holes(visible, goal, bad, length, min(rate, 0.7), rng, vocabulary, short)
    else:
        visible, goal, bad = visible[:length], goal[:length], bad[:length]
        visible = numpy.where(rng.random(len(visible)) < rate, MASK, visible)
    return labelled(visible[:length], goal[:length], bad[:length], damaged, config, rng)


def between_files(rng):
    """The <eos> in front of a short text and behind it, each a list, as the tool has them: behind mostly."""
    way = rng.random()
    return [EOS] if way < 0.35 else [], [EOS] if way > 0.15 else []


def short_text(corpus, language, limit, vocabulary, rng):
    """A text as the tool shows short ones, and excerpts of others, to the model: lines, or a piece cut anywhere."""
    if rng.random() < 0.35:
        length = int(rng.integers(limit // 3, limit))
        start = int(rng.integers(0, len(corpus.streams[language]) - limit))
        return corpus.streams[language][start:start + length].astype(numpy.int64)
    before, behind = between_files(rng)
    tokens = corpus.fragment(language, limit - 2, vocabulary, rng)
    return numpy.concatenate((before, tokens, behind)).astype(numpy.int64)


def short_sample(corpus, language, vocabulary, config, rng, rate, damaged, short):
    """A short text with noise, or a repair that the tool proposed, right or wrong, labelled."""
    limit = config["short_limit"]
    if damaged and rng.random() < config.get("proposals", 0.0) and language in corpus.proposals:
        known = corpus.right[language] if rng.random() < 0.2 else []
        known = known or corpus.proposals[language]
        before, behind = between_files(rng)
        visible, goal, bad = known[int(rng.integers(len(known)))]
        visible, goal = (numpy.concatenate((before, part, behind)).astype(numpy.int64) for part in (visible, goal))
        bad = numpy.pad(bad, (len(before), len(behind)))
        return labelled(visible[:limit], goal[:limit], bad[:limit], damaged, config, rng)
    tokens = short_text(corpus, language, limit, vocabulary, rng)
    places = 0
    if damaged and rng.random() < 0.7:
        places = 1 if rng.random() < 0.7 else int(rng.integers(2, 3 + len(tokens) // 40))
    return sample(tokens, limit + HOLE, language, vocabulary, config, rng, rate, damaged, short, places)


def batch(corpus, vocabulary, config, step, progress):
    """One batch: visible tokens, targets, loss weights, labels of the error head and their weights, [count, length].

    `step` decides the content, so that a resumed run sees what an unbroken one would; `progress`, from 0 to 1, which
    kinds of noise there are. A share `packed` of the batches has several short texts in each row: a sixth array numbers
    them, from 1; 0 is padding.
    """
    damaged = progress >= config["damage_from"]
    short = progress >= config["short_holes_from"]
    rng = numpy.random.default_rng((config["seed"], step))
    length = int(rng.choice(config["lengths"]))
    packed = "packed" in config and rng.random() < config["packed"]
    length = config["packed_length"] if packed else length
    count = config["tokens_per_step"] // length
    visible = numpy.full((count, length), PAD, dtype=numpy.int64)
    targets = numpy.full((count, length), PAD, dtype=numpy.int64)
    weights = numpy.zeros((count, length), dtype=numpy.float32)
    wrong = numpy.zeros((count, length), dtype=numpy.float32)
    judged = numpy.zeros((count, length), dtype=numpy.float32)
    texts = numpy.zeros((count, length), dtype=numpy.uint8)
    arrays = visible, targets, weights, wrong, judged
    names = list(config["mixture"])
    shares = list(config["mixture"].values())
    shift = rng.random()
    for row in range(count):
        rate = max(((row + shift) / count), 0.02)
        language = names[int(rng.choice(len(names), p=shares))]
        if not packed:
            tokens = corpus.window(language, length + 8, vocabulary, rng)
            places = 0
            if damaged and rng.random() < 0.7:
                places = 1 if rng.random() < 0.6 else int(rng.integers(2, 7))
            some = sample(tokens, length, language, vocabulary, config, rng, rate, damaged, short, places)
            for array, part in zip(arrays, some):
                array[row, :len(part)] = part
            continue
        filled, number = 0, 0
        while True:
            some = short_sample(corpus, language, vocabulary, config, rng, rate, damaged, short)
            size = len(some[0])
            if filled + size > length:
                break
            number += 1
            for array, part in zip(arrays, some):
                array[row, filled:filled + size] = part
            texts[row, filled:filled + size] = number
            filled += size
    return arrays + (texts,) if packed else arrays
