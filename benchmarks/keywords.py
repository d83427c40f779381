"""Do keywords say what the headline says? Ours against jieba's and TextRank4ZH's.

    python benchmarks/keywords.py            # the comparison
    python benchmarks/keywords.py --fit      # learn the weights of ``summary/keywords.py`` again

The test articles are of the press corpus, kept out of the word statistics that ours weighs words
by: the lexicon is built again from the other half for the measurement. The headline's words (of
jieba's stock dictionary, two characters and more, no stop words) that stand in the text are the
key; so are those of the section and column names. Every system's terms are cut into such words
in their order, and judged twice: its first ten terms, and as many terms as hold ten words.
"""

from __future__ import annotations

import re
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any
from zlib import crc32

import numpy as np

from common import machine, mean_interval, records, write_result
from lexicon import build, headline
from pdclassify.summary import keywords, phrases
from pdclassify.summary.lexicon import Lexicon
from pdclassify.text.tokens import tokenizer

ARTICLES = 400
_HAN = re.compile(r"[\u4e00-\u9fff]")
System = Callable[[str, str], list[str]]


def main() -> None:
    """Measure all systems on the same articles and write the result."""
    half = [r for r in records("press/corpus") if len(r["text"]) >= 300 and r.get("title")]
    kept = [r for r in half if crc32(r["id"].encode()) % 2]
    other = (r for r in records("press/corpus") if not crc32(r["id"].encode()) % 2)
    use(Lexicon.from_arrays(build((headline(r), r["text"]) for r in other)))
    if "--fit" in sys.argv:
        fit(sample(kept, 6000, seed=1))
        return
    test = sample(kept, ARTICLES, seed=0)
    result: dict[str, Any] = {"articles": len(test), "systems": {}}
    print(f"{'':34}{'words':>7}{'P':>7}{'R':>7}{'F1':>7}   first ten words: P, R, F1   ms")
    for name, system in systems().items():
        system("预热。", "")
        began = time.perf_counter()
        terms = [system(r["text"], headline(r)) for r in test]
        spent = (time.perf_counter() - began) / len(test)
        scores = {"milliseconds": round(1e3 * spent, 2)}
        keys = {"headline": headline, "section": section}
        for key, gold in keys.items():
            for cut in ("terms", "words"):
                rows = [
                    score(t, content(gold(r)), r["text"], cut)
                    for t, r in zip(terms, test, strict=True)
                ]
                scores[f"{key}, first ten {cut}"] = summary([row for row in rows if row])
        result["systems"][name] = scores
        ten, words = scores["headline, first ten terms"], scores["headline, first ten words"]
        print(
            f"{name:34}{ten['words']:7.1f}{ten['precision'][0]:7.3f}{ten['recall'][0]:7.3f}{ten['f1'][0]:7.3f}"
            f"   {words['precision'][0]:.3f} {words['recall'][0]:.3f} {words['f1'][0]:.3f}"
            f"   section R {scores['section, first ten words']['recall'][0]:.3f}  {1e3 * spent:.2f}"
        )
    write_result(__file__, result | machine("jieba", "rjieba", "textrank4zh", "networkx"))


