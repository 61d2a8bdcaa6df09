"""Answers about frame streams under a hard cap (InfiniPot-V), as a reference in plain PyTorch for what the engine does.

    python lab/training/checkStream.py lab/training/out/winnow-stream-1m/model --count 200 --cap 8 --keep 6 --block 2
    python lab/training/checkStream.py … --frames 128 --rules full tarVan random

Keys are kept before RoPE and a slot's place is its position, so a stream may be longer than the context. Frames arrive in blocks; a
block that would not fit is preceded by a compression, and one follows the last block. Every head of every layer chooses for itself.
Questions are asked on copies of the cache. Prints the share of questions answered right, by rule and type, with the standard error
over streams and the most slots that any head held.
"""

import argparse
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from data import IGNORED, Vocabulary, read_vocabulary
from export import read_model
from model import Llama, rotate
from streamData import FRAME_TOKENS, GENERATOR, StreamExample, read_stream, stream_records
from trainStream import EVALUATION_SEED

# α, whether the newest frames are protected, and whether TaR is reversed, of the rules made of TaR and VaN.
MIXTURES = {
    "tarVan": (None, True, False), "tar": (1.0, True, False), "van": (0.0, False, False), "vanRecent": (0.0, True, False),
    "reversed": (1.0, True, True),
}
RULES = ("full", *MIXTURES, "window", "uniformKnownLength", "random", "changed", "rare")


@dataclass(frozen=True)
class Cap:
    """Sizes in frames."""

    cap: int
    keep: int
    block: int
    alpha: float
    recent_share: float
    stream: int


@dataclass
class Layer:
    """What a layer holds: as many slots in each KV head, the begin token first."""

    keys: Tensor  # [kvHead][slot][headDim], before RoPE
    values: Tensor
    positions: Tensor  # [kvHead][slot], in the stream


