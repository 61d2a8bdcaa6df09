"""Run files written in Python: what goes in comes out, the page's files are read to the last number, mistakes are named."""

import io
import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from winnow_run import Backend, Event, Model, Policy, Prompt, RunFileError, RunFileWriter, Sampling, Step, read_run, read_run_file
from winnow_run.container import Columns, pack, unpack
from winnow_run.formula import Inputs, compute_column

ROOT = Path(__file__).parents[3]
RUNS = ROOT / "public" / "runs"
MODEL = Model("tiny", "Tiny", "llama", 2, 4, 2, 8, 50, 1000, 64, digest="00ff")
PROMPT = Prompt("The cat sat", [1, 2, 3], ["The ", "cat ", "sat "], expected_answer="mat")
POLICY = Policy("gkv", "G-KV", {"windowSlots": 1, "alpha": 0.8, "odd": float("-inf"), "isNormalised": True, "smoothing": "max"})
STEP = Step(7, "on ", -0.5, 1.25, candidates=[(7, "on ", -0.5), (8, "mat ", -2.0)])


def new_writer(**changes) -> RunFileWriter:
    given = dict(model=MODEL, policy=POLICY, prompt=PROMPT) | changes
    return RunFileWriter(**given, backend=Backend("PyTorch"), max_new_tokens=9, sampling=Sampling(seed=3))


def scored_event(**changes) -> Event:
    """Of four slots the newest is the window, and of the others each head keeps two."""
    total = np.array([[[3, 1, 2], [1, 2, 3]], [[5, 5, 5], [0, 9, np.inf]]], np.float32)
    kept = [[[0, 2, 3], [1, 2, 3]], [[0, 1, 3], [1, 2, 3]]]
    given = dict(budget_slots=3, window_slots=1, kept_slots=kept, total=total, terms={"windowAttention": total / 10})
    return Event(**given | changes)


def written_run():
    writer = new_writer()
    writer.add_step(replace(STEP, compute_ms=8.5))
    attention = np.random.default_rng(1).random((2, 2, 4), np.float32)
    event = scored_event(parts={"local": scored_event().total}, carry=scored_event().total)
    writer.add_step(replace(STEP, attention=attention), event)
    again = scored_event(budget_slots=2, kept_slots=None, kept_positions=[[[0, 4], [1, 4]], [[3, 4]] * 2])
    writer.add_step(STEP, replace(again, parts=event.parts, carry=event.carry))
    writer.finish("length")
    return writer, attention


def test_what_goes_in_comes_out():
    writer, attention = written_run()
    run = read_run(writer.to_bytes(), "x")
    assert run.header["model"]["layerCount"] == 2 and run.header["sampling"]["seed"] == 3
    assert run.header["expectedAnswer"] == "mat" and run.end == "length"
    assert run.parameters == POLICY.parameters
    assert run.prompt_tokens.tolist() == PROMPT.tokens and run.prompt_texts == PROMPT.texts
    assert [step.lengths for step in run.steps] == [[3] * 4, [4] * 4, [4] * 4]
    assert run.steps[0].candidates == STEP.candidates and run.steps[0].compute_ms == 8.5
    assert run.steps[0].attention is None
    assert np.abs(run.steps[1].attention - attention).max() <= 0.5 / 255 + 1e-6
    first, second = run.events
    assert first.positions.tolist() == [[[0, 1, 2, 3]] * 2] * 2
    assert np.array_equal(first.terms["windowAttention"], scored_event().terms["windowAttention"])
    assert np.array_equal(first.total, scored_event().total) and np.array_equal(first.carry, first.parts["local"])
    # Lowest that stayed, and how far above the highest that left; a tie has no margin, infinity no end.
    assert first.cut_off.tolist() == [[2, 2], [5, 9]] and first.margin.tolist() == [[1, 1], [0, 9]]
    assert second.positions.tolist() == [[[0, 2, 3, 4], [1, 2, 3, 4]], [[0, 1, 3, 4], [1, 2, 3, 4]]]
    assert second.kept_slots.tolist() == [[[0, 3], [0, 3]], [[2, 3], [2, 3]]]


def test_an_event_without_scores_holds_the_decision_and_nothing_else():
    writer = new_writer()
    writer.add_step(STEP)
    writer.add_step(STEP, Event(budget_slots=2, kept_slots=[[[0, 3], [0, 3]], [[2, 3], [2, 3]]]))
    run = read_run(writer.to_bytes(), "x")
    assert run.parameters == POLICY.parameters | {"isScored": False}
    (event,) = run.events
    assert event.total.tolist() == [[[1, 0, 0, 1]] * 2, [[0, 0, 1, 1]] * 2]
    assert event.terms == {} and event.carry is None and event.margin.tolist() == [[1, 1], [1, 1]]


