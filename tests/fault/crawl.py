"""kill -9 in the middle of a crawl, at I/O calls and at random moments.  Run again until it has ended: each page is there once,
none is lost, and what the journal had is not asked for again.

A server on loopback, of several addresses, each a site, counts what it is asked for: feeds, and the pages they name."""
import gzip
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fault import *

SITES, PAGES = 6, 20  # a feed each, with so many pages
lock = threading.Lock()
sums = {"kills": 0, "restarts": 0, "past": 0, "seen": 0, "needed": 0}

CONFIG_FILE = """# made by tests/fault/crawl.py
checkpoint_interval = "10ms";
stages = (
  {{ plugin = "fetch"; delay = "0"; allow_private = ["127.0.0.0/8"]; retries = 0; {store} }},
  {{ plugin = "archive"; }}
);
"""


# ---- the server

asked = {}  # of each case, by the first part of its paths: (site, path, status), in the order in which they came


def pages_of(site):
    return [f"p/{site}-{i}" for i in range(PAGES)]


def feed(case, site, port):
    """All pages of the site; one of the next site's; one with a parameter that says nothing, one that has moved, one missing."""
    base = f"http://127.0.0.{site + 1}:{port}/{case}/"
    other = (site + 1) % SITES
    links = [base + p for p in pages_of(site)]
    links[1] += "?utm_source=rss"
    links[2] = links[2].replace("/p/", "/moved/")
    links += [links[0] + "#top", f"http://127.0.0.{other + 1}:{port}/{case}/p/{other}-0", base + f"gone/{site}"]
    items = "".join(f"<item><title>Report {site}-{i} &amp; more</title><link>{link}</link><pubDate>Tue, 05 May 2026 10:{i:02}:00 GMT"
                    "</pubDate></item>" for i, link in enumerate(links))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Post of {site}</title>{items}</channel></rss>'.encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, kind="text/html", body=b"", more=()):
        _, case, path = (self.path.split("/", 2) + [""])[:3]
        if case in asked:
            with lock:
                asked[case].append((self.server.site, path, status))
        self.send_response(status)
        for name, value in [("Content-Type", kind), ("Content-Length", str(len(body))), *more]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        parts = self.path.split("?")[0].split("/")
        rnd = random.Random(self.path)
        time.sleep(rnd.uniform(0.001, 0.012))
        if self.path == "/robots.txt":
            self.answer(200, "text/plain", b"User-agent: *\nDisallow: /private/\n")
        elif len(parts) == 3 and parts[2] == "feed.xml":
            body = feed(parts[1], self.server.site, self.server.server_port)
            etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
            if self.headers.get("If-None-Match") == etag:
                self.answer(304, more=[("ETag", etag)])
            else:
                self.answer(200, "application/rss+xml", body, [("ETag", etag)])
        elif len(parts) == 4 and parts[2] == "moved":
            self.answer(301, more=[("Location", f"/{parts[1]}/p/{parts[3]}")])
        elif len(parts) == 4 and parts[2] == "p":
            rnd = random.Random(parts[3])
            self.answer(200, "text/html; charset=utf-8", page(rnd, f"Report {parts[3]}", article(rnd, 3)).encode(),
                        [("ETag", f'"{parts[3]}"'), ("Last-Modified", "Tue, 05 May 2026 10:00:00 GMT")])
        else:
            self.answer(404, "text/html", b"<p>There is nothing here.</p>")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # who asked was killed


def serve():
    """The port, the same at all addresses."""
    first = Server(("127.0.0.1", 0), Handler)
    servers = [first] + [Server((f"127.0.0.{i + 1}", first.server_port), Handler) for i in range(1, SITES)]
    for site, server in enumerate(servers):
        server.site = site
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return first.server_port


# ---- runs

