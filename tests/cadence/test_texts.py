"""Spans, template files, and texts in columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.model import Span, Unit, When
from leadtui.cadence.reading.templates import placeholders, sections, split
from leadtui.cadence.sources.folding import cells, plain, plain_lines, wrap
from leadtui.cadence.spans import read_clock, read_span, read_when, span_text, when_text


@given(
    st.sampled_from(["start", "previous", "trial_ends"]),
    st.integers(-9999, 9999),
    st.sampled_from(list(Unit)),
)
def test_a_time_is_read_as_it_is_written(anchor, amount, unit):
    """Writing a due time and reading it again gives the same moment."""
    when = When(anchor, Span(amount, unit))
    again = read_when(when_text(when))

    assert again == (when if amount else When(anchor))
    assert read_span(span_text(when.offset)) == Span(abs(amount), unit)


@pytest.mark.parametrize(
    "text", ["", "5", "days", "-5 days", "5 day ago", "1.5 hours", "5 fortnights", "999999 days"]
)
def test_other_spans_are_none(text):
    """What is no number and unit is no span."""
    assert read_span(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "Start", "start 5 days", "start + days", "start + 5 days + 2 hours", "start - -5 days"],
)
def test_other_times_are_none(text):
    """What is no anchor and span is no time."""
    assert read_when(text) is None


@pytest.mark.parametrize("text", ["", "9", "24:01", "12:60", "9:5", "noon"])
def test_other_clocks_are_none(text):
    """What is no hour and minute is no clock time."""
    assert read_clock(text) is None


@given(st.text(alphabet="ab+\n", max_size=40))
def test_a_body_keeps_its_line(body):
    """Front matter, body and the line of the body fit the file, whatever the body holds."""
    text = f"+++\ntitle = 'x'\n+++\n{body}"
    front, kept, line = split(text)

    assert front == "\ntitle = 'x'\n"
    assert kept == body.strip("\n")
    assert not kept or text.split("\n")[line - 1] == kept.split("\n")[0]


@pytest.mark.parametrize(
    "text", ["", "no fence", "+++\ntitle = 1\n", "x\n+++\n+++\n", "++++\n+++\n"]
)
def test_without_two_fences_there_is_no_front_matter(text):
    """A file that does not begin with front matter is all body."""
    assert split(text) == ("", text, 1)


def test_fields_are_found_with_their_lines():
    """Named and braced fields count, doubled dollars do not, and a stray one has no name."""
    assert list(placeholders("$a ${b}\n$$c\n$5 $a")) == [("a", 1), ("b", 1), ("", 3), ("a", 3)]


def test_a_script_has_its_parts():
    """The opening, up to three branches by letter, and the closing parts."""
    parts = sections(
        "## Open\nHi\n\n## A: got stuck\nWhere?\n## Odd\n\n## Voicemail\nBye\n### deeper"
    )

    assert [(part.key, part.heading, part.line) for part in parts] == [
        ("open", "Open", 1),
        ("A", "A: got stuck", 4),
        ("", "Odd", 6),
        ("voicemail", "Voicemail", 8),
    ]
    assert parts[3].text == "Bye\n### deeper"


@given(st.text(), st.integers(2, 20))
def test_wrapped_text_fits_and_loses_nothing(text, width):
    """No line is wider than asked, and only blanks are lost."""
    lines = wrap(text, width)

    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == plain(text).replace(" ", "")


@given(st.text())
def test_plain_text_steers_nothing(text):
    """No control, format or separator character is left, and cleaning twice changes nothing."""
    assert all(char.isprintable() or char == "\ufffd" or ord(char) > 127 for char in plain(text))
    assert not set("\x00\x1b\x07\u202e\u200b\x9b\u2028") & set(plain(text) + plain_lines(text))
    assert plain(plain(text)) == plain(text)
    assert plain_lines(plain_lines(text)) == plain_lines(text)
