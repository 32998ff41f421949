"""scorer.py - how near articles are to their gold: one set of figures, each from 0 to 1.

    figures(gold, found) -> {"text": .95, ...}      both: {id: {"text": ..., "title": ..., ...}}

    text      F1 of the mean precision and the mean recall of runs of four words
    title     share of the titles that are the same but for case, white space and punctuation
    author    share of the pages whose set of names is the same
    date      share of the days that are the same
    site      share of the names of sites of which one holds the other
    language  share of the languages whose first two letters are the same
    snippets  F1 over snippets: those that belong in the text, and those that do not
    texts     share of the pages that have a text at all

A figure is over those pages whose gold has the field, and missing where no page has.  The definitions are
those of score_extract.py in ../shared, which judges the development pages; where both are there, a test
holds one against the other.  Standard library only.
"""
import re
import unicodedata
from collections import Counter

WORD = re.compile(r"\w+")
RUN = 4
BETWEEN_NAMES = re.compile(r"\s*[,;|&/\n]\s*|\s*\b(?:and|und|et|y)\b\s*", re.I)
BEFORE_NAMES = re.compile(r"\s*\b(?:by|von|par|por|di|da|written by|posted by)[\s:]+", re.I)
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def runs(text):
    words = WORD.findall(text or "")
    if len(words) < RUN:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(*(words[i:] for i in range(RUN))))


def mean(values):
    values = [v for v in values if v is not None]
    return sum(values) / len(values) if values else None


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def plain(text):
    return " ".join(WORD.findall(unicodedata.normalize("NFKC", text or "").casefold()))


def spaced(text):
    return re.sub(r"\s+", " ", text or "").strip()


def names(value):
    """The names in a byline: a text, or a list of them."""
    said = [value] if isinstance(value, str) else value or []
    parts = (part for s in said if isinstance(s, str) for part in BETWEEN_NAMES.split(without_by(s)))
    return {plain(without_by(part)) for part in parts} - {""}


def without_by(text):
    found = BEFORE_NAMES.match(text)
    return text[found.end():] if found else text


def day(value):
    found = DAY.match(value) if isinstance(value, str) else None
    return found.group() if found else None


def hold_each_other(a, b):
    return a == b or bool(a and b and (a in b or b in a))


def precision_and_recall(gold, text):
    """None where there is nothing that it could be the share of."""
    want, got = runs(gold), runs(text)
    both = sum((want & got).values())
    return (both / sum(got.values()) if got else None, both / sum(want.values()) if want else None)


def text_figure(pages):
    scores = [precision_and_recall(gold["text"], found.get("text")) for gold, found in pages]
    return f1(mean(p for p, _ in scores), mean(r for _, r in scores))


def snippets_figure(pages):
    wanted = right = wrong = 0
    for gold, found in pages:
        text = spaced(found.get("text"))
        wanted += len(gold["with"])
        right += sum(spaced(s) in text for s in gold["with"])
        wrong += sum(spaced(s) in text for s in gold.get("without") or [])
    return 2 * right / max(1, wanted + right + wrong)


def lines_figure(gold, found):
    """F1 over lines with their white space in front: blocks are apart, code keeps its form.  For gold of our own making."""
    def lines(page):
        return Counter(line.rstrip() for line in (page.get("text") or "").split("\n") if line.strip())

    pages = [(lines(page), lines(found.get(name, {}))) for name, page in gold.items()]
    return 2 * sum(sum((a & b).values()) for a, b in pages) / max(1, sum(sum(a.values()) + sum(b.values()) for a, b in pages))


def figures(gold, found):
    pages = [(page, found.get(name, {})) for name, page in gold.items()]

    def having(field, usable=bool):
        return [(page, hit) for page, hit in pages if usable(page.get(field))]

    def share(field, same, usable=bool):
        return mean(same(page[field], hit.get(field)) for page, hit in having(field, usable))

    out = {
        "text": text_figure(having("text")) if having("text") else None,
        "snippets": snippets_figure(having("with")) if having("with") else None,
        "title": share("title", lambda a, b: plain(a) == plain(b)),
        "author": share("author", lambda a, b: names(a) == names(b), names),
        "date": share("date", lambda a, b: day(a) == day(b), day),
        "site": share("sitename", lambda a, b: hold_each_other(plain(a), plain(b))),
        "language": share("language", lambda a, b: (b or "")[:2].lower() == a[:2].lower()),
        "texts": mean(bool(spaced(hit.get("text"))) for _, hit in pages),
    }
    return {name: value for name, value in out.items() if value is not None}
