"""Who may do what on a PostgreSQL server: the role that keeps the log, and the rights of those who
work on the floor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from leadtui.errors import LeadtuiError
from leadtui.text import words

NOBODYS = frozenset(words("log log_meta migration"))
"""Tables that nobody writes but the log's function or a migration."""
BY_THE_FUNCTION = frozenset(words("log_private beforeimage"))
"""Tables that grow by ``log_append`` alone; a supervisor's erasure empties them."""
OF_SUPERVISORS = frozenset(words("playbook notice training sample screening"))
"""Tables that only supervisors write."""

MADE_BY_ANSWERS = frozenset(
    words(
        "attempt datedrule emailaddress enrolment event fulfilment lead phone question response "
        "touch"
    )
)
"""Tables of which an answer makes rows; whoever takes it back deletes them."""

RUN_OUT = frozenset(words("webpost"))
"""Tables whose old rows are forgotten by whoever is at work."""

OWN = "settings, away_from, away_until, cover_id"
"""What one may change of oneself."""

SUPERVISES = (
    "EXISTS (SELECT FROM rep AS me WHERE me.login = session_user AND me.role = 'supervisor')"
)
FENCES = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS leadtui_look ON {table}",
    "CREATE POLICY leadtui_look ON {table} FOR SELECT USING (true)",
    "DROP POLICY IF EXISTS leadtui_add ON {table}",
    "CREATE POLICY leadtui_add ON {table} FOR INSERT WITH CHECK ({whose} OR {all})",
    "DROP POLICY IF EXISTS leadtui_set ON {table}",
    "CREATE POLICY leadtui_set ON {table} FOR UPDATE USING ({whose} OR {all})",
    "DROP POLICY IF EXISTS leadtui_end ON {table}",
    "CREATE POLICY leadtui_end ON {table} FOR DELETE USING ({all})",
)
FENCED = {"rep": "login = session_user", "meta": "key LIKE 'copies.%'"}
"""Tables of which one writes some rows only, unless one supervises: which."""

RIGHTS = (
    *map(sorted, (NOBODYS, BY_THE_FUNCTION, OF_SUPERVISORS, MADE_BY_ANSWERS, RUN_OUT)),
    *(OWN, sorted(FENCED)),
)


def schema_of(connection: Connection) -> str:
    """The floor's schema, quoted."""
    return quoted(connection, connection.execute(text("SELECT current_schema()")).scalar_one())


def quoted(connection: Connection, name: str) -> str:
    """A name as SQL takes it."""
    return connection.dialect.identifier_preparer.quote(name)


def maker_of(connection: Connection) -> str:
    """The role that made the floor: its tables are that role's."""
    found = connection.execute(
        text(
            "SELECT tableowner FROM pg_tables WHERE schemaname = current_schema() "
            "AND tablename = 'rep'"
        )
    )
    return str(found.scalar_one())


def is_maker(connection: Connection) -> bool:
    """Whether this login made the floor, or may do what its maker may."""
    return bool(
        connection.execute(
            text("SELECT pg_has_role(current_user, :maker, 'MEMBER')"),
            {"maker": maker_of(connection)},
        ).scalar()
    )


@contextmanager
def as_keeper(connection: Connection) -> Iterator[str]:
    """Be, inside, a member of the role that keeps this floor's log: nobody can log in as it, so
    that not even the floor's maker writes the log except through the function.

    Who may create roles can take the membership again: whoever administers the server is trusted.
    Raises ``LeadtuiError`` where this login can make no roles."""
    login = str(connection.execute(text("SELECT current_user")).scalar_one())
    keeper, me = quoted(connection, _keeper(connection, login)), quoted(connection, login)
    connection.exec_driver_sql(f"GRANT {keeper} TO {me}")
    yield keeper
    connection.exec_driver_sql(f"REVOKE {keeper} FROM {me}")


def _keeper(connection: Connection, login: str) -> str:
    """The role that keeps the log, one for each floor; it is made where it is not there."""
    owner = str(
        connection.execute(
            text(
                "SELECT tableowner FROM pg_tables WHERE schemaname = current_schema() "
                "AND tablename = 'log'"
            )
        ).scalar_one()
    )
    if owner != maker_of(connection):
        return owner
    may = connection.execute(
        text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    )
    if not may.scalar():
        raise LeadtuiError(
            f"the PostgreSQL login {login!r} may make no roles, so the log would be its own to "
            f"rewrite; have the server's administrator run 'ALTER ROLE {quoted(connection, login)} "
            "CREATEROLE', or make the floor with another login"
        )
    log_id = connection.execute(text("SELECT log_id FROM log_meta")).scalar_one()
    name = f"leadtui_log_{bytes(log_id).hex()[:12]}"
    connection.exec_driver_sql(f"CREATE ROLE {name} NOLOGIN")
    return name


