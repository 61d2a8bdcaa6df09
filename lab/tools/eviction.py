"""
What a decoding loop on PyTorch needs to evict as the page's policies do: the attention of the newest queries, kept up to
date while the cache shrinks, and the scores made of it. Formulas: docs/methods.md, sections 3 and 4.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Scores:
    """Of one layer. All [kv_head, candidate]; the candidates are the slots before the window."""

    total: torch.Tensor
    terms: dict[str, torch.Tensor]
    parts: dict[str, torch.Tensor]
    carry: torch.Tensor | None = None


class QueryRows:
    """Attention of the newest `window` queries of one layer to the slots that are in the cache. [query head, query, slot]"""

    def __init__(self, window: int) -> None:
        self._window = window
        self._rows: torch.Tensor | None = None

    def add(self, attention: torch.Tensor) -> None:
        """[query head, new query, slot], as eager attention returns it."""
        new = attention[:, -self._window :].float()
        if self._rows is not None:
            # Older queries did not see the slots written since.
            older = torch.nn.functional.pad(self._rows, (0, new.shape[2] - self._rows.shape[2]))
            new = torch.cat([older, new], dim=1)[:, -self._window :]
        self._rows = new

    def keep(self, slots: torch.Tensor) -> None:
        """Keeps these slots, [kv_head, kept]. Attention is rescaled to the slots left, as a softmax over them would give."""
        rows = self._known()
        group = rows.shape[0] // slots.shape[0]
        index = slots.repeat_interleave(group, dim=0)[:, None].expand(-1, rows.shape[1], -1)
        left = rows.gather(2, index)
        self._rows = left / left.sum(dim=2, keepdim=True).clamp_min(torch.finfo(left.dtype).tiny)

    def newest(self, kv_head_count: int) -> torch.Tensor:
        """Of the newest query, the maximum over the query heads of a group. [kv_head, slot]"""
        row = self._known()[:, -1]
        return row.reshape(kv_head_count, -1, row.shape[1]).amax(dim=1)

    def window_attention(self, kv_head_count: int) -> torch.Tensor:
        """S: the mean over the window's queries of the group's maximum. [kv_head, candidate]"""
        rows = self._known()
        pooled = rows.reshape(kv_head_count, -1, *rows.shape[1:]).amax(dim=1)
        return pooled.mean(dim=1)[:, : rows.shape[2] - self._window]

    def _known(self) -> torch.Tensor:
        if self._rows is None:
            raise RuntimeError("no attention was recorded yet")
        return self._rows


def snap_kv(attention: torch.Tensor, width: int = 5) -> Scores:
    """SnapKV (arXiv 2404.14469) at every event: S, raised to the best of `width` neighbouring slots."""
    pooled = torch.nn.functional.max_pool1d(attention[None], width, stride=1, padding=width // 2)[0]
    parts = {"localRaw": attention, "local": attention, "pooled": pooled}
    return Scores(pooled, {"windowAttention": attention}, parts)


def g_kv(
    attention: torch.Tensor, keys: torch.Tensor, carried: torch.Tensor | None, *, alpha: float = 0.8, weight: float = 0.5,
) -> Scores:
    """
    G-KV (arXiv 2512.00504): the larger of S and its decayed past, less the redundancy of keys; each divided by its maximum.
    `keys`: [kv_head, slot, dim]. `carried`: what the last event left with the first candidates, [kv_head, carried].
    """
    count = attention.shape[1]
    local = _by_maximum(attention)
    history = torch.full_like(local, torch.nan)
    if carried is not None:
        history[:, : carried.shape[1]] = alpha * carried[:, :count]
    joined = torch.fmax(history, local)
    measured = redundancy(keys)[:, :count]
    repeated = _by_maximum(measured)
    return Scores(
        weight * joined - (1 - weight) * repeated,
        {"windowAttention": attention, "redundancy": measured},
        {"localRaw": attention, "local": local, "history": history, "global": joined, "redundancy": repeated},
        carry=joined,
    )


def redundancy(keys: torch.Tensor, duplicate_cosine: float = 0.5) -> torch.Tensor:
    """
    R: how much a key repeats the others, as a softmax over all slots of its mean cosine. Every column's newest
    near-duplicate is let off that one match. [kv_head, slot]
    """
    unit = keys.float() / (keys.float().norm(dim=2, keepdim=True) + 1e-6)
    cosines = unit @ unit.transpose(1, 2)  # [kv_head, row, column]
    cosines.diagonal(dim1=1, dim2=2).zero_()
    count = cosines.shape[1]
    rows = torch.arange(count, device=keys.device)[None, :, None]
    newest = torch.where(cosines > duplicate_cosine, rows, -1).amax(dim=1)  # [kv_head, column]
    is_excused = rows == newest[:, None]
    return (cosines.masked_fill(is_excused, 0).sum(dim=2) / count).softmax(dim=1)


def choose(total: torch.Tensor, kept_count: int, window: int) -> torch.Tensor:
    """Slots that stay, ascending: the window, and the best candidates; on a tie the lower slot. [kv_head, kept]"""
    best = total.sort(dim=1, descending=True, stable=True).indices[:, : kept_count - window].sort(dim=1).values
    newest = torch.arange(total.shape[1], total.shape[1] + window, device=total.device).expand(len(total), -1)
    return torch.cat([best, newest], dim=1)


def _by_maximum(scores: torch.Tensor) -> torch.Tensor:
    highest = scores.amax(dim=1, keepdim=True)
    return torch.where(highest > 0, scores / highest, scores)
