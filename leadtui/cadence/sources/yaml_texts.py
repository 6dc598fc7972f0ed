"""YAML from strangers, bounded: every scalar is a text, nothing is built, repeated or nested
without end."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from leadtui.cadence.sources.places import quoted
from leadtui.errors import PlaybookError

Node = yaml.Node

MAX_CHARACTERS = 1_000_000
MAX_EVENTS = 100_000
MAX_DEPTH = 12


def compose(text: str, file: str) -> Node:
    """The tree of the one document in ``text``, with lines; refuses aliases, depth and size beyond
    reason."""
    if len(text) > MAX_CHARACTERS:
        raise PlaybookError(
            file, 0, f"the file has more than {MAX_CHARACTERS:,} characters; split it"
        )
    try:
        _bound(text, file)
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        reason = " ".join(str(error.problem or error.context or "it cannot be read").split())
        raise PlaybookError(
            file, line, f"this is not YAML ({reason}); mend this place first"
        ) from None
    except yaml.YAMLError:
        raise PlaybookError(
            file, 0, "the file holds characters that YAML does not allow; take them out"
        ) from None
    if root is None:
        raise PlaybookError(
            file, 1, "the file is empty; write a name and 'cadence:' with days below it"
        )
    return root


def _bound(text: str, file: str) -> None:
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.BaseLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise PlaybookError(
                file, line, "the file repeats a part by an alias ('*name'); write the part out"
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(
            event, yaml.CollectionEndEvent
        )
        if depth > MAX_DEPTH:
            raise PlaybookError(
                file, line, f"the file nests deeper than {MAX_DEPTH} levels; make it flatter"
            )
        if number > MAX_EVENTS:
            raise PlaybookError(file, line, "the file has too many parts; split it")


def pairs(node: Node, file: str, what: str) -> Iterator[tuple[Node, Node]]:
    """The keys and values of a mapping, in order; a key that stands twice is refused, not lost."""
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1
        raise PlaybookError(
            file, line, f"{what} is not a list of 'key: value' lines; write it as one"
        )
    seen: dict[str, int] = {}
    for key, value in node.value:
        word, line = scalar(key, file, "a key"), key.start_mark.line + 1
        if word in seen:
            raise PlaybookError(
                file, line, f"{quoted(word)} stands in line {seen[word]} too; join the two"
            )
        seen[word] = line
        yield key, value


def items(node: Node) -> list[Node]:
    """The elements of a list; one thing alone is a list of one, and nothing an empty one."""
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    return [] if isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null") else [node]


def scalar(node: Node, file: str, what: str) -> str:
    """The text of a single value; an empty one and ``~`` are empty."""
    if not isinstance(node, yaml.ScalarNode):
        raise PlaybookError(
            file, node.start_mark.line + 1, f"{what} is not a single value; write one text"
        )
    return "" if node.value == "~" else str(node.value)
