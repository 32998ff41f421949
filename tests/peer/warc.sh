#!/usr/bin/env bash
# What warc writes is read by warcio, fastwarc and cdxj-indexer (pywb's), and warc's commands read what warcio and fastwarc
# write; the sample files of warcio and of the IIPC come to what they are known for.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"
need 'WARC files and their peers' python3
. "$(dirname "$0")/lib.sh"
[ "$peer_python" = python3 ] || PATH=$peer_bin:$PATH

peer_module warcio && warcio=yes
peer_module fastwarc && fastwarc=yes
peer_module cdxj_indexer && indexer=yes

cat >make.py <<'END'
import base64, json, random
rnd = random.Random(11)
words = "ferry council storm bridge minister harbour strike vote budget island café naïve Łódź 東京".split()
with open("in.jsonl", "w") as out:
    for i in range(400):
        n = 30000 if i % 100 == 7 else rnd.randrange(5, 400)
        body = ("<!doctype html><p>" + " ".join(rnd.choice(words) for _ in range(n))).encode()
        if i % 9 == 8:
            body = kept
        kept = body
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=utf-8\r\nTransfer-Encoding: chunked\r\nX: {i}\r\n\r\n"
        r = {"id": f"r{i}", "url": f"https://www{i % 3}.harbour.example:443/News/{i}/?b={i % 7}&a=É&sid=0123456789abcdef0123456789abcdef",
             "fetched_at": f"2026-05-04T10:{i // 60:02}:{i % 60:02}.5Z", "http_status": 200, "http.response": head,
             "http.request": f"GET / HTTP/1.1\r\nHost: harbour.example\r\n\r\n", "http.ip": "2001:db8::1",
             "body": base64.b64encode(body).decode(), "content_type": "text/html", "text": f"The ferry {i} was late."}
        if i % 11 == 10:
            del r["http.response"]
        out.write(json.dumps(r) + "\n")
END
python3 make.py
printf 'stages = ( { plugin = "fetch"; }, { plugin = "warc"; size = "300K"; } );\n' >warc.cfg
exits 'a run' 0 run warc.cfg --input in.jsonl --output out.d --quiet
exits 'a run, not compressed' 0 run warc.cfg --set warc.gzip=false --set warc.size=1G --input in.jsonl --output plain --quiet
exits 'a run, SHA-256' 0 run warc.cfg --set warc.digest=sha256 --set warc.size=1G --input in.jsonl --output sha --quiet
holds 'there are several files' [ "$(ls out.d/*.warc.gz | wc -l)" -ge 2 ]

