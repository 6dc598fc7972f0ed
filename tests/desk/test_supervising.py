"""The figures of the supervisor's view, on a floor small enough to count by hand; every number opens its entries."""

import csv
import io
import re
from datetime import timedelta

import pytest

from leadtui.desk.compliance_report import as_csv, as_html, write_report
from leadtui.desk.compliance_views import EVERYBODY, FIGURES, Figure
from leadtui.errors import LeadtuiError, NotFound
from leadtui.store.tables import CallRecord, Response
from tests.engines import START, engine_url, postgres_server, postgres_url, store
from tests.floors import HOUR, a_desk, a_touch, an_actor, confirm, lay, start

__all__ = ["engine_url", "postgres_server", "postgres_url", "store"]

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
NOW = START + 6 * HOUR


@pytest.fixture
def floor(store, tmp_path):
    """A floor with people and leads, and the supervisor's desk six hours later."""
    lay(store)
    desk = a_desk(store, tmp_path, now=NOW)
    yield store, desk.supervise
    desk.supervise.close()


def called(store, at, *, rep_id=1, lead_id=1, due=START, kind="step", **answered):
    """A touch started at an instant and answered a minute later; returns the entry."""
    touch = a_touch(store, rep_id=rep_id, lead_id=lead_id, due=due, at=at)
    obligation = start(store, touch, at, rep_id=rep_id, kind=kind, rank=answered.pop("rank", 1),
                       out_of_turn=answered.pop("out_of_turn", ""))  # fmt: skip
    return confirm(store, obligation, at + MINUTE, **answered)


def figure(view, name, rep="Dana Reyes", period="today"):
    """One number of the table of reps."""
    line = next(line for line in view.reps(period) if line.name == rep)
    return line.figures[FIGURES.index(name)]


def measure(view, key, *, period="today", whose=EVERYBODY):
    """One figure by its key, of everybody unless asked otherwise."""
    return next(one.figure for one in view.table(period, whose).measures if one.key == key)


def kinds(view, period="today"):
    """The exceptions by kind, with the entries behind each."""
    return {line.kind: line.seqs for line in view.exceptions(period)}


def test_an_empty_floor_shows_nothing_and_no_error(floor):
    """Before anybody has done anything there is no exception and no share of nothing."""
    _, view = floor

    board = view.board()

    assert (board.exceptions, board.overdue, board.first_touch.median) == ((), (0, 0, 0), None)
    assert [one.shown for one in board.reps[0].figures] == ["0", "0", "–", "–", "0", "0", "–", "0"]


def test_done_no_and_partly_are_counted_with_their_entries(floor):
    """Yes and partly are done, no is not; each number knows its entries."""
    store, view = floor
    yes = called(store, START + HOUR)
    partly = called(store, START + 2 * HOUR, lead_id=2, answer="partly", reason="interrupted")
    no = called(store, START + 3 * HOUR, answer="no", outcome="", reason="no_time")

    assert figure(view, "done") == Figure(2, None, (partly, yes))
    assert figure(view, "no") == Figure(1, None, (no,))
    assert kinds(view) == {"no": (no,), "partly": (partly,)}


def test_on_time_is_by_the_end_of_its_day_and_counts_what_is_still_open(floor):
    """Done the same day is on time, done the day after is not, and yesterday's open touch counts against."""
    store, view = floor
    called(store, START + HOUR, due=START)
    late = called(store, START + 2 * HOUR, lead_id=2, due=START - DAY)
    a_touch(store, lead_id=2, due=START - DAY + HOUR)

    found = figure(view, "on time", period="7 days")

    assert (found.value, found.total, found.seqs) == (1, 3, (late,))
    assert found.shown == "33 %"


def test_a_promised_callback_is_kept_within_a_quarter_of_an_hour(floor):
    """A callback an hour late is an exception though its day was not over."""
    store, view = floor
    called(store, START + 10 * MINUTE, kind="callback", due=START)
    missed = called(store, START + HOUR, lead_id=2, kind="callback", due=START)

    assert kinds(view)["missed"] == (missed,)
    kept = measure(view, "callbacks")
    assert (kept.shown, kept.n, kept.seqs, kept.opens) == ("50 %", 2, (missed,), "those not kept")


def test_a_callback_that_is_still_missed_is_told_once(floor):
    """While a promise is open its own line tells of it, with the calls that came too late behind it."""
    store, view = floor
    late = called(store, START + HOUR, lead_id=2, kind="callback", due=START)
    a_touch(store, lead_id=2, due=START + 2 * HOUR, promised=1)

    lines = [line for line in view.exceptions() if line.kind in {"missed", "unkept"}]

    assert [(line.kind, line.seqs) for line in lines] == [("unkept", (late,))]
    assert lines[0].words == "promised callback missed by 4 h · call Tom Weiss · tried 1 time"
    assert measure(view, "callbacks").n == 2


