"""Reads a run file back: head and columns, in the shapes of the page's trace. For tests, and for figures made in Python."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .check import LARGEST_REPLAY_CELLS, shaped
from .container import Columns, parameters_from_json, unpack
from .errors import RunFileError, require
from .events import EventRows, EventRun, Rows, event_run, expected_excused, read_events
from .formula import check_formula


@dataclass
class ReadStep:
    token: int
    text: str
    log_probability: float
    entropy: float
    compute_ms: float
    event_ms: float
    read_back_ms: float
    lengths: list[int]  # slots that the step's forward read, [head]
    candidates: list[tuple[int, str, float]]
    attention: np.ndarray | list | None  # [layer, kv_head, slot], shares of 0 … 1 as far as 8 bits tell; an empty row for a head that was not recorded
    head_attention: np.ndarray | list | None = None  # [layer, query head, slot]
    comparison: dict | None = None  # against the full cache: kl_nats, is_top_agreed, chosen_rank, lost_attention, regret


@dataclass
class ReadEvent:
    """Arrays are [layer, kv_head, …]; lists of rows by head where heads differ in length. A head whose scores were left out has empty rows."""

    entry: dict  # its single numbers, named as in the file
    positions: np.ndarray | list  # of each slot before
    kept_slots: np.ndarray | list
    terms: dict[str, np.ndarray | list]  # of each candidate
    parts: dict[str, np.ndarray | list]
    total: np.ndarray | list
    carry: np.ndarray | list | None
    cut_off: np.ndarray  # [layer, kv_head]
    margin: np.ndarray
    evidence: dict[str, np.ndarray | list] = field(default_factory=dict)  # excused_slots, voting_heads (−1 for none), query_points, key_points, query_variance


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
    head, columns = unpack(data, name)
    try:
        return _assembled(head, columns, name)
    except (AttributeError, KeyError, TypeError, IndexError, OverflowError, ValueError) as error:
        if isinstance(error, RunFileError):
            raise RunFileError(f"{name}: {error}") from error
        raise RunFileError(f"{name} contradicts itself: {error!r}") from error


def _assembled(head: dict, columns: Columns, name: str) -> Run:
    header = head["header"]
    if header["formula"] is not None:
        check_formula(header["formula"], f"{name}: the formula")
    parameters = parameters_from_json(header["parameters"])
    is_partial = "events/scoredHeads" in columns
    run = event_run(header, parameters, head["promptCount"], head, is_partial)
    _refuse_unknown(columns, header, run)
    position_count = head["promptCount"] + head["stepCount"]
    is_replayable = run.head_count * position_count <= LARGEST_REPLAY_CELLS
    require(is_replayable, f"{position_count} positions in {run.head_count} heads are more than a run file may declare")
    rows = read_events(columns, head, run, name)
    lengths, evicted_counts = _replayed(rows, head["stepCount"], run)
    heads = (header["model"]["layerCount"], header["model"]["kvHeadCount"])
    events = [_shaped(event, heads) for event in rows]
    _read_evidence(columns, rows, events, heads)
    prompt_tokens, prompt_texts, steps = _steps(columns, head, lengths, heads)
    _read_comparison(columns, steps, evicted_counts, heads)
    columns.finish()
    return Run(header, parameters, prompt_tokens, prompt_texts, steps, events, head["end"])


def _refuse_unknown(columns: Columns, header: dict, run: EventRun) -> None:
    """What these tools cannot use, by name."""
    for column, what in (("events/merges.pairCounts", "merges evicted entries"), ("steps/isSelective", "reads only some of its slots")):
        require(column not in columns, f"this run {what}, which the Python tools do not read; open it on the page")
    spares = (header.get("spans") or {}).get("kept")
    is_open = bool(spares) and run.formula is not None and "events/survivors" not in columns
    require(not is_open, "this run spares parts of its prompt, which the Python tools do not follow; open it on the page")


def _replayed(events: list[EventRows], step_count: int, run: EventRun) -> tuple[list[list[int]], list[int]]:
    """Per step the slots that its forward read, [head], and how many positions some head had evicted before."""
    by_step = {event.entry["step"]: event for event in events}
    lengths, counts = [run.prompt_count - 1] * run.head_count, []
    all_lengths, evicted = [], set()
    for step in range(step_count):
        lengths = [length + 1 for length in lengths]
        all_lengths.append(lengths)
        counts.append(len(evicted))
        if (event := by_step.get(step)) is not None:
            for held, kept in zip(event.positions, event.kept):
                evicted.update(np.delete(held, kept).tolist())
            lengths = [len(kept) for kept in event.kept]
    return all_lengths, counts


def _steps(columns: Columns, head: dict, lengths: list[list[int]], heads: tuple[int, int]):
    count, texts, model = head["stepCount"], head["texts"], head["header"]["model"]

    def texts_of(places: np.ndarray) -> list[str]:
        is_known = places.size == 0 or 0 <= places.min() <= places.max() < len(texts)
        require(bool(is_known), f"a text is number {places.max(initial=0)} of {len(texts)}")
        return [texts[place] for place in places]

    prompt_tokens = columns.take("prompt/tokens", "int32", head["promptCount"])
    prompt_texts = texts_of(columns.take("prompt/texts", "int32", head["promptCount"]))
    tokens = columns.take("steps/tokens", "int32", count)
    step_texts = texts_of(columns.take("steps/texts", "int32", count))
    names = ("logProbability", "entropy", "computeMs", "eventMs", "readBackMs")
    numbers = [columns.take(f"steps/{name}", "float64", count).tolist() for name in names]
    candidate_counts = columns.take("steps/candidateCounts", "int32", count)
    candidate_tokens = columns.take_parts("steps/candidateTokens", "int32", candidate_counts)
    candidate_texts = columns.take_parts("steps/candidateTexts", "int32", candidate_counts)
    candidate_numbers = columns.take_parts("steps/candidateLogProbabilities", "float32", candidate_counts)
    flags = columns.take("steps/hasAttention", "uint8", count)
    tapped = [row if flag else [] for row, flag in zip(lengths, flags)]
    watched = _recorded_slots(columns, tapped)
    attention = _attention(columns, "attention", watched, heads)
    group = model["headCount"] // model["kvHeadCount"]
    of_query_heads = [[length for length in row for _ in range(group)] for row in watched]
    query_heads = (model["layerCount"], model["headCount"])
    head_attention = _attention(columns, "headAttention", of_query_heads, query_heads)
    steps = [
        ReadStep(
            int(tokens[step]), step_texts[step], *(column[step] for column in numbers), lengths[step],
            list(zip(candidate_tokens[step].tolist(), texts_of(candidate_texts[step]), candidate_numbers[step].tolist())),
            attention[step], head_attention[step],
        )
        for step in range(count)
    ]
    return prompt_tokens, prompt_texts, steps


def _recorded_slots(columns: Columns, tapped: list[list[int]]) -> list[list[int]]:
    """Slots whose attention is there: 0 for a head that the step did not record. [step][head]"""
    if "steps/watchedHeads" not in columns:
        return tapped
    flags = columns.take_parts("steps/watchedHeads", "uint8", [len(row) for row in tapped])
    require(all(bool((row <= 1).all()) for row in flags), "steps/watchedHeads: expected 0 and 1")
    return [[length * int(flag) for length, flag in zip(row, own)] for row, own in zip(tapped, flags)]


def _attention(columns: Columns, name: str, lengths: list[list[int]], heads: tuple[int, int]) -> list:
    """Per step, as shares; None where none was recorded."""
    if f"steps/{name}" not in columns:
        return [None] * len(lengths)
    scales = columns.take_parts(f"steps/{name}Scale", "float32", [len(row) for row in lengths])
    rows = columns.take_parts(f"steps/{name}", "uint8", [length for row in lengths for length in row])
    shares, at = [], 0
    for row, scale in zip(lengths, scales):
        own = [values * (factor / np.float32(255)) for values, factor in zip(rows[at : at + len(row)], scale)]
        shares.append(shaped(own, heads) if own else None)
        at += len(row)
    return shares


def _shaped(event: EventRows, heads: tuple[int, int]) -> ReadEvent:
    def rows(columns: Rows):
        return shaped(columns, heads)

    return ReadEvent(
        event.entry, rows(event.positions), rows(event.kept),
        {name: rows(columns) for name, columns in event.terms.items()},
        {name: rows(columns) for name, columns in event.parts.items()},
        rows(event.total), None if event.carry is None else rows(event.carry),
        event.cut_off.reshape(heads), event.margin.reshape(heads),
    )


def _read_comparison(columns: Columns, steps: list[ReadStep], evicted_counts: list[int], heads: tuple[int, int]) -> None:
    if "loyalty/klNats" not in columns:
        return
    count = len(steps)
    kl, agreed = columns.take("loyalty/klNats", "float64", count), columns.take("loyalty/isTopAgreed", "uint8", count)
    ranks = columns.take("loyalty/chosenRank", "int32", count)
    lost = columns.take_parts("loyalty/lostAttention", "float32", [heads[0] * heads[1]] * count)
    regrets = columns.take_parts("loyalty/regret", "float32", evicted_counts)
    for place, step in enumerate(steps):
        step.comparison = {
            "kl_nats": float(kl[place]), "is_top_agreed": bool(agreed[place]), "chosen_rank": int(ranks[place]),
            "lost_attention": lost[place].reshape(heads), "regret": regrets[place],
        }


def _read_evidence(columns: Columns, rows: list[EventRows], events: list[ReadEvent], heads: tuple[int, int]) -> None:
    count = heads[0] * heads[1]
    scored = [event.scored_positions for event in rows]
    if "events/excusedSlots" in columns:
        coded = columns.take_parts("events/excusedSlots", "uint32", [len(row) for positions in scored for row in positions])
        before: Rows | None = None
        for place, event in enumerate(rows):
            expected = expected_excused(scored[place], rows[place - 1].positions if place else None, before)
            own = [code.astype(np.int64) for code in coded[place * count : (place + 1) * count]]
            before = [np.where(code == 0, guess, code - 2) for code, guess in zip(own, expected)]
            is_within = all(bool((slots < len(slots)).all()) for slots in before)
            require(is_within, f"event {event.entry['event']}: an excused slot beyond the cache")
            events[place].evidence["excused_slots"] = shaped(before, heads)
    if "events/votingHeads" in columns:
        voting = columns.take_parts("events/votingHeads", "int8", [len(row) for event in rows for row in event.total])
        for place, event in enumerate(events):
            event.evidence["voting_heads"] = shaped(voting[place * count : (place + 1) * count], heads)
    if "events/queryPointWidths" in columns:
        widths = columns.take("events/queryPointWidths", "int32", len(events)).tolist()
        require(all(width >= 0 and width % 2 == 0 for width in widths), "query points in pairs")
        own_widths = [[width if len(row) else 0 for row in positions] for width, positions in zip(widths, scored)]
        queries = columns.take_parts("events/queryPoints", "float32", [width for row in own_widths for width in row])
        keys = columns.take_parts("events/keyPoints", "float32", [2 * len(row) for positions in scored for row in positions])
        variances = columns.take_parts("events/queryVariance", "float32", [count] * len(events))
        for place, event in enumerate(events):
            for name, points in (("query_points", queries), ("key_points", keys)):
                own = [row.reshape(-1, 2) for row in points[place * count : (place + 1) * count]]
                is_even = len({len(row) for row in own}) == 1
                event.evidence[name] = np.stack(own).reshape(*heads, -1, 2) if is_even else own
            event.evidence["query_variance"] = variances[place].reshape(heads)
