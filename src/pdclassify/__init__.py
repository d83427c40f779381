"""Topics, summaries and keywords for the Chinese party press.

``import pdclassify`` is free: nothing is loaded until it is first used.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # typing's own would have to be imported, which takes half of our time

if TYPE_CHECKING:
    from typing import Any

    from pdclassify.analysis import analyze, warm_up
    from pdclassify.article import Article, Page, Passage, Segment, Span
    from pdclassify.batch import predict_batches
    from pdclassify.errors import (
        ConvergenceWarning,
        DecodeError,
        InputError,
        ModelFileError,
        NotFittedError,
        OutputError,
        PdclassifyError,
        TrainingError,
        UsageError,
        WorkerError,
    )
    from pdclassify.reading.fields import Leftover, RecordError, Skipped
    from pdclassify.reading.page import split_page
    from pdclassify.reading.records import read
    from pdclassify.results import (
        Analysis,
        Digest,
        DigestSentence,
        Explanation,
        Keyword,
        Summary,
        SummarySentence,
        TermWeight,
        TopicPrediction,
    )
    from pdclassify.summary.digest import digest
    from pdclassify.summary.keywords import keywords
    from pdclassify.summary.textrank import summarize
    from pdclassify.text.sentences import split_sentences
    from pdclassify.topics.bundle import load
    from pdclassify.topics.classifier import TopicClassifier
    from pdclassify.topics.model import TopicModel

__version__ = "0.1.0"

_HOME = {
    "analyze": "analysis",
    "warm_up": "analysis",
    "split_page": "reading.page",
    "read": "reading.records",
    "load": "topics.bundle",
    "TopicModel": "topics.model",
    "TopicClassifier": "topics.classifier",
    "summarize": "summary.textrank",
    "digest": "summary.digest",
    "keywords": "summary.keywords",
    "split_sentences": "text.sentences",
    "predict_batches": "batch",
    "Analysis": "results",
    "Article": "article",
    "Digest": "results",
    "DigestSentence": "results",
    "Explanation": "results",
    "Keyword": "results",
    "Leftover": "reading.fields",
    "Page": "article",
    "RecordError": "reading.fields",
    "Passage": "article",
    "Segment": "article",
    "Skipped": "reading.fields",
    "Span": "article",
    "Summary": "results",
    "SummarySentence": "results",
    "TermWeight": "results",
    "TopicPrediction": "results",
    "ConvergenceWarning": "errors",
    "DecodeError": "errors",
    "InputError": "errors",
    "ModelFileError": "errors",
    "NotFittedError": "errors",
    "OutputError": "errors",
    "PdclassifyError": "errors",
    "TrainingError": "errors",
    "UsageError": "errors",
    "WorkerError": "errors",
}

__all__ = [  # mypy needs them spelled out; a test holds them equal to _HOME
    "analyze",
    "warm_up",
    "split_page",
    "read",
    "load",
    "TopicModel",
    "TopicClassifier",
    "summarize",
    "digest",
    "keywords",
    "split_sentences",
    "predict_batches",
    "Analysis",
    "Article",
    "Digest",
    "DigestSentence",
    "Explanation",
    "Keyword",
    "Leftover",
    "Page",
    "RecordError",
    "Passage",
    "Segment",
    "Skipped",
    "Span",
    "Summary",
    "SummarySentence",
    "TermWeight",
    "TopicPrediction",
    "ConvergenceWarning",
    "DecodeError",
    "InputError",
    "ModelFileError",
    "NotFittedError",
    "OutputError",
    "PdclassifyError",
    "TrainingError",
    "UsageError",
    "WorkerError",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'pdclassify' has no attribute {name!r}")
    value = getattr(import_module(f"pdclassify.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
