"""A real server on a port of its own, in a thread of the test, and plain requests to it."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from leadtui.web.openapi import described
from leadtui.web.serving import _listening, server_of


class Served:
    """Where a server listens; every answer is one that its description has."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port, self.token = port, token

    def ask(self, method: str, path: str, body=None, **headers):
        """``(status, headers, body)``; JSON is read."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=100)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        known = described()["paths"].get(path, {}).get(method.lower())
        if known:
            assert str(answer.status) in known["responses"], answer.status
        kind = answer.headers.get("content-type", "")
        return answer.status, answer.headers, json.loads(text) if "json" in kind else text

    def post(self, path: str, said, **headers):
        """A post in JSON, with the token."""
        headers = {"Content-Type": "application/json", **headers}
        headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.ask("POST", path, json.dumps(said), **headers)


@contextmanager
def serving(desk, rate: int = 0) -> Iterator[Served]:
    """A server for this desk, stopped in the end as a signal would."""
    listening = _listening("127.0.0.1", 0)
    server = server_of(desk, rate=rate)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Served(listening.getsockname()[1])
    finally:
        server.gate.closed = True
        thread.join()
