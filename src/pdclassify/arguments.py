"""What callers hand over, looked at once at the border: each wrong thing is a `UsageError`.

The public functions call these first, so that whatever lies behind them may trust its types. Every
message has the same form: what is expected, what came, and where it helps, what to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Set
from operator import index
from pathlib import Path
from typing import Any

from pdclassify.article import Article
from pdclassify.errors import wrong

__all__ = [
    "a_document",
    "a_mapping",
    "a_model",
    "a_name",
    "a_path",
    "a_positive_number",
    "a_probability",
    "a_share",
    "a_text",
    "a_whole_number",
    "in_a_row",
    "some_documents",
]


def a_text(name: str, value: Any, *, needed: bool = True) -> None:
    """Refuse what is no text; None may stand for none where it is not ``needed``."""
    if not isinstance(value, str) and (needed or value is not None):
        hint = "; decode it first" if isinstance(value, bytes | bytearray) else ""
        raise wrong(name, "a str" if needed else "a str or None", value, hint)


def a_name(name: str, value: Any) -> None:
    """Refuse what cannot be written in UTF-8, and so could not be read back."""
    a_text(name, value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise wrong(name, "without lone surrogates", value) from None


def a_document(name: str, value: Any) -> None:
    """Refuse what is neither a text nor an article."""
    if not isinstance(value, str | Article):
        hint = "; decode it first" if isinstance(value, bytes | bytearray) else ""
        raise wrong(name, "a str or an Article", value, hint)


def some_documents(name: str, values: Any) -> list[str | Article]:
    """Return texts and articles as a list, or refuse what is none, or not in a row."""
    given = in_a_row(name, values, "an iterable of str or Article")
    for place, document in enumerate(given):
        if not isinstance(document, str | Article):
            a_document(f"{name}[{place}]", document)
    return given


def in_a_row(name: str, values: Any, what: str) -> list[Any]:
    """Return many things as a list; one alone, or many without an order, are refused.

    A mapping or a table would otherwise give the names of its columns for its documents.
    """
    alone = isinstance(values, str | bytes | bytearray | Article | os.PathLike)
    if alone or not isinstance(values, Iterable):
        raise wrong(name, what, values, "; put it in a list" if alone else "")
    if isinstance(values, Mapping | Set) or getattr(values, "ndim", 1) != 1:
        raise wrong(name, what, values, "; give a list, or one column")
    return list(values)


def a_whole_number(name: str, value: Any) -> None:
    """Refuse what is not a whole number of at least 1; numpy's count, True and 1.0 do not."""
    try:
        good = not isinstance(value, bool) and index(value) >= 1
    except TypeError:
        good = False
    if not good:
        raise wrong(name, "a whole number of at least 1", value)


def a_positive_number(name: str, value: Any) -> None:
    """Refuse what is not a number above 0, and finite."""
    if not (_is_number(value) and 0 < value < float("inf")):
        raise wrong(name, "a number above 0", value)


def a_share(name: str, value: Any) -> None:
    """Refuse what is not a number above 0, 1 at most."""
    if not (_is_number(value) and 0 < value <= 1):  # NaN neither
        raise wrong(name, "a number above 0, at most 1", value)


def a_probability(name: str, value: Any) -> None:
    """Refuse what is not a number from 0 to 1."""
    if not (_is_number(value) and 0 <= value <= 1):
        raise wrong(name, "a number from 0 to 1", value)


def _is_number(value: Any) -> bool:
    from numbers import Real  # not at the top: a prediction from cold needs none

    return isinstance(value, Real) and not isinstance(value, bool)


def a_mapping(name: str, value: Any, what: str) -> None:
    """Refuse what is neither a mapping nor None."""
    if value is not None and not isinstance(value, Mapping):
        raise wrong(name, what, value)


def a_path(name: str, value: Any) -> Path:
    """Return a path, or refuse what is none."""
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise wrong(name, "a path (str or Path)", value)
    return Path(value)


def a_model(name: str, value: Any, *, needed: bool = False) -> None:
    """Refuse what is no model; None may stand for the shipped one where it is not ``needed``."""
    if value is None and not needed:
        return
    from pdclassify.topics.model import TopicModel

    if not isinstance(value, TopicModel):
        hint = "; load it first: pdclassify.load(…)" if isinstance(value, str | Path) else ""
        raise wrong(name, "a TopicModel" if needed else "a TopicModel or None", value, hint)
