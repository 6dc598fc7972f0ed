"""The door to the intake: files, leads typed in by hand, callers, and what is to be decided of
them."""

from __future__ import annotations

from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.intake import adding, batches, callers, foreseeing, near_duplicates, responding
from leadtui.desk.intake.files import preparing
from leadtui.desk.intake.files.importing import import_file


class Intake(Door):
    """How leads come in, and how an import is taken back."""

    import_file = UseCase(import_file)
    add = UseCase(adding.add)
    respond = UseCase(responding.respond)
    imports = UseCase(batches.listed)
    half_done = UseCase(batches.half_done)
    undo = UseCase(batches.undo)
    to_review = UseCase(near_duplicates.waiting)
    accept_as_new = UseCase(near_duplicates.accept_as_new)
    same_as = UseCase(near_duplicates.same_as)
    decide_alike = UseCase(near_duplicates.decide_alike)
    prepare = UseCase(preparing.prepare)
    fields = staticmethod(preparing.fields)
    column_chosen = staticmethod(preparing.chosen)
    somebody = staticmethod(preparing.somebody)
    said = UseCase(preparing.said)
    rejects_place = staticmethod(preparing.rejects_place)
    foresee = UseCase(foreseeing.foresee)
    find_callers = UseCase(callers.find_callers)
    callers_of = UseCase(callers.callers)
    offers = UseCase(callers.offers)
    add_caller = UseCase(callers.add_caller)
    begun = staticmethod(callers.begun)
