"""Train the scorer that tells what every line of a page is.

    python benchmarks/train_pages.py [-o MODEL.npz] [--folder FOLDER]

A few layers of convolution over the lines of a page and a linear-chain conditional random field
(Lafferty, McCallum and Pereira 2001) on top, trained by Adam on labelled pages and on pages laid
out from the articles of the press corpus. Training needs jax (``pip install --group bench .``);
reading pages needs numpy alone.

There is a scorer for each of five folds, which has not seen the pages of its fold. ``pages.py``
measures each on these; what ships is the mean of all five (a cross-validated committee: Parmanto,
Munro and Doyle 1996). The same command on the same machine writes the same bytes. With a folder,
what is done is kept there, for ``pages.py`` too, and a run that was broken off goes on from it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# One thread: sums are always taken in one order, and the same command writes the same bytes.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import jax
import jax.numpy as jnp
import numpy as np

from common import DATA, records
from made_pages import made_pages, roles_of
from pdclassify.reading.boundaries import DILATIONS, MODEL, Role
from pdclassify.reading.cohesion import COHESION, RARITY, chains_of, pair_codes, rarity_of
from pdclassify.reading.cues import BUCKETS, CUES, TERMS, cues_of, terms_of
from pdclassify.reading.lines import lines_of
from train_heads import OTHERS, train_match, train_pairs

HIDDEN, EMBEDDED, ROLES = 64, 16, len(Role)
CROP, BATCH = 256, 16
FOLDS = 5
PAGES = DATA / "pages" / "pages_dev.jsonl.gz"

#: Sets of pages laid out from the corpus, pages in each, and pages laid out beside each from the
#: articles of labelled pages. An epoch goes through one set.
SETS, MADE, AGAIN = 4, 8000, 1500
EPOCHS = 8

Example = tuple[np.ndarray, np.ndarray, np.ndarray]
Params = dict[str, Any]


def rarities(articles: Iterable[Mapping[str, Any]]) -> np.ndarray:
    """Return how rare each pair of characters is: the logarithm of articles per article with it."""
    count, total = np.zeros(RARITY), 0
    for article in articles:
        codes = np.frombuffer(article["text"][:3000].encode("utf-32-le"), dtype=np.uint32)
        count[np.unique(rarity_of(pair_codes(codes)))] += 1
        total += 1
    return np.log((total + 1) / (count + 1)).astype(np.float16)


def examples(pages: Iterable[Mapping[str, Any]], rarity: np.ndarray) -> list[Example]:
    """Return cues, terms and roles of every page; a long page is cut into pieces."""
    rarity = rarity.astype(np.float32)
    found = []
    for page in pages:
        lines = lines_of(page["text"])
        roles = np.array(roles_of(page, lines), dtype=np.int8)
        cues = np.concatenate([cues_of(lines), chains_of(lines, rarity)], axis=1)
        cues = cues.astype(np.float16)
        terms = terms_of(lines)
        for at in range(0, len(roles), CROP - 24):
            cut = slice(at, at + CROP)
            found.append((cues[cut], terms[cut], roles[cut]))
            if at + CROP >= len(roles):
                break
    return found


def new_params(seed: int) -> Params:
    """Return the layers before training."""
    keys = jax.random.split(jax.random.PRNGKey(seed), 4 + len(DILATIONS))
    scale = jax.nn.initializers.he_normal()
    params = {
        "terms": jax.random.normal(keys[0], (BUCKETS, EMBEDDED)) * 0.1,
        "in_w": scale(keys[1], (CUES + COHESION + EMBEDDED, HIDDEN)),
        "in_b": jnp.zeros(HIDDEN),
        "out_w": scale(keys[2], (HIDDEN, ROLES)) * 0.3,
        "out_b": jnp.zeros(ROLES),
        "chain": jnp.zeros((ROLES, ROLES)),
        "chain_start": jnp.zeros(ROLES),
        "chain_end": jnp.zeros(ROLES),
    }
    for n in range(len(DILATIONS)):
        params[f"conv{n}_w"] = scale(keys[4 + n], (3 * HIDDEN, HIDDEN)) * 0.5
        params[f"conv{n}_b"] = jnp.zeros(HIDDEN)
    return params


def scores(params: Params, cues: Any, terms: Any, mask: Any, key: Any = None) -> Any:
    """Return the score of every role for every line, (pages, lines, roles)."""

    def drop(x: Any, rate: float, key: Any) -> Any:
        if key is None:
            return x
        keep = jax.random.bernoulli(key, 1 - rate, x.shape)
        return jnp.where(keep, x / (1 - rate), 0)

    keys = [None] * 4 if key is None else jax.random.split(key, 4)
    known = (terms > 0)[..., None]
    if key is not None:  # a word now and then is not known
        known &= jax.random.bernoulli(keys[3], 0.95, terms.shape)[..., None]
    embedded = (params["terms"][terms] * known).sum(2) * 0.3
    x = jnp.concatenate([cues, drop(embedded, 0.2, keys[0])], axis=-1)
    x = jax.nn.relu(x @ params["in_w"] + params["in_b"]) * mask
    x = drop(x, 0.1, keys[1])
    for n, step in enumerate(DILATIONS):
        left = jnp.pad(x, ((0, 0), (step, 0), (0, 0)))[:, :-step]
        right = jnp.pad(x, ((0, 0), (0, step), (0, 0)))[:, step:]
        joined = jnp.concatenate([left, x, right], axis=-1)
        x = (x + jax.nn.relu(joined @ params[f"conv{n}_w"] + params[f"conv{n}_b"])) * mask
    x = drop(x, 0.1, keys[2])
    return x @ params["out_w"] + params["out_b"]


def loss(params: Params, batch: Sequence[Any], key: Any) -> Any:
    """Return the negative log-likelihood of the roles, per line."""
    cues, terms, roles, begins, stops = batch
    mask = roles >= 0
    unary = scores(params, cues, terms, mask[..., None], key)
    gold = jnp.where(mask, roles, 0)
    chain = params["chain"]
    first = unary[:, 0] + params["chain_start"] * begins[:, None]
    lengths = mask.sum(1)

    def step(total: Any, now: Any) -> tuple[Any, None]:
        score, there = now
        new = jax.nn.logsumexp(total[:, :, None] + chain[None], axis=1) + score
        return jnp.where(there[:, None], new, total), None

    moved = jnp.moveaxis(unary, 1, 0)[1:], jnp.moveaxis(mask, 1, 0)[1:]
    total, _ = jax.lax.scan(step, first, moved)
    end = params["chain_end"] * stops[:, None]
    everything = jax.nn.logsumexp(total + end, axis=1)
    taken = jnp.take_along_axis(unary, gold[..., None], axis=2)[..., 0]
    path = (taken * mask).sum(1) + (chain[gold[:, :-1], gold[:, 1:]] * mask[:, 1:]).sum(1)
    path += params["chain_start"][gold[:, 0]] * begins
    last = jnp.take_along_axis(gold, (lengths - 1)[:, None], axis=1)[:, 0]
    path += params["chain_end"][last] * stops
    return (everything - path).sum() / lengths.sum()


def batches(data: Sequence[Example], rng: np.random.Generator) -> Iterable[tuple[np.ndarray, ...]]:
    """Yield batches of pages of about one length, in a new order each time."""
    order = sorted(range(len(data)), key=lambda i: len(data[i][2]) + rng.integers(0, 16))
    groups = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    for g in rng.permutation(len(groups)):
        group = groups[g]
        size = -(-max(len(data[i][2]) for i in group) // 64) * 64
        cues = np.zeros((BATCH, size, CUES + COHESION), np.float32)
        terms = np.zeros((BATCH, size, TERMS), np.int32)
        roles = np.full((BATCH, size), -1, np.int32)
        ends = np.zeros((2, BATCH), np.float32)
        for row, i in enumerate(group):
            n = len(data[i][2])
            cues[row, :n], terms[row, :n], roles[row, :n] = data[i]
            ends[:, row] = 1
        if len(group) < BATCH:  # an empty row would have no last role
            roles[len(group) :, 0] = 0
        yield cues, terms, roles, ends[0], ends[1]


@jax.jit
def update(params: Params, state: Any, batch: Any, key: Any, rate: Any, count: Any) -> Any:
    """Take one step of Adam (Kingma and Ba 2015)."""
    value, slope = jax.value_and_grad(loss)(params, batch, key)
    first, second = state
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)

    def move(p: Any, m: Any, v: Any) -> Any:
        step = m / (1 - 0.9**count) / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8)
        return p * (1 - rate * 0.01) - rate * step

    return jax.tree.map(move, params, first, second), (first, second), value


@jax.jit
def averaged(mean: Params, params: Params, kept: Any) -> Params:
    """Average the layers over the last steps (Polyak and Juditsky 1992)."""
    return jax.tree.map(lambda m, p: m * kept + p * (1 - kept), mean, params)


def train(
    labelled: Sequence[Example],
    made: Sequence[Sequence[Example]],
    *,
    epochs: int = EPOCHS,
    repeat: int = 2,
    rate: float = 2e-3,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Learn from ``labelled`` pages, each ``repeat`` times an epoch, and from one set of ``made``.

    Epochs take the sets in turn: what is seen but once or twice cannot be learned by heart.
    """
    rng = np.random.default_rng(seed)
    params = new_params(seed)
    state = (jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params))
    key = jax.random.PRNGKey(seed + 1)
    steps = epochs * -(-(len(labelled) * repeat + max(map(len, made))) // BATCH)
    mean = params
    count = 0
    for epoch in range(epochs):
        begin, values = time.perf_counter(), []
        for batch in batches([*(list(labelled) * repeat), *made[epoch % len(made)]], rng):
            count += 1
            key, here = jax.random.split(key)
            now = rate * min(1.0, count / 100) * (0.5 + 0.5 * np.cos(np.pi * count / (steps + 1)))
            params, state, value = update(params, state, batch, here, now, count)
            kept = min(0.998, count / (count + 10))
            mean = averaged(mean, params, kept)
            values.append(float(value))
        took = time.perf_counter() - begin
        print(f"epoch {epoch}: loss {np.mean(values):.4f}, {took:.0f} s", file=sys.stderr)
    return {name: np.asarray(value, np.float16) for name, value in mean.items()}


def kept(folder: Path | None, name: str, make: Callable[[], Any]) -> Any:
    """Return what is kept in a folder under a name, made before where it is not there yet."""
    path = folder / f"{name}.pickle" if folder else None
    if path and path.exists():
        return pickle.loads(path.read_bytes())
    found = make()
    if path:
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(found))
        part.replace(path)
    return found


