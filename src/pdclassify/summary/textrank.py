"""Scores -> chosen sentences: the summary of an article.

TextRank (Mihalcea and Tarau, EMNLP 2004; biased by the headline as in Kazemi and others, COLING
2020) is one of the cues from which the probability that a reader would print a sentence is made;
see ``scoring.py``. ``choice.py`` finds the sentences that serve best within the budget.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdclassify.arguments import a_document, a_model, a_share, a_text, a_whole_number
from pdclassify.article import Article
from pdclassify.errors import UsageError, wrong
from pdclassify.results import Summary, SummarySentence
from pdclassify.summary.choice import FILL, POWER, Repetitions, best_number, best_within
from pdclassify.summary.focus import focused, is_named, topic_of
from pdclassify.summary.introduced import find_stranger
from pdclassify.summary.printable import Candidate
from pdclassify.summary.scoring import Scored, look, score
from pdclassify.text.sentences import ends_spaced, join_sentences

if TYPE_CHECKING:
    from pdclassify.topics.model import TopicModel

__all__ = ["DEFAULT_CHARS", "check_options", "cut_at_clause", "summarize"]

DEFAULT_CHARS = 180
_TRIES = 4  # to find sentences that speak of nobody unknown
_CLAUSE = re.compile(r"[，；：、,;:。！？]")

Floats = NDArray[np.float64]


def summarize(
    text: str | Article,
    *,
    sentences: int | None = None,
    chars: int | None = None,
    ratio: float | None = None,
    title: str | None = None,
    kicker: str | None = None,
    subtitle: str | None = None,
    focus: str | None = None,
    method: str = "textrank",
    model: TopicModel | None = None,
) -> Summary:
    """Choose the sentences of ``text`` that an editor would print.

    Parameters
    ----------
    text : str or Article
        One paragraph a line. An article brings its own title, kicker and subtitle.
    sentences, chars, ratio : int, int, float, optional
        The budget: a number of sentences, of characters (a hard limit, punctuation counted), or
        a share of the text's characters. At most one; 180 characters if none is given.
    title, kicker, subtitle : str, optional
        The headline of a text given as ``str``.
    focus : str, optional
        A topic of the model, or words, that the summary shall be about. Words that no sentence has
        anything of change nothing; the summary is then ``unfocused``.
    method : {"textrank", "lead"}
        How sentences are ranked; ``lead`` takes the first ones.
    model : TopicModel, optional
        Whose topic the focus may be; the shipped one if none is given.

    Returns
    -------
    Summary
        In the order of the text; empty only for a text without a sentence. Offsets count
        characters of the input; a dateline is cut off. One sentence of a text that begins with
        its own headline, where no title is given, is that headline.

    Raises
    ------
    UsageError
        When the budget, the method or an option cannot be what it is.
    """
    a_document("text", text)
    for name, line in (("title", title), ("kicker", kicker), ("subtitle", subtitle)):
        a_text(name, line, needed=False)
    a_model("model", model)
    article = text if isinstance(text, Article) else None
    body = text.text if isinstance(text, Article) else text
    if article is not None:
        if any(part is not None for part in (title, kicker, subtitle)):
            raise UsageError("an article brings its own title, kicker and subtitle; leave them out")
        title, kicker, subtitle = article.title, article.kicker, article.subtitle
    check_options(sentences=sentences, chars=chars, ratio=ratio, focus=focus, method=method)
    wanted = (focus or "").strip()
    topical = topic_of(wanted, model) if wanted else None
    unfocused = bool(wanted) and not topical and not is_named(wanted, body)
    if unfocused:
        wanted = ""  # which leaves the summary as it is
    found = look(
        body, kicker=kicker, title=title, subtitle=subtitle, focus="" if topical else wanted
    )
    if found is None:
        return Summary((), "", unfocused)
    if found.headline is not None and sentences == 1 and not wanted:
        headline = _sentence(found.headline, found.headline.end, body, article, 1.0)
        return Summary((headline,), headline.text, unfocused)
    n = len(found.candidates)
    pieces = [body[one.start : one.end] for one in found.candidates]
    if method == "lead":
        scores = 1.0 - np.arange(n) / n
    else:
        scores = score(found, one=sentences == 1)
        if wanted:
            plain, scores = scores, focused(found.graph, pieces, scores, wanted, topical)
            unfocused = scores is plain and not topical
    limit = DEFAULT_CHARS if chars is None else chars
    if ratio is not None:
        limit = max(int(len(body) * ratio), 1)
    picked = _pick(
        found,
        pieces,
        scores,
        sentences,
        limit,
        body,
        "".join(filter(None, (kicker, title, subtitle))),
        lead=method == "lead",
        full=ratio is not None,
    )
    ends = {index: found.candidates[index].end for index in picked}
    if not picked:
        index = _fallback(found, scores)
        one = found.candidates[index]
        room = one.end - one.start if sentences is not None else limit
        ends = {index: one.start + cut_at_clause(pieces[index], room)}
    made = tuple(
        _sentence(found.candidates[index], end, body, article, float(scores[index]))
        for index, end in sorted(ends.items())
    )
    return Summary(made, join_sentences([sentence.text for sentence in made]), unfocused)


def check_options(
    *,
    sentences: int | None = None,
    chars: int | None = None,
    ratio: float | None = None,
    focus: str | None = None,
    method: str = "textrank",
) -> None:
    """Raise ``UsageError`` for what cannot be."""
    given = {"sentences": sentences, "chars": chars, "ratio": ratio}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise UsageError(f"give one of sentences, chars and ratio. Got {' and '.join(named)}.")
    for name in named:
        (a_share if name == "ratio" else a_whole_number)(name, given[name])
    a_text("focus", focus, needed=False)
    if method not in ("textrank", "lead"):
        raise wrong("method", "textrank or lead", method)
    if focus is not None and method == "lead":
        raise UsageError("A focus has no effect on the method lead; leave one of them out.")


def _pick(
    found: Scored,
    pieces: Sequence[str],
    scores: Floats,
    number: int | None,
    limit: int,
    body: str,
    headline: str,
    *,
    lead: bool,
    full: bool,
) -> list[int]:
    """Return the sentences that fit the budget best, in order; none if not one fits.

    ``full`` is for who asks for a share of the text: it is filled, be the rest worth little or not.
    """
    usable = [candidate.printable for candidate in found.candidates]
    spoken = found.spoken
    needs = [(0, 0) if spoken else (one.before, one.after) for one in found.candidates]
    if not any(usable):
        return []
    lengths = found.ends - found.starts + np.array([ends_spaced(piece) for piece in pieces])
    if lead:
        picked: list[int] = []
        left = limit
        for index in np.flatnonzero(usable).tolist():
            if number is not None and len(picked) == number:
                break
            if number is None and lengths[index] > left:
                break
            picked.append(index)
            left -= int(lengths[index])
        return picked
    fill = 0.0 if spoken or full else FILL
    power = 0.0 if spoken else POWER  # in talk the length of a sentence is an accident
    chosen: list[int] = []
    for _ in range(_TRIES):
        is_new = Repetitions(found.graph, pieces).is_new
        if number is not None:
            picked = best_number(scores, usable, needs, is_new, number)
        else:
            picked = best_within(
                scores, lengths, usable, needs, is_new, limit, fill=fill, power=power
            )
        spans = [(found.candidates[index].start, found.candidates[index].end) for index in picked]
        chosen = picked or chosen
        stranger = None if spoken else find_stranger(body, spans, headline)
        if stranger is None:
            break
        usable[picked[stranger]] = False
    return chosen


def _fallback(found: Scored, scores: Floats) -> int:
    """Return the best sentence where none fits: a printable one, or else the best of all."""
    usable = np.array([candidate.printable for candidate in found.candidates])
    return int(np.where(usable, scores, scores - 2.0).argmax())


def cut_at_clause(sentence: str, limit: int) -> int:
    """Return how much of a sentence fits: to its last clause mark within the limit, if any."""
    if len(sentence) <= limit:
        return len(sentence)
    marks = [mark.start() for mark in _CLAUSE.finditer(sentence, 1, limit)]
    return marks[-1] if marks else limit


def _sentence(
    one: Candidate, end: int, body: str, article: Article | None, value: float
) -> SummarySentence:
    """Return a chosen sentence as it is printed."""
    start = one.start
    place = (start, end) if article is None else article.to_input_span(start, end)
    return SummarySentence(body[start:end], place[0], place[1], one.index, value, end < one.end)
