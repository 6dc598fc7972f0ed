"""Web forms become leads, once, under the rules of every other intake."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from leadtui.desk.intake.near_duplicates import accept_as_new, waiting
from leadtui.desk.leads.editing import edit
from leadtui.desk.leads.erasing import erase
from leadtui.desk.leads.signs import take as sign
from leadtui.desk.log.telling import feed_lines, parse
from leadtui.desk.web import forms, sources
from leadtui.desk.web.posts import Mistakes, Post
from leadtui.errors import Refused, WrongUse
from leadtui.store.engine.tables import (
    HistoryEvent,
    Lead,
    LogPrivate,
    Phone,
    Response,
    WebPost,
    WebSource,
)
from tests.builders import a_lead
from tests.desk.acting import log

RITA = {
    "name": "Rita Holm",
    "email": "rita@holm.example",
    "company": "Holm Bank",
    "title": "CIO",
    "phone": "(303) 555-0177",
    "country": "USA",
    "message": "please call",
}
PAGE = "https://www.halyard.example/pricing"


class Web:
    """A source that posts to a floor, through a server that Mira runs."""

    def __init__(self, life) -> None:
        mira = life.mira.context
        self.context = replace(mira, actor=replace(mira.actor, front_end="intake"))
        self.source, self.token = sources.make(
            mira, "pricing", ["contact-us", "demo"], ["https://www.halyard.example/pricing"]
        )

    def post(self, said, key="", **given):
        post = Post(said, self.token, key, address="192.0.2.7", **given)
        return one_of(forms.take(self.context, [post]))


def one_of(found):
    """What became of the only post."""
    (one,) = found
    if isinstance(one, Exception):
        raise one
    return one


@pytest.fixture
def web(life) -> Web:
    return Web(life)


def private(life):
    with life.context.store.read() as session:
        return [row.text for row in session.exec(select(LogPrivate).order_by(col(LogPrivate.seq)))]


def test_a_form_stands_in_the_queue_with_answers_and_consent(life, web):
    """Its lead has an owner, a first call and a running SLA; the playbook says which fields are
    answers and consents, and a field that is no business of a visitor is an answer like others."""
    said = {
        **RITA,
        "Active project?": "Ja",
        "budget": "approved",
        "ok_call": "on",
        "scanned_by": "dana",
        "colour": "blue",
        "_page": f"{PAGE}?utm_source=x#form",
    }
    found = web.post(said, "a1")

    lead, (response,) = life.lead(found.lead_id), life.rows(Response)
    front = life.front(lead.id)
    assert (found.kind, front.channel, lead.persona, lead.country) == (
        "new",
        "call",
        "c_level",
        "US",
    )
    assert front.rep_id == lead.owner_id is not None
    assert (response.offer, response.source, response.scanned_by) == ("contact-us", "pricing", "")
    assert response.sla_due == life.clock.at + timedelta(minutes=response.sla_minutes)
    assert response.extra["colour"] == "blue"
    assert response.qualifiers["scanned by"] == "dana"
    answers = {key: one["answer"] for key, one in lead.qualification.items()}
    assert answers == {"project": "yes", "budget": "yes"}

    assert lead.calls_consent
    (consent,) = life.rows(HistoryEvent, HistoryEvent.kind == "consent")
    assert consent.note == (
        "“Yes, you may call me about my inquiry.” (yes: "
        f"{PAGE}, 2026-11-23 16:40 UTC, from 192.0.2.7)"
    )
    assert private(life)[-1] == consent.note == response.extra["Consent: phone"]
    assert consent.rep_id is None, "no person did it"
    told = feed_lines([parse(raw) for raw in raws(life)[-2:]], {3: "Mira Sand"}, {lead.id: "Rita"})
    assert [(line.who, line.words) for line in told] == [
        ("source pricing", "consent to calls of Rita"),
        ("source pricing", "web form Rita · contact-us · new"),
    ]


def raws(life):
    return [(row.seq, 0, row.recorded_by, row.body) for row in life.rows_of_log()]


def test_the_same_id_is_accepted_once(life, web):
    """The second post does nothing, whatever it says; without an id the same inquiry of a day is
    still one."""
    web.post(RITA, "a1")
    before = life.rows(Lead), life.rows(Response), log(life.mira)
    again = web.post({**RITA, "name": "Somebody Else", "_next": PAGE}, "a1")
    assert (again.again, again.on) == (True, PAGE)
    assert (life.rows(Lead), life.rows(Response), log(life.mira)) == before

    web.post(RITA)
    web.post({**RITA, "message": "today, please"})
    assert len(life.rows(Lead)) == len(life.rows(Response)) == 1
    assert life.rows(Response)[0].notes == "please call\ntoday, please"


def test_who_is_known_gets_another_response_and_keeps_what_is_newer(life, web):
    """By e-mail; what a late post says of an earlier day fills gaps and overwrites nothing."""
    lead = a_lead(life.dana, "Rita Holm", email="rita@holm.example", phone="", title="CFO")
    edit(life.dana.context, lead, {"title": "CEO"})
    life.clock.at += timedelta(hours=1)
    at = (life.clock.at - timedelta(days=2)).isoformat()
    found = web.post({**RITA, "_at": at, "_offer": "demo"})

    assert (found.kind, found.lead_id, life.lead(lead).title) == ("updated", lead, "CEO")
    assert [one.offer for one in life.rows(Response)] == ["trade-show", "demo"]
    assert [phone.number for phone in life.rows(Phone)] == ["+13035550177"]


def test_a_near_duplicate_waits_for_a_decision(life, web):
    """Nobody is joined silently; decided as new, it is a lead with its response and consent."""
    a_lead(life.dana, "Rita Holm", company="Holm Bank", email="other@holm.example", phone="")
    found = web.post({**RITA, "ok_call": "yes", "Consent: news": "made up"})
    assert (found.kind, found.lead_id, len(life.rows(Lead))) == ("review", None, 1)

    (near,) = waiting(life.mira.context)
    assert near.incoming.emails == ("rita@holm.example",)
    decided = accept_as_new(life.mira.context, near.question)
    assert life.front(decided.lead).channel == "call"
    consents = life.rows(HistoryEvent, HistoryEvent.kind == "consent")
    assert [(one.lead_id, one.code) for one in consents] == [(decided.lead, "call")]
    assert life.lead(decided.lead).calls_consent


def test_who_was_erased_comes_in_blocked(life, web):
    """A consent in the form takes no earlier wish back, and the lead's history says so."""
    first = web.post(RITA)
    sign(life.dana.context, first.lead_id, "opt-out")
    erase(life.mira.context, first.lead_id, "asked for it by letter")
    found = web.post({**RITA, "ok_call": "yes", "ok_email": "yes"})

    lead = life.lead(found.lead_id)
    assert found.lead_id != first.lead_id
    assert (lead.calls_opt_out, lead.emails_opt_out) == (True, True)
    notes = [one.note for one in life.rows(HistoryEvent, HistoryEvent.lead_id == lead.id)]
    assert "do-not-call, or erased and not to be reached again: came in blocked" in notes
    assert [note for note in notes if note.endswith("they had opted out of e-mail, which stands")]


