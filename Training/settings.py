"""Paths and constants that the steps of the pipeline share."""

import pathlib

HERE = pathlib.Path(__file__).resolve().parent
WORK = HERE / "work"
CORPUS = WORK / "corpus"
TOKENIZER = WORK / "tokenizer.json"
MANIFEST = HERE / "manifest.json"
MODEL = HERE.parent / "Sources" / "CModel" / "model"

# Suffixes of the files that count as a language.
LANGUAGES = {"python": (".py",), "c": (".c", ".h"), "json": (".json",)}
SEED = 20261123
