"""What every training run has (train.py, distil.py, reinforce.py): options, a clock, a checkpoint, a log, and the command around them."""

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import torch

from curves import draw_curves
from data import DEFAULT_GENERATOR, ROOT, read_vocabulary
from export import export_model
from model import Llama

FAMILIES = ("walk", "diary", "story", "orders")


@dataclass(frozen=True)
class Options:
    """Everything a run depends on; stored in its checkpoint."""

    name: str
    families: tuple[str, ...] = FAMILIES
    seed: int = 1
    minutes: float = 40.0
    steps: int | None = None  # instead of minutes
    decay_share: float = 0.4  # of the run, at the end, over which the rates fall to zero
    batch_tokens: int = 2048
    generator: str = DEFAULT_GENERATOR
    save_seconds: float = 60.0
    threads: int = 2
    device: str = "auto"


class TrainingRun:
    """A training run: what a checkpoint holds, and how a step changes it."""

    model: Llama
    log_seconds = 10.0
    warm_up_steps = 100
    snapshots: tuple[float, ...] = ()  # shares of the run at which the model is written as well

    def __init__(self, options: Options) -> None:
        self.options = options
        torch.manual_seed(options.seed)
        automatic = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(automatic if options.device == "auto" else options.device)
        self.vocabulary = read_vocabulary(options.generator)
        self.draw = random.Random(options.seed)
        self.step, self.elapsed, self.tokens = 0, 0.0, 0

    @property
    def done(self) -> float:
        """Share of the run that is done."""
        options = self.options
        return self.step / options.steps if options.steps else self.elapsed / (60 * options.minutes)

    @property
    def rate(self) -> float:
        """Of the full learning rates: it rises at first and falls to zero at the end."""
        return min(1.0, (self.step + 1) / self.warm_up_steps, max(0.0, 1 - self.done) / self.options.decay_share)

    def advance(self) -> dict:
        """One step; returns the figures for the log, `family` among them."""
        raise NotImplementedError

    def log_figures(self, recent: list[dict]) -> dict[str, dict]:
        """By family, of the steps since the last entry."""
        raise NotImplementedError

    def describe(self, figures: dict) -> str:
        """Those of a family, for the terminal."""
        raise NotImplementedError

    def wants_log(self, figures: dict) -> bool:
        """Whether the step is worth an entry of its own."""
        return False

    def state(self) -> dict:
        """What `load` needs to go on."""
        return dict(
            options=asdict(self.options), step=self.step, elapsed=self.elapsed, tokens=self.tokens,
            model=self.model.state_dict(), draw=self.draw.getstate(), torchDraw=torch.get_rng_state(),
        )

    def load(self, state: dict) -> None:
        self.step, self.elapsed, self.tokens = state["step"], state["elapsed"], state["tokens"]
        self.model.load_state_dict(state["model"])
        self.draw.setstate(state["draw"])
        torch.set_rng_state(state["torchDraw"])

    def save(self, file: Path) -> None:
        torch.save(self.state(), file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)


def train(run: TrainingRun, folder: Path, is_resumed: bool = False) -> None:
    """To the end, with log, curves, checkpoint and snapshots."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = sorted(share for share in run.snapshots if share > run.done)
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
            if run.elapsed - logged >= run.log_seconds or run.done >= 1 or run.wants_log(recent[-1]):
                figures = run.log_figures(recent)
                clock = dict(seconds=round(run.elapsed, 1), step=run.step, tokens=run.tokens, done=round(run.done, 4))
                print(json.dumps({**clock, **figures}), file=log, flush=True)
                print(line_of(run, figures), flush=True)
                logged, recent = run.elapsed, []
            if run.elapsed - saved >= run.options.save_seconds or run.done >= 1:
                run.save(folder / "checkpoint.pt")
                draw_curves(folder / "log.jsonl", folder / "curves.svg")
                saved = run.elapsed


def line_of(run: TrainingRun, figures: dict[str, dict]) -> str:
    parts = [f"{family} {run.describe(figures[family])}" for family in run.options.families]
    left = max(0.0, run.elapsed * (1 / run.done - 1))
    return f"step {run.step:5d}  {' | '.join(parts)}  {int(left // 60)}:{int(left % 60):02d} left"


def run_command(
    kind: type[TrainingRun],
    of_options: type[Options],
    parser: argparse.ArgumentParser,
    choices: dict[str, tuple[str, ...]] | None = None,
    own: tuple[str, ...] = (),
    report: Callable[[TrainingRun], dict] = lambda run: {},
) -> None:
    """
    Reads the command line, trains, and writes the model beside its log. Options given replace those of a resumed run. `choices`:
    of options that are words; `own`: options that the parser reads already; `report`: what else result.json says.
    """
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint of --name")
    for field in fields(of_options):
        flag = "--" + field.name.replace("_", "-")
        if field.name in own:
            continue
        if field.name == "families":
            parser.add_argument(flag, nargs="+", choices=FAMILIES, default=None)
        else:
            typed = {"steps": int, "name": str}.get(field.name) or type(field.default)
            allowed = (choices or {}).get(field.name)
            parser.add_argument(flag, type=typed, choices=allowed, default=None, required=field.name == "name")
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
    last.update(report(run))
    (folder / "result.json").write_text(json.dumps(last, indent=1) + "\n")
    print(json.dumps(last))
