"""The supervisor's view as somebody sits before it: what it shows, what Enter opens, and that
nothing in it writes."""

from datetime import timedelta

import pytest
from textual import events
from textual.widgets import Static

from leadtui.screens.supervise.compliance import state_of
from leadtui.screens.supervise.compliance_dialogs import PickScreen
from leadtui.screens.supervise.entries import EntriesScreen, OverdueScreen, RepScreen
from leadtui.screens.supervise.entry import EntryScreen
from leadtui.screens.supervise.figures import ByRepScreen, FiguresScreen
from leadtui.screens.supervise.overview import ComplianceScreen
from leadtui.screens.supervise.supervise import SuperviseApp
from leadtui.store.engine.database import open_store
from leadtui.store.engine.sqlite import driver
from leadtui.store.engine.tables import Lead, Rep
from leadtui.widgets.fields import LineField
from leadtui.widgets.tables import Grid
from tests.conftest import share
from tests.engines import START
from tests.floors import HOUR, a_desk, a_touch, an_actor, confirm, lay, start

HOSTILE = "[@click=app.quit]Bob[/] \x1b]52;c;c3RvbGVu\x07\x1b]0;mine\x07 [VIP]"
NOW = START + 2 * HOUR


@pytest.fixture
def desk(tmp_path):
    """A floor with a no, an open question, and a lead whose name attacks."""
    store = open_store(f"sqlite:///{tmp_path / 'leadtui.db'}", create=True, now=START)
    lay(store, leads=("Jane Okafor", HOSTILE))
    first = start(store, a_touch(store), START + HOUR)
    confirm(
        store,
        first,
        START + HOUR,
        answer="no",
        outcome="",
        reason="no_time",
        note="the \x1b[31mred\x1b[0m memo",
    )
    a_touch(store, lead_id=1, at=START + HOUR, due=START - timedelta(days=2))
    start(store, a_touch(store, lead_id=2, at=START + HOUR), NOW - timedelta(minutes=5))
    found = a_desk(store, tmp_path, now=NOW)
    yield found
    found.supervise.close()
    store.dispose()


async def until(pilot, test):
    """Wait until something is seen, ten seconds at most."""
    for _ in range(200):
        await pilot.pause(0.05)
        if test():
            return
    raise AssertionError("it never came")


def text_of(app):
    """Everything on the screen, as text."""
    return "\n".join(
        "".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()
    )


@pytest.fixture
async def view(desk):
    """The application, its first figures on the screen and the log verified."""
    app = SuperviseApp(desk)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(
            pilot, lambda: "rows hold ✓" in text_of(app) and not app.screen.grid("reps").empty
        )
        yield app, pilot


async def test_exceptions_stand_first_and_the_header_says_what_is_known(view):
    """The open question leads, then the no; the line on top tells how far the log is verified."""
    app, _ = view

    shown = text_of(app)

    assert shown.index("question open 5 min") < shown.index("1 answered no")
    assert "log verified to #10 · witness 11:00 · rows hold ✓" in shown
    assert "1–3 d 1" in shown


async def test_enter_opens_the_entries_and_the_entry_whole(view):
    """From an exception to its entries to one entry with its memo, and back."""
    app, pilot = view
    await pilot.press("j", "enter")
    await until(pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines)
    assert "NO: call Jane Okafor · no time" in text_of(app)

    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, EntryScreen) and app.screen.found)
    assert "memo" in text_of(app)
    assert "\x1b" not in text_of(app)

    await pilot.press("escape", "escape")
    assert isinstance(app.screen, ComplianceScreen)


async def test_a_number_of_a_rep_opens_the_entries_behind_it(view):
    """The cell under the cursor decides; the name opens the rep."""
    app, pilot = view
    app.screen.grid("reps").focus()
    await pilot.press("right", "right", "right", "right", "right", "right", "enter")
    await until(pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines)
    assert app.screen.titled == "Dana Reyes: no"

    await pilot.press("escape", "home", "enter")
    await until(pilot, lambda: isinstance(app.screen, RepScreen) and app.screen.lines)
    assert "adherence" in text_of(app)


