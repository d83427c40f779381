"""Fixtures for the tests of topics."""

from __future__ import annotations

import pytest

from pdclassify.article import Article
from pdclassify.topics.model import TopicModel
from small_model import articles, made


@pytest.fixture(scope="session")
def model() -> TopicModel:
    """A model of three topics that reads headlines and bodies."""
    return made()


@pytest.fixture(scope="session")
def documents() -> list[Article]:
    """What the model was learned from."""
    return articles()
