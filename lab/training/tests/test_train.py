"""A training run on problems drawn here, without starting the generator."""

import json
import random
import sys
from dataclasses import replace

import pytest
import torch

import data
from curriculum import LEAST_SHARE, RECENT_BATCHES, Progress
from data import HINTED_ROWS, IGNORED, Vocabulary, batches_of, collate, hint_rows, read_example
from hints import HintStyle
from runs import train
from train import Options, Run, evaluate

# Stands in for the generator's command line: rules that are copied.
WORDS = "<pad> <bos> <eos> <unk> <think> </think> . : Rules Barn: Den: barn den Start in gain Answer 0 1 2 3 4 5 6".split()
GENERATOR = """
import json, random, sys
if "--vocabulary" in sys.argv:
    print(json.dumps(WORDS))
    sys.exit()
given = dict(zip(sys.argv[1:-1:2], sys.argv[2:-1:2]))
for index in range(int(given["--count"])):
    draw = random.Random(int(given["--seed"]) + index)
    room, amount = draw.choice(["barn", "den"]), draw.randint(1, 6)
    prompt = f"<bos> Rules : {room.capitalize()}: gain {amount} . Start in {room} <think>"
    rule = {"type": "fact", "name": room, "summary": 6, "parts": {"header": 3, "verb": 4, "amount": 5}}
    found = {"type": "read", "position": 11, "role": "amount", "fact": 6, "source": 5, "key": 9}
    trace = f"{amount} . </think> Answer : {amount} . <eos>"
    print(json.dumps(dict(prompt=prompt, trace=trace, answer=str(amount), links=[rule, found])))
"""


@pytest.fixture
def options(tmp_path, monkeypatch) -> Options:
    (tmp_path / "generator.py").write_text(GENERATOR.replace("WORDS", repr(WORDS)))
    monkeypatch.setattr(data, "CACHE", tmp_path / "cache")
    return Options(
        name="test", steps=12, hidden=32, head_size=8, mlp=48, batch_tokens=256, levels="0,10", evaluate=0, device="cpu",
        generator=f"{sys.executable} {tmp_path / 'generator.py'}",
    )


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(options, tmp_path):
    whole = Run(options)
    train(whole, tmp_path / "whole")
    half = Run(options)
    for _ in range(5):
        half.advance()
    half.save(tmp_path / "half.pt")
    stored = torch.load(tmp_path / "half.pt", weights_only=False)
    resumed = Run(options)
    resumed.load(stored)
    train(resumed, tmp_path / "resumed", is_resumed=True)
    assert resumed.step == whole.step == 12
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, resumed.model.state_dict()[name]), name


def test_another_seed_trains_on_other_problems(options):
    one, other = Run(options), Run(replace(options, seed=2))
    assert not torch.equal(one.streams["walk", 0].next().tokens, other.streams["walk", 0].next().tokens)


def test_the_log_has_the_last_step_and_the_picture_is_drawn(options, tmp_path):
    train(Run(options), tmp_path / "run")
    last = json.loads((tmp_path / "run" / "log.jsonl").read_text().splitlines()[-1])
    assert last["step"] == 12 and last["walk"]["loss"] > 0
    assert (tmp_path / "run" / "curves.svg").read_text().startswith("<svg")


def test_a_short_run_learns_to_copy_and_the_evaluation_sees_it(options):
    run = Run(replace(options, steps=150, muon_rate=0.02, adam_rate=1e-2))
    train(run, data.CACHE / "run")
    result = evaluate(run, 20)["walk"]
    assert result["count"] == 20 and result["exact"] == result["right"] >= 18


def example_of_length(vocabulary: Vocabulary, count: int):
    prompt = "<bos> " + "Rules " * count + "<think>"
    return read_example(dict(prompt=prompt, trace="1 . <eos>", answer="1", links=[]), vocabulary, HintStyle("none"))


def test_batches_hold_neighbours_in_length_within_the_token_limit():
    vocabulary = Vocabulary(WORDS)
    examples = [example_of_length(vocabulary, count) for count in range(5, 45)]
    batches = batches_of(examples, 200, random.Random(1))
    assert sorted(len(example.tokens) for batch in batches for example in batch) == list(range(10, 50))
    for batch in batches:
        lengths = [len(example.tokens) for example in batch]
        assert len(batch) == 1 or len(batch) * max(lengths) <= 200
        assert max(lengths) - min(lengths) < len(batch)


def test_only_the_trace_is_a_target():
    vocabulary = Vocabulary(WORDS)
    batch = collate([example_of_length(vocabulary, 2), example_of_length(vocabulary, 4)])
    written = [[vocabulary.words[token] for token in row if token != IGNORED] for row in batch.targets.tolist()]
    assert written == [["1", ".", "<eos>"]] * 2
    assert batch.targets[0].tolist()[:3] == [IGNORED] * 3 and batch.tokens[0, -1] == 0


def test_a_family_rises_when_its_recent_batches_are_right_and_hints_fade_later():
    progress = Progress(["0", "5", "10"])
    rises = [progress.note(0, 1.0, 1.0, 1.0) for _ in range(RECENT_BATCHES)]
    assert rises == [False] * (RECENT_BATCHES - 1) + [True]
    assert progress.level == 1 and progress.hint_weight == 0.2
    for _ in range(RECENT_BATCHES + 1):
        progress.note(1, 0.9, 1.0, 0.0)
    assert progress.level == 1 and progress.hint_weight < 0.2
    for _ in range(1000):
        progress.note(1, 0.9, 0.5, 0.0)
    assert progress.hint_weight == 0.0


def test_a_word_that_the_tokenizer_lacks_is_named():
    vocabulary = Vocabulary(WORDS)
    with pytest.raises(ValueError, match="xylophone"):
        vocabulary.encode(["barn", "xylophone"])


def test_hints_are_asked_of_some_rows_only_and_of_none_where_a_text_has_none():
    pairs = torch.tensor([(row, row - 1) for row in range(1, 200)], dtype=torch.int16)
    rows, columns = hint_rows([pairs, None])
    assert rows.shape == columns.shape == (2, HINTED_ROWS)
    assert torch.equal(columns[0], rows[0] - 1) and len(set(rows[0].tolist())) == HINTED_ROWS
    assert (columns[1] == IGNORED).all()


def test_a_family_that_errs_gets_more_batches_than_one_that_does_not():
    right, wrong = Progress(["0"]), Progress(["0"])
    for _ in range(RECENT_BATCHES):
        right.note(0, 1.0, 1.0, 1.0)
        wrong.note(0, 0.9, 1.0, 0.2)
    assert right.share == LEAST_SHARE and wrong.share == pytest.approx(0.8)
    assert Progress(["0", "10"]).share == 1.0
