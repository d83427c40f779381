"""What is done to every article: a task is a small object that travels to the workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from pdclassify.article import Article
from pdclassify.batch.chunks import Articles, Documents
from pdclassify.batch.results import Results, Rows, Topics
from pdclassify.errors import ModelFileError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from pdclassify.topics.model import TopicModel

__all__ = ["TASKS", "Task", "make_task"]


class Task(Protocol):
    """Documents in, as many results out, in order; the same in every process."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the results."""

    def identity(self) -> dict[str, Any]:
        """Return what decides the results, as JSON: it must not change between runs."""

    def fields(self) -> list[pa.Field]:
        """Return the columns' Arrow types."""

    def __call__(self, documents: Documents) -> Results:
        """Work on some documents."""


@lru_cache(maxsize=2)
def _loaded(path: str | None, digest: str | None) -> TopicModel:
    """Load a model once in each process, and see that it is the one the run began with."""
    from pdclassify.topics.bundle import load

    model = load(path)
    if model.digest != digest:
        raise ModelFileError(
            f"{model.path}: changed while the run was going on (digest {digest}, now "
            f"{model.digest}); put the old model back, or begin anew in another folder."
        )
    return model


@dataclass(frozen=True, slots=True)
class _Model:
    """A model by its place and digest, which is what workers are sent."""

    path: str | None
    name: str
    digest: str | None
    topics: tuple[str, ...]

    @classmethod
    def of(cls, path: str | None) -> _Model:
        from pdclassify.topics.bundle import load

        model = load(path)
        return cls(path, model.name, model.digest, model.topics)

    def load(self) -> TopicModel:
        return _loaded(self.path, self.digest)

    def identity(self) -> dict[str, Any]:
        return {"name": self.name, "digest": self.digest}

    def fields(self) -> list[pa.Field]:
        import pyarrow as pa

        return [
            pa.field("topics", pa.list_(pa.string())),
            pa.field("primary", pa.string()),
            pa.field("probabilities", pa.struct([(topic, pa.float64()) for topic in self.topics])),
            pa.field("reason", pa.string()),
            pa.field("model", pa.struct([("name", pa.string()), ("digest", pa.string())])),
        ]


_TOPICS = ("topics", "primary", "probabilities", "reason", "model")
_SUMMARY = ("sentences", "summary")
_KEYWORDS = ("keywords",)


@dataclass(frozen=True, slots=True)
class Predict:
    """Topics."""

    model: _Model
    thresholds: Mapping[str, float] | None = None

    columns = _TOPICS

    def identity(self) -> dict[str, Any]:
        """Return the model and the thresholds that replace its own."""
        return {
            "task": "predict",
            "model": self.model.identity(),
            "thresholds": self.thresholds and dict(self.thresholds),
        }

    def fields(self) -> list[pa.Field]:
        """Return the columns' Arrow types."""
        return self.model.fields()

    def __call__(self, documents: Documents) -> Results:
        """Predict the topics of some documents."""
        model = self.model.load()
        return Topics(model.judge(documents.texts, thresholds=self.thresholds), model)


@dataclass(frozen=True, slots=True)
class Summarize:
    """Summaries; the budget is `summarize`'s own."""

    budget: Mapping[str, float]

    columns = _SUMMARY

    def identity(self) -> dict[str, Any]:
        """Return the budget."""
        return {"task": "summarize", **self.budget}

    def fields(self) -> list[pa.Field]:
        """Return the columns' Arrow types."""
        return _summary_fields()

    def __call__(self, documents: Documents) -> Results:
        """Summarize some documents."""
        from pdclassify.lines import summary_part
        from pdclassify.summary.textrank import summarize

        budget: dict[str, Any] = dict(self.budget)
        return Rows([summary_part(summarize(article, **budget)) for article in documents.articles])


