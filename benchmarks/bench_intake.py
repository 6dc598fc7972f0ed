"""5,000 web forms posted over 20 connections at once, against a bare Starlette application that
reads the same JSON and keeps nothing; none may be lost, none be there twice."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from benchmarks import Measure
from benchmarks.floors import MIRA, desk_on, floor_of
from leadtui.desk.desk import Desk

POSTS = int(os.environ.get("LEADTUI_BENCH_POSTS", "5000"))
CONNECTIONS = 20
AGAIN = 10
"""Every so many posts one is sent twice under the same id."""


def run() -> Iterator[Measure]:
    """The median and the 99th of a hundred of both; ratios are to the bare application."""
    folder = floor_of(1_000)
    desk = desk_on(folder, MIRA)
    _, token = desk.web.make_source("bench", ["contact-us"])
    before = desk.web.listed()[0].forms
    bare = _measured(folder, _bare, token)
    ours = _measured(folder, _ours, token)
    kept = desk.web.listed()[0].forms - before
    desk.close()
    if kept != POSTS:
        raise AssertionError(f"{POSTS} different posts, and {kept} were kept")
    for part, name in ((0.5, "median"), (0.99, "99th of a hundred")):
        base, found = (sorted(times)[int(part * len(times)) - 1] for times in (bare, ours))
        yield Measure(f"a post to a bare Starlette app, {CONNECTIONS} at once, {name}", (base,))
        yield Measure(
            f"a form becomes a lead, {CONNECTIONS} at once, {name}", (found,), "ms", found / base
        )


def _measured(folder: Path, serve: Callable[[Path, Connection], None], token: str) -> list[float]:
    """How long each post took, on a server in a process of its own."""
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(folder, theirs))
    process.start()
    port = mine.recv()
    try:
        return asyncio.run(_post_all(port, token))
    finally:
        process.terminate()
        process.join()


def _bare(_folder: Path, pipe: Connection) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    from leadtui.web.serving import _listening

    async def form(request: Request) -> Response:
        said = await request.json()
        return JSONResponse({"status": "accepted", "id": said["_id"]}, 202)

    app = Starlette(routes=[Route("/forms", form, methods=["POST"])])
    listening = _listening("127.0.0.1", 0)
    pipe.send(listening.getsockname()[1])
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


def _ours(folder: Path, pipe: Connection) -> None:
    from leadtui.web.serving import serve

    desk: Desk = desk_on(folder, MIRA)
    serve(
        desk,
        "127.0.0.1",
        0,
        rate=0,
        behind="127.0.0.1",
        started=lambda address: pipe.send(int(address.rpartition(":")[2])),
    )


async def _post_all(port: int, token: str) -> list[float]:
    numbers = iter(range(POSTS))
    times: list[float] = []
    await asyncio.gather(*(_connection(port, token, numbers, times) for _ in range(CONNECTIONS)))
    return times


async def _connection(port: int, token: str, numbers: Iterator[int], times: list[float]) -> None:
    """Post one after the other until there is no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in numbers:
        for _ in range(2 if number % AGAIN == 0 else 1):
            began = perf_counter()
            writer.write(_request(number, token))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            times.append(perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 202"):
                raise AssertionError(head.decode())
    writer.close()
    await writer.wait_closed()


def _request(number: int, token: str) -> bytes:
    said = {
        "_id": f"post-{number}",
        "name": f"Lead {number}",
        "email": f"lead.{number}@firm{number}.example",
        "company": f"Firm {number}",
        "phone": f"+1303555{number % 10_000:04}",
        "message": "Please call me.",
        "Project?": "yes",
    }
    body = json.dumps(said).encode()
    head = (
        "POST /forms HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
