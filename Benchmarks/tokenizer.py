#!/usr/bin/env python3
"""Train a byte-level BPE tokenizer of some size on folders of text, for Benchmarks/masks.py (pip: tokenizers).

usage: tokenizer.py SIZE OUTPUT.json FOLDER...
"""

import pathlib
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers


def texts(folders):
    for path in sorted(path for folder in folders for path in pathlib.Path(folder).rglob("*") if path.is_file()):
        try:
            yield path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    size, output = int(sys.argv[1]), sys.argv[2]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<mask>", "<pad>", "<eos>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(texts(sys.argv[3:]), trainer)
    if tokenizer.get_vocab_size() < size:
        sys.exit(f"tokenizer.py: expected text for {size} tokens, found enough for {tokenizer.get_vocab_size()}")
    tokenizer.save(output)


if __name__ == "__main__":
    main()
