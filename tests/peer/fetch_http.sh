#!/usr/bin/env bash
# The transport of fetch against servers: what misbehave.py does, nginx over HTTP/1.1 and HTTP/2, a name server that changes its
# mind.  Each server listens on loopback, or in a network namespace that has nothing else.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"
ask=$BUILDDIR/tests/peer/fetch_http_ask
[ -x "$ask" ] || { skip 'transfers' 'fetch was built without the web'; exit 0; }
need 'transfers' python3 openssl
. "$(dirname "$0")/nginx.lib"
misbehave_start m
here=http://127.0.0.1:$HTTP

# asks ARG...: output in the file `out`
asks() { timeout 60 "$ask" --allow 127.0.0.1 "$@" >out 2>err; }
# asked NAME PATH WANTED ARG...: the line that tells of it begins so (without the number)
asked() {
    local name=$1 path=$2 wanted=$3
    shift 3
    asks "$@" "$here$path"
    case $(head -n 1 out) in
    "0 $wanted "*) pass "$name" ;;
    *) fail "$name" out err; echo "wanted: $wanted" ;;
    esac
}

# part NAME: what --show printed of it last, byte for byte
part() {
    python3 -c '
import re, sys
text = open("out", "rb").read()
found = list(re.finditer(rb"^%s\((\d+)\): " % sys.argv[1].encode(), text, re.M))[-1]
sys.stdout.buffer.write(text[found.end():found.end() + int(found[1])])' "$1"
}

# ---- what comes, and what is said of it: fault, status, bytes, why it is not whole
while read -r path wanted; do
    asked "$path" "$path" "$wanted 127.0.0.1" --max-body 1000000
done <<'END2'
/ok ok 200 1563 -
/chunked ok 200 11 -
/chunked-empty ok 200 0 -
/to-the-end ok 200 1563 -
/empty ok 204 0 -
/bare-lf ok 200 2 -
/http10 ok 200 2 -
/folded ok 200 2 -
/early-hints ok 200 1563 -
/huge-length ok 200 1563 -
/both-lengths ok 200 5 -
/long ok 200 5 -
/status-999 ok 999 2 -
/304-unasked ok 304 0 -
/redirect/1 ok 302 0 -
/429 ok 429 5 -
/short broken 200 500 disconnect
/large-length broken 200 1563 disconnect
/bad-chunk broken 200 5 disconnect
/torn-chunk broken 200 10 disconnect
/huge-chunk broken 200 0 disconnect
/no-last-chunk broken 200 5 disconnect
/reset broken 200 500 disconnect
/reset-at-once broken 0 0 -
/close broken 0 0 -
/half-head broken 0 0 -
/only-1xx broken 0 0 -
/bad-length protocol 0 0 -
/negative-length protocol 0 0 -
/status-0 protocol 0 0 -
/nul-head protocol 0 0 -
/http09 protocol 0 0 -
/garbage protocol 0 0 -
/not-http protocol 0 0 -
/endless-body too-large 200 1000000 length
/endless-chunks too-large 200 1000000 length
/te-gzip too-large 200 1000000 length
/endless-head head-too-large 0 0 -
/long-line head-too-large 0 0 -
/1xx head-too-large 0 0 -
/endless-trailers head-too-large 200 2 unspecified
END2
asked 'a body as large as may be' /ok 'ok 200 1563 -' --max-body 1563
asked 'a byte more' /ok 'too-large 200 1562 length' --max-body 1562
asked 'a head that is larger than may be' /ok 'head-too-large 0 0 -' --max-head 50
asked 'a body when none is wanted' /ok 'too-large 200 0 length' --max-body 0

# ---- what takes too long
asked 'slow loris: the whole time' /slow-head 'timeout 0 0 -' --timeout 1200
has 'it says so' out 'has not sent all within 1200 ms (timeout)'
asked 'slow loris: the speed' /slow-head 'slow 0 0 -' --low-speed 100 --low-speed-s 2
asked 'a slow body: the speed' /slow-body 'slow 200' --low-speed 100 --low-speed-s 2
has 'what came is kept' out ' time 127.0.0.1 127.0.0.1:'
asked 'no answer' /silent 'timeout 0 0 -' --timeout 1200
asks --connect-timeout 1000 "https://127.0.0.1:$HTTP/"
has 'a server that does not shake hands' out '0 timeout 0 0 - 127.0.0.1 no connection to 127.0.0.1:'
asks --timeout 3000 "$here/slow-body" "$here/ok" "$here/silent" "$here/short"
is 'slow ones hold up nobody' "$(sed 's/ .*//' out | head -n 2 | sort | tr '\n' ' ')" '1 3 '

