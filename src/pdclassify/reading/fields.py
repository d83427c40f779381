"""A record as it was exported -> an Article, or what is wrong with it.

Shared by every kind of record (JSON Lines, CSV, Parquet) and by ``batch``, which does its own
input and output.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pdclassify.arguments import a_mapping, a_text
from pdclassify.article import Article, Passage, Result
from pdclassify.errors import BY_FIELDS, wrong

__all__ = ["FIELDS", "Leftover", "RecordError", "Skipped", "columns", "parse_line", "to_article"]

#: What is taken from a record, under our names; everything else goes to ``Article.extra``.
FIELDS = (
    "text", "id", "title", "kicker", "subtitle", "date", "section", "column", "publisher", "byline",
)  # fmt: skip
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RecordError(Result):
    """A record, or a whole file, that could not be read.

    Parameters
    ----------
    id : str
        The record's own identifier where it is readable, else ``source#index``; a file's name.
    source : str
        The file as the user named it.
    index : int
        The record's place in its source, from 0.
    error : str
        One line: where, what was received, what to do.
    whole_file : bool
        Whether the rest of the file is lost with it.
    """

    id: str
    source: str
    index: int
    error: str
    whole_file: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the error's line in the output."""
        return {"id": self.id, "source": self.source, "error": self.error}


@dataclass(frozen=True, slots=True)
class Leftover(Result):
    """What stands on a page and belongs to none of its articles."""

    source: str
    spans: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Skipped(Result):
    """A file that gave no article.

    Parameters
    ----------
    source : str
        The file as the user named it.
    reason : str
        ``kind``: a file in a folder that is of no kind we read; ``empty``: there is none in it.
    """

    source: str
    reason: str


def columns(fields: Mapping[str, str] | None) -> dict[str, str]:
    """Return the column of each of our fields, those renamed by ``fields`` included.

    Raises
    ------
    UsageError
        If ``fields`` is not a mapping of str to str, or names a field that there is not.
    """
    a_mapping("fields", fields, "a mapping of our fields to columns")
    for ours, theirs in (fields or {}).items():
        if ours not in FIELDS:
            raise wrong("fields", f"about {', '.join(FIELDS)}", ours)
        a_text(f"fields[{ours}]", theirs)
    return {name: (fields or {}).get(name, name) for name in FIELDS}


def to_article(
    record: Mapping[str, Any],
    *,
    source: str,
    index: int,
    names: Mapping[str, str],
    where: str,
) -> Article | RecordError:
    """Make an article of a record.

    Parameters
    ----------
    record : mapping
        Column -> value, as the file's format gives it.
    source : str
        The file as the user named it.
    index : int
        The record's place in its source, from 0.
    names : mapping of str to str
        What :func:`columns` returns.
    where : str
        The record's place for the error message, ``"line 7 (byte 312)"`` say.

    Returns
    -------
    Article or RecordError
        An error where the text is missing or anything is not what it must be.
    """
    found: dict[str, Any] = {}
    fallback = f"{source}#{index}"

    def failed(what: str) -> RecordError:
        own = found.get("id", fallback)
        return RecordError(own, source, index, f"{source}: {where}: {what}")

    for name in ("id", *(name for name in FIELDS if name != "id")):
        value = record.get(names[name])
        if value is None or (value == "" and name != "text"):
            continue
        if name in ("id", "date") and not isinstance(value, str):
            if isinstance(value, datetime.date | datetime.datetime):
                value = value.isoformat()
            elif isinstance(value, int | float) and not isinstance(value, bool):
                value = str(value)
        if isinstance(value, bytes):
            return failed(f"'{names[name]}' must be a string in UTF-8. Got bytes: {value[:12]!r}.")
        if not isinstance(value, str):
            what = "a string or a number" if name in ("id", "date") else "a string"
            return failed(f"'{names[name]}' must be {what}. Got {type(value).__name__}.")
        lone = None if value.isascii() else _SURROGATE.search(value)
        if lone:
            return failed(f"'{names[name]}' has a lone surrogate at character {lone.start()}.")
        found[name] = value
    if "text" not in found:
        if names["text"] in record:
            return failed(f"'{names['text']}' is null.")
        there = ", ".join(repr(str(name)[:40]) for name in list(record)[:30]) or "nothing"
        return failed(f"'{names['text']}' is missing; there is {there}: name it by {BY_FIELDS}.")
    taken = set(names.values())
    return Article(
        **{"id": fallback, **found},
        source=source,
        index=index,
        end=len(found["text"]),
        extra={key: value for key, value in record.items() if key not in taken},
    )


def parse_line(
    line: bytes,
    *,
    source: str,
    index: int,
    number: int,
    offset: int,
    names: Mapping[str, str],
    encoding: str = "utf-8",
) -> Article | RecordError:
    r"""Make an article of one line of a JSON Lines file.

    Parameters
    ----------
    line : bytes
        One line that is not blank, its ``\n`` included or not, without a byte order mark.
    source : str
        The file as the user named it.
    index : int
        The record's place in its source, from 0; blank lines do not count.
    number : int
        The line's number, from 1.
    offset : int
        Where the line begins, in bytes.
    names : mapping of str to str
        What :func:`columns` returns.
    encoding : str
        Of the whole file.

    Notes
    -----
    ``NaN`` and ``Infinity``, which some exporters write for a missing value, count as null.
    """
    where = f"line {number} (byte {offset})"

    def failed(what: str, readable: str) -> RecordError:
        own = _readable_id(readable, names["id"]) or f"{source}#{index}"
        return RecordError(own, source, index, f"{source}: {where}: {what}")

    try:
        text = line.decode(encoding)
    except UnicodeDecodeError as error:
        place = offset + error.start
        return failed(f"byte {place} is not {encoding}.", line.decode(encoding, "replace"))
    try:
        record = _JSON.decode(text)
        if isinstance(record, dict) and isinstance(record.get(names["id"]), float):
            as_printed = json.loads(text, parse_constant=_null, parse_float=str)
            record[names["id"]] = as_printed[names["id"]]
    except json.JSONDecodeError as error:
        return failed(f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos}.", text)
    except (ValueError, RecursionError) as error:
        return failed(f"JSON that cannot be read: {error}.", text)
    if not isinstance(record, dict):
        hint = "; jq -c '.[]' makes a line of each of its records" if type(record) is list else ""
        return failed(f"a record must be an object. Got {type(record).__name__}{hint}.", "")
    if _SURROGATE_ESCAPE.search(line):
        lone = _SURROGATE.search(json.dumps(list(record.items()), ensure_ascii=False))
        taken = to_article(record, source=source, index=index, names=names, where=where)
        if lone and isinstance(taken, Article):
            return RecordError(
                taken.id, source, index, f"{source}: {where}: a lone surrogate in another field."
            )
        return taken
    return to_article(record, source=source, index=index, names=names, where=where)


def _null(_: str) -> None:
    return None


_JSON = json.JSONDecoder(parse_constant=_null)  # made once: ``json.loads`` would make one a line


def _readable_id(text: str, name: str) -> str | None:
    """Return the identifier from a line that is no JSON as a whole."""
    found = re.search(rf'"{re.escape(name)}"\s*:\s*("(?:[^"\\]|\\.)*+"|-?\d++)', text)
    if not found:
        return None
    try:
        value = str(json.loads(found[1]))
    except ValueError:
        return None
    return None if _SURROGATE.search(value) else value or None
