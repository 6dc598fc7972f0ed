"""The figures of the supervisor's view, on a floor small enough to count by hand; every number
opens its entries."""

import csv
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from leadtui.desk.figures.compliance_report import as_csv, as_html, write_report
from leadtui.desk.figures.compliance_views import EVERYBODY, FIGURES, Figure, Whose
from leadtui.desk.figures.periods import period_of
from leadtui.errors import LeadtuiError, NotFound
from leadtui.store.engine.database import open_store
from leadtui.store.engine.sqlite import driver
from leadtui.store.engine.tables import Attempt, CallRecord, DoNotCall, Rep, Response
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
    obligation = start(
        store,
        touch,
        at,
        rep_id=rep_id,
        kind=kind,
        rank=answered.pop("rank", 1),
        out_of_turn=answered.pop("out_of_turn", ""),
    )
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
    """Done the same day is on time, done the day after is not, and yesterday's open touch counts
    against."""
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
    """While a promise is open its own line tells of it, with the calls that came too late behind
    it."""
    store, view = floor
    late = called(store, START + HOUR, lead_id=2, kind="callback", due=START)
    a_touch(store, lead_id=2, due=START + 2 * HOUR, promised=1)

    lines = [line for line in view.exceptions() if line.kind in {"missed", "unkept"}]

    assert [(line.kind, line.seqs) for line in lines] == [("unkept", (late,))]
    assert lines[0].words == "promised callback missed by 4 h · call Tom Weiss · tried 1 time"
    assert measure(view, "callbacks").n == 2


def test_hasty_answers_are_exceptions(floor):
    """A contact answered in seconds after the dial, no contact so soon, and a call without a dial
    stand out; behind a longer call the question may be answered at once, and is counted."""
    store, view = floor
    called(store, START + HOUR, outcome="TALKED", contact=1, seconds_ms=4000)
    short = {"outcome": "TALKED", "contact": 1, "seconds_ms": 2900, "dialed_ms": 7900}
    hasty = called(store, START + 2 * HOUR, lead_id=2, **short)
    ringless = called(store, START + 3 * HOUR, dialed_ms=3000)
    undialed = called(store, START + 4 * HOUR, lead_id=2, dialed_ms=None)
    at_once = called(store, START + 4.5 * HOUR, contact=1, seconds_ms=900, dialed_ms=12_000)
    called(store, START + 5 * HOUR, outcome="NOT_DIALED", dialed_ms=None, verdict="not dialed")

    assert kinds(view) == {"brief": (hasty,), "ringless": (ringless,), "undialed": (undialed,)}
    contacts = measure(view, "hasty")
    assert (contacts.shown, contacts.n, contacts.seqs) == ("67 %", 3, (at_once, hasty))
    assert measure(view, "contact s").shown == "2.9 s"
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
    for number, words in enumerate(
        ("She asked for it", "she  asked for it", "SHE ASKED FOR IT", "another reason")
    ):
        with store.write(an_actor(1), START + number * MINUTE) as unit:
            codes = {"code": "callback_requested", "rule": "legal hours"}
            seqs.append(unit.log("gate.override", subjects={"lead": 1}, codes=codes, private=words))
    with store.write(an_actor(1), START + HOUR) as unit:
        deferred = unit.log(
            "touch.deferred", subjects={"lead": 1}, codes={"reason": "busy", "deferrals": 1}
        )

    found = kinds(view)

    assert found["override"] == tuple(reversed(seqs))
    assert found["repeated"] == tuple(reversed(seqs[:3]))
    assert figure(view, "defer") == Figure(1, None, (deferred,))


