#!/usr/bin/env python3
"""entities_gold.py - our own gold articles for the stage entities, and how well it marks them.

    entities_gold.py check PATH...                    names every mistake in the markup, with file and line
    entities_gold.py records PATH... >in.jsonl        the articles as records (id, title, published, text)
    entities_gold.py score PATH... --marked OUT.jsonl [--json] [--errors]
    entities_gold.py figures PATH... --marked OUT.jsonl   one a line, as in entities_gold.expected
    entities_gold.py self-test                        the metrics on examples worked out by hand

A PATH is an article or a folder of them.  tests/data/entities/README.md has the markup.

Names: exact span and type.  Chains of names: MUC, B3, CEAF-e with its optimal assignment, their mean (CoNLL),
and LEA; "found" is of the mentions that both sides have.  A reference is right where its words are those of a gold
reference and its chain leads to a name of the same chain.  Countries, cities and values of dates: "found" is the
accuracy over gold spans that the stage has, "all" the F1 end to end.  Quotations match as in score_quotes.py: half of
the characters of both together; their speaker is right by chain.
"""
import argparse
import collections
import datetime
import json
import os
import re
import sys

NAMES = ("PER", "ORG", "LOC", "MISC", "NORP")
CHAIN = re.compile(r"[a-z][a-z0-9_]*\Z")
PLACE = re.compile(r"@[A-Z]{2}(:[1-9][0-9]*)?\Z")
DAY = r"[0-9X]{4}(-(0[1-9]|1[0-2]|W[0-5][0-9]|Q[1-4]|SP|SU|FA|WI)(-(0[1-9]|[12][0-9]|3[01]))?)?"
CLOCK = r"T([01][0-9]|2[0-3]|[A-Z]{2})(:[0-5][0-9](:[0-5][0-9])?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
VALUE = re.compile(rf"=(({DAY})({CLOCK})?|{CLOCK})(/(({DAY})({CLOCK})?|{CLOCK}))?\Z")
NUMBERED = re.compile(r"([QSC])([0-9]+)\Z")
MARK = re.compile(r"\{([A-Z]+[0-9]*)((?: [^\s|{}]+)*)\|")


class Mark:
    """One span of an article: `kind` PER ... NORP, REF, TITLE, DATE, TIME, Q, S or C."""

    def __init__(self, kind, begin, line):
        self.kind, self.begin, self.end, self.line = kind, begin, begin, line
        self.chain = self.country = self.city = self.value = self.number = self.form = None

    @property
    def span(self):
        return self.begin, self.end


