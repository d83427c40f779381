"""What the parts of the speed benchmark share: model, articles, trained peers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import pdclassify
import peers
from common import records
from pdclassify.article import Article
from pdclassify.topics.model import TopicModel
from racing import as_article


@dataclass(frozen=True)
class Setting:
    """What all parts share: the shipped model, labelled articles, and how much to measure."""

    quick: bool

    @property
    def n(self) -> int:
        """How many batches, or turns."""
        return 5 if self.quick else 30

    @cached_property
    def model(self) -> TopicModel:
        """The shipped model."""
        return pdclassify.load()

    @cached_property
    def labelled(self) -> list[dict[str, Any]]:
        """The labelled records."""
        return list(records("topics/dev"))

    @cached_property
    def typical(self) -> list[Article]:
        """Articles of about 1,000 characters."""
        return [as_article(r) for r in self.labelled if 800 <= len(r["text"]) <= 1250]

    @cached_property
    def pipelines(self) -> dict[str, Any]:
        """The usual pipelines, trained on some of the articles."""
        some = self.labelled[: 1000 if self.quick else 4000]
        targets = [[topic in r["topics"] for topic in self.model.topics] for r in some]
        return peers.pipelines([as_article(r) for r in some], np.array(targets, dtype=int))
