"""
A score as data and the rule of admission, computed as the page does to the last bit (src/policy/formula.ts, admission.ts):
in 64 bits, every column rounded to 32 once, sums in the order of the slots.
"""

from dataclasses import dataclass

import numpy as np

from .errors import require

# By operation: how many columns it reads, and how many numbers it has.
SHAPES = {
    "copy": (1, 0), "share": (1, 0), "sum": (2, 1), "shareOfSum": (2, 1), "decayed": (0, 1), "largest": (2, 0),
    "weighted": (2, 1), "added": (2, 0), "pooled": (1, 1), "mixed": (2, 1), "recency": (0, 1), "draw": (0, 2),
    "averagePooled": (1, 1), "pooledVotes": (1, 1), "layerMean": (1, 0), "scaled": (1, 1), "product": (2, 1), "logProduct": (2, 0), "continued": (2, 1), "shareOfBlock": (1, 1), "shareOfRow": (1, 0), "rankInBlock": (1, 2),
    "standardised": (1, 1), "sinks": (1, 1), "secondStage": (2, 2), "pooledByVariation": (1, 3),
}
TERM = "terms."
TOTAL = "total"
LARGEST_WIDTH = 63


@dataclass(frozen=True)
class Inputs:
    layer: int
    kv_head: int
    event: int
    positions: np.ndarray  # [slot]
    candidate_count: int
    prompt_count: int
    terms: dict[str, np.ndarray]
    carried: np.ndarray | None  # by the first slots


def check_formula(formula: dict, what: str) -> None:
    known: set[str] = set()
    for step in formula["steps"]:
        column, operation, sources, numbers = step["column"], step["operation"], step["from"], step["numbers"]
        require(operation in SHAPES, f"{what}: {operation!r} is not an operation")
        shape = (len(sources), len(numbers))
        require(shape == SHAPES[operation], f"{what}: {column} reads {shape[0]} columns and has {shape[1]} numbers, {operation} needs {SHAPES[operation]}")
        require(column not in known, f"{what} computes {column} twice")
        for source in sources:
            require(source in known or source.startswith(TERM), f"{what}: {column} reads {source}, which isn't computed before it")
        is_width = operation not in ("pooled", "averagePooled", "pooledVotes") or (numbers[0] % 2 == 1 and 1 <= numbers[0] <= LARGEST_WIDTH)
        require(is_width, f"{what}: {column} has a width of {numbers}, expected an odd number from 1 to {LARGEST_WIDTH}")
        counts = {"shareOfBlock": (1,), "rankInBlock": (0, 1)}.get(operation, ())
        is_counts = all(float(number).is_integer() and number >= least for number, least in zip(numbers, counts))
        require(is_counts, f"{what}: {column} has blocks of {numbers}, expected whole numbers")
        known.add(column)
    require(not formula["steps"] or formula["steps"][-1]["column"] == TOTAL, f"{what} doesn't end with the total")
    carry = formula["carry"]
    require(carry is None or carry in known - {TOTAL}, f"{what} carries {carry}, which it doesn't compute")


def formula_terms(formula: dict) -> list[str]:
    read = [source.removeprefix(TERM) for step in formula["steps"] for source in step["from"] if source.startswith(TERM)]
    return list(dict.fromkeys([*read, *([formula["start"]] if formula["start"] is not None else [])]))


def compute_column(
    step: dict, heads: list[Inputs], columns: list[dict[str, np.ndarray]], keep: list[int] | None = None
) -> list[np.ndarray]:
    """Of one layer: [head] of [candidate], float32. `columns`: at least those before that it reads; `keep`: slots that stay, both by head."""
    rows = [
        [(head.terms[name.removeprefix(TERM)] if name.startswith(TERM) else own[name]).astype(np.float64) for name in step["from"]]
        for head, own in zip(heads, columns)
    ]
    with np.errstate(all="ignore"):
        if step["operation"] == "standardised":
            return [row.astype(np.float32) for row in _standardised([own[0] for own in rows], int(step["numbers"][0]))]
        if step["operation"] == "pooledByVariation":
            return [row.astype(np.float32) for row in _pooled_by_variation([own[0] for own in rows], step["numbers"])]
        if step["operation"] == "layerMean":
            return [row.astype(np.float32) for row in _layer_mean([own[0] for own in rows], heads)]
        filled = [np.asarray(_values(step, own, head)).astype(np.float32) for own, head in zip(rows, heads)]
        if step["operation"] == "secondStage":
            require(keep is not None, f"{step['column']} needs to know how many slots stay")
            for row, own, head, count in zip(filled, rows, heads, keep):
                window = len(head.positions) - head.candidate_count
                best = np.lexsort((np.arange(len(row)), -own[0]))
                row[best[: max(0, int(np.floor(step["numbers"][1] * count)) - window)]] = np.inf
        return [_shared(column) for column in filled] if step["operation"] in ("share", "shareOfSum") else filled


