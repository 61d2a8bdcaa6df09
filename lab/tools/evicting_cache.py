"""A KV cache of transformers under a budget: at an event every layer and KV head keeps its own selection."""

from dataclasses import dataclass

import torch
import transformers

from eviction import QueryRows, Scores, choose, g_kv, snap_kv
from winnow_run import Event, Policy


@dataclass(frozen=True)
class Recipe:
    policy: str = "gkv"
    budget: int = 512
    window: int = 16
    interval: int = 128
    alpha: float = 0.8
    weight: float = 0.5
    max_new_tokens: int = 256
    has_attention: bool = False

    def to_policy(self) -> Policy:
        """Named as in the page, so that its panels read them."""
        common = {"budgetSlots": self.budget, "windowSlots": self.window, "intervalSteps": self.interval}
        common |= {"budgetMode": "budget", "groupPooling": "max", "isPromptProtected": False}
        if self.policy == "snapKv":
            own = {"smoothing": "none", "poolingSlots": 5, "redundancy": "none"}
            return Policy("snapKv", "SnapKV", common | own, _formula(None, [
                ("localRaw", "copy", ["terms.windowAttention"]), ("local", "copy", ["localRaw"]),
                ("pooled", "pooled", ["local"], 5), ("total", "copy", ["pooled"]),
            ]))
        own = {"smoothing": "max", "alpha": self.alpha, "lambda": self.weight, "isNormalised": True, "poolingSlots": 1}
        return Policy("gkv", "G-KV", common | own | {"redundancy": "kernel"}, _formula("global", [
            ("localRaw", "copy", ["terms.windowAttention"]), ("local", "share", ["localRaw"]),
            ("history", "decayed", [], self.alpha), ("global", "largest", ["history", "local"]),
            ("redundancy", "share", ["terms.redundancy"]), ("total", "mixed", ["global", "redundancy"], self.weight),
        ]))


class EvictingCache:
    """A DynamicCache whose heads evict separately, with the attention and the scores that decide it."""

    def __init__(self, model, recipe: Recipe) -> None:
        self.cache = transformers.DynamicCache(config=model.config)
        self.recipe = recipe
        self.rows = [QueryRows(recipe.window) for _ in range(model.config.num_hidden_layers)]
        self.carried: list[torch.Tensor | None] = [None] * len(self.rows)

    @property
    def length(self) -> int:
        return self.cache.layers[0].keys.shape[2]

    def observe(self, attentions: tuple[torch.Tensor, ...]) -> None:
        for rows, attention in zip(self.rows, attentions):
            rows.add(attention[0])

    def newest_attention(self) -> torch.Tensor:
        """[layer, kv_head, slot]"""
        return torch.stack([rows.newest(layer.keys.shape[1]) for rows, layer in zip(self.rows, self.cache.layers)])

    def evict(self) -> Event:
        window, kept, scores = self.recipe.window, [], []
        for place, layer in enumerate(self.cache.layers):
            score = self._score(place)
            slots = choose(score.total, self.recipe.budget, window)
            index = slots[None, :, :, None].expand(1, -1, -1, layer.keys.shape[3])
            layer.keys, layer.values = layer.keys.gather(2, index), layer.values.gather(2, index)
            self.rows[place].keep(slots)
            # The window has no score yet; it follows the slots that have one.
            self.carried[place] = None if score.carry is None else score.carry.gather(1, slots[:, : slots.shape[1] - window])
            kept.append(slots)
            scores.append(score)
        return Event(
            budget_slots=self.recipe.budget,
            window_slots=window,
            kept_slots=_stacked(kept),
            total=_stacked([score.total for score in scores]),
            terms={name: _stacked([score.terms[name] for score in scores]) for name in scores[0].terms},
            parts={name: _stacked([score.parts[name] for score in scores]) for name in scores[0].parts},
            carry=None if scores[0].carry is None else _stacked([score.carry for score in scores]),
        )

    def _score(self, place: int) -> Scores:
        keys = self.cache.layers[place].keys[0]
        attention = self.rows[place].window_attention(keys.shape[0])
        if self.recipe.policy == "snapKv":
            return snap_kv(attention)
        return g_kv(attention, keys, self.carried[place], alpha=self.recipe.alpha, weight=self.recipe.weight)


def _formula(carry: str | None, steps: list[tuple]) -> dict:
    """How the scores follow from the terms, as the page states it (docs/run-file.md, Formula)."""
    return {
        "steps": [
            {"column": column, "operation": operation, "from": sources, "numbers": numbers}
            for column, operation, sources, *numbers in steps
        ],
        "carry": carry, "start": None,
    }


def _stacked(layers: list[torch.Tensor]):
    return torch.stack(layers).cpu().numpy()
