"""The user's own keys, checked against every screen on which they would stand."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import _character_to_key
from textual.screen import ModalScreen

from leadtui import screens
from leadtui.screens.parts.base import DeskScreen
from leadtui.settings import nearest
from leadtui.widgets.keys import key_name
from leadtui.widgets.tables import Grid
from leadtui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadtui.preferences import Preferences

OUTCOME = "call.outcome."
INBOUND = ("dialog.inbound", "question.inbound")
"""A ringing phone has one key, ``app.inbound``'s, also where a dialog or the question stands."""
ANSWERS = frozenset("ypn")
"""The keys of the question mean nothing else anywhere: a hand that is used to them never errs."""

Keys = dict[str, str]
"""Binding id -> keys, joined by commas."""


def checked(chosen: Preferences, outcomes: Mapping[str, str], apps: type[DOMNode]) -> Keys:
    """The keymap for ``App.set_keymap``; ``outcomes`` is the playbook's code by key, ``apps`` the
    application whose screens these are.

    Raises ``LeadtuiError`` with file and line: an id that does not exist or stays as it is, a key
    of the question, a key that is taken on one of the screens."""
    if not chosen.keys:
        return {}
    movable, fixed = _ids(apps)
    keymap = {name: _normal(keys) for name, keys in chosen.keys.items()}
    for name, keys in keymap.items():
        if name.startswith(OUTCOME):
            _refuse(chosen, name, "the keys of outcomes stand in the playbook, dispositions.toml")
        if name in fixed:
            _refuse(chosen, name, "the question and small dialogs keep their keys; take this out")
        if name not in movable:
            _refuse(chosen, name, f"there is no such key{nearest(name, movable)}")
        if taken := ANSWERS & set(keys.split(",")):
            _refuse(chosen, name, f"{min(taken)!r} answers the question; choose another key")
    for screen in _screens():
        _check_screen(chosen, keymap, _keys_on(screen, apps), outcomes if _calls(screen) else {})
    if "app.inbound" in keymap:
        keymap |= dict.fromkeys(INBOUND, keymap["app.inbound"])
    return keymap


def _check_screen(
    chosen: Preferences, keymap: Keys, defaults: Keys, outcomes: Mapping[str, str]
) -> None:
    """Refuse a key that two actions of one screen would have."""
    taken = {key: f"the outcome {code}" for key, code in outcomes.items()}
    moved = [name for name in defaults if name in keymap]
    for name in [*(name for name in defaults if name not in keymap), *moved]:
        for key in keymap.get(name, defaults[name]).split(","):
            if name in keymap and key in taken:
                said = f"{key_name(key)!r} is taken by {taken[key]} on the same screen"
                _refuse(chosen, name, f"{said}; choose another key, or move that one too")
            taken[key] = name


def _refuse(chosen: Preferences, name: str, why: str) -> None:
    chosen.place.refuse("keys", name, why)


def _normal(keys: str) -> str:
    """``?`` -> ``question_mark``, as Textual names keys."""
    parts = (key.strip() for key in keys.split(","))
    return ",".join(_character_to_key(key) if len(key) == 1 else key.lower() for key in parts)


def _ids(app: type[DOMNode]) -> tuple[set[str], set[str]]:
    """The ids that may be moved, and those that stay."""
    movable, fixed = set(_bound(app)), set[str]()
    for screen in _screens():
        movable |= set(_keys_on(screen, app))
    for screen in every_screen():
        if issubclass(screen, ModalScreen):
            fixed |= set(_bound(screen))
    return movable, fixed - movable


def every_screen() -> list[type[DOMNode]]:
    """Every screen of a desk, dialogs too."""
    for module in pkgutil.walk_packages(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
    return list(_every(DeskScreen))


def _screens() -> list[type[DOMNode]]:
    """Every screen that is no dialog."""
    return [screen for screen in every_screen() if not issubclass(screen, ModalScreen)]


def _every(base: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for one in base.__subclasses__():
        yield one
        yield from _every(one)


def _keys_on(screen: type[DOMNode], app: type[DOMNode]) -> Keys:
    """Binding id -> keys of all that stands on a screen: its own, its lists' and the
    application's."""
    lists = {
        value
        for value in vars(sys.modules[screen.__module__]).values()
        if isinstance(value, type) and issubclass(value, (VirtualList, Grid))
    }
    found: Keys = {}
    for node in (app, *lists, screen):
        found |= _bound(node)
    return found


def _bound(node: type[DOMNode]) -> Keys:
    found: Keys = {}
    for base in reversed(node.__mro__):
        for binding in vars(base).get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id:
                found[binding.id] = binding.key
    return found


def _calls(screen: type[DOMNode]) -> bool:
    return screen.__name__ == "CallScreen"
