"""The playbook's lists of rules and words: one function for each file."""

from __future__ import annotations

from types import MappingProxyType

from leadtui.cadence.model import (
    Disposition,
    Offer,
    Persona,
    Question,
    Reason,
    RoutingRule,
    ScoreRule,
    SlaRule,
    Stage,
    TreeRule,
)
from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.sources.places import quoted

REASON_KINDS = (
    *("no", "partly", "defer", "out_of_turn", "override", "reject"),
    *("not_interested", "unqualified", "not_dialed", "done"),
)
ENDS = ("", "pause", "cadence", "calls")
THEN = (
    *("step", "retry", "callback", "next_action", "meeting", "opportunity"),
    *("nurture", "close", "recycle", "data_fix", "refer", "email"),
)
REQUIRES = ("note", "at", "next", "reason", "colleague", "gatekeeper")
METHODS = ("round_robin", "weight", "least_load")


def read_offers(reader: Reader) -> dict[str, Offer]:
    """``offers.toml``."""
    offers: dict[str, Offer] = {}
    for row in reader.rows("offer", "an offer"):
        offer = Offer(
            key=row.name("key"),
            label=row.text("label", needed=True),
            at_once=row.flag("at_once", needed=True),
            strength=row.number("strength"),
        )
        unique(row, "key", offer.key, offers)
        offers.setdefault(offer.key, offer)
        row.done()
    return offers


def read_tree(reader: Reader) -> tuple[TreeRule, ...]:
    """``activity-tree.toml``."""
    rules = []
    for row in reader.rows("rule", "a rule"):
        rules.append(TreeRule(row.when(), row.text("cadence", needed=True), row.place.where()))
        row.done()
    return tuple(rules)


def read_personas(reader: Reader) -> tuple[Persona, ...]:
    """``personas.toml``."""
    personas: dict[str, Persona] = {}
    for row in reader.rows("persona", "a persona"):
        persona = Persona(
            row.name("name"), row.text("label", needed=True), row.texts("titles", needed=True)
        )
        unique(row, "name", persona.name, personas)
        personas.setdefault(persona.name, persona)
        row.done()
    return tuple(personas.values())


def read_stages(reader: Reader) -> tuple[Stage, ...]:
    """``stages.toml``."""
    stages: dict[str, Stage] = {}
    for row in reader.rows("stage", "a stage"):
        stage = Stage(
            key=row.name("key"),
            label=row.text("label", needed=True),
            pipeline=row.text("pipeline", needed=True, one_of=("marketing", "sales")),
            probability=row.number("probability", high=100),
            usual_days=row.number("usual_days"),
        )
        unique(row, "key", stage.key, stages)
        stages.setdefault(stage.key, stage)
        row.done()
    return tuple(stages.values())


SCREEN_KEYS = frozenset("ABCUacdefmnopqy?[]")
"""Keys of the call and of the question: an outcome that claimed one could never be chosen."""


def read_dispositions(reader: Reader) -> dict[str, Disposition]:
    """``dispositions.toml``, by code."""
    found: dict[str, Disposition] = {}
    keys: dict[str, None] = {}
    for row in reader.rows("disposition", "a disposition"):
        one = _disposition(row)
        unique(row, "code", one.code, found)
        unique(row, "key", one.key, keys)
        if len(one.key) > 1:
            row.refuse("key", "write the one key that chooses it")
        if one.key in SCREEN_KEYS:
            free = ", ".join(sorted(set("gijkstvz") - set(keys)))
            row.refuse("key", f"{one.key} is a key of the screens; take a free one: {free}")
        keys[one.key] = None
        found.setdefault(one.code, one)
        row.done()
    return found


def _disposition(row: Reader) -> Disposition:
    return Disposition(
        key=row.text("key", needed=True),
        code=row.name("code"),
        label=row.text("label", needed=True),
        contact=row.flag("contact", needed=True),
        attempt=row.flag("attempt", default=True),
        ends=row.text("ends", one_of=ENDS),
        then=row.texts("then", one_of=THEN)
        if "then" in row.table
        else row.texts("then") or ("step",),
        delay=row.span("delay"),
        retries=row.number("retries"),
        avoid_part=row.flag("avoid_part"),
        max_per_cadence=row.number("max_per_cadence"),
        escalate_after=row.number("escalate_after"),
        escalate_to=row.text("escalate_to"),
        requires=row.texts("requires", one_of=REQUIRES),
        blocks=row.text("blocks", one_of=("", "number", "person")),
        sure=row.flag("sure"),
        enters=row.texts("enters"),
        enters_at=row.texts("enters_at"),
        closing_reasons=row.texts("closing_reasons"),
        default_date=row.span("default_date"),
        data_fix=row.text("data_fix"),
        email=row.text("email"),
        close_reason=row.text("close_reason"),
    )


