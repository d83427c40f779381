"""An article -> its sentences, each with the probability that an editor would print it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.cues import NAMES, measure, terms, without_column
from pdclassify.summary.graph import SentenceGraph
from pdclassify.summary.printable import Candidate, find_candidates, full_width
from pdclassify.summary.prior import Prior, shipped_prior
from pdclassify.text.normalize import fold_in_place

__all__ = ["Scored", "kind_of", "lead_is_gone", "look", "score"]

Floats = NDArray[np.float64]

_TALK = NAMES.index("talk")
#: Words of talk a character, above which a text is a transcript. Of 476 articles of the press none
#: reaches it (most .0046), of 135 transcripts 96 % do.
SPOKEN = 0.005
#: Log-odds above which a lead counts as gone. Of 754 reports without theirs 73 % are above it, of 476
#: articles and 1,067 reports with theirs 5 % and less than 1 %.
LEAD_GONE = 0.0

# A form of address, a label, a date, who writes: a line above the text that is not its headline.
_NO_HEADLINE = re.compile(
    r"(?:.*[：:，,、；;]|[^\u4e00-\u9fff]*(?:[\u4e00-\u9fff][^\u4e00-\u9fff]*){0,5}|\d{4}年[^，]{0,12}"
    r"|(?:新华社|人民网|中央纪委国家监委网站)(?!.*[：:]).*|(?:本报|新华社)?(?:记者|作者|评论员).*)$"
)

_DAMPING = 0.85  # of the plain walk, as in the paper
_BIASED_DAMPING = 0.5  # of the walk that restarts at the headline; .4 to .6 are the same in CV


@dataclass(frozen=True, slots=True)
class Scored:
    """An article's sentences and what was found out about them.

    Parameters
    ----------
    candidates : list of Candidate
        n of them, in the order of the text.
    graph : SentenceGraph
        Over the n sentences, then kicker, title, subtitle and focus.
    cues : ndarray of float, shape (n, cues)
    phrases : ndarray of float, shape (n,)
        Sums of the prior's phrase weights.
    points : ndarray of uint32
        The characters of the text and the headline.
    starts, ends : ndarray of int, shape (n,)
    titled : bool
        Whether there is a headline, given or in the text.
    headline : Candidate, optional
        The line of the text that is its headline, where none was given.
    """

    candidates: list[Candidate]
    graph: SentenceGraph
    cues: Floats
    points: NDArray[np.uint32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    titled: bool
    headline: Candidate | None = None

    @property
    def spoken(self) -> bool:
        """Whether the text is a transcript."""
        return bool(self.cues[:, _TALK].sum() > SPOKEN * (self.ends - self.starts).sum())


def look(
    text: str,
    *,
    kicker: str | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    focus: str = "",
    damping: float = _DAMPING,
    tolerance: float = 1e-5,
    max_iter: int = 100,
) -> Scored | None:
    """Find the sentences of ``text`` and their cues; None for a text without a sentence."""
    text = full_width(text)
    candidates = find_candidates(text)
    own = None
    if not any((kicker, title, subtitle)) and _brings_headline(text, candidates):
        own = candidates.pop(0)
        title = text[own.start : own.end]
        for one in candidates:
            one.paragraph -= 1
    if not candidates:
        return None
    n = len(candidates)
    extra = [kicker or "", without_column(title), subtitle or "", focus]
    whole = fold_in_place("\n".join([text, *extra]))
    points = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = [c.start for c in candidates]
    ends = [c.end for c in candidates]
    at = len(text) + 1
    for part in extra:
        starts.append(at)
        ends.append(at + len(part))
        at += len(part) + 1
    rows, codes = terms(points, np.array(starts), np.array(ends))
    graph = SentenceGraph.from_terms(rows, codes, n + len(extra))
    ranks, biased, headlines, parts = _walks(
        graph, n, damping=damping, tolerance=tolerance, max_iter=max_iter
    )
    cues = measure(text, points[: len(text)], candidates, graph, ranks, biased, headlines, parts)
    return Scored(
        candidates,
        graph,
        cues,
        points,
        np.array(starts[:n]),
        np.array(ends[:n]),
        titled=any(map(str.strip, extra[:3])),
        headline=own,
    )


def _brings_headline(text: str, candidates: list[Candidate]) -> bool:
    """Tell whether a text begins with a line that looks like its headline."""
    if len(candidates) < 3 or not candidates[0].heading or candidates[1].paragraph != 1:
        return False
    return _NO_HEADLINE.match(text, candidates[0].start, candidates[0].end) is None


def _walks(
    graph: SentenceGraph, n: int, *, damping: float, tolerance: float, max_iter: int
) -> tuple[Floats, Floats, Floats, tuple[Floats, Floats, Floats]]:
    """Rank sentences plainly and from the headline, and compare them with its three lines."""
    teleport = np.zeros(graph.size)
    teleport[:n] = 1
    ranks = graph.rank(teleport, damping=damping, tolerance=tolerance, max_iter=max_iter)[:n]
    headlines = np.zeros((n, 3))
    for line in range(3):
        if graph.degrees[n + line] > 0:
            here = np.zeros(graph.size)
            here[n + line] = 1
            headlines[:, line] = graph.multiply(here)[:n]
    together = headlines.sum(axis=1)
    teleport[:n] = 0.2 / n + 0.8 * together / max(float(together.sum()), 1e-9)
    biased = graph.rank(teleport, damping=_BIASED_DAMPING, tolerance=tolerance, max_iter=max_iter)[
        :n
    ]
    in_headline = graph.rows >= n
    headline = graph.held(in_headline & (graph.rows < n + 3))[:n]
    title = graph.held(graph.rows == n + 1)[:n]
    return (
        ranks / max(float(ranks.sum()), 1e-12),
        biased / max(float(biased.sum()), 1e-12),
        headlines,
        (together, headline, title),
    )


def lead_is_gone(scored: Scored, detector: Prior) -> bool:
    """Tell from its first sentence whether a text has lost its lead."""
    logit = float(scored.cues[0] @ detector.weights) + detector.intercept
    return logit > LEAD_GONE


def kind_of(scored: Scored, *, one: bool = False) -> str:
    """Return which of the shipped priors is meant for such a text, for ``one`` sentence or more."""
    if scored.spoken:
        return "speech"
    if not scored.titled:
        return "headline" if one else "untitled"
    return "leadless" if lead_is_gone(scored, shipped_prior("lead_gone")) else "press"


def score(scored: Scored, prior: Prior | None = None, *, one: bool = False) -> Floats:
    """Return the probability, for each sentence, that a reader would choose it; shape (n,).

    Where ``one`` sentence is all that is printed of a text without a headline, it is the probability
    that it says what the headline would.
    """
    prior = prior or shipped_prior(kind_of(scored, one=one))
    logit = scored.cues @ prior.weights + prior.intercept
    logit = logit + prior.phrase_sums(scored.points, scored.starts, scored.ends)
    result: Floats = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    return result