def test_calls_without_a_record_are_unknown_until_records_are_imported(floor):
    """A dash before the phone system's records came in, then the calls they do not know."""
    store, view = floor
    entries = [called(store, START + HOUR), called(store, START + 2 * HOUR, lead_id=2)]
    assert figure(view, "no record").shown == "–"

    with store.write(an_actor(3), START + 3 * HOUR) as unit:
        for number in (1, 2):
            at = START + number * HOUR
            unit.session.add(
                Attempt(
                    id=number,
                    lead_id=number,
                    touch_id=number,
                    obligation_id=number,
                    rep_id=1,
                    at=at,
                    dialed_at=at,
                    answered_at=at,
                )
            )
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
            unit.session.add(
                Response(
                    lead_id=lead_id,
                    offer="demo",
                    inquiry_at=START,
                    recorded_at=START,
                    sla_minutes=5,
                    sla_due=START + 5 * MINUTE,
                    first_attempt_at=claimed,
                )
            )
            subjects = {"lead": lead_id, "attempt": lead_id}
            dials.append(
                unit.log(
                    "call.dialed", subjects=subjects, codes={"verdict": "clear", "rule": "clear"}
                )
            )

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

    counts = [
        figure(view, "done", period=period).value
        for period in ("today", "7 days", "30 days", "all")
    ]
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
    monkeypatch.setattr(
        queries, "after", lambda rows, seq, limit: read.append(seq) or true_after(rows, seq, limit)
    )
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
    silent = called(store, START + 3 * HOUR, lead_id=2, outcome="NO_ANSWER")

    assert [line.seq for line in view.find("june FIGURES")] == [noted]
    assert [line.seq for line in view.find("busy")] == [other]
    assert {line.lead_id for line in view.find("okafor")} == {1}
    for said in ("no answer", "NO_ANSWER", "No answer"):
        assert [line.seq for line in view.find(said)] == [silent]
    assert view.find("100%") == view.find("\\") == view.find("%") == ()
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


def test_find_of_the_first_lead_leaves_the_twelfth_out(store, tmp_path):
    """Lead 1 by her name: no entry of lead 12, whose number begins alike."""
    lay(store, leads=("Jane Okafor", *(f"Lead {number}" for number in range(2, 13))))
    mine = called(store, START + HOUR)
    called(store, START + 2 * HOUR, lead_id=12)
    view = a_desk(store, tmp_path, now=NOW).supervise

    found = view.find("okafor")

    view.close()
    assert {line.lead_id for line in found} == {1}
    assert found[0].seq == mine


def logged(store, event, codes, *, rep_id=1, lead_id=1, at=START + HOUR):
    """One entry about a lead."""
    with store.write(an_actor(rep_id), at) as unit:
        return unit.log(event, subjects={"lead": lead_id}, codes=codes)


def test_touches_taken_off_the_queue_without_an_answer_are_told(floor):
    """How many, by what; not where nothing was due, not behind an answer, not a supervisor's, and
    not of old entries."""
    store, view = floor
    sign = logged(store, "lead.sign", {"kind": "registered", "until": "2026-12-01", "set_aside": 2})
    rejected = logged(store, "lead.rejected", {"reason": "not_ours", "set_aside": 1})
    block = logged(store, "dnc.added", {"set_aside": 1, "by_answer": 0})
    moved = logged(store, "lead.edited", {"place": 1, "set_aside": 0})
    logged(store, "dnc.added", {"set_aside": 3, "by_answer": 1})
    logged(store, "lead.sign", {"kind": "registered", "set_aside": 0})
    logged(store, "lead.sign", {"kind": "registered"})
    logged(store, "lead.sign", {"kind": "registered", "set_aside": 5}, rep_id=3)

    lines = {line.kind: line for line in view.exceptions()}

    assert lines["set aside"].words == "4 due touches set aside by signs, rejections or blocks"
    assert (lines["set aside"].rep, lines["set aside"].seqs) == (
        "Dana Reyes",
        (block, rejected, sign),
    )
    assert (lines["place"].words, lines["place"].seqs) == ("1 change of a lead's place", (moved,))
    assert measure(view, "set aside").shown == "4"
    shown = {
        part: measure(view, f"set aside:{part}").shown
        for part in ("registered", "rejected", "do not call")
    }
    assert shown == {"registered": "2", "rejected": "1", "do not call": "1"}
    assert measure(view, "place").seqs == (moved,)


def test_one_touch_set_aside_is_said_in_the_singular(floor):
    """One touch, whoever counts."""
    store, view = floor
    logged(store, "lead.rejected", {"set_aside": 1})

    assert view.exceptions()[0].words == "1 due touch set aside by signs, rejections or blocks"


