"""Code and named files that a job reads, as parameters that Snakemake compares by content.

Snakemake compares scripts and inputs by date and path, and ignores imported modules. Each rule therefore has a digest
of its script and of every module of this package that the script imports, and named files count by content. Comments,
docstrings, layout and dates of code do not enter the digest. It leaves out the modules of `xbar.config`, which hold
fields and checks only; their values are parameters already. It leaves out `xbar.job`, which writes logs and names
checkpoints, and `xbar.tables`, which describes columns that the producers write. The rules of the report and of a
search's table name `xbar.tables` as a module of theirs, because they read what it holds. Those of trials name
`xbar.config.polarity`, whose default a candidate of learned signs takes.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

PACKAGE = Path(__file__).parent
SCRIPTS = PACKAGE.parents[1] / "scripts"
KEPT = PACKAGE / "__pycache__/source.json"  # beside what Python keeps of the same files
UNTRACKED = ("config", "job", "tables")  # parts of the package that alone change no result
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")  # where statements stand within a statement


class ByContent(str):
    """The path of a file that counts by its content, not by its place or date.

    Snakemake compares parameters by their `repr`, in lists and blocks too.
    """

    def __repr__(self) -> str:
        return f"file {content(self)}"


@cache
def content(path: str) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of a file, or "absent": jobs on other machines need not have it."""
    if not Path(path).is_file():
        return "absent"
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


@cache
def digest(script: str, *modules: str) -> str:
    """Sixteen hexadecimal digits that change with the code that `scripts/{script}.py` runs.

    `modules`: further modules or packages, such as "datasets/har", which the script imports by a computed name. OSError
    for a script or a module that does not exist.
    """
    start, before = [SCRIPTS / f"{script}.py", *(path for module in modules for path in _files(module))], len(_known())
    lines = [f"{name(path)} {_parsed(path)[0]}\n" for path in reachable(start)]
    if len(_known()) > before:
        _keep(_known())
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def _files(module: str) -> list[Path]:
    """The file of a module, or all files of a package."""
    return sorted((PACKAGE / module).glob("*.py")) or [PACKAGE / f"{module}.py"]


def name(path: Path) -> str:
    """The path relative to the project's root, wherever that lies."""
    return path.relative_to(PACKAGE.parents[1]).as_posix()


def reachable(start: Iterable[Path]) -> list[Path]:
    """The given files and every module of the package that they import, directly or not, in a fixed order."""
    found: set[Path] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imported(path)
    return sorted(found)


@cache
def imported(path: Path) -> tuple[Path, ...]:
    """The modules of the package that one file names in its import statements, at any depth of nesting."""
    return tuple(module for dotted in _parsed(path)[1] for module in _modules(dotted.split(".")))


@cache
def _parsed(path: Path) -> tuple[str, list[str]]:
    """The hash of a file's normalised code, and its imported dotted names.

    The same bytes are parsed once by each version of Python and of this module. Every start would wait a second for
    all files.
    """
    text = path.read_bytes()
    key = f"{sys.implementation.cache_tag} {content(__file__)} {hashlib.sha256(text).hexdigest()}"
    if key not in _known():
        code, names = _parse(text, str(path))
        _known()[key] = hashlib.sha256(code.encode()).hexdigest(), names
    return _known()[key]


@cache
def _known() -> dict[str, tuple[str, list[str]]]:
    """What was found in files, by version of Python and their bytes; empty where nothing was kept."""
    try:
        return dict(json.loads(KEPT.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _keep(known: dict[str, tuple[str, list[str]]]) -> None:
    """Keep it for the next start, whole or not at all; a package that cannot be written is parsed each time."""
    try:
        KEPT.parent.mkdir(exist_ok=True)
        with NamedTemporaryFile("w", dir=KEPT.parent, suffix=".part", delete=False, encoding="utf-8") as part:
            json.dump(known, part)
        Path(part.name).replace(KEPT)
    except OSError:
        pass


def _parse(text: bytes, path: str) -> tuple[str, list[str]]:
    """The code of a file without comments, docstrings and layout, and its imported dotted names."""
    tree = ast.parse(text, path)
    names: list[str] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        names += _imported_names(node)
        for block in BLOCKS:
            waiting += getattr(node, block, ())
        if hasattr(node, "body"):
            node.body[:] = [statement for statement in node.body if not _is_text(statement)] or [ast.Pass()]
    return ast.unparse(tree), names


def _imported_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _modules(parts: list[str]) -> Iterator[Path]:
    """The files behind a dotted name: the packages on its path and the module. Attributes have none."""
    if parts[0] != PACKAGE.name or (parts[1:2] and parts[1] in UNTRACKED):
        return
    for end in range(1, len(parts) + 1):
        place = PACKAGE.joinpath(*parts[1:end])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
