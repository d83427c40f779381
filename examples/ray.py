"""Topics for an archive in Parquet, by Ray.

    python examples/ray.py IN OUT

IN has a column ``text`` and, if there are any, ``title``, ``kicker``, ``subtitle``. OUT gets the same
rows with ``topics``, ``primary``, ``probabilities`` and so on beside them. Every machine needs
pdclassify installed; each of Ray's processes loads the model once.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this folder, in which this file would be taken for Ray itself

import ray

from pdclassify import predict_batches


def main(source: str, target: str) -> None:
    """Read, predict and write."""
    articles = ray.data.read_parquet(source)
    articles.map_batches(predict_batches, batch_format="pyarrow").write_parquet(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