def read_sla(reader: Reader) -> tuple[SlaRule, ...]:
    """``sla.toml``."""
    rules = []
    for row in reader.rows("rule", "a rule"):
        rules.append(
            SlaRule(row.when(), row.number("minutes", needed=True, low=1), row.flag("from_planned"))
        )
        row.done()
    return tuple(rules)


def read_scoring(reader: Reader) -> tuple[ScoreRule, ...]:
    """``scoring.toml``."""
    rules: dict[str, ScoreRule] = {}
    for row in reader.rows("rule", "a rule"):
        rule = ScoreRule(
            name=row.text("name", needed=True),
            part=row.text("part", needed=True, one_of=("fit", "engagement")),
            when=row.when(),
            points=row.number("points", needed=True, low=-1000, high=1000),
        )
        unique(row, "name", rule.name, rules)
        rules.setdefault(rule.name, rule)
        row.done()
    return tuple(rules.values())


def read_routing(reader: Reader) -> tuple[RoutingRule, ...]:
    """``routing.toml``."""
    rules = []
    for row in reader.rows("rule", "a rule"):
        to = row.text("to", needed=True)
        kind, _, who = to.partition(":")
        if to.strip() and not (to == "hopper" or (kind in ("team", "rep") and who.strip())):
            row.refuse("to", "write 'team:name', 'rep:login' or 'hopper'")
        allowed = METHODS if kind == "team" else ("rep",)
        method = row.text("method", needed=kind == "team", default="rep", one_of=allowed)
        rules.append(RoutingRule(row.when(), to, method, row.place.where()))
        row.done()
    return tuple(rules)


def read_questions(reader: Reader) -> tuple[Question, ...]:
    """``qualification.toml``: the questions of the profile that it chooses (the first question's if
    none)."""
    profiles: dict[str, dict[str, Question]] = {}
    for row in reader.rows("question", "a question"):
        profile = profiles.setdefault(row.text("profile"), {})
        question = _question(row)
        unique(row, "key", question.key, profile)
        profile.setdefault(question.key, question)
        row.done()
    chosen = reader.text("profile", one_of=tuple(profiles), default=next(iter(profiles), ""))
    return tuple(profiles.get(chosen, {}).values())


def _question(row: Reader) -> Question:
    answers = row.mapping("answers")
    if not answers:
        row.wrong(
            "answers", 'a question has no \'answers\'; write answers = { yes = "Yes", no = "No" }'
        )
    return Question(
        key=row.name("key"),
        label=row.text("label", needed=True),
        short=row.text("short", needed=True),
        answers=MappingProxyType(answers),
        passes=row.texts("passes", needed=True, one_of=tuple(answers)),
        warns=row.texts("warns", one_of=tuple(answers)),
        mapped_from=row.texts("mapped_from"),
        words=MappingProxyType(row.mapping("words")),
    )


def read_reasons(reader: Reader) -> tuple[Reason, ...]:
    """``reasons.toml``; codes and keys are unique within a kind."""
    reasons: dict[tuple[str, str], Reason] = {}
    keys: dict[str, dict[str, None]] = {}
    for row in reader.rows("reason", "a reason"):
        reason = read_reason(row, row.text("kind", needed=True, one_of=REASON_KINDS))
        unique(row, "code", reason.code, [code for kind, code in reasons if kind == reason.kind])
        unique(row, "key", reason.key, keys.setdefault(reason.kind, {}))
        keys[reason.kind][reason.key] = None
        reasons.setdefault((reason.kind, reason.code), reason)
        row.done()
    return tuple(reasons.values())


def read_reason(row: Reader, kind: str) -> Reason:
    """One reason code."""
    key = row.text("key", needed=True)
    if len(key) > 1:
        row.refuse("key", "write the one key that chooses it")
    return Reason(kind, row.name("code"), row.text("label", needed=True), key, row.flag("blocker"))


def unique(row: Reader, key: str, value: str, earlier: object) -> None:
    """Note a word that was used before."""
    if value and isinstance(earlier, dict | list) and value in earlier:
        row.wrong(key, f"{key} {quoted(value)} of {row.what} is used twice; choose another")
