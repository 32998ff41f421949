#!/usr/bin/env bash
# The sample articles through every pipeline of pipelines/: what the demo shows is what comes out.
# timeout: 600
. "$(dirname "$0")/lib.sh"

for cfg in "$SRCDIR"/pipelines/*.cfg; do
    name=$(basename "$cfg")
    if grep -q '"sqlite"' "$cfg" && [ ! -e "$BUILDDIR/plugins/.libs/sqlite.so" ]; then
        skip "check $name" 'sqlite was left out'
        continue
    fi
    if [ "$name" = news.cfg ] && ! "$PRESSLINE" describe fetch | grep -q allow_private; then
        skip "check $name" 'fetch was built without the web'
        continue
    fi
    exits "check $name" 0 check "$cfg" --input "$DATA/demo" --output checked
done

exits 'demo.cfg: finishes, with dead letters' 3 run "$SRCDIR/pipelines/demo.cfg" --input "$DATA/demo" --output one --jobs 1 --quiet
gzip -dc one/articles.jsonl.gz >articles.jsonl
# 5 pages and texts, 6 lines of the feed; the republication is dropped, the broken download fails.
is 'demo.cfg: 10 articles' "$(grep -c . articles.jsonl)" 10
is 'demo.cfg: 1 dead letter' "$(grep -c . one/deadletters.jsonl)" 1
has 'demo.cfg: the broken download failed' one/deadletters.jsonl broken-off.html.gz
hasnt 'demo.cfg: the republication was dropped' articles.jsonl 'sea-wall-reprint'
has 'demo.cfg: the scraped title' articles.jsonl '"title":"Transport minister orders inquiry after Gdansk ferry collision"'
hasnt 'demo.cfg: no comment form' articles.jsonl 'Your email address will not be published'
hasnt 'demo.cfg: no share bar' articles.jsonl 'Click to share'
hasnt 'demo.cfg: no related links' articles.jsonl 'Hosepipe ban'
hasnt 'demo.cfg: no menu of a table page' articles.jsonl 'Advertise with us'
has 'demo.cfg: windows-1250 became UTF-8' articles.jsonl 'Stavbaři využili mírnou zimu'
has 'demo.cfg: a person' articles.jsonl '"text":"Rhiannon Bevan"'

exits 'demo.cfg: with 4 workers' 3 run "$SRCDIR/pipelines/demo.cfg" --input "$DATA/demo" --output four --jobs 4 --quiet
same 'demo.cfg: the same bytes with 1 and 4 workers' one/articles.jsonl.gz four/articles.jsonl.gz
same 'demo.cfg: the same dead letters' one/deadletters.jsonl four/deadletters.jsonl

exits 'minimal.cfg: finishes, with dead letters' 3 run "$SRCDIR/pipelines/minimal.cfg" --input "$DATA/demo" --output minimal --quiet
is 'minimal.cfg: 11 articles' "$(gzip -dc minimal/articles.jsonl.gz | grep -c .)" 11
exits 'pages.cfg: finishes, with dead letters' 3 run "$SRCDIR/pipelines/pages.cfg" --input "$DATA/demo" --output pages --quiet
exits 'pages.cfg: all in order' 0 warc verify pages/*.warc.gz
pl warc ls pages/*.warc.gz
is 'pages.cfg: a text for each article' "$(grep -c conversion out)" 11

# lasting.cfg over two days: the second has a republication, under another name, of what the first kept.
if [ -e "$BUILDDIR/plugins/.libs/sqlite.so" ]; then
    mkdir days && cp "$DATA"/demo/* days && mv days/sea-wall-reprint.txt .
    exits 'lasting.cfg: the first day, with dead letters' 3 run "$SRCDIR/pipelines/lasting.cfg" --input days --output lasting --quiet
    mv sea-wall-reprint.txt days
    exits 'lasting.cfg: the second day' 0 run "$SRCDIR/pipelines/lasting.cfg" --input days --output lasting
    has 'lasting.cfg: the store knows the first day' err '1 read, 0 emitted; 0 out, 1 dropped, 0 failed'
    pl archive cat lasting/articles/*/*.jsonl.gz
    is 'lasting.cfg: 10 articles, in files by month and site' "$(grep -c . out)" 10
    holds 'lasting.cfg: a file of a month and a site' test -e lasting/articles/2024-02/andes_dispatch.jsonl.gz
    exits 'lasting.cfg: they are whole' 0 archive verify lasting/articles/*/*.jsonl.gz
    exits 'lasting.cfg: so are the pages' 0 warc verify lasting/pages/*.warc.gz
    pl warc ls lasting/pages/*.warc.gz
    is 'lasting.cfg: the republished page is among them' "$(grep -c 'sea-wall-reprint.txt' out)" 3
    exits 'lasting.cfg: the store is sound' 0 dedupe store lasting/kept
    exits 'lasting.cfg: all files as one' 0 archive merge all.jsonl.gz lasting/articles/*/*.jsonl.gz
    pl archive get all.jsonl.gz pacific-88
    has 'lasting.cfg: a record of it' out '"id":"pacific-88"'