MISTAKES = [
    ({"email": "nope"}, "email 'nope': no e-mail address; write it like jane@example.com"),
    ({"phone": "12"}, "phone '12': impossible: too short; write it like +1 303 555 0142"),
    ({"name": "Rita"}, "this is no lead: neither an e-mail address nor a telephone number"),
    ({"_page": PAGE}, "the form is empty"),
    ({**RITA, "_foo": "1"}, "the field '_foo' is unknown"),
    ({**RITA, "_offer": "trial"}, "_offer 'trial' is none of this source; it has contact-us"),
    ({**RITA, "_at": "yesterday"}, "_at 'yesterday' is no time"),
    ({**RITA, "_at": "2031-01-01T00:00:00Z"}, "is not within the last 30 days"),
    ({**RITA, "ok_call": "maybe"}, "ok_call 'maybe': tick a box with 'yes'"),
    ({**RITA, "_url": "http://spam"}, "the field _url is not for people"),
    ({**RITA, "_next": "https://evil.example/"}, "a form leads on to a page of https://www"),
    ({**RITA, "_next": "https://www.halyard.example@evil.example/"}, "and nowhere else"),
    ({**RITA, "_next": "javascript:alert(1)"}, "and nowhere else"),
    ({**RITA, "message": "x" * 4_001}, "'message' has 4,001 characters; 4,000 are the most"),
    ({**RITA, "message": "half \ud83d"}, "'message' holds half a character, or a NUL"),
    ({**RITA, "a\0b": "x"}, "holds half a character, or a NUL"),
    ({str(n): "x" for n in range(61)}, "61 fields are too many; 60 are the most"),
]


