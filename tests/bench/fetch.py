#!/usr/bin/env python3
"""fetch.py - pages from a server on loopback by fetch, beside aiohttp, Scrapy, wget and libcurl alone.

    fetch.py BUILD SOURCE [--rounds N] [--pages N] [--transfers N] [--only pages|memory]

The peers are installed from PyPI, pinned, into BUILD/peers/fetch, once; where they cannot be had, ours stands alone.  The server
is nginx with one worker, which shares the machine with the client: pages per CPU second of the client (user and system) is the
figure to look at.  `pressline run` is the whole stage: addresses from a list, robots.txt, limits and the guard on, no delay; its CPU
seconds are those of the process, from its start to its end.  Of wget likewise; of the others from after their imports on.  All
take turns, a round each, and the median counts.
"""
import argparse
import json
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

PAGE = 6450  # bytes, a little more in the end
WORDS = "ferry council storm bridge minister harbour strike vote budget island the of a in and was said late".split()


def say(*what):
    print(*what, file=sys.stderr, flush=True)


def print_table(title, heads, rows):
    print("\n%s\n\n| %s |\n|%s" % (title, " | ".join(heads), "---|" * len(heads)))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    print(flush=True)


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(command, **how):
    """Wall and CPU seconds of a program, and what it printed."""
    before, began = cpu_of_children(), time.time()
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, encoding="utf-8", errors="replace", **how)
    after = cpu_of_children()
    if done.returncode not in (0, 3):
        raise RuntimeError("%s: exit status %d" % (" ".join(map(str, command[:3])), done.returncode))
    return {"wall": time.time() - began, "out": done.stdout, "cpu": after - before}


