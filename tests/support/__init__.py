"""What tests share; here the checks of types and shapes that jaxtyping puts into the package while they run.

A check takes longer than many a function. So only those are checked that name shapes: functions for their first calls
in each test, dataclasses always.
"""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any, get_args

import jaxtyping
from beartype import BeartypeConf, beartype

CALLS: Counter[Callable] = Counter()  # of each function in the present test
MOST = 10
jaxtyped = jaxtyping.jaxtyped

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a float, as for mypy


def names_shapes(hint: Any) -> bool:
    """Whether a type is one of jaxtyping's, or holds one; of one that is written as text, whether it may."""
    if isinstance(hint, str):
        return "[" in hint
    own = isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray)
    return own or any(map(names_shapes, get_args(hint)))


def where_shapes_are_named(*, typechecker: Any) -> Callable:
    """What jaxtyping's import hook puts before every function and class."""

    def decorated(function: Any) -> Any:
        if not any(map(names_shapes, getattr(function, "__annotations__", {}).values())):
            return function
        check = jaxtyped(function, typechecker=typechecker)
        return check if isinstance(function, type) else _at_first(function, check)

    return decorated


def _at_first(function: Callable, check: Callable) -> Callable:
    @wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        CALLS[function] += 1
        return (check if CALLS[function] <= MOST else function)(*given, **named)

    return called


jaxtyping.jaxtyped = where_shapes_are_named  # by this name the hook finds it
