"""The parts of the speed benchmark that time processes, threads and memory; see ``speed.py``."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import pdclassify
import peers
from pdclassify.article import Article
from pdclassify.results import TopicPrediction
from pdclassify.topics.model import TopicModel
from racing import middle, processes, told
from setting import Setting


def cold(at: Setting) -> dict[str, Any]:
    """Time whole processes from the shell to the printed answer."""
    with tempfile.TemporaryDirectory() as name:
        folder, python = Path(name), sys.executable
        script = peers.cold(at.pipelines["jieba"], at.model.topics, folder)
        record = {"id": "a", "title": at.typical[0].title, "text": at.typical[0].text}
        (folder / "a.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
        file = str(folder / "a.jsonl")
        usual, ours = "joblib + jieba + scikit-learn", "pdclassify predict"
        taken = processes(
            {
                ours: [python, "-m", "pdclassify", "predict", file],
                usual: [python, str(script), str(folder / "usual.joblib"), file],
                "import pdclassify": [python, "-c", "import pdclassify"],
                "import numpy": [python, "-c", "import numpy"],
                "python alone": [python, "-c", "pass"],
            },
            at.n // 2,
        )
    beyond = taken["import pdclassify"] - taken["python alone"]
    return {
        "seconds": {name: float(np.median(seconds)) for name, seconds in taken.items()},
        "times_faster": middle(taken[usual] / taken[ours]),
        "import_beyond_the_interpreter_ms": float(np.median(beyond) * 1000),
    }


FIRST = """
import sys, time, numpy; t = time.process_time; a = t()
import pdclassify.topics.bundle as b; i = t(); m = b.load(sys.argv[1]); l = t()
m.predict([sys.argv[2]]); f = t(); m.predict([sys.argv[2]]); n = t()
print((i - a) * 1e3, (l - i) * 1e3, (f - l) * 1e3, (n - f) * 1e3)
"""


def first_and_next(at: Setting) -> dict[str, Any]:
    """Time import, loading, the first prediction and the next in new processes."""
    rows = [told(FIRST, str(at.model.path), at.typical[0].text) for _ in range(at.n // 2)]
    names = ("import_after_numpy_ms", "load_ms", "first_predict_ms", "next_predict_ms")
    return dict(zip(names, np.median(rows, axis=0).tolist(), strict=True))


PEAK = """
import re, sys
def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) / 1024
{work}
print(peak())
"""
WORK = {
    "python alone": "",
    "import numpy": "import numpy",
    "load the model": "import pdclassify; pdclassify.load()",
    "predict an article": "import pdclassify; pdclassify.load().predict([sys.argv[1]])",
    "predict 1,000 articles": "import pdclassify; pdclassify.load().predict([sys.argv[1]] * 1000)",
    "analyze an article": "import pdclassify; pdclassify.analyze(sys.argv[1])",
    "jieba and scikit-learn, imported": (
        "import jieba, sklearn.svm, sklearn.feature_extraction.text; jieba.lcut(sys.argv[1])"
    ),
}


def cores(at: Setting) -> dict[str, Any]:
    """Time large inputs by the clock: at once, in two threads, and in two processes kept ready."""
    articles = (at.typical * 3)[: 1024 if at.quick else 4096]
    halves = [articles[: len(articles) // 2], articles[len(articles) // 2 :]]
    taken: dict[str, list[float]] = {"one": [], "two threads": [], "two processes": []}
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2) as workers:
        ways: dict[str, Callable[[], Any]] = {
            "one": lambda: at.model.predict(articles),
            "two threads": lambda: list(threads.map(at.model.predict, halves)),
            "two processes": lambda: list(workers.map(_predict, halves)),
        }
        for turn in range(at.n // 2 + 1):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                if turn:
                    taken[name].append(time.perf_counter() - start)
    one = np.array(taken.pop("one"))
    return {
        "articles_per_second": len(articles) / float(np.median(one)),
        **{f"{name}, times faster": middle(one / np.array(two)) for name, two in taken.items()},
    }


@cache
def _shipped() -> TopicModel:
    return pdclassify.load()


def _predict(articles: list[Article]) -> list[TopicPrediction]:
    """Predict in a worker, which loads the model once."""
    return _shipped().predict(articles)


def memory(at: Setting) -> dict[str, float]:
    """Return the most memory that a process held, in MiB."""
    text = at.typical[0].text
    return {name: told(PEAK.format(work=work), text)[0] for name, work in WORK.items()}
