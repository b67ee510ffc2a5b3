"""What YAML reads without a word: of keys that stand twice in a block the last one, and numbers of other bases.

`010` is eight to YAML, and `1:30` is ninety.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

NOTHING = "tag:yaml.org,2002:null"
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
OTHER_BASE = re.compile(r"[-+]?(0[0-9_]*[0-9]$|[0-9_]+:)")  # octal, and base 60


def check_repeats(path: str | Path) -> None:
    """Raise ValueError, one line with file and line number, for a key that its block has already.

    So it does for a key without a value, for a number of another base, for a block that holds itself, and for a file
    that is not in UTF-8.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is no text in UTF-8; allowed are YAML files in UTF-8") from None
    for node, told in _faults(yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)), {}):
        raise ValueError(f"{path}:{node.start_mark.line + 1}: {told}")


def _faults(node: yaml.Node | None, done: dict[int, bool]) -> Iterator[tuple[yaml.Node, str]]:
    """Every such place, and what is wrong there. `done`: blocks by identity, whether they were looked at to the end."""
    if isinstance(node, yaml.ScalarNode) and (node.tag, node.value) == (NOTHING, ""):
        yield node, "this key has no value; write null for none, or {} for a block with its defaults"
    elif isinstance(node, yaml.ScalarNode):
        if node.tag in NUMBERS and OTHER_BASE.match(node.value):
            read = yaml.safe_load(node.value)
            yield node, f"YAML reads {node.value} as {read}; write {read}, or a text in quotes"
    elif node is not None and id(node) in done:  # behind an alias
        if not done[id(node)]:
            yield node, "this block holds itself"
    elif node is not None:
        done[id(node)] = False
        seen: dict[str, int] = {}
        for entry in node.value:
            if isinstance(node, yaml.SequenceNode):
                yield from _faults(entry, done)
                continue
            key, part = entry
            if (name := str(key.value)) in seen:
                yield key, f"duplicate key '{key.value}', first in line {seen[name]}"
            seen[name] = key.start_mark.line + 1
            yield from _faults(part, done)
        done[id(node)] = True
