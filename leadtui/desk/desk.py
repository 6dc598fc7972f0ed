"""The desk: every use case a front end may call, each behind its own door and built when first
opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from leadtui.desk.core.context import Context
from leadtui.desk.core.views import RepView
from leadtui.settings import Settings

if TYPE_CHECKING:
    from leadtui.clock import Clock
    from leadtui.desk.answers.confirming import Confirming
    from leadtui.desk.audit.copies import Copied
    from leadtui.desk.audit.door import Audit
    from leadtui.desk.calls.call_block import CallBlock
    from leadtui.desk.calls.popups import Popups
    from leadtui.desk.distribution.door import Distribution
    from leadtui.desk.distribution.hopper import Hopper
    from leadtui.desk.figures.supervising import Supervising
    from leadtui.desk.floor.door import Floor
    from leadtui.desk.intake.door import Intake
    from leadtui.desk.leads.door import DoNotCall, Leads
    from leadtui.desk.messages.mailing import Mailing
    from leadtui.desk.playbook.door import Process
    from leadtui.desk.playbook.notices import Notices
    from leadtui.desk.web.door import Web


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
    def zone(self) -> ZoneInfo:
        """The floor's time zone."""
        return self.context.zone

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
    def hopper(self) -> Hopper:
        """The leads that are nobody's."""
        from leadtui.desk.distribution.hopper import Hopper

        return Hopper(self.context)

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

    @cached_property
    def leads(self) -> Leads:
        """Leads: found, corrected, moved on, merged, erased."""
        from leadtui.desk.leads.door import Leads

        return Leads(self.context)

    @cached_property
    def do_not_call(self) -> DoNotCall:
        """The numbers that nobody may call."""
        from leadtui.desk.leads.door import DoNotCall

        return DoNotCall(self.context)

    @cached_property
    def intake(self) -> Intake:
        """Imports, leads typed in by hand, callers."""
        from leadtui.desk.intake.door import Intake

        return Intake(self.context)

    @cached_property
    def distribution(self) -> Distribution:
        """Whose a lead is, and who is there."""
        from leadtui.desk.distribution.door import Distribution

        return Distribution(self.context)

    @cached_property
    def process(self) -> Process:
        """The playbook, its notices and trainings."""
        from leadtui.desk.playbook.door import Process

        return Process(self.context)

    @cached_property
    def audit(self) -> Audit:
        """The compliance log, samples of it, the telephone's records."""
        from leadtui.desk.audit.door import Audit

        return Audit(self.context)

    @cached_property
    def floor(self) -> Floor:
        """People, health and backups."""
        from leadtui.desk.floor.door import Floor

        return Floor(self.context)

    @cached_property
    def web(self) -> Web:
        """What comes from the web."""
        from leadtui.desk.web.door import Web

        return Web(self.context)

    def tick(self) -> int:
        """Do what is due by itself: system e-mails, pauses that end; returns how much was done."""
        from leadtui.desk.floor.ticking import tick

        return tick(self.context, self.mail)

    def fall_due(self) -> int:
        """The same without the e-mails, for whoever sends them and says what became of each."""
        from leadtui.desk.floor.ticking import fall_due

        return fall_due(self.context)

    def copy(self, *, hurry: bool = False, going: Callable[[], bool] = lambda: True) -> Copied:
        """Send the supervisors' copies that are due (``copies.send_copies``); blocks while the mail
        server does."""
        from leadtui.desk.audit.copies import send_copies

        return send_copies(self.context, self.mail.transport, hurry=hurry, going=going)

    def close(self) -> None:
        """Close the database, and the read-only connections where they were opened."""
        for name in {"supervise", "audit"} & self.__dict__.keys():
            getattr(self, name).close()
        self.context.store.dispose()
