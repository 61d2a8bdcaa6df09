"""What a run consists of, as plain records. What each field means in the page: src/trace/trace.ts."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Model:
    id: str
    label: str
    architecture: str
    layer_count: int
    head_count: int  # query heads
    kv_head_count: int
    head_dim: int
    vocabulary_size: int
    parameter_count: int
    max_positions: int
    digest: str = ""  # SHA-256 of the weight file; of several, of their digests in hexadecimal, joined in the order of their names
    weight_bytes: int = 0
    kv_value_bytes: int = 2  # of one number in K or V


@dataclass(frozen=True)
class Policy:
    """`parameters` take the page's names where they mean the same (budgetSlots, windowSlots, intervalSteps, alpha, …)."""

    id: str
    label: str
    parameters: dict[str, float | int | str | bool] = field(default_factory=dict)
    # How scores follow from terms (docs/run-file.md, Formula); the file then stores only what doesn't. None where that isn't said.
    formula: dict | None = None


@dataclass(frozen=True)
class Prompt:
    text: str
    tokens: list[int]
    texts: list[str]  # of each token
    expected_answer: str | None = None


@dataclass(frozen=True)
class Sampling:
    """Temperature 0 is greedy."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Backend:
    """`adapter` is what a person reads. The page knows weights of 32 and of 16 bits; bfloat16 is "f16" here."""

    adapter: str
    type: str = "gpu"
    weight_type: str = "f16"


@dataclass(frozen=True)
class Step:
    """Step 0 is the prefill, step t ≥ 1 feeds the token of step t − 1. Each generates one token."""

    token: int
    text: str
    log_probability: float  # natural logarithm, of the model's own distribution at temperature 1
    entropy: float  # in nats
    candidates: list[tuple[int, str, float]] = field(default_factory=list)  # token, text, log probability; best first
    attention: np.ndarray | None = None  # of the newest query, maximum over a group: [layer, kv_head, slot] or [head, slot]
    compute_ms: float = 0.0
    event_ms: float = 0.0
    read_back_ms: float = 0.0


@dataclass(frozen=True)
class Event:
    """
    One eviction, right after its step. Arrays over candidates, the slots before the window, are [layer, kv_head, candidate]
    or [head, candidate]; where heads hold or keep different numbers of slots, lists of rows by head.
    """

    budget_slots: int
    kept_slots: np.ndarray | None = None  # [..., kept]: indices into the cache before the event, ascending
    kept_positions: np.ndarray | None = None  # or the same by position in the text
    window_slots: int = 0  # newest slots that were never up for eviction
    total: np.ndarray | None = None  # the scores that decided, higher stays; None where the loop has none
    terms: dict[str, np.ndarray] = field(default_factory=dict)  # what was measured: "windowAttention", "redundancy", …
    parts: dict[str, np.ndarray] = field(default_factory=dict)  # what the policy made of it: "local", "history", …
    carry: np.ndarray | None = None  # scores that each survivor takes to the next event
    event: int | None = None  # counts events that could have acted; by default those that did