def test_an_email_confirmed_without_a_message_is_told(floor):
    """By its code; of an older entry because it names no message. Answered no, or handed over, it
    is none."""
    store, view = floor
    unsent = called(store, START + HOUR, channel="email", outcome="", unsent=1)
    older = called(store, START + 2 * HOUR, lead_id=2, channel="email", outcome="")
    called(store, START + 3 * HOUR, channel="email", outcome="", unsent=0)
    called(
        store,
        START + 4 * HOUR,
        lead_id=2,
        channel="email",
        answer="no",
        outcome="",
        reason="no_time",
    )

    line = next(line for line in view.exceptions() if line.kind == "unsent")

    assert (line.words, line.seqs) == ("2 e-mails confirmed without a message", (older, unsent))
    assert measure(view, "unsent").seqs == (older, unsent)


def test_a_promise_confirmed_before_its_time_is_told(floor):
    """So many minutes early; 0 is not early."""
    store, view = floor
    early = called(store, START + HOUR, early_min=95)
    called(store, START + 2 * HOUR, lead_id=2, early_min=0)

    assert kinds(view)["early"] == measure(view, "early").seqs == (early,)


def test_by_command_a_contact_is_measured_since_the_dial(floor):
    """No question is shown there; a contact that has neither time is told as such, and the median
    stays the screen's."""
    store, view = floor
    hasty = called(
        store, START + HOUR, outcome="TALKED", contact=1, seconds_ms=None, dialed_ms=2000
    )
    called(
        store,
        START + 2 * HOUR,
        lead_id=2,
        outcome="TALKED",
        contact=1,
        seconds_ms=None,
        dialed_ms=90_000,
    )
    blind = called(
        store, START + 3 * HOUR, outcome="TALKED", contact=1, seconds_ms=None, dialed_ms=None
    )

    found = kinds(view)

    assert (found["brief"], found["unmeasured"]) == ((hasty,), (blind,))
    assert (measure(view, "hasty").shown, measure(view, "hasty").n) == ("50 %", 2)
    assert measure(view, "unmeasured").seqs == (blind,)
    assert measure(view, "contact s").shown == "–"
    assert next(line for line in view.feed() if line.seq == hasty).alarming


@pytest.mark.parametrize("began", [START + HOUR, START - 10 * HOUR])
def test_an_inbound_call_needs_no_dial(store, tmp_path, began):
    """Neither today's nor one that was taken before midnight and confirmed today is a call without
    a dial."""
    lay(store)
    obligation = start(store, a_touch(store, at=began), began, kind="inbound", inbound=1, rank=None)
    at = max(began + MINUTE, START + HOUR)
    confirm(store, obligation, at, outcome="TALKED", contact=1, seconds_ms=None, dialed_ms=None)
    view = a_desk(store, tmp_path, now=NOW).supervise

    found = {line.kind for line in view.exceptions()}

    view.close()
    assert not found & {"undialed", "unmeasured", "brief"}


def taken_back(store, entry, at, *, lead_id=1):
    """An answer taken back at an instant, by Dana; returns the entry that says so."""
    with store.write(an_actor(1), at) as unit:
        return unit.log(
            "action.taken_back",
            subjects={"entry": entry, "lead": lead_id},
            codes={"reason": "wrong_key", "outcome": "BUSY", "channel": "call"},
        )


def test_the_answer_that_stands_is_counted(store, tmp_path):
    """A wrong key of today or of a day that is over counts no more, also where it was counted
    before; that it was taken back is told."""
    lay(store)
    view, again = (a_desk(store, tmp_path, now=NOW + DAY).supervise for _ in range(2))
    yesterday = called(store, START + HOUR, answer="no", reason="no_time")
    today = called(store, START + DAY, lead_id=2, answer="no", reason="no_time")
    assert kinds(view, "7 days") == {"no": (today, yesterday)}
    assert kinds(view, "yesterday") == {"no": (yesterday,)}

    first = taken_back(store, today, START + DAY + 2 * HOUR, lead_id=2)
    assert kinds(view, "7 days") == {"taken back": (first,), "no": (yesterday,)}
    second = taken_back(store, yesterday, START + DAY + 3 * HOUR)

    for seen in (view, again):
        assert kinds(seen, "7 days") == {"taken back": (second, first)}
        assert kinds(seen, "yesterday") == {}
        assert measure(seen, "taken back").value == 2
        assert measure(seen, "done", period="7 days").shown == "0"
    assert view.entry(today).corrections == (first,)
    assert [line.alarming for line in view.entries([first])] == [True]
    view.close()
    again.close()


