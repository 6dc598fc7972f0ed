"""What a floor knows by name, read by the bare driver: what a shell completes and ``--help`` lists.
Nothing heavy is imported here."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass

from leadtui.store.engine.rows import Rows

Pairs = tuple[tuple[str, str], ...]
"""(the word, what it means), in their order."""

_MOST = 200
"""So many words are offered at most."""
_LEAD = "l.full_name || coalesce(', ' || nullif(c.name, ''), '')"
_REPS = "SELECT login, name || ', ' || role FROM rep WHERE active ORDER BY login"
_LEADS = f"""
SELECT CAST(l.id AS TEXT), {_LEAD} FROM lead l LEFT JOIN company c ON c.id = l.company_id
WHERE l.status IN ('open', 'closed') AND CAST(l.id AS TEXT) LIKE ? ORDER BY l.id LIMIT {_MOST}
"""
_TOUCHES = f"""
SELECT CAST(t.id AS TEXT), t.channel || ' ' || {_LEAD}
FROM touch t JOIN lead l ON l.id = t.lead_id LEFT JOIN company c ON c.id = l.company_id
WHERE t.state = 'open' AND t.rep_id = (SELECT id FROM rep WHERE login = ?)
AND CAST(t.id AS TEXT) LIKE ? ORDER BY t.due LIMIT {_MOST}
"""


@dataclass(frozen=True, slots=True)
class KnownWords:
    """The words of one database; ``url`` is as in ``Settings.database_url``.

    Every method raises what ``Rows`` raises."""

    url: str

    def reps(self) -> Pairs:
        """Logins of those who work here, with name and role."""
        return self._pairs(_REPS)

    def leads(self, begun: str) -> Pairs:
        """Ids of leads, open or closed, that begin so."""
        return self._pairs(_LEADS, f"{begun}%")

    def touches(self, login: str, begun: str) -> Pairs:
        """Ids of what a rep has to do, the earliest first."""
        return self._pairs(_TOUCHES, login, f"{begun}%")

    def playbook_file(self, name: str) -> str:
        """The text of a file of the running playbook; raises ``KeyError`` where it has none."""
        with closing(Rows(self.url)) as rows:
            files = rows.value(
                "SELECT files FROM playbook WHERE hash = "
                "(SELECT value FROM meta WHERE key = 'playbook')"
            )
            by_name = json.loads(files) if isinstance(files, str) else files
            return str(rows.value("SELECT body FROM text WHERE hash = ?", (by_name[name],)))

    def _pairs(self, sql: str, *values: str) -> Pairs:
        with closing(Rows(self.url)) as rows:
            return tuple((str(word), str(meaning)) for word, meaning in rows.all(sql, values))
