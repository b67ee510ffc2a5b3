"""Declarations of the modules of datasets, read from their text: imports of torch and scikit-learn take seconds."""

import ast
from functools import cache
from pathlib import Path

from xbar.config.base import check_name

READERS = Path(__file__).parents[1] / "datasets"


def check_reader(where: str, dataset: str) -> None:
    """Raise ValueError, one line, unless a module of src/xbar/datasets reads the dataset."""
    check_name(dataset, _readers(), f"{where}: modules of src/xbar/datasets")


@cache
def _texts() -> dict[str, str]:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(READERS.glob("*.py"))}
    return {name: text for name, text in texts.items() if "\ndef splits(" in text}


@cache
def _readers() -> dict[str, int | None]:
    """Number of classes of each dataset, by module; None where its `CLASSES` are computed."""
    return {name: _classes(text) for name, text in _texts().items()}


def input_shape(dataset: str) -> tuple[int, int, int] | None:
    """The shape of one input, (channels, height, width); None where `SHAPE` is computed."""
    for statement in ast.parse(_texts()[dataset]).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "SHAPE":
            try:
                return ast.literal_eval(statement.value)
            except ValueError:
                return None
    return None


def _classes(text: str) -> int | None:
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "CLASSES":
            value = statement.value
            if isinstance(value, ast.Call) and ast.unparse(value.func) == "tuple" and value.args:  # of a text
                value = value.args[0]
            names = value.value if isinstance(value, ast.Constant) else getattr(value, "elts", ())
            return len(names) or None if isinstance(names, str | list) else None
    return None


def check_outputs(where: str, outputs: int, dataset: str) -> None:
    """Raise ValueError, one line, unless a network has exactly one output for every class of its dataset."""
    classes = _readers()[dataset]
    if classes is not None and outputs != classes:
        raise ValueError(f"{where}: {outputs} outputs; dataset {dataset} has {classes} classes")
