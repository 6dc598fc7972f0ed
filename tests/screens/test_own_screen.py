"""What one person has chosen for their own screens: keys, theme, clock, bell; and the mouse."""

from datetime import UTC, datetime

import pytest

from leadtui import clock
from leadtui.app import LeadtuiApp
from leadtui.cli.opening import chosen
from leadtui.desk.desk import Desk
from leadtui.errors import LeadtuiError
from leadtui.preferences import keep_theme, load_preferences, preferences_file
from leadtui.screens.parts.keymap import checked
from leadtui.screens.parts.lead import LeadScreen
from leadtui.screens.parts.themes import LIGHT
from leadtui.screens.supervise.supervise import SuperviseApp
from tests.screens.conftest import Driver, running


@pytest.fixture(autouse=True)
def own_file(tmp_path, monkeypatch):
    """A configuration folder of the test's own, and hours as they were."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    yield preferences_file()
    clock.say_twelve(False)


def write(text: str) -> None:
    """The user's file."""
    preferences_file().parent.mkdir(parents=True, exist_ok=True)
    preferences_file().write_text(text, encoding="utf-8")


def keymap(app=LeadtuiApp, outcomes=None):
    """The user's keys, checked."""
    return checked(load_preferences(), outcomes or {"1": "NO_ANSWER"}, app)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('queue.fnd = "f"', ":2: [keys] queue.fnd: there is no such key; did you mean"),
        ('queue.find = "e"', ":2: [keys] queue.find: 'e' is taken by queue.email"),
        ('queue.find = "j"', "'j' is taken by list.down"),
        ('queue.find = "a"', "'a' is taken by app.inbound"),
        ('call.copy = "1"', "'1' is taken by the outcome NO_ANSWER"),
        ('call.dial = "y"', "'y' answers the question"),
        ('question.yes = "k"', "the question and small dialogs keep their keys"),
        ('why.close = "k"', "the question and small dialogs keep their keys"),
        ('call.outcome.busy = "z"', "stand in the playbook, dispositions.toml"),
        ("queue.find = 3", "must be a key in quotes"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_its_line(line, said):
    """What, where, and what to do instead."""
    write(f"[keys]\n{line}\n")
    with pytest.raises(LeadtuiError) as refused:
        keymap()
    assert said in str(refused.value)
    assert f"{preferences_file()}:2: [keys] " in str(refused.value)


def test_two_keys_may_change_places():
    """A key that has been given away is free."""
    write('[keys]\nqueue.email = "s"\nqueue.defer = "e"\n')
    assert keymap() == {"queue.email": "s", "queue.defer": "e"}


def test_the_compliance_view_has_its_own_keys():
    """They are checked against its screens."""
    write('[keys]\napp.theme = "f9"\n')
    assert keymap(SuperviseApp) == {"app.theme": "f9"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('thme = "light"', ":1: thme: unknown key; did you mean 'theme'?"),
        ('theme = "pink"', ":1: theme: 'pink' is unknown; choose one of dark, light"),
        ('\nclock = "13"', ":2: clock: '13' is unknown; choose one of 12, 24"),
        ("bell = 3", ":1: bell: 3 is unknown; choose one of true, false"),
    ],
)
def test_other_mistakes_name_their_line_too(text, said):
    """As in a floor's own file."""
    write(text + "\n")
    with pytest.raises(LeadtuiError) as refused:
        load_preferences()
    assert said in str(refused.value)


async def test_a_moved_key_works_and_is_shown(desk: Desk):
    """In the footer, in the list of all keys, and where the empty queue names it; the old one does
    nothing any more."""
    write('[keys]\nqueue.find = "f"\napp.inbound = "f8"\n')
    async with running(desk, keymap=keymap()) as driver:
        await driver.ready()
        assert driver.says("f find")
        assert not driver.says("/ find")
        await driver.press("slash")
        await driver.press("question_mark")
        await driver.until(lambda: driver.says("Find a touch by name"))
        assert "f  Find a touch" in driver.text()
        await driver.press("escape")
        await driver.press("f")
        await driver.until(lambda: driver.says("name, company, number or e-mail"))


