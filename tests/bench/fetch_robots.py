#!/usr/bin/env python3
"""fetch_robots.py - robots.txt files read by fetch, Protego and urllib.robotparser: how fast, and how often as Google's parser.

    fetch_robots.py BUILD SOURCE [--rounds N]

The files and verdicts are those of ../shared/data/fetch/robots.  Speed is MB and files per CPU second, the median of the rounds.
Protego is installed from PyPI, pinned, into BUILD/peers/fetch-robots, once; where it cannot be had the others stand alone.
`fetch_robots.py --peer NAME FOLDER VERDICTS` is what runs in there.
"""
import argparse
import glob
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

PROTEGO = "Protego==0.7.0"


def reader_of(name):
    """A function that makes rules of a text, and one that asks them."""
    if name == "Protego":
        from protego import Protego
        return Protego.parse, lambda rules, agent, url: rules.can_fetch(url, agent)
    from urllib.robotparser import RobotFileParser

    def parse(text):
        rules = RobotFileParser()
        rules.parse(text.splitlines())
        return rules
    return parse, lambda rules, agent, url: rules.can_fetch(agent, url)


def run_peer(name, folder, verdicts):
    parse, ask = reader_of(name)
    texts = {os.path.basename(p): open(p, "rb").read().decode("utf-8", "replace") for p in sorted(glob.glob(folder + "/*"))}
    begin = time.process_time()
    rules = {file: parse(text) for file, text in texts.items()}
    seconds = time.process_time() - begin
    same = n = 0
    for line in gzip.open(verdicts, "rt", encoding="utf-8", newline="\n"):
        file, agent, url, allowed = line.rstrip("\n").split("\t")
        n += 1
        same += bool(ask(rules[file], agent, url)) == (allowed == "1")
    print(json.dumps({"seconds": seconds, "same": same, "n": n}))


def peer_python(build):
    home = os.path.join(build, "peers", "fetch-robots")
    python, made_from = os.path.join(home, "bin", "python"), os.path.join(home, "made-from")
    if os.path.exists(made_from) and open(made_from).read() == PROTEGO:
        return python
    print("peers: installing from PyPI", file=sys.stderr, flush=True)
    for step in ([sys.executable, "-m", "venv", "--clear", home],
                 [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", PROTEGO]):
        if subprocess.run(step, stdout=sys.stderr).returncode:
            print("peers: cannot be had", file=sys.stderr)
            return None
    with open(made_from, "w") as f:
        f.write(PROTEGO)
    return python


def ours(build, folder, verdicts):
    program = os.path.join(build, "tests", "bench", "fetch_robots_bench")
    text = subprocess.run([program, "speed"] + sorted(glob.glob(folder + "/*")), stdout=subprocess.PIPE, check=True, text=True).stdout
    cases = gzip.open(verdicts, "rb").read()
    told = subprocess.run([program, "verdicts"], cwd=folder, input=cases, stdout=subprocess.PIPE, check=True).stdout
    same, n = map(int, told.decode().splitlines()[-1].split(" of "))
    speed = float(re.search(r"(\d+) MB per CPU second", text)[1])
    return {"speed": speed, "same": same, "n": n, "note": text.splitlines()[1]}


def main():
    if sys.argv[1:2] == ["--peer"]:
        return run_peer(*sys.argv[2:5])
    words = argparse.ArgumentParser()
    words.add_argument("build")
    words.add_argument("source")
    words.add_argument("--rounds", type=int, default=3)
    options = words.parse_args()
    build, data = os.path.abspath(options.build), os.path.join(options.source, "..", "shared", "data", "fetch", "robots")
    verdicts = os.path.abspath(os.path.join(data, "robots_oracle.tsv.gz"))
    if not os.path.exists(verdicts):
        sys.exit("fetch_robots.py: no development data beside the repository")
    with tempfile.TemporaryDirectory() as work:
        tarfile.open(os.path.join(data, "robots_top10k.tar.gz")).extractall(work)
        folder = os.path.join(work, "robots")
        files = glob.glob(folder + "/*")
        size = sum(map(os.path.getsize, files)) / 1e6
        python = peer_python(build)
        peers = {"Protego": python, "urllib.robotparser": sys.executable}
        found = {"pressline": []} | {name: [] for name, with_ in peers.items() if with_}
        for _ in range(options.rounds):
            found["pressline"].append(ours(build, folder, verdicts))
            for name, with_ in peers.items():
                if with_:
                    command = [with_, os.path.abspath(__file__), "--peer", name, folder, verdicts]
                    told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
                    found[name].append(told | {"speed": size / told["seconds"]})
    print("robots.txt: %d files, %.1f MB\n\n| parser | MB per CPU second | files per CPU second | verdicts as google/robotstxt |\n|---|---|---|---|"
          % (len(files), size))
    for name, rounds in found.items():
        speed, last = statistics.median(r["speed"] for r in rounds), rounds[-1]
        print("| %s | %.1f | %.0f | %.3f %% (%d differ) |"
              % (name, speed, speed / size * len(files), 100 * last["same"] / last["n"], last["n"] - last["same"]))
    print("\n" + found["pressline"][-1]["note"])


if __name__ == "__main__":
    main()
