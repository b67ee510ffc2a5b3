"""A server that misbehaves on request, and raw HAR files small enough for every machine."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]

CHANNELS = [f"{sensor}_{axis}" for sensor in ("body_acc", "body_gyro", "total_acc") for axis in "xyz"]


class Server:
    """Local addresses; `answers[path]` writes the response, `requests` counts what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests += 1
                answer = outer.answers.get(self.path)
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass  # a client that gives up is what the tests are about

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def address(self, path: str, answer: Answer | None = None) -> str:
        """The address of `path`, which is answered so, or with 404."""
        if answer is not None:
            self.answers[f"/{path}"] = answer
        return f"http://127.0.0.1:{self._server.server_address[1]}/{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    server = Server()
    yield server
    server.close()


def _serves(content: bytes) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


@pytest.fixture
def serves() -> Callable[[bytes], Answer]:
    """Makes the answer of a well-behaved server."""
    return _serves


@pytest.fixture
def har_signals() -> dict[str, np.ndarray]:
    """Windows (N, 9, 128) of 14 training and 4 test examples, at the precision of the original text."""
    generator = np.random.default_rng(0)
    shapes = {"train": (14, 9, 128), "test": (4, 9, 128)}
    return {part: np.float32(generator.normal(size=shape).round(5)) for part, shape in shapes.items()}


@pytest.fixture
def har_files(har_signals: dict[str, np.ndarray]) -> dict[str, bytes]:
    """Raw files by name in the form of UCI HAR: seven training subjects of two windows, two test subjects."""
    files = {}
    subjects = {"train": np.repeat([3, 1, 5, 8, 11, 30, 27], 2), "test": np.array([2, 2, 4, 4])}
    for part, windows in har_signals.items():
        folder = f"UCI HAR Dataset/{part}"
        labels = np.arange(len(windows)) % 6 + 1
        files[f"{folder}/y_{part}.txt"] = "".join(f"{label}\n" for label in labels).encode()
        files[f"{folder}/subject_{part}.txt"] = "".join(f"{one}\n" for one in subjects[part]).encode()
        for channel, name in enumerate(CHANNELS):
            lines = ("".join(f"{value:16.7e}" for value in window) for window in windows[:, channel])
            text = "".join(f"{line}\n" for line in lines)
            files[f"{folder}/Inertial Signals/{name}_{part}.txt"] = text.encode()
    return files
