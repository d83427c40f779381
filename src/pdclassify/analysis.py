"""The whole way in one call: a page in; its articles, topics, summaries and keywords out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from pdclassify.arguments import a_model, a_whole_number
from pdclassify.article import Article
from pdclassify.errors import wrong
from pdclassify.results import Analysis

if TYPE_CHECKING:
    from pdclassify.topics.model import TopicModel

__all__ = ["analyze", "analyze_article", "analyze_articles", "warm_up"]

# A headline, a byline, and more sentences than a summary takes: what a page may need is needed.
_SMALL_PAGE = "\n".join(
    [
        "党支部把课堂搬到村头",
        "本报记者 李明",
        *["晚饭后，村里的党支部开了一堂党课，大家说起修路的事。"] * 10,
    ]
)


def analyze(
    text: str,
    *,
    model: TopicModel | None = None,
    chars: int = 180,
    top: int = 10,
    source: str = "",
    whole: bool = False,
) -> list[Analysis]:
    """Split a page into articles and tell of each its topics, its summary and its keywords.

    Parameters
    ----------
    text : str
        A page as text; one article alone is a page too.
    model : TopicModel, optional
        The model that gives the topics; the shipped one if None.
    chars : int, default 180
        The most that a summary may be long, in characters.
    top : int, default 10
        How many keywords at most.
    source : str, default ""
        What to call the page; it begins the ``id`` of every article.
    whole : bool, default False
        Take the text for one article, do not split it.

    Returns
    -------
    list of Analysis
        In the order of the articles' bodies; empty for an empty page.

    Raises
    ------
    UsageError
        If ``text`` is not a str, or ``chars`` or ``top`` is not a positive number.

    Examples
    --------
    >>> [a.prediction.topics for a in analyze("")]
    []
    """
    from pdclassify.reading.page import split_page

    page = split_page(text, source=source, whole=whole)
    return analyze_articles(page.articles, model=model, chars=chars, top=top)


def analyze_article(
    article: Article, *, model: TopicModel | None = None, chars: int = 180, top: int = 10
) -> Analysis:
    """Tell the topics, the summary and the keywords of one article; see `analyze`."""
    if not isinstance(article, Article):
        raise wrong("article", "an Article", article, "; a text is what analyze takes")
    return analyze_articles([article], model=model, chars=chars, top=top)[0]


def analyze_articles(
    articles: Sequence[Article],
    *,
    model: TopicModel | None = None,
    chars: int = 180,
    top: int = 10,
) -> list[Analysis]:
    """Analyze articles together, which costs less than one by one; see `analyze`."""
    from pdclassify.summary.keywords import keywords
    from pdclassify.summary.textrank import summarize

    a_model("model", model)
    a_whole_number("chars", chars)
    a_whole_number("top", top)
    # One kind of work after the other: each has tables of its own, which so stay near at hand.
    predictions = (model or _shipped()).predict(articles)
    summaries = [summarize(article, chars=chars) for article in articles]
    phrases = [keywords(article, top=top) for article in articles]
    return list(map(Analysis, articles, predictions, summaries, phrases))


@lru_cache(maxsize=1)
def _shipped() -> TopicModel:
    """Load the shipped model once for all calls that name none."""
    from pdclassify.topics.bundle import load

    return load()


def warm_up() -> None:
    """Load now what `analyze` would load with its first page: model, scorers, lexicon, dictionary.

    For a service that should answer its first request as soon as the others, and before processes
    are forked, which then share what is loaded. What `load` returns is loaded as it is.
    """
    analyze(_SMALL_PAGE)