def test_heads_may_keep_different_numbers_of_slots():
    writer = new_writer()
    writer.add_step(STEP)
    kept = [[0, 1, 2, 3], [3], [1, 3], [0, 2, 3]]
    writer.add_step(STEP, scored_event(kept_slots=kept))
    total = [np.arange(length) for length in (4, 1, 2, 3)]
    second = scored_event(kept_slots=[[3, 4], [0, 1], [2], [3]], total=total, terms={"windowAttention": total})
    writer.add_step(replace(STEP, attention=[np.ones(length) for length in (5, 2, 3, 4)]), second)
    writer.finish("stopped")
    run = read_run(writer.to_bytes(), "x")
    assert [row.tolist() for row in run.events[0].kept_slots] == kept
    assert [row.tolist() for row in run.events[1].positions] == [[0, 1, 2, 3, 4], [3, 4], [1, 3, 4], [0, 2, 3, 4]]
    assert [row.tolist() for row in run.events[1].total] == [row.tolist() for row in total]
    assert run.steps[2].lengths == [5, 2, 3, 4] and [len(row) for row in run.steps[2].attention] == [5, 2, 3, 4]
    with pytest.raises(RunFileError, match=r"total has the shape rows of \[3, 2\]|total has the shape"):
        new = new_writer()
        new.add_step(STEP)
        new.add_step(STEP, scored_event(kept_slots=kept))
        new.add_step(STEP, scored_event(kept_slots=[[3, 4], [0, 1], [2], [3]]))


@pytest.mark.parametrize("file", ["story-gkv.winnow", "walk-snapkv.winnow", "diary-gkv.winnow"])
def test_a_file_of_the_page_is_read_and_written_again_number_by_number(file):
    data = (RUNS / file).read_bytes()
    run = read_run(data, file)
    assert all(step.comparison is not None for step in run.steps)
    writer = rewritten(run)
    (theirs, _), (ours, columns) = unpack(data, file), unpack(writer.to_bytes(), "again")
    # Python knows neither the page's buffers nor the browser's name for them, nor the full cache and what stands behind terms.
    for head in (theirs, ours):
        del head["header"]["memory"], head["columns"]
    assert ours == theirs
    # All that the page computed follows in Python too, to the last bit.
    terms = [f"events/terms.{name}" for name in ours["termNames"]]
    assert [name for name in columns.by_name if name.startswith("events/")] == ["events/keptCounts", *terms]
    repeated = read_run(writer.to_bytes(), "again")
    for event in run.events:
        event.evidence = {}  # is not written
    assert_same_events(repeated, run)
    for step, other in zip(run.steps, repeated.steps):
        assert (step.token, step.text, step.lengths, step.candidates) == (other.token, other.text, other.lengths, other.candidates)
        assert (step.log_probability, step.entropy, step.compute_ms) == (other.log_probability, other.entropy, other.compute_ms)
        assert np.abs(step.attention - other.attention).max() < 1e-6


@pytest.mark.parametrize("operation, numbers, expected", [
    ("copy", [], [1, np.nan, 4, 0]),
    ("share", [], [0.25, np.nan, 1, 0]),
    ("sum", [2], [3, np.nan, 6, 4]),
    ("shareOfSum", [2], [0.5, np.nan, 1, 4 / 6]),
    ("decayed", [0.5], [2, 3, np.nan, np.nan]),
    ("largest", [], [1, 3, 4, 2]),
    ("weighted", [0.75], [1.25, 3, 4.25, 0.5]),
    ("added", [], [2, 3, 5, 2]),
    ("pooled", [3], [1, 4, 4, 4]),
    ("averagePooled", [3], [4 / 3, 5 / 3, 2, 1]),
    ("mixed", [0.25], [-0.5, np.nan, 0.25, -1.5]),
    ("recency", [1], [np.inf, 3, 5, 6]),
    ("scaled", [2], [2, np.nan, 8, 0]),
    ("product", [0.5], [1.5, np.nan, 4.5, 1]),
    ("logProduct", [], [1, np.nan, 4, np.log(2)]),
    ("continued", [2], [2 / np.log(2), 2 / (np.log(2) - 2), 4, 2 / (np.log(2) - 1)]),
    ("sinks", [1], [np.inf, np.nan, 4, 0]),
])
def test_every_operation_of_a_formula_does_what_its_table_says(operation, numbers, expected):
    a, b = np.array([1, np.nan, 4, 0], np.float32), np.array([1, 3, 1, 2], np.float32)
    inputs = Inputs(0, 0, 0, np.array([0, 3, 5, 6, 7]), 4, 3, {"b": b}, np.array([4, 6], np.float32))
    sources = {"decayed": [], "recency": [], "copy": ["a"], "share": ["a"], "pooled": ["a"], "scaled": ["a"], "sinks": ["a"], "averagePooled": ["terms.b"]}.get(operation, ["a", "terms.b"])
    column = compute_column({"column": "c", "operation": operation, "from": sources, "numbers": numbers}, [inputs], [{"a": a}])[0]
    assert column.dtype == np.float32
    np.testing.assert_array_equal(column, np.array(expected, np.float32))


