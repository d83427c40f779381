"""Do keywords say what the headline says? Ours against jieba's and TextRank4ZH's.

    python benchmarks/keywords.py            # the comparison
    python benchmarks/keywords.py --fit      # learn the weights of ``summary/keywords.py`` again
    python benchmarks/keywords.py --speed    # an article of 1,000 characters, and a whole page

The test articles are of the press corpus, kept out of the word statistics that ours weighs words
by: the lexicon is built again from the other half for the measurement. The headline's words (of
jieba's stock dictionary, two characters and more) that stand in the text are the
key; so are those of the section and column names. Every system's terms are cut into such words
in their order, and judged twice: its first ten terms, and as many terms as hold ten words.
"""

from __future__ import annotations

import json
import re
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any
from zlib import crc32

import numpy as np

from common import DATA, HERE, machine, mean_interval, records, write_result
from lexicon import build, headline
from pdclassify import split_page
from pdclassify.summary import grammar, joints, keywords, phrases
from pdclassify.summary.lexicon import Lexicon
from pdclassify.summary.wordrank import rank_words
from pdclassify.text.tokens import tokenizer

ARTICLES = 500
#: Weights set by judgement, which ``--fit`` leaves as they are.
HELD = ("rank", "name")
_HAN = re.compile(r"[\u4e00-\u9fff]")
System = Callable[[str, str], list[str]]


def main() -> None:
    """Measure all systems on the same articles and write the result."""
    every = list(records("press/corpus"))
    path = HERE / "keywords.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if "--speed" in sys.argv:
        write_result(__file__, known | {"milliseconds": speed(every)})
        return
    half = [r for r in every if crc32(r["id"].encode()) % 2]
    use(
        Lexicon.from_arrays(
            build((headline(r), r["text"]) for r in every if not crc32(r["id"].encode()) % 2)
        )
    )
    kept = [r for r in half if len(r["text"]) >= 300 and r.get("title")]
    test = sample(kept, ARTICLES, seed=0)
    if "--fit" in sys.argv:
        seen = {r["id"] for r in test}
        fit(sample([r for r in kept if r["id"] not in seen], 6000, seed=1))
        return
    result: dict[str, Any] = {"articles": len(test), "systems": {}}
    rows: dict[str, dict[str, np.ndarray]] = {}
    print(
        f"{'':30}{'':9}first ten terms{'':9}first ten words{'':6}sections\n"
        f"{'':30}{'words':>6}{'P':>7}{'R':>6}{'F1':>6}{'P':>9}{'R':>6}{'F1':>6}{'R':>9}"
    )
    for name, system in systems().items():
        terms = [system(r["text"], headline(r)) for r in test]
        rows[name] = judge(terms, test)
        means = {cut: summary(table) for cut, table in rows[name].items()}
        result["systems"][name] = means
        ten, words = means["headline, first ten terms"], means["headline, first ten words"]
        shown = [m[k][0] for m in (ten, words) for k in ("precision", "recall", "f1")]
        section_recall = means["section, first ten words"]["recall"][0]
        print(
            f"{name:30}{ten['words']:6.1f}{shown[0]:7.3f}{shown[1]:6.3f}{shown[2]:6.3f}"
            f"{shown[3]:9.3f}{shown[4]:6.3f}{shown[5]:6.3f}{section_recall:9.3f}"
        )
    result["margins"] = margins(rows)
    result |= machine("jieba", "rjieba", "textrank4zh", "networkx")
    write_result(__file__, known | result)


def speed(every: list[dict[str, Any]]) -> dict[str, float]:
    """Time every system warm, the best of three rounds, in milliseconds of the processor."""
    articles = [r for r in every if 950 <= len(r["text"]) <= 1050][:60]
    page = split_page((DATA / "pages" / "seed_page.txt").read_text(encoding="utf-8")).articles

    def best(go: Callable[[], Any], rounds: int = 3) -> float:
        spent = []
        for _ in range(rounds):
            began = time.process_time()
            go()
            spent.append(time.process_time() - began)
        return 1e3 * min(spent)

    found = {"the seed page": best(lambda: [keywords.keywords(a) for a in page], 30)}
    for name, system in systems().items():
        if "headline" not in name:
            spent = best(lambda s=system: [s(r["text"], "") for r in articles])  # type: ignore[misc]  # bound now
            found[name] = spent / len(articles)
    for name, spent in found.items():
        found[name] = round(spent, 2)
        print(f"{name:30}{spent:8.2f} ms")
    return found


