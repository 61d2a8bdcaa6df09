"""An event as it is stored: checked against the cache that it found, every array in its final shape."""

from dataclasses import dataclass, replace

import numpy as np

from . import check
from .errors import require
from .records import Event

# A term with a value per position of the prompt instead of one per candidate.
PROMPT_TERM = "promptAttention"


@dataclass(frozen=True)
class RecordedEvent:
    """An event with every array in its final shape."""

    event: Event
    step: int
    positions: np.ndarray  # [head, slot] before
    kept: np.ndarray  # [head, kept] of slots
    total: np.ndarray  # [head, candidate]
    cut_off: np.ndarray  # [head]
    margin: np.ndarray  # [head]


@dataclass(frozen=True)
class CacheBefore:
    """What the event found."""

    step: int
    positions: np.ndarray  # [head, slot]
    prompt_count: int
    least_event: int  # events are counted upwards


def record_event(event: Event, cache: CacheBefore) -> RecordedEvent:
    """Raises RunFileError for what the page would refuse."""
    step, positions = cache.step, cache.positions
    number = cache.least_event if event.event is None else event.event
    what = f"the event of step {step}"
    head_count, length = positions.shape
    check.check_count(f"{what}: window_slots", event.window_slots, 0, length)
    check.check_count(f"{what}: budget_slots", event.budget_slots, 0, (1 << 53) - 1)
    check.check_count(f"{what}: event", number, cache.least_event, check.LARGEST_COUNT)
    kept = _kept_slots(event, positions, what)
    require(0 < kept.shape[1] < length, f"{what} keeps {kept.shape[1]} of {length} slots, expected 1 to {length - 1}")
    candidate_count = length - event.window_slots
    window = kept[:, max(0, kept.shape[1] - event.window_slots) :]
    require(
        window.shape[1] == event.window_slots and bool((window >= candidate_count).all()),
        f"{what} evicts out of its window of {event.window_slots}; declare the window that was really kept, or 0",
    )
    is_kept = np.zeros((head_count, length), bool)
    np.put_along_axis(is_kept, kept, True, axis=1)
    is_kept = is_kept[:, :candidate_count]
    total = _scores(f"{what}: total", is_kept if event.total is None else event.total, head_count, candidate_count)
    require(not np.isnan(total).any(), f"{what}: a total is not a number; give None where there are no scores")
    checked = _checked(event, what, (head_count, candidate_count), cache.prompt_count)
    return RecordedEvent(replace(checked, event=number), step, positions, kept, total, *_cut(total, is_kept))


def _kept_slots(event: Event, positions: np.ndarray, what: str) -> np.ndarray:
    require(
        (event.kept_slots is None) != (event.kept_positions is None),
        f"{what} needs either kept_slots or kept_positions",
    )
    if event.kept_slots is not None:
        slots = check.rows_of(f"{what}: kept_slots", event.kept_slots, len(positions))
        check.check_ascending(f"{what}: kept_slots", slots, positions.shape[1])
        return slots.astype(np.int32)
    wanted = check.rows_of(f"{what}: kept_positions", event.kept_positions, len(positions))
    check.check_ascending(f"{what}: kept_positions", wanted, int(positions.max()) + 1)
    slots = np.stack([np.searchsorted(row, kept) for row, kept in zip(positions, wanted)]).astype(np.int32)
    is_held = np.take_along_axis(positions, slots.clip(max=positions.shape[1] - 1), axis=1) == wanted
    require(bool(is_held.all()), f"{what} keeps positions that were not in the cache any more")
    return slots


def _checked(event: Event, what: str, shape: tuple[int, int], prompt_count: int) -> Event:
    head_count, candidate_count = shape
    for name in (*event.terms, *event.parts):
        check.check_name(f"{what}: the term or part {name!r}", name)
    require(len(event.terms) <= 32 and len(event.parts) <= 32, f"{what} has more than 32 terms or parts")

    def scores(name: str, rows) -> np.ndarray:
        width = prompt_count if name == PROMPT_TERM else candidate_count
        return _scores(f"{what}: {name}", rows, head_count, width)

    return replace(
        event,
        terms={name: scores(name, rows) for name, rows in event.terms.items()},
        parts={name: scores(name, rows) for name, rows in event.parts.items()},
        carry=None if event.carry is None else scores("carry", event.carry),
    )


def _scores(what: str, values, head_count: int, width: int) -> np.ndarray:
    return check.rows_of(what, values, head_count, width).astype(np.float32)


def _cut(total: np.ndarray, is_kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per head the lowest total that stayed, and how far it is above the highest that left."""
    cut_off = np.where(is_kept, total, np.inf).min(axis=1, initial=np.inf)
    refused = np.where(is_kept, -np.inf, total).max(axis=1, initial=-np.inf)
    with np.errstate(invalid="ignore"):
        return cut_off, np.where(cut_off == refused, 0, cut_off - refused)
