"""Frame streams for training (npm run problems -- --family stream): batches of streams of one length, each with its questions apart.

A question sees the frames up to its moment and itself, never another question, and stands where the frames end: as it is asked
in use, on a copy of the cache. Hints (streamHints.py) come from the patches that the generator says an answer is read from.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from data import IGNORED, Batches, Vocabulary, cached_records
from model import HeadAt
from streamHints import StreamHints, hints_of

GENERATOR = "node scripts/run.mjs scripts/problems.ts --family stream"
FRAME_TOKENS = 26
CHUNK_STREAMS = 400


@dataclass(frozen=True)
class StreamExample:
    """A stream and its questions."""

    frames: Tensor  # [position], begin token first
    questions: Tensor  # [question][token], answer and end included, padded with 0
    targets: Tensor  # [question][token], the next token where it is to be predicted, else IGNORED
    starts: Tensor  # [question], positions that each sees of the frames
    types: list[str]  # [question]
    hints: StreamHints = field(default_factory=StreamHints)


@dataclass(frozen=True)
class HeadHint:
    """Rows of one head, and the columns that each should look at: any of them, or all alike."""

    rows: Tensor  # [stream][row]
    columns: Tensor  # [stream][row][column], none where a row is padding
    is_shared: bool = False


@dataclass(frozen=True)
class StreamBatch:
    frames: Tensor  # [stream][position]
    questions: Tensor  # [stream][question][token]
    targets: Tensor
    starts: Tensor  # [stream][question]
    types: list[list[str]]
    frame_hints: dict[HeadAt, HeadHint]  # rows and columns among the frames
    question_hints: dict[HeadAt, HeadHint]  # rows: question · length + token; columns: the frames, then the question's own tokens

    def to(self, device: torch.device) -> "StreamBatch":
        def moved(hints: dict[HeadAt, HeadHint]) -> dict[HeadAt, HeadHint]:
            return {head: HeadHint(h.rows.to(device), h.columns.to(device), h.is_shared) for head, h in hints.items()}

        tensors = (each.to(device) for each in (self.frames, self.questions, self.targets, self.starts))
        return StreamBatch(*tensors, self.types, moved(self.frame_hints), moved(self.question_hints))


def stream_records(generator: str, knobs: str, seed: int, count: int, questions: int, moments: str = "any") -> list[dict]:
    arguments = ["--knobs", knobs, "--questions", str(questions), "--moments", moments]
    arguments += ["--seed", str(seed), "--count", str(count), "--links"]
    return cached_records(generator, arguments, f"stream-{seed}-{count}")


def read_stream(record: dict, vocabulary: Vocabulary, is_hinted: bool = True) -> StreamExample:
    frames = vocabulary.encode(record["stream"].split())
    texts = [f"{each['question']} {each['answer']} <eos>".split() for each in record["questions"]]
    length = max(len(text) for text in texts)
    questions = torch.zeros(len(texts), length, dtype=torch.long)
    targets = torch.full((len(texts), length), IGNORED)
    for row, text in enumerate(texts):
        ids = torch.tensor(vocabulary.encode(text))
        colon = text.index(":")
        questions[row, : len(ids)] = ids
        targets[row, colon : len(ids) - 1] = ids[colon + 1 :]
    starts = torch.tensor([1 + FRAME_TOKENS * each["moment"] for each in record["questions"]])
    types = [each["type"] for each in record["questions"]]
    hints = hints_of(record["questions"]) if is_hinted else StreamHints()
    return StreamExample(torch.tensor(frames), questions, targets, starts, types, hints)


def collate_streams(examples: list[StreamExample]) -> StreamBatch:
    """Streams of as many frames each; those with fewer questions get empty ones."""
    count = max(len(example.questions) for example in examples)
    length = max(example.questions.shape[1] for example in examples)
    positions = len(examples[0].frames)

    def padded(tensors: list[Tensor], filler: int) -> Tensor:
        whole = torch.full((len(tensors), count, length), filler)
        for row, tensor in enumerate(tensors):
            whole[row, : tensor.shape[0], : tensor.shape[1]] = tensor
        return whole

    starts = torch.full((len(examples), count), positions)
    for row, example in enumerate(examples):
        starts[row, : len(example.starts)] = example.starts
    frame_rows = [{head: pairs for head, pairs in example.hints.frames.items()} for example in examples]
    question_rows = [
        {
            head: [(question * length + token, [*columns, *(positions + own for own in owns)])
                   for question, token, columns, owns in asked]
            for head, asked in example.hints.questions.items()
        }
        for example in examples
    ]
    return StreamBatch(
        torch.stack([example.frames for example in examples]),
        padded([example.questions for example in examples], 0),
        padded([example.targets for example in examples], IGNORED),
        starts,
        [example.types for example in examples],
        head_hints(frame_rows, positions),
        head_hints(question_rows, positions + length),
    )


Rows = list[tuple[int, list[int]]]


def head_hints(of_streams: list[dict[HeadAt, Rows]], column_count: int) -> dict[HeadAt, HeadHint]:
    hints = {}
    for head in sorted({head for rows in of_streams for head in rows}):
        count = max(len(rows.get(head, [])) for rows in of_streams)
        rows = torch.zeros(len(of_streams), count, dtype=torch.long)
        columns = torch.zeros(len(of_streams), count, column_count, dtype=torch.bool)
        for stream, of_stream in enumerate(of_streams):
            for at, (row, asked) in enumerate(of_stream.get(head, [])):
                rows[stream, at] = row
                columns[stream, at, asked] = True
        hints[head] = HeadHint(rows, columns, is_shared=head == StreamHints.COUNT)
    return hints


class StreamBatches(Batches):
    """Of streams of one length."""

    def __init__(self, knobs: str, questions: int, options: "BatchOptions") -> None:
        super().__init__()
        self.knobs, self.questions, self.options = knobs, questions, options

    def next(self) -> StreamBatch:
        return collate_streams(self.next_examples())

    def load_chunk(self) -> list[list[StreamExample]]:
        options = self.options
        seed = self.chunk_seed(options.seed, CHUNK_STREAMS)
        records = stream_records(options.generator, self.knobs, seed, CHUNK_STREAMS, self.questions)
        examples = [read_stream(record, options.vocabulary, options.is_hinted) for record in records]
        size = max(1, options.batch_tokens // (len(examples[0].frames) + examples[0].questions.numel()))
        return [examples[start : start + size] for start in range(0, len(examples), size)]


@dataclass(frozen=True)
class BatchOptions:
    vocabulary: Vocabulary
    generator: str
    seed: int
    batch_tokens: int
    is_hinted: bool
