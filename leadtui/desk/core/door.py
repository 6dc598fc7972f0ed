"""A door: what front ends may ask of one department, without the context that its use cases
need."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Concatenate, Generic, ParamSpec, TypeVar

from leadtui.desk.core.context import Context

P = ParamSpec("P")
R = TypeVar("R")


class Door:
    """The use cases of one department, for one desk."""

    def __init__(self, context: Context) -> None:
        self.context = context


class UseCase(Generic[P, R]):
    """A function of the department as a use case of its door: the context is the door's own."""

    def __init__(self, function: Callable[Concatenate[Context, P], R]) -> None:
        self.function = function

    def __get__(self, door: Door, _: type[Door]) -> Callable[P, R]:
        return partial(self.function, door.context)
