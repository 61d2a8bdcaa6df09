"""Rewards a model for right answers under a small cache: RL-Sparse (docs/methods.md, section 9), group-relative and on-policy.

    python lab/training/reinforce.py --name winnow-1m-rl --init lab/training/out/winnow-1m-distilled/model --steps 400
    python lab/training/reinforce.py --name winnow-1m-rl --resume

A step draws a family, a budget and some problems, and decodes each several times under eviction (sampling.py). A text's reward is
1 for the right answer, and a share more for as much of the trace as is right before the first wrong word. Its advantage is
(reward − mean of its group) / deviation of the group. The update reads these very texts with the sets that were kept while they
were written, in every layer and head its own, and stays near the start by β · KL. Writes what distil.py writes.
"""

import argparse
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

import postTraining
from data import Example
from decode import answer_of
from postTraining import PostTraining
from runs import run_command
from sampling import sample
from visibility import evicted_states


@dataclass(frozen=True)
class Options(postTraining.Options):
    minutes: float = 240.0
    rate: float = 2e-4
    problems: int = 8  # of a step
    samples: int = 8  # of a problem
    temperature: float = 1.0
    trace_reward: float = 0.5  # for a trace that is right to the end
    start_weight: float = 0.01  # β
    least_budget: float = 0.13
    most_budget: float = 0.25
    pass_texts: int = 16  # that one forward and backward pass reads


class Reinforcement(PostTraining):
    options: Options

    def advance(self) -> dict:
        options = self.options
        family = self.draw.choice(options.families)
        problems = self._next_problems(family)
        rule = self.draw_rule(family)
        prompts = [problem.tokens[: problem.prompt_count] for problem in problems for _ in range(options.samples)]
        longest = max(len(problem.tokens) - problem.prompt_count for problem in problems) + rule.interval
        batch, kept, texts = sample(self.model, prompts, rule, options.temperature, longest)
        wanted = [problem for problem in problems for _ in range(options.samples)]
        rewards, right = self._rewards(texts, wanted)
        gains = advantages(rewards, options.samples)
        figures = dict(family=family, reward=rewards.mean().item(), right=right.mean().item())
        figures["groupsApart"] = (gains.view(-1, options.samples).abs().amax(dim=1) > 0).float().mean().item()
        figures["startDivergence"] = self._learn(batch, kept, texts, gains, rule)
        self.update()
        self.tokens += batch.tokens.numel()
        return figures

    def _next_problems(self, family: str) -> list[Example]:
        problems: list[Example] = []
        while len(problems) < self.options.problems:
            problems += self.next_examples(family)
        return problems[: self.options.problems]

    def _rewards(self, texts: list[list[int]], wanted: list[Example]) -> tuple[Tensor, Tensor]:
        words = self.vocabulary.words
        rewards, right = [], []
        for text, problem in zip(texts, wanted):
            reference = problem.tokens[problem.prompt_count :]
            answer = answer_of([words[token] for token in reference])
            is_right = answer_of([words[token] for token in text]) == answer
            agreed = next((at for at, pair in enumerate(zip(text, reference)) if pair[0] != pair[1]), len(text))
            right.append(float(is_right))
            rewards.append(is_right + self.options.trace_reward * min(1.0, agreed / len(reference)))
        return torch.tensor(rewards, device=self.device), torch.tensor(right)

    def _learn(self, batch, kept, texts: list[list[int]], gains: Tensor, rule) -> float:
        """Adds up the gradients of all texts, some at a time; returns the mean divergence from the start."""
        options = self.options
        first = batch.prompt_columns - 1
        lengths = torch.tensor([len(text) for text in texts], device=self.device)
        word_count = int(lengths.sum())
        divergence_sum = 0.0
        for begin in range(0, len(texts), options.pass_texts):
            rows = slice(begin, begin + options.pass_texts)
            part = batch.rows(rows)
            part_kept = [[held[rows] for held in events] for events in kept]
            columns = torch.arange(part.tokens.shape[1], device=self.device)
            is_word = (columns >= first) & (columns < first + lengths[rows, None])
            with torch.autocast(self.device.type, torch.bfloat16):
                logits = self.model.logits(evicted_states(self.model, part, rule, part_kept)[0][is_word]).float()
                with torch.no_grad():
                    before = self.start.logits(evicted_states(self.start, part, rule, part_kept)[0][is_word]).float()
            targets = part.tokens.roll(-1, dims=1)[is_word]
            shares = (logits / options.temperature).log_softmax(dim=-1)
            chosen = shares.gather(1, targets.unsqueeze(1)).squeeze(1)
            gain_of_word = gains[rows].repeat_interleave(lengths[rows])
            from_start = F.kl_div(before.log_softmax(dim=-1), logits.log_softmax(dim=-1), log_target=True, reduction="none")
            divergence = from_start.sum(dim=-1)  # KL(now ‖ start)
            loss = (options.start_weight * divergence - gain_of_word * chosen).sum() / word_count
            loss.backward()
            divergence_sum += divergence.detach().sum().item()
        return divergence_sum / word_count


def advantages(rewards: Tensor, group: int) -> Tensor:
    """(reward − mean) / (deviation + 1e-8) within each group of so many neighbours; 0 where all got the same."""
    groups = rewards.view(-1, group)
    centred = groups - groups.mean(dim=1, keepdim=True)
    return (centred / (groups.std(dim=1, keepdim=True) + 1e-8)).flatten()


if __name__ == "__main__":
    run_command(Reinforcement, Options, argparse.ArgumentParser(description="Reinforces right answers under eviction."))
