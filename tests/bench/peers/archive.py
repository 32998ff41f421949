"""Other programs at what archive and warc do, in CPU seconds of one thread; one line of JSON each.

    archive.py warcio-write OUT PAGE...      pages (gzip'd HTML) as resource records, each compressed
    archive.py fastwarc-write OUT PAGE...
    archive.py warcio-read FILE [check]      all records, every byte; `check`: with their digests
    archive.py fastwarc-read FILE [check]
    archive.py gets FILE SPACING PLACES     records by their place, by indexed_gzip; PLACES: lines "offset length"
"""
import gzip
import io
import json
import os
import sys
import tempfile
import time


def told(start, **more):
    print(json.dumps({"cpu": time.process_time() - start, **more}))


def pages(paths):
    return [("file://" + p, gzip.open(p).read()) for p in paths]


def warcio_write(out, *paths):
    from warcio.warcwriter import WARCWriter
    all_ = pages(paths)
    start = time.process_time()
    with open(out, "wb") as f:
        w = WARCWriter(f, gzip=True)
        for uri, page in all_:
            w.write_record(w.create_warc_record(uri, "resource", payload=io.BytesIO(page), warc_content_type="text/html"))
    told(start, bytes=os.path.getsize(out), read=sum(len(p) for _, p in all_))


def fastwarc_write(out, *paths):
    from fastwarc.stream_io import GzipWriter
    from fastwarc.warc import WarcRecord, WarcRecordType
    all_ = pages(paths)
    start = time.process_time()
    stream = GzipWriter(out, compression_level=6)
    for uri, page in all_:
        r = WarcRecord()
        r.init_headers(WarcRecordType.resource)
        r.headers["WARC-Target-URI"] = uri
        r.headers["Content-Type"] = "text/html"
        r.set_bytes_content(page)
        r.write(stream, checksum_data=True)
        stream.finish()  # a member a record
    stream.close()
    told(start, bytes=os.path.getsize(out))


def warcio_read(path, check=None):
    from warcio.archiveiterator import ArchiveIterator
    n = length = 0
    start = time.process_time()
    with open(path, "rb") as f:
        for r in ArchiveIterator(f, no_record_parse=True, check_digests="raise" if check else False):
            n += 1
            length += len(r.content_stream().read())
    told(start, records=n, length=length)


def fastwarc_read(path, check=None):
    from fastwarc.warc import ArchiveIterator
    n = length = 0
    start = time.process_time()
    for r in ArchiveIterator(path, parse_http=False):
        if check:
            assert r.verify_block_digest()
        n += 1
        length += len(r.reader.read())
    told(start, records=n, length=length)


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
