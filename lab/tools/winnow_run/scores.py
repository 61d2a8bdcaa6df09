"""Events and their evidence as files of versions 9 to 16 have them: what differs from a forecast (docs/run-file.md)."""

from dataclasses import dataclass

import numpy as np

from .columns import ColumnReader
from .errors import require
from .forecast import PROMPT_KEY, check_forecasts, told_bits


@dataclass(frozen=True)
class ToldEvent:
    entry: dict  # its single numbers, named as in the file
    positions: np.ndarray  # [head, slot] before
    kept: np.ndarray  # [head, kept] of slots
    columns: dict[str, np.ndarray]  # by key, in order: [head, candidate]
    cut_off: np.ndarray  # [head]
    margin: np.ndarray


def column_keys(entry: dict) -> list[str]:
    terms, parts = (f"terms.{name}" for name in entry["termNames"]), (f"parts.{name}" for name in entry["partNames"])
    return [*terms, *parts, "total", *(["carry"] if entry["hasCarry"] else [])]


def read_told_events(columns: ColumnReader, head: dict, head_count: int, what: str) -> list[ToldEvent]:
    entries, prompt_count = head["events"], head["promptCount"]
    orders = [column_keys(entry) for entry in entries]
    forecasts = check_forecasts(head.get("forecasts"), orders, what)
    kept_lengths = [head_count * entry["keptCount"] for entry in entries]
    kept = [rows.reshape(head_count, -1) for rows in _apart(columns.int32(sum(kept_lengths)), kept_lengths)]
    stored: list[dict[str, np.ndarray]] = [{} for _ in entries]
    for key in dict.fromkeys(key for keys in orders for key in keys):
        places = [place for place, keys in enumerate(orders) if key in keys]
        widths = [prompt_count if key == PROMPT_KEY else entries[place]["candidateCount"] for place in places]
        for place, column in zip(places, _score_columns(columns, [head_count * width for width in widths])):
            stored[place][key] = column.reshape(head_count, -1)
    cut_offs = _score_columns(columns, [head_count] * len(entries))
    margins = _score_columns(columns, [head_count] * len(entries))

    events: list[ToldEvent] = []
    for place, entry in enumerate(entries):
        here = f"{what}: event {entry['event']}"
        before = events[-1] if events else None
        positions = _positions(entry, before, (head_count, prompt_count, head["stepCount"]), here)
        _check_kept(kept[place], entry, here)
        shape = (head_count, entry["candidateCount"])
        carried = None if before is None else _carried(before)
        told: dict[str, np.ndarray] = {}
        for key in orders[place]:
            bits, forecast = stored[place][key], forecasts.get(key)
            if forecast is not None:
                bits = bits ^ told_bits(forecast, [told[source] for source in forecast["from"]], carried, shape)
            told[key] = bits.view(np.float32)
        cut_off, margin = _cuts(told["total"], kept[place])
        events.append(ToldEvent(
            entry, positions, kept[place], told,
            (cut_offs[place] ^ _bits(cut_off)).view(np.float32), (margins[place] ^ _bits(margin)).view(np.float32),
        ))
    return events


def read_told_evidence(columns: ColumnReader, events: list[ToldEvent]) -> list[dict[str, np.ndarray]]:
    """Per event `excused_slots` and `voting_heads`, [head, …]; −1 for none."""
    recorded = columns.uint8(len(events))
    excused_lengths = [event.positions.size if bits & 1 else 0 for bits, event in zip(recorded, events)]
    voting_lengths = [event.columns["total"].size if bits & 2 else 0 for bits, event in zip(recorded, events)]
    excused = _apart(columns.uint32(sum(excused_lengths)).astype(np.int64), excused_lengths)
    voting = _apart(columns.uint8(sum(voting_lengths)).view(np.int8), voting_lengths)
    evidence: list[dict[str, np.ndarray]] = []
    for place, (bits, event) in enumerate(zip(recorded, events)):
        found = {}
        if bits & 1:
            stored = excused[place].reshape(event.positions.shape)
            before = evidence[-1].get("excused_slots") if evidence else None
            expected = _expected(event.positions, None if before is None else events[place - 1].positions, before)
            found["excused_slots"] = np.where(stored == 0, expected, stored - 2)
            is_within = bool((found["excused_slots"] < event.positions.shape[1]).all())
            require(is_within, f"event {event.entry['event']}: an excused slot beyond the cache")
        if bits & 2:
            found["voting_heads"] = voting[place].reshape(event.columns["total"].shape)
        evidence.append(found)
    return evidence


