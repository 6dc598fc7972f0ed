"""Completion as bash asks for it, and the codes that help texts list."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import NOW, Line
from tests.conftest import share

TAB = """
eval "$(leadtui --show-completion)"
COMP_WORDS=({line})
[[ "{line}" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_leadtui_completion leadtui
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def tab(line: str, folder: Path) -> list[str]:
    """What bash offers when Tab is pressed at the end of a line; nothing else may be said."""
    said = subprocess.run(
        ["bash", "--norc", "-c", TAB.format(line=line)],
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LEADTUI_NOW": NOW,
        },
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.stderr == ""
    return said.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    share(
        [
            ("leadtui que", ["queue"]),
            ("leadtui lead ac", ["accept"]),
            ("leadtui confirm --out", ["--outcome"]),
            ("leadtui confirm --outcome NO_", ["NO_ANSWER"]),
            ("leadtui lead reject 1 --reason not", ["not_our_market"]),
            ("leadtui start 1 --rep ", []),
            ("leadtui start ", []),
            ("leadtui lead show 1 --rep ", []),
        ],
        4,
    ),
)
def test_tab_completes_without_a_floor(line: str, offered: list[str], tmp_path: Path) -> None:
    """Commands, options and the codes of the shipped playbook complete anywhere; what only a floor
    knows is not offered, and nothing is said."""
    assert tab(line, tmp_path)[:1] == offered[:1] if offered else not any(tab(line, tmp_path))


def test_tab_completes_what_a_floor_has(demo: Path) -> None:
    """People, leads, touches and offers are the floor's own; touches are those of the rep."""
    before = f"leadtui --floor {demo} "
    assert tab(f"{before}queue --rep ", demo)[:2] == ["ali", "dana"]
    assert tab(f"{before}lead show ", demo)[:3] == ["1", "2", "3"]
    hers, his = tab(f"{before}start --rep dana ", demo), tab(f"{before}start --rep ali ", demo)
    assert (len(hers), len(his)) == (5, 1)
    assert not set(hers) & set(his)
    assert tab(f"{before}lead add X --offer t", demo) == ["trial", "trade-show"]


def test_help_lists_the_codes_of_the_running_playbook(run: Line, demo: Path) -> None:
    """Every outcome and reason stands in the help with its meaning, of this floor's playbook where
    it has one."""
    shown = run("confirm", "--help").out
    assert "NO_ANSWER" in shown
    assert "Busy" in shown
    assert "Codes of --reason, with --no:" in shown
    assert "has_solution" in shown
    path = demo / "playbook" / "dispositions.toml"
    path.write_text(path.read_text().replace('"Busy"', '"Engaged tone"'))
    assert "Engaged tone" not in run("confirm", "--help").out
    assert run("playbook", "activate", rep="").code == 0
    assert "Engaged tone" in run("confirm", "--help").out


def test_help_is_as_wide_as_the_terminal(run: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sentence of the list of commands is cut, and a wide terminal is used."""
    monkeypatch.setenv("COLUMNS", "110")
    shown = run("--help").out
    assert "..." not in shown.partition("Commands:")[2]
    assert "else the first of the queue." in shown
    assert 85 < max(map(len, shown.splitlines())) <= 110


def test_next_is_a_document_with_nothing_due(run: Line) -> None:
    """The keys are those of a line of the queue, all of them null."""
    found = run("next", "--json", rep="mira").data
    assert found["touch"] is None
    assert {"lead", "action", "why", "due", "verdict"} <= set(found)
