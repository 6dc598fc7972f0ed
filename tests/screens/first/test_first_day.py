"""From nothing to a floor, by keys: checked step by step, back without a loss, nothing before the
end."""

import pytest
from textual import events

from leadtui.desk.floor.first_day import STEPS, beginning, plan
from leadtui.opening.first_day import begin, tried
from leadtui.screens.first.first_day import FirstDayApp
from leadtui.screens.parts.themes import DARK, LIGHT
from leadtui.widgets.fields import LineField
from leadtui.widgets.lines import Feedback, TopLine
from tests.screens.conftest import SIZES, picture_id

ENTERS = sum(len(step.fields) for step in STEPS)
LEADS = "Name,Company,Email,Phone\nJane Okafor,Brightwater,jane@brightwater.com,+1 303 555 0142\n"


class Newcomer:
    """Somebody at the keys."""

    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot

    async def until(self, seen):
        for _ in range(400):
            if seen():
                return
            await self.pilot.pause(0.05)
        raise AssertionError(f"never seen; on the screen: {self.title} / {self.told}")

    @property
    def title(self):
        return self.app.screen.query_one(TopLine).place

    @property
    def told(self):
        return str(self.app.screen.query_one(Feedback).render())

    def field(self, key):
        return self.app.screen.query_one(f"#{key}", LineField)

    async def fill(self, **said):
        for key, value in said.items():
            self.field(key).value = value

    async def on(self, step):
        """Enter on the last field of the step before."""
        fields = list(self.app.screen.query(LineField))
        fields[-1].focus()
        await self.pilot.press("enter")
        await self.until(lambda: f"{step} of 6" in self.title and not self.app.screen._busy)

    async def refused(self, words):
        list(self.app.screen.query(LineField))[-1].focus()
        await self.pilot.press("enter")
        await self.until(lambda: words in self.told)


def an_app(folder, theme=DARK, **given):
    words = beginning(folder, {"zone": "America/Chicago", **given})
    return FirstDayApp(
        words, plan, tried, lambda whole: (begin(whole).folder, ("done",)), theme=theme
    )


YOU = {"name": "Ed Stone", "number": "312 555 0100", "email": "ed@acme.com"}
FIRM = {"vendor": "Acme Ltd", "product": "Acme One", "address": "1 Main St, Springfield"}


async def test_six_steps_lead_to_a_floor(tmp_path):
    """What is wrong is said in its field, back loses nothing, and the folder appears at the end."""
    folder, file = tmp_path / "floor", tmp_path / "leads.csv"
    file.write_text(LEADS, encoding="utf-8")
    app = an_app(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        ed = Newcomer(app, pilot)
        await ed.until(lambda: "1 of 6" in ed.title)
        await ed.fill(**YOU | {"number": "call me"})
        await ed.refused("Your number")
        assert app.screen.focused.id == "number"
        await ed.fill(number="312 555 0100")
        await ed.on(2)
        await ed.refused("Firm")
        await ed.fill(**FIRM)
        await pilot.press("escape")
        await ed.until(lambda: "1 of 6" in ed.title)
        assert ed.field("number").value == "+13125550100"
        await ed.on(2)
        assert ed.field("vendor").value == "Acme Ltd"
        await ed.on(3)
        await ed.fill(docs_link="acme")
        await ed.refused("Docs link")
        await ed.fill(docs_link="https://acme.com/docs")
        await ed.on(4)
        await ed.fill(leads=str(tmp_path))
        await ed.refused("this is a folder")
        (tmp_path / "empty.csv").write_text("Fruit\napple\n", encoding="utf-8")
        await ed.fill(leads=str(tmp_path / "empty.csv"))
        await ed.refused("no header")
        assert "4 of 6" in ed.title
        await ed.fill(leads=str(file))
        await ed.on(5)
        assert "1 lead" in ed.told
        await ed.on(6)
        assert not folder.exists()
        await pilot.press("enter")
        await ed.until(lambda: app.return_value)

    assert app.return_value == (folder, ("done",))
    assert (folder / "leadtui.toml").exists()


async def test_what_is_typed_while_a_step_is_looked_at_is_for_the_next(tmp_path):
    """A quick hand loses nothing, a whole step typed ahead is filled, and what was typed ahead
    makes no floor."""
    app = an_app(tmp_path / "floor", **YOU)
    async with app.run_test(size=(80, 24)) as pilot:
        ed = Newcomer(app, pilot)
        await ed.until(lambda: "1 of 6" in ed.title)
        ed.field("email").focus()
        await pilot.press("enter", "A", "c", "m", "e")
        await ed.until(lambda: "2 of 6" in ed.title)
        assert ed.field("vendor").value == "Acme"
        assert app.screen.words["email"] == "ed@acme.com"
        ed.field("vendor").value = ""
        ed.field("vendor").focus()
        await pilot.pause()
        for key in (*"Ox", "enter", *"One", "enter", *"Elm", *["enter"] * ENTERS):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await ed.until(lambda: "6 of 6" in ed.title and app.screen._moving is None)
        said = [app.screen.words[key] for key in ("vendor", "product", "address")]
        assert said == ["Ox", "One", "Elm"]
        assert app.is_running
    assert not (tmp_path / "floor").exists()


async def test_leaving_is_asked_once_and_makes_nothing(tmp_path):
    """Ctrl+C in the middle; another key stays, and a folder that is taken is said at the end."""
    app = an_app(tmp_path / "floor", **YOU)
    async with app.run_test(size=(80, 24)) as pilot:
        ed = Newcomer(app, pilot)
        await ed.until(lambda: "1 of 6" in ed.title)
        await pilot.press("ctrl+c")
        assert "again leaves" in ed.told
        await pilot.press("x", "ctrl+c")
        assert app.is_running
        assert "again leaves" in ed.told
        await pilot.press("escape")
        assert "first step" in ed.told
        await pilot.press("ctrl+c", "ctrl+c")
        await ed.until(lambda: app._exit)

    assert app.return_value is None
    assert not (tmp_path / "floor").exists()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("size", SIZES, ids=picture_id)
async def test_every_field_is_reached_in_every_window(tmp_path, size, theme):
    """Also the longest step, also at 60×15; below that nothing is lost."""
    app = an_app(tmp_path / "floor", theme, **YOU, **FIRM)
    async with app.run_test(size=size) as pilot:
        ed = Newcomer(app, pilot)
        await ed.until(lambda: "1 of 6" in ed.title)
        await ed.on(2)
        await ed.on(3)
        for key in [str(field.id) for field in app.screen.query(LineField)]:
            ed.field(key).focus()
            await pilot.pause()
            place = ed.field(key).region
            assert place.height == 1, key
            assert app.screen.query_one("#form").region.contains_region(place), key