def attend(model: Llama, cache: list[Layer], tokens: Tensor, first: int, keeps: bool) -> Tensor:
    """States of new tokens behind the cache; `keeps` lets the cache grow by them."""
    x = model.embed_tokens(tokens)
    for layer, held in zip(model.layers, cache):
        attention, size = layer.self_attn, model.arch.head_size
        normed = layer.input_layernorm(x)
        q, k, v = (
            project(normed).view(len(tokens), -1, size).transpose(0, 1)
            for project in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        keys, values = torch.cat([held.keys, k], dim=1), torch.cat([held.values, v], dim=1)
        count = keys.shape[1]
        table = (model.cosine[:count], model.sine[:count])
        turned = rotate(keys, table).repeat_interleave(q.shape[0] // k.shape[0], dim=0)
        queries = rotate(q, (table[0][count - len(tokens):], table[1][count - len(tokens):]))
        ahead = torch.full((len(tokens), count), float("-inf")).triu(count - len(tokens) + 1)
        weights = (queries @ turned.transpose(1, 2) * size**-0.5 + ahead).softmax(dim=-1)
        mixed = weights @ values.repeat_interleave(q.shape[0] // k.shape[0], dim=0)
        x = x + attention.o_proj(mixed.transpose(0, 1).flatten(1))
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        if keeps:
            places = torch.arange(first, first + len(tokens)).expand(len(keys), -1)
            held.keys, held.values = keys, values
            held.positions = torch.cat([held.positions, places], dim=1)
    return model.norm(x)


def compress(layer: Layer, rule: str, cap: Cap, seen: Tensor, draw: torch.Generator) -> None:
    """Down to |C| frames behind the begin token. `seen`: the tokens so far, which rules on the input may look at."""
    keys, values, positions = layer.keys[:, 1:], layer.values[:, 1:], layer.positions[:, 1:]
    slots = keys.shape[1]
    recent = max(1, int(slots // FRAME_TOKENS * cap.recent_share)) * FRAME_TOKENS
    keep = cap.keep * FRAME_TOKENS
    frames = (positions - 1) // FRAME_TOKENS
    if rule == "window":
        score = positions.float()
    elif rule == "random":
        score = torch.rand(positions.shape, generator=draw)
        score[:, slots - recent:] = 2.0
    elif rule in ("changed", "rare"):
        counts = seen.bincount()
        before = seen[(positions - FRAME_TOKENS).clamp_min(0)]  # the begin token for the first frame
        marks = (seen[positions] != before).float() if rule == "changed" else -counts[seen[positions]].float()
        score = marks + positions / (positions.max() + 1)
    elif rule == "uniformKnownLength":
        chosen = torch.tensor([math.floor(at * cap.stream / cap.keep) for at in range(cap.keep)])
        score = torch.isin(frames, chosen) + positions / (positions.max() + 1)
    else:
        alpha, protects, is_reversed = MIXTURES[rule]
        share = cap.alpha if alpha is None else alpha
        score = values.norm(dim=-1)
        top = score.max() + 1
        if protects:
            score[:, slots - recent:] = top
        picks = keep - round((1 - share) * cap.keep * FRAME_TOKENS) - recent
        if share > 0 and picks > 0:
            change = temporal_redundancy(keys, positions, recent)
            best = (-change if is_reversed else change).topk(picks, dim=-1).indices
            score.scatter_(1, best, top.item())
    kept = score.topk(keep, dim=-1).indices.sort(dim=-1).values
    index = torch.cat([torch.zeros(len(kept), 1, dtype=torch.long), kept + 1], dim=1)
    wide = index.unsqueeze(-1).expand(-1, -1, keys.shape[-1])
    layer.keys, layer.values = layer.keys.gather(1, wide), layer.values.gather(1, wide)
    layer.positions = layer.positions.gather(1, index)


def temporal_redundancy(keys: Tensor, positions: Tensor, recent: int) -> Tensor:
    """TaR, patch by patch: the patch index is carried, as the position in the stream. [kvHead][past slot]"""
    unit = keys / keys.norm(dim=-1, keepdim=True).clamp_min(1e-8)
    past = unit.shape[1] - recent
    patches = (positions[:, :past] - 1) % FRAME_TOKENS
    newest = unit[:, past:].unflatten(1, (-1, FRAME_TOKENS))  # [kvHead][frame][patch][headDim]
    at_patch = patches[:, None, :, None].expand(-1, newest.shape[1], -1, newest.shape[-1])
    return -(newest.gather(2, at_patch) * unit[:, None, :past]).sum(dim=-1).mean(dim=1)


def watch(model: Llama, example: StreamExample, rule: str, cap: Cap, draw: torch.Generator) -> tuple[list[Layer], int]:
    """The cache after the last frame, and the most slots that a head held."""
    arch = model.arch
    empty = torch.zeros(arch.kv_heads, 0, arch.head_size)
    cache = [Layer(empty, empty, torch.zeros(arch.kv_heads, 0, dtype=torch.long)) for _ in model.layers]
    attend(model, cache, example.frames[:1], 0, keeps=True)
    peak, step = 0, cap.block * FRAME_TOKENS
    for first in range(1, len(example.frames), step):
        block = example.frames[first : first + step]
        attend(model, cache, block, first, keeps=True)
        peak = max(peak, cache[0].keys.shape[1])
        if rule != "full" and cache[0].keys.shape[1] + step > 1 + cap.cap * FRAME_TOKENS:
            for layer in cache:
                compress(layer, rule, cap, example.frames[: first + step], draw)
    return cache, peak


@torch.no_grad()
def answers(model: Llama, example: StreamExample, cache: list[Layer]) -> list[bool]:
    """Teacher-forced: an answer is right exactly when greedy decoding writes it."""
    right = []
    for question, targets in zip(example.questions, example.targets):
        length = int((question != 0).sum())
        best = model.logits(attend(model, cache, question[:length], 0, keeps=False)).argmax(dim=-1)
        asked = targets[:length] != IGNORED
        right.append(bool((best[asked] == targets[:length][asked]).all()))
    return right


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description="Answers about frame streams under a hard cap.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES))
    for name, default in dict(count=100, frames=32, cap=8, keep=6, block=2, seed=EVALUATION_SEED, questions=6).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--alpha", type=float, default=0.5)
    parser.add_argument("--recent-share", type=float, default=0.125)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = read_model(options.model)
    vocabulary = Vocabulary(read_vocabulary(GENERATOR).words)
    cap = Cap(options.cap, options.keep, options.block, options.alpha, options.recent_share, options.frames)
    records = stream_records(GENERATOR, f"frames={options.frames}", options.seed, options.count, options.questions, "end")
    examples = [read_stream(record, vocabulary, is_hinted=False) for record in records]
    for rule in options.rules:
        draw = torch.Generator().manual_seed(options.seed)
        shares, by_type, peak = [], defaultdict(list), 0
        for example in examples:
            cache, most = watch(model, example, rule, cap, draw)
            right = answers(model, example, cache)
            peak = max(peak, most)
            shares.append(sum(right) / len(right))
            for kind, is_right in zip(example.types, right):
                by_type[kind].append(is_right)
        all_shares = torch.tensor(shares)
        error = all_shares.std().item() / len(shares) ** 0.5
        types = " ".join(f"{kind} {sum(found) / len(found):.2f}" for kind, found in sorted(by_type.items()))
        print(f"{rule:18s} {all_shares.mean():.3f} ± {error:.3f}  peak {peak}  {types}", flush=True)


if __name__ == "__main__":
    main()
