"""A playbook from its files: ``{relative path: text}`` in, frozen values out, every mistake with
file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePosixPath
from types import MappingProxyType

from leadtui.cadence.model import Cadence, Playbook, Template
from leadtui.cadence.reading._answers import (
    read_consents,
    read_dispositions,
    read_questions,
    read_reasons,
)
from leadtui.cadence.reading._cadences import read_cadence
from leadtui.cadence.reading._calling import read_calling
from leadtui.cadence.reading._events import read_events
from leadtui.cadence.reading._kits import read_kits
from leadtui.cadence.reading._not_toml import NotToml, not_toml
from leadtui.cadence.reading._policy import read_floor
from leadtui.cadence.reading._readers import Reader, Retired, is_name
from leadtui.cadence.reading._tables import (
    read_offers,
    read_personas,
    read_routing,
    read_scoring,
    read_sla,
    read_stages,
    read_tree,
)
from leadtui.cadence.reading.templates import FOLDERS, read_template, split
from leadtui.cadence.sources.places import Place
from leadtui.cadence.sources.toml_lines import locate
from leadtui.errors import PlaybookError

__all__ = ["FILES", "OPTIONAL", "NotToml", "load", "locate", "playbook_hash", "read"]

FILES = MappingProxyType(
    {
        "playbook.toml": "name, vendor and product",
        "offers.toml": "an [[offer]] for each thing a person can answer",
        "activity-tree.toml": "a [[rule]] that chooses the cadence",
        "personas.toml": "a [[persona]] for each kind of person",
        "stages.toml": "a [[stage]] for each stage of the two pipelines",
        "dispositions.toml": "a [[disposition]] for each outcome of a call",
        "calling.toml": "[preferred] hours and [limits]",
        "calling/legal-hours.toml": "a [[region]] with the hours in which calls are legal",
        "sla.toml": "a [[rule]] for each agreed response time",
        "scoring.toml": "a [[rule]] for each cause of points",
        "routing.toml": "a [[rule]] that says who gets a lead",
        "events.toml": "a [[rule]] for what a date of the lead, or something it does, sets off",
        "kits.toml": "a [[kit]] for what is sent to whom asked for something",
        "qualification.toml": "a [[question]] for each thing that qualifies",
        "reasons.toml": "a [[reason]] for each one-key reason",
    }
)
"""Every single file of a playbook and what stands in it; only ``playbook.toml`` is needed to load
one."""

OPTIONAL = frozenset(("events.toml", "kits.toml"))
"""Files that a playbook may do without."""


def load(files: Mapping[str, str]) -> Playbook:
    """The playbook in ``files``; the first problem is raised as ``PlaybookError``. What was a key
    once is none: a floor may run it still."""
    problems: list[PlaybookError] = []
    playbook = read(files, problems)
    for problem in problems:
        if not isinstance(problem, Retired):
            raise problem
    return playbook


def read(files: Mapping[str, str], problems: list[PlaybookError]) -> Playbook:
    """What can be read of the playbook; whatever is wrong is added to ``problems``."""
    source = _Source(files, problems)
    reasons = read_reasons(source.open("reasons.toml"))
    calling, overrides = read_calling(
        source.open("calling.toml"), source.open("calling/legal-hours.toml")
    )
    known = {reason.code for reason in reasons if reason.kind == "override"}
    if "playbook.toml" not in files:
        problems.append(
            PlaybookError(
                "playbook.toml", 0, f"the file is missing; add it with {FILES['playbook.toml']}"
            )
        )
    qualification = source.open("qualification.toml")
    return Playbook(
        hash=playbook_hash(files),
        files=MappingProxyType(dict(files)),
        floor=read_floor(source.open("playbook.toml")),
        cadences=MappingProxyType(_cadences(source)),
        tree=read_tree(source.open("activity-tree.toml")),
        personas=read_personas(source.open("personas.toml")),
        offers=MappingProxyType(read_offers(source.open("offers.toml"))),
        sla=read_sla(source.open("sla.toml")),
        dispositions=MappingProxyType(read_dispositions(source.open("dispositions.toml"))),
        templates=MappingProxyType(_templates(source)),
        stages=read_stages(source.open("stages.toml")),
        questions=read_questions(qualification),
        consents=read_consents(qualification),
        reasons=(*reasons, *(reason for reason in overrides if reason.code not in known)),
        calling=calling,
        scoring=read_scoring(source.open("scoring.toml")),
        routing=read_routing(source.open("routing.toml")),
        events=read_events(source.open("events.toml")),
        kits=MappingProxyType(read_kits(source.open("kits.toml"))),
    )


def playbook_hash(files: Mapping[str, str]) -> str:
    """SHA-256, hex, over the sorted paths and texts, each with its length before it."""
    digest = sha256()
    for pair in sorted(files.items()):
        for text in pair:
            data = text.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


class _Source:
    """The files of one playbook, opened as readers that share one list of problems."""

    def __init__(self, files: Mapping[str, str], problems: list[PlaybookError]) -> None:
        self.files, self.problems = files, problems

    def open(self, file: str) -> Reader:
        """A TOML file as a reader; a missing or unreadable one is an empty table without needs."""
        return self.toml(file, self.files.get(file, ""))

    def toml(self, file: str, text: str) -> Reader:
        """A TOML text as a reader; what is needed of an unreadable one is not asked for."""
        text = text.removeprefix("\ufeff")
        place, problems = Place(file, text=text), self.problems
        try:
            table = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            problems.append(not_toml(file, text, error))
            table, problems = {}, []
        if file not in self.files:
            problems = []
        return Reader(table, place, "the file", problems)


def _cadences(source: _Source) -> dict[str, Cadence]:
    cadences = {}
    for file in sorted(source.files):
        path = PurePosixPath(file)
        if len(path.parts) == 2 and path.parts[0] == "cadences" and path.suffix == ".toml":
            cadences[path.stem] = read_cadence(source.open(file), file, path.stem)
    return cadences


def _templates(source: _Source) -> dict[str, Template]:
    templates = {}
    for file in sorted(source.files):
        path = PurePosixPath(file)
        if len(path.parts) != 2 or path.parts[0] not in FOLDERS or path.suffix != ".md":
            continue
        kind, text = FOLDERS[path.parts[0]], source.files[file]
        front = split(text)[0]
        reader = source.toml(file, front)
        reader.what = (
            f"the front matter of {'an' if kind in ('email', 'objection') else 'a'} {kind}"
        )
        if not front.strip():
            help_ = "begin with title = \"…\" between two lines of '+++'"
            source.problems.append(PlaybookError(file, 1, f"the file has no front matter; {help_}"))
            reader.problems = []
        if not is_name(path.stem):
            help_ = "rename it with letters, digits, '-' and '_' only"
            source.problems.append(
                PlaybookError(file, 0, f"the file name cannot be written in a step; {help_}")
            )
        templates[f"{kind}/{path.stem}"] = read_template(reader, kind, path.stem, file, text)
    return templates
