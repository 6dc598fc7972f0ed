"""The command line: each command parses, calls the desk and prints."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import redirect_stderr
from typing import Any

_COMPLETE = "_LEADTUI_COMPLETE"
"""Set by the completion of a shell, to which shell's and what it asks."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


def main(arguments: list[str] | None = None) -> None:
    """Run a command line and exit with its code; no traceback reaches a user."""
    from leadtui.errors import LeadtuiError

    words = sys.argv[1:] if arguments is None else arguments
    _open_what_is_closed()
    if _COMPLETE in os.environ:
        sys.exit(_complete())
    try:
        _refuse_no_output()
        code = _bare(words) if _is_bare(words) else _run(words)
        sys.stdout.flush()
    except LeadtuiError as error:
        code = _say(str(error), error.exit_code)
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        _drop_output()
        code = 1
    except Exception as error:  # the last line of defence: one sentence, and the details in a file
        if os.environ.get("LEADTUI_DEBUG"):
            raise
        from leadtui.files import keep_details

        name = type(error).__name__
        code = _unwritten(error) or _say(
            _damaged()
            or f"something went wrong inside leadtui ({name}); {keep_details(error)}; nothing was "
            "changed that was not said to be",
            1,
        )
    sys.exit(code)


def _complete() -> int:
    """Answer a shell that completes a command line. Whatever goes wrong is not said: it would stand
    in the middle of what is being typed."""
    if not sys.stdout:
        return 1
    with open(os.devnull, "w", encoding="utf-8") as nothing, redirect_stderr(nothing):  # noqa: PTH123
        try:
            return _run([])
        except Exception:
            return 1


def _open_what_is_closed() -> None:
    """A shell may close standard input or error (``2>&-``): Python then has none, and the next file
    would get its place."""
    streams: Any = sys
    if streams.stdin is None:
        streams.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the program
    if streams.stderr is None:
        streams.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the program


def _refuse_no_output() -> None:
    """Refuse before anything is done what nobody could read."""
    from leadtui.errors import LeadtuiError

    output: Any = sys.stdout
    if output is None:
        raise LeadtuiError(
            "standard output is closed, so nothing was done; leave '>&-' away, or write "
            "'>/dev/null'"
        )


def _unwritten(error: Exception) -> int:
    """1, and a sentence, for an output that takes nothing more (a full disk); 0 for any other
    error.

    Whoever writes a file turns its errors into sentences of their own, and opening one names it;
    printing does neither."""
    if not isinstance(error, OSError) or error.filename is not None or error.errno not in _NO_ROOM:
        return 0
    _drop_output()
    return _say(
        f"the output cannot be written ({error.strerror}); what the command changed is "
        "changed all the same: send "
        "its "
        "output elsewhere, and see 'leadtui log show'",
        1,
    )


def _damaged() -> str:
    """The sentence for a floor in whose database something stands that leadtui never writes; else
    ``""``."""
    from leadtui.cli.common import where
    from leadtui.opening.bootstrap import stranger

    found = stranger(where().floor, where().database)
    return (
        f"the database is damaged ({found}): somebody worked on it; 'leadtui doctor' lists all "
        "such values and names the way back"
        if found
        else ""
    )


def _drop_output() -> None:
    """Nothing more is written, nor tried when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_bare(words: list[str]) -> bool:
    """No command: only the options that say which floor and who."""
    left = list(words)
    while left and left[0].partition("=")[0] in {"--floor", "--database", "--rep"}:
        left = left[1:] if "=" in left[0] else left[2:]
    return not left


def _bare(words: list[str]) -> int:
    """Open the call block, without the weight of the command tree."""
    from leadtui.cli.opening import open_app

    said: dict[str, str] = {}
    left = list(words)
    while left:
        name, joined, value = left.pop(0).partition("=")
        said[name.removeprefix("--")] = value if joined else (left.pop(0) if left else "")
    return open_app(said.get("floor", ""), said.get("database", ""), said.get("rep", ""))


def _run(words: list[str]) -> int:
    import typer

    from leadtui.cli.lazily import lazily
    from leadtui.cli.tree import build

    # Typer carries a Click of its own and exports only the outermost names of its exceptions.
    usage_error: Any = typer.BadParameter.__mro__[1]
    command = lazily(build())
    try:
        found = command.main(args=words, prog_name="leadtui", standalone_mode=False)
    except typer.Exit as error:
        return int(error.exit_code)
    except typer.Abort:
        return 130
    except usage_error as error:
        context = error.ctx
        if type(error).__name__ == "NoArgsIsHelpError":
            print(context.get_help())
            return 0
        path = context.command_path if context is not None else "leadtui"
        return _say(f"{error.format_message().rstrip('.')}; see '{path} --help'", 2)
    return found if isinstance(found, int) else 0


def _say(message: str, code: int) -> int:
    from leadtui.text import clean, masked

    print(f"leadtui: {clean(' '.join(masked(message).split()), 1000)}", file=sys.stderr)
    return code
