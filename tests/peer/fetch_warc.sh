#!/usr/bin/env bash
# WARC files that wget, warcio and fastwarc have written, as the source of a pipeline: each page of theirs, with the bytes that a
# server of our own had sent; and what we make of them, in their hands again.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"
need 'WARC files of others as inputs' python3
. "$(dirname "$0")/lib.sh"
[ "$peer_python" = python3 ] || PATH=$peer_bin:$PATH
cat >read.cfg <<'END'
stages = ( { plugin = "fetch"; }, { plugin = "archive"; path = "${output}/a.jsonl"; } );
END
echo 'stages = ( { plugin = "fetch"; heads = true; }, { plugin = "warc"; } );' >copy.cfg

# A small site on loopback: chunks, gzip, a redirect, a picture, a page that is not there.
cat >serve.py <<'END'
import gzip, hashlib, http.server, sys
def page(i, more=""):
    return f"<!doctype html><html><head><title>Harbour {i}</title></head><body><p>The ferry {i} was late. {'Grève. ' * (i * 300)}</p>{more}</body></html>".encode()
links = "".join(f'<a href="/{i}.html">{i}</a> ' for i in range(1, 7)) + '<a href="/old">old</a> <a href="/gone">gone</a> <img src="/boat.png">'
pages = {"/": page(0, links), **{f"/{i}.html": page(i) for i in range(1, 7)}}
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass
    def answer(self, status, kind, body, *fields):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", len(body)), *fields):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        body = pages.get(self.path)
        if self.path == "/old":
            self.answer(301, "text/html", b"moved", ("Location", "/1.html"))
        elif self.path == "/boat.png":
            self.answer(200, "image/png", b"\x89PNG\r\n\x1a\n" + bytes(100))
        elif body is None:
            self.answer(404, "text/html", b"<p>not here")
        elif self.path in ("/2.html", "/5.html"):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(body), 700):
                part = body[at:at + 700]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        elif self.path == "/3.html" and "gzip" in self.headers.get("Accept-Encoding", ""):
            self.answer(200, "text/html; charset=utf-8", gzip.compress(body), ("Content-Encoding", "gzip"))
        else:
            self.answer(200, "text/html; charset=utf-8", body)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open("digests", "w") as f:
    for path, body in sorted(pages.items()):
        print(path, hashlib.sha1(body).hexdigest(), file=f)
with open("port", "w") as f:
    print(server.server_port, file=f)
server.serve_forever()
END
cat >told.py <<'END'
import base64, hashlib, json, re, sys
for line in sorted({(re.sub("^http://[^/]*", "", r["url"]), hashlib.sha1(base64.b64decode(r["body"])).hexdigest()) for r in map(json.loads, open(sys.argv[1]))}):
    print(*line)
END

# check_file NAME FILE: each page of the server's, right (one is there twice, behind a redirect); and in our own WARC file again.
check_file() {
    rm -rf "$1.out" "$1.copy"
    exits "of $1: read" 0 run read.cfg --input "$2" --output "$1.out" --quiet
    python3 told.py "$1.out/a.jsonl" >"$1.told"
    same "of $1: the pages that the server sent" digests "$1.told"
    exits "of $1: into a WARC file of ours" 0 run copy.cfg --input "$2" --output "$1.copy" --quiet
    exits "of $1: ... which is right" 0 warc verify "$1.copy/pages-00001.warc.gz"
    if [ -n "${warcio:-}" ]; then
        holds "of $1: ... by warcio as well" python3 -m warcio.cli check "$1.copy/pages-00001.warc.gz"
    fi
    exits "of $1: the copy is read" 0 run read.cfg --input "$1.copy/pages-00001.warc.gz" --output "$1.out2" --quiet
    python3 told.py "$1.out2/a.jsonl" >"$1.told2"
    same "of $1: the same pages" digests "$1.told2"
}

peer_module warcio && warcio=yes
peer_module fastwarc && fastwarc=yes
if command -v wget >/dev/null; then
    python3 serve.py &
    server=$!
    trap 'left=$?; kill $server 2>/dev/null; finish $left' EXIT
    for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
    at=http://127.0.0.1:$(cat port)
    grab() { wget --no-config -q -e robots=off --no-proxy -r -l 1 -p --delete-after --no-directories -P got "$@" "$at/" || [ $? -eq 8 ]; }
    holds 'wget: a crawl' grab --warc-file=wget --header='Accept-Encoding: gzip, identity'
    check_file wget wget.warc.gz
    is 'of wget: redirects, errors and pictures are counted' "$(python3 -c 'import json; m = json.load(open("wget.out/report.json"))["stages"][0]["metrics"]; print(m["not_ok"] >= 2, m["not_page"] >= 2)')" 'True True'
    holds 'wget: not compressed' grab --warc-file=plain --no-warc-compression
    check_file plain plain.warc
    kill $server
else
    skip 'WARC files of others as inputs' 'wget is not installed'
    exit 0
fi

# The same pages in files that warcio and fastwarc write.
cat >write.py <<'END'
import sys, json, base64
from io import BytesIO
pages = [json.loads(line) for line in open("wget.out/a.jsonl")]
tool, path = sys.argv[1:]
if tool == "warcio":
    from warcio.warcwriter import WARCWriter
    from warcio.statusandheaders import StatusAndHeaders
    with open(path, "wb") as out:
        w = WARCWriter(out, gzip=True)
        for r in pages:
            body = base64.b64decode(r["body"])
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            w.write_record(w.create_warc_record(r["url"], "response", payload=BytesIO(body), http_headers=head))
            w.write_record(w.create_revisit_record(r["url"], "sha1:" + "A" * 32, r["url"], "2026-05-04T10:11:12Z", http_headers=head))
else:
    from fastwarc.stream_io import GzipWriter
    from fastwarc.warc import WarcRecord, WarcRecordType
    with open(path, "wb") as out:
        for r in pages:
            body = base64.b64decode(r["body"])
            record = WarcRecord()
            record.init_headers(record_type=WarcRecordType.response)
            record.headers["WARC-Target-URI"] = r["url"]
            record.headers["Content-Type"] = "application/http;msgtype=response"
            record.set_bytes_content(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body)
            member = GzipWriter(out)
            record.write(member, checksum_data=True)
            member.finish()
END
for tool in ${warcio:+warcio} ${fastwarc:+fastwarc}; do
    "$peer_python" write.py "$tool" "$tool.warc.gz"
    check_file "$tool" "$tool.warc.gz"
done
