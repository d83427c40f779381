"""What can go wrong, said so that a user knows what to do.

Every error names the place (file, record, byte), what was received and what to do about it. The
command line prints the message as one line and leaves with the error's ``exit_code``.
"""

from __future__ import annotations

__all__ = [
    "ConvergenceWarning",
    "DecodeError",
    "InputError",
    "ModelFileError",
    "NotFittedError",
    "OutputError",
    "PdclassifyError",
    "TrainingError",
    "UsageError",
    "WorkerError",
    "unwritable",
    "wrong",
]


#: How a parameter is named in a hint; the command line says the option alone. Both stand where a
#: message outlives the command, in ``errors.jsonl`` say.
BY_FIELDS = "fields={'text': …} (--text-field)"
BY_ENCODING = "encoding=… (--encoding)"


class PdclassifyError(Exception):
    """The base of every error that pdclassify raises on purpose."""

    exit_code = 2


class UsageError(PdclassifyError, ValueError, TypeError):
    """A parameter or option that cannot be what it is, be it of a wrong type or of a wrong value.

    It is both a ``ValueError`` and a ``TypeError``, so that who looks for either finds it.
    """


class InputError(PdclassifyError):
    """A file or folder that cannot be read at all."""


class OutputError(PdclassifyError):
    """A file or folder that cannot be written."""


class DecodeError(InputError):
    """Bytes that are not text in any encoding we accept.

    Parameters
    ----------
    source : str
        The file as the user named it.
    offset : int
        Byte offset in the (decompressed) file of the first byte that does not fit.
    detail : str
        What was tried and what to do.
    """

    def __init__(self, source: str, offset: int, detail: str) -> None:
        super().__init__(f"{source}: byte {offset}: {detail}")
        self.source = source
        self.offset = offset
        self._detail = detail

    def __reduce__(self) -> tuple[type[DecodeError], tuple[str, int, str]]:
        """Come back whole from another process."""
        return type(self), (self.source, self.offset, self._detail)


class ModelFileError(PdclassifyError):
    """A model folder that is damaged, of another format, or not a model at all."""


class TrainingError(PdclassifyError):
    """Labelled data from which no model can be learned."""


class NotFittedError(PdclassifyError, ValueError, AttributeError):
    """An estimator that is asked before it has learned."""


class WorkerError(PdclassifyError):
    """Worker processes that were killed, or that could not be kept alive."""


class ConvergenceWarning(UserWarning):
    """The power iteration reached its cap before its tolerance."""


def wrong(name: str, what: str, value: object, hint: str = "") -> UsageError:
    """Return the error of a parameter that must be something else; the ``hint`` says what to do.

    The command line knows a parameter by this wording, and says the option in its place.
    """
    got = f"{value!r}".replace("\n", " ")
    got = got if len(got) <= 60 else f"{got[:59]}…"
    plain = value is None or isinstance(value, bool | int | float | str | bytes)
    kind = "" if plain else f" ({type(value).__name__})"
    return UsageError(f"The {name!r} parameter must be {what}. Got {got}{kind} instead{hint}.")


def unwritable(path: object, error: OSError) -> OutputError:
    """Return the error of a file or folder that cannot be written."""
    return OutputError(
        f"{path}: cannot be written ({error.strerror or error}); make room, or what else is missing, "
        "or name another place."
    )
