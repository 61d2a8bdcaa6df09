"""The container of a run file: a zip with `head.json` and one entry per column (docs/run-file.md)."""

import io
import json
import math
import zipfile
import zlib

import numpy as np

from .errors import RunFileError, require

VERSION = 17
HEAD = "head.json"
LARGEST_RUN_BYTES = 256 * 1024 * 1024
LARGEST_DEFLATE_RATIO = 1032
TYPES = {"uint8": "<u1", "int8": "<i1", "int32": "<i4", "uint32": "<u4", "float32": "<f4", "float64": "<f8"}


class Columns:
    """Columns by name, in order."""

    def __init__(self) -> None:
        self.by_name: dict[str, tuple[str, np.ndarray]] = {}

    def put(self, name: str, kind: str, parts) -> None:
        """One column: the arrays one after the other."""
        flat = [np.asarray(part).astype(TYPES[kind]).ravel() for part in parts]
        self.by_name[name] = (kind, np.concatenate(flat) if flat else np.empty(0, TYPES[kind]))

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def take(self, name: str, kind: str, count: int) -> np.ndarray:
        """A column of exactly this many values. Each column can be taken once."""
        found, column = self.by_name.pop(name, ("nothing", np.empty(0)))
        is_expected = found == kind and len(column) == count
        require(is_expected, f"{name}: {count} values of {kind} expected, found {len(column)} of {found}")
        return column

    def take_parts(self, name: str, kind: str, lengths) -> list[np.ndarray]:
        """The same, cut into parts of these lengths."""
        lengths = [int(length) for length in lengths]
        column = self.take(name, kind, sum(lengths))
        return np.split(column, np.cumsum(lengths[:-1])) if lengths else []

    def finish(self) -> None:
        require(not self.by_name, f"{next(iter(self.by_name), '')} has no place in this run")


def pack(head: dict, columns: Columns) -> bytes:
    """`head`: without the list of columns, which is added here."""
    facts = [{"name": name, "type": kind, "count": len(column)} for name, (kind, column) in columns.by_name.items()]
    text = json.dumps(head | {"columns": facts}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    entries = {HEAD: text.encode("utf-8", "surrogatepass")}
    entries |= {f"{name}.{kind}": _packed(kind, column) for name, (kind, column) in columns.by_name.items()}
    size = sum(len(content) for content in entries.values())
    require(
        size <= LARGEST_RUN_BYTES,
        f"the run takes {size} bytes and a run file holds at most {LARGEST_RUN_BYTES}; "
        "record fewer tokens, or none of the attention",
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in entries.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(data: bytes, name: str) -> tuple[dict, Columns]:
    """Head and columns; anything else is a RunFileError that names the file."""
    require(not data.startswith(b"WINNOWRUN"), f"{name} is a run file of an earlier layout; record the run again")
    try:
        contents = _contents(data, name)
        return _assembled(json.loads(contents.pop(HEAD).decode("utf-8")), contents, name)
    except RunFileError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, NotImplementedError, ValueError, RuntimeError, OSError) as error:
        raise RunFileError(f"{name} is not a run of Winnow, or is damaged: {error}") from error


def _assembled(head: dict, contents: dict[str, bytes], name: str) -> tuple[dict, Columns]:
    require(isinstance(head, dict) and isinstance(head.get("columns"), list), f"{name}, {HEAD}, is not that of a run")
    version = head.get("version")
    require(version == VERSION, f"{name} has version {version} of the run format, expected {VERSION}")
    columns = Columns()
    for facts in head["columns"]:
        kind, count = facts["type"], facts["count"]
        require(kind in TYPES and isinstance(count, int), f"{name}: {facts['name']} is {count!r} values of {kind!r}")
        entry = f"{facts['name']}.{kind}"
        content, expected = contents.pop(entry, None), count * np.dtype(TYPES[kind]).itemsize
        found = "none" if content is None else len(content)
        require(found == expected, f"{name}, entry {entry}: {expected} bytes expected, found {found}")
        columns.by_name[facts["name"]] = (kind, _unpacked(kind, content))
    require(not contents, f"{name} holds other entries than its head lists")
    return head, columns


def _contents(data: bytes, name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        entries, size = file.infolist(), 0
        for entry in entries:
            size += entry.file_size
            is_possible = entry.file_size <= (entry.compress_size + 1) * LARGEST_DEFLATE_RATIO
            require(size <= LARGEST_RUN_BYTES and is_possible, f"{name}: {entry.filename} declares more than it can hold")
        require(len({entry.filename for entry in entries}) == len(entries), f"{name} holds an entry twice")
        return {entry.filename: file.read(entry) for entry in entries}


def _packed(kind: str, column: np.ndarray) -> bytes:
    if kind == "int32":
        # Differences wrap at 32 bits, as sums do when they are undone.
        column = np.diff(column.astype(np.int64), prepend=0).astype("<i4")
    if kind == "float32":
        bits = np.ascontiguousarray(column).view("<u4")
        column = (bits << np.uint32(1)) | (bits >> np.uint32(31))
    return np.ascontiguousarray(column).view(np.uint8).reshape(-1, column.itemsize).T.tobytes()


def _unpacked(kind: str, content: bytes) -> np.ndarray:
    planes = np.frombuffer(content, np.uint8).reshape(np.dtype(TYPES[kind]).itemsize, -1)
    column = np.ascontiguousarray(planes.T).reshape(-1).view(TYPES[kind])
    if kind == "int32":
        return np.cumsum(column, dtype=np.int64).astype("<i4")
    if kind == "float32":
        bits = column.view("<u4")
        return ((bits >> np.uint32(1)) | (bits << np.uint32(31))).view("<f4")
    return column


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
