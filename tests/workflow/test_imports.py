"""What the digest of a job's code follows, against the interpreter itself."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from xbar import source

SCRIPTS = sorted(path.stem for path in source.SCRIPTS.glob("*.py"))

LOADED = """
import ast, json, sys
loaded = {}
for script in sys.argv[1:]:
    for name in [name for name in sys.modules if name.split(".")[0] == "xbar"]:
        del sys.modules[name]
    body = [n for n in ast.parse(open(script).read()).body if isinstance(n, (ast.Import, ast.ImportFrom))]
    exec(compile(ast.Module(body, []), script, "exec"), {})
    loaded[script] = [m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "xbar" and m.__file__]
print(json.dumps(loaded))
"""


def test_finds_what_python_really_imports():
    """Against the interpreter itself: every module that a script's imports load is in its digest."""
    paths = [str(source.SCRIPTS / f"{script}.py") for script in SCRIPTS]
    answer = subprocess.run(
        [sys.executable, "-c", LOADED, *paths],
        env=os.environ | {"PYTHONPATH": str(source.PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": ""},  # each loads anew
        capture_output=True,
        text=True,
        check=True,
    )
    for script, loaded in json.loads(answer.stdout).items():
        found = {str(path) for path in source.reachable([Path(script)])}
        unread = r"/xbar/((config|tables)/|(mappings|job)\.py$)"  # what computes with mappings imports them itself
        unseen = {name for name in loaded if not re.search(unread, name)} - found
        assert not unseen, f"{script} loads {sorted(unseen)}"
