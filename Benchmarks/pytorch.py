"""Measures the forward pass of a checkpoint with PyTorch in bfloat16, beside `espalier bench model` on the same one.

usage: python3 Benchmarks/pytorch.py CHECKPOINT-FOLDER [POSITIONS]

Both take turns on the same cores, three times each, and the least time of each counts. Layers alone; layers and the
output layer at every position, as the published samplers of such models compute it; layers and the output layer at half
of the positions, which is what a step with half of them open needs.
"""
import json
import os
import pathlib
import subprocess
import sys
import time

import torch
import torch.nn.functional as F

ROUNDS, SECONDS = 3, 2.0
TOOL = pathlib.Path(__file__).resolve().parent.parent / "build/bin/espalier"


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    types = {"BF16": torch.bfloat16, "F32": torch.float32, "F16": torch.float16, "I8": torch.int8}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        part = bytearray(data[8 + size + begin:8 + size + end])
        tensors[name] = torch.frombuffer(part, dtype=types[entry["dtype"]]).view(entry["shape"])
    scales = {name: tensors.pop(name) for name in list(tensors) if name.endswith("_scale")}
    for name, tensor in tensors.items():
        if tensor.dtype == torch.int8:
            tensor = tensor.float() * scales[name + "_scale"]
        tensors[name] = tensor.to(torch.bfloat16)
    return tensors


class Model:
    """The Qwen2 or Qwen3 shape with full attention."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.config = json.loads((folder / "config.json").read_text())
        self.tensors = load(folder / "model.safetensors")
        self.heads = self.config["num_attention_heads"]
        self.groups = self.config["num_key_value_heads"]
        self.size = self.config.get("head_dim", self.config["hidden_size"] // self.heads)
        self.eps = self.config["rms_norm_eps"]
        # One product for what has the same input, as fast implementations do.
        self.layers = []
        for index in range(self.config["num_hidden_layers"]):
            part = lambda name: self.tensors.get(f"model.layers.{index}.{name}")
            layer = {name: part(name + ".weight") for name in (
                "input_layernorm", "post_attention_layernorm", "self_attn.o_proj", "mlp.down_proj",
                "self_attn.q_norm", "self_attn.k_norm")}
            layer["qkv"] = torch.cat([part(f"self_attn.{n}_proj.weight") for n in "qkv"])
            biases = [part(f"self_attn.{n}_proj.bias") for n in "qkv"]
            layer["bias"] = None if biases[0] is None else torch.cat(biases)
            layer["gate_up"] = torch.cat([part("mlp.gate_proj.weight"), part("mlp.up_proj.weight")])
            self.layers.append(layer)

    def rotation(self, count):
        frequency = self.config["rope_theta"] ** (-torch.arange(0, self.size, 2) / self.size)
        angle = torch.arange(count)[:, None] * frequency
        angle = torch.cat([angle, angle], -1)
        return angle.cos().to(torch.bfloat16), angle.sin().to(torch.bfloat16)

    def body(self, tokens):
        count = tokens.shape[0]
        cosine, sine = self.cached
        norm = lambda x, weight: F.rms_norm(x, (x.shape[-1],), weight, self.eps)

        def rotate(x):
            half = x.shape[-1] // 2
            return x * cosine + torch.cat([-x[..., half:], x[..., :half]], -1) * sine

        x = self.tensors["model.embed_tokens.weight"][tokens]
        for layer in self.layers:
            h = F.linear(norm(x, layer["input_layernorm"]), layer["qkv"], layer["bias"])
            q, k, v = h.view(count, -1, self.size).transpose(0, 1).split([self.heads, self.groups, self.groups])
            if layer["self_attn.q_norm"] is not None:
                q, k = norm(q, layer["self_attn.q_norm"]), norm(k, layer["self_attn.k_norm"])
            h = F.scaled_dot_product_attention(
                rotate(q)[None], rotate(k)[None], v[None], enable_gqa=self.heads != self.groups)
            x = x + F.linear(h[0].transpose(0, 1).reshape(count, -1), layer["self_attn.o_proj"])
            gate, up = F.linear(norm(x, layer["post_attention_layernorm"]), layer["gate_up"]).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, layer["mlp.down_proj"])
        return norm(x, self.tensors["model.norm.weight"])

    def output(self, hidden):
        weight = self.tensors.get("lm_head.weight", self.tensors["model.embed_tokens.weight"])
        return F.linear(hidden, weight)


def least(run):
    times, started = [], time.perf_counter()
    while time.perf_counter() - started < SECONDS or len(times) < 5:
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return 1e3 * min(times[1:])


def espalier(folder, positions, threads, types):
    command = [TOOL, "bench", "model", "--checkpoint", folder, "--lengths", str(positions), "--format", "json",
               "--threads", str(threads), "--seconds", str(SECONDS)]
    for kind in types:
        command += ["--precision", kind]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    rows = {}
    for measurement in report["measurements"]:
        row = measurement["passes"][0]
        rows[measurement["precision"]] = (row["layersMilliseconds"], row["stepMilliseconds"], row["layersShare"])
    return rows


def main():
    folder, positions = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 256
    threads = len(os.sched_getaffinity(0))
    torch.set_num_threads(threads)
    model = Model(folder)
    model.cached = model.rotation(positions)
    half = torch.arange((positions + 1) // 2)
    tokens = torch.arange(positions) % model.config["vocab_size"]
    best, ours = [1e9] * 3, {}
    with torch.inference_mode():
        for _ in range(ROUNDS):
            for kind, row in espalier(folder, positions, threads, ["bfloat16", "int8"]).items():
                old = ours.get(kind, (1e9, 1e9, 0))
                ours[kind] = (min(row[0], old[0]), min(row[1], old[1]), max(row[2], old[2]))
            runs = (
                lambda: model.body(tokens), lambda: model.output(model.body(tokens)),
                lambda: model.output(model.body(tokens)[half]))
            best = [min(old, least(run)) for old, run in zip(best, runs)]
    print(f"{folder}: {positions} positions, {threads} threads, milliseconds, least of {ROUNDS} rounds")
    print(f"PyTorch {torch.__version__} bfloat16: layers {best[0]:.2f}, step with output everywhere {best[1]:.2f}, "
          f"at half of the positions {best[2]:.2f}")
    for kind, (layers, step, share) in ours.items():
        print(f"espalier {kind}: layers {layers:.2f} ({share:.0%} of the peak), step {step:.2f}; PyTorch takes "
              f"{best[0] / layers:.2f} times as long for the layers, {best[1] / step:.2f} times for a step with output "
              f"everywhere, {best[2] / step:.2f} times at half of the positions")


main()
