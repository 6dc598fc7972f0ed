"""The dial is bound by the gate, inside its transaction: cleared, acknowledged, overridden on
record, or never."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from leadtui.desk.calls.starting import Dial
from leadtui.errors import NotFound, Refused
from leadtui.store.engine.tables import Attempt, Lead, LogPrivate, Response
from tests.builders import a_lead, open_touch
from tests.desk.acting import answer, call, dial, log, one, phones, planned, rows, start, the_lead

EVENING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 18:00 in Denver: allowed, and not preferred
NIGHT = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 22:00 in Denver
REASON = "they asked for it by e-mail"


def refused(code, desk, started, which=0, **choice):
    """The dial is refused, and nothing of it is on record."""
    before = len(log(desk))
    with pytest.raises(Refused) as caught:
        dial(desk, started, which, **choice)
    assert caught.value.code == code
    assert rows(desk, Attempt, obligation_id=started.question.id) == []
    assert len(log(desk)) == before
    return str(caught.value)


def test_a_clear_dial_is_on_record_before_it_is_placed(desk):
    """Number, verdict and time; the response has had its first attempt; the log names the number by
    id alone."""
    lead_id = a_lead(desk)
    started = start(desk, lead_id)

    dialed = dial(desk, started)

    assert (dialed.number, dialed.uri, dialed.gate.verdict) == (
        "+13035550142",
        "tel:+13035550142",
        "clear",
    )
    attempt = one(desk, Attempt, id=dialed.attempt)
    assert (attempt.number, attempt.dialed_at, attempt.verdict) == (
        "+13035550142",
        desk.now(),
        "clear",
    )
    assert one(desk, Response, lead_id=lead_id).first_attempt_at == desk.now()
    (entry,) = log(desk, "call.dialed")
    assert entry["codes"]["phone"] == phones(desk, lead_id)[0].id
    assert "3035550142" not in str(entry)
    assert desk.block.open_question().dialed


def test_a_warning_asks_to_be_acknowledged(desk, clock):
    """After half past five in Denver one look more is asked for, and kept before the dial."""
    lead_id = a_lead(desk)
    clock.at = EVENING
    started = start(desk, lead_id)

    assert "18:00" in refused("warn", desk, started)
    dial(desk, started, acknowledge=True)

    events = [entry["event"] for entry in log(desk)]
    assert events[-2:] == ["gate.acknowledged", "call.dialed"]
    assert log(desk, "gate.acknowledged")[0]["codes"] == {"rule": "preferred hours"}


def test_a_block_needs_a_code_and_ten_characters(desk, clock):
    """At night a call is refused with the rule; the override stands in the log before the dial, its
    reason apart."""
    lead_id = a_lead(desk)
    clock.at = NIGHT
    started = start(desk, lead_id)

    assert "22:00" in refused("blocked", desk, started)
    assert "22:00" in refused("blocked", desk, started, acknowledge=True)
    assert "callback_requested" in refused(
        "blocked", desk, started, override="because", reason=REASON
    )
    assert "10 characters" in refused(
        "blocked", desk, started, override="callback_requested", reason="  short one  "[:11]
    )
    dial(desk, started, override="callback_requested", reason=REASON)

    override, dialed = log(desk)[-2:]
    assert (override["event"], dialed["event"]) == ("gate.override", "call.dialed")
    assert override["codes"] == {
        "code": "callback_requested",
        "rule": dialed["codes"]["rule"],
        "chars": len(REASON),
        "letters": 15,
    }
    assert dialed["codes"]["override"] == "callback_requested"
    with desk.context.store.read() as session:
        assert (
            session.exec(select(LogPrivate.text).where(LogPrivate.seq == override["seq"])).one()
            == REASON
        )


def test_free_words_do_not_get_into_the_log_as_a_code(desk):
    """Where nothing is blocked an override is not asked for and not kept."""
    lead_id = a_lead(desk)
    dial(desk, start(desk, lead_id), override="Jane said so", reason=REASON)

    assert log(desk, "call.dialed")[0]["codes"]["override"] == ""


@pytest.mark.parametrize("why", ["do_not_call", "opted_out", "wrong"])
def test_some_blocks_nobody_lifts(desk, clock, why):
    """Do-not-call, an opt-out and a wrong number stand against every code and reason."""
    lead_id = a_lead(desk)
    started = start(desk, lead_id)
    if why == "wrong":
        answer(desk, started, "WRONG_NUMBER")
        started = desk.block.start_call(lead_id)
    elif why == "do_not_call":
        answer(desk, started, "DO_NOT_CALL")
        started = desk.block.start_call(lead_id)
    else:
        with desk.context.write() as unit:
            unit.session.get(Lead, lead_id).calls_opt_out = True
            unit.log("lead.opted_out", subjects={"lead": lead_id})
    clock.advance(days=1)

    said = refused("blocked", desk, started, acknowledge=True, override="supervisor", reason=REASON)

    assert "cannot be overridden" in said


def test_three_attempts_to_a_number_in_a_day_are_the_most(desk, clock):
    """The fourth is blocked, over all leads with that number; a day after the first it is free
    again."""
    lead_id = a_lead(desk)
    twin = a_lead(desk, "Tom Weiss", email="tom@example.com")
    for _ in range(3):
        started = desk.block.start_call(lead_id)
        dial(desk, started, acknowledge=True)
        answer(desk, started, word="no", reason="tool_down")
        clock.advance(minutes=5)

    started = desk.block.start_call(twin)
    assert "3 attempts" in refused("blocked", desk, started, acknowledge=True)
    answer(desk, started, word="no", reason="opened_by_mistake")
    clock.advance(hours=24)

    dial(desk, desk.block.start_call(twin), acknowledge=True)


def test_a_promised_callback_only_warns(desk, clock):
    """Promised is promised: too many attempts, or the night, ask for a second look and no more."""
    lead_id = a_lead(desk)
    for _ in range(3):
        started = desk.block.start_call(lead_id)
        dial(desk, started, acknowledge=True)
        answer(desk, started, word="no", reason="tool_down")
    at = NIGHT
    answer(desk, start(desk, lead_id), "CALLBACK", at=at)
    clock.at = at

    touch = open_touch(desk, lead_id)
    assert desk.block.first_page().ids[0] == touch.id
    started = desk.block.start(touch.id)
    refused("warn", desk, started)
    dial(desk, started, acknowledge=True)


def test_a_zone_doubt_is_acknowledged_once_a_lead(desk, clock):
    """A toll-free number says nothing of where somebody is; a rep looks at that once."""
    lead_id = a_lead(desk, phone="+18005550142", region="")
    clock.at = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    started = desk.block.start_call(lead_id)
    assert phones(desk, lead_id)[0].gate.rule == "zone doubt"
    dial(desk, started, acknowledge=True)
    answer(desk, started, word="no", reason="tool_down")

    assert the_lead(desk, lead_id).zone_acknowledged
    clock.advance(minutes=1)
    assert "zone" not in " ".join(phones(desk, lead_id)[0].gate.warnings)


def test_a_zone_that_the_lead_confirmed_stands_alone(desk):
    """It is logged like an override, with its note apart; what is no zone is refused."""
    lead_id = a_lead(desk, phone="+18005550142", region="")
    note = "he said he sits in Boise this week"

    desk.block.confirm_zone(lead_id, "America/Boise", note)
    for zone, words in (("Narnia/Cair", note), ("America/Boise", "short")):
        with pytest.raises(Refused):
            desk.block.confirm_zone(lead_id, zone, words)

    assert the_lead(desk, lead_id).zones == ["America/Boise"]
    assert [zone for zone, _ in phones(desk, lead_id)[0].gate.local_times] == ["America/Boise"]
    (entry,) = log(desk, "gate.override")
    assert entry["codes"]["code"] == "location_confirmed"
    assert note not in str(entry)


def test_only_ones_own_open_question_and_the_leads_own_number(desk, other):
    """A dial belongs to an action that is started and not answered for."""
    lead_id, second = a_lead(desk), a_lead(desk, "Tom Weiss", phone="+13035550199")
    started = start(desk, lead_id)
    phone, foreign = phones(desk, lead_id)[0].id, phones(desk, second)[0].id

    with pytest.raises(NotFound):
        desk.block.dial(started.question.id, foreign)
    with pytest.raises(Refused, match="not started"):
        other.block.dial(started.question.id, phone)
    answer(desk, started, "NO_ANSWER")
    with pytest.raises(Refused, match="not started"):
        desk.block.dial(started.question.id, phone)


def test_a_start_that_dials_is_refused_whole(desk, clock):
    """On the command line a call is started by dialing it: what the gate refuses is not started
    either."""
    lead_id = a_lead(desk)
    clock.at = NIGHT

    with pytest.raises(Refused) as caught:
        start(desk, lead_id, dial=Dial())

    assert caught.value.code == "blocked"
    assert desk.block.open_question() is None
    assert [touch.state for touch in planned(desk, lead_id)] == ["open"]


def test_what_cannot_be_called_now_is_held_with_its_rule_and_minute(desk, clock):
    """It leaves the order and stands in the held list, until the place opens."""
    lead_id = a_lead(desk)
    clock.at = NIGHT

    assert desk.block.counts().due == 0
    (held,) = desk.block.held()
    assert (held.lead_id, held.local) == (lead_id, "22:00 Denver")
    assert held.next_allowed == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert desk.block.counts().held == 1
    clock.at = held.next_allowed
    assert desk.block.counts().held == 0


def test_the_third_attempt_holds_the_lead_for_the_rest_of_the_day(desk, clock):
    """Not the gate alone: the queue does not offer it any more either."""
    lead_id = a_lead(desk, offer="contact-us")
    call(desk, lead_id, "NO_ANSWER")
    for _ in range(2):
        clock.advance(minutes=125)
        started = desk.block.start_call(lead_id)
        dial(desk, started, acknowledge=True)
        answer(desk, started, "NO_ANSWER")
    touch = open_touch(desk, lead_id)
    if not touch.call:
        answer(desk, start(desk, lead_id))
        touch = open_touch(desk, lead_id)

    assert touch.call
    assert touch.held_rule == "attempts in 24 h"
    assert touch.held_until == datetime(2026, 11, 24, 16, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "phone", "rule"),
    [("DE", "+4930901820", "consent"), ("GB", "+442079460018", "screening")],
)
def test_some_countries_ask_for_more_than_the_hour(desk, country, phone, rule):
    """Germany for consent, Britain for a screening: held with the rule, and the gate says the
    same."""
    lead_id = a_lead(desk, country=country, region="", phone=phone)

    assert rule in open_touch(desk, lead_id).held_rule
    assert rule in phones(desk, lead_id)[0].gate.rule
    assert phones(desk, lead_id)[0].gate.overridable
