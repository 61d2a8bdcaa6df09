"""The one kind of failure that a caller can do something about, and the check that raises it."""


class RunFileError(ValueError):
    """What was given cannot stand in a run file, or is none: the thing, what was expected, what was found."""


def require(condition: bool, message: str) -> None:
    if not condition:
        raise RunFileError(message)
