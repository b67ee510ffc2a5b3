"""Files over config.yaml: what they change, and what would change nothing unseen."""

import pytest

from xbar.checks.reading import check_given_once, overlaid

BASE = {"training": {"a": {"augmentation": {"flip": True}, "epochs": 3}}, "own_networks": {}}


def laid(tmp_path, text):
    (tmp_path / "over.yaml").write_text(text)
    return overlaid(BASE, [tmp_path / "over.yaml"])


def test_blocks_are_laid_over_blocks_and_all_else_is_replaced(tmp_path):
    found = laid(tmp_path, "training: {a: {epochs: 4}}\nown_networks: {mine: {fine_tuning: {}}}\n")
    assert found["training"]["a"] == {"augmentation": {"flip": True}, "epochs": 4}
    assert found["own_networks"] == {"mine": {"fine_tuning": {}}} and BASE["own_networks"] == {}


def test_an_empty_block_over_a_full_one_is_refused_because_it_changes_nothing(tmp_path):
    told = r"over\.yaml: training\.a\.augmentation: {} changes nothing; write what changes of its keys: flip$"
    with pytest.raises(ValueError, match=told):
        laid(tmp_path, "training: {a: {augmentation: {}}}\n")


@pytest.mark.parametrize("first", [["--configfile", "a.yaml"], ["--configfiles=a.yaml"]])
def test_configuration_files_are_named_by_one_option(first):
    check_given_once(["snakemake", *first, "b.yaml"])
    with pytest.raises(ValueError, match="--configfile is given twice, and only the last would count"):
        check_given_once(["snakemake", *first, "--configfile", "b.yaml"])
