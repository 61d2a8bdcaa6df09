"""
The events of a run file: what was measured is stored, and of everything else only what does not follow by the run's formula
and by the rule of admission (docs/run-file.md). Rows are lists by head, for heads may differ in length.
"""

from dataclasses import dataclass, field

import numpy as np

from .container import Columns
from .errors import require
from .formula import TOTAL, Inputs, choose, compute_column, cut, formula_terms

Rows = list[np.ndarray]  # [head] of [slot or candidate]
PROMPT_TERM = "promptAttention"
# Of all events together, what follows included.
LARGEST_EVENT_VALUES = 1 << 28


@dataclass
class EventRows:
    """One event with every column."""

    entry: dict  # event, step, budgetSlots, windowSlots
    positions: Rows  # before
    kept: Rows  # slots
    terms: dict[str, Rows]
    parts: dict[str, Rows]
    total: Rows
    carry: Rows | None
    cut_off: np.ndarray  # [head]
    margin: np.ndarray
    is_scored: np.ndarray | None = None  # [head]; None: all

    @property
    def scored_positions(self) -> Rows:
        """No position of a head whose scores were left out."""
        if self.is_scored is None:
            return self.positions
        return [row if flag else row[:0] for row, flag in zip(self.positions, self.is_scored)]

    def column(self, name: str):
        if name.startswith("parts."):
            return self.parts[name.removeprefix("parts.")]
        return {"total": self.total, "carry": self.carry, "survivors": self.kept, "cutOff": self.cut_off, "margin": self.margin}[name]


