"""A step as it is stored: checked, its attention in 8 bits per slot."""

import math
from dataclasses import dataclass, replace

import numpy as np

from . import check
from .errors import require
from .records import Model, Step


@dataclass(frozen=True)
class RecordedStep:
    """A step with its attention as it is stored, and the slots that its forward read."""

    step: Step
    length: int
    scale: np.ndarray  # [head] or empty
    attention: np.ndarray  # [head, slot] or empty


def record_step(step: Step, number: int, length: int, model: Model) -> RecordedStep:
    """Raises RunFileError for what the page would refuse."""
    head_count = model.layer_count * model.kv_head_count
    what = f"step {number}"
    check.check_token(what, step.token, model)
    for token, _, _ in step.candidates:
        check.check_token(f"{what}, candidates", token, model)
    for name in ("compute_ms", "event_ms", "read_back_ms"):
        check.check_time(f"{what}: {name}", getattr(step, name))
    for name in ("log_probability", "entropy"):
        require(not math.isnan(getattr(step, name)), f"{what}: {name} is not a number")
    if step.attention is None:
        return RecordedStep(step, length, np.empty(0, np.float32), np.empty((0, 0), np.uint8))
    rows = check.rows_of(f"{what}: attention", step.attention, head_count, length).astype(np.float32)
    require(bool(((rows >= 0) & (rows <= 1.001)).all()), f"{what}: attention is not all within 0 … 1")
    scale = rows.max(axis=1)
    factor = np.divide(255, scale, out=np.zeros_like(scale), where=scale > 0)
    return RecordedStep(replace(step, attention=None), length, scale, (rows * factor[:, None] + 0.5).astype(np.uint8))
