"""Folders in which Snakemake would end in a traceback are refused in one line."""

import pytest

from xbar.checks.places import check_places


def test_a_usual_clone_and_folder_are_accepted(tmp_path):
    (tmp_path / "results").mkdir()
    check_places("/home/me/xbar (2)", tmp_path)
    check_places("/home/me/xbar", tmp_path / "absent")


@pytest.mark.parametrize("character", "[]{}*?")
def test_a_clone_behind_a_pattern_is_refused(tmp_path, character):
    with pytest.raises(ValueError) as refused:
        check_places(f"/home/me/x{character}bar", tmp_path)
    told = f"Snakemake finds no files behind a '{character}'; move the clone to another folder"
    assert str(refused.value) == f"/home/me/x{character}bar: {told}"


@pytest.mark.parametrize("name", [".snakemake", "results", "results/own", "results/datasets"])
def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    with pytest.raises(ValueError) as refused:
        check_places("/home/me/xbar", tmp_path)
    told = "not a folder that can be written; --directory names another one"
    assert str(refused.value) == f"{tmp_path / name}: {told}"
