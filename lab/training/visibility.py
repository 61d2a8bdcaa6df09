"""What each token sees while a cache is held under a budget, in one differentiable pass over a whole text.

In every layer the real schedule runs on the pass's own queries and keys: after the prompt and every `interval` tokens, G-KV scores
what a KV head holds and keeps `budget` slots (docs/methods.md, sections 2, 3 and 4.1). Layers run in order, so a layer's
queries already carry what eviction did below it, as in decoding. The choice itself has no gradient.
"""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from model import Attention, Llama, rotate

# How a training mask is built: as decoding sees it, or as the reference's recorded masks have it (docs/methods.md, section 8):
# one interval late, and the last layer's choice in all layers.
MASKS = ("true", "lagging")
DUPLICATE = 0.5  # a cosine above it is a near-duplicate


@dataclass(frozen=True)
class EvictionRule:
    """G-KV with its defaults; `budget` counts slots per layer and KV head, window included."""

    budget: int
    window: int = 16
    interval: int = 16
    decay: float = 0.8  # α
    mix: float = 0.5  # λ: weight of attention against redundancy
    mask: str = "true"

    def __post_init__(self) -> None:
        if self.mask not in MASKS:
            raise ValueError(f"no mask is called {self.mask}; there are {', '.join(MASKS)}")
        if self.budget <= self.window:
            raise ValueError(f"a budget of {self.budget} slots has none beside a window of {self.window}")


@dataclass(frozen=True)
class Prompted:
    """Texts whose prompts end in the same column, which padding at the start brings about."""

    tokens: Tensor  # [batch][column], 0 as padding
    paddings: Tensor  # [batch], columns before the text
    prompt_columns: int

    @property
    def positions(self) -> Tensor:
        """[batch][column]; 0 in the padding"""
        columns = torch.arange(self.tokens.shape[1], device=self.tokens.device)
        return (columns - self.paddings.unsqueeze(1)).clamp_min(0)

    def rows(self, some: slice) -> "Prompted":
        return replace(self, tokens=self.tokens[some], paddings=self.paddings[some])

    def to(self, device: torch.device) -> "Prompted":
        return replace(self, tokens=self.tokens.to(device), paddings=self.paddings.to(device))


# Columns that a head keeps at each event, ascending, −1 where it holds fewer: [batch][kvHead][slot] by event.
Kept = list[Tensor]