def systems() -> dict[str, System]:
    """Return each system as a function from text and headline to at most ten terms."""
    found: dict[str, System] = {
        "pdclassify": lambda text, _: [k.term for k in keywords.keywords(text)],
        "pdclassify, headline given": lambda text, head: [
            k.term for k in keywords.keywords(text, title=head)
        ],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        import jieba.analyse

        jieba.setLogLevel(60)
        found["jieba.analyse.extract_tags"] = lambda text, _: jieba.analyse.extract_tags(text, 10)
        found["jieba.analyse.textrank"] = lambda text, _: jieba.analyse.textrank(text, 10)
        # The peers know no headline: given it, they read it as the text's first line.
        found["extract_tags, headline + text"] = lambda text, head: jieba.analyse.extract_tags(
            f"{head}\n{text}", 10
        )
        found["textrank, headline + text"] = lambda text, head: jieba.analyse.textrank(
            f"{head}\n{text}", 10
        )
        try:
            import networkx

            if not hasattr(networkx, "from_numpy_matrix"):  # gone since networkx 3
                networkx.from_numpy_matrix = networkx.from_numpy_array
            from textrank4zh import TextRank4Keyword
        except ImportError:
            return found

        def textrank4zh(text: str, _: str) -> list[str]:
            ranker = TextRank4Keyword()
            ranker.analyze(text, lower=True, window=2)
            return [item.word for item in ranker.get_keywords(10, word_min_len=2)]

        def keyphrases(text: str, _: str) -> list[str]:
            ranker = TextRank4Keyword()
            ranker.analyze(text, lower=True, window=2)
            return ranker.get_keyphrases(keywords_num=20, min_occur_num=2)[:10]

        found["TextRank4ZH keywords"] = textrank4zh
        found["TextRank4ZH keyphrases"] = keyphrases
    return found


def use(table: Lexicon) -> None:
    """Let the keywords be weighed by ``table`` instead of the shipped lexicon."""
    phrases.lexicon = lambda: table  # type: ignore[assignment]  # for this process only
    phrases._kind.cache_clear()


def sample(rows: list[dict[str, Any]], size: int, *, seed: int) -> list[dict[str, Any]]:
    """Draw articles, half of them from the papers and half from the bulletins."""
    rng = np.random.default_rng(seed)
    bulletin = [r for r in rows if r["publisher"].startswith("新闻联播")]
    papers = [r for r in rows if not r["publisher"].startswith("新闻联播")]
    return [
        group[i]
        for group, share in ((papers, size - size // 4), (bulletin, size // 4))
        for i in sorted(rng.permutation(len(group))[:share])
    ]


def section(record: dict[str, Any]) -> str:
    """Return the names of section and column."""
    return "\n".join(record[k] for k in ("section", "column") if record.get(k))


def content(text: str) -> list[str]:
    """Return the distinct words of ``text`` that could be keys, in order."""
    words = tokenizer("jieba").cut(text)
    stop = phrases.stop_words()
    return list(dict.fromkeys(w for w in words if len(w) > 1 and _HAN.search(w) and w not in stop))


def score(terms: list[str], gold: list[str], text: str, cut: str) -> tuple[float, ...] | None:
    """Return words, precision, recall and F1 of one article; None where there is no key."""
    key = {word for word in gold if word in text}
    if not key:
        return None
    words: list[str] = []
    for term in terms[:10]:
        if cut == "words" and len(words) >= 10:
            break
        cut_words = tokenizer("jieba").cut(term)
        words += [word for word in cut_words if len(word) > 1 and word not in words]
    if cut == "words":
        words = words[:10]
    hits = len(key.intersection(words))
    precision, recall = hits / max(len(words), 1), hits / len(key)
    both = precision + recall
    return len(words), precision, recall, 2 * precision * recall / both if both else 0.0


def summary(rows: Iterable[tuple[float, ...]]) -> dict[str, Any]:
    """Return means with their intervals."""
    table = np.array(list(rows))
    named = dict(zip(("precision", "recall", "f1"), table[:, 1:].T, strict=True))
    return {"n": len(table), "words": round(float(table[:, 0].mean()), 2)} | {
        name: [round(v, 4) for v in mean_interval(column)] for name, column in named.items()
    }


def fit(articles: list[dict[str, Any]]) -> None:
    """Learn what makes a phrase of a text reach its headline, and print the weights."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score

    blocks, labels, sizes = [], [], []
    for record in articles:
        head, text = headline(record), record["text"]
        words, found = phrases.find_phrases(text)
        label = np.array([phrase.term in head for phrase in found], bool)
        if label.any():
            blocks.append(keywords.measure(words, found, keywords.rank_words(words)))
            labels.append(label)
            # A longer phrase says more, so to find it is worth more.
            sizes.append(np.where(label, [len(phrase.term) / 3 for phrase in found], 1.0))
    middle = len(blocks) // 2
    rng = np.random.default_rng(0)
    order = rng.permutation(len(blocks))
    for part in (order[:middle], order):
        rows, truth, weight = (
            np.concatenate([column[i] for i in part]) for column in (blocks, labels, sizes)
        )
        model = LogisticRegression(C=10, max_iter=1000).fit(rows, truth, weight)
        if part is not order:
            rest = order[middle:]
            rows, truth = (np.concatenate([c[i] for i in rest]) for c in (blocks, labels))
            precision = average_precision_score(truth, rows @ model.coef_[0])
            print(f"average precision on the other half: {precision:.3f}")
    print(dict(zip(keywords._WEIGHTS, model.coef_[0].round(2).tolist(), strict=True)))
    print("intercept", model.intercept_.round(2))


if __name__ == "__main__":
    main()
