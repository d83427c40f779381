"""Streams of bytes -> lines, in an encoding that is decided once for the whole stream."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from pdclassify.reading.decode import (
    NAME_IT,
    find_line_encoding,
    find_mark,
    find_zeros,
    text_encoding,
)

__all__ = ["Chained", "Lines", "first_bytes", "first_line", "line_encoding", "through_line"]


def line_encoding(stream: BinaryIO, encoding: str | None = None) -> tuple[str, int]:
    """Return the encoding of a file of lines, and where its first line begins, in bytes.

    For those who read byte ranges of a file with :func:`parse_line`: the decision is that of
    ``read`` for the whole file. Reads from the start to the first line that settles it.

    Raises
    ------
    UnicodeError
        If the file is UTF-16 or UTF-32, which cannot be cut at line ends.
    """
    head = stream.read(4)
    mark = find_mark(head)
    name = text_encoding(encoding) if encoding is not None else mark[0] if mark else None
    if name is None and b"\0" in head:  # no JSON begins so, but in UTF-16 or UTF-32
        name = "utf-16"
    if name and name.startswith(("utf-16", "utf-32")):
        raise UnicodeError(f"{name} cannot be read by byte ranges; convert it to UTF-8")
    skip = mark[1] if mark else 0
    if name is None:
        lines = io.BufferedReader(Chained(head, stream))
        name, _ = find_line_encoding(iter(lines))
    return name, skip


class Lines:
    """The lines of a stream with number and byte offset; ``encoding`` is decided on the way.

    UTF-16 and UTF-32 are turned into UTF-8 line by line; offsets count the file's own bytes.
    """

    def __init__(self, stream: BinaryIO, encoding: str | None) -> None:
        self.encoding = encoding or "utf-8"
        self._settled = encoding is not None
        self._stream = stream

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        head = first_bytes(self._stream)
        mark = find_mark(head)
        skip = 0
        if mark and not self._settled:
            self.encoding, skip = mark
            self._settled = True
        elif mark and self.encoding.startswith(mark[0][:6]):
            skip = mark[1]
            if mark[0].startswith(self.encoding):
                self.encoding = mark[0]  # utf-16 -> utf-16-le
        elif not self._settled and (unmarked := find_zeros(head.partition(b"\n")[0])):
            raise UnicodeError(f"{unmarked} without a byte order mark, {NAME_IT}")
        stream: BinaryIO = io.BufferedReader(Chained(head[skip:], self._stream))
        raw: Iterator[bytes] = iter(stream)
        offset = skip
        if self.encoding.startswith(("utf-16", "utf-32")):
            name, self.encoding = self.encoding, "utf-8"
            wide = 2 if name.startswith("utf-16") else 4  # bytes of a character in the first plane
            text = io.TextIOWrapper(stream, encoding=name, newline="\n")
            for number, characters in enumerate(text, 1):
                yield number, offset, characters.encode("utf-8", "surrogatepass")
                pairs = sum(map("\uffff".__lt__, characters)) if wide == 2 else 0
                offset += wide * (len(characters) + pairs)
            return
        for number, line in enumerate(self._settling(raw), 1):
            yield number, offset, line
            offset += len(line)

    def _settling(self, raw: Iterator[bytes]) -> Iterator[bytes]:
        """Pass lines on; at the first that is not ASCII decide, looking ahead only if need be."""
        for line in raw:
            if not self._settled and not line.isascii():
                self._settled = True
                self.encoding, seen = find_line_encoding(chain([line], raw))
                yield from seen
            else:
                yield line


def first_bytes(stream: BinaryIO) -> bytes:
    """Return the first bytes up to one that is not blank, or what there is."""
    read1: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    head = b""
    while len(head) < 4 or (head.isspace() and len(head) < 1 << 16):
        block = read1(1 << 16)
        if not block:
            break
        head += block
    return head


def through_line(head: bytes, stream: BinaryIO) -> bytes:
    """Return the first bytes of a stream, with more of it up to the end of the first line."""
    read1: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    while b"\n" not in head.lstrip() and len(head) < 1 << 16:
        block = read1(1 << 16)
        if not block:
            break
        head += block
    return head


def first_line(head: bytes, encoding: str | None) -> str:
    """Return the first line that is not blank, as far as it is there, decoded as well as may be."""
    name, skip = find_mark(head) or (encoding, 0)
    if name is None:
        line = head.lstrip().partition(b"\n")[0]
        name = "utf-8" if _is_utf8(line) else "gb18030"
    else:
        line = head[skip : skip + (len(head) - skip) // 4 * 4]
    found = line.decode(name, "ignore").lstrip("\ufeff \t\r\n")
    return found.partition("\n")[0].rstrip("\r")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


class Chained(io.RawIOBase):
    """Some bytes, then the rest of the stream they were taken from."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._read: Callable[[int], bytes] = getattr(rest, "read1", rest.read)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` with what there is, without waiting for more."""
        data: Any = self._head[: len(buffer)]
        if data:
            self._head = self._head[len(data) :]
        else:
            data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
