"""The door to what comes from the web."""

from __future__ import annotations

from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.web import events, forms, refusals, sources


class Web(Door):
    """Who may post, and what is posted."""

    make_source = UseCase(sources.make)
    revoke = UseCase(sources.revoke)
    sites = UseCase(sources.sites)
    listed = UseCase(sources.listed)
    forms = UseCase(forms.take)
    events = UseCase(events.take)
    note_refusals = UseCase(refusals.note)
    refused = UseCase(refusals.listed)
    prune = UseCase(refusals.prune)
