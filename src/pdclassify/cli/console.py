"""The console that tables are printed on."""

from __future__ import annotations

import sys
from typing import TextIO

from rich import console

__all__ = ["Console"]


class Console(console.Console):
    """One that prints text as it is, on standard output if no ``file`` is given."""

    def __init__(self, file: TextIO | None = None) -> None:
        super().__init__(file=file or sys.stdout, highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Leave a reader who has gone to ``main``: rich would exit here, with 1 and not a word."""
        raise  # rich calls this while it handles the error
