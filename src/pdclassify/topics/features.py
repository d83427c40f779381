"""Text to TF-IDF rows, without a segmenter: counted n-grams, weighted and normed, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import Article
from pdclassify.errors import UsageError
from pdclassify.text.characters import LINE_END
from pdclassify.topics.lookup import gather
from pdclassify.topics.vocabulary import (
    LONGEST,
    Rows,
    Vocabulary,
    batches,
    document_frequencies,
    lengths_of,
    with_beginnings,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Features", "Field", "Texts", "part"]

FIELDS = ("headline", "body", "text")
_TF = ("log", "raw", "binary")
_NORM = ("l2", "none")
_LINE_END = np.uint64(LINE_END) << np.uint64(48)
# 1 + ln c of a term that occurs c times; more often than 65,535 counts as that.
_LOG = 1.0 + np.log(np.maximum(np.arange(0x10000), 1))


@dataclass(frozen=True, slots=True)
class Field:
    """One part of an article, with the n-grams that are taken from it.

    Parameters
    ----------
    name : str
        ``headline`` (kicker, title, subtitle), ``body``, or ``text`` (both, the headline first).
    lengths : (int, int)
        Shortest and longest n-gram, in characters, 1 to 4.
    tf : {"log", "raw", "binary"}
        Weight of a term that occurs c times: 1 + ln c, c, or 1.
    norm : {"l2", "none"}
        Whether the row of tf-idf values is divided by its length.
    marks : bool
        Whether marks, spaces and the ends of lines are characters of n-grams, or break them.
    """

    name: str
    lengths: tuple[int, int] = (1, 3)
    tf: str = "log"
    norm: str = "l2"
    marks: bool = False

    def __post_init__(self) -> None:
        low, high = self.lengths
        if self.name not in FIELDS:
            raise UsageError(f"The field {self.name!r} is not known; there are {FIELDS}.")
        if not (type(low) is type(high) is int and 1 <= low <= high <= LONGEST):
            raise UsageError(f"n-grams of {low} to {high} characters: 1 to {LONGEST} are possible.")
        if self.tf not in _TF:
            raise UsageError(f"The term weight {self.tf!r} is not known; there are {_TF}.")
        if self.norm not in _NORM:
            raise UsageError(f"The norm {self.norm!r} is not known; there are {_NORM}.")
        if type(self.marks) is not bool:
            raise UsageError(f"Marks are kept or not, true or false. Got {self.marks!r} instead.")

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as a manifest keeps them."""
        return {**asdict(self), "lengths": list(self.lengths)}

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> Field:
        """Return the field that a manifest describes."""
        return cls(**{**settings, "lengths": tuple(settings["lengths"])})


def part(document: str | Article, name: str) -> str:
    """Return what stands in the field ``name`` of a document; a plain text has a body only."""
    if isinstance(document, str):
        return "" if name == "headline" else document
    if name == "headline":
        return document.headline
    if name == "body" or not document.headline:
        return document.text
    return f"{document.headline}\n{document.text}"


@dataclass(frozen=True, slots=True)
class Texts:
    """What stands in the parts of some documents, column by column.

    Parameters
    ----------
    headlines, bodies : sequence of str
        One a document; "" where there is none.
    """

    headlines: Sequence[str]
    bodies: Sequence[str]

    @classmethod
    def of(cls, documents: Sequence[str | Article]) -> Texts:
        """Return the parts of documents."""
        headlines = [part(document, "headline") for document in documents]
        return cls(headlines, [part(document, "body") for document in documents])

    def __len__(self) -> int:
        return len(self.bodies)

    def field(self, name: str) -> Sequence[str]:
        """Return what stands in the field ``name`` of each document."""
        if name == "headline":
            return self.headlines
        if name == "body":
            return self.bodies
        both = zip(self.headlines, self.bodies, strict=True)
        return [f"{headline}\n{body}" if headline else body for headline, body in both]

    def shorter(self, least: int) -> NDArray[np.bool_]:
        """Tell which documents have fewer than ``least`` characters, white space aside."""
        # Splitting a long text takes a twentieth of a prediction; one that is all blanks has no
        # terms.
        some = [place for place, body in enumerate(self.bodies) if len(body) < 20 * least]
        found = np.zeros(len(self), dtype=bool)
        for place in some:
            both = f"{self.headlines[place]}\n{self.bodies[place]}"
            found[place] = sum(map(len, both.split())) < least
        return found


