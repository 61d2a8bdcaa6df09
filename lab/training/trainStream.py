"""Trains a checkpoint on frame streams, from scratch (docs/stream.md).

    python lab/training/trainStream.py --name winnow-stream-1m                95 minutes
    python lab/training/trainStream.py --name smoke-stream --minutes 2 --evaluate 20
    python lab/training/trainStream.py --name winnow-stream-1m --resume

Writes lab/training/out/NAME/ as train.py does: checkpoint.pt, log.jsonl, curves.svg and the model in Hugging Face layout, with its
answers on streams that no run trains on, by type of question.
"""

import argparse
from collections import Counter
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

import fromScratch
from curriculum import Progress, mean
from data import IGNORED
from fromScratch import ScratchRun
from runs import run_command
from streamData import GENERATOR, BatchOptions, StreamBatch, StreamBatches, collate_streams, read_stream, stream_records
from streamPass import hint_loss, question_states

FAMILY = "stream"
# Frames of each level, its televisions, and questions to a stream. A question may come in the middle, so all lengths occur.
LEVELS = (("4", 6), ("6", 10), ("10", 14), ("18", 14), ("32", 16))
TELEVISIONS = "2-4"
MASTERY, HINT_DECAY = 0.94, 0.98
EVALUATION_SEED = 500_000


@dataclass(frozen=True)
class Options(fromScratch.Options):
    families: tuple[str, ...] = (FAMILY,)
    minutes: float = 95.0
    generator: str = GENERATOR
    batch_tokens: int = 3200
    mlp: int = 256
    hints: int = 1


class Run(ScratchRun):
    options: Options

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        name_patches(self.model.embed_tokens, self.vocabulary.ids)
        self.progress = Progress([frames for frames, _ in LEVELS], mastery=MASTERY, hint_decay=HINT_DECAY)
        batches = BatchOptions(self.vocabulary, options.generator, options.seed, options.batch_tokens, bool(options.hints))
        self.streams = [
            StreamBatches(f"frames={frames},televisions={TELEVISIONS}", questions, batches) for frames, questions in LEVELS
        ]

    def advance(self) -> dict:
        level = self.progress.pick_level(self.draw)
        batch = self.streams[level].next().to(self.device)
        weight = self.progress.hint_weight if self.options.hints else 0.0
        loss, hints, right = self._losses(batch, weight > 0)
        (loss + weight * hints).backward()
        self.update()
        words = right[batch.targets != IGNORED].float().mean().item()
        first = first_words(batch.targets)
        asked = (batch.targets != IGNORED).any(dim=-1)
        exact = right.all(dim=-1)[asked]
        has_risen = self.progress.note(level, words, right[first].float().mean().item(), exact.float().mean().item())
        self.step += 1
        self.tokens += batch.frames.numel() + batch.questions.numel()
        types = by_type(batch, right) if level == len(LEVELS) - 1 else {}
        return dict(family=FAMILY, level=level, loss=loss.item(), hintLoss=hints.item(), rose=has_risen, types=types)

    def _losses(self, batch: StreamBatch, is_hinted: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Loss on answers, loss of the hints, and which tokens of the questions are right or need not be [stream][question][token]."""
        frame_hints, question_hints = (batch.frame_hints, batch.question_hints) if is_hinted else ({}, {})
        asked = batch.targets != IGNORED
        with torch.autocast(self.device.type, torch.bfloat16):
            states, of_frames, of_questions = question_states(self.model, batch, frame_hints, question_hints)
            logits = self.model.logits(states[asked.flatten(1)]).float()
        loss = F.cross_entropy(logits, batch.targets[asked])
        hints = hint_loss(of_frames, frame_hints) + hint_loss(of_questions, question_hints)
        right = torch.ones_like(asked)
        right[asked] = logits.argmax(dim=-1) == batch.targets[asked]
        return loss, hints, right

    def log_figures(self, recent: list[dict]) -> dict[str, dict]:
        progress = self.progress
        types: Counter = sum((each["types"] for each in recent if each["types"]), Counter())
        kinds = sorted({kind for kind, _ in types})
        return {FAMILY: dict(
            level=progress.level,
            loss=round(mean([each["loss"] for each in recent]), 5) if recent else None,
            tokensRight=round(mean(progress.tokens_right), 5),
            lookUpsRight=round(mean(progress.look_ups_right), 5),
            exact=round(mean(progress.exact), 4),
            hintWeight=round(progress.hint_weight, 4),
            hintLoss=round(mean([each["hintLoss"] for each in recent]), 4),
            types={kind: round(types[kind, True] / (types[kind, True] + types[kind, False]), 3) for kind in kinds},
        )}

    def describe(self, figures: dict) -> str:
        types = " ".join(f"{kind} {share:.2f}" for kind, share in figures["types"].items())
        return (
            f"level {figures['level']} words {figures['tokensRight']:.3f} exact {figures['exact']:.2f} "
            f"hints {figures['hintWeight']:.3f} {figures['hintLoss']:.2f} {types}"
        )

    def state(self) -> dict:
        return dict(
            **super().state(), progress=self.progress.state(), streams=[stream.position for stream in self.streams],
        )

    def load(self, state: dict) -> None:
        super().load(state)
        self.progress.load(state["progress"])
        for stream, position in zip(self.streams, state["streams"]):
            stream.seek(position)


def first_words(targets: Tensor) -> Tensor:
    """Where the first word of each answer is predicted."""
    asked = targets != IGNORED
    return asked & (asked.cumsum(dim=-1) == 1)


def by_type(batch: StreamBatch, right: Tensor) -> Counter:
    """Questions by type and by whether every word is right."""
    exact = right.all(dim=-1).tolist()
    return Counter((kind, exact[row][at]) for row, kinds in enumerate(batch.types) for at, kind in enumerate(kinds))


@torch.no_grad()
def name_patches(embedding: torch.nn.Embedding, ids: dict[str, int]) -> None:
    """A patch begins as the sum of the words that name it: [red-key] = red + key, [lamp-on] = lamp + lit."""
    named = {"on": "lit"}
    for word, token in ids.items():
        if not word.startswith("["):
            continue
        parts = [named.get(part, part) for part in word.strip("[]").split("-")]
        known = [ids[part] for part in parts if part in ids]
        if known:
            embedding.weight[token] = embedding.weight[known].sum(dim=0)


@torch.no_grad()
def evaluate(run: Run) -> dict:
    """
    Questions answered right with the full cache at 32 frames, in weights as they ship. Teacher-forced, which for whole answers is the same as
    greedy.
    """
    model, options = run.rounded_model(), run.options
    records = (
        stream_records(options.generator, "frames=32", EVALUATION_SEED, options.evaluate, 12, "end")
        if options.evaluate
        else []
    )
    found: Counter = Counter()
    for record in records:
        batch = collate_streams([read_stream(record, run.vocabulary, is_hinted=False)]).to(run.device)
        states, _, _ = question_states(model, batch, {}, {})
        best = model.logits(states).argmax(dim=-1).view(batch.targets.shape)
        found += by_type(batch, (best == batch.targets) | (batch.targets == IGNORED))
    kinds = sorted({kind for kind, _ in found})
    total = sum(found.values())
    shares = {kind: round(found[kind, True] / (found[kind, True] + found[kind, False]), 4) for kind in kinds}
    return dict(questions=total, right=sum(found[kind, True] for kind in kinds), types=shares)


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains a checkpoint on frame streams.")
    run_command(Run, Options, parser, own=("families",), report=lambda run: dict(answers=evaluate(run)))


if __name__ == "__main__":
    main()
