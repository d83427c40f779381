"""Results -> the flat lines that the command line prints and ``batch`` stores.

One dictionary an article, under the same names everywhere. The nested form of the library is
``to_dict()`` of each result; this is the form for tables and archives, where every line can stand
alone and be joined to its record by ``id`` and ``source``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pdclassify.article import Article, Passage
    from pdclassify.results import Analysis, Digest, Explanation, Keyword, Summary, TopicPrediction
    from pdclassify.topics.model import TopicModel

__all__ = [
    "analysis_columns",
    "analysis_line",
    "article_line",
    "digest_line",
    "error_line",
    "explanation_line",
    "keyword_line",
    "keyword_part",
    "leftover_line",
    "summary_line",
    "summary_part",
    "topic_columns",
    "topic_line",
    "topic_part",
    "wrong_line",
]

Line = dict[str, Any]

#: Digits that are printed of a probability or score; the library keeps all of them.
DIGITS = 6

#: What a record brings along beside its text, written where it is there.
CARRIED = ("date", "section", "column", "publisher")

#: The columns of each kind of line in a CSV file; those of topics depend on the model.
IDENTITY_COLUMNS = ("id", "source", "title")
SUMMARY_COLUMNS = (*IDENTITY_COLUMNS, "summary", "sentences")
DIGEST_COLUMNS = ("articles", "summary", "sentences")
KEYWORD_COLUMNS = (*IDENTITY_COLUMNS, "keywords")
ARTICLE_COLUMNS = (
    "id", "source", "index", "column", "kicker", "title", "title_start", "title_end",
    "title_displaced", "subtitle", "byline", "text", "start", "end", "paragraphs", "captions",
)  # fmt: skip


def topic_columns(model: TopicModel) -> tuple[str, ...]:
    """Return the columns of ``predict``, ``prob_…`` for every topic among them."""
    shares = (f"prob_{topic}" for topic in model.topics)
    return (*IDENTITY_COLUMNS, "topics", "primary", *shares, "reason", "model")


def analysis_columns(model: TopicModel) -> tuple[str, ...]:
    """Return the columns of ``analyze``."""
    parts = (ARTICLE_COLUMNS, topic_columns(model), SUMMARY_COLUMNS, KEYWORD_COLUMNS)
    return tuple(dict.fromkeys(name for part in parts for name in part))


def topic_line(article: Article, prediction: TopicPrediction, model: TopicModel) -> Line:
    """Return the line of ``predict``."""
    return {**_identity(article), **topic_part(prediction, model), **_carried(article)}


def summary_line(article: Article, summary: Summary) -> Line:
    """Return the line of ``summarize``."""
    return {**_identity(article), **summary_part(summary), **_carried(article)}


def digest_line(digest: Digest, articles: int) -> Line:
    """Return the one line of ``summarize --digest``; every sentence says whose it is."""
    return {"articles": articles, **summary_part(digest)}


def keyword_line(article: Article, keywords: Sequence[Keyword]) -> Line:
    """Return the line of ``keywords``."""
    return {**_identity(article), **keyword_part(keywords), **_carried(article)}


def article_line(article: Article) -> Line:
    """Return the line of ``split``: the article as it stands on its page."""
    line = article.to_dict()
    return {**{name: line[name] for name in ARTICLE_COLUMNS}, **_carried(article)}


def analysis_line(analysis: Analysis, model: TopicModel) -> Line:
    """Return the line of ``analyze``: the union of all the others."""
    return {
        **article_line(analysis.article),
        **topic_part(analysis.prediction, model),
        **summary_part(analysis.summary),
        **keyword_part(analysis.keywords),
    }


def explanation_line(
    article: Article, prediction: TopicPrediction, explanations: Mapping[str, Explanation]
) -> Line:
    """Return the line of ``explain``; decisions and weights are not rounded, so they add up."""
    return {
        **_identity(article),
        "topics": list(prediction.topics),
        "explanation": {topic: found.to_dict() for topic, found in explanations.items()},
    }


def leftover_line(source: str, spans: Sequence[Passage]) -> Line:
    """Return the line of what stands on a page and belongs to no article."""
    return {
        "source": source,
        "leftover": [{"start": s.start, "end": s.end, "text": s.text} for s in spans],
    }


def wrong_line(
    article: Article, expected: Sequence[str], prediction: TopicPrediction, model: TopicModel
) -> Line:
    """Return the line of a record that a model got wrong, as ``evaluate --errors`` writes it."""
    return {
        **_identity(article),
        "expected": list(expected),
        **topic_part(prediction, model),
        **_carried(article),
        "text": article.text,
    }


def error_line(id: str, source: str, error: str) -> Line:
    """Return the line of a record that failed."""
    return {"id": id, "source": source, "error": error}


def _identity(article: Article) -> Line:
    return {"id": article.id, "source": article.source, "title": article.title}


def _carried(article: Article) -> Line:
    found = ((name, getattr(article, name)) for name in CARRIED)
    return {name: value for name, value in found if value is not None}


def topic_part(prediction: TopicPrediction, model: TopicModel) -> Line:
    """Return what a line holds of the topics."""
    return {
        "topics": list(prediction.topics),
        "primary": prediction.primary,
        "probabilities": {
            topic: round(probability, DIGITS)
            for topic, probability in prediction.probabilities.items()
        },
        "reason": prediction.reason,
        "model": {"name": model.name, "digest": model.digest},
    }


def summary_part(summary: Summary | Digest) -> Line:
    """Return what a line holds of the summary or digest."""
    sentences = [sentence.to_dict() for sentence in summary.sentences]
    for sentence in sentences:
        sentence["score"] = round(sentence["score"], DIGITS)
    return {"sentences": sentences, "summary": summary.text}


def keyword_part(keywords: Sequence[Keyword]) -> Line:
    """Return what a line holds of the keywords."""
    return {"keywords": [{"term": k.term, "score": round(k.score, DIGITS)} for k in keywords]}
