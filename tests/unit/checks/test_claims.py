"""Rules of verdicts that speak of what nobody claims."""

from copy import deepcopy

import pytest
from support.configuration import CONFIG, refusal

from xbar.checks.claims import check_conditions, check_published
from xbar.config.claims import ClaimsSpec
from xbar.files import read_rows
from xbar.savings.options import read_options


@pytest.fixture
def block():
    return deepcopy(CONFIG["claims"])


@pytest.fixture
def paper(request):
    return read_rows(request.config.rootpath / "workflow/reference/claims.csv")


@pytest.mark.parametrize(
    ("kind", "name", "like", "message"),
    [
        ("accuracy", "speed", "har-accuracy-float", "claims.accuracy.speed judges what .* published are area-saving, "),
        ("savings", "speed", "area-saving", "claims.savings.speed.v1 judges what .* published are area-saving.v1, "),
    ],
)
def test_a_rule_for_what_nobody_claims_is_refused_before_anything_runs(block, paper, kind, name, like, message):
    check_published(ClaimsSpec.model_validate(block), paper)
    block[kind][name] = block[kind][like]
    with pytest.raises(ValueError, match=f"^config.yaml: {message}"):
        check_published(ClaimsSpec.model_validate(block), paper)
    del block[kind][name], block[kind][like]
    with pytest.raises(ValueError, match=f"^config.yaml: claims: no rule for {like} of paper version v1"):
        check_published(ClaimsSpec.model_validate(block), paper)


def test_as_many_conditions_as_fit_the_memory(request, block):
    options = read_options(request.config.rootpath / "workflow/reference/options.csv")
    block["conditions"] = ["input_encoding dac pulse_ns", "memory", "adc_bits unipolar_extra_bits", "analog_scaling"]
    check_conditions(ClaimsSpec.model_validate(block), options)
    block["conditions"] += ["component_set", "sample_rate_MHz", "read_voltage_V"]
    with pytest.raises(ValueError, match=r"^config.yaml: claims.conditions: 10,368 combinations; allowed are 10,000$"):
        check_conditions(ClaimsSpec.model_validate(block), options)


def test_a_claim_is_not_shown_beside_itself():
    told = "config.yaml: claims.accuracy.har-accuracy-float.beside: 'har-float' is the network of the claim itself"
    assert refusal({"claims.accuracy.har-accuracy-float.beside": ["har-float"]}).startswith(told)


@pytest.mark.parametrize("name", ["colour", "bank", "mapping", "arrays crossbar", "columns_per_adc"])
def test_a_condition_that_is_no_option_or_cannot_be_varied_is_refused(request, block, name):
    options = read_options(request.config.rootpath / "workflow/reference/options.csv")
    check_conditions(ClaimsSpec.model_validate(block), options)
    rules = ClaimsSpec.model_validate(block | {"conditions": ["memory", name]})
    with pytest.raises(
        ValueError, match=f"^config.yaml: claims.conditions: '{name}' is not one of adc_bits unipolar"
    ) as told:
        check_conditions(rules, options)
    assert "\n" not in str(told.value)
