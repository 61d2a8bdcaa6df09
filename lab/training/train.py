"""Trains a checkpoint on the problem families, from scratch.

    python lab/training/train.py --name winnow-1m                          all families, 40 minutes on two cores
    python lab/training/train.py --name smoke --families walk --minutes 2
    python lab/training/train.py --name winnow-1m --resume                 goes on where the last checkpoint was written

Writes lab/training/out/NAME/: checkpoint.pt, log.jsonl, curves.svg and, at the end, the model in Hugging Face layout in
lab/training/out/NAME/model, with its greedy accuracy on problems that no run trains on. Nothing but the log's clock differs
between two runs of --steps N with the same seed.
"""

import argparse
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

import fromScratch
from curriculum import Progress, mean
from data import IGNORED, Batch, ProblemBatches, ProblemBatchOptions, problem_records, read_example
from decode import score
from fromScratch import ScratchRun
from hints import STYLES, HintStyle
from model import order_numbers
from runs import run_command

# Stops of the generator's dial of difficulty, 0 to 10.
LEVELS = ("0-1", "2-3", "4-6", "7-8", "9", "10")
EVALUATION_SEED = 500_000


@dataclass(frozen=True)
class Options(fromScratch.Options):
    style: str = "summary"
    levels: str = ",".join(LEVELS)
    ordered_numbers: int = 1  # 0: their embeddings start at random, like all others


class Run(ScratchRun):
    options: Options

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        if options.ordered_numbers:
            order_numbers(self.model.embed_tokens, self.vocabulary.words)
        levels = options.levels.split(",")
        self.progress = {family: Progress(levels) for family in options.families}
        style = HintStyle(options.style, options.heads)
        batches = ProblemBatchOptions(self.vocabulary, options.generator, style, options.seed, options.batch_tokens)
        self.streams = {
            (family, level): ProblemBatches(family, difficulty, batches)
            for family in options.families
            for level, difficulty in enumerate(levels)
        }

    def advance(self) -> dict:
        shares = [self.progress[family].share for family in self.options.families]
        (family,) = self.draw.choices(self.options.families, shares)
        progress = self.progress[family]
        level = progress.pick_level(self.draw)
        batch = self.streams[family, level].next().to(self.device)
        weight = progress.hint_weight if self.options.style != "none" else 0.0
        loss, hint_loss, logits = self._losses(batch, weight > 0)
        (loss + weight * hint_loss).backward()
        self.update()
        has_risen = progress.note(level, *shares_right(logits, batch))
        self.step += 1
        self.tokens += batch.tokens.numel()
        return dict(family=family, level=level, loss=loss.item(), hintLoss=hint_loss.item(), rose=has_risen)

    def _losses(self, batch: Batch, is_hinted: bool) -> tuple[Tensor, Tensor, Tensor]:
        hints = batch.hints if is_hinted else {}
        wanted = {head: rows for head, (rows, _) in hints.items()}
        with torch.autocast(self.device.type, torch.bfloat16):
            states, _, attention = self.model.states(batch.tokens, wanted)
            in_trace = batch.targets != IGNORED
            logits = self.model.logits(states[in_trace]).float()
        loss = F.cross_entropy(logits, batch.targets[in_trace])
        # The sum over heads of each head's mean over its hinted rows.
        hint_losses = [
            F.cross_entropy(attention[head].flatten(0, 1), columns.flatten(), ignore_index=IGNORED)
            for head, (_, columns) in hints.items()
        ]
        return loss, sum(hint_losses, loss.new_zeros(())), logits.detach()

    def log_figures(self, recent: list[dict]) -> dict[str, dict]:
        figures = {}
        for family, progress in self.progress.items():
            of_family = [each for each in recent if each["family"] == family]
            losses = [each["loss"] for each in of_family]
            figures[family] = dict(
                level=progress.level,
                loss=round(mean(losses), 5) if losses else None,
                tokensRight=round(mean(progress.tokens_right), 5),
                lookUpsRight=round(mean(progress.look_ups_right), 5),
                exact=round(mean(progress.exact), 4),
                hintWeight=round(progress.hint_weight, 4),
                hintLoss=round(mean([each["hintLoss"] for each in of_family]), 4),
            )
        return figures

    def describe(self, figures: dict) -> str:
        return (
            f"level {figures['level']} words {figures['tokensRight']:.3f} look-ups {figures['lookUpsRight']:.3f} "
            f"exact {figures['exact']:.2f} hints {figures['hintWeight']:.3f}"
        )

    def state(self) -> dict:
        return dict(
            **super().state(),
            progress={family: progress.state() for family, progress in self.progress.items()},
            streams={key: stream.position for key, stream in self.streams.items()},
        )

    def load(self, state: dict) -> None:
        super().load(state)
        for family, progress in state["progress"].items():
            self.progress[family].load(progress)
        for key, position in state["streams"].items():
            self.streams[key].seek(position)


def shares_right(logits: Tensor, batch: Batch) -> tuple[float, float, float]:
    """Shares right of trace tokens, of looked-up tokens and of whole traces; teacher-forced."""
    in_trace = batch.targets != IGNORED
    hit = torch.ones_like(in_trace)
    hit[in_trace] = logits.argmax(dim=-1) == batch.targets[in_trace]
    looked_up = hit[batch.is_look_up].float()
    return hit[in_trace].float().mean().item(), looked_up.mean().item(), hit.all(dim=1).float().mean().item()


def evaluate(run: Run, count: int) -> dict[str, dict]:
    """Of so many problems a family, none for 0: greedy decoding in float32 at the top level, weights rounded to float16 as they are exported."""
    model = run.rounded_model()
    results = {}
    for family in run.options.families if count else ():
        difficulty = run.progress[family].difficulties[-1]
        records = problem_records(run.options.generator, family, difficulty, EVALUATION_SEED, count)
        examples = [read_example(record, run.vocabulary, HintStyle("none")) for record in records]
        results[family] = score(model, examples, run.vocabulary.words)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a checkpoint on the problem families.")
    parser.add_argument("--hints", dest="style", choices=STYLES, default=None)
    words = "hint to each fact's own word, not to one position"
    parser.add_argument("--no-position-hints", dest="style", action="store_const", const="token", help=words)
    run_command(Run, Options, parser, own=("style",), report=lambda run: dict(greedy=evaluate(run, run.options.evaluate)))


if __name__ == "__main__":
    main()
