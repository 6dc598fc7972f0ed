"""A call is placed by link, by hand or by a command, never through a shell."""

import sys
from pathlib import Path

import pytest

from leadtui.desk.calls.dialing import dial_command, place_call
from leadtui.errors import LeadtuiError, Refused
from leadtui.settings import Settings

NUMBER = "+13035550142"


def settings(dial: str) -> Settings:
    """A floor that dials that way."""
    return Settings(folder=Path(), dial=dial)


def test_a_call_is_a_tel_link():
    """The system's telephone program gets the number, and the extension where there is one."""
    opened: list[str] = []

    assert place_call(settings("open"), NUMBER, opener=opened.append) == "calling +1 303 555 0142"
    assert place_call(settings("open"), NUMBER, opener=opened.append, extension="42").endswith(
        "extension 42"
    )
    assert opened == ["tel:+13035550142", "tel:+13035550142;ext=42"]


def test_without_a_program_the_rep_dials_by_hand():
    """The number stays readable, and the setting that does without is named."""

    def none(target: str) -> None:
        raise LeadtuiError("there is no desktop")

    with pytest.raises(
        LeadtuiError, match=r"dial \+1 303 555 0142 by hand: there is no desktop.*copy"
    ):
        place_call(settings("open"), NUMBER, opener=none)


def test_a_copy_starts_nothing():
    """The front end has the clipboard."""
    assert "+1 303 555 0142" in place_call(settings("copy"), NUMBER)


def test_a_command_gets_the_number_as_one_word(tmp_path):
    """No shell reads the line: what stands around the number stays what it is."""
    out = tmp_path / "out"
    script = tmp_path / "dial me.py"
    script.write_text(
        f"import pathlib, sys; pathlib.Path({str(out)!r}).write_text(repr(sys.argv[1:]))"
    )
    line = f"'{sys.executable}' '{script}' --to 'sip:{{number}}@pbx; echo $HOME' {{number}}"

    assert place_call(settings(line), NUMBER) == "calling +1 303 555 0142"
    assert out.read_text() == repr(["--to", f"sip:{NUMBER}@pbx; echo $HOME", NUMBER])


def test_a_command_that_fails_says_so():
    """The rep learns at once that nothing rings."""
    with pytest.raises(LeadtuiError, match="ended with code 4"):
        place_call(settings(f"'{sys.executable}' -c 'raise SystemExit(4)' {{number}}"), NUMBER)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "911",
        "0303 555",
        "+1 303 555 0142",
        "+1303555; rm",
        "+0123456",
        "+13035550142\n",
        "+١٣٠٣٥٥٥٠١٤٢",
        "-x",
    ],
)
def test_what_is_no_number_is_not_dialed(number):
    """Only digits reach a link or a command."""
    for dial in ("open", "copy", "echo {number}"):
        with pytest.raises(Refused) as caught:
            place_call(settings(dial), number, opener=lambda _: None)
        assert caught.value.code == "bad_number"


def test_an_extension_that_is_none_is_left_out():
    """It comes from a lead's data."""
    opened: list[str] = []
    place_call(settings("open"), NUMBER, opener=opened.append, extension="1;x=2")

    assert opened == ["tel:+13035550142"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("dial", "neither open nor copy"),
        ("{number}", "neither"),
        ("a '{number}", "close its quotes"),
    ],
)
def test_a_command_without_a_place_for_the_number_is_refused(line, says):
    """A typing error in the settings does not start something else."""
    with pytest.raises(LeadtuiError, match=says):
        dial_command(line, NUMBER)
