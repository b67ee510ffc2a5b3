"""Raw files that are truncated, altered or missing, and a network that fails in the middle of a download."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import sleep

import runs
from runs import ROOT, Row

ZIP = "UCI HAR Dataset.zip"
TARGET = "results/datasets/har.raw.json"
Damage = Callable[[Path], object]


class Server(ThreadingHTTPServer):
    """Serves one file; `manner` says how well: whole, drops, stalls, lies, wrong, absent."""

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.manner, self.requests = content, "whole", 0

    def handle_error(self, *_: object) -> None:
        pass  # clients that give up are what this is about


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        manner, content = self.server.manner, self.server.content
        self.server.requests += 1
        if manner == "absent":
            return self.send_error(404)
        sent = content if manner != "wrong" else bytes(len(content))
        self.send_response(200)
        self.send_header("Content-Length", str(len(sent) + (1000 if manner == "lies" else 0)))
        self.end_headers()
        if manner in ("drops", "stalls") and self.server.requests == 1:
            self.wfile.write(sent[: len(sent) // 2])
            sleep(60 if manner == "stalls" else 0)
        else:
            self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(content: bytes) -> Iterator[Server]:
    server = Server(content)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def project(folder: Path, port: int) -> Path:
    """The project with the addresses of raw files replaced by that of a local server."""
    for part in ("Snakefile", "config.yaml", "workflow", "scripts", "src", "envs", "profiles"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        folder.mkdir(exist_ok=True)
        copy(ROOT / part, folder / part)
    table = folder / "workflow/reference/raw_files.csv"
    table.write_text(re.sub(r"https://[^,\n]+", f"http://127.0.0.1:{port}/file", table.read_text()))
    return folder


def rows(base: Path, raw_data: Path) -> Iterator[Row]:
    """One row for each fault; `raw_data` holds the real raw file of HAR."""
    content = (raw_data / ZIP).read_bytes()
    with served(content) as server:
        root = project(base / "project", server.server_port)
        damages: dict[str, Damage] = {
            "raw file truncated": lambda path: path.write_bytes(content[: len(content) // 2]),
            "one byte of a raw file altered": lambda path: path.write_bytes(altered(content)),
            "raw file missing, no address gives it": lambda path: path.unlink(),
        }
        for fault, damage in damages.items():
            server.manner = "absent"
            yield damaged(base, root, fault, damage, content)
        told = {
            "drops": "transfer dropped half way",
            "stalls": "transfer silent half way",
            "lies": "server announces more than it sends",
            "wrong": "server sends wrong bytes",
        }
        for manner, fault in told.items():
            server.manner, server.requests = manner, 0
            yield downloaded(base, root, fault, server, content)


def altered(content: bytes) -> bytes:
    """The zip with one byte changed inside the longest file."""
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def damaged(base: Path, root: Path, fault: str, damage: Damage, content: bytes) -> Row:
    """Must end in one line; with the right file back, a plain rerun must succeed."""
    raw, folder = fresh(base, fault)
    (raw / ZIP).write_bytes(content)
    damage(raw / ZIP)
    code, log = fetch(root, folder, raw)
    (raw / ZIP).write_bytes(content)
    again, _ = fetch(root, folder, raw)
    return Row(fault, 1, int(code != 0 and again == 0), 0, 0, runs.told(log))


def downloaded(base: Path, root: Path, fault: str, server: Server, content: bytes) -> Row:
    """Must end with the right file; where the fault ended the run, after a plain rerun with a good server."""
    raw, folder = fresh(base, fault)
    code, log = fetch(root, folder, raw)
    line = "recovers within the run" if code == 0 else runs.told(log)
    if code:
        server.manner = "whole"
        code, _ = fetch(root, folder, raw)
    found = [path.read_bytes() for path in raw.glob("*.zip")]
    return Row(fault, 1, int(code == 0 and found == [content]), int(found != [content]), 0, line)


def fresh(base: Path, fault: str) -> tuple[Path, Path]:
    folders = [base / f"{kind} {fault}" for kind in ("raw", "run")]
    for folder in folders:
        folder.mkdir()
    return folders[0], folders[1]


def fetch(root: Path, folder: Path, raw: Path) -> tuple[int, str]:
    return runs.run(folder, "--config", f"raw_data={raw}", targets=[TARGET], root=root)
