"""Every way a transfer can go wrong ends in the right bytes, or in one line and no file."""

import hashlib
import shutil
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace

import pytest

from xbar.datasets.download import download

CONTENT = bytes(range(256)) * 1024
HALF = len(CONTENT) // 2


def check(path: Path) -> None:
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    if digest != hashlib.md5(CONTENT).hexdigest():
        raise ValueError(f"{path} has md5 {digest}")


def fetch(addresses: list[str], target: Path, attempts: int = 3) -> None:
    download(addresses, target, check, attempts=attempts, timeout_s=0.3, pause_s=0.01)


def send(request: BaseHTTPRequestHandler, content: bytes, length: int | None) -> None:
    """A response that ignores Range and states any length."""
    request.send_response(200)
    if length is not None:
        request.send_header("Content-Length", str(length))
    request.end_headers()
    request.wfile.write(content)


def drop_once(then: Callable) -> Callable:
    """Half of the content, then a closed connection; the next request is answered by `then`."""
    seen = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append(request)
        if len(seen) == 1:
            send(request, CONTENT[:HALF], len(CONTENT))
        else:
            then(request)

    return answer


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_whole_file_is_written_and_nothing_else(server, serves, tmp_path):
    fetch([server.address("a", serves(CONTENT))], tmp_path / "deep" / "file")
    assert (tmp_path / "deep" / "file").read_bytes() == CONTENT
    assert left(tmp_path / "deep") == ["file"]