# ---- heads
asks --show request,head,body --etag '"ferry-1"' --modified 'Mon, 02 Nov 2026 09:00:00 GMT' --agent 'pressline/0.1 (+x)' "$here/echo?a=b%20c#part"
part request >told
part body >sent
same 'the request is told as it was sent' told sent
printf 'GET /echo?a=b%%20c HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nUser-Agent: pressline/0.1 (+x)\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Encoding: gzip, br\r\nIf-None-Match: "ferry-1"\r\nIf-Modified-Since: Mon, 02 Nov 2026 09:00:00 GMT\r\n\r\n' "$HTTP" >wanted
same 'and is this' sent wanted
asks --show request,body --transfers 1 "$here/http10" "$here/echo" "$here/echo"
is 'requests on one connection' "$(grep -ac '^body([0-9]*): GET /echo HTTP/1.1' out)" 2
asks --show request,head,body --etag $'"a\r\nX-Evil: 1"' --modified $'\x01' "$here/echo"
hasnt 'a validator ends no line' out 'X-Evil'
hasnt 'nor is it sent' out 'If-'
asks --show head "$here/early-hints"
hasnt 'the head of a 1xx is not told' out '103'
has 'that of the response is' out 'head(81): HTTP/1.1 200 OK'
asks --show head "$here/chunked"
hasnt 'trailers are no head' out 'X-Trailer'
asks --show head "$here/folded"
has 'folded lines stay' out '  two'

# ---- validators
asked 'an ETag that is still right' /etag 'ok 304 0 -' --etag '"ferry-1"'
asked 'another' /etag 'ok 200 1563 -' --etag '"ferry-0"'
asked 'a date that is still right' /modified 'ok 304 0 -' --modified 'Mon, 02 Nov 2026 09:00:00 GMT'

# ---- one connection for several
: >m/log
asks --transfers 1 "$here/ok" "$here/chunked" "$here/ok" "$here/empty" "$here/304-unasked" "$here/ok"
is 'kept alive: one connection' "$(grep -c connected m/log)" 1
asks --transfers 1 --show body "$here/split" "$here/ok" "$here/304-body" "$here/ok"
hasnt 'what nobody asked for is no answer' out 'nobody asked for'
is 'the answers behind it are right' "$(grep -c ' ok 200 1563 - ' out)" 2
asks --transfers 1 "$here/close-second" "$here/ok"
has 'a connection that ended while it was idle' out '1 ok 200 1563 -'
: >m/log
asks --transfers 1 "$here/reset" "$here/close" "$here/short"
is 'nothing is tried twice' "$(grep -vc connected m/log)" 3

# ---- Content-Encoding
most=65536
case $(nm "$ask" 2>/dev/null; ldd "$ask" 2>/dev/null) in *asan* | *tsan*) most=262144 ;; esac
while read -r path wanted; do
    asks --undo --show text --low-memory 1 "$here$path"
    has "$path" out "undone: $wanted"
    kb=$(sed -n 's/^memory: //p' out)
    holds "$path: within 64 MB" [ "${kb:-999999}" -le $most ]
done <<'END2'
/gzip ok 1563
/x-gzip ok 1563
/br ok 1563
/deflate ok 1563
/deflate-raw ok 1563
/gzip-gzip ok 1563
/gzip-br ok 1563
/three unknown 0
/unknown-encoding unknown 0
/gzip-torn torn 1
/gzip-bad bad 0
/gzip-plain bad 0
/br-torn torn
/gzip-bomb too-large 10485760
/br-bomb ratio 1048576
/gzip-gzip-bomb ratio 1048576
END2

# ---- TLS
tls() { asks --ca m/ca.pem "$@"; }
tls "https://127.0.0.1:$TLS/ok"
has 'TLS: a good certificate' out '0 ok 200 1563 -'
tls --resolve "www.harbour.example:$TLS:127.0.0.1" "https://www.harbour.example:$TLS/ok"
has 'TLS: of a name' out '0 ok 200 1563 -'
tls "https://127.0.0.1:$TLS_EXPIRED/ok"
has 'TLS: expired' out '0 tls 0 0 - 127.0.0.1 127.0.0.1:'
has 'TLS: it says so' out 'certificate has expired'
tls --resolve "www.harbour.example:$TLS_WRONG_HOST:127.0.0.1" "https://www.harbour.example:$TLS_WRONG_HOST/ok"
has 'TLS: of another host' out '0 tls 0 0 -'
tls "https://127.0.0.1:$TLS_SELF/ok"
has 'TLS: signed by itself' out '0 tls 0 0 -'
asks "https://127.0.0.1:$TLS/ok"
has 'TLS: of an unknown CA' out 'ca_file names others to trust'
tls "https://127.0.0.1:$HTTP/ok" --connect-timeout 500
has 'TLS: no TLS' out '0 t'
tls "https://127.0.0.1:$TLS/short" "https://127.0.0.1:$TLS/endless-body" --max-body 1000
has 'TLS: short' out ' broken 200 500 disconnect'

