"""Paths and constants that the steps of the pipeline share."""

import os
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
WORK = pathlib.Path(os.environ.get("ESPALIER_TRAINING_WORK", HERE / "work"))
CORPUS = WORK / "corpus"
TOKENIZER = WORK / "tokenizer.json"
PROPOSALS = WORK / "proposals.npz"
MANIFEST = HERE / "manifest.json"
MODEL = HERE.parent / "Sources" / "CModel" / "model"

# Suffixes of the files that count as a language. Of a package whose manifest entry names no languages, only those of
# the first three are taken; a suffix of two languages belongs to the first of those that the entry names.
LANGUAGES = {
    "python": (".py",),
    "c": (".c", ".h"),
    "json": (".json",),
    "java": (".java",),
    "go": (".go",),
    "javascript": (".js", ".mjs", ".cjs"),
    "cpp": (".cc", ".cpp", ".cxx", ".hpp", ".hh", ".ipp", ".h"),
    "rust": (".rs",),
}
DEFAULT_LANGUAGES = ("python", "c", "json")
SEED = 20261123
