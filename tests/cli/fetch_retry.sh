#!/usr/bin/env bash
# Pages that a later stage failed, out of their dead letters: with their content encoding, out of chunks, and in the charset that
# only HTTP tells; from a WARC file, and as the web has them.
. "$(dirname "$0")/lib.sh"
need 'pages again' python3
"$PRESSLINE" describe fetch | grep -q allow_private || { skip 'pages again' 'fetch was built without the web (and brotli)'; exit 0; }
cat >make.py <<'END'
import gzip
text = "".join("<p>The ferry to the islands sails later on Monday, said the harbour master, because the été ice was %d cm thick.</p>" % i
               for i in range(260))
html = ("<html><head><meta charset=utf-8><title>Ferry sails later</title></head><body><article><h1>Ferry sails later</h1>" + text +
        "</article></body></html>").encode()
latin = html.decode().replace("<meta charset=utf-8>", "").encode("latin-1")
# `html` by brotli 1.1
br = bytes.fromhex("1bf578009c07b631b1715ac462bc587e91728b3e18a1d26d3a53f6e2fb8cc5a33c612c907dcd63eaf52215a2b87f457dbbf717886834d0740a004d1e232a1efa9dee29771c1d786f3eefde084718300d3f068eab88a4683a9a668b36728522883e818fad68e2ba787cb570fb9d675e5ebfcd7a5ff891b807862ebf2b5807269bf4ca9c0edb39b1c6bbe1bd20bfdf7f5259d64f7c5ebcbc0e59091f1b0f4a7df7c2721e7f85fff923d4f027030ff4c1d743afa2b6c11c3871814b5ce11a37b8c51d8fdb92471e79e491471e79e491479e3c79f2e4c993274f9e3c79c10b5ef08217bce0052f78c10b5ef29297bce4252f79c94b5ef29257bce215af78c52b5ef18a57bce235af79cd6b5ef39ad7bce635af79c31bdef08637bce10d6f78c31bdef296b7bce52d6f79cb5bdef29677bce31def78c73bdef18e77bc936c7d6a34085060001358c0060e7079e7407a800005063081056ce00097770edc1f204081014c60011b38c0c51d904fc7410209249040020924904002092490400209249040020924904002092490400209249040020924904002092490400209249040020924904002092490400209249040020924904002092490400209249040020924904002050a142850a0408102050a142850a0408102050a142850a0408102050a142850a0408102050a142850a0408102050a142850a0408102050a142850a0408102050a54db517725aedb5103")
def chunked(b, n):
    return b"".join(b"%x\r\n%s\r\n" % (len(b[i:i + n]), b[i:i + n]) for i in range(0, len(b), n)) + b"0\r\n\r\n"
head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
packed = gzip.compress(html)
pages = {"plain": (head, html), "gzip": (head + b"Content-Encoding: gzip\r\n", packed), "br": (head + b"Content-Encoding: br\r\n", br),
         "chunks": (head + b"Transfer-Encoding: chunked\r\n", chunked(html, 700)),
         "both": (head + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked(packed, 70)),
         "latin": (head.replace(b"utf-8", b"iso-8859-1"), latin)}
with open("pages.warc.gz", "wb") as out, open("list", "w") as names:
    for name, (fields, payload) in pages.items():
        block = fields + b"\r\n" + payload
        out.write(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://news.example/%s\r\nWARC-Date: 2026-11-20T10:00:00Z"
                                b"\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: %d"
                                b"\r\n\r\n%s\r\n\r\n" % (name.encode(), len(block), block)))
        print("http://news.example/" + name, file=names)
END
python3 make.py
cat >all.cfg <<'END'
stages = ( { plugin = "fetch"; }, { plugin = "clean"; }, { plugin = "archive"; path = "${output}/a.jsonl"; } );
END
sed '1i record_memory = "64K";' all.cfg >failing.cfg # too little for clean

# again NAME ARG...
again() {
    local name=$1
    shift
    exits "$name: all is well" 0 run all.cfg "$@" --output "$name.ref" --quiet
    is "$name: six articles" "$(field title <"$name.ref/a.jsonl" | sort | uniq -c | tr -s ' ')" ' 6 Ferry sails later'
    exits "$name: a later stage fails" 3 run failing.cfg "$@" --output "$name.bad" --quiet
    is "$name: all pages" "$(field stage <"$name.bad/deadletters.jsonl" | sort | uniq -c | tr -s ' ')" ' 6 clean'
    exits "$name: again" 0 retry "$name.bad/deadletters.jsonl" all.cfg --output "$name.again" --quiet
    sort "$name.ref/a.jsonl" >ref
    sort "$name.again/a.jsonl" >got
    same "$name: the same articles" got ref
}
again warc --input pages.warc.gz
is 'br is what gzip is' "$(grep /br\" ref | field text)" "$(grep /gzip\" ref | field text)"
has 'the charset of HTTP' ref '"charset":"windows-1252"'
again web --input @list --set fetch.recorded=pages.warc.gz
