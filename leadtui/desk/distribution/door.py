"""The door to the distribution: whose a lead is, and who is there."""

from __future__ import annotations

from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.distribution.absence import come_back, send_away
from leadtui.desk.distribution.assigning import assign
from leadtui.desk.distribution.taking_over import take_over


class Distribution(Door):
    """Who works on what."""

    assign = UseCase(assign)
    take_over = UseCase(take_over)
    send_away = UseCase(send_away)
    come_back = UseCase(come_back)
