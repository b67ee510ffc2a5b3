"""The log of a job: when it was ready and done, its messages, and the cause of a failure; and its checkpoint."""

import atexit
import gc
import logging
import re
import sys
import time
import traceback
from glob import escape
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from types import TracebackType

import psutil
from snakemake.iocontainers import Snakemake

BEGAN = " began: ready after "
CAUSE = "cause: "
SILENT_S = 60.0
DIGEST = 12  # digits in the name of a checkpoint
TOLD = (ValueError, OSError, FloatingPointError)  # errors that a user can mend; others are faults of this program

logger = logging.getLogger(__name__)


def begin() -> Snakemake:
    """The object that Snakemake gives to the script of this process. From now on the log of the job is written.

    It is called after the imports, whose time is the first line of the log. Messages of this package and warnings go to
    the log, warnings and a message a minute also to standard error. A failure leaves its traceback and its cause in the
    log.
    """
    snakemake = sys.modules["__main__"].snakemake
    job = "/".join([snakemake.rule, *map(str, snakemake.wildcards)])
    log = Path(snakemake.log[0])
    _follow(job, log)
    ready_s = time.time() - psutil.Process().create_time()
    logger.debug("%s%s%.2f s", job, BEGAN, ready_s)
    gc.freeze()  # objects of imports stay; else Python searches all of torch for cycles when it ends: 0.2 s
    atexit.register(_end)
    sys.excepthook = lambda kind, error, trace: _fail(log, kind, error, trace)
    return snakemake


def cause(log: Path) -> str:
    """Why the last attempt of a job failed, in one line, from its log."""
    attempt = log.read_text(encoding="utf-8").split(BEGAN)[-1] if log.exists() else ""
    found = re.findall(rf"{CAUSE}(.*)$", attempt, re.MULTILINE)
    ended = f"it ended without a message, as when it is killed or out of memory (logs: {log}, .snakemake/log)"
    return found[-1] if found else ended


def checkpoint_of(path: str | Path, code: str) -> Path:
    """Where a training keeps how far it is: `path`, with the digest of the code that trains as its suffix."""
    return Path(path).with_suffix(f".{code[:DIGEST]}.pt")


def forget(checkpoint: Path) -> None:
    """Remove the checkpoint of a training whose results are written, and those that other code left beside it."""
    stem = checkpoint.name[: -len(".pt") - DIGEST - 1]
    for path in checkpoint.parent.glob(f"{escape(stem)}.{'?' * DIGEST}.pt"):
        path.unlink(missing_ok=True)


class _Seldom(logging.Filter):
    """Passes all warnings, and of other messages one a minute, which shows that a long job goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.next_s = time.monotonic() + SILENT_S

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING and time.monotonic() < self.next_s:
            return False
        self.next_s = time.monotonic() + SILENT_S
        return True


def _follow(job: str, log: Path) -> None:
    """Log messages of this package and warnings of others to the end of `log`, and a few of them to standard error."""
    log.parent.mkdir(parents=True, exist_ok=True)
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.INFO)
    terminal.addFilter(_Seldom())
    terminal.setFormatter(logging.Formatter(f"{job}  %(message)s"))  # jobs run side by side
    handlers: list[logging.Handler] = [terminal, logging.FileHandler(log, encoding="utf-8")]
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s  %(message)s", handlers=handlers, force=True)
    logging.getLogger("xbar").setLevel(logging.DEBUG)
    logging.captureWarnings(True)


def _end() -> None:
    used = getrusage(RUSAGE_SELF)
    wall_s = time.time() - psutil.Process().create_time()
    logger.debug("ended after %.2f s, processor %.2f s, %.0f MB", wall_s, used.ru_utime + used.ru_stime, peak_mb())


def peak_mb() -> float:
    """Largest resident memory (MB). Linux's ru_maxrss starts with the memory of the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists() and (
        found := re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"), re.MULTILINE)
    ):
        return int(found[1]) / 1024
    return getrusage(RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)  # macOS counts bytes


def _fail(log: Path, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    atexit.unregister(_end)
    logger.debug("failed\n%s", "".join(traceback.format_exception(kind, error, trace)).rstrip())
    text = " ".join(str(error).split())
    logger.debug("%s%s", CAUSE, text if isinstance(error, TOLD) else f"{kind.__name__}: {text} (traceback: {log})")
