"""How a column of scores follows from columns before it (docs/run-file.md, Forecasts): reckoned in 64 bits, rounded to 32 once."""

import math

import numpy as np

from .errors import require

# By operation: how many columns it reads.
SOURCE_COUNTS = {
    "copy": 1, "share": 1, "shareOfSum": 2, "decayed": 1, "largest": 2, "joined": 2, "pooled": 1, "mixed": 2,
}
LARGEST_WIDTH = 63
PROMPT_KEY = "terms.promptAttention"
_NAN_BITS = np.uint32(0x7FC00000)


def check_forecasts(forecasts, orders: list[list[str]], what: str) -> dict[str, dict]:
    """By the column told. `orders`: per event the keys of its columns, in order."""
    require(isinstance(forecasts, list), f"{what}: forecasts should be a list")
    by_column = {forecast["column"]: forecast for forecast in forecasts}
    require(len(by_column) == len(forecasts), f"{what}: two forecasts are of one column")
    for forecast in forecasts:
        _check(forecast, f"{what}: the forecast of {forecast['column']}")
    for keys in orders:
        require(len(set(keys)) == len(keys), f"{what}: an event names two of its columns alike")
        for place, key in enumerate(keys):
            for source in by_column.get(key, {"from": []})["from"]:
                is_before = source in keys[:place]
                require(is_before, f"{what}: the forecast of {key} reads {source}, which does not stand before it")
    return by_column


def _check(forecast: dict, what: str) -> None:
    operation, sources, number = forecast["operation"], forecast["from"], forecast["number"]
    require(operation in SOURCE_COUNTS, f"{what} is {operation!r}, which is no operation")
    require(not forecast["column"].startswith("terms."), f"{what} is of a term, which is measured")
    is_start = operation == "decayed"
    is_counted = len(sources) == SOURCE_COUNTS[operation] or (is_start and not sources)
    require(is_counted, f"{what} reads {len(sources)} columns, {operation} needs {SOURCE_COUNTS[operation]}")
    require(is_start or PROMPT_KEY not in sources, f"{what} reads {PROMPT_KEY}, which has a value per position")
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool) and math.isfinite(number)
    require(is_number, f"{what} has a number that is none: {number!r}")
    is_width = number % 2 == 1 and 1 <= number <= LARGEST_WIDTH
    require(operation != "pooled" or is_width, f"{what} has a width of {number}, expected an odd number from 1 to {LARGEST_WIDTH}")


def told_bits(forecast: dict, sources: list[np.ndarray], carried: list[np.ndarray] | None, shape: tuple[int, int]) -> np.ndarray:
    """
    The bits of a column as its forecast tells it, [head, candidate]. `sources`: float32, [head, …]; `carried`: per head what
    the first slots carried, None at the first event.
    """
    with np.errstate(all="ignore"):
        column = _told(forecast["operation"], forecast["number"], [source.astype(np.float64) for source in sources], carried, shape)
        column = np.ascontiguousarray(column, np.float32)
    return np.where(np.isnan(column), _NAN_BITS, column.view(np.uint32))


def _told(operation: str, number: float, sources: list[np.ndarray], carried: list[np.ndarray] | None, shape: tuple[int, int]):
    if operation == "decayed":
        return _decayed(number, sources[0] if carried is None and sources else carried or [], shape)
    a = sources[0]
    b = sources[1] if len(sources) > 1 else a
    if operation == "copy":
        return a
    if operation == "share":
        return _shared(a)
    if operation == "shareOfSum":
        return _shared((a + number * b).astype(np.float32).astype(np.float64))
    if operation == "largest":
        return np.where(a > b, a, b)
    if operation == "joined":
        return np.where(np.isnan(a), b, a + number * b)
    if operation == "pooled":
        return _pooled(a, int(number) // 2)
    return number * a - (1 - number) * b


def _shared(rows: np.ndarray) -> np.ndarray:
    largest = np.fmax.reduce(rows, axis=1, initial=0.0, keepdims=True)
    return np.where(largest > 0, rows / np.where(largest > 0, largest, 1), rows)


def _decayed(factor: float, past, shape: tuple[int, int]) -> np.ndarray:
    column = np.full(shape, np.nan)
    for head, row in enumerate(past):
        count = min(len(row), shape[1])
        column[head, :count] = factor * np.asarray(row[:count], np.float64)
    return column


def _pooled(rows: np.ndarray, reach: int) -> np.ndarray:
    count = rows.shape[1]
    padded = np.pad(rows, ((0, 0), (reach, reach)), constant_values=-np.inf)
    largest = np.full(rows.shape, -np.inf)
    for offset in range(2 * reach + 1):
        near = padded[:, offset : offset + count]
        largest = np.where(near > largest, near, largest)
    return largest
