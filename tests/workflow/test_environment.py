"""One lock is the truth about versions: whatever installs from it agrees with it, and the README with the files."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.txt", "cluster.txt", "peers.txt"]


def pinned(lock):
    text = (ROOT / "envs" / lock).read_text()
    return {
        name.lower().replace("_", "-"): version
        for name, version in re.findall(r"^([\w.-]+)==([^ \n]+)", text, re.MULTILINE)
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_checksums_and_no_address(lock):
    text = (ROOT / "envs" / lock).read_text()
    assert "://" not in text
    assert not re.findall(r"^[\w.-]+==[^\n]*[^\\]$", text, re.MULTILINE), "a pin without --hash"


def test_the_lock_holds_what_the_project_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.match(r"[\w-]+", line)[0].lower() for line in wanted}
    assert names <= set(pinned("requirements.txt"))


def test_cluster_pins_agree_with_the_lock():
    base = pinned("requirements.txt")
    differing = {name for name, version in pinned("cluster.txt").items() if base.get(name, version) != version}
    assert not differing


def test_the_conda_environment_has_the_versions_of_the_lock():
    """Snakemake copies the file alone, so that it can name no lock beside it."""
    *_, with_pip = yaml.safe_load((ROOT / "envs/environment.yaml").read_text())["dependencies"]
    pins = re.findall(r"^(\S+==[^\\\n]+?) *\\?$", (ROOT / "envs/requirements.txt").read_text(), re.MULTILINE)
    assert with_pip["pip"] == pins, "write these pins below pip in envs/environment.yaml"


def test_the_commands_of_readme_name_files_that_exist():
    named = re.findall(r"(?:-r|--configfile) (\S+/\S+)", (ROOT / "README.md").read_text())
    assert len(named) > 2 and [name for name in named if not (ROOT / name).exists()] == []
