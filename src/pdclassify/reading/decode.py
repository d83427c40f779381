"""Bytes -> text, strictly: a mark, UTF-8, GB18030, or an error that names the byte.

Nothing is guessed from frequencies and nothing is replaced; but Big5 is refused by them, since all
of it passes for GB18030. UTF-8 is so strict a code that text in
another one does not pass for it by chance; GB18030 (and with it GBK and GB2312) is tried only on
bytes that do not look like damaged UTF-8.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from pdclassify.errors import BY_ENCODING, DecodeError, wrong

__all__ = [
    "BIG5",
    "NAME_IT",
    "decode",
    "find_line_encoding",
    "find_mark",
    "find_zeros",
    "text_encoding",
]

#: What to do about encodings that seem to be found, but are not tried.
BIG5 = (
    f"Big5 by its characters, though it passes for GB18030; name one of them by {BY_ENCODING}: cp950"
    " or gb18030"
)
NAME_IT = f"as its zero bytes look; name the encoding by {BY_ENCODING}"

_MARKS = (  # the longer ones first: a UTF-32 mark begins like one of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# So many Han characters in a row that are right as UTF-8 do not happen in GB18030.
_SURE = 4
# So many zero bytes, nearly all of them at every other place, are no accident.
_ZEROS = 4
# The first byte of a character beyond U+07FF in UTF-8 is this or more.
_THREE_BYTES = 0xE0
# How much of a file tells whether it is Big5, and the lead byte of the last frequent character there.
_SAMPLE = 1 << 16
_FREQUENT = 0xC6
# How far to look for a line that settles the encoding, after one that is not UTF-8.
_WINDOW = 1 << 20


def text_encoding(name: str) -> str:
    """Return Python's name of an encoding the user asked for.

    Raises
    ------
    UsageError
        If there is no such encoding of text.
    """
    try:
        found = codecs.lookup(name)
        "".encode(found.name)
    except (LookupError, ValueError, TypeError):
        raise wrong("encoding", "one that Python knows, gb18030 or utf-16 say", name) from None
    return found.name


def find_mark(head: bytes) -> tuple[str, int] | None:
    """Return the encoding that a byte order mark names, and the mark's length in bytes."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    return None


def find_zeros(data: bytes) -> str | None:
    """Return the UTF-16 of which zero bytes at every other place are a sign, or None."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if even + odd < _ZEROS or max(even, odd) < _ZEROS * min(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def decode(data: bytes, *, source: str, encoding: str | None = None) -> str:
    """Return the text of a whole file.

    Parameters
    ----------
    data : bytes
        The file's content, decompressed.
    source : str
        The file's name, for the error.
    encoding : str, optional
        The only encoding to try. By default a byte order mark decides; without one the bytes must
        be UTF-8 or else GB18030, from the first to the last.

    Returns
    -------
    str
        Without the byte order mark.

    Raises
    ------
    DecodeError
        With the offset of the first byte that does not fit.
    UsageError
        If ``encoding`` is not known.
    """
    if encoding is not None:
        name = text_encoding(encoding)
        try:
            return data.decode(name).removeprefix("\ufeff")
        except UnicodeError as error:
            offset = error.start if isinstance(error, UnicodeDecodeError) else 0
            raise DecodeError(
                source,
                offset,
                f"this is not {name}, which was asked for; try another {BY_ENCODING} or none",
            ) from None
    mark = find_mark(data)
    if mark is not None:
        name, skip = mark
        try:
            return data[skip:].decode(name)
        except UnicodeDecodeError as error:
            raise DecodeError(
                source,
                skip + error.start,
                f"the file begins with a {name} mark but this is not {name}; it is damaged here",
            ) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = error
    if unmarked := find_zeros(data[:_WINDOW]):
        raise DecodeError(source, 0, f"{unmarked} without a byte order mark, {NAME_IT}")
    valid = data[: broken.start].decode("utf-8")
    cut_short = broken.reason == "unexpected end of data" and not valid.isascii()
    if cut_short or sum(character > "\u07ff" for character in valid[-1000:]) >= _SURE:
        raise DecodeError(
            source,
            broken.start,
            "UTF-8 up to here, then not; the file is damaged or cut short. "
            f"If it is in another encoding, name it by {BY_ENCODING}",
        )
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise DecodeError(
            source,
            max(broken.start, error.start),
            f"neither UTF-8 nor GB18030; name the encoding by {BY_ENCODING}",
        ) from None
    if looks_like_big5(data):
        raise DecodeError(source, broken.start, BIG5)
    return text


def looks_like_big5(data: bytes) -> bool:
    """Tell whether bytes that pass for GB18030, as all of Big5 does, are Big5.

    They are if they pass for that too and nearly all Han characters then are among its 5,401
    frequent ones. Of 68,914 stretches of 50 to 70 characters in GB18030 not one is taken for it; of
    1,500 articles of 100 characters in Big5 none has less than 95 % frequent ones.
    """
    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:
        sample = sample[: sample.rfind(b"\n")]
    try:
        han = [character for character in sample.decode("cp950") if "一" <= character <= "\u9fff"]
    except UnicodeDecodeError:
        return False
    frequent = sum(character.encode("cp950")[0] <= _FREQUENT for character in han)
    return len(han) >= 50 and frequent >= 0.9 * len(han)


def find_line_encoding(lines: Iterator[bytes]) -> tuple[str, list[bytes]]:
    """Decide in which encoding a file of lines is, so that one torn line does not decide it.

    Parameters
    ----------
    lines : iterator of bytes
        From the first line on that has not been settled; without a mark.

    Returns
    -------
    encoding : str
        UTF-8, unless within 1 MiB from the first line that is not ASCII no line has Han characters
        in UTF-8, and most are GB18030 alone. (Short words of GB18030, 陆 say, can pass for signs
        or Greek letters in UTF-8, so those decide nothing.)
    seen : list of bytes
        The lines that were read, to be read again.

    Raises
    ------
    UnicodeError
        If it looks like Big5.
    """
    seen: list[bytes] = []
    size = right = wrong = 0
    begun = False
    for line in lines:
        seen.append(line)
        begun = begun or not line.isascii()
        size += len(line) if begun else 0
        if size > _WINDOW:
            break
        if line.isascii():
            continue
        if _is(line, "utf-8"):
            if max(line) >= _THREE_BYTES:
                return "utf-8", seen
        elif _is(line, "gb18030"):
            right += 1
        else:
            wrong += 1
    if right <= wrong:
        return "utf-8", seen
    if looks_like_big5(b"".join(seen)):
        raise UnicodeError(BIG5)
    return "gb18030", seen


def _is(line: bytes, encoding: str) -> bool:
    """Tell whether a line can be decoded."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
