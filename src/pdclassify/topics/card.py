"""MODEL_CARD.md: what a model is, what it was learned from and how good it is, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pdclassify.topics.layers import Layer
from pdclassify.topics.model import TopicModel

__all__ = ["model_card"]


def model_card(model: TopicModel, *, command: str) -> str:
    """Write the card of a model that was just trained.

    Parameters
    ----------
    model : TopicModel
        With ``info`` as `pdclassify.topics.training` leaves it.
    command : str
        What makes the model again.

    Returns
    -------
    str
        Markdown.
    """
    info = model.info
    found = info["out_of_fold"]
    low, high = found["intervals"]["macro_f1"]
    lines = [
        f"# {model.name}",
        "",
        f"{_kind(model)}, made by `pdclassify train`.",
        "",
        "```sh",
        command,
        "```",
        "",
        "## Data",
        "",
        f"{info['documents']} labelled documents (SHA-256 of texts and labels"
        f" `{info['data_sha256'][:16]}…`). The labels are as found in the data: the model says what"
        " its labellers would.",
        "",
        *_counts("topic", info["documents_by_topic"]),
        *_counts("publisher", info["documents_by_publisher"]),
        *_counts("year", info["documents_by_year"]),
        *(line for note in info["notes"] for line in (f"- {note}", "")),
        "## How it was made",
        "",
        f"Recipe “{info['recipe']}”: {info['why']}. {_machine(info)}; weights kept in 16 bits.",
        *_thresholds(model, str(info["operating_point"])),
        "",
        "## How good it is",
        "",
        "Five-fold by document; calibration and thresholds of each fold come from the other four.",
        "",
        f"- macro-F1 {found['macro_f1']:.3f} (95 % interval {low:.3f} to {high:.3f}), micro-F1"
        f" {found['micro_f1']:.3f}, all topics of a document exactly right {found['accuracy']:.3f}",
    ]
    of = "mean of the topics" if model.multilabel else "of the most probable topic"
    lines += [
        f"- expected calibration error, {of}: {found['ece']:.4f}",
        "",
        "| topic | precision | recall | F1 | average precision | documents |",
        "|---|---|---|---|---|---|",
        *(
            f"| {topic} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} |"
            f" {row['average_precision']:.3f} | {row['support']} |"
            for topic, row in found["per_topic"].items()
        ),
        "",
        *_groups("length in characters", found["by_length"]),
        *_groups("publisher", found["by_publisher"]),
        *_reliability(found["reliability"]),
        "## Use and limits",
        "",
        f"For texts like those above. {_others(model)} A probability speaks of documents like the"
        " training ones. An article's section, column and publisher are never looked at.",
        "",
        f"Size: {sum(_size(layer) for layer in model.layers) / 2**20:.1f} MiB of arrays.",
    ]
    return "\n".join(lines) + "\n"


def _kind(model: TopicModel) -> str:
    """Say what the model is."""
    if any(layer.subject is not None for layer in model.layers):
        return (
            "A linear model over character n-grams (TF-IDF), and a quadratic form of low rank over what"
            " pairs of characters say of an article's subject"
        )
    return "A linear model over character n-grams (TF-IDF)"


def _machine(info: Mapping[str, Any]) -> str:
    """Say how the weights were found."""
    if not info["pairs"]:
        return f"One squared-hinge machine a topic, C = {info['C']}"
    return "Ridge regression with a kernel"


def _size(layer: Layer) -> int:
    """Return the bytes of a layer's arrays."""
    features, subject = layer.features, layer.subject
    size = features.vocabulary.codes.nbytes + features.idf.nbytes + layer.weights.nbytes
    if subject is not None:
        size += 4 * len(subject.terms) + subject.weights.nbytes + subject.forms.nbytes
    return size


def _counts(what: str, counts: Mapping[str, int]) -> list[str]:
    """Return a line of counts, or nothing where there are none."""
    if not counts:
        return []
    return [f"By {what}: " + ", ".join(f"{name} {count}" for name, count in counts.items()), ""]


def _thresholds(model: TopicModel, operating_point: str) -> list[str]:
    """Return what is said of thresholds."""
    if not model.multilabel:
        return ["Each document gets the most probable topic."]
    told = ", ".join(f"{topic} {least:.3f}" for topic, least in model.thresholds.items())
    return [f"Least probabilities ({operating_point}): {told}."]


def _others(model: TopicModel) -> str:
    """Say what becomes of other kinds of text."""
    if not model.multilabel:
        return "Texts of other kinds get one of the topics too, unless not one of their terms is known."
    return (
        "Other kinds (other languages, poems, social media) mostly get no topic; where they get one,"
        " trust it less."
    )


def _groups(what: str, groups: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return a table of groups, or nothing where there are none."""
    if not groups:
        return []
    rows = [f"| {name} | {row['macro_f1']:.3f} | {row['n']} |" for name, row in groups.items()]
    return [f"| {what} | macro-F1 | documents |", "|---|---|---|", *rows, ""]


def _reliability(tables: Mapping[str, Any]) -> list[str]:
    """Return the calibration tables."""
    lines: list[str] = []
    for topic, rows in tables.items():
        lines += [f"### Calibration: {topic}", "", "| said | true | documents |", "|---|---|---|"]
        lines += [f"| {r['probability']:.2f} | {r['share']:.2f} | {r['n']} |" for r in rows]
        lines.append("")
    return lines