def judge(terms: list[list[str]], test: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Return the scores of every article that has a key, a row each; see `score`."""
    return {
        f"{key}, first ten {cut}": np.array(
            [
                row
                for found, record in zip(terms, test, strict=True)
                if (row := score(found, content(gold(record)), record["text"], cut))
            ]
        )
        for key, gold in {"headline": headline, "section": section}.items()
        for cut in ("terms", "words")
    }


def margins(rows: dict[str, dict[str, np.ndarray]]) -> dict[str, Any]:
    """Return, and print, by how much ours leads each peer that was told the same, in pairs."""
    found: dict[str, Any] = {}
    print("ours less theirs, F1 of the first ten words, of ten terms; recall of ten terms")
    for name, theirs in rows.items():
        if name.startswith("pdclassify"):
            continue
        ours = rows["pdclassify, headline given" if name.endswith("+ text") else "pdclassify"]
        found[name] = {
            f"{measure} of the {cut}": [
                round(v, 4) for v in mean_interval((ours[cut] - theirs[cut])[:, column])
            ]
            for measure, cut, column in (
                ("f1", "headline, first ten words", 3),
                ("f1", "headline, first ten terms", 3),
                ("recall", "headline, first ten terms", 2),
            )
        }
        told = ("{:+.3f} ({:+.3f} to {:+.3f})".format(*v) for v in found[name].values())
        print(f"{name:30}", *told)
    return found


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
    for module in (grammar, joints, phrases):
        module.lexicon = lambda: table  # type: ignore[attr-defined]  # for this process only
    grammar._KNOWN.clear()


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
    """Return the distinct words of ``text``, in order: two characters and more, no numbers."""
    words = tokenizer("jieba").cut(text)
    return list(dict.fromkeys(w for w in words if len(w) > 1 and _HAN.search(w)))


def score(terms: list[str], gold: list[str], text: str, cut: str) -> tuple[float, ...] | None:
    """Return words, precision, recall and F1 of one article; None where there is no key."""
    key = {word for word in gold if word in text}
    if not key:
        return None
    words: list[str] = []
    for term in terms[:10]:
        if cut == "words" and len(words) >= 10:
            break
        words += [word for word in content(term) if word not in words]
    if cut == "words":
        words = words[:10]
    hits = len(key.intersection(words))
    precision, recall = hits / max(len(words), 1), hits / len(key)
    both = precision + recall
    return len(words), precision, recall, 2 * precision * recall / both if both else 0.0


def summary(table: np.ndarray) -> dict[str, Any]:
    """Return means with their intervals."""
    named = dict(zip(("precision", "recall", "f1"), table[:, 1:].T, strict=True))
    return {"n": len(table), "words": round(float(table[:, 0].mean()), 2)} | {
        name: [round(v, 4) for v in mean_interval(column)] for name, column in named.items()
    }


def fit(articles: list[dict[str, Any]]) -> None:
    """Learn what makes a phrase of a text reach its headline, and print the weights."""
    blocks, shares = [], []
    for record in articles:
        head = headline(record)
        found = phrases.find_phrases(record["text"])
        knowing = phrases.find_phrases(record["text"], head)
        if found is None or knowing is None:
            continue
        words, there = found
        known = words._replace(in_headline=knowing[0].in_headline)
        features, part = keywords.measure(known, there, rank_words(words))
        blocks.append(features)
        # Half for standing there as a whole, half for the share of its words that do.
        inside = [term for term in there.terms if term in head]
        whole = [term for term in inside if not any(term in other != term for other in inside)]
        shares.append((np.isin(there.terms, whole) + part) / 2)
    order = np.random.default_rng(0).permutation(len(blocks))
    for chosen in (order[::2], order[1::2], order):
        rows, share = (np.concatenate([column[i] for i in chosen]) for column in (blocks, shares))
        learned = logistic(rows, share, [k in HELD for k in keywords._WEIGHTS])
        named = dict(zip([*keywords._WEIGHTS, "intercept"], learned.round(2).tolist(), strict=True))
        print(f"{len(chosen)} articles:", named)


def logistic(rows: np.ndarray, share: np.ndarray, held: list[bool]) -> np.ndarray:
    """Return the weights that tell the shares, and the intercept; what is held stays as it is."""
    from scipy.optimize import minimize

    free = np.flatnonzero([not h for h in held] + [True])
    design = np.column_stack([rows, np.ones(len(rows))])
    start = np.append(keywords._COEFFICIENTS, keywords._INTERCEPT)
    offset = rows[:, held] @ start[:-1][held]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        score = design[:, free] @ weights + offset
        off = 1 / (1 + np.exp(-score)) - share
        return float(np.mean(np.logaddexp(0, score) - share * score)), design[
            :, free
        ].T @ off / len(off)

    start[free] = minimize(loss, start[free], jac=True, method="L-BFGS-B").x
    return start


if __name__ == "__main__":
    main()