def _values(step: dict, rows: list[np.ndarray], inputs: Inputs) -> np.ndarray:
    operation, numbers = step["operation"], step["numbers"]
    a = rows[0] if rows else np.empty(0)
    b = rows[1] if len(rows) > 1 else a
    c = numbers[0] if numbers else 0
    slots = np.arange(inputs.candidate_count)
    match operation:
        case "copy" | "share":
            return a
        case "sum" | "shareOfSum":
            return a + c * b
        case "decayed":
            carried = (np.empty(0) if inputs.carried is None else inputs.carried)[: len(slots)]
            column = np.full(len(slots), np.nan)
            column[: len(carried)] = c * carried.astype(np.float64)
            return column
        case "largest":
            return np.where(a > b, a, b)
        case "weighted":
            return np.where(np.isnan(a), b, a + (1 - c) * b)
        case "added":
            return np.where(np.isnan(a), b, a + b)
        case "pooled":
            reach = int(c) // 2
            padded = np.pad(a, reach, constant_values=np.nan)
            shifted = [padded[by : by + len(a)] for by in range(2 * reach + 1)]
            return np.fmax.reduce(shifted, axis=0, initial=-np.inf)
        case "averagePooled":
            return _average_pooled(a, int(c))
        case "pooledVotes":
            return _pool_votes(a, int(c))
        case "mixed":
            return c * a - (1 - c) * b
        case "recency":
            return np.where(slots < c, np.inf, inputs.positions[: len(slots)])
        case "draw":
            positions = inputs.positions[: len(slots)]
            spared = inputs.prompt_count if inputs.prompt_count <= numbers[1] else 0
            return _uniform(int(c), inputs.event, inputs.layer, inputs.kv_head, positions) + (positions < spared)
        case "scaled":
            return c * a
        case "product" | "secondStage":
            return (a + c) * b
        case "logProduct":
            return a + np.array([natural_log(value) for value in b.tolist()])
        case "continued":
            return np.where(a >= c, a, c / (1 + natural_log(c) - b))
        case "shareOfBlock":
            return np.concatenate([_of_sum(a[start : start + int(c)]) for start in range(0, len(a), int(c))] or [a])
        case "shareOfRow":
            return _of_sum(a)
        case "rankInBlock":
            return _rank_in_block(a, int(c), int(numbers[1]), len(inputs.positions))
        case "sinks":
            return np.where(slots < c, np.inf, a)
    raise AssertionError(operation)


def natural_log(value: float) -> float:
    """As src/lib/naturalLog.ts has it, step by step: the library's own may differ in the last bit."""
    if not value > 0:
        return -np.inf if value == 0 else np.nan
    if value == np.inf:
        return np.inf
    exponent = 0
    while value >= 1.5:
        value, exponent = value / 2, exponent + 1
    while value < 0.75:
        value, exponent = value * 2, exponent - 1
    t = (value - 1) / (value + 1)
    power, total = t, 0.0
    for term in range(11):
        total += power / (2 * term + 1)
        power *= t * t
    return 2 * total + exponent * 0.6931471805599453


def _of_sum(row: np.ndarray) -> np.ndarray:
    total = _sum(row)
    return row / total if total > 0 else row


def _sum(row: np.ndarray) -> float:
    """One after the other: numpy's own sum adds in another order."""
    return float(np.cumsum(row)[-1]) if len(row) else 0.0


def _rank_in_block(row: np.ndarray, sinks: int, block: int, length: int) -> np.ndarray:
    ranked = row.copy()
    for start in range(sinks, length - 2 * block + 1, block):
        own = row[start : start + block]
        places = np.empty(len(own))
        places[np.lexsort((-np.arange(len(own)), own))] = np.arange(len(own))
        ranked[start : start + block] = places / block
    return ranked


def _layer_mean(rows: list[np.ndarray], heads: list[Inputs]) -> list[np.ndarray]:
    sums: dict[int, float] = {}
    counts: dict[int, int] = {}
    for row, head in zip(rows, heads):
        for position, value in zip(head.positions[: head.candidate_count].tolist(), row.tolist()):
            sums[position] = sums.get(position, 0.0) + value
            counts[position] = counts.get(position, 0) + 1
    return [
        np.array([sums[position] / counts[position] for position in head.positions[: head.candidate_count].tolist()], np.float64)
        for head in heads
    ]


