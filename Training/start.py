"""The model that training starts from, where a configuration names one: `start: {commit, weights, tokenizer}`.

The files are those of the working tree, or come out of the history of the repository; `weights` and `tokenizer` are
their sha256.
"""

import hashlib
import subprocess

import safetensors.torch
from tokenizers import Tokenizer

from model import restored
from settings import HERE, MODEL

NAMES = {"weights": "model.safetensors", "tokenizer": "tokenizer.json"}


def read(source, kind):
    """The bytes of one file of the model, verified."""
    file = MODEL / NAMES[kind]
    if file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == source[kind]:
        return file.read_bytes()
    path = file.relative_to(HERE.parent)
    found = subprocess.run(["git", "show", f"{source['commit']}:{path}"], cwd=HERE, capture_output=True)
    if found.returncode != 0:
        raise SystemExit(f"{source['commit']} is not in the history: fetch all of it (git fetch --unshallow)")
    digest = hashlib.sha256(found.stdout).hexdigest()
    if digest != source[kind]:
        raise SystemExit(f"{path} of {source['commit']}: expected sha256 {source[kind]}, found {digest}")
    return found.stdout


def weights(source):
    """Tensors by name, in float32."""
    return restored(safetensors.torch.load(read(source, "weights")))


def tokenizer(source):
    return Tokenizer.from_str(read(source, "tokenizer").decode())
