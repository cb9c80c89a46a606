"""Write the checkpoint's averaged weights as config.json, model.safetensors, tokenizer.json and SHA256SUMS.

Matrices are stored in 8 bits: NAME has the numbers -127 to 127, NAME_scale what those of each row are multiplied with.
The rest is bfloat16.
"""

import argparse
import hashlib
import json
import pathlib
import shutil

import torch
from safetensors.torch import save_file

from model import stored
from settings import MODEL, TOKENIZER, WORK
from tokenizer import EOS, MASK, PAD


def config_of(configuration):
    shape = configuration["shape"]
    return {
        "architectures": ["EspalierForMaskedDiffusion"],
        "model_type": "espalier",
        "hidden_size": shape["hidden_size"],
        "num_hidden_layers": shape["num_hidden_layers"],
        "num_attention_heads": shape["num_attention_heads"],
        "num_key_value_heads": shape["num_attention_heads"],
        "head_dim": shape["head_dim"],
        "intermediate_size": shape["intermediate_size"],
        "vocab_size": shape["vocab_size"],
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "tie_word_embeddings": True,
        "mask_token_id": MASK,
        "pad_token_id": PAD,
        "eos_token_id": EOS,
        "max_position_embeddings": max(configuration["lengths"]),
        "torch_dtype": "bfloat16",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=MODEL)
    options = parser.parse_args()
    state = torch.load(WORK / "checkpoint.pt", map_location="cpu", weights_only=True)
    tensors = stored({name: value.float() for name, value in state["average"].items()})
    options.output.mkdir(parents=True, exist_ok=True)
    save_file(tensors, options.output / "model.safetensors", metadata={"format": "pt"})
    (options.output / "config.json").write_text(json.dumps(config_of(state["config"]), indent=2) + "\n")
    shutil.copyfile(TOKENIZER, options.output / "tokenizer.json")
    lines = []
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        digest = hashlib.sha256((options.output / name).read_bytes()).hexdigest()
        lines.append(f"{digest}  {name}\n")
    (options.output / "SHA256SUMS").write_text("".join(lines))
    count = sum(value.numel() for value in state["average"].values())
    print(json.dumps({"parameters": count, "steps": state["step"], "tokens": state["tokens"],
                      "seconds": round(state["seconds"])}))


if __name__ == "__main__":
    main()
