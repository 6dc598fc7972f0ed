"""``events.toml``: what enters a cadence or asks for a touch by a date of the lead, or by something
it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from leadtui.cadence.model import Channel, EventRule, Playbook
from leadtui.cadence.reading._proofs import never
from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.reading._tables import unique
from leadtui.cadence.scoring import SIGNS
from leadtui.cadence.sources.places import Place, quoted, suggestion
from leadtui.errors import PlaybookError

FILE = "events.toml"


def read_events(reader: Reader) -> tuple[EventRule, ...]:
    """``events.toml``."""
    rules: dict[str, EventRule] = {}
    for row in reader.rows("rule", "a rule"):
        rule = EventRule(
            name=row.text("name", needed=True),
            at=row.due("at") if "at" in row.table else None,
            signs=row.texts("sign", one_of=SIGNS),
            when=row.when(),
            cadence=row.text("cadence"),
            channel=row.choice("touch", Channel) if "touch" in row.table else None,
            title=row.text("title", needed="touch" in row.table),
        )
        if bool(rule.at) == bool(rule.signs):
            row.wrong(
                "at",
                "a rule follows a date or something the lead does; write either 'at' or 'sign'",
            )
        if bool(rule.cadence) == (rule.channel is not None):
            row.wrong(
                "cadence",
                "a rule enters a cadence or asks for one touch; write either 'cadence' or 'touch'",
            )
        unique(row, "name", rule.name, rules)
        rules.setdefault(rule.name, rule)
        row.done()
    return tuple(rules.values())


def event_problems(playbook: Playbook, dates: Collection[str]) -> Iterator[PlaybookError]:
    """Cadences and dates that the rules name and nobody knows, and conditions that cannot hold."""
    place = Place(FILE, (), playbook.files.get(FILE, ""))
    for number, rule in enumerate(playbook.events):
        here = place.at("rule", number)
        if rule.cadence and rule.cadence not in playbook.cadences:
            hint = suggestion(rule.cadence, playbook.cadences)
            yield here.at("cadence").error(
                f"the rule enters {quoted(rule.cadence)}, which is no cadence; {hint}"
            )
        if rule.at is not None and rule.at.anchor not in dates:
            hint = suggestion(rule.at.anchor, sorted(dates))
            yield here.at("at").error(
                f"the rule waits for the unknown date {quoted(rule.at.anchor)}; {hint}"
            )
        if never(rule.when):
            yield here.at("when").error(
                "the rule can never match: its condition cannot hold; mend 'when'"
            )
