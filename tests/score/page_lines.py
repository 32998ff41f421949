"""page_lines.py - all the text of a page, block by block: what somebody has who scraped it without extraction.

    lines(html) -> text       blocks on lines of their own, no tag, script or style

Standard library only, and a reading of its own, so that what the plain-text side is judged on does not
hang on how the page side of the stage reads a page.
"""
import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol optgroup option p pre section select summary "
    "table tbody tfoot thead title tr ul".split())
UNSEEN = frozenset("noscript script style svg template title textarea iframe object".split())


class Lines(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out, self.unseen = [], []

    def handle_starttag(self, tag, attrs):
        if tag in UNSEEN:
            self.unseen.append(tag)
        self.cut(tag)

    def handle_startendtag(self, tag, attrs):
        self.cut(tag)

    def handle_endtag(self, tag):
        if tag in self.unseen:
            while self.unseen.pop() != tag:
                pass
        self.cut(tag)

    def handle_data(self, data):
        if not self.unseen:
            self.out.append(re.sub(r"\s+", " ", data))

    def cut(self, tag):
        if not self.unseen and (tag in BLOCKS or tag in ("td", "th")):
            self.out.append("\n" if tag in BLOCKS else " ")


def lines(html):
    reader = Lines()
    reader.feed(html)
    reader.close()
    return "\n".join(line for line in (" ".join(s.split()) for s in "".join(reader.out).split("\n")) if line)