async def test_keys_reach_overdue_lead_period_and_find(view):
    """v, l, t and / do what the footer says."""
    app, pilot = view
    await pilot.press("v")
    await until(pilot, lambda: isinstance(app.screen, OverdueScreen) and app.screen.lines)
    await pilot.press("l")
    await until(pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines)
    await pilot.press("escape", "escape", "t")
    await until(pilot, lambda: isinstance(app.screen, PickScreen))
    await pilot.press("7", "enter")
    await until(
        pilot,
        lambda: (
            isinstance(app.screen, ComplianceScreen) and app.screen.board.period.name == "7 days"
        ),
    )

    await pilot.press("slash")
    await until(pilot, lambda: app.screen.query(LineField))
    await pilot.press(*"okafor", "enter")
    await until(pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines)
    assert {line.lead_id for line in app.screen.lines} == {1}


async def test_what_is_typed_while_a_dialog_opens_is_for_it(view):
    """The first letters of what is looked for, and the number of a period."""
    app, pilot = view
    for key in ("slash", *"okafor", "enter"):
        app.post_message(events.Key(key, "/" if key == "slash" else key if key[1:] == "" else None))
    await until(pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines)
    assert {line.lead_id for line in app.screen.lines} == {1}
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(app.screen, ComplianceScreen))
    for key in ("t", "7", "enter"):
        app.post_message(events.Key(key, key if key != "enter" else None))
    await until(
        pilot,
        lambda: (
            isinstance(app.screen, ComplianceScreen) and app.screen.board.period.name == "7 days"
        ),
    )


async def test_what_a_rep_does_appears_by_itself(view, desk):
    """A new entry stands in the feed within the next looks, and the cursor stays where it was."""
    app, pilot = view
    await pilot.press("j")
    grid = app.screen.grid("exceptions")
    before = grid.ordered_rows[grid.cursor_row].key
    with desk.context.store.write(an_actor(2), NOW) as unit:
        unit.log(
            "gate.override",
            subjects={"lead": 1},
            codes={"code": "supervisor", "rule": "legal"},
            private="she asked",
        )

    await until(pilot, lambda: "override: supervisor" in text_of(app))

    assert grid.ordered_rows[grid.cursor_row].key == before


async def test_hostile_names_stay_text(view):
    """Markup in a name is shown, not run; no escape reaches the terminal."""
    app, pilot = view

    shown = text_of(app)
    await pilot.press("v")

    assert "[@click=app.quit]Bob" in shown
    assert "\x1b" not in shown
    assert app.is_running


@pytest.mark.parametrize("size", share([(20, 5), (120, 36), (80, 24), (300, 90), (60, 15)], 2))
async def test_every_size_works(desk, size):
    """From too small to very large: the exceptions and the state of the log are there, or it says
    too small."""
    app = SuperviseApp(desk)
    async with app.run_test(size=size) as pilot:
        if size == (20, 5):
            await until(pilot, lambda: "This window is" in text_of(app))
            return
        for words in ("verified to #10", "question open", "keys"):
            await until(pilot, lambda words=words: words in text_of(app))


async def test_an_export_is_written_where_it_says(view, tmp_path):
    """x asks for a name and writes the table and the page; a second time it refuses and stays."""
    app, pilot = view
    for words in ("written", "not overwritten"):
        await pilot.press("x")
        await until(pilot, lambda: app.screen.query(LineField))
        app.screen.query_one(LineField).value = str(tmp_path / "report")
        await pilot.press("enter")
        await until(pilot, lambda words=words: words in text_of(app))

    assert "question open" in (tmp_path / "report.csv").read_text(encoding="utf-8-sig")
    assert "<svg" in (tmp_path / "report.html").read_text()


async def test_a_damaged_log_is_said_on_top(desk):
    """The header names the entry and the damage, in words and not by colour alone; the figures are
    still shown."""
    connection = driver().connect(desk.context.store.path)
    connection.executescript("DROP TRIGGER log_no_update; UPDATE log SET body = '{}' WHERE seq = 3")
    connection.close()
    app = SuperviseApp(desk)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "LOG DAMAGED at #3: edited" in text_of(app))
        assert "does not hash" in str(app.screen.query_one("Feedback", Static).render())
        await pilot.press("i")
        await until(pilot, lambda: "compare" in text_of(app))


