"""The door to the process: the playbook, its notices, and the training in it."""

from __future__ import annotations

from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.playbook import activating, drafts, notices, simulating, training


class Process(Door):
    """What is agreed, made known and taught."""

    simulated_for = UseCase(simulating.simulated_for)
    difference = UseCase(activating.difference)
    wrong_with = UseCase(activating.wrong_with)
    nobody_in = UseCase(activating.nobody_in)
    activate = UseCase(activating.activate)
    sample_words = UseCase(drafts.sample_words)
    all_drafts = UseCase(drafts.listed)
    draft = UseCase(drafts.find)
    examined = UseCase(drafts.examined)
    publish = UseCase(notices.publish)
    all_notices = UseCase(notices.listed)
    notice = UseCase(notices.find)
    record_training = UseCase(training.record)
    trainings = UseCase(training.listed)
    training_overdue = UseCase(training.overdue)