@dataclass(frozen=True, slots=True)
class Fold:
    """A scorer and what it has not seen.

    Parameters
    ----------
    pages : ndarray of int
        The pages left out, by number.
    hidden : set of str
        The articles of these pages, by id.
    layers : dict of ndarray
        What was learned from the rest.
    """

    pages: np.ndarray
    hidden: set[str]
    layers: dict[str, np.ndarray]


def folds(
    pages: Sequence[Mapping[str, Any]], corpus: Sequence[Mapping[str, Any]], folder: Path | None
) -> Iterator[Fold]:
    """Train a scorer for each fold: on the other pages, their articles laid out otherwise, others.

    With a ``folder``, sets of pages and scorers are kept there and read where they are there.
    """
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    used = used_by(pages)
    rarity = kept(folder, "rarity", lambda: rarities(a for a in corpus if a["id"] not in used))
    labelled: list[list[Example]] = []
    made: list[list[Example]] = []
    fold_of = np.random.default_rng(0).permutation(len(pages)) % FOLDS
    for fold in range(FOLDS):
        left_out = np.flatnonzero(fold_of == fold)
        hidden = used_by([pages[i] for i in left_out])

        def learn(fold: int = fold, hidden: set[str] = hidden) -> dict[str, np.ndarray]:
            labelled.extend(examples([p], rarity) for p in pages[len(labelled) :])
            for seed in range(len(made), SETS):
                there = made_pages(corpus, MADE, without=used, seed=seed)
                made.append(
                    kept(folder, f"made{seed}", lambda there=there: examples(there, rarity))
                )
            seen = [e for p, f in zip(labelled, fold_of, strict=True) if f != fold for e in p]
            known = [a for a in corpus if a["id"] in used - hidden]
            again = [made_pages(known, AGAIN, without=set(), seed=100 + n) for n in range(SETS)]
            sets = [[*m, *examples(a, rarity)] for m, a in zip(made, again, strict=True)]
            return train(seen, sets)

        layers = kept(folder, f"fold{fold}", learn)
        yield Fold(left_out, hidden, layers | {"rarity": rarity})


def used_by(pages: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the ids of the articles on some pages."""
    return {article["id"] for page in pages for article in page["articles"]}


def together(scorers: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return the layers of scorers as one, the scorers along the first axis."""
    rarity = scorers[0]["rarity"]
    names = [name for name in scorers[0] if name != "rarity"]
    return {name: np.stack([s[name] for s in scorers]) for name in names} | {"rarity": rarity}


def labelled_pages(path: Path) -> list[dict[str, Any]]:
    """Return the pages of a file of gzipped JSON Lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> None:
    """Train on the labelled pages and write the model where the package reads it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=MODEL)
    parser.add_argument("--folder", type=Path, help="keep here what is done, and go on from it")
    args = parser.parse_args()
    pages = labelled_pages(PAGES)
    corpus = list(records("press/corpus"))
    params = together([fold.layers for fold in folds(pages, corpus, args.folder)])
    params |= train_pairs(corpus, set())
    others = made_pages(corpus, OTHERS, without=used_by(pages), seed=SETS)
    np.savez(args.output, **params, **train_match([*others, *pages], params))


if __name__ == "__main__":
    main()
