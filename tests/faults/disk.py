"""A disk under a power cut: what a program did to its database's files, and what a cut at some
moment leaves of them.

The program itself runs under ``strace``, which keeps every system call that writes, syncs,
shortens, makes or removes a file, with its bytes, in one order with what was written to the
terminal. Nothing of the program or of SQLite is replaced for it. From the recording a disk is built
that is as forgetful as a disk may be: what was synced is there; of everything else a random part,
in pieces of 512 bytes, with garbage where a file had grown; a file that was made or removed since
its folder was last synced may be there or not. The shared memory (-shm) is gone."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SECTOR = 512
CALLS = (
    "write,pwrite64,pwritev,pwritev2,ftruncate,fsync,fdatasync,"
    "rename,renameat,renameat2,unlink,unlinkat,mmap"
)
LINE = re.compile(r"(\d+) +(?:(\w+)\((.*)|<\.\.\. (\w+) resumed>(.*))$", re.DOTALL)
UNFINISHED = " <unfinished ...>"
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
FILE = re.compile(r"\d+<((?:\\x[0-9a-f]{2})*)>(?:\(deleted\))?")


@cache
def tracer() -> tuple[tuple[str, ...], str]:
    """The beginning of a command that records, and why there is none: ``("strace", …), ""`` or
    ``(), "why"``."""
    program = shutil.which("strace")
    if program is None:
        return (), "strace is not installed (apt-get install strace)"
    why = ""
    for options in (
        ("--seccomp-bpf", "-f"),
        ("-f",),
    ):  # the first leaves the other system calls at full speed
        found = subprocess.run(
            [program, *options, "-e", "trace=fsync", "true"], check=False, capture_output=True
        )
        if found.returncode == 0 and b"ptrace" not in found.stderr:
            return (program, *options, "-y", "-xx", "-s", "1048576", "-e", f"trace={CALLS}"), ""
        why = found.stderr.decode(errors="replace").strip().partition("\n")[0]
    return (), f"strace may not trace here: {why}"


@dataclass(frozen=True)
class Call:
    """A system call: ``write``, ``cut``, ``sync``, ``gone`` of a file by name; ``settled`` of the
    folder; ``said``."""

    kind: str
    name: str = ""
    place: int = 0
    """Where it was written, or the length that is left."""
    data: bytes = b""
    begun: int = 0
    """For a sync: how many calls had been made when it began; what came after that is not covered
    by it."""


def recorded(recording: Path, database: Path) -> list[Call]:
    """What a program did to a database's files and said on its terminal, in order.

    A write counts from its beginning and a sync from its end, which is as bad as it can be.
    """
    calls: list[Call] = []
    pending: dict[str, tuple[str, str, int]] = {}
    for line in recording.read_text(encoding="ascii").splitlines():
        found = LINE.match(line)
        if found is None:
            continue
        process, name, rest, resumed, tail = found.groups()
        if resumed:
            name, rest, begun = pending.pop(process)
            rest += tail
        else:
            begun = len(calls)
        ended = not rest.endswith(UNFINISHED)
        if not ended:
            rest = rest.removesuffix(UNFINISHED)
            pending[process] = (name, rest, begun)
        syncs = name in {"fsync", "fdatasync"}
        if ended if syncs else not resumed:
            calls += _understood(name, rest, begun, database)
    return calls


def _understood(name: str, rest: str, begun: int, database: Path) -> Iterator[Call]:
    """What one line of the recording means for the database, if anything."""
    paths = [Path(bytes.fromhex(each.replace("\\x", "")).decode()) for each in FILE.findall(rest)]
    texts = [(bytes.fromhex(text.replace("\\x", "")), cut) for text, cut in STRING.findall(rest)]
    ours = next((path.name for path in paths if _belongs(path, database)), "")
    if name == "write" and paths and str(paths[0]).startswith("/dev/pts/"):
        yield Call("said", data=texts[0][0])
    elif name == "mmap":
        assert not ours or "MAP_SHARED" not in rest or "PROT_WRITE" not in rest, (
            "written behind the recording's back"
        )
    elif name in {"fsync", "fdatasync"} and paths and paths[0] == database.parent:
        yield Call("settled", begun=begun)
    elif name.startswith("unlink"):
        path = Path(texts[-1][0].decode())
        if _belongs(path, database):
            yield Call("gone", path.name)
    elif name.startswith("rename"):
        assert not any(_belongs(Path(text.decode()), database) for text, _ in texts), (
            "a database is not renamed"
        )
    elif ours and name == "pwrite64":
        data, cut = texts[0]
        assert not cut, "a write is longer than what is recorded of it"
        yield Call("write", ours, int(rest.rsplit(",", maxsplit=1)[-1].partition(")")[0]), data)
    elif ours and name == "ftruncate":
        yield Call("cut", ours, int(rest.rpartition(", ")[2].partition(")")[0], 0))
    elif ours and name in {"fsync", "fdatasync"}:
        yield Call("sync", ours, begun=begun)
    else:
        assert not ours, f"{name} on {ours} is not understood"


def _belongs(path: Path, database: Path) -> bool:
    return path.parent == database.parent and path.name in {
        database.name,
        f"{database.name}-wal",
        f"{database.name}-journal",
    }


@dataclass
class Body:
    """The bytes of a file that are safe, and what was done to it since: ``(number of the call,
    call)``."""

    safe: bytearray = field(default_factory=bytearray)
    unsafe: list[tuple[int, Call]] = field(default_factory=list)


class Disk:
    """Files by name, as the calls make them, and what a cut would leave."""

    def __init__(self, folder: Path, database: str) -> None:
        names = [
            name
            for name in (database, f"{database}-wal", f"{database}-journal")
            if (folder / name).exists()
        ]
        self.safe: dict[str, Body] = {
            name: Body(bytearray((folder / name).read_bytes())) for name in names
        }
        """The folder as it was last synced."""
        self.now: dict[str, Body] = dict(self.safe)
        self.unsafe: list[tuple[str, Body | None]] = []
        """Files that were made (or, ``None``, removed) since."""
        self.number = 0

    def do(self, call: Call) -> None:
        """One call more."""
        if call.kind in {"write", "cut"}:
            if call.name not in self.now:
                self.now[call.name] = Body()
                self.unsafe.append((call.name, self.now[call.name]))
            self.now[call.name].unsafe.append((self.number, call))
        elif call.kind == "sync" and call.name in self.now:
            body = self.now[call.name]
            for _, each in (one for one in body.unsafe if one[0] < call.begun):
                _apply(body.safe, each)
            body.unsafe = [one for one in body.unsafe if one[0] >= call.begun]
        elif call.kind == "gone" and call.name in self.now:
            del self.now[call.name]
            self.unsafe.append((call.name, None))
        elif call.kind == "settled":
            self.safe, self.unsafe = dict(self.now), []
        self.number += 1

    def after_a_cut(self, folder: Path, dice: random.Random) -> None:
        """Write the database's files into ``folder`` as the power going now may leave them."""
        found = dict(self.safe)
        for name, body in self.unsafe[: dice.randint(0, len(self.unsafe))]:
            if body is None:
                found.pop(name, None)
            else:
                found[name] = body
        for old in folder.glob("*.db*"):
            old.unlink()
        for name, body in found.items():
            (folder / name).write_bytes(_left(body, dice))


def _apply(data: bytearray, call: Call) -> None:
    if call.kind == "cut":
        del data[call.place :]
        data.extend(bytes(call.place - len(data)))
        return
    data.extend(bytes(max(0, call.place - len(data))))
    data[call.place : call.place + len(call.data)] = call.data


def _left(body: Body, dice: random.Random) -> bytes:
    """What is safe, and of the rest some: whole, in sectors, or not at all."""
    data = bytearray(body.safe)
    share = dice.choice((0.0, 0.3, 0.8, 1.0))
    for _, call in body.unsafe:
        if dice.random() >= share:
            continue
        if call.kind == "write" and dice.random() < 0.3:
            _torn(data, call, dice)
        else:
            _apply(data, call)
    return bytes(data)


def _torn(data: bytearray, call: Call, dice: random.Random) -> None:
    """Some sectors of a write; where the file had grown for the others there may be anything."""
    start = call.place
    end = call.place + len(call.data)
    if dice.random() < 0.5 and end > len(data):
        data.extend(dice.randbytes(end - len(data)))
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if dice.random() < 0.5:
            _apply(
                data,
                Call("write", place=start, data=call.data[start - call.place : stop - call.place]),
            )
        start = stop