class Article:
    def __init__(self, path):
        self.id = os.path.splitext(os.path.basename(path))[0]
        self.path, self.head, self.text, self.marks, self.mistakes = path, {}, "", [], []
        with open(path, encoding="utf-8") as f:
            head, _, body = f.read().partition("\n\n")
        self.read_head(head)
        self.read_body(body.rstrip("\n"), head.count("\n") + 3)
        self.check()

    def wrong(self, line, what):
        self.mistakes.append((line, f"{self.path}:{line}: {what}"))

    def of(self, *kinds):
        return [m for m in self.marks if m.kind in kinds]

    def read_head(self, head):
        for i, line in enumerate(head.split("\n"), 1):
            key, colon, value = line.partition(": ")
            if not colon or not re.match(r"[a-z_]+\Z", key) or not value.strip():
                self.wrong(i, f"no header line: '{line}'")
            elif key in self.head:
                self.wrong(i, f"'{key}' is given twice")
            self.head[key] = value
        for key in "title", "published":
            if key not in self.head:
                self.wrong(1, f"the header has no '{key}'")
        try:
            datetime.datetime.fromisoformat(self.head.get("published", "2000-01-01").replace("Z", "+00:00"))
        except ValueError:
            self.wrong(1, "'published' is no ISO 8601 date")

    def read_body(self, body, line):
        out, length, open_marks, i = [], 0, [], 0
        while i < len(body):
            c = body[i]
            found = MARK.match(body, i) if c == "{" else None
            if found:
                mark = Mark(found[1], length, line)
                self.read_words(mark, found[2].split())
                open_marks.append(mark)
                self.marks.append(mark)
                i = found.end()
                continue
            if c == "}" and open_marks:
                self.close(open_marks.pop(), length, "".join(out))
            elif c in "{|}":
                self.wrong(line, f"stray '{c}' in '{body[max(0, i - 20):i + 20]}'")
            else:
                out.append(c)
                length += 1
            if c == "\n":
                line += 1
                for m in open_marks:
                    if m.kind not in ("Q", None):
                        self.wrong(m.line, f"{m.kind} goes on in the next paragraph")
            i += 1
        for m in open_marks:
            self.wrong(m.line, f"{m.kind} is not closed")
        self.text = "".join(out)
        for n, paragraph in enumerate(self.text.split("\n")):
            if n % 2 and paragraph:
                self.wrong(line - self.text.count("\n") + n, "no empty line before this paragraph")
                break

    def read_words(self, mark, words):
        """The words between the kind and the bar."""
        numbered = NUMBERED.match(mark.kind)
        if numbered:
            mark.kind, mark.number = numbered[1], int(numbered[2])
        rest = list(words)
        if mark.kind in NAMES + ("REF",):
            mark.chain = rest.pop(0) if rest and CHAIN.match(rest[0]) else None
            if not mark.chain:
                self.wrong(mark.line, f"{mark.kind} without a chain")
            if mark.kind in ("LOC", "NORP") and rest and PLACE.match(rest[0]):
                mark.country, _, mark.city = rest.pop(0)[1:].partition(":")
                if mark.city and mark.kind == "NORP":
                    self.wrong(mark.line, "a NORP has no city")
        elif mark.kind in ("DATE", "TIME"):
            if rest and VALUE.match(rest[0]):
                mark.value = rest.pop(0)[1:]
        elif mark.kind == "Q" and rest and rest[0] in ("direct", "indirect"):
            mark.form = rest.pop(0)
        elif mark.kind not in ("TITLE", "S", "C"):
            self.wrong(mark.line, f"unknown mark '{' '.join([mark.kind] + words)}'")
            return
        if mark.kind in ("TITLE", "Q") and rest and rest[0][0] == ">" and CHAIN.match(rest[0][1:]):
            mark.chain = rest.pop(0)[1:]
        if mark.kind == "TITLE" and not mark.chain:
            self.wrong(mark.line, "TITLE without its '>person'")
        if rest:
            self.wrong(mark.line, f"{mark.kind}: what is '{' '.join(rest)}'?")

    def close(self, mark, end, text):
        mark.end = end
        words = text[mark.begin:end]
        if not words or words != words.strip():
            self.wrong(mark.line, f"{mark.kind} is empty or has space at an end: '{words}'")
        if mark.kind in NAMES:
            if re.match(r"[Tt]he ", words) and words != "The Hague":
                self.wrong(mark.line, f"'{words}' starts with 'the'")
            if re.search(r"['’]s?\Z", words) and not words.startswith(("'", "‘")):
                self.wrong(mark.line, f"'{words}' ends with a genitive")
        if mark.kind == "TITLE" and re.match(r"([Tt]he|[Aa]n?) ", words):
            self.wrong(mark.line, f"title '{words}' starts with an article")

    def check(self):
        """What can only be seen once all is read."""
        first = {}
        for m in self.of(*NAMES):
            f = first.setdefault(m.chain, m)
            if (f.kind, f.country, f.city) != (m.kind, m.country, m.city):
                self.wrong(m.line, f"'{self.text[m.begin:m.end]}' is of another kind or place than line {f.line}, the "
                                   f"first of its chain '{m.chain}'")
        for m in self.of("REF", "TITLE", "Q"):
            if m.chain and m.chain not in first:
                self.wrong(m.line, f"no name has the chain '{m.chain}'")
            elif m.kind == "TITLE" and m.chain and first[m.chain].kind != "PER":
                self.wrong(m.line, f"the title's '{m.chain}' is no person")
        for m, inner in self.nested():
            for groups in NAMES + ("DATE", "TIME"), ("TITLE",), ("REF",):
                if m.kind in groups and inner.kind in groups:
                    self.wrong(inner.line, f"{inner.kind} inside {m.kind}")
            if m.kind == inner.kind == "Q" and m.form == "direct":
                self.wrong(inner.line, "a quotation inside a direct one")
        quotes = {m.number for m in self.of("Q")}
        for m in self.of("Q", "S", "C"):
            if m.kind == "Q" and not m.form:
                self.wrong(m.line, "Q is neither direct nor indirect")
            if m.number not in quotes:
                self.wrong(m.line, f"no quotation has the number {m.number}")
        self.mistakes.sort()

    def nested(self):
        for i, m in enumerate(self.marks):
            for inner in self.marks[i + 1:]:
                if inner.begin >= m.end:
                    break
                yield m, inner

    def record(self):
        return {"id": self.id, "title": self.head.get("title", ""), "published": self.head.get("published", ""),
                "text": self.text}


