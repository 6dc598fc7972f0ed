"""A floor's ``leadtui.toml`` is checked when it is read, and each mistake names its line."""

import os

import pytest

from leadtui.errors import LeadtuiError
from leadtui.settings import find_floor, load_settings

GOOD = """\
[floor]
name = "Kestrel"
zone = "Europe/Berlin"
country = "DE"

[mail]
transport = "smtp"
host = "mail.example"
from = "dana@kestrel.example"

[calls]
dial = "softphone --call {number}"
"""


def settings_of(folder, text):
    """What the file says, read as a floor's."""
    (folder / "leadtui.toml").write_text(text, encoding="utf-8")
    return load_settings(folder)


def test_what_is_right_is_taken(tmp_path):
    """Every section, as it stands."""
    found = settings_of(tmp_path, GOOD)
    assert (found.zone, found.mail.sender) == ("Europe/Berlin", "dana@kestrel.example")
    assert found.dial == "softphone --call {number}"


@pytest.mark.parametrize(
    ("was", "wrong", "said"),
    [
        ("Europe/Berlin", "Mars/Base", ":3: [floor] zone: 'Mars/Base' is no IANA time zone"),
        ('"DE"', '"Germany"', ":4: [floor] country: 'Germany' must be two capital letters"),
        ('"DE"', "49", ":4: [floor] country: must be a text in quotes"),
        ('"smtp"', '"pigeon"', ":7: [mail] transport: 'pigeon' is unknown; choose one of draft"),
        ("host =", "hots =", ":8: [mail] hots: unknown key; did you mean 'host'?"),
        ('host = "mail.example"', "", ":7: [mail] transport: smtp needs a host"),
        ("dana@kestrel.example", "Dana <dana@kestrel.example>", ":9: [mail] from: 'Dana <dana"),
        ("dana@kestrel.example", "dana", ":9: [mail] from: 'dana' is no bare address"),
        ("[mail]\n", "[mail]\nport = 70000\n", ":7: [mail] port: 70000 is no port"),
        (
            "[floor]",
            'database = "postgresql://dana:hunter2@db/floor"\n[floor]',
            ":1: database: a password does not belong into leadtui.toml",
        ),
        ("[mail]", "[mial]", ":6: [mial]: unknown section; did you mean 'mail'?"),
        ("--call {number}", "--call", ":12: [calls] dial: 'softphone --call' is neither open"),
        ("[floor]", '[data]\nenrich = "look \'up"\n[floor]', ':2: [data] enrich: "look \'up": No'),
        ("[floor]", '[data]\nenrich = " "\n[floor]', ":2: [data] enrich: it names no program"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(tmp_path, was, wrong, said):
    """File, line, key, what is wrong and what to do; nothing starts with half a setting."""
    with pytest.raises(LeadtuiError) as refused:
        settings_of(tmp_path, GOOD.replace(was, wrong, 1))
    assert f"leadtui.toml{said}" in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("make", ["mkdir", "mkfifo"])
def test_what_stands_in_the_place_of_the_settings_is_named(tmp_path, monkeypatch, make):
    """A folder or a pipe is not "no settings", named or found."""
    getattr(os, make)(tmp_path / "leadtui.toml")
    with pytest.raises(LeadtuiError, match="a folder, a pipe or a device"):
        find_floor(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEADTUI_FLOOR", raising=False)
    with pytest.raises(LeadtuiError, match="a folder, a pipe or a device"):
        find_floor()
