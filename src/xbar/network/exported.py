"""Programs of torch.export as networks whose linear and convolution layers are modules again."""

import logging
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx, nn

ATEN = torch.ops.aten
KINDS: dict[Any, type[nn.Module]] = {
    ATEN.linear.default: nn.Linear,
    ATEN.conv1d.default: nn.Conv1d,
    ATEN.conv1d.padding: nn.Conv1d,
    ATEN.conv2d.default: nn.Conv2d,
    ATEN.conv2d.padding: nn.Conv2d,
}
OPTIONS = ("stride", "padding", "dilation", "groups")


def read_program(path: str | Path) -> nn.Module:
    """The network in a file of torch.export.save. Its layers have the names that they had in the module.

    A graph holds calls such as linear(x, weight). Where the weight is a parameter, the call becomes a layer of
    torch.nn. ValueError, one line: a file that torch.export cannot load, a program with no or several inputs, a batch
    of fixed size.
    """
    from torch.export import load  # seconds, and a compiler with it, that nothing else needs

    log = logging.getLogger("torch.export")  # of a file that it cannot load it logs tracebacks
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        program = load(path)
    except Exception as error:
        line = (str(error).splitlines() or [type(error).__name__])[0].partition(" Please check the warnings")[0]
        raise ValueError(f"{path} is no program of torch.export.save: {line}") from None
    finally:
        log.setLevel(level)
    _check(path, program)
    whole = program.module(check_guards=False)
    assert isinstance(whole, fx.GraphModule)
    return with_layers(whole).eval()


def _check(path: str | Path, program: Any) -> None:
    given = program.graph_signature.user_inputs
    if len(given) != 1:
        raise ValueError(f"{path}: the program takes {len(given)} inputs; needed is one tensor")
    (shape,) = (node.meta["val"].shape for node in program.graph.nodes if node.name == given[0])
    if shape and isinstance(shape[0], int):
        told = f"{path}: the program is for batches of {shape[0]} alone; export it with"
        raise ValueError(f"{told} dynamic_shapes=({{0: torch.export.Dim.DYNAMIC}},)")


def with_layers(whole: fx.GraphModule) -> fx.GraphModule:
    """A graph whose linear and convolution calls call modules. A call without parameters as weight and bias stays."""
    held: dict[str, Any] = {}
    made: dict[str, tuple[Any, ...]] = {}
    for node in list(whole.graph.nodes):
        if node.op == "get_attr":
            held[node.target] = _attribute(whole, node.target)
        if node.target in KINDS and (given := _given(node, held)) is not None:
            name = _name(node, given, made)
            if name not in held:
                held[name] = _layer(KINDS[node.target], given, held)
            with whole.graph.inserting_before(node):
                call = whole.graph.create_node("call_module", name, (given["input"],))
            node.replace_all_uses_with(call)
            whole.graph.erase_node(node)
    return fx.GraphModule(_in_order_of_use(whole.graph, held), whole.graph)


def _in_order_of_use(graph: fx.Graph, held: dict[str, Any]) -> nn.Module:
    """A module that holds what the graph uses, in the order of use.

    GraphModule copies from it in the order of the graph, and that order numbers the layers.
    """
    places = {node: place for place, node in enumerate(graph.nodes)}
    for node in [node for node in graph.nodes if node.op == "get_attr"]:
        if node.users:
            min(node.users, key=places.__getitem__).prepend(node)
        else:
            graph.erase_node(node)
    root = nn.Module()
    for node in graph.nodes:
        if node.op in ("get_attr", "call_module"):
            *parents, name = node.target.split(".")
            parent = root
            for step in parents:
                if not hasattr(parent, step):
                    parent.add_module(step, nn.Module())
                parent = getattr(parent, step)
            setattr(parent, name, held[node.target])
    return root


def _attribute(whole: nn.Module, target: str) -> Any:
    parent, _, name = target.rpartition(".")
    return getattr(whole.get_submodule(parent), name)


def _given(node: fx.Node, held: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments of a call by their names. None where weight or bias is not a parameter."""
    names = [argument.name for argument in node.target._schema.arguments]  # type: ignore[union-attr]
    given = dict(zip(names, node.args, strict=False)) | dict(node.kwargs)
    for key in ("weight", "bias"):
        value = given.get(key)
        known = isinstance(value, fx.Node) and isinstance(held.get(str(value.target)), nn.Parameter)
        if not known and not (key == "bias" and value is None):
            return None
    return given


def _name(node: fx.Node, given: dict[str, Any], made: dict[str, tuple[Any, ...]]) -> str:
    """The name of the module that had the weight, with a number where the weight is used with other options too."""
    options = tuple(str(given.get(key)) for key in ("weight", "bias", *OPTIONS))
    base = given["weight"].target.rpartition(".")[0] or node.name
    names = [base, *(f"{base}_{number}" for number in range(1, len(made) + 2))]
    return next(name for name in names if made.setdefault(name, options) == options)


def _layer(kind: type[nn.Module], given: dict[str, Any], held: dict[str, Any]) -> nn.Module:
    weight: Tensor = held[given["weight"].target]
    bias = given.get("bias")
    if kind is nn.Linear:
        layer: nn.Module = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, device="meta")
    else:
        options = {key: _plain(given[key]) for key in OPTIONS if key in given}
        outputs, channels, *kernel = weight.shape
        sizes = channels * int(given.get("groups", 1)), outputs, tuple(kernel)
        layer = kind(*sizes, **options, bias=bias is not None, device="meta")
    layer.weight = weight
    if bias is not None:
        layer.bias = held[bias.target]
    return layer


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, tuple)) else value
