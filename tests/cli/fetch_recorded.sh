#!/usr/bin/env bash
# A whole crawl out of a WARC file, without a network: robots.txt, a feed, redirects and pages; the same bytes each time.
# timeout: 300
. "$(dirname "$0")/lib.sh"
need 'a crawl out of a WARC file' python3
pl describe fetch
grep -q '^ *recorded' out || { skip 'a crawl out of a WARC file' 'fetch was built without the web'; exit 0; }

cat >make.py <<'END'
import gzip
def record(uri, status, fields, body, date="2026-05-04T10:11:12Z"):
    block = f"HTTP/1.1 {status}\r\n{fields}\r\n".encode() + body
    return gzip.compress((f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {uri}\r\nWARC-Date: {date}\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
                          f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n").encode() + block + b"\r\n\r\n", mtime=0)
html, site = "Content-Type: text/html; charset=utf-8\r\n", "https://harbour.example"
def page(i): return f"<!doctype html><title>Ferry late, day {i}</title><p>The ferry of day {i} was late.".encode()
items = "".join(f"<item><title>Day {i}</title><link>{site}/{i}</link></item>" for i in range(1, 6))
feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour</title>{items}</channel></rss>'.encode()
out = [record(f"{site}/robots.txt", "200 OK", "Content-Type: text/plain\r\n", b"User-agent: *\nDisallow: /3\n"),
       record(f"{site}/feed", "200 OK", "Content-Type: application/rss+xml\r\n", feed),
       record(f"{site}/1", "200 OK", html, page(1), "2026-05-04T10:11:13Z"),
       record(f"{site}/2", "301 Moved Permanently", "Location: /two\r\n", b""),
       record(f"{site}/two", "200 OK", html + "Content-Encoding: gzip\r\n", gzip.compress(page(2), mtime=0)),
       record(f"{site}/3", "200 OK", html, page(3)),
       record(f"{site}/4", "404 Not Found", html, b"not here")]
open("site.warc.gz", "wb").write(b"".join(out))
END
python3 make.py
echo 'https://harbour.example/feed' >seeds
cat >crawl.cfg <<'END'
stages = ( { plugin = "fetch"; inputs = ["@seeds"]; recorded = "site.warc.gz"; contact = "desk@harbour.example"; heads = true; },
           { plugin = "warc"; path = "${output}/pages-00001.warc.gz"; }, { plugin = "archive"; path = "${output}/a.jsonl"; } );
END
for jobs in 1 4; do
    pl run crawl.cfg --output "of-$jobs" --jobs $jobs
    is "$jobs workers: it ends" "$((rc == 0 || rc == 3))" 1
done
is 'what is recorded and allowed' "$(field url <of-1/a.jsonl | sort)" 'https://harbour.example/1
https://harbour.example/two'
is 'the time is the recording'\''s' "$(field fetched_at <of-1/a.jsonl | sort -u | head -2 | cut -c1-19)" '2026-05-04T10:11:12
2026-05-04T10:11:13'
same 'the same articles' of-1/a.jsonl of-4/a.jsonl
same 'the same dead letters' of-1/deadletters.jsonl of-4/deadletters.jsonl
# Its first record has the time of the run, which is another.
for jobs in 1 4; do
    pl warc cat --whole "of-$jobs/pages-00001.warc.gz"
    python3 -c 'import sys; sys.stdout.buffer.write(open("out", "rb").read().split(b"WARC/1.1\r\n", 2)[2])' >"records-$jobs"
done
same 'the same records in WARC files' records-1 records-4
exits 'its pages are right' 0 warc verify of-1/pages-00001.warc.gz
