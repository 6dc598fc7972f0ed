"""Posts over HTTP: every kind of body, refused ones, other sites' pages, many at once, and the
end."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from leadtui.desk.desk import Desk
from leadtui.desk.web import sources
from leadtui.desk.web.posts import Accepted, Post
from leadtui.store.engine.tables import Lead, Response, WebPost
from leadtui.web.application import Gate, _together, application
from leadtui.web.limits import Limits, Refusals, network
from leadtui.web.openapi import described
from leadtui.web.reading import LARGEST
from tests.cli.running import Line, around, refused
from tests.desk.lives import Life
from tests.web.served import Served, serving

SITE = "https://www.halyard.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=zz"}


@pytest.fixture
def life(tmp_path):
    """Dana, Ali and Mira; at the end the log is whole and nobody is forgotten."""
    found = Life(tmp_path / "floor")
    yield found
    found.holds()
    found.close()


@pytest.fixture
def desk(life) -> Desk:
    """The desk of a server that Mira runs."""
    context = life.mira.context
    return Desk(replace(context, actor=replace(context.actor, front_end="intake")))


@pytest.fixture
def token(life) -> str:
    return sources.make(life.mira.context, "pricing", ["contact-us"], [SITE])[1]


@pytest.fixture
def served(desk, token):
    with serving(desk) as found:
        found.token = token
        yield found


def parts(**fields):
    """A multipart body."""
    each = [
        f'--zz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    return "".join([*each, "--zz--\r\n"])


def test_json_and_both_kinds_of_forms_are_read_alike(life, served):
    """Each is a lead with something planned when the answer is there; a browser gets a page, or is
    led on; whoever posts is not told whether somebody is known."""
    said = {"name": "Rita Holm", "email": "rita@holm.example", "_id": "r", "ok_call": True}
    assert served.post("/forms", said)[::2] == (202, {"status": "accepted", "id": "r"})

    body = urlencode({"name": "Otto Ix", "email": "otto@ix.example", "_token": served.token})
    assert served.ask("POST", "/forms", body, **FORM)[::2] == (
        202,
        {"status": "accepted", "id": None},
    )
    status, headers, page = served.ask("POST", "/forms", body, Accept="text/html", **FORM)
    assert (status, "Thank you" in page) == (200, True)
    assert headers["content-security-policy"].startswith("default-src 'none'")

    body = parts(name="Ö Lind", email="o@lind.example", _token=served.token, _next=f"{SITE}/ty")
    status, headers, _ = served.ask("POST", "/forms", body.encode(), **MULTIPART)
    assert (status, headers["location"]) == (303, f"{SITE}/ty")

    assert served.post("/events", {"kind": "visit", "seconds": 3})[0] == 202
    names = {lead.full_name: life.front(lead.id).state for lead in life.rows(Lead)}
    assert names == {"Rita Holm": "open", "Otto Ix": "open", "Ö Lind": "open"}


def test_what_cannot_be_accepted_is_told_in_a_sentence(life, served):
    """With the status that programs look at; nothing is kept."""
    sent = f"_token={served.token}"
    for status, sentence, answer in (
        (401, "the token is missing", served.ask("POST", "/forms", "email=a@b.example", **FORM)),
        (401, "is unknown or was revoked", served.post("/forms", {}, Authorization="Bearer x")),
        (415, "is not read here", served.post("/forms", {}, **{"Content-Type": "image/png"})),
        (400, "is no JSON object", served.post("/forms", ["email"])),
        (400, "'a' is neither a text", served.post("/forms", {"a": {"b": 1}})),
        (413, "larger than 65,536 bytes", served.post("/forms", {"a": "x" * LARGEST})),
        (403, "may not post here", served.post("/forms", {}, Origin="https://evil.example")),
        (422, "email 'nope'", served.post("/forms", {"email": "nope"})),
        (422, "kind '' is unknown", served.ask("POST", "/events", sent, **FORM)),
        (404, "GET /nothing is nothing here", served.ask("GET", "/nothing")),
        (405, "GET /forms is nothing here", served.ask("GET", "/forms")),
    ):
        assert answer[0] == status, answer
        assert sentence in answer[2]["errors"][0]
    file = parts(_token=served.token).replace("--zz--", "")
    file += '--zz\r\nContent-Disposition: form-data; name="cv"; filename="a"\r\n\r\nx\r\n--zz--\r\n'
    assert "'cv' is a file" in served.ask("POST", "/forms", file, **MULTIPART)[2]["errors"][0]

    body = urlencode({"email": "<script>", "_token": served.token})
    page = served.ask("POST", "/forms", body, Accept="text/html", **FORM)[2]
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert life.rows(WebPost) == []


def test_pages_of_the_sources_own_sites_may_post_and_others_not(served):
    """A browser asks first, and lets a page read the answer only where it is one of them."""
    asks = {"Access-Control-Request-Method": "POST"}
    status, headers, _ = served.ask("OPTIONS", "/forms", Origin=SITE, **asks)
    assert (status, headers["access-control-allow-origin"]) == (204, SITE)
    other = served.ask("OPTIONS", "/forms", Origin="https://evil.example", **asks)
    assert (other[0], other[1]["access-control-allow-origin"]) == (403, None)

    answer = served.post("/forms", {"email": "nope"}, Origin=SITE)
    assert (answer[0], answer[1]["access-control-allow-origin"]) == (422, SITE)


def test_more_posts_than_agreed_have_to_wait(desk, token):
    """Of one token and address; of IPv6 whole networks count."""
    with serving(desk, rate=2) as served:
        served.token = token
        answers = [served.post("/events", {"kind": "visit"}) for _ in range(6)]
    refused_ = [headers for status, headers, _ in answers if status == 429]
    assert len(refused_) >= 2, "six posts fall into two minutes at most"
    assert all(0 < int(headers["retry-after"]) <= 60 for headers in refused_)
    assert network("2001:db8::1") == network("2001:db8::ffff:2") != network("2001:db8:0:1::1")


def test_who_tries_tokens_has_to_wait_and_takes_nobodys_place(monkeypatch):
    """Each wrong token counts for the address, whatever it is; a right one of another address does
    not wait."""
    monkeypatch.setattr("leadtui.web.limits.monotonic", lambda: 0.0)
    limits = Limits(50)
    for number in range(50):
        assert not limits.refuses(str(number), "192.0.2.1")
        limits.unknown(str(number), "192.0.2.1")
    assert limits.refuses("right", "192.0.2.1") == 60
    assert len(limits._counts) == 1
    assert limits.refuses("right", "192.0.2.2") == 0


def test_a_post_that_breaks_the_program_takes_no_other_with_it(tmp_path, monkeypatch):
    """Together it fails, alone it is the one that is told so."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # the details of its error

    def take(posts):
        if "odd" in [post.key for post in posts]:
            raise ZeroDivisionError
        return [Accepted("pricing", "new") for _ in posts]

    found = _together(take, [Post({}, "", key) for key in ("a", "odd", "b")])
    assert [one == Accepted("pricing", "new") for one in found] == [True, False, True]
    assert "nothing was kept" in str(found[1])


