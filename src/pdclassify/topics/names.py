"""What people call the topics of the shipped model; their identifiers are what data say."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["CHINESE", "topic_called"]

CHINESE = {"party_building": "党建", "governance": "治理", "style": "作风"}


def topic_called(name: str, topics: Sequence[str]) -> str | None:
    """Return the one of these topics that has this name, its Chinese name included, or None."""
    if name in topics:
        return name
    return next((topic for topic in topics if CHINESE.get(topic) == name), None)
