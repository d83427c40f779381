"""Several articles -> one summary: a page or a day's issue in a few sentences.

Each sentence has its editor's probability as in a summary of its own article. A set of sentences is
then taken greedily, by its worth for its length, under two laws of diminishing returns (Lin and
Bilmes, "A Class of Submodular Functions for Document Summarization", ACL 2011): what is like a
sentence already taken is worth less by that likeness, wherever it stands, and the second sentence
of one article is worth half of what it would be as the first, the third a third.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdclassify.arguments import a_model, some_documents
from pdclassify.article import Article
from pdclassify.results import Digest, DigestSentence
from pdclassify.summary.choice import SAME, Needs, chain
from pdclassify.summary.cues import terms
from pdclassify.summary.focus import focused, topic_of
from pdclassify.summary.graph import SentenceGraph
from pdclassify.summary.scoring import Scored, look, score
from pdclassify.summary.textrank import check_options, cut_at_clause
from pdclassify.text.normalize import fold_in_place
from pdclassify.text.sentences import join_sentences

if TYPE_CHECKING:
    from pdclassify.topics.model import TopicModel

__all__ = ["DIGEST_CHARS", "digest"]

DIGEST_CHARS = 500
_FLOOR = 0.25  # of the mean score of what is taken: below that, room is left rather than filled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def digest(
    articles: Iterable[Article | str],
    *,
    sentences: int | None = None,
    chars: int | None = None,
    ratio: float | None = None,
    focus: str | None = None,
    model: TopicModel | None = None,
) -> Digest:
    """Summarise several articles at once, without saying anything twice.

    Parameters
    ----------
    articles : iterable of Article or str
        Of a page, or of a day's issue.
    sentences, chars, ratio : int, int, float, optional
        The budget, as for `summarize`: a number of sentences, of characters (a hard limit, line
        breaks counted), or a share of all articles' characters. At most one; 500 characters if
        none is given.
    focus : str, optional
        A topic of the model, or words, that the digest shall be about; see `summarize`.
    model : TopicModel, optional
        Whose topic the focus may be; the shipped one if none is given.

    Returns
    -------
    Digest
        Sentences in the order of the articles and of their texts; empty only if no article has a
        sentence. Offsets count characters of each article's own input.

    Raises
    ------
    UsageError
        When the budget, an article or an option cannot be what it is.

    Examples
    --------
    >>> digest([]).text
    ''
    """
    check_options(sentences=sentences, chars=chars, ratio=ratio, focus=focus)
    a_model("model", model)
    given = [
        one if isinstance(one, Article) else Article(text=one)
        for one in some_documents("articles", articles)
    ]
    wanted = (focus or "").strip()
    topical = topic_of(wanted, model) if wanted else None
    pool, unfocused = _gather(given, wanted, topical)
    unfocused = unfocused and bool(wanted) and not topical
    if pool is None:
        return Digest((), "", unfocused)
    limit = DIGEST_CHARS if chars is None else chars
    if ratio is not None:
        limit = max(int(sum(len(article.text) for article in given) * ratio), 1)
    picked = _pick(pool, sentences, limit)
    ends = {row: int(pool.ends[row]) for row in picked}
    if not picked:
        row = int((pool.scores - 2.0 * ~pool.usable).argmax())
        ends = {row: int(pool.ends[row])}
        if sentences is None:
            text = given[pool.places[row]].text[pool.starts[row] : pool.ends[row]]
            ends = {row: int(pool.starts[row]) + cut_at_clause(text, limit)}
    made = [_sentence(pool, row, end, given) for row, end in sorted(ends.items())]
    lines: dict[int, list[str]] = {}
    for sentence in made:
        lines.setdefault(sentence.article, []).append(sentence.text)
    return Digest(tuple(made), "\n".join(map(join_sentences, lines.values())), unfocused)


@dataclass(frozen=True, slots=True)
class _Pool:
    """All sentences of all articles, in order, n of them; rows of one graph."""

    graph: SentenceGraph
    scores: Floats
    places: Ints  # which article each stands in
    indices: Ints  # and where there
    starts: Ints
    ends: Ints
    usable: NDArray[np.bool_]
    needs: list[Needs]


def _gather(
    articles: Sequence[Article], focus: str, model: TopicModel | None
) -> tuple[_Pool | None, bool]:
    """Lay the sentences of all articles side by side, and say whether none is on the focus."""
    found: list[tuple[int, Scored]] = []
    for place, one in enumerate(articles):
        seen = look(one.text, kicker=one.kicker, title=one.title, subtitle=one.subtitle)
        if seen is not None:
            found.append((place, seen))
    if not found:
        return None, True
    sizes = [len(seen.candidates) for _, seen in found]
    n = sum(sizes)
    rows, codes, at = [], [], 0
    for size, (_, seen) in zip(sizes, found, strict=True):
        row, code = terms(seen.points, seen.starts, seen.ends)
        rows.append(row + at)
        codes.append(code)
        at += size
    folded = fold_in_place(f"{focus} ")
    points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    row, code = terms(points, np.array([0]), np.array([0 if model else len(focus)]))
    graph = SentenceGraph.from_terms(
        np.concatenate([*rows, row + n]), np.concatenate([*codes, code]), n + 1
    )
    everyone = [(place, one) for place, seen in found for one in seen.candidates]
    plain = scores = np.concatenate([score(seen) for _, seen in found])
    if focus:
        pieces = [articles[place].text[one.start : one.end] for place, one in everyone]
        scores = focused(graph, pieces, scores, focus, model)
    needs = [
        (0, 0) if seen.spoken else (one.before, one.after)
        for _, seen in found
        for one in seen.candidates
    ]
    # What leans on nothing of its own article must not lean on the one before it.
    within = np.concatenate([np.arange(size) for size in sizes])
    torn = np.array([one.before for _, one in everyone]) > within
    pool = _Pool(
        graph,
        scores,
        np.array([place for place, _ in everyone]),
        np.array([one.index for _, one in everyone]),
        np.array([one.start for _, one in everyone]),
        np.array([one.end for _, one in everyone]),
        np.array([one.printable for _, one in everyone]) & ~torn,
        needs,
    )
    return pool, scores is plain


def _pick(pool: _Pool, number: int | None, limit: int) -> list[int]:
    """Take the sentences that are worth most for what they cost, until the budget is spent."""
    usable = pool.usable.tolist()
    chains = [chain(pool.needs, row, usable) if usable[row] else None for row in range(len(usable))]
    lengths = pool.ends - pool.starts + 1  # with a line break or blank, so that the limit holds
    left = limit + 1
    if number is not None:
        lengths, left = np.ones_like(lengths), number
    cost = np.array([left + 1 if c is None else int(lengths[c].sum()) for c in chains])
    taken = np.zeros(int(pool.places.max()) + 1)
    likeness = np.zeros(len(cost))
    open_rows = np.ones(len(cost), dtype=bool)
    chosen: set[int] = set()
    while True:
        fits = open_rows & (cost <= left) & (likeness <= SAME)
        if number is None and chosen:
            fits &= pool.scores > _FLOOR * pool.scores[sorted(chosen)].mean()
        if not fits.any():
            return sorted(chosen)
        # The root of the length: a long sentence tells more, though not twice as much.
        worth = pool.scores * (1 - likeness) / (1 + taken[pool.places]) / np.sqrt(cost)
        row = int(np.where(fits, worth, -1.0).argmax())
        open_rows[row] = False
        new = [one for one in chains[row] or () if one not in chosen]
        chosen.update(new)
        left -= int(lengths[new].sum())
        taken[pool.places[row]] += 1
        unit = np.zeros(pool.graph.size)
        unit[row] = 1.0
        likeness = np.maximum(likeness, pool.graph.multiply(unit)[: len(cost)])
        open_rows[new] = False


def _sentence(pool: _Pool, row: int, end: int, articles: Sequence[Article]) -> DigestSentence:
    """Return a chosen sentence with its source."""
    place, start = int(pool.places[row]), int(pool.starts[row])
    article = articles[place]
    span = article.to_input_span(start, end)
    return DigestSentence(
        article=place,
        id=article.id,
        source=article.source,
        title=article.title,
        text=article.text[start:end],
        start=span.start,
        end=span.end,
        index=int(pool.indices[row]),
        score=float(pool.scores[row]),
        cut=end < int(pool.ends[row]),
    )
