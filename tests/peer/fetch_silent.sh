#!/usr/bin/env bash
# 24 silent servers, more than there are transfers, at the head of a list of 60 that answer.  They stay silent until all the
# others have been asked for their page, and answer then: a crawl that waits for them first sees its transfers time out.
# timeout: 200
. "$(dirname "$0")/../cli/lib.sh"
"$PRESSLINE" describe fetch 2>/dev/null | grep -q allow_private || { skip 'silent servers' 'fetch was built without the web'; exit 0; }
need 'silent servers' python3

cat >server.py <<'SERVER'
import os, socket, sys, threading
silent, good = int(sys.argv[1]), int(sys.argv[2])
lock, released, asked, port = threading.Lock(), threading.Event(), set(), 0
log = open("log", "w", buffering=1)

def note(*what):
    with lock:
        print(*what, file=log)

def talk(connection, host, is_good):
    with connection:
        text = b""
        while b"\r\n\r\n" not in text:
            more = connection.recv(4096)
            if not more:
                return
            text += more
        path = text.split()[1].decode()
        note("asked", host, path)
        if not is_good:
            released.wait()
        page = b"<title>Harbour %s</title><p>The ferry calls at %s.</p>" % (host.encode(), host.encode())
        robots = path == "/robots.txt"
        try:
            connection.sendall(b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (
                b"404 None" if robots else b"200 OK", 0 if robots else len(page)) + (b"" if robots else page))
        except OSError:
            return
        note("answered", host, path)
        if is_good and not robots:
            with lock:
                asked.add(host)
                if len(asked) == good:
                    released.set()

def listen(host, is_good):
    global port
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((host, port))
    s.listen(16)
    port = s.getsockname()[1]
    def take():
        while True:
            threading.Thread(target=talk, args=(s.accept()[0], host, is_good), daemon=True).start()
    threading.Thread(target=take, daemon=True).start()

hosts = ["127.0.2.%d" % i for i in range(1, silent + 1)] + ["127.0.1.%d" % i for i in range(1, good + 1)]
for host in hosts:
    listen(host, host.startswith("127.0.1."))
with open("list.new", "w") as out:
    out.writelines("http://%s:%d/page\n" % (host, port) for host in hosts)
os.rename("list.new", "list")
sys.stdin.read()
SERVER
mkfifo hold
python3 server.py 24 60 <hold 2>server.err &
server=$!
exec 7>hold
for _ in $(seq 300); do [ -e list ] && break; sleep 0.1; done
[ -e list ] || { skip 'silent servers' "127.0.1.1 and others cannot be listened at: $(tail -n 1 server.err)"; kill $server; exit 0; }

cat >crawl.cfg <<'END'
stages = (
  { plugin = "fetch"; allow_private = ["127.0.0.0/8"]; delay = "100ms"; retries = 0; },
  { plugin = "archive"; }
);
END
exits 'a crawl of silent servers and others' 0 run crawl.cfg --input @list --output all --quiet
exec 7>&-
kill $server 2>/dev/null
is 'all come to their end' "$(zcat all/articles.jsonl.gz | grep -c .)" 84
last_good=$(grep -n '^answered 127\.0\.1\..* /page$' log | tail -n 1 | cut -d: -f1)
first_silent=$(grep -n '^answered 127\.0\.2\.' log | head -n 1 | cut -d: -f1)
holds 'those that answer came first' [ "$last_good" -lt "$first_silent" ]
holds 'though the silent ones were asked before them' [ "$(grep -n '^asked' log | head -n 16 | grep -c '127\.0\.2\.')" -eq 16 ]
slow=$(python3 -c 'import json; print(json.load(open("all/report.json"))["stages"][0]["metrics"]["slow"])')
holds 'they are counted' [ "${slow:-0}" -ge 8 ]