@pytest.mark.parametrize("row, width, expected", [
    ([3, 6, -1, -1, 3, 0, 6, -1], 3, [3, 3, 3, 3, 1, 3, 2, 3]),
    ([-1, 2, 5, -1], 1, [1, 2, 5, 5]),
])
def test_votes_are_pooled_between_voters_which_get_the_highest_of_their_stretch(row, width, expected):
    inputs = Inputs(0, 0, 0, np.arange(len(row) + 1), len(row), 0, {}, None)
    step = {"column": "c", "operation": "pooledVotes", "from": ["a"], "numbers": [width]}
    assert compute_column(step, [inputs], [{"a": np.array(row, np.float32)}])[0].tolist() == expected


def test_a_draw_is_the_page_s():
    # hashUniform(7, 2, 1, 3, position) of src/lib/random.ts for positions 0, 1 and 5; 1 more for the prompt's.
    inputs = Inputs(1, 3, 2, np.array([0, 1, 5, 6]), 3, 2, {}, None)
    step = {"column": "total", "operation": "draw", "from": [], "numbers": [7, 2]}
    assert compute_column(step, [inputs], [{}])[0].tolist() == DRAWN


@pytest.mark.parametrize("operation, numbers, expected", [
    ("shareOfBlock", [2], [[0.25, 0.75, 0.5, 0.5, 1, 0], [0, 0, 1]]),
    ("shareOfRow", [], [[1 / 14, 3 / 14, 2 / 14, 2 / 14, 6 / 14, 0], [0, 0, 1]]),
    ("rankInBlock", [1, 2], [[1, 0.5, 0, 0, 0.5, 0], [0, 0, 0.5]]),
    ("pooledByVariation", [0.5, 0.9, 1.2], [[4 / 3, 2, 7 / 3, 10 / 3, 8 / 3, 2], [0, 4 / 3, 4 / 3]]),
    ("standardised", [4], [[0, 0, 0, 0, 3 / 18**0.5, -3 / 18**0.5], [0, 0, 0]]),
    ("layerMean", [], [[0.5, 1.5, 3, 2, 6, 0], [0.5, 1.5, 3]]),
    ("standardised", [0], [[-1 / 4.25**0.5, 1 / 4.25**0.5, 0, 0, 4 / 4.25**0.5, -2 / 4.25**0.5], [-2 / 4.25**0.5] * 2 + [2 / 4.25**0.5]]),
])
def test_an_operation_over_a_row_or_a_layer_does_what_its_table_says(operation, numbers, expected):
    rows = [np.array([1, 3, 2, 2, 6, 0], np.float32), np.array([0, 0, 4], np.float32)]
    heads = [Inputs(0, head, 0, np.arange(len(row) + 2), len(row), 0, {}, None) for head, row in enumerate(rows)]
    step = {"column": "c", "operation": operation, "from": ["a"], "numbers": numbers}
    found = compute_column(step, heads, [{"a": row} for row in rows])
    for row, wanted in zip(found, expected):
        np.testing.assert_array_equal(row, np.array(wanted, np.float32))


