"""Which documents are held back together."""

from __future__ import annotations

import random

from pdclassify.topics.folds import assign_folds
from pdclassify.topics.labels import arranged


def test_reprints_share_a_fold() -> None:
    """A text that is printed again, with a word before it and without its end, is in the same fold."""
    rng = random.Random(0)
    letters = [chr(0x4E00 + n) for n in range(500)]
    texts = [
        "".join("".join(rng.choices(letters, k=15)) + "。" for _ in range(6)) for _ in range(60)
    ]
    again = ["转载：" + text[:-20] for text in texts]
    data = arranged([*texts, *again], ["one", "other"] * 60)
    folds = dict(zip(data.documents, assign_folds(data).tolist(), strict=True))
    assert [folds[text] for text in again] == [folds[text] for text in texts]
    assert len(set(folds.values())) == 5
