"""A stand-in for the API server of a Kubernetes cluster: it records what is posted and runs jobs as local processes.

It knows the five requests that Snakemake's executor makes and answers any other with 404. Images, limits and
isolation are recorded, not enforced; each "pod" is the posted command, unchanged, in an empty folder.
"""

import base64
import json
import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SPACE = "/namespaces/default"
SECRETS, JOBS, PODS = f"/api/v1{SPACE}/secrets", f"/apis/batch/v1{SPACE}/jobs", f"/api/v1{SPACE}/pods"


class Cluster:
    """Serves until `stop`. `pods`: an empty folder; `path`: where pods find their programs, before the usual PATH."""

    def __init__(self, pods: Path, path: str) -> None:
        self.pods, self.path = pods, path
        self.secrets: dict[str, dict[str, str]] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.running: dict[str, subprocess.Popen] = {}
        self.deleted: list[str] = []
        handler = type("Bound", (Handler,), {"cluster": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def kubeconfig(self, file: Path) -> Path:
        """Writes the configuration by which clients find this server."""
        address = f"http://127.0.0.1:{self.server.server_port}"
        named = {"clusters": [{"name": "one", "cluster": {"server": address}}], "users": [{"name": "one", "user": {}}]}
        context = {"name": "one", "context": {"cluster": "one", "user": "one"}}
        config = {"apiVersion": "v1", "kind": "Config", **named, "contexts": [context], "current-context": "one"}
        file.write_text(json.dumps(config))
        return file

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        for process in self.running.values():
            process.kill()
            process.wait()

    def post(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        name = body["metadata"]["name"]
        if kind == SECRETS:
            self.secrets[name] = {key: base64.b64decode(value).decode() for key, value in body["data"].items()}
        else:
            self.jobs[name] = body
            self.running[name] = self._start(name, body["spec"]["template"]["spec"]["containers"][0])
        return body

    def _start(self, name: str, container: dict[str, Any]) -> subprocess.Popen:
        folder = self.pods / name
        folder.mkdir(parents=True)
        env = {"PATH": f"{self.path}:{os.environ['PATH']}", "HOME": str(folder), "OMP_NUM_THREADS": "1"}
        for variable in container["env"]:
            source = variable["valueFrom"]["secretKeyRef"]
            env[variable["name"]] = self.secrets[source["name"]][source["key"]]
        with (folder / "pod.log").open("w") as log:
            command = [*container["command"], *container["args"]]
            return subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT)

    def status(self, name: str) -> dict[str, Any]:
        code = self.running[name].poll()
        return self.jobs[name] | {"status": {{None: "active", 0: "succeeded"}.get(code, "failed"): 1}}


class Handler(BaseHTTPRequestHandler):
    cluster: Cluster
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self._body()
        path = self._path()
        self._answer(self.cluster.post(path, body) if path in (SECRETS, JOBS) else None, 201)

    def do_GET(self) -> None:
        path = self._path()
        job = re.fullmatch(f"{JOBS}/([^/]+)/status", path)
        if job and job[1] in self.cluster.jobs:
            self._answer(self.cluster.status(job[1]))
        else:
            self._answer({"kind": "PodList", "metadata": {}, "items": []} if path == PODS else None)

    def do_DELETE(self) -> None:
        self._body()
        known = re.fullmatch(f"(?:{SECRETS}|{JOBS})/([^/]+)", self._path())
        if known:
            self.cluster.deleted.append(known[1])
        self._answer({"kind": "Status", "status": "Success"} if known else None)

    def log_message(self, *_: Any) -> None:
        pass

    def _path(self) -> str:
        return self.path.partition("?")[0]

    def _body(self) -> dict[str, Any]:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def _answer(self, value: dict[str, Any] | None, code: int = 200) -> None:
        content = json.dumps(value if value is not None else {"kind": "Status", "code": 404}).encode()
        self.send_response(code if value is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
