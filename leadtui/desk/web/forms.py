"""A form becomes a lead: read like a row of a file, answers and consents by the playbook's mapping,
in one transaction with the note that it was accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from leadtui.cadence.model import Consent, Playbook
from leadtui.desk.core.context import Context
from leadtui.desk.intake.consenting import HEADER, record, worded
from leadtui.desk.intake.files.options import ReadingRules
from leadtui.desk.intake.files.rows import RowReader
from leadtui.desk.intake.responding import Brought, Made, bring_in
from leadtui.desk.web.posts import (
    Accepted,
    Mistakes,
    Post,
    Ready,
    accept,
    check_size,
    keep,
    offer_of,
    page_of,
    shown,
    time_of,
    trapped,
)
from leadtui.errors import LeadtuiError
from leadtui.sheets.cells import letters
from leadtui.sheets.fields import granted, read_emails, refused
from leadtui.sheets.headers import Columns, find_columns, header_field
from leadtui.sheets.incoming import IncomingLead, Rejection
from leadtui.sheets.phones import read_phones
from leadtui.sheets.places import country_code
from leadtui.sheets.reading import Row, Table
from leadtui.store import importing, leads
from leadtui.store.engine.tables import ImportBatch, WebSource
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import fold, words

OWN = frozenset(words("_token _id _offer _page _next _at _url"))
"""Fields that say something of the post."""
_OURS = frozenset(
    words("scanned_at scanned_by rating external_id source event status test country_code")
)
"""Fields of files that are not for whoever fills in a form: there they are answers like others."""
WEB = importing.WEB
_TAKEN = ("leadtui", letters(HEADER))
"""Begin names that stand for something else in a row."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says, read."""

    row: IncomingLead
    offer: str
    page: str


def take(context: Context, posts: Sequence[Post]) -> list[Accepted | LeadtuiError]:
    """Accept forms: each once, and whole or not at all; what became of each."""

    def read(session: Any, source: WebSource, post: Post, now: datetime) -> Form:
        return _read(context, context.playbook(session), source, post, now)

    def bring(unit: Unit, ready: Sequence[Ready[Form]]) -> list[Accepted]:
        # One at a time is the rule; those that came in one moment are taken back together.
        made: Made = {}
        batch = _open(unit, ready)
        found: dict[int, Brought] = {}
        for offer in dict.fromkeys(one.said.offer for one in ready):
            places = [place for place, one in enumerate(ready) if one.said.offer == offer]
            rows = [ready[place].said.row for place in places]
            brought = bring_in(context, unit, offer, rows, batch_id=batch.id, ids=made)
            found |= dict(zip(places, brought, strict=True))
        kept = [
            _kept(context, unit, one, found[place], int(batch.id or 0))
            for place, one in enumerate(ready)
        ]
        kinds = Counter(one.kind for one in found.values())
        seq = kept[-1][1]
        batch.counts = {**kinds, WEB: 1, "made": made, "seq": seq, "seqs": [seq]}
        return [accepted for accepted, _ in kept]

    return accept(context, posts, read, bring)


def _open(unit: Unit, ready: Sequence[Ready[Form]]) -> ImportBatch:
    """The import that these forms are, so that they can be taken back like a file."""
    first = ready[0]
    names = ", ".join(dict.fromkeys(one.source.name for one in ready))
    batch = ImportBatch(
        file_name=f"web form {names}",
        sha256=f"{WEB} {first.source.id} {first.digest}",
        offer=first.said.offer,
        source=first.source.name,
        counts={WEB: 1},
        rejects=[],
        at=unit.now,
        by_id=unit.actor.person,
    )
    unit.session.add(batch)
    unit.session.flush()
    return batch


def _kept(
    context: Context, unit: Unit, one: Ready[Form], found: Brought, batch_id: int
) -> tuple[Accepted, int]:
    """What became of a form, and its entry: the last one of all has what rows were before."""
    form, source = one.said, one.source
    _say(context, unit, source, form, found)
    keep(unit, one, "form", offer=form.offer, page=form.page)
    about = {"source": source.id, "lead": found.lead_id, "response": found.response_id}
    seq = unit.log(
        Event.WEB_FORM,
        subjects={**about, "batch": batch_id},
        codes={Code.NAME: source.name, Code.OFFER: form.offer, Code.KIND: found.kind},
    )
    return Accepted(source.name, found.kind, found.lead_id, on=one.on), seq


