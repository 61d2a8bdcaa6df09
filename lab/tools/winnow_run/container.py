"""The container of a run file: magic, version, and deflated sections with a checksum each."""

import struct
import zlib

from .errors import RunFileError, require

MAGIC = b"WINNOWRUN"
LARGEST_RUN_BYTES = 256 * 1024 * 1024
LARGEST_DEFLATE_RATIO = 1032
REQUIRED = ("HEAD", "STEP", "EVNT")
# A section that a run does without is not written; each stands for a bit of the version, which counts from 1.
OPTIONAL = ("LOYL", "EVID", "QHED")
# The bit behind them: events stand as what differs from a forecast. Such files are read here, and not written.
FORECAST_BIT = 1 << len(OPTIONAL)


def pack_sections(sections: dict[str, bytes]) -> bytes:
    """`sections` by tag: the required ones, and any of the optional ones."""
    size = sum(len(content) for content in sections.values())
    require(
        size <= LARGEST_RUN_BYTES,
        f"the run takes {size} bytes and a run file holds at most {LARGEST_RUN_BYTES}; "
        "record fewer tokens, or none of the attention",
    )
    version = 1 + sum(1 << place for place, tag in enumerate(OPTIONAL) if tag in sections)
    return MAGIC + bytes([version]) + b"".join(_section(tag, sections[tag]) for tag in _tags(version))


def unpack_sections(data: bytes, name: str) -> dict[str, bytes]:
    """All sections by tag, with nothing behind them; anything else is a RunFileError that names the file."""
    require(data.startswith(MAGIC) and len(data) > len(MAGIC), f"{name} is not a run of Winnow")
    version, at, size = data[len(MAGIC)], len(MAGIC) + 1, 0
    latest = 2 * FORECAST_BIT
    require(1 <= version <= latest, f"{name} has version {version} of the run format, expected 1 to {latest}")
    sections = {}
    for tag in _tags(version):
        what = f"{name}, section {tag},"
        require(at + 16 <= len(data), f"{what} is missing: the file is cut short")
        found, raw_length, stored_length, checksum = struct.unpack_from("<4sIII", data, at)
        stored = data[at + 16 : at + 16 + stored_length]
        require(len(stored) == stored_length, f"{what} should have {stored_length} bytes and has {len(stored)}")
        is_whole = zlib.crc32(stored, zlib.crc32(data[at : at + 12])) == checksum
        require(found == tag.encode() and is_whole, f"{what} is damaged: its checksum does not fit")
        at, size = at + 16 + stored_length, size + raw_length
        require(
            size <= LARGEST_RUN_BYTES and raw_length <= (stored_length + 1) * LARGEST_DEFLATE_RATIO,
            f"{what} declares {raw_length} bytes, more than it can hold",
        )
        sections[tag] = _inflate(stored, raw_length, what)
    require(at == len(data), f"{name} goes on after its end by {len(data) - at} bytes")
    return sections


def has_forecasts(data: bytes) -> bool:
    """Of a file whose sections have been unpacked."""
    return bool((data[len(MAGIC)] - 1) & FORECAST_BIT)


def _tags(version: int) -> list[str]:
    return [*REQUIRED, *(tag for place, tag in enumerate(OPTIONAL) if (version - 1) >> place & 1)]


def _section(tag: str, content: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    stored = deflate.compress(content) + deflate.flush()
    head = struct.pack("<4sII", tag.encode(), len(content), len(stored))
    return head + struct.pack("<I", zlib.crc32(stored, zlib.crc32(head))) + stored


def _inflate(stored: bytes, raw_length: int, what: str) -> bytes:
    inflate = zlib.decompressobj(wbits=-15)
    try:
        # One byte more than declared, to tell whether there is more.
        raw = inflate.decompress(stored, raw_length + 1)
    except zlib.error as error:
        raise RunFileError(f"{what} cannot be unpacked") from error
    is_whole = inflate.eof and not inflate.unused_data
    require(is_whole and len(raw) == raw_length, f"{what} does not hold the {raw_length} bytes it declares")
    return raw