async def test_rows_changed_by_sql_are_said_on_top_and_stand_first(desk):
    """The chain holds and says so; the changed rows lead the exceptions, open their entries, and
    are told by i."""
    connection = driver().connect(desk.context.store.path)
    connection.executescript(
        "UPDATE rep SET role = 'supervisor' WHERE id = 1; UPDATE touch SET due = due + "
        "86400000000 WHERE id = 2"
    )
    connection.close()
    app = SuperviseApp(desk)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "▲ 2 rows changed · log verified to #10" in text_of(app))
        await until(pilot, lambda: app.screen.board.exceptions[0].kind == "rows")
        first, second, third = app.screen.board.exceptions[:3]
        assert (first.words, second.kind, third.kind) == (
            "rep 1: role is 'supervisor', and entry 4 says 'rep'",
            "rows",
            "open",
        )
        assert "the tables" in text_of(app)
        app.screen.grid("exceptions").move_cursor(row=0, animate=False)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines)
        assert {line.seq for line in app.screen.lines} == set(first.seqs)
        await pilot.press("escape", "i")
        await until(pilot, lambda: "touch 2: due is" in text_of(app))


async def test_rows_changed_while_one_looks_are_found_too(view, desk):
    """No entry is written for them, so the head stands still; the file has changed all the same."""
    app, pilot = view
    app.screen._rows_again = 0.0
    connection = driver().connect(desk.context.store.path)
    connection.executescript("UPDATE lead SET owner_id = 2 WHERE id = 1")
    connection.close()

    await until(pilot, lambda: "▲ 1 row changed" in text_of(app))


async def test_a_log_too_long_for_it_says_that_rows_were_not_checked(desk, monkeypatch):
    """It is never said of rows that they hold where nobody looked."""
    monkeypatch.setattr("leadtui.desk.audit.auditing.ROWS_UP_TO", 5)
    app = SuperviseApp(desk)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "rows not checked" in text_of(app))
        assert "✓" not in text_of(app)
        await pilot.press("i")
        await until(pilot, lambda: "log verify --deep" in text_of(app))


async def test_each_age_of_what_is_overdue_opens_its_own_list(view, desk):
    """As many touches as the figure says, and of that age only; all of them by v."""
    app, pilot = view
    store = desk.context.store
    with store.write(an_actor(3), NOW) as unit:
        for number in (3, 4, 5):
            values = {
                "full_name": "Ada Quist",
                "name_key": "ada quist",
                "created_at": NOW,
                "updated_at": NOW,
            }
            unit.session.add(Lead(id=number, owner_id=1, **values))
        unit.log("import.done")
    for lead_id, days in ((3, 0.02), (4, 0.04), (5, 5)):
        a_touch(store, lead_id=lead_id, at=NOW, due=NOW - timedelta(days=days))
    await pilot.press("f")
    await until(pilot, lambda: isinstance(app.screen, FiguresScreen) and app.screen.rows)
    figures = app.screen
    for age, count in enumerate((3, 1, 1)):
        place = [one.key if one else "" for one in figures.rows].index(f"overdue {age}")
        assert figures.rows[place].figure.value == count
        figures.query_one(Grid).move_cursor(row=place, animate=False)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, OverdueScreen) and app.screen.lines)
        assert len(app.screen.lines) == count
        assert figures.rows[place].name.removeprefix("overdue ") in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is figures)


async def test_looking_writes_nothing(view, desk):
    """A whole tour through the view leaves the database byte for byte as it was."""
    app, pilot = view
    rows = desk.supervise.rows
    before = (
        rows.value("SELECT total_changes()"),
        rows.stamp(),
        rows.value("SELECT max(seq) FROM log"),
    )

    await pilot.press(
        "enter",
        "escape",
        "r",
        "escape",
        "v",
        "escape",
        "t",
        "escape",
        "w",
        "escape",
        "f",
        "b",
        "escape",
        "escape",
        "i",
        "escape",
        "question_mark",
        "escape",
    )

    assert (
        rows.value("SELECT total_changes()"),
        rows.stamp(),
        rows.value("SELECT max(seq) FROM log"),
    ) == before
    assert app.screen.query_one("#exceptions", Grid)


def test_what_is_known_of_the_log_is_never_more_than_was_verified():
    """Before the first result it says that it verifies."""
    assert state_of(None, None, None, "40 %")[0] == "verifying the log 40 %"


async def test_every_figure_opens_its_entries_and_stands_beside_the_peers(view):
    """f lists the figures with n and the state of the log; Enter opens the entries, b the same
    figure by rep."""
    app, pilot = view
    await pilot.press("f")
    await until(pilot, lambda: isinstance(app.screen, FiguresScreen) and app.screen.rows)
    assert "log verified to #10" in str(app.screen.query_one(Grid).border_subtitle)
    opened = 0

    for place, measure in enumerate(app.screen.rows):
        if measure is None or not measure.figure.seqs:
            continue
        app.screen.query_one(Grid).move_cursor(row=place, animate=False)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines)
        assert {line.seq for line in app.screen.lines} == set(measure.figure.seqs)
        opened += 1
        await pilot.press("escape")

    assert opened >= 5
    figures = app.screen
    place = [one.key if one else "" for one in figures.rows].index("no")
    figures.query_one(Grid).move_cursor(row=place, animate=False)
    await pilot.press("b")
    await until(
        pilot, lambda: isinstance(app.screen, ByRepScreen) and not app.screen.query_one(Grid).empty
    )
    shown = text_of(app)
    assert shown.index("everybody") < shown.index("Dana Reyes") < shown.index("Ali Haddad")
    assert "of all answers" in shown


