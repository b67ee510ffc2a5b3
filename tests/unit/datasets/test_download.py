"""Every way a transfer can go wrong ends in the right bytes, or in one line and no file."""

import hashlib
import resource
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from xbar.datasets.download import download

CONTENT = bytes(range(256)) * 1024
HALF = len(CONTENT) // 2
WRONG = "wrong bytes: the file has md5"


def check(path: Path) -> None:
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    if digest != hashlib.md5(CONTENT).hexdigest():
        raise ValueError(f"{path} has md5 {digest}")


def fetch(addresses: list[str], target: Path, kind: str = "") -> None:
    timeout_s = 0.2 if kind == "stalls" else 20.0
    download(addresses, target, check, attempts=3, timeout_s=timeout_s, pause_s=0.01)


def send(request: BaseHTTPRequestHandler, content: bytes, length: int | None) -> None:
    """A response that states any length."""
    request.send_response(200)
    if length is not None:
        request.send_header("Content-Length", str(length))
    request.end_headers()
    request.wfile.write(content)
    request.wfile.flush()


def stall(request: BaseHTTPRequestHandler) -> None:
    send(request, CONTENT[:HALF], len(CONTENT))
    time.sleep(0.5)


# What a server does, and how the one line names it
FAULTS: dict[str, tuple[Callable[[BaseHTTPRequestHandler], object], str]] = {
    "missing": (lambda request: request.send_error(404), "HTTP 404 Not Found"),
    "unwell": (lambda request: request.send_error(503), r"HTTP 503 .* \(3 attempts"),
    "wrong bytes": (lambda request: send(request, CONTENT[::-1], len(CONTENT)), WRONG),
    "says less": (lambda request: send(request, CONTENT, HALF), WRONG),
    "says nothing, sends half": (lambda request: send(request, CONTENT[:HALF], None), WRONG),
    "says too much": (lambda request: send(request, CONTENT, 10**18), r"bytes read.*more expected.*\(3 attempts"),
    "sends half": (lambda request: send(request, CONTENT[:HALF], len(CONTENT)), r"bytes read.*\(3 attempts"),
    "stalls": (stall, r"timed out.*\(3 attempts"),
    "no protocol": (lambda request: request.wfile.write(b"hello\r\n\r\n"), r"hello.*\(3 attempts"),
    "hangs up": (lambda request: setattr(request, "close_connection", True), r"closed.*\(3 attempts"),
}


def test_whole_file_is_written_and_nothing_else(server, serves, tmp_path):
    fetch([server.address("a", serves(CONTENT))], tmp_path / "deep" / "file")
    assert (tmp_path / "deep" / "file").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file"]


@pytest.mark.parametrize("kind", FAULTS)
def test_a_bad_address_is_named_in_one_line(server, tmp_path, kind):
    answer, told = FAULTS[kind]
    address = server.address("bad", answer)
    with pytest.raises(ConnectionError, match=told) as error:
        fetch([address], tmp_path / "file", kind)
    assert address in str(error.value) and "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []
    assert server.requests == (3 if "attempts" in told else 1)


@pytest.mark.parametrize("kind", FAULTS)
def test_the_next_mirror_serves(server, serves, tmp_path, kind):
    addresses = [server.address("bad", FAULTS[kind][0]), server.address("b", serves(CONTENT))]
    fetch(addresses, tmp_path / "file", kind)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", [kind for kind, (_, told) in FAULTS.items() if "attempts" in told])
def test_a_fault_that_passes_is_tried_again(server, serves, tmp_path, kind):
    seen = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append(request)
        (FAULTS[kind][0] if len(seen) == 1 else serves(CONTENT))(request)

    fetch([server.address("a", answer)], tmp_path / "file", kind)
    assert (tmp_path / "file").read_bytes() == CONTENT and len(seen) == 2


def test_progress_names_the_file_and_its_size(server, serves, tmp_path, capsys):
    fetch([server.address("a", serves(CONTENT))], tmp_path / "file.zip")
    assert "file.zip: 100%" in (told := capsys.readouterr().err) and "262k/262k" in told


def test_no_listener_is_one_line(tmp_path):
    with pytest.raises(ConnectionError, match=r"127.0.0.1:1/file: \[Errno 111\] Connection refused \(3 attempts\)$"):
        fetch(["http://127.0.0.1:1/file"], tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_ends_the_run_in_one_line(server, serves, tmp_path):
    """Another mirror would not fit either. The limit on this process stands for the full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (HALF, before[1]))
    try:
        with pytest.raises(OSError, match=f"cannot write {tmp_path / 'file'}: File too large") as error:
            fetch([server.address("a", serves(CONTENT))] * 2, tmp_path / "file")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not isinstance(error.value, ConnectionError)
    assert server.requests == 1 and list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(server, serves, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OSError, match=f"cannot write {tmp_path / 'taken/file'}"):
        fetch([server.address("a", serves(CONTENT))], tmp_path / "taken" / "file")
