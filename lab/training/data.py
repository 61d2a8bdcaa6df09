"""Problems for training: read from the generator's command line, cached compressed, turned into batches of similar length.

Every chunk has seeds of its own, so what a run sees follows from its seed alone. Caches lie in lab/training/out, outside git.
"""

import gzip
import hashlib
import json
import random
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from hints import HintStyle, hint_targets, read_links
from model import HeadAt

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "lab" / "training" / "out" / "problems"
DEFAULT_GENERATOR = "node scripts/run.mjs scripts/problems.ts"
CHUNK_PROBLEMS = 2000
IGNORED = -100  # the target that cross_entropy leaves out
# Most rows of an example that hint one head: more take a third of the time and teach nothing more.
HINTED_ROWS = 48


@dataclass(frozen=True)
class Example:
    tokens: list[int]  # prompt and trace
    prompt_count: int
    look_ups: list[int]  # positions of the words that had to be looked up
    hints: dict[HeadAt, Tensor]  # [pair][row, column], 16 bit: a stream holds thousands of them


@dataclass(frozen=True)
class Batch:
    tokens: Tensor  # [batch][position], padded with 0 at the end
    targets: Tensor  # [batch][position], the next token; IGNORED in the prompt and after the end
    is_look_up: Tensor  # [batch][position], the next token is looked up
    hints: dict[HeadAt, tuple[Tensor, Tensor]]  # rows and their columns, both [batch][hinted row]; no column: IGNORED

    def to(self, device: torch.device) -> "Batch":
        moved = {head: (rows.to(device), columns.to(device)) for head, (rows, columns) in self.hints.items()}
        return Batch(self.tokens.to(device), self.targets.to(device), self.is_look_up.to(device), moved)


class Vocabulary:
    """The generator's words; the index in the list is the token."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.ids = {word: token for token, word in enumerate(words)}

    def encode(self, words: list[str]) -> list[int]:
        unknown = [word for word in words if word not in self.ids]
        if unknown:
            raise ValueError(f"not in the generator's vocabulary: {' '.join(unknown[:5])}")
        return [self.ids[word] for word in words]


def read_vocabulary(generator: str) -> Vocabulary:
    return Vocabulary(json.loads(output_of(generator, ["--vocabulary"])))


def read_example(record: dict, vocabulary: Vocabulary, style: HintStyle) -> Example:
    prompt, trace = record["prompt"].split(), record["trace"].split()
    words = prompt + trace
    facts, reads = read_links(record["links"])
    targets = hint_targets(words, facts, reads, style)
    return Example(
        tokens=vocabulary.encode(words),
        prompt_count=len(prompt),
        look_ups=[read.position for read in reads],
        hints={head: torch.tensor(pairs, dtype=torch.int16) for head, pairs in targets.items()},
    )


def problem_records(generator: str, family: str, difficulty: str, seed: int, count: int) -> list[dict]:
    arguments = ["--family", family, "--difficulty", difficulty, "--seed", str(seed), "--count", str(count), "--links"]
    return cached_records(generator, arguments, f"{family}-{difficulty}-{seed}-{count}")


def cached_records(generator: str, arguments: list[str], name: str) -> list[dict]:
    """The generator's output, from the cache if it was generated before; `name` begins that of the cache's file."""
    # Another generator, or another version of ours, draws other problems.
    sources = "".join(path.read_text() for path in sorted((ROOT / "src" / "problems").rglob("*.ts")))
    mark = hashlib.sha256("\n".join([generator, *arguments, sources]).encode()).hexdigest()[:12]
    file = CACHE / f"{name}-{mark}.jsonl.gz"
    if not file.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".part")
        partial.write_bytes(gzip.compress(output_of(generator, arguments).encode(), compresslevel=3))
        partial.rename(file)
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]


def output_of(generator: str, arguments: list[str]) -> str:
    command = [*shlex.split(generator), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(command)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


class Batches:
    """Endless batches, drawn a chunk at a time; a checkpoint only has to store `position`."""

    def __init__(self) -> None:
        self.chunk, self.index = 0, 0
        self.batches: list[list] = []

    @property
    def position(self) -> tuple[int, int]:
        return self.chunk, self.index

    def seek(self, position: tuple[int, int]) -> None:
        self.chunk, self.index = position
        self.batches = self.load_chunk() if self.index else []

    def next_examples(self) -> list:
        if self.index == len(self.batches):
            self.chunk, self.index = self.chunk + 1, 0
            self.batches = self.load_chunk()
        self.index += 1
        return self.batches[self.index - 1]

    def load_chunk(self) -> list[list]:
        """The examples of each batch."""
        raise NotImplementedError

    def chunk_seed(self, seed: int, count: int) -> int:
        """Of the first of a chunk's `count` problems. Seeds below a million are for evaluation."""
        return 1_000_000 + (seed * 1000 + self.chunk) * count


