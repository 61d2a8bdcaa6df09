"""Greedy decoding of whole problems, and how many of them come out right."""

import torch

from data import Example
from model import Llama

END = 2


@torch.no_grad()
def greedy_traces(model: Llama, examples: list[Example], rows: int = 64) -> list[list[int]]:
    """What the model writes after each prompt, end token included; at most one sentence longer than the reference."""
    found: list[list[int]] = [[] for _ in examples]
    by_prompt: dict[int, list[int]] = {}
    for index, example in enumerate(examples):
        by_prompt.setdefault(example.prompt_count, []).append(index)
    for same in by_prompt.values():
        # Of similar length, so that a batch ends together.
        same.sort(key=lambda index: len(examples[index].tokens))
        for start in range(0, len(same), rows):
            part = same[start : start + rows]
            for index, tokens in zip(part, _decode(model, [examples[index] for index in part])):
                found[index] = tokens
    return found


def _decode(model: Llama, examples: list[Example]) -> list[list[int]]:
    device = model.embed_tokens.weight.device
    count = examples[0].prompt_count
    longest = max(len(example.tokens) for example in examples) - count + 16
    tokens = torch.tensor([example.tokens[:count] for example in examples], device=device)
    cache, written = None, []
    ended = torch.zeros(len(examples), dtype=torch.bool, device=device)
    for _ in range(min(longest, model.arch.positions - count)):
        states, cache, _ = model.states(tokens, cache=cache)
        tokens = model.logits(states[:, -1:]).argmax(dim=-1)
        written.append(tokens)
        ended |= tokens[:, 0] == END
        if bool(ended.all()):
            break
    rows = torch.cat(written, dim=1).tolist()
    return [row[: row.index(END) + 1] if END in row else row for row in rows]


def score(model: Llama, examples: list[Example], words: list[str]) -> dict:
    """Counts of right answers and of traces that equal the reference word for word."""
    right = exact = 0
    for example, trace in zip(examples, greedy_traces(model, examples)):
        exact += trace == example.tokens[example.prompt_count :]
        right += answer_of([words[token] for token in trace]) == answer_of([words[t] for t in example.tokens])
    return dict(count=len(examples), right=right, exact=exact)


def answer_of(words: list[str]) -> list[str] | None:
    """Everything after the thinking, or None if the thinking does not end."""
    if "</think>" not in words or words[-1] != "<eos>":
        return None
    return words[words.index("</think>") + 1 :]
