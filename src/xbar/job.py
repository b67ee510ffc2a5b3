"""The log of a job: when it was ready and done, what it said on the way, and why it failed."""

import atexit
import logging
import re
import sys
import time
import traceback
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from types import TracebackType

import psutil
from snakemake.iocontainers import Snakemake

logger = logging.getLogger(__name__)


def begin() -> Snakemake:
    """What Snakemake hands to the script that runs as this process; from now on its log is written.

    To be called after the imports: what they took is the first line of the log. Messages of this package and
    warnings go to the log and to standard error; a failure leaves one line there and its traceback in the log.
    """
    snakemake = sys.modules["__main__"].snakemake
    job = "/".join([snakemake.rule, *map(str, snakemake.wildcards)])
    log = Path(snakemake.log[0])
    _follow(job, log)
    ready_s = time.time() - psutil.Process().create_time()
    logger.debug("%s began: ready after %.2f s", job, ready_s)
    atexit.register(_end)
    sys.excepthook = lambda kind, error, trace: _fail(job, log, kind, error, trace)
    return snakemake


def _follow(job: str, log: Path) -> None:
    """Write what this package tells, and warnings of all others, to the end of `log` and to standard error."""
    log.parent.mkdir(parents=True, exist_ok=True)
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.INFO)
    terminal.setFormatter(logging.Formatter(f"{job}  %(message)s"))  # jobs run side by side
    handlers = [terminal, logging.FileHandler(log)]
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s  %(message)s", handlers=handlers, force=True)
    logging.getLogger("xbar").setLevel(logging.DEBUG)
    logging.captureWarnings(True)


def _end() -> None:
    used = getrusage(RUSAGE_SELF)
    wall_s = time.time() - psutil.Process().create_time()
    logger.debug("ended after %.2f s, processor %.2f s, %.0f MB", wall_s, used.ru_utime + used.ru_stime, peak_mb())


def peak_mb() -> float:
    """Largest resident memory. Linux's ru_maxrss begins with the peak of the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)):
        return int(found[1]) / 1024
    return getrusage(RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)  # macOS counts bytes


def _fail(job: str, log: Path, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    atexit.unregister(_end)
    text = "".join(traceback.format_exception(kind, error, trace)).rstrip()
    logger.debug("failed\n%s", text)
    print(f"{job}: {kind.__name__}: {error} (traceback: {log})", file=sys.stderr)