@pytest.mark.parametrize("numbers, keep, expected", [
    ([0.5, 0.5], [3, 6], [[1.5, 7, 2.5, 5, 0], [3.5, 1, np.inf]]),
    ([0, 1], [3, 2], [[1, 6, 2, 4, np.inf], [3, 0, 4]]),
    ([1, 0], [9, 9], [[2, 8, 3, 6, 0], [4, 2, 5]]),
])
def test_a_second_stage_refines_what_stays(numbers, keep, expected):
    rows = [np.array([1, 3, 2, 2, 6], np.float32), np.array([3, 0, 4], np.float32)]
    norms = [np.array([1, 2, 1, 2, 0], np.float32), np.array([1, 2, 1], np.float32)]
    heads = [Inputs(0, head, 0, np.arange(len(row) + 2), len(row), 0, {"b": norms[head]}, None) for head, row in enumerate(rows)]
    step = {"column": "c", "operation": "secondStage", "from": ["a", "terms.b"], "numbers": numbers}
    found = compute_column(step, heads, [{"a": row} for row in rows], keep)
    for row, wanted in zip(found, expected):
        np.testing.assert_array_equal(row, np.array(wanted, np.float32))


DRAWN = [1.3962583541870117, 1.9800529479980469, 0.07062345743179321]


def assert_same_events(run, expected):
    """To the last bit: a NaN is not like another."""
    assert len(run.events) == len(expected.events)
    for event, other in zip(run.events, expected.events):
        assert event.entry == other.entry
        for name in ("positions", "kept_slots", "total", "carry", "cut_off", "margin"):
            assert_same_bits(getattr(event, name), getattr(other, name))
        for name in ("terms", "parts", "evidence"):
            columns, others = getattr(event, name), getattr(other, name)
            assert list(columns) == list(others)
            for key in columns:
                assert_same_bits(columns[key], others[key])


def assert_same_bits(column, other):
    if column is None or other is None:
        assert column is other
        return
    assert column.shape == other.shape and column.dtype == other.dtype and column.tobytes() == other.tobytes()


@pytest.mark.parametrize("change, message", [
    (lambda head, steps: steps[0].update({"operation": "sorted"}), "'sorted' is not an operation"),
    (lambda head, steps: steps[0].update({"from": ["total"]}), "reads total, which isn't computed before it"),
    (lambda head, steps: steps[0].update({"from": []}), "reads 0 columns"),
    (lambda head, steps: steps[0].update({"column": "local"}), "computes local twice"),
    (lambda head, steps: steps.pop(), "doesn't end with the total"),
    (lambda head, steps: head["header"]["formula"].update({"carry": "other"}), "carries other"),
    (lambda head, steps: head["header"].update({"formula": None}), "parts.localRaw is missing and follows from nothing"),
    (lambda head, steps: head["events"][1].update({"step": 1}), "out of order"),
    (lambda head, steps: head["events"][1].update({"windowSlots": 1 << 40}), "has a window of 1099511627776"),
    (lambda head, steps: head.update({"stepCount": 3}), "x"),
    (lambda head, steps: head.update({"termNames": ["redundancy"]}), "x"),
])
def test_formulas_and_events_that_cannot_be_are_refused(change, message):
    head, columns = unpack((RUNS / "story-gkv.winnow").read_bytes(), "good")
    change(head, head["header"]["formula"]["steps"])
    with pytest.raises(RunFileError, match=message):
        read_run(pack(head, columns), "x")


def rewritten(run) -> RunFileWriter:
    model, sampling = run.header["model"], run.header["sampling"]
    names = ("id", "label", "architecture", "layerCount", "headCount", "kvHeadCount", "headDim", "vocabularySize",
             "parameterCount", "maxPositions", "digest")
    header = run.header
    writer = RunFileWriter(
        Model(*(model[name] for name in names)),
        Policy(header["policyId"], header["policyLabel"], run.parameters, header["formula"]),
        Prompt(header["promptText"], run.prompt_tokens.tolist(), run.prompt_texts, header["expectedAnswer"]),
        backend=Backend(header["backend"]["adapter"], header["backend"]["type"], header["backend"]["weightType"]),
        sampling=Sampling(sampling["temperature"], sampling["topP"], sampling["topK"], sampling["seed"]),
        max_new_tokens=header["maxNewTokens"],
    )
    events = {event.entry["step"]: event for event in run.events}
    for number, step in enumerate(run.steps):
        event = events.get(number)
        writer.add_step(
            Step(step.token, step.text, step.log_probability, step.entropy, step.candidates, step.attention,
                 step.compute_ms, step.event_ms, step.read_back_ms),
            event and Event(
                event.entry["budgetSlots"], event.kept_slots, None, event.entry["windowSlots"], event.total, event.terms,
                event.parts, event.carry, event.entry["event"],
            ),
        )
    writer.finish(run.end)
    return writer


