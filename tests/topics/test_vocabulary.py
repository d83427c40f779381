from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.text.characters import encode, table
from pdclassify.topics.vocabulary import (
    Rows,
    Vocabulary,
    batches,
    document_frequencies,
    lengths_of,
    with_beginnings,
)
from strategies import any_text, han_text


def ngrams(text: str, longest: int, *, marks: bool = False) -> Counter[str]:
    """Count n-grams the slow way: cut the folded text at its breaks and take every slice."""
    codes = encode(f"\n{text}\n", table(marks)) if marks else encode(text)
    runs = "".join(map(chr, codes.codes)).split("\x00")
    return Counter(
        run[i : i + n]
        for run in runs
        for n in range(1, longest + 1)
        for i in range(len(run) - n + 1)
    )


def counted(vocabulary: Vocabulary, rows: Rows, n_texts: int) -> list[Counter[str]]:
    """Return the counts of each text by name."""
    found = [Counter[str]() for _ in range(n_texts)]
    for row, term, count in zip(
        np.repeat(rows.rows, rows.sizes).tolist(),
        rows.terms.tolist(),
        rows.counts.tolist(),
        strict=True,
    ):
        found[row][vocabulary.term(term)] = count
    return found


@given(st.lists(any_text(60), max_size=6), st.integers(1, 4), st.booleans())
def test_counts_are_those_of_slicing(texts: list[str], longest: int, marks: bool) -> None:
    """Every n-gram of every text is counted as slicing the folded text counts it."""
    codes, df = document_frequencies(texts, longest, min_df=1, marks=marks)
    expected = [ngrams(text, longest, marks=marks) for text in texts]
    vocabulary = Vocabulary(codes, marks)
    assert counted(vocabulary, vocabulary.count(texts, longest), len(texts)) == expected
    held = Counter(term for counts in expected for term in counts)
    assert {vocabulary.term(i): int(n) for i, n in enumerate(df)} == held


@given(st.lists(han_text(0, 60), max_size=6), st.lists(han_text(0, 60), max_size=4), st.randoms())
def test_unknown_ngrams_are_left_out(learned: list[str], texts: list[str], random) -> None:
    """Of other texts exactly the n-grams that the vocabulary has are counted."""
    codes, _ = document_frequencies(learned, 3, min_df=1)
    wanted = np.array([random.random() < 0.4 for _ in codes], dtype=bool)
    kept = codes[with_beginnings(codes, wanted)]
    vocabulary = Vocabulary(kept)
    terms = {vocabulary.term(i) for i in range(len(kept))}
    expected = [Counter({t: n for t, n in ngrams(text, 3).items() if t in terms}) for text in texts]
    assert counted(vocabulary, vocabulary.count(texts, 3), len(texts)) == expected


def test_rare_ngrams_are_not_learned() -> None:
    """Only n-grams that so many texts hold are terms, however often one text repeats them."""
    codes, df = document_frequencies(["党建党建", "党建", "党", "风风风"], 2, min_df=2)
    vocabulary = Vocabulary(codes)
    assert {vocabulary.term(i): int(n) for i, n in enumerate(df)} == {"党": 3, "建": 2, "党建": 2}


def test_beginnings_come_along() -> None:
    """Whoever wants a long n-gram gets its beginnings of two characters and more."""
    codes, _ = document_frequencies(["全面从严"], 4, min_df=1)
    vocabulary = Vocabulary(codes)
    wanted = np.array([vocabulary.term(i) == "全面从严" for i in range(len(codes))])
    kept = Vocabulary(codes[with_beginnings(codes, wanted)])
    assert {kept.term(i) for i in range(len(kept))} == {"全面", "全面从", "全面从严"}
    assert sorted(lengths_of(kept.codes)) == [2, 3, 4]


def test_crowded_table_finds_everything() -> None:
    """Tens of thousands of terms are all found, each as itself."""
    rng = np.random.default_rng(5)
    text = "".join(map(chr, rng.integers(0x4E00, 0x5600, 40_000)))
    codes, _ = document_frequencies([text], 2, min_df=1)
    vocabulary = Vocabulary(codes)
    found = vocabulary.count([text], 2)
    assert found.terms.tolist() == list(range(len(codes)))


def test_many_texts_need_wider_keys() -> None:
    """So many texts that a text and a term do not fit 32 bits are counted all the same."""
    codes, _ = document_frequencies(["党建治理"], 2, min_df=1)
    vocabulary = Vocabulary(codes)
    vocabulary.bits = 31
    texts = ["党建", "", "治理党建治"]
    known = {vocabulary.term(i) for i in range(len(codes))}
    expected = [Counter({t: n for t, n in ngrams(text, 2).items() if t in known}) for text in texts]
    assert counted(vocabulary, vocabulary.count(texts, 2), 3) == expected


@given(st.lists(st.text(max_size=5), max_size=30))
def test_batches_cover_everything_once(texts: list[str]) -> None:
    """Batches follow each other from the first text to the last."""
    ranges = list(batches(texts))
    assert [i for start, end in ranges for i in range(start, end)] == list(range(len(texts)))


def test_long_texts_are_batches_of_their_own() -> None:
    """A batch ends before it becomes too large for the cache."""
    assert list(batches(["字" * 40_000, "字" * 40_000, "字", "字"])) == [(0, 1), (1, 2), (2, 4)]
