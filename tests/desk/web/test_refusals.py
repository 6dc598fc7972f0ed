"""What is refused at the door to the web is counted and seen, what was accepted is forgotten in
time, and a posted form is taken back like an import."""

from datetime import timedelta

import pytest

from leadtui.desk.web import refusals
from leadtui.desk.web.posts import Post
from leadtui.errors import Refused
from leadtui.store.engine.tables import (
    EmailAddress,
    Enrolment,
    Lead,
    Phone,
    Response,
    Touch,
    WebPost,
)
from tests.builders import a_lead
from tests.cli.running import Line
from tests.desk.acting import log
from tests.desk.web.test_forms import RITA, Web
from tests.web.served import serving


@pytest.fixture
def web(life) -> Web:
    return Web(life)


def counted(life, days=7):
    return [(one.source, one.why, one.posts) for one in refusals.listed(life.mira.context, days)]


def test_a_server_puts_on_record_what_it_refused(life, web):
    """By source and reason, without a word of the posts, when it ends at the latest."""
    with serving(life.mira, rate=3) as served:
        served.token = web.token
        assert served.post("/forms", {"name": "Rita"})[0] == 422
        assert served.post("/forms", RITA, Origin="https://evil.example")[0] == 403
        assert served.post("/forms", RITA, Authorization="Bearer lt_wrong")[0] == 401
        assert served.post("/forms", RITA, **{"Content-Type": "text/html"})[0] == 415
        assert served.post("/forms", RITA)[0] == 202
        assert served.post("/forms", RITA)[0] == 429
    assert counted(life) == [
        ("no source", "token", 1),
        ("no source", "unreadable", 1),
        ("pricing", "mistakes", 1),
        ("pricing", "site", 1),
        ("pricing", "too many", 1),
    ]
    assert "Rita" not in repr(log(life.mira, "web.refused"))


def test_refusals_are_listed_by_day(life, web, capsys, monkeypatch):
    """The newest day first; what is older than the days asked for is not."""
    refusals.note(web.context, {(web.token, "mistakes"): 2, ("x", "token"): 5})
    life.clock.at += timedelta(days=1)
    refusals.note(web.context, {(web.token, "mistakes"): 1})
    assert counted(life) == [
        ("pricing", "mistakes", 1),
        ("no source", "token", 5),
        ("pricing", "mistakes", 2),
    ]
    assert counted(life, days=1) == [("pricing", "mistakes", 1)]
    monkeypatch.setenv("LEADTUI_NOW", life.clock.at.isoformat())
    leadtui = Line(life.folder, capsys)
    assert "somebody who tries them" in leadtui("intake", "refused", rep="mira").out
    data = leadtui("intake", "refused", "--days", "1", "--json", rep="mira").data
    assert data == [{"source": "pricing", "why": "mistakes", "posts": 1, "day": "2026-11-24"}]


def test_nothing_refused_is_no_entry(life, web):
    """A quiet minute is not told."""
    before = log(life.mira)
    assert refusals.note(web.context, {}) == 0
    assert log(life.mira) == before


def test_accepted_posts_are_forgotten_in_time(life, web):
    """An id is known as long as a post can be sent on late, and then some; the lead stays."""
    web.post(RITA, "a")
    life.clock.at += refusals.KEPT - timedelta(days=1)
    assert web.post(RITA, "a").again
    assert refusals.prune(web.context) == 0
    life.clock.at += timedelta(days=2)
    life.dana.tick()
    assert life.rows(WebPost) == []
    assert [one["codes"] for one in log(life.mira, "web.pruned")] == [{"of": 1}]
    assert len(life.rows(Lead)) == 1


def test_a_posted_form_is_taken_back_like_an_import(life, web):
    """The lead is gone with all that was planned, and the same post is not taken again."""
    accepted = web.post(RITA, "a")
    assert life.front(accepted.lead_id)
    (batch,) = life.mira.intake.imports(web=True)
    assert (batch.file, batch.counts, batch.by) == ("web form pricing", {"new": 1}, "")
    assert life.mira.intake.imports() == ()
    life.mira.intake.undo(batch.id)
    tables = (Lead, Response, Phone, EmailAddress, Touch, Enrolment)
    assert [len(life.rows(table)) for table in tables] == [0] * len(tables)
    assert web.post(RITA, "a").again
    assert life.rows(Lead) == []


def test_a_form_of_somebody_known_leaves_them_as_they_were(life, web):
    """What it added is gone, what it changed is as before."""
    lead = a_lead(life.dana, "Rita Holm", email="rita@holm.example", title="", phone="")
    before, cadences = life.lead(lead), life.live(lead)
    web.post(RITA, "a")
    assert life.lead(lead).title == "CIO"
    (batch,) = life.mira.intake.imports(web=True)
    life.mira.intake.undo(batch.id)
    after = life.lead(lead)
    assert (after.title, after.company_id) == (before.title, before.company_id)
    assert life.rows(Phone) == []
    assert len(life.rows(Response)) == 1
    assert life.live(lead) == cadences


def test_a_form_that_was_worked_on_stays(life, web):
    """Somebody has called: what stops it is said."""
    accepted = web.post(RITA, "a")
    life.dana.block.start(life.front(accepted.lead_id).id, out_of_turn="supervisor_asked")
    (batch,) = life.mira.intake.imports(web=True)
    with pytest.raises(Refused, match="it was worked with since: lead"):
        life.mira.intake.undo(batch.id)
    assert life.rows(Lead)


def test_posts_of_one_moment_are_taken_back_together(life, web):
    """They went in by one transaction, and it says how many they are."""
    from leadtui.desk.web import forms

    posts = [
        Post({**RITA, "email": f"r{n}@holm.example", "name": name, "phone": ""}, web.token, str(n))
        for n, name in enumerate(("Rita Holm", "Otto Ix", "Una Bex"))
    ]
    posts[2] = Post({**posts[2].said, "_offer": "demo"}, web.token, "2")
    forms.take(web.context, posts)
    (batch,) = life.mira.intake.imports(web=True)
    assert (batch.counts, len(life.rows(Lead))) == ({"new": 3}, 3)
    life.mira.intake.undo(batch.id)
    assert life.rows(Lead) == []
