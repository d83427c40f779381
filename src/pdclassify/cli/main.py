"""``pdclassify COMMAND``: finds the command, and turns whatever happens into an exit code.

0: all done. 1: some records failed, each with its line. 2: wrong usage, or nothing could be read.
130: interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn, TextIO

import click

from pdclassify import __version__
from pdclassify.errors import PdclassifyError, unwritable

#: In the order of ``--help``; the modules are ``pdclassify.cli.<name>``.
COMMANDS = (
    "analyze",
    "predict",
    "summarize",
    "keywords",
    "split",
    "explain",
    "batch",
    "train",
    "evaluate",
    "models",
)

INTERRUPTED = 130

#: What writing to a full or failing disk ends with.
UNWRITTEN = (errno.ENOSPC, errno.EFBIG, errno.EIO)


class LazyGroup(click.Group):
    """A group that imports the module of a command only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pdclassify.cli.{cmd_name}").command
        return command


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="See 'pdclassify COMMAND --help' for the options of a command.",
)
@click.version_option(__version__, message="pdclassify %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Topics, summaries and keywords for the Chinese party press.

    A newspaper page, a record file or a folder of both goes in; for each article come out its
    topics (党建 party_building, 治理 governance, 作风 style, or none), a summary and keywords.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code; a failure is one line on stderr."""
    _speak_utf8(sys.stdout)
    _speak_utf8(sys.stderr)
    state: dict[str, Any] = {}
    arguments = list(sys.argv[1:] if args is None else args)
    try:
        with cli.make_context("pdclassify", arguments, obj=state) as context:
            code = cli.invoke(context) or 0
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        code = 0  # the reader has what it wanted
    except Exception as error:
        if state.get("verbose"):
            import traceback

            traceback.print_exc()
        code = _report(error)
    _leave(int(code))


def _speak_utf8(stream: TextIO | Any) -> None:
    """Write UTF-8 whatever the locale says; a lone surrogate becomes an escape that JSON knows."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _report(error: Exception) -> int:
    """Print an error as one line and return the exit code that goes with it."""
    code = 2
    if isinstance(error, PdclassifyError):
        message, code = str(error), error.exit_code
    elif isinstance(error, click.UsageError):
        message = error.format_message()
        if error.ctx is not None:
            message += f" (see '{error.ctx.command_path} --help')"
    elif isinstance(error, click.ClickException):
        message = error.format_message()
    elif isinstance(error, OSError):
        message = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        if not error.filename and error.errno in UNWRITTEN:  # files say their names
            message = str(unwritable("standard output", error))
    else:
        message = f"{type(error).__name__}: {error} (this is a fault of pdclassify; -v shows where)"
    from pdclassify.cli.stream import say

    say(message)
    return code


def _leave(code: int) -> NoReturn:
    """Exit; what a closed pipe no longer takes is dropped without a word, what a full disk with."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError) and code == 0:
            code = _report(error)
        # Python flushes once more on its way out: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