def _score_columns(columns: ColumnReader, lengths: list[int]) -> list[np.ndarray]:
    """Bits of float32 values, which stand rotated left by one."""
    bits = columns.uint32(sum(lengths))
    return _apart((bits >> np.uint32(1)) | (bits << np.uint32(31)), lengths)


def _apart(column: np.ndarray, lengths: list[int]) -> list[np.ndarray]:
    return np.split(column, np.cumsum(lengths[:-1], dtype=np.int64)) if lengths else []


def _bits(column: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(column), np.uint32(0x7FC00000), column.view(np.uint32))


def _positions(entry: dict, before: ToldEvent | None, sizes: tuple[int, int, int], what: str) -> np.ndarray:
    """What the cache holds: the survivors of the event before, and all that was written since."""
    head_count, prompt_count, step_count = sizes
    step, length = entry["step"], entry["lengthBefore"]
    old_step = 0 if before is None else before.entry["step"]
    kept_count = prompt_count if before is None else before.kept.shape[1]
    is_possible = step < step_count and (before is None or step > old_step) and length == kept_count + step - old_step
    require(is_possible, f"{what} contradicts itself: the cache does not hold {length} slots at step {step}")
    if before is None:
        return np.tile(np.arange(length, dtype=np.int32), (head_count, 1))
    newer = np.arange(prompt_count + old_step, prompt_count + step, dtype=np.int32)
    held = np.take_along_axis(before.positions, before.kept, axis=1)
    return np.concatenate([held, np.tile(newer, (head_count, 1))], axis=1)


def _check_kept(kept: np.ndarray, entry: dict, what: str) -> None:
    length, candidates = entry["lengthBefore"], entry["candidateCount"]
    is_counted = kept.shape[1] < length and candidates <= length
    require(is_counted, f"{what} keeps {kept.shape[1]} slots and scores {candidates} out of {length}")
    is_ascending = bool((np.diff(kept, axis=1) > 0).all()) and kept.min(initial=0) >= 0 and kept.max(initial=0) < length
    require(is_ascending, f"{what}: survivors do not rise within 0 … {length - 1}")


def _carried(before: ToldEvent) -> list[np.ndarray]:
    """Per head the scores that its survivors kept, in order; the window's have none."""
    carry = before.columns.get("carry")
    if carry is None:
        return []
    return [row[kept[kept < len(row)]] for row, kept in zip(carry, before.kept)]


def _cuts(total: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per head the lowest total that stayed, and how far it is above the highest that left."""
    is_kept = np.zeros((total.shape[0], max(total.shape[1], int(kept.max(initial=-1)) + 1)), bool)
    np.put_along_axis(is_kept, kept, True, axis=1)
    is_kept = is_kept[:, : total.shape[1]]
    cut_off = np.fmin.reduce(np.where(is_kept, total, np.inf), axis=1, initial=np.inf) + 0.0  # −0 counts as 0
    refused = np.fmax.reduce(np.where(is_kept, -np.inf, total), axis=1, initial=-np.inf)
    with np.errstate(all="ignore"):
        margin = np.where(cut_off == refused, 0, cut_off.astype(np.float64) - refused)
    return cut_off.astype(np.float32), margin.astype(np.float32)


def _expected(positions: np.ndarray, past: np.ndarray | None, duplicates: np.ndarray | None) -> np.ndarray:
    """The near-duplicate that each slot had at the event before, where both were there and still are; −1 otherwise."""
    expected = np.full(positions.shape, -1, np.int64)
    if past is None or duplicates is None:
        return expected
    for head, row in enumerate(positions):
        places = np.searchsorted(row, past[head])
        is_held = row[places.clip(max=len(row) - 1)] == past[head]
        slots = np.where(is_held, places, -1)
        known = is_held & (duplicates[head] >= 0)
        expected[head, slots[known]] = slots[duplicates[head][known]]
    return expected
