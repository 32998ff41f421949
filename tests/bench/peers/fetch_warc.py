"""Other programs at reading the pages of a WARC file, in CPU seconds of one thread; one line of JSON each.

    fetch_warc.py fastwarc|warcio FILE [digests]     address, status and text of each response; with its payload's digest
"""
import base64
import hashlib
import json
import sys
import time


def fastwarc(path, digests):
    from fastwarc.warc import ArchiveIterator, WarcRecordType
    n = size = 0
    with open(path, "rb") as f:
        for record in ArchiveIterator(f, record_types=WarcRecordType.response):
            url, status = record.headers["WARC-Target-URI"], record.http_headers.status_code
            payload = record.reader.read()
            payload.decode("utf-8", "replace")
            if digests and not right(record.headers["WARC-Payload-Digest"], payload):
                sys.exit("wrong digest")
            n, size = n + (status == 200 and url != ""), size + len(payload)
    return n, size


def warcio(path, digests):
    from warcio.archiveiterator import ArchiveIterator
    n = size = 0
    with open(path, "rb") as f:
        for record in ArchiveIterator(f):
            if record.rec_type != "response":
                continue
            url, status = record.rec_headers.get_header("WARC-Target-URI"), record.http_headers.get_statuscode()
            payload = record.raw_stream.read()
            payload.decode("utf-8", "replace")
            if digests and not right(record.rec_headers.get_header("WARC-Payload-Digest"), payload):
                sys.exit("wrong digest")
            n, size = n + (status == "200" and url != ""), size + len(payload)
    return n, size


def right(claim, payload):
    return claim == "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()


start = time.process_time()
n, size = {"fastwarc": fastwarc, "warcio": warcio}[sys.argv[1]](sys.argv[2], "digests" in sys.argv)
print(json.dumps({"cpu": time.process_time() - start, "pages": n, "bytes": size}))
