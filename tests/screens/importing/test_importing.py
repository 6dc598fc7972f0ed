"""A file comes in step by step: looked at, said what it does not say, tried, brought in; by keys or
with the mouse, stopped and taken back."""

import threading

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.core.pacing import Pace
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.screens.importing.importing import ImportApp
from leadtui.screens.queue.call_block import CallBlockScreen
from leadtui.widgets.fields import LineField
from tests.builders import a_copy, a_desk
from tests.screens.conftest import Driver, running
from tests.screens.floors import NOW
from tests.screens.test_hostile import ATTACKS, looked_at

HEAD = "Badge;First Name;Last Name;Firm name;E-Mail;Reach them at;Scanned At"
BADGES = f"""Exported from BoothScan
{HEAD}
1;Jane;Okafor;Brightwater Mutual;jane.o@brightwater.example;+1 303 555 0142;03/04/2026 10:00
2;Bob;Stone;Tern Freight;bob@tern.example;+1 312 555 0199;03/05/2026 10:10
3;;;;;;
4;Al;;;;;03/05/2026 11:12
5;Ann;Lee;Gull Foods;ann@gull.example;+1 415 555 0101;03/05/2026 11:12
"""


@pytest.fixture
def mira(busy_floor, tmp_path):
    """The supervisor's desk on a floor of the test's own."""
    a_copy(busy_floor, tmp_path / "floor")
    desk = a_desk(tmp_path / "floor", "mira", clock=FixedClock(NOW), now=NOW)
    yield desk
    desk.close()


@pytest.fixture
def badges(tmp_path):
    """A file of a booth."""
    file = tmp_path / "badges.csv"
    file.write_text(BADGES, encoding="utf-8")
    return file


class Importer(Driver):
    """Somebody with a file."""

    async def click(self, words: str) -> None:
        """Press the mouse where these words stand."""
        await self.until(lambda: words in self.text())
        for y, line in enumerate(self.text().splitlines()):
            if words in line:
                await self.pilot.click(offset=(line.index(words), y))
                return

    async def step(self, words: str) -> None:
        """Wait for a step, and until it is ready."""
        await self.until(lambda: words in self.text())
        await self.settled()

    async def sees(self, words: str) -> None:
        """Wait for words."""
        await self.until(lambda: self.says(words))


async def test_a_file_comes_in_by_keys_alone(mira, badges):
    """A column is named, the order of dates said, a near duplicate decided; the rejects stand
    beside the file, and the next file of the maker is read as this one."""
    async with running(mira) as driver:
        ed = Importer(driver.app, driver.pilot)
        await ed.press("I")
        await ed.step("The file")
        await ed.type(str(badges))
        await ed.press("enter")
        await ed.step("1 of 4")
        await ed.sees("▲ telephone numbers?")
        await ed.press("space")
        await ed.sees("What is 'Reach them at'?")
        await ed.type("mobile")
        await ed.sees("▸ mobile")
        await ed.until(lambda: ed.app.screen.looked_for == "mobile")
        await ed.press("enter")
        await ed.sees("Reach them at is mobile")
        await ed.press("enter")
        await ed.step("2 of 4")
        await ed.sees("can be read in two ways")
        await ed.press("enter")
        await ed.sees("say which in Dates")
        await ed.type("mdy")
        await ed.press("enter")
        await ed.step("3 of 4")
        await ed.sees("1 to decide: v shows them side by side")
        await ed.sees("first calls, for 2 reps who make 60 a day")
        await ed.press("v")
        await ed.sees("it is lead 2")
        await ed.press("1", "escape")
        await ed.sees("1 there already; told something new")
        await ed.press("enter")
        await ed.step("is in")
        rejects = badges.with_name("badges-rejects.csv")
        assert rejects.read_text("utf-8-sig").splitlines()[0] == f"{HEAD};Why rejected"
        await ed.press("enter")
        await ed.until(lambda: isinstance(ed.app.screen, CallBlockScreen))
        await ed.sees("2 new leads, 1 told something new")


async def test_the_next_file_of_the_maker_is_read_like_the_last(mira, badges):
    """Its columns are named as they were, and it says so; no other maker's are."""
    told = ImportOptions(mapping=(("mobile", "Reach them at"),), dates="mdy", country="CA")
    mira.intake.import_file(badges, told)
    badges.write_text(f"{HEAD};Hall\n9;Flo;Ray;;;+1 312 555 0123;;4\n")
    app = ImportApp(mira, badges, ImportOptions())
    async with app.run_test(size=(120, 36)) as pilot:
        ed = Importer(app, pilot)
        await ed.sees("as last time: like badges.csv of 23 Nov 2026")
        await ed.sees("mobile ✓")
        await ed.press("enter")
        await ed.step("2 of 4")
        assert ed.app.screen.query_one("#country", LineField).value == "CA"
    other = b"Name,Reach them at,Hall,Day,Colour\nFlo Ray,+1 312 555 0123,,,\n"
    assert mira.intake.prepare(other, ImportOptions()).before is None


