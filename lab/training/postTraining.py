"""What distillation (distil.py) and reinforcement (reinforce.py) share: a run with its checkpoint, its log and its snapshots."""

import argparse
import json
import random
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import torch

from curriculum import mean
from curves import draw_curves
from data import DEFAULT_GENERATOR, ROOT, Example, Stream, StreamOptions, read_vocabulary
from export import export_model, read_model
from hints import HintStyle
from visibility import MASKS, EvictionRule

FAMILIES = ("walk", "diary", "story", "orders")
BUDGET_STEP = 8  # few different shapes: PyTorch prepares each anew
LEAST_SLOTS = 24
WARM_UP_STEPS = 20
LOG_SECONDS = 20.0


@dataclass(frozen=True)
class Options:
    """Everything a run depends on; stored in its checkpoint."""

    name: str
    init: str = "public/models/winnow-1m"
    families: tuple[str, ...] = FAMILIES
    seed: int = 3  # 1 and 2 trained the base models
    minutes: float = 90.0
    steps: int | None = None  # instead of minutes
    rate: float = 8e-4
    decay_share: float = 0.6  # of the run, at the end, over which the rate falls to zero
    batch_tokens: int = 2048
    least_budget: float = 0.12  # shares of the family's mean length
    most_budget: float = 0.35
    snapshots: str = "1/32,1/16,1/8,1/4,1/2"  # shares of the run
    save_seconds: float = 60.0
    threads: int = 2
    generator: str = DEFAULT_GENERATOR
    device: str = "auto"


class PostTraining:
    """A run: what a checkpoint holds, and how a step changes it."""

    def __init__(self, options: Options) -> None:
        self.options = options
        torch.manual_seed(options.seed)
        automatic = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(automatic if options.device == "auto" else options.device)
        self.vocabulary = read_vocabulary(options.generator)
        folder = ROOT / options.init
        self.model, self.start = read_model(folder).to(self.device), read_model(folder).to(self.device)
        self.adam = torch.optim.AdamW(self.model.parameters(), lr=options.rate, betas=(0.9, 0.95), weight_decay=0.0)
        self.draw = random.Random(options.seed)
        stream_options = StreamOptions(
            self.vocabulary, options.generator, HintStyle("none"), options.seed, options.batch_tokens
        )
        self.streams = {family: Stream(family, "10", stream_options) for family in options.families}
        self.mean_lengths: dict[str, float] = {}
        self.step, self.elapsed, self.tokens = 0, 0.0, 0

    @property
    def done(self) -> float:
        """Share of the run that is done."""
        options = self.options
        return self.step / options.steps if options.steps else self.elapsed / (60 * options.minutes)

    def advance(self) -> dict:
        """One step; returns the figures for the log, `family` among them."""
        raise NotImplementedError

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
        options = self.options
        rate = min(1.0, (self.step + 1) / WARM_UP_STEPS, max(0.0, 1 - self.done) / options.decay_share)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.adam.param_groups:
            group["lr"] = rate * options.rate
        self.adam.step()
        self.adam.zero_grad()
        self.step += 1

    def save(self, file: Path) -> None:
        state = dict(
            options=asdict(self.options), step=self.step, elapsed=self.elapsed, tokens=self.tokens,
            model=self.model.state_dict(), adam=self.adam.state_dict(), draw=self.draw.getstate(),
            torchDraw=torch.get_rng_state(), meanLengths=self.mean_lengths,
            streams={family: stream.position for family, stream in self.streams.items()},
        )
        torch.save(state, file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)

    def load(self, state: dict) -> None:
        self.step, self.elapsed, self.tokens = state["step"], state["elapsed"], state["tokens"]
        self.model.load_state_dict(state["model"])
        self.adam.load_state_dict(state["adam"])
        self.draw.setstate(state["draw"])
        torch.set_rng_state(state["torchDraw"])
        self.mean_lengths = state["meanLengths"]
        for family, position in state["streams"].items():
            self.streams[family].seek(position)


