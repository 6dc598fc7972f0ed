"""Opening a floor's database: engines for writing and for reading, on SQLite or PostgreSQL, and the
refusals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session

from leadtui.errors import Damaged, LeadtuiError, NotFound, NotSaved
from leadtui.files import refuse_pipe
from leadtui.store.engine import blueprint, damage, migrations, postgres, retelling, sqlite
from leadtui.store.engine.bare import BareLook
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.places import place_of
from leadtui.store.engine.unit_of_work import Unit
from leadtui.text import masked

HELD = 500
"""So many rows a session holds on to."""


class Looking(Session):
    """A session that holds on to the first rows it reads: the identity map alone forgets what
    nobody holds, and asks again."""


@event.listens_for(Looking, "loaded_as_persistent")
def _hold(session: Any, row: Any) -> None:
    held = session.info.setdefault(HELD, [])
    if len(held) < HELD:
        held.append(row)


class Store:
    """A floor's database. ``write`` is the only way to change it; ``read`` gives short, consistent
    looks."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self.durable = durable
        self.is_sqlite = url.startswith("sqlite")
        self.place = place_of(url)
        self.path = Path(self.place) if self.is_sqlite else None
        self._writer = self._engine("BEGIN IMMEDIATE")
        self._reader = self._engine("BEGIN")
        self._mutex = threading.Lock()
        self._damage = ""
        """What was said when damage was found: from then on nothing is written."""

    def _engine(self, begin: str) -> Engine:
        if not self.is_sqlite:
            url = self.url.replace("postgresql://", "postgresql+psycopg://", 1)
            said = {"connect_timeout": 10, "options": postgres.options_of(self.url)}
            return create_engine(url, pool_size=4, pool_pre_ping=True, connect_args=said)
        module = sqlite.driver()
        engine = create_engine(
            self.url, module=module, connect_args={"timeout": 30, "check_same_thread": False}
        )
        settings = sqlite.pragmas(module.sqlite_version_info)
        if not self.durable:
            settings = (*settings, "synchronous=OFF")

        @event.listens_for(engine, "connect")
        def _connect(dbapi: Any, _record: Any) -> None:
            dbapi.isolation_level = None
            for pragma in settings:
                dbapi.execute("PRAGMA " + pragma)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    @contextmanager
    def write(self, actor: Actor, now: datetime) -> Iterator[Unit]:
        """One transaction for one use case: commits on leaving, rolls back on any exception.

        Raises ``NotSaved`` where the database is locked, full or not writable, and ``Damaged`` once
        damage was found; nothing was changed then."""
        # Threads of this process queue here: SQLite's own back-off between connections is unfair.
        with self._mutex, self._spoken(), Looking(self._writer, expire_on_commit=False) as session:
            self.refuse_damaged()
            if self.is_sqlite:
                blueprint.refuse_planted(session.connection())
            else:
                session.connection().exec_driver_sql(
                    f"SELECT pg_advisory_xact_lock({postgres.LOCK})"
                )
            unit = Unit(session, actor, now)
            try:
                yield unit
                unit.finish()
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent look at the database; keep it short, a held reader lets the WAL grow."""
        with (
            self._spoken(),
            Looking(self._reader, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session

    @contextmanager
    def glance(self) -> Iterator[BareLook]:
        """The same without the ORM, for what is asked with every key."""
        with self._spoken(), self._reader.begin() as connection:
            yield BareLook(connection)

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        try:
            with _spoken(self.url):
                yield
        except Damaged as error:
            self.stop_writing(error)
            raise

    def stop_writing(self, error: Damaged) -> None:
        """Damage was found: this program writes no more until it is started anew, others not while
        the mark stands."""
        # What refused a write has said so already; marking again would undo what 'leadtui doctor'
        # has lifted since.
        if self.path is not None and not self._damage:
            damage.mark(self.path, error.found)
        self._damage = str(error)

    def refuse_damaged(self) -> None:
        """Raise ``Damaged`` where this program, or any other, has found the file damaged and nobody
        mended it since."""
        if self._damage:
            raise Damaged(self._damage)
        if self.path is not None and (said := damage.marked(self.path)):
            raise damage.damaged(self.url, said)

    def look(self) -> None:
        """Check the pages of the whole file; damage that is found stops the writing before it is
        met."""
        if self.path is not None and (found := damage.faults_of(self.path)):
            self.stop_writing(damage.damaged(self.url, found[:120]))

    def found_sound(self) -> bool:
        """Somebody checked the whole file and it holds: it may be written again, unless the mark
        cannot be taken away."""
        self._damage = ""
        return self.path is None or damage.unmark(self.path)

    def raw(self) -> Any:
        """A driver connection outside any transaction (backup, integrity check); close it."""
        return self._reader.raw_connection()

    def migrate(self, now: datetime) -> None:
        """Bring the schema up to this program's, one transaction a step."""
        with _spoken(self.url):
            if not self.is_sqlite:
                with self._writer.begin() as connection:
                    if migrations.version(connection):
                        postgres.keep_current(connection, self.place)
            steps = self._pending()
            if steps and self.is_sqlite:
                self._refuse_forgotten(steps)
            # Rows are told anew as they are when all is done, in the transaction of all.
            together = any(step.retells for step in steps) and steps[0].number > 1
            for group in [steps] if together else [(step,) for step in steps]:
                with self.write(retelling.migrator(), now) as unit:
                    have = migrations.version(unit.connection)
                    left = [step for step in group if step.number > have]
                    for step in left:
                        migrations.apply(unit.connection, step, now)
                    if any(step.retells for step in left):
                        retelling.tell_all(unit)

    def _refuse_forgotten(self, steps: tuple[migrations.Step, ...]) -> None:
        """Raise ``Damaged`` where a database is all that these steps would make of it, and its list
        of them does not say so: to run them again would tell every row anew."""
        with self._reader.connect() as connection:
            if blueprint.is_made_by(connection, steps):
                lost = ", ".join(str(step.number) for step in steps)
                found = f"its list of migrations lacks {lost}, whose work is done"
                raise damage.damaged(self.url, found)

    def _pending(self) -> tuple[migrations.Step, ...]:
        with self._reader.connect() as connection:
            return migrations.pending(connection, self.place)

    def check(self, *, create: bool = False) -> None:
        """Refuse what must not be opened: another program's database, a newer schema, an empty one
        (but to lay it)."""
        place = self.place
        with _spoken(self.url), self._reader.connect() as connection:
            migrations.pending(connection, place)
            if migrations.version(connection):
                return
            others = (
                "sqlite_master"
                if self.is_sqlite
                else "pg_tables WHERE schemaname = current_schema()"
            )
            if connection.exec_driver_sql(f"SELECT 1 FROM {others} LIMIT 1").scalar():
                if self.is_sqlite:
                    self._refuse_forgotten(migrations.STEPS)
                raise LeadtuiError(
                    f"{place}: this is not a leadtui database; name another with --database"
                )
            if not create:
                raise LeadtuiError(
                    f"{place}: this database is empty; make a floor in it with 'leadtui init "
                    "--database …'"
                )

    def dispose(self) -> None:
        """Close every connection."""
        self._writer.dispose()
        self._reader.dispose()


