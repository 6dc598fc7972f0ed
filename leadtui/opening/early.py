"""A desk that has its first page at once, while the real one is still being built on a thread
behind it.

Screens hold it as they hold a ``Desk``: what the first page knows is answered from it, everything
else waits for the real desk. Every use case is called in a worker thread, so that it is never the
screen that waits. Nothing heavy is imported here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leadtui.clock import Clock
from leadtui.desk.calls.lines import header_view, queue_row
from leadtui.desk.core.views import Counts, Header, Page, QueueRow, RepView
from leadtui.settings import Settings
from leadtui.store.first_page import FirstPage

if TYPE_CHECKING:
    from datetime import datetime

    from leadtui.desk.desk import Desk

BREATH = 0.06
"""Seconds that the rows get for their way to the terminal before the imports begin to compete with
it."""
PATIENCE = 0.6
"""Seconds after which the real desk is built though nobody has asked for rows."""

Answers = Mapping[str, Callable[..., Any]]


class EarlyDesk:
    """``page`` at once; ``build`` makes the real desk and ``warm`` what it will be asked for next,
    both on a thread."""

    def __init__(
        self,
        page: FirstPage,
        settings: Settings,
        clock: Clock,
        build: Callable[[], Desk],
        warm: Callable[[Desk], None] = lambda _desk: None,
    ) -> None:
        person = page.person
        self.identity = RepView(
            person.id,
            person.name,
            person.login,
            person.role,
            person.team,
            person.email,
            person.away_until,
            person.active,
        )
        self.settings, self.clock, self.is_demo = settings, clock, page.is_demo
        self._page = page
        self._build, self._warm = build, warm
        self._seen, self._done = threading.Event(), threading.Event()
        self._real: Desk | None = None
        self._error: BaseException | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._start = threading.Lock()

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return self.clock.now()

    @property
    def ready(self) -> bool:
        """Whether the real desk is there."""
        return self._real is not None

    def desk(self) -> Desk:
        """The real desk; waits for it. Raises what building it raised."""
        self.begin()
        self._done.wait()
        if self._real is None:
            raise self._error or RuntimeError("there is no desk")
        return self._real

    def begin(self) -> None:
        """Have the real desk built, once."""
        with self._start:
            if self._thread.ident is None:
                self._thread.start()

    def close(self) -> None:
        """Close the database; a desk that is still being built is closed when it is done."""
        self._closed = True
        if self._real is not None:
            self._real.close()

    def __getattr__(self, name: str) -> Any:
        """A part of the desk: the real one's where it is there, else a door to it."""
        if name.startswith("_"):
            raise AttributeError(name)
        if self._real is not None:
            return getattr(self._real, name)
        return _Door(self, name, self._answers() if name == "block" else {})

    def _run(self) -> None:
        if self._page.question is None and self._seen.wait(PATIENCE):
            threading.Event().wait(BREATH)
        try:
            real = self._build()
        except BaseException as error:  # noqa: BLE001 - raised again in whichever thread asks
            self._error = error
            return
        finally:
            if self._error is not None:
                self._done.set()
        self._real = real
        self._done.set()
        if self._closed:
            real.close()
        else:
            self._warm(real)

    # -- what the first page knows -----------------------------------------------------------------

    def _answers(self) -> Answers:
        return {
            "open_question": self._open_question,
            "first_page": self._first_page,
            "rows": self._rows,
            "counts": lambda: Counts(*self._page.counts),
            "header": self._header,
        }

    def _open_question(self) -> Any:
        return None if self._page.question is None else NotImplemented

    def _first_page(self, limit: int = 60) -> Any:
        page = self._page
        ids = (*page.due, *page.later)
        return Page(ids, len(ids) >= limit) if limit == page.limit else NotImplemented

    def _rows(self, ids: Sequence[int]) -> Any:
        if not set(ids) <= {*self._page.due, *self._page.later}:
            return NotImplemented
        moment, rows = self._page.moment, self._page.rows
        found: list[QueueRow] = [
            queue_row(rows[number], rows[number][-1], moment.now, moment.now_bm, moment.end_of_day)
            for number in ids
            if number in rows
        ]
        self._seen.set()
        self.begin()
        return tuple(found)

    def _header(self) -> Header:
        page = self._page
        return header_view(
            self, page.moment.now, page.calls, page.first_touches, page.hours.calls_target
        )


class _Door:
    """A part of a desk that is not there yet: its use cases wait for it, unless the first page
    knows the answer."""

    def __init__(self, desk: EarlyDesk, name: str, answers: Answers) -> None:
        self._desk, self._name, self._answers = desk, name, answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        answer = self._answers.get(name)

        def use_case(*args: Any, **kwargs: Any) -> Any:
            if answer is not None and not self._desk.ready:
                found = answer(*args, **kwargs)
                if found is not NotImplemented:
                    return found
            return getattr(getattr(self._desk.desk(), self._name), name)(*args, **kwargs)

        return use_case

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Where the part is a use case itself."""
        return getattr(self._desk.desk(), self._name)(*args, **kwargs)