def read_articles(paths):
    files = []
    for path in paths:
        if os.path.isdir(path):
            files += sorted(os.path.join(path, f) for f in os.listdir(path) if f.endswith(".txt"))
        else:
            files.append(path)
    return [Article(f) for f in files]


# ---- metrics; a count is [right, predicted, gold] or [numerator, denominator] twice

def ratio(a, b):
    return a / b if b else 0.0


def prf(right, predicted, gold):
    p, r = ratio(right, predicted), ratio(right, gold)
    return {"P": p, "R": r, "F": ratio(2 * p * r, p + r), "right": right, "predicted": predicted, "gold": gold}


def assignment(weight):
    """The largest sum of weight[i][j] with each row and column used once (Kuhn and Munkres, with potentials)."""
    flip = len(weight) > len(weight[0])
    w = [list(row) for row in (zip(*weight) if flip else weight)]
    rows, columns = len(w), len(w[0])
    u, v, row_of, way = [0.0] * (rows + 1), [0.0] * (columns + 1), [0] * (columns + 1), [0] * (columns + 1)
    for i in range(1, rows + 1):
        row_of[0], column = i, 0
        least, used = [float("inf")] * (columns + 1), [False] * (columns + 1)
        while row_of[column]:
            used[column] = True
            row, delta, next_column = row_of[column], float("inf"), 0
            for j in range(1, columns + 1):
                if used[j]:
                    continue
                cost = -w[row - 1][j - 1] - u[row] - v[j]
                if cost < least[j]:
                    least[j], way[j] = cost, column
                if least[j] < delta:
                    delta, next_column = least[j], j
            for j in range(columns + 1):
                if used[j]:
                    u[row_of[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            column = next_column
        while column:
            row_of[column] = row_of[way[column]]
            column = way[column]
    return sum(w[row_of[j] - 1][j - 1] for j in range(1, columns + 1) if row_of[j])


def muc(key, response):
    """[links kept, links] of the key's chains."""
    where = {m: i for i, c in enumerate(response) for m in c}
    kept = links = 0
    for c in key:
        parts = {where.get(m, ("alone", m)) for m in c}
        kept += len(c) - len(parts)
        links += len(c) - 1
    return kept, links


def b3(key, response):
    where = {m: c for c in response for m in c}
    return sum(len(c & where[m]) / len(c) for c in key for m in c if m in where), sum(map(len, key))


def ceaf_e(key, response):
    """The best sum of similarities of one-to-one pairs; chains that share no mention need not be paired."""
    where = {m: j for j, c in enumerate(response) for m in c}
    total, seen = 0.0, set()
    for start in range(len(key)):
        rows, columns, todo = [], set(), [start]
        while todo: # one connected part
            i = todo.pop()
            if i in seen:
                continue
            seen.add(i)
            rows.append(i)
            for j in {where[m] for m in key[i] if m in where} - columns:
                columns.add(j)
                todo += [k for k, c in enumerate(key) if c & response[j]]
        order = sorted(columns)
        if order:
            total += assignment([[2 * len(key[i] & response[j]) / (len(key[i]) + len(response[j])) for j in order]
                                 for i in rows])
    return total


def lea(key, response):
    where = {m: j for j, c in enumerate(response) for m in c}
    found = total = 0.0
    for c in key:
        total += len(c)
        if len(c) == 1:
            j = where.get(next(iter(c)))
            found += j is not None and len(response[j]) == 1
            continue
        parts = collections.Counter(where[m] for m in c if m in where)
        found += len(c) * sum(n * (n - 1) for n in parts.values()) / (len(c) * (len(c) - 1))
    return found, total


def chain_scores(documents):
    """Of (gold chains, predicted chains), lists of sets of mentions, one pair a document."""
    def f(sums):
        p, r = ratio(sums[2], sums[3]), ratio(sums[0], sums[1])
        return {"P": p, "R": r, "F": ratio(2 * p * r, p + r)}
    sums = {name: [0.0] * 4 for name in ("MUC", "B3", "CEAF-e", "LEA")}
    for gold, found in documents:
        same = ceaf_e(gold, found)
        for name, r, p in (("MUC", muc(gold, found), muc(found, gold)), ("B3", b3(gold, found), b3(found, gold)),
                           ("CEAF-e", (same, len(gold)), (same, len(found))),
                           ("LEA", lea(gold, found), lea(found, gold))):
            sums[name] = [a + b for a, b in zip(sums[name], (*r, *p))]
    scores = {name: f(s) for name, s in sums.items()}
    scores["CoNLL"] = {"F": sum(scores[n]["F"] for n in ("MUC", "B3", "CEAF-e")) / 3}
    return scores


# ---- comparing

QUOTE_ENDS = " \n\t\"'`.,;:!?…“”‘’„‚«»‹›"


def trimmed(text, begin, end):
    while begin < end and text[begin] in QUOTE_ENDS:
        begin += 1
    while end > begin and text[end - 1] in QUOTE_ENDS:
        end -= 1
    return begin, end


def overlap(a, b):
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return max(0, shared) / (max(a[1], b[1]) - min(a[0], b[0]) or 1)


def pairs(gold, found):
    """Indices of quotations that match, one to one, the closest first."""
    close = sorted(((overlap(g, f), -i, -j) for i, g in enumerate(gold) for j, f in enumerate(found)
                    if overlap(g, f) >= .5), reverse=True)
    rows, columns = set(), set()
    for _, i, j in close:
        if -i not in rows and -j not in columns:
            rows.add(-i)
            columns.add(-j)
            yield -i, -j


def words_span(text, begin, end):
    """Without a leading article: the span that references and titles are compared by."""
    article = re.match(r"(the|an?) ", text[begin:end], re.I)
    return (begin + article.end() if article else begin), end


class Marked:
    """What the stage wrote of one article."""

    def __init__(self, record):
        self.notes = {n["id"]: n for n in record.get("annotations", [])}

    def of(self, kind, labels=None):
        return [n for n in self.notes.values() if n["kind"] == kind and (not labels or n.get("label") in labels)]


def span(note):
    return note["begin"], note["end"]


class Scorer:
    def __init__(self):
        self.counts = collections.defaultdict(lambda: [0, 0, 0])
        self.all_chains, self.found_chains, self.errors = [], [], []

    def count(self, what, right, predicted, gold):
        self.counts[what] = [a + b for a, b in zip(self.counts[what], (right, predicted, gold))]

    def error(self, what, a, at, detail=""):
        begin, end = at
        context = (a.text[max(0, begin - 50):begin] + "[" + a.text[begin:end][:120] + "]" + a.text[end:end + 40])
        self.errors.append(f"{what}: {a.id}: {context!r}{'  ' + detail if detail else ''}")

    def article(self, a, record):
        m = Marked(record)
        self.names(a, m)
        self.chains(a, m)
        self.references(a, m)
        self.titles(a, m)
        self.places(a, m)
        self.dates(a, m)
        for form in "direct", "indirect":
            self.quotes(a, m, form)

    def sets(self, what, a, gold, found):
        """Counts two sets of (begin, end, ...)."""
        self.count(what, len(gold & found), len(found), len(gold))
        for what_kind, items in (("missed", gold - found), ("wrong", found - gold)):
            for item in sorted(items):
                self.error(f"{what} {what_kind}", a, item[:2], " ".join(str(x) for x in item[2:]))

    def names(self, a, m):
        for kind in NAMES:
            self.sets(f"names {kind}", a, {g.span + (kind,) for g in a.of(kind)},
                      {span(n) + (kind,) for n in m.of("entity", (kind,))})
        gold, found = {g.span for g in a.of(*NAMES)}, {span(n) for n in m.of("entity", NAMES)}
        self.count("spans of names", len(gold & found), len(found), len(gold))

    def chain_of(self, a, m, note):
        """The gold chain that the stage's entity, reference or source leads to."""
        leads = m.notes.get(note.get("chain"), note)
        over = [g for g in a.of(*NAMES) if g.begin < leads["end"] and leads["begin"] < g.end]
        return over[0].chain if leads["kind"] == "entity" and over else None

    def chains(self, a, m):
        gold, found = collections.defaultdict(set), collections.defaultdict(set)
        for g in a.of(*NAMES):
            gold[g.chain].add(g.span)
        for n in m.of("entity", NAMES):
            found[n.get("chain", n["id"])].add(span(n))
        self.all_chains.append((list(gold.values()), list(found.values())))
        both = {s for c in gold.values() for s in c} & {s for c in found.values() for s in c}
        cut = [[c & both for c in chains.values() if c & both] for chains in (gold, found)]
        self.found_chains.append(cut)
        self.chain_errors(a, cut)

    def chain_errors(self, a, cut):
        def said(spans):
            return " | ".join(sorted({a.text[b:e] for b, e in spans}))
        for this, other, what in ((cut[0], cut[1], "chain split"), (cut[1], cut[0], "chain merged")):
            for c in this:
                parts = [o & c for o in other if o & c]
                if len(parts) > 1:
                    self.error(what, a, min(c), "  ##  ".join(said(p) for p in parts))

    def references(self, a, m):
        gold = {words_span(a.text, *g.span): g.chain for g in a.of("REF")}
        found = {words_span(a.text, *span(n)): self.chain_of(a, m, n) for n in m.of("reference") if "chain" in n}
        at_gold = {s: c for s, c in found.items() if s in gold}
        self.count("references", sum(gold[s] == c for s, c in at_gold.items()), len(found), len(gold))
        self.count("references at gold ones", sum(gold[s] == c for s, c in at_gold.items()), len(at_gold), len(gold))
        for s, c in sorted(found.items()):
            if gold.get(s) != c:
                self.error("reference wrong", a, s, f"{c}, is {gold.get(s, 'unmarked')}")
        for s, c in sorted(gold.items()):
            if s not in found:
                self.error("reference missed", a, s, c)

    def titles(self, a, m):
        gold = {words_span(a.text, *g.span) + (g.chain,) for g in a.of("TITLE")}
        found = {words_span(a.text, *span(n)) + (str(self.chain_of(a, m, m.notes.get(n.get("of"), n))),)
                 for n in m.of("title")}
        self.sets("titles", a, gold, found)
        spans = {g[:2] for g in gold}, {f[:2] for f in found}
        self.count("titles, span only", len(spans[0] & spans[1]), len(spans[1]), len(spans[0]))

    def linked(self, what, a, gold, found):
        """gold, found: value by span, None where there is none; found has every span that the stage marked."""
        right = sum(g is not None and found.get(s) == g for s, g in gold.items())
        self.count(what, right, sum(f is not None for f in found.values()), sum(g is not None for g in gold.values()))
        have = [s for s, g in gold.items() if g is not None and s in found]
        self.count(what + ", of those found", right, len(have), len(have))
        for s in sorted(gold):
            if s in found and gold[s] != found[s]:
                self.error(what, a, s, f"{found[s]}, is {gold[s]}")

    def places(self, a, m):
        gold, found = a.of("LOC", "NORP"), m.of("entity", ("LOC", "NORP"))
        self.linked("country", a, {g.span: g.country for g in gold}, {span(n): n.get("country") for n in found})
        cities = {g.span: g.city or None for g in gold if g.kind == "LOC"}
        self.linked("city", a, cities, {span(n): n.get("geonames") and str(n["geonames"]) for n in found
                                        if n["label"] == "LOC" and (span(n) not in cities or cities[span(n)])})

    def dates(self, a, m):
        for kind in "DATE", "TIME":
            gold, found = a.of(kind), m.of("entity", (kind,))
            self.sets(f"{kind} spans", a, {g.span for g in gold}, {span(n) for n in found})
            self.linked(f"{kind} values", a, {g.span: g.value for g in gold}, {span(n): n.get("iso") for n in found})

    def quotes(self, a, m, form):
        gold, others = ([q for q in a.of("Q") if (q.form == form) == same] for same in (True, False))
        # told of somebody, but not told that: the markup has no marks for those
        notes = [n for n in m.of("quote", (form,)) if m.notes.get(n.get("cue"), {}).get("label") not in ("want", "about")]
        spans = [trimmed(a.text, *q.span) for q in gold]
        # what matches a quotation of the other form only is not counted as wrong
        notes = [n for n in notes if any(overlap(trimmed(a.text, *span(n)), s) >= .5 for s in spans) or
                 not any(overlap(trimmed(a.text, *span(n)), trimmed(a.text, *q.span)) >= .5 for q in others)]
        found = [trimmed(a.text, *span(n)) for n in notes]
        matched = list(pairs(spans, found))
        self.count(f"{form} exact", len(set(spans) & set(found)), len(found), len(spans))
        self.count(f"{form} overlap", len(matched), len(found), len(spans))
        right = asked = 0
        for i, j in matched:
            speaker = m.notes.get(notes[j].get("speaker"))
            chain = self.chain_of(a, m, speaker) if speaker else None
            asked += gold[i].chain is not None
            right += chain == gold[i].chain
            if chain != gold[i].chain:
                self.error(f"{form} speaker", a, gold[i].span, f"{chain}, is {gold[i].chain}")
        self.count(f"{form} speaker", sum(self.chain_of_speaker(a, m, notes[j]) == gold[i].chain for i, j in matched
                                          if gold[i].chain), asked, asked)
        self.count(f"{form} with speaker", right, len(found), len(spans))
        for what, spans_left in (("missed", set(range(len(spans))) - {i for i, _ in matched}),
                                 ("wrong", set(range(len(found))) - {j for _, j in matched})):
            for k in sorted(spans_left):
                self.error(f"{form} {what}", a, (spans if what == "missed" else found)[k])

    def chain_of_speaker(self, a, m, note):
        speaker = m.notes.get(note.get("speaker"))
        return self.chain_of(a, m, speaker) if speaker else None

    def result(self):
        out = {what: prf(*c) for what, c in self.counts.items()}
        out["names"] = prf(*(sum(self.counts[f"names {k}"][i] for k in NAMES) for i in range(3)))
        out["chains"] = chain_scores(self.all_chains)
        out["chains of names found"] = chain_scores(self.found_chains)
        return out


def table(result):
    order = ["names"] + [f"names {k}" for k in NAMES] + ["spans of names", "chains", "chains of names found"]
    order += [k for k in result if k not in order]
    yield f"{'':36}{'P':>7}{'R':>7}{'F1':>7}{'right':>8}{'found':>8}{'gold':>8}"
    for name in order:
        line = result[name]
        if "MUC" in line:
            for metric, s in line.items():
                values = "".join(f"{100 * s[k]:7.1f}" if k in s else f"{'':7}" for k in "PRF")
                yield f"{name + ', ' + metric:36}{values}"
        else:
            yield (f"{name:36}" + "".join(f"{100 * line[k]:7.1f}" for k in "PRF") +
                   "".join(f"{line[k]:8}" for k in ("right", "predicted", "gold")))


def figures(r):
    """What the test holds the stage against."""
    for name in "names", "titles", "country", "city", "direct exact", "direct with speaker", "indirect overlap":
        yield f"{name} F", r[name]["F"]
    for name in "country", "city":
        yield f"{name} of those found", r[f"{name}, of those found"]["P"]
    for name in "chains", "chains of names found":
        yield f"{name} CoNLL", r[name]["CoNLL"]["F"]
        yield f"{name} LEA", r[name]["LEA"]["F"]
    yield "references P", r["references"]["P"]
    yield "references R", r["references"]["R"]
    for name in "DATE", "TIME":
        yield f"{name} spans F", r[f"{name} spans"]["F"]
        yield f"{name} values F", r[f"{name} values"]["F"]


def self_test():
    def near(got, want):
        assert abs(got - want) < 1e-9, (got, want)
    gold = [{1, 2, 3}, {4, 5, 6, 7}]
    found = [{1, 2}, {3, 4, 5}, {6, 7, 8}]
    s = chain_scores([(gold, found)])
    # gold links kept: 3-2 and 4-2 of 5; found links kept: 2-1, 3-2, 3-2 of 5
    near(s["MUC"]["R"], 3 / 5)
    near(s["MUC"]["P"], 3 / 5)
    # recall: (2/3 2/3 1/3) and four times 2/4, of 7; precision: 2 x 1, then 1/3 2/3 2/3, then 2/3 2/3 0, of 8
    near(s["B3"]["R"], (5 / 3 + 2) / 7)
    near(s["B3"]["P"], (2 + 5 / 3 + 4 / 3) / 8)
    # the best pairs: {1,2} 4/5, and {4..7} with either of the others 4/7
    near(s["CEAF-e"]["R"], (4 / 5 + 4 / 7) / 2)
    near(s["CEAF-e"]["P"], (4 / 5 + 4 / 7) / 3)
    # links of gold found: 1 of 3 and 2 of 6; of found: 1 of 1, 1 of 3, 1 of 3
    near(s["LEA"]["R"], (3 / 3 + 4 / 3) / 7)
    near(s["LEA"]["P"], (2 + 1 + 1) / 8)
    # one alone is right only where it is alone on both sides
    near(lea([{1}, {2}], [{1}, {2, 3}])[0], 1)
    near(chain_scores([(gold, gold), ([{1}], [{1}])])["CoNLL"]["F"], 1)
    # taking the largest first would give 9 + 1; the best is 8 + 8
    near(assignment([[9, 8], [8, 1]]), 16)
    near(assignment([[1, 2, 3]]), 3)
    near(assignment([[1], [4], [2]]), 4)
    near(overlap((0, 10), (5, 15)), 1 / 3)
    assert list(pairs([(0, 10), (20, 30)], [(1, 10), (0, 10)])) == [(0, 1)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["check", "records", "score", "figures", "self-test"])
    p.add_argument("paths", nargs="*")
    p.add_argument("--marked", help="what the stage wrote of the records")
    p.add_argument("--json", action="store_true")
    p.add_argument("--errors", action="store_true", help="list what is wrong, with its context")
    args = p.parse_args()
    if args.what == "self-test":
        self_test()
        return 0
    articles = read_articles(args.paths)
    mistakes = [text for a in articles for _, text in a.mistakes]
    print("".join(m + "\n" for m in mistakes), end="", file=sys.stderr)
    if mistakes or args.what == "check":
        return 1 if mistakes else 0
    if args.what == "records":
        for a in articles:
            print(json.dumps(a.record(), ensure_ascii=False))
        return 0
    with open(args.marked, encoding="utf-8") as f:
        marked = {r["id"]: r for r in map(json.loads, f)}
    scorer = Scorer()
    for a in articles:
        if marked[a.id].get("text") != a.text:
            sys.exit(f"{args.marked}: the text of '{a.id}' is not that of {a.path}")
        scorer.article(a, marked[a.id])
    if args.errors:
        print("\n".join(sorted(scorer.errors)))
    if args.what == "figures":
        name = os.path.basename(os.path.normpath(args.paths[0]))
        for figure, value in figures(scorer.result()):
            print(f"{name}\t{figure}\t{100 * value:.1f}")
        return 0
    print(json.dumps(scorer.result(), indent=1) if args.json else "\n".join(table(scorer.result())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