def open_store(
    url: str, *, create: bool = False, now: datetime | None = None, durable: bool = True
) -> Store:
    """A store for ``url`` (``sqlite:///FILE`` or ``postgresql://…``); with ``create`` it is laid
    and migrated.

    Without ``durable`` a power cut may lose commits: for making up a floor that can be made again.

    Raises ``LeadtuiError`` for a missing file, a folder one may not write, a network file system,
    another program's database, and a schema newer than this program."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        kind = sqlite.file_system(path.parent)
        if kind in sqlite.NETWORK_FILE_SYSTEMS:
            raise LeadtuiError(
                f"{path}: this folder is on a network file system ({kind}), where SQLite "
                "loses data; "
                "put the floor on a local disk, or use --database postgresql://…"
            )
        if not create and not path.exists():
            raise LeadtuiError(damage.missing(path))
        for beside in ("", "-wal", "-shm", "-journal"):
            refuse_pipe(path.with_name(path.name + beside))
        _refuse_foreign(path)
    elif not url.startswith("postgresql://"):
        raise LeadtuiError(
            f"database {masked(url)!r}: this is neither sqlite:///FILE nor "
            "postgresql://USER@HOST/NAME; write one of them"
        )
    store = Store(url, durable=durable)
    try:
        store.check(create=create)
        if now is not None:
            store.migrate(now)
    except BaseException:
        store.dispose()
        raise
    return store


def _refuse_foreign(path: Path) -> None:
    """Refuse another program's file before the pragmas of a writing connection could leave a trace
    in it."""
    if not path.exists():
        return
    module = sqlite.driver()
    try:
        connection = module.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except module.DatabaseError:
        return  # what is wrong is said when it is opened to write
    try:
        ident = connection.execute("PRAGMA application_id").fetchone()[0]
        empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    except module.DatabaseError:
        return
    finally:
        connection.close()
    if ident != sqlite.APPLICATION_ID and not empty:
        raise LeadtuiError(f"{path}: this is not a leadtui database; name another with --database")


@contextmanager
def _spoken(url: str) -> Iterator[None]:
    """Turn the drivers' errors that a person can do something about into one sentence."""
    try:
        yield
    except OverflowError as error:
        raise NotFound("there is nothing by a number that large") from error
    except OperationalError as error:
        said = str(error.orig).lower()
        if "lock timeout" in said:
            raise NotSaved(f"not saved: {postgres.HELD}") from error
        if "locked" in said or "busy" in said or "timeout" in said:
            raise NotSaved(
                "not saved: the database is in use by another program; try again"
            ) from error
        if "full" in said or "disk i/o" in said:
            raise NotSaved(
                "not saved: the disk is full or failing; make room and try again"
            ) from error
        if "readonly" in said or "read-only" in said or "unable to open" in said:
            raise NotSaved(
                f"not saved: {place_of(url)} cannot be written; check its permissions and those "
                "of its folder"
            ) from error
        if "connect" in said:
            raise LeadtuiError(
                f"{place_of(url)}: the database server does not answer ({_first_line(said)})"
            ) from error
        raise
    except DatabaseError as error:
        said = str(error.orig).lower()
        if refused := postgres.refusal_in(error.orig, url):
            raise LeadtuiError(refused) from error
        if "out of range" in said:
            raise NotFound("there is nothing by a number that large") from error
        if damage.is_damage(error.orig or error):
            raise damage.damaged(url, _first_line(said)) from error
        raise


def _first_line(said: str) -> str:
    return said.strip().splitlines()[0][:120] if said.strip() else "no reason given"
