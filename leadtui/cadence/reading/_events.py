"""``events.toml``: what enters a cadence or asks for a touch by a date of the lead, or by something
it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from leadtui.cadence.model import Channel, EventRule, Playbook
from leadtui.cadence.reading._proofs import never
from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.reading._tables import WHEN, rows_of, unique
from leadtui.cadence.scoring import SIGNS
from leadtui.cadence.sources.keys import Key, Table, members
from leadtui.cadence.sources.places import Place, quoted, suggestion
from leadtui.errors import PlaybookError

FILE = "events.toml"


EVENT = Table(
    FILE,
    "[[rule]]",
    "a rule",
    "What happens by itself, at a date of the lead (`at`) or when it does something (`sign`).",
    (
        Key("name", "text", "what people read", '"Budget month"', needed=True),
        Key("at", "due", "counted from a date of the lead", '"budget_month - 1 month"'),
        Key("sign", "texts", "what the lead does", '["click", "visit"]', one_of=SIGNS),
        WHEN,
        Key("cadence", "text", "the cadence that is entered", '"not-now"'),
        Key("touch", "choice", "or one touch of the rep", '"call"', one_of=members(Channel)),
        Key("title", "text", "the title of that touch", '"Agree a time"', free=True),
    ),
)


def read_events(reader: Reader) -> tuple[EventRule, ...]:
    """``events.toml``."""
    rules: dict[str, EventRule] = {}
    for row in rows_of(reader, EVENT):
        title = row.text("title", needed="touch" in row.table)
        said = row.all(EVENT)
        channel = Channel(said["touch"]) if said["touch"] else None
        rule = EventRule(
            *(said["name"], said["at"], said["sign"], said["when"], said["cadence"]),
            channel=channel,
            title=title,
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