def test_many_at_once_are_each_accepted_once(life, served):
    """Eight connections post twelve leads four times each: none is lost, none is there twice."""
    posts = [
        {"name": f"Lead {n}", "email": f"lead{n}@firm{n}.example", "_id": str(n)} for n in range(12)
    ] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda said: served.post("/forms", said)[0], posts))
    assert answers == [202] * 48
    assert len(life.rows(Lead)) == len(life.rows(Response)) == len(life.rows(WebPost)) == 12


def test_the_description_is_that_of_the_routes(desk, served):
    """Path by path and method by method; the server hands it out, and the command writes it."""
    app = application(desk, Gate(), Limits(0), Refusals())
    routes = {(route.path, method) for route in app.routes for method in route.methods - {"HEAD"}}
    told = {
        (path, method.upper())
        for path, methods in described()["paths"].items()
        for method in methods
    }
    assert told == routes
    assert served.ask("GET", "/openapi.json")[2] == json.loads(json.dumps(described()))
    assert served.ask("GET", "/health")[2] == {"ok": True, "waiting": 0}


def test_the_end_keeps_what_was_begun_and_refuses_what_comes_then(life, token):
    """A signal while a post waits for the database: another one gets 503, the first is kept, and
    the program ends with 0."""
    words = ["intake", "--port", "0", "--floor", life.folder, "--rep", "mira"]
    program = subprocess.Popen(
        [sys.executable, "-m", "leadtui", *map(str, words)],
        env=around(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    held = sqlite3.connect(life.folder / "leadtui.db", isolation_level=None)
    try:
        port = program.stdout.readline().partition("127.0.0.1:")[2].partition("/")[0]
        served, answers = Served(int(port), token), []
        # A lead comes in first: later what is begun waits for nothing but the lock.
        assert served.post("/forms", {"email": "a@b.example"})[0] == 202
        held.execute("BEGIN IMMEDIATE")
        begun = threading.Thread(
            target=lambda: answers.append(served.post("/forms", {"email": "rita@holm.example"}))
        )
        begun.start()
        while served.ask("GET", "/health")[2]["waiting"] != 1:
            pass
        program.send_signal(signal.SIGTERM)
        while served.ask("GET", "/health")[0] != 503:
            pass
        status, headers, said = served.post("/forms", {"email": "late@ix.example"})
        assert (status, headers["retry-after"]) == (503, "1")
        assert "nothing was kept" in said["errors"][0]
        held.execute("ROLLBACK")
        begun.join()
        assert answers[0][0] == 202
        assert program.wait() == 0
    finally:
        held.close()
        program.kill()
        program.communicate()
    assert [lead.full_name for lead in life.rows(Lead)] == ["a@b.example", "rita@holm.example"]


def test_sources_are_made_listed_and_revoked_by_command(life, capsys, tmp_path):
    """The token is shown once; the description is written to a new file."""
    run = Line(life.folder, capsys)
    made = run("intake", "add", "p", "--offer", "demo", "--site", SITE, "--json", rep="mira").data
    assert made["token"].startswith("lt_")
    assert "token" not in run("intake", "list", "--json").data[0]
    assert "never" in run("intake", "list").out
    assert run("intake", "revoke", "p", rep="mira").out.startswith("p may post no longer")
    assert "was revoked already" in refused(run("intake", "revoke", "p", rep="mira"))
    assert "there is no source 'x'" in refused(run("intake", "revoke", "x", rep="mira"))
    out = tmp_path / "openapi.json"
    assert run("intake", "openapi", "--out", out, rep="").code == 0
    assert json.loads(out.read_text("utf-8")) == run("intake", "openapi", rep="").data


def test_a_server_that_cannot_start_says_why(life, capsys, monkeypatch):
    """A port that is taken, and an extra that is not installed."""
    run = Line(life.folder, capsys)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused(run("intake", "--port", taken.getsockname()[1], rep="mira"))
    assert "cannot be listened on (Address already in use)" in said
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    said = refused(run("intake", rep="mira"))
    assert "needs starlette, uvicorn, python_multipart" in said
    assert "run pip install 'leadtui[intake]'" in said
