"""The door to the floor: its people, its health and its backups."""

from __future__ import annotations

from leadtui.desk.core import people
from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.floor.backing import back_up
from leadtui.desk.floor.doctor import examine


class Floor(Door):
    """What keeps a floor running."""

    add_rep = UseCase(people.add_rep)
    set_rep = UseCase(people.set_rep)
    reps = UseCase(people.list_reps)
    back_up = UseCase(back_up)
    examine = UseCase(examine)
