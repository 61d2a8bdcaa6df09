"""The Llama architecture in plain PyTorch, small enough to read, with names and conventions of the Hugging Face layout.

Besides logits it can hand out the attention logits of chosen rows of chosen heads, on which the hint loss works (hints.py).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HeadAt = tuple[int, int]  # (layer, query head)
Cache = list[tuple[Tensor, Tensor]]  # per layer keys and values [batch][kvHead][position][headDim]


@dataclass(frozen=True)
class Architecture:
    """Sizes of a Llama."""

    vocabulary: int = 256
    hidden: int = 128
    layers: int = 4
    heads: int = 8
    kv_heads: int = 4
    head_size: int = 32  # heads * head_size need not be hidden, but transformers wants hidden divisible by heads
    mlp: int = 384
    positions: int = 1024
    rope_theta: float = 10_000.0
    norm_epsilon: float = 1e-5

    def __post_init__(self) -> None:
        if self.hidden % self.heads or self.heads % self.kv_heads or self.head_size % 2:
            raise ValueError(f"{self.hidden} hidden, {self.heads} heads, {self.kv_heads} KV heads: no even shares")
        if self.heads < 2 * self.kv_heads or self.layers < 4:
            raise ValueError("the task asks for at least 2 query heads per KV head and 4 layers")


class Attention(nn.Module):
    def __init__(self, arch: Architecture) -> None:
        super().__init__()
        self.arch = arch
        size, kv_size = arch.heads * arch.head_size, arch.kv_heads * arch.head_size
        self.q_proj = nn.Linear(arch.hidden, size, bias=False)
        self.k_proj = nn.Linear(arch.hidden, kv_size, bias=False)
        self.v_proj = nn.Linear(arch.hidden, kv_size, bias=False)
        self.o_proj = nn.Linear(size, arch.hidden, bias=False)

    def forward(
        self, x: Tensor, rope: tuple[Tensor, Tensor], wanted: dict[int, Tensor], past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor], dict[int, Tensor]]:
        """The output, keys and values so far, and the causal attention logits [batch][wanted row][column] by head."""
        batch, length, _ = x.shape
        size = self.arch.head_size
        q = rotate(self.q_proj(x).view(batch, length, -1, size).transpose(1, 2), rope)
        k = rotate(self.k_proj(x).view(batch, length, -1, size).transpose(1, 2), rope)
        v = self.v_proj(x).view(batch, length, -1, size).transpose(1, 2)
        if past is not None:
            k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
        group = self.arch.heads // self.arch.kv_heads
        logits = {head: causal_logits(q[:, head], k[:, head // group], rows) for head, rows in wanted.items()}
        return self.o_proj(mix(q, k, v).transpose(1, 2).reshape(batch, length, -1)), (k, v), logits


class Mlp(nn.Module):
    def __init__(self, arch: Architecture) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(arch.hidden, arch.mlp, bias=False)
        self.up_proj = nn.Linear(arch.hidden, arch.mlp, bias=False)
        self.down_proj = nn.Linear(arch.mlp, arch.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class RmsNorm(nn.Module):
    def __init__(self, size: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), self.epsilon)


class Layer(nn.Module):
    def __init__(self, arch: Architecture) -> None:
        super().__init__()
        self.input_layernorm = RmsNorm(arch.hidden, arch.norm_epsilon)
        self.self_attn = Attention(arch)
        self.post_attention_layernorm = RmsNorm(arch.hidden, arch.norm_epsilon)
        self.mlp = Mlp(arch)


class Llama(nn.Module):
    """Embeddings are tied: the output matrix is the embedding's."""

    def __init__(self, arch: Architecture) -> None:
        super().__init__()
        self.arch = arch
        self.embed_tokens = nn.Embedding(arch.vocabulary, arch.hidden)
        self.layers = nn.ModuleList(Layer(arch) for _ in range(arch.layers))
        self.norm = RmsNorm(arch.hidden, arch.norm_epsilon)
        cosine, sine = rope_table(arch)
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                # The branches write into the residual stream 2 * layers times.
                shrink = (2 * arch.layers) ** -0.5 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1.0
                nn.init.normal_(parameter, std=0.02 if "embed" in name else shrink * parameter.shape[1] ** -0.5)

    def states(self, tokens: Tensor, wanted: dict[HeadAt, Tensor] | None = None, cache: Cache | None = None):
        """Final states [batch][position][hidden], the cache so far, attention logits of wanted rows by (layer, head)."""
        start = cache[0][0].shape[2] if cache else 0
        rope = (self.cosine[start : start + tokens.shape[1]], self.sine[start : start + tokens.shape[1]])
        x = self.embed_tokens(tokens)
        grown, logits = [], {}
        for index, layer in enumerate(self.layers):
            heads = {head: rows for (at, head), rows in (wanted or {}).items() if at == index}
            mixed, pair, found = layer.self_attn(layer.input_layernorm(x), rope, heads, cache[index] if cache else None)
            x = x + mixed
            x = x + layer.mlp(layer.post_attention_layernorm(x))
            grown.append(pair)
            logits.update({(index, head): found[head] for head in heads})
        return self.norm(x), grown, logits

    def logits(self, states: Tensor) -> Tensor:
        return F.linear(states, self.embed_tokens.weight)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.logits(self.states(tokens)[0])


