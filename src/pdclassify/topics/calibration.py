"""Decision values to probabilities, by numbers that were learned out of fold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import UsageError

__all__ = [
    "Calibration",
    "Isotonic",
    "Normalized",
    "OneOfMany",
    "Sigmoid",
    "Softmax",
    "calibration_from_dict",
]


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """Platt's: 1 / (1 + exp(-(slope * decision + offset))), a pair a topic.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.
    """

    slope: tuple[float, ...]
    offset: tuple[float, ...]

    def __call__(self, decisions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities, shape (n, topics), of decisions of that shape."""
        linear = decisions * np.array(self.slope) + np.array(self.offset)
        # Beyond 700 the exponential overflows; the probability is 0 or 1 long before.
        return np.asarray(1.0 / (1.0 + np.exp(np.minimum(-linear, 700.0))))

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as a manifest keeps them."""
        return {"method": "sigmoid", "slope": list(self.slope), "offset": list(self.offset)}


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A rising line of straight pieces a topic: decisions ``x``, probabilities ``y``."""

    x: tuple[tuple[float, ...], ...]
    y: tuple[tuple[float, ...], ...]

    def __call__(self, decisions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities, shape (n, topics), of decisions of that shape."""
        columns = [
            np.interp(decisions[:, topic], x, y)
            for topic, (x, y) in enumerate(zip(self.x, self.y, strict=True))
        ]
        return np.stack(columns, axis=1)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as a manifest keeps them."""
        return {
            "method": "isotonic",
            "x": [list(v) for v in self.x],
            "y": [list(v) for v in self.y],
        }


@dataclass(frozen=True, slots=True)
class OneOfMany(ABC):
    """For models that give each document exactly one topic: one slope for all, an offset a topic."""

    slope: float
    offset: tuple[float, ...]

    method: ClassVar[str]

    def __call__(self, decisions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities, shape (n, topics), that sum to one in each row."""
        logarithms = self._logarithms(self.logits(decisions))
        grown = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
        return np.asarray(grown / grown.sum(axis=1, keepdims=True))

    @abstractmethod
    def _logarithms(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the logarithms of what the probabilities are the shares of."""

    def logits(self, decisions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the highest of is the most probable topic."""
        return np.asarray(decisions * self.slope + np.array(self.offset))

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as a manifest keeps them."""
        return {"method": self.method, "slope": self.slope, "offset": list(self.offset)}


class Softmax(OneOfMany):
    """For one topic of many: softmax(slope * decision + offset).

    Source: C. Guo and others, On calibration of modern neural networks, 2017 (temperature and bias).
    """

    __slots__ = ()
    method = "softmax"

    def _logarithms(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        return logits


class Normalized(OneOfMany):
    """For one topic of many: sigmoid(slope * decision + offset), divided by their sum.

    Machines that learned one topic against the rest each say more of near cases than of far ones,
    which a softmax of what they say does not: it is too sure. Where offsets are far below 0 both are
    the same.

    Source: B. Zadrozny and C. Elkan, Transforming classifier scores into accurate multiclass
    probability estimates, KDD 2002.
    """

    __slots__ = ()
    method = "normalized"

    def _logarithms(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        return -np.logaddexp(0.0, -logits)


Calibration = Sigmoid | Isotonic | OneOfMany

_ONE_OF_MANY = {kind.method: kind for kind in (Softmax, Normalized)}


def _floats(values: Any) -> tuple[float, ...]:
    """Return a list of finite numbers as a tuple, or raise ``UsageError``."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise UsageError(f"Calibration: a list of numbers is expected. Got {values!r:.60} instead.")
    numbers = tuple(float(value) for value in values)
    if not np.isfinite(numbers).all():
        raise UsageError("Calibration: every number must be finite.")
    return numbers


def calibration_from_dict(settings: dict[str, Any], n_topics: int) -> Calibration:
    """Return the calibration that a manifest describes.

    Raises
    ------
    UsageError
        If the method is not known or its numbers do not fit the topics.
    """
    method = settings.get("method")
    made: Calibration
    if method == "sigmoid":
        made = Sigmoid(_floats(settings["slope"]), _floats(settings["offset"]))
        sizes = {len(made.slope), len(made.offset)}
    elif method in _ONE_OF_MANY:
        made = _ONE_OF_MANY[method](_floats([settings["slope"]])[0], _floats(settings["offset"]))
        sizes = {len(made.offset)}
    elif method == "isotonic":
        made = Isotonic(
            tuple(map(_floats, settings["x"])),
            tuple(map(_floats, settings["y"])),
        )
        sizes = {len(made.x), len(made.y)}
        for x, y in zip(made.x, made.y, strict=True):
            if len(x) != len(y) or not x or min(y) < 0 or max(y) > 1 or np.any(np.diff(x) < 0):
                raise UsageError("Calibration: isotonic knots must rise, with y from 0 to 1.")
    else:
        raise UsageError(
            f"The calibration method {method!r} is not known; there are sigmoid, isotonic, softmax and"
            " normalized."
        )
    if sizes != {n_topics}:
        raise UsageError(f"Calibration for {sorted(sizes)} topics; the model has {n_topics}.")
    return made
