"""What no file can say about a text by itself: its fields, its variants, and a script's
branches."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from leadtui.cadence.model import Playbook, Template
from leadtui.cadence.reading._codes import wrong_language
from leadtui.cadence.reading._proofs import never
from leadtui.cadence.reading._readers import Unfinished
from leadtui.cadence.reading.templates import (
    LEAD_FIELDS,
    MAX_BRANCHES,
    placeholders,
    sections,
    split,
)
from leadtui.cadence.sources.places import Place, nearest, quoted, suggestion
from leadtui.errors import PlaybookError

_SECTIONS = "use '## Open', '## A: …' to '## C: …', '## Close' and '## Voicemail'"


def template_problems(playbook: Playbook, template: Template) -> Iterator[PlaybookError]:
    """Every problem of one text."""
    front, _, first = split(playbook.files[template.file])
    place = Place(template.file, (), front)
    yield from _fields(playbook, template, place, first)
    if template.language and (wrong := wrong_language(template.language)):
        yield place.at("language").error(wrong)
    if not template.body.strip():
        mute = template.kind == "email" and not template.subject.strip()
        do = "write it and a subject" if mute else "write it below the front matter"
        note = f"; its note says: {quoted(template.note, 200)}" if template.note else ""
        yield Unfinished(template.file, first, f"the text is empty; {do}{note}")
    elif template.kind == "email" and not template.subject.strip():
        place = place.at("subject")
        said = 'the e-mail has no subject; write subject = "…" above the text'
        yield Unfinished(place.file, place.where(), said)
    if never(template.when):
        yield place.at("when").error(
            "the text is never used: its condition cannot hold; mend 'when'"
        )
    if template.variant_of:
        yield from _variant(playbook, template, place)
    for name in template.cadences:
        if name not in playbook.cadences:
            hint = suggestion(name, playbook.cadences)
            yield place.at("cadences").error(
                f"the text is for {quoted(name)}, which is no cadence; {hint}"
            )
    if template.kind == "script":
        yield from _branches(template, first)


def _fields(
    playbook: Playbook, template: Template, place: Place, first: int
) -> Iterator[PlaybookError]:
    allowed = {*LEAD_FIELDS, *playbook.floor.fields}
    found = [(name, place.at("subject").where()) for name, _ in placeholders(template.subject)]
    found += [(name, first - 1 + line) for name, line in placeholders(template.body)]
    yield from _foreign(template, allowed, first)
    for name, line in dict.fromkeys(found):
        if not name:
            yield PlaybookError(
                template.file, line, "a dollar sign stands alone; write '$$' for a dollar"
            )
        elif name not in allowed:
            hint = suggestion(name, sorted(allowed))
            yield PlaybookError(
                template.file, line, f"no lead has the field {quoted('$' + name)}; {hint}"
            )


_FOREIGN = re.compile(
    r"(?<!\$)(?:\{\{?\s*([\w .]+?)\s*\}\}?|\[([A-Za-z_ ]+)\]"
    r"|%+([A-Za-z_]+)%+|<([A-Za-z_]+)>|\*\|([A-Za-z_]+)\|\*)"
)
"""A field as other programs write it: ``{{first_name}}``, ``[First Name]``, ``%first_name%``,
``<first_name>``, ``*|FNAME|*``."""


def _foreign(template: Template, allowed: Collection[str], first: int) -> Iterator[PlaybookError]:
    for number, line in enumerate(template.body.splitlines(), first):
        for match in _FOREIGN.finditer(line):
            word = next(filter(None, match.groups()))
            said = word.rpartition(".")[2].strip().lower().replace(" ", "_")
            surely = match[1] or match[5]
            right = said if said in allowed else nearest(said, allowed) if surely else ""
            if right:
                message = f"{match[0]} is sent as it stands; write ${right}"
                yield PlaybookError(template.file, number, message)


def _variant(playbook: Playbook, template: Template, place: Place) -> Iterator[PlaybookError]:
    original = playbook.templates.get(f"{template.kind}/{template.variant_of}")
    here = place.at("variant_of")
    if original is None or original.id == template.id:
        ids = [
            other.id
            for other in playbook.templates.values()
            if other.kind == template.kind and other != template
        ]
        hint = suggestion(template.variant_of, ids)
        yield here.error(
            f"the text is a variant of {quoted(template.variant_of)}, which is missing; {hint}"
        )
    elif original.variant_of:
        yield here.error(
            f"the text is a variant of a variant; write variant_of = {quoted(original.variant_of)}"
        )


def _branches(template: Template, first: int) -> Iterator[PlaybookError]:
    """``## Open`` first, then at most three branches A, B, C."""
    parts = sections(template.body)
    if parts and parts[0].key != "open":
        yield PlaybookError(
            template.file, first, "the script does not begin with '## Open'; put that heading first"
        )
    branches = [part for part in parts if len(part.key) == 1]
    for number, part in enumerate(branches):
        line = first - 1 + part.line
        if number == MAX_BRANCHES:
            yield PlaybookError(
                template.file, line, "a script has at most three branches; take the fourth out"
            )
            break
        if part.key != "ABC"[number]:
            yield PlaybookError(
                template.file, line, f"branch {part.key} is out of order; call it '{'ABC'[number]}'"
            )
    for part in parts:
        line = first - 1 + part.line
        if part.heading and not part.key:
            message = f"a script has no section {quoted(part.heading)}; {_SECTIONS}"
            yield PlaybookError(template.file, line, message)
    keys = [part.key for part in parts if part.key in ("open", "close", "voicemail")]
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield PlaybookError(
            template.file, first, f"the script has two sections '{key.title()}'; join them"
        )
