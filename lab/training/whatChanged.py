"""What post-training changed: a base model and its descendant on the same texts, each under its own eviction.

    python lab/training/whatChanged.py --model public/models/winnow-1m-distilled --base public/models/winnow-1m

Both read solved problems as a decode under G-KV would (visibility.py). Every word that is read from a fact, once an event has
decided about the fact, is looked at: is it right, how many heads keep the fact, which heads attend to it. Some are read again
with the fact's slots withheld from some heads, or as many other slots, while the model reads the words before (rereading.py). docs/methods.md has the definitions. The
figures go to changed.json next to the model's weights.
"""

import argparse
import hashlib
import json
import shlex
import sys
import time
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor

from curriculum import mean
from data import DEFAULT_GENERATOR, ROOT, Vocabulary, problem_records, read_vocabulary
from export import read_model
from hints import Fact, Read, read_links
from model import Llama
from rereading import Tape, before_spans, other_slots, read_again, tape, without
from runs import FAMILIES
from visibility import EvictionRule, prompted, window_votes

SHARES = (0.15, 0.25)  # budgets, of a family's mean length
AGES = (0, 32, 64, 128, 256)  # tokens since the fact stood, from which each group begins
# From which heads a fact is withheld where a word is read from it. The reading head is the one that attends to it most in the
# base model with the full cache. "everywhere": from all heads, and from the words before as well, a window of them, together with
# the sentences in which the reasoning has read the fact before.
CONDITIONS = ("readingHead", "otherHeads", "allHeads", "everywhere")
GROUPS = ("all", "held", "lost")  # whether the reading head itself keeps the fact


@dataclass(frozen=True)
class Text:
    """A solved problem with its links."""

    tokens: list[int]
    prompt_count: int
    sentences: list[range]  # of positions, each up to its full stop
    facts: dict[int, Fact]
    reads: list[Read]


@dataclass(frozen=True)
class Look:
    """A word of a text that is read from a fact about which the last event has decided."""

    text: int
    read: Read
    row: int  # the column that predicts the word
    slots: range  # columns of the fact
    mentions: list[range]  # columns of the sentences before this one's that have read it
    decided: int  # columns before it are older than the window of the last event
    is_of_prompt: bool
    age: int  # tokens from the fact's last to the word


@dataclass(frozen=True)
class Figures:
    """Of the looks at a set of texts in one model, row by row."""

    text: Tensor  # [look]
    right: Tensor  # [look], nothing withheld
    kept_heads: Tensor  # [look], heads that hold the word or the fact's last
    attention: Tensor  # [look][layer × query head], on the fact's slots
    is_held: Tensor  # [look], by the reading head
    withheld: Tensor  # [look][condition], right with the fact withheld
    control: Tensor  # [look][condition], right with other slots withheld
    votes: Tensor  # [text][layer × KV head], entropy in nats, mean over the events


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="public/models/winnow-1m-distilled")
    parser.add_argument("--base", default="public/models/winnow-1m")
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=FAMILIES)
    parser.add_argument("--count", type=int, default=25, help="problems of each family")
    parser.add_argument("--seed", type=int, default=970_000, help="of the first problem")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", help="a file instead of changed.json next to the model")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    file = Path(options.out) if options.out else ROOT / options.model / "changed.json"
    figures = measure(options)
    file.write_text(json.dumps(figures, separators=(",", ":"), ensure_ascii=False) + "\n")
    print(f"{file}: {file.stat().st_size} bytes")
    return 0


