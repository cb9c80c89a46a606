"""Writes tiny random checkpoints in the format of each family of models, and the logits they must give.

The logits come from the plain implementation below, in float64, which shares nothing with the one in Swift. Run with
`pip install torch==2.13.0+cpu safetensors tokenizers==0.23.3`:

    python3 Training/reference/make_references.py Tests/DenoiserTests/Data
"""
import json
import math
import pathlib
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

HIDDEN, LAYERS, HEADS, GROUPS, INNER, VOCABULARY = 32, 2, 4, 2, 40, 264
MASK, PAD, EOS = 256, 257, 258
TOKENS = 19


def rotate(x, base):
    """x: heads × tokens × size. Rotates element i with element i + size / 2."""
    size = x.shape[-1]
    frequency = base ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angle = torch.arange(x.shape[1], dtype=torch.float64)[:, None] * frequency
    turn = torch.polar(torch.ones_like(angle), angle)
    turned = torch.complex(x[..., : size // 2], x[..., size // 2:]) * turn
    return torch.cat([turned.real, turned.imag], -1)


def rms(x, weight, eps):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * weight


def forward(config, part, tokens):
    """Hidden states after the last norm. `part(name, layer)` gives a tensor by its name here, or None."""
    size, eps = config["size"], config["eps"]
    x = part("embedding")[tokens]
    count = len(tokens)
    for layer in range(LAYERS):
        h = rms(x, part("norm1", layer), eps)

        def heads(name, number):
            y = h @ part(name, layer).T
            if part(name + "_bias", layer) is not None:
                y = y + part(name + "_bias", layer)
            y = y.view(count, number, size).transpose(0, 1)
            if part(name + "_norm", layer) is not None:
                y = rms(y, part(name + "_norm", layer), eps)
            return y

        q = rotate(heads("q", HEADS), config["base"])
        k = rotate(heads("k", config["groups"]), config["base"]).repeat_interleave(HEADS // config["groups"], 0)
        v = heads("v", config["groups"]).repeat_interleave(HEADS // config["groups"], 0)
        scores = q @ k.transpose(1, 2) / math.sqrt(size)
        if config["causal"]:
            scores = scores.masked_fill(torch.ones(count, count).triu(1).bool(), -math.inf)
        x = x + (scores.softmax(-1) @ v).transpose(0, 1).reshape(count, -1) @ part("o", layer).T
        h = rms(x, part("norm2", layer), eps)
        gate = h @ part("gate", layer).T
        x = x + (gate * torch.sigmoid(gate) * (h @ part("up", layer).T)) @ part("down", layer).T
    return rms(x, part("norm"), eps)


QWEN = {
    "embedding": "model.embed_tokens.weight", "norm": "model.norm.weight", "output": "lm_head.weight",
    "norm1": "input_layernorm.weight", "norm2": "post_attention_layernorm.weight",
    "q": "self_attn.q_proj.weight", "k": "self_attn.k_proj.weight", "v": "self_attn.v_proj.weight",
    "q_bias": "self_attn.q_proj.bias", "k_bias": "self_attn.k_proj.bias", "v_bias": "self_attn.v_proj.bias",
    "q_norm": "self_attn.q_norm.weight", "k_norm": "self_attn.k_norm.weight", "o": "self_attn.o_proj.weight",
    "gate": "mlp.gate_proj.weight", "up": "mlp.up_proj.weight", "down": "mlp.down_proj.weight"}
LLADA = {
    "embedding": "model.transformer.wte.weight", "norm": "model.transformer.ln_f.weight",
    "output": "model.transformer.ff_out.weight", "norm1": "attn_norm.weight", "norm2": "ff_norm.weight",
    "q": "q_proj.weight", "k": "k_proj.weight", "v": "v_proj.weight", "o": "attn_out.weight",
    "gate": "ff_proj.weight", "up": "up_proj.weight", "down": "ff_out.weight"}

# name, model_type, traits
CASES = [
    ("espalier", "espalier", {"norms", "tied", "head"}),
    ("espalier-bf16", "espalier", {"norms", "tied", "bf16", "head"}),
    ("qwen2", "qwen2", {"bias", "tied", "shift", "f16"}),
    ("qwen2-causal", "qwen2", {"bias", "tied", "shift", "causal", "bf16"}),
    ("qwen3-causal", "qwen3", {"norms", "shift", "causal", "bf16"}),
    ("a2d-qwen2", "a2d-qwen2", {"bias", "tied", "sharded"}),
    ("dream", "Dream", {"bias", "shift", "f16", "sharded"}),
    ("llada", "llada", {"llada"}),
    ("espalier-int8", "espalier", {"norms", "tied", "int8", "head"}),
]


def in_eight_bits(tensors):
    """The matrices but the error head's as 8 bits with a scale per row; what they stand for; and both to be saved."""
    values, stored = {}, {}
    for key, value in tensors.items():
        if value.dim() != 2 or key.startswith("error_head"):
            values[key] = stored[key] = value
            continue
        scale = value.abs().amax(dim=1, keepdim=True) / 127
        stored[key] = (value / scale).round().to(torch.int8)
        stored[key + "_scale"] = scale
        values[key] = stored[key].double() * scale.double()
    return values, stored


def write(out, seed, name, model_type, traits):
    torch.manual_seed(seed)
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    llada = "llada" in traits
    size = 12 if "norms" in traits else HIDDEN // HEADS
    groups = HEADS if llada else GROUPS
    config = {"size": size, "groups": groups, "eps": 1e-5 if llada else 1e-6, "base": 5e5 if llada else 1e4,
              "causal": "causal" in traits}
    names = LLADA if llada else QWEN
    shapes = {"norm1": [HIDDEN], "norm2": [HIDDEN], "q": [HEADS * size, HIDDEN], "k": [groups * size, HIDDEN],
              "v": [groups * size, HIDDEN], "o": [HIDDEN, HEADS * size], "gate": [INNER, HIDDEN],
              "up": [INNER, HIDDEN], "down": [HIDDEN, INNER]}
    if "bias" in traits:
        shapes |= {"q_bias": [HEADS * size], "k_bias": [groups * size], "v_bias": [groups * size]}
    if "norms" in traits:
        shapes |= {"q_norm": [size], "k_norm": [size]}

    def full(part, layer):
        if layer is None:
            return names[part]
        prefix = "model.transformer.blocks" if llada else "model.layers"
        return f"{prefix}.{layer}.{names[part]}"

    dtype = torch.bfloat16 if "bf16" in traits else torch.float16 if "f16" in traits else torch.float32
    tensors = {}

    def random(key, shape, norm=False):
        value = torch.rand(shape) + 0.5 if norm else torch.randn(shape) * (0.5 if len(shape) == 1 else 0.25)
        tensors[key] = value.to(dtype)

    random(names["embedding"], [VOCABULARY, HIDDEN])
    random(names["norm"], [HIDDEN], norm=True)
    if "tied" not in traits:
        random(names["output"], [VOCABULARY, HIDDEN])
    for layer in range(LAYERS):
        for part, shape in shapes.items():
            random(full(part, layer), shape, norm="norm" in part)
    if "head" in traits:
        random("error_head.weight", [1, HIDDEN])
        random("error_head.bias", [1])

    stored = tensors
    if "int8" in traits:
        tensors, stored = in_eight_bits(tensors)

    def part(name, layer=None):
        value = tensors.get(full(name, layer)) if name in names else None
        return None if value is None else value.double()

    tokens = torch.randint(0, 256, [TOKENS])
    if "causal" not in traits:
        tokens[torch.tensor([3, 4, 9, 18])] = MASK
    hidden = forward(config, part, tokens)
    logits = hidden @ (part("embedding") if "tied" in traits else part("output")).T
    if "shift" in traits:
        logits = torch.cat([logits[:1], logits[:-1]])
    save_file({"logits": logits.float().contiguous()}, folder / "expected.safetensors")
    expected = {"tokens": tokens.tolist()}
    if "head" in traits:
        scores = hidden @ tensors["error_head.weight"].double().T + tensors["error_head.bias"].double()
        expected["error_scores"] = scores.flatten().tolist()

    # The likelihood of byte tokens at three positions, masked all at once.
    at = [2, 5, 9]
    text = torch.where(tokens == MASK, 65, tokens)
    masked = text.clone()
    masked[at] = MASK if "causal" not in traits else PAD
    hidden = forward(config, part, masked)
    logits = hidden @ (part("embedding") if "tied" in traits else part("output")).T
    if "shift" in traits:
        logits = torch.cat([logits[:1], logits[:-1]])
    expected["likelihood"] = logits.log_softmax(-1)[at, text[at]].mean().item()
    expected["likelihood_tokens"] = text.tolist()
    expected["likelihood_positions"] = at
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    save(folder, stored, "sharded" in traits)
    (folder / "config.json").write_text(json.dumps(configuration(model_type, traits, config), indent=1) + "\n")


def save(folder, tensors, sharded):
    if not sharded:
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})
        return
    keys = list(tensors)
    middle = len(keys) // 2
    shards = {"model-00001-of-00002.safetensors": keys[:middle], "model-00002-of-00002.safetensors": keys[middle:]}
    for file, part in shards.items():
        save_file({key: tensors[key] for key in part}, folder / file, {"format": "pt"})
    index = {"metadata": {}, "weight_map": {key: file for file, part in shards.items() for key in part}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")


def configuration(model_type, traits, config):
    tied = "tied" in traits
    special = {"pad_token_id": PAD, "eos_token_id": EOS}
    # The mask token of a2d-qwen2 stands in the tokenizer only.
    if "causal" not in traits and model_type != "a2d-qwen2":
        special["mask_token_id"] = MASK
    if "llada" in traits:
        return special | {
            "model_type": model_type, "d_model": HIDDEN, "n_layers": LAYERS, "n_heads": HEADS, "n_kv_heads": HEADS,
            "mlp_hidden_size": INNER, "vocab_size": VOCABULARY, "embedding_size": VOCABULARY, "rms_norm_eps": 1e-5,
            "rope_theta": 500000.0, "rope": True, "weight_tying": tied, "max_sequence_length": 64,
            "block_type": "llama", "activation_type": "silu", "layer_norm_type": "rms", "alibi": False,
            "include_bias": False, "include_qkv_bias": False, "attention_layer_norm": False}
    values = special | {
        "model_type": model_type, "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": GROUPS, "intermediate_size": INNER, "vocab_size": VOCABULARY, "rms_norm_eps": 1e-6,
        "tie_word_embeddings": tied, "max_position_embeddings": 64, "hidden_act": "silu"}
    if "norms" in traits:
        values["head_dim"] = config["size"]
    if model_type == "Dream":
        # The spelling of newer files.
        values["rope_parameters"] = {"rope_type": "default", "rope_theta": 10000.0}
    else:
        values["rope_theta"] = 10000
    return values


def main():
    out = pathlib.Path(sys.argv[1])
    # One token per byte.
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({character: index for index, character in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.add_special_tokens(["<|mask|>", "<pad>", "<eos>"])
    for seed, (name, model_type, traits) in enumerate(CASES):
        write(out, seed, name, model_type, traits)
        tokenizer.save(str(out / name / "tokenizer.json"), pretty=False)


main()
