"""Streams of bytes -> lines, in an encoding that is decided once for the whole stream."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from pdclassify.reading.decode import find_line_encoding, find_mark, text_encoding

__all__ = ["Chained", "Lines", "first_bytes", "line_encoding"]


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
    if name and name.startswith(("utf-16", "utf-32")):
        raise UnicodeError(f"{name} cannot be read by byte ranges; convert it to UTF-8")
    skip = mark[1] if mark else 0
    if name is None:
        lines = io.BufferedReader(Chained(head, stream))
        name, _ = find_line_encoding(iter(lines))
    return name, skip


class Lines:
    """The lines of a stream with number and byte offset; ``encoding`` is decided on the way.

    UTF-16 and UTF-32 are turned into UTF-8 line by line; offsets then count bytes of that.
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
        stream: BinaryIO = io.BufferedReader(Chained(head[skip:], self._stream))
        raw: Iterator[bytes] = iter(stream)
        if self.encoding.startswith(("utf-16", "utf-32")):
            text = io.TextIOWrapper(stream, encoding=self.encoding, newline="\n")
            raw = (line.encode("utf-8", "surrogatepass") for line in text)
            self.encoding = "utf-8"
        offset = skip
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
