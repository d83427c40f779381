"""Ranks -> chosen sentences: the summary of an article."""

from __future__ import annotations

import numpy as np

from pdclassify.article import Article, Summary, SummarySentence
from pdclassify.errors import UsageError
from pdclassify.summary.graph import SentenceGraph
from pdclassify.text.sentences import split_sentences

__all__ = ["summarize"]


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
) -> Summary:
    """Choose the sentences of ``text`` that an editor would print.

    Parameters
    ----------
    text : str or Article
        One paragraph a line. An article brings its own title, kicker and subtitle.
    sentences, chars, ratio : int, int, float, optional
        The budget: a number of sentences, of characters (a hard limit, punctuation counted), or
        a share of the text's characters. Exactly one; 180 characters if none is given.
    title, kicker, subtitle : str, optional
        The headline of a text given as ``str``.
    focus : str, optional
        A topic or words that the summary shall be about.
    method : {"textrank", "lead"}
        How sentences are ranked.

    Returns
    -------
    Summary
        In the order of the text; empty only for a text without a sentence.

    Raises
    ------
    UsageError
        When the budget or the method cannot be what it is.
    """
    if sum(budget is not None for budget in (sentences, chars, ratio)) > 1:
        raise UsageError("give one of sentences, chars and ratio, not several")
    article = text if isinstance(text, Article) else None
    body = article.text if article is not None else str(text)
    if article is not None:
        title, kicker, subtitle = article.title, article.kicker, article.subtitle
    spans = split_sentences(body)
    if not spans:
        return Summary((), "")
    headline = "".join(part for part in (kicker, title, subtitle) if part)
    limit = chars if chars is not None else 180
    if ratio is not None:
        limit = max(int(len(body) * ratio), 1)
    if sentences is not None:
        limit = len(body)
    pieces = [body[span.start : span.end] for span in spans]
    rows, codes = [], []
    for row, piece in enumerate([*pieces, headline]):
        values = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.uint32)
        pairs = values[:-1].astype(np.uint64) << np.uint64(21) | values[1:].astype(np.uint64)
        codes.append(pairs)
        rows.append(np.full(len(pairs), row))
    graph = SentenceGraph.from_terms(
        np.concatenate(rows), np.concatenate(codes), len(pieces) + 1
    )
    teleport = np.append(np.full(len(pieces), 0.5 / len(pieces)), 0.5 if headline else 0.0)
    scores = graph.rank(teleport, damping=0.4)[:-1]
    order = np.argsort(-scores, kind="stable") if method == "textrank" else range(len(pieces))
    chosen: list[tuple[int, int, bool]] = []
    for index in order:
        length = len(pieces[index])
        if sentences is not None and len(chosen) == sentences:
            break
        if length <= limit:
            chosen.append((int(index), spans[index].end, False))
            limit -= length
    if not chosen:
        best = int(order[0])
        chosen = [(best, spans[best].start + limit, True)]
    found = []
    for index, end, cut in sorted(chosen):
        start = spans[index].start
        place = article.to_input_span(start, end) if article is not None else (start, end)
        found.append(
            SummarySentence(
                body[start:end], place[0], place[1], index, float(scores[index]), cut
            )
        )
    return Summary(tuple(found), "".join(sentence.text for sentence in found))
