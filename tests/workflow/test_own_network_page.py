"""workflow/own-network.md as it stands: its code, its entry and its commands; and files that count by content."""

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import SOON

from xbar.files import read_about, read_rows

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "workflow/own-network.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLAN = re.compile(r"^(?:local)?rule (\w+):$", re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the page's own network, its weights and its entry stand."""
    blocks = BLOCK.findall(PAGE)
    assert [kind for kind, _ in blocks] == ["python", "python", "yaml", "bash", "bash", "python"]
    folder = tmp_path_factory.mktemp("page")
    for name, (_, text) in zip(("residual.py", "train.py", "my-network.yaml"), blocks, strict=False):
        (folder / name).write_text(text)
    (folder / "again.py").write_text(blocks[1][1] + blocks[5][1])  # section 4 goes on where section 1 ends
    done = run(folder, [sys.executable, "again.py"])
    assert done.returncode == 0, done.stderr
    (folder / "printed").write_text(done.stdout)
    return folder


def run(folder, command):
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}
    )


def command_of(number):
    words = shlex.split([text for kind, text in BLOCK.findall(PAGE) if kind == "bash"][number])
    return [str(ROOT / word) if word.startswith("workflow/") else word for word in words]


def snakemake(folder, *words):
    start = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    return run(folder, [*start, *SOON, *words])


def test_four_lines_of_python_train_test_and_price(folder):
    *chips, total = map(ast.literal_eval, (folder / "printed").read_text().splitlines())
    assert [row["condition"] for row in chips] == ["quantised", "ideal", *["noisy"] * 6]
    assert all(row["accuracy"] > 0.85 for row in chips)
    assert all(float(total[name]) > 0 for name in ("area_mm2", "energy_nJ", "latency_us"))


def test_one_command_prices_the_network(folder):
    """As the four lines do, which have measured on other inputs and trained further."""
    words = command_of(0)
    assert words[:4] == ["PYTHONPATH=src", "python", "-m", "xbar.own"]
    done = run(folder, [sys.executable, *words[2:]])
    assert done.returncode == 0, done.stderr
    total = ast.literal_eval((folder / "printed").read_text().splitlines()[-1])
    for name, column in (("area", "area_mm2"), ("energy", "energy_nJ"), ("latency", "latency_us")):
        found = float(re.search(rf"^{name} +\S+ +([\d.]+)$", done.stdout, re.MULTILINE)[1])
        assert abs(found / float(total[column]) - 1) < 0.1, name
    assert "0 first, 1 second, 2 head" in done.stdout


def test_the_workflow_writes_what_the_page_says(folder):
    words = command_of(1)
    assert words.pop(0) == "snakemake"
    done = snakemake(folder, *words)
    assert done.returncode == 0, done.stderr
    results = folder / "results/own/residual"
    assert {path.name for path in results.iterdir()} == set(re.findall(r"^\| `(\w+\.\w+)` \|", PAGE, re.MULTILINE))
    rows = read_rows(results / "accuracy.csv")
    assert [row["condition"] for row in rows] == [
        "float",
        "quantised",
        "ideal",
        *["noisy"] * 12,
    ]  # 3 chips, 2 times, 2 compensations
    assert all(float(row["accuracy"]) > (0.95 if row["condition"] == "float" else 0.8) for row in rows)
    about = read_about(results / "conductances.safetensors")["own"]  # jobs read the archive, wherever they run
    assert (about["module"]["file"], about["weights"]) == ("code/residual.py", "weights.safetensors")
    errors = read_rows(results / "errors.csv")
    assert [row["module"] for row in errors[:3]] == ["first", "second", "head"]
    (total,) = read_rows(results / "performance.csv")
    layers = read_rows(results / "layer_costs.csv")
    assert sum(float(row["energy_pJ"]) for row in layers) == pytest.approx(float(total["energy_nJ"]) * 1e3)

    # another date reruns nothing, fewer chips train nothing again; another content reruns everything that reads it
    for name in ("residual.py", "residual.safetensors"):
        (folder / name).touch()
    entry = (folder / "my-network.yaml").read_text()
    (folder / "my-network.yaml").write_text(entry.replace("chips: 3", "chips: 2"))
    assert set(PLAN.findall(snakemake(folder, "--dry-run", *words).stdout)) == {"map_own", "price_own"}  # which follows
    (folder / "my-network.yaml").write_text(entry)
    text = (folder / "residual.py").read_text()
    (folder / "residual.py").write_text(text.replace("nn.AvgPool2d(2)", "nn.MaxPool2d(2)"))
    planned = {"take_own", "tune_own", "map_own", "price_own"}
    assert set(PLAN.findall(snakemake(folder, "--dry-run", *words).stdout)) == planned
