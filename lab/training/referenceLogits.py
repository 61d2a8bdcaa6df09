"""Writes what transformers computes with a shipped model, as a reference for the engine's tests.

    python lab/training/referenceLogits.py public/models/NAME src/model/fixtures/shippedReference.json

One problem a family: float32 logits of the last position after the prompt and after 16 greedy tokens, from the file's
float16 weights. Runs whose greedy choice is nearly a tie are not written: another order of addition could turn it.
"""

import base64
import json
import sys
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer

from data import DEFAULT_GENERATOR, problem_records

FAMILIES = ("walk", "diary", "story", "orders")
DIFFICULTY = "5"
SEED = 600_000
GREEDY_TOKENS = 16
LEAST_MARGIN = 1e-3  # of the largest logit


def reference(model: torch.nn.Module, tokenizer: Tokenizer, record: dict) -> dict:
    prompt = tokenizer.encode(record["prompt"]).ids
    tokens = list(prompt)
    logits = [last_logits(model, tokens)]
    for _ in range(GREEDY_TOKENS):
        best = logits[-1].topk(2).values
        margin = ((best[0] - best[1]) / logits[-1].abs().max()).item()
        if margin < LEAST_MARGIN:
            raise SystemExit(f"{record['id']}: a near tie ({margin:.1e}) after {len(tokens)} tokens; choose another seed")
        tokens.append(int(logits[-1].argmax()))
        logits.append(last_logits(model, tokens))
    return dict(
        id=record["id"],
        prompt=record["prompt"],
        promptTokens=prompt,
        greedyTokens=tokens[len(prompt) :],
        greedyText=" ".join(tokenizer.id_to_token(token) for token in tokens[len(prompt) :]),
        afterPrefill=encode(logits[0]),
        afterSteps=encode(logits[-1]),
    )


@torch.no_grad()
def last_logits(model: torch.nn.Module, tokens: list[int]) -> torch.Tensor:
    return model(input_ids=torch.tensor([tokens])).logits[0, -1]


def encode(values: torch.Tensor) -> str:
    return base64.b64encode(values.numpy().astype("<f4").tobytes()).decode()


def main(folder: Path, target: Path) -> None:
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    records = [problem_records(DEFAULT_GENERATOR, family, DIFFICULTY, SEED, 1)[0] for family in FAMILIES]
    cases = [reference(model, tokenizer, record) for record in records]
    note = (
        f"Reference for {folder.name}, made by lab/training/referenceLogits.py with transformers {transformers.__version__}: float32 "
        "logits of the last position (base64, little-endian float32, [token]). afterSteps: the greedy tokens have been "
        "appended to the prompt and the logits are those of the last of them."
    )
    target.write_text(json.dumps(dict(note=note, cases=cases), indent=1) + "\n")
    print(f"{target}: {', '.join(case['id'] for case in cases)}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
