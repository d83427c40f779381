"""The text of a laid-out page -> its articles.

Every line is given its role (:mod:`pdclassify.reading.boundaries`); from the roles the articles
are put together, their torn paragraphs mended, and headlines printed elsewhere given back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from pdclassify.arguments import a_text
from pdclassify.article import Article, Page, Passage, Segment, Span
from pdclassify.reading.boundaries import Role, params, read_lines
from pdclassify.reading.evidence import barred
from pdclassify.reading.furniture import Furniture
from pdclassify.reading.headlines import IN_PLACE, Stray, give_back
from pdclassify.reading.heads import order_heads
from pdclassify.reading.leftover import merged, outside
from pdclassify.reading.lines import INVISIBLE, Lines
from pdclassify.reading.sheet import Sheet, sheet_of

__all__ = ["split_page"]

_HEAD = frozenset({Role.COLUMN, Role.KICKER, Role.TITLE, Role.TITLE_MORE, Role.SUBTITLE})
_PLACE = {
    Role.COLUMN: "column",
    Role.KICKER: "kicker",
    Role.TITLE: "title",
    Role.TITLE_MORE: "title",
    Role.SUBTITLE: "subtitle",
    Role.BYLINE: "byline",
    Role.SIGNATURE: "signature",
    Role.CAPTION: "captions",
}
_STRAY = frozenset({Role.STRAY, Role.STRAY_MORE, Role.STRAY_BYLINE})
_MARK = re.compile(r"#{1,6}[ \t\u3000]+(?=\S)")
_MOSTLY = 1.4  # width of text of ideographs, in half ideographs a character, at least
_LETTERS = re.compile(r"[A-Za-z\u00c0-\u024f]{2}")
_COLUMN = re.compile(r"[（(]([^（）()]{2,24})[）)]$")
_NO_COLUMN = re.compile(  # what is said of a text itself
    "(?:讲话|发言|全文|节选|摘[要编登录]|选[摘登载]|连载|续|试行|暂行|草案|修[订正]|征求意见|组诗|组章|外.{1,2}[首章篇则]|之?[一二三四五六七八九十]+$).*"
)


#: Where the characters of a line stand: several spans if the print was narrower than the line.
_Line = Sequence[Span]


@dataclass(slots=True)
class _Draft:
    """An article while it is put together: its lines by role."""

    column: list[_Line] = field(default_factory=list)
    kicker: list[_Line] = field(default_factory=list)
    title: list[_Line] = field(default_factory=list)
    subtitle: list[_Line] = field(default_factory=list)
    byline: list[_Line] = field(default_factory=list)
    signature: list[_Line] = field(default_factory=list)
    paragraphs: list[list[Span]] = field(default_factory=list)
    captions: list[_Line] = field(default_factory=list)
    start: int = -1
    end: int = 0
    displaced: bool = False

    @property
    def has_text(self) -> bool:
        """Whether a new headline would begin a new article."""
        return bool(self.paragraphs or self.captions or self.signature)

    @property
    def head(self) -> list[Span]:
        """The lines of an article that has no text."""
        named = (self.column, self.kicker, self.title, self.subtitle, self.byline, self.signature)
        return [span for lines in named for line in lines for span in line]

    @property
    def parts(self) -> list[Span]:
        """Where all its lines stand."""
        text = (span for line in (*self.paragraphs, *self.captions) for span in line)
        return [*self.head, *text]

    def add(self, line: _Line, role: Role) -> None:
        """Put a line where its role says."""
        if self.start < 0:
            self.start = line[0].start
        before, self.end = self.end, line[-1].end
        if (
            role in (Role.TITLE, Role.TITLE_MORE)
            and self.title
            and not (role == Role.TITLE_MORE and self.title[-1][-1].end == before)
        ):
            self.subtitle.append(line)
        elif role == Role.BODY_MORE and self.paragraphs:
            self.paragraphs[-1].extend(line)
        elif role in _PLACE:
            getattr(self, _PLACE[role]).append(line)
        else:
            self.paragraphs.append(list(line))

    def take(self, head: _Draft) -> list[Span]:
        """Take a displaced headline; return what stood here in its place."""
        kept = _Draft(byline=self.byline, column=[] if head.column else self.column)
        replaced = sorted({*self.head} - {*kept.head})
        self.title, self.kicker, self.subtitle = head.title, head.kicker, head.subtitle
        self.column, self.byline = head.column or self.column, [*self.byline, *head.byline]
        self.displaced = True
        return replaced

    def hand_over(self, following: _Draft) -> None:
        """Give who signs last, where this text has its author, to the text that follows."""
        if self.byline and self.signature and self.signature[-1][-1].end == self.end:
            line = self.signature.pop()
            self.end = max(span.end for span in self.parts)
            following.add(line, Role.BYLINE)

    def settle(self) -> None:
        """Let the captions of a picture that has a headline and no article be its text."""
        if not self.paragraphs and self.captions:
            self.paragraphs = [list(line) for line in self.captions]
            self.captions = []


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
        that can be seen stands in a paragraph, a caption or a line of an article's head, or in
        ``leftover``, and nowhere twice; so do articles not overlap. Mastheads, heads and numbers
        of pages, editors' lines and what surrounds a text on the web are no article's: they are
        left over, be it between articles or inside the ``start..end`` of one. Layout alone, as
        white space is, are the ``#`` of Markdown's headings.

    Raises
    ------
    UsageError
        If ``text`` or ``source`` is not a str.
    """
    a_text("text", text)
    a_text("source", source)
    sheet = sheet_of(text, whole=whole)
    printed, lines = sheet.printed, sheet.lines
    spans, unseen = _printed(printed)
    shown = [spans[i] for i in sheet.kept.tolist()]
    marks = {}  # of Markdown's headings, where each ends: they are no part of what is printed
    for at in np.flatnonzero(printed.codes[printed.starts[sheet.kept]] == ord("#")).tolist():
        if mark := _MARK.match(text, *shown[at]):
            marks[mark.end()] = Span(*mark.span())
            shown[at] = Span(mark.end(), shown[at].end)
    pieces: list[_Line] = [shown[a:b] for a, b in pairwise([*sheet.firsts.tolist(), len(shown)])]
    reading = read_lines(lines)
    begins, parted = (_after(sheet, least) for least in (Furniture.END, Furniture.ASIDE))
    reading.bar(*barred(lines, begins, parted, sheet.doubtful.tolist()))
    if whole:
        return Page((_article(text, _whole(pieces, reading.roles), source, 0),), ())
    given = give_back(lines, reading, params())
    order_heads(lines, reading)
    drafts, leftover = _gather(pieces, reading.roles, given)
    if not drafts and len(pieces) == 1:
        # A line alone is what there is to read, not a headline without its article.
        drafts, leftover = [_Draft()], []
        drafts[0].add(pieces[0], Role.BODY)
    for draft in drafts:
        draft.start = marks.get(draft.start, (draft.start,))[0]
    articles = tuple(_article(text, d, source, n) for n, d in enumerate(drafts))
    taken = [Span(article.start, article.end) for article in articles]
    furniture = (spans[i] for i in np.flatnonzero(sheet.furniture).tolist())
    aside = [*leftover, *furniture, *sheet.aside, *outside(sorted(marks.values()), taken)]
    left = merged(aside, spans)
    left = sorted([*left, *outside(unseen, sorted([*left, *taken]))])
    return Page(articles, tuple(Passage(start, end, text[start:end]) for start, end in left))


