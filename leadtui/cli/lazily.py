"""The command tree, of which only the commands that are asked for are built.

Typer reads the signature of every command before it runs one. A command line needs one of them, and
its help only the names and first sentences."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_command_from_info, get_command_name, get_group_from_info
from typer.models import CommandInfo, TyperInfo

PLAIN: dict[str, Any] = {"pretty_exceptions_short": False, "rich_markup_mode": None}


class Commands(dict[str, Any]):
    """Name -> command; listed they are names with a help text, got by name they are whole."""

    def __init__(self, app: typer.Typer) -> None:
        self.infos: dict[str, CommandInfo | TyperInfo] = {}
        for one in app.registered_commands:
            self.infos[one.name or get_command_name(getattr(one.callback, "__name__", ""))] = one
        for group in app.registered_groups:
            self.infos[
                str(group.name or (group.typer_instance and group.typer_instance.info.name))
            ] = group
        super().__init__({name: _outline(name, info) for name, info in self.infos.items()})

    def get(self, name: str, default: Any = None) -> Any:
        """The command itself, built when it is asked for."""
        return _built(self.infos[name]) if name in self.infos else default


class LazyGroup(TyperGroup):
    """A group that lists its commands without building them."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands."""
        with self._outlines():
            super().format_commands(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """The names of commands and options that begin so."""
        with self._outlines():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _outlines(self) -> Iterator[None]:
        whole, self.commands = self.commands, dict(self.commands)
        try:
            yield
        finally:
            self.commands = whole


def lazily(app: typer.Typer) -> TyperGroup:
    """The root of the command tree."""
    commands = Commands(app)
    app.registered_commands, app.registered_groups = [], []
    app.info.cls = LazyGroup
    root = get_command(app)
    if not isinstance(root, LazyGroup):
        raise TypeError("the root of the command tree is a group")
    root.commands = commands
    return root


def _outline(name: str, info: CommandInfo | TyperInfo) -> TyperCommand:
    """A command as its line in a list needs it."""
    said = info.help
    if isinstance(info, TyperInfo) and info.typer_instance is not None:
        said = said if isinstance(said, str) else info.typer_instance.info.help
    elif not isinstance(said, str):
        said = inspect.getdoc(info.callback)
    sentence = said.partition("\n\n")[0] if isinstance(said, str) else ""
    return TyperCommand(name, short_help=" ".join(sentence.split()), hidden=info.hidden is True)


def _built(info: CommandInfo | TyperInfo) -> Any:
    if isinstance(info, CommandInfo):
        return get_command_from_info(info, **PLAIN)
    inside = info.typer_instance
    commands = Commands(inside) if inside is not None else None
    if inside is None or commands is None:
        raise TypeError("a group of commands has a Typer of its own")
    inside.registered_commands, inside.registered_groups = [], []
    info.cls = LazyGroup
    group = get_group_from_info(info, suggest_commands=True, **PLAIN)
    group.commands = commands
    return group
