"""The rules of the verdicts: what is refused, in which words."""

from copy import deepcopy

import pytest
from pydantic import ValidationError
from support.configuration import CONFIG

from xbar.config.claims import ClaimsSpec


@pytest.fixture
def block():
    return deepcopy(CONFIG["claims"])


def test_the_block_of_the_configuration_is_accepted(block):
    rules = ClaimsSpec.model_validate(block)
    assert set(rules.accuracy) == {"har-accuracy-float", "har-accuracy-2bit-unipolar"}
    assert ClaimsSpec.model_validate(rules.model_dump()) == rules


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("confidence",), "9.5e-1"),
        (("confidence",), 1.0),
        (("confidence",), 0.5),
        (("equivalence_points",), 0.0),
        (("failure_points",), -5.0),
        (("datasets",), []),
        (("colour",), "red"),
        (("reference", "mapping"), "unipolar"),
        (("reference", "bank"), 0),
        (("accuracy", "har-accuracy-float", "tolerance_points"), -1.0),
        (("accuracy", "har-accuracy-float", "instead"), ["har-float"]),
        (("savings", "area-saving", "v1", "corner"), "unipolar"),
        (("savings", "area-saving", "v1", "measure"), "area"),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands(block, path, value):
    wrong = deepcopy(block)
    entry = wrong
    for key in path[:-1]:
        entry = entry[key]
    entry[path[-1]] = value
    with pytest.raises(ValidationError) as error:
        ClaimsSpec.model_validate(wrong)
    assert error.value.errors()[0]["loc"][: len(path)] == path
