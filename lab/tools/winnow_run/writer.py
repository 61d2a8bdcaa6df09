"""Grows a run step by step, in order, and writes it as a run file. Keeps track of what is in which slot by itself."""

from pathlib import Path

import numpy as np

from . import check
from .container import pack_sections
from .encode import RecordedRun, encode_run
from .errors import require
from .events import CacheBefore, record_event
from .records import Backend, Event, Model, Policy, Prompt, Sampling, Step
from .steps import record_step


class RunFileWriter:
    def __init__(
        self, model: Model, policy: Policy, prompt: Prompt, *,
        backend: Backend, max_new_tokens: int, sampling: Sampling = Sampling(),
    ) -> None:
        check.check_model(model)
        check.check_policy(policy)
        check.check_prompt(prompt, model)
        check.check_backend(backend)
        check.check_count("max_new_tokens", max_new_tokens, 0, check.LARGEST_COUNT)
        self._run = RecordedRun(model, policy, prompt, backend, sampling, max_new_tokens, [], [])
        self._positions = np.empty((model.layer_count * model.kv_head_count, 0), np.int32)

    @property
    def positions(self) -> np.ndarray:
        """Positions in the cache as it stands. [layer, kv_head, slot]"""
        model = self._run.model
        return self._positions.reshape(model.layer_count, model.kv_head_count, -1).copy()

    def add_step(self, step: Step, event: Event | None = None) -> None:
        """The next step and the eviction that followed it. Raises RunFileError, and is as before then."""
        run, number = self._run, len(self._run.steps)
        require(run.end is None, f"the run has ended already: {run.end}")
        prompt_count = len(run.prompt.tokens)
        check.check_replay(run.model, prompt_count + number + 1)
        written = np.arange(prompt_count) if number == 0 else np.array([prompt_count + number - 1])
        new = np.broadcast_to(written.astype(np.int32), (len(self._positions), len(written)))
        positions = np.concatenate([self._positions, new], axis=1)
        recorded = record_step(step, number, positions.shape[1], run.model)
        if event is None:
            evicted = None
        else:
            least_event = run.events[-1].event.event + 1 if run.events else 0
            evicted = record_event(event, CacheBefore(number, positions, prompt_count, least_event))
        run.steps.append(recorded)
        self._positions = positions
        if evicted is not None:
            run.events.append(evicted)
            self._positions = np.take_along_axis(positions, evicted.kept, axis=1)

    def finish(self, end: str) -> None:
        require(end in check.ENDS, f"the end is {end!r}, expected one of {', '.join(check.ENDS)}")
        self._run.end = end

    def sections(self) -> dict[str, bytes]:
        """What the file holds, by tag, unpacked."""
        return encode_run(self._run)

    def to_bytes(self) -> bytes:
        return pack_sections(self.sections())

    def save(self, path: str | Path) -> int:
        """Returns the size of the file, which appears whole or not at all."""
        data = self.to_bytes()
        part = Path(f"{path}.part")
        part.write_bytes(data)
        part.replace(path)
        return len(data)
