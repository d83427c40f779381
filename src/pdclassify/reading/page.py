"""The text of a laid-out page -> its articles.

Every line is given its role (:mod:`pdclassify.reading.boundaries`); from the roles the articles
are put together, their torn paragraphs mended, and headlines printed elsewhere given back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pdclassify.article import Article, Page, Segment, Span
from pdclassify.reading.boundaries import Role, roles_of
from pdclassify.reading.lines import lines_of

__all__ = ["split_page"]

_HEAD = frozenset({Role.COLUMN, Role.KICKER, Role.TITLE, Role.TITLE_MORE, Role.SUBTITLE})
_STRAY = frozenset({Role.STRAY, Role.STRAY_MORE, Role.STRAY_BYLINE})
_COLUMN = re.compile(r"[（(]([^（）()]{2,24})[）)]$")


@dataclass(slots=True)
class _Draft:
    """An article while it is put together: the spans of its lines by role."""

    column: list[Span] = field(default_factory=list)
    kicker: list[Span] = field(default_factory=list)
    title: list[Span] = field(default_factory=list)
    subtitle: list[Span] = field(default_factory=list)
    byline: list[Span] = field(default_factory=list)
    signature: list[Span] = field(default_factory=list)
    paragraphs: list[list[Span]] = field(default_factory=list)
    captions: list[Span] = field(default_factory=list)
    start: int = -1
    end: int = 0
    displaced: bool = False


def split_page(text: str, *, source: str = "", whole: bool = False) -> Page:
    """Split a page into its articles.

    Parameters
    ----------
    text : str
        The page as pasted or exported; any string, any line ends.
    source : str
        The page's name; an article's ``id`` is ``source#index``.
    whole : bool
        Take the whole text for one article: its headlines, captions and torn paragraphs are
        still told apart. There is always one article then, be the text empty.

    Returns
    -------
    Page
        The articles in the order of their bodies, and what belongs to none. Every character
        that is not white space stands in an article's ``start..end``, in a displaced headline
        (with its byline) given back, or in ``leftover``; articles do not overlap.
    """
    if not isinstance(text, str):
        raise TypeError(f"The 'text' parameter must be a str. Got {type(text).__name__} instead.")
    lines = lines_of(text)
    spans = [Span(s, e) for s, e in zip(lines.starts.tolist(), lines.ends.tolist(), strict=True)]
    drafts, strays, leftover = _gather(spans, roles_of(lines), whole)
    leftover.extend(_give_back(text, drafts, strays))
    articles = tuple(_article(text, d, source, n) for n, d in enumerate(drafts))
    return Page(articles, tuple(_merged(leftover, spans)))


def _gather(
    spans: Sequence[Span], roles: Sequence[Role], whole: bool
) -> tuple[list[_Draft], list[_Draft], list[Span]]:
    """Collect lines into articles, stray headlines, and what is neither."""
    drafts: list[_Draft] = []
    strays: list[_Draft] = []
    current = _Draft()
    opened = [current]
    for span, role in zip(spans, roles, strict=True):
        if role in _STRAY and not whole:
            if role == Role.STRAY or not strays:
                strays.append(_Draft(start=span.start))
            stray = strays[-1]
            (stray.byline if role == Role.STRAY_BYLINE else stray.title).append(span)
            stray.end = span.end
            continue
        has_text = bool(current.paragraphs or current.captions or current.signature)
        if not whole and has_text and (role in _HEAD or role == Role.LEAD):
            current = _Draft()
            opened.append(current)
        if current.start < 0:
            current.start = span.start
        current.end = span.end
        if role == Role.COLUMN:
            current.column.append(span)
        elif role == Role.KICKER:
            current.kicker.append(span)
        elif role in (Role.TITLE, Role.TITLE_MORE):
            current.title.append(span)
        elif role == Role.SUBTITLE:
            current.subtitle.append(span)
        elif role == Role.BYLINE:
            current.byline.append(span)
        elif role == Role.SIGNATURE:
            current.signature.append(span)
        elif role == Role.CAPTION:
            current.captions.append(span)
        elif role == Role.BODY_MORE and current.paragraphs:
            current.paragraphs[-1].append(span)
        else:
            current.paragraphs.append([span])
    leftover: list[Span] = []
    for draft in opened:
        if not draft.paragraphs and draft.captions:  # a picture with a headline
            draft.paragraphs = [[c] for c in draft.captions]
            draft.captions = []
        if draft.paragraphs or whole:
            draft.start = max(draft.start, 0)
            drafts.append(draft)
        elif draft.start >= 0:
            leftover.append(Span(draft.start, draft.end))
    return drafts, strays, leftover


def _give_back(text: str, drafts: Sequence[_Draft], strays: Iterable[_Draft]) -> list[Span]:
    """Give stray headlines to the articles that lack one; return those that fit none."""
    left: list[Span] = []
    for stray in strays:
        name = _joined(text, stray.title)
        pairs = {name[i : i + 2] for i in range(len(name) - 1)}
        best, found = 0.0, None
        for draft in drafts[-50:]:
            if draft.title:
                continue
            body = text[draft.start : min(draft.end, draft.start + 5000)]
            score = sum(p in body for p in pairs) / max(len(pairs), 1)
            if score > best:
                best, found = score, draft
        if found is None:
            left.append(Span(stray.start, stray.end))
        else:
            found.title, found.displaced = stray.title, True
            found.byline = found.byline or stray.byline
    return left


def _article(text: str, draft: _Draft, source: str, index: int) -> Article:
    """Finish an article: its text with the breaks mended, and the strings of its head."""
    pieces: list[str] = []
    segments: list[Segment] = []
    length = 0
    for lines in draft.paragraphs:
        if pieces:
            pieces.append("\n")
            length += 1
        for line in lines:
            segments.append(Segment(length, line.start, line.end - line.start))
            pieces.append(text[line.start : line.end])
            length += line.end - line.start
    title = _joined(text, draft.title)
    column = _joined(text, draft.column) or None
    if not column and title and (named := _COLUMN.search(title)):
        column = named[1]
    return Article(
        text="".join(pieces),
        id=f"{source}#{index}",
        source=source,
        index=index,
        column=column,
        kicker=_listed(text, draft.kicker),
        title=title or None,
        title_start=draft.title[0].start if draft.title else None,
        title_end=draft.title[-1].end if draft.title else None,
        title_displaced=draft.displaced,
        subtitle=_listed(text, draft.subtitle),
        byline=_listed(text, draft.byline or draft.signature),
        start=draft.start,
        end=draft.end,
        paragraphs=tuple(Span(p[0].start, p[-1].end) for p in draft.paragraphs),
        captions=tuple(draft.captions),
        segments=tuple(segments),
    )


def _joined(text: str, spans: Sequence[Span]) -> str:
    """Return lines that are one, as one."""
    return "".join(text[s.start : s.end] for s in spans)


def _listed(text: str, spans: Sequence[Span]) -> str | None:
    """Return lines that are several, as lines; None for none."""
    return "\n".join(text[s.start : s.end] for s in spans) or None


def _merged(leftover: list[Span], spans: Sequence[Span]) -> list[Span]:
    """Put stretches in order, and those into one between which nothing stands."""
    following = {a.end: b.start for a, b in zip(spans, spans[1:], strict=False)}
    merged: list[Span] = []
    for span in sorted(leftover):
        if merged and following.get(merged[-1].end) == span.start:
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged
