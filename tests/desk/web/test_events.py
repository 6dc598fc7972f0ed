"""What is done on the floor's pages: counted for everybody, noted of who is known."""

from datetime import timedelta

import pytest

from leadtui.desk.web import events, sources
from leadtui.desk.web.posts import Mistakes, Post
from leadtui.store.engine.tables import EmailAddress, HistoryEvent, Lead, WebPost
from tests.builders import a_lead
from tests.desk.acting import log
from tests.desk.web.test_forms import RITA, Web, one_of


@pytest.fixture
def web(life) -> Web:
    return Web(life)


def event(web, key="", **said):
    said = {"kind": "visit", **said}
    return one_of(events.take(web.context, [Post(said, web.token, key, address="192.0.2.7")]))


def test_a_visit_of_nobody_known_is_counted_and_names_nobody(life, web):
    """Neither the address of the page's visitor nor their mark is kept, and a mark is another one
    tomorrow; the same id counts once."""
    found = event(
        web, "v1", seconds="42", visitor="mark of one", email="a@b.example", _page="/pricing?q=1"
    )
    event(web, "v1", seconds="42", visitor="mark of one")
    event(web, visitor="mark of one")
    life.clock.at += timedelta(days=1)
    event(web, visitor="mark of one")

    rows = life.rows(WebPost)
    assert (found.lead_id, len(rows), life.rows(Lead)) == (None, 3, [])
    assert (rows[0].page, rows[0].seconds) == ("/pricing", 42)
    assert len({row.visitor for row in rows}) == 2
    kept = repr(rows) + repr(life.rows_of_log())
    assert not [word for word in ("mark of one", "a@b.example", "192.0.2.7") if word in kept]
    assert life.rows(EmailAddress) == []


def test_what_a_lead_does_on_the_page_it_came_in_by_is_a_sign_of_life(life, web):
    """It stands in the history with page and seconds, and raises the engagement."""
    lead = web.post(RITA).lead_id
    before = life.dana.leads.score(lead).engagement
    found = event(web, seconds="90", email="RITA@holm.example", _page="/pricing")
    event(web, kind="download", email="rita@holm.example")

    assert found.lead_id == lead
    signs = life.rows(HistoryEvent, HistoryEvent.kind == "sign")
    assert [(one.code, one.note) for one in signs] == [
        ("visit", "/pricing, 90 s"),
        ("download", ""),
    ]
    assert life.dana.leads.score(lead).engagement > before


def test_a_pages_word_on_somebody_elses_lead_is_told_and_not_counted(life, web):
    """Its token can be read by everybody: with it nobody warms a lead that did not come in by it,
    nor fills its history."""
    lead = a_lead(life.dana, email="jane@brightwater.example", offer="webinar")
    before, stood = life.dana.leads.score(lead).score, life.front(lead).due
    for _ in range(3):
        assert event(web, email="jane@brightwater.example", _page="/pricing").lead_id == lead
    assert (life.dana.leads.score(lead).score, life.front(lead).due) == (before, stood)
    (told,) = life.rows(HistoryEvent, HistoryEvent.kind == "heard")
    assert told.note == "/pricing; said by pricing, by which they did not come in: not counted"
    assert [one["codes"]["why"] for one in log(life.mira, "web.event")] == ["not counted"] * 3
    assert log(life.mira, "lead.sign") == []


def test_a_page_warms_its_own_lead_only_so_often_a_day(life, web):
    """What comes after that is told once; another day it counts again."""
    web.post(RITA)
    for _ in range(events.MOST_A_DAY + 3):
        event(web, email="rita@holm.example")
    assert len(log(life.mira, "lead.sign")) == events.MOST_A_DAY
    assert len(life.rows(HistoryEvent, HistoryEvent.kind == "heard")) == 1
    life.clock.at += timedelta(days=1)
    event(web, email="rita@holm.example")
    assert len(log(life.mira, "lead.sign")) == events.MOST_A_DAY + 1


def test_a_programs_word_counts_for_everybody(life, web):
    """A source without a site is a program whose token nobody reads."""
    lead = a_lead(life.dana, email="jane@brightwater.example", offer="webinar")
    _, token = sources.make(life.mira.context, "mailer", ["webinar"])
    said = {"kind": "click", "email": "jane@brightwater.example"}
    one_of(events.take(web.context, [Post(said, token, "k")]))
    assert [one["subjects"]["lead"] for one in log(life.mira, "lead.sign")] == [lead]


def test_an_address_that_two_leads_have_is_nobodys(life, web):
    """Whose visit it was is not guessed."""
    for name in ("Rita Holm", "Otto Ix"):
        a_lead(life.dana, name, email="both@holm.example", phone="")
    assert event(web, email="both@holm.example").lead_id is None


def test_a_mailbox_that_several_read_is_nobodys(life, web):
    """Who of them was there is not guessed."""
    a_lead(life.dana, email="info@holm.example")
    assert event(web, email="info@holm.example").lead_id is None


def test_visitors_and_leads_give_the_conversion_rate(life, web):
    """By offer, whoever's login the server has; a form that said nothing new is no lead."""
    for number in range(4):
        event(web, visitor=str(number))
    event(web, visitor="0")
    event(web, visitor="9", _offer="demo")
    web.post(RITA, "a")
    web.post({**RITA, "_offer": "demo"}, "b")

    found = {one.key: one.figure for one in life.mira.supervise.table().measures}
    assert (found["visitors"].value, found["converted"].shown) == (5, "40 %")
    assert (found["visitors:contact-us"].shown, found["visitors:demo"].shown) == ("25 %", "100 %")


def test_a_mistake_is_one_sentence_and_nothing_is_counted(life, web):
    """Whoever posted can mend it."""
    before = log(life.mira)
    for said, sentence in (
        ({"kind": "purchase"}, "kind 'purchase' is unknown; write visit, download, webinar, click"),
        ({"seconds": "-1"}, "seconds '-1': write a whole number from 0 to 86400"),
        ({"email": "nope"}, "email 'nope': no e-mail address; leave it away"),
        ({"name": "Rita"}, "the field 'name' is unknown"),
        ({"_offer": "trial"}, "_offer 'trial' is none of this source"),
    ):
        with pytest.raises(Mistakes) as caught:
            event(web, **said)
        (told,) = caught.value.sentences
        assert sentence in told
    assert (log(life.mira), life.rows(WebPost)) == (before, [])
