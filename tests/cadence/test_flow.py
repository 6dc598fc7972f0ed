"""Flow charts of a cadence, for a terminal and as Mermaid."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leadtui.cadence.conditions import parse
from leadtui.cadence.flow import WIDTH, ascii_chart, mermaid
from leadtui.cadence.model import (
    By,
    Cadence,
    Channel,
    DayPart,
    Exit,
    OnClosedDay,
    Span,
    Step,
    Unit,
    When,
)
from leadtui.cadence.reading.loading import load
from leadtui.cadence.sources.folding import cells
from tests.cadence.books import files


def test_the_chart_of_a_small_cadence():
    """Each step has its time, channel, doer and title in columns, what moves or skips it, and the
    exits."""
    chart = ascii_chart(load(files()).cadences["trial"])

    assert (
        chart
        == """\
╭────────────────────────────────────────────────────────────────────────────────────────────────╮
│ trial · Software trial                                                                         │
│ goal: evaluate · at most 6 attempts without contact · trial_ends = start + 14 days             │
│ days keep their distance: what was done late or moved from a closed day moves what follows, so │
│ that two days of this file are never one; months keep their date within a week                 │
╰─┬──────────────────────────────────────────────────────────────────────────────────────────────╯
  │
  ├─ 1  start                         e-mail  system  Welcome
  │                                                   sent at once, closed days too
  │
  ├─ 2  start + 24 hours              call    rep     First call
  │                                                   closed day: next open day
  │                                                   skipped unless engagement = ">= 20"
  │
  ├─ 3  trial_ends - 2 business days  e-mail  rep     Last note
  │     at 09:00                                      closed day: open day before
  │                                                   skipped once trial_ends has passed
  │                                                   skipped after a contact
  │
  ├─▶ 6 attempts without contact: calls end, e-mails still run, then enters nurture
  ╰─▶ finished: enters nurture"""
    )


STEPS = st.builds(
    Step,
    id=st.just("s"),
    channel=st.sampled_from(list(Channel)),
    by=st.sampled_from(list(By)),
    at=st.builds(
        When,
        st.sampled_from(["start", "a_very_long_name_of_a_date" * 3]),
        st.builds(Span, st.integers(-9999, 9999), st.sampled_from(list(Unit))),
    ),
    title=st.text(max_size=120),
    on_closed_day=st.sampled_from(list(OnClosedDay)),
    day_part=st.none() | st.sampled_from(list(DayPart)),
    when=st.just(parse({})) | st.text(max_size=60).map(lambda text: parse({"offer": text})),
    until_contact=st.booleans(),
    required_before=st.sampled_from(["", "discount"]),
)
CADENCES = st.builds(
    Cadence,
    name=st.just("x"),
    title=st.text(max_size=150),
    goal=st.text(max_size=20),
    steps=st.lists(STEPS, max_size=12).map(tuple),
    on_finish=st.sampled_from([Exit(), Exit(("a", "b")), Exit(close="silent")]),
    on_exhausted=st.sampled_from([Exit(), Exit(("long-name-of-a-cadence",) * 9)]),
)


@given(CADENCES)
def test_any_cadence_fits_the_page(cadence):
    """No line is wider than 100 columns, nothing steers the terminal, and every step has its
    number."""
    chart = ascii_chart(cadence)

    assert all(cells(line) <= WIDTH for line in chart.split("\n"))
    assert not set("\x1b\x00\x07\x9b\r\u202e") & set(chart)
    assert len(re.findall(r"^  ├─ +\d+ ", chart, re.MULTILINE)) == len(cadence.steps)


@given(CADENCES)
def test_mermaid_is_well_formed(cadence):
    """Every line is a node or an edge, labels hold nothing that Mermaid or HTML reads, and every
    edge has its ends."""
    lines = mermaid(cadence).rstrip("\n").split("\n")
    node = re.compile(
        r'    (\w+)(?:\(\["([^"\[\]{}<>`;&|]*)"\]\)|\["([^"\[\]{}`&|]*)"\]|\{"([^"\[\]{}<>`&|]*)"\})'  # noqa: E501
    )
    edge = re.compile(r"    (\w+) (?:-->|-->\|(?:yes|no)\||-\.->) (\w+)")
    plain = [re.sub(r"#\d+;", "", line) for line in lines]
    nodes = {match[1] for line in plain if (match := node.fullmatch(line))}
    edges = [match.groups() for line in plain if (match := edge.fullmatch(line))]

    assert lines[0] == "flowchart TD"
    assert len(nodes) + len(edges) == len(lines) - 1
    assert {end for pair in edges for end in pair} <= nodes
    assert {"finish"} <= {end for _, end in edges}


def test_a_condition_is_a_diamond():
    """A step that may be skipped has a way round it."""
    trial = load(files()).cadences["trial"]
    chart = mermaid(replace(trial, title='"]; click s1 <b>'))

    assert '    c2{"engagement = #34;#62;= 20#34;?"}' in chart
    assert "    c2 -->|yes| s2\n" in chart
    assert "    c2 -->|no| c3\n" in chart
    assert 'start(["trial: #34;#93;#59; click s1 #60;b#62;"])' in chart
