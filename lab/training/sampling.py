"""Decodes many problems at once under eviction, by drawing or greedily, and says what every head kept."""

import torch
from torch import Tensor

from decode import END
from model import Llama, rotate
from visibility import EvictionRule, Kept, Prompted, directions_of, keep_best, prompted


@torch.no_grad()
def sample(
    model: Llama, prompts: list[list[int]], rule: EvictionRule, temperature: float, most_tokens: int
) -> tuple[Prompted, list[Kept], list[list[int]]]:
    """
    A text for every prompt, end token included: as a batch for a pass (`evicted_states`), what each layer kept at the events,
    and what was written. Temperature 0 is greedy. Texts that do not end within `most_tokens` stop there.
    """
    device = model.embed_tokens.weight.device
    batch = prompted(prompts, [len(prompt) for prompt in prompts]).to(device)
    decoder = _Decoder(model, batch, rule, most_tokens)
    ended = torch.zeros(len(prompts), dtype=torch.bool, device=device)
    written: list[Tensor] = []
    logits = decoder.read(batch.tokens)
    while True:
        tokens = _draw(logits, temperature).masked_fill(ended, 0)
        written.append(tokens)
        ended |= tokens == END
        if bool(ended.all()) or len(written) == most_tokens:
            break
        logits = decoder.read(tokens.unsqueeze(1))
    tokens = torch.stack(written, dim=1)
    whole = Prompted(torch.cat([batch.tokens, tokens], dim=1), batch.paddings, batch.prompt_columns)
    rows = [row[: row.index(END) + 1] if END in row else row for row in tokens.tolist()]
    return whole, decoder.kept, rows


def _draw(logits: Tensor, temperature: float) -> Tensor:
    if temperature == 0:
        return logits.argmax(dim=-1)
    return torch.multinomial((logits / temperature).softmax(dim=-1), 1).squeeze(1)


class _Decoder:
    """Keys and values of every column so far; heads see those of the columns that they hold."""

    def __init__(self, model: Llama, batch: Prompted, rule: EvictionRule, most_tokens: int) -> None:
        arch = model.arch
        count, prompt = batch.tokens.shape
        self.model, self.batch, self.rule = model, batch, rule
        self.length = 0
        weight = model.embed_tokens.weight
        shape = (arch.layers, count, arch.kv_heads, prompt + most_tokens, arch.head_size)
        self.keys, self.values = weight.new_zeros(shape), weight.new_zeros(shape)
        self.queries = weight.new_zeros(*shape[:3], arch.heads // arch.kv_heads, *shape[3:])  # scaled
        columns = torch.arange(prompt, device=weight.device)
        held = torch.where(columns >= batch.paddings[:, None], columns, -1)[:, None].expand(count, arch.kv_heads, prompt)
        self.held = [held] * arch.layers
        self.history = [weight.new_zeros(held.shape)] * arch.layers
        self.kept: list[Kept] = [[] for _ in model.layers]

    def read(self, tokens: Tensor) -> Tensor:
        """Logits behind the newest column [batch][token]. The first call reads the prompts, any other a token of each text."""
        model, start = self.model, self.length
        self.length = end = start + tokens.shape[1]
        positions = (torch.arange(start, end, device=tokens.device) - self.batch.paddings[:, None]).clamp_min(0)
        rope = (model.cosine[positions].unsqueeze(1), model.sine[positions].unsqueeze(1))
        x = model.embed_tokens(tokens)
        is_event = (end - self.batch.prompt_columns) % self.rule.interval == 0
        for index, layer in enumerate(model.layers):
            attention, normed = layer.self_attn, layer.input_layernorm(x)
            heads = (*tokens.shape, -1, model.arch.head_size)
            q = rotate(attention.q_proj(normed).view(heads).transpose(1, 2), rope)
            q = q.unflatten(1, (model.arch.kv_heads, -1)) * model.arch.head_size**-0.5
            keys, values = self.keys[index], self.values[index]
            keys[:, :, start:end] = rotate(attention.k_proj(normed).view(heads).transpose(1, 2), rope)
            values[:, :, start:end] = attention.v_proj(normed).view(heads).transpose(1, 2)
            self.queries[index, :, :, :, start:end] = q
            if start > 0:
                newest = self.held[index].new_full((*self.held[index].shape[:2], 1), start)
                self.held[index] = torch.cat([self.held[index], newest], dim=2)
                self.history[index] = torch.nn.functional.pad(self.history[index], (0, 1))
            mixed = self._mix(q, index, start)
            x = x + attention.o_proj(mixed.flatten(1, 2).transpose(1, 2).flatten(2))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
            if is_event:
                self._keep(index)
        return model.logits(model.norm(x[:, -1]))

    def _mix(self, q: Tensor, index: int, start: int) -> Tensor:
        """Attention of the newest columns to what their heads hold: [batch][kvHead][member][column][headDim]"""
        held = self.held[index]
        places = held.clamp_min(0).unsqueeze(-1).expand(-1, -1, -1, q.shape[-1])
        keys, values = self.keys[index].gather(2, places), self.values[index].gather(2, places)
        scores = (q.flatten(2, 3) @ keys.transpose(2, 3)).unflatten(2, q.shape[2:4])
        columns = torch.arange(start, start + q.shape[3], device=q.device)
        # Rows of padding see padding, so that none is empty; nothing reads them.
        is_padding = columns < self.batch.paddings[:, None]
        is_right_kind = (held[:, :, None] >= 0) != is_padding[:, None, :, None]
        seen = is_right_kind & (held[:, :, None] <= columns[:, None])
        weights = scores.masked_fill(~seen[:, :, None], float("-inf")).softmax(dim=-1)
        return (weights.flatten(2, 3) @ values).unflatten(2, q.shape[2:4])

    def _keep(self, index: int) -> None:
        rule, end = self.rule, self.length
        if self.held[index].shape[2] > rule.budget:
            queries = self.queries[index, :, :, :, end - rule.window : end]
            keys = self.keys[index]
            self.held[index], self.history[index] = keep_best(
                queries, keys, directions_of(keys), self.held[index], self.history[index], rule
            )
        self.kept[index].append(self.held[index])
