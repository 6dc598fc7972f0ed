"""The playbook's lists of rules and words: for each file the keys that may stand in it, and one
function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from leadtui.cadence.model import Offer, Persona, RoutingRule, ScoreRule, SlaRule, Stage, TreeRule
from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.sources.keys import Key, Table
from leadtui.cadence.sources.places import quoted

T = TypeVar("T")

METHODS = ("round_robin", "weight", "least_load")

WHEN = Key(
    "when",
    "when",
    "which leads are meant: all keys of the condition must match; without it everybody is",
    '{ offer = "trial", employees = ">= 200" }',
)

OFFER = Table(
    "offers.toml",
    "[[offer]]",
    "an offer",
    "What a person can answer: each a kind of response that leads come in by.",
    (
        Key("key", "name", "its name in conditions, imports and commands", '"trial"', needed=True),
        Key("label", "text", "what people read", '"Software trial"', needed=True),
        Key("at_once", "flag", "goes to a rep whatever the score", "true", needed=True),
        Key("strength", "number", "a stronger response ends weaker cadences", "40"),
    ),
)
TREE = Table(
    "activity-tree.toml",
    "[[rule]]",
    "a rule",
    "Which cadence a response enters. The first rule that matches wins; the last has no `when`.",
    (WHEN, Key("cadence", "text", "the cadence that is entered", '"trial"', needed=True)),
)
PERSONA = Table(
    "personas.toml",
    "[[persona]]",
    "a persona",
    "Kinds of people by job title; the first that fits counts, the last one has the title `*`.",
    (
        Key("name", "name", "its name in conditions", '"it_staff"', needed=True),
        Key("label", "text", "what people read", '"IT staff"', needed=True),
        Key(
            "titles",
            "texts",
            "whole job titles in any case; `*` stands for anything",
            '["*admin", "* it"]',
            needed=True,
        ),
    ),
)
STAGE = Table(
    "stages.toml",
    "[[stage]]",
    "a stage",
    "The stages of the two pipelines, in order.",
    (
        Key("key", "name", "its name in conditions", '"evaluation"', needed=True),
        Key("label", "text", "what people read", '"Evaluation"', needed=True),
        Key(
            "pipeline",
            "text",
            "whose stage it is",
            '"sales"',
            needed=True,
            one_of=("marketing", "sales"),
        ),
        Key("probability", "number", "per cent of such deals that are won", "30", high=100),
        Key("usual_days", "number", "how long a lead stays before it counts as stuck", "21"),
    ),
)
SLA = Table(
    "sla.toml",
    "[[rule]]",
    "a rule",
    "How soon a response gets its first touch. The first rule that matches counts.",
    (
        WHEN,
        Key("minutes", "number", "business minutes from the inquiry", "5", needed=True, low=1),
        Key("from_planned", "flag", "counted from the first planned step instead", "true"),
    ),
)
SCORING = Table(
    "scoring.toml",
    "[[rule]]",
    "a rule",
    "Points of a lead: fit is who they are, engagement is what they do and halves with time.",
    (
        Key("name", "text", "what people read beside the points", '"Large firm"', needed=True),
        Key(
            "part",
            "text",
            "which of the two the points belong to",
            '"fit"',
            needed=True,
            one_of=("fit", "engagement"),
        ),
        WHEN,
        Key("points", "number", "how many", "20", needed=True, low=-1000, high=1000),
    ),
)
ROUTING = Table(
    "routing.toml",
    "[[rule]]",
    "a rule",
    "Who gets a lead. The first rule that matches wins.",
    (
        WHEN,
        Key("to", "text", "`team:name`, `rep:login` or `hopper`", '"team:inside"', needed=True),
        Key(
            "method",
            "text",
            "how a team shares its leads",
            '"round_robin"',
            one_of=METHODS,
            free=True,
        ),
    ),
)
TABLES = (OFFER, TREE, PERSONA, STAGE, SLA, SCORING, ROUTING)


def read_offers(reader: Reader) -> dict[str, Offer]:
    """``offers.toml``."""
    return by_key(reader, OFFER, "key", lambda row: Offer(**row.all(OFFER)))


def read_tree(reader: Reader) -> tuple[TreeRule, ...]:
    """``activity-tree.toml``."""
    rows = rows_of(reader, TREE)
    return tuple(TreeRule(**row.all(TREE), line=row.place.where()) for row in rows)


def read_personas(reader: Reader) -> tuple[Persona, ...]:
    """``personas.toml``."""
    found = by_key(reader, PERSONA, "name", lambda row: Persona(**row.all(PERSONA)))
    return tuple(found.values())


def read_stages(reader: Reader) -> tuple[Stage, ...]:
    """``stages.toml``; nothing acts on a stage's figures yet."""

    def stage(row: Reader) -> Stage:
        said = row.all(STAGE)
        return Stage(said["key"], said["label"], said["pipeline"])

    return tuple(by_key(reader, STAGE, "key", stage).values())


def read_sla(reader: Reader) -> tuple[SlaRule, ...]:
    """``sla.toml``."""
    return tuple(SlaRule(**row.all(SLA)) for row in rows_of(reader, SLA))


def read_scoring(reader: Reader) -> tuple[ScoreRule, ...]:
    """``scoring.toml``."""
    found = by_key(reader, SCORING, "name", lambda row: ScoreRule(**row.all(SCORING)))
    return tuple(found.values())


def read_routing(reader: Reader) -> tuple[RoutingRule, ...]:
    """``routing.toml``."""
    rules = []
    for row in rows_of(reader, ROUTING):
        to = row.value(ROUTING.key("to"))
        kind, _, who = to.partition(":")
        if to.strip() and not (to == "hopper" or (kind in ("team", "rep") and who.strip())):
            row.refuse("to", "write 'team:name', 'rep:login' or 'hopper'")
        method = row.text("method", default="round_robin", one_of=METHODS)
        if kind != "team":
            method = "rep"
            if "method" in row.table and kind in ("rep", "hopper"):
                row.refuse("method", "it is how a team shares its leads; take it out")
        rules.append(RoutingRule(**row.all(ROUTING), method=method, line=row.place.where()))
    return tuple(rules)


def rows_of(reader: Reader, table: Table) -> Iterator[Reader]:
    """The tables of a section that stands any number of times."""
    return reader.rows(table.head.strip("[]").rpartition(".")[2], table.what)


def by_key(reader: Reader, table: Table, name: str, make: Callable[[Reader], T]) -> dict[str, T]:
    """The rows of a section by a key that no two of them share; the first counts."""
    found: dict[str, T] = {}
    for row in rows_of(reader, table):
        one: Any = make(row)
        unique(row, name, getattr(one, name), found)
        found.setdefault(getattr(one, name), one)
    return found


def unique(row: Reader, key: str, value: str, earlier: object) -> None:
    """Note a word that was used before."""
    if value and isinstance(earlier, dict | list) and value in earlier:
        row.wrong(key, f"{key} {quoted(value)} of {row.what} is used twice; choose another")
