"""The desk: every use case a front end may call, each behind its own door and built when first
opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from leadtui.desk.core.context import Context
from leadtui.desk.core.views import RepView
from leadtui.settings import Settings

if TYPE_CHECKING:
    from leadtui.clock import Clock
    from leadtui.desk.answers.confirming import Confirming
    from leadtui.desk.audit.copies import Copied
    from leadtui.desk.calls.call_block import CallBlock
    from leadtui.desk.calls.popups import Popups
    from leadtui.desk.figures.supervising import Supervising
    from leadtui.desk.messages.mailing import Mailing
    from leadtui.desk.playbook.notices import Notices


class Desk:
    """One person's desk on one floor."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @property
    def identity(self) -> RepView:
        """Who works here."""
        return self.context.identity

    @property
    def settings(self) -> Settings:
        """The floor's settings."""
        return self.context.settings

    @property
    def clock(self) -> Clock:
        """The floor's clock."""
        return self.context.clock

    @property
    def is_demo(self) -> bool:
        """Whether this floor was made by ``leadtui demo``."""
        return self.context.is_demo

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return self.context.now()

    @cached_property
    def block(self) -> CallBlock:
        """The call block."""
        from leadtui.desk.calls.call_block import CallBlock

        return CallBlock(self.context)

    @cached_property
    def confirm(self) -> Confirming:
        """The question."""
        from leadtui.desk.answers.confirming import Confirming

        return Confirming(self.context)

    @cached_property
    def mail(self) -> Mailing:
        """E-mail."""
        from leadtui.desk.messages.mailing import Mailing

        return Mailing(self.context)

    @cached_property
    def notices(self) -> Notices:
        """What has changed in the process, to be read before the next call."""
        from leadtui.desk.playbook.notices import Notices

        return Notices(self.context)

    @cached_property
    def popups(self) -> Popups:
        """What comes up by itself."""
        from leadtui.desk.calls.popups import Popups

        return Popups(self.context)

    @cached_property
    def supervise(self) -> Supervising:
        """The read-only compliance view."""
        from leadtui.desk.figures.supervising import Supervising

        return Supervising(self.context)

    def tick(self) -> int:
        """Do what is due by itself: system e-mails, pauses that end; returns how much was done."""
        from leadtui.desk.floor.ticking import tick

        return tick(self.context, self.mail)

    def copy(self, *, hurry: bool = False, going: Callable[[], bool] = lambda: True) -> Copied:
        """Send the supervisors' copies that are due (``copies.send_copies``); blocks while the mail
        server does."""
        from leadtui.desk.audit.copies import send_copies

        return send_copies(self.context, self.mail.transport, hurry=hurry, going=going)

    def close(self) -> None:
        """Close the database, and the read-only connection of the compliance view where it was
        opened."""
        if (supervise := self.__dict__.get("supervise")) is not None:
            supervise.close()
        self.context.store.dispose()
