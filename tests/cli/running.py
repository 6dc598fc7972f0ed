"""Running commands in this process or as a program, on a demo floor whose clock stands in
LEADTUI_NOW."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import leadtui
from leadtui.cli import main

NOW = "2026-11-23T16:40:30Z"
"""Monday 23 November 2026, 10:40 in Chicago, 09:40 in Denver."""


@dataclass(frozen=True)
class Ran:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str

    @property
    def data(self):
        """The JSON document on standard output."""
        assert self.code == 0, self
        return json.loads(self.out)


class Line:
    """A command line on one floor."""

    def __init__(self, floor: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.floor, self.capsys = floor, capsys

    def __call__(self, *words, rep: str = "dana", floor: bool = True) -> Ran:
        """Run a command in this process, as ``rep`` on this floor unless told otherwise."""
        given = [str(word) for word in words]
        given += ["--floor", str(self.floor)] if floor else []
        given += ["--rep", rep] if rep else []
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(given)
        said = self.capsys.readouterr()
        return Ran(int(ended.value.code or 0), said.out, said.err)


def refused(ran: Ran, code: int = 1) -> str:
    """A refusal is one line on standard error and nothing else; the line is handed back."""
    assert (ran.code, ran.out) == (code, ""), ran
    assert ran.err.endswith("\n")
    assert ran.err.count("\n") == 1, ran.err
    assert ran.err.startswith("leadtui: ")
    assert "Traceback" not in ran.err
    assert "something went wrong" not in ran.err, ran.err
    return ran.err


def program(*words, env=None, **given) -> subprocess.CompletedProcess[str]:
    """Run the program as a user's shell would."""
    command = [sys.executable, "-m", "leadtui", *map(str, words)]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=100, env=around(env), **given
    )


def around(env=None) -> dict[str, str]:
    """The environment of a program: this checkout, the demo's clock, and what the test adds."""
    return {
        **os.environ,
        "PYTHONPATH": str(Path(leadtui.__file__).parents[1]),
        "LEADTUI_NOW": NOW,
        **(env or {}),
    }


AS_NOBODY = """
import io, os, sys
from contextlib import redirect_stdout, redirect_stderr
from leadtui.cli import main

def run(*words):
    try:
        main(list(words))
    except SystemExit as ended:
        return ended.code

warm, floor, *words = sys.argv[1:]
with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
    run(*(word.replace("FLOOR", warm) for word in words))
if os.getuid() == 0:  # every file is open to root: now that all is imported, become somebody else
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(run(*(word.replace("FLOOR", floor) for word in words)))
"""


def as_nobody(warm: Path, floor: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command once on the floor ``warm`` and then, as a user without rights, on ``floor``;
    what the second did."""
    command = [sys.executable, "-c", AS_NOBODY, str(warm), str(floor), *words]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=100, env=around(), cwd="/"
    )
