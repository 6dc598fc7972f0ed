"""Letters and kits by post: what is due becomes print-ready files and a list for the mailing house;
reps confirm letters as sent, and whoever packs a kit says so."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leadtui.cadence.personas import variants
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, sheet_of
from leadtui.desk.core.words import local
from leadtui.desk.messages.delivery import kit_now
from leadtui.desk.messages.letter_pages import Sheet, pdf_of, text_of
from leadtui.desk.messages.texts import field_values, ground, not_ours
from leadtui.desk.planning.mending import FIND_PLACE, has_place
from leadtui.desk.planning.planning import Planning
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.files import write_new
from leadtui.mail.rendering import body_text, one_line, render
from leadtui.sheets.cells import guarded
from leadtui.sheets.places import country_name
from leadtui.store import floor, lifecycle
from leadtui.store.engine.tables import Fulfilment, Rep, Touch
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import words

AHEAD = timedelta(days=14)
"""Letters that fall due within this are printed too, unless only what is due is asked for."""
LIST = "letters.csv"
COLUMNS = words("""
    file touch lead name company street city region postal_code country letter due kit version
    pieces
""")
CODE_FIRST = ("US", "CA", "AU", "GB", "IE", "IN")
"""Countries whose postal code follows the town."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One letter that lies in the folder now."""

    touch_id: int | None
    lead_id: int
    name: str
    file: str
    due: datetime
    as_text: bool = False
    """PDF was asked for, and no font has its characters."""
    kit_id: int | None = None
    """Of a kit, which has no touch: its number in 'kit list'."""


@dataclass(frozen=True, slots=True)
class Printing:
    """What a round of printing came to."""

    folder: Path | None
    letters: tuple[Printed, ...]
    refused: tuple[tuple[int, str, str], ...] = ()
    """(lead, name, reason) of what could not be printed."""


@dataclass(frozen=True, slots=True)
class _Ready:
    lead: LeadSheet
    page: Sheet
    template: str
    due: datetime
    touch_id: int | None = None
    kit: Fulfilment | None = None
    pieces: tuple[str, ...] = ()


def print_letters(
    context: Context,
    *,
    due_only: bool = False,
    out: Path | None = None,
    pdf: bool = True,
    font: Path | None = None,
) -> Printing:
    """Write every letter of this rep (a supervisor: of everybody), and the slips of the kits that
    wait to be packed, to a new folder, with ``letters.csv`` beside them.

    Nothing is marked as done: the rep confirms the step when the letter is in the post, and
    ``kits.done`` is for whoever packs. A lead
    without a postal address is refused, and somebody is asked to find one. No file that exists is
    overwritten."""
    now = context.now()
    until = now if due_only else now + AHEAD
    with context.store.read() as session:
        everybody = context.identity.role != "rep"
        owner = None if everybody else context.identity.id
        ready, refused = _prepare(context, session, lifecycle.letters(session, until, owner), now)
        kits = lifecycle.kits(session, way="post", owner_id=owner)
        packed, unpacked = _prepare_kits(context, session, kits, now)
    ready, refused = [*ready, *packed], [*refused, *unpacked]
    _mend(context, [lead_id for lead_id, _, why in refused if why == FIND_PLACE], now)
    said = tuple(
        (lead_id, name, "has no postal address" if why == FIND_PLACE else why)
        for lead_id, name, why in refused
    )
    if not ready:
        return Printing(None, (), said)
    folder = (
        out
        or context.settings.folder / "letters" / f"{local(now, str(context.zone)):%Y-%m-%d-%H%M%S}"
    )
    made = _write(ready, _folder(folder), now, pdf=pdf, font=font)
    _log(context, ready, now)
    return Printing(folder, made, said)


def _prepare(
    context: Context, session: Any, touches: Sequence[Touch], now: datetime
) -> tuple[list[_Ready], list[tuple[int, str, str]]]:
    ready: list[_Ready] = []
    refused: list[tuple[int, str, str]] = []
    for touch in touches:
        sheet = sheet_of(context, session, touch.lead_id)
        name = sheet.lead.full_name
        if not has_place(sheet):
            refused.append((sheet.id, name, FIND_PLACE))
            continue
        book, facts, _ = ground(context, sheet, touch)
        chosen = next(iter(variants(book, "letter", touch.template, facts, now)), None)
        if chosen is None:
            refused.append((sheet.id, name, f"no letter {touch.template!r} of the playbook fits"))
            continue
        rep = session.get(Rep, sheet.lead.owner_id) if sheet.lead.owner_id else None
        done = render(chosen, field_values(context, book, sheet, rep, now, chosen.language))
        if done.missing:
            refused.append((sheet.id, name, f"the text lacks {', '.join(done.missing)}"))
            continue
        page = _page(context, sheet, body_text(done.body), now)
        if foreign := not_ours(context, f"{page.sender}\n{page.body}"):
            refused.append((sheet.id, name, foreign))
            continue
        ready.append(_Ready(sheet, page, chosen.id, touch.due, int(touch.id or 0)))
    return ready, refused


