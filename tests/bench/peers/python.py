#!/usr/bin/env python3
"""python.py - other extractors that come from PyPI, one at a time, all told the same.

    python.py NAME run LIST          an article a line, in JSON, for the lines "ID PATH" of the file LIST
    python.py NAME time PASSES PAGE...    CPU seconds of each pass over the pages in memory, after one that does not count
    python.py NAME stream PAGE...    peak resident memory in kB of one pass that holds one page at a time

Pages are HTML in UTF-8.  A page that takes longer than LIMIT seconds, or that an extractor raises on, has no text.
Each runs as its manual says, without comments, with all the metadata that it has.
"""
import json
import logging
import re
import signal
import socket
import sys
import time
import warnings

LIMIT = 30
BLOCKS = frozenset(
    "address article aside blockquote body br center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split())


def text_of(html):
    """The text of an extractor that gives HTML only: a line for each block."""
    from lxml import etree
    from lxml.html import document_fromstring
    out = []
    for event, node in etree.iterwalk(document_fromstring(html), events=("start", "end")):
        at_block = node.tag in BLOCKS
        if at_block:
            out.append("\n")
        if event == "start" and isinstance(node.tag, str):
            out.append(re.sub(r"\s+", " ", node.text or ""))
        elif event == "end":
            out.append(re.sub(r"\s+", " ", node.tail or ""))
    return re.sub(r"\n\s*", "\n", "".join(out)).strip()


def trafilatura(**how):
    from trafilatura import bare_extraction

    def extract(html):
        found = bare_extraction(html, with_metadata=True, include_comments=False, **how)
        found = found.as_dict() if found else {}
        return {"text": found.get("text"), "title": found.get("title"), "date": found.get("date"),
                "author": (found.get("author") or "").split("; "), "sitename": found.get("sitename")}
    return extract


def resiliparse():
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def extract(html):
        tree = HTMLTree.parse(html)
        return {"text": extract_plain_text(tree, main_content=True, alt_texts=False, links=False, comments=False),
                "title": tree.title}
    return extract


def turbohtml():
    import turbohtml as library

    def extract(html):
        found = library.parse(html).article()
        return {"text": found.text, "title": found.title, "author": found.byline, "date": found.date,
                "sitename": found.site_name}
    return extract


def readability_lxml():
    from readability import Document

    def extract(html):
        found = Document(html)
        return {"text": text_of(found.summary()), "title": found.short_title()}
    return extract


def newspaper4k():
    from newspaper import Article

    def extract(html):
        found = Article("https://news.example/story", fetch_images=False)
        found.download(input_html=html)
        found.parse()
        return {"text": found.text, "title": found.title, "author": list(found.authors), "date": found.publish_date,
                "sitename": found.meta_site_name}
    return extract


def goose3():
    from goose3 import Goose

    def extract(html):
        with Goose({"enable_image_fetching": False}) as goose:
            found = goose.extract(raw_html=html)
        return {"text": found.cleaned_text, "title": found.title, "author": found.authors, "date": found.publish_date}
    return extract


PEERS = {
    "trafilatura": trafilatura,
    "trafilatura-precision": lambda: trafilatura(favor_precision=True),
    "trafilatura-recall": lambda: trafilatura(favor_recall=True),
    "resiliparse": resiliparse,
    "turbohtml": turbohtml,
    "readability-lxml": readability_lxml,
    "newspaper4k": newspaper4k,
    "goose3": goose3,
}


class TooLong(BaseException):
    """No Exception: some extractors catch all of these."""


def too_long(*_):
    raise TooLong


def no_network(*_, **__):
    raise OSError("the page is all there is")


def tried(extract, html):
    signal.alarm(LIMIT)
    try:
        return extract(html)
    except (Exception, TooLong):
        return {}
    finally:
        signal.alarm(0)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def run(extract, pages):
    for line in pages:
        name, path = line.rstrip("\n").split(" ", 1)
        row = {**tried(extract, read(path)), "id": name}
        text = json.dumps(row, ensure_ascii=False, default=str)
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def time_passes(extract, passes, paths):
    pages = [read(path) for path in paths]
    for n in range(passes + 1):
        start = time.process_time()
        for page in pages:
            tried(extract, page)
        if n > 0:
            print("%.6f" % (time.process_time() - start))


def stream(extract, paths):
    for path in paths:
        tried(extract, read(path))
    # Of this program alone: getrusage() also counts what its parent held when it started us.
    with open("/proc/self/status") as f:
        print(next(line.split()[1] for line in f if line.startswith("VmHWM:")))


def main():
    if len(sys.argv) < 4 or sys.argv[1] not in PEERS:
        sys.exit(__doc__ + "\nNAME is one of: " + ", ".join(PEERS))
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, too_long)
    socket.getaddrinfo = no_network
    extract, what, rest = PEERS[sys.argv[1]](), sys.argv[2], sys.argv[3:]
    if what == "run":
        with open(rest[0]) as pages:
            run(extract, pages)
    elif what == "time":
        time_passes(extract, int(rest[0]), rest[1:])
    else:
        stream(extract, rest)


main()
