"""Networks as people describe them: a class in a file, an exported program, or a list of modules of torch.nn."""

import importlib.util
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import torch
from torch import nn

from xbar.config.own import ModuleSpec, OwnNetworkSpec
from xbar.network.checkpoints import load_checkpoint
from xbar.network.exported import read_program
from xbar.network.modules import build_sequential

PACKAGE = Path(__file__).resolve().parents[1]
SITES = {"site-packages", "dist-packages"}  # folders of what is installed


def network_of(own: OwnNetworkSpec) -> nn.Module:
    """The network of an entry with its weights, in evaluation mode. ValueError, one line, where it cannot be made."""
    if own.program is not None:
        return read_program(own.program)
    module = build_sequential(own.layers) if own.layers is not None else _of_class(own.module)
    assert own.weights is not None
    return load_checkpoint(module, own.weights).eval()


def _of_class(spec: ModuleSpec | None) -> nn.Module:
    """The module that a class or a function in a file returns. Random starting values do not disturb other draws."""
    assert spec is not None
    before = {*sys.modules}
    made = getattr(_executed(spec), spec.name, None)
    if not callable(made):
        raise ValueError(f"{spec.file} has no class and no function '{spec.name}'")
    try:
        with torch.random.fork_rng(devices=[]), _importable(Path(spec.file).parent, _names(spec)):
            torch.manual_seed(0)
            module = made(**spec.arguments)
    except FileNotFoundError as error:
        advice = "name it in module.imports, and find it beside the class by Path(__file__)"
        raise ValueError(f"{spec.file}: {spec.name}: no file {error.filename}; {advice}") from None
    except (Exception, SystemExit) as error:
        raise ValueError(f"{spec.file}: {spec.name}: {told(error)}") from None
    if not isinstance(module, nn.Module):
        raise ValueError(f"{spec.file}: {spec.name} makes a {type(module).__name__}; needed is an nn.Module")
    _check_declared(spec, before)
    return module


def _check_declared(spec: ModuleSpec, before: Collection[str]) -> None:
    """Raise ValueError, one line, for a module of the run's folder that was loaded since `before` and is not declared.

    Jobs would not rerun when it changes, and a machine of a cluster would not have it. What is
    installed may lie below the same folder, such as a home folder.
    """
    here = Path.cwd().resolve()
    installed = [Path(place).resolve() for place in (sys.prefix, sys.base_prefix, PACKAGE)]
    for name in sorted({*sys.modules} - {*before, *_names(spec)}):
        if (place := getattr(sys.modules[name], "__file__", None)) is None:  # built in, or a folder
            continue
        file = Path(place).resolve()
        if file.is_relative_to(here) and not any(map(file.is_relative_to, installed)) and not SITES & {*file.parts}:
            raise ValueError(f"{spec.file} imports {file}; name it in module.imports, as a file of the same folder")


def _names(spec: ModuleSpec) -> list[str]:
    """What Python calls the declared files, with the packages that hold them: parts/blocks.py is parts.blocks."""
    parts = [Path(other).with_suffix("").parts for other in (Path(spec.file).name, *spec.imports)]
    return list(dict.fromkeys(".".join(part[: depth + 1]) for part in parts for depth in range(len(part))))


def _executed(spec: ModuleSpec) -> ModuleType:
    """The file as a module. Its imports are found in its own folder."""
    path = Path(spec.file)
    found = importlib.util.spec_from_file_location(path.stem, path)
    if found is None or found.loader is None:
        raise ValueError(f"{path}: not a file of Python, which ends in .py")
    module = importlib.util.module_from_spec(found)
    try:
        with _importable(path.parent, _names(spec)):
            sys.modules[path.stem] = module
            found.loader.exec_module(module)
    except ModuleNotFoundError as error:
        told_of = f"{path} imports '{error.name}', which is not installed"
        raise ValueError(f"{told_of}; a file of your own that it imports is named in module.imports") from None
    except ImportError as error:
        advice = "; import a file of a package by its full name, from a file of your own beside the package"
        raise ValueError(f"{path}: {told(error)}{advice if 'relative import' in str(error) else ''}") from None
    except SyntaxError as error:
        raise ValueError(f"{path}:{error.lineno}: {error.msg}") from None
    except (Exception, SystemExit) as error:
        raise ValueError(f"{path}: {told(error)}") from None
    return module


@contextmanager
def _importable(folder: Path, names: list[str]) -> Iterator[None]:
    """Within this context files of `folder` can be imported. Modules of the same `names` are restored afterwards."""
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)


def told(error: BaseException) -> str:
    """The type and the first line of an error that code of others raised."""
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}".removesuffix(": ")
