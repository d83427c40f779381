"""Words: named tokenizers, each with a dictionary of its own.

A trained model stores a tokenizer's name and the digest of its dictionary, never the object. The
words are those of jieba without its hidden Markov model (which invents words, and differently in
every implementation). rjieba, where installed, finds the same words twenty times faster; jieba
itself is the fallback. Of both we keep a private object: nothing is printed, nothing is written to
the temporary folder, and no global dictionary is read or changed.
"""

from __future__ import annotations

import re
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from hashlib import sha256
from importlib import import_module, resources
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, NamedTuple

from pdclassify.errors import UsageError

__all__ = ["Token", "Tokenizer", "names", "party_words", "tokenize", "tokenizer"]

#: What jieba puts through its dictionary; each other character is a word (``\r\n`` is one).
_HAN_BLOCK = re.compile(r"[\u4E00-\u9FD5a-zA-Z0-9+#&._%\-]+")
#: Characters that rjieba puts through its dictionary and jieba does not, and lone surrogates,
#: which it cannot take at all. None is in the dictionary, so to cut them out costs no word.
_FOREIGN = re.compile(
    "([\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff\ud800-\udfff\U00010000-\U0010ffff])"
)


class Token(NamedTuple):
    """A word and where it stands in the text, in characters."""

    word: str
    start: int
    end: int


class Tokenizer:
    """Cut text into words by jieba's stock dictionary and words of one's own.

    The words joined are the text: nothing is dropped, white space and punctuation are words too.

    Parameters
    ----------
    name : str
        What it is called in messages and in model files.
    words : mapping of str to int
        Words added to the stock dictionary, with their frequencies (of about 60 million).
    engine : {"rjieba", "jieba"} or None
        None takes rjieba where it is installed. The words are the same, the speed is not.
    """

    def __init__(
        self, name: str, words: Mapping[str, int] | None = None, *, engine: str | None = None
    ) -> None:
        if engine not in (None, "rjieba", "jieba"):
            raise UsageError(f"engine must be 'rjieba', 'jieba' or None. Got {engine!r} instead.")
        for word, frequency in (words or {}).items():
            if not _HAN_BLOCK.fullmatch(word) or frequency < 1:
                raise UsageError(
                    f"tokenizer {name!r}: a word of Han characters, letters and digits with a "
                    f"frequency of at least 1 is wanted. Got {word!r}: {frequency!r} instead."
                )
        self.name = name
        self.words = dict(words or {})
        self.engine = engine
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Tokenizer({self.name!r}, {len(self.words)} words of its own)"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.name, self.words, self.engine)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what decides the words: the stock dictionary's name and our own words."""
        own = "".join(f"{word} {self.words[word]}\n" for word in sorted(self.words))
        return sha256(f"jieba 0.42.1, no HMM\n{own}".encode()).hexdigest()

    def cut(self, text: str) -> list[str]:
        """Return the words of ``text``, which joined are ``text``."""
        cut = self._cut
        if _FOREIGN.search(text) is None:
            return cut(text)
        words: list[str] = []
        for place, piece in enumerate(_FOREIGN.split(text)):
            if place % 2:
                words.append(piece)
            elif piece:
                words += cut(piece)
        return words

    def tokenize(self, text: str) -> list[Token]:
        """Return the words of ``text`` with their places in it."""
        tokens: list[Token] = []
        end = 0
        for word in self.cut(text):
            start, end = end, end + len(word)
            tokens.append(Token(word, start, end))
        return tokens

    @cached_property
    def _cut(self) -> Callable[[str], list[str]]:
        """The engine's function, made when first needed, and once."""
        with self._lock:
            made: Callable[[str], list[str]] | None = self.__dict__.get("_cut")
            if made is None:
                made = _make_cut(self.words, self.engine)
                self.__dict__["_cut"] = made
            return made


def _rebuild(name: str, words: dict[str, int], engine: str | None) -> Tokenizer:
    """Give an unpickled tokenizer back, the registered one where it is that."""
    if name in _REGISTRY and engine is None and tokenizer(name).words == words:
        return tokenizer(name)
    return Tokenizer(name, words, engine=engine)


def _make_cut(words: Mapping[str, int], engine: str | None) -> Callable[[str], list[str]]:
    """Return a function from text to words, by the engine asked for."""
    if engine != "jieba" and find_spec("rjieba") is not None:
        fast = _rjieba().Jieba()
        for word, frequency in words.items():
            fast.add_word(word, frequency, "n")
        cut: Callable[..., list[str]] = fast.cut
        return lambda text: cut(text, False)
    if engine == "rjieba":
        raise UsageError("rjieba is not installed: pip install rjieba, or leave engine to None.")
    slow = _jieba_tokenizer(words)
    return lambda text: list(slow.cut(text, HMM=False))


def _rjieba() -> ModuleType:
    """Return rjieba's extension module without its package, which loads a second dictionary."""
    full = "rjieba.rjieba"
    if full not in sys.modules:
        package = find_spec("rjieba")
        places = package.submodule_search_locations if package else None
        spec = PathFinder.find_spec(full, places)
        if spec is None or spec.loader is None:  # laid out otherwise than we know
            return import_module("rjieba")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[full] = module
    return sys.modules[full]


def _jieba_tokenizer(words: Mapping[str, int]) -> Any:
    """Return a jieba tokenizer whose dictionary is filled by us: no log, no cache file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pkg_resources; escapes in jieba's regular expressions
        import jieba

    frequencies: dict[str, int] = {}
    total = 0
    stock = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    lines = (line.split(" ") for line in stock.strip().split("\n"))
    entries = ((word, int(count)) for word, count, *_ in lines)
    for word, count in [*entries, *words.items()]:
        total += count - frequencies.get(word, 0)
        frequencies[word] = count
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
    slow = jieba.Tokenizer()
    slow.FREQ, slow.total, slow.initialized = frequencies, total, True
    return slow


def party_words() -> dict[str, int]:
    """Return our own list: words of the party press that the stock dictionary cuts apart."""
    listed = resources.files("pdclassify.text").joinpath("party_words.txt")
    lines = listed.read_text(encoding="utf-8").splitlines()
    entries = (line.split(" ") for line in lines if line and not line.startswith("#"))
    return {word: int(frequency) for word, frequency in entries}


_REGISTRY: dict[str, Callable[[], Tokenizer]] = {
    "jieba": lambda: Tokenizer("jieba"),
    "jieba-party": lambda: Tokenizer("jieba-party", party_words()),
}


def names() -> tuple[str, ...]:
    """Return the names that :func:`tokenizer` knows."""
    return tuple(_REGISTRY)


@cache
def tokenizer(name: str = "jieba-party") -> Tokenizer:
    """Return the tokenizer of that name, always the same object; nothing is loaded yet.

    Parameters
    ----------
    name : {"jieba-party", "jieba"}
        With our list of party-press words, or the stock dictionary alone.

    Raises
    ------
    UsageError
        If there is no tokenizer of that name.
    """
    if name not in _REGISTRY:
        known = ", ".join(repr(known) for known in names())
        raise UsageError(f"tokenizer must be one of {known}. Got {name!r} instead.")
    return _REGISTRY[name]()


def tokenize(text: str, name: str = "jieba-party") -> list[Token]:
    """Return the words of ``text`` with their places, by the tokenizer of that name."""
    return tokenizer(name).tokenize(text)
