#!/usr/bin/env bash
# The stage `warc` and its commands: pages of HTTP and of files, revisits, rotation, and what is said of damaged files.
. "$(dirname "$0")/lib.sh"
need 'WARC files' python3 gzip

# Pages as a source of HTTP will bring them: heads as text, bodies as base64.
cat >make.py <<'END'
import base64, json
def page(i, body, more):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    r = {"id": f"p{i}", "url": f"https://harbour.example/news/{i}", "fetched_at": f"2026-05-04T10:{i // 60:02}:{i % 60:02}Z",
         "http_status": 200, "http.response": head, "http.request": f"GET /news/{i} HTTP/1.1\r\nHost: harbour.example\r\n\r\n",
         "http.ip": "192.0.2.7", "body": base64.b64encode(body.encode()).decode(), "content_type": "text/html",
         "text": f"The ferry number {i} was late."}
    r.update(more)
    return {k: v for k, v in r.items() if v is not None}
def text(i):
    return f"<!doctype html><title>Ferry {i}</title><p>The ferry number {i} was {i * 7 % 90} minutes late, the harbour master said.</p>"
with open("pages.jsonl", "w") as out:
    for i in range(300):
        more = {}
        if i == 20:
            more = {"http_status": 304, "http.response": "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", "body": None, "text": None,
                    "content_type": None}
        if i == 30:
            more = {"http.response": None, "http.request": None}
        if i == 40:
            more = {"http.truncated": "length"}
        if i == 50:
            more = {"url": "https://harbour.example/a b\r\nWARC-Type: warcinfo", "http.ip": "::1\r\nX: y", "id": "a\r\n\r\nWARC/1.1"}
        if i == 60:
            more = {"body": None, "http.response": None, "http.request": None, "text": None, "title": "no page"}
        if i == 70:
            more = {"body": None, "http.response": None, "http.request": None}
        # every tenth has the payload of an earlier one
        out.write(json.dumps(page(i, text(i - 5 if i % 10 == 9 else i), more)) + "\n")
END
python3 make.py
cat >warc.cfg <<'END'
stages = ( { plugin = "fetch"; }, { plugin = "warc"; size = "20K"; compressor = "zlib"; info = ["robots: obey", "isPartOf: ferries"]; } );
END

