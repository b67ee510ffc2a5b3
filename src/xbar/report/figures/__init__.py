"""Figures of the report. Matplotlib is loaded here first, without its complaint about a home folder that cannot be
written: it keeps its list of fonts in a temporary folder then."""

import logging

_told = logging.getLogger("matplotlib")
_level = _told.level
_told.setLevel(logging.ERROR)
import matplotlib.font_manager  # noqa: E402, F401

_told.setLevel(_level)
