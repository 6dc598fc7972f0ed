"""What one person is asked before their own floor is made, step by step, and what of it cannot be
right. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leadtui.desk.core.people import checked_login, checked_name, os_login
from leadtui.desk.floor.making import NewRep, refuse_taken
from leadtui.desk.floor.sharing import group_id, refuse_stranger
from leadtui.desk.playbook import firm as firms
from leadtui.desk.playbook.firm import Firm
from leadtui.desk.playbook.sample_firm import GENERAL
from leadtui.errors import LeadtuiError, Refused, WrongUse
from leadtui.files import read_whole
from leadtui.mail.addresses import checked as checked_address
from leadtui.settings import COUNTRY

SAMPLE = "sample"
"""What is said in place of a file for the invented leads that ship with the program."""
EXAMPLE_ADDRESS = "1 Main St, Springfield, IL 62701, USA"
LINKS = (
    "support_email",
    "support_phone",
    "docs_link",
    "quickstart_link",
    "trial_link",
    "demo_link",
    "paper_link",
    "newsletter_link",
)
"""The constants that are asked for: those which the first weeks' e-mails name."""

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: its key among the words, its name, and what an empty one shows."""

    key: str
    name: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Some fields that belong together, and why they are asked for."""

    title: str
    about: str
    fields: tuple[Asked, ...]
    check: Callable[[Words], dict[str, str]]
    """Words -> those of this step as they will be kept. Raises ``LeadtuiError``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a floor is made from."""

    folder: Path
    me: NewRep
    firm: Firm
    others: tuple[NewRep, ...] = ()
    leads: str = ""
    """A file's path, ``sample``, or nothing."""
    offer: str = ""
    database: str = ""
    group: str = ""
    name: str = ""
    """The floor's; empty for the firm's."""
    said: tuple[str, ...] = field(default=())
    """The same in words, a line each."""


def beginning(folder: Path, given: Words) -> dict[str, str]:
    """The words before anybody has typed: what this machine knows, and what was given as
    options."""
    zone = firms.machine_zone()
    known = {"zone": zone, "country": firms.country_of(zone) if zone else "", "offer": "trade-show"}
    return known | {"folder": str(folder)} | {key: value for key, value in given.items() if value}


def plan(words: Words) -> Plan:
    """All steps checked once more, as one. Raises ``LeadtuiError`` for the first that is wrong."""
    kept = dict(words)
    for step in STEPS:
        kept |= step.check(kept)
    alone = not kept["supervisor"]
    me = NewRep(
        kept["name"],
        os_login(),
        "supervisor" if alone else "rep",
        kept["email"],
        kept["number"],
        calls=alone,
    )
    others = () if alone else (NewRep(kept["supervisor"], kept["login"], "supervisor"),)
    links = {name: kept[name] for name in firms.link_names() if kept.get(name)}
    firm = Firm(
        kept["vendor"], kept["product"], kept["address"], kept["zone"], kept["country"], links
    )
    made = Plan(
        folder=Path(kept["folder"]),
        me=me,
        firm=firm,
        others=others,
        leads=kept["leads"],
        offer=kept["offer"],
        database=kept.get("database", ""),
        group=kept.get("group", ""),
        name=kept.get("floor_name", ""),
        said=_summary(kept, firm, alone=alone),
    )
    refuse_taken(made.folder)
    return made


def of_options(folder: Path, words: Words, links: Words, *, alone: bool) -> Plan:
    """The same from the options of a command, of which any may be left out. Raises
    ``LeadtuiError``."""
    login = os_login()
    zone = firms.checked_zone(words["zone"])
    country = firms.checked_country(words["country"], zone)
    lines = {
        name: firms.checked_line(words[key], option, example) if words[key] else ""
        for name, key, option, example in (
            ("vendor", "vendor", "--vendor", "Brightwater Ltd"),
            ("product", "product", "--product", "Brightwater 5"),
            ("postal_address", "address", "--postal-address", EXAMPLE_ADDRESS),
        )
    }
    me = NewRep(
        checked_name(words["name"], "--as") if words["name"] else login,
        login,
        "supervisor",
        checked_address(words["email"]) if words["email"] else "",
        firms.checked_number(words["number"], country, "--phone") if words["number"] else "",
        calls=alone,
    )
    if words["group"]:
        group_id(words["group"])
    firm = Firm(**lines, zone=zone, country=country, links=firms.checked_links(links, country))
    return Plan(
        folder, me, firm, database=words["database"], group=words["group"], name=words["floor_name"]
    )


def _summary(kept: Words, firm: Firm, *, alone: bool) -> tuple[str, ...]:
    missing = {*firms.link_names()} - {*GENERAL} - {*firm.links}
    who = (
        "you alone: rep and supervisor in one, as the log will say"
        if alone
        else f"{kept['supervisor']} (login {kept['login']}) supervises"
    )
    leads = {"": "none yet", SAMPLE: "the sample: invented people, to be taken back any time"}
    mail = kept["email"] or "no address, so your e-mails cannot leave yet"
    return (
        f"You       {kept['name']}, {kept['number']}, {mail}",
        f"Firm      {firm.vendor}, {firm.product}; {firm.zone}, {firm.country}",
        f"Links     {len(firm.links)} yours; no e-mail leaves with the sample's {len(missing)}",
        f"Leads     {leads.get(kept['leads'], kept['leads'])}",
        f"Who       {who}",
        "Playbook  a copy of the default one, to be changed: leadtui playbook edit",
    )