@pytest.mark.parametrize("change, message", [
    (dict(kept_slots=[[[0, 2, 3]] * 2]), r"kept_slots has the shape \(1, 2, 3\)"),
    (dict(kept_slots=[[[0, 3, 2]] * 2] * 2), "rise strictly"),
    (dict(kept_slots=[[[0, 2, 4]] * 2] * 2), "not all within 0 … 3"),
    (dict(kept_slots=[[[0.0, 2.0, 3.0]] * 2] * 2), "expected whole numbers"),
    (dict(kept_slots=[[[0, 1, 2, 3]] * 2] * 2), "keeps 4 of 4 slots"),
    (dict(kept_slots=[[[0, 1, 2]] * 2] * 2), "evicts out of its window of 1"),
    (dict(kept_slots=[[[3]] * 2] * 2, window_slots=2), "evicts out of its window of 2"),
    (dict(kept_slots=None), "either kept_slots or kept_positions"),
    (dict(kept_slots=None, kept_positions=[[[0, 1, 9]] * 2] * 2), "not all within"),
    (dict(total=np.zeros((2, 2, 4))), r"total has the shape \(2, 2, 4\), expected 3 values"),
    (dict(total=np.full((2, 2, 3), np.nan)), "total is not a number"),
    (dict(terms={"a.b": np.zeros((2, 2, 3))}), "'a.b' should be a letter"),
    (dict(event=-1), "event is -1, expected a whole number from 0"),
])
def test_an_impossible_event_is_refused_and_leaves_the_run_as_it_was(change, message):
    writer = new_writer()
    writer.add_step(STEP)
    before = writer.to_bytes()
    with pytest.raises(RunFileError, match=message):
        writer.add_step(STEP, scored_event(**change))
    assert writer.to_bytes() == before
    writer.add_step(STEP, scored_event())


def test_positions_that_left_earlier_are_not_kept_again():
    writer = new_writer()
    writer.add_step(STEP)
    writer.add_step(STEP, scored_event())
    with pytest.raises(RunFileError, match="were not in the cache any more"):
        writer.add_step(STEP, scored_event(kept_slots=None, kept_positions=[[[1, 4]] * 2] * 2))


@pytest.mark.parametrize("change, message", [
    (dict(token=50), "a token is 50, expected a whole number from 0 to 49"),
    (dict(candidates=[(-1, "", 0.0)]), "candidates: a token is -1"),
    (dict(compute_ms=float("nan")), "compute_ms is nan"),
    (dict(entropy=float("nan")), "entropy is not a number"),
    (dict(attention=np.zeros((2, 2, 5))), r"attention has the shape \(2, 2, 5\), expected 3 values"),
    (dict(attention=np.full((2, 2, 3), 2.0)), "not all within 0 … 1"),
])
def test_an_impossible_step_is_refused(change, message):
    with pytest.raises(RunFileError, match=message):
        new_writer().add_step(replace(STEP, **change))


@pytest.mark.parametrize("changes, message", [
    (dict(model=replace(MODEL, layer_count=0)), "layer_count is 0"),
    (dict(model=replace(MODEL, head_count=3)), "do not share 2 KV heads evenly"),
    (dict(policy=Policy("x", "X", {"a b": 1})), "'a b' should be a letter"),
    (dict(policy=Policy("x", "X", {"list": [1]})), "expected a number, a text"),
    (dict(prompt=Prompt("", [], [])), "the number of prompt tokens is 0"),
    (dict(prompt=Prompt("a", [1, 2], ["a"])), "2 tokens and 1 texts"),
])
def test_an_impossible_beginning_is_refused(changes, message):
    with pytest.raises(RunFileError, match=message):
        new_writer(**changes)


def test_a_run_that_has_ended_takes_no_more_steps():
    writer, _ = written_run()
    with pytest.raises(RunFileError, match="ended already: length"):
        writer.add_step(STEP)
    with pytest.raises(RunFileError, match="expected one of stopToken"):
        writer.finish("tired")