def test_corrections_are_told(floor):
    """Who corrects the log is seen by those who read it."""
    store, view = floor
    with store.write(an_actor(3), START + HOUR) as unit:
        seq = unit.log(
            "entry.corrected",
            subjects={"entry": 2},
            codes={"event": "rep.added"},
            private="it was so",
        )

    line = next(line for line in view.exceptions() if line.kind == "corrected")

    assert (line.rep, line.words, line.seqs) == ("Lee Park", "1 correction of the log", (seq,))
    assert measure(view, "corrected").shown == "1"


def test_overdue_touches_are_listed_by_age(store, tmp_path):
    """Each list holds what its figure counts, at the edges too."""
    ages = (0.1, 1, 1.5, 3, 3.5, 9)
    lay(store, leads=tuple(f"Lead {days}" for days in ages))
    for lead_id, days in enumerate(ages, 1):
        a_touch(store, lead_id=lead_id, due=NOW - days * DAY)
    view = a_desk(store, tmp_path, now=NOW).supervise

    lists = [[line.lead for line in view.overdue(age=age)] for age in range(3)]
    counted = view.board().overdue

    view.close()
    assert lists == [["Lead 1", "Lead 0.1"], ["Lead 3", "Lead 1.5"], ["Lead 9", "Lead 3.5"]]
    assert counted == (2, 2, 2)


def test_a_report_cannot_run_anything(floor, tmp_path):
    """Formulas in a name become text in the CSV, markup becomes text in the page, and the page
    loads nothing."""
    store, view = floor
    with store.write(an_actor(3), START) as unit:
        unit.session.get(Rep, 1).name = "=cmd|'/c calc'!A1<script>alert(1)</script>\x1b]52;c;x\x07"
        unit.log("rep.renamed", subjects={"rep": 1})
    called(store, START + HOUR, answer="no", outcome="", reason="no_time")
    board, every = view.board(), view.table()

    table, page = (
        as_csv(board, every, "log verified"),
        as_html(board, every, "log verified", "Halyard <b>"),
    )

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
    store = open_store(f"sqlite:///{tmp_path / 'leadtui.db'}", create=True, now=START)
    lay(store)
    connection = driver().connect(store.path)
    connection.executescript(
        "DROP TRIGGER log_no_update; UPDATE log SET body = '[1', at = 'x' WHERE seq = 2"
    )
    connection.close()
    view = a_desk(store, tmp_path, now=NOW).supervise

    lines = view.feed()

    view.close()
    store.dispose()
    assert len(lines) == 4
    assert lines[2].event == "damaged"


