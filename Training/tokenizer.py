"""Train the byte-level BPE tokenizer, and pack the corpus with it.

Pieces never cross a lexeme: the pre-tokenizer cuts the text at every punctuation character, newline and change between
letters, digits and blanks, and BPE merges only inside such a piece.
"""

import argparse
import hashlib
import itertools
import json

import numpy
import yaml
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

import start
from settings import CORPUS, HERE, LANGUAGES, TOKENIZER, WORK

# Alternatives in order of preference; README.md explains them. The Swift tokenizer implements exactly this.
PATTERN = r"\\[^\s]|\r?\n[ \t]*|[ \t]+|[\p{L}_]+|\p{N}{1,3}|[^\s\p{L}\p{N}_]|\s"
SPECIAL = ["<mask>", "<pad>", "<eos>", "<unused3>", "<unused4>", "<unused5>", "<unused6>", "<unused7>"]
MASK, PAD, EOS = 0, 1, 2


def documents(part):
    """Yields (language, text) of one part of the corpus, `train` or `valid`."""
    with open(CORPUS / f"{part}.jsonl", encoding="utf-8") as stream:
        for line in stream:
            document = json.loads(line)
            yield document["language"], document["text"]


def train(size, texts=None):
    """A tokenizer of `size` entries from `texts`, by default those of the training part."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=SPECIAL, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        max_token_length=32, show_progress=False)
    tokenizer.train_from_iterator(texts or (text for _, text in documents("train")), trainer)
    assert tokenizer.get_vocab_size() == size, "the corpus is too small for this vocabulary"
    assert [tokenizer.token_to_id(s) for s in SPECIAL] == list(range(len(SPECIAL)))
    return tokenizer


def pack(tokenizer, part, folder=WORK, every=1):
    """Writes PART.LANGUAGE.npy: every n-th document of each language as uint16, each followed by <eos>."""
    streams = {language: [] for language in LANGUAGES}
    taken = itertools.islice(documents(part), 0, None, every)
    while some := list(itertools.islice(taken, 256)):
        for (language, _), encoding in zip(some, tokenizer.encode_batch([text for _, text in some])):
            streams[language].append(numpy.array(encoding.ids + [EOS], dtype=numpy.uint16))
    counts = {}
    for language, arrays in streams.items():
        packed = numpy.concatenate(arrays)
        numpy.save(folder / f"{part}.{language}.npy", packed)
        counts[language] = len(packed)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default=str(HERE / "small.yml"))
    options = parser.parse_args()
    with open(options.config) as stream:
        config = yaml.safe_load(stream)
    if "start" in config:
        tokenizer = start.tokenizer(config["start"])
    else:
        tokenizer = train(config["shape"]["vocab_size"])
    tokenizer.save(str(TOKENIZER))
    for text in ["a = [1,\t'é\\n']\r\n\r\n    if x_1:\f\u00a0pass\n", "{\"k\": -1.5e+10}", "\\\n\\"]:
        assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text, repr(text)
    statistics = {part: pack(tokenizer, part) for part in ("train", "valid")}
    statistics["sha256"] = hashlib.sha256(TOKENIZER.read_bytes()).hexdigest()
    (WORK / "tokens.json").write_text(json.dumps(statistics, indent=1) + "\n")
    print(json.dumps(statistics))


if __name__ == "__main__":
    main()
