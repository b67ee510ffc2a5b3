"""Chromium without a window, told over its debugging protocol to open a page, click and look."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --remote-debugging-port=0 --window-size=1400,1000"
)


class Page:
    """One open page. `faults`: what its console and its scripts complained of; `requested`: addresses it asked for."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.count = 0
        self.faults: list[str] = []
        self.requested: list[str] = []
        for domain in ("Runtime", "Log", "Network", "Page"):
            self.tell(f"{domain}.enable")

    def tell(self, method: str, **given: Any) -> dict[str, Any]:
        """The answer to one command; what happens meanwhile is noted."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": given}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.count:
                assert "error" not in message, message
                return message["result"]
            self._note(message["method"], message["params"])

    def _note(self, event: str, about: dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            self.faults.append(str(about["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and about["type"] in ("error", "assert"):
            self.faults.append(str(about["args"]))
        elif event == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.faults.append(str(about["entry"]))
        elif event == "Network.requestWillBeSent":
            self.requested.append(about["request"]["url"])

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        answer = self.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script: str, timeout_s: float = 60) -> Any:
        """The value of an expression once it is true."""
        end = time.monotonic() + timeout_s
        while not (value := self.run(script)):
            assert time.monotonic() < end, f"{script} did not become true"
            time.sleep(0.1)
        return value


@contextmanager
def opened(program: str, address: str, folder: Path) -> Iterator[Page]:
    """The page at `address`; `folder` is empty and becomes the browser's own."""
    from websocket import create_connection

    with (folder / "browser.log").open("w") as log:
        browser = subprocess.Popen(
            [program, *FLAGS.split(), f"--user-data-dir={folder / 'user'}", "about:blank"], stdout=log, stderr=log
        )
    try:
        port = _port(folder / "user/DevToolsActivePort", browser)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            target = next(one for one in json.load(answer) if one["type"] == "page")
        socket = create_connection(target["webSocketDebuggerUrl"], timeout=60, suppress_origin=True)
        page = Page(socket)
        page.tell("Page.navigate", url=address)
        page.until("document.readyState == 'complete'")
        yield page
        socket.close()
    finally:
        browser.kill()
        browser.wait()


def _port(file: Path, browser: subprocess.Popen) -> int:
    for _ in range(600):
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        assert browser.poll() is None, (file.parents[1] / "browser.log").read_text()
        time.sleep(0.1)
    raise AssertionError("the browser did not start within a minute")
