"""Web forms, landing pages and events: the server, and who may post to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import JSON, command, emit, open_desk, picked, placed, say, table
from leadtui.errors import LeadtuiError

if TYPE_CHECKING:
    from leadtui.desk.web.sources import Source

HOME = "127.0.0.1"


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="Leads and events from web forms, over HTTP.")
    group.callback(invoke_without_command=True)(placed(serve))
    command(group, "add", rep=True)(add)
    command(group, "list", rep=True)(list_)
    command(group, "refused", rep=True)(refused)
    command(group, "revoke", rep=True)(revoke)
    command(group, "openapi")(openapi)
    app.add_typer(group, name="intake")


def serve(
    context: typer.Context,
    port: int = typer.Option(8171, "--port", metavar="P", min=0, max=65535, help="0: any free."),
    host: str = typer.Option(HOME, "--host", metavar="ADDRESS", help="Where to listen."),
    rate: int = typer.Option(
        60, "--rate", metavar="N", min=0, help="Posts a minute of one token and address; 0: any."
    ),
    behind: str = typer.Option(
        HOME, "--behind", metavar="ADDRESSES", help="Proxies that say who posts."
    ),
) -> None:
    """Take posts until it is stopped; docs/intake.md has the way from nothing to a first one."""
    if context.invoked_subcommand is not None:
        return
    _needs_the_extra()
    from leadtui.web.serving import serve as run

    with open_desk(front_end="intake") as desk:
        live = [one for one in desk.web.listed() if one.revoked_at is None]

        def started(address: str) -> None:
            say(f"leadtui takes posts at {address}/forms and {address}/events; Ctrl+C ends it.")
            if host not in {HOME, "::1", "localhost"}:
                say("Without TLS everybody on the way can read them: put a proxy with TLS before.")
            if not live:
                say("No source may post yet; make one: leadtui intake add NAME --offer OFFER")
            import sys

            sys.stdout.flush()

        run(desk, host, port, rate=rate, behind=behind, started=started)
    say("Stopped; what was accepted is kept.")


def add(
    name: str = typer.Argument(..., help="A name: pricing-page."),
    offer: list[str] = typer.Option(
        ..., "--offer", metavar="O", help="What is answered by it; several: the first is usual."
    ),
    site: list[str] = typer.Option(
        [], "--site", metavar="URL", help="A site whose pages may post; without, any program."
    ),
    json: bool = JSON,
) -> None:
    """Let a form or page post: prints its token, once. Supervisors and marketers."""
    with open_desk() as desk:
        made, token = desk.web.make_source(name, offer, site)
    if json:
        emit({**_as_data(made), "token": token})
        return
    say(
        f"{made.name} may post; its token, which is shown this once: {token}",
        "Where it stands in a page everybody can read it: 'leadtui intake revoke' takes it away.",
    )


def list_(json: bool = JSON) -> None:
    """Who may post, who might once, and what came of each."""
    with open_desk() as desk:
        found, zone = desk.web.listed(), desk.zone
    if json:
        emit([_as_data(one) for one in found])
        return
    if not found:
        say("No source may post yet; make one: leadtui intake add NAME --offer OFFER")
        return
    lines = (
        (
            one.name,
            f"{one.forms:,}",
            f"{one.events:,}",
            f"{one.last_at.astimezone(zone):%d %b %H:%M}" if one.last_at else "never",
            f"revoked {one.revoked_at.astimezone(zone):%d %b}" if one.revoked_at else "live",
            ", ".join(one.offers),
            ", ".join(one.sites) or "any program",
        )
        for one in found
    )
    table(("source", "forms", "events", "last", "state", "offers", "sites"), lines, right=(1, 2))


def refused(
    days: int = typer.Option(7, "--days", metavar="N", min=1, max=366, help="The last days."),
    json: bool = JSON,
) -> None:
    """How many posts were refused, by day, source and reason; nothing of them is kept."""
    with open_desk() as desk:
        found = desk.web.refused(days)
    if json:
        emit([{**picked(one, "source why posts"), "day": one.day.isoformat()} for one in found])
        return
    if not found:
        say(f"No post was refused in the last {days} days.")
        return
    lines = ((f"{one.day:%a %d %b}", one.source, one.why, f"{one.posts:,}") for one in found)
    table(("day", "source", "why", "posts"), lines, right=(3,))
    if any(one.why == "token" for one in found):
        say("Wrong tokens: a page that was not renewed, or somebody who tries them.")


def revoke(name: str = typer.Argument(..., help="The source, by name."), json: bool = JSON) -> None:
    """Take a source's token away; what came in by it stays. Supervisors and marketers."""
    with open_desk() as desk:
        found = desk.web.revoke(name)
    if json:
        emit(_as_data(found))
        return
    say(f"{found.name} may post no longer; what came in by it stays.")


def openapi(
    out: str = typer.Option("", "--out", metavar="FILE", help="A file that does not exist yet."),
) -> None:
    """The description of the routes for programs (OpenAPI 3.1)."""
    import json

    from leadtui.files import write_new
    from leadtui.web.openapi import described

    if not out:
        emit(described())
        return
    write_new(Path(out), [json.dumps(described(), indent=2).encode() + b"\n"], 0o644)
    say(f"{out} describes the routes.")


def _needs_the_extra() -> None:
    """Raises ``LeadtuiError`` where the server's packages are not installed."""
    from importlib.util import find_spec

    if missing := [
        name for name in ("starlette", "uvicorn", "python_multipart") if find_spec(name) is None
    ]:
        raise LeadtuiError(
            f"taking web forms needs {', '.join(missing)}, which is not installed; run pip "
            "install 'leadtui[intake]'"
        )


def _as_data(one: Source) -> dict[str, Any]:
    return picked(one, "name offers sites made_at made_by revoked_at forms events last_at")
