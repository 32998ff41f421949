#!/usr/bin/env bash
# WARC files as inputs: their pages as records, from WARC to WARC, what is damaged, and what stands beside archives.
# timeout: 300
. "$(dirname "$0")/lib.sh"
need 'WARC files as inputs' python3 gzip

# Three pages and what a crawl has besides, in members of their own; the second is sent in chunks, the third by gzip.
cat >make.py <<'END'
import gzip, hashlib, base64, sys
def record(kind, uri, block, ctype="application/http;msgtype=response", more="", date="2026-05-04T10:11:12Z"):
    return (f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: {date}\r\n{more}"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{len(block):012}>\r\nContent-Type: {ctype}\r\n"
            f"Content-Length: {len(block)}\r\n\r\n").encode() + block + b"\r\n\r\n"
def http(body, fields="", status="200 OK", kind="text/html; charset=utf-8"):
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{fields}\r\n".encode() + body
stories = ["The ferry between Aldermouth and Stavna was late again on Monday, and the harbour office gave no reason for it.",
           "Dockers voted for a strike that begins at midnight, after talks about night shifts had ended without a result.",
           "A storm tore the roof off the old customs house; nobody was hurt, said the mayor, who had the quay closed at once.",
           "The council will sell the lighthouse to the highest bidder, provided that its lamp is kept burning through winter."]
def page(i):
    story = " ".join(f"{stories[i - 1]} {word} is what people said who stood on the quay." for word in ("Late", "Cold", "Sad"))
    return f"<!doctype html><html><head><title>Ferry late, day {i}</title></head><body><article><h1>Ferry late, day {i}</h1><p>{story}</p></article></body></html>".encode()
