"""Other programs at what archive and warc do, in CPU seconds of one thread; one line of JSON each.

    archive.py warcio-write OUT LINES              pages (JSON lines with url and body) as responses, each compressed
    archive.py fastwarc-write OUT LINES [payload]  with a block digest, and one of the payload
    archive.py warcio-read FILE                    all records with both digests
    archive.py fastwarc-read FILE [both]           with block digests, and those of payloads
    archive.py gets FILE SPACING PLACES     records by their place, by indexed_gzip; PLACES: lines "offset length"
"""
import base64
import hashlib
import io
import json
import os
import sys
import tempfile
import time


def told(start, **more):
    print(json.dumps({"cpu": time.process_time() - start, **more}))


HEAD = [("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"), ("Cache-Control", "max-age=60"),
        ("Date", "Mon, 04 May 2026 10:11:12 GMT")]


def pages(lines):
    """(address, page) of each line of JSON."""
    with open(lines, encoding="utf-8") as f:
        return [(r["url"], base64.b64decode(r["body"])) for r in map(json.loads, f)]


def warcio_write(out, lines):
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter
    all_ = pages(lines)
    start = time.process_time()
    with open(out, "wb") as f:
        w = WARCWriter(f, gzip=True, warc_version="1.1")
        for uri, page in all_:
            head = StatusAndHeaders("200 OK", HEAD, protocol="HTTP/1.1")
            w.write_record(w.create_warc_record(uri, "response", payload=io.BytesIO(page), length=len(page), http_headers=head))
    told(start, bytes=os.path.getsize(out))


def fastwarc_write(out, lines, payload=None):
    from fastwarc.stream_io import GzipWriter
    from fastwarc.warc import WarcRecord, WarcRecordType
    all_ = pages(lines)
    start = time.process_time()
    head = ("HTTP/1.1 200 OK\r\n" + "".join("%s: %s\r\n" % h for h in HEAD) + "\r\n").encode()
    with open(out, "wb") as f:
        for uri, page in all_:
            r = WarcRecord()
            r.init_headers(record_type=WarcRecordType.response)
            r.headers["WARC-Target-URI"] = uri
            r.headers["Content-Type"] = "application/http;msgtype=response"
            if payload:
                r.headers["WARC-Payload-Digest"] = "sha1:" + base64.b32encode(hashlib.sha1(page).digest()).decode()
            r.set_bytes_content(head + page)
            member = GzipWriter(f, compression_level=6)
            r.write(member, checksum_data=True)
            member.finish()
    told(start, bytes=os.path.getsize(out))


def warcio_read(path):
    from warcio.archiveiterator import ArchiveIterator
    n = 0
    start = time.process_time()
    with open(path, "rb") as f:
        for r in ArchiveIterator(f, check_digests="raise"):
            n += 1
            while r.raw_stream.read(1 << 20):
                pass
    told(start, records=n)


def fastwarc_read(path, both=None):
    from fastwarc.warc import ArchiveIterator, WarcRecordType
    n = 0
    start = time.process_time()
    for r in ArchiveIterator(open(path, "rb"), parse_http=False):
        assert r.verify_block_digest()
        if both and r.record_type == WarcRecordType.response:
            r.parse_http()
            assert r.verify_payload_digest()
        n += 1
    told(start, records=n)


def gets(path, spacing, ids):
    import indexed_gzip
    places = [tuple(map(int, line.split())) for line in open(ids)]
    start = time.process_time()
    f = indexed_gzip.IndexedGzipFile(path, **({"spacing": int(spacing)} if int(spacing) else {}))
    f.build_full_index()
    built = time.process_time() - start
    with tempfile.TemporaryDirectory() as folder:
        f.export_index(folder + "/index")
        size = os.path.getsize(folder + "/index")
    times = []
    for warm in (True, False):
        for offset, length in places:
            begun = time.perf_counter()
            f.seek(offset)
            got = f.read(length)
            times += [] if warm else [time.perf_counter() - begun]
            assert len(got) == length and got[-1:] == b"\n"
    told(start, index=size, built=built, times=times)


if __name__ == "__main__":
    {"warcio-write": warcio_write, "fastwarc-write": fastwarc_write, "warcio-read": warcio_read, "fastwarc-read": fastwarc_read,
     "gets": gets}[sys.argv[1]](*sys.argv[2:])