def prompted(texts: list[list[int]], prompt_counts: list[int], multiple: int = 1) -> Prompted:
    """Texts side by side; with `multiple`, the traces are padded to a multiple of so many columns."""
    prompt_columns = max(prompt_counts)
    trace_columns = max(len(text) - count for text, count in zip(texts, prompt_counts))
    trace_columns = -(-trace_columns // multiple) * multiple
    tokens = torch.zeros(len(texts), prompt_columns + trace_columns, dtype=torch.long)
    for row, (text, count) in enumerate(zip(texts, prompt_counts)):
        start = prompt_columns - count
        tokens[row, start : start + len(text)] = torch.tensor(text)
    paddings = torch.tensor([prompt_columns - count for count in prompt_counts])
    return Prompted(tokens, paddings, prompt_columns)


def evicted_states(
    model: Llama, batch: Prompted, rule: EvictionRule | None, given: list[Kept] | None = None
) -> tuple[Tensor, list[Kept]]:
    """
    Final states [batch][column][hidden] of a decode of these very tokens, and what each layer kept: what is chosen here, or what
    is given. Without a rule the cache is full. States of padding mean nothing.
    """
    if rule is None or rule.mask == "true":
        return _states(model, batch, rule, given)
    if given is None:
        with torch.no_grad():
            _, given = _states(model, batch, replace(rule, mask="true"), None)
    return _states(model, batch, rule, [given[-1]] * len(given))


def _states(
    model: Llama, batch: Prompted, rule: EvictionRule | None, given: list[Kept] | None
) -> tuple[Tensor, list[Kept]]:
    positions = batch.positions
    # [batch][1][column][headDim]: the same for all heads.
    rope = (model.cosine[positions].unsqueeze(1), model.sine[positions].unsqueeze(1))
    x = model.embed_tokens(batch.tokens)
    of_layers = []
    for index, layer in enumerate(model.layers):
        of_layer = None if given is None else given[index]
        mixed, kept = _attention(layer.self_attn, layer.input_layernorm(x), rope, batch, rule, of_layer)
        x = x + mixed
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        of_layers.append(kept)
    return model.norm(x), of_layers


def _attention(
    attention: Attention, x: Tensor, rope: tuple[Tensor, Tensor], batch: Prompted, rule: EvictionRule | None, given: Kept | None
) -> tuple[Tensor, Kept]:
    count, length, _ = x.shape
    arch = attention.arch
    heads = (count, length, -1, arch.head_size)
    q = rotate(attention.q_proj(x).view(heads).transpose(1, 2), rope)
    k = rotate(attention.k_proj(x).view(heads).transpose(1, 2), rope)
    v = attention.v_proj(x).view(heads).transpose(1, 2)
    q = q.unflatten(1, (arch.kv_heads, -1)) * arch.head_size**-0.5  # [batch][kvHead][member][column][headDim]
    prompt = batch.prompt_columns if rule is not None else length
    parts = [causal_part(q[..., :prompt, :], k[:, :, :prompt], v[:, :, :prompt], batch.paddings)]
    kept: Kept = []
    if rule is not None and prompt < length:
        kept = given if given is not None else keep_by_schedule(q.detach().float(), k.detach().float(), batch, rule)
        parts.append(segments_part(q, k, v, prompt, kept, rule))
    mixed = torch.cat(parts, dim=3).flatten(1, 2).transpose(1, 2).reshape(count, length, -1)
    return attention.o_proj(mixed), kept


def causal_part(q: Tensor, k: Tensor, v: Tensor, paddings: Tensor) -> Tensor:
    """Attention of the first columns over themselves. q scaled [batch][kvHead][member][column][headDim]; so is the result."""
    length = q.shape[3]
    columns = torch.arange(length, device=q.device)
    mixed = []
    block = max(64, -(-length // 4))  # blocks of rows that skip later columns: on a CPU this takes half the time
    for start in range(0, length, block):
        end = min(length, start + block)
        seen = (columns[:end] <= columns[start:end, None]) & (columns[:end] >= paddings[:, None, None])
        seen |= columns[:end] == columns[start:end, None]  # padding sees itself, so that no row is empty
        some = q[:, :, :, start:end].flatten(2, 3)
        scores = (some @ k[:, :, :end].transpose(2, 3)).unflatten(2, (-1, end - start))
        weights = scores.masked_fill(~seen[:, None, None], float("-inf")).softmax(dim=-1)
        mixed.append((weights.flatten(2, 3) @ v[:, :, :end]).unflatten(2, (-1, end - start)))
    return torch.cat(mixed, dim=3)


def segments_part(q: Tensor, k: Tensor, v: Tensor, prompt: int, kept: Kept, rule: EvictionRule) -> Tensor:
    """
    Attention of the columns behind the prompt: those from one event to the next see what the event kept, and one another.
    A lagging mask shows what the event before kept, and everything since.
    """
    count, kv_heads, members, length, size = q.shape
    interval, lag = rule.interval, 0 if rule.mask == "true" else rule.interval
    segments = len(kept)
    end = prompt + segments * interval
    fill = (0, 0, 0, end - length)
    rows = F.pad(q[:, :, :, prompt:], fill).unflatten(3, (segments, interval)).transpose(2, 3)
    keys, values = F.pad(k, fill), F.pad(v, fill)
    # Before the first event every column of the prompt is there.
    before = torch.arange(prompt, device=q.device).expand(count, kv_heads, prompt)
    sets = kept if lag == 0 else [before, *kept[:-1]]
    width = max(held.shape[2] for held in sets)
    held = torch.stack([F.pad(held, (width - held.shape[2], 0), value=-1) for held in sets], dim=2)
    starts = prompt + interval * torch.arange(segments, device=q.device)
    own = starts[:, None] + torch.arange(-lag, interval, device=q.device)  # [segment][column]
    held = torch.where(held < starts[:, None] - lag, held, -1)
    columns = torch.cat([held, own.expand(count, kv_heads, -1, -1)], dim=3)  # [batch][kvHead][segment][seen]
    index = columns.clamp_min(0).flatten(2, 3).unsqueeze(-1).expand(-1, -1, -1, size)
    shape = (segments, columns.shape[3])
    seen_keys, seen_values = keys.gather(2, index).unflatten(2, shape), values.gather(2, index).unflatten(2, shape)
    scores = rows.flatten(3, 4) @ seen_keys.transpose(3, 4)  # [batch][kvHead][segment][member × row][seen]
    scores = scores.unflatten(3, (members, interval))
    places = starts[:, None] + torch.arange(interval, device=q.device)  # of the rows
    is_seen = (columns[:, :, :, None] >= 0) & (columns[:, :, :, None] <= places[:, :, None])
    weights = scores.masked_fill(~is_seen[:, :, :, None], float("-inf")).softmax(dim=-1)
    mixed = (weights.flatten(3, 4) @ seen_values).unflatten(3, (members, interval))
    return mixed.transpose(2, 3).flatten(3, 4)[:, :, :, : length - prompt]


@torch.no_grad()
def keep_by_schedule(q: Tensor, k: Tensor, batch: Prompted, rule: EvictionRule) -> Kept:
    """The columns kept at every event. q scaled [batch][kvHead][member][column][headDim], k [batch][kvHead][column][headDim]"""
    count, kv_heads, length, size = k.shape
    prompt = batch.prompt_columns
    columns = torch.arange(prompt, device=k.device)
    held = torch.where(columns >= batch.paddings[:, None], columns, -1)[:, None].expand(count, kv_heads, prompt)
    unit = directions_of(k)
    history = held.new_zeros(held.shape, dtype=torch.float)  # past scores; 0 without: no maximum changes by it
    kept = []
    for start in range(prompt, length, rule.interval):
        if start > prompt:
            fresh = torch.arange(start - rule.interval, start, device=k.device).expand(count, kv_heads, rule.interval)
            held, history = torch.cat([held, fresh], dim=2), F.pad(history, (0, rule.interval))
        if held.shape[2] > rule.budget:
            held, history = keep_best(q[:, :, :, start - rule.window : start], k, unit, held, history, rule)
        kept.append(held)
    return kept


def keep_best(
    queries: Tensor, k: Tensor, unit: Tensor, held: Tensor, history: Tensor, rule: EvictionRule
) -> tuple[Tensor, Tensor]:
    """
    What every head holds after an event, and the scores that it carries, both [batch][kvHead][slot]. queries: those of the
    window, scaled [batch][kvHead][member][row][headDim]; k and its directions `unit` [batch][kvHead][column][headDim].
    """
    window, slots = rule.window, held.shape[2]
    index = held.clamp_min(0).unsqueeze(-1).expand(-1, -1, -1, k.shape[-1])
    is_held = held >= 0  # [batch][kvHead][slot]
    local = window_votes(queries, k, held)
    local = local / local.amax(dim=-1, keepdim=True)
    joined = torch.maximum(rule.decay * history[..., : slots - window], local)
    redundancy = _redundancy(unit.gather(2, index), is_held)[..., : slots - window]
    redundancy = redundancy / redundancy.amax(dim=-1, keepdim=True)
    total = rule.mix * joined - (1 - rule.mix) * redundancy
    total = total.masked_fill(~is_held[..., : slots - window], float("-inf"))
    # Of equals the lower slot: a stable order.
    best = total.argsort(dim=-1, descending=True, stable=True)[..., : rule.budget - window].sort(dim=-1).values
    newest = torch.arange(slots - window, slots, device=k.device).expand(*best.shape[:2], window)
    kept = held.gather(2, torch.cat([best, newest], dim=2))
    carried = F.pad(joined.gather(2, best), (0, window))
    # A head that holds no more than its budget: nothing happened, so nothing is carried.
    is_evicting = is_held.sum(dim=2, keepdim=True) > rule.budget
    before = F.pad(history[..., : slots - window].gather(2, best), (0, window))
    return kept, torch.where(is_evicting, carried, before)


def window_votes(queries: Tensor, k: Tensor, held: Tensor) -> Tensor:
    """
    S: attention of the window's queries to every candidate, the maximum over the group, the mean over the window:
    [batch][kvHead][slot before the window]. Of padding 0.
    """
    window, slots = queries.shape[3], held.shape[2]
    index = held.clamp_min(0).unsqueeze(-1).expand(-1, -1, -1, k.shape[-1])
    rows = torch.arange(window, device=k.device)
    ahead = torch.arange(slots, device=k.device) > slots - window + rows[:, None]
    scores = torch.einsum("bhmwd,bhnd->bhmwn", queries, k.gather(2, index))
    scores = scores.masked_fill(ahead | (held < 0)[:, :, None, None], float("-inf"))
    attention = scores.softmax(dim=-1).amax(dim=2)[..., : slots - window]  # the maximum over the group
    return attention.mean(dim=2)


def directions_of(keys: Tensor) -> Tensor:
    return keys / (keys.norm(dim=-1, keepdim=True) + 1e-6)


def _redundancy(unit: Tensor, is_held: Tensor) -> Tensor:
    """Softmax of each slot's mean cosine to all others, where every slot's newest near-duplicate is excused (section 4.1)."""
    slots = unit.shape[2]
    cosines = unit @ unit.transpose(2, 3)  # [batch][kvHead][row][column]; padding is left out below
    both = is_held[..., :, None] & is_held[..., None, :]
    cosines = cosines.masked_fill(~both, 0.0)
    cosines.diagonal(dim1=2, dim2=3).zero_()
    rows = torch.arange(slots, device=unit.device)[:, None]
    last = torch.where(cosines > DUPLICATE, rows, -1).amax(dim=2, keepdim=True)  # of each column
    excused = cosines.gather(2, last.clamp_min(0)).masked_fill(last < 0, 0.0)
    sums = cosines.sum(dim=3).scatter_add(2, last.clamp_min(0).squeeze(2), -excused.squeeze(2))
    mean = sums / is_held.sum(dim=2, keepdim=True)
    return mean.masked_fill(~is_held, float("-inf")).softmax(dim=-1)
