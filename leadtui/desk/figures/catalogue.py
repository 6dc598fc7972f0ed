"""Every compliance figure by name: what it is called, how it is counted, and of whom; pure, no
I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leadtui.desk.figures.compliance_views import Figure, Measure
from leadtui.desk.figures.ledger import NOBODY
from leadtui.desk.figures.measures import Counting
from leadtui.desk.figures.patterns import PATTERNS
from leadtui.desk.log.telling import plain

WATCHED = ("WRONG_NUMBER", "UNQUALIFIED", "NOT_DIALED")
"""Outcomes by which leads can be burned: their rate stands beside the peers'."""

AGES = ("under 1 day", "1 to 3 days", "over 3 days")
"""What overdue touches are counted by."""

ASIDE = (
    "adherence",
    "callbacks",
    "hasty",
    "contact s",
    "override",
    "acknowledged",
    "taken back",
    *(f"outcome:{code}" for code in WATCHED),
)
"""Figures that stand above one rep's entries."""


def measures(counting: Counting, same: Sequence[Measure] = ()) -> tuple[Measure, ...]:
    """Every figure, in the order of the page. With ``same``, another call's result, just the same
    rows again."""
    page = _Page(counting, tuple(one.key for one in same) if same else None)
    return tuple(
        row
        for group in (
            page.follow_up,
            page.adherence,
            page.skips,
            page.overrides,
            page.confirmation,
            page.integrity,
            page.patterns,
            page.burning,
            page.callbacks,
            page.do_not_call,
            page.web,
            page.costs,
        )
        for row in group()
    )


def aside(rows: Sequence[Measure]) -> tuple[Measure, ...]:
    """The figures that stand above one rep's entries."""
    by_key = {one.key: one for one in rows}
    return tuple(by_key[key] for key in ASIDE if key in by_key)


