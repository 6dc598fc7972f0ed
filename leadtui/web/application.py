"""The routes: what is asked, and how it is answered, to programs in JSON and to a browser's form in
a page."""

from __future__ import annotations

import asyncio
import html
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leadtui.desk.web.posts import Accepted, Mistakes, Post
from leadtui.errors import LeadtuiError, NotSaved, Refused
from leadtui.files import keep_details
from leadtui.text import clean
from leadtui.web.limits import Limits, Refusals
from leadtui.web.openapi import described
from leadtui.web.reading import Unreadable, post_of

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

TOGETHER = 25
"""So many posts go into one transaction: a rep's own change waits for no more than that."""
WAITING = 500
"""So many posts may wait to be written; who comes then is asked to come again."""
UNPROCESSABLE = 422
REFUSALS = {"token": 401, "site": 403}
SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
THANKS = "Thank you. We have got it, and will be in touch."

Take = Callable[[Sequence[Post]], list[Accepted | LeadtuiError]]


class Gate:
    """Which posts are being taken, and whether more may come. The database has one writer: what
    waits for it goes in together, in the order in which it came."""

    def __init__(self) -> None:
        self.closed = False
        self.busy = 0
        self._waiting: list[tuple[Take, Post, asyncio.Future[Accepted]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def pass_in(self, take: Take, post: Post) -> Accepted:
        """Take a post when it is its turn. Raises what is wrong with it."""
        mine: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._waiting.append((take, post, mine))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await mine

    async def _write(self) -> None:
        while self._waiting:
            take = self._waiting[0][0]
            like = [one for one in self._waiting if one[0] is take]
            rest = [one for one in self._waiting if one[0] is not take]
            some, self._waiting = like[:TOGETHER], rest + like[TOGETHER:]
            found = await asyncio.to_thread(_together, take, [post for _, post, _ in some])
            for (_, _, mine), one in zip(some, found, strict=True):
                if mine.cancelled():
                    continue
                if isinstance(one, Exception):
                    mine.set_exception(one)
                else:
                    mine.set_result(one)
        self._writing = None


def _together(take: Take, posts: list[Post]) -> list[Accepted | Exception]:
    """What became of each; one that breaks the others is found by taking each by itself."""
    try:
        return [*take(posts)]
    except LeadtuiError as error:
        return [error] * len(posts)
    except Exception as error:  # noqa: BLE001 - the others are not to go down with it
        if len(posts) > 1:
            return [found for post in posts for found in _together(take, [post])]
        keep_details(error)
        return [LeadtuiError("something went wrong inside leadtui; nothing was kept")]


def application(desk: Desk, gate: Gate, limits: Limits, refusals: Refusals) -> Starlette:
    """The application of one desk."""
    routes = _Routes(desk, gate, limits, refusals)
    return Starlette(
        routes=[
            Route("/forms", routes.form, methods=["POST"]),
            Route("/events", routes.event, methods=["POST"]),
            Route("/openapi.json", routes.openapi, methods=["GET"]),
            Route("/health", routes.health, methods=["GET"]),
        ],
        middleware=[Middleware(_Sites, desk=desk)],
        exception_handlers={404: _elsewhere, 405: _elsewhere},
    )


class _Routes:
    def __init__(self, desk: Desk, gate: Gate, limits: Limits, refusals: Refusals) -> None:
        self.gate, self.limits, self.refusals = gate, limits, refusals
        self.forms, self.events = desk.web.forms, desk.web.events

    async def form(self, request: Request) -> Response:
        """A form of a web page."""
        return await self._taken(request, self.forms)

    async def event(self, request: Request) -> Response:
        """Something done on a page."""
        return await self._taken(request, self.events)

    async def openapi(self, _request: Request) -> Response:
        """What may be asked here."""
        return JSONResponse(described())

    async def health(self, _request: Request) -> Response:
        """Whether posts are taken, and how many are being."""
        open_ = not self.gate.closed
        return JSONResponse({"ok": open_, "waiting": self.gate.busy}, 200 if open_ else 503)

    async def _taken(self, request: Request, take: Take) -> Response:
        if self.gate.closed or self.gate.busy >= WAITING:
            self.refusals.add("", LATER)
            return _refusal(request, 503, [_LATER], again=1)
        self.gate.busy += 1
        try:
            return await self._answer(request, take)
        finally:
            self.gate.busy -= 1

    async def _answer(self, request: Request, take: Take) -> Response:
        token = ""
        try:
            post = await post_of(request)
            token = post.token
            if wait := self.limits.refuses(post.token, post.address):
                self.refusals.add(token, "too many")
                said = f"too many posts from here; at most {self.limits.rate} a minute are taken"
                return _refusal(request, 429, [said], again=wait)
            try:
                accepted = await self.gate.pass_in(take, post)
            except Refused as error:
                if error.code == "token":
                    self.limits.unknown(post.token, post.address)
                raise
        except (Unreadable, LeadtuiError) as error:
            self.refusals.add(token, _why(error))
            return _refused(request, error)
        if accepted.on:
            return RedirectResponse(accepted.on, 303, SAFE)
        if _is_browser(request):
            return _page(THANKS, 200)
        return JSONResponse({"status": "accepted", "id": post.key or None}, 202, SAFE)


_LATER = "nothing more is taken at the moment; nothing was kept, so send it again"


LATER = "not now"


def _why(error: Unreadable | LeadtuiError) -> str:
    """Why a post was refused, in a word that is counted."""
    match error:
        case Unreadable():
            return "unreadable"
        case Mistakes():
            return "mistakes"
        case Refused() if error.code in REFUSALS:
            return error.code
        case _:
            return LATER


def _refused(request: Request, error: Unreadable | LeadtuiError) -> Response:
    match error:
        case Unreadable():
            return _refusal(request, error.status, [error.sentence])
        case Mistakes():
            return _refusal(request, UNPROCESSABLE, error.sentences)
        case Refused() if error.code in REFUSALS:
            return _refusal(request, REFUSALS[error.code], [str(error)])
        case NotSaved():
            return _refusal(request, 503, [str(error)], again=1)
        case _:
            return _refusal(request, 503, [str(error)], again=60)


def _refusal(
    request: Request, status: int, sentences: Sequence[str], *, again: int = 0
) -> Response:
    """What is wrong, to who posted and to who runs the server."""
    # What is wrong with a form quotes it, and whoever runs the server need not read it.
    told = f"mistakes: {len(sentences)}" if status == UNPROCESSABLE else "; ".join(sentences)
    address = request.client.host if request.client else "?"
    line = clean(f"{request.url.path} from {address}: {status}, {told}", 500)
    sys.stderr.write(f"leadtui: {line}\n")
    if _is_browser(request):
        found: Response = _page("\n".join(sentences), status)
    else:
        found = JSONResponse({"errors": list(sentences)}, status, SAFE)
    if again:
        found.headers["Retry-After"] = str(again)
    if status == 401:
        found.headers["WWW-Authenticate"] = "Bearer"
    return found


def _elsewhere(request: Request, error: Exception) -> Response:
    """What is said of another path or method."""
    asked = f"{request.method} {clean(request.url.path, 60)}"
    said = f"{asked} is nothing here; there are POST /forms, POST /events and GET /openapi.json"
    return _refusal(request, getattr(error, "status_code", 404), [said])


def _is_browser(request: Request) -> bool:
    """Whether a person waits for a page."""
    return "text/html" in request.headers.get("accept", "")


def _page(text: str, status: int) -> HTMLResponse:
    said = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Form</title>{said}</html>'
    return HTMLResponse(page, status, SAFE)


class _Sites:
    """Lets pages of the sources' own sites, and no others, read the answers (CORS)."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a browser's question before a post, and mark every other answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        origin = request.headers.get("origin", "")
        known = bool(origin) and origin in await asyncio.to_thread(self.desk.web.sites)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in request.headers:
            await _preflight(origin, known=known)(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and known:
                named = (b"access-control-allow-origin", origin.encode("latin-1"))
                message["headers"] = [*message["headers"], named, (b"vary", b"Origin")]
            await send(message)

        await self.app(scope, receive, marked)


def _preflight(origin: str, *, known: bool) -> Response:
    if not known:
        return JSONResponse({"errors": [f"pages of {origin!r} may not post here"]}, 403, SAFE)
    return Response(
        status_code=204,
        headers={
            **SAFE,
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "authorization, content-type, idempotency-key",
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        },
    )
