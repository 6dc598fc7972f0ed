"""What may stand in a playbook: each key with how it is read, what it means and an example. The
reader, the checks and the reference are made from these tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``kind`` is the reader's method for it; of a ``free`` one the name is the
    writer's."""

    name: str
    kind: str
    about: str
    example: str
    """The value as a file has it."""
    needed: bool = False
    default: Any = None
    one_of: Collection[str] = ()
    low: int = 0
    high: int = 10**9
    free: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file: ``head`` is the line above it (``[[step]]``), ``+++`` for the front of a
    text, empty for the top of the file."""

    file: str
    head: str
    what: str
    """The word for it in messages."""
    about: str
    keys: tuple[Key, ...]

    def key(self, name: str) -> Key:
        """The key of that name."""
        return next(key for key in self.keys if key.name == name)


def members(kind: type[StrEnum]) -> tuple[str, ...]:
    """The words of an enumeration."""
    return tuple(str(member) for member in kind)


FACTS = (
    Key("offer", "text", "what was answered last: a key of offers.toml", '"trial"'),
    Key("persona", "text", "what kind of person: a name of personas.toml", '"it_staff"'),
    Key("title", "text", "the job title", '"*storage*"'),
    Key("company", "text", "the firm's name", '"*bank*"'),
    Key("industry", "text", "the firm's industry", '"*insur*"'),
    Key("country", "text", "two letters", '["US", "CA"]'),
    Key("region", "text", "the state or province, as in an address", '["IL", "WI"]'),
    Key("city", "text", "the town", '"Chicago"'),
    Key("language", "text", "the lead's own language", '"de"'),
    Key("source", "text", "where the response came from", '"google*"'),
    Key("event", "text", "the trade show or webinar of the response", '"Lakeside*"'),
    Key("webinar_topic", "text", "not yet known: write `event`", '"*failover*"'),
    Key("rating", "text", "how the badge was rated: hot, warm, cold or empty", '"hot"'),
    Key("stage", "text", "a key of stages.toml", '"evaluation"'),
    Key("cadence", "text", "a cadence the lead is in", '"trial"'),
    Key("segment", "text", "not yet kept: write it out", '"large accounts"'),
    Key("technical_fit", "text", "an answer of the qualification", '"no"'),
    Key("project", "text", "an answer of the qualification", '"yes"'),
    Key("budget", "text", "an answer of the qualification", '["yes", "planned"]'),
    Key("rivals", "text", "an answer of the qualification", '"*"'),
    Key(
        "sign",
        "text",
        "what the lead does: click, open, reply, visit, download, webinar",
        '"click"',
    ),
    Key("employees", "number", "of the firm", '">= 200"'),
    Key("revenue", "number", "of the firm, a year", '"10000000..50000000"'),
    Key("score", "number", "fit and engagement together", '">= 60"'),
    Key("fit", "number", "the points for who they are", '">= 40"'),
    Key("engagement", "number", "the points for what they do, as they are now", '">= 10"'),
    Key("attempts", "number", "calls in this cadence", '">= 2"'),
    Key("contacts", "number", "calls in this cadence in which somebody was talked to", '">= 1"'),
    Key("responses", "number", "how often the lead has come in", '"> 1"'),
    Key("inquiry_at", "date", "when the last response came in", '"within 7 days"'),
    Key("created_at", "date", "when the lead first came in", '"older than 1 year"'),
    Key("last_contact_at", "date", "when somebody last talked to them", '"within 6 months"'),
    Key("consent", "bool", "calls were agreed to", "true"),
    Key("existing_customer", "bool", "the firm buys already", "true"),
    Key("not", "when", "the condition inside does not hold", '{ country = "US" }'),
    Key("any", "when", "at least one of them holds", '[{ country = "US" }, { score = "> 80" }]'),
)
CONDITION = Table(
    "activity-tree.toml, scoring.toml and wherever `when` stands",
    "when = { … }",
    "a condition",
    "Does this lead match? All keys must; a list is any of its members; texts compare without case "
    "and `*` is a wildcard; a fact that is missing matches nothing but `not`.",
    FACTS,
)