def test_hasty_answers_are_exceptions(floor):
    """A contact answered in under 3 s, no contact seconds after the dial, and a call without a dial stand out."""
    store, view = floor
    called(store, START + HOUR, outcome="TALKED", contact=1, seconds_ms=4000)
    hasty = called(store, START + 2 * HOUR, lead_id=2, outcome="TALKED", contact=1, seconds_ms=2900)
    ringless = called(store, START + 3 * HOUR, dialed_ms=3000)
    undialed = called(store, START + 4 * HOUR, lead_id=2, dialed_ms=None)
    called(store, START + 5 * HOUR, outcome="NOT_DIALED", dialed_ms=None, verdict="not dialed")

    assert kinds(view) == {"hasty": (hasty,), "ringless": (ringless,), "undialed": (undialed,)}
    contacts = measure(view, "hasty")
    assert (contacts.shown, contacts.n, contacts.seqs) == ("50 %", 2, (hasty,))
    assert measure(view, "contact s").shown == "3.5 s"
    assert (measure(view, "ring s").shown, measure(view, "ring s").n) == ("3.0 s", 1)


def test_an_open_question_stands_first_with_its_age(floor):
    """The oldest unanswered question is the first line, and opens the entry that started it."""
    store, view = floor
    called(store, START + HOUR, outcome="TALKED", contact=1, seconds_ms=1000)
    start(store, a_touch(store, lead_id=2), NOW - 2 * MINUTE)

    first = view.exceptions()[0]

    assert first.words == "question open 2 min · call Tom Weiss"
    assert [line.event for line in view.entries(first.seqs)] == ["touch.started"]
    assert figure(view, "unanswered").value == 1


def test_overrides_deferrals_and_repeated_reasons(floor):
    """The same reason typed three times is told, whatever its case and spaces."""
    store, view = floor
    seqs = []
    for number, words in enumerate(("She asked for it", "she  asked for it", "SHE ASKED FOR IT", "another reason")):
        with store.write(an_actor(1), START + number * MINUTE) as unit:
            codes = {"code": "callback_requested", "rule": "legal hours"}
            seqs.append(unit.log("gate.override", subjects={"lead": 1}, codes=codes, private=words))
    with store.write(an_actor(1), START + HOUR) as unit:
        deferred = unit.log("touch.deferred", subjects={"lead": 1}, codes={"reason": "busy", "deferrals": 1})

    found = kinds(view)

    assert found["override"] == tuple(reversed(seqs))
    assert found["repeated"] == tuple(reversed(seqs[:3]))
    assert figure(view, "defer") == Figure(1, None, (deferred,))


def test_calls_without_a_record_are_unknown_until_records_are_imported(floor):
    """A dash before the phone system's records came in, then the calls they do not know."""
    from leadtui.store.tables import Attempt

    store, view = floor
    entries = [called(store, START + HOUR), called(store, START + 2 * HOUR, lead_id=2)]
    assert figure(view, "no record").shown == "–"

    with store.write(an_actor(3), START + 3 * HOUR) as unit:
        for number in (1, 2):
            at = START + number * HOUR
            unit.session.add(Attempt(id=number, lead_id=number, touch_id=number, obligation_id=number, rep_id=1, at=at,
                                     dialed_at=at, answered_at=at))  # fmt: skip
        unit.session.flush()
        unit.session.add(CallRecord(external_id="a", number="+1", at=START, attempt_id=1))
        unit.session.add(CallRecord(external_id="b", number="+1", at=START + 5 * HOUR))
        unit.log("calls.imported")

    assert figure(view, "no record") == Figure(1, None, (entries[1],))


def test_first_touch_comes_from_the_logs_dials(floor):
    """Speed and SLA take the first dial in the log, not what a table claims."""
    store, view = floor
    dials = []
    for lead_id, minutes in ((1, 4), (2, 50)):
        with store.write(an_actor(1), START + minutes * MINUTE) as unit:
            claimed = START + MINUTE
            unit.session.add(Response(lead_id=lead_id, offer="demo", inquiry_at=START, recorded_at=START,
                                      sla_minutes=5, sla_due=START + 5 * MINUTE, first_attempt_at=claimed))  # fmt: skip
            subjects = {"lead": lead_id, "attempt": lead_id}
            dials.append(unit.log("call.dialed", subjects=subjects, codes={"verdict": "clear", "rule": "clear"}))

    speed = view.board().first_touch

    assert (speed.count, speed.median, speed.spread) == (2, 27.0, (1, 0, 1, 0, 0))
    assert speed.seqs == tuple(reversed(dials))
    sla = figure(view, "SLA")
    assert (sla.value, sla.total, sla.seqs) == (1, 2, (dials[1],))


def test_overdue_is_told_by_age(floor):
    """Under a day, one to three, over three; the list is oldest first."""
    store, view = floor
    for lead_id, days in ((1, 0.1), (2, 2)):
        a_touch(store, lead_id=lead_id, due=NOW - days * DAY)

    assert view.board().overdue == (1, 1, 0)
    assert [line.lead for line in view.overdue()] == ["Tom Weiss", "Jane Okafor"]