def digest(b): return "WARC-Payload-Digest: sha1:" + base64.b32encode(hashlib.sha1(b).digest()).decode() + "\r\n"
chunked = b"20\r\n" + page(2)[:32] + b"\r\n" + f"{len(page(2)) - 32:x}\r\n".encode() + page(2)[32:] + b"\r\n0\r\n\r\n"
records = [
    record("warcinfo", "urn:x", b"software: by hand\r\n", "application/warc-fields"),
    record("response", "https://harbour.example/1?b=2", http(page(1)), more=digest(page(1)) + "WARC-IP-Address: 192.0.2.1\r\n"),
    record("request", "https://harbour.example/1?b=2", b"GET / HTTP/1.1\r\n\r\n", "application/http;msgtype=request"),
    record("response", "https://harbour.example/2", http(chunked, "Transfer-Encoding: chunked\r\n"), more=digest(chunked)),
    record("response", "https://harbour.example/gone", http(b"gone", status="404 Not Found")),
    record("response", "https://harbour.example/moved", http(b"", "Location: /1\r\n", status="301 Moved Permanently")),
    record("response", "https://harbour.example/boat.png", http(b"\x89PNG\r\n\x1a\n", kind="image/png")),
    record("response", "https://harbour.example/3", http(gzip.compress(page(3), mtime=0), "Content-Encoding: gzip\r\n"), date="2026-05-05T10:11:12.5Z"),
    record("revisit", "https://harbour.example/3", http(b""), more=digest(b"")),
]
open("crawl.warc.gz", "wb").write(b"".join(gzip.compress(r, mtime=0) for r in records))
open("crawl.warc", "wb").write(b"".join(records))
open("one.warc.gz", "wb").write(gzip.compress(b"".join(records), mtime=0))
wrong = record("response", "https://harbour.example/4", http(page(4)), more=digest(b"another"))
members = [gzip.compress(r, mtime=0) for r in records + [wrong]]
hurt = bytearray(members[3]); hurt[len(hurt) // 2] ^= 0xff
open("hurt.warc.gz", "wb").write(b"".join(members[:3]) + bytes(hurt) + b"".join(members[4:])[:-40])
open("wrong.warc.gz", "wb").write(members[1] + members[-1])
open("old.arc", "wb").write(b"filedesc://old.arc 0.0.0.0 20010101000000 text/plain 5\n1 0 x\n")
END
python3 make.py

cat >read.cfg <<'END'
stages = ( { plugin = "fetch"; }, { plugin = "archive"; path = "${output}/a.jsonl"; } );
END
cat >read.py <<'END'
import json, sys, base64
for line in open(sys.argv[1]):
    r = json.loads(line)
    print(r["url"], r["fetched_at"], r.get("http_status"), r["content_type"], r["charset"], len(base64.b64decode(r["body"])),
          sorted(k for k in r if "." in k))
END
for f in crawl.warc.gz crawl.warc one.warc.gz; do
    exits "$f: read" 0 run read.cfg --input $f --output "of-$f"
    has "$f: three pages" err '3 read, 0 emitted; 3 out, 0 dropped, 0 failed'
    python3 read.py "of-$f/a.jsonl" >"$f.pages"
    is "$f: what was counted" "$(python3 -c 'import json, sys; m = json.load(open(sys.argv[1]))["stages"][0]["metrics"]; print(m["not_ok"], m["not_page"], m["revisits"])' "of-$f/report.json")" '2 1 1'
done
is 'address, time, status, size' "$(cut -d' ' -f1-6 crawl.warc.pages)" "https://harbour.example/1?b=2 2026-05-04T10:11:12Z 200 text/html utf-8 616
https://harbour.example/2 2026-05-04T10:11:12Z 200 text/html utf-8 613
https://harbour.example/3 2026-05-05T10:11:12.5Z 200 text/html utf-8 625"
is 'no heads without being asked' "$(cut -d' ' -f7 crawl.warc.pages | sort -u)" '[]'
same 'compressed or not: the same' crawl.warc.pages crawl.warc.gz.pages
same 'in one member: the same' crawl.warc.pages one.warc.gz.pages
gzip -dc crawl.warc.gz | "$PRESSLINE" run read.cfg --input - --output stdin 2>err
python3 read.py stdin/a.jsonl >stdin.pages
same 'on standard input: the same' crawl.warc.pages stdin.pages
exits 'with 4 workers' 0 run read.cfg --input crawl.warc.gz --output four --jobs 4 --quiet
same 'with 4 workers: the same bytes' of-crawl.warc.gz/a.jsonl four/a.jsonl
python3 - >places <<'END'
import json
for line in open("of-crawl.warc.gz/a.jsonl"):
    print(json.loads(line)["origin"].split(":")[1])
END
pl warc ls crawl.warc.gz
is 'a position is the offset of the record' "$(cat places)" "$(awk '$2 == "response" && $5 ~ /[123]$/ { print $1 }' out)"

# From WARC to WARC.
echo 'stages = ( { plugin = "fetch"; heads = true; }, { plugin = "warc"; } );' >copy.cfg
exits 'WARC to WARC' 0 run copy.cfg --input crawl.warc --output copy --quiet
exits 'WARC to WARC: right' 0 warc verify copy/pages-00001.warc.gz
exits 'WARC to WARC, again' 0 run copy.cfg --input copy/pages-00001.warc.gz --output copy2 --quiet
digests() { pl warc index "$1" && sed 's/.*"url": "\([^"]*\)".*"digest": "\([^"]*\)".*/\1 \2/' out; }
digests copy/pages-00001.warc.gz >first
digests copy2/pages-00001.warc.gz >second
is 'WARC to WARC: three pages' "$(grep -c . first)" 3
same 'WARC to WARC: the same payloads, time and again' first second
pl warc get https://harbour.example/2 copy/pages-00001.warc.gz
is 'WARC to WARC: chunks are undone' "$(wc -c <out)" 613
pl warc get --whole https://harbour.example/3 copy/pages-00001.warc.gz
has 'WARC to WARC: the encoding stays, and so does its head' out 'Content-Encoding: gzip'
has 'WARC to WARC: the date' out 'WARC-Date: 2026-05-05T10:11:12.5Z'
# Without heads the pages are resources, decoded.
echo 'stages = ( { plugin = "fetch"; }, { plugin = "warc"; } );' >bare.cfg
exits 'without heads' 0 run bare.cfg --input crawl.warc --output bare --quiet
pl warc ls bare/pages-00001.warc.gz
is 'without heads: resources' "$(grep -c resource out)" 3
pl warc get https://harbour.example/3 bare/pages-00001.warc.gz
has 'without heads: the page can be read' out 'Ferry late, day 3'

# What is damaged, wrong, or not WARC.
exits 'damaged' 3 run read.cfg --input hurt.warc.gz --output hurt --quiet
is 'damaged: the pages beside it arrive' "$(field url <hurt/a.jsonl)" "https://harbour.example/1?b=2
https://harbour.example/3"
is 'damaged: two faults' "$(field code <hurt/deadletters.jsonl)" "bad-warc
bad-warc"
has 'damaged: file and byte' hurt/deadletters.jsonl 'hurt.warc.gz: byte '
exits 'a wrong digest' 3 run read.cfg --input wrong.warc.gz --output wrong --quiet
is 'a wrong digest: the record fails' "$(field code <wrong/deadletters.jsonl)" bad-digest
exits 'a wrong digest, not judged' 0 run read.cfg --set fetch.verify=false --input wrong.warc.gz --output wrong2 --quiet
# A page that failed is retried from its letter, with what the WARC file says of it.
exits 'retry' 0 retry wrong/deadletters.jsonl copy.cfg --output retried --quiet --set fetch.verify=false
pl warc get --whole https://harbour.example/4 retried/pages-00001.warc.gz
has 'retry: the date' out 'WARC-Date: 2026-05-04T10:11:12Z'
has 'retry: the head' out 'Content-Type: text/html; charset=utf-8'
has 'retry: the page' out 'Ferry late, day 4'
exits 'ARC' 3 run read.cfg --input old.arc --output old --quiet
has 'ARC: what to do' old/deadletters.jsonl 'turn it into a WARC file first'

# The pipeline file.
exits 'warc.cfg' 0 run "$SRCDIR/pipelines/warc.cfg" --input crawl.warc.gz --output articles --quiet
gzip -dc articles/articles.jsonl.gz >articles.jsonl
is 'warc.cfg: articles' "$(field title <articles.jsonl)" 'Ferry late, day 1
Ferry late, day 2
Ferry late, day 3'

# Folders of our own archives: what stands beside them is passed over, whatever its name.
cat >both.cfg <<'END'
stages = ( { plugin = "fetch"; heads = true; }, { plugin = "warc"; path = "${output}/pages-00001.warc.gz"; }, { plugin = "clean"; min_text = 0; },
           { plugin = "archive"; path = "${output}/articles/articles.jsonl.gz"; } );
END
printf 'broken {\n' >bad.jsonl
exits 'an output of all kinds' 3 run both.cfg --input crawl.warc.gz --input bad.jsonl --output all --state all/state --quiet
echo 'stages = ( { plugin = "fetch"; }, { plugin = "archive"; path = "${output}/a.jsonl"; } );' >again.cfg
exits 'a folder with all that a run leaves' 0 run again.cfg --input all --output again
has 'such a folder: its lines and its pages' err '6 read, 0 emitted; 6 out, 0 dropped, 0 failed'
is 'such a folder: what was passed over' "$(python3 -c 'import json; print(json.load(open("again/report.json"))["stages"][0]["metrics"]["passed_over"])')" 5
is 'such a folder: sources' "$(field source <again/a.jsonl | sort | uniq -c | tr -s ' ')" ' 3 all/articles/articles.jsonl.gz
 3 all/pages-00001.warc.gz'
