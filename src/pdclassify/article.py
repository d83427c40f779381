"""Articles and pages, frozen, and their places in the input.

Offsets everywhere count characters of the decoded input: the page, or a record's ``text``. What
is stored is the input's own characters; where a page break or a wrapped line was mended, the white
space of the break is left out, and ``Article.segments`` says where each run of characters stood.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import index as as_index
from sys import maxsize
from typing import Any, NamedTuple, NoReturn

from pdclassify.errors import UsageError, wrong

__all__ = [
    "Article",
    "FrozenDict",
    "Page",
    "Passage",
    "Result",
    "Segment",
    "Span",
]


class Span(NamedTuple):
    """A stretch of the input, in characters, end exclusive."""

    start: int
    end: int


class Passage(Span):
    """A span that tells what stands there; it unpacks and compares as the span that it is."""

    text: str

    def __new__(cls, start: int, end: int, text: str = "") -> Passage:
        """Make one of its places and the input's characters between them."""
        made = super().__new__(cls, start, end)
        made.__dict__["text"] = text
        return made

    def __getnewargs__(self) -> tuple[int, int, str]:
        """Return what a pickle or a copy is made of again."""
        return self.start, self.end, self.text

    def __repr__(self) -> str:
        return f"Passage(start={self.start}, end={self.end}, text={self.text!r})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"results do not change; '{name}' cannot be set")


class Segment(NamedTuple):
    """A run of an article's text that stands unbroken in the input."""

    text_start: int
    input_start: int
    length: int


def _plain(value: Any) -> Any:
    """Turn results into what JSON knows: objects, lists, strings, numbers, null."""
    if isinstance(value, Span):
        place = {"start": value.start, "end": value.end}
        return {**place, "text": value.text} if isinstance(value, Passage) else place
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


class FrozenDict(dict[str, Any]):
    """A dictionary that does not change: what a result holds under names.

    It compares, copies, pickles and becomes JSON as any dictionary; ``dict(it)`` may be changed.
    """

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("results do not change; make a dict of it and change that")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # dict has none, as it changes
        """Return a number that equal ones share; of the names alone, as values may have none."""
        return hash(frozenset(self))

    def __reduce__(self) -> tuple[Any, ...]:
        """Come back whole from a pickle or a copy, which would set items one by one."""
        return FrozenDict, (dict(self),)


class Result:
    """A frozen dataclass that can be written as JSON."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain objects, under the names of the JSON output."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}  # type: ignore[arg-type]  # every subclass is a dataclass


#: What an article may have beside its text; all of it text.
_LINES = ("column", "kicker", "title", "subtitle", "byline", "date", "section", "publisher")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Result):
    """One article, from a page or a record.

    Parameters
    ----------
    text : str
        The body, one paragraph a line, in the input's own characters, with a blank where a mended
        break stood between two words of letters; headlines, bylines and captions are not in it.
    id : str
        The record's own identifier, else ``source#index``.
    source : str
        The file as the user named it; "" for a text handed over in memory.
    index : int
        The article's place in its source, from 0.
    column, kicker, title, subtitle, byline : str or None
        The lines around the body as printed, white space at the ends aside.
    title_start, title_end : int or None
        Where the headline stands in the input, in characters.
    title_displaced : bool
        Whether the headline was printed elsewhere on the page and given back.
    start, end : int
        The article in the input, in characters; a displaced headline is left out.
    paragraphs : tuple of Span
        In the input; a torn paragraph is one span.
    captions : tuple of Passage
        Spans of the input that have their ``text``, which is not in the article's.
    date, section, publisher : str or None
        Carried along from a record; never a feature.
    segments, headline_segments : tuple of Segment
        Where the characters of ``text`` and of `headline` stand in the input. Without segments
        those of the text are the same there, and those of the headline are not known.
    extra : mapping
        A record's other fields, untouched.

    Raises
    ------
    UsageError
        If what must be text is not.
    """

    text: str
    id: str = ""
    source: str = ""
    index: int = 0
    column: str | None = None
    kicker: str | None = None
    title: str | None = None
    title_start: int | None = None
    title_end: int | None = None
    title_displaced: bool = False
    subtitle: str | None = None
    byline: str | None = None
    start: int = 0
    end: int = 0
    paragraphs: tuple[Span, ...] = ()
    captions: tuple[Passage, ...] = ()
    date: str | None = None
    section: str | None = None
    publisher: str | None = None
    segments: tuple[Segment, ...] = field(default=(), repr=False)
    headline_segments: tuple[Segment, ...] = field(default=(), repr=False)
    extra: Mapping[str, Any] = field(default_factory=FrozenDict, repr=False)

    def __post_init__(self) -> None:
        for name in ("text", "id", "source"):
            if not isinstance(getattr(self, name), str):
                raise wrong(name, "a str", getattr(self, name))
        for name in _LINES:
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise wrong(name, "a str or None", value)
        if type(self.extra) is not FrozenDict:
            if not isinstance(self.extra, Mapping):
                raise wrong("extra", "a mapping", self.extra)
            object.__setattr__(self, "extra", FrozenDict(self.extra))

    @property
    def headline(self) -> str:
        """Kicker, title and subtitle, one a line; "" where there is none."""
        return "\n".join(part for part in (self.kicker, self.title, self.subtitle) if part)

    def to_input(self, offset: int) -> int:
        """Return where the character of ``text`` at ``offset`` stands in the input.

        Parameters
        ----------
        offset : int
            0 to ``len(text)``, in characters; the last is where the text ends.

        Raises
        ------
        UsageError
            If there is no such place in the text.
        """
        if not self._has(offset, offset):
            raise wrong("offset", f"a whole number from 0 to {len(self.text)}", offset)
        return self._place(offset)

    def to_input_span(self, start: int, end: int) -> Span:
        """Return where ``text[start:end]`` stands in the input, mended breaks included.

        Parameters
        ----------
        start, end : int
            0 to ``len(text)``, in characters, ``start`` not after ``end``.

        Raises
        ------
        UsageError
            If there is no such stretch in the text.
        """
        if not self._has(start, end):
            raise UsageError(
                f"The text has {len(self.text)} characters: a span must lie between 0 and that, its"
                f" start not after its end. Got {start!r} to {end!r} instead."
            )
        if not self.segments:
            return Span(start, end)
        segment = self._segment(start)
        first = segment.input_start + (start - segment.text_start)
        if start == end or end <= segment.text_start + segment.length:
            return Span(first, first + (end - start))
        return Span(first, self._place(end - 1) + 1)

    def _has(self, start: int, end: int) -> bool:
        try:
            return 0 <= as_index(start) <= as_index(end) <= len(self.text)
        except TypeError:
            return False

    def _place(self, offset: int) -> int:
        if not self.segments:
            return offset
        segment = self._segment(offset)
        return segment.input_start + (offset - segment.text_start)

    def _segment(self, offset: int) -> Segment:
        return self.segments[max(bisect_right(self.segments, (offset, maxsize, 0)) - 1, 0)]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain objects; segments and ``extra`` stay inside."""
        hidden = ("segments", "headline_segments", "extra")
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in hidden}


@dataclass(frozen=True, slots=True)
class Page(Result):
    """A page's articles in the order of their bodies, and what belongs to none of them.

    Parameters
    ----------
    articles : tuple of Article
    leftover : tuple of Passage
        Stretches of the page that are neither text, caption or headline of an article nor blank,
        with their ``text``. What surrounds a text on the web, say, may stand inside an article.
    """

    articles: tuple[Article, ...]
    leftover: tuple[Passage, ...] = ()
