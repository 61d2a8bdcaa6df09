"""The modules of lab/training/ and lab/tools/ are imported by their plain names; without torch all of these tests are skipped."""

import importlib.util
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tools"))
has_torch = importlib.util.find_spec("torch") is not None
collect_ignore_glob = [] if has_torch else ["test_*.py"]

if has_torch:
    import torch

    # Threads do not help with matrices this small, and cost much on a busy machine.
    torch.set_num_threads(1)


def pytest_terminal_summary(terminalreporter) -> None:
    if not has_torch:
        terminalreporter.write_line("skipped: PyTorch is not installed (pip install -r lab/training/requirements.txt)")


def pytest_sessionfinish(session, exitstatus) -> None:
    # Collecting no test is not a failure if none can run.
    if not has_torch and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK
