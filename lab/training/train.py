"""Trains a checkpoint on the problem families; the one command of this folder.

    python lab/training/train.py --name winnow-1m                          all families, 40 minutes on two cores
    python lab/training/train.py --name smoke --families walk --minutes 2
    python lab/training/train.py --name winnow-1m --resume                 goes on where the last checkpoint was written

Writes lab/training/out/NAME/: checkpoint.pt, log.jsonl, curves.svg and, at the end, the model in Hugging Face layout in
lab/training/out/NAME/model, with its greedy accuracy on problems that no run trains on. Nothing but the log's clock differs
between two runs of --steps N with the same seed.
"""

import argparse
import json
import random
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from curriculum import Progress, mean
from curves import draw_curves
from data import DEFAULT_GENERATOR, IGNORED, ROOT, Batch, Stream, StreamOptions
from data import problem_records, read_example, read_vocabulary
from decode import score
from export import export_model
from hints import STYLES, HintStyle
from model import Architecture, Llama, order_numbers
from muon import Muon

FAMILIES = ("walk", "diary", "story", "orders")
# Stops of the generator's dial of difficulty, 0 to 10.
LEVELS = ("0-1", "2-3", "4-6", "7-8", "9", "10")
WARM_UP_STEPS = 100
EVALUATION_SEED = 500_000
LOG_SECONDS = 10.0


@dataclass(frozen=True)
class Options:
    """Everything a run depends on; stored in its checkpoint."""

    name: str
    families: tuple[str, ...] = FAMILIES
    seed: int = 1
    minutes: float = 40.0
    steps: int | None = None  # instead of minutes
    style: str = "summary"
    muon_rate: float = 0.01
    adam_rate: float = 3e-3
    decay_share: float = 0.4  # of the time, at the end
    batch_tokens: int = 2048
    hidden: int = 128
    layers: int = 4
    heads: int = 8
    kv_heads: int = 4
    head_size: int = 32
    mlp: int = 384
    generator: str = DEFAULT_GENERATOR
    levels: str = ",".join(LEVELS)
    evaluate: int = 200
    save_seconds: float = 60.0
    threads: int = 2
    ordered_numbers: int = 1  # 0: their embeddings start at random, like all others
    device: str = "auto"


