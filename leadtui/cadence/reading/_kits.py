"""``kits.toml``: what is sent to whom asked for something, by e-mail or by post; and the files that
go with an e-mail."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from leadtui.cadence.model import Kit, Playbook
from leadtui.cadence.reading._proofs import never
from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.reading._tables import WHEN, by_key
from leadtui.cadence.reading.attachments import FOLDER, LARGEST, read_ticket
from leadtui.cadence.sources.keys import Key, Table
from leadtui.cadence.sources.places import Place, quoted, suggestion
from leadtui.cadence.spans import read_span
from leadtui.errors import PlaybookError

FILE = "kits.toml"

KIT = Table(
    FILE,
    "[[kit]]",
    "a kit",
    "What is sent to somebody who asked for something. Each kit that matches a response is planned "
    "once: by e-mail, or from a score on by post.",
    (
        Key("key", "name", "its name in lists and commands", '"failover-paper"', needed=True),
        Key("label", "text", "what people read", '"Failover paper"', needed=True),
        Key("version", "text", "which print or edition it is", '"2026-10"', needed=True),
        WHEN,
        Key(
            "interest",
            "texts",
            "one of these stands in an answer of the form or badge; `*` stands for anything",
            '["*replication*", "*failover*"]',
        ),
        Key("email", "text", "the e-mail that it goes with", '"kit-paper"'),
        Key(
            "attach",
            "texts",
            "files of the folder `attachments` that go with the e-mail",
            '["failover.pdf"]',
        ),
        Key("pieces", "texts", "what is packed for the post", '["Failover brochure, A4"]'),
        Key("letter", "text", "the letter on top of the pieces", '"kit-cover"'),
        Key(
            "hard_copy_from",
            "number",
            "by post from this score on, below it by e-mail",
            "80",
            high=1000,
        ),
        Key(
            "within",
            "span",
            "so soon after the response it is sent or packed",
            '"2 business days"',
            default="1 business day",
        ),
        Key(
            "again_after",
            "span",
            "nobody gets it twice within that time",
            '"12 months"',
            default="6 months",
        ),
    ),
)


def read_kits(reader: Reader) -> dict[str, Kit]:
    """``kits.toml``."""
    return by_key(reader, KIT, "key", _kit)


def _kit(row: Reader) -> Kit:
    said = row.all(KIT)
    for name in ("within", "again_after"):
        if not isinstance(said[name], str):
            continue
        said[name] = read_span(said[name])
    spans = {name: said.pop(name) for name in ("within", "again_after")}
    if not said["email"] and not said["pieces"]:
        row.wrong("email", "a kit goes by e-mail or by post; write 'email', 'pieces', or both")
    if said["attach"] and not said["email"]:
        row.wrong("attach", "files go with an e-mail; write 'email' too, or take 'attach' out")
    if said["letter"] and not said["pieces"]:
        row.wrong("letter", "a letter lies on what is packed; write 'pieces' too")
    if "hard_copy_from" in row.table and not said["pieces"]:
        row.wrong("hard_copy_from", "nothing of this kit goes by post; write 'pieces' too")
    if said["email"] and said["pieces"] and "hard_copy_from" not in row.table:
        row.wrong(
            "hard_copy_from",
            "this kit goes by e-mail and by post; write from which score on it goes by post",
        )
    return Kit(**said, **{name: span for name, span in spans.items() if span is not None})


def kit_problems(playbook: Playbook) -> Iterator[PlaybookError]:
    """Texts and files that the kits name and nobody has, files that nobody names, and conditions
    that cannot hold."""
    place = Place(FILE, (), playbook.files.get(FILE, ""))
    texts = {
        kind: [text.id for text in playbook.templates.values() if text.kind == kind]
        for kind in ("email", "letter")
    }
    there = [
        file.removeprefix(f"{FOLDER}/") for file in playbook.files if file.startswith(f"{FOLDER}/")
    ]
    for number, kit in enumerate(playbook.kits.values()):
        here = place.at("kit", number)
        for key, value, known, what in (
            ("email", kit.email, texts["email"], "e-mail"),
            ("letter", kit.letter, texts["letter"], "letter"),
            *(("attach", name, there, f"file of {FOLDER}/") for name in kit.attach),
        ):
            if value and value not in known:
                yield here.at(key).error(
                    f"the kit {quoted(kit.key)} names {quoted(value)}, which is no {what}; "
                    f"{_instead(value, known, what)}"
                )
        if never(kit.when):
            yield here.at("when").error(
                f"the kit {quoted(kit.key)} is never sent: its condition cannot hold; mend 'when'"
            )
    yield from _files(playbook, there)


def _instead(value: str, known: Collection[str], what: str) -> str:
    return suggestion(value, known) if known else f"there is no {what} yet; add it"


def _files(playbook: Playbook, there: Collection[str]) -> Iterator[PlaybookError]:
    named = {name for kit in playbook.kits.values() for name in kit.attach}
    for name in there:
        file = f"{FOLDER}/{name}"
        ticket = read_ticket(playbook.files[file])
        if name not in named:
            yield PlaybookError(
                file, 0, f"no kit sends this file; name it in 'attach' of {FILE}, or move it out"
            )
        elif not ticket.size:
            yield PlaybookError(file, 0, "the file is empty; save it again")
        elif ticket.size > LARGEST:
            yield PlaybookError(
                file,
                0,
                f"the file has {ticket.size:,} bytes, where {LARGEST:,} are the most that mail "
                "servers take everywhere; make it smaller, or let the e-mail link to it",
            )