# ---- who is asked
: >m/log
for way in "http://127.0.0.1:$HTTP/" "http://localhost:$HTTP/" "http://[::ffff:127.0.0.1]:$HTTP/" "http://2130706433:$HTTP/"; do
    timeout 20 "$ask" "$way" >out 2>err
    has "refused: $way" out '0 refused 0 0 - -'
done
timeout 20 "$ask" --resolve "www.harbour.example:$HTTP:127.0.0.1" "http://www.harbour.example:$HTTP/" >out
has 'refused: what a name stands for' out 'allow_private opens ranges of addresses'
is 'nobody was connected to' "$(grep -c . m/log)" 0
http_proxy=$here all_proxy=$here HTTPS_PROXY=$here NO_PROXY='' timeout 20 "$ask" http://www.harbour.invalid/ >out 2>err
has 'proxies of the environment are not asked' out '0 dns 0 0'
is 'really' "$(grep -c . m/log)" 0
asks --proxy "$here" --show request,body http://www.harbour.example/echo
has 'a proxy of ours is' out 'GET http://www.harbour.example/echo HTTP/1.1'
part request >told
part body >sent
same 'what it is asked is told' told sent
mkdir home && printf 'machine 127.0.0.1 login anna password secret\n' >home/.netrc && chmod 600 home/.netrc
HOME=$PWD/home asks --show body "$here/echo"
hasnt 'no .netrc' out 'Authorization'

# ---- nginx
if [ -z "$nginx" ]; then
    skip 'transfers: nginx' 'nginx is not installed (Debian: nginx-light)'
else
    mkdir -p n && cp m/good.pem m/good.key n/
    nginx_start n 'gzip on; gzip_types *; gzip_min_length 1;'
    for i in 1 2 3 4 5 6; do echo "<p>Ferry $i was late.</p>" >"n/www/$i.html"; done
    web=http://127.0.0.1:$nginx_port tls=https://127.0.0.1:$nginx_tls_port
    asks --undo --show text --transfers 1 "$web"/{1,2,3,4,5,6}.html
    is 'nginx: pages' "$(grep -c ' ok 200 ' out) $(grep -o 'Ferry . was late' out | tr -d '\n')" \
        "6 $(printf 'Ferry %s was late' 1 2 3 4 5 6)"
    asks --ca m/ca.pem --show request,head --transfers 1 "$tls"/{1,2,3,4,5,6}.html
    is 'nginx: HTTP/2 over TLS' "$(grep -ac '^head([0-9]*): HTTP/2 200' out) $(grep -ac '^request([0-9]*): GET /..html HTTP/2' out)" '6 6'
    asks --show head "$web/1.html"
    etag=$(tr -d '\r' <out | sed -n 's/^ETag: //p')
    asks --etag "$etag" "$web/1.html"
    has 'nginx: its ETag, 304' out ' ok 304 0 -'
    asks --ca m/ca.pem --etag "$etag" "$tls/1.html"
    has 'nginx: over HTTP/2, 304' out ' ok 304 0 -'
    nginx_stop n
    is 'nginx: connections' "$(awk '{ print $2 }' "$nginx_log" | sort -u | wc -l)" 5
    is 'nginx: what it was told' "$(grep -c 'W/' "$nginx_log")" 2
    asks "$web/1.html"
    has 'a server that is gone' out 'no connection to 127.0.0.1:'
fi

# ---- a name server that changes its mind, where nothing else is
misbehave_stop m
if ! unshare -rnm true 2>/dev/null; then
    skip 'transfers: DNS' 'no network namespace can be made here'
    exit 0
fi
command -v ip >/dev/null || { skip 'transfers: DNS' 'ip is not installed (Debian: iproute2)'; exit 0; }
timeout 100 unshare -rnm bash "$SRCDIR/tests/peer/rebind.lib" >dns.out 2>dns.err </dev/null
cat dns.out
n_failed=$((n_failed + $(grep -c '^not ok' dns.out)))
holds 'DNS: all of it was tested' grep -q '^ok DNS: it holds up nobody' dns.out
[ ! -s dns.err ] || cat dns.err