else
    skip 'lasting.cfg' 'sqlite was left out'
fi

exits 'names.cfg: finishes' 0 run "$SRCDIR/pipelines/names.cfg" --input "$DATA/demo/agency-feed.jsonl" --output names --quiet
gzip -dc names/articles.jsonl.gz >named.jsonl
if command -v jq >/dev/null; then
    jq -r -f "$SRCDIR/pipelines/quotations.jq" named.jsonl >quotations
    has 'names.cfg: who said what, by the full name' quotations "$(printf 'lagos-530\tFolake Adeyemi\tdirect\t“When the facts change')"
    is 'names.cfg: as many lines as quotations' "$(grep -c . quotations)" "$(grep -o '"kind":"quote"' named.jsonl | grep -c .)"
    jq -r '."entities.people"[]?.name' named.jsonl >people
    has 'names.cfg: the people, with jq' people 'Esteban Paredes'
    is 'names.cfg: the articles about a country, with jq' \
        "$(jq -r 'select(any(."entities.places"[]?; .country == "FJ")) | .id' named.jsonl)" pacific-88
else
    skip 'names.cfg with jq' 'jq is not installed'
fi

if command -v python3 >/dev/null; then
    cat >spans.py <<'END'
import gzip, json, sys
n = 0
for line in gzip.open(sys.argv[1], "rt", encoding="utf-8"):
    article = json.loads(line)
    for note in article.get("annotations", []):
        if article["text"][note["begin"]:note["end"]] != note["text"]:
            sys.exit(f"{article['id']}: {note}")
        n += 1
sys.exit(0 if n > 50 else f"{n} annotations")
END
    holds 'every annotation is text[begin:end] in Python' python3 spans.py one/articles.jsonl.gz
else
    skip 'annotations in Python' 'python3 is not installed'
fi

if ! command -v valgrind >/dev/null; then
    skip 'demo.cfg under valgrind' 'valgrind is not installed'
elif grep -q '^SANITIZER_CFLAGS = .*-fsanitize' "$BUILDDIR/Makefile"; then
    skip 'demo.cfg under valgrind' 'built with sanitizers'
else
    # Glibc's loader and libltdl keep what they allocated: "still reachable" is no leak.
    valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible \
        "$PRESSLINE" run "$SRCDIR/pipelines/demo.cfg" --input "$DATA/demo" --output valgrind --jobs 2 --quiet >out 2>err
    is 'demo.cfg under valgrind' $? 3
    same 'demo.cfg: the same bytes under valgrind' one/articles.jsonl.gz valgrind/articles.jsonl.gz
fi

# ---- what README.md shows next, as it is written there
ln -s "$SRCDIR/tests" "$SRCDIR/pipelines" .
# shown NAME PART [SED]: runs the command of README.md that has PART
shown() {
    local line
    line=$(grep -F "    build/pressline" "$SRCDIR/README.md" | grep -F -- "$2" | tail -n 1 | sed "s,^ *build/pressline,\"$PRESSLINE\",; ${3:-}")
    [ -n "$line" ] || { fail "$1: it is in README.md"; return; }
    (eval "$line") >out 2>err
    rc=$?
}
shown 'README: pages.cfg' 'pages.cfg --input tests/data/demo'
is 'README: pages.cfg makes a WARC file' "$rc $(ls build/pages | grep -c 'warc.gz$')" '3 1'
shown 'README: warc.cfg' "warc.cfg --input 'build/pages"
is 'README: warc.cfg makes its articles' "$rc $(gzip -dc build/articles/articles.jsonl.gz | grep -c .)" '0 10'
if ! command -v python3 >/dev/null || ! "$PRESSLINE" describe fetch | grep -q allow_private; then
    skip 'README: news.cfg' 'python3 is not installed, or fetch was built without the web'
    exit 0
fi
cat >serve.py <<'END'
import functools, http.server
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="tests/data/demo")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
open("port.new", "w").write(str(server.server_port))
__import__("os").rename("port.new", "port")
server.serve_forever()
END
python3 serve.py 2>/dev/null &
server=$!
trap 'left=$?; kill $server 2>/dev/null; finish $left' EXIT
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
shown 'README: news.cfg' 'news.cfg --input http://127.0.0.1' "s/:8765/:$(cat port)/"
is 'README: news.cfg' "$rc" 0
shown 'README: its archive' 'archive cat build/news'
is 'README: news.cfg brings the page' "$(field title <out | grep -c .)" 1
