#!/usr/bin/env bash
# `pressline fetch feed`: what it shows, how it ends, and files that were made to do harm.
. "$(dirname "$0")/lib.sh"
"$PRESSLINE" fetch --help 2>&1 | grep -q '^  feed ' || { skip 'fetch feed' 'fetch was built without the web'; exit 0; }

cat >gazette.xml <<'END'
<?xml version="1.0"?>
<rss version="2.0"><channel><title>Harbour Gazette</title>
<item><title>Pool &amp;amp; harbour &lt;b&gt;open&lt;/b&gt;</title><link>/2026/pool</link><pubDate>Thu, 26 Nov 2026 05:30:00 +0100</pubDate></item>
<item><pubDate>soon</pubDate></item>
<item/>
</channel></rss>
END
exits 'a feed' 0 fetch feed --base=https://gazette.example/feed gazette.xml
has 'its kind, entries, encoding and title' out 'gazette.xml: rss20, 3 entries, utf-8, Harbour Gazette'
has 'a title without markup, a date in UTC' out '  2026-11-26T04:30:00.000Z  Pool & harbour open'
has 'a link made absolute' out 'https://gazette.example/2026/pool'
has 'a date that cannot be read' out '  date not read             (no title)'
has 'no date' out '  no date                   (no title)'
has 'no link' out '(no link)'

gzip -c gazette.xml >gazette.xml.gz
exits 'gzip data' 0 fetch feed gazette.xml.gz
has 'gzip data is inflated' out '3 entries'
"$PRESSLINE" fetch feed - <gazette.xml >out
has 'standard input' out '-: rss20, 3 entries'

exits 'JSON' 0 fetch feed --json gazette.xml
if command -v python3 >/dev/null; then
    is 'JSON has what a program needs' "$(python3 -c '
import json
f = json.loads(open("out").read())
e = f["entries"][0]
print(f["file"], f["kind"], f["well_formed"], len(f["entries"]), e["title"], e["published"], e["published_at"])')" \
        'gazette.xml rss20 True 3 Pool & harbour open Thu, 26 Nov 2026 05:30:00 +0100 2026-11-26T04:30:00.000Z'
fi

printf '<rss><item><title>Fish & chips</title></item></rss>' >ill.xml
exits 'an ill-formed feed' 0 fetch feed ill.xml
has 'what is wrong with it, and where' out '  not well-formed, read as far as it goes: line 1: '
has 'what it says nevertheless' out 'Fish & chips'

printf '<?xml version="1.0" encoding="windows-1251"?><rss><item><title>\315\356\342\356\361\362\350</title></item></rss>' >cyrillic.xml
exits 'a declared encoding' 0 fetch feed cyrillic.xml
has 'what it was declared to be' out 'windows-1251'
has 'its letters' out 'Новости'
exits 'the encoding that HTTP declares' 0 fetch feed --content-type='text/xml; charset=koi8-r' cyrillic.xml
has 'goes before the feed'\''s' out 'koi8-r'

printf '<!doctype html><html><body>x</body></html>' >page.html
exits 'a page' 74 fetch feed page.html gazette.xml
has 'is told to be one' out 'page.html: no feed: an HTML page'
has 'and the next file is read' out '3 entries'
exits 'no such file' 74 fetch feed absent.xml
has 'is named' err "cannot open 'absent.xml'"
exits 'nothing to read' 64 fetch feed
has 'how it is called' err 'usage: pressline fetch feed'
printf '<rss><channel><title>a\33[31mb</title></channel></rss>' >escape.xml
exits 'what a terminal would obey' 0 fetch feed escape.xml
hasnt 'is not written' out "$(printf '\33')"

# ---- files made to do harm: refused, with a word on why; nothing read, nothing asked of the network
echo 'the password is salmon' >secret
entities=
for i in 1 2 3 4 5 6 7 8 9; do
    entities+="<!ENTITY l$i '$(for _ in 1 2 3 4 5 6 7 8 9 10; do printf '&l%s;' $((i - 1)); done)'>"
