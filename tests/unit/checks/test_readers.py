"""What is known of the readers of datasets without importing them."""

import importlib

import pytest

from xbar.checks import readers
from xbar.checks.readers import check_outputs


def test_the_classes_are_those_that_the_modules_have():
    modules = {name: importlib.import_module(f"xbar.datasets.{name}") for name in ("cifar10", "digits", "har")}
    assert readers._readers() == {name: len(module.CLASSES) for name, module in modules.items()}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('CLASSES = ("a", "b", "c")', 3),
        ('CLASSES = tuple("ab")', 2),
        ("CLASSES = [str(number) for number in range(3)]", None),
        ("CLASSES = tuple(NAMES)", None),
        ("CLASSES = tuple()", None),
        ("", None),
    ],
)
def test_classes_that_are_computed_are_not_guessed(text, count):
    assert readers._classes(text) == count


def test_a_network_has_an_output_for_every_class():
    check_outputs("networks.mine", 10, "digits")
    with pytest.raises(ValueError, match=r"^networks\.mine: 6 outputs; dataset digits has 10 classes$"):
        check_outputs("networks.mine", 6, "digits")
