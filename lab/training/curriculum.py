"""Mastery curriculum: a family moves to its next level of difficulty once it gets the present one almost entirely right.

A share of the batches comes from the two levels below, so that nothing is unlearned. The weight of the hint loss belongs
to the family too: it fades once the look-ups are right by themselves.
"""

import random
from collections import deque
from dataclasses import dataclass, field

MASTERY = 0.985  # share of trace tokens right
LOOK_UPS_RIGHT = 0.97
RECENT_BATCHES = 40
REVIEW_SHARE = 0.3
LEAST_SHARE = 0.25  # of batches: a family without mistakes, relative to one that gets everything wrong
HINT_WEIGHT = 0.2
HINT_DECAY = 0.99
HINTS_OFF_BELOW = 0.01 * HINT_WEIGHT


@dataclass
class Progress:
    """The progress of one family."""

    difficulties: list[str]
    level: int = 0
    hint_weight: float = HINT_WEIGHT
    mastery: float = MASTERY
    hint_decay: float = HINT_DECAY
    # Of the last batches at the present level.
    tokens_right: deque = field(default_factory=lambda: deque(maxlen=RECENT_BATCHES))
    look_ups_right: deque = field(default_factory=lambda: deque(maxlen=RECENT_BATCHES))
    exact: deque = field(default_factory=lambda: deque(maxlen=RECENT_BATCHES))

    @property
    def is_top(self) -> bool:
        return self.level == len(self.difficulties) - 1

    @property
    def share(self) -> float:
        """Share of the batches, relative to the other families: it grows with the share of traces that have a mistake."""
        return max(LEAST_SHARE, 1 - mean(self.exact)) if self.is_top else 1.0

    def pick_level(self, draw: random.Random) -> int:
        if self.level and draw.random() < REVIEW_SHARE:
            return draw.randrange(max(0, self.level - 2), self.level)
        return self.level

    def note(self, level: int, tokens: float, look_ups: float, exact: float) -> bool:
        """Records the outcome of a batch; returns whether the family has moved up a level."""
        if self.hint_weight and self._fades():
            self.hint_weight *= self.hint_decay
            if self.hint_weight < HINTS_OFF_BELOW:
                self.hint_weight = 0.0
        if level != self.level:
            return False
        self.tokens_right.append(tokens)
        self.look_ups_right.append(look_ups)
        self.exact.append(exact)
        if self.is_top or len(self.tokens_right) < RECENT_BATCHES or mean(self.tokens_right) <= self.mastery:
            return False
        self.level += 1
        for recent in (self.tokens_right, self.look_ups_right, self.exact):
            recent.clear()
        return True

    def _fades(self) -> bool:
        """Fading never stops once begun, and does not begin before half of the levels: each brings longer texts to search."""
        if self.hint_weight < HINT_WEIGHT:
            return True
        is_full = len(self.look_ups_right) == RECENT_BATCHES
        return 2 * self.level >= len(self.difficulties) - 1 and is_full and mean(self.look_ups_right) > LOOK_UPS_RIGHT

    def state(self) -> dict:
        return {**vars(self), **{name: list(value) for name, value in vars(self).items() if isinstance(value, deque)}}

    def load(self, state: dict) -> None:
        for name, value in state.items():
            setattr(self, name, deque(value, maxlen=RECENT_BATCHES) if isinstance(getattr(self, name), deque) else value)


def mean(values) -> float:
    return sum(values) / len(values) if values else 0.0
