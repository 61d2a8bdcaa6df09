"""Reads a run file back: head and columns, in the shapes of the page's trace. For tests, and for figures made in Python."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .columns import ColumnReader
from .container import has_forecasts, unpack_sections
from .errors import RunFileError
from .events import PROMPT_TERM
from .head import decode_head, parameters_from_json
from .scores import ToldEvent, read_told_events, read_told_evidence


@dataclass
class ReadStep:
    token: int
    text: str
    log_probability: float
    entropy: float
    compute_ms: float
    event_ms: float
    read_back_ms: float
    length: int  # slots that the step's forward read
    candidates: list[tuple[int, str, float]]
    attention: np.ndarray | None  # [layer, kv_head, slot], shares of 0 … 1 as far as 8 bits tell
    head_attention: np.ndarray | None = None  # [layer, query head, slot]
    loyalty: dict | None = None  # against the full cache: kl_nats, is_top_agreed, chosen_rank, lost_attention, regret


@dataclass
class ReadEvent:
    entry: dict  # its single numbers, named as in the file
    positions: np.ndarray  # [layer, kv_head, slot] before
    kept_slots: np.ndarray  # [layer, kv_head, kept]
    terms: dict[str, np.ndarray]  # [layer, kv_head, candidate]
    parts: dict[str, np.ndarray]
    total: np.ndarray
    carry: np.ndarray | None
    cut_off: np.ndarray  # [layer, kv_head]
    margin: np.ndarray
    evidence: dict[str, np.ndarray] = field(default_factory=dict)  # excused_slots, voting_heads; −1 for none


@dataclass
class Run:
    header: dict  # named as in the file
    parameters: dict
    prompt_tokens: np.ndarray
    prompt_texts: list[str]
    steps: list[ReadStep]
    events: list[ReadEvent]
    end: str | None


def read_run_file(path: str | Path) -> Run:
    return read_run(Path(path).read_bytes(), str(path))


def read_run(data: bytes, name: str) -> Run:
    """Raises RunFileError, which names the file, for what is damaged or of another format."""
    sections = unpack_sections(data, name)
    head = decode_head(sections["HEAD"], f"{name}, head")
    try:
        return _assembled(head, sections, has_forecasts(data), name)
    except (AttributeError, KeyError, TypeError, IndexError, OverflowError, ValueError) as error:
        if isinstance(error, RunFileError):
            raise
        raise RunFileError(f"{name} contradicts itself: {error!r}") from error


def _assembled(head: dict, sections: dict[str, bytes], is_told: bool, name: str) -> Run:
    model = head["header"]["model"]
    heads = (model["layerCount"], model["kvHeadCount"])
    columns = ColumnReader(sections["STEP"], f"{name}, steps")
    prompt_tokens, prompt_texts, steps = _steps(columns, head, heads)
    columns.finish()
    columns = ColumnReader(sections["EVNT"], f"{name}, events")
    told = read_told_events(columns, head, heads[0] * heads[1], f"{name}, events") if is_told else []
    events = (
        [_shaped(event, heads) for event in told]
        if is_told
        else [_event(columns, entry, heads, head["promptCount"]) for entry in head["events"]]
    )
    columns.finish()
    if "LOYL" in sections:
        columns = ColumnReader(sections["LOYL"], f"{name}, loyalty")
        _read_loyalty(columns, steps, heads)
        columns.finish()
    if "EVID" in sections:
        columns = ColumnReader(sections["EVID"], f"{name}, evidence")
        if is_told:
            for event, evidence in zip(events, read_told_evidence(columns, told)):
                event.evidence = {name: rows.reshape(*heads, rows.shape[1]) for name, rows in evidence.items()}
        else:
            _read_evidence(columns, events, heads)
        columns.finish()
    if "QHED" in sections:
        columns = ColumnReader(sections["QHED"], f"{name}, query heads")
        for step in steps:
            step.head_attention = _attention(columns, (model["layerCount"], model["headCount"]), step.length)
        columns.finish()
    parameters = parameters_from_json(head["header"]["parameters"])
    return Run(head["header"], parameters, prompt_tokens, prompt_texts, steps, events, head["end"])


def _steps(columns: ColumnReader, head: dict, heads: tuple[int, int]) -> tuple[np.ndarray, list[str], list[ReadStep]]:
    count, texts = head["stepCount"], head["texts"]

    def text_column(length: int) -> list[str]:
        places = columns.int32(length)
        if places.size and not 0 <= places.min() <= places.max() < len(texts):
            raise RunFileError(f"a text is number {places.max()} of {len(texts)}")
        return [texts[place] for place in places]

    prompt_tokens, prompt_texts = columns.int32(head["promptCount"]), text_column(head["promptCount"])
    tokens, step_texts = columns.int32(count), text_column(count)
    numbers = [columns.float64(count) for _ in range(5)]
    lengths, candidate_counts, taps = columns.int32(count), columns.int32(count), columns.int32(count)
    steps = []
    for step in range(count):
        candidate_tokens = columns.int32(candidate_counts[step])
        candidate_texts = text_column(candidate_counts[step])
        candidates = list(zip(candidate_tokens.tolist(), candidate_texts, columns.float32(candidate_counts[step]).tolist()))
        attention = _attention(columns, heads, int(lengths[step])) if taps[step] else None
        steps.append(ReadStep(
            int(tokens[step]), step_texts[step], *(float(column[step]) for column in numbers), int(lengths[step]), candidates,
            attention,
        ))
    return prompt_tokens, prompt_texts, steps


def _attention(columns: ColumnReader, heads: tuple[int, int], length: int) -> np.ndarray:
    scale = columns.float32(heads[0] * heads[1]).reshape(*heads, 1)
    return columns.uint8(heads[0] * heads[1] * length).reshape(*heads, length) * (scale / np.float32(255))


def _event(columns: ColumnReader, entry: dict, heads: tuple[int, int], prompt_count: int) -> ReadEvent:
    count, candidates = heads[0] * heads[1], entry["candidateCount"]

    def rows(width: int) -> np.ndarray:
        return columns.float32(count * width).reshape(*heads, width)

    return ReadEvent(
        entry,
        columns.int32(count * entry["lengthBefore"]).reshape(*heads, -1),
        columns.int32(count * entry["keptCount"]).reshape(*heads, -1),
        {name: rows(prompt_count if name == PROMPT_TERM else candidates) for name in entry["termNames"]},
        {name: rows(candidates) for name in entry["partNames"]},
        rows(candidates),
        rows(candidates) if entry["hasCarry"] else None,
        columns.float32(count).reshape(heads),
        columns.float32(count).reshape(heads),
    )


def _shaped(event: ToldEvent, heads: tuple[int, int]) -> ReadEvent:
    def rows(column: np.ndarray) -> np.ndarray:
        return column.reshape(*heads, column.shape[1])

    entry, columns = event.entry, event.columns
    return ReadEvent(
        entry,
        rows(event.positions),
        rows(event.kept),
        {name: rows(columns[f"terms.{name}"]) for name in entry["termNames"]},
        {name: rows(columns[f"parts.{name}"]) for name in entry["partNames"]},
        rows(columns["total"]),
        rows(columns["carry"]) if entry["hasCarry"] else None,
        event.cut_off.reshape(heads),
        event.margin.reshape(heads),
    )


def _read_loyalty(columns: ColumnReader, steps: list[ReadStep], heads: tuple[int, int]) -> None:
    count = len(steps)
    kl, agreed = columns.float64(count), columns.uint8(count)
    ranks, regret_counts = columns.int32(count), columns.int32(count)
    for place, step in enumerate(steps):
        step.loyalty = {
            "kl_nats": float(kl[place]), "is_top_agreed": bool(agreed[place]), "chosen_rank": int(ranks[place]),
            "lost_attention": columns.float32(heads[0] * heads[1]).reshape(heads),
            "regret": columns.float32(regret_counts[place]),
        }


def _read_evidence(columns: ColumnReader, events: list[ReadEvent], heads: tuple[int, int]) -> None:
    recorded, count = columns.uint8(len(events)), heads[0] * heads[1]
    for bits, event in zip(recorded, events):
        if bits & 1:
            slots = columns.uint32(count * event.entry["lengthBefore"]).astype(np.int64) - 1
            event.evidence["excused_slots"] = slots.reshape(*heads, -1)
        if bits & 2:
            voters = columns.uint8(count * event.entry["candidateCount"]).view(np.int8)
            event.evidence["voting_heads"] = voters.reshape(*heads, -1)