def log_entry(run: PostTraining, recent: list[dict]) -> dict:
    """The mean of every figure, by family; None where no step had it."""
    entry: dict = dict(seconds=round(run.elapsed, 1), step=run.step, tokens=run.tokens, done=round(run.done, 4))
    names = sorted({name for step in recent for name in step if name != "family"})
    for family in run.options.families:
        found = {name: [step[name] for step in recent if step["family"] == family and name in step] for name in names}
        entry[family] = {name: round(mean(values), 6) if values else None for name, values in found.items()}
    return entry


def describe(entry: dict, families: tuple[str, ...], left: float) -> str:
    parts = []
    for family in families:
        figures = [f"{name} {value:.4g}" for name, value in entry[family].items() if value is not None]
        parts.append(f"{family} {', '.join(figures) or '–'}")
    return f"step {entry['step']:5d}  {' | '.join(parts)}  {int(left // 60)}:{int(left % 60):02d} left"


def train(run: PostTraining, folder: Path, is_resumed: bool) -> None:
    options = run.options
    folder.mkdir(parents=True, exist_ok=True)
    shares = [share_of(text) for text in options.snapshots.split(",") if text]
    waiting = sorted(share for share in shares if share > run.done)
    recent: list[dict] = []
    before = time.monotonic()
    logged = saved = run.elapsed
    with (folder / "log.jsonl").open("a" if is_resumed else "w") as log:
        while run.done < 1:
            recent.append(run.advance())
            now = time.monotonic()
            run.elapsed, before = run.elapsed + now - before, now
            if waiting and run.done >= waiting[0]:
                waiting.pop(0)
                export_model(run.model, run.vocabulary.words, folder / "snapshots" / str(run.step))
            if run.elapsed - logged >= LOG_SECONDS or run.done >= 1:
                entry = log_entry(run, recent)
                print(json.dumps(entry), file=log, flush=True)
                print(describe(entry, options.families, max(0.0, run.elapsed * (1 / run.done - 1))), flush=True)
                logged, recent = run.elapsed, []
            if run.elapsed - saved >= options.save_seconds or run.done >= 1:
                run.save(folder / "checkpoint.pt")
                draw_curves(folder / "log.jsonl", folder / "curves.svg")
                saved = run.elapsed


def share_of(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def run_command(kind: type[PostTraining], of_options: type[Options], description: str) -> None:
    """Reads the command line, trains, and writes the model beside its log. Options given replace those of a resumed run."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint of --name")
    for field in fields(of_options):
        flag = "--" + field.name.replace("_", "-")
        if field.name == "families":
            parser.add_argument(flag, nargs="+", choices=FAMILIES, default=None)
        else:
            typed = {"steps": int, "name": str}.get(field.name) or type(field.default)
            choices = MASKS if field.name == "mask" else None
            parser.add_argument(flag, type=typed, choices=choices, default=None, required=field.name == "name")
    given = vars(parser.parse_args())
    is_resumed = given.pop("resume")
    given = {name: tuple(value) if name == "families" else value for name, value in given.items() if value is not None}
    options = of_options(**given)
    folder = ROOT / "lab" / "training" / "out" / options.name
    state = torch.load(folder / "checkpoint.pt", weights_only=False) if is_resumed else None
    if state is not None:
        options = replace(of_options(**state["options"]), **given)
    torch.set_num_threads(options.threads)
    run = kind(options)
    if state is not None:
        run.load(state)
    train(run, folder, is_resumed)
    export_model(run.model, run.vocabulary.words, folder / "model")
    last = dict(name=options.name, seed=options.seed, steps=run.step, seconds=round(run.elapsed), tokens=run.tokens)
    (folder / "result.json").write_text(json.dumps(last, indent=1) + "\n")
    print(json.dumps(last))
