#!/usr/bin/env python3
"""fetch_url.py - addresses read by fetch, ada-url, yarl and urllib: how fast, and how often as the URL Standard's tests have it.

    fetch_url.py BUILD SOURCE [--rounds N]

The addresses are the absolute links of the pages in ../shared/data/extract; the tests are those of ../shared/data/fetch/url.
Speed is millions of addresses a CPU second, the median of the rounds.  The peers are installed from PyPI, pinned, into
BUILD/peers/fetch-url, once; where they cannot be had urllib stands alone.
`fetch_url.py --peer NAME ADDRESSES TESTS` is what runs in there.
"""
import argparse
import glob
import gzip
import html
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

PEERS = {"ada-url": "ada-url==4.0.0", "yarl": "yarl==1.25.1"}


def reader_of(name):
    """A function that makes the normal form of an address and its base."""
    if name == "ada-url":
        import ada_url
        return lambda text, base: ada_url.URL(text, base).href if base else ada_url.normalize_url(text)
    if name == "yarl":
        import yarl
        return lambda text, base: str(yarl.URL(base).join(yarl.URL(text)) if base else yarl.URL(text))
    from urllib.parse import urljoin, urlsplit
    return lambda text, base: urljoin(base, text) if base else urlsplit(text).geturl()


def tried(read, text, base):
    try:
        return read(text, base)
    except Exception:
        return None


def is_http(test):
    said = test.get("protocol") or re.match(r"[a-z]+:", (test["base"] or test["input"]).lower().strip() + ":")
    return (said if isinstance(said, str) else said[0] if said else "") in ("http:", "https:")


def share(tests, read):
    """How many of all, and of those of http and https."""
    right = [(is_http(t), tried(read, t["input"], t["base"]) == t.get("href")) for t in tests]
    return sum(r for _, r in right), len(right), sum(r for h, r in right if h), sum(h for h, _ in right)


def tests_of(path):
    return [t for t in json.load(open(path, encoding="utf-8")) if isinstance(t, dict)]


def run_peer(name, addresses, tests):
    read = reader_of(name)
    lines = open(addresses, encoding="utf-8").read().split("\n")[:-1]
    begin = time.process_time()
    for line in lines:
        tried(read, line, None)
    seconds = time.process_time() - begin
    print(json.dumps({"speed": len(lines) / seconds / 1e6, "share": share(tests_of(tests), read)}))


def peer_python(build):
    home = os.path.join(build, "peers", "fetch-url")
    python, made_from = os.path.join(home, "bin", "python"), os.path.join(home, "made-from")
    wanted = " ".join(PEERS.values())
    if os.path.exists(made_from) and open(made_from).read() == wanted:
        return python
    print("peers: installing from PyPI", file=sys.stderr, flush=True)
    for step in ([sys.executable, "-m", "venv", "--clear", home],
                 [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", *PEERS.values()]):
        if subprocess.run(step, stdout=sys.stderr).returncode:
            print("peers: cannot be had", file=sys.stderr)
            return None
    with open(made_from, "w") as f:
        f.write(wanted)
    return python


def links(pages, most=100000):
    found = []
    for path in sorted(glob.glob(os.path.join(pages, "*", "**", "*.html.gz"), recursive=True)):
        text = gzip.open(path).read().decode("utf-8", "replace")
        found += [html.unescape(link) for link in re.findall(r'href="(https?://[^"\s]{1,600})"', text)]
        if len(found) >= most:
            break
    return [link for link in found if "\n" not in link and "\r" not in link][:most]


def ours(build, addresses, tests):
    program = os.path.join(build, "tests", "bench", "fetch_url_bench")
    told = subprocess.run([program, addresses], stdout=subprocess.PIPE, check=True, text=True).stdout
    command = os.path.join(build, "pressline")

    def read(text, base):
        text, base = text.encode("utf-8", "replace"), (base or "").encode("utf-8", "replace")
        by_line = b"\0" in text  # which no argument can have, nor a line a line end, which is passed over in addresses
        text = text.replace(b"\n", b"") if by_line else text
        done = subprocess.run([command, "fetch", "url", "--json"] + ([b"--base=" + base] if base else []) +
                              ["--", "-" if by_line else text], input=text if by_line else b"",
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return json.loads(done.stdout)["href"] if done.returncode == 0 else None
    return {"speed": float(re.search(r"read: ([\d.]+) million", told)[1]), "share": share(tests_of(tests), read), "note": told}


def main():
    if sys.argv[1:2] == ["--peer"]:
        return run_peer(*sys.argv[2:5])
    words = argparse.ArgumentParser()
    words.add_argument("build")
    words.add_argument("source")
    words.add_argument("--rounds", type=int, default=3)
    options = words.parse_args()
    build, data = os.path.abspath(options.build), os.path.abspath(os.path.join(options.source, "..", "shared", "data"))
    tests = os.path.join(data, "fetch", "url", "urltestdata.json")
    if not os.path.exists(tests):
        sys.exit("fetch_url.py: no development data beside the repository")
    with tempfile.TemporaryDirectory() as work:
        addresses = os.path.join(work, "addresses")
        with open(addresses, "w", encoding="utf-8") as out:
            out.writelines(link + "\n" for link in links(os.path.join(data, "extract")))
        python = peer_python(build)
        peers = {"ada-url": python, "yarl": python, "urllib.parse": sys.executable}
        found = {"pressline": []} | {name: [] for name, with_ in peers.items() if with_}
        for _ in range(options.rounds):
            found["pressline"].append(ours(build, addresses, tests))
            for name in found:
                if name != "pressline":
                    command = [peers[name], os.path.abspath(__file__), "--peer", name, addresses, tests]
                    found[name].append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
    print("| parser | million addresses a CPU second | tests, all | tests, http and https |\n|---|---|---|---|")
    for name, rounds in found.items():
        share_ = rounds[-1]["share"]
        print("| %s | %.2f | %d of %d | %d of %d |" % (name, statistics.median(r["speed"] for r in rounds), *share_))
    print("\n" + found["pressline"][-1]["note"])


if __name__ == "__main__":
    main()