if [ -n "${warcio:-}" ]; then
    for f in out.d/*.warc.gz plain/*.warc sha/*.warc.gz; do
        holds "warcio check $f" python3 -m warcio.cli check "$f"
    done
    python3 -m warcio.cli index -f offset,warc-type,warc-target-uri out.d/pages-00001.warc.gz >theirs
    pl warc ls out.d/pages-00001.warc.gz
    python3 - <<'END' >ours
import json
for line in open("out"):
    offset, kind, date, length, uri = line.rstrip("\n").split("\t")
    print(json.dumps({"offset": offset, "warc-type": kind, **({"warc-target-uri": uri} if uri != "-" else {})}))
END
    same 'warcio index: offsets, kinds, addresses' ours theirs
    cat >write.py <<'END'
from io import BytesIO
from warcio.warcwriter import WARCWriter
from warcio.statusandheaders import StatusAndHeaders
import sys
with open(sys.argv[1], "wb") as out:
    w = WARCWriter(out, gzip=sys.argv[1].endswith("gz"), warc_version="1.1")
    for i in range(50):
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("X", "y")], protocol="HTTP/1.1")
        body = b"<p>The ferry was late.</p>" * (i * i + 1)
        w.write_record(w.create_warc_record(f"http://a.example/{i}?b&a", "response", payload=BytesIO(body), http_headers=head))
        w.write_record(w.create_warc_record(f"http://a.example/{i}.txt", "resource", payload=BytesIO(b"late"), length=4,
                                            warc_content_type="text/plain"))
    w.write_record(w.create_revisit_record("http://a.example/r", "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "http://a.example/1",
                                           "2026-05-04T10:11:12Z", http_headers=head))
END
    for f in theirs.warc.gz theirs.warc; do
        python3 write.py $f
        exits "of warcio, $f: verify" 0 warc verify $f
        has "of warcio, $f: all of it" out "$f: 101 records whole and right, "
        exits "of warcio, $f: a page" 0 warc get 'http://a.example/2?b&a' $f
        is "of warcio, $f: its bytes" "$(wc -c <out)" 130
    done
fi

if [ -n "${fastwarc:-}" ]; then
    cat >read.py <<'END'
import sys
from fastwarc.warc import ArchiveIterator
n = bad = 0
for name in sys.argv[1:]:
    for record in ArchiveIterator(open(name, "rb"), parse_http=False):
        n += 1
        bad += record.headers.get("WARC-Block-Digest") is not None and not record.verify_block_digest()
    for record in ArchiveIterator(open(name, "rb")):
        if record.headers.get("WARC-Type") == "response":
            bad += not record.verify_payload_digest()
print(n, bad)
END
    is 'fastwarc: all records, all digests' "$(python3 read.py out.d/*.warc.gz)" "$(zcat out.d/*.warc.gz | grep -ac '^WARC/1.1') 0"
    is 'fastwarc: not compressed' "$(python3 read.py plain/*.warc)" "$(grep -ac '^WARC/1.1' plain/pages-00001.warc) 0"
fi

# both NAME FILE: our index and theirs, line by line
both() {
    cdxj() { python3 -c 'import sys; from cdxj_indexer.main import main; main(sys.argv[1:])' "$@"; }
    pl warc index "$2"
    cdxj -s "$2" >theirs 2>cdxj.err
    same "cdxj-indexer: $1" out theirs
}
if [ -n "${indexer:-}" ]; then
    for f in out.d/*.warc.gz plain/*.warc sha/*.warc.gz theirs.warc.gz theirs.warc; do
        [ -e "$f" ] && both "$f" "$f"
        [ ! -e "${f%.warc*}.cdxj" ] || same "cdxj-indexer: beside $f" theirs "${f%.warc*}.cdxj"
    done
fi

# ---- the samples of others
samples=$SHARED/data/fetch/warc
[ -d "$samples" ] || { skip 'samples of others' 'no development data beside the repository'; exit 0; }
# file, exit code of verify, what it says of it
while read -r file code right; do
    f=$samples/$file
    exits "$file: verify" "$code" warc verify "$f"
    has "$file: what is right" out "${f##*/}: $right"
    case $file in
    *.arc* | *example-bad* | *wrong-chunks*) ;;
    *) [ -z "${indexer:-}" ] || both "$file" "$f" ;;
    esac
done <<'END'
iipc/20130729-heritrix-original.warc.gz 0 1 record whole and right, 1 digest verified
iipc/20130729-heritrix-revisit-with-http-headers.warc.gz 0 1 record whole and right, 0 digests verified
iipc/20141124-heritrix-server-not-modified.warc.gz 0 1 record whole and right, 0 digests verified
iipc/20141129-heritrix-original.warc.gz 0 1 record whole and right, 1 digest verified
iipc/20141129-heritrix-revisit-with-http-headers-and-new-warc-headers.warc.gz 0 1 record whole and right, 0 digests verified
warcio/bad.arc 74 0 records whole and right
warcio/example-space-in-url.arc 74 0 records whole and right
warcio/example.arc.gz 74 0 records whole and right
warcio/example.warc 0 6 records whole and right
warcio/example-bad-non-chunked.warc.gz 74 5 records whole and right
warcio/example-bad.warc.gz.bad 0 6 records whole and right
warcio/example-digest.warc 74 3 records whole and right
warcio/example-iana.org-chunked.warc 0 3 records whole and right
warcio/example-resource.warc.gz 0 3 records whole and right
warcio/example-space-in-target-uri.warc.gz 0 2 records whole and right
warcio/example-wrong-chunks.warc.gz 74 1 record whole and right
warcio/post-test.warc.gz 0 6 records whole and right, 9 digests verified
END
pl warc verify "$samples/warcio/bad.arc"
has 'an ARC file is named' err 'an ARC file, which is not read'
pl warc index "$samples/warcio/example-bad.warc.gz.bad"
has 'one member of all records is named' err 'records that share a gzip member'