@dataclass(frozen=True)
class EventRun:
    """What all events of a run share."""

    kv_head_count: int
    head_count: int
    prompt_count: int
    is_prompt_protected: bool
    formula: dict | None  # where all that it reads is there
    term_names: list[str]
    part_names: list[str]
    has_carry: bool
    windows: list[int | None] = field(default_factory=list)  # how far a layer sees; None or nothing: all. [layer]
    is_partial: bool = False  # the scores of some heads are not there, and nothing follows

    def window_of(self, head: int) -> int | None:
        return self.windows[head // self.kv_head_count] if self.windows else None

    @property
    def derived(self) -> list[str]:
        parts = [f"parts.{name}" for name in self.part_names]
        return [*parts, "total", *(["carry"] if self.has_carry else []), "survivors", "cutOff", "margin"]

    def can_follow(self, name: str) -> bool:
        if self.is_partial:
            return False
        if name in ("survivors", "cutOff", "margin"):
            return True
        if self.formula is None:
            return False
        if name == "carry":
            return self.formula["carry"] is not None
        return name == "total" or any(step["column"] == name.removeprefix("parts.") for step in self.formula["steps"])


def event_run(header: dict, parameters: dict, prompt_count: int, names: dict, is_partial: bool = False) -> EventRun:
    """`names`: termNames, partNames and hasCarry of the head."""
    formula, model = header["formula"], header["model"]
    is_computable = (
        formula is not None
        and not is_partial
        and all(term in names["termNames"] for term in formula_terms(formula))
        and (names["hasCarry"] or all(step["operation"] != "decayed" for step in formula["steps"]))
    )
    return EventRun(
        model["kvHeadCount"], model["layerCount"] * model["kvHeadCount"], prompt_count,
        parameters.get("isPromptProtected") is True, formula if is_computable else None,
        names["termNames"], names["partNames"], names["hasCarry"], _windows(model), is_partial,
    )


def _windows(model: dict) -> list[int | None]:
    windows = model.get("windows", [])
    is_known = isinstance(windows, list) and len(windows) in (0, model["layerCount"])
    is_known = is_known and all(window is None or (isinstance(window, int) and window > 0) for window in windows)
    require(is_known, f"the windows of {model['layerCount']} layers are {windows!r}")
    return windows


def write_events(columns: Columns, events: list[EventRows], run: EventRun) -> None:
    if not events:
        return
    _check_size(sum(len(row) for event in events for row in event.positions), run, "the run")
    columns.put("events/keptCounts", "int32", [[len(row) for row in event.kept] for event in events])
    for name in run.term_names:
        columns.put(f"events/terms.{name}", "float32", [row for event in events for row in event.terms[name]])
    stored = {name for name in run.derived if not run.can_follow(name)}
    for place, event in enumerate(events):
        before, counts = events[place - 1] if place else None, [len(row) for row in event.kept]
        while True:
            read = follow(event.entry, counts, event.terms, {name: event.column(name) for name in stored}, before, run)
            odd = next((name for name in run.derived if not _same(read.column(name), event.column(name))), None)
            if odd is None:
                break
            stored.add(odd)
    for name in run.derived:
        if name in stored:
            kind = "int32" if name == "survivors" else "float32"
            columns.put(f"events/{name}", kind, [row for event in events for row in event.column(name)])


def read_events(columns: Columns, head: dict, run: EventRun, what: str) -> list[EventRows]:
    entries = head["events"]
    if not entries:
        return []
    counts = columns.take_parts("events/keptCounts", "int32", [run.head_count] * len(entries))
    lengths = _lengths(entries, counts, head["stepCount"], run, what)
    _check_size(sum(int(row.sum()) for row in lengths), run, what)
    scored = scored_heads(columns, len(entries), run)
    candidates = [(row - entry["windowSlots"]) * flags for row, entry, flags in zip(lengths, entries, scored)]

    def rows(name: str, kind: str, widths: list[np.ndarray]) -> list[Rows]:
        flat = columns.take_parts(f"events/{name}", kind, [width for of_event in widths for width in of_event])
        return [flat[place * run.head_count : (place + 1) * run.head_count] for place in range(len(entries))]

    of_prompt = [run.prompt_count * flags for flags in scored]
    terms = {name: rows(f"terms.{name}", "float32", of_prompt if name == PROMPT_TERM else candidates) for name in run.term_names}
    stored: dict[str, list] = {}
    for name in run.derived:
        if f"events/{name}" not in columns:
            require(run.can_follow(name), f"{what}: events/{name} is missing and follows from nothing")
        elif name in ("cutOff", "margin"):
            stored[name] = columns.take_parts(f"events/{name}", "float32", [run.head_count] * len(entries))
        else:
            stored[name] = rows(name, "int32" if name == "survivors" else "float32", counts if name == "survivors" else candidates)
    events: list[EventRows] = []
    for place, entry in enumerate(entries):
        own = {name: column[place] for name, column in stored.items()}
        own_terms = {name: column[place] for name, column in terms.items()}
        event = follow(entry, counts[place], own_terms, own, events[-1] if events else None, run)
        for kept, count, length in zip(event.kept, counts[place], lengths[place]):
            is_rising = len(kept) == count and bool((np.diff(kept) > 0).all()) and kept.min(initial=0) >= 0
            require(is_rising and kept.max(initial=-1) < length, f"{what}: survivors of event {entry['event']} do not rise within {length}")
        event.is_scored = scored[place] if run.is_partial else None
        events.append(event)
    return events


def scored_heads(columns: Columns, event_count: int, run: EventRun) -> list[np.ndarray]:
    """1 for each head whose scores an event holds. [event][head]"""
    if not run.is_partial:
        return [np.ones(run.head_count, np.int64)] * event_count
    flags = columns.take_parts("events/scoredHeads", "uint8", [run.head_count] * event_count)
    require(all(bool((row <= 1).all()) for row in flags), "events/scoredHeads: expected 0 and 1")
    return [row.astype(np.int64) for row in flags]


def _check_size(slot_count: int, run: EventRun, what: str) -> None:
    """`slot_count`: that the events found, together. A small file can stand for far more than it stores."""
    values = slot_count * (len(run.term_names) + len(run.derived) + 1)
    require(values <= LARGEST_EVENT_VALUES, f"{what} has events of up to {values} values, more than the page can hold")


def _lengths(entries: list[dict], counts: list[np.ndarray], step_count: int, run: EventRun, what: str) -> list[np.ndarray]:
    """Slots before each event, [head]; what could not have taken place is refused."""
    lengths, before, step_before = [], np.full(run.head_count, run.prompt_count, np.int64), 0
    for place, entry in enumerate(entries):
        here, step = f"{what} contradicts itself: event {entry['event']}", entry["step"]
        require(step < step_count and (place == 0 or step > step_before), f"{here} falls on step {step} of {step_count}, or out of order")
        length = before + step - step_before
        require(bool((length >= entry["windowSlots"]).all()), f"{here} has a window of {entry['windowSlots']} in {length.min()} slots")
        is_possible = bool(((counts[place] >= 0) & (counts[place] <= length)).all()) and bool((counts[place] < length).any())
        require(is_possible, f"{here} keeps {counts[place].tolist()} of {length.tolist()} slots")
        lengths.append(length)
        before, step_before = counts[place].astype(np.int64), step
    return lengths


def follow(entry: dict, counts, terms: dict[str, Rows], stored: dict, before: EventRows | None, run: EventRun) -> EventRows:
    """The event: what is stored as it is, everything else as it follows."""
    positions = positions_at(entry["step"], before, run)
    event = EventRows(
        entry, positions, [], terms, {name: [] for name in run.part_names}, [], [] if run.has_carry else None,
        np.empty(run.head_count, np.float32), np.empty(run.head_count, np.float32),
    )
    columns_of = [{name: rows[head] for name, rows in stored.items()} for head in range(run.head_count)]
    for first in range(0, run.head_count, run.kv_head_count):
        heads = slice(first, first + run.kv_head_count)
        _compute(columns_of[heads], event, first, before, run, [int(count) for count in counts[heads]])
    for head, held in enumerate(positions):
        columns = columns_of[head]
        for name in run.derived:
            if name not in ("survivors", "cutOff", "margin"):
                event.column(name).append(columns[name])
        total = columns["total"]
        is_protecting = run.is_prompt_protected and run.window_of(head) is None
        protected = held[: len(total)] < run.prompt_count if is_protecting else None
        if "survivors" in columns:
            kept = columns["survivors"]
        else:
            kept = np.empty(0, np.int32) if np.isnan(total).any() else choose(total, protected, len(held), int(counts[head]))
        event.kept.append(kept)
        event.cut_off[head], event.margin[head] = cut(total, protected, kept)
    event.cut_off, event.margin = stored.get("cutOff", event.cut_off), stored.get("margin", event.margin)
    return event


def _compute(
    columns: list[dict[str, np.ndarray]], event: EventRows, first: int, before: EventRows | None, run: EventRun, keep: list[int]
) -> None:
    """Adds what follows to the columns of a layer's heads, which begin at `first` and keep so many slots."""
    formula = run.formula
    if formula is None:
        return
    if run.window_of(first) is not None:
        for own, held in zip(columns, event.positions[first:]):
            _keep_newest(own, held[: len(held) - event.entry["windowSlots"]], run)
        return
    heads = [
        Inputs(
            head // run.kv_head_count, head % run.kv_head_count, event.entry["event"], event.positions[head],
            len(event.positions[head]) - event.entry["windowSlots"], run.prompt_count,
            {name: rows[head] for name, rows in event.terms.items()}, _carried(before, formula, event, head),
        )
        for head in range(first, first + len(columns))
    ]
    known: list[dict[str, np.ndarray]] = [{} for _ in heads]
    for step in formula["steps"]:
        name = TOTAL if step["column"] == TOTAL else f"parts.{step['column']}"
        is_stored = all(name in own for own in columns)
        computed = [own[name] for own in columns] if is_stored else compute_column(step, heads, known, keep)
        for own, row, before_it in zip(columns, computed, known):
            before_it[step["column"]] = own[name] = row
    for own, head, computed in zip(columns, heads, known):
        own.setdefault("total", np.full(head.candidate_count, np.inf, np.float32))
        if formula["carry"] is not None:
            own.setdefault("carry", computed[formula["carry"]])


def _keep_newest(columns: dict[str, np.ndarray], positions: np.ndarray, run: EventRun) -> None:
    """In a layer that sees only its newest tokens, a total is the position itself and nothing else was measured."""
    columns.setdefault("total", positions.astype(np.float32))
    for name in run.derived:
        if name.startswith("parts.") or name == "carry":
            columns.setdefault(name, np.zeros(len(positions), np.float32))


def _carried(before: EventRows | None, formula: dict, event: EventRows, head: int) -> np.ndarray | None:
    if before is None:
        return None if formula["start"] is None else event.terms[formula["start"]][head]
    if before.carry is None:
        return None
    carry, kept = before.carry[head], before.kept[head]
    return carry[kept[kept < len(carry)]]


def positions_at(step: int, before: EventRows | None, run: EventRun) -> Rows:
    """What the cache holds: the survivors of the event before, and all that was written since."""
    if before is None:
        return [np.arange(run.prompt_count + step, dtype=np.int32)] * run.head_count
    newer = np.arange(run.prompt_count + before.entry["step"], run.prompt_count + step, dtype=np.int32)
    return [np.concatenate([held[kept], newer]) for held, kept in zip(before.positions, before.kept)]


def _same(left, right) -> bool:
    """Value by value; 0 and −0 differ, a NaN is like another."""
    for one, other in zip(left, right) if isinstance(left, list) else [(left, right)]:
        if one.shape != other.shape:
            return False
        is_same = (one == other) & (np.signbit(one) == np.signbit(other)) if one.dtype.kind == "f" else one == other
        if not bool((is_same | ((one != one) & (other != other))).all()):
            return False
    return True


def expected_excused(positions: Rows, past: Rows | None, duplicates: Rows | None) -> Rows:
    """
    The near-duplicate that each slot had at the event before, where both were there and still are; −1 otherwise.
    Of a head whose scores were left out, now or then, nothing is expected.
    """
    expected = [np.full(len(row), -1, np.int64) for row in positions]
    if past is None or duplicates is None:
        return expected
    for head, row in enumerate(positions):
        if len(row) == 0 or len(duplicates[head]) == 0:
            continue
        places = np.searchsorted(row, past[head])
        is_held = row[places.clip(max=len(row) - 1)] == past[head]
        slots = np.where(is_held, places, -1)
        known = is_held & (duplicates[head] >= 0)
        expected[head][slots[known]] = slots[duplicates[head][known]]
    return expected
