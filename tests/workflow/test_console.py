"""What the terminal shows of a whole run and of a failing one."""

import shutil

WIDEST = 140


def test_a_whole_run_shows_networks_accuracies_and_what_to_open(finished):
    lines = (finished.folder / "output.txt").read_text().splitlines()
    trained = [line for line in lines if " trains; " in line]
    assert len(trained) == 4 and any(line.endswith("digits-2b-searched/seed0.log") for line in trained)
    assert sum("validation accuracy" in line for line in lines) == 4
    assert len(lines) < 30 and max(map(len, lines[2:])) < WIDEST, "but for Snakemake's first two, which name folders"
    assert [line.split(":")[0] for line in lines[-6:]] == [
        "Test accuracy, digits",
        "Saved at equal time by both steps, digits-2b",
        "Saved at equal time by both steps, digits-2b-searched",
        "No verdict on the paper's claims",
        "Open results/report/index.html",
        "Next",
    ]


def test_a_failing_run_ends_with_causes_and_the_way_out(finished, tmp_path):
    project = finished._replace(folder=shutil.copytree(finished.folder, tmp_path / "run"))
    weights = project.folder / "results/networks/digits-float/seed0/weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    answer = project.snakemake("--force", "results/networks/digits-float/seed0/accuracy.csv")
    assert answer.returncode == 1
    *_, failed, cause_told, way_out = answer.stdout.strip().splitlines()
    assert failed.endswith("evaluate_float digits-float 0 failed; jobs that are running may finish")
    assert cause_told.startswith(
        "evaluate_float digits-float 0: results/networks/digits-float/seed0/weights.safetensors is"
    )
    assert way_out == "Finished jobs are kept: correct the cause and repeat the same command."
    assert "Traceback" not in answer.stdout and "RuleException" not in answer.stdout