def give_away(connection: Connection, keeper: str, append: str) -> None:
    """Hand the log and its functions to the role that keeps it; the maker reads and appends, and
    lets others do so."""
    me = quoted(connection, maker_of(connection))
    schema = schema_of(connection)
    for statement in (
        f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {keeper}",
        f"GRANT SELECT ON rep TO {keeper}",
        f"GRANT SELECT, INSERT ON log_private, beforeimage TO {keeper}",
        f"ALTER TABLE log OWNER TO {keeper}",
        f"ALTER TABLE log_meta OWNER TO {keeper}",
        f"ALTER FUNCTION {append} OWNER TO {keeper}",
        f"ALTER FUNCTION log_refusal OWNER TO {keeper}",
        f"ALTER FUNCTION log_refuse OWNER TO {keeper}",
        f"REVOKE ALL ON FUNCTION {append}, log_refusal FROM PUBLIC",
        f"REVOKE CREATE ON SCHEMA {schema} FROM {keeper}",
        f"GRANT SELECT ON log, log_meta TO {me} WITH GRANT OPTION",
        f"GRANT EXECUTE ON FUNCTION {append} TO {me} WITH GRANT OPTION",
    ):
        connection.exec_driver_sql(statement)


def fence(connection: Connection) -> None:
    """Let nobody but a supervisor change another person's row, or a fact of the floor."""
    for table, whose in FENCED.items():
        for statement in FENCES:
            connection.exec_driver_sql(
                statement.format(table=table, whose=whose, all=SUPERVISES).replace("%", "%%")
            )


def admit(connection: Connection, login: str, role: str) -> None:
    """Let the PostgreSQL role ``login`` work on this floor as ``rep``, ``supervisor`` or
    ``marketer``.

    Nobody gets more on the log than reading it and calling ``log_append``. Only supervisors change
    who is who, activate playbooks, and delete. The login must exist; its maker is the database's
    administrator. Raises ``LeadtuiError`` where the one who admits did not make the floor."""
    if not is_maker(connection):
        raise LeadtuiError(
            f"rights on a PostgreSQL floor are given by its maker ({maker_of(connection)}) alone; "
            f"let them run 'leadtui rep add' for {login!r}"
        )
    if login == maker_of(connection):
        return
    from sqlmodel import SQLModel

    name, schema = quoted(connection, login), schema_of(connection)
    supervisor = role == "supervisor"
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"GRANT EXECUTE ON FUNCTION log_append TO {name}",
    ]
    found = connection.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    )
    for table in sorted(SQLModel.metadata.tables.keys() & set(found.scalars())):
        rights = _rights(table, supervisor=supervisor)
        statements.append(f"GRANT {rights} ON {quoted(connection, table)} TO {name}")
    statements.append(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}")
    for statement in statements:
        connection.exec_driver_sql(statement)


def _rights(table: str, *, supervisor: bool) -> str:
    if table in NOBODYS:
        return "SELECT"
    if table in BY_THE_FUNCTION:
        return "SELECT, INSERT, DELETE" if supervisor else "SELECT"
    if table in {"donotcall", "suppression"}:
        return "SELECT, INSERT, UPDATE"
    return _of_supervisor(table) if supervisor else _of_rep(table)


def _of_supervisor(table: str) -> str:
    if table == "screening":
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE" + ("" if table == "rep" else ", DELETE")


def _of_rep(table: str) -> str:
    if table in OF_SUPERVISORS:
        return "SELECT"
    if table == "rep":
        return f"SELECT, UPDATE ({OWN})"
    if table == "text":
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE" + (", DELETE" if table in MADE_BY_ANSWERS | RUN_OUT else "")


def admit_again(connection: Connection) -> None:
    """Give everybody on the floor the rights of their role anew, on what was added too."""
    people = connection.execute(
        text("SELECT login, role FROM rep JOIN pg_roles ON rolname = login WHERE active")
    )
    for login, role in people.all():
        admit(connection, login, role)