class Crawl:
    """A folder in which runs follow each other; `lasting`: with a store that is there after them."""
    n = 0

    def __init__(self, port, lasting):
        Crawl.n += 1
        self.name = f"c{Crawl.n}"
        self.lasting = lasting
        self.folder = os.path.join(work, self.name)
        os.makedirs(self.folder)
        asked[self.name] = []
        with open(f"{self.folder}/crawl.cfg", "w", encoding="utf-8") as f:
            f.write(CONFIG_FILE.format(store='store = "known/addresses";' if lasting else ""))
        with open(f"{self.folder}/list", "w", encoding="utf-8") as f:
            f.writelines(f"http://127.0.0.{site + 1}:{port}/{self.name}/feed.xml\n" for site in range(SITES))
        self.since = []  # of each run that went on: records that the journal had, requests that had come before

    def run(self, jobs=1, inject=None, stop=None, out="out"):
        with lock:
            before = len(asked[self.name])
        if inject is not None:
            inject = dict(inject, DIR=self.folder)
        ran = spawn([PRESSLINE, "run", "crawl.cfg", "--input", "@list", "--output", out, "--jobs", str(jobs)], self.folder, inject,
                    stop=stop)
        told = re.search(r"goes on from checkpoint \d+: (\d+) records read", ran.err)
        if told:
            self.since.append((int(told[1]), before))
        return ran

    def finished(self):
        """A kill may come when nothing is left to do; without a store a further run would be a crawl of its own."""
        told = spawn([PRESSLINE, "status", "--json", "out/state"], self.folder)
        return told.rc == CLEAN and json.loads(told.out)["is"] == "finished"

    def records(self, out="out"):
        """Archive and dead letters: sequence number, the path that was asked for, the record."""
        lines = []
        for name in ("articles.jsonl.gz", "deadletters.jsonl"):
            data = content(f"{self.folder}/{out}/{name}") or b""
            lines += [(name, line) for line in (gzip.decompress(data) if name.endswith("gz") else data).splitlines()]
        found = []
        for name, line in lines:
            record = json.loads(line)
            record = record.get("record", record)
            origin = re.fullmatch(r"[^:]*:(\d+):\d+ (.*)", record["origin"])
            found.append((int(origin[1]), origin[2].split(self.name + "/", 1)[1], name[0] == "a", record))
        return found

    def done(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def wanted_pages():
    return sorted(p for site in range(SITES) for p in pages_of(site))


def wrong(c, ran):
    """Why this crawl, which has ended, is not what an undisturbed one is."""
    if (ran.rc not in (CLEAN, LETTERS) or crashed(ran)) and not c.finished():
        return ran.told()
    records = c.records()
    kept = sorted(r["url"].split(c.name + "/", 1)[1].split("?")[0] for _, _, page, r in records if page)
    if kept != wanted_pages():
        lost, twice = set(wanted_pages()) - set(kept), sorted({p for p in kept if kept.count(p) > 1})
        return f"lost: {sorted(lost)}, twice: {twice}, {len(kept)} pages"
    gone = sorted(path for _, path, page, _ in records if not page)
    if gone != [f"gone/{site}" for site in range(SITES)]:
        return f"dead letters of {gone}"
    for what, values in (("ids", [r["id"] for _, _, page, r in records if page]), ("sequence numbers", [n for n, *_ in records])):
        if len(set(values)) != len(values):
            return f"{what} that are not unique: {sorted(v for v in set(values) if values.count(v) > 1)}"
    # Those of a run that was begun anew, as its journal had nothing yet, are not given out again.
    first = min(n for n, *_ in records)
    if sorted(n for n, *_ in records) != list(range(first, first + len(records))) or (first > 1 and not c.lasting):
        return f"sequence numbers with gaps: {sorted(n for n, *_ in records)}"
    return asked_again(c, records)


def site_of(path):
    """Whose feed names it; None of a page that another one's names as well."""
    site, _, page_number = path.split("?")[0].rsplit("/", 1)[1].partition("-")
    return None if page_number == "0" else int(site)


def asked_again(c, records):
    """What a journal had when a run went on from it is asked for no more: its pages, and the feeds they came of."""
    with lock:
        log = list(asked[c.name])
    first = min(n for n, *_ in records)
    for n_committed, at in c.since:
        committed = {path for n, path, *_ in records if n < first + n_committed}
        committed |= {path.replace("moved/", "p/") for path in committed}
        feeds = {site_of(path) for path in committed}
        for site, path, _ in log[at:]:
            if path in committed or (path == "feed.xml" and site in feeds):
                return f"/{path} of site {site} was asked for again, behind {n_committed} records in the journal"
    return ""


def book(c, needed):
    with lock:
        sums["restarts"] += len(c.since)
        sums["past"] += sum(n > 0 for n, _ in c.since)
        sums["seen"] += len(asked[c.name])
        sums["needed"] += needed


def again_later(c):
    """A run of another day, with the same store: nothing is due, nothing is asked for, and nothing comes."""
    with lock:
        before = len(asked[c.name])
    ran = c.run(out="later")
    with lock:
        more = asked[c.name][before:]
    if ran.rc != CLEAN or more or c.records("later"):
        return f"a later run asks for {more}: {ran.told()}"
    return ""


def end(c, ran, needed):
    why = wrong(c, ran)
    if not why and c.lasting:
        why = again_later(c)
    if why:
        return why
    book(c, needed)
    c.done()
    return ""


def at_call(port, case, needed):
    _, n, kind, lasting = case
    c = Crawl(port, lasting)
    ran = c.run(1 + n % 3, {"IO": n, "KIND": kind})
    if not ran.fired:
        c.done()
        return ""
    if ran.rc != -signal.SIGKILL:
        return f"not killed: {ran.told()}"
    with lock:
        sums["kills"] += 1
    why = end(c, ran if c.finished() else c.run(1 + n % 2), needed)
    return f"killed {kind} {ran.call} {ran.path}\n{why}" if why else ""


def chain(port, case, seconds, needed):
    _, number, kills, lasting = case
    rnd = random.Random(f"{SEED} chain {number}")
    c = Crawl(port, lasting)
    done = 0
    for _ in range(kills):
        ran = c.run(rnd.randrange(1, 4), stop=(rnd.uniform(0.02, seconds * 0.7), signal.SIGKILL))
        if ran.rc != -signal.SIGKILL:
            break
        done += 1
        if c.finished():
            break
    with lock:
        sums["kills"] += done
    if ran.rc == -signal.SIGKILL and not c.finished():
        ran = c.run(rnd.randrange(1, 4))
    why = end(c, ran, needed)
    return f"after {done} kills: {why}" if why else ""


def main():
    begin()
    with open(PRESSLINE.replace("pressline", "config.status"), encoding="utf-8", errors="replace") as f:
        if "HAVE_WEB=1" not in f.read():
            skip(NAME, "fetch was built without the web")
            finish()
    port = serve()
    first = Crawl(port, True)
    ran = first.run(inject={})
    needed = len(asked[first.name])
    why = wrong(first, ran) or again_later(first)
    check(f"{NAME}: the undisturbed crawl has each page once", not why, why)
    if failed():
        finish()
    # How many calls there are depends on how many checkpoints the machine has time for: a sample is of those that come for sure.
    last = ran.ios + 10 if LONG else ran.ios // 2
    calls = [("call", n, kind, lasting) for n in range(1, last) for i, kind in enumerate(("before", "after", "half"))
             for lasting in (0, 1) if LONG or (n + i + lasting) % 7 == 0]
    each("kill -9 at I/O calls", calls, lambda case: at_call(port, case, needed), budget=20, threads=3, faults=True)
    number, wanted, begun = 0, 400 if LONG else 100, time.monotonic()
    at_calls = sums["kills"]
    while sums["kills"] - at_calls < wanted and not failed() and (ONLY is None or number == 0) and \
            (LONG or time.monotonic() - begun < 25):
        more = 8
        each(f"kill -9 at random moments, crawls {number} to {number + more - 1}",
             [("chain", i, 5, i % 2) for i in range(number, number + more)],
             lambda case: chain(port, case, ran.seconds, needed), budget=30, threads=3)
        number += more
    if sums["restarts"]:
        print(f"# crawl: {sums['kills']} kills, {sums['past']} of {sums['restarts']} restarts went on behind a record, "
              f"{sums['seen']} requests where {sums['needed']} were needed")
        check("crawl: restarts go on past zero", sums["past"] * 3 > sums["restarts"], f"only {sums['past']}")
    finish()


main()