def test_damage_is_found_wherever_it_says_something_of_the_run():
    data = written_run()[0].to_bytes()
    whole = read_run(data, "x")
    chance = random.Random(1)
    for _ in range(300):
        bent = bytearray(data)
        bent[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            run = read_run(bytes(bent), "x")
        except RunFileError as error:
            assert "x" in str(error)
        else:
            assert_same_events(run, whole)
    for bad in (b"", data[:-1], data[: chance.randrange(len(data))], b"WINNOWRUN\x10"):
        with pytest.raises(RunFileError):
            read_run(bad, "x")


@pytest.mark.parametrize("facts", [
    7, {}, {"name": "steps/a", "type": [], "count": 1}, {"name": "steps/a", "type": "uint8", "count": "1"},
    {"name": "steps/a", "type": "uint8", "count": -1}, {"name": "steps/a", "type": "uint8", "count": 2},
])
def test_a_head_that_lists_columns_wrongly_is_refused(facts):
    head = json.dumps({"version": 17, "columns": [facts]})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as entries:
        entries.writestr("head.json", head)
        entries.writestr("steps/a.uint8", b"1")
    with pytest.raises(RunFileError, match="some.winnow"):
        read_run(file.getvalue(), "some.winnow")


def test_runs_too_large_for_the_page_are_neither_written_nor_read(monkeypatch):
    writer, _ = written_run()
    data = writer.to_bytes()
    monkeypatch.setattr("winnow_run.events.LARGEST_EVENT_VALUES", 100)
    for attempt in (writer.to_bytes, lambda: read_run(data, "x")):
        with pytest.raises(RunFileError, match="more than the page can hold"):
            attempt()
    head, columns = unpack(data, "good")
    head["stepCount"] = 1 << 26
    with pytest.raises(RunFileError, match="more than a run file may declare"):
        read_run(pack(head, columns), "x")


def test_a_column_wraps_where_differences_are_too_large():
    values = np.array([2**31 - 1, -(2**31), 0, -1, 2**31 - 1], np.int32)
    columns = Columns()
    columns.put("steps/a", "int32", [values, []])
    _, read = unpack(pack({"version": 17}, columns), "x")
    assert read.take("steps/a", "int32", 5).tolist() == values.tolist()
    read.finish()


def test_a_saved_file_is_whole_or_not_there(tmp_path):
    writer, _ = written_run()
    size = writer.save(tmp_path / "run.winnow")
    assert [file.name for file in tmp_path.iterdir()] == ["run.winnow"]
    assert (tmp_path / "run.winnow").stat().st_size == size
    assert len(read_run_file(tmp_path / "run.winnow").steps) == 3


def rows_by_head(values, head_count: int) -> list[list[float]]:
    rows = values if isinstance(values, list) else list(values.reshape(head_count, -1))
    return [row.tolist() for row in rows]


@pytest.mark.parametrize("name", ["windowed-gkv", "partial"])
def test_windows_and_runs_that_recorded_less_are_read_as_the_page_reads_them(name):
    folder = ROOT / "fixtures" / "runs"
    run, told = read_run_file(folder / f"{name}.winnow"), json.loads((folder / f"{name}.json").read_text())
    count = run.header["model"]["layerCount"] * run.header["model"]["kvHeadCount"]
    assert len(run.events) == len(told["events"]) > 0
    for event, expected in zip(run.events, told["events"]):
        positions, kept = rows_by_head(event.positions, count), rows_by_head(event.kept_slots, count)
        assert [[row[slot] for slot in slots] for row, slots in zip(positions, kept)] == expected["kept"]
        # The page's texts name float32 numbers in full.
        assert rows_by_head(event.total, count) == expected["total"]
        assert event.cut_off.ravel().tolist() == expected["cutOff"]
        if "excusedSlots" in expected:
            assert rows_by_head(event.evidence["excused_slots"], count) == expected["excusedSlots"]
    recorded = [[0] * count if step.attention is None else [len(row) for row in rows_by_head(step.attention, count)] for step in run.steps]
    assert recorded == told["recordedSlots"]


def test_what_python_cannot_use_is_refused_by_name():
    head, columns = unpack(written_run()[0].to_bytes(), "good")
    for column, words in (("events/merges.pairCounts", "merges evicted entries"), ("steps/isSelective", "reads only some of its slots")):
        bent = Columns()
        bent.by_name = dict(columns.by_name)
        bent.put(column, "uint8", [[1]])
        with pytest.raises(RunFileError, match=f"x: this run {words}, which the Python tools do not read"):
            read_run(pack(head, bent), "x")
    for windows in ([3], [0, None], "all"):
        header = head["header"] | {"model": head["header"]["model"] | {"windows": windows}}
        with pytest.raises(RunFileError, match="the windows of 2 layers"):
            read_run(pack(head | {"header": header}, columns), "x")
    bent = Columns()
    bent.by_name = dict(columns.by_name)
    bent.put("events/scoredHeads", "uint8", [[2] * 4 * len(head["events"])])
    with pytest.raises(RunFileError, match="expected 0 and 1"):
        read_run(pack(head, bent), "x")
