"""Published laws of device noise and drift: coefficients with units and sources, read from CSV."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from xbar.files import number_of, read_by_line
from xbar.hardware.forms import AGEING, PROGRAMMING, AgeingForm, Law, ProgrammingForm

COLUMNS = ("law", "form", "parameter", "value", "unit", "source", "note")
FORMS: Mapping[str, ProgrammingForm | AgeingForm] = {**PROGRAMMING, **AGEING}

Laws = Mapping[str, Mapping[str, Law]]  # by name and form; a law may have a form of programming and one of ageing
Form = TypeVar("Form", ProgrammingForm, AgeingForm)


def read_laws(path: str | Path) -> Laws:
    """Coefficients by law, form and parameter.

    ValueError, one line with file and line number, for missing columns, fields or sources, for an unknown form,
    parameter or unit, and for a repeated parameter. ValueError also for a reserved name, and for a number that is not
    finite or not above 0 where it must be. A law that lacks a parameter or has two forms of one kind is refused too.
    OSError for no file.
    """
    laws: dict[str, dict[str, dict[str, float]]] = {}
    for number, row in read_by_line(path, COLUMNS).items():
        where = f"{path}:{number}: {row['law']} {row['parameter']}"
        if row["law"] in ("", "constant", "none"):
            raise ValueError(f"{where}: a law has a name of its own, not constant or none")
        if row["form"] not in FORMS:
            raise ValueError(f"{where}: form '{row['form']}' is not one of {', '.join(FORMS)}")
        law = laws.setdefault(row["law"], {}).setdefault(row["form"], {})
        law[row["parameter"]] = _value(row, law, where)
    for name, by_form in laws.items():
        _check_whole(f"{path}: law {name}", by_form)
    return laws


def _check_whole(where: str, by_form: Mapping[str, Law]) -> None:
    for forms in (PROGRAMMING, AGEING):
        if len(several := [form for form in by_form if form in forms]) > 1:
            raise ValueError(f"{where} has the forms {', '.join(several)}; allowed is one of them")
    for form, law in by_form.items():
        if missing := [parameter for parameter in _needed(form, law) if parameter not in law]:
            raise ValueError(f"{where} lacks {', '.join(missing)}")
        for low, high in AGEING[form].in_order if form in AGEING else ():
            if law[low] > law[high]:
                raise ValueError(f"{where}: {low} {law[low]:g} exceeds {high} {law[high]:g}; allowed is no more")


def _needed(form: str, law: Law) -> Iterator[str]:
    """The parameters that a law of this form must have."""
    for name in FORMS[form].parameters:
        if name.endswith("_"):
            orders = sum(parameter.startswith(name) for parameter in law)
            yield from (f"{name}{order}" for order in range(max(1, orders)))
        else:
            yield name


def _value(row: Mapping[str, str], law: Law, where: str) -> float:
    parameter, form = row["parameter"], FORMS[row["form"]]
    if parameter in law:
        raise ValueError(f"{where}: a second row of this parameter; allowed is one")
    if (unit := _unit(form, parameter)) is None:
        allowed = (f"{name}0, {name}1, ..." if name.endswith("_") else name for name in form.parameters)
        raise ValueError(f"{where}: parameters of the form {row['form']} are {', '.join(allowed)}")
    if row["unit"] != unit:
        raise ValueError(f"{where}: unit '{row['unit']}' is not allowed; needed is {unit}")
    if not row["source"].strip():
        raise ValueError(f"{where} has no source; write 'assumption' if it is one")
    value = number_of(row["value"], where)
    if value <= 0 and parameter in form.positive:
        raise ValueError(f"{where}: {row['value']} is not allowed: numbers above 0")
    return value


def _unit(form: ProgrammingForm | AgeingForm, parameter: str) -> str | None:
    """The unit of a parameter; None for a parameter that the form does not have."""
    stem = parameter.rstrip("0123456789")
    if not stem.endswith("_") or stem not in form.parameters:
        return form.parameters.get(parameter)
    order = parameter.removeprefix(stem)
    return form.parameters[stem] if order and order == str(int(order)) else None


def laws_of(laws: Laws, forms: Mapping[str, Form]) -> list[str]:
    """Names of the laws that have one of `forms`, which are PROGRAMMING or AGEING."""
    return sorted(name for name, by_form in laws.items() if not forms.keys().isdisjoint(by_form))


def law_named(laws: Laws, name: str, forms: Mapping[str, Form]) -> tuple[Form, Law]:
    """The form and the coefficients of a law. ValueError where it does not exist or has none of these forms."""
    for form, law in laws.get(name, {}).items():
        if form in forms:
            return forms[form], law
    able = ", ".join(laws_of(laws, forms)) or "none"
    raise ValueError(f"device law '{name}' is not one of {able} (those of the forms {', '.join(forms)})")