def test_every_figure_is_counted_by_hand(floor):
    """On a floor with one of each: the value, of how many, and the entries that stand behind it."""
    store, view = floor
    yes = called(store, START + HOUR, out_of_turn="asked_for", rank=5)
    called(store, START + 2 * HOUR, lead_id=2, outcome="WRONG_NUMBER")
    no = called(store, START + 3 * HOUR, answer="no", outcome="", reason="no_time")
    open_ = start(store, a_touch(store, lead_id=2, at=NOW), NOW - 5 * MINUTE, rank=None)
    with store.write(an_actor(1), START + 4 * HOUR) as unit:
        codes = {"code": "existing_customer", "rule": "legal hours"}
        override = unit.log(
            "gate.override", subjects={"lead": 1}, codes=codes, private="she asked me to"
        )
        dialed = unit.log(
            "call.dialed", subjects={"lead": 1, "attempt": 1}, codes={"verdict": "clear"}
        )
        unit.log("gate.acknowledged", subjects={"lead": 1}, codes={"rule": "zone doubt"})
        codes = {"reason": "meeting", "deferrals": 1, "rank": 2, "offered": 1}
        deferred = unit.log("touch.deferred", subjects={"lead": 1}, codes=codes)
        skipped = unit.log("touch.skipped", subjects={"lead": 1}, codes={"why": "no address"})
        third = unit.log("touch.deferral_asked", subjects={"lead": 1}, codes={"reason": "meeting"})
    assert open_

    found = {one.key: one.figure for one in view.table().measures}

    shown = {key: (figure.shown, figure.n) for key, figure in found.items()}
    assert shown["answered"] == ("75 %", 4)
    assert shown["unanswered"] == ("1", None)
    assert shown["no"] == ("33 %", 3)
    assert shown["no:no_time"] == ("33 %", 3)
    assert shown["adherence"] == ("75 %", 4)
    assert shown["out of turn:asked_for"] == ("1", None)
    assert shown["deferred"] == ("25 %", 4)
    assert shown["override"] == shown["override by rule:legal hours"] == ("100 %", 1)
    assert (
        shown["override by code:existing_customer"]
        == shown["acknowledged:zone doubt"]
        == ("100 %", 1)
    )
    assert shown["outcome:WRONG_NUMBER"] == ("50 %", 2)
    assert shown["skipped:no address"] == shown["asked"] == ("1", None)
    assert shown["later"] == ("0", None)
    assert found["no"].seqs == (no,)
    assert found["override"].seqs == (override,)
    assert found["deferred:meeting"].seqs == (deferred,)
    assert (found["skipped"].seqs, found["asked"].seqs) == ((skipped,), (third,))
    assert [line.event for line in view.entries(found["answered"].seqs)] == ["touch.started"]
    assert found["out of turn"].seqs == found["adherence"].seqs
    assert yes - 1 in found["out of turn"].seqs
    assert dialed


def test_do_not_call_is_timed_and_later_calls_are_an_alarm(floor):
    """From the request to the block, by the log's own time; a dial behind it opens and stands
    first."""
    store, view = floor
    number = "+13035550142"
    called(store, START)
    with store.write(an_actor(1), START + HOUR) as unit:
        unit.session.add(
            Attempt(
                id=1,
                lead_id=1,
                touch_id=1,
                obligation_id=1,
                rep_id=1,
                number=number,
                at=START,
                dialed_at=START,
            )
        )
        unit.log("call.dialed", subjects={"lead": 1, "attempt": 1}, codes={"verdict": "clear"})
        asked = START + HOUR - 2 * SECOND
        unit.session.add(
            DoNotCall(
                number=number, lead_id=1, requested_at=asked, added_at=START + HOUR, added_by=1
            )
        )
        unit.session.flush()
        blocked = unit.log("dnc.added", subjects={"lead": 1}, codes={"reason": "asked"})
    latency = measure(view, "latency")
    assert (latency.shown, latency.n, latency.seqs) == ("2.0 s", 1, (blocked,))
    assert measure(view, "later") == Figure(0, None, ())

    with store.write(an_actor(2), START + 2 * HOUR) as unit:
        unit.session.add(
            Attempt(
                id=2,
                lead_id=2,
                touch_id=1,
                obligation_id=1,
                rep_id=2,
                number=number,
                at=START + 2 * HOUR,
                dialed_at=START + 2 * HOUR,
            )
        )
        by_number = unit.log(
            "call.dialed", subjects={"lead": 2, "attempt": 2}, codes={"verdict": "clear"}
        )
    with store.write(an_actor(2), START + 3 * HOUR) as unit:
        by_lead = unit.log(
            "call.dialed", subjects={"lead": 1, "attempt": 3}, codes={"verdict": "clear"}
        )

    assert measure(view, "later").seqs == (by_lead, by_number)
    first = view.exceptions()[0]
    assert (first.rep, first.seqs) == ("Ali Haddad", (by_lead, by_number))


def test_a_lead_taken_over_and_an_answer_behind_it_are_told(floor):
    """The take-over is told of the rep who left the question open; the late answer of who gave
    it."""
    store, view = floor
    with store.write(an_actor(3), START + HOUR) as unit:
        taken = unit.log(
            "lead.taken_over", subjects={"lead": 1, "obligation": 1}, codes={"from": 1, "to": 2}
        )
    late = called(store, START + 2 * HOUR, lead_id=2, late=1)

    assert kinds(view) == {"taken over": (taken,), "answered late": (late,)}
    assert {line.rep for line in view.exceptions()} == {"Dana Reyes"}


