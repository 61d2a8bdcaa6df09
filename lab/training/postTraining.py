"""What distillation (distil.py) and reinforcement (reinforce.py) share: a model to begin with, and budgets to draw."""

from dataclasses import dataclass

import torch

import runs
from curriculum import mean
from data import ROOT, Example, ProblemBatches, ProblemBatchOptions
from export import read_model
from hints import HintStyle
from runs import TrainingRun
from visibility import EvictionRule

BUDGET_STEP = 8  # few different shapes: PyTorch prepares each anew
LEAST_SLOTS = 24


@dataclass(frozen=True)
class Options(runs.Options):
    init: str = "public/models/winnow-1m"
    seed: int = 3  # 1 and 2 trained the base models
    minutes: float = 90.0
    rate: float = 8e-4
    decay_share: float = 0.6
    least_budget: float = 0.12  # shares of the family's mean length
    most_budget: float = 0.35
    snapshots: str = "1/32,1/16,1/8,1/4,1/2"  # shares of the run


class PostTraining(TrainingRun):
    options: Options
    log_seconds = 20.0
    warm_up_steps = 20

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.snapshots = tuple(share_of(text) for text in options.snapshots.split(",") if text)
        folder = ROOT / options.init
        self.model, self.start = read_model(folder).to(self.device), read_model(folder).to(self.device)
        self.adam = torch.optim.AdamW(self.model.parameters(), lr=options.rate, betas=(0.9, 0.95), weight_decay=0.0)
        batches = ProblemBatchOptions(
            self.vocabulary, options.generator, HintStyle("none"), options.seed, options.batch_tokens
        )
        self.streams = {family: ProblemBatches(family, "10", batches) for family in options.families}
        self.mean_lengths: dict[str, float] = {}

    def next_examples(self, family: str) -> list[Example]:
        examples = self.streams[family].next_examples()
        if family not in self.mean_lengths:
            texts = [example for batch in self.streams[family].batches for example in batch]
            self.mean_lengths[family] = mean([len(text.tokens) for text in texts])
        return examples

    def draw_rule(self, family: str, mask: str = "true") -> EvictionRule:
        """A budget that is uniform in the range of shares; needs the family's examples to have been drawn."""
        options = self.options
        slots = self.draw.uniform(options.least_budget, options.most_budget) * self.mean_lengths[family]
        return EvictionRule(budget=max(LEAST_SLOTS, round(slots / BUDGET_STEP) * BUDGET_STEP), mask=mask)

    def update(self) -> None:
        """Takes the step that the gradients ask for."""
        rate = self.rate
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.adam.param_groups:
            group["lr"] = rate * self.options.rate
        self.adam.step()
        self.adam.zero_grad()
        self.step += 1

    def log_figures(self, recent: list[dict]) -> dict[str, dict]:
        """The mean of every figure; None where no step had it."""
        names = sorted({name for step in recent for name in step if name != "family"})
        figures = {}
        for family in self.options.families:
            found = {name: [step[name] for step in recent if step["family"] == family and name in step] for name in names}
            figures[family] = {name: round(mean(values), 6) if values else None for name, values in found.items()}
        return figures

    def describe(self, figures: dict) -> str:
        return ", ".join(f"{name} {value:.4g}" for name, value in figures.items() if value is not None) or "–"

    def state(self) -> dict:
        return dict(
            **super().state(), adam=self.adam.state_dict(), meanLengths=self.mean_lengths,
            streams={family: stream.position for family, stream in self.streams.items()},
        )

    def load(self, state: dict) -> None:
        super().load(state)
        self.adam.load_state_dict(state["adam"])
        self.mean_lengths = state["meanLengths"]
        for family, position in state["streams"].items():
            self.streams[family].seek(position)


def share_of(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)
