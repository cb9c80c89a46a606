"""Writes a small model with random weights in the format of the default model, to stand in where none is trained.

    python3 Training/reference/make_random_model.py Sources/CModel/model TEXT_FILE…

The text files train the tokenizer. Needs `pip install torch==2.13.0+cpu safetensors tokenizers==0.23.3`.
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

HIDDEN, LAYERS, HEADS, SIZE, INNER, VOCABULARY = 64, 2, 2, 32, 128, 1024
# The pattern of the default model: an escape, a line break with the indentation after it, spaces, words, up to three
# digits, one sign.
LEXEMES = r"\\[^\s]|\r?\n[ \t]*|[ \t]+|[\p{L}_]+|\p{N}{1,3}|[^\s\p{L}\p{N}_]|\s"


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LEXEMES), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.train(sys.argv[2:], trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=["<mask>", "<pad>", "<eos>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)

    torch.manual_seed(0)
    tensors = {"model.embed_tokens.weight": torch.randn(VOCABULARY, HIDDEN) * 0.1,
               "model.norm.weight": torch.ones(HIDDEN),
               "error_head.weight": torch.randn(1, HIDDEN) * 0.1, "error_head.bias": torch.zeros(1)}
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        for name, shape in {
                "self_attn.q_proj": [HEADS * SIZE, HIDDEN], "self_attn.k_proj": [HEADS * SIZE, HIDDEN],
                "self_attn.v_proj": [HEADS * SIZE, HIDDEN], "self_attn.o_proj": [HIDDEN, HEADS * SIZE],
                "mlp.gate_proj": [INNER, HIDDEN], "mlp.up_proj": [INNER, HIDDEN],
                "mlp.down_proj": [HIDDEN, INNER]}.items():
            tensors[prefix + name + ".weight"] = torch.randn(shape) * shape[1] ** -0.5
        for name, size in {"input_layernorm": HIDDEN, "post_attention_layernorm": HIDDEN,
                           "self_attn.q_norm": SIZE, "self_attn.k_norm": SIZE}.items():
            tensors[prefix + name + ".weight"] = torch.ones(size)
    tensors = {name: tensor.bfloat16() for name, tensor in tensors.items()}
    save_file(tensors, out / "model.safetensors", {"format": "pt"})
    config = {
        "architectures": ["EspalierForMaskedDiffusion"], "model_type": "espalier", "hidden_size": HIDDEN,
        "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "num_key_value_heads": HEADS, "head_dim": SIZE,
        "intermediate_size": INNER, "vocab_size": VOCABULARY, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
        "tie_word_embeddings": True, "mask_token_id": 0, "pad_token_id": 1, "eos_token_id": 2,
        "max_position_embeddings": 1024}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")


main()