class Features:
    """What turns the texts of one field into rows of tf-idf values.

    Parameters
    ----------
    field : Field
    codes : ndarray of uint64, shape (n_terms,)
        The vocabulary, ascending.
    idf : ndarray of float32, shape (n_terms,)
        Weight of each term; 0 for one that only begins others.
    as_written : bool
        Whether texts are read as they are written, or traditional characters as simplified ones.
        What is learned is learned as written.
    """

    def __init__(
        self,
        field: Field,
        codes: NDArray[np.uint64],
        idf: NDArray[np.float32],
        as_written: bool = False,
    ) -> None:
        self.field = field
        self.vocabulary = Vocabulary(codes, field.marks, as_written=as_written)
        self.idf = idf

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        field: Field,
        *,
        min_df: int = 2,
        max_terms: int | None = None,
        power: float = 1.0,
    ) -> Features:
        """Take the terms of ``texts``.

        Parameters
        ----------
        texts : sequence of str
            The field's text of each document (see ``part``).
        field : Field
        min_df : int
            Documents that must hold a term.
        max_terms : int, optional
            Keep so many, those that most documents hold.
        power : float
            What idf is raised to: 1 as usual, less to tell rare terms less from frequent ones.

        Returns
        -------
        Features
            With idf = (ln((1 + n) / (1 + df)) + 1) ** power; scikit-learn's smooth one for 1.
        """
        codes, df = document_frequencies(texts, field.lengths[1], min_df=min_df, marks=field.marks)
        low = field.lengths[0]
        wanted = (lengths_of(codes) >= low) & (codes != _LINE_END)  # which every text has
        if max_terms is not None:
            order = np.lexsort((codes, -df))  # of equally frequent ones, the first by code
            wanted[order[wanted[order]][max_terms:]] = False
        return cls.select(field, codes, df, wanted, len(texts), power=power)

    @classmethod
    def select(
        cls,
        field: Field,
        codes: NDArray[np.uint64],
        df: NDArray[np.int64],
        wanted: NDArray[np.bool_],
        n_texts: int,
        *,
        power: float = 1.0,
    ) -> Features:
        """Keep the ``wanted`` terms (a mask), and without weight what they begin with."""
        idf = np.where(wanted, (np.log((1.0 + n_texts) / (1.0 + df)) + 1.0) ** power, 0.0)
        keep = with_beginnings(codes, wanted)
        return cls(field, codes[keep], idf[keep].astype(np.float32), as_written=True)

    def for_both_scripts(self) -> Features:
        """Return the same, for texts in traditional characters too."""
        return Features(self.field, self.vocabulary.codes, self.idf)

    def __len__(self) -> int:
        return len(self.idf)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what cannot be derived; the hash table is made again."""
        return Features, (self.field, self.vocabulary.codes, self.idf, self.vocabulary.as_written)

    def weighted(
        self, texts: Sequence[str]
    ) -> tuple[Rows, NDArray[np.float64], NDArray[np.float64]]:
        """Return the terms of a batch of texts, their tf-idf values, and what each row is divided by."""
        found = self.vocabulary.count(texts, self.field.lengths[1])
        values = gather(self.idf, found.terms).astype(np.float64)
        if self.field.tf == "log":
            values *= _LOG.take(found.counts, mode="clip")
        elif self.field.tf == "raw":
            values *= found.counts
        if self.field.norm == "none" or not len(found.rows):
            return found, values, np.ones(len(found.rows))
        norms = np.sqrt(np.add.reduceat(values * values, found.first))
        norms[norms == 0] = 1.0  # nothing but beginnings of terms
        return found, values, norms

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """Return the tf-idf rows of any number of texts as float64, shape (n_texts, n_terms)."""
        from scipy.sparse import csr_matrix

        data, terms = [np.empty(0)], [np.empty(0, np.int64)]
        sizes = np.zeros(len(texts) + 1, dtype=np.int64)
        for start, end in batches(texts):
            found, values, norms = self.weighted(texts[start:end])
            data.append(values / np.repeat(norms, found.sizes))
            terms.append(found.terms)
            sizes[start + 1 + found.rows] = found.sizes
        made = csr_matrix(
            (np.concatenate(data), np.concatenate(terms), np.cumsum(sizes)),
            shape=(len(texts), len(self)),
        )
        made.eliminate_zeros()
        return made
