"""What a text says that may not be so when it is read: a day that no calendar gave, a thing that
leadtui does not make. Told as notes, since only a person can tell a plan from a promise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadtui.cadence.model import Playbook, Template
from leadtui.cadence.reading.templates import split
from leadtui.cadence.sources.places import Place, quoted
from leadtui.errors import PlaybookError

_WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_WOCHENTAG = "(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag)"
_PERIOD = "(?:morning|afternoon|evening|week|month|quarter|spring|summer|autumn|winter)"
_LATELY = (
    rf"\b(?:tomorrow|yesterday|tonight|a (?:moment|minute)s? ago|just now"
    rf"|(?:a few|\w+) (?:minutes|hours|days|weeks|months) ago|in (?:two|three|four) days"
    rf"|this {_PERIOD}|(?:last|in|before|next) (?:spring|summer|autumn|fall|winter)"
    rf"|(?:on |by |until |next |before )?{_WEEKDAY})\b"
)
_KUERZLICH = (
    r"\b(?:morgen|übermorgen|gestern|vorhin|soeben|gerade eben|heute (?:früh|Morgen|Nachmittag)"
    r"|vor (?:wenigen|einigen|\w+) (?:Minuten|Stunden|Tagen|Wochen)|diese(?:n|r)? (?:Woche|Monat)"
    rf"|(?:im|letzten|vor dem) (?:Frühling|Frühjahr|Sommer|Herbst|Winter)|{_WOCHENTAG})\b"
)
DAYS = re.compile(f"{_LATELY}|{_KUERZLICH}", re.IGNORECASE)
GENERAL = re.compile(r"\b(?:a|an|any|every|each|einem|einen|jeden|jedem)\s+$", re.IGNORECASE)
"""What stands before a weekday that is any weekday: "test it on a Tuesday"."""
WRITTEN = re.compile(r"\b(?:today|heute)\b", re.IGNORECASE)
"""True when it is spoken, and maybe not when it is read."""
MADE = re.compile(
    r"\b(?:attached|attachment|enclosed|calendar invitation|invitation is on its way"
    r"|(?:one|with a|single) click|on the (?:back|reverse)|reverse side|im Anhang|anbei|beigefügt"
    r"|Kalendereinladung|(?:einem|einen) Klick|auf der Rückseite)\b",
    re.IGNORECASE,
)
CALLED = re.compile(
    r"\bI (?:have |just )*(?:called|phoned|rang|tried to (?:call|ring|reach))\b"
    r"|\b(?:habe|hatte) (?:versucht, )?(?:ich )?Sie (?:[^.?!]* )?(?:angerufen|anzurufen)\b",
    re.IGNORECASE,
)
"""A call that was perhaps never made: a lead without a number gets its e-mails too."""
ENCLOSED = re.compile(r"attached|attachment|enclosed|im Anhang|anbei|beigefügt", re.IGNORECASE)
"""What a text may say that goes with a kit."""
SHOWN = 10
FIELDS = "write the day as a field ($next_workday, $second_workday, $inquiry_day, $trial_ends …)"


def promises(playbook: Playbook) -> Iterator[PlaybookError]:
    """Each place of a text that speaks of a day by itself or of a thing that is not made; and the
    texts that a language lacks."""
    yield from _without_twin(playbook)
    after_a_call = {row.email for row in playbook.dispositions.values() if row.email}
    real = {kit.email for kit in playbook.kits.values() if kit.attach}
    real |= {kit.letter for kit in playbook.kits.values()}
    for template in playbook.templates.values():
        first = split(playbook.files[template.file])[2]
        subject = Place(template.file, (), split(playbook.files[template.file])[0]).at("subject")
        # What goes with a kit has its files, or lies on its pieces.
        with_kit = bool({template.id, template.variant_of} & (real - {""}))
        for line in template.subject.splitlines():
            yield from _line(template, line, subject.where(), with_kit=with_kit)
        for number, line in enumerate(template.body.splitlines(), first):
            yield from _line(template, line, number, with_kit=with_kit)
            if template.kind == "email" and not {template.id, template.variant_of} & after_a_call:
                yield from _calls(template, line, number)


def _without_twin(playbook: Playbook) -> Iterator[PlaybookError]:
    texts = playbook.templates.values()
    place = Place("playbook.toml", (), playbook.files.get("playbook.toml", ""))
    for language in dict.fromkeys(playbook.floor.languages.values()):
        there = {(text.kind, text.variant_of) for text in texts if text.language == language}
        lacking = [
            text.id
            for text in texts
            if not text.variant_of and not text.language and (text.kind, text.id) not in there
        ]
        if lacking:
            named = ", ".join(lacking[:SHOWN]) + (" …" if len(lacking) > SHOWN else "")
            yield place.at("languages").error(
                f"{len(lacking)} texts have no form in {quoted(language)}, and its leads get them "
                f"as they are; write a variant_of each with language = {quoted(language)}: {named}"
            )


def _line(template: Template, line: str, number: int, *, with_kit: bool) -> Iterator[PlaybookError]:
    for found in DAYS.finditer(line):
        if not GENERAL.search(line[: found.start()]) and not _is_noun(found[0]):
            said = f"{quoted(found[0])} is not a day that the calendar gave; {FIELDS}"
            yield PlaybookError(template.file, number, said)
    if template.kind not in ("email", "letter"):
        return
    for found in WRITTEN.finditer(line):
        said = f"{quoted(found[0])} may be another day when it is read; {FIELDS}, or leave it out"
        yield PlaybookError(template.file, number, said)
    for found in MADE.finditer(line):
        if with_kit and ENCLOSED.fullmatch(found[0]):
            continue
        said = f"{quoted(found[0])}: leadtui makes no such thing; say what really comes"
        yield PlaybookError(template.file, number, said)


def _calls(template: Template, line: str, number: int) -> Iterator[PlaybookError]:
    for found in CALLED.finditer(line):
        said = f"{quoted(found[0])}: perhaps nobody did; $missed_line says it where it is so"
        yield PlaybookError(template.file, number, said)


def _is_noun(said: str) -> bool:
    """``Morgen`` with a capital is the time of day, as in *Guten Morgen*."""
    return said == "Morgen"
