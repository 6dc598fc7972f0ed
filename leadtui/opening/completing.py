"""What a shell offers at the Tab key, and the codes that ``--help`` lists with their meaning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from leadtui.opening.offering import Offering

Pairs = tuple[tuple[str, str], ...]
"""(the word, what it means)."""
TYPED = "leadtui.typed"
"""Under this name a command keeps its words as they were typed."""
ANSWERS = ("no", "partly")
"""Kinds of reasons that an answer other than yes has."""
REASONS: dict[str, tuple[str, ...]] = {"defer": ("defer",), "reject": ("reject",)}
"""Kinds of reasons by command; ``confirm`` has those of the answers and of the outcomes."""
ENTERED = ("CODE", "R")


def _words(function: Callable[[Offering, str, str], Pairs]) -> Callable[..., Any]:
    """The completion of a parameter: (offering, command, what was begun) -> words."""

    def complete(ctx: typer.Context, incomplete: str) -> Any:
        return function(_offering(ctx), str(ctx.info_name), incomplete)

    return complete


def _offering(ctx: Any) -> Offering:
    from leadtui.opening.offering import Offering

    before, typed = ctx.find_root().params, ctx.meta.get(TYPED, ())
    said = {
        name: ctx.params.get(name) or _after(typed, f"--{name}") or before.get(name) or ""
        for name in ("floor", "database", "rep")
    }
    return Offering(**said)


def _after(typed: Sequence[str], option: str) -> str:
    """What was typed behind an option: help is asked for before the options are read."""
    words = [part for word in typed for part in word.split("=", 1)]
    return words[words.index(option) + 1] if option in words[:-1] else ""


REP = _words(lambda floor, _command, _begun: floor.reps())
LEADS = _words(lambda floor, _command, begun: floor.leads(begun))
TOUCHES = _words(lambda floor, _command, begun: floor.touches(begun))
OUTCOME = _words(lambda floor, _command, _begun: floor.outcomes())
OVERRIDES = _words(lambda floor, _command, _begun: floor.overrides())
OUT_OF_TURNS = _words(lambda floor, _command, _begun: floor.reasons("out_of_turn"))
OFFERS = _words(lambda floor, _command, _begun: floor.offers())
REASON = _words(
    lambda floor, command, _begun: tuple(
        pair for _, pairs in _reasons(floor, command) for pair in pairs
    )
)


def _reasons(floor: Offering, command: str) -> list[tuple[str, Pairs]]:
    """(for what, the reasons) of a command's ``--reason``."""
    outcomes = {code.lower(): f", with {code}" for code, _ in floor.outcomes()}
    answers = {kind: f", with --{kind}" for kind in ANSWERS}
    kinds = dict.fromkeys(REASONS.get(command, ()), "") or answers | outcomes
    found = [(f"Codes of --reason{said}", floor.reasons(kind)) for kind, said in kinds.items()]
    return [(title, pairs) for title, pairs in found if pairs]


class Coded(TyperCommand):
    """A command whose help ends with the codes its options take, as the playbook has them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options."""
        ctx.meta[TYPED] = tuple(args)
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the codes, a list for each option."""
        for title, pairs in self._codes(ctx):
            with formatter.section(title):
                formatter.write_dl(pairs)

    def _codes(self, ctx: Any) -> list[tuple[str, Pairs]]:
        floor, found = _offering(ctx), []
        coded = {parameter.name for parameter in self.params if parameter.metavar in ENTERED}
        if "outcome" in coded:
            found.append(("Codes of --outcome", floor.outcomes()))
        if "reason" in coded:
            found += _reasons(floor, str(ctx.info_name))
        if "out_of_turn" in coded:
            found.append(("Codes of --out-of-turn", floor.reasons("out_of_turn")))
        if "override" in coded:
            found.append(("Codes of --override", floor.overrides()))
        if any(parameter.name == "offer" for parameter in self.params):
            found.append(("Codes of --offer", floor.offers()))
        return found
