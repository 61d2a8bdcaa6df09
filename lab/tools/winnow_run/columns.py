"""Typed arrays as bytes that deflate well: signed integers as differences, every type split into planes of like bytes."""

import numpy as np

from .errors import require


class ColumnWriter:
    """Collects columns one after the other."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def uint8(self, values) -> None:
        self._parts.append(np.asarray(values, np.uint8).tobytes())

    def int32(self, values) -> None:
        column = np.asarray(values, np.int32).ravel()
        # Differences wrap at 32 bits, as sums do when they are undone.
        steps = np.diff(column.astype(np.int64), prepend=0).astype(np.int32)
        self._parts.append(_split(steps, "<i4"))

    def uint32(self, values) -> None:
        self._parts.append(_split(np.asarray(values, np.uint32), "<u4"))

    def float32(self, values) -> None:
        self._parts.append(_split(np.asarray(values, np.float32), "<f4"))

    def float64(self, values) -> None:
        self._parts.append(_split(np.asarray(values, np.float64), "<f8"))

    def bytes(self) -> bytes:
        return b"".join(self._parts)


class ColumnReader:
    """Reads columns in the order in which they were written; `what` begins the message of every error."""

    def __init__(self, data: bytes, what: str) -> None:
        self._data, self._what, self._at = data, what, 0

    def uint8(self, count: int) -> np.ndarray:
        return np.frombuffer(self._take(count, 1), np.uint8)

    def int32(self, count: int) -> np.ndarray:
        return np.cumsum(self._joined(count, "<i4"), dtype=np.int64).astype(np.int32)

    def uint32(self, count: int) -> np.ndarray:
        return self._joined(count, "<u4")

    def float32(self, count: int) -> np.ndarray:
        return self._joined(count, "<f4")

    def float64(self, count: int) -> np.ndarray:
        return self._joined(count, "<f8")

    def finish(self) -> None:
        rest = len(self._data) - self._at
        require(rest == 0, f"{self._what} has {rest} bytes more than expected")

    def _joined(self, count: int, kind: str) -> np.ndarray:
        width = np.dtype(kind).itemsize
        planes = np.frombuffer(self._take(count, width), np.uint8).reshape(width, count)
        return np.ascontiguousarray(planes.T).view(kind).reshape(count)

    def _take(self, count: int, width: int) -> bytes:
        end = self._at + int(count) * width
        require(
            0 <= count and end <= len(self._data),
            f"{self._what} is too short: {count} values of {width} bytes expected at byte {self._at} of {len(self._data)}",
        )
        taken = self._data[self._at : end]
        self._at = end
        return taken


def _split(values: np.ndarray, kind: str) -> bytes:
    column = np.ascontiguousarray(values.ravel(), kind)
    return column.view(np.uint8).reshape(-1, column.itemsize).T.tobytes()
