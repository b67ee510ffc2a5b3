"""The price list refuses what cannot be audited, and files of a user's own replace what they price again."""

from pathlib import Path

import pytest

from xbar.circuit.components import PRICED, read_components

TABLE = Path(__file__).parents[3] / "workflow" / "reference" / "components.csv"
HEADER = "component,parameter,value,unit,node_nm,bits,set,source,note\n"
SETS = ("neurram", "isaac", "timely")


def own_table(tmp_path, *lines):
    path = tmp_path / "own.csv"
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines))
    return path


@pytest.mark.parametrize("component_set", SETS)
def test_every_set_prices_every_component(component_set):
    components = read_components([TABLE], component_set)
    assert all("area" in components.of(name) for name in PRICED)


def test_every_row_has_a_source():
    components = read_components([TABLE], "isaac")
    assert all(row.source for name in PRICED for row in components.of(name).values())


def test_a_users_row_replaces_every_energy_row_of_its_component(tmp_path):
    path = own_table(tmp_path, "dac-zigzag,energy,7,pJ,28,8,,measured,")
    rows = read_components([TABLE, path], "neurram").of("dac-zigzag")
    assert rows["energy"].value == 7 and "capacitance" not in rows and rows["area"].value == 21.2


def test_a_users_cell_needs_no_code(tmp_path):
    path = own_table(tmp_path, "cell-mine,area,9,F2,,,,measured,")
    assert read_components([TABLE, path], "neurram").of("cell-mine")["area"].value == 9


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("comparater,area,1,um2,28,,,x,", "unknown component 'comparater'"),
        ("dtc\u200b,area,1,um2,28,,,x,", r"unknown component 'dtc\u200b'"),  # what nobody sees is shown
        ("dac-r2r,size,1,um2,28,,,x,", "unknown parameter 'size'"),
        ("dac-r2r,area,1,,28,,,x,", "missing unit of dac-r2r area; allowed are um2, F2"),
        ("dac-r2r,area,1,mm2,28,,,x,", "unit 'mm2' of dac-r2r area; allowed are um2, F2"),
        ("dac-r2r,area,-1,um2,28,,,x,", "dac-r2r area is negative"),
        ("dac-r2r,area,one,um2,28,,,x,", "'one' is not a number"),
        ("dac-r2r,area,nan,um2,28,,,x,", "nan is not allowed: numbers are finite"),
        ("dac-r2r,area,,um2,28,,,x,", "dac-r2r area has no value"),
        ("dac-r2r,area,1,um2,28,,, ,", "dac-r2r area has no source"),
        ("dac-r2r,area,1,um2,,,,x,", "dac-r2r area in um2 needs node_nm"),
        ("dac-r2r,area,1,um2,28", "5 fields in a row; the header has 9"),
        ("dac-r2r,area,1,um2,28,,,x,,y", "10 fields in a row; the header has 9"),
    ],
)
def test_a_faulty_row_is_one_line_with_file_and_line_number(tmp_path, line, message):
    path = own_table(tmp_path, line)
    with pytest.raises(ValueError) as error:
        read_components([TABLE, path], "neurram")
    assert f"{path}:2: " in str(error.value) and message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_repeated_row_is_refused(tmp_path):
    path = own_table(tmp_path, "dac-r2r,area,1,um2,28,,,x,", "dac-r2r,area,2,um2,28,,,x,")
    with pytest.raises(ValueError, match=r"own\.csv:3: dac-r2r area stands already in line 2"):
        read_components([TABLE, path], "neurram")


def test_a_missing_column_is_refused(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("component,parameter,value\n")
    with pytest.raises(ValueError, match="columns unit, node_nm, bits, set, source, note are missing"):
        read_components([path], "neurram")


def test_an_unknown_set_is_refused():
    with pytest.raises(ValueError, match="component_set 'puma' is not one of isaac, neurram, timely"):
        read_components([TABLE], "puma")


def test_an_unknown_component_is_one_clear_line():
    with pytest.raises(
        ValueError, match="component 'cell-dram' is not in set 'neurram'; priced are activation_bus, activation_memory,"
    ):
        read_components([TABLE], "neurram").of("cell-dram")


def test_a_table_from_a_spreadsheet_is_read_and_its_faults_are_told_by_line(tmp_path):
    """A byte-order mark, blank lines, lines of commas, blanks around cells and line ends of Windows."""
    path = tmp_path / "own.csv"
    lines = ["", HEADER.strip(), "", ",,,,,,,,", ' dac-r2r , area ,7, um2 ,"28", 8 ,,"mine, measured",,', ",,,", "", ""]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    row = read_components([TABLE, path], "neurram").of("dac-r2r")["area"]
    assert (row.value, row.unit, row.node_nm, row.bits, row.source) == (7, "um2", 28, 8, "mine, measured")
    path.write_bytes(path.read_bytes().replace(b"um2", b"mm2"))
    with pytest.raises(ValueError, match=r"own\.csv:5: unit 'mm2' of dac-r2r area; allowed are um2, F2"):
        read_components([TABLE, path], "neurram")