def measure(options: argparse.Namespace) -> dict:
    models = {"base": read_model(ROOT / options.base), "changed": read_model(ROOT / options.model)}
    vocabulary = read_vocabulary(DEFAULT_GENERATOR)
    texts = {family: family_texts(family, options, vocabulary) for family in options.families}
    cells = []
    for share in SHARES:
        measured: list[dict[str, Figures]] = []
        of_looks: list[list[Look]] = []
        for family, some in texts.items():
            began = time.monotonic()
            budget = round(share * mean([len(text.tokens) for text in some]))
            looks, figures = measure_texts(models, some, EvictionRule(budget=budget), options.seed)
            of_looks.append(looks)
            measured.append(figures)
            cells.append(cell(family, share, budget, looks, figures))
            print(f"{family} {share:.0%}: {len(looks)} looks, {time.monotonic() - began:.0f} s", flush=True)
        offsets = [sum(len(texts[family]) for family in options.families[:at]) for at in range(len(measured))]
        looks = [look for some in of_looks for look in some]
        joined = {name: join([figures[name] for figures in measured], offsets) for name in models}
        cells.append(cell("all", share, None, looks, joined))
    return {
        "format": "winnow-changed",
        "version": 1,
        "model": {"id": Path(options.model).name, "digest": digest(options.model)},
        "base": {"id": Path(options.base).name, "digest": digest(options.base)},
        "made": {
            "command": shlex.join(["python", "lab/training/whatChanged.py", *sys.argv[1:]]),
            "date": time.strftime("%Y-%m-%d"),
            "seed": options.seed,
            "problemsPerFamily": options.count,
            "windowSlots": EvictionRule.window,
            "intervalSteps": EvictionRule.interval,
        },
        "heads": {
            "layers": models["base"].arch.layers,
            "queryHeads": models["base"].arch.heads,
            "kvHeads": models["base"].arch.kv_heads,
        },
        "cells": cells,
    }


def digest(folder: str) -> str:
    return hashlib.sha256((ROOT / folder / "model.safetensors").read_bytes()).hexdigest()


def family_texts(family: str, options: argparse.Namespace, vocabulary: Vocabulary) -> list[Text]:
    texts = []
    for record in problem_records(DEFAULT_GENERATOR, family, "10", options.seed, options.count):
        prompt, trace = record["prompt"].split(), record["trace"].split()
        tokens = vocabulary.encode(prompt + trace)
        texts.append(Text(tokens, len(prompt), sentences_of(prompt + trace), *read_links(record["links"])))
    return texts


def sentences_of(words: list[str]) -> list[range]:
    ends = [at + 1 for at, word in enumerate(words) if word == "."]
    return [range(start, end) for start, end in zip([0, *ends], [*ends, len(words)])]


def measure_texts(
    models: dict[str, Llama], texts: list[Text], rule: EvictionRule, seed: int
) -> tuple[list[Look], dict[str, Figures]]:
    batch = prompted([text.tokens for text in texts], [text.prompt_count for text in texts])
    full = tape(models["base"], batch, None)
    tapes = {name: tape(model, batch, rule) for name, model in models.items()}
    looks = [look for at, text in enumerate(texts) for look in looks_of(at, text, tapes["base"])]
    readers = torch.cat([reading_heads(models["base"], full, of_text(looks, at)) for at in range(len(texts))])
    figures = {
        name: figures_of(model, tapes[name], looks, readers, torch.Generator().manual_seed(seed))
        for name, model in models.items()
    }
    return looks, figures


def of_text(looks: list[Look], text: int) -> list[Look]:
    return [look for look in looks if look.text == text]


def looks_of(at: int, text: Text, taped: Tape) -> list[Look]:
    padding = int(taped.batch.paddings[at])
    looks = []
    for read in text.reads:
        fact = text.facts[read.fact]
        row = padding + read.position - 1
        first, last = min([*fact.parts.values(), fact.summary]), max([*fact.parts.values(), fact.summary])
        decided = taped.segment_start(row) - taped.rule.window
        if padding + last >= decided:
            continue  # still in the window, which every head keeps
        slots = range(padding + first, padding + last + 1)
        before = {other.position for other in text.reads if other.fact == read.fact and other.position < read.position}
        mentions = [
            range(padding + sentence.start, padding + sentence.stop)
            for sentence in text.sentences
            if read.position not in sentence and any(position in sentence for position in before)
        ]
        is_of_prompt, age = last < text.prompt_count, read.position - last
        looks.append(Look(at, read, row, slots, mentions, decided, is_of_prompt, age))
    return looks