class Server:
    """nginx with one worker: /N.html, the same under /slow/ at 300 bytes a second."""

    def __init__(self, work, pages):
        self.home = os.path.join(work, "nginx")
        www = os.path.join(self.home, "www")
        os.makedirs(www)
        rnd = random.Random(7)
        for i in range(pages):
            text = "<!doctype html><html><head><title>Page %d</title></head><body>\n" % i
            while len(text) < PAGE:
                text += "<p>%s.</p>\n" % " ".join(rnd.choice(WORDS) for _ in range(60))
            with open(os.path.join(www, "%d.html" % i), "w") as out:
                out.write(text + "</body></html>\n")
        with open(os.path.join(www, "robots.txt"), "w") as out:
            out.write("User-agent: *\nDisallow: /private/\nDisallow: /*?session=\nAllow: /\n")
        self.certificate()
        held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.port, self.tls_port = (s.getsockname()[1] for s in held)
        for s in held:
            s.close()
        self.start()

    def certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        self.home + "/key.pem", "-out", self.home + "/cert.pem", "-subj", "/CN=127.0.0.1", "-days", "30", "-addext",
                        "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)

    def start(self):
        tmp = " ".join("%s_temp_path %s/tmp;" % (what, self.home) for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(self.home + "/nginx.conf", "w") as out:
            out.write("""%s worker_processes 1; pid %s/pid; error_log %s/error.log;
events { worker_connections 2048; }
http { types { text/html html; text/plain txt; } access_log off; keepalive_requests 1000000; sendfile on; %s
server { listen 127.0.0.1:%d backlog=1024; listen 127.0.0.1:%d ssl; ssl_certificate %s/cert.pem; ssl_certificate_key %s/key.pem;
root %s/www; location /slow/ { alias %s/www/; limit_rate 300; } } }
""" % ("user root;" if os.getuid() == 0 else "", self.home, self.home, tmp, self.port, self.tls_port, self.home, self.home,
                self.home, self.home))
        nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        if not nginx:
            sys.exit("bench-fetch: nginx is not installed (Debian: nginx-light)")
        subprocess.run([nginx, "-p", self.home, "-e", self.home + "/error.log", "-c", self.home + "/nginx.conf"], check=True)

    def stop(self):
        try:
            os.kill(int(open(self.home + "/pid").read()), 15)
        except (OSError, ValueError):
            pass


class Bench:
    def __init__(self, o, work):
        self.build, self.source, self.work = os.path.abspath(o.build), os.path.abspath(o.source), work
        self.pages, self.transfers, self.rounds = o.pages, o.transfers, o.rounds
        self.server = Server(work, max(o.pages, 500))
        self.prefix = "http://127.0.0.1:%d/" % self.server.port
        self.driver = os.path.join(self.build, "tests/bench/fetch_bench")
        self.list = os.path.join(work, "list.txt")
        with open(self.list, "w") as out:
            out.writelines("%s%d.html\n" % (self.prefix, i) for i in range(self.pages))

    def install(self):
        here, home = os.path.join(self.source, "tests", "bench", "peers"), os.path.join(self.build, "peers", "fetch")
        pins, made_from = os.path.join(here, "fetch-requirements.txt"), os.path.join(home, "requirements.txt")
        self.python, self.peer = os.path.join(home, "bin", "python"), os.path.join(here, "fetch.py")
        if os.path.exists(made_from) and open(made_from).read() == open(pins).read():
            return True
        say("peers: installing from PyPI")
        pip = [self.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "-r", pins]
        for step in [sys.executable, "-m", "venv", "--clear", home], pip:
            got = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
            if got.returncode:
                say("peers: skipped, not to be had\n%s" % got.stdout[-1500:])
                return False
        shutil.copy(pins, made_from)
        return True

    def driven(self, what):
        return json.loads(measured([self.driver, what, self.prefix, self.pages, self.transfers])["out"])

    def peers(self, name):
        got = json.loads(measured([self.python, self.peer, name, self.prefix, self.pages, self.transfers])["out"])
        if got["pages"] != self.pages:
            raise RuntimeError("%s: %d pages" % (name, got["pages"]))
        return got

    def wget(self):
        return measured(["wget", "-q", "-i", self.list, "-O", "/dev/null"])

    def pipeline(self, jobs=1):
        """The stage as a pipeline runs it: of a process, so that its start, its list and its store count too."""
        cfg, out = os.path.join(self.work, "fetch.cfg"), os.path.join(self.work, "out")
        shutil.rmtree(out, ignore_errors=True)
        with open(cfg, "w") as f:
            f.write('stages = ( { plugin = "fetch"; inputs = ["@%s"]; delay = "0s"; per_site = %d; transfers = %d; '
                    'allow_private = ["127.0.0.0/8"]; } );\n' % (self.list, self.transfers, self.transfers))
        got = measured([os.path.join(self.build, "pressline"), "run", cfg, "--output", out, "--jobs", jobs, "--quiet"],
                       stderr=subprocess.DEVNULL)
        with open(out + "/report.json") as f:
            report = json.load(f)
        if report["out"] != self.pages:
            raise RuntimeError("pressline run: %d pages" % report["out"])
        got["peak"] = report.get("peak_rss_bytes")
        return got

    def compare(self):
        clients = [("pressline run: robots, limits, guard", self.pipeline), ("its transport alone", lambda: self.driven("transport")),
                   ("libcurl's multi interface alone", lambda: self.driven("bare")), ("wget, one connection", self.wget)]
        if self.install():
            clients += [("aiohttp", lambda: self.peers("aiohttp")), ("Scrapy, robots obeyed", lambda: self.peers("scrapy"))]
        took = {}
        for i in range(self.rounds):
            for name, run in list(clients):
                if name.startswith("Scrapy") and i:
                    continue  # one round: it takes as long as all the others
                try:
                    took.setdefault(name, []).append(run())
                except (RuntimeError, OSError, ValueError) as e:
                    say("%s: skipped, %s" % (name, e))
                    clients = [c for c in clients if c[0] != name]
        rows = []
        for name, runs in took.items():
            if runs:
                rate = [statistics.median(self.pages / r[k] for r in runs) for k in ("cpu", "wall")]
                rows.append([name, "%d" % rate[0], "%d" % rate[1]])
        print_table("%d pages of %.1f kB, %d at the same time" % (self.pages, PAGE / 1000 + 0.1, self.transfers),
                    ["client", "pages per CPU second", "pages per second"], rows)

    def memory(self):
        rows = []
        for name, prefix, more in (("HTTP", self.prefix + "slow/", []),
                                   ("HTTPS", "https://127.0.0.1:%d/slow/" % self.server.tls_port, [self.server.home + "/cert.pem"])):
            kb = {}
            for n in 1, 301:
                kb[n] = json.loads(measured([self.driver, "memory", prefix, n, n, *more])["out"])["kb"]
            rows.append([name, "%.1f" % ((kb[301] - kb[1]) / 300)])
        print_table("Memory of an open connection with a page under way", ["", "kB"], rows)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("build")
    options.add_argument("source")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--pages", type=int, default=5000)
    options.add_argument("--transfers", type=int, default=16)
    options.add_argument("--only", choices=["pages", "memory"])
    o = options.parse_args()
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        bench = Bench(o, work)
        try:
            if o.only != "memory":
                bench.compare()
            if o.only != "pages":
                bench.memory()
        finally:
            bench.server.stop()


main()
