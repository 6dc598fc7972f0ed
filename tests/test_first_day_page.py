"""The page of a team's first day, played as it stands: a shared floor, and PostgreSQL."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import GATE
from tests.first_day_player import blocks

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "first-day.md"
WORLD = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
"""Folders, network and processes of its own: what is started there ends with it."""
NEEDS = ("unshare", "ip", "useradd", "groupadd", "runuser", "install", "cc")
IN_HOURS = (str(ROOT / "scripts" / "at"), "2027-03-09 16:00 UTC")
"""A Tuesday's ten o'clock in Chicago, since at night nobody is called."""


def _may() -> bool:
    """Whether several accounts can be made here without touching this machine's."""
    if os.name != "posix" or os.getuid() or not all(map(shutil.which, NEEDS)):
        return False
    return not subprocess.run([*WORLD, "true"], check=False, capture_output=True).returncode


def played(section: str) -> list[tuple[str, int, str]]:
    """What each block of a section came to: account, exit code, output."""
    with tempfile.TemporaryDirectory(prefix="leadtui-world-") as folder:
        Path(folder).chmod(0o755)
        player = [sys.executable, "-W", "ignore", str(ROOT / "tests" / "first_day_player.py")]
        done = subprocess.run(
            [*IN_HOURS, *WORLD, *player, str(PAGE), section, folder],
            check=False,
            capture_output=True,
            text=True,
            timeout=800,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["seconds"] < 600, "the page promises ten minutes"
    return [tuple(block) for block in told["blocks"]]


@pytest.mark.parametrize(
    ("section", "accounts"),
    [
        ("One machine", {"root", "mira", "dana", "ali"}),
        ("PostgreSQL", {"postgres", "mira", "dana"}),
    ],
)
def test_the_page_has_a_part_for_each_account(section, accounts):
    """A block without its account would never be played."""
    text = PAGE.read_text(encoding="utf-8")
    part = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]

    assert {login for login, _ in blocks(text, section)} == accounts
    assert part.count("```") == 2 * len(blocks(text, section))


@pytest.mark.timeout(900)
@pytest.mark.skipif(not _may(), reason="making accounts apart from the machine's needs root")
@pytest.mark.skipif(not GATE, reason="half a minute each: at the gate")
@pytest.mark.parametrize("section", ["One machine", "PostgreSQL"])
def test_each_command_goes_as_it_stands_on_the_page(section):
    """Every block ends with 0, both reps have half of the leads, and nobody else gets in."""
    told = played(section)
    outsiders = [block for block in told if block[0] == "eve"]
    others = [block for block in told if block[0] != "eve"]

    assert {code for _, code, _ in others} == {0}, told
    queues = {login: said for login, _, said in others if login in {"dana", "ali"}}
    mine = {
        login: {name for name in ("Okafor", "Weiss", "Raman", "Ito") if name in said}
        for login, said in queues.items()
    }
    assert {len(names) for names in mine.values()} == {2}
    assert not mine["dana"] & mine["ali"]
    assert all(code == 1 and "may not be entered" in said for _, code, said in outsiders)
    assert bool(outsiders) == (section == "One machine")