def test_a_question_that_was_open_over_midnight_keeps_its_promise(store, tmp_path):
    """Whether it was a promised callback stands in the day before; the answer is counted by
    that."""
    lay(store)
    evening = START + 10 * HOUR
    obligation = start(store, a_touch(store, due=evening), evening, kind="callback")
    kept = confirm(store, obligation, evening + 14 * HOUR)
    view = a_desk(store, tmp_path, now=evening + 15 * HOUR).supervise

    found = measure(view, "callbacks")

    view.close()
    assert (found.value, found.total, found.seqs) == (1, 1, (kept,))


def test_a_long_period_fills_in_from_the_newest_day(store, tmp_path):
    """With a budget a board shows the days it has read, newest first, and says how far back they
    go; then all of them."""
    lay(store)
    entries = [called(store, START + day * DAY, lead_id=1) for day in range(5)]
    view = a_desk(store, tmp_path, now=START + 4 * DAY + HOUR).supervise

    boards = [view.board("all", budget=1)]
    while boards[-1].read_from is not None:
        boards.append(view.board("all", budget=1))

    done = FIGURES.index("done")
    assert [board.total[done].value for board in boards] == [2, 3, 4, 5]
    assert [board.share for board in boards] == sorted(board.share for board in boards)
    assert boards[0].read_from is not None
    assert boards[0].read_from < START + 3 * DAY < boards[0].read_from + DAY
    assert boards[-1].total[done].seqs == tuple(reversed(entries))
    called(store, START + 4 * DAY + 2 * HOUR, lead_id=2)
    assert view.board("all").total[done].value == 6
    view.close()


def test_a_day_that_ends_is_counted_as_a_closed_one(store, tmp_path):
    """Over midnight today's entries become yesterday's, in a view that stays open."""
    lay(store)
    called(store, START + HOUR)
    desk = a_desk(store, tmp_path, now=NOW)
    view = desk.supervise
    before = [figure(view, "done", period=period).value for period in ("today", "yesterday", "all")]

    desk.context.clock.advance(days=1)
    called(store, START + DAY, lead_id=2)

    after = [figure(view, "done", period=period).value for period in ("today", "yesterday", "all")]
    view.close()
    assert (before, after) == ([1, 0, 1], [1, 1, 2])


def test_figures_of_one_rep_and_of_a_team(floor):
    """A filter counts those people alone, in every figure and list, and the columns add up to
    everybody."""
    store, view = floor
    with store.write(an_actor(3), START) as unit:
        unit.session.get(Rep, 2).team = "outside"
        unit.log("rep.set", subjects={"rep": 2})
    mine = called(store, START + HOUR)
    theirs = called(store, START + 2 * HOUR, rep_id=2, lead_id=2)
    a_touch(store, rep_id=2, lead_id=2, due=START)

    names = [whose.name for whose in view.everybody()]
    by = {whose.name: figures for whose, figures in view.table().columns}
    place = [one.key for one in view.table().measures].index("done")

    assert names == [
        "everybody",
        "team inside",
        "team outside",
        "Dana Reyes",
        "Ali Haddad",
        "Lee Park",
    ]
    assert measure(view, "done", whose=Whose("Ali", rep_id=2)).seqs == (theirs,)
    assert measure(view, "done", whose=Whose("in", team="inside")).seqs == (mine,)
    assert {name: figures[place].value for name, figures in by.items()} == {
        "inside": 1,
        "outside": 1,
        "Dana Reyes": 1,
        "Ali Haddad": 1,
    }
    assert [rep.name for rep in view.board(whose=Whose("out", team="outside")).reps] == [
        "Ali Haddad"
    ]
    assert [line.rep for line in view.overdue(Whose("in", team="inside"))] == []
    assert [line.rep for line in view.overdue(Whose("out", team="outside"))] == ["Ali Haddad"]
    with pytest.raises(NotFound, match="no team 'nowhere'; the floor's teams: inside, outside"):
        view.board(whose=Whose("nowhere", team="nowhere"))


