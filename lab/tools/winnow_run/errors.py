"""The one kind of failure that a caller can act on, and the check that raises it."""


class RunFileError(ValueError):
    """The input cannot go into a run file, or isn't one. The message names the thing, what was expected, what was found."""


def require(condition: bool, message: str) -> None:
    if not condition:
        raise RunFileError(message)
