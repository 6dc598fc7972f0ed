"""A page of the floor's own site in a real browser: its script posts an event, its form a lead."""

import shutil
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from leadtui.desk.desk import Desk
from leadtui.desk.web import sources
from leadtui.store.engine.tables import Lead, WebPost
from tests.desk.lives import Life
from tests.web.served import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIETLY = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
PAGE = """<!doctype html><meta charset="utf-8">
<form method="post" action="{door}/forms">
  <input name="_token" value="{token}"><input name="_next" value="{site}/thanks">
  <p hidden><input name="_url"></p>
  <input name="name" value="Zoë Holm"><input name="email" type="email" value="zoe@holm.example">
  <input type="checkbox" name="ok_call" value="yes" checked>
</form>
<script>
  const said = {{kind: "visit", seconds: 3, visitor: "v", _page: location.href}};
  const headers = {{"Authorization": "Bearer {token}", "Content-Type": "application/json"}};
  fetch("{door}/events", {{method: "POST", headers, body: JSON.stringify(said)}})
    .then(answer => answer.json())
    .then(told => fetch("/told?" + told.status))
    .then(() => document.forms[0].submit());
</script>"""


@pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH")
def test_a_browser_posts_an_event_and_a_form_and_is_led_on(tmp_path):
    """Across origins: the script may read the answer, and the form ends on the site's own page."""
    life = Life(tmp_path / "floor")
    seen, there = [], threading.Event()

    class Site(BaseHTTPRequestHandler):
        page = ""

        def do_GET(self):
            seen.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(self.page.encode() if self.path == "/" else b"thanks")
            if self.path == "/thanks":
                there.set()

        def log_message(self, *_words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        site = f"http://127.0.0.1:{server.server_port}"
        mira = life.mira.context
        token = sources.make(mira, "pricing", ["contact-us"], [site])[1]
        desk = Desk(replace(mira, actor=replace(mira.actor, front_end="intake")))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with serving(desk) as served:
            door = f"http://127.0.0.1:{served.port}"
            Site.page = PAGE.format(door=door, token=token, site=site)
            browser = subprocess.Popen(
                [CHROMIUM, *QUIETLY, f"--user-data-dir={tmp_path / 'browser'}", f"{site}/"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                assert there.wait(100), seen
            finally:
                browser.terminate()
                browser.wait()
        server.shutdown()
    assert "/told?accepted" in seen
    (lead,) = life.rows(Lead)
    assert (lead.full_name, lead.calls_consent) == ("Zoë Holm", True)
    assert sorted(row.kind for row in life.rows(WebPost)) == ["form", "visit"]
    life.holds()
    life.close()
