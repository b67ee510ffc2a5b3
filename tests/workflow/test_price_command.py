"""The command: its numbers are the workflow's, a small circuit by hand, tables and faults as promised."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from support.configuration import CONFIG

from xbar.circuit.components import read_components
from xbar.circuit.priced import corners, cost_rows, layer_cost_rows, performance_row, read_priced
from xbar.config.circuit import CircuitSpec
from xbar.files import read_rows
from xbar.price.__main__ import main, priced_page
from xbar.tables import COST, LAYER_COSTS, LAYERS, PERFORMANCE, SYSTEM, read_text, write_table

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results/reference/tables/layers.csv"
COMPONENTS = ROOT / "workflow/reference/components.csv"
TABLES = (COST, LAYER_COSTS, PERFORMANCE)


def tables_of(folder):
    return [read_text([folder / f"{table.name}.csv"], table) for table in TABLES]


def by_workflow(tmp_path, name):
    """What scripts/price_network.py computes of a network of the published tables."""
    rows = [row for row in read_rows(PUBLISHED) if row["network"] == name]
    paths = [tmp_path / f"{name}-{seed}.csv" for seed in sorted({row["seed"] for row in rows})]
    for path in paths:
        write_table(path, LAYERS, [row for row in rows if path.stem.endswith(f"-{row['seed']}")])
    spec = CONFIG["networks"][name]
    about = {
        "name": name,
        "network": spec,
        "device": CONFIG["devices"][spec.get("device", "nvm")],
        "crossbar": CONFIG["crossbars"][spec.get("crossbar", "array-1152x256")],
    }
    circuit = CircuitSpec(**CONFIG["circuit"] | {"adc_laws": ["B", "E"]})
    return list(corners(read_priced(about, paths), circuit, read_components([COMPONENTS], circuit.component_set)))


@pytest.mark.usefixtures("unchecked")
def test_the_tables_are_those_of_the_workflow(tmp_path):
    """Two networks of the published tables, each in one circuit of config.yaml."""
    words = [str(PUBLISHED), "--network", "har-2b-unipolar", "--bank", "16", "--adc-law", "B", "--csv", str(tmp_path)]
    priced_page([*words, "--against", "offset-column", "--against-network", "har-2b-signed"])
    wanted = [("har-2b-unipolar", "unipolar", 16), ("har-2b-signed", "offset-column", "own")]
    priced = [
        corner
        for name, mapping, bank in wanted
        for corner in by_workflow(tmp_path, name)
        if (corner.design.mapping, corner.design.bank, corner.design.adc_law) == (mapping, bank, "B")
    ]
    assert len(priced) == 2
    cost, layer_costs, performance = tables_of(tmp_path)
    assert cost == [row for corner in priced for row in cost_rows(corner)]
    assert layer_costs == [row for corner in priced for row in layer_cost_rows(corner)]
    assert performance == [performance_row(corner) for corner in priced]


def test_a_small_circuit_by_hand(tmp_path):
    """Eight devices, two ADCs by model E (2.5645 pF), inputs of two bits: three levels of 1 ns, then 50 ns."""
    (tmp_path / "mine.csv").write_text("rows,columns,products,weight_mean,activity\n4,2,3,0.5,0.25\n")
    words = ["--bank", "own", "--memory", "none", "--overheads", "none", "--dac_bits", "2", "--csv", str(tmp_path)]
    priced_page([str(tmp_path / "mine.csv"), *words])
    cost, layer_costs, (performance,) = tables_of(tmp_path)
    parts = {row["component"]: row for row in cost}
    assert float(parts["cell"]["area_um2"]) == pytest.approx(4 * 2 * 48 * 0.028**2)
    uS_ns = 4 * 2 * 0.5 * 25 * 0.25 * 3 * 1.0
    assert float(parts["cell"]["energy_pJ"]) == pytest.approx(3 * uS_ns * 0.9 * 0.2 * 1e-3)
    assert parts["adc"]["count"] == "2"
    assert float(parts["adc"]["energy_pJ"]) == pytest.approx(2 * 3 * 2.5645 * 0.9**2)
    assert float(performance["latency_us"]) == pytest.approx(3 * (3 * 1 + 50) * 1e-3)
    assert (performance["network"], performance["corner"], performance["macs"]) == ("mine", "unipolar-own", "24")
    assert [row["layer"] for row in layer_costs] == ["0"]


def shown(text, head):
    """The numbers of one table of the page by the first words of its lines."""
    lines = text[text.index(head) :].split("\n\n")[0].splitlines()
    cells = [re.split(r"\s{2,}", line) for line in lines if not line.startswith("-")]
    return {first: rest for first, *rest in cells}


def test_each_circuit_stands_once_in_the_tables(tmp_path, capsys):
    """The baseline at equal time is told from the fast one by no column, nor are two circuits of one kind."""
    words = ["561x128x1", "--against", "two-crossbars", "--against_layers", "561x128x2", "--csv", str(tmp_path)]
    priced_page(words)
    cost, _, performance = tables_of(tmp_path)
    assert [row["corner"] for row in performance] == ["unipolar-shared", "signed-own"]
    assert [row["component"] for row in cost if row["corner"] == "signed-own"].count("adc") == 1
    alike = [
        "4x2x3",
        "--mapping",
        "two-crossbars",
        "--bank",
        "own",
        "--against",
        "two-crossbars",
        "--csv",
        str(tmp_path),
    ]
    assert main(alike) == 1
    told = capsys.readouterr().err
    assert "circuit and baseline are both of network" in told and "corner signed-own, mapping two-crossbars" in told


@pytest.mark.usefixtures("unchecked")
def test_events_meet_the_closed_form_and_huge_inferences_are_refused(capsys, tmp_path):
    text = priced_page(["4x2x3", "--bank", "own", "--dac_bits", "2", "--events", "--csv", str(tmp_path)])
    rows = shown(text, "circuit, by events")
    assert rows["closed form"][:2] == [str(3 * 53)] * 2  # three levels of 1 ns, then 50 ns
    assert float(rows["overlapped"][0]) < float(rows["serial"][0]) and float(rows["serial"][-1]) == 0
    of_file = {row["schedule"]: row for row in read_text([tmp_path / "system.csv"], SYSTEM)}
    assert {name: row["latency_ns"] for name, row in of_file.items()} == {name: rows[name][0] for name in of_file}
    priced_page(["4x2x3", "--network", "har-2b-unipolar", "--events", "--csv", str(tmp_path)])
    periods = {float(row["period_s"]) for row in read_text([tmp_path / "system.csv"], SYSTEM)}
    assert periods == {CONFIG["system"]["period_s"]["har"]}
    assert "by events" not in priced_page(["4x2x3"])
    assert main(["4x2x100001", "--events", "--csv", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "--events: an inference of 100,001 matrix-vector products; allowed are 100,000\n"


@pytest.mark.usefixtures("unchecked")
def test_the_page_shows_parts_and_layers_that_add_up_within_a_hundred_columns(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["162x64x32", "576x128x16 512x6x1", "--bank=16", "--against", "paired-columns-mirrored", "--csv"]
    text = priced_page([*words, "."])
    assert max(map(len, text.splitlines())) <= 100
    for number, name in enumerate(("circuit", "baseline")):
        whole = tables_of(tmp_path)[2][number]
        for kind, place in (("part", -5), ("layer", -3)):  # of the area, from the right: the bank has no sizes
            rows = shown(text, f"{name}, by {kind}")
            head, total = rows.pop(f"{name}, by {kind}"), rows.pop("total")
            areas = [float(row[place]) for row in rows.values()]
            area = float(total[0])
            assert head[place] == "area um2" and sum(areas) == pytest.approx(area, rel=2e-3)
            assert area == pytest.approx(1e6 * float(whole["area_mm2"]), rel=1e-3)
    words = next(line for line in text.splitlines() if line.startswith("area")).split()
    saving, factor = f"{words[4]} {words[5]}", words[6]
    ours, theirs = (float(row["area_mm2"]) for row in tables_of(tmp_path)[2])
    assert (saving, factor) == (f"{100 * (1 - ours / theirs):.1f} %", f"{ours / theirs:.3f}")


def test_converters_in_turn_are_told():
    text = priced_page(["8x8x1", "--bank", "own", "--columns_per_adc", "4", "--against", "offset-column"])
    assert text.count("own converters of 4 columns in turn") == 3  # the circuit, the baseline and that of equal time
    assert "in turn" not in priced_page(["8x8x1", "--bank", "own"])
    assert "a bank of 4 ADCs for" in priced_page(["8x8x1", "--bank", "4"])
    assert "a bank of 8 ADCs, all that the largest layer\n" in priced_page(["8x8x1", "--bank", "900"])


@pytest.mark.usefixtures("unchecked")
def test_a_baseline_takes_what_both_sides_have_and_not_what_one_has(tmp_path):
    words = ["--network", "har-2b-unipolar", "--common_mode", "kept", "--adc_bits", "6", "--node", "40", "--csv"]
    priced_page([*words, str(tmp_path), "--against", "two-crossbars"])
    first = {row["component"]: row for row in tables_of(tmp_path)[0] if row["corner"] == "signed-own"}
    priced_page(
        [*words[:2], *words[4:], str(tmp_path), "--mapping", "two-crossbars", "--bank", "own", "--common_mode=kept"]
    )
    alone = {row["component"]: row for row in tables_of(tmp_path)[0]}
    assert first == alone


def test_prices_and_configuration_of_ones_own_are_read(tmp_path):
    header = COMPONENTS.read_text().splitlines()[0]
    (tmp_path / "own.csv").write_text(f"{header}\ncell,area,96,F2,,,,measured,\n")
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({"circuit": {"digital_rate_MHz": 100.0}}))
    words = ["8x8x1", "--bank", "own", "--csv", str(tmp_path)]
    own = ["--components", str(tmp_path / "own.csv"), "--configfile", str(tmp_path / "own.yaml")]
    before, after = ([priced_page([*words, *more]), tables_of(tmp_path)][1][0] for more in ([], own))
    cells = [float(row["area_um2"]) for rows in (before, after) for row in rows if row["component"] == "cell"]
    adders = [float(row["count"]) for rows in (before, after) for row in rows if row["component"] == "bias_adder"]
    assert cells[1] == pytest.approx(2 * cells[0]) and adders == [1, 2]  # for 8 ADCs: one for 25, or one for 5


def test_rows_that_the_circuit_does_not_read_are_named(tmp_path):
    """Those of another set, cell, driver or ADC model; a table may serve several circuits."""
    header, path = COMPONENTS.read_text().splitlines()[0], tmp_path / "own.csv"
    rows = ["shift_add,energy,9,pJ,28,,timely,x,", "cell-rram,area,60,F2,,,,x,", "adc-B,energy_linear,900,fF,28,,,x,"]
    path.write_text("\n".join([header, *rows, "bias_adder,area,9,um2,28,,,x,"]) + "\n")
    words = ["8x8x1", "--components", str(path), "--adc_law"]
    unread = ["own.csv:2 shift_add energy", "own.csv:3 cell-rram area", "own.csv:4 adc-B energy_linear"]
    for law, told in (("E", unread), ("B", unread[:2])):
        page = " ".join(priced_page([*words, law]).split())
        assert f"components.csv, then own.csv; not read here: {', '.join(told)} circuit" in page.replace(" prices", "")


def test_the_word_that_is_neither_a_size_nor_a_file_is_named(capsys):
    assert main(["162x64x32", "512x6"]) == 1
    assert capsys.readouterr().err.startswith("512x6 is no file, and no layer such as 561x128x1")
    assert main(["162x64x32", str(COMPONENTS)]) == 1
    assert capsys.readouterr().err == "162x64x32 is a layer's size beside files; give files alone, or sizes alone\n"


@pytest.mark.parametrize("key", ["device", "crossbar"])
def test_a_network_on_what_does_not_exist_is_one_line(key, tmp_path, capsys):
    (tmp_path / "own.yaml").write_text(f"networks: {{har-2b-signed: {{{key}: reram}}}}")
    assert main(["8x8x1", "--network", "har-2b-signed", "--configfile", str(tmp_path / "own.yaml")]) == 1
    assert f"networks.har-2b-signed.{key}: 'reram' is not one of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "no layers: name files, sizes such as 561x128x1, or a network by --network"),
        ("561x128", "561x128 is no file, and no layer such as 561x128x1"),
        ("none.csv", "none.csv is no file"),
        (str(ROOT / "config.yaml"), "config.yaml"),
        ("8x8x1 --node 5", "node_nm 5 is not supported; allowed are 7 to 130"),
        ("8x8x1 --node thin", "--node_nm: 'thin' is not allowed"),
        ("8x8x1 --supply 3", "--supply_V: '3.0' is not allowed: Input should be less than or equal to 1.2"),
        ("8x8x1 --nodes 22", "unrecognized arguments: --nodes 22; --help lists all options"),
        ("8x8x1 --bank few", "--bank: 'few' is not allowed"),
        ("8x8x1 --adc_bits 12", "ADC model E holds for 4 to 9 bits, not for 12"),
        ("8x8x1 --cell soft", "--cell: 'soft' is not one of cell, cell-22ffl, "),
        ("8x8x1 --cell dac-r2r", "--cell: 'dac-r2r' is not one of cell, "),  # priced, and no cell
        ("8x8x1 --cell none", "--cell: 'none' is not one of cell, "),
        ("8x8x1 --read_voltage 1", "read_voltage_V 1 is above supply_V 0.9"),
        ("8x8x1 --network har-2b-unipola", "network: 'har-2b-unipola' is not one of "),
        ("8x8x1 --against offset-column --against_network har-2b", "network: 'har-2b' is not one of "),
        ("8x8x1 --dac dac-r2r", "dac 'dac-r2r' gives no pulse-width inputs"),
        ("8x8x1 --crossbar 8x1 --mapping two-crossbars --against offset-column", "arrays of 1 columns hold no output"),
        ("8x8x1 --against unipolar", "--against: 'unipolar' is not one of offset-column, "),
        ("8x8x1 --against_layers 8x8x1", "--against_layers and --against_network need --against"),
        ("8x8x1 --components none.csv", "none.csv: No such file or directory"),
        ("--components a.csv 8x8x1", "8x8x1 is the size of a layer; layers stand before --components"),
        ("8x8x1 --components none.csv --components own.csv", "none.csv: No such file or directory"),
        ("8x8x1 --configfile none.yaml", "none.yaml: No such file or directory"),
        ("8x8x1 --g_max_uS 1e308", "Input should be less than or equal to 100000"),
        ("8x8x1 --opamp_scale 1e308 --front_end tia", "what follows is not finite"),
        ("--network har-float", "har-float is a network in floating point"),
    ],
)
def test_every_fault_is_one_line_and_exit_code_one(words, said, capsys):
    assert main(words.split()) == 1
    out, error = capsys.readouterr()
    assert out == "" and said in error and error.count("\n") == 1, error


def test_help_is_no_wider_than_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0 and max(map(len, text.splitlines())) <= 100 and "`" not in text


@pytest.mark.usefixtures("unchecked")
def test_the_page_of_pricing_shows_what_the_command_prints(tmp_path, monkeypatch):
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / "docs/pricing.md").read_text(), re.MULTILINE | re.DOTALL)
    table = next(text for kind, text in blocks if kind == "csv")
    (tmp_path / "mine.csv").write_text(table)
    monkeypatch.chdir(tmp_path)
    pairs = [
        (command, text) for (kind, command), (other, text) in pairwise(blocks) if (kind, other) == ("bash", "text")
    ]
    assert len(pairs) == 1
    for command, text in pairs:
        program, words = command.strip().split("xbar.price ")
        assert program == "PYTHONPATH=src python -m " and priced_page(words.split()) + "\n" == text


def test_the_price_tables_of_the_page_of_pricing_are_read(tmp_path):
    text = (ROOT / "docs/pricing.md").read_text()
    adc, dac = re.findall(r"^```csv\n(component,.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for name, table, words in (("adc", adc, "--adc_law D --sample_rate_MHz 50"), ("dac", dac, "--dac dtc-mine")):
        (tmp_path / f"{name}.csv").write_text(table)
        page = priced_page(["162x64x32", *words.split(), "--components", str(tmp_path / f"{name}.csv")])
        assert f"components.csv, then {name}.csv\n" in page and words in text.replace("\n", " ")


@pytest.mark.usefixtures("unchecked")
def test_the_baseline_of_equal_time_takes_as_long_and_is_smaller(tmp_path):
    """HAR with 16 shared ADCs: 4, 8 and 1 columns in turn, 1.70 times the fast latency."""
    words = ["--network", "har-2b-unipolar", "--against", "two-crossbars", "--against_network", "har-2b-signed"]
    text = priced_page([*words, "--bank", "16", "--csv", str(tmp_path)])
    latency = next(line for line in text.splitlines() if line.startswith("latency")).split()
    area = next(line for line in text.splitlines() if line.startswith("area")).split()
    assert float(latency[-1]) == 1 and latency[2] == latency[5]
    assert "own converters of 1 to 8 columns in turn" in " ".join(text.split())
    assert float(area[7]) < float(area[3]) and len(tables_of(tmp_path)[2]) == 2  # no column tells it apart