def test_periods_begin_at_the_floors_midnight(floor, tmp_path):
    """Yesterday evening's answer is in the last seven days and not in today."""
    store, _ = floor
    called(store, START + HOUR)
    called(store, START + 14 * HOUR, lead_id=2)
    view = a_desk(store, tmp_path, now=START + 22 * HOUR).supervise

    counts = [figure(view, "done", period=period).value for period in ("today", "7 days", "30 days", "all")]
    with pytest.raises(NotFound, match="choose one of today, yesterday"):
        view.board("last year")

    view.close()
    assert counts == [0, 2, 2, 2]


def test_news_is_added_to_the_figures_without_reading_everything_again(floor, monkeypatch):
    """A second look reads only the entries behind the last one."""
    from leadtui.store import supervising as queries

    store, view = floor
    called(store, START + HOUR)
    view.board()
    read = []
    true_after = queries.after
    monkeypatch.setattr(queries, "after", lambda rows, seq, limit: read.append(seq) or true_after(rows, seq, limit))
    last = view.feed(0, 1)[0].seq
    stamp = view.stamp()

    called(store, START + 2 * HOUR, lead_id=2)

    assert view.stamp() != stamp
    assert figure(view, "done").value == 2
    assert min(read) == last


def test_find_reads_bodies_private_texts_and_names(floor):
    """A code, a word of a memo, or a lead's name in any case finds the entries."""
    store, view = floor
    noted = called(store, START + HOUR, note="wants the June figures", outcome="TALKED", contact=1)
    other = called(store, START + 2 * HOUR, lead_id=2, outcome="BUSY")

    assert [line.seq for line in view.find("june FIGURES")] == [noted]
    assert [line.seq for line in view.find("busy")] == [other]
    assert {line.lead_id for line in view.find("okafor")} == {1}
    assert view.find("100%") == ()
    assert view.find("") == ()


def test_show_filters_by_person_lead_event_and_time(floor):
    """Every test must fit; newest first."""
    store, view = floor
    mine = called(store, START + HOUR)
    theirs = called(store, START + 2 * HOUR, rep_id=2, lead_id=2)

    assert [line.seq for line in view.show(event="action.confirmed")] == [theirs, mine]
    assert [line.seq for line in view.show(rep_id=1, event="action.confirmed")] == [mine]
    assert {line.lead_id for line in view.show(lead_id=2)} == {2}
    assert all(line.at >= START + 2 * HOUR for line in view.show(since=START + 2 * HOUR))


def test_lead_one_is_not_lead_eleven(store, tmp_path):
    """A lead's entries are its own, though its number begins another's."""
    lay(store, leads=tuple(f"Lead {number}" for number in range(1, 12)))
    called(store, START + HOUR, lead_id=11)
    mine = called(store, START + 2 * HOUR, lead_id=1)
    view = a_desk(store, tmp_path, now=NOW).supervise

    found = view.lead_entries(1)

    view.close()
    assert {line.lead_id for line in found} == {1}
    assert found[0].seq == mine


def test_a_report_cannot_run_anything(floor, tmp_path):
    """Formulas in a name become text in the CSV, markup becomes text in the page, and the page loads nothing."""
    store, view = floor
    with store.write(an_actor(3), START) as unit:
        from leadtui.store.tables import Rep

        unit.session.get(Rep, 1).name = "=cmd|'/c calc'!A1<script>alert(1)</script>\x1b]52;c;x\x07"
        unit.log("rep.renamed", subjects={"rep": 1})
    called(store, START + HOUR, answer="no", outcome="", reason="no_time")
    board, every = view.board(), view.table()

    table, page = as_csv(board, every, "log verified"), as_html(board, every, "log verified", "Halyard <b>")

    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if re.match(r"\s*[=+\-@\t\r]", cell)]
    assert "\x1b" not in table + page
    assert "<script" not in page
    assert "Halyard &lt;b&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<svg") == 3
    made = write_report(board, every, "log verified", "Halyard", tmp_path / "report")
    assert [path.stat().st_size > 200 for path in made] == [True, True]
    with pytest.raises(LeadtuiError, match="not overwritten"):
        write_report(board, every, "log verified", "Halyard", tmp_path / "report")


def test_a_damaged_body_is_shown_and_does_not_hide_the_rest(tmp_path):
    """An entry that is no JSON any more appears as damaged in the feed."""
    from leadtui.store.database import open_store
    from leadtui.store.sqlite import driver

    store = open_store(f"sqlite:///{tmp_path / 'leadtui.db'}", create=True, now=START)
    lay(store)
    connection = driver().connect(store.path)
    connection.executescript("DROP TRIGGER log_no_update; UPDATE log SET body = '[1', at = 'x' WHERE seq = 2")
    connection.close()
    view = a_desk(store, tmp_path, now=NOW).supervise

    lines = view.feed()

    view.close()
    store.dispose()
    assert len(lines) == 4
    assert lines[2].event == "damaged"
