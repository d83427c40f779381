"""A model as a folder: arrays, a manifest that vouches for every byte of them, and a card."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.arguments import a_model, a_path
from pdclassify.errors import ModelFileError, UsageError
from pdclassify.topics.calibration import calibration_from_dict
from pdclassify.topics.features import Features, Field
from pdclassify.topics.layers import Layer
from pdclassify.topics.members import CARD, MANIFEST, VERSION, read_folder, write_folder
from pdclassify.topics.model import Primary, TopicModel
from pdclassify.topics.shipped import default, shipped
from pdclassify.topics.subject import Subject

__all__ = ["CARD", "MANIFEST", "VERSION", "load", "save", "shipped", "verify"]


def save(
    model: TopicModel,
    path: str | os.PathLike[str],
    *,
    card: str | None = None,
    packages: Mapping[str, str] | None = None,
) -> TopicModel:
    """Write a model's folder: all of it, or nothing.

    Parameters
    ----------
    model : TopicModel
    path : path-like
        The folder; an earlier model there is replaced, anything else is left alone.
    card : str, optional
        The text of ``MODEL_CARD.md``, which no digest covers.
    packages : mapping of str to str, optional
        Versions of what trained the model; by default those of what is installed here.

    Returns
    -------
    TopicModel
        The model as read back from the folder.

    Raises
    ------
    ModelFileError
        If something that is not a model stands at ``path``.
    OutputError
        If the folder cannot be written.
    """
    a_model("model", model, needed=True)
    target = a_path("path", path)
    arrays: dict[str, NDArray[Any]] = {}
    fields = []
    for layer in model.layers:
        name = layer.features.field.name
        arrays[f"{name}.codes.npy"] = layer.features.vocabulary.codes
        arrays[f"{name}.idf.npy"] = layer.features.idf
        arrays[f"{name}.weights.npy"] = layer.weights
        told = {**layer.features.field.to_dict(), "scale": layer.scale.tolist()}
        if (subject := layer.subject) is not None:
            arrays[f"{name}.subject.terms.npy"] = subject.terms.astype(np.uint32)
            arrays[f"{name}.subject.weights.npy"] = subject.weights
            arrays[f"{name}.subject.forms.npy"] = subject.forms.reshape(-1, len(subject.scale))
            told["subject"] = {"scale": subject.scale.tolist()}
        fields.append(told)
    facts = {
        "name": model.name,
        "topics": model.topics,
        "multilabel": model.multilabel,
        "fields": fields,
        "intercept": model.intercept.tolist(),
        "calibration": model.calibration.to_dict(),
        "thresholds": dict(model.thresholds),
        "primary": model.primary.to_dict(),
        "min_chars": model.min_chars,
        "packages": dict(_installed() if packages is None else packages),
        "info": dict(model.info),
    }
    write_folder(target, facts, arrays, card)
    return load(target)


def load(path: str | os.PathLike[str] | None = None) -> TopicModel:
    """Read a model, after checking every byte of it.

    Parameters
    ----------
    path : path-like, optional
        The model's folder; by default the shipped ``party-press``.

    Returns
    -------
    TopicModel
        Its arrays are mapped into memory, not read.

    Raises
    ------
    ModelFileError
        If the folder is not a model, is damaged, or was made for another version of pdclassify.
    """
    folder = default() if path is None else a_path("path", path)
    manifest, arrays = read_folder(folder)
    try:
        return _assemble(folder, manifest, arrays)
    except (UsageError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelFileError(
            f"{folder / MANIFEST}: does not describe a model that can be used:"
            f" {type(error).__name__}: {error}; get it or train it again."
        ) from error


def verify(path: str | os.PathLike[str]) -> list[str]:
    """Say in words what was checked in a model's folder.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of str
        One line a check; all of them passed.

    Raises
    ------
    ModelFileError
        At the first check that fails.
    """
    folder = a_path("path", path)
    manifest, _ = read_folder(folder)
    model = load(folder)
    lines = [
        f"{MANIFEST}: format version {manifest['format_version']}, SHA-256 {model.digest}, as it"
        " says of itself",
        *(
            f"tokenizer {name}: its table is the one of this pdclassify"
            for name in manifest["tokenizers"]
        ),
    ]
    for name, told in manifest["members"].items():
        shape = " x ".join(map(str, told["shape"]))
        lines.append(f"{name}: {told['size']:,} bytes, {told['dtype']} {shape}, SHA-256 as listed")
    lines.append("no other files and no links; nothing in the folder can run")
    if not (folder / CARD).is_file():
        lines.append(f"{CARD}: not there; nothing says what the model was trained on")
    return lines


def _assemble(
    folder: Path, manifest: dict[str, Any], arrays: dict[str, NDArray[Any]]
) -> TopicModel:
    """Make the model of its parts, checking that they fit each other."""
    topics = manifest["topics"]
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise UsageError("topics must be a list of names")
    if type(manifest["multilabel"]) is not bool or type(manifest["min_chars"]) is not int:
        raise UsageError("multilabel must be true or false, min_chars a whole number")
    layers = []
    for told in manifest["fields"]:
        scale = _finite("scale", np.array(told.pop("scale"), dtype=np.float64))
        about = told.pop("subject", None)
        field = Field.from_dict(told)
        codes = arrays.pop(f"{field.name}.codes.npy")
        idf = _finite("idf", arrays.pop(f"{field.name}.idf.npy"))
        weights = _finite("weights", arrays.pop(f"{field.name}.weights.npy"))
        if (codes.ndim, weights.ndim) != (1, 2) or idf.shape != codes.shape or (idf < 0).any():
            raise UsageError(f"the arrays of the field {field.name} do not fit each other")
        if not (codes[1:] > codes[:-1]).all():
            raise UsageError(f"the terms of the field {field.name} are not in order")
        subject = None if about is None else _subject(field.name, about, arrays, codes)
        layers.append(Layer(Features(field, codes, idf), weights, scale, subject))
    if arrays:
        raise UsageError(f"no field uses {', '.join(sorted(arrays))}")
    return TopicModel(
        name=str(manifest["name"]),
        topics=topics,
        multilabel=manifest["multilabel"],
        layers=layers,
        intercept=_finite("intercept", np.array(manifest["intercept"], dtype=np.float64)),
        calibration=calibration_from_dict(manifest["calibration"], len(topics)),
        thresholds=manifest["thresholds"] or None,
        primary=Primary.from_dict(manifest["primary"]),
        min_chars=manifest["min_chars"],
        info=manifest["info"],
        path=folder,
        digest=manifest["sha256"],
    )


def _subject(
    name: str, told: dict[str, Any], arrays: dict[str, NDArray[Any]], codes: NDArray[np.uint64]
) -> Subject:
    """Make a field's subject of its parts."""
    scale = _finite("scale", np.array(told.pop("scale"), dtype=np.float64))
    terms = arrays.pop(f"{name}.subject.terms.npy")
    weights = _finite("weights", arrays.pop(f"{name}.subject.weights.npy"))
    forms = _finite("forms", arrays.pop(f"{name}.subject.forms.npy"))
    if told or (scale.ndim, terms.ndim, weights.ndim, forms.ndim) != (1, 1, 2, 2) or not len(scale):
        raise UsageError(f"the subject of the field {name} is not one")
    return Subject(
        len(codes), terms.astype(np.int64), weights, scale, forms.reshape(-1, *[len(scale)] * 2)
    )


def _finite(name: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return numbers, or raise ``UsageError`` where one is none."""
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise UsageError(f"{name}: not every one is a number")
    return values


def _installed() -> dict[str, str]:
    """Return the versions of what a model is made with."""
    from importlib import metadata  # 15 ms that only saving needs

    found = {}
    for name in ("pdclassify", "numpy", "scipy", "scikit-learn"):
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
