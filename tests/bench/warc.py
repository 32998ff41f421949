"""WARC files written and read by warc, warcio and fastwarc: the same pages, one process each in turn, CPU seconds.

    python3 tests/bench/warc.py BUILD-FOLDER FOLDER... [--rounds N]

Pages are HTML files (also .html.gz) below the folders; texts are made of them without tags, in pieces of 6 kB.  The peers are
those of tests/bench/peers/warc-requirements.txt.  fastwarc verifies block digests, as `--blocks` does, warcio both.  `warc` counts the CPU of its stage alone, as the run's report has it; the
peers that of making and writing records, without reading the pages.
"""
import base64
import glob
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HEAD = [("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"), ("Cache-Control", "max-age=60"),
        ("Date", "Mon, 04 May 2026 10:11:12 GMT")]


def pages(folders, most):
    out, size = [], 0
    for name in sorted(f for d in folders for f in glob.glob(f"{d}/**/*.html*", recursive=True)):
        data = open(name, "rb").read()
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        out.append(data)
        size += len(data)
        if size > most:
            break
    return out


def texts(html, most):
    """The words of the pages, again and again with another beginning, up to `most` bytes."""
    words = re.sub(rb"(?s)<(script|style).*?</\1>|<[^>]*>|\s+", b" ", b" ".join(html))
    words = re.sub(rb" +", b" ", words)
    words = b" ".join(words[i * 997 % 6300:] for i in range(most // len(words) + 1))
    return [words[i:i + 6300] for i in range(0, min(len(words), most), 6300)]


def ours(build, folder, bodies, options):
    with open(f"{folder}/in.jsonl", "w") as f:
        head = "HTTP/1.1 200 OK\r\n" + "".join(f"{k}: {v}\r\n" for k, v in HEAD) + "\r\n"
        for i, b in enumerate(bodies):
            f.write(json.dumps({"id": f"r{i}", "url": f"http://a.example/{i}", "fetched_at": "2026-05-04T10:11:12Z", "charset": "utf-8",
                                "http.response": head, "content_type": "text/html", "body": base64.b64encode(b).decode()}) + "\n")
    with open(f"{folder}/w.cfg", "w") as f:
        f.write('stages = ( { plugin = "fetch"; }, { plugin = "warc"; records = ["response"]; %s } );\n' % options)
    shutil.rmtree(f"{folder}/out", ignore_errors=True)
    subprocess.run([f"{build}/pressline", "run", f"{folder}/w.cfg", "--input", f"{folder}/in.jsonl", "--output", f"{folder}/out",
                    "--jobs", "1", "--quiet"], check=True)
    report = json.load(open(f"{folder}/out/report.json"))
    path = f"{folder}/out/pages-00001.warc.gz"
    return report["stages"][1]["cpu_seconds"], path


PEER = r'''
import io, json, sys, time
how, source, path = sys.argv[1:]
HEAD = %r
bodies = []
import base64
for line in open(source):
    bodies.append(base64.b64decode(json.loads(line)["body"]))
start = time.process_time()
if how == "warcio":
    from warcio.warcwriter import WARCWriter
    from warcio.statusandheaders import StatusAndHeaders
    with open(path, "wb") as out:
        w = WARCWriter(out, gzip=True, warc_version="1.1")
        for i, b in enumerate(bodies):
            h = StatusAndHeaders("200 OK", HEAD, protocol="HTTP/1.1")
            w.write_record(w.create_warc_record(f"http://a.example/{i}", "response", payload=io.BytesIO(b), length=len(b), http_headers=h))
else:
    from fastwarc.warc import WarcRecord, WarcRecordType
    from fastwarc.stream_io import GzipWriter
    head = ("HTTP/1.1 200 OK\r\n" + "".join(f"{k}: {v}\r\n" for k, v in HEAD) + "\r\n").encode()
    out = open(path, "wb")
    for i, b in enumerate(bodies):
        r = WarcRecord()
        r.init_headers(record_type=WarcRecordType.response)
        r.headers["WARC-Target-URI"] = f"http://a.example/{i}"
        r.headers["Content-Type"] = "application/http;msgtype=response"
        r.set_bytes_content(head + b)
        member = GzipWriter(out, compression_level=int(how[-1]))
        r.write(member, checksum_data=True)
        member.finish()
    out.close()
print(time.process_time() - start)
''' % (HEAD,)

READ = r'''
import sys, time
how, path = sys.argv[1:]
start = time.process_time()
n = 0
if how == "warcio":
    from warcio.archiveiterator import ArchiveIterator
    with open(path, "rb") as f:
        for r in ArchiveIterator(f, check_digests=True):
            n += 1
            while r.raw_stream.read(1 << 20): pass
else:
    from fastwarc.warc import ArchiveIterator
    for r in ArchiveIterator(open(path, "rb"), parse_http=False, verify_digests=True):
        n += 1
print(time.process_time() - start, n)
'''


def cpu_of(args):
    before = os.times()
    subprocess.run(args, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def best(rounds, one):
    return min(one() for _ in range(rounds))


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    rounds = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 3
    build, folders = os.path.abspath(args[0]), args[1:]
    python = f"{build}/peers/warc/bin/python3"
    python = python if os.path.exists(python) else sys.executable
    html = pages([f for f in folders if os.path.isdir(f)], 60 << 20)
    with tempfile.TemporaryDirectory() as folder:
        for name, bodies in (("HTML", html), ("text", texts(html, 20 << 20))):
            mb = sum(map(len, bodies)) / 1e6
            print(f"{name}: {len(bodies)} records, {mb:.1f} MB")
            sizes = {}
            for label, options in (("warc libdeflate 6", 'compressor = "libdeflate";'), ("warc zlib 6", 'compressor = "zlib";')):
                cpu, path = min((ours(build, folder, bodies, options) for _ in range(rounds)), key=lambda x: x[0])
                sizes[label] = path
                size = os.path.getsize(path)
                print(f"  write {label:20} {cpu:7.3f} s  {mb / cpu:7.1f} MB/s  {len(bodies) / cpu:8.0f} rec/s  {size / 1e6:8.3f} MB")
                shutil.copy(path, f"{folder}/{label.replace(' ', '-')}.warc.gz")
            for how in ("warcio", "fastwarc 6", "fastwarc 9"):
                try:
                    cpu = best(rounds, lambda: float(subprocess.run([python, "-c", PEER, how, f"{folder}/in.jsonl", f"{folder}/p.warc.gz"],
                                                                    check=True, capture_output=True, text=True).stdout))
                except subprocess.CalledProcessError as e:
                    print(f"  write {how:20} failed: {e.stderr.strip().splitlines()[-1]}")
                    continue
                size = os.path.getsize(f"{folder}/p.warc.gz")
                print(f"  write {how:20} {cpu:7.3f} s  {mb / cpu:7.1f} MB/s  {len(bodies) / cpu:8.0f} rec/s  {size / 1e6:8.3f} MB")
            path = f"{folder}/warc-libdeflate-6.warc.gz"
            for how in ("--blocks", ""):
                cpu = best(rounds, lambda: cpu_of([f"{build}/pressline", "warc", "verify", *how.split(), path]))
                print(f"  read  {'warc verify ' + how:20} {cpu:7.3f} s  {mb / cpu:7.1f} MB/s  {len(bodies) / cpu:8.0f} rec/s")
            for how in ("fastwarc", "warcio"):
                cpu = best(rounds, lambda: float(subprocess.run([python, "-c", READ, how, path], check=True, capture_output=True,
                                                                text=True).stdout.split()[0]))
                print(f"  read  {how:20} {cpu:7.3f} s  {mb / cpu:7.1f} MB/s  {len(bodies) / cpu:8.0f} rec/s")


main()
