"""What happens around a command: help, errors, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdclassify.cli import main as cli_main
from pdclassify.cli.main import COMMANDS, cli


@pytest.mark.parametrize("args", [(), ("--help",), ("-h",)])
def test_help_lists_every_command(pdclassify, args):
    """Without a command, or with --help, all commands are listed and the exit code is 0."""
    ran = pdclassify(*args)
    assert (ran.code, ran.err) == (0, "")
    for name in COMMANDS:
        assert f"\n  {name} " in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(pdclassify, name):
    """Every command has a help text with its options."""
    ran = pdclassify(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: pdclassify {name} ")
    if name != "models":
        for said in (".parquet", "- for standard input", "2 for wrong usage", "Default: text."):
            assert said in " ".join(ran.out.split())


def test_version(pdclassify):
    """--version prints the package's version."""
    from pdclassify import __version__

    assert pdclassify("--version").out == f"pdclassify {__version__}\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("predict",), "Missing argument 'INPUT...'"),
        (("predict", "--nonsense", "x"), "No such option"),
        (("keywords", "--top", "0", "x"), "--top"),
        (("split", "--format", "xml", "x"), "--format"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(pdclassify, args, said):
    """A wrong option or argument gives one line that names it and where help is, and exit 2."""
    ran = pdclassify(*args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert said in ran.err
    assert "--help" in ran.err


@pytest.fixture
def broken_split(monkeypatch):
    """Make ``split`` fail in the way that the test says."""

    def breaks(error: BaseException) -> None:
        def fail(ctx):
            raise error

        monkeypatch.setattr(cli.get_command(None, "split"), "invoke", fail)

    return breaks


def test_interrupt_is_exit_130(pdclassify, broken_split):
    """Ctrl-C ends with 130 and without a word."""
    broken_split(KeyboardInterrupt())
    ran = pdclassify("split", "x.txt")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_closed_pipe_is_quiet(pdclassify, broken_split):
    """A reader that has had enough is no error."""
    broken_split(BrokenPipeError())
    ran = pdclassify("split", "x.txt")
    assert (ran.code, ran.err) == (0, "")


def test_a_fault_is_one_line_without_v_and_a_traceback_with_it(pdclassify, broken_split):
    """An exception that nobody foresaw is one line; -v shows where it came from."""
    broken_split(ZeroDivisionError("oops"))
    ran = pdclassify("split", "x.txt")
    assert ran.code == 2
    assert ran.err == (
        "pdclassify: ZeroDivisionError: oops (this is a fault of pdclassify; -v shows where)\n"
    )
    assert "Traceback" in pdclassify("split", "-v", "x.txt").err


def test_a_full_disk_is_named(pdclassify, broken_split):
    """An error of the operating system says which file and why."""
    broken_split(OSError(28, "No space left on device", "out.jsonl"))
    assert pdclassify("split", "x.txt").err == "pdclassify: out.jsonl: No space left on device\n"


def test_commands_are_loaded_lazily():
    """The list of commands is known without importing their modules."""
    assert cli.list_commands(None) == list(COMMANDS)
    folder = Path(cli_main.__file__).parent
    assert all((folder / f"{name}.py").exists() for name in COMMANDS)
    assert cli.get_command(None, "options") is None


def test_models_alone_shows_its_help(pdclassify):
    """Like ``pdclassify`` alone, a group of commands says which there are."""
    ran = pdclassify("models")
    assert (ran.code, ran.err) == (0, "")
    assert "verify" in ran.out


def test_an_input_without_a_name_is_refused(pdclassify):
    """What an unset variable leaves behind is no file of that name."""
    ran = pdclassify("predict", "")
    assert (ran.code, ran.out) == (2, "")
    assert "INPUT must be a path" in ran.err
