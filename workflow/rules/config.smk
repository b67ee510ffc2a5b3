"""The checked configuration of a run, with the data sets that it can have; and what is shown on the console."""

import json
import logging
import sys
from getpass import getuser
from os import environ, getuid
from pathlib import Path

sys.path.insert(0, f"{workflow.basedir}/src")

from xbar.checks.places import check_places
from xbar.checks.reading import check_given_once, overlaid, read_blocks
from xbar.checks.run import check_config, check_tables
from xbar.config.config import read_config
from xbar.console import Console, quieten
from xbar.datasets.presence import absences, datasets_of, read_raw_files, without
from xbar.hardware.laws import read_laws

REFERENCE = Path(workflow.basedir) / "workflow" / "reference"
try:
    getuser()  # Snakemake asks, too, once it has read this
except (KeyError, OSError):  # as in a container whose user is a number
    environ["LOGNAME"] = str(getuid())
try:
    check_places(workflow.basedir)
    if workflow.is_main_process:
        check_given_once(sys.argv)
    overlaid(read_blocks(Path(workflow.basedir) / "config.yaml"), workflow.overwrite_configfiles)  # for its refusals
    CONFIG, LAWS = read_config(config), read_laws(REFERENCE / "devices.csv")
    check_config(CONFIG)
    check_tables(CONFIG, LAWS, REFERENCE, prices=workflow.is_main_process)
    RAW_FILES = read_raw_files(REFERENCE / "raw_files.csv")
except (ValueError, OSError) as fault:
    sys.exit(str(fault))  # one line per fault, no traceback
OVERLAYS = [Path(path).stem for path in workflow.overwrite_configfiles]
OVERLAYS += ["--config"] if set(workflow.config_settings.config) - {"raw_data"} else []  # where files lie is no choice
PRESET = " + ".join(OVERLAYS) or "default"
CONSOLE = Console()
if not workflow.output_settings.dryrun:
    for handler in logging.getLogger("snakemake.logging").handlers:
        if handler.name == "DefaultStreamHandler":
            quieten(handler)
    if workflow.is_main_process:
        logging.getLogger("snakemake.logging").addHandler(CONSOLE)


def missing_data():
    """Why data of the run cannot be had, by dataset. The main process asks once and hands the answer to jobs."""
    if workflow.is_main_process:
        absent = [name for name in datasets_of(CONFIG) if not Path(f"results/datasets/{name}.raw.json").exists()]
        asked = [] if workflow.output_settings.dryrun else absent
        environ["XBAR_MISSING"] = json.dumps(absences(asked, Path(CONFIG.raw_data).absolute(), RAW_FILES))
    return json.loads(environ.get("XBAR_MISSING", "{}"))


MISSING = missing_data()
CONFIG = without(CONFIG, MISSING)  # what can be had is trained and reported
config.clear()
config.update(CONFIG.model_dump(mode="json"))  # defaults included, so that a changed default counts too
config["preset"] = PRESET  # for provenance alone: a parameter would rerun it for a name
