import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.topics import lookup
from pdclassify.topics.lookup import Search, Table
from pdclassify.topics.vocabulary import LONGEST, Vocabulary, document_frequencies, lengths_of
from strategies import han_text


def finders(texts: list[str], longest: int) -> tuple[Vocabulary, list[Search | Table]]:
    """Return a vocabulary and both ways to look it up."""
    codes, _ = document_frequencies(texts, longest, min_df=1)
    vocabulary = Vocabulary(codes)
    letters = vocabulary._letters
    return vocabulary, [Search(codes, letters), Table(codes, letters)]


def found(finder: Search | Table, beginnings: np.ndarray, following: np.ndarray, of_terms: bool):
    """Return which pairs are terms, by place."""
    places, terms = finder.find(
        beginnings.astype(finder.kind), following.astype(finder.kind), of_terms=of_terms
    )
    return dict(zip(places.tolist(), terms.tolist(), strict=True))


@given(
    st.lists(han_text(2, 40), min_size=1, max_size=5), st.integers(2, 4), st.integers(0, 1 << 30)
)
def test_both_ways_find_the_same(texts: list[str], longest: int, seed: int) -> None:
    """Search and table know the same pairs, of characters and of terms, whatever is asked."""
    vocabulary, (search, table) = finders([*texts, "党建"], longest)
    rng = np.random.default_rng(seed)
    lengths = lengths_of(vocabulary.codes)
    letters = np.arange(len(vocabulary._letters))
    for of_terms, possible in (
        (False, letters),
        (True, np.flatnonzero((lengths > 1) & (lengths < LONGEST))),
    ):
        following = rng.choice(letters, 300)
        beginnings = rng.choice(possible, 300) if len(possible) else possible
        asked = beginnings, following[: len(beginnings)], of_terms
        assert found(search, *asked) == found(table, *asked)


def test_every_term_is_found_in_a_large_table() -> None:
    """Of 80,000 terms each is found as itself, and no pair that is none."""
    rng = np.random.default_rng(3)
    text = "".join(map(chr, rng.integers(0x4E00, 0x5800, 90_000)))
    vocabulary, (search, table) = finders([text], 2)
    numbers = vocabulary.encode(text).codes.astype(np.int64)
    asked = [(numbers[:-1], numbers[1:]), (numbers[:-2], numbers[2:])]
    for beginnings, following in asked:
        assert found(table, beginnings, following, False) == found(
            search, beginnings, following, False
        )
    assert len(found(table, *asked[0], False)) == len(text) - 1


def test_a_table_that_cannot_settle_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    """With too few rounds to drive anybody out, a larger table is taken."""
    monkeypatch.setattr(lookup, "_EVICTIONS", 1)
    vocabulary, (search, table) = finders(["全面从严治党永远在路上，基层治理现代化"], 3)
    everything = np.arange(len(vocabulary._letters))
    pairs = np.meshgrid(everything, everything)
    beginnings, following = pairs[0].ravel(), pairs[1].ravel()
    assert found(table, beginnings, following, False) == found(search, beginnings, following, False)


def test_many_characters_need_64_bits() -> None:
    """So many terms of so many characters that a pair does not fit 32 bits are found all the same."""
    rng = np.random.default_rng(4)
    text = "".join(map(chr, rng.integers(0x4E00, 0x9E00, 230_000)))
    vocabulary, (search, table) = finders([text], 2)
    assert table.kind is np.uint64
    numbers = vocabulary.encode(text[:5000]).codes.astype(np.int64)
    assert len(found(table, numbers[:-1], numbers[1:], False)) == 4999
    beginnings, following = numbers[:-2], numbers[2:]
    assert found(table, beginnings, following, False) == found(search, beginnings, following, False)


def test_a_table_is_made_when_it_pays() -> None:
    """A short text is searched for; after enough of them there is a table, which finds the same."""
    rng = np.random.default_rng(5)
    text = "".join(map(chr, rng.integers(0x4E00, 0x5600, 40_000)))
    vocabulary, _ = finders([text], 2)
    short = text[:500]
    before = vocabulary.count([short], 2)
    assert isinstance(vocabulary._finder, Search)
    vocabulary.count([text], 2)
    assert isinstance(vocabulary._finder, Table)
    after = vocabulary.count([short], 2)
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))
