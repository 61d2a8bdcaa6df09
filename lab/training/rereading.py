"""Words read again with slots withheld: the forward of a few rows over a cache that stands, without the rest of the text.

A pass over a text under eviction is taped: the keys and values of every layer and what every head kept. A span of neighbouring
rows is then computed anew over what its heads held, less the slots that a condition withholds. The text before the span stays
as it is, so a difference is due to what these rows could not see.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from model import Llama, rotate
from visibility import EvictionRule, Kept, Prompted, evicted_states


@dataclass(frozen=True)
class Tape:
    """A pass over several texts."""

    batch: Prompted
    rule: EvictionRule | None
    states: Tensor  # [batch][column][hidden]
    queries: list[Tensor]  # by layer, scaled: [batch][kvHead][member][column][headDim]
    keys: list[Tensor]  # by layer [batch][kvHead][column][headDim]
    values: list[Tensor]
    kept: list[Kept]  # by layer

    def segment_start(self, column: int) -> int:
        """The first column since the last event before this one; 0 before any."""
        prompt = self.batch.prompt_columns
        if self.rule is None or column < prompt:
            return 0
        return prompt + (column - prompt) // self.rule.interval * self.rule.interval

    def held_by(self, text: int, column: int) -> Tensor:
        """What this column's forward can see without itself: [layer][kvHead][column]"""
        start = self.segment_start(column)
        seen = torch.zeros(len(self.keys), *self.keys[0].shape[1:3], dtype=torch.bool)
        seen[:, :, start:column] = True
        if start > 0:
            event = (start - self.batch.prompt_columns) // self.rule.interval
            for layer, events in enumerate(self.kept):
                held = events[event][text]
                for kv_head in range(held.shape[0]):
                    seen[layer, kv_head, held[kv_head][held[kv_head] >= 0]] = True
        seen[:, :, : int(self.batch.paddings[text])] = False
        return seen


@torch.no_grad()
def tape(model: Llama, batch: Prompted, rule: EvictionRule | None) -> Tape:
    arch = model.arch
    with _outputs(model) as outputs:
        states, kept = evicted_states(model, batch, rule)
    rope = (model.cosine[batch.positions].unsqueeze(1), model.sine[batch.positions].unsqueeze(1))

    def heads(name: str) -> list[Tensor]:
        shaped = [found.unflatten(2, (-1, arch.head_size)).transpose(1, 2) for found in outputs[name]]
        return shaped if name == "v_proj" else [rotate(found, rope) for found in shaped]

    queries = [q.unflatten(1, (arch.kv_heads, -1)) * arch.head_size**-0.5 for q in heads("q_proj")]
    return Tape(batch, rule, states, queries, heads("k_proj"), heads("v_proj"), kept)


@contextmanager
def _outputs(model: Llama):
    """Collects what the projections of every layer give out: by name, in the order of the layers."""
    outputs: dict[str, list[Tensor]] = {"q_proj": [], "k_proj": [], "v_proj": []}
    hooks = [
        getattr(layer.self_attn, name).register_forward_hook(lambda _, __, output, found=found: found.append(output))
        for layer in model.layers
        for name, found in outputs.items()
    ]
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def read_again(model: Llama, taped: Tape, text: int, spans: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
    """
    Logits [span][token] of the last column of each span of a text, spans [span][column, ascending by one], and the
    attention of that column to the columns before its span: [layer][span][query head][column]. Of those, a row sees `seen`
    [layer][span][kvHead][row][column]; of its own span, which is no longer than a
    window, it sees itself and the rows before.
    """
    arch = model.arch
    positions = (spans - taped.batch.paddings[text]).clamp_min(0)
    rope = (model.cosine[positions].unsqueeze(1), model.sine[positions].unsqueeze(1))  # [span][1][row][headDim]
    count, length = spans.shape
    ahead = torch.ones(length, length, dtype=torch.bool).triu(1)
    x = model.embed_tokens(taped.batch.tokens[text, spans])
    attention = []
    for index, layer in enumerate(model.layers):
        projections, normed = layer.self_attn, layer.input_layernorm(x)
        heads = (count, length, -1, arch.head_size)
        q = rotate(projections.q_proj(normed).view(heads).transpose(1, 2), rope) * arch.head_size**-0.5
        k = rotate(projections.k_proj(normed).view(heads).transpose(1, 2), rope)  # [span][kvHead][row][headDim]
        v = projections.v_proj(normed).view(heads).transpose(1, 2)
        q = q.unflatten(1, (arch.kv_heads, -1))  # [span][kvHead][member][row][headDim]
        before = q.transpose(0, 1).flatten(1, 3) @ taped.keys[index][text].transpose(1, 2)
        before = before.unflatten(1, (count, -1, length)).transpose(0, 1)  # [span][kvHead][member][row][column]
        before = before.masked_fill(~seen[index][:, :, None], float("-inf"))
        own = (q @ k[:, :, None].transpose(3, 4)).masked_fill(ahead, float("-inf"))
        weights = torch.cat([before, own], dim=-1).softmax(dim=-1)
        before, own = weights[..., :-length], weights[..., -length:]
        mixed = before.transpose(0, 1).flatten(1, 3) @ taped.values[index][text]
        mixed = mixed.unflatten(1, (count, -1, length)).transpose(0, 1) + own @ v[:, :, None]
        x = x + projections.o_proj(mixed.flatten(1, 2).transpose(1, 2).flatten(2))
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        attention.append(before[:, :, :, -1].flatten(1, 2))
    return model.logits(model.norm(x[:, -1])), torch.stack(attention)


def before_spans(taped: Tape, text: int, spans: Tensor) -> Tensor:
    """What the rows of each span hold of the columns before the span: [layer][span][kvHead][row][column]"""
    columns = sorted(set(spans.flatten().tolist()))
    held = torch.stack([taped.held_by(text, column) for column in columns])
    place = {column: at for at, column in enumerate(columns)}
    index = torch.tensor([[place[column] for column in span] for span in spans.tolist()])
    seen = held[index].permute(2, 0, 3, 1, 4)
    return seen & (torch.arange(held.shape[-1]) < spans[:, :1])[None, :, None, None]


def without(seen: Tensor, slots: Tensor, heads: Tensor) -> Tensor:
    """
    What is left of `seen` [layer][span][kvHead][row][column] without `slots` of that shape in the `heads`
    [span][layer][kvHead].
    """
    return seen & ~(slots & heads.transpose(0, 1)[..., None, None])


def other_slots(seen: Tensor, slots: Tensor, candidates: Tensor, draw: torch.Generator) -> Tensor:
    """
    For a control: for each row and head, as many held slots as it holds of `slots`, drawn from `candidates` that are none of them;
    fewer where it holds no more. Rows of a span lose the same as far as they can. All [layer][span][kvHead][row][column], or of a
    shape that spreads to it.
    """
    wanted = (seen & slots).sum(dim=-1, keepdim=True)
    is_free = seen & candidates & ~slots
    order = torch.rand(*seen.shape[:3], 1, seen.shape[4], generator=draw).expand(seen.shape)
    rank = order.masked_fill(~is_free, 2.0).argsort(dim=-1).argsort(dim=-1)
    return (rank < wanted) & is_free
