"""The files of the shipped model: bytes, loading, memory, and whether a changed bit is noticed.

``python benchmarks/model_file.py``. Each figure of time and memory is the median of processes of their
own; memory is counted above a process that imported numpy.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import pdclassify
from common import machine, write_result
from pdclassify.errors import ModelFileError
from pdclassify.topics import bundle

RUNS = 15
FLIPS = 200
CODE = """
import json, os, sys, time
import numpy
def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
before = rss()
import pdclassify.topics.bundle as bundle
start, wall = time.process_time(), time.perf_counter()
model = bundle.load(sys.argv[1])
load, load_wall = time.process_time() - start, time.perf_counter() - wall
loaded = rss()
model.predict(["社区党支部和网格员一起登记诉求。" * 60] * 200)
print(json.dumps({
    "load_ms": load * 1000,
    "load_wall_ms": load_wall * 1000,
    "loaded_mib": loaded - before,
    "after_200_articles_mib": rss() - before,
}))
"""


def flipped(folder: Path) -> dict[str, Any]:
    """Flip one bit of the model's files, again and again, and try to load it."""
    rng = np.random.default_rng(0)
    refused, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / "model"))
        files = [path for path in sorted(copy.iterdir()) if path.name != bundle.CARD]
        sizes = np.array([path.stat().st_size for path in files])
        for _ in range(FLIPS):
            path = files[rng.choice(len(files), p=sizes / sizes.sum())]
            data = bytearray(path.read_bytes())
            data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
            whole = path.read_bytes()
            path.write_bytes(data)
            start = time.perf_counter()
            try:
                bundle.load(copy)
            except ModelFileError:
                refused += 1
            slowest = max(slowest, time.perf_counter() - start)
            path.write_bytes(whole)
    return {"flipped": FLIPS, "refused": refused, "slowest_s": slowest}


def saved_again(folder: Path) -> bool:
    """Tell whether the model, loaded and saved, has the same bytes."""
    manifest = json.loads((folder / bundle.MANIFEST).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "model"
        bundle.save(bundle.load(folder), copy, packages=manifest["packages"])
        return all(
            (folder / path.name).read_bytes() == path.read_bytes() for path in copy.iterdir()
        )


def main() -> None:
    """Measure, write model_file.json, and print it."""
    model = pdclassify.load()
    folder = model.path or Path()
    runs = [
        json.loads(subprocess.check_output([sys.executable, "-c", CODE, str(folder)]))
        for _ in range(RUNS)
    ]
    sizes = {file.name: file.stat().st_size for file in sorted(folder.iterdir())}
    result: dict[str, Any] = {
        "machine": machine(),
        "model": {"name": model.name, "digest": model.digest},
        "terms": sum(len(layer.features) for layer in model.layers),
        "bytes": sizes,
        "total_mib": sum(sizes.values()) / 2**20,
        **{name: float(np.median([run[name] for run in runs])) for name in runs[0]},
        "saved_again_same_bytes": saved_again(folder),
        "one_bit": flipped(folder),
    }
    write_result(__file__, result)
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