def _prepare_kits(
    context: Context, session: Any, kits: Sequence[Fulfilment], now: datetime
) -> tuple[list[_Ready], list[tuple[int, str, str]]]:
    ready: list[_Ready] = []
    refused: list[tuple[int, str, str]] = []
    for row in kits:
        sheet = sheet_of(context, session, row.lead_id)
        name = sheet.lead.full_name
        book, kit = kit_now(context, session, row)
        if not has_place(sheet):
            refused.append((sheet.id, name, FIND_PLACE))
            continue
        body, template = f"{kit.label} ({row.version})\n\n" + "\n".join(kit.pieces), ""
        if kit.letter:
            facts = sheet.conditions()
            chosen = next(iter(variants(book, "letter", kit.letter, facts, now)), None)
            if chosen is None:
                why = f"no letter {kit.letter!r} of the playbook fits (kit {kit.key})"
                refused.append((sheet.id, name, why))
                continue
            rep = session.get(Rep, sheet.lead.owner_id) if sheet.lead.owner_id else None
            done = render(chosen, field_values(context, book, sheet, rep, now, chosen.language))
            if done.missing:
                lacks = ", ".join(done.missing)
                refused.append((sheet.id, name, f"the text of the kit {kit.key} lacks {lacks}"))
                continue
            body, template = body_text(done.body), chosen.id
        page = _page(context, sheet, body, now)
        if foreign := not_ours(context, f"{page.sender}\n{page.body}"):
            refused.append((sheet.id, name, foreign))
            continue
        ready.append(_Ready(sheet, page, template, row.due, kit=row, pieces=kit.pieces))
    return ready, refused


def _page(context: Context, sheet: LeadSheet, body: str, now: datetime) -> Sheet:
    settings = context.settings
    sender = " · ".join(
        one_line(part)
        for part in (settings.name, *settings.postal_address.splitlines())
        if part.strip()
    )
    day = local(now, settings.zone)
    return Sheet(
        sender,
        address_lines(sheet, settings.country),
        f"{day:%B} {day.day}, {day.year}",
        body,
        settings.country,
    )


def address_lines(sheet: LeadSheet, home: str) -> tuple[str, ...]:
    """The address as the post of its country wants it; the country's name where it is not
    ``home``."""
    lead, company = sheet.lead, sheet.company
    state = lead.region if lead.country in {"US", "CA", "AU"} else ""
    town = f"{lead.city}, {state}" if state else lead.city
    if lead.country == "GB":
        place = [lead.city, lead.postal_code]
    elif not lead.country or lead.country in CODE_FIRST:
        place = [f"{town} {lead.postal_code}"]
    else:
        place = [f"{lead.postal_code} {lead.city}"]
    abroad = country_name(lead.country).upper() if lead.country and lead.country != home else ""
    firm = company.name if company and company.name != lead.full_name else ""
    lines = (lead.full_name, firm, *lead.street.splitlines(), *place, abroad)
    return tuple(found for line in lines if (found := one_line(line)))


# -- files -----------------------------------------------------------------------------------------


def _folder(folder: Path) -> Path:
    if (folder / LIST).exists():
        raise WrongUse(f"--out {folder}: there are letters in it already; name a new folder")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LeadtuiError(
            f"{folder}: cannot be made ({error.strerror}); name another with --out"
        ) from error
    return folder


def _write(
    ready: Sequence[_Ready], folder: Path, now: datetime, *, pdf: bool, font: Path | None
) -> tuple[Printed, ...]:
    made: list[Printed] = []
    for one in ready:
        data = pdf_of(one.page, now, font) if pdf else None
        as_text = data is None
        number = f"{one.lead.id:06}-{one.kit.id if one.kit else one.touch_id}"
        kind = "kit" if one.kit else "letter"
        name = f"{kind}-{number}.{'txt' if as_text else 'pdf'}"
        write_new(folder / name, [text_of(one.page) if data is None else data])
        made.append(
            Printed(
                one.touch_id,
                one.lead.id,
                one.lead.lead.full_name,
                name,
                one.due,
                pdf and as_text,
                one.kit.id if one.kit else None,
            )
        )
    write_new(folder / LIST, [_list(ready, made).encode("utf-8-sig")])
    return tuple(made)


def _list(ready: Sequence[_Ready], made: Sequence[Printed]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one, printed in zip(ready, made, strict=True):
        lead, company = one.lead.lead, one.lead.company
        cells = (
            printed.file,
            str(printed.touch_id or ""),
            str(printed.lead_id),
            lead.full_name,
            company.name if company else "",
            lead.street,
            lead.city,
            lead.region,
            lead.postal_code,
            lead.country,
            one.template,
            f"{one.due:%Y-%m-%d}",
            one.kit.kit if one.kit else "",
            one.kit.version if one.kit else "",
            "; ".join(one.pieces),
        )
        writer.writerow([guarded(one_line(cell)) for cell in cells])
    return out.getvalue()


# -- what stays ------------------------------------------------------------------------------------


def _mend(context: Context, lead_ids: Sequence[int], now: datetime) -> None:
    """Ask for the postal addresses that are missing; a letter waits for its own."""
    if not lead_ids:
        return
    with context.write(now) as unit:
        planning = Planning(context, unit)
        for lead_id in dict.fromkeys(lead_ids):
            sheet = planning.sheet(lead_id)
            planning.data_fix(sheet, FIND_PLACE)
            planning.settle(sheet)
            unit.log(
                Event.LETTER_REFUSED, subjects={"lead": lead_id}, codes={Code.WHY: "no_address"}
            )


def _log(context: Context, ready: Sequence[_Ready], now: datetime) -> None:
    with context.write(now) as unit:
        for one in ready:
            floor.keep_text(unit, one.page.body)
            digest = hashlib.sha256(one.page.body.encode()).hexdigest()
            if one.kit is not None:
                unit.log(
                    Event.KIT_PRINTED,
                    subjects={"lead": one.lead.id, "kit": one.kit.id},
                    codes={Code.NAME: one.kit.kit},
                    hashes={"text": digest},
                )
                continue
            unit.log(
                Event.LETTER_PRINTED,
                subjects={"lead": one.lead.id, "touch": one.touch_id},
                codes={Code.TEMPLATE: one.template},
                hashes={"text": digest},
            )
