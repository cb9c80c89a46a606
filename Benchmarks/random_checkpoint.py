"""Writes a checkpoint of the shape of Qwen2-0.5B with random weights, for measurements only.

usage: python3 Benchmarks/random_checkpoint.py FOLDER

Needs nothing but Python. The tokenizer has a token per byte; speed does not depend on what the numbers are.
"""
import array
import json
import pathlib
import random
import struct
import sys

HIDDEN, LAYERS, HEADS, GROUPS, INNER, VOCABULARY, MASK = 896, 24, 14, 2, 4864, 151936, 151665


def tensors():
    size = HIDDEN // HEADS
    yield "model.embed_tokens.weight", [VOCABULARY, HIDDEN]
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        yield prefix + "input_layernorm.weight", [HIDDEN]
        for name, rows in (("q", HEADS * size), ("k", GROUPS * size), ("v", GROUPS * size)):
            yield prefix + f"self_attn.{name}_proj.weight", [rows, HIDDEN]
            yield prefix + f"self_attn.{name}_proj.bias", [rows]
        yield prefix + "self_attn.o_proj.weight", [HIDDEN, HEADS * size]
        yield prefix + "post_attention_layernorm.weight", [HIDDEN]
        yield prefix + "mlp.gate_proj.weight", [INNER, HIDDEN]
        yield prefix + "mlp.up_proj.weight", [INNER, HIDDEN]
        yield prefix + "mlp.down_proj.weight", [HIDDEN, INNER]
    yield "model.norm.weight", [HIDDEN]


def bfloat16(value):
    return struct.unpack("<I", struct.pack("<f", value))[0] >> 16


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    random.seed(1)
    # The same million numbers over and over, from another place in each tensor.
    pool = array.array("H", (bfloat16(random.gauss(0, 0.02)) for _ in range(1 << 20)))
    ones = bfloat16(1.0)
    header, offset = {}, 0
    for name, shape in tensors():
        count = 2
        for extent in shape:
            count *= extent
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + count]}
        offset += count
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 64 + 56)
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for index, (name, shape) in enumerate(tensors()):
            count = shape[0] * (shape[1] if len(shape) > 1 else 1)
            if "norm" in name:
                array.array("H", [ones] * count).tofile(file)
                continue
            start = index * 7919 % len(pool)
            while count > 0:
                part = pool[start:start + count]
                part.tofile(file)
                count -= len(part)
                start = 0
    (folder / "config.json").write_text(json.dumps({
        "model_type": "qwen2", "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": GROUPS, "intermediate_size": INNER, "vocab_size": VOCABULARY, "rms_norm_eps": 1e-6,
        "rope_theta": 1000000.0, "tie_word_embeddings": True, "max_position_embeddings": 32768, "hidden_act": "silu",
        "mask_token_id": MASK}, indent=1) + "\n")
    # Bytes as byte-level tokenizers spell them: printable ones stand for themselves, others start at U+0100.
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    spelled = {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}
    (folder / "tokenizer.json").write_text(json.dumps({
        "version": "1.0", "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False},
        "post_processor": None, "decoder": {"type": "ByteLevel"},
        "model": {"type": "BPE", "vocab": spelled, "merges": []}}))


main()
