"""workflow/own-network.md as it stands: its code, its configuration and its command."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

from xbar.files import read_rows

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_of_own_networks_works_as_written(tmp_path, capsys):
    blocks = BLOCK.findall((ROOT / "workflow/own-network.md").read_text())
    assert [kind for kind, _ in blocks] == ["python", "yaml", "bash", "python"]
    (save, describe, command, again) = (text for _, text in blocks)
    names: dict = {}
    exec(save.replace('"my-network.safetensors"', repr(str(tmp_path / "my-network.safetensors"))), names)
    (tmp_path / "my-network.yaml").write_text(describe)
    program, *words = shlex.split(command)
    assert program == "snakemake"
    words = [str(ROOT / word) if word.startswith("workflow/") else word for word in words]
    start = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(tmp_path)]
    done = subprocess.run([*start, *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = read_rows(tmp_path / "results/own/my-network/accuracy.csv")
    assert len(rows) == 5 and all(float(row["accuracy"]) > 0.9 for row in rows)
    assert {path.name for path in (tmp_path / "results/own/my-network").iterdir()} == set(
        re.findall(r"^\| `([\w.]+)` \|", (ROOT / "workflow/own-network.md").read_text(), re.MULTILINE)
    )
    exec(again, names)
    *chips, total = map(ast.literal_eval, capsys.readouterr().out.splitlines())
    assert len(chips) == 1 + 3 * 2 and all(row["accuracy"] > 0.9 for row in chips)
    assert all(float(total[name]) > 0 for name in ("area_mm2", "energy_nJ", "latency_us"))
