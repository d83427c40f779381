"""The others that speed.py runs beside us: what a user would write, and what an expert would."""

from __future__ import annotations

import importlib.util
import logging
import re
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pdclassify.article import Article
from pdclassify.topics.features import part
from racing import Contender

COLD_SCRIPT = """
import json, sys, types
import jieba, joblib
from sklearn.pipeline import Pipeline
def cut(text):
    return jieba.lcut(text)
sys.modules["peers"] = types.ModuleType("peers")
sys.modules["peers"].cut = cut
model, topics = joblib.load(sys.argv[1])
records = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
scores = model.decision_function([(r.get("title") or "") + "\\n" + r["text"] for r in records])
for record, row in zip(records, scores):
    print(json.dumps({"id": record["id"], "topics": [t for t, s in zip(topics, row) if s > 0]}))
"""


def installed(package: str) -> bool:
    """Tell whether a package can be imported."""
    return importlib.util.find_spec(package) is not None


def cut(text: str) -> list[str]:
    """Cut a text with jieba, as the usual script does."""
    import jieba

    return list(jieba.lcut(text))


def usual(
    articles: Sequence[Article], targets: np.ndarray, tokenizer: Callable[[str], list[str]]
) -> Any:
    """Train TfidfVectorizer and LinearSVC, one a topic, and return the pipeline."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    vectorizer = TfidfVectorizer(
        tokenizer=tokenizer, token_pattern=None, min_df=2, sublinear_tf=True
    )
    pipeline = make_pipeline(vectorizer, OneVsRestClassifier(LinearSVC()))
    return pipeline.fit([part(article, "text") for article in articles], targets)


def pipelines(articles: Sequence[Article], targets: np.ndarray) -> dict[str, Any]:
    """Train the usual pipeline with jieba and, where installed, with rjieba."""
    quiet()
    found = {"jieba": usual(articles, targets, cut)}
    if installed("rjieba"):
        import rjieba

        found["rjieba"] = usual(articles, targets, rjieba.cut)
    return found


def predictors(trained: Mapping[str, Any]) -> dict[str, Contender]:
    """Return what predicts topics with the usual pipelines."""
    return {
        f"{name} + scikit-learn": lambda given, p=pipeline: p.predict(
            [part(a, "text") for a in given]
        )
        for name, pipeline in trained.items()
    }


def fasttext(
    articles: Sequence[Article], topics: Sequence[Sequence[str]], asked: Sequence[Article]
) -> dict[str, Contender]:
    """Train fastText on cut text, if it is installed; what it will be asked is cut now, untimed."""
    if not (installed("fasttext") and installed("rjieba")):
        return {}
    import fasttext
    import rjieba

    def words(article: Article) -> str:
        return re.sub(r"\s+", " ", " ".join(rjieba.cut(part(article, "text"))))

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for article, given in zip(articles, topics, strict=True):
            labels = " ".join(f"__label__{topic}" for topic in given or ["none"])
            file.write(f"{labels} {words(article)}\n")
        file.flush()
        model = fasttext.train_supervised(file.name, loss="ova", epoch=5, thread=1, verbose=0)
    ready = {id(article): words(article) for article in asked}
    # fasttext-wheel 0.9.2 cannot give arrays with numpy 2: its binding itself can.
    return {
        "fastText on text cut beforehand": lambda given: [
            model.f.predict(ready[id(article)], -1, 0.5, "strict") for article in given
        ]
    }


def summarizers() -> dict[str, Contender]:
    """Return what summarises, where installed: three sentences of each article."""
    found: dict[str, Contender] = {}
    quiet()
    if installed("sumy"):
        from sumy.nlp.tokenizers import Tokenizer
        from sumy.parsers.plaintext import PlaintextParser
        from sumy.summarizers.text_rank import TextRankSummarizer

        def sumy(given: Sequence[Article]) -> list[Any]:
            tokenizer, summarizer = Tokenizer("chinese"), TextRankSummarizer()
            return [
                summarizer(PlaintextParser.from_string(a.text, tokenizer).document, 3)
                for a in given
            ]

        found["sumy TextRank"] = sumy
    if installed("textrank4zh"):
        import networkx

        if not hasattr(networkx, "from_numpy_matrix"):  # renamed in networkx 3; it crashes there
            networkx.from_numpy_matrix = networkx.from_numpy_array
        from textrank4zh import TextRank4Sentence

        def textrank4zh(given: Sequence[Article]) -> list[Any]:
            ranked = []
            for article in given:
                ranker = TextRank4Sentence()
                ranker.analyze(text=article.text, lower=True, source="all_filters")
                ranked.append(ranker.get_key_sentences(num=3))
            return ranked

        found["TextRank4ZH"] = textrank4zh
    if installed("snownlp"):
        from snownlp import SnowNLP

        found["snownlp"] = lambda given: [SnowNLP(article.text).summary(3) for article in given]
    return found


def keyworders() -> dict[str, Contender]:
    """Return what extracts keywords: jieba's two ways."""
    quiet()
    import jieba.analyse

    return {
        "jieba TextRank": lambda given: [jieba.analyse.textrank(a.text, topK=10) for a in given],
        "jieba TF-IDF": lambda given: [jieba.analyse.extract_tags(a.text, topK=10) for a in given],
    }


def cold(pipeline: Any, topics: Sequence[str], folder: Path) -> Path:
    """Save a pipeline with joblib beside a script that loads it; return the script."""
    import joblib

    joblib.dump((pipeline, list(topics)), folder / "usual.joblib")
    script = folder / "usual.py"
    script.write_text(COLD_SCRIPT, encoding="utf-8")
    return script


def quiet() -> None:
    """Keep jieba and the other packages from printing."""
    warnings.simplefilter("ignore")
    import jieba

    jieba.setLogLevel(logging.CRITICAL)
    jieba.initialize()
