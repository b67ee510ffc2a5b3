"""Rules of verdicts that speak of what nobody claims."""

import pytest
import yaml

from xbar.checks.claims import check_published
from xbar.config.claims import ClaimsSpec
from xbar.files import read_rows


@pytest.fixture
def block(request):
    return yaml.safe_load((request.config.rootpath / "config.yaml").read_text())["claims"]


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