async def test_the_theme_is_remembered(desk: Desk):
    """The next start has it; other lines of the file stay."""
    write('# mine\nbell = false\n\n[keys]\nqueue.find = "f"\n')
    async with running(desk) as driver:
        await driver.ready()
        driver.app.action_switch_theme()
    said = load_preferences()
    assert (said.theme, said.bell, said.keys) == ("light", False, {"queue.find": "f"})
    assert "# mine" in preferences_file().read_text()
    keep_theme("dark")
    keep_theme("light")
    assert preferences_file().read_text().count("theme") == 1
    options = chosen(LeadtuiApp, desk, str(desk.settings.folder), "")
    assert LeadtuiApp(desk, **options).theme == LIGHT


async def test_hours_are_said_as_in_the_country_of_the_floor(desk: Desk):
    """Twelve hours in the United States, unless the user wants twenty-four."""
    async with running(desk, **chosen(LeadtuiApp, desk, "", "")) as driver:
        await driver.ready()
        await driver.until(lambda: driver.says("callback 10:45 am"))
        await driver.until(lambda: driver.says("9:42 am in Denver"))
    write('clock = "24"\n')
    chosen(LeadtuiApp, desk, "", "")
    assert clock.hour(datetime(2026, 11, 23, 0, 5, 7, tzinfo=UTC), seconds=True) == "00:05:07"


def test_an_hour_is_said_in_one_way():
    """Midnight, noon, and an hour in a sentence of the calling rules."""
    clock.say_twelve(True)
    at = datetime(2026, 11, 23, 0, 5, 7, tzinfo=UTC)
    assert clock.hour(at) == "12:05 am"
    assert clock.hour(at.replace(hour=12), seconds=True) == "12:05:07 pm"
    assert clock.with_hours("allowed 08:00-21:00, in 1:30") == "allowed 8:00 am-9:00 pm, in 1:30"


async def click(driver: Driver, words: str) -> None:
    """Click on words where they stand on the screen, at the bottom if more than once."""
    lines = driver.text().splitlines()
    row = max(place for place, line in enumerate(lines) if words in line)
    column = lines[row].index(words) + 1
    await driver.pilot.click(offset=(column, row))


async def test_all_keys_can_be_clicked_in_the_list_of_keys(desk: Desk):
    """What the footer has no room for is one click further."""
    async with running(desk) as driver:
        await driver.ready()
        await click(driver, "? keys")
        await driver.until(lambda: driver.says("Why does it stand here?"))
        await click(driver, "Why does it stand here?")
        await driver.until(lambda: driver.says("Number 1 of the queue"))
        await click(driver, "esc closes")
        await driver.until(lambda: not driver.says("Number 1 of the queue"))


async def test_a_clicked_answer_is_no_letter_of_the_memo(desk: Desk):
    """What was typed is taken, and the answer is given."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("enter")
        await driver.until(lambda: driver.says("No answer"))
        await driver.settled()
        await driver.press("1")
        await driver.armed()
        await driver.press("tab")
        await driver.type("rang twice")
        await click(driver, "yes, I did it")
        await driver.until(lambda: driver.asked is None)
        lead = desk.leads.find("Okafor")[0]
        assert lead.last == "rang twice"


async def test_the_palette_has_the_screens_actions_and_every_lead(desk: Desk, busy_floor):
    """By their words; a colleague's lead is looked at, not worked on."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("ctrl+p")
        await driver.until(lambda: driver.says("Do it later, with a reason"))
        await driver.type("why does")
        await driver.until(lambda: driver.says("key: i"))
        await driver.pilot.pause(0.3)
        await driver.press("enter")
        await driver.until(lambda: driver.says("Number 1 of the queue"))
        await driver.press("escape")
        await driver.press("ctrl+p")
        await driver.type("kestrel")
        await driver.until(lambda: driver.says("open · with Dana"))
        await driver.pilot.pause(0.3)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, LeadScreen))
        await driver.until(lambda: driver.says("L what is new?"))


def test_a_bell_in_quotes_is_what_it_says():
    """Off is off, however it is written."""
    write('bell = "false"\n')
    assert not load_preferences().bell
    write('bell = "true"\n')
    assert load_preferences().bell


async def test_the_bell_rings_for_a_promise_and_can_be_turned_off(desk: Desk, monkeypatch):
    """The terminal's own bell."""
    rung: list[bool] = []
    for on in (True, False):
        app = LeadtuiApp(desk, bell=on)
        monkeypatch.setattr(app, "bell", lambda: rung.append(True))
        app.attend()
    assert rung == [True]