def _say(context: Context, unit: Unit, source: WebSource, form: Form, found: Brought) -> None:
    """The consents of a form, and that somebody is suppressed, where who works on the lead
    looks."""
    if found.lead_id is None:
        return
    if found.blocked:
        note = "do-not-call, or erased and not to be reached again: came in blocked"
        leads.add_event(unit, found.lead_id, "suppressed", note=note)
    about = {"source": source.id}
    record(context, unit, found.lead_id, form.row, subjects=about, source={Code.NAME: source.name})


def _read(context: Context, book: Playbook, source: WebSource, post: Post, now: datetime) -> Form:
    """The form as a row. Raises ``Mistakes`` with all that is wrong."""
    wrong = trapped(post.said) or check_size(post.said)
    if wrong:
        raise Mistakes(wrong)
    wrong += [
        f"the field {shown(name)} is unknown; of those that begin with '_' there are "
        f"{', '.join(sorted(OWN))}"
        for name in post.said
        if name.startswith("_") and name not in OWN
    ]
    offer, page = offer_of(source, post.said.get("_offer", "").strip()), page_of(post, wrong)
    at = time_of(post.said.get("_at", "").strip(), now, wrong)
    fields = {name: text for name, text in post.said.items() if name not in OWN and text.strip()}
    where = f"{page or source.name}, {at:%Y-%m-%d %H:%M} UTC, from {post.address or 'a program'}"
    consents = _consents(book, fields, where, wrong)
    asked = {fold(one) for question in book.questions for one in question.mapped_from}
    rules = ReadingRules(
        country=context.settings.country,
        zone=context.zone,
        now=now,
        source=source.name,
        offer=offer,
    )
    row = _row(fields, rules, wrong)
    if row is None or wrong:
        raise Mistakes(wrong)
    answers = {name: text for name, text in fields.items() if fold(name) in asked}
    extra = {name: text for name, text in row.extra.items() if name not in answers}
    row = replace(
        row,
        inquiry_at=at,
        calls_consent=row.calls_consent or any(one.channel == "call" for one, _ in consents),
        qualifiers={**row.qualifiers, **answers},
        extra={**extra, **{f"{HEADER}{one.key}": said for one, said in consents}},
    )
    return Form(row, offer, page)


def _consents(
    book: Playbook, fields: dict[str, str], where: str, wrong: list[str]
) -> tuple[tuple[Consent, str], ...]:
    """What leave the form gives, taken out of its ``fields``."""
    found = []
    for consent in book.consents:
        names = {fold(one) for one in consent.mapped_from}
        for name in [name for name in fields if fold(name) in names]:
            text = fields.pop(name)
            if granted(text):
                found.append((consent, worded(consent, where)))
            elif refused(text):
                wrong.append(f"{name} {shown(text)}: tick a box with 'yes', or leave it away")
    return tuple(dict(found).items())


def _row(fields: Mapping[str, str], rules: ReadingRules, wrong: list[str]) -> IncomingLead | None:
    """The fields read as a row of a file; ``None``, with what is ``wrong``, where they are no
    lead."""
    if not fields:
        wrong.append(
            "the form is empty; a lead has an e-mail address, a number, or a name and firm"
        )
        return None
    header = tuple(f"f_{name}" if _is_ours(name) else name for name in fields)
    row = Row(1, tuple(fields.values()))
    columns = find_columns(header)
    before = len(wrong)
    _check(columns, header, row, rules.country, wrong)
    reader = RowReader(Table(header, (row,), (), "", ""), columns, rules, "the form")
    found = reader.read(row)
    if not isinstance(found, Rejection):
        return found
    if len(wrong) == before:
        wrong.append(f"this is no lead: {found.reason}")
    return None


def _is_ours(name: str) -> bool:
    known = header_field(name)
    return (known is not None and known[0] in _OURS) or letters(name).startswith(_TAKEN)


def _check(
    columns: Columns, header: tuple[str, ...], row: Row, home: str, wrong: list[str]
) -> None:
    """What a file would pass over with a remark is told: whoever filled in the form can mend it."""
    told = next((row.cells[index] for index in columns.fields.get("country", ())), "")
    country = country_code(told) or home
    for index in columns.fields.get("email", ()):
        for _, reason in read_emails(row.cells[index])[1]:
            said = shown(row.cells[index])
            wrong.append(f"{header[index]} {said}: {reason}; write it like jane@example.com")
    for name in ("phone", "mobile"):
        for index in columns.fields.get(name, ()):
            for _, reason in read_phones(row.cells[index], country).problems:
                said = shown(row.cells[index])
                wrong.append(f"{header[index]} {said}: {reason}; write it like +1 303 555 0142")
