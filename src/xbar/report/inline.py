"""A figure's SVG as a part of a page: its text can be searched, and several of them do not disturb each other."""

import re
from html import escape

from xbar.report.contents import ABSENT

PT_PER_IN = 72.0
WIDE_IN = 5.0  # wider figures scroll on a phone, which would make their text too small
ENLARGED = 1.35  # a figure is shown at most this much larger than on paper
PROLOGUE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
STYLE_OF_ALL = re.compile(r'<defs>\s*<style type="text/css">\*\{.*?\}</style>\s*</defs>', re.DOTALL)
NAMED = re.compile(r'(\bid="|href="#|url\(#)')
UNREAD = re.compile(r' id="[^"]*"(?=/?>)|(?<=<g) id="[^"]*"| transform="rotate\(-0 [^"]*"')  # of groups, and turns by 0
FAMILY = re.compile(r" font-family: 'Arial', [^;]*;")  # that of style.py, which the page gives to all figures at once
LONG = re.compile(r"(?<![\w.])(-?\d+\.\d{2})\d+")
TAG = re.compile(r"<[^>]*>")  # what stands between them is read, to the last digit


def is_absent(svg: str) -> bool:
    """Whether a figure says only that its run has no data for it."""
    return ABSENT in svg


def inline(svg: str, name: str, label: str) -> str:
    """An element of HTML from a file of matplotlib: no prologue, names of its own, coordinates to 0.01 pt.

    `name`: of the figure, no other on the page has it. `label`: what a screen reader says.
    Raises ValueError for a file without a size in pt.
    """
    found = re.search(r'<svg [^>]*?width="([\d.]+)pt"', svg)
    if not found:
        raise ValueError(f"figure '{name}': its SVG has no width in pt")
    width_in = float(found[1]) / PT_PER_IN
    text = STYLE_OF_ALL.sub("", PROLOGUE.sub("", svg))
    text = FAMILY.sub("", UNREAD.sub("", text)).replace("<g/>", "")
    text = TAG.sub(lambda tag: _short(tag[0], name), text)
    text = re.sub(r'\s*version="1.1"|\s*xmlns(:xlink)?="[^"]*"', "", text).replace("xlink:href", "href")
    told = f'<svg role="img" aria-label="{escape(label)}" stroke-linejoin="round" stroke-linecap="butt" '
    text = re.sub(r"\s*\n\s*", "\n", text.strip()).replace("<svg ", told, 1)
    kind = "figure wide" if width_in > WIDE_IN else "figure"
    return f'<div class="{kind}" style="max-width:{ENLARGED * width_in:.2f}in">{text}</div>'


def _short(tag: str, name: str) -> str:
    """A tag with names of its own and coordinates to 0.01 pt. A scale is no coordinate: it stays as it is."""
    named = NAMED.sub(rf"\g<1>{name}-", tag)
    return named if "scale(" in named else LONG.sub(r"\1", named)
