"""Attention hints for frame streams: which head should look where, from the patches that an answer is read from.

    PREVIOUS     a patch that is asked for: the patch before it, which says where it is; a word behind another of the answer: that one
    KEYS         a row that is about to read: the words that say which (place, name, colour and kind)
    ASKED, TURN  the same row: what, who, where, how; first, last, or what was done
    EARLIER      a person at a spot, the parcel: whoever was there before, where the parcel lay before, else the beginning
    LOOK_UP      a row that is about to read: any of the patches that show it
    COUNT        the colon of a count: the beginning and every lit lamp alike, so that the beginning's share is 1 / (n + 1)
    REST         a row within an answer of two words that one patch shows: the row before
"""

from dataclasses import dataclass, field
from typing import ClassVar

from model import HeadAt

FrameRows = dict[HeadAt, list[tuple[int, list[int]]]]  # row, columns
QuestionRows = dict[HeadAt, list[tuple[int, int, list[int], list[int]]]]  # question, token, columns among frames, own tokens


@dataclass(frozen=True)
class StreamHints:
    frames: FrameRows = field(default_factory=dict)
    questions: QuestionRows = field(default_factory=dict)

    PREVIOUS: ClassVar[HeadAt] = (0, 0)
    KEYS: ClassVar[tuple[HeadAt, HeadAt]] = ((0, 2), (0, 3))
    ASKED: ClassVar[HeadAt] = (0, 4)
    TURN: ClassVar[HeadAt] = (0, 5)
    EARLIER: ClassVar[HeadAt] = (1, 0)
    LOOK_UP: ClassVar[HeadAt] = (2, 0)
    COUNT: ClassVar[HeadAt] = (2, 2)
    REST: ClassVar[HeadAt] = (3, 0)

BEGINNING = 0


def hints_of(questions: list[dict]) -> StreamHints:
    hints = StreamHints({}, {})
    patches = sorted({position for each in questions for read in each["reads"] for position in read})
    hints.frames[StreamHints.PREVIOUS] = [(position, [position - 1]) for position in patches]
    earlier = earlier_stays(questions)
    hints.frames[StreamHints.EARLIER] = [
        (row, [column for column in columns if column < row] or [BEGINNING]) for row, columns in sorted(earlier.items())
    ]
    for number, question in enumerate(questions):
        add_question(hints.questions, number, question)
    return StreamHints({head: rows for head, rows in hints.frames.items() if rows}, hints.questions)


def earlier_stays(questions: list[dict]) -> dict[int, list[int]]:
    """By the position of a patch, those of the stay before it; none where it was the first."""
    shown = {(each["type"], each["question"]): each["reads"][0] for each in questions if each["reads"]}
    found: dict[int, list[int]] = {}
    for (kind, words), positions in shown.items():
        if kind in ("A2", "O1", "C1"):
            found.update({position: [] for position in positions})
    for (kind, words), positions in shown.items():
        first = {"O2": "O1", "C2": "C1"}.get(kind)
        before = shown.get((first, words.replace("last", "first"))) if first else None
        if before is not None:
            found.update({position: before for position in positions})
    return found


def add_question(asked: QuestionRows, number: int, question: dict) -> None:
    kind = question["type"]
    words = question["question"].split()
    colon = len(words) - 1
    answer = question["answer"].split()

    def hint(head: HeadAt, token: int, columns: list[int], own: list[int]) -> None:
        asked.setdefault(head, []).append((number, token, columns, own))

    def keyed(token: int, keys: list[int], turn: int | None) -> None:
        for head, key in zip(StreamHints.KEYS, keys if len(keys) == 2 else keys * 2):
            hint(head, token, [], [key])
        hint(StreamHints.ASKED, token, [], [1])
        if turn is not None:
            hint(StreamHints.TURN, token, [], [turn])

    keyed(colon, *key_words(kind, words))
    if kind[0] == "N":
        hint(StreamHints.COUNT, colon, [BEGINNING, *(position for read in question["reads"] for position in read)], [])
        return
    hint(StreamHints.LOOK_UP, colon, question["reads"][0], [])
    token = colon + 1
    if kind[0] == "D":
        # The place that was just written is the key of the second hop.
        keyed(token, [token], None)
        hint(StreamHints.LOOK_UP, token, question["reads"][1], [])
        token += 1
    if len(answer) > token - colon:
        hint(StreamHints.PREVIOUS, token, [], [token - 1])
        hint(StreamHints.REST, token, [], [token - 1])


def key_words(kind: str, words: list[str]) -> tuple[list[int], int | None]:
    """Which words say what is asked for, and the one that tells alike questions apart."""
    colon = len(words) - 1
    if kind in ("A1", "A2", "S1"):
        return [colon - 1], 2
    if kind in ("B1", "S2"):
        return [colon - 2, colon - 1], 2
    if kind == "B2":
        return [colon - 1], 2
    if kind in ("C1", "C2"):
        return [colon - 2], colon - 1
    if kind == "C3":
        return [colon - 1, 2], 2
    if kind == "D1":
        return [colon - 3, colon - 2], 3
    if kind == "D2":
        return [colon - 2], 3
    if kind in ("O1", "O2"):
        return [colon - 1], 3
    return [words.index("lamp" if "lamp" in words else "door")], None
