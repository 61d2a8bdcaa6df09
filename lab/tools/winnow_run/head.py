"""The head of a run file: all that is not a column, as JSON."""

import json
import math

from .errors import RunFileError


def encode_head(head: dict) -> bytes:
    return json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "surrogatepass")


def decode_head(data: bytes, what: str) -> dict:
    try:
        head = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise RunFileError(f"{what} is not JSON") from error
    if not isinstance(head, dict):
        raise RunFileError(f"{what} is not an object")
    return head


def parameters_to_json(parameters: dict) -> list:
    return [[name, _to_json(value)] for name, value in parameters.items()]


def parameters_from_json(pairs: list) -> dict:
    return {name: float(value[0]) if isinstance(value, list) else value for name, value in pairs}


def _to_json(value):
    """JSON has no NaN and no infinities: they are written as one of these words in an array of one."""
    if not isinstance(value, float):
        return value
    if math.isnan(value):
        return ["NaN"]
    if math.isinf(value):
        return ["Infinity"] if value > 0 else ["-Infinity"]
    if value == 0 and math.copysign(1, value) < 0:
        return ["-0"]
    # As JavaScript writes it: a whole number has no point.
    return int(value) if value.is_integer() and abs(value) < 1 << 53 else value