class ProblemBatches(Batches):
    """Of one family at one difficulty."""

    def __init__(self, family: str, difficulty: str, options: "ProblemBatchOptions") -> None:
        super().__init__()
        self.family, self.difficulty, self.options = family, difficulty, options

    def next(self) -> Batch:
        return collate(self.next_examples())

    def load_chunk(self) -> list[list[Example]]:
        options = self.options
        seed = self.chunk_seed(options.seed, options.chunk_problems)
        records = problem_records(options.generator, self.family, self.difficulty, seed, options.chunk_problems)
        examples = [read_example(record, options.vocabulary, options.style) for record in records]
        return batches_of(examples, options.batch_tokens, random.Random(seed))


@dataclass(frozen=True)
class ProblemBatchOptions:
    vocabulary: Vocabulary
    generator: str
    style: HintStyle
    seed: int
    batch_tokens: int
    chunk_problems: int = CHUNK_PROBLEMS


def batches_of(examples: list[Example], batch_tokens: int, draw: random.Random) -> list[list[Example]]:
    """Groups examples of similar length, so that there is almost no padding; the batches come in random order."""
    shuffled = draw.sample(examples, len(examples))
    shuffled.sort(key=lambda example: len(example.tokens))
    batches: list[list[Example]] = [[]]
    for example in shuffled:
        if batches[-1] and (len(batches[-1]) + 1) * len(example.tokens) > batch_tokens:
            batches.append([])
        batches[-1].append(example)
    draw.shuffle(batches)
    return batches


def collate(examples: list[Example]) -> Batch:
    length = max(len(example.tokens) for example in examples)
    tokens = torch.zeros(len(examples), length, dtype=torch.long)
    targets = torch.full((len(examples), length), IGNORED)
    is_look_up = torch.zeros(len(examples), length, dtype=torch.bool)
    for row, example in enumerate(examples):
        ids = torch.tensor(example.tokens)
        tokens[row, : len(ids)] = ids
        targets[row, example.prompt_count - 1 : len(ids) - 1] = ids[example.prompt_count :]
        is_look_up[row, torch.tensor(example.look_ups, dtype=torch.long) - 1] = True
    heads = sorted({head for example in examples for head in example.hints})
    hints = {head: hint_rows([example.hints.get(head) for example in examples]) for head in heads}
    return Batch(tokens, targets, is_look_up, hints)


def hint_rows(pairs_of: list[Tensor | None]) -> tuple[Tensor, Tensor]:
    """Rows and columns of one head for a batch; a random choice if an example has more pairs than HINTED_ROWS."""
    count = min(HINTED_ROWS, max(len(pairs) for pairs in pairs_of if pairs is not None))
    rows = torch.zeros(len(pairs_of), count, dtype=torch.long)
    columns = torch.full((len(pairs_of), count), IGNORED)
    for index, pairs in enumerate(pairs_of):
        if pairs is None:
            continue
        chosen = pairs[torch.randperm(len(pairs))[:count]].long()
        rows[index, : len(chosen)] = chosen[:, 0]
        columns[index, : len(chosen)] = chosen[:, 1]
    return rows, columns
