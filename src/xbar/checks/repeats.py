"""Keys that stand twice in one block of a YAML file. YAML would silently keep the last one."""

from collections.abc import Iterator
from pathlib import Path

import yaml


def check_repeats(path: str | Path) -> None:
    """Raise ValueError, one line with file and line number, for a key that its block already has."""
    for key, first in _repeats(yaml.compose(Path(path).read_text(encoding="utf-8"), yaml.SafeLoader)):
        where = f"{path}:{key.start_mark.line + 1}"
        raise ValueError(f"{where}: duplicate key '{key.value}', first in line {first}")


def _repeats(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, int]]:
    """Every repeated key, with the line of the one before."""
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _repeats(part)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, part in node.value:
            if (name := str(key.value)) in seen:
                yield key, seen[name]
            seen[name] = key.start_mark.line + 1
            yield from _repeats(part)
