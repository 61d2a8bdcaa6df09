"""Holds the training's selection (visibility.py) to real decodes of the product: every set that a head kept at an event.

    python lab/training/checkKept.py --model public/models/winnow-1m --count 10 --budget 15% 25%

The product decodes problems of every family under G-KV (keptSets.ts); the same tokens go through one pass of this folder's model.
Exits with 1 if any set differs.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import torch

from data import ROOT
from visibility import EvictionRule, evicted_states, prompted
from export import read_model
from model import Llama
from runs import FAMILIES


@torch.no_grad()
def differing_sets(model: Llama, runs: list[dict]) -> tuple[int, int]:
    """Kept sets that differ, and how many were compared. Runs of one budget, as keptSets.ts prints them."""
    batch = prompted([run["tokens"] for run in runs], [run["promptCount"] for run in runs])
    rule = EvictionRule(budget=runs[0]["budget"])
    _, kept = evicted_states(model, batch, rule)
    differing = compared = 0
    for row, run in enumerate(runs):
        padding = int(batch.paddings[row])
        for event in run["events"]:
            for head, expected in enumerate(event["kept"]):
                layer, kv_head = divmod(head, model.arch.kv_heads)
                found = kept[layer][event["step"] // rule.interval][row, kv_head]
                compared += 1
                differing += (found[found >= 0] - padding).tolist() != expected
    return differing, compared


def decoded_runs(model: Path, family: str, budget: str, count: int, seed: int) -> list[dict]:
    command = ["node", "scripts/run.mjs", "lab/training/keptSets.ts", "--model", str(model), "--family", family]
    command += ["--budget", budget, "--count", str(count), "--seed", str(seed)]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=ROOT / "public" / "models" / "winnow-1m")
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=FAMILIES)
    parser.add_argument("--budget", nargs="+", default=["15%", "25%"], help="slots, or shares of the mean length")
    parser.add_argument("--count", type=int, default=10, help="problems of each family and budget")
    parser.add_argument("--seed", type=int, default=900_000, help="of the first problem")
    options = parser.parse_args()
    model = read_model(options.model)
    all_differing = all_compared = 0
    for family in options.families:
        for budget in options.budget:
            runs = decoded_runs(options.model.resolve(), family, budget, options.count, options.seed)
            differing, compared = differing_sets(model, runs)
            all_differing += differing
            all_compared += compared
            print(f"{family} {budget}: {compared - differing} of {compared} sets of {len(runs)} runs equal", flush=True)
    if all_compared == 0:
        print("Nothing was compared: no run had an event. Give a smaller --budget.", file=sys.stderr)
    return 1 if all_differing or all_compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
