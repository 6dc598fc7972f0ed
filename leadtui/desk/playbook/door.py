"""The door to the process: the playbook, its notices, and the training in it."""

from __future__ import annotations

from leadtui.desk.core.door import Door, UseCase
from leadtui.desk.playbook import activating, notices, training


class Process(Door):
    """What is agreed, made known and taught."""

    simulated_for = UseCase(activating.simulated_for)
    difference = UseCase(activating.difference)
    activate = UseCase(activating.activate)
    publish = UseCase(notices.publish)
    all_notices = UseCase(notices.listed)
    notice = UseCase(notices.find)
    record_training = UseCase(training.record)
    trainings = UseCase(training.listed)
    training_overdue = UseCase(training.overdue)