exits 'a run' 0 run warc.cfg --input pages.jsonl --output one --jobs 1
exits 'a run with three workers' 0 run warc.cfg --input pages.jsonl --output three --jobs 3 --quiet
w=one/pages-00001.warc.gz
files=(one/*.warc.gz)
is 'files as there is room' "$(ls one/*.warc.gz | wc -l)" "$(ls one/*.cdxj | wc -l)"
holds 'several files' [ ${#files[@]} -ge 4 ]
holds 'no .part is left' [ -z "$(ls one/*.part 2>/dev/null)" ]
for f in "${files[@]}"; do
    holds "$f: gzip -t" gzip -t "$f"
    holds "$f: no larger than it may be" [ "$(stat -c %s "$f")" -le 21500 ]
    # Behind the first record, which says when the run began, all bytes are the same.
    pl warc ls "$f"
    from=$(sed -n '2s/\t.*//p' out)
    tail -c +"$((from + 1))" "$f" >a
    pl warc ls "three/${f#one/}"
    from=$(sed -n '2s/\t.*//p' out)
    tail -c +"$((from + 1))" "three/${f#one/}" >b
    same "$f: the same with three workers" a b
    exits "$f: index" 0 warc index "$f"
    same "$f: the index beside it" out "${f%.warc.gz}.cdxj"
done

count() { python3 -c 'import json, sys; print(json.load(open("one/report.json"))["stages"][1]["metrics"][sys.argv[1]])' "$1"; }
is 'responses' "$(count responses)" 266
is 'resources' "$(count resources)" 1
is 'revisits' "$(count revisits)" 31
is 'requests' "$(count requests)" 297
is 'metadata' "$(count metadata)" 298
is 'conversions' "$(count conversions)" 268
is 'without a page' "$(count without_page)" 1
is 'which compressor wrote them' "$(count compressed_by_zlib)" 1161

exits 'verify' 0 warc verify "${files[@]}"
hasnt 'verify: nothing is wrong' err ':'
is 'verify: all records' "$(awk -F'[: ]+' '{n += $2} END {print n}' out)" $((1161 + ${#files[@]}))

exits 'verify: blocks alone' 0 warc verify --blocks $w
exits 'verify: an option that is none' 64 warc verify --block $w

exits 'ls' 0 warc ls $w
is 'ls: the first record' "$(head -n 1 out | cut -f 1,2,5)" $'0\twarcinfo\t-'
is 'ls: a page' "$(sed -n 2p out | cut -f 2,3,5)" $'response\t2026-05-04T10:00:00Z\thttps://harbour.example/news/0'
exits 'ls: several' 0 warc ls "${files[@]}"
is 'ls: several: the file first' "$(head -n 1 out | cut -f 1,3)" "$w"$'\twarcinfo'

pl warc cat --whole "${files[@]}"
has 'the first record: fields' out 'isPartOf: ferries'
hasnt 'the first record: nothing of the machine' out 'hostname'
has 'what the page was fetched from' out 'WARC-IP-Address: 192.0.2.7'
has 'hostile address' out 'WARC-Target-URI: https://harbour.example/a%20b%0D%0AWARC-Type:%20warcinfo'
has 'hostile id' out 'id: a    WARC/1.1'
hasnt 'hostile: no address of the kind' out '::1'
has 'cut off by the source' out 'WARC-Truncated: length'
has 'unchanged' out 'WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified'
has 'the same payload' out 'WARC-Refers-To-Target-URI: https://harbour.example/news/4'
is 'cat --whole: as zcat' "$(md5sum <out)" "$(zcat "${files[@]}" | md5sum)"
pl warc cat --whole $w
"$PRESSLINE" warc cat --whole - <$w >stdin
same 'cat: standard input' stdin out

# ---- get: with the index, and without
exits 'get: a page' 0 warc get https://harbour.example/news/3 "${files[@]}"
has 'get: its bytes' out 'The ferry number 3 was'
exits 'get: a revisit is followed' 0 warc get https://harbour.example/news/9 "${files[@]}"
has 'get: the payload it refers to' out 'The ferry number 4 was'
exits 'get: a whole record' 0 warc get --whole https://harbour.example/news/9 "${files[@]}"
has 'get: whole: it is a revisit' out 'WARC-Type: revisit'
id=$(zcat $w | tr -d '\r' | sed -n 's/^WARC-Record-ID: //p' | sed -n 3p)
exits 'get: by id' 0 warc get --whole "$id" "${files[@]}"
has 'get: that record' out "WARC-Record-ID: $id"
mkdir bare && cp "${files[@]}" bare/
exits 'get: without an index' 0 warc get https://harbour.example/news/250 bare/*.gz
has 'get: without an index: its bytes' out 'The ferry number 250 was'
exits 'get: not there' 74 warc get https://harbour.example/none "${files[@]}"
has 'get: not there, named' err "no record of 'https://harbour.example/none'"
exits 'get: nothing to do' 64 warc get https://harbour.example/none
has 'get: usage' err 'usage: pressline warc get [--whole] ADDRESS|ID FILE...'
exits 'ls: nothing to do' 64 warc ls

# ---- damage
head -c 5000 $w >cut.warc.gz
exits 'verify: a file that is cut' 74 warc verify cut.warc.gz
has 'verify: cut: where' err 'cut.warc.gz: byte 5000: the gzip member that begins at byte '
has 'verify: cut: what is right' out 'cut.warc.gz: '
exits 'cat: a file that is cut' 74 warc cat cut.warc.gz
has 'cat: cut: what is whole' out 'The ferry number 1 was'
at=$(sed -n '3s/.*"offset": "\([0-9]*\)".*/\1/p' one/pages-00001.cdxj)
cp $w flip.warc.gz
printf x | dd of=flip.warc.gz bs=1 seek=$((at + 100)) conv=notrunc 2>dd.err
exits 'verify: a byte that changed' 74 warc verify flip.warc.gz
has 'verify: a byte: which member' err "$at"
exits 'index: a byte that changed' 74 warc index flip.warc.gz
is 'index: a byte: all other lines' "$(sed 's/flip/pages-00001/' out | diff - one/pages-00001.cdxj | grep '^[<>]' | cut -c 1 | sort -u)" '>'
zcat $w >plain.warc
sed 's/The ferry number 2 was/The ferry number 3 was/' plain.warc >wrong.warc
exits 'verify: another page' 74 warc verify wrong.warc
has 'verify: another page: block' err 'the block has the digest sha1:'
has 'verify: another page: payload' err 'the payload has the digest sha1:'
is 'verify: another page: how many' "$(sed -n 's/.*, \([0-9]*\) wrong.*/\1/p' out)" 2
gzip -c plain.warc >one.warc.gz
exits 'index: one member of all records' 74 warc index one.warc.gz
has 'index: one member: why not' err 'one.warc.gz: records that share a gzip member cannot be read by their offset'
exits 'verify: one member of all records' 0 warc verify one.warc.gz
exits 'ls: no WARC file' 74 warc ls make.py
has 'ls: no WARC file, named' err "make.py: byte 0: expected a record (WARC/...), found 'import base64, json\\x0adef '"
exits 'ls: no file' 74 warc ls not-there
has 'ls: no file, named' err "cannot read 'not-there': No such file or directory"
if [ -w /dev/full ]; then
    "$PRESSLINE" warc cat $w >/dev/full 2>err
    is 'cat: a full disk' $? 74
    has 'cat: a full disk, named' err 'cannot write to standard output: No space left on device'
fi

# ---- options
exits 'not compressed' 0 run warc.cfg --set warc.gzip=false --set warc.size=1G --input pages.jsonl --output plain --quiet
exits 'not compressed: verify' 0 warc verify plain/pages-00001.warc
exits 'not compressed: index' 0 warc index plain/pages-00001.warc
same 'not compressed: the index beside it' out plain/pages-00001.cdxj
exits 'a page out of it' 0 warc get https://harbour.example/news/3 plain/pages-00001.warc
exits 'only some kinds' 0 run warc.cfg --set warc.records=response --set warc.digest=sha256 --set warc.size=1G --input pages.jsonl \
    --output some --quiet
pl warc ls some/pages-00001.warc.gz
is 'only some kinds: which' "$(cut -f 2 out | sort | uniq -c | tr -s ' \n' ' ')" ' 1 resource 296 response 1 warcinfo '
exits 'only some kinds: verify' 0 warc verify some/pages-00001.warc.gz
has 'sha256' some/pages-00001.cdxj '"digest": "sha256:'
exits 'seen before' 0 run warc.cfg --set "warc.seen=one/pages-00001.cdxj" --set warc.size=1G --input pages.jsonl --output later --quiet
pl warc ls later/pages-00001.warc.gz
holds 'seen before: more revisits' [ "$(grep -c revisit out)" -ge 40 ]
exits 'seen before: the page is in the earlier file' 0 warc get https://harbour.example/news/3 later/*.warc.gz one/*.warc.gz
has 'seen before: its bytes' out 'The ferry number 3 was'
exits 'seen: no file' 78 run warc.cfg --set "warc.seen=none.cdxj" --input pages.jsonl --output none --quiet
has 'seen: no file, named' err "cannot read 'none.cdxj': No such file or directory"
exits 'info that is none' 78 run warc.cfg --set 'warc.info=robots' --input pages.jsonl --output none2 --quiet
has 'info that is none, named' err '`info`: expected "NAME: VALUE", found "robots"'

# ---- files, and the run after it
printf 'It was Tuesday, and the ferry was late.\n' >'a page #1.txt'
printf '<p>Пароход опоздал на час, и никто не знал, почему он опоздал.</p>' | iconv -f utf-8 -t windows-1251 >old.html
printf '<meta charset=windows-1251>' | cat - old.html >cyrillic.html
gzip -k cyrillic.html
printf 'stages = ( { plugin = "fetch"; }, { plugin = "warc"; base = "https://archive.example/"; } );\n' >files.cfg
exits 'files' 0 run files.cfg --input 'a page #1.txt' --input cyrillic.html --input cyrillic.html.gz --output files --quiet
exits 'a file: its address' 0 warc get 'https://archive.example/a%20page%20%231.txt' files/pages-00001.warc.gz
same 'a file: its bytes' out 'a page #1.txt'
exits 'a file in another encoding' 0 warc get 'https://archive.example/cyrillic.html' files/pages-00001.warc.gz
same 'a file in another encoding: the bytes that it had' out cyrillic.html
exits 'gzip data' 0 warc get 'https://archive.example/cyrillic.html.gz' files/pages-00001.warc.gz
same 'gzip data: the page, by its twin' out cyrillic.html
printf 'On Wednesday it was not.\n' >b.txt
exits 'the next run' 0 run files.cfg --input cyrillic.html --input b.txt --output files --quiet
holds 'the next run: a file of its own' [ -e files/pages-00001-2.warc.gz ]
has 'the next run: and its index' files/pages-00001-2.cdxj '"filename": "pages-00001-2.warc.gz"'
rm -r files/state
exits 'an archive is not replaced by accident' 78 run files.cfg --input b.txt --output files --quiet

# ---- records that somebody made to do harm
cat >hostile.py <<'EOF'
import base64, json
head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
def page(name, **more):
    print(json.dumps({"id": name, "url": f"https://harbour.example/{name}", "fetched_at": "2026-05-04T10:11:12Z",
                      "body": base64.b64encode(f"<p>{name}".encode()).decode(), **more}))
page("encoded", content_type="text/html", charset="windows-1251")
page("fields", content_type="application/warc-fields")
page("type", content_type="text/" + "x" * 2000000)
page("long", url="https://harbour.example/" + "é" * 9000, **{"http.response": head})
page("many", url="https://" + "http://" * 3000 + "harbour.example/", **{"http.response": head})
page("head", **{"http.response": "HTTP/1.1 200 OK\r\nX: " + "y" * 2000000 + "\r\n\r\n"})
page("digest", http_status=304, **{"http.response": "HTTP/1.1 304 Not Modified\r\n\r\n", "http.earlier_date": "2026-05-03T10:11:12Z",
                                   "http.earlier_digest": "sha1:" + "A" * 32 + "=" * 2000000})
same = base64.b64encode(b"<p>The ferry").decode()
page("cut", body=same, **{"http.response": head, "http.truncated": "length"})
page("uncut", body=same, **{"http.response": head})
page("again", body=same, **{"http.response": head})
page("old", fetched_at="1969-12-31T23:59:59Z", **{"http.response": head})
EOF
python3 hostile.py >hostile.jsonl
exits 'hostile: what nobody could read back fails' 3 run warc.cfg --set warc.size=1G --input hostile.jsonl --output hostile --quiet
is 'hostile: by its length' "$(grep -c '"code":"too-long"' hostile/deadletters.jsonl)" 2
exits 'hostile: the others are whole' 0 warc verify hostile/pages-00001.warc.gz
exits 'hostile: read for the index' 0 warc index hostile/pages-00001.warc.gz
same 'hostile: the index beside it is the same' hostile/pages-00001.cdxj out
is 'a page that was cut off is not referred to' "$(grep -cE '/(cut|uncut)".*"mime": "text/html"' out)" 2
is 'one that was not is' "$(grep -c '/again".*"mime": "warc/revisit"' out)" 1
exits 'hostile: all of it' 0 warc cat --whole hostile/pages-00001.warc.gz
has 'a page in UTF-8 says so' out 'Content-Type: text/html; charset=utf-8'
has 'a date before 1970' out 'WARC-Date: 1969-12-31T23:59:59Z'

# Revisits of revisits; and one of itself.
python3 - >chain.warc <<'EOF'
def record(kind, number, block, *more):
    head = ["WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:uuid:0000000{number}-0000-8000-8000-000000000000>",
            f"WARC-Date: 2026-05-0{number}T10:11:12Z", f"WARC-Target-URI: http://a.example/{number}", *more, f"Content-Length: {len(block)}"]
    print("\r\n".join(head) + "\r\n\r\n" + block, end="\r\n\r\n")
def to(n):
    return f"WARC-Refers-To-Target-URI: http://a.example/{n}", f"WARC-Refers-To-Date: 2026-05-0{n}T10:11:12Z"
record("resource", 1, "The ferry was late.")
record("revisit", 2, "", *to(1))
record("revisit", 3, "", *to(2))
record("revisit", 4, "", *to(3))
record("revisit", 5, "", *to(5))
record("revisit", 6, "", *to(7))
EOF
exits 'a revisit of a revisit' 0 warc get http://a.example/4 chain.warc
is 'a revisit of a revisit: the page' "$(cat out)" 'The ferry was late.'
exits 'a revisit of itself' 74 warc get http://a.example/5 chain.warc
has 'a revisit of itself, told' err 'its revisits refer to each other'
exits 'a revisit of what is not there' 74 warc get http://a.example/6 chain.warc
has 'a revisit of what is not there, told' err 'that record is in none of these files'