def test_a_mistake_is_one_sentence_and_nothing_is_kept(life, web):
    """Whoever posted can mend it."""
    before = log(life.mira)
    for said, sentence in MISTAKES:
        with pytest.raises(Mistakes) as caught:
            web.post(said)
        (told,) = caught.value.sentences
        assert sentence in told
    assert (log(life.mira), life.rows(Lead), life.rows(WebPost)) == (before, [], [])


def test_a_token_is_kept_as_a_hash_and_can_be_taken_away(life, web):
    """A leaked one is worth nothing from then on; what came in stays, and so does the name."""
    web.post(RITA)
    assert web.token not in repr(life.rows(WebSource))
    with pytest.raises(Refused, match="may not post here; this source is for"):
        web.post(RITA, origin="https://evil.example")
    assert sources.sites(web.context) == {"https://www.halyard.example"}

    sources.revoke(life.mira.context, "pricing")
    with pytest.raises(Refused, match="unknown or was revoked"):
        web.post(RITA)
    with pytest.raises(Refused, match="names stay with what came in by them"):
        sources.make(life.mira.context, "pricing", ["demo"])
    assert sources.sites(web.context) == set()
    (found,) = sources.listed(life.dana.context)
    assert (found.forms, found.events, found.made_by) == (1, 0, "Mira Sand")


def test_a_source_that_cannot_be_one_is_refused(life):
    """And a rep makes none."""
    for name, offer, site, sentence in (
        ("Pricing", "demo", "https://a.example", "write small letters"),
        ("p", "brochure", "https://a.example", "--offer 'brochure' is unknown"),
        ("p", "demo", "http://a.example", "the site 'http://a.example' is none"),
        ("p", "demo", "https://a.example:x", "cannot be read"),
    ):
        with pytest.raises(WrongUse, match=sentence):
            sources.make(life.mira.context, name, [offer], [site])
    with pytest.raises(Refused, match="is for a supervisor or marketer"):
        sources.make(life.dana.context, "p", ["demo"])


def test_posts_that_wait_together_go_in_together(life, web):
    """One transaction, and each has its own answer: two of one person are one lead, a mistake and a
    repeated id hurt nobody else."""
    otto = {"email": "otto@ix.example", "name": "Otto Ix"}
    said = [(RITA, "1"), (otto, "2"), ({"email": "nope"}, "3"), ({**otto, "message": "too"}, "4")]
    said += [(RITA, "1"), ({**otto, "_offer": "demo"}, "5")]
    posts = [Post(each, web.token, key) for each, key in said]
    before = len(life.rows_of_log())
    found = forms.take(web.context, posts)

    assert [getattr(one, "kind", type(one).__name__) for one in found] == [
        *("new", "new", "Mistakes", "new", "unchanged", "updated")
    ]
    assert len({found[1].lead_id, found[3].lead_id, found[5].lead_id}) == 1
    assert [row.notes for row in life.rows(Response)] == ["please call", "too", ""]
    assert len(life.rows(Lead)) == 2
    assert all(life.front(lead.id).rep_id == lead.owner_id for lead in life.rows(Lead))
    assert len(life.rows_of_log()) == before + 4
    assert {row.at for row in life.rows_of_log()[before:]} == {life.clock.at}
