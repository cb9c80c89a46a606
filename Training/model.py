"""The denoiser: a pre-norm bidirectional transformer with a tied language-model head and an error head.

RMSNorm, rotary positions in the rotate-half convention, normalised queries and keys, SwiGLU, no time input. Parameters
are named as export.py writes them, which is how Qwen3 names them.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

SCALE = "_scale"  # behind the name of a matrix: what the numbers of each row are multiplied with


@dataclass(frozen=True)
class Shape:
    vocab_size: int = 4096
    hidden_size: int = 256
    num_hidden_layers: int = 6
    num_attention_heads: int = 4
    head_dim: int = 64
    intermediate_size: int = 704
    rms_norm_eps: float = 1e-6
    rope_theta: float = 10000.0


class RMSNorm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x.float(), self.weight.shape, self.weight.float(), self.eps).to(x.dtype)


def rotary_tables(length, shape, device):
    """Cosines and sines [length, head_dim], the two halves of the head dimension alike."""
    half = torch.arange(0, shape.head_dim, 2, device=device, dtype=torch.float32) / shape.head_dim
    angles = torch.outer(torch.arange(length, device=device, dtype=torch.float32), shape.rope_theta ** -half)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x, cos, sin):
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


def attend(q, k, v, seen=None):
    """Full attention, or over the places that each one has in `seen`.

    On a CPU written out, since the fused kernel's backward pass takes twice as long there.
    """
    if q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if seen is not None:
        scores = scores.masked_fill(~seen, -torch.inf)
    return torch.softmax(scores, dim=-1).to(v.dtype) @ v


class Attention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width = shape.num_attention_heads * shape.head_dim
        self.head_dim = shape.head_dim
        self.q_proj = nn.Linear(shape.hidden_size, width, bias=False)
        self.k_proj = nn.Linear(shape.hidden_size, width, bias=False)
        self.v_proj = nn.Linear(shape.hidden_size, width, bias=False)
        self.o_proj = nn.Linear(width, shape.hidden_size, bias=False)
        self.q_norm = RMSNorm(shape.head_dim, shape.rms_norm_eps)
        self.k_norm = RMSNorm(shape.head_dim, shape.rms_norm_eps)

    def forward(self, x, cos, sin, seen=None):
        batch, length, _ = x.shape
        heads = (batch, length, -1, self.head_dim)
        q = rotate(self.q_norm(self.q_proj(x).view(heads)).transpose(1, 2), cos, sin)
        k = rotate(self.k_norm(self.k_proj(x).view(heads)).transpose(1, 2), cos, sin)
        v = self.v_proj(x).view(heads).transpose(1, 2)
        mixed = attend(q.to(v.dtype), k.to(v.dtype), v, seen)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, -1))


class MLP(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.up_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.down_proj = nn.Linear(shape.intermediate_size, shape.hidden_size, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.input_layernorm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)
        self.mlp = MLP(shape)

    def forward(self, x, cos, sin, seen=None):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, seen)
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.num_hidden_layers))
        self.norm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)

    def forward(self, tokens, texts=None):
        """`texts` numbers the text of each token: none sees another. Only distances count, so each starts where it is."""
        cos, sin = rotary_tables(tokens.shape[1], self.shape, tokens.device)
        seen = None if texts is None else (texts[:, :, None] == texts[:, None, :])[:, None]
        x = self.embed_tokens(tokens)
        for layer in self.layers:
            x = layer(x, cos, sin, seen)
        return self.norm(x)


class Denoiser(nn.Module):
    """`body` maps tokens [batch, length] to hidden states; `logits` and `error` read them."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.model = Body(shape)
        self.error_head = nn.Linear(shape.hidden_size, 1)
        deep = (2 * shape.num_hidden_layers) ** -0.5
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                residual = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(parameter, std=0.02 * (deep if residual else 1.0))
        nn.init.zeros_(self.error_head.bias)

    def logits(self, hidden):
        return F.linear(hidden, self.model.embed_tokens.weight.to(hidden.dtype)).float()

    def error(self, hidden):
        return self.error_head(hidden).squeeze(-1).float()


def stored(tensors):
    """The tensors of a file: two for each matrix, which the error head's row is none of."""
    result = {}
    for name, value in sorted(tensors.items()):
        if value.dim() == 2 and value.shape[0] > 1:
            scale = value.abs().amax(dim=1, keepdim=True).clamp(min=1e-30) / 127
            result[name] = (value / scale).round().to(torch.int8)
            result[name + SCALE] = scale
        else:
            result[name] = value.to(torch.bfloat16).contiguous()
    return result


def restored(tensors):
    """What `stored` stands for, in float32."""
    return {name: value.float() * (tensors[name + SCALE] if name + SCALE in tensors else 1)
            for name, value in tensors.items() if not name.endswith(SCALE)}
