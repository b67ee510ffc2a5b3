"""Markdown as a reader meets it: sentences, blocks of code, headings."""

import re


def sentences(text):
    """The sentences of a page without code, tables, headings and pictures; links are their words."""
    paragraphs, lines = [], re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()
    current = []
    for line in (*map(str.strip, lines), ""):
        item = re.match(r"(?:[-*]|\d+\.) (.*)", line)
        if not line or item or line.startswith(("|", "#", "<", "!")):
            paragraphs.append(" ".join(current))
            current = [item[1]] if item else []
        else:
            current.append(line)
    for paragraph in paragraphs:
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", paragraph).replace("**", "")
        yield from filter(None, re.split(r"(?<=[.!?])[)\"']*\s+", words))


def blocks(text, language):
    """The blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def anchors(text):
    """The headings of a page, as GitHub names them in addresses."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
