"""What is known after training, and predicting with it: numpy alone.

A decision value is the intercept plus, for each field of the article, the sum over its terms of
tf-idf value times weight, and perhaps what the terms say together (`pdclassify.topics.subject`),
which is a sum over terms too. Nothing else enters, so that `TopicModel.explain` can show all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import FrozenInstanceError, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pdclassify.arguments import a_document, a_mapping, a_name, a_probability, some_documents
from pdclassify.article import Article, FrozenDict
from pdclassify.errors import UsageError
from pdclassify.results import Explanation, TopicPrediction
from pdclassify.topics.calibration import Calibration, OneOfMany
from pdclassify.topics.features import Texts
from pdclassify.topics.layers import Layer
from pdclassify.topics.names import topic_called
from pdclassify.topics.verdicts import Verdicts

__all__ = ["Primary", "TopicModel"]


@dataclass(frozen=True, slots=True)
class Primary:
    """How the primary topic is found among those that passed: the highest weighted sum.

    Parameters
    ----------
    probability : float
        Weight of the log-odds of the probability.
    fields : mapping of str to float
        Weight of what each field of the article says (its part of the decision value).
    offset : tuple of float
        Added to each topic; () for none.
    """

    probability: float = 1.0
    fields: Mapping[str, float] = field(default_factory=dict)
    offset: tuple[float, ...] = ()

    def scores(
        self, probabilities: NDArray[np.float64], layers: Mapping[str, NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Return how much each topic, shape (n, topics), has of what makes it the primary one."""
        safe: NDArray[np.float64] = np.minimum(np.maximum(probabilities, 1e-12), 1 - 1e-12)
        total = self.probability * np.log(safe / (1 - safe))
        for name, weight in self.fields.items():
            total = total + weight * layers[name]
        return total + np.array(self.offset) if self.offset else total

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as a manifest keeps them."""
        return {
            "probability": self.probability,
            "fields": dict(self.fields),
            "offset": list(self.offset),
        }

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> Primary:
        """Return the rule that a manifest describes."""
        return cls(
            float(settings["probability"]),
            {str(name): float(weight) for name, weight in settings["fields"].items()},
            tuple(map(float, settings["offset"])),
        )


class TopicModel:
    """Linear scores, calibrated, for every topic of an article.

    Nothing in it changes after it was made: threads may share it.

    Parameters
    ----------
    name : str
    topics : sequence of str
        In the order of all arrays' columns.
    multilabel : bool
        Whether an article may have several topics or none; else it has exactly one.
    layers : sequence of Layer
        One a field.
    intercept : array-like of float, shape (n_topics,)
    calibration : Sigmoid, Isotonic, Softmax or Normalized
    thresholds : mapping of str to float, optional
        Least probability of each topic; multi-label models only. Default .5.
    primary : Primary, optional
    min_chars : int
        A document of fewer characters (headline and text, white space aside) is too short.
    info : mapping, optional
        What else a manifest tells: how the model was trained.
    path : Path, optional
        The folder it was read from.
    digest : str, optional
        The SHA-256 of its manifest.

    Attributes
    ----------
    name, topics, multilabel, thresholds, min_chars, path, digest
        As given.

    Raises
    ------
    UsageError
        If the parts do not fit each other.
    """

    name: str
    topics: tuple[str, ...]
    multilabel: bool
    layers: tuple[Layer, ...]
    intercept: NDArray[np.float64]
    calibration: Calibration
    thresholds: Mapping[str, float]
    primary: Primary
    min_chars: int
    info: Mapping[str, Any]
    path: Path | None
    digest: str | None

    def __init__(
        self,
        *,
        name: str,
        topics: Sequence[str],
        multilabel: bool,
        layers: Sequence[Layer],
        intercept: ArrayLike,
        calibration: Calibration,
        thresholds: Mapping[str, float] | None = None,
        primary: Primary | None = None,
        min_chars: int = 0,
        info: Mapping[str, Any] | None = None,
        path: Path | None = None,
        digest: str | None = None,
    ) -> None:
        at = np.array(intercept, dtype=np.float64)
        at.flags.writeable = False
        vars(self).update(
            name=name,
            topics=tuple(topics),
            multilabel=multilabel,
            layers=tuple(layers),
            intercept=at,
            calibration=calibration,
            primary=primary or Primary(),
            min_chars=min_chars,
            info=FrozenDict(info or {}),
            path=path,
            digest=digest,
        )
        self._check()
        chosen = thresholds if thresholds is not None else {}
        if multilabel:
            chosen = dict.fromkeys(self.topics, 0.5) | self._checked(chosen)
        elif chosen:
            raise UsageError("A model of one topic an article has no thresholds.")
        vars(self).update(thresholds=FrozenDict(chosen))

    def _check(self) -> None:
        """Raise ``UsageError`` if the parts do not fit each other."""
        n_topics = len(self.topics)
        a_name("name", self.name)
        for place, topic in enumerate(self.topics):
            a_name(f"topics[{place}]", topic)
        if not n_topics or len(set(self.topics)) != n_topics:
            raise UsageError(f"Topics must be different, one at least. Got {self.topics} instead.")
        if isinstance(self.calibration, OneOfMany) is self.multilabel:
            raise UsageError(
                "A softmax or normalized is for models of one topic an article, others are for"
                f" multi-label ones. Got multilabel={self.multilabel} and {self.calibration!r:.40}"
            )
        names = [layer.features.field.name for layer in self.layers]
        if not names or len(set(names)) != len(names):
            raise UsageError(f"Fields must be different, one at least. Got {names} instead.")
        if self.intercept.shape != (n_topics,):
            raise UsageError(f"{self.intercept.shape} intercepts for {n_topics} topics.")
        for layer in self.layers:
            if layer.weights.shape != (len(layer.features), n_topics):
                raise UsageError(
                    f"Weights of shape {layer.weights.shape} for {len(layer.features)} terms and"
                    f" {n_topics} topics."
                )
            if layer.scale.shape != (n_topics,):
                raise UsageError(f"{layer.scale.shape} scales for {n_topics} topics.")
            if layer.subject is not None and len(layer.subject.forms) != n_topics:
                raise UsageError(f"{len(layer.subject.forms)} forms for {n_topics} topics.")
        if not set(self.primary.fields) <= set(names):
            raise UsageError(
                f"The primary rule asks for fields {sorted(self.primary.fields)}; there are {names}."
            )
        if self.primary.offset and len(self.primary.offset) != n_topics:
            raise UsageError("The primary rule's offsets are not as many as the topics.")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: threads share a model, and its name and digest vouch for what it says."""
        raise FrozenInstanceError(f"a TopicModel does not change; cannot set {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse, too."""
        raise FrozenInstanceError(f"a TopicModel does not change; cannot delete {name!r}")

    def __repr__(self) -> str:
        return f"TopicModel({self.name!r}, topics={list(self.topics)})"

    def predict(
        self,
        documents: Iterable[str | Article],
        *,
        thresholds: Mapping[str, float] | None = None,
    ) -> list[TopicPrediction]:
        """Tell the topics of each document.

        Parameters
        ----------
        documents : iterable of str or Article
            A plain text has no headline.
        thresholds : mapping of str to float, optional
            Least probabilities, 0 to 1, that replace the model's own for these topics, which
            may be named as people do: 党建, 治理, 作风.

        Returns
        -------
        list of TopicPrediction
            One a document, in their order; each is the same as if it had been alone.

        Raises
        ------
        UsageError
            For one text in place of an iterable, a document that is neither ``str`` nor
            `Article`, or a threshold of a topic that the model does not have.
        """
        return list(
            self.judge(Texts.of(some_documents("documents", documents)), thresholds=thresholds)
        )

    def judge(self, texts: Texts, *, thresholds: Mapping[str, float] | None = None) -> Verdicts:
        """Tell the topics of documents that came column by column; as `predict`, and as arrays.

        Parameters
        ----------
        texts : Texts
        thresholds : mapping of str to float, optional

        Returns
        -------
        Verdicts
        """
        least = self._least(thresholds)
        by_field, known = self._by_field(texts)
        probabilities = self._probabilities(by_field)
        if self.multilabel:
            passed, ranks = probabilities >= least, self.primary.scores(probabilities, by_field)
        else:
            best = probabilities.argmax(axis=1)
            passed, ranks = np.arange(len(self.topics)) == best[:, None], probabilities
        return Verdicts.of(
            self.topics,
            probabilities,
            passed,
            ranks,
            short=texts.shorter(self.min_chars),
            known=known,
        )

    def predict_proba(self, documents: Iterable[str | Article]) -> NDArray[np.float64]:
        """Return calibrated probabilities, shape (n_documents, n_topics), columns as ``topics``."""
        return self._probabilities(
            self._by_field(Texts.of(some_documents("documents", documents)))[0]
        )

    def decision_function(self, documents: Iterable[str | Article]) -> NDArray[np.float64]:
        """Return decision values, shape (n_documents, n_topics), columns as ``topics``."""
        return self._decisions(self._by_field(Texts.of(some_documents("documents", documents)))[0])

    def explain(self, document: str | Article, topic: str) -> Explanation:
        """Tell why a topic was given or refused.

        Parameters
        ----------
        document : str or Article
        topic : str
            One of ``topics``; also 党建, 治理 or 作风 where the model has these.

        Returns
        -------
        Explanation
            Its terms, those that weigh most first; intercept and weights add up to the decision
            value. Spans count characters of the input. A headline's terms have them where its
            place is known: on a page, or by ``Article.title_start``.

        Raises
        ------
        UsageError
            If the model does not have the topic, or the document is not one.
        """
        a_document("document", document)
        from pdclassify.topics.explaining import explain

        return explain(self, document, topic)

    def _by_field(self, texts: Texts) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.bool_]]:
        """Return each field's part of the decision values, and which documents hold known terms."""
        parts, known = {}, np.zeros(len(texts), dtype=bool)
        for layer in self.layers:
            name = layer.features.field.name
            parts[name], found = layer.scores(texts.field(name))
            known |= found
        return parts, known

    def _decisions(self, by_field: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Add up the fields' parts and the intercept."""
        return sum(by_field.values(), np.zeros(())) + self.intercept

    def _probabilities(self, by_field: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the calibrated probabilities of the fields' parts of the decision values."""
        decisions = self._decisions(by_field)
        return self.calibration(decisions) if len(decisions) else decisions

    def _checked(self, thresholds: Mapping[str, float]) -> dict[str, float]:
        """Return thresholds as numbers, or raise ``UsageError``."""
        a_mapping("thresholds", thresholds, "a mapping of topics to probabilities")
        for topic, least in thresholds.items():
            a_probability(f"thresholds[{topic}]", least)
        return {
            self.topics[self.column(topic)]: float(least) for topic, least in thresholds.items()
        }

    def _least(self, thresholds: Mapping[str, float] | None) -> list[float]:
        """Return the threshold of each topic, in their order."""
        if not self.multilabel:
            if thresholds:
                raise UsageError(
                    f"The model {self.name} gives exactly one topic, the most probable: thresholds"
                    " have no effect on it."
                )
            return []
        both = (
            self.thresholds
            if thresholds is None
            else {**self.thresholds, **self._checked(thresholds)}
        )
        return [both[topic] for topic in self.topics]

    def column(self, topic: str) -> int:
        """Return the place of ``topic``, by whichever name, among the columns, or raise ``UsageError``."""
        called = topic_called(topic, self.topics)
        if called is None:
            raise UsageError(
                f"The model {self.name} has no topic {topic!r}; it has {', '.join(self.topics)}."
            )
        return self.topics.index(called)