class _Page:
    def __init__(self, counting: Counting, wanted: tuple[str, ...] | None) -> None:
        self.c, self.wanted = counting, wanted

    def _counted(
        self, group: str, kind: str, name: str, formula: str, of: int | None = None
    ) -> Measure:
        return Measure(kind, group, name, formula, self.c.count(kind, of))

    def _parts(self, group: str, kind: str, by: str, of: int | None = None) -> Iterable[Measure]:
        """The codes of a kind, each with its count."""
        for code in self._codes(kind):
            key = f"{kind}:{code}"
            yield Measure(
                key, group, plain(code) or "none given", by, self.c.count(key, of), part=True
            )

    def _codes(self, kind: str) -> Iterable[str]:
        if self.wanted is None:
            return self.c.span.codes(self.c.ids, kind)
        begin = f"{kind}:"
        return [key.removeprefix(begin) for key in self.wanted if key.startswith(begin)]

    def follow_up(self) -> Iterable[Measure]:
        c, group = self.c, "Follow-up"
        yield Measure("on time", group, "on time", "done by the end of its day / due", c.on_time())
        yield self._counted(group, "done", "done", "yes, partly, or already")
        for age, words in enumerate(AGES):
            yield Measure(
                f"overdue {age}",
                group,
                f"overdue {words}",
                "open now",
                c.overdue(age),
                opens=f"overdue {age}",
            )
        yield Measure(
            "sla", group, "first touch within SLA", "in time / SLA ended or attempted", c.sla()
        )
        touch = c.first_touch()
        for key, value in (("median", touch.median), ("p90", touch.p90)):
            speed = Figure(value, None, touch.seqs, unit="min", of=touch.count)
            yield Measure(
                f"speed {key}", group, f"speed to lead, {key}", "first attempt less inquiry", speed
            )

    def adherence(self) -> Iterable[Measure]:
        group = "Adherence"
        formula = "first three offered taken, or put off with a reason / offered"
        yield Measure("adherence", group, "adherence", formula, self.c.adherence())
        yield self._counted(
            group, "out of turn", "taken out of turn", "started below the third offered"
        )
        yield from self._parts(group, "out of turn", "by reason")

    def skips(self) -> Iterable[Measure]:
        group, asked = "Skips", self.c.number("started")
        yield self._counted(group, "deferred", "deferred", "per touch started", asked)
        yield from self._parts(group, "deferred", "by reason", asked)
        yield self._counted(group, "asked", "third deferrals", "put before the supervisor")
        yield self._counted(group, "already", "said to be done already", "counted when it was said")
        yield self._counted(
            group, "skipped", "skipped by the system", "steps that could not be done"
        )
        yield from self._parts(group, "skipped", "by reason")
        formula = "due touches off the queue without an answer"
        yield Measure("set aside", group, "set aside", formula, self.c.set_aside())
        for code in self._codes("set aside"):
            key = f"set aside:{code}"
            yield Measure(
                key, group, plain(code) or "none given", "by kind", self.c.set_aside(key), part=True
            )
        yield self._counted(
            group, "place", "places changed", "of leads: other hours, other due times"
        )

    def overrides(self) -> Iterable[Measure]:
        group, dials = "Overrides", self.c.number("dialed")
        yield self._counted(group, "override", "overrides", "of the calling rules, per dial", dials)
        yield from self._parts(group, "override by code", "by code", dials)
        yield from self._parts(group, "override by rule", "by rule", dials)
        yield self._counted(group, "acknowledged", "warnings acknowledged", "per dial", dials)
        yield from self._parts(group, "acknowledged", "by rule", dials)
        yield self._counted(group, "refused", "refused", "what was tried and is not allowed")

    def confirmation(self) -> Iterable[Measure]:
        c, group, answered = self.c, "Confirmation", self.c.number("answered")
        yield Measure("answered", group, "answered", "questions answered / asked", c.answered())
        yield Measure("unanswered", group, "unanswered now", "open questions", c.unanswered())
        for kind in ("no", "partly"):
            yield self._counted(group, kind, f"answered {kind}", "of all answers", answered)
            yield from self._parts(group, kind, "by reason", answered)
        yield self._counted(group, "taken over", "taken over", "leads whose question was left open")
        yield self._counted(
            group, "answered late", "answered after that", "recorded, without effect", answered
        )

    def integrity(self) -> Iterable[Measure]:
        c, group = self.c, "Integrity"
        answer, ring = c.seconds("contact", "contact shown"), c.seconds("no contact", "no contact")
        yield Measure("contact s", group, "contact: question to answer", "median", answer)
        formula = "of contacts; without a shown question since the dial"
        yield self._counted(group, "hasty", "contacts under 3 s", formula, c.number("contact"))
        yield self._counted(
            group, "unmeasured", "contacts without a time", "neither shown nor dialed"
        )
        yield Measure("ring s", group, "no contact: dial to outcome", "median", ring)
        yield self._counted(
            group, "undialed", "calls without a dial", "of answered calls", c.number("calls")
        )
        yield self._counted(
            group, "unsent", "e-mails without a message", "said to be sent, never handed over"
        )
        yield self._counted(group, "corrected", "corrections", "entries that correct the log")
        formula = "wrong keys, of the answers that stand"
        yield self._counted(
            group, "taken back", "answers taken back", formula, c.number("answered")
        )
        yield Measure(
            "no record", group, "calls without a record", "not in the phone system's", c.no_record()
        )

    def patterns(self) -> Iterable[Measure]:
        for one in PATTERNS:
            of = sum(self.c.number(kind) for kind in one.of)
            yield self._counted("Patterns", one.kind, one.name, one.formula, of)

    def burning(self) -> Iterable[Measure]:
        for code in WATCHED:
            yield self._counted(
                "Burnt leads",
                f"outcome:{code}",
                plain(code),
                "of answered calls",
                self.c.number("calls"),
            )

    def callbacks(self) -> Iterable[Measure]:
        group = "Callbacks"
        yield Measure(
            "callbacks", group, "callbacks kept", "called within 15 min / due", self.c.callbacks()
        )
        yield self._counted(group, "moved", "callbacks moved twice", "put off again")
        yield self._counted(
            group, "early", "confirmed early", "promised actions, before their time"
        )

    def do_not_call(self) -> Iterable[Measure]:
        group = "Do not call"
        yield self._counted(group, "blocked", "requests", "people and numbers blocked")
        yield Measure("latency", group, "request to block", "the longest", self.c.latency())
        yield Measure("later", group, "calls after a block", "must be 0", self.c.later_calls())

    def web(self) -> Iterable[Measure]:
        """Of a floor whose pages post."""
        group, visitors = "Web", self.c.number("visitors")
        there = visitors or self.c.number("forms")
        if not (there if self.wanted is None else "visitors" in self.wanted):
            return
        yield self._counted(
            group, "visitors", "visitors", "visits of pages, each visitor once a day"
        )
        formula = "forms with something new / visitors"
        yield Measure("converted", group, "visitors who became leads", formula, self._converted())
        for offer in self._codes("visitors"):
            key = f"visitors:{offer}"
            yield Measure(key, group, plain(offer), "by offer", self._converted(offer), part=True)

    def costs(self) -> Iterable[Measure]:
        """Of leads whose cost somebody said, each currency by itself; of everybody's alone."""
        everybody = NOBODY in self.c.ids
        for line in self.c.beside.costs:
            if line.cost_minor is None:
                continue
            for key, name, value, of in (
                ("lead", "cost of a lead", line.per_lead, line.leads),
                ("qualified", "cost of a qualified lead", line.per_qualified, line.qualified),
            ):
                figure = Figure(
                    value if everybody else None, unit=line.currency, of=of if everybody else None
                )
                formula = f"cost in {line.currency} / people with a cost in it"
                if key == "qualified":
                    formula = "the same / those of them who became an opportunity"
                yield Measure(
                    f"cost {key} {line.currency}",
                    "Cost",
                    f"{name}, {line.currency}",
                    formula,
                    figure,
                )

    def _converted(self, offer: str = "") -> Figure:
        by = f":{offer}" if offer else ""
        return self.c.count(f"forms{by}", self.c.number(f"visitors{by}"))
