"""Attention hints: which head should look where, derived from the links that the problem generator writes.

A link is a fact (the positions of its parts, and of the full stop that closes it) or a read (a word of the reasoning that
comes from a part of a fact, and the key: the word that says which fact). From these:

    PREVIOUS   every row looks at the word before it
    NAME       a row that is about to read a fact: the key; the full stop of a fact: the name of the fact
    NUMBER, gather_heads   the full stop of a fact: its other parts, one head each; the word before it comes through PREVIOUS
    LOOK_UP    a row that is about to read a fact of the prompt: the fact's full stop
    LOOK_BACK  the same for facts that the reasoning itself has stated
    COMPARE    a row that has recalled a note: the number that is compared with it

Style "summary" is the one above. "token" asks the last two to look at the part itself, whose row has looked at the name of
the fact, so that no single position holds a fact. "none" asks for nothing.
"""

from dataclasses import dataclass

from model import HeadAt

PREVIOUS: HeadAt = (0, 0)
NAME: HeadAt = (0, 2)
NUMBER: HeadAt = (0, 3)
COMPARE: HeadAt = (1, 1)
LOOK_UP: HeadAt = (2, 0)
LOOK_BACK: HeadAt = (2, 2)
STYLES = ("summary", "token", "none")
NAMES = ("header", "person")
BEGINNING = 0


def gather_heads(head_count: int) -> tuple[HeadAt, ...]:
    """Heads that gather parts, the first for the direction of a change. What layer 0 gathers is learned much sooner."""
    if head_count < 6:
        return ((1, 2), (0, 1), (1, 0), (1, 3))
    return ((0, 4), (0, 1), *((0, head) for head in range(5, head_count)), (1, 2), (1, 0), (1, 3))


Targets = dict[HeadAt, list[tuple[int, int]]]  # head -> (row, column to look at), column <= row


@dataclass(frozen=True)
class Fact:
    """Positions in prompt and trace together."""

    parts: dict[str, int]
    summary: int

    @property
    def name(self) -> int | None:
        return next((self.parts[role] for role in NAMES if role in self.parts), None)

    @property
    def place(self) -> int:
        """Where the whole fact can be read: of two neighbouring words, the second holds both, without a full stop."""
        positions = sorted(self.parts.values())
        return positions[1] if len(positions) == 2 and positions[1] == positions[0] + 1 else self.summary


@dataclass(frozen=True)
class Read:
    position: int  # of the word that is read; it is predicted one row earlier
    role: str
    fact: int  # the fact's summary
    source: int  # the part's own position
    key: int


def read_links(links: list[dict]) -> tuple[dict[int, Fact], list[Read]]:
    """Facts by summary, and reads."""
    facts = {link["summary"]: Fact(dict(link["parts"]), link["summary"]) for link in links if link["type"] == "fact"}
    reads = [
        Read(link["position"], link["role"], link["fact"], link["source"], link["key"])
        for link in links
        if link["type"] == "read"
    ]
    return facts, reads


@dataclass(frozen=True)
class HintStyle:
    name: str  # one of STYLES
    head_count: int = 4


def hint_targets(words: list[str], facts: dict[int, Fact], reads: list[Read], style: HintStyle) -> Targets:
    if style.name == "none":
        return {}
    prompt_count = words.index("<think>") + 1
    asked: dict[HeadAt, dict[int, int]] = {
        head: {} for head in (PREVIOUS, NAME, NUMBER, *gather_heads(style.head_count), COMPARE, LOOK_UP, LOOK_BACK)
    }
    asked[PREVIOUS] = {row: row - 1 for row in range(1, len(words))}
    gathered: dict[int, dict[str, int]] = {}
    for read in reads:
        row = read.position - 1
        found = place_of(words, facts, read, row)
        if found is None or read.key > row:
            continue
        fact, column, part = found
        asked[NAME][row] = read.key
        head = LOOK_BACK if fact.summary >= prompt_count else LOOK_UP
        asked[head][row] = column if style.name == "summary" or len(fact.parts) == 1 else part
        gathered.setdefault(fact.summary, dict(fact.parts))
        if fact.summary != read.fact:
            gathered[fact.summary]["before"] = part
    for summary, parts in gathered.items():
        fact = facts[summary]
        if style.name == "token":
            if fact.name is not None:
                asked[NAME].update({at: fact.name for at in parts.values() if at > fact.name})
        elif fact.place == summary and len(parts) > 1:
            for head, part in gathering(parts, summary, gather_heads(style.head_count)):
                asked[head][summary] = part
    for row, word in enumerate(words):
        # A room without a note: looking back finds nothing, which the head shows by looking at the beginning.
        if word == "note" and row > prompt_count:
            asked[LOOK_BACK][row - 1] = BEGINNING
        # makes 9 recall 7 above: the note is compared with the number two words before it.
        if word == "recall" and row > prompt_count and row + 1 < len(words):
            asked[COMPARE][row + 1] = row - 1
    return {head: sorted(pairs.items()) for head, pairs in asked.items() if pairs}


def place_of(words: list[str], facts: dict[int, Fact], read: Read, row: int) -> tuple[Fact, int, int] | None:
    """The fact to read, the column of its summary, and the column of the word itself."""
    fact = facts[read.fact]
    key = bare(words[read.key])
    if len(fact.parts) == 1 and read.role == "person":
        # An entry of a list, found by its neighbour: only the later of the two has seen the other.
        is_before_key = bare(words[fact.summary + 1]) == key
        column = fact.summary + 1 if is_before_key else fact.summary
        return (fact, column, column) if column <= row else None
    if fact.name is None:
        return None
    is_stated = "<think>" not in words[: fact.summary]
    is_other = any(each.name is not None and bare(words[each.name]) == key for each in facts.values())
    # An order has no name that its key could repeat: "Answer :" itself asks for the order that says how to begin.
    if bare(words[fact.name]) == key or (is_stated and not is_other):
        return (fact, fact.place, read.source) if fact.place <= row else None
    # A fact about someone else: the sentence about the key that repeats the word can be found by the key.
    for other in facts.values():
        is_stated = other.name is not None and "<think>" in words[: other.name] and other.summary <= row
        if not is_stated or bare(words[other.name]) != key:
            continue
        for at in range(other.name, other.summary):
            if words[at] == words[read.source] and at not in other.parts.values():
                return other, other.summary, at
    return None


def gathering(parts: dict[str, int], summary: int, heads: tuple[HeadAt, ...]) -> list[tuple[HeadAt, int]]:
    """The head that fetches each part of a fact to its summary; the PREVIOUS head already sees the word right before it."""
    pairs = [(NAME, at) for role, at in parts.items() if role in NAMES]
    pairs += [(NUMBER, at) for role, at in parts.items() if role == "amount"]
    others = [at for role, at in parts.items() if role not in (*NAMES, "amount") and at != summary - 1]
    if "before" in parts:
        # Leaves the first head to the direction of a change.
        return [*pairs, *zip(heads[1:], others)]
    return [*pairs, *zip(heads, others)]


def bare(word: str) -> str:
    """`Attic:` and `attic`, `Ana's` and `Ana` name the same thing."""
    return word.removesuffix(":").removesuffix("'s").lower()
