#!/usr/bin/env bash
# `pressline fetch url`: what becomes of addresses.
. "$(dirname "$0")/lib.sh"

"$PRESSLINE" fetch --help 2>&1 | grep -q '^  url ' || { skip 'fetch url' 'built without the web'; exit 0; }

exits 'an address' 0 fetch url $'HTTPS://Ann:x@M\xc3\xbcller.example:8443/a/../%7e?utm_source=rss&id=7#x'
cat >wanted <<'END'
href      https://Ann:x@xn--mller-kva.example:8443/%7e?utm_source=rss&id=7#x
scheme    https
user      Ann
password  x
host      xn--mller-kva.example
port      8443
path      /%7e
query     utm_source=rss&id=7
fragment  x
origin    https://xn--mller-kva.example:8443
site      xn--mller-kva.example
canonical https://Ann:x@xn--mller-kva.example:8443/~?id=7

END
same 'its parts' out wanted

exits 'canonical' 0 fetch url --canonical 'https://harbour.example?gclid=1' 'https://harbour.example/#top' 'http://www.bbc.co.uk:80/a'
printf 'https://harbour.example/\nhttps://harbour.example/\nhttp://www.bbc.co.uk/a\n' >wanted
same 'one a line' out wanted
exits 'more parameters' 0 fetch url --canonical --tracking=visit --tracking='!gclid' 'https://harbour.example?visit=9&gclid=1'
is 'and one less' "$(cat out)" 'https://harbour.example/?gclid=1'

exits 'relative, as JSON' 0 fetch url --json --base=https://www.harbour.example/a/b $'../"c\xff'
is 'as JSON' "$(cat out)" '{"input":"../\"c\ufffd","href":"https://www.harbour.example/%22c%EF%BF%BD","scheme":"https","user":"","password":"","host":"www.harbour.example","port":443,"path":"/%22c%EF%BF%BD","query":"","fragment":"","origin":"https://www.harbour.example","site":"harbour.example","canonical":"https://www.harbour.example/%22c%EF%BF%BD"}'
exits 'no host, as JSON' 0 fetch url --json mailto:desk@harbour.example
has 'no port' out '"host":"","path":"desk@harbour.example","query":"","fragment":"","origin":"null","site":""'

exits 'no scheme' 74 fetch url harbour.example/news https://harbour.example/
has 'what to do' err "'harbour.example/news' is no address: it has no scheme: write https://HOST/PATH, or give --base=URL"
has 'the others are shown' out 'href      https://harbour.example/'
exits 'a bad host' 74 fetch url --json $'https://a\e[2Jb/'
has 'where it is wrong' err "'https://a\\x1b[2Jb/' is no address: its host or its port is not valid"
has 'in JSON, too' out '{"input":"https://a\u001b[2Jb/","error":"its host or its port is not valid"}'
exits 'nothing' 64 fetch url
exits 'a bad base' 64 fetch url --base=harbour https://harbour.example/
has 'which is named' err "--base: expected an address with a scheme and a host, found 'harbour'"
exits 'a bad parameter' 64 fetch url --tracking='a=b' https://harbour.example/
has 'which is named, too' err 'found "a=b"'

printf 'https://a.example\nhttps://b.example/x#y' >lines
"$PRESSLINE" fetch url --canonical - <lines >out 2>err
is 'lines of standard input' "$(cat out)" $'https://a.example/\nhttps://b.example/x'