def rope_table(arch: Architecture) -> tuple[Tensor, Tensor]:
    """cos and sin [position][headDim], the half-split convention: element i turns with i + headDim / 2."""
    half = torch.arange(0, arch.head_size, 2, dtype=torch.float64) / arch.head_size
    angles = torch.outer(torch.arange(arch.positions, dtype=torch.float64), arch.rope_theta**-half)
    angles = torch.cat([angles, angles], dim=1)
    return angles.cos().float(), angles.sin().float()


def rotate(x: Tensor, rope: tuple[Tensor, Tensor]) -> Tensor:
    cosine, sine = rope[0].to(x.dtype), rope[1].to(x.dtype)
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat([-second, first], dim=-1) * sine


def mix(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention output [batch][head][row][headDim]; query head h reads KV head h // (heads / kvHeads)."""
    if q.is_cuda or q.shape[2] == 1:
        return F.scaled_dot_product_attention(q, k, v, is_causal=q.shape[2] > 1, enable_gqa=True)
    # Written out in blocks of rows that skip later columns: on a CPU this takes half the time of the fused kernel.
    batch, heads, length, size = q.shape
    kv_heads, columns = k.shape[1:3]
    grouped = (q * size**-0.5).view(batch, kv_heads, -1, length, size)
    block = max(64, -(-length // 4))
    mixed = []
    for start in range(0, length, block):
        rows = min(block, length - start)
        seen = columns - length + start + rows
        ahead = torch.full((rows, seen), float("-inf"), dtype=q.dtype).triu(seen - rows + 1)
        some = grouped[:, :, :, start : start + rows].reshape(batch, kv_heads, -1, size)
        scores = (some @ k[:, :, :seen].transpose(2, 3)).view(batch, heads, rows, seen) + ahead
        weights = scores.softmax(dim=-1).view(batch, kv_heads, -1, seen)
        mixed.append((weights @ v[:, :, :seen]).view(batch, heads, rows, size))
    return torch.cat(mixed, dim=2)


def causal_logits(q: Tensor, k: Tensor, rows: Tensor) -> Tensor:
    """Scaled attention logits [batch][wanted][column] of rows [batch][wanted], -inf after the row."""
    wanted = q.gather(1, rows.unsqueeze(-1).expand(-1, -1, q.shape[-1]))
    logits = (wanted @ k.transpose(1, 2)).float() * q.shape[-1] ** -0.5
    columns = torch.arange(k.shape[1], device=q.device)
    return logits.masked_fill(columns > rows.unsqueeze(-1), float("-inf"))


NUMBER_PERIODS = (2, 3, 4, 5, 6, 10, 12, 20, 30, 60, 120)
NUMBER_SCALE = 0.1


@torch.no_grad()
def order_numbers(embedding: nn.Embedding, words: list[str]) -> None:
    """Initialises the embeddings of whole numbers with what arithmetic needs: their size, and sine and cosine of several periods."""
    numbers = [(token, int(word)) for token, word in enumerate(words) if word.isdigit()]
    if not numbers:
        return
    tokens = torch.tensor([token for token, _ in numbers])
    values = torch.tensor([value for _, value in numbers], dtype=torch.float32)
    turns = 2 * torch.pi * values.unsqueeze(1) / torch.tensor(NUMBER_PERIODS)
    size = (values / values.max() - 0.5) * 2
    features = torch.cat([turns.sin(), turns.cos(), size.unsqueeze(1)], dim=1)
    directions = torch.linalg.qr(torch.randn(embedding.embedding_dim, features.shape[1]))[0].T
    embedding.weight[tokens] += NUMBER_SCALE * embedding.embedding_dim**0.5 * features.shape[1] ** -0.5 * features @ directions
