#!/usr/bin/env python3
"""Verify an exported leadtui compliance log without leadtui: ``python verify_log.py EXPORT.jsonl
[WITNESS.json …]``.

It needs nothing but Python 3.8 or newer. The rule it recomputes is described in compliance-log.md.
Exit status: 0 the log holds, 1 it does not, 2 wrong use."""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import Any

PREFIX = b"leadtui-log-v1\0"
ZERO = bytes(32)


class Bad(Exception):
    """The first thing that does not hold."""


def stored(entry: dict[str, Any], name: str) -> bytes:
    """Return the bytes of a text as they stood in the database."""
    return (
        bytes.fromhex(entry[name + "_hex"])
        if name + "_hex" in entry
        else entry[name].encode("utf-8")
    )


def entry_hash(log_id: bytes, previous: bytes, entry: dict[str, Any]) -> bytes:
    """Return the hash that an entry must have behind ``previous``."""
    private = bytes.fromhex(entry["private_hash"])
    if len(private) != 32:
        raise Bad(f"entry {entry['seq']}: private_hash has {len(private)} bytes instead of 32")
    numbers = struct.pack(">qq", entry["seq"], entry["at"])
    author = hashlib.sha256(stored(entry, "recorded_by")).digest()
    return hashlib.sha256(
        PREFIX + log_id + previous + numbers + author + private + stored(entry, "body")
    ).digest()


def check_text(entry: dict[str, Any]) -> int:
    """Return 1 for a personal text that is what was logged, 0 for none."""
    if "text" not in entry:
        return 0
    salted = bytes.fromhex(entry["salt"]) + entry["text"].encode("utf-8")
    if len(bytes.fromhex(entry["salt"])) != 16:
        raise Bad(f"entry {entry['seq']}: the salt of the personal text has not 16 bytes")
    if hashlib.sha256(salted).hexdigest() != entry["private_hash"]:
        raise Bad(f"entry {entry['seq']}: the personal text is not the one that was logged")
    return 1


def read(text: str, where: str) -> dict[str, Any]:
    """Return the JSON object that a text is. Raises ``Bad``."""
    if not text.strip():
        raise Bad(f"{where} is empty: this is no whole export or witness")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Bad(f"{where} is not JSON: this is no whole export or witness") from None
    if not isinstance(found, dict):
        raise Bad(f"{where} is not a JSON object: this is no whole export or witness")
    return found


def check(lines: Iterator[str], witnesses: Iterable[dict[str, Any]]) -> tuple[int, str, int]:
    """Walk the lines of an export; return (entries, head in hex, personal texts checked). Raises
    ``Bad``."""
    header = read(next(lines, ""), "line 1")
    if header.get("rule") != "leadtui-log-v1":
        raise Bad("the first line does not name the rule leadtui-log-v1")
    log_id = bytes.fromhex(header["log_id"])
    marks: dict[int, set[str]] = {}
    for witness in witnesses:
        if bytes.fromhex(witness["log_id"]) != log_id:
            raise Bad("a witness is of another log: this is not the log that was seen")
        marks.setdefault(witness["seq"], set()).add(witness["hash"])
    seq, at, previous, texts, tail = 0, -(2**63), ZERO, 0, None
    for number, line in enumerate(lines, 2):
        entry = read(line, f"line {number}")
        if "seq" not in entry:
            tail = entry
            break
        if entry["seq"] != seq + 1:
            raise Bad(f"entry {seq + 1} is missing")
        if entry_hash(log_id, previous, entry) != bytes.fromhex(entry["hash"]):
            raise Bad(f"entry {seq + 1} does not hash to what it says")
        if entry["at"] < at:
            raise Bad(f"entry {seq + 1} is dated before the one it follows")
        texts += check_text(entry)
        seq, at, previous = entry["seq"], entry["at"], bytes.fromhex(entry["hash"])
        if marks.pop(seq, {previous.hex()}) != {previous.hex()}:
            raise Bad(
                f"entry {seq} is not the one that was witnessed: the chain up to it was "
                "computed anew"
            )
    if tail is None or tail.get("entries") != seq or tail.get("head") != previous.hex():
        raise Bad(f"the export breaks off after entry {seq}")
    if marks:
        raise Bad(f"entry {max(marks)} was witnessed, but the log ends at {seq}")
    return seq, previous.hex(), texts


def main(arguments: list[str]) -> int:
    """Check one export against any number of witnesses; return the exit status."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    path = arguments[0]
    try:
        witnesses = []
        for path in arguments[1:]:
            with open(path, encoding="utf-8") as file:
                witnesses.append(read(file.read(), path))
        path = arguments[0]
        with open(path, encoding="utf-8", newline="\n") as file:
            entries, head, texts = check(iter(file), witnesses)
    except Bad as bad:
        print(f"BAD: {bad}")
        return 1
    except OSError as error:
        print(f"BAD: {path} cannot be read: {error.strerror}")
        return 1
    except UnicodeDecodeError:
        print(f"BAD: {path} is not UTF-8 text: this is no whole export or witness")
        return 1
    except KeyError as error:
        print(f"BAD: {path} lacks {error}: this is no whole export or witness")
        return 1
    except (ValueError, TypeError, AttributeError, struct.error):
        print(f"BAD: {path} holds a value of the wrong kind: this is no whole export or witness")
        return 1
    print(
        f"good: {entries} entries, head {head}, {texts} personal texts, {len(witnesses)} witnesses"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
