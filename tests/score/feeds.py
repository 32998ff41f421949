#!/usr/bin/env python3
"""What `pressline fetch feed --json` reads of feeds, beside what other readers were recorded to read.

usage: feeds.py feedparser FOLDER EXPECTED.jsonl    kurtmckee/feedparser's test files
       feeds.py gofeed FOLDER                       mmcdole/gofeed's, each beside its .json
                [-v] [--least=PERCENT]

A file agrees when it gives the same number of entries, and of each the same title, link, id and dates.  Titles are text
here and HTML there: where a title's type, or RSS, which has no types, lets it be HTML, markup is taken off the other
reader's; elsewhere every character must be the same.  Of gofeed, which leaves more
open, only the fields that it fills are compared.  What a file's own assertion says of these fields goes before what was
recorded; it is read only where it is a plain comparison.  Prints the share of files that agree, the shares by field, and with
-v each difference; fails below --least."""
import ast
import calendar
import datetime
import html
import json
import os
import re
import subprocess
import sys
import urllib.parse

PRESSLINE = os.environ.get("PRESSLINE", "build/pressline")
FIELDS = ("title", "link", "id", "published", "updated")


def ask(paths, *options):
    """path -> what pressline says of it"""
    told = {}
    for at in range(0, len(paths), 200):
        done = subprocess.run([PRESSLINE, "fetch", "feed", "--json", *options, "--", *paths[at:at + 200]],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode not in (0, 74):
            sys.exit("pressline ended with %d:\n%s" % (done.returncode, done.stderr.decode("utf-8", "replace")))
        for line in done.stdout.decode("utf-8").splitlines():
            feed = json.loads(line)
            told[feed["file"]] = feed
    return told


def plain(text):
    """A title that is HTML, as the text it shows."""
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->", "", text)
    text = re.sub(r"<[A-Za-z/!?][^>]*>", " ", text)
    return html.unescape(text)


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def loose(text):
    """Without any white space: where a tag stood there may be some or none."""
    return re.sub(r"\s+", "", text)


def same_title(ours, theirs, may_be_html):
    ours, theirs = ours or "", theirs or ""
    if squeeze(ours) == squeeze(theirs):
        return True
    return may_be_html and loose(ours) == loose(plain(theirs))


def seconds(parts):
    return None if parts is None else calendar.timegm(tuple(parts) + (0,) * (9 - len(parts)))


def our_seconds(entry, name):
    text = entry.get(name + "_at")
    if text is None:
        return None
    return calendar.timegm(datetime.datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").timetuple())


def asserted(text):
    """{(entry, field): value} of `entries[0]['link'] == '...'`, and {"entries": n}"""
    try:
        tree = ast.parse(text or "1", mode="eval")
    except SyntaxError:
        return {}
    found = {}
    compares = [n for n in ast.walk(tree) if isinstance(n, ast.Compare) and isinstance(n.ops[0], ast.Eq)]
    for c in compares:
        try:
            value = ast.literal_eval(c.comparators[0])
        except ValueError:
            continue
        what = ast.unparse(c.left)
        m = re.fullmatch(r"entries\[(\d+)\](?:\['(\w+)'\]|\.(\w+))", what)
        if m:
            field = m[2] or m[3]
            field = {"published_parsed": "published", "updated_parsed": "updated", "guid": "id"}.get(field, field) \
                if not (field in ("published", "updated")) else "written_" + field
            found[int(m[1]), field] = value
        elif re.fullmatch(r"entries\[\d+\]\['links'\]\[0\]\['href'\]", what):
            found[int(what[8:what.index("]")]), "link"] = value
        elif what == "len(entries)":
            found["entries"] = value
    return found


class Score:
    def __init__(self, verbose):
        self.verbose, self.files, self.right = verbose, 0, 0
        self.field = {f: [0, 0] for f in FIELDS}

    def file(self, name, faults):
        self.files += 1
        self.right += not faults
        if faults and self.verbose:
            for fault in faults:
                print("# %s: %s" % (name, fault))

    def entry(self, i, ours, theirs, may_be_html, more=False):
        """`more`: what the other reader has no answer to is not asked"""
        faults = []
        for f in FIELDS:
            if more and not theirs.get(f):
                continue
            if f in ("published", "updated"):
                a, b = our_seconds(ours, f), theirs.get(f)
                right = a == b
            elif f == "title":
                a, b = ours.get(f), theirs.get(f)
                right = same_title(a, b, may_be_html)
            else:
                a, b = ours.get(f), theirs.get(f)
                right = (a or "") == (b or "").strip()
            self.field[f][0] += right
            self.field[f][1] += 1
            if not right:
                faults.append("entry %d: %s: %r, wanted %r" % (i, f, a, b))
        return faults

    def print(self, name):
        print("%s: %d of %d files agree, %.2f %%" % (name, self.right, self.files, 100 * self.right / max(1, self.files)))
        for f, (right, n) in self.field.items():
            print("%s: %s: %d of %d entries" % (name, f, right, n))


def html_titles(source):
    """Whether a title of this file may be HTML, by its type."""
    if not re.search(rb"<(\w+:)?feed\b", source):
        return True
    typed = re.search(rb"title[^>]*type=['\"](text/)?(html|xhtml|application/xhtml\+xml)", source)
    return bool(typed or re.search(rb"title[^>]*>[^<]*<(?![/!])", source))


def feedparser(folder, expected, verbose):
    rows = [json.loads(line) for line in open(expected, encoding="utf-8")]
    score = Score(verbose)
    groups = {}
    for row in rows:
        source = open(os.path.join(folder, row["file"]), "rb").read()
        row["html"] = html_titles(source)
        base = re.search(rb"(?i)Header:\s*Content-Location:\s*(\S+)", source)
        base = base[1].decode() if base else ""
        if not base and "127.0.0.1:8097" in (row["assert"] or ""):
            base = "http://127.0.0.1:8097/" + row["file"]
        groups.setdefault((base, row["content_type"]), []).append(row)
    for (base, content_type), members in groups.items():
        told = ask([os.path.join(folder, r["file"]) for r in members], "--base=" + base,
                   "--content-type=" + content_type)
        for row in members:
            for entry in row["entries"]: # recorded without a base
                for f in ("link", "id"):
                    if base and entry[f]:
                        entry[f] = urllib.parse.urljoin(base, entry[f])
            compare_feedparser(score, row, told[os.path.join(folder, row["file"])])
    score.print("feedparser")
    return score


def compare_feedparser(score, row, ours):
    claims = asserted(row["assert"])
    theirs = row["entries"]
    n = claims.get("entries", len(theirs))
    entries = ours.get("entries", [])
    if len(entries) != n:
        score.file(row["file"], ["%d entries, wanted %d: %s" % (len(entries), n, ours.get("error", ""))])
        return
    faults = []
    for i, entry in enumerate(entries):
        want = dict(theirs[i]) if i < len(theirs) else {f: entry.get(f) for f in FIELDS}
        for f in ("published", "updated"):
            want[f] = seconds(want[f]) if isinstance(want.get(f), list) else None
        for f in ("title", "link", "id"):
            if (i, f) in claims and (f != "link" or want[f]): # the first of `links` may be another relation's
                want[f] = claims[i, f]
        for f in ("published", "updated"):
            if isinstance(claims.get((i, f)), tuple):
                want[f] = seconds(claims[i, f][:6])
        faults += score.entry(i, entry, want, row["html"])
    score.file(row["file"], faults)


def gofeed_entry(item):
    """gofeed's own names, of its universal format, its RSS and its Atom"""
    guid = item.get("guid")
    links = item.get("links") or []
    link = item.get("link", item.get("url"))
    if link is None:
        link = next((a.get("href") for a in links if isinstance(a, dict) and a.get("rel", "alternate") == "alternate"), None)
    date = {}
    for ours, names in (("published", ("publishedParsed", "pubDateParsed", "date_published")),
                        ("updated", ("updatedParsed", "date_modified"))):
        text = next((item[n] for n in names if item.get(n)), None)
        date[ours] = text and int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    return {"title": item.get("title"), "link": link, "id": guid.get("value") if isinstance(guid, dict) else guid or item.get("id"),
            **date}


def gofeed(folder, verbose):
    score = Score(verbose)
    pairs = []
    for at, _, names in os.walk(folder):
        for name in sorted(names):
            result = os.path.join(at, name[:-4] + ".json")
            if name.endswith(".xml") and os.path.exists(result):
                pairs.append((os.path.join(at, name), json.load(open(result, encoding="utf-8"))))
            elif name.endswith("_expected.json"):
                pairs.append((os.path.join(at, name.replace("_expected", "")), json.load(open(os.path.join(at, name), encoding="utf-8"))))
    pairs.sort(key=lambda p: p[0])
    told = ask([p[0] for p in pairs])
    for path, theirs in pairs:
        ours = told[path]
        items = theirs.get("items") or theirs.get("entries") or []
        entries = ours.get("entries", [])
        if len(items) != len(entries):
            score.file(path, ["%d entries, wanted %d: %s" % (len(entries), len(items), ours.get("error", ""))])
            continue
        faults = []
        for i, (entry, item) in enumerate(zip(entries, items)):
            want = gofeed_entry(item)
            faults += score.entry(i, entry, want, html_titles(open(path, "rb").read()), True)
        score.file(os.path.relpath(path, folder), faults)
    score.print("gofeed")
    return score


def main(argv):
    verbose = "-v" in argv
    least = next((float(a[8:]) for a in argv if a.startswith("--least=")), 0)
    argv = [a for a in argv if a != "-v" and not a.startswith("--least=")]
    if len(argv) == 4 and argv[1] == "feedparser":
        score = feedparser(argv[2], argv[3], verbose)
    elif len(argv) == 3 and argv[1] == "gofeed":
        score = gofeed(argv[2], verbose)
    else:
        sys.exit(__doc__)
    sys.exit(score.files == 0 or 100 * score.right / score.files < least)


if __name__ == "__main__":
    main(sys.argv)
