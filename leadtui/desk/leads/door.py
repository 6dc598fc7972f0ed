"""The door to the leads: found, corrected, moved on, merged, erased; and who may not be called."""

from __future__ import annotations

from leadtui.desk.core import lead_views
from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.leads import (
    completeness,
    do_not_call,
    editing,
    enriching,
    erasing,
    exporting,
    merging,
    recycling,
    screening,
    signs,
)
from leadtui.desk.planning import dated_rules, scoring, segments


class Leads(Door):
    """What is done with a lead beside calling it."""

    find = UseCase(lead_views.found_leads)
    next_of = UseCase(lead_views.next_of)
    following = UseCase(lead_views.following)
    read_when = staticmethod(segments.read_when)
    matching = UseCase(segments.leads_matching)
    count = UseCase(segments.count)
    edit = UseCase(editing.edit)
    export = UseCase(exporting.export)
    sign = UseCase(signs.take)
    set_date = UseCase(dated_rules.set_date)
    score = UseCase(scoring.explained)
    accept = UseCase(recycling.accept)
    reject = UseCase(recycling.reject)
    incomplete = UseCase(completeness.of_leads)
    lacking = UseCase(completeness.lacking)
    enrich = UseCase(enriching.enrich)
    consent = UseCase(do_not_call.consent)
    merge = UseCase(merging.merge)
    erase = UseCase(erasing.erase)
    retention = UseCase(erasing.retention)


class DoNotCall(Door):
    """The numbers that nobody may call."""

    add = UseCase(do_not_call.add)
    remove = UseCase(do_not_call.remove)
    listed = UseCase(do_not_call.listed)
    check = UseCase(do_not_call.check)
    normal = UseCase(do_not_call.normal)
    import_file = UseCase(do_not_call.import_file)
    ask = UseCase(screening.ask)
    bring = UseCase(screening.bring)
