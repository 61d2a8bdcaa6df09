"""Distillation and reinforcement on problems drawn here, without starting the generator; sampling against a pass over the text."""

import json
from dataclasses import replace

import pytest
import torch

import distil
import reinforce
from distil import Distillation, batch_of, divergence
from export import export_model
from model import Architecture, Llama
from postTraining import share_of
from reinforce import Reinforcement, advantages
from runs import train
from sampling import sample
from test_train import WORDS, options as problem_options  # noqa: F401, the toy generator's fixture
from visibility import EvictionRule, evicted_states

SMALL = Architecture(vocabulary=len(WORDS), hidden=32, head_size=8, mlp=48, positions=256)


@pytest.fixture
def base(problem_options, tmp_path) -> dict:
    """Options that both kinds of run share: a model drawn at random, and the toy problems."""
    torch.manual_seed(1)
    export_model(Llama(SMALL), WORDS, tmp_path / "base")
    return dict(
        name="test", init=str(tmp_path / "base"), families=("walk",), steps=8, batch_tokens=256, device="cpu", snapshots="1/2",
        generator=problem_options.generator, rate=3e-3,
    )


@torch.no_grad()
@pytest.mark.parametrize("temperature", [0, 1])
def test_a_sampled_text_is_a_pass_over_it(temperature):
    torch.manual_seed(2)
    model = Llama(Architecture(vocabulary=40, hidden=36, heads=6, kv_heads=2, head_size=8, mlp=48, positions=256))
    rule = EvictionRule(budget=20, window=4, interval=6)
    prompts = [torch.randint(3, 40, (count,)).tolist() for count in (30, 15, 22)]
    batch, kept, texts = sample(model, prompts, rule, temperature, most_tokens=25)
    states, expected = evicted_states(model, batch, rule)
    assert len(kept[0]) == 5 and kept[0][-1].shape[2] == 20
    for found, wanted in zip(kept, expected):
        assert all(torch.equal(one, other) for one, other in zip(found, wanted))
    if temperature == 0:
        chosen = model.logits(states).argmax(dim=-1)
        for row, (prompt, text) in enumerate(zip(prompts, texts)):
            assert chosen[row, 29 : 29 + len(text)].tolist() == text, prompt


def test_distillation_lowers_the_divergence_and_a_resumed_run_ends_the_same(base, tmp_path):
    options = distil.Options(**base)
    whole = Distillation(options)
    train(whole, tmp_path / "whole", is_resumed=False)
    entry = json.loads((tmp_path / "whole" / "log.jsonl").read_text().splitlines()[-1])
    assert entry["step"] == 8 and (tmp_path / "whole" / "curves.svg").read_text().startswith("<svg")
    assert [path.name for path in (tmp_path / "whole" / "snapshots").iterdir()] == ["4"]
    half = Distillation(options)
    for _ in range(3):
        half.advance()
    half.save(tmp_path / "half.pt")
    resumed = Distillation(options)
    resumed.load(torch.load(tmp_path / "half.pt", weights_only=False))
    train(resumed, tmp_path / "resumed", is_resumed=True)
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, resumed.model.state_dict()[name]), name


def test_words_of_the_trace_are_what_the_loss_reads(base):
    run = Distillation(distil.Options(**base))
    examples = run.next_examples("walk")
    batch, in_trace, targets = batch_of(examples, run.device)
    traces = [example.tokens[example.prompt_count :] for example in examples]
    assert targets.tolist() == [token for trace in traces for token in trace]
    assert int(in_trace.sum()) == len(targets) and batch.tokens.shape[1] - batch.prompt_columns == 32


def test_divergence_is_that_of_softened_shares():
    wanted, found = torch.tensor([[2.0, 0.0, 1.0]]), torch.tensor([[0.0, 1.0, 1.0]])
    teacher, student = (wanted / 2).softmax(dim=1), (found / 2).softmax(dim=1)
    expected = 4 * (teacher * (teacher / student).log()).sum()
    torch.testing.assert_close(divergence(wanted, found, 2.0), expected)
    assert divergence(wanted, wanted, 1.0).item() == 0


def test_advantages_are_relative_to_the_group():
    found = advantages(torch.tensor([0.0, 1.0, 0.0, 1.0, 0.5, 0.5, 0.5, 0.5]), 4)
    deviation = torch.tensor([0.0, 1.0, 0.0, 1.0]).std()
    torch.testing.assert_close(found[:4], torch.tensor([-0.5, 0.5, -0.5, 0.5]) / deviation)
    assert found[4:].tolist() == [0, 0, 0, 0]


def test_rewards_count_the_answer_and_the_trace_until_its_first_wrong_word(base):
    run = Reinforcement(reinforce.Options(**base, problems=1, samples=2))
    problem = run.next_examples("walk")[0]
    reference = problem.tokens[problem.prompt_count :]
    wrong = [*reference[:2], (reference[2] + 1) % 20, *reference[3:]]
    rewards, right = run._rewards([reference, wrong], [problem, problem])
    assert right.tolist()[0] == 1 and rewards[0].item() == 1.5
    assert rewards[1].item() == pytest.approx(right[1].item() + 0.5 * 2 / len(reference))


def test_every_figure_of_a_run_has_its_curve(base, tmp_path):
    distilled = Distillation(distil.Options(**base))
    reinforced = Reinforcement(reinforce.Options(**{**base, "steps": 2}, problems=1, samples=2))
    for run, folder in ((distilled, tmp_path / "distilled"), (reinforced, tmp_path / "reinforced")):
        train(run, folder)
        figures = {name for line in (folder / "log.jsonl").read_text().splitlines() for name in json.loads(line)["walk"]}
        assert len(figures) >= 3 and (folder / "curves.svg").read_text().count("<polyline") == len(figures)


def test_a_text_with_an_advantage_becomes_likelier_and_one_without_less(base):
    run = Reinforcement(reinforce.Options(**base, problems=1, samples=2, pass_texts=1))
    problem = run.next_examples("walk")[0]
    prompt, rule = problem.tokens[: problem.prompt_count], EvictionRule(budget=24)
    batch, kept, texts = sample(run.model, [prompt, prompt], rule, 1.0, most_tokens=9)

    @torch.no_grad()
    def chances() -> torch.Tensor:
        shares = run.model.logits(evicted_states(run.model, batch, rule)[0]).log_softmax(dim=-1)
        chosen = shares[:, :-1].gather(2, batch.tokens[:, 1:, None]).squeeze(2)[:, len(prompt) - 1 :]
        return torch.stack([row[: len(text)].sum() for row, text in zip(chosen, texts)])

    assert texts[0] != texts[1]
    before = chances()
    run._learn(batch, kept, texts, torch.tensor([1.0, -1.0]), rule)
    run.update()
    change = chances() - before
    assert change[0] - change[1] > 0.01


def test_shares_are_read_as_fractions():
    assert share_of("1/32") == 1 / 32 and share_of("0.5") == 0.5
