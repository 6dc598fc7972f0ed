"""Letters by post: printed when due, never marked as sent, never over a file that is there."""

import csv
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.messages import letter_pages
from leadtui.desk.messages.letter_pages import Sheet, font_for, pdf_of
from leadtui.desk.messages.letters import address_lines, print_letters
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.store.engine.tables import Company, Lead, Touch
from tests.builders import a_lead
from tests.cli.running import Line, refused

WORLD = {"street": "17 Mill Road", "city": "Denver", "postal_code": "80202"}


def customer(life, name="Jane Okafor", **more):
    """A lead whose thank-you letter is due."""
    lead = a_lead(life.dana, name, **{**WORLD, **more})
    with life.context.write() as unit:
        from leadtui.desk.planning.planning import Planning
        from leadtui.store import leads

        planning = Planning(life.context, unit)
        sheet = planning.sheet(lead)
        for row in leads.live_enrolments(unit.session, lead):
            planning.end(row, "test")
        row = planning.enrol(sheet, "post-sale", unit.now)
        for touch in leads.open_touches(unit.session, lead):
            planning.close(touch, "cancelled", "test")
        row.next_step = 2
        planning.plan(sheet, row)
        planning.settle(sheet)
        unit.log("test")
    life.clock.at = max(life.clock.at, life.front(lead).due)
    assert life.front(lead).channel == "letter"
    return lead


def rows(folder):
    return list(
        csv.DictReader((folder / "letters.csv").read_text(encoding="utf-8-sig").splitlines())
    )


def test_a_due_letter_becomes_a_pdf_and_a_line_of_the_list(life):
    """The step stays open: nobody has put it into the post yet."""
    lead = customer(life)
    found = print_letters(life.context, due_only=True)
    (letter,) = found.letters
    data = (found.folder / letter.file).read_bytes()
    assert data.startswith(b"%PDF-")
    assert (rows(found.folder)[0]["name"], rows(found.folder)[0]["file"]) == (
        "Jane Okafor",
        letter.file,
    )
    assert life.front(lead).state == "open"
    assert any("letter.printed" in row.body for row in life.rows_of_log())
    life.do(life.dana, life.front(lead).id)
    assert life.rows(Touch, Touch.id == letter.touch_id)[0].state == "done"
    assert print_letters(life.context, due_only=True).letters == ()


def test_a_letter_in_the_sample_firms_name_is_not_printed_on_a_real_floor(life):
    """It is listed with the reason, and its step stays open."""
    lead = customer(life)
    found = print_letters(replace(life.context, is_demo=False), due_only=True)

    assert found.letters == ()
    assert found.refused[0][0] == lead
    assert "sample firm" in found.refused[0][2]
    assert life.front(lead).state == "open"


def test_without_the_letters_extra_there_is_no_pdf_and_text_still(life, monkeypatch, capsys):
    """One sentence says what is missing and how to get it, nothing is written, and the way around
    works."""
    monkeypatch.setitem(sys.modules, "fpdf", None)
    leadtui, out = Line(life.folder, capsys), life.folder / "out"
    customer(life)
    monkeypatch.setenv("LEADTUI_NOW", life.clock.at.isoformat())
    said = refused(leadtui("letter", "print", "--due", "--out", out))
    assert "needs fpdf2, which is not installed; run pip install 'leadtui[letters]'" in said
    assert "or print with --format text" in said
    assert list(out.iterdir()) == []
    assert leadtui("letter", "print", "--due", "--out", out, "--format", "text").code == 0
    assert len(rows(out)) == 1


def test_the_text_says_what_the_template_says(life):
    """Address, date and the lead's name, and no field left."""
    customer(life)
    found = print_letters(life.context, due_only=True, pdf=False)
    text = (found.folder / found.letters[0].file).read_text(encoding="utf-8")
    assert "Jane Okafor\nBrightwater Mutual\n17 Mill Road\nDenver, CO 80202" in text
    assert "Dear Jane," in text
    assert "$" not in text
    assert "‹" not in text


