"""A real floor on PostgreSQL, with a login of the server for everybody on it, and none that is an
administrator."""

from contextlib import contextmanager
from itertools import count

import psycopg

from leadtui.desk.desk import Desk
from leadtui.desk.floor.making import NewRep, make_floor
from leadtui.opening.bootstrap import open_desk
from tests.builders import MONDAY
from tests.engines import name_in, new_postgres_url

_numbers = count(1)
ROLES = {"dana": "rep", "ali": "rep", "mira": "supervisor", "mark": "marketer"}


class Served:
    """A floor: its folder, and the URL of each login."""

    def __init__(self, server, folder, attributes="CREATEROLE"):
        self.number = next(_numbers)
        self.admin = new_postgres_url(server)
        self.folder = folder
        self.sql(f"CREATE ROLE {self.login('maker')} LOGIN {attributes}")
        self.sql(f"ALTER DATABASE {name_in(self.admin)} OWNER TO {self.login('maker')}")

    def login(self, who: str) -> str:
        """The role of somebody: of this floor's, since a server has many."""
        return f"{who}_{self.number}"

    def url(self, who: str) -> str:
        """The database as somebody reaches it."""
        return self.admin.replace("postgres:@", f"{self.login(who)}@")

    def make(self) -> "Served":
        """Make the floor, and let everybody in."""
        maker = NewRep("Maker", "somebody-else", role="supervisor")
        make_floor(
            self.folder,
            [maker],
            MONDAY,
            name="Test floor",
            zone="America/Chicago",
            demo=False,
            database=self.url("maker"),
        )
        with self.desk("maker") as desk:
            for who, role in ROLES.items():
                self.sql(f"CREATE ROLE {self.login(who)} LOGIN")
                given = {"role": role, "email": f"{who}@halyard.example", "phone": "+13125550100"}
                desk.floor.add_rep(who.title(), self.login(who), team="inside", **given)
        return self

    @contextmanager
    def desk(self, who: str):
        """Somebody's desk, opened as the program opens it."""
        desk: Desk = open_desk(str(self.folder), self.url(who))
        try:
            yield desk
        finally:
            desk.close()

    def sql(self, statement: str, who: str = "", values=()):
        """Run a statement past leadtui, as an administrator or as somebody of the floor."""
        with psycopg.connect(self.url(who) if who else self.admin, autocommit=True) as connection:
            found = connection.execute(statement, values)
            return found.fetchall() if found.description else found.rowcount

    def drop(self) -> None:
        """Take the roles away that stand in the whole server."""
        names = [self.login(who) for who in ("maker", *ROLES)]
        found = self.sql("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", values=(names,))
        keeper = self.sql(
            "SELECT tableowner FROM pg_tables WHERE tablename = 'log' AND tableowner <> 'postgres'"
        )
        for (name,) in (*found, *keeper):
            self.sql(f"DROP OWNED BY {name} CASCADE")
        for (name,) in (*found, *keeper):
            self.sql(f"ALTER DATABASE {name_in(self.admin)} OWNER TO postgres")
            self.sql(f"DROP ROLE {name}")