def test_what_was_erased_is_no_longer_quoted(floor):
    """A reason that repeats is quoted until the person is erased, in a view that stays open."""
    store, view = floor
    for number in range(3):
        with store.write(an_actor(1), START + number * MINUTE) as unit:
            unit.log(
                "gate.override",
                subjects={"lead": 1},
                codes={"code": "supervisor"},
                private="Jane Okafor asked",
            )
    assert "okafor" in next(line for line in view.exceptions() if line.kind == "repeated").words
    with store.write(an_actor(3), START + HOUR) as unit:
        unit.session.exec(text("DELETE FROM log_private"))
        unit.log("person.erased", subjects={"lead": 1})

    assert "repeated" not in kinds(view)


def test_hostile_bodies_are_passed_over(tmp_path):
    """Whatever stands in a body, the figures of the others are shown."""
    store = open_store(f"sqlite:///{tmp_path / 'leadtui.db'}", create=True, now=START)
    lay(store)
    called(store, START + HOUR)
    bodies = (
        "[]",
        "{",
        "null",
        '{"event":["action.confirmed"]}',
        '{"event":"action.confirmed","codes":[1]}',
        '{"actor":1e400,"event":"action.confirmed"}',
        '{"actor":1,"event":"touch.started","subjects":{"obligation":99999999999999999999}}',
        '{"actor":99999999999999999999,"event":"action.confirmed","codes":{"answer":["no"],"due":7}}',
        '{"actor":1,"event":"action.confirmed","codes":{"answer":"no","dialed_ms":true,"seconds_ms":"x","started":9}}',
        '{"actor":1,"event":"touch.deferred","codes":{"deferrals":"2","promised":{},"reason":["x"]}}',
    )
    connection = driver().connect(store.path)
    last = connection.execute("SELECT max(seq), max(at) FROM log").fetchone()
    for number, body in enumerate(bodies, 1):
        values = (
            last[0] + number,
            "x" if number == 3 else last[1] + number,
            "dana",
            body,
            bytes(32),
            bytes(32),
        )
        connection.execute(
            "INSERT INTO log (seq, at, recorded_by, body, private_hash, hash) VALUES (?,?,?,?,?,?)",
            values,
        )
    connection.commit()
    connection.close()
    view = a_desk(store, tmp_path, now=NOW + DAY).supervise

    done = [figure(view, "done", period=period).value for period in ("today", "yesterday", "all")]

    view.close()
    store.dispose()
    assert done == [0, 1, 1]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("today", ("2026-11-23", None)),
        ("Yesterday", ("2026-11-22", "2026-11-23")),
        ("this week", ("2026-11-23", None)),
        ("last week", ("2026-11-16", "2026-11-23")),
        ("this month", ("2026-11-01", None)),
        ("last month", ("2026-10-01", "2026-11-01")),
        ("this quarter", ("2026-10-01", None)),
        ("last quarter", ("2026-07-01", "2026-10-01")),
        ("7 days", ("2026-11-17", None)),
        ("all", (None, None)),
        ("2026-11-01..2026-11-15", ("2026-11-01", "2026-11-16")),
        ("2026-11-02", ("2026-11-02", "2026-11-03")),
        ("2026-11-02 ..", ("2026-11-02", None)),
    ],
)
def test_periods_are_whole_days_of_the_floor(name, said):
    """From midnight to midnight where the floor is, over a change of the clocks too."""
    found = period_of(name, NOW, ZoneInfo("America/Chicago"))

    days = [at and at.date().isoformat() for at in (found.since, found.until)]
    assert tuple(days) == said
    assert all(at is None or at.hour == 0 for at in (found.since, found.until))


@pytest.mark.parametrize(
    "name",
    ["", "last year", "2026-13-01", "2026-11-05..2026-11-01", "0001-01-01..", "1..2", "9999-12-31"],
)
def test_what_is_no_period_is_refused_with_what_to_write(name):
    """One sentence: what, and what to do."""
    with pytest.raises(NotFound, match=r"choose one of|earlier date first"):
        period_of(name, NOW, ZoneInfo("America/Chicago"))