class Run:
    """A training run: what a checkpoint holds, and how a step changes it."""

    def __init__(self, options: Options) -> None:
        self.options = options
        torch.manual_seed(options.seed)
        automatic = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(automatic if options.device == "auto" else options.device)
        self.vocabulary = read_vocabulary(options.generator)
        sizes = {name: getattr(options, name) for name in ("hidden", "layers", "heads", "kv_heads", "head_size", "mlp")}
        self.model = Llama(Architecture(vocabulary=len(self.vocabulary.words), **sizes)).to(self.device)
        if options.ordered_numbers:
            order_numbers(self.model.embed_tokens, self.vocabulary.words)
        matrices = [p for name, p in self.model.named_parameters() if p.dim() == 2 and "embed" not in name]
        self.others = [p for name, p in self.model.named_parameters() if p.dim() == 1 or "embed" in name]
        self.muon = Muon(matrices, lr=options.muon_rate)
        self.adam = torch.optim.AdamW(self.others, lr=options.adam_rate, betas=(0.9, 0.95), weight_decay=0.0)
        self.draw = random.Random(options.seed)
        levels = options.levels.split(",")
        self.progress = {family: Progress(levels) for family in options.families}
        style = HintStyle(options.style, options.heads)
        stream_options = StreamOptions(self.vocabulary, options.generator, style, options.seed, options.batch_tokens)
        self.streams = {
            (family, level): Stream(family, difficulty, stream_options)
            for family in options.families
            for level, difficulty in enumerate(levels)
        }
        self.step, self.elapsed, self.tokens = 0, 0.0, 0

    @property
    def done(self) -> float:
        """Share of the run that is done."""
        options = self.options
        return self.step / options.steps if options.steps else self.elapsed / (60 * options.minutes)

    def advance(self) -> dict:
        """One step; returns the figures for the log."""
        shares = [self.progress[family].share for family in self.options.families]
        (family,) = self.draw.choices(self.options.families, shares)
        progress = self.progress[family]
        level = progress.pick_level(self.draw)
        batch = self.streams[family, level].next().to(self.device)
        weight = progress.hint_weight if self.options.style != "none" else 0.0
        loss, hint_loss, logits = self._losses(batch, weight > 0)
        (loss + weight * hint_loss).backward()
        self._update()
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

    def _update(self) -> None:
        rate = min(1.0, (self.step + 1) / WARM_UP_STEPS, max(0.0, 1 - self.done) / self.options.decay_share)
        torch.nn.utils.clip_grad_norm_(self.others, 1.0)
        for optimizer, full in ((self.muon, self.options.muon_rate), (self.adam, self.options.adam_rate)):
            for group in optimizer.param_groups:
                group["lr"] = rate * full
            optimizer.step()
            optimizer.zero_grad()

    def save(self, file: Path) -> None:
        state = dict(
            options=asdict(self.options), step=self.step, elapsed=self.elapsed, tokens=self.tokens,
            model=self.model.state_dict(), muon=self.muon.state_dict(), adam=self.adam.state_dict(),
            draw=self.draw.getstate(), torchDraw=torch.get_rng_state(),
            progress={family: progress.state() for family, progress in self.progress.items()},
            streams={key: stream.position for key, stream in self.streams.items()},
        )
        torch.save(state, file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)

    def load(self, state: dict) -> None:
        self.step, self.elapsed, self.tokens = state["step"], state["elapsed"], state["tokens"]
        self.model.load_state_dict(state["model"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self.draw.setstate(state["draw"])
        torch.set_rng_state(state["torchDraw"])
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


def log_entry(run: Run, recent: list[dict]) -> dict:
    entry: dict = dict(seconds=round(run.elapsed, 1), step=run.step, tokens=run.tokens, done=round(run.done, 4))
    for family, progress in run.progress.items():
        losses = [each["loss"] for each in recent if each["family"] == family]
        entry[family] = dict(
            level=progress.level,
            loss=round(mean(losses), 5) if losses else None,
            tokensRight=round(mean(progress.tokens_right), 5),
            lookUpsRight=round(mean(progress.look_ups_right), 5),
            exact=round(mean(progress.exact), 4),
            hintWeight=round(progress.hint_weight, 4),
            hintLoss=round(mean([each["hintLoss"] for each in recent if each["family"] == family]), 4),
        )
    return entry


def describe(entry: dict, families: tuple[str, ...], left: float) -> str:
    parts = [
        f"{family} level {at['level']} words {at['tokensRight']:.3f} look-ups {at['lookUpsRight']:.3f} "
        f"exact {at['exact']:.2f} hints {at['hintWeight']:.3f}"
        for family, at in ((family, entry[family]) for family in families)
    ]
    return f"step {entry['step']:5d}  {' | '.join(parts)}  {int(left // 60)}:{int(left % 60):02d} left"


def train(options: Options, folder: Path, resumed: dict | None = None) -> Run:
    run = Run(options)
    if resumed:
        run.load(resumed)
    folder.mkdir(parents=True, exist_ok=True)
    recent: list[dict] = []
    before = time.monotonic()
    logged = saved = run.elapsed
    with (folder / "log.jsonl").open("a" if resumed else "w") as log:
        while run.done < 1:
            recent.append(run.advance())
            now = time.monotonic()
            run.elapsed, before = run.elapsed + now - before, now
            if run.elapsed - logged >= LOG_SECONDS or run.done >= 1 or recent[-1]["rose"]:
                entry = log_entry(run, recent)
                print(json.dumps(entry), file=log, flush=True)
                left = run.elapsed * (1 / run.done - 1)
                print(describe(entry, options.families, max(0.0, left)), flush=True)
                logged, recent = run.elapsed, []
            if run.elapsed - saved >= options.save_seconds or run.done >= 1:
                run.save(folder / "checkpoint.pt")
                draw_curves(folder / "log.jsonl", folder / "curves.svg")
                saved = run.elapsed
    return run


def evaluate(run: Run, count: int) -> dict[str, dict]:
    """Greedy decoding in float32 at the top level, weights rounded to float16 as they are exported."""
    model = Llama(run.model.arch).to(run.device)
    model.load_state_dict({name: tensor.half().float() for name, tensor in run.model.state_dict().items()})
    results = {}
    for family in run.options.families:
        difficulty = run.progress[family].difficulties[-1]
        records = problem_records(run.options.generator, family, difficulty, EVALUATION_SEED, count)
        examples = [read_example(record, run.vocabulary, HintStyle("none")) for record in records]
        results[family] = score(model, examples, run.vocabulary.words)
    return results


def parse() -> tuple[Options, bool, dict]:
    """The options, whether to resume, and the options given explicitly, which alone replace those of a resumed run."""
    parser = argparse.ArgumentParser(description="Trains a checkpoint on the problem families.")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint of --name")
    parser.add_argument("--no-position-hints", action="store_true", help="hint to each fact's own word, not to one position")
    for field in fields(Options):
        flag = "--" + field.name.replace("_", "-")
        if field.name == "families":
            parser.add_argument(flag, nargs="+", choices=FAMILIES, default=None)
        elif field.name == "style":
            parser.add_argument("--hints", dest="style", choices=STYLES, default=None)
        else:
            kind = int if field.name == "steps" else type(field.default) if field.name != "name" else str
            parser.add_argument(flag, type=kind, default=None, required=field.name == "name")
    given = vars(parser.parse_args())
    is_resumed = given.pop("resume")
    if given.pop("no_position_hints"):
        given["style"] = "token"
    given = {name: tuple(value) if name == "families" else value for name, value in given.items() if value is not None}
    return Options(**given), is_resumed, given


def main() -> None:
    options, is_resumed, given = parse()
    folder = ROOT / "lab" / "training" / "out" / options.name
    resumed = None
    if is_resumed:
        resumed = torch.load(folder / "checkpoint.pt", weights_only=False)
        options = replace(Options(**resumed["options"]), **given)
    torch.set_num_threads(options.threads)
    run = train(options, folder, resumed)
    results = evaluate(run, options.evaluate) if options.evaluate else {}
    export_model(run.model, run.vocabulary.words, folder / "model")
    last = dict(name=options.name, seed=options.seed, seconds=round(run.elapsed), tokens=run.tokens, greedy=results)
    (folder / "result.json").write_text(json.dumps(last, indent=1) + "\n")
    print(json.dumps(last))


if __name__ == "__main__":
    main()
