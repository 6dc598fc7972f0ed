"""What a playbook says and nothing acts on yet, or promises and nobody keeps: no mistake, and told
wherever it is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from leadtui.cadence.model import Playbook
from leadtui.cadence.reading.promises import promises
from leadtui.cadence.sources.places import Place
from leadtui.errors import PlaybookError


def unheeded(playbook: Playbook) -> tuple[PlaybookError, ...]:
    """Each place of the playbook that promises what the program does not do yet."""
    return (*_unheeded(playbook), *promises(playbook))


NOT_ROUTED = (
    "nothing acts on this file yet; a lead goes to the rep whom its badge names, else to whoever "
    "has the fewest new ones"
)


def unrouted(playbook: Playbook) -> str:
    """That leads are not given to whom ``routing.toml`` names, for whoever brings them in; empty
    where it only shares them among one team."""
    targets = [rule.to for rule in playbook.routing]
    teams = {to for to in targets if to.startswith("team:")}
    shares = (
        len(teams) == 1 and teams.issuperset(targets[:-1]) and targets[-1] in {*teams, "hopper"}
    )
    return "" if shares or not targets else f"routing.toml: {NOT_ROUTED}"


def _unheeded(playbook: Playbook) -> Iterator[PlaybookError]:
    if playbook.routing:
        yield PlaybookError("routing.toml", 0, NOT_ROUTED)
    stages = _place(playbook, "stages.toml")
    for key in ("probability", "usual_days"):
        if number := _first_with(stages.text, key):
            yield PlaybookError(stages.file, number, f"nothing acts on '{key}' yet")
    for cadence in playbook.cadences.values():
        place = _place(playbook, cadence.file)
        for number, step in enumerate(cadence.steps):
            if step.required_before:
                yield place.at("step", number, "required_before").error(
                    "nothing acts on 'required_before' yet; the step is asked for, and no "
                    f"{step.required_before} waits for it"
                )


def _place(playbook: Playbook, file: str) -> Place:
    return Place(file, (), playbook.files.get(file, ""))


def _first_with(text: str, key: str) -> int:
    """The first line that sets ``key``; 0 for none."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if line.partition("=")[0].strip() == key), 0)