def _printed(lines: Lines) -> tuple[list[Span], list[tuple[int, int]]]:
    """Return where lines stand with all that nobody sees at their ends, and what of it is alone."""
    places = zip(lines.starts.tolist(), lines.ends.tolist(), strict=True)
    if not len(lines.unseen):
        return [Span(start, end) for start, end in places], []
    before = {end: start for start, end in lines.unseen.tolist()}
    after = dict(lines.unseen.tolist())
    spans = [Span(before.pop(start, start), after.pop(end, end)) for start, end in places]
    return spans, sorted((start, end) for end, start in before.items() if start in after)


def _after(sheet: Sheet, least: Furniture) -> list[int]:
    """Return the lines before which furniture of a kind stands."""
    following = np.searchsorted(sheet.kept, np.flatnonzero(sheet.furniture >= least))
    found: list[int] = np.unique(np.searchsorted(sheet.firsts, following)).tolist()
    return found


def _whole(lines: Sequence[_Line], roles: Sequence[Role]) -> _Draft:
    """Take all lines for one article; a headline after its first paragraph is a sub-heading."""
    draft = _Draft()
    for line, role in zip(lines, roles, strict=True):
        if role in _STRAY:
            role = Role.SIGNATURE if role == Role.STRAY_BYLINE else Role.TITLE
        if draft.paragraphs and (role in _HEAD or role == Role.BYLINE):
            role = Role.BODY
        draft.add(line, role)
    if draft.start < 0:
        draft.start = 0
    draft.settle()
    if not draft.paragraphs:  # nothing but headlines: they are all there is to read
        draft = _Draft(start=draft.start, end=draft.end, paragraphs=[list(line) for line in lines])
    return draft


def _gather(
    lines: Sequence[_Line], roles: Sequence[Role], given: Sequence[tuple[Stray, int | None]]
) -> tuple[list[_Draft], list[Span]]:
    """Collect lines into articles; what belongs to none is left over."""
    homes = {place: stray for stray, place in given if place is not None}
    away = {i for stray, place in given if place is not None for i in stray.lines}
    homeless = {i for stray, place in given if place is None for i in stray.lines}
    leftover: list[Span] = []
    goes_on = _goes_on(roles, away | homeless)
    current = _Draft()
    opened = [current]
    for i, (line, role) in enumerate(zip(lines, roles, strict=True)):
        if i in away:
            continue
        if i in homeless:
            if not goes_on[i] and (current.has_text or current.start < 0):
                leftover.extend(line)
                continue
            if current.has_text:  # text goes on after it: a sub-heading
                role = Role.BODY
        elif current.has_text and (role in _HEAD or role == Role.LEAD):
            before, current = current, _Draft()
            opened.append(current)
            if role == Role.LEAD:
                before.hand_over(current)
        if i in homes:
            head = _Draft()
            for j in homes[i].lines:
                head.add(lines[j], IN_PLACE.get(roles[j], roles[j]))
            leftover.extend(current.take(head))
        current.add(line, role)
    drafts: list[_Draft] = []
    for draft in opened:
        draft.settle()
        if draft.paragraphs:
            drafts.append(draft)
        else:
            leftover.extend(draft.head)
    return drafts, leftover


