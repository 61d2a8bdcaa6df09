"""What a run file may contain: the rules of the page's reader (docs/run-file.md), applied before anything is written."""

import math
import re

import numpy as np

from .errors import require
from .formula import check_formula
from .records import Backend, Model, Policy, Prompt

LARGEST_COUNT = 1 << 20
LARGEST_VOCABULARY = (1 << 31) - 1
# Positions × layers × KV heads: the page keeps a number for each.
LARGEST_REPLAY_CELLS = 1 << 26
ENDS = ("stopToken", "length", "stopped", "failed")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]{0,39}")


def check_model(model: Model) -> None:
    for name in ("layer_count", "head_count", "kv_head_count", "head_dim"):
        check_count(f"model.{name}", getattr(model, name), 1, LARGEST_COUNT)
    check_count("model.vocabulary_size", model.vocabulary_size, 1, LARGEST_VOCABULARY)
    for name in ("parameter_count", "max_positions", "weight_bytes"):
        check_count(f"model.{name}", getattr(model, name), 0, (1 << 53) - 1)
    require(
        model.head_count % model.kv_head_count == 0,
        f"{model.head_count} query heads do not share {model.kv_head_count} KV heads evenly",
    )


def check_backend(backend: Backend) -> None:
    for name, allowed in (("type", ("cpu", "gpu")), ("weight_type", ("f32", "f16"))):
        found = getattr(backend, name)
        require(found in allowed, f"backend.{name} is {found!r}, expected {allowed[0]!r} or {allowed[1]!r}")


def check_policy(policy: Policy) -> None:
    if policy.formula is not None:
        check_formula(policy.formula, "the policy's formula")
    for name, value in policy.parameters.items():
        check_name(f"the policy parameter {name!r}", name)
        is_value = isinstance(value, (bool, int, float, str))
        require(is_value, f"the policy parameter {name!r} is {value!r}, expected a number, a text, True or False")


def check_prompt(prompt: Prompt, model: Model) -> None:
    check_count("the number of prompt tokens", len(prompt.tokens), 1, LARGEST_COUNT)
    require(
        len(prompt.texts) == len(prompt.tokens),
        f"the prompt has {len(prompt.tokens)} tokens and {len(prompt.texts)} texts of tokens",
    )
    for token in prompt.tokens:
        check_token("the prompt", token, model)


def check_replay(model: Model, position_count: int) -> None:
    cells = model.layer_count * model.kv_head_count * position_count
    require(
        cells <= LARGEST_REPLAY_CELLS,
        f"{position_count} positions in {model.layer_count} × {model.kv_head_count} heads are more than the page can "
        f"replay ({LARGEST_REPLAY_CELLS} in all); end the run sooner",
    )


def check_token(what: str, token: int, model: Model) -> None:
    check_count(f"{what}: a token", token, 0, model.vocabulary_size - 1)


def check_name(what: str, name: str) -> None:
    require(_NAME.fullmatch(name) is not None, f"{what} should be a letter and up to 39 letters or digits")


def check_count(what: str, value: int, least: int, most: int) -> None:
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    require(is_whole and least <= value <= most, f"{what} is {value!r}, expected a whole number from {least} to {most}")


def check_time(what: str, value: float) -> None:
    require(math.isfinite(value) and value >= 0, f"{what} is {value}, expected milliseconds of 0 or more")


def rows_of(what: str, values, head_count: int, widths: list[int] | None = None) -> list[np.ndarray]:
    """
    A row per head, from [layer, kv_head, width] or [head, width], or from lists of rows by head or by layer and head where
    heads differ in length.
    """
    rows = _split(values, head_count)
    found = None if rows is None else [len(row) for row in rows]
    if found is not None and (widths is None or found == list(widths)):
        return rows
    shape = np.shape(values) if rows is None or len(set(found)) == 1 else f"rows of {found}"
    expected = "values" if widths is None else f"{widths[0]} values" if len(set(widths)) == 1 else f"{list(widths)} values"
    require(False, f"{what} has the shape {shape}, expected {expected} for each of {head_count} heads (layers × KV heads)")
    return []


def _split(values, head_count: int) -> list[np.ndarray] | None:
    try:
        array = np.asarray(values)
        return list(array.reshape(head_count, -1) if array.size else array.reshape(head_count, 0))
    except ValueError:
        pass
    try:
        rows = list(values) if len(values) == head_count else [row for layer in values for row in layer]
        arrays = [np.asarray(row) for row in rows]
    except (TypeError, ValueError):
        return None
    return arrays if len(arrays) == head_count and all(row.ndim == 1 for row in arrays) else None


def shaped(rows: list[np.ndarray], heads: tuple[int, int]):
    """[layer, kv_head, width], or the rows as they are where heads differ in length."""
    return np.stack(rows).reshape(*heads, -1) if len({len(row) for row in rows}) == 1 else list(rows)


def check_ascending(what: str, row: np.ndarray, limit: int) -> None:
    """It must rise strictly, within 0 … limit − 1."""
    require(np.issubdtype(row.dtype, np.integer), f"{what} are {row.dtype}, expected whole numbers")
    is_inside = row.size == 0 or (row.min() >= 0 and row.max() < limit)
    require(bool(is_inside), f"{what} are not all within 0 … {limit - 1}")
    require(bool((np.diff(row) > 0).all()), f"{what} do not rise strictly in every head; sort them")
