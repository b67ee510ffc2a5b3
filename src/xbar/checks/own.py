"""The files that a network of one's own names: whether they exist, and their names in an archive."""

import ast
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from xbar.config.own import OwnNetworkSpec

CODE = "code"  # folder of the Python files in the archive


def packed(own: OwnNetworkSpec) -> tuple[OwnNetworkSpec, dict[str, str]]:
    """The entry with the names of its files in the archive, and the path of each file by that name."""
    files = {f"{key}{_end(path)}": path for key in ("program", "weights", "examples") if (path := getattr(own, key))}
    names = {name.split(".")[0]: name for name in files}
    entry = own.model_copy(update=names)
    if own.module is None:
        return entry, files
    place = Path(own.module.file)
    files |= {f"{CODE}/{name}": str(place.parent / name) for name in (place.name, *own.module.imports)}
    return entry.model_copy(update={"module": own.module.model_copy(update={"file": f"{CODE}/{place.name}"})}), files


def _end(path: str) -> str:
    return Path(path).suffix.lower()


def check_own_files(where: str, own: OwnNetworkSpec) -> None:
    """Raise ValueError, one line, for a file that does not exist, or a class that its file does not have.

    ValueError also for a file that is not Python, and for imports outside of its folder.
    """
    _, files = packed(own)
    for name, path in files.items():
        key = "module" if name.startswith(f"{CODE}/") else name.split(".")[0]
        if not Path(path).is_file():
            raise ValueError(f"{where}.{key}: no file {path}")
        if not os.access(path, os.R_OK):
            raise ValueError(f"{where}.{key}: {path} may not be read by this user; its owner can allow it")
    if own.module is not None:
        _check_imports(where, own.module.imports)
        _check_name(f"{where}.module", own.module.file, own.module.name)


def _check_imports(where: str, names: list[str]) -> None:
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{where}.module.imports: {name} is not beside the file of the class")


def _check_name(where: str, path: str, name: str) -> None:
    try:
        body = ast.parse(Path(path).read_bytes(), path).body  # in its own encoding, as Python reads it
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise ValueError(f"{where}: {path}{line}: {error.msg}") from None
    except ValueError as error:
        raise ValueError(f"{where}: {path}: no text of Python: {error}") from None
    if not any(_binds(node, name) for statement in body for node in ast.walk(statement)):
        found = [node.name for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
        raise ValueError(f"{where}.name: {path} has no '{name}'; it has {', '.join(found) or 'no class'}")


def _binds(node: ast.AST, name: str) -> bool:
    """Whether a node may bind this name: by a class, a function, an import or an assignment."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return node.name == name
    if isinstance(node, ast.alias):
        return name == (node.asname or node.name) or node.name == "*"
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name


def shown(text: str, folder: Path, files: Mapping[str, str]) -> str:
    """A message about files of an unpacked archive, with the paths that the user gave."""
    for name, path in sorted(files.items(), key=lambda item: -len(item[0])):
        text = text.replace(str(folder / name), path)
    return text
