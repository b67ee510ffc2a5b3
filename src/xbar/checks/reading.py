"""Reads config.yaml, with further files over it, for whatever is not a run of the workflow."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from xbar.checks.repeats import check_repeats
from xbar.config.config import Config, read_config


def load_config(path: Path, *overlays: Path) -> Config:
    """The configuration in a file, with files over it. ValueError, one line for each fault; OSError for no file."""
    return lay_over(read_blocks(path), overlays)


def lay_over(base: dict[str, Any], overlays: Iterable[str | Path]) -> Config:
    """Blocks with files over them; ValueError, one line for each fault."""
    return read_config(overlaid(base, overlays))


def overlaid(base: dict[str, Any], overlays: Iterable[str | Path]) -> dict[str, Any]:
    """Blocks with files over them. ValueError, one line, for a file without blocks or an empty block over a full one.

    Snakemake keeps what stands below an empty block, so that a user who wants no augmentation would get one.
    """
    values = base
    for path in overlays:
        values = _merged(values, read_blocks(Path(path)), str(path), ())
    return values


def check_given_once(words: Sequence[str]) -> None:
    """ValueError where a command names configuration files twice: Snakemake reads those of the last option alone."""
    if sum(word.partition("=")[0] in ("--configfile", "--configfiles") for word in words) > 1:
        raise ValueError("--configfile is given twice, and only the last would count; name all files behind one")


def read_blocks(path: Path) -> dict[str, Any]:
    """The blocks of a YAML file; ValueError, one line, for another file."""
    try:
        check_repeats(path)
        values = yaml.load(path.read_text(encoding="utf-8-sig"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise ValueError(
            f"{path} holds no blocks of a configuration; allowed are those of config.yaml, such as circuit"
        )
    return values


def _merged(below: Mapping[str, Any], above: Mapping[str, Any], file: str, blocks: tuple[str, ...]) -> dict[str, Any]:
    """Blocks over blocks, as Snakemake lays one file over another; all else is replaced."""
    both = {}
    for name in [name for name in above if name in below]:
        if isinstance(below[name], dict) and isinstance(above[name], dict):
            inner = (*blocks, str(name))
            if below[name] and not above[name]:
                where, keys = ".".join(inner), ", ".join(map(str, below[name]))
                raise ValueError(f"{file}: {where}: {{}} changes nothing; write what changes of its keys: {keys}")
            both[name] = _merged(below[name], above[name], file, inner)
    return {**below, **above, **both}
