"""What can be had neither from the folder nor from an address is told in seconds, before anything runs."""

import socket
import time
import zipfile
from urllib.parse import urlsplit

import pytest
from support.configuration import CONFIG

from xbar.config.config import read_config
from xbar.datasets.presence import COLUMNS, absences, datasets_of, read_raw_files, without

NOWHERE = "http://127.0.0.1:1/none"
DATA = ["set/one.bin", "set/two.bin"]


def table(*addresses, archive="set.zip", dataset="set"):
    rows = [{"dataset": dataset, "file": name, "kind": "data", "address": ""} for name in DATA]
    return rows + [{"dataset": dataset, "file": archive, "kind": "archive", "address": one} for one in addresses]


def told(folder, *addresses, timeout_s=4.0, **kind):
    return absences(["set", "digits"], folder, table(*addresses, **kind), timeout_s)


def lay(folder, names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def zipped(path):
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(DATA[0], b"")


def redirect(request):
    request.send_response(302)
    request.send_header("Location", "http://127.0.0.1:1/")
    request.end_headers()


def test_one_line_tells_folder_names_and_answers(server, tmp_path):
    gone = server.address("gone")
    assert told(tmp_path, gone, NOWHERE) == {
        "set": f"set: {tmp_path} and the folders in it were searched for 'set', the files in it or a zip that holds "
        f"them, such as 'set.zip'; {urlsplit(gone).netloc}: HTTP 404 Not Found; "
        "127.0.0.1:1: [Errno 111] Connection refused"
    }


@pytest.mark.parametrize("answer", ["whole", "redirect", "file"])
def test_one_address_that_answers_is_enough(server, serves, tmp_path, answer):
    (tmp_path / "there").write_bytes(b"x")
    address = {
        "whole": server.address("whole", serves(b"x" * 1000)),
        "redirect": server.address("redirect", redirect),
        "file": (tmp_path / "there").as_uri(),
    }[answer]
    assert told(tmp_path / "raw", server.address("gone"), address) == {}


@pytest.mark.parametrize("address", ["file:///no/such/file", "http://no-such-host.invalid/x", "nonsense"])
def test_what_is_no_address_or_has_no_file_does_not_answer(monkeypatch, tmp_path, address):
    monkeypatch.setenv("no_proxy", "*")
    assert f"; {urlsplit(address).netloc or address}: " in told(tmp_path, address)["set"]


def test_silence_has_an_end(monkeypatch, tmp_path):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        addresses = [f"http://127.0.0.1:{silent.getsockname()[1]}/{path}" for path in "abc"]
        start = time.monotonic()
        lines = told(tmp_path, *addresses, timeout_s=0.3)
        assert time.monotonic() - start < 2
    assert set(lines) == {"set"} and f"{urlsplit(addresses[2]).netloc}: " in lines["set"]


@pytest.mark.parametrize("names", [["set.zip"], DATA, ["one.bin", "two.bin"], [f"deeper/{name}" for name in DATA]])
def test_what_lies_there_by_name_is_present_and_nobody_is_asked(server, tmp_path, names):
    lay(tmp_path, names)
    assert told(tmp_path, server.address("gone")) == {} and server.requests == 0


@pytest.mark.parametrize("name", ["set (1).zip", "any.ZIP", "deeper/getdata%2Fset.zip"])
def test_a_zip_of_any_name_is_present_by_what_it_holds(server, tmp_path, name):
    zipped(tmp_path / name)
    assert told(tmp_path, server.address("gone")) == {} and server.requests == 0


@pytest.mark.parametrize("name", ["set.tar.gz", "set (1).tar.gz", "set.tar(2).gz", "set.tgz", "set.tar"])
def test_a_tar_is_present_by_its_name(tmp_path, name):
    lay(tmp_path, [name])
    assert told(tmp_path, NOWHERE, archive="set.tar.gz") == {}


def test_a_part_and_other_archives_are_not_enough(tmp_path):
    lay(tmp_path, [DATA[0], "other.tar.gz", "set.tar.gz.part", "broken.zip"])
    assert "or 'set*.tar.gz'; " in told(tmp_path, NOWHERE, archive="set.tar.gz")["set"]
    assert told(tmp_path)["set"].endswith("a zip that holds them; it has no address")


EVERY = read_config(CONFIG)


def test_a_table_of_raw_files_with_a_wrong_column_or_kind_is_refused(tmp_path):
    table = tmp_path / "raw_files.csv"
    table.write_text("dataset,name,kind\nhar,a.zip,archive\n")
    with pytest.raises(ValueError, match=r"raw_files\.csv.*algorithm"):
        read_raw_files(table)
    table.write_text(f"{','.join(COLUMNS)}\n\nhar,a.zip,zip,md5,0,1,,mine\n")
    with pytest.raises(ValueError, match=r"raw_files\.csv:3: kind 'zip' is not one of archive, data$"):
        read_raw_files(table)


def test_a_run_without_a_dataset_keeps_what_does_not_need_it():
    assert datasets_of(EVERY) == ["har", "cifar10"]
    searched = {"networks": ["har-float"], "searches": ["cifar10-2b"], "comparisons": [], "variants": []}
    assert datasets_of(EVERY.model_copy(update={"run": EVERY.run.model_copy(update=searched)})) == ["har", "cifar10"]
    left = without(EVERY, {"cifar10"}).run
    assert left.networks == [name for name in EVERY.run.networks if name.startswith("har")]
    assert left.comparisons == [name for name in EVERY.run.comparisons if name.startswith("har")]
    assert left.variants == EVERY.run.variants
    assert without(EVERY, {"digits"}) == EVERY
    assert without(EVERY, {"har", "cifar10"}) == EVERY, "nothing would be left"
