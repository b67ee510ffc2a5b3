"""Parts of the package import in one direction only, and light stages stay light."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from xbar import source
from xbar.report import contents

ORDER = ["mappings", "config", "files", "tables", "seeds", "datasets", "hardware", "circuit", "network", "training"]
ORDER += ["chips", "savings", "system", "search", "report"]
APART = [
    "source",
    "console",
    "checks",
    "job",
    "price",
    "own",
    "tiny",
    "hybrid",
]  # of the workflow, of scripts, commands; no stage uses them
APART_USE = {
    "console": ["files", "job"],
    "checks": ["checks", "mappings", "config", "files", "hardware", "circuit", "network", "savings"],
    "price": ["price", "checks", "mappings", "config", "files", "tables", "circuit", "savings", "system"],
    "own": [
        "own",
        "price",
        "checks",
        "mappings",
        "config",
        "files",
        "seeds",
        "datasets",
        "hardware",
        "circuit",
        "network",
        "training",
        "chips",
    ],
    "tiny": [*ORDER, "tiny"],
    "hybrid": [*ORDER, "hybrid"],
}
MODULES = sorted(source.PACKAGE.rglob("*.py"))
WITHOUT_TORCH = [
    "price_network",
    "price_own",
    "simulate_system",
    "compare_costs",
    "validate_costs",
    "collect",
    "make_tables",
    "plot_figures",
]


@cache
def imports(path: Path, *, nested: bool = True) -> tuple[str, ...]:
    """Dotted names that a file imports; without `nested`, only those it imports whenever it is itself imported."""
    return tuple(_imports(path, nested))


def _imports(path: Path, nested: bool) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if nested else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(path: Path) -> str:
    return path.relative_to(source.PACKAGE).with_suffix("").parts[0]


def test_every_part_has_its_place():
    assert {part(path) for path in MODULES} - {"__init__"} <= {*ORDER, *APART}


@pytest.mark.parametrize("path", MODULES, ids=source.name)
def test_parts_import_only_earlier_parts(path):
    allowed = ORDER[: ORDER.index(part(path)) + 1] if part(path) in ORDER else APART_USE.get(part(path), [])
    used = {name.split(".")[1] for name in imports(path) if name.startswith("xbar.")}
    assert used <= set(allowed), f"{source.name(path)} imports {sorted(used - set(allowed))}"


PRICES = source.PACKAGE / "checks/prices.py"  # which computes, with numpy
PARSED = [path for path in MODULES if part(path) in ("checks", "mappings", "config", "source") and path != PRICES]
PARSED += [source.PACKAGE / name for name in ("circuit/__init__.py", "circuit/components.py")]
PARSED += [source.PACKAGE / "network/geometry.py"]
PARSED += [source.PACKAGE / "hardware" / name for name in ("forms.py", "laws.py")]


@pytest.mark.parametrize("path", PARSED, ids=source.name)
def test_what_the_snakefile_loads_needs_only_pydantic_and_yaml(path):
    roots = {name.split(".")[0] for name in imports(path)}
    assert roots - {"pydantic", "xbar", "yaml"} <= sys.stdlib_module_names


@pytest.mark.parametrize("script", WITHOUT_TORCH)
def test_light_scripts_do_not_load_torch(script):
    named = [f"{module}.py" for kind in contents.KINDS for module in contents.modules(kind)]  # imported by name
    for path in source.reachable([source.SCRIPTS / f"{script}.py", *(source.PACKAGE / name for name in named)]):
        roots = {name.split(".")[0] for name in imports(path, nested=False)}
        assert not roots & {"torch", "torchvision"}, f"{script} loads torch through {source.name(path)}"


def test_no_stage_reruns_because_of_how_a_report_is_published():
    for path in source.SCRIPTS.glob("*.py"):
        if path.stem != "publish_report":
            assert source.PACKAGE / "report/publish.py" not in source.reachable([path]), path.name


def test_the_command_that_prices_loads_nothing_heavy():
    heavy = {"torch", "torchvision", "pandas", "scipy", "sklearn", "matplotlib", "seaborn", "snakemake", "safetensors"}
    for path in source.reachable([source.PACKAGE / "price/__main__.py"]):
        roots = {name.split(".")[0] for name in imports(path, nested=False)}
        assert not roots & heavy, f"the command loads {sorted(roots & heavy)} through {source.name(path)}"


def test_every_module_that_names_shapes_is_checked_for_them():
    """But for the report, which takes tables. The last name of the option is that of the checker."""
    options = tomllib.loads((source.SCRIPTS.parent / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    (option,) = [word for word in options["addopts"] if word.startswith("--jaxtyping-packages=")]
    *checked, checker = option.partition("=")[2].split(",")
    assert checker == "support.checked"
    places = [source.PACKAGE.parent / name.replace(".", "/") for name in checked]
    for path in MODULES:
        if part(path) != "report" and any(name.startswith("jaxtyping") for name in imports(path)):
            assert {path.with_suffix(""), *path.parents} & {*places}, f"{source.name(path)} is not checked"


def test_scripts_are_thin():
    for path in source.SCRIPTS.glob("*.py"):
        lines = path.read_text().splitlines()
        assert len(lines) <= 40, f"{path.name} has {len(lines)} lines"
        assert not [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