async def test_a_file_comes_in_with_the_mouse_alone(mira, badges):
    """Every step as an application of its own, which ends with what it came to."""
    options = ImportOptions(dates="mdy")
    app = ImportApp(mira, badges, options)
    async with app.run_test(size=(120, 36)) as pilot:
        ed = Importer(app, pilot)
        await ed.sees("▲ telephone numbers?")
        await ed.settled()
        await ed.click("Reach them at")
        await ed.until(lambda: "What is 'Reach" in ed.text())
        await ed.click("phone ")
        await ed.sees("Reach them at is phone")
        await ed.click("⏎ next")
        await ed.step("2 of 4")
        await ed.click("webinar")
        await ed.until(lambda: ed.app.screen.query_one("#offer", LineField).value == "webinar")
        await ed.click("⏎ next")
        await ed.sees("1 to decide")
        await ed.click("v near duplicates")
        await ed.sees("it is somebody new")
        await ed.click("0  it is somebody new")
        await ed.click("esc done")
        await ed.sees("3 new leads")
        await ed.settled()
        await ed.click("⏎ import")
        await ed.step("is in")
        await ed.click("⏎ done")
        await ed.until(lambda: app._exit)
    assert app.return_value.report.new == 3
    assert mira.intake.imports()[0].offer == "webinar"


async def test_an_import_is_stopped_goes_on_and_is_taken_back(mira, tmp_path, monkeypatch):
    """What was brought in until then is one import: it goes on where it was, and one key takes all
    of it back."""
    file = tmp_path / "many.csv"
    rows = (f"Ann{n} Vary{n},Firm {n},a{n}@firm{n}.example" for n in range(60))
    file.write_text("Name,Company,Email\n" + "\n".join(rows))
    app = ImportApp(mira, file, ImportOptions())
    async with app.run_test(size=(80, 24)) as pilot:
        ed = Importer(app, pilot)
        await ed.step("1 of 4")
        await ed.press("enter")
        await ed.step("2 of 4")
        await ed.press("enter")
        await ed.sees("60 new leads")
        # It rests after the first part until somebody has pressed the key.
        pressed = threading.Event()
        monkeypatch.setattr(Pace, "rest", staticmethod(lambda: pressed.wait(60)))
        await ed.press("enter")
        await ed.until(mira.intake.imports)
        await ed.press("escape")
        await ed.sees("Stopping")
        pressed.set()
        await ed.sees("rows are in, as import")
        half = mira.intake.imports()[0]
        assert 0 < half.left < 60
        await ed.press("r")
        await ed.sees(f"Import {half.id} is in")
        assert mira.intake.imports()[0].counts["new"] == 60
        await ed.press("u")
        await ed.sees("is taken back: 60 leads are gone")
        await ed.press("enter")
        await ed.until(lambda: app._exit)
    assert app.return_value.report is None


async def test_a_bad_file_is_said_and_another_is_asked_for(mira, tmp_path):
    """What is no list, and a list without a header, whose first row can be made one."""
    picture, bare = tmp_path / "badge.png", tmp_path / "bare.csv"
    picture.write_bytes(b"\x89PNG\r\n")
    bare.write_text("Wer,Wo erreichbar\nJane Roe,+1 312 555 0188\nBo Hart,+1 312 555 0189\n")
    app = ImportApp(mira, picture, ImportOptions())
    async with app.run_test(size=(80, 24)) as pilot:
        ed = Importer(app, pilot)
        await ed.sees("this is a picture, no table")
        ed.app.screen.query_one(LineField).value = str(bare)
        await ed.press("enter")
        await ed.sees("no row is a header that we know")
        await ed.press("enter")
        await ed.sees("no column is a name, an e-mail address or a telephone number yet")
        await ed.press("H")
        await ed.sees("header on line 1")
        await ed.sees("Wo erreichbar")
        await ed.press("space")
        await ed.sees("What is 'Wo erreichbar'?")
        await ed.press("escape")
        await ed.press("x")
        await ed.sees("is no field")
        await ed.press("escape", "escape")
        await ed.until(lambda: app._exit)
    assert app.return_value.said == ("Nothing was imported.",)


async def test_an_encoding_that_cannot_be_told_is_shown_and_chosen(mira, tmp_path):
    """Each reading stands beside its key."""
    file = tmp_path / "old.csv"
    file.write_bytes("Name,Company,Email\nJan Řÿ,Ůpa,j@upa.example\n".encode("cp1250", "replace"))
    app = ImportApp(mira, file, ImportOptions())
    async with app.run_test(size=(120, 36)) as pilot:
        ed = Importer(app, pilot)
        await ed.sees("Which of these is right?")
        line = next(line for line in ed.text().splitlines() if "cp1250" in line)
        await ed.press(line.split()[1])
        await ed.step("1 of 4")
        await ed.sees("cp1250")


async def test_hostile_cells_stay_text(mira, tmp_path):
    """In headers, cells, near duplicates and remarks."""
    said = [text.replace('"', "").replace("\n", " ") for text in ATTACKS.values()]
    file = tmp_path / "evil.csv"
    heads = ",".join(f'"{text}"' for text in said if "@" not in text)
    rows = "\n".join(
        f'"Jane {text}",Brightwater Mutual,,+13035550142,"{text}","{text}"' for text in said
    )
    file.write_text(f"Name,Company,Email,Phone,{heads}\n{rows}\n", encoding="utf-8")
    app = ImportApp(mira, file, ImportOptions())
    async with app.run_test(size=(120, 36)) as pilot:
        ed = Importer(app, pilot)
        await ed.step("1 of 4")
        looked_at(ed)
        await ed.press("enter")
        await ed.step("2 of 4")
        await ed.press("enter")
        await ed.step("3 of 4")
        await ed.sees("to decide")
        looked_at(ed)
        await ed.press("v")
        await ed.sees("Is it the same person?")
        looked_at(ed)