def slots_of(looks: list[Look], length: int, with_mentions: bool = False) -> Tensor:
    """[look][column]"""
    slots = torch.zeros(len(looks), length, dtype=torch.bool)
    for index, look in enumerate(looks):
        for some in [look.slots, *(look.mentions if with_mentions else [])]:
            slots[index, some.start : some.stop] = True
    return slots


def reading_heads(model: Llama, full: Tape, looks: list[Look]) -> Tensor:
    """The head, counted layer by layer, whose group attends most to the fact: of every look of one text."""
    mass = masses(model, full, looks)
    return mass.unflatten(1, (-1, model.arch.heads // model.arch.kv_heads)).amax(dim=2).argmax(dim=1)


def masses(model: Llama, taped: Tape, looks: list[Look]) -> Tensor:
    """Share of each query head's attention on the fact where the word is predicted: [look][layer × query head]"""
    rows = torch.tensor([[look.row] for look in looks])
    _, attention = read_again(model, taped, looks[0].text, rows, before_spans(taped, looks[0].text, rows))
    return on_slots(attention, slots_of(looks, attention.shape[-1]))


def on_slots(attention: Tensor, slots: Tensor) -> Tensor:
    """Share of the attention [layer][look][query head][column] on slots [look][column]: [look][layer × query head]"""
    return (attention * slots[None, :, None]).sum(dim=-1).transpose(0, 1).flatten(1)


def figures_of(model: Llama, taped: Tape, looks: list[Look], readers: Tensor, draw: torch.Generator) -> Figures:
    texts = sorted({look.text for look in looks})
    parts = []
    for at in texts:
        chosen = [index for index, look in enumerate(looks) if look.text == at]
        parts.append(figures_of_text(model, taped, [looks[index] for index in chosen], readers[chosen], draw))
    merged = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
    return Figures(text=torch.tensor([look.text for look in looks]), votes=vote_entropy(taped), **merged)


def figures_of_text(
    model: Llama, taped: Tape, looks: list[Look], readers: Tensor, draw: torch.Generator
) -> dict[str, Tensor]:
    rows = torch.tensor([look.row for look in looks])
    text = looks[0].text
    held = torch.stack([taped.held_by(text, look.row) for look in looks])  # [look][layer][kvHead][column]
    padding = int(taped.batch.paddings[text])
    places = torch.tensor([[padding + look.read.source, padding + look.read.fact] for look in looks])
    kept = held.gather(3, places[:, None, None].expand(*held.shape[:3], 2)).any(dim=-1).flatten(1)
    is_right = model.logits(taped.states[text, rows]).argmax(dim=-1) == taped.batch.tokens[text, rows + 1]
    return {
        "right": is_right,
        "attention": masses(model, taped, looks),
        "kept_heads": kept.sum(dim=1),
        "is_held": kept.gather(1, readers[:, None]).squeeze(1),
        **withholding(model, taped, looks, readers, draw),
    }


def withholding(
    model: Llama, taped: Tape, looks: list[Look], readers: Tensor, draw: torch.Generator
) -> dict[str, Tensor]:
    """Whether each look is right with slots withheld: [look][condition]"""
    arch, text, length = model.arch, looks[0].text, taped.batch.tokens.shape[1]
    rows = torch.tensor([look.row for look in looks])
    targets = taped.batch.tokens[text, rows + 1]
    decided = torch.tensor([look.decided for look in looks])
    heads = arch.layers * arch.kv_heads
    is_reader = torch.nn.functional.one_hot(readers, heads).bool().unflatten(1, (arch.layers, arch.kv_heads))
    every = torch.ones_like(is_reader)
    fact, with_mentions = slots_of(looks, length), slots_of(looks, length, with_mentions=True)

    def both(slots: Tensor, some_heads: list[Tensor], span_rows: int) -> list[tuple[Tensor, Tensor]]:
        spans = rows[:, None] + torch.arange(1 - span_rows, 1)
        # What is newer than the last event's window, and the span itself, stays.
        old = torch.arange(length) < torch.minimum(decided[:, None], spans[:, :1])
        seen = before_spans(taped, text, spans)
        slots, old = (slots & old)[None, :, None, None], old[None, :, None, None]
        others = other_slots(seen, slots, old, draw)

        def right(which: Tensor, from_heads: Tensor) -> Tensor:
            logits, _ = read_again(model, taped, text, spans, without(seen, which, from_heads))
            return logits.argmax(dim=-1) == targets

        return [(right(slots, from_heads), right(others, from_heads)) for from_heads in some_heads]

    found = both(fact, [is_reader, ~is_reader, every], 1) + both(with_mentions, [every], taped.rule.window)
    return {
        "withheld": torch.stack([withheld for withheld, _ in found], dim=1),
        "control": torch.stack([control for _, control in found], dim=1),
    }


def vote_entropy(taped: Tape) -> Tensor:
    """Entropy of the window's votes over the candidates, the mean over a text's events: [text][layer × kvHead]"""
    rule, batch = taped.rule, taped.batch
    lengths = [int(row.nonzero().max()) + 1 for row in batch.tokens]
    starts = range(batch.prompt_columns, batch.tokens.shape[1], rule.interval)
    sums = torch.zeros(len(lengths), len(taped.keys), taped.keys[0].shape[1])
    counts = torch.zeros(len(lengths))
    columns = torch.arange(batch.prompt_columns)
    for event, start in enumerate(starts):
        is_there = torch.tensor([start < length for length in lengths])
        counts += is_there
        for layer, kept in enumerate(taped.kept):
            if event == 0:
                held = torch.where(columns >= batch.paddings[:, None], columns, -1)[:, None]
                held = held.expand(len(lengths), taped.keys[layer].shape[1], -1)
            else:
                fresh = torch.arange(start - rule.interval, start).expand(*kept[event - 1].shape[:2], rule.interval)
                held = torch.cat([kept[event - 1], fresh], dim=2)
            votes = window_votes(taped.queries[layer][:, :, :, start - rule.window : start], taped.keys[layer], held)
            share = votes / votes.sum(dim=-1, keepdim=True)
            entropy = -(share * share.clamp_min(1e-30).log()).sum(dim=-1)
            sums[:, layer] += entropy * is_there[:, None]
    return (sums / counts[:, None, None]).flatten(1)


def join(parts: list[Figures], offsets: list[int]) -> Figures:
    """Figures of several sets of texts as those of one."""
    texts = [part.text + offset for part, offset in zip(parts, offsets)]
    others = [field.name for field in fields(Figures) if field.name != "text"]
    return Figures(torch.cat(texts), **{name: torch.cat([getattr(part, name) for part in parts]) for name in others})


# From here on: figures as the file has them.

Estimate = list  # [count, mean, standard error]; without a count, no mean


def cell(family: str, share: float, budget: int | None, looks: list[Look], figures: dict[str, Figures]) -> dict:
    return {
        "family": family,
        "budgetShare": share,
        **({} if budget is None else {"budgetSlots": budget}),
        "problems": len(figures["base"].votes),
        **({} if budget is None else {"first": first_problem(looks, figures)}),
        "base": summary(looks, figures["base"]),
        "changed": summary(looks, figures["changed"]),
        "effects": {group: effects(group, figures) for group in GROUPS},
    }


def first_problem(looks: list[Look], figures: dict[str, Figures]) -> dict:
    """Sums over the first problem's looks, by which the page's own engine can be held to the file."""
    count = len(of_text(looks, 0))
    sums = {
        model: {"right": int(one.right[:count].sum()), "keptHeads": int(one.kept_heads[:count].sum())}
        for model, one in figures.items()
    }
    return {"words": count, **sums}


def summary(looks: list[Look], figures: Figures) -> dict:
    text = figures.text
    is_of_prompt = torch.tensor([look.is_of_prompt for look in looks])
    age = torch.tensor([look.age for look in looks])
    ends = [*AGES[1:], 1 << 30]
    everything = torch.ones_like(is_of_prompt)
    return {
        "kept": {
            "prompt": estimate(figures.kept_heads, is_of_prompt, text),
            "reasoning": estimate(figures.kept_heads, ~is_of_prompt, text),
        },
        "rightByAge": [
            {"from": start, "right": estimate(figures.right, (age >= start) & (age < end), text)}
            for start, end in zip(AGES, ends)
        ],
        "attention": [estimate(of_head, everything, text) for of_head in figures.attention.unbind(dim=1)],
        "voteEntropy": [mean_over_texts(of_head) for of_head in figures.votes.unbind(dim=1)],
        "right": {
            group: {
                "nothing": estimate(figures.right, is_in(group, figures), text),
                **{
                    name: {
                        "fact": estimate(figures.withheld[:, at], is_in(group, figures), text),
                        "control": estimate(figures.control[:, at], is_in(group, figures), text),
                    }
                    for at, name in enumerate(CONDITIONS)
                },
            }
            for group in GROUPS
        },
    }


def is_in(group: str, figures: Figures) -> Tensor:
    return torch.ones_like(figures.is_held) if group == "all" else figures.is_held == (group == "held")


def effects(group: str, figures: dict[str, Figures]) -> dict:
    """
    Differences of shares of right words, in each model and between them. `withheld`: other slots withheld minus the fact
    withheld, by condition. `otherCopies`, what the other heads' copies are worth where the reading head has none: withheld from the
    reading head minus withheld from all.
    """
    def compared(of) -> dict | None:
        parts = {model: (of(one), is_in(group, one), one.text) for model, one in figures.items()}
        estimates = {model: estimate(*part) for model, part in parts.items()}
        if 0 in (estimates["base"][0], estimates["changed"][0]):
            return None
        deviations = [deviation_by_text(*parts[model]) for model in ("changed", "base")]
        count = max(len(deviation) for deviation in deviations)
        changed, base = (torch.nn.functional.pad(each, (0, count - len(each))) for each in deviations)
        difference = estimates["changed"][1] - estimates["base"][1]
        return {**estimates, "difference": [estimates["changed"][0], rounded(difference), rounded(error_of(changed - base))]}

    reader, every = CONDITIONS.index("readingHead"), CONDITIONS.index("allHeads")
    return {
        "right": compared(lambda one: one.right.float()),
        "otherCopies": compared(lambda one: one.withheld[:, reader].float() - one.withheld[:, every].float()),
        "withheld": {
            name: compared(lambda one, at=at: one.control[:, at].float() - one.withheld[:, at].float())
            for at, name in enumerate(CONDITIONS)
        },
    }


def estimate(values: Tensor, chosen: Tensor, text: Tensor) -> Estimate:
    """Of the chosen looks. Those of one text are not independent: the error is that of texts that vary."""
    count = int(chosen.sum())
    if count == 0:
        return [0, None, None]
    mean_value = float(values[chosen].double().mean())
    return [count, rounded(mean_value), rounded(error_of(deviation_by_text(values, chosen, text)))]


def deviation_by_text(values: Tensor, chosen: Tensor, text: Tensor) -> Tensor:
    """What each text adds to the mean's deviation: [text]"""
    deviation = torch.zeros(int(text.max()) + 1, dtype=torch.double)
    if not bool(chosen.any()):
        return deviation
    some = values[chosen].double()
    return deviation.index_add(0, text[chosen], (some - some.mean()) / len(some))


def error_of(deviation: Tensor) -> float:
    count = len(deviation)
    return float((deviation.square().sum() * count / max(1, count - 1)).sqrt())


def mean_over_texts(values: Tensor) -> Estimate:
    return [len(values), rounded(float(values.mean())), rounded(float(values.std() / len(values) ** 0.5))]


def rounded(value: float) -> float:
    return round(value, 4)


if __name__ == "__main__":
    sys.exit(main())