async def test_every_number_of_the_reps_opens_what_is_behind_it(view):
    """Each cell: entries as many as it counts, the open touches for what is due, the rep for a
    name; else it says so."""
    app, pilot = view
    grid = app.screen.grid("reps")
    grid.focus()
    for row, rep in enumerate(app.screen.board.reps):
        for column, figure in enumerate(rep.figures, 1):
            grid.move_cursor(row=row, column=column, animate=False)
            await pilot.press("enter")
            if column == 1:
                await until(pilot, lambda: isinstance(app.screen, OverdueScreen))
            elif figure.seqs:
                await until(
                    pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines
                )
                assert {line.seq for line in app.screen.lines} == set(figure.seqs)
            else:
                assert isinstance(app.screen, ComplianceScreen)
                assert "no entry of this period" in text_of(app)
                continue
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, ComplianceScreen))


async def test_two_dates_can_be_typed_and_a_wrong_one_is_answered(view):
    """The period asks for a name or dates; what cannot be read keeps the dialog, and says what to
    write."""
    app, pilot = view
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, PickScreen))
    await pilot.press("tab", *"last year", "enter")
    await until(pilot, lambda: "unknown" in text_of(app))
    app.screen.query_one(LineField).value = "2026-11-20..2026-11-22"
    await pilot.press("enter")
    await until(
        pilot,
        lambda: (
            isinstance(app.screen, ComplianceScreen) and app.screen.board.period.until is not None
        ),
    )

    assert "Reps · 2026-11-20..2026-11-22" in text_of(app)


async def test_the_figures_of_one_rep_are_a_key_and_a_letter_away(view):
    """w asks whose; a letter goes there; the table, the title and the figures are theirs."""
    app, pilot = view
    await pilot.press("w")
    await until(pilot, lambda: isinstance(app.screen, PickScreen))
    await pilot.press("a", "enter")
    await until(
        pilot, lambda: isinstance(app.screen, ComplianceScreen) and len(app.screen.board.reps) == 1
    )

    assert "Reps · Ali Haddad · today" in text_of(app)
    await pilot.press("f")
    await until(pilot, lambda: isinstance(app.screen, FiguresScreen) and app.screen.rows)
    assert "Ali Haddad" in str(app.screen.query_one(Grid).border_title)


async def test_the_reps_fit_into_every_width(desk):
    """No number is cut and nothing scrolls sideways, from sixty cells on, with names of any
    length."""
    with desk.context.store.write(an_actor(3), NOW) as unit:
        unit.session.get(Rep, 1).name = "Bartholomew Featherstonehaugh-Cholmondeley"
        unit.log("rep.set", subjects={"rep": 1})
    app = SuperviseApp(desk)
    async with app.run_test(size=(200, 50)) as pilot:
        for width in (200, 120, 105, 104, 80, 60):
            await pilot.resize_terminal(width, 36)
            await until(pilot, lambda: not app.screen.grid("reps").empty)
            await pilot.pause(0.2)
            grid = app.screen.grid("reps")
            assert grid.virtual_size.width <= grid.size.width, width
            assert grid.max_scroll_x == 0


async def test_a_window_that_was_too_small_takes_keys_again(view):
    """After every size the reps are there and Enter opens what the cursor stands on, in the view
    and in its lists."""
    app, pilot = view
    for size in ((70, 20), (30, 8), (60, 15), (20, 5), (120, 36)):
        await pilot.resize_terminal(*size)
        await pilot.pause(0.2)
    grid = app.screen.grid("reps")
    assert grid.size.height >= 3
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, EntriesScreen) and app.screen.lines)
    await pilot.resize_terminal(30, 8)
    await pilot.pause(0.2)
    await pilot.resize_terminal(70, 20)
    await pilot.pause(0.2)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, EntryScreen))
    await pilot.press("escape", "escape")
    assert app.screen.grid("reps").size.height >= 3
