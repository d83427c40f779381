"""What every benchmark needs: the data beside the project, intervals, and a result on disk."""

from __future__ import annotations

import gzip
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

HERE = Path(__file__).parent
ROOT = HERE.parent
DATA = Path(os.environ.get("PDCLASSIFY_DATA", ROOT.parent / "shared" / "data"))


def records(name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of ``name`` (``topics/dev``, say) from the data beside the project."""
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        sys.exit(f"{path}: not here; set PDCLASSIFY_DATA to the folder that holds it")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def bootstrap(
    values: Sequence[Any] | np.ndarray,
    statistic: Callable[[Any], float],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of ``statistic`` over rows of ``values``."""
    rows = np.asarray(values)
    rng = np.random.default_rng(seed)
    found = [statistic(rows[rng.integers(0, len(rows), len(rows))]) for _ in range(draws)]
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def mean_interval(values: ArrayLike, *, draws: int = 1000) -> tuple[float, float, float]:
    """Return the mean of ``values`` with its 95 % bootstrap interval."""
    rows = np.asarray(values, dtype=float)
    return float(rows.mean()), *bootstrap(rows, lambda v: float(v.mean()), draws=draws)


def machine(*packages: str) -> dict[str, Any]:
    """Describe what the figures were measured on."""
    versions = {}
    for package in ("pdclassify", "numpy", *packages):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "packages": versions,
    }


def write_result(script: str, result: dict[str, Any]) -> Path:
    """Write ``result`` as JSON beside the script that found it."""
    path = HERE / f"{Path(script).stem}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