def _average_pooled(row: np.ndarray, width: int) -> np.ndarray:
    padded = np.pad(row, width // 2)
    return np.cumsum([padded[by : by + len(row)] for by in range(width)], axis=0)[-1] / width


def _pool_votes(row: np.ndarray, width: int) -> np.ndarray:
    """Stretches of votes, each with the voters behind it."""
    pooled = np.empty(len(row))
    start = 0
    while start < len(row):
        end = start
        while end < len(row) and row[end] >= 0:
            end += 1
        # Voters get the largest of what is stored, which is rounded.
        stretch = _average_pooled(row[start:end], width).astype(np.float32) if end > start else np.empty(0, np.float32)
        pooled[start:end] = stretch
        start = end
        while start < len(row) and not row[start] >= 0:
            pooled[start] = stretch.max() if len(stretch) else 1
            start += 1
    return pooled


def _pooled_by_variation(rows: list[np.ndarray], limits: list[float]) -> list[np.ndarray]:
    joined = np.concatenate(rows)
    mean = _sum(joined) / np.float64(len(joined))
    variation = np.sqrt(_sum((joined - mean) ** 2) / np.float64(len(joined))) / mean
    width = next((width for width, limit in zip((7, 5, 3), limits) if variation < limit), 1)
    return [_average_pooled(row, width) for row in rows]


def _standardised(rows: list[np.ndarray], sinks: int) -> list[np.ndarray]:
    joined = np.concatenate([row[sinks:] for row in rows])
    mean = _sum(joined) / len(joined) if len(joined) else 0.0
    deviation = float(np.sqrt(_sum((joined - mean) ** 2) / (len(joined) - 1))) if len(joined) > 1 else 0.0
    is_scored = [np.arange(len(row)) >= sinks for row in rows]
    return [np.where(scored, (row - mean) / deviation, 0) if deviation > 0 else np.zeros(len(row)) for scored, row in zip(is_scored, rows)]


def _shared(row: np.ndarray) -> np.ndarray:
    largest = np.fmax.reduce(row, initial=np.float32(0))
    return (row.astype(np.float64) / float(largest)).astype(np.float32) if largest > 0 else row


def _uniform(seed: int, *keys) -> np.ndarray:
    """The page's draw (src/lib/random.ts): a hash of the seed and the purpose."""
    word = _hash_word(np.uint64(seed & 0xFFFFFFFF))
    for key in keys:
        word = _hash_word(word ^ np.asarray(key).astype(np.uint64))
    return ((word >> np.uint64(9)).astype(np.float64) + 0.5) / 8388608


def _hash_word(word):
    mask = np.uint64(0xFFFFFFFF)
    state = (word * np.uint64(747796405) + np.uint64(2891336453)) & mask
    mixed = (((state >> ((state >> np.uint64(28)) + np.uint64(4))) ^ state) * np.uint64(277803737)) & mask
    return (mixed >> np.uint64(22)) ^ mixed


def choose(total: np.ndarray, is_protected: np.ndarray | None, length: int, keep: int) -> np.ndarray:
    """The slots that stay, ascending: must stay, then protected, then the higher total, then the lower slot; and the window."""
    window = length - len(total)
    admitted = max(0, min(keep - window, len(total)))
    order = np.lexsort((np.arange(len(total)), -total, -_ranks(total, is_protected)))
    return np.concatenate([np.sort(order[:admitted]), np.arange(len(total), length)]).astype(np.int32)


def cut(total: np.ndarray, is_protected: np.ndarray | None, kept: np.ndarray) -> tuple[float, float]:
    """The total of the last candidate admitted, and how far it stands above the first that was turned away."""
    is_kept = np.zeros(len(total), bool)
    is_kept[kept[kept < len(total)]] = True
    ranks = _ranks(total, is_protected)
    cut_off, refused = np.inf, -np.inf
    stayed, left = np.flatnonzero(is_kept & ~np.isnan(total)), np.flatnonzero(~is_kept & ~np.isnan(total))
    if len(stayed):
        lowest = stayed[ranks[stayed] == ranks[stayed].min()]
        cut_off = float(total[lowest[np.argmin(total[lowest])]])
    if len(left):
        highest = left[ranks[left] == ranks[left].max()]
        refused = float(total[highest[np.argmax(total[highest])]])
    return cut_off, 0.0 if cut_off == refused else cut_off - refused


def _ranks(total: np.ndarray, is_protected: np.ndarray | None) -> np.ndarray:
    protected = np.zeros(len(total), int) if is_protected is None else is_protected.astype(int)
    return np.where(total == np.inf, 2, protected)
