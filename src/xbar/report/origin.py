"""Whether results were made with the configuration that asks for them, read from the results themselves.

Snakemake knows what made a file from its own records; results that were copied without these records would pass
as those of whatever configuration stands there now.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from xbar.files import read_about


def check_origins(paths: Iterable[str | Path], expected: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise ValueError unless each file is of the network and seed of its folder, made with what is expected of them.

    `expected`: by network, the blocks of the configuration (network, training, ...) that its files must carry.
    Blocks that a kind of file does not carry are not compared, and neither is what a search decided (`searched`).
    """
    for path in map(Path, paths):
        about = read_about(path)
        if about.get("name") not in expected:
            raise ValueError(f"{path} is of no network of this run, but of {about.get('name')!r}: delete it")
        if path.parts[-3:-1] != (about["name"], f"seed{about.get('seed')}"):
            raise ValueError(f"{path} is of {about['name']}, seed {about.get('seed')}: delete it to have it made anew")
        for block, value in expected[about["name"]].items():
            for key, was, now in _differences(block, about.get(block, value), value):
                raise ValueError(
                    f"{path} was made with {key} = {was!r}, but the configuration says {now!r}: "
                    "delete it to have it made anew, or take back the change"
                )


def _differences(key: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    """The leaves in which two values differ, each with its dotted key."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted(was.keys() | now.keys()):
            yield from _differences(f"{key}.{name}", was.get(name), now.get(name))
    elif was != now and now != "searched":
        yield key, was, now
