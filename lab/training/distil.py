"""Teaches a model to live with a small cache: distillation under eviction (docs/methods.md, section 9).

    python lab/training/distil.py --name winnow-1m-distilled                      90 minutes on two cores
    python lab/training/distil.py --name smoke --families walk --minutes 2
    python lab/training/distil.py --name winnow-1m-distilled --resume             goes on where the last checkpoint was written

The student reads solved problems as it would see them while decoding under G-KV, at a budget drawn for each batch
(visibility.py); the teacher is the model as it was at the start, with the full cache. The loss is KL(teacher ‖ student) over the
words of the reasoning and the answer. Writes lab/training/out/NAME/: checkpoint.pt, log.jsonl, curves.svg, the model in Hugging
Face layout in NAME/model, and snapshots from along the way in NAME/snapshots/STEP.
"""

import argparse
from dataclasses import dataclass

import torch
from torch import Tensor

import postTraining
from data import Example
from postTraining import PostTraining
from runs import run_command
from visibility import MASKS, Prompted, evicted_states, prompted


@dataclass(frozen=True)
class Options(postTraining.Options):
    full_share: float = 0.25  # of the batches, which see the full cache
    mask: str = "true"
    temperature: float = 1.0


class Distillation(PostTraining):
    options: Options

    def advance(self) -> dict:
        options = self.options
        family = self.draw.choice(options.families)
        examples = self.next_examples(family)
        rule = None if self.draw.random() < options.full_share else self.draw_rule(family, options.mask)
        batch, in_trace, targets = batch_of(examples, self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            logits = self.model.logits(evicted_states(self.model, batch, rule)[0][in_trace]).float()
            with torch.no_grad():
                wanted = self.start.logits(evicted_states(self.start, batch, None)[0][in_trace]).float()
        loss = divergence(wanted, logits, options.temperature)
        loss.backward()
        self.update()
        self.tokens += batch.tokens.numel()
        if rule is None:
            return dict(family=family, fullDivergence=loss.item())
        right = (logits.argmax(dim=-1) == targets).float().mean().item()
        return dict(family=family, divergence=loss.item(), tokensRight=right)


def batch_of(examples: list[Example], device: torch.device) -> tuple[Prompted, Tensor, Tensor]:
    """The texts, which columns precede a word of a trace [batch][column], and these words in the same order."""
    batch = prompted([example.tokens for example in examples], [example.prompt_count for example in examples], multiple=32)
    columns = torch.arange(batch.tokens.shape[1])
    ends = batch.paddings + torch.tensor([len(example.tokens) for example in examples])
    in_trace = (columns >= batch.prompt_columns - 1) & (columns < ends[:, None] - 1)
    targets = batch.tokens.roll(-1, dims=1)[in_trace]
    return batch.to(device), in_trace.to(device), targets.to(device)


def divergence(wanted: Tensor, found: Tensor, temperature: float) -> Tensor:
    """T² · mean over words of KL(softmax(wanted / T) ‖ softmax(found / T)), in nats. Both [word][token]"""
    teacher = (wanted / temperature).log_softmax(dim=-1)
    student = (found / temperature).log_softmax(dim=-1)
    return temperature**2 * (teacher.exp() * (teacher - student)).sum(dim=-1).mean()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Distils a model under eviction.")
    run_command(Distillation, Options, parser, choices=dict(mask=MASKS))