@dataclass(frozen=True, slots=True)
class Keywords:
    """Keywords, at most ``top`` an article."""

    top: int = 10

    columns = _KEYWORDS

    def identity(self) -> dict[str, Any]:
        """Return the number."""
        return {"task": "keywords", "top": self.top}

    def fields(self) -> list[pa.Field]:
        """Return the columns' Arrow types."""
        return _keyword_fields()

    def __call__(self, documents: Documents) -> Results:
        """Find the keywords of some documents."""
        from pdclassify.lines import keyword_part
        from pdclassify.summary.keywords import keywords

        return Rows(
            [keyword_part(keywords(article, top=self.top)) for article in documents.articles]
        )


@dataclass(frozen=True, slots=True)
class Analyze:
    """Topics, summary and keywords in one pass."""

    model: _Model
    chars: int = 180
    top: int = 10

    columns = (*_TOPICS, *_SUMMARY, *_KEYWORDS)

    def identity(self) -> dict[str, Any]:
        """Return the model, the length of summaries and the number of keywords."""
        return {
            "task": "analyze",
            "model": self.model.identity(),
            "chars": self.chars,
            "top": self.top,
        }

    def fields(self) -> list[pa.Field]:
        """Return the columns' Arrow types."""
        return [*self.model.fields(), *_summary_fields(), *_keyword_fields()]

    def __call__(self, documents: Documents) -> Results:
        """Analyze some documents."""
        from pdclassify.analysis import analyze_articles
        from pdclassify.lines import keyword_part, summary_part, topic_part

        model = self.model.load()
        found = analyze_articles(documents.articles, model=model, chars=self.chars, top=self.top)
        return Rows(
            [
                {
                    **topic_part(analysis.prediction, model),
                    **summary_part(analysis.summary),
                    **keyword_part(analysis.keywords),
                }
                for analysis in found
            ]
        )


def _summary_fields() -> list[pa.Field]:
    import pyarrow as pa

    sentence = pa.struct(
        [
            ("text", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("index", pa.int64()),
            ("score", pa.float64()),
            ("cut", pa.bool_()),
        ]
    )
    return [pa.field("sentences", pa.list_(sentence)), pa.field("summary", pa.string())]


def _keyword_fields() -> list[pa.Field]:
    import pyarrow as pa

    keyword = pa.struct([("term", pa.string()), ("score", pa.float64())])
    return [pa.field("keywords", pa.list_(keyword))]


#: Task -> the options that have an effect on it.
TASKS: Mapping[str, tuple[str, ...]] = {
    "predict": ("model", "thresholds"),
    "summarize": ("sentences", "chars", "ratio"),
    "keywords": ("top",),
    "analyze": ("model", "chars", "top"),
}


def make_task(name: str, **options: Any) -> Task:
    """Make a task of its name and options; what is None counts as not given.

    Parameters
    ----------
    name : {"predict", "summarize", "keywords", "analyze"}
    **options
        ``model`` (a folder) and ``thresholds`` (topic -> probability); ``sentences``, ``chars`` or
        ``ratio``, one of them; ``top``.

    Raises
    ------
    UsageError
        For an option that the task does not have, or one that cannot be what it is.
    """
    if name not in TASKS:
        raise UsageError(f"task must be one of {', '.join(TASKS)}. Got {name!r}.")
    given = {option: value for option, value in options.items() if value is not None}
    for option in given:
        if option not in TASKS[name]:
            raise UsageError(
                f"The {option!r} parameter has no effect on the task {name}; it has {', '.join(TASKS[name])}."
            )
    if name in ("predict", "analyze"):
        path = given.pop("model", None)
        model = _Model.of(path)
        if name == "analyze":
            return Analyze(model, **given)
        return _checked(Predict(model, **given))
    if name == "keywords":
        return _checked(Keywords(**given))
    if len(given) > 1:
        raise UsageError(f"Give one of sentences, chars and ratio. Got {', '.join(sorted(given))}.")
    return _checked(Summarize(given or {"chars": 180}))


def _checked(task: Task) -> Task:
    """Try a task on one small article, so that a bad option is told before a long run."""
    task(Articles([Article(text="党支部开会。", end=6)]))
    return task
