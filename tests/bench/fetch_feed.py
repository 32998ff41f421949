#!/usr/bin/env python3
"""fetch_feed.py - feeds read by fetch and by feedparser: entries and MB per CPU second, as a ratio.

    fetch_feed.py BUILD [--rounds N]

The feeds are made here: RSS of 500 entries with a paragraph of HTML each, the same ill-formed (a bare & in each title), and Atom
of 500.  feedparser is installed from PyPI, pinned, into BUILD/peers/fetch-feed, once; where it cannot be had fetch stands alone.
`fetch_feed.py --peer FILE` is what runs in there.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

PEER = "feedparser==6.0.14"
PARAGRAPH = ("The council voted %d to %d on Tuesday evening to keep the swimming pool open until the spring, after more than "
             "three hundred people had signed a petition; the harbour master will pay for the heating.")


def item(i, amp):
    text = PARAGRAPH % (i % 9 + 10, i % 7)
    return ("<item><title>Pool stays open %s a warm winter, %d</title><link>https://gazette.example/2026/11/%d</link>"
            "<guid isPermaLink=\"false\">gazette-%d</guid><pubDate>Thu, 26 Nov 2026 05:%02d:00 GMT</pubDate>"
            "<dc:creator>Ana Lind</dc:creator><category>Politics</category>"
            "<description>&lt;p&gt;%s &lt;a href=\"/more/%d\"&gt;More&lt;/a&gt;&lt;/p&gt;</description></item>\n"
            % (amp, i, i, i, i % 60, text, i))


def rss(amp):
    return ("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>"
            "<title>Harbour Gazette</title><link>https://gazette.example/</link>\n"
            + "".join(item(i, amp) for i in range(500)) + "</channel></rss>\n")


def atom():
    entry = ("<entry><title type=\"html\">Pool stays open &amp;amp; warm, %d</title><link href=\"2026/11/%d\"/><id>urn:gazette:%d</id>"
             "<published>2026-11-26T05:%02d:00Z</published><updated>2026-11-26T06:00:00Z</updated><author><name>Ana Lind</name>"
             "</author><content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>%s <b>More</b>.</p></div></content>"
             "</entry>\n")
    return ("<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://gazette.example/\">"
            "<title>Harbour Gazette</title>\n"
            + "".join(entry % (i, i, i, i % 60, PARAGRAPH % (i % 9 + 10, i % 7)) for i in range(500)) + "</feed>\n")


def run_peer(path):
    import feedparser
    text = open(path, "rb").read()
    feedparser.parse(text)
    begin, rounds, n = time.process_time(), 0, 0
    while rounds < 2 or time.process_time() - begin < 0.5:
        n += len(feedparser.parse(text).entries)
        rounds += 1
    seconds = time.process_time() - begin
    print(json.dumps({"entries": n // rounds, "entries_per_s": n / seconds, "mb_per_s": len(text) * rounds / 1e6 / seconds}))


def peer_python(build):
    home = os.path.join(build, "peers", "fetch-feed")
    python, made_from = os.path.join(home, "bin", "python"), os.path.join(home, "made-from")
    if os.path.exists(made_from) and open(made_from).read() == PEER:
        return python
    print("peers: installing from PyPI", file=sys.stderr, flush=True)
    for step in ([sys.executable, "-m", "venv", "--clear", home],
                 [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", PEER]):
        if subprocess.run(step, stdout=sys.stderr).returncode:
            print("peers: cannot be had", file=sys.stderr)
            return None
    with open(made_from, "w") as f:
        f.write(PEER)
    return python


def median(rounds, name):
    return statistics.median(r[name] for r in rounds)


def main():
    if sys.argv[1:2] == ["--peer"]:
        return run_peer(sys.argv[2])
    words = argparse.ArgumentParser()
    words.add_argument("build")
    words.add_argument("--rounds", type=int, default=3)
    options = words.parse_args()
    build = os.path.abspath(options.build)
    program, python = os.path.join(build, "tests", "bench", "fetch_feed_bench"), peer_python(build)
    print("| feed | entries per CPU second | MB per CPU second | feedparser's entries | ratio | kept, of bytes |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as work:
        for name, text in (("RSS", rss("&amp;")), ("RSS, ill-formed", rss("&")), ("Atom", atom())):
            path = os.path.join(work, "feed.xml")
            with open(path, "w") as f:
                f.write(text)
            ours, theirs = [], []
            for _ in range(options.rounds):
                ours.append(json.loads(subprocess.check_output([program, path, "50"])))
                if python:
                    theirs.append(json.loads(subprocess.check_output([python, os.path.abspath(__file__), "--peer", path])))
                    assert theirs[-1]["entries"] == ours[-1]["entries"]
            speed = median(ours, "entries_per_s")
            peer = median(theirs, "entries_per_s") if theirs else 0
            print("| %s | %.0f | %.1f | %s | %s | %d of %d |"
                  % (name, speed, median(ours, "mb_per_s"), "%.0f" % peer if peer else "-",
                     "%.0f" % (speed / peer) if peer else "-", ours[-1]["kept"], ours[-1]["bytes"]))


if __name__ == "__main__":
    main()