done
laughs="<!DOCTYPE rss [<!ENTITY l0 'lol'>$entities]>"
netscape='PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"'
body='<rss version="2.0"><channel><item><title>&l9;</title></item></channel></rss>'
echo "<?xml version=\"1.0\"?>$laughs$body" >laughs.xml
echo "<!DOCTYPE rss $netscape [<!ENTITY l0 'lol'>$entities]>$body" >laughs-in-091.xml
echo "<!DOCTYPE rss [<!ENTITY l9 '$(printf 'x%.0s' {1..50000})'>]><rss><item><title>$(printf '&l9;%.0s' {1..50000})</title></item></rss>" >quadratic.xml
echo "<!DOCTYPE rss [<!ENTITY l9 SYSTEM 'file://$PWD/secret'>]>$body" >file.xml
echo "<!DOCTYPE rss [<!ENTITY l9 SYSTEM 'secret'>]>$body" >relative.xml
echo "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:PORT/dtd'>$body" >dtd.xml
echo "<!DOCTYPE rss [<!ENTITY l9 SYSTEM 'http://127.0.0.1:PORT/entity'>]>$body" >loopback.xml
echo "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://127.0.0.1:PORT/parameter'> %p;]>$body" >parameter.xml
echo "<!DOCTYPE rss $netscape [<!ENTITY % p SYSTEM 'http://127.0.0.1:PORT/parameter'> %p;]>$body" >parameter-in-091.xml
echo "junk & more <!DOCTYPE rss [<!ENTITY l9 SYSTEM 'file://$PWD/secret'>]>$body" >ill-formed.xml
for name in laughs laughs-in-091 quadratic file relative dtd loopback parameter parameter-in-091 ill-formed; do
    exits "$name" 74 fetch feed $name.xml
    has "$name: says why" out 'DOCTYPE'
    hasnt "$name: nothing read" out salmon
done

# These two are no documents of the above kind: read, and nothing comes in.
echo '<rss xmlns:xi="http://www.w3.org/2001/XInclude"><item><title><xi:include href="secret" parse="text"/>x</title></item></rss>' >include.xml
echo '<?xml version="1.0"?><?xml-stylesheet href="http://127.0.0.1:PORT/s.xsl"?><?oasis-xml-catalog catalog="http://127.0.0.1:PORT/c"?><rss xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://127.0.0.1:PORT/ http://127.0.0.1:PORT/x.xsd"><item><title>x</title></item></rss>' >hints.xml
for name in include hints; do
    exits "$name" 0 fetch feed $name.xml
    has "$name: the rest is read" out '  x'
    hasnt "$name: nothing included" out salmon
done
echo "<!DOCTYPE rss $netscape><rss version=\"0.91\"><channel><item><title>Caf&eacute;</title></item></channel></rss>" >known.xml
exits 'the DOCTYPE that is known' 0 fetch feed known.xml
has 'the names that its DTD would declare' out 'Café'

need 'nothing is asked of the network' python3
cat >listen.py <<'END'
# A port of loopback that nobody may connect to while the program reads: the kernel keeps what came.
import pathlib, socket, subprocess, sys
s = socket.create_server(("127.0.0.1", 0), backlog=16)
s.setblocking(False)
paths = sys.argv[2:]
for p in paths:
    pathlib.Path(p).write_text(pathlib.Path(p).read_text().replace("PORT", str(s.getsockname()[1])))
subprocess.run([sys.argv[1], "fetch", "feed", *paths], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
try:
    s.accept()
except BlockingIOError:
    sys.exit(0)
sys.exit("somebody connected")
END
holds 'nothing is asked of the network' python3 listen.py "$PRESSLINE" dtd.xml loopback.xml parameter.xml parameter-in-091.xml hints.xml known.xml
