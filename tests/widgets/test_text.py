"""Small texts: times as people say them, safe strings, fields that take no controls, lines that
fit."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.events import Paste

from leadtui.desk.core.views import Header
from leadtui.screens.parts.themes import themes
from leadtui.widgets import choices, times
from leadtui.widgets.fields import BodyField, Left, LineField, MemoField
from leadtui.widgets.keys import key_name
from leadtui.widgets.lines import KeyLine, TopLine
from leadtui.widgets.queue_list import bar
from leadtui.widgets.safe import cell, fit, joined, shown

NOW = datetime(2026, 11, 23, 16, 42, tzinfo=UTC)
CHICAGO = times.zone("America/Chicago")


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(minutes=3), "in 3 min"),
        (timedelta(seconds=20), "now"),
        (-timedelta(minutes=5), "10:37"),
        (timedelta(hours=2), "12:42"),
        (timedelta(days=3, hours=5, minutes=18), "Thu 16:00"),
        (-timedelta(days=2), "Sat 10:42"),
        (timedelta(days=9), "2 Dec"),
        (timedelta(days=290), "9 Sep"),
        (timedelta(days=3650), "Nov 2036"),
        (-timedelta(days=365), "Nov 2025"),
    ],
)
def test_when_something_is_due(ahead, said):
    """Near times count minutes, today has a clock, this week a day, later a date."""
    assert times.due(NOW + ahead, NOW, CHICAGO) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (40, "40 s"),
        (180, "3 min"),
        (3600, "1 h"),
        (5400, "90 min"),
        (7200, "2 h"),
        (200_000, "2 d"),
        (-180, "3 min"),
    ],
)
def test_spans(length, said):
    """A length of time stands in its largest unit."""
    assert times.span(timedelta(seconds=length)) == said


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (59, "59 min"), (180, "3 h"), (480, "1 d"), (1000, "2 d")]
)
def test_business_time(minutes, said):
    """A day of it has eight hours."""
    assert times.work(timedelta(minutes=minutes)) == said


def test_running_times_and_what_is_left():
    """Under an hour minutes and seconds; a countdown has seconds only in its last ten minutes."""
    assert times.stopwatch(timedelta(seconds=134)) == "02:14"
    assert times.stopwatch(timedelta(seconds=3734)) == "1:02:14"
    assert times.stopwatch(timedelta(seconds=-5)) == "00:00"
    assert times.left(timedelta(seconds=108)) == "1:48"
    assert times.left(timedelta(minutes=22)) == "22 min"


def test_an_unknown_zone_is_no_error():
    """A machine without that zone shows UTC."""
    assert str(times.zone("Mars/Olympus")) == "UTC"


@pytest.mark.parametrize(
    "text", ["Jane", "漢字漢字漢字", "E" + "\u0301" * 30, "a\x1b[31mb", "x" * 500, ""]
)
@pytest.mark.parametrize("width", [1, 5, 20])
def test_fit_is_exactly_as_wide_as_asked(text, width):
    """Padded or cut, in cells and not in characters."""
    assert cell_len(fit(text, width)) == width
    assert "\x1b" not in fit(text, width)


def test_outside_text_is_never_markup():
    """Content and Text take it literally."""
    assert shown("[b]x[/b]").plain == "[b]x[/b]"
    assert cell("[b]x[/b]").plain == "[b]x[/b]"
    assert joined(shown("a"), "", shown("b")).plain == "a\nb"


def test_the_bar_of_an_sla():
    """Full, half and empty, always four cells."""
    assert [bar(share) for share in (1, 0.5, 0)] == ["▕██▏", "▕█ ▏", "▕  ▏"]


def test_choices_flow_into_the_width():
    """Lines break between choices, never inside one."""
    lines = choices.flowing([(str(n), f"choice {n}") for n in range(9)], 40).plain.splitlines()
    assert all(cell_len(line) <= 40 for line in lines)
    assert sum(line.count("choice") for line in lines) == 9


def test_keys_are_written_for_people():
    """Enter is an arrow, ctrl a caret."""
    assert [key_name(key) for key in ("enter", "ctrl+q", "slash", "D", "left_square_bracket")] == [
        "⏎",
        "^q",
        "/",
        "D",
        "[",
    ]


class Shell(App[None]):
    """An application with a few widgets and nothing else."""

    def __init__(self, *widgets) -> None:
        super().__init__()
        self.widgets, self.left = widgets, []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes()[0].variables)

    def compose(self) -> ComposeResult:
        yield from self.widgets

    def on_left(self, message: Left) -> None:
        self.left.append((message.field, message.done))


@pytest.mark.parametrize("field", [LineField, MemoField, BodyField])
async def test_fields_take_only_what_can_be_shown(field):
    """A paste with escapes and overrides comes out as harmless text."""
    app = Shell(field())
    async with app.run_test() as pilot:
        widget = app.query_one(field)
        widget.focus()
        await pilot.pause()
        widget.post_message(Paste("a\x1b]52;c;x\x07\u202eb"))
        await pilot.pause()
        assert widget.value.startswith("a\ufffd]52;c;x\ufffd\ufffdb")


async def test_a_memo_is_left_by_enter_tab_and_escape():
    """Enter is done, the others only leave; none of them writes anything."""
    app = Shell(MemoField("hello"))
    async with app.run_test() as pilot:
        memo = app.query_one(MemoField)
        memo.focus()
        await pilot.press("enter", "tab", "escape")
        await pilot.pause()
        assert [done for _, done in app.left] == [True, False, False]
        assert memo.value == "hello"


async def test_a_body_keeps_its_lines():
    """Enter is a line there; only Esc leaves."""
    app = Shell(BodyField("a"))
    async with app.run_test() as pilot:
        body = app.query_one(BodyField)
        body.focus()
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert body.value == "\na"
        assert [done for _, done in app.left] == [True]


async def test_the_key_line_keeps_the_help_key():
    """Eight keys at most; in a narrow window the last one stays."""
    line = KeyLine()
    app = Shell(line)
    async with app.run_test(size=(60, 5)) as pilot:
        line.keys = (*((chr(97 + n), f"does {n}") for n in range(12)), ("?", "keys"))
        await pilot.pause()
        plain = line.render().plain
        assert plain.endswith("? keys")
        assert cell_len(plain) <= 58


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_top_line_shows_what_fits(width):
    """The less room, the less stands on the right; the time is never lost."""
    line = TopLine("Call block")
    app = Shell(line)
    async with app.run_test(size=(width, 5)) as pilot:
        line.header = Header("Dana Reyes", "Floor", NOW, "America/Chicago", 17, 60, 5, 0.94)
        await pilot.pause()
        plain = line.render().plain
        assert "10:42" in plain
        assert "calls 17/60" in plain
        assert ("SLA 94 %" in plain) == (width >= 80)
        assert cell_len(plain) <= width - 2