def test_dropped_transfer_goes_on_where_it_stopped(server, serves, tmp_path):
    fetch([server.address("a", drop_once(serves(CONTENT)))], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={HALF}-"]


def test_stalled_transfer_goes_on_where_it_stopped(server, serves, tmp_path):
    def stall(request):
        if request.headers.get("Range"):
            return serves(CONTENT)(request)
        send(request, CONTENT[:HALF], len(CONTENT))
        request.wfile.flush()
        time.sleep(1)

    fetch([server.address("a", stall)], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges[0] is None and server.ranges[1].startswith("bytes=")


def test_a_server_that_ignores_range_begins_anew(server, tmp_path):
    whole = drop_once(lambda request: send(request, CONTENT, len(CONTENT)))
    fetch([server.address("a", whole)], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_server_that_resumes_elsewhere_begins_anew(server, serves, tmp_path):
    def elsewhere(request):
        if server.ranges[-1] is None:
            return serves(CONTENT)(request)
        request.send_response(206)
        request.send_header("Content-Range", f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}")
        request.send_header("Content-Length", str(len(CONTENT)))
        request.end_headers()
        request.wfile.write(CONTENT)

    fetch([server.address("a", drop_once(elsewhere))], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={HALF}-", None]


def test_the_next_run_resumes(server, serves, tmp_path):
    address = server.address("a", lambda request: send(request, CONTENT[:HALF], len(CONTENT)))
    with pytest.raises(ConnectionError, match=f"ended at {HALF} of {len(CONTENT)} bytes"):
        fetch([address], tmp_path / "file", attempts=1)
    server.address("a", serves(CONTENT))
    fetch([address], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert left(tmp_path) == ["file"]


def interrupted(server, tmp_path: Path, content: bytes) -> str:
    """An address whose transfer an earlier run left at `content`."""
    address = server.address("a", lambda request: send(request, b"", 1))
    with pytest.raises(ConnectionError):
        fetch([address], tmp_path / "file", attempts=1)
    (part,) = tmp_path.iterdir()
    part.write_bytes(content)
    server.ranges.clear()
    return address


def test_a_part_that_is_whole_needs_no_transfer(server, tmp_path):
    address = interrupted(server, tmp_path, CONTENT)
    fetch([address], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == []


def test_a_wrong_part_is_thrown_away_once(server, serves, tmp_path):
    address = interrupted(server, tmp_path, b"x" * HALF)
    server.address("a", serves(CONTENT))
    fetch([address], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == [f"bytes={HALF}-", None]


def test_a_part_longer_than_the_file_is_thrown_away(server, serves, tmp_path):
    def strict(request):
        if request.headers.get("Range"):
            return request.send_error(416)
        return serves(CONTENT)(request)

    address = interrupted(server, tmp_path, CONTENT + b"x")
    server.address("a", strict)
    fetch([address], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


def bad(kind: str, request: BaseHTTPRequestHandler) -> None:
    match kind:
        case "missing":
            request.send_error(404)
        case "unwell":
            request.send_error(503)
        case "wrong bytes":
            send(request, CONTENT[::-1], len(CONTENT))
        case "says less":
            send(request, CONTENT, HALF)
        case "says nothing, sends half":
            send(request, CONTENT[:HALF], None)
        case "says too much":
            send(request, CONTENT, 10**18)
        case "no protocol":
            request.wfile.write(b"hello\r\n\r\n")
        case "hangs up":
            request.close_connection = True


FAULTS = {
    "missing": "HTTP 404 Not Found",
    "unwell": r"HTTP 503 .* \(3 attempts",
    "wrong bytes": "wrong bytes: the file has md5",
    "says less": "wrong bytes: the file has md5",
    "says nothing, sends half": "wrong bytes: the file has md5",
    "says too much": "bytes free",
    "no protocol": r"hello.*\(3 attempts",
    "hangs up": r"closed.*\(3 attempts",
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_bad_address_is_named_in_one_line(server, tmp_path, kind):
    address = server.address("bad", lambda request: bad(kind, request))
    with pytest.raises(ConnectionError, match=FAULTS[kind]) as error:
        fetch([address], tmp_path / "file")
    assert address in str(error.value) and "\n" not in str(error.value)
    assert not (tmp_path / "file").exists()
    assert len(server.ranges) <= 3


@pytest.mark.parametrize("kind", FAULTS)
def test_the_next_mirror_serves(server, serves, tmp_path, kind):
    addresses = [
        server.address("bad", lambda request: bad(kind, request)),
        server.address("b", serves(CONTENT)),
    ]
    fetch(addresses, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert left(tmp_path) == ["file"]


def test_right_bytes_are_accepted_from_a_server_that_announces_more(server, tmp_path):
    fetch([server.address("a", lambda request: send(request, CONTENT, len(CONTENT) + 7))], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_bytes_of_two_mirrors_are_never_joined(server, serves, tmp_path):
    first = server.address("a", lambda request: send(request, b"x" * HALF, len(CONTENT)))
    fetch([first, server.address("b", serves(CONTENT))], tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges[-1] is None


def test_a_server_that_keeps_dropping_is_borne_while_it_brings_something(server, tmp_path):
    whole = bytes(5 << 20)

    def megabytes(request):
        asked = request.headers.get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        request.send_response(206 if asked else 200)
        request.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        request.send_header("Content-Length", str(len(whole) - start))
        request.end_headers()
        request.wfile.write(whole[start : start + (1 << 20)])

    address = server.address("a", megabytes)
    download([address], tmp_path / "file", lambda _: None, attempts=2, timeout_s=0.3, pause_s=0.01)
    assert (tmp_path / "file").read_bytes() == whole
    assert len(server.ranges) == 5


def test_progress_names_the_file_and_its_size(server, serves, tmp_path, capsys):
    fetch([server.address("a", serves(CONTENT))], tmp_path / "file.zip")
    line = capsys.readouterr().err.split("\r")[-1]
    assert "file.zip: 100%" in line and "262k/262k" in line


def test_no_listener_is_one_line(tmp_path):
    with pytest.raises(ConnectionError, match="refused"):
        fetch(["http://127.0.0.1:1/file"], tmp_path / "file")
    assert left(tmp_path) == []


def test_too_little_space_is_told_before_the_transfer(server, serves, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(ConnectionError, match=f"{len(CONTENT)} bytes to come, but .* has 1000 bytes free"):
        fetch([server.address("a", serves(CONTENT))], tmp_path / "file")
    assert left(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_ends_the_attempt(server, serves, tmp_path):
    def never(path: Path) -> None:
        raise ValueError("not checked")

    address = interrupted(server, tmp_path, CONTENT[:HALF])
    server.address("a", serves(CONTENT))
    (part,) = tmp_path.iterdir()
    part.unlink()
    part.symlink_to("/dev/full")
    with pytest.raises(OSError, match=r"cannot write .*: No space left on device") as error:
        download([address], tmp_path / "file", never, pause_s=0.01)
    assert not isinstance(error.value, ConnectionError)
    assert len(server.ranges) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OSError, match=f"cannot make the folder {tmp_path / 'taken'}"):
        fetch([], tmp_path / "taken" / "file")
