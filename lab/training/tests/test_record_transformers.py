"""The example loop on tiny checkpoints: the terms by their definition, and the recorded fixtures again, number by number."""

from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("transformers")

from eviction import QueryRows, choose, g_kv, redundancy, snap_kv  # noqa: E402
from evicting_cache import Recipe  # noqa: E402
from model_facts import load, prompt_of, prompt_of_tokens, token_texts  # noqa: E402
from record_transformers import main  # noqa: E402
from recording import record  # noqa: E402
from winnow_run import RunFileError, read_run, read_run_file  # noqa: E402

FIXTURES = Path(__file__).parents[3] / "fixtures"


@pytest.mark.parametrize("file, checkpoint", [
    ("llama-grouped-gkv.winnow", "llama-grouped"), ("qwen3-sharded-snapkv.winnow", "qwen3-sharded"),
])
def test_the_committed_run_is_what_the_loop_records(file, checkpoint):
    committed = read_run_file(FIXTURES / "runs" / file)
    model, tokenizer = load(str(FIXTURES / "checkpoints" / checkpoint), "cpu", "float32")
    parameters, policy = committed.parameters, committed.header["policyId"]
    recipe = Recipe(
        policy, parameters["budgetSlots"], parameters["windowSlots"], parameters["intervalSteps"],
        max_new_tokens=committed.header["maxNewTokens"], has_attention=True,
    )
    writer = record(model, tokenizer, prompt_of(tokenizer, committed.header["promptText"], None), recipe)
    run = read_run(writer.to_bytes(), "again")
    assert run.header["model"] == committed.header["model"] and run.header["model"]["label"] == checkpoint
    assert run.parameters == committed.parameters and run.end == committed.end
    assert [step.token for step in run.steps] == [step.token for step in committed.steps]
    for step, other in zip(run.steps, committed.steps):
        assert np.abs(step.attention - other.attention).max() < 1 / 255
    for event, other in zip(run.events, committed.events, strict=True):
        assert np.array_equal(event.kept_slots, other.kept_slots) and np.array_equal(event.positions, other.positions)
        assert np.abs(event.total - other.total).max() < 1e-4


def test_the_command_writes_a_file_and_names_what_it_cannot_do(tmp_path, capsys):
    checkpoint, out = str(FIXTURES / "checkpoints" / "qwen2"), tmp_path / "run.winnow"
    common = [checkpoint, "--prompt-tokens", "1,2,3,4,5", "--dtype", "float32", "--out", str(out), "--max-new-tokens", "20"]
    assert main([*common, "--budget", "8", "--window", "4", "--interval", "2"]) == 0
    run = read_run_file(out)
    assert len(run.steps) <= 20 and run.header["backend"]["weightType"] == "f32"
    # Prompt of 5: the first event that finds more than 8 slots falls on step 4; no length goes beyond budget and interval.
    assert run.events[0].entry["step"] == 4 and run.events[0].entry["event"] == 2
    assert max(max(step.lengths) for step in run.steps) <= 8 + 2
    assert main([*common, "--budget", "4", "--window", "4"]) == 1
    assert "expected 0 < window < budget" in capsys.readouterr().err
    assert main(["no/such/folder", *common[1:]]) == 1


@pytest.mark.parametrize("name, complaint", [
    ("none.gguf", "on the hub it is OWNER/NAME/none.gguf"), ("m-00001-of-00002.gguf", "a part of a split model"),
])
def test_a_gguf_file_that_cannot_be_read_is_named(name, complaint, tmp_path, capsys):
    assert main([name, "--prompt-tokens", "1,2", "--out", str(tmp_path / "run.winnow")]) == 1
    assert complaint in capsys.readouterr().err


def test_a_model_with_other_layers_than_full_attention_is_refused():
    model, tokenizer = load(str(FIXTURES / "checkpoints" / "qwen2"), "cpu", "float32")
    prompt = prompt_of_tokens(None, [1, 2, 3], None)
    assert prompt.texts == ["⟨1⟩", "⟨2⟩", "⟨3⟩"]
    model.config.layer_types = ["sliding_attention", "full_attention"]
    with pytest.raises(RunFileError, match="sliding_attention, expected full attention"):
        record(model, tokenizer, prompt, Recipe(budget=8, window=4))
    with pytest.raises(RunFileError, match="has no tokenizer"):
        prompt_of(None, "text", None)


def test_texts_of_tokens_join_to_the_text():
    _, tokenizer = load(str(FIXTURES / "checkpoints" / "qwen3-sharded"), "cpu", "float32")
    text = "the cat sat on a mat"
    assert "".join(token_texts(tokenizer, tokenizer(text)["input_ids"])) == text


def test_rows_of_a_shrunken_cache_are_a_softmax_over_what_is_left():
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(4, 3, 6, generator=generator)  # [query head, query, slot], two KV heads
    logits = logits.masked_fill(torch.ones(3, 6).triu(4).bool(), -torch.inf)
    rows = QueryRows(3)
    rows.add(logits.softmax(dim=2))
    slots = torch.tensor([[0, 3, 4, 5], [1, 2, 3, 5]])
    rows.keep(slots)
    left = logits.gather(2, slots.repeat_interleave(2, 0)[:, None].expand(-1, 3, -1)).softmax(dim=2)
    expected = left.reshape(2, 2, 3, 4).amax(dim=1).mean(dim=1)[:, :1]
    assert torch.allclose(rows.window_attention(2), expected, atol=1e-6)
    # The newest query sees all, those before it nothing of what came later.
    rows.add(torch.full((4, 1, 5), 0.2))
    assert rows.window_attention(2).shape == (2, 2)
    assert torch.allclose(rows.newest(2), torch.full((2, 5), 0.2))


def test_redundancy_is_its_definition():
    keys = torch.randn(2, 9, 4, generator=torch.Generator().manual_seed(2)).double().float()
    keys[0, 7] = keys[0, 2] * 1.1
    unit = keys / keys.norm(dim=2, keepdim=True)
    for head in range(2):
        sums = torch.zeros(9)
        for column in range(9):
            cosines = [0.0 if row == column else float(unit[head, row] @ unit[head, column]) for row in range(9)]
            twins = [row for row in range(9) if cosines[row] > 0.5]
            for row in range(9):
                sums[row] += 0 if twins and row == twins[-1] else cosines[row]
        assert torch.allclose(redundancy(keys)[head], (sums / 9).softmax(dim=0), atol=1e-5)


def test_the_window_stays_and_the_lower_slot_wins_a_tie():
    total = torch.tensor([[1.0, 3.0, 1.0, 2.0], [0.0, 0.0, 0.0, 0.0]])
    assert choose(total, 5, 2).tolist() == [[0, 1, 3, 4, 5], [0, 1, 2, 4, 5]]


def test_a_past_maximum_outlives_what_the_window_no_longer_looks_at():
    attention, keys = torch.tensor([[0.5, 0.1, 0.2]]), torch.eye(5)[None]
    scores = g_kv(attention, keys, torch.tensor([[0.1, 1.0]]), alpha=0.8, weight=0.5)
    assert torch.allclose(scores.parts["global"], torch.tensor([[1.0, 0.8, 0.4]]))
    assert scores.parts["history"].isnan().tolist() == [[False, False, True]]
    assert torch.allclose(scores.total, torch.tensor([[0.0, -0.1, -0.3]]))
    assert snap_kv(attention, 3).total.tolist() == [[0.5, 0.5, torch.tensor(0.2).item()]]
