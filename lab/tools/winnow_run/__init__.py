"""Reads and writes run files of Winnow (docs/run-file.md). The contract is in lab/tools/README.md."""

from .errors import RunFileError
from .reader import Run, read_run, read_run_file
from .records import Backend, Event, Model, Policy, Prompt, Sampling, Step
from .writer import RunFileWriter

__all__ = [
    "Backend", "Event", "Model", "Policy", "Prompt", "Run", "RunFileError", "RunFileWriter", "Sampling", "Step",
    "read_run", "read_run_file",
]
