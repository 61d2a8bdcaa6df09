"""Grows a run step by step, in order, and writes it as a run file. Tracks what is in which slot."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from . import check
from .container import pack
from .encode import RecordedRun, RecordedStep, encode_run, event_names
from .errors import require
from .events import PROMPT_TERM, EventRows, Rows
from .formula import cut
from .records import Backend, Event, Model, Policy, Prompt, Sampling, Step


class RunFileWriter:
    def __init__(
        self, model: Model, policy: Policy, prompt: Prompt, *,
        backend: Backend, max_new_tokens: int, sampling: Sampling = Sampling(),
    ) -> None:
        check.check_model(model)
        check.check_policy(policy)
        check.check_prompt(prompt, model)
        check.check_backend(backend)
        check.check_count("max_new_tokens", max_new_tokens, 0, check.LARGEST_COUNT)
        self._run = RecordedRun(model, policy, prompt, backend, sampling, max_new_tokens, [], [])
        self._positions: Rows = [np.empty(0, np.int32)] * (model.layer_count * model.kv_head_count)

    @property
    def positions(self):
        """Positions now in the cache. [layer, kv_head, slot]; a list of rows by head if heads hold different numbers."""
        model = self._run.model
        return check.shaped(self._positions, (model.layer_count, model.kv_head_count))

    def add_step(self, step: Step, event: Event | None = None) -> None:
        """The next step and the eviction that followed it. Raises RunFileError, and then leaves the run unchanged."""
        run, number = self._run, len(self._run.steps)
        require(run.end is None, f"the run has ended already: {run.end}")
        prompt_count = len(run.prompt.tokens)
        check.check_replay(run.model, prompt_count + number + 1)
        written = np.arange(prompt_count) if number == 0 else np.array([prompt_count + number - 1])
        positions = [np.concatenate([row, written.astype(np.int32)]) for row in self._positions]
        recorded = _recorded_step(step, number, [len(row) for row in positions], run.model)
        evicted = None
        if event is not None:
            least_event = run.events[-1].entry["event"] + 1 if run.events else 0
            evicted = _recorded_event(event, number, positions, least_event, run)
            event_names([*run.events, evicted])
        run.steps.append(recorded)
        self._positions = positions
        if evicted is not None and event is not None:
            run.events.append(evicted)
            run.is_scored = run.is_scored and event.total is not None
            self._positions = [row[kept] for row, kept in zip(positions, evicted.kept)]

    def finish(self, end: str) -> None:
        require(end in check.ENDS, f"the end is {end!r}, expected one of {', '.join(check.ENDS)}")
        self._run.end = end

    def to_bytes(self) -> bytes:
        return pack(*encode_run(self._run))

    def save(self, path: str | Path) -> int:
        """Returns the size of the file, which appears whole or not at all."""
        data = self.to_bytes()
        part = Path(f"{path}.part")
        part.write_bytes(data)
        part.replace(path)
        return len(data)


def _recorded_step(step: Step, number: int, lengths: list[int], model: Model) -> RecordedStep:
    what = f"step {number}"
    check.check_token(what, step.token, model)
    for token, _, _ in step.candidates:
        check.check_token(f"{what}, candidates", token, model)
    for name in ("compute_ms", "event_ms", "read_back_ms"):
        check.check_time(f"{what}: {name}", getattr(step, name))
    for name in ("log_probability", "entropy"):
        require(not math.isnan(getattr(step, name)), f"{what}: {name} is not a number")
    if step.attention is None:
        return RecordedStep(step, lengths, np.empty(0, np.float32), [])
    rows = [row.astype(np.float32) for row in check.rows_of(f"{what}: attention", step.attention, len(lengths), lengths)]
    is_share = all(bool(((row >= 0) & (row <= 1.001)).all()) for row in rows)
    require(is_share, f"{what}: attention is not all within 0 … 1")
    scale = np.array([row.max() for row in rows], np.float32)
    factors = np.divide(255, scale, out=np.zeros_like(scale), where=scale > 0)
    attention = [(row * factor + 0.5).astype(np.uint8) for row, factor in zip(rows, factors)]
    return RecordedStep(replace(step, attention=None), lengths, scale, attention)


def _recorded_event(event: Event, step: int, positions: Rows, least_event: int, run: RecordedRun) -> EventRows:
    """Raises RunFileError for what the page would refuse."""
    number = least_event if event.event is None else event.event
    what = f"the event of step {step}"
    lengths = [len(row) for row in positions]
    check.check_count(f"{what}: window_slots", event.window_slots, 0, min(lengths))
    check.check_count(f"{what}: budget_slots", event.budget_slots, 0, (1 << 53) - 1)
    check.check_count(f"{what}: event", number, least_event, check.LARGEST_COUNT)
    kept = _kept_slots(event, positions, what)
    has_evicted = any(len(row) < length for row, length in zip(kept, lengths))
    require(has_evicted, f"{what} keeps {len(kept[0])} of {lengths[0]} slots, expected fewer in some head")
    candidates = [length - event.window_slots for length in lengths]
    for row, count in zip(kept, candidates):
        require(
            int((row >= count).sum()) == event.window_slots,
            f"{what} evicts out of its window of {event.window_slots}; declare the window that was really kept, or 0",
        )
    is_kept = [np.isin(np.arange(count), row) for row, count in zip(kept, candidates)]
    total = _scores(f"{what}: total", is_kept if event.total is None else event.total, candidates)
    is_number = not any(np.isnan(row).any() for row in total)
    require(is_number, f"{what}: a total is not a number; give None where there are no scores")
    for name in (*event.terms, *event.parts):
        check.check_name(f"{what}: the term or part {name!r}", name)
    require(len(event.terms) <= 32 and len(event.parts) <= 32, f"{what} has more than 32 terms or parts")
    prompt_count = len(run.prompt.tokens)
    is_protecting = run.policy.parameters.get("isPromptProtected") is True
    cuts = [
        cut(row, held[: len(row)] < prompt_count if is_protecting else None, slots)
        for row, held, slots in zip(total, positions, kept)
    ]
    cut_off, margin = np.array(cuts, np.float64).T.astype(np.float32)
    of_prompt = [prompt_count] * len(lengths)
    return EventRows(
        {"event": int(number), "step": step, "budgetSlots": int(event.budget_slots), "windowSlots": int(event.window_slots)},
        positions, kept,
        {name: _scores(f"{what}: {name}", rows, of_prompt if name == PROMPT_TERM else candidates) for name, rows in event.terms.items()},
        {name: _scores(f"{what}: {name}", rows, candidates) for name, rows in event.parts.items()},
        total, None if event.carry is None else _scores(f"{what}: carry", event.carry, candidates), cut_off, margin,
    )


def _kept_slots(event: Event, positions: Rows, what: str) -> Rows:
    require(
        (event.kept_slots is None) != (event.kept_positions is None),
        f"{what} needs either kept_slots or kept_positions",
    )
    if event.kept_slots is not None:
        slots = check.rows_of(f"{what}: kept_slots", event.kept_slots, len(positions))
        for row, held in zip(slots, positions):
            check.check_ascending(f"{what}: kept_slots", row, len(held))
        return [row.astype(np.int32) for row in slots]
    wanted = check.rows_of(f"{what}: kept_positions", event.kept_positions, len(positions))
    kept = []
    for row, held in zip(wanted, positions):
        check.check_ascending(f"{what}: kept_positions", row, int(held.max()) + 1)
        slots = np.searchsorted(held, row)
        is_held = bool((held[slots.clip(max=len(held) - 1)] == row).all())
        require(is_held, f"{what} keeps positions that were not in the cache any more")
        kept.append(slots.astype(np.int32))
    return kept


def _scores(what: str, values, widths: list[int]) -> Rows:
    return [row.astype(np.float32) for row in check.rows_of(what, values, len(widths), widths)]
