"""What is known about a lead, as short blocks of text: the next-lead pane and the panes of a
call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from leadtui.cadence.qualification import Standing
from leadtui.clock import hour, with_hours
from leadtui.desk.core.views import CameWith, Fit, GateView, HistoryLine, LeadView, PhoneView
from leadtui.widgets import times
from leadtui.widgets.safe import MEMO, joined, shown

SOURCES = {"form": "on entry"}
"""Whence an answer is that no rep was told, in words."""
MARKS = {
    Standing.PASSES: ("✓", "$accent"),
    Standing.WARNS: ("!", "$warning"),
    Standing.FAILS: ("✗", "$warning"),
    Standing.STOPS: ("✗", "$error"),
    Standing.UNKNOWN: ("?", "$muted"),
}
"""What an answer does for a lead, as a sign and its colour."""
GATE_GLYPHS = {
    "clear": ("✓", "$accent"),
    "warn": ("▲", "$text-warning"),
    "blocked": ("■", "$text-error"),
}


def dotted(parts: Iterable[str], style: str = "") -> Content:
    """The parts that are not empty, with a middle dot between them."""
    return shown(" · ".join(part for part in parts if part), style)


def local_times(gate: GateView) -> Content:
    """``09:42 in Denver``, or every local time where the zone is in doubt."""
    return Content(" / ").join(
        [shown(f"{hour(local)} in {times.city(place)}") for place, local in gate.local_times[:3]]
    )


def gate_words(gate: GateView) -> Content:
    """What the gate says, with a glyph."""
    glyph, style = GATE_GLYPHS.get(gate.verdict, GATE_GLYPHS["blocked"])
    words = with_hours(gate.message) if gate.verdict != "clear" else "may call"
    return Content.assemble(
        (f"{glyph} ", style), shown(words, "" if gate.verdict == "clear" else style)
    )


def number(phone: PhoneView) -> Content:
    """A number as it is shown, with its extension, kind and state."""
    extension = f" x{phone.extension}" if phone.extension else ""
    state = "" if phone.status == "ok" else f"  {phone.status}"
    if not phone.valid and phone.status == "ok":
        state = "  unusual"
    return Content.assemble(
        shown(phone.shown + extension, "bold"),
        "  ",
        shown(phone.kind, "$muted"),
        shown(state, "$text-warning"),
    )


def who(lead: LeadView) -> Content:
    """Name, and title with company."""
    return joined(shown(lead.name, "bold"), dotted((lead.title, lead.company)))


def fit_marks(questions: Sequence[Fit]) -> Content:
    """``project ✓ budget ✗ …``: yes, no, with a warning, or not known."""
    parts = [
        Content.assemble(shown(question.short), " ", _fit_mark(question)) for question in questions
    ]
    return Content(" ").join(parts)


def _fit_mark(question: Fit) -> tuple[str, str]:
    return MARKS[question.standing]


def next_lead(lead: LeadView) -> Content:
    """The pane beside the queue."""
    phone = lead.phones[0] if lead.phones else None
    call = (
        [number(phone), local_times(phone.gate), gate_words(phone.gate)]
        if phone
        else [shown("no number", "$muted")]
    )
    blocks = [
        who(lead),
        dotted((*lead.company_facts, lead.place), "$muted"),
        "",
        *call,
        "",
        dotted(lead.enrolments[:2]),
        Content.assemble(
            ("score ", "$muted"), str(lead.score), ("   fit ", "$muted"), str(lead.fit_score)
        ),
        dotted(lead.responses[:2], "$muted"),
        kits(lead),
        refusals(lead),
        shown(f"{lead.holder} has it open", "$text-warning") if lead.holder else "",
        "",
        _last(lead),
        fit_marks(lead.fit),
    ]
    return Content("\n").join(_tight(blocks))


def compact_lead(lead: LeadView) -> Content:
    """The same in few lines, for a low window."""
    phone = lead.phones[0] if lead.phones else None
    gate = Content("  ").join([local_times(phone.gate), gate_words(phone.gate)]) if phone else ""
    return joined(
        Content.assemble(shown(lead.name, "bold"), "  ", dotted((lead.title, lead.company))),
        Content("  ").join([number(phone), gate]) if phone else shown("no number", "$muted"),
        dotted((*lead.company_facts, *lead.enrolments[:1], f"score {lead.score}"), "$muted"),
        refusals(lead),
        _last(lead),
        fit_marks(lead.fit),
    )


def _last(lead: LeadView) -> Content | str:
    """The last memo; before there is one, the note that came with the lead."""
    if lead.last:
        return Content.assemble(("last ", "$muted"), shown(f"“{lead.last}”"))
    note = next((response.notes for response in lead.came_with if response.notes), "")
    return Content.assemble(("note ", "$muted"), shown(f"“{note}”")) if note else ""


def company(lead: LeadView) -> Content:
    """The company pane of a call."""
    return joined(
        shown(lead.company, "bold"),
        dotted((*lead.company_facts, lead.place), "$muted"),
        dotted(lead.enrolments),
        Content.assemble(
            ("score ", "$muted"), str(lead.score), ("  stage ", "$muted"), shown(lead.stage)
        ),
        dotted(lead.responses, "$muted"),
        kits(lead),
        dotted(lead.writable, "$muted"),
        refusals(lead),
    )


def kits(lead: LeadView) -> Content | str:
    """What they were sent because they asked for it, newest first."""
    if not lead.kits:
        return ""
    lines = [Content.assemble(("kit ", "$muted"), shown(kit.words)) for kit in lead.kits[:2]]
    return Content("\n").join(lines)


def refusals(lead: LeadView) -> Content:
    """What the person does not want, and what comes back: ``▲ no e-mail · a@b.example bounced``."""
    said = [f"no {what}" for what in lead.opted_out]
    said += [f"{address} bounced" for address in lead.bounced]
    said += lead.flagged
    return Content.assemble(("▲ ", "$text-warning"), dotted(said)) if said else Content("")


def came_with(responses: Sequence[CameWith]) -> Content:
    """What came with the lead, newest response first: the note, rating and scanner, the answers,
    every other column."""
    blocks: list[Content | str] = []
    for response in responses:
        scanned = f"scanned by {response.scanned_by}" if response.scanned_by else ""
        blocks += [
            shown(f"“{response.notes}”", limit=MEMO) if response.notes else "",
            dotted((response.rating, scanned), "$muted"),
            *(_cell(name, said) for name, said in (*response.qualifiers, *response.other)),
        ]
    return joined(*blocks) if any(blocks) else shown("Nothing but the address.", "$muted")


def _cell(name: str, said: str) -> Content:
    mark = " " if name.endswith("?") else ": "
    return Content.assemble(shown(f"{name}{mark}", "$muted"), shown(said, limit=MEMO))


def history(lines: Sequence[HistoryLine], where: str, limit: int = 50) -> Content:
    """The history of a lead, newest first."""
    zone = times.zone(where)
    rows = []
    for line in lines[:limit]:
        local = line.at.astimezone(zone)
        mark = f"{local.day:>2} {times.MONTHS[local.month - 1]} {hour(local)}"
        rows.append(
            Content.assemble(
                (mark, "$muted"),
                " ",
                shown(line.words),
                shown(f" ({line.who})" if line.who else "", "$muted"),
            )
        )
    return (
        Content("\n").join(rows)
        if rows
        else shown("Nothing yet: this is the first contact.", "$muted")
    )


def fit_lines(questions: Sequence[Fit], where: str) -> Content:
    """The qualification questions with their answers, dates and sources."""
    zone, rows = times.zone(where), []
    width = max((len(question.short) for question in questions), default=0) + 2
    for question in questions:
        label = shown(f"{question.short}?".ljust(width))
        if question.answer:
            told = question.source == "rep"
            source = (
                _when(question.at, zone) if told else SOURCES.get(question.source, question.source)
            )
            answer = shown(question.said or question.shown, "bold")
            mark = Content.styled(*MARKS[question.standing])
            rows.append(Content.assemble(label, mark, " ", answer, " ", shown(source, "$muted")))
        else:
            rows.append(Content.assemble(label, MARKS[Standing.UNKNOWN]))
    return Content("\n").join(rows)


def _when(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else times.day(at.astimezone(zone))


def _tight(blocks: Sequence[Content | str]) -> list[Content]:
    """Without empty blocks, except one between two others."""
    out: list[Content] = []
    for block in blocks:
        content = block if isinstance(block, Content) else Content(block)
        if content.plain or (out and out[-1].plain):
            out.append(content)
    return out
