"""Measure how fast everything is, beside what else a user could run.

    python benchmarks/speed.py [--quick] [--only PART ...]

Parts that are not asked for keep their figures, as long as machine and model are the same.
``--quick`` takes a minute, prints, and keeps nothing. How it is measured: ``racing.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np

import pdclassify
import peers
from common import DATA, HERE, machine, records, write_result
from pdclassify.article import Article
from pdclassify.topics.calibration import Sigmoid
from pdclassify.topics.layers import Layer
from pdclassify.topics.model import TopicModel
from racing import as_article, batches_of, each, race
from reference import decisions
from setting import Setting
from speed_processes import cold, cores, first_and_next, memory

LENGTHS = (200, 500, 1000, 2000, 5000, 20000)
PACKAGES = (
    "jieba", "rjieba", "scikit-learn", "fasttext-wheel", "sumy", "textrank4zh", "snownlp",
)  # fmt: skip


def predict(at: Setting) -> dict[str, Any]:
    """Race whole prediction, articles in, topics out; fastText's text was cut beforehand."""
    some = at.labelled[: 1000 if at.quick else 4000]
    contenders = peers.predictors(at.pipelines)
    contenders |= peers.fasttext(
        [as_article(r) for r in some], [r["topics"] for r in some], at.typical
    )
    return race({"ours": at.model.predict, **contenders}, batches_of(at.typical, at.n, 256))


def one_by_one(at: Setting) -> dict[str, Any]:
    """Measure prediction of single articles."""
    return race({"ours": each(lambda a: at.model.predict([a]))}, batches_of(at.typical, at.n, 64))


def by_length(at: Setting) -> dict[str, Any]:
    """Race prediction on articles of one length each, cut from or filled with others' text."""
    text = "\n".join(article.text for article in at.typical)
    contenders = {"ours": at.model.predict, **peers.predictors(at.pipelines)}
    found = {}
    for length in LENGTHS:
        pieces = [text[i : i + length] for i in range(0, len(text) - length, length)]
        made = [
            Article(text=piece, title=article.title)
            for piece, article in zip(pieces, at.typical, strict=False)
        ]
        batches = batches_of(made, at.n, min(256, max(2, 64_000 // length)))
        found[str(length)] = race(contenders, batches)
    return found


def by_classes(at: Setting) -> dict[str, Any]:
    """Race models of more topics, weights by chance, against the shipped one: the same terms."""
    models = {"shipped": at.model.predict}
    models |= {str(n): _with_classes(at.model, n).predict for n in (3, 10, 100)}
    found = race(models, batches_of(at.typical, at.n, 256))
    times = {
        name: row.pop("ours_is_times_faster") for name, row in found.items() if name != "shipped"
    }
    terms = sum(len(layer.features) for layer in at.model.layers)
    return {"terms": terms, "times_slower_than_shipped": times, **found}


def _with_classes(model: TopicModel, n_topics: int) -> TopicModel:
    """Return a model with the same terms and ``n_topics`` topics whose weights are chance."""
    rng = np.random.default_rng(n_topics)
    layers = [
        Layer(
            layer.features,
            rng.integers(-127, 128, (len(layer.features), n_topics)).astype(layer.weights.dtype),
            np.full(n_topics, 0.01),
        )
        for layer in model.layers
    ]
    return TopicModel(
        name=f"chance-{n_topics}",
        topics=[f"topic{i}" for i in range(n_topics)],
        multilabel=True,
        layers=layers,
        intercept=np.zeros(n_topics),
        calibration=Sigmoid((1.0,) * n_topics, (0.0,) * n_topics),
    )


def sameness(at: Setting) -> dict[str, Any]:
    """Compare with the reference path: scikit-learn's vectorizer over n-grams that are strings."""
    articles = [as_article(r) for r in at.labelled[: 200 if at.quick else 2000]]
    expected, ours = decisions(at.model, articles), at.model.decision_function(articles)
    least = np.array([at.model.thresholds[topic] for topic in at.model.topics])
    probable, found = at.model.calibration(expected), at.model.predict_proba(articles)
    return {
        "articles": len(articles),
        "largest_difference_of_decisions": float(np.abs(ours - expected).max()),
        "predictions_that_differ": int(((probable >= least) != (found >= least)).sum()),
    }


def load(at: Setting) -> dict[str, Any]:
    """Race reading a file of records, JSON Lines to articles, with the JSON alone."""
    batches = batches_of(at.typical, at.n, 256)
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for number, batch in enumerate(batches):
            path = paths[id(batch)] = Path(folder) / f"{number}.jsonl"
            rows = [{"id": a.id, "title": a.title, "text": a.text} for a in batch]
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
            path.write_text("".join(lines), encoding="utf-8")

        def alone(batch: Sequence[Article]) -> list[Any]:
            with paths[id(batch)].open("rb") as lines:
                return [json.loads(line) for line in lines]

        ours = {"ours": lambda batch: list(pdclassify.read([paths[id(batch)]]))}
        return race({**ours, "json.loads alone": alone}, batches)


def stages(at: Setting) -> dict[str, Any]:
    """Race explaining, summaries and keywords on articles, and splitting and all on pages."""
    few = batches_of(at.typical, at.n, 4)
    pages = [Article(text=page["text"]) for page in records("pages/pages_dev")]
    some = batches_of(pages, at.n, 4)
    seed = [Article(text=(DATA / "pages" / "seed_page.txt").read_text(encoding="utf-8"))]
    whole = each(lambda page: pdclassify.analyze(page.text))
    seed_page = race({"ours": whole}, [seed] * at.n)["ours"]
    asked = at.model.topics[0]
    return {
        "load (JSON Lines)": load(at),
        "explain": race({"ours": each(lambda a: at.model.explain(a, asked))}, few),
        "summarize": race({"ours": each(pdclassify.summarize), **peers.summarizers()}, few),
        "keywords": race({"ours": each(pdclassify.keywords), **peers.keyworders()}, few),
        "split (pages)": race({"ours": each(lambda page: pdclassify.split_page(page.text))}, some),
        "analyze (pages)": race({"ours": whole}, some),
        "analyze the seed page, ms": 1000 / seed_page["articles_per_second"],
    }


PARTS: dict[str, Callable[[Setting], Any]] = {
    part.__name__: part
    for part in (
        predict, one_by_one, by_length, by_classes, sameness, cold, first_and_next, memory, cores, stages,
    )
}  # fmt: skip


def main() -> None:
    """Measure, write speed.json, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few batches; nothing is kept")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    args = parser.parse_args()
    at = Setting(args.quick)
    head = {
        "machine": machine(*PACKAGES),
        "model": {"name": at.model.name, "digest": at.model.digest},
        "characters_per_article": float(np.mean([len(a.text) for a in at.typical])),
        "batches": at.n,
    }
    for name in args.only or PARTS:
        made = {name: PARTS[name](at)}
        print(json.dumps(made, ensure_ascii=False, indent=1))
        if not args.quick:
            _keep(head, made)


def _keep(head: dict[str, Any], made: dict[str, Any]) -> None:
    """Write a part beside those that were measured on the same machine with the same model."""
    path = HERE / "speed.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if any(kept.get(key) != value for key, value in head.items()):
        kept = {}
    write_result(__file__, {**kept, **head, **made})


if __name__ == "__main__":
    main()
