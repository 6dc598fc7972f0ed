"""A request becomes a post: its body within bounds, JSON or a form, and the fields as texts."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from leadtui.desk.web.posts import FIELDS, Post

LARGEST = 64 * 1024
"""Bytes of a body."""
PATIENCE = 15
"""Seconds that a body may take to arrive."""
JSON = ("application/json", "text/plain")
"""``text/plain`` is what ``navigator.sendBeacon`` says of JSON."""
FORM = ("application/x-www-form-urlencoded", "multipart/form-data")


class Unreadable(Exception):
    """A request that is no post: the status, and the sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


async def post_of(request: Request) -> Post:
    """The post of a request. Raises ``Unreadable``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (*JSON, *FORM):
        raise Unreadable(
            415, f"Content-Type {kind!r} is not read here; send one of {', '.join((*JSON, *FORM))}"
        )
    body = await _body(request)
    said = _json(body) if kind in JSON else await _form(request, body)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else said.get("_token", "").strip()
    key = request.headers.get("idempotency-key", "").strip() or said.get("_id", "").strip()
    return Post(
        said=said,
        token=token,
        key=key,
        origin=request.headers.get("origin", ""),
        address=request.client.host if request.client else "",
    )


async def _body(request: Request) -> bytes:
    """The body, as far as it is no larger than it may be and comes in time."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                size += len(part)
                if size > LARGEST:
                    raise Unreadable(413, f"the body is larger than {LARGEST:,} bytes")
                parts.append(part)
    except TimeoutError:
        raise Unreadable(408, f"the body did not arrive within {PATIENCE} seconds") from None
    return b"".join(parts)


def _json(body: bytes) -> dict[str, str]:
    """An object of texts, numbers, yes or no, and lists of them."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable(400, "the body is no JSON") from None
    if not isinstance(found, dict):
        raise Unreadable(400, 'the body is no JSON object; write {"email": "jane@example.com"}')
    return {name: _text(name, value) for name, value in found.items() if value is not None}


def _text(name: str, value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(one, list) for one in value):
        return "; ".join(_text(name, one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    raise Unreadable(
        400, f"{name[:60]!r} is neither a text, a number, true or false, nor a list of them"
    )


async def _form(request: Request, body: bytes) -> dict[str, str]:
    """The fields of a form; one that comes several times is a list."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    said: dict[str, list[str]] = {}
    try:
        async with Request(request.scope, receive).form(
            max_files=FIELDS, max_fields=2 * FIELDS, max_part_size=LARGEST
        ) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    said.setdefault(name, []).append(value)
                elif value.filename:
                    raise Unreadable(400, f"{name[:60]!r} is a file, and files are not taken here")
    except HTTPException as error:
        raise Unreadable(400, f"the form cannot be read ({error.detail})") from None
    return {name: "; ".join(filter(None, texts)) for name, texts in said.items()}