def _goes_on(roles: Sequence[Role], skipped: Collection[int]) -> list[bool]:
    """Return after which lines the text of an article goes on."""
    found = [False] * len(roles)
    here = False
    for i in range(len(roles) - 1, -1, -1):
        found[i] = here
        if i not in skipped:
            here = roles[i] not in _HEAD and roles[i] != Role.LEAD
    return found


def _article(text: str, draft: _Draft, source: str, index: int) -> Article:
    """Finish an article: its text with the breaks mended, and the strings of its head."""
    pieces: list[str] = []
    segments: list[Segment] = []
    length = 0
    paragraphs = [[_seen(text, span) for span in lines] for lines in draft.paragraphs]
    for paragraph in paragraphs:
        if pieces:
            pieces.append("\n")
            length += 1
        for span, apart in zip(paragraph, [False, *_words_apart(text, paragraph)], strict=True):
            if apart:
                pieces.append(" ")
                length += 1
            segments.append(Segment(length, span.start, span.end - span.start))
            pieces.append(text[span.start : span.end])
            length += span.end - span.start
    title = _joined(text, draft.title)
    column = _joined(text, draft.column) or None
    named = _COLUMN.search(title.rstrip(INVISIBLE))
    if not column and named and not _NO_COLUMN.match(named[1]):
        column = named[1]
    return Article(
        text="".join(pieces),
        id=f"{source}#{index}",
        source=source,
        index=index,
        column=column,
        kicker=_listed(text, draft.kicker),
        title=title or None,
        title_start=draft.title[0][0].start if draft.title else None,
        title_end=draft.title[-1][-1].end if draft.title else None,
        title_displaced=draft.displaced,
        subtitle=_listed(text, draft.subtitle),
        byline=_listed(text, [*draft.byline, *draft.signature]),
        start=draft.start,
        end=draft.end,
        paragraphs=tuple(Span(p[0].start, p[-1].end) for p in paragraphs),
        captions=tuple(
            Passage(line[0].start, line[-1].end, _joined(text, [line])) for line in draft.captions
        ),
        segments=tuple(segments),
        headline_segments=_headline_segments(draft),
    )


def _words_apart(text: str, paragraph: Sequence[Span]) -> list[bool]:
    """Tell of every mended break whether a word ends before it and another begins after it."""
    edges = [text[a.end - 1] + text[b.start] for a, b in pairwise(paragraph)]
    found = [_LETTERS.fullmatch(beside) is not None for beside in edges]
    return found if any(found) and not _even(text, paragraph) else [False] * len(found)


def _even(text: str, paragraph: Sequence[Span]) -> bool:
    """Tell whether full lines, of ideographs mostly, are as long as each other: words are cut."""
    full = paragraph[1:-1] if len(paragraph) > 3 else paragraph[:-1]  # the first has an indent
    lengths = [s.end - s.start for s in full]
    widths = [sum(2 if c >= "\u2e80" else 1 for c in text[s.start : s.end]) for s in full]
    even = any(max(sizes) - min(sizes) <= 1 for sizes in (lengths, widths))
    return even and len(full) > 1 and sum(widths) > _MOSTLY * sum(lengths)


def _headline_segments(draft: _Draft) -> tuple[Segment, ...]:
    """Return where the lines of `Article.headline` stand: a title's are one, the others' lines."""
    segments: list[Segment] = []
    length = 0
    for lines in [*([k] for k in draft.kicker), draft.title, *([s] for s in draft.subtitle)]:
        for span in (span for line in lines for span in line):
            segments.append(Segment(length, span.start, span.end - span.start))
            length += span.end - span.start
        length += bool(lines)  # the line end after them
    return tuple(segments)


def _seen(text: str, span: Span) -> Span:
    """Return a stretch of a line without what nobody sees at its ends."""
    first, last = text[span.start], text[span.end - 1]
    if first not in INVISIBLE and last not in INVISIBLE:
        return span
    inside = text[span.start : span.end].strip(INVISIBLE + " \u3000\xa0\t")
    start = text.index(inside, span.start)
    return Span(start, start + len(inside))


def _joined(text: str, lines: Sequence[_Line]) -> str:
    """Return lines that are one, as one."""
    return "".join(text[s.start : s.end] for line in lines for s in line)


def _listed(text: str, lines: Sequence[_Line]) -> str | None:
    """Return lines that are several, as lines; None for none."""
    return "\n".join(_joined(text, [line]) for line in lines) or None
