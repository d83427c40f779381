"""Train the scorer that tells what every line of a page is.

    python benchmarks/train_pages.py [PAGES.jsonl.gz …] [-o MODEL.npz]

A few layers of convolution over the lines of a page and a linear-chain conditional random field
(Lafferty, McCallum and Pereira 2001) on top, trained by Adam on labelled pages and on pages laid
out from the articles of the press corpus. Training needs jax; reading pages needs numpy alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import minimize

from common import DATA, records
from made_pages import labelled_roles, made_pages
from pdclassify.reading import boundaries
from pdclassify.reading.boundaries import DILATIONS, MODEL, Role
from pdclassify.reading.cohesion import COHESION, RARITY, chains_of, pair_codes, rarity_of
from pdclassify.reading.cues import BUCKETS, CUES, TERMS, cues_of, terms_of
from pdclassify.reading.headlines import PLACES, places_of, strays_of
from pdclassify.reading.lines import lines_of

HIDDEN, EMBEDDED, ROLES = 64, 16, len(Role)
CROP, BATCH = 256, 16

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
        roles = np.array([role for _, _, role in labelled_roles(page)], dtype=np.int8)
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
        known &= jax.random.bernoulli(keys[3], 0.9, terms.shape)[..., None]
    embedded = (params["terms"][terms] * known).sum(2) * 0.3
    x = jnp.concatenate([cues, drop(embedded, 0.3, keys[0])], axis=-1)
    x = jax.nn.relu(x @ params["in_w"] + params["in_b"]) * mask
    x = drop(x, 0.2, keys[1])
    for n, step in enumerate(DILATIONS):
        left = jnp.pad(x, ((0, 0), (step, 0), (0, 0)))[:, :-step]
        right = jnp.pad(x, ((0, 0), (0, step), (0, 0)))[:, step:]
        joined = jnp.concatenate([left, x, right], axis=-1)
        x = (x + jax.nn.relu(joined @ params[f"conv{n}_w"] + params[f"conv{n}_b"])) * mask
    x = drop(x, 0.2, keys[2])
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
        return p * (1 - rate * 0.05) - rate * step

    return jax.tree.map(move, params, first, second), (first, second), value


@jax.jit
def averaged(mean: Params, params: Params, kept: Any) -> Params:
    """Average the layers over the last steps (Polyak and Juditsky 1992)."""
    return jax.tree.map(lambda m, p: m * kept + p * (1 - kept), mean, params)


def train(
    labelled: Sequence[Example],
    made: Sequence[Example],
    *,
    epochs: int = 8,
    repeat: int = 3,
    rate: float = 2e-3,
    seed: int = 0,
    quiet: bool = False,
) -> dict[str, np.ndarray]:
    """Learn from ``labelled`` pages, each ``repeat`` times an epoch, and ``made`` ones, once."""
    rng = np.random.default_rng(seed)
    params = new_params(seed)
    state = (jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params))
    key = jax.random.PRNGKey(seed + 1)
    steps = epochs * -(-(len(labelled) * repeat + len(made)) // BATCH)
    mean = params
    count = 0
    for epoch in range(epochs):
        begin, values = time.perf_counter(), []
        for batch in batches([*(list(labelled) * repeat), *made], rng):
            count += 1
            key, here = jax.random.split(key)
            now = rate * min(1.0, count / 100) * (0.5 + 0.5 * np.cos(np.pi * count / (steps + 1)))
            params, state, value = update(params, state, batch, here, now, count)
            kept = min(0.998, count / (count + 10))
            mean = averaged(mean, params, kept)
            values.append(float(value))
        if not quiet:
            took = time.perf_counter() - begin
            print(f"epoch {epoch}: loss {np.mean(values):.4f}, {took:.0f} s", file=sys.stderr)
    return {name: np.asarray(value, np.float16) for name, value in mean.items()}


def stacked(members: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return the layers of several scorers as one, the scorers along the first axis."""
    return {name: np.stack([member[name] for member in members]) for name in members[0]}


def train_match(
    pages: Iterable[Mapping[str, Any]], params: Mapping[str, np.ndarray], *, seed: int = 0
) -> dict[str, np.ndarray]:
    """Learn which place a stray headline belongs to, or that it belongs to none.

    A softmax over the places; for every third headline its own place is hidden, so that none is
    right.
    """
    layers = {name: value.astype(np.float32) for name, value in params.items()}
    rng = np.random.default_rng(seed)
    rows, owner, target, count = [], [], [], 0
    boundaries.use(layers)
    for page in pages:
        gold = [role for _, _, role in labelled_roles(page)]
        if Role.STRAY not in gold:
            continue
        lines = lines_of(page["text"])
        reading = boundaries.read_lines(lines)
        for stray in strays_of(reading.roles):
            where, seen = places_of(lines, reading, layers["rarity"], stray)
            if not len(where):
                continue
            home = np.zeros(len(where), dtype=bool)
            if any(gold[i] == Role.STRAY for i in stray.title):
                home = np.array([gold[i] == Role.LEAD for i in where])
            if rng.random() < 0.3:
                where, seen, home = where[~home], seen[~home], home[~home]
            rows.append(np.append(seen, np.zeros((1, PLACES), np.float32), axis=0))
            owner.append(np.full(len(where) + 1, count))
            target.append(np.append(home, not home.any()))
            count += 1
    boundaries.use(None)
    x, group = np.concatenate(rows), np.concatenate(owner)
    none = np.concatenate([np.append(np.zeros(len(r) - 1), 1.0) for r in rows])
    right = np.concatenate(target)

    def objective(w: np.ndarray) -> tuple[float, np.ndarray]:
        score = x @ w[:-1] + none * w[-1]
        top = np.full(count, -np.inf)
        np.maximum.at(top, group, score)
        part = np.exp(score - top[group])
        p = part / np.bincount(group, part)[group]
        slope = p - right
        value = -np.log(np.maximum(p[right], 1e-12)).sum() + 0.5 * (w @ w)
        return value, np.append(x.T @ slope, none @ slope) + w

    found = minimize(objective, np.zeros(PLACES + 1), jac=True).x
    return {"match_w": found[:-1].astype(np.float32), "match_b": found[-1:].astype(np.float32)}


def main() -> None:
    """Train on the given pages and write the model where the package reads it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", type=Path, help="labelled pages, JSON Lines, gzipped")
    parser.add_argument("-o", "--output", type=Path, default=MODEL)
    parser.add_argument("--made", type=int, default=8000, help="pages to lay out from the corpus")
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--members", type=int, default=3, help="scorers to train and average")
    args = parser.parse_args()
    pages = []
    for path in args.pages or [DATA / "pages" / "pages_dev.jsonl.gz"]:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            pages.extend(json.loads(line) for line in lines)
    used = {article["id"] for page in pages for article in page["articles"]}
    rarity = rarities(records("press/corpus"))
    labelled = examples(pages, rarity)
    members = []
    for seed in range(args.members):
        made = made_pages(records("press/corpus"), args.made, without=used, seed=seed)
        members.append(train(labelled, examples(made, rarity), epochs=args.epochs, seed=seed))
    params = stacked(members) | {"rarity": rarity}
    others = made_pages(records("press/corpus"), 3000, without=used, seed=args.members)
    np.savez(args.output, **params, **train_match([*others, *pages], params))


if __name__ == "__main__":
    main()
