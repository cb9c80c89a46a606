"""Writes the tokenizer references of Tests/VocabularyTests/Data.

A small byte-level BPE is trained on this file, and the `tokenizers` package encodes sample texts with it under several
pre-tokenizers. Run with `pip install tokenizers==0.23.3`:

    python3 Training/reference/make_tokenizer_references.py Tests/VocabularyTests/Data
"""
import json
import pathlib
import sys

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

# Pre-tokenizers of well-known models, as their files state them.
GPT2 = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}


def split(expression):
    return {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": [*steps, BYTES]}


QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")
LLAMA3 = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
LEXEMES = r"\r?\n[ \t]*|[ \t]+|[\p{L}\p{M}_]+|\p{N}{1,3}|[^\s\p{L}\p{M}\p{N}_]|\s"
POSSESSIVE = r"[^\r\n\p{L}\p{N}]?+\p{L}++|\d+?|[^\s\w]|\s*?[\r\n]|(?:\S(?=\S))+|(.)"
CONFIGURATIONS = {
    "gpt2": GPT2,
    "bytes": BYTES,
    "qwen2": sequence(split(QWEN2)),
    "llama3": sequence(split(LLAMA3)),
    "lexemes": sequence(split(LEXEMES)),
    "possessive": sequence(split(POSSESSIVE)),
    "digits": sequence({"type": "Digits", "individual_digits": True}, split(QWEN2)),
    "digit runs": sequence({"type": "Digits", "individual_digits": False}, split(r"\s+")),
    "literal": sequence({"type": "Split", "pattern": {"String": "in"}, "behavior": "Isolated", "invert": False}),
}

TEXTS = [
    "",
    "a",
    "def f(x):\n    return x + 1\n",
    "if (x != NULL) {\r\n\tputs(\"it's  what we'LL DO\");\r\n}\r\n\r\n",
    "   \n\n   \n\t\t x  =  12345678 ;   ",
    "{\"a\": [1, 2.5e+10, true, null], \"b\": \"\\u00e9\"}",
    "na\u00efve \u00e9t\u00e9 \u4e2d\u6587\u5b57 \u0645\u0631\u062d\u0628\u0627 \u0928\u092e\u0938\u094d\u0924\u0947",
    "e\u0301 decomposed \u212b I\u0307 \ufb01 we'\u017f don\u2019t",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 emoji \u00b2\u00bd\u2167 \u0664\u0665",
    "non\u00a0breaking\u2028line\u2029para\u0085nel\x0bvt\x0cff\x00nul\x1c",
    "____ __init__ snake_case CamelCase x1y2z3 0x1F 1_000",
    "a" * 300 + " " * 300 + "ab" * 200 + "\n" * 50,
    "for i in range(10):\n    if i in things:\n        print(i, end='')\n",
    "\ufeffbom",
]


def main():
    out = pathlib.Path(sys.argv[1])
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=["<mask>", "<pad>", "<eos>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    samples = [pathlib.Path(__file__).read_text()] + TEXTS
    tokenizer.train_from_iterator(samples, trainer)
    description = json.loads(tokenizer.to_str())
    description["decoder"] = BYTES
    cases = []
    for name, pre_tokenizer in CONFIGURATIONS.items():
        for ignore_merges in (False, True):
            description["pre_tokenizer"] = pre_tokenizer
            description["model"]["ignore_merges"] = ignore_merges
            reference = Tokenizer.from_str(json.dumps(description))
            cases.append({
                "name": name, "pre_tokenizer": pre_tokenizer, "ignore_merges": ignore_merges,
                "ids": [reference.encode(text, add_special_tokens=False).ids for text in TEXTS]})
    description["pre_tokenizer"] = GPT2
    description["model"]["ignore_merges"] = False
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(description) + "\n")
    rows = ",\n".join(json.dumps(case) for case in cases)
    (out / "cases.json").write_text('{"texts": %s,\n"cases": [\n%s\n]}\n' % (json.dumps(TEXTS), rows))


main()