def _you(words: Words) -> dict[str, str]:
    home = words.get("country") or COUNTRY
    email = words.get("email", "").strip()
    return {
        "name": checked_name(words.get("name", ""), "Your name"),
        "number": firms.checked_number(words.get("number", ""), home, "Your number"),
        "email": _address(email, "E-mail") if email else "",
    }


def _address(said: str, where: str) -> str:
    """An e-mail address; what is wrong with it begins with where it stands."""
    try:
        return checked_address(said)
    except Refused as error:
        raise WrongUse(f"{where} {error}") from error


def _firm(words: Words) -> dict[str, str]:
    zone = firms.checked_zone(words.get("zone", ""), "Time zone")
    return {
        "vendor": firms.checked_line(words.get("vendor", ""), "Firm", "Brightwater Ltd"),
        "product": firms.checked_line(words.get("product", ""), "Product", "Brightwater 5"),
        "address": firms.checked_line(words.get("address", ""), "Address", EXAMPLE_ADDRESS),
        "zone": zone,
        "country": firms.checked_country(words.get("country", ""), zone, "Country"),
    }


def _links(words: Words) -> dict[str, str]:
    said = {name: words.get(name, "").strip() for name in firms.link_names()}
    given = {name: value for name, value in said.items() if value}
    kept: dict[str, str] = {}
    for name, value in given.items():
        try:
            kept |= firms.checked_links({name: value}, words.get("country") or COUNTRY, "Text")
        except LeadtuiError as error:
            words_of_it = str(error).removeprefix(f"Text {name} ")
            raise WrongUse(f"{_label(name)} {words_of_it}") from error
    return kept


def _label(name: str) -> str:
    """``docs_link`` as a field's name."""
    return name.replace("_", " ").capitalize()


def _leads(words: Words) -> dict[str, str]:
    # A file that is dropped on a terminal comes in quotes.
    said = words.get("leads", "").strip().strip("'\"")
    offer = words.get("offer", "").strip() or "trade-show"
    if said.casefold() in {"", SAMPLE}:
        return {"leads": said.casefold(), "offer": offer}
    path = Path(said).expanduser().absolute()
    try:
        read_whole(path, f"name a file of leads, write {SAMPLE!r}, or leave it empty")
    except LeadtuiError as error:
        raise WrongUse(f"File {error}") from error
    return {"leads": str(path), "offer": offer}


def _supervisor(words: Words) -> dict[str, str]:
    name, login, group = (words.get(key, "").strip() for key in ("supervisor", "login", "group"))
    if not name and not login:
        return {"supervisor": "", "login": ""}
    name = checked_name(name, "Name")
    login = checked_login(login, "Login")
    if login == os_login():
        raise WrongUse(
            f"Login {login!r} is your own; leave name and login empty if you supervise yourself"
        )
    if words.get("database"):
        raise WrongUse(
            "Name: on PostgreSQL whoever supervises makes the floor and adds the reps; leave name "
            "and login empty, or let them begin"
        )
    if not group:
        raise WrongUse(
            "Group '': name the group of this machine's accounts that both of you are in, so that "
            "the supervisor can open the floor"
        )
    refuse_stranger(login, group)
    return {"supervisor": name, "login": login, "group": group}


def _place(words: Words) -> dict[str, str]:
    said = words.get("folder", "").strip()
    if not said:
        raise WrongUse("Folder '': name a folder for the floor, like ~/leadtui")
    folder = Path(said).expanduser().absolute()
    refuse_taken(folder)
    if folder.exists() and not folder.is_dir():
        raise LeadtuiError(f"{folder}: this is a file; name a folder")
    return {"folder": str(folder)}


STEPS = (
    Step(
        "You",
        "A floor is a folder with your settings, your process and your leads; six steps make it. "
        "Your name and number stand in your e-mails. (To see it with invented leads first: ^c, "
        "then leadtui demo.)",
        (
            Asked("name", "Your name", "first and last name"),
            Asked("number", "Your number", "+1 312 555 0100"),
            Asked("email", "E-mail", "may be empty: then no e-mail leaves"),
        ),
        _you,
    ),
    Step(
        "Your firm",
        "In its name the scripts speak and the e-mails are signed; the law asks for the address.",
        (
            Asked("vendor", "Firm", "as it signs"),
            Asked("product", "Product", "what you sell"),
            Asked("address", "Address", "street, city, state, code, country"),
            Asked("zone", "Time zone", firms.HOME),
            Asked("country", "Country", "two letters; empty: the zone's"),
        ),
        _firm,
    ),
    Step(
        "Your links",
        "The texts name them. All may stay empty: an e-mail that names an empty one does not "
        "leave, and says so.",
        tuple(Asked(name, _label(name)) for name in LINKS),
        _links,
    ),
    Step(
        "Your leads",
        f"A file from a trade show, a form or a spreadsheet; or write {SAMPLE}, for invented "
        "people; or leave it empty and import later.",
        (
            Asked("leads", "File", f"path of a file, or {SAMPLE}, or empty"),
            Asked("offer", "Offer", "what they accepted: trade-show, white-paper, contact-us …"),
        ),
        _leads,
    ),
    Step(
        "Who supervises?",
        "Leave it empty if you work alone: you are rep and supervisor in one, and the log says "
        "so. Otherwise the supervisor needs an account on this machine.",
        (
            Asked("supervisor", "Name", "empty: I do"),
            Asked("login", "Login", "what 'whoami' says in their account"),
            Asked("group", "Group", "of accounts, with both of you in it"),
        ),
        _supervisor,
    ),
    Step(
        "Ready",
        "Nothing was written yet. Enter makes the floor and opens your call block.",
        (Asked("folder", "Folder", "where the floor is made"),),
        _place,
    ),
)