def test_without_a_postal_address_somebody_finds_one(life):
    """The letter is refused with its reason and waits; a task asks for the address, once."""
    lead = customer(life, street="")
    for _ in range(2):
        found = print_letters(life.context, due_only=True)
        assert found.letters == ()
        assert found.refused == ((lead, "Jane Okafor", "has no postal address"),)
    assert [touch.title for touch in life.planned(lead) if touch.kind == "data_fix"] == [
        "Find a postal address"
    ]
    assert [touch for touch in life.planned(lead) if touch.channel == "letter"]


def test_nothing_is_overwritten_and_nothing_half_written(life, tmp_path):
    """A second round into the same folder is refused, and what is there stays as it is."""
    customer(life)
    folder = tmp_path / "post"
    print_letters(life.context, due_only=True, out=folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(WrongUse, match="letters in it already"):
        print_letters(life.context, due_only=True, out=folder)
    (folder / "letters.csv").unlink()
    with pytest.raises(LeadtuiError, match="exists already"):
        print_letters(life.context, due_only=True, out=folder)
    assert {path.name for path in folder.iterdir()} == set(before) - {"letters.csv"}


def test_the_list_runs_no_formula(life):
    """A name that a spreadsheet would run is only shown."""
    customer(life, name="=HYPERLINK(1) Park")
    found = print_letters(life.context, due_only=True)
    assert rows(found.folder)[0]["name"] == "'=HYPERLINK(1) Park"


def test_a_rep_prints_his_own_and_a_supervisor_all(life):
    """Ali has nothing to print."""
    customer(life)
    assert print_letters(life.ali.context, due_only=True).letters == ()
    assert len(print_letters(life.mira.context, due_only=True).letters) == 1


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        (
            {"country": "US", "region": "CO", "city": "Denver", "postal_code": "80202"},
            ("Denver, CO 80202",),
        ),
        ({"country": "DE", "city": "Köln", "postal_code": "50667"}, ("50667 Köln", "GERMANY")),
        (
            {"country": "GB", "city": "Leeds", "postal_code": "LS1 4AP"},
            ("Leeds", "LS1 4AP", "UNITED KINGDOM"),
        ),
        ({"country": "", "city": "Denver", "postal_code": ""}, ("Denver",)),
    ],
)
def test_an_address_looks_as_its_country_writes_it(fields, lines):
    """The country's name stands below abroad only."""
    sheet = LeadSheet(
        None, Lead(full_name="Ada Park", name_key="", street="Ring 1", **fields), "UTC"
    )
    sheet.__dict__["company"] = Company(name="Acme", name_key="acme")
    assert address_lines(sheet, "US") == ("Ada Park", "Acme", "Ring 1", *lines)


PAGE = Sheet("Halyard", ("Jane",), "November 23, 2026", "Dear Jane,\n\ntext\n", "US")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_same_letter_is_the_same_file():
    """So a mailing house can tell that nothing has changed."""
    assert pdf_of(PAGE, NOON) == pdf_of(PAGE, NOON)


def test_western_letters_need_no_font(monkeypatch):
    """Umlauts, accents, the euro and typographic quotes are in the core fonts."""
    monkeypatch.setattr(letter_pages, "_installed", tuple)
    assert pdf_of(Sheet("„Größe“", ("Zoë Łącki"[:3],), "é", "5 € – naïve", "DE"), NOON)


def test_other_letters_take_a_font_or_become_text(monkeypatch):
    """Without any font that has the characters there is no PDF, and never one with holes in it."""
    page = Sheet("Halyard", ("Łukasz Żak",), "", "Дорогой", "PL")
    monkeypatch.setattr(letter_pages, "_installed", tuple)
    assert pdf_of(page, NOON) is None


def test_a_font_that_is_none_is_refused(tmp_path):
    """A clear sentence, not a traceback."""
    wrong = tmp_path / "font.ttf"
    with pytest.raises(LeadtuiError, match="no such font file"):
        font_for("я", wrong)
    wrong.write_bytes(b"nothing")
    with pytest.raises(LeadtuiError, match="no TrueType font"):
        font_for("я", wrong)


def test_a_system_font_is_used_where_there_is_one():
    """On a machine with fonts Polish and Russian print."""
    page = Sheet("Halyard", ("Łukasz Żak",), "", "Дорогой", "PL")
    if font_for("ŁЖ") is None:
        pytest.skip("no TrueType font with these characters is installed here")
    assert pdf_of(page, NOON).startswith(b"%PDF-")
