#!/usr/bin/env bash
# The crawl against a real server: feeds, sitemaps, front pages and pages to an archive, twice; politeness is read from the
# server's own log.  All sites are 127.0.0.1 under names that the option `resolve` gives.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"
"$PRESSLINE" describe fetch 2>/dev/null | grep -q allow_private || { skip 'the crawl' 'fetch was built without the web'; exit 0; }
need 'the crawl' python3
. "$(dirname "$0")/nginx.lib"
nginx_there

mkdir -p n/www
page() { # page FILE TITLE: each with words of its own, as dedupe would else keep one of them
    mkdir -p "$(dirname "n/www/$1")"
    python3 - "$2" >"n/www/$1" <<'END'
import random, sys
random.seed(sys.argv[1])
who, what, when = ["the mayor", "Ingrid Solheim", "the harbour master", "a teacher", "the board", "two skippers"], [
    "said", "denied", "announced", "was told", "heard"], ["on Monday", "before noon", "at the quay", "last week", "in the hall"]
things = "ferry bridge school council island lighthouse market river road winter ice crew ticket vote budget storm".split()
def sentence():
    a, b, c = random.sample(things, 3)
    return "%s %s %s that the %s and the %s would wait for the %s." % (
        random.choice(who).capitalize(), random.choice(what), random.choice(when), a, b, c)
print("<html><head><title>%s</title></head><body><article><h1>%s</h1>" % (sys.argv[1], sys.argv[1]))
for _ in range(3):
    print("<p>%s</p>" % " ".join(sentence() for _ in range(3)))
print("</article></body></html>")
END
}
page 1.html 'Ferry sails later'
page 2.html 'School opens again'
page 3.html 'Bridge closed for repairs'
page 4.html 'Council votes on parking'
page private/5.html 'Not for robots'
page old/6.html 'From another year'
printf 'Latin \351t\351\n' >n/www/latin.txt

nginx_start n '
    location = /robots.txt { try_files /robots-$host.txt =404; }
    location /moved/ { return 301 http://$host:$server_port/3.html; }
    location /loop/ { return 302 http://$host:$server_port/loop/; }
    location /busy { return 503; }
    location /bomb { default_type text/html; add_header Content-Encoding gzip; }
    location /packed/ { gzip on; gzip_types *; gzip_min_length 1; }
    location /plain/ { etag off; if_modified_since off; add_header Last-Modified ""; }
    location /feed.rss { charset utf-8; }'
port=$nginx_port
a=http://a.example:$port b=http://b.example:$port c=http://c.example:$port
cat >n/www/feed.rss <<END
<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title>
<item><title>From the feed</title><link>$a/1.html?utm_source=rss</link><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item>
<item><title>Again</title><link>$a/1.html#comments</link></item>
<item><title>School</title><link>/2.html</link></item>
<item><title>Moved</title><link>/moved/3</link></item>
<item><title>Private</title><link>/private/5.html</link></item>
<item><title>Gone</title><link>/gone.html</link></item>
<item><title>Loop</title><link>/loop/</link></item>
</channel></rss>
END
cat >n/www/news.xml <<END
<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>$b/4.html</loc><lastmod>2026-11-20</lastmod></url><url><loc>$b/old/6.html</loc><lastmod>2011-11-20</lastmod></url></urlset>
END
printf 'User-agent: *\nDisallow: /private/\n' >n/www/robots-a.example.txt
printf 'User-agent: *\nCrawl-delay: 0.4\nSitemap: %s/news.xml\n' "$b" >n/www/robots-b.example.txt
printf '<html><head><title>Front</title></head><body><a href="/4.html">Council votes on parking</a></body></html>\n' >n/www/index.html
cat >sites <<END
$a/feed.rss
$b/
END
cat >crawl.cfg <<END
stages = (
  { plugin = "fetch"; allow_private = ["127.0.0.1"]; delay = "200ms"; since = "2020-01-01"; store = "known.db";
    resolve = ["a.example:$port:127.0.0.1", "b.example:$port:127.0.0.1", "c.example:$port:127.0.0.1"];
    contact = "desk@harbour.example"; },
  { plugin = "clean"; },
  { plugin = "archive"; }
);
END

# requests HOST: what the log has of it, in order
requests() { awk -v host="$1" '$8 == host { print $(NF - 1) }' "$nginx_log"; }
settled() { for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; grep -q "$1" "$nginx_log" && return 0; done; }

exits 'the first run, with what came to nothing' 3 run crawl.cfg --input @sites --output first --quiet
settled '/news.xml'
zcat first/articles.jsonl.gz >articles
is 'four pages' "$(field title <articles | sort | tr '\n' '|')" \
    'Bridge closed for repairs|Council votes on parking|Ferry sails later|School opens again|'
is 'dead letters by code' "$(field code <first/deadletters.jsonl | sort | tr '\n' ' ')" 'http-404 redirect-loop '
has 'the address that was asked for' articles "\"source\":\"$a/1.html?utm_source=rss\""
has 'the address that answered' articles "\"url\":\"$a/3.html\",\"source\":\"$a/moved/3\""
has 'what the feed said of it' articles '"published":"2026-11-23T08:00:00.000Z"'
hasnt 'nothing of robots.txt was asked for' "$nginx_log" '/private/'
hasnt 'nor what is too old' "$nginx_log" '/old/'
is 'robots.txt before all else' "$(requests a.example | head -n 1) $(requests b.example | head -n 1)" '/robots.txt /robots.txt'
is 'each address once' "$(requests a.example | sort | uniq -d)" ''
has 'a truthful user agent' "$nginx_log" '(+desk@harbour.example)"'

# ---- politeness, from the log: each request of a host begins `delay` after the one before has ended
cat >polite.py <<'END'
import sys
least = dict(zip(sys.argv[2::2], map(float, sys.argv[3::2])))
last, wrong, n = {}, 0, 0
for line in open(sys.argv[1]):
    w = line.split()
    ended, took, host = float(w[0]), float(w[5]), w[7]
    begun = ended - took
    if host in last and host in least:
        n += 1
        if begun - last[host] < least[host] - 0.02: # the log counts milliseconds, and curl's clock is not nginx's
            print("%s: %.3f s after the one before: %s" % (host, begun - last[host], line.strip()))
            wrong += 1
    last[host] = ended
print(n >= 7 and not wrong and "polite" or "%d of %d are not" % (wrong, n))
END
is 'delays are kept' "$(python3 polite.py "$nginx_log" a.example 0.2 b.example 0.4)" polite

# ---- a second run: nothing is due
: >"$nginx_log"
exits 'the second run' 0 run crawl.cfg --input @sites --output second
has 'says why' <(sed 's/in [0-9]* min, at .*/in N/' err) 'pressline: info: fetch: 0 requests; of the addresses 2 were not due yet (the first will be in N'
exits 'the same output again' 0 run crawl.cfg --input @sites --output second
has 'and names no inputs' err 'nothing new: nothing was written'
exits 'of one that robots.txt forbids it is told' 0 fetch store known.db "$a/private/5.html"
has 'as such' out ': robots.txt forbids it'
is 'asks for nothing' "$(grep -c . "$nginx_log")" 0
is 'and has no record' "$(zcat second/articles.jsonl.gz | grep -c .)" 0

# ---- later, when all is due: 304 for everything, no body, no record
python3 - <<'END'
import sqlite3
db = sqlite3.connect("known.db")
for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    columns = [c[1] for c in db.execute("PRAGMA table_info(%s)" % table)]
    for column in columns:
        if column in ("due", "due_ms"):
            db.execute("UPDATE %s SET %s = 1" % (table, column))
db.commit()
END
: >"$nginx_log"
exits 'the third run' 0 run crawl.cfg --input @sites --output third --quiet
settled '/news.xml'
is 'no record' "$(zcat third/articles.jsonl.gz | grep -c .)" 0
is 'every body that is unchanged stays there' "$(awk '$4 == 200 && $(NF - 1) != "/robots.txt" { print $(NF - 1) }' "$nginx_log")" ''
is 'all answers are 304' \
    "$(awk '$(NF - 1) != "/robots.txt" { print $4 }' "$nginx_log" | sort -u | tr '\n' ' ')" '304 '

# ---- one page has changed, and the feed has one more
page 2.html 'School stays closed'
page 7.html 'Lighthouse lit again'
sed -i "s|<item><title>School|<item><title>Light</title><link>/7.html</link></item>&|" n/www/feed.rss
python3 - <<'END'
import sqlite3
db = sqlite3.connect("known.db")
for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    for c in db.execute("PRAGMA table_info(%s)" % table).fetchall():
        if c[1] in ("due", "due_ms"):
            db.execute("UPDATE %s SET %s = 1" % (table, c[1]))
db.commit()
END
exits 'the fourth run' 3 run crawl.cfg --input @sites --output fourth --quiet
is 'brings what is new' "$(zcat fourth/articles.jsonl.gz | field title | sort | tr '\n' '|')" \
    'Lighthouse lit again|School stays closed|'

# ---- two sites at once, neither waits for the other
printf 'User-agent: *\nCrawl-delay: 1\n' >n/www/robots-c.example.txt
printf '%s\n' "$c/1.html" "$c/2.html" "$c/3.html" "$a/1.html" "$a/2.html" "$a/3.html" "$a/4.html" >pages
: >"$nginx_log"
sed 's/store = "known.db";//' crawl.cfg >fresh.cfg
exits 'pages of two sites' 0 run fresh.cfg --input @pages --output two --quiet
settled 'c.example.*3.html'
is 'the quick one is done before the slow one' "$(awk '$(NF - 1) ~ /html/ { print $8 }' "$nginx_log" | tail -n 1)" c.example
is 'both kept their delays' "$(python3 polite.py "$nginx_log" a.example 0.2 c.example 1)" polite

# ---- entries as records, no page asked for; a feed in a file; a gzip sitemap
: >"$nginx_log"
grep -v '"clean"' fresh.cfg >entries.cfg # which would drop them: a title is no text
exits 'entries alone' 0 run entries.cfg --set fetch.pages=false --input "$a/feed.rss" --output entries --quiet
hasnt 'no page was asked for' "$nginx_log" '1.html'
has 'an entry is a record' <(zcat entries/articles.jsonl.gz) '"title":"School"'
sed "s|<link>/|<link>$a/|g" n/www/feed.rss >local.rss
gzip -kc n/www/news.xml >news.xml.gz
exits 'a feed and a sitemap in files' 3 run fresh.cfg --input local.rss --input news.xml.gz --output local --quiet
is 'bring their pages' "$(zcat local/articles.jsonl.gz | grep -c .)" 5

# ---- what cannot be had is a dead letter, and no more than two more tries are made
: >"$nginx_log"
exits 'a server that is busy' 3 run fresh.cfg --input "$a/busy" --output busy --quiet
is 'was asked three times' "$(grep -c ' /busy' "$nginx_log")" 3
has 'and is a dead letter' busy/deadletters.jsonl '"code":"http-503"'
# ---- encodings: undone, and no more of a bomb than shows that it is one
page packed/8.html 'Storm warning lifted'
cp n/www/feed.rss n/www/packed/feed.rss
head -c 300000000 /dev/zero | gzip >n/www/bomb
exits 'pages and feeds in gzip' 0 run fresh.cfg --set fetch.limit=1 --input "$a/packed/8.html" --input "$a/packed/feed.rss" \
    --output packed --quiet
has 'are read' <(zcat packed/articles.jsonl.gz) '"title":"Storm warning lifted"'
exits 'a bomb' 3 run fresh.cfg --input "$a/bomb" --output bomb --quiet --json
has 'is refused' bomb/deadletters.jsonl '"code":"too-large"'
grep -q '^SANITIZER_CFLAGS = .*-fsanitize' "$BUILDDIR/Makefile" || is 'and took no memory' "$(python3 -c 'import json; print(json.load(open("bomb/report.json"))["peak_rss_bytes"] < 64 << 20)')" True
exits 'without leave nothing private is asked' 3 run fresh.cfg --set fetch.allow_private= --input "$a/1.html" --output refused --quiet
has 'a dead letter says why' refused/deadletters.jsonl '127.0.0.1 is loopback'

# ---- recorded and played again: the same bytes, and nothing is asked for
exits 'a crawl that is recorded' 3 run fresh.cfg --set fetch.record=all.warc.gz --input @sites --output live --quiet
exits 'the recording is whole' 0 warc verify all.warc.gz
: >"$nginx_log"
exits 'played again' 3 run fresh.cfg --set fetch.recorded=all.warc.gz --input @sites --output played --quiet --jobs 1
exits 'and once more' 3 run fresh.cfg --set fetch.recorded=all.warc.gz --input @sites --output again --quiet --jobs 3
is 'nothing was asked for' "$(grep -c . "$nginx_log")" 0
same 'the same articles, byte for byte' played/articles.jsonl.gz again/articles.jsonl.gz
same 'the same dead letters' played/deadletters.jsonl again/deadletters.jsonl
is 'they are those of the crawl' "$(zcat played/articles.jsonl.gz | field fetched_at | sort)" \
    "$(zcat live/articles.jsonl.gz | field fetched_at | sort)"

# ---- what is unchanged makes no record, and a revisit in the recording
page plain/9.html 'Ice road opens'
cat >due.py <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    for c in db.execute("PRAGMA table_info(%s)" % table).fetchall():
        if c[1] in ("due", "due_ms"):
            db.execute("UPDATE %s SET %s = 1" % (table, c[1]))
db.commit()
END
printf '%s\n' "$a/1.html" "$a/plain/9.html" "$a/feed.rss" >some
sed 's/store = "known.db"/store = "again.db"; record = "${output}\/web.warc.gz"; exclude = ["moved|gone|loop|2.html|7.html"]/' crawl.cfg >revisit.cfg
exits 'recorded' 0 run revisit.cfg --input @some --output revisit --quiet
python3 due.py again.db
exits 'recorded once more' 0 run revisit.cfg --input @some --output revisit --quiet
is 'no record came of it' "$(zcat revisit/articles*.jsonl.gz | grep -c .)" 2
exits 'both recordings are right' 0 warc verify revisit/web.warc.gz revisit/web-2.warc.gz
is 'revisits, by kind' "$(zcat revisit/web-2.warc.gz | tr -d '\r' | sed -n 's/^WARC-Profile: .*revisit.//p' | sort | uniq -c | tr -s ' \n' ' ')" \
    ' 1 identical-payload-digest 2 server-not-modified '
sed 's/store = "again.db"; record = [^;]*;//' revisit.cfg >replay.cfg
exits 'answers out of both' 0 run replay.cfg --set fetch.recorded=revisit --input @some --output revisited --quiet
is 'are the same pages' "$(zcat revisited/articles.jsonl.gz | field title | sort)" "$(zcat revisit/articles.jsonl.gz | field title | sort)"
mkdir alone && cp revisit/web-2.warc.gz alone/
exits 'out of the second alone' 3 run replay.cfg --set fetch.recorded=alone --input @some --output orphans --quiet
is 'no page, for none is in it' "$(zcat orphans/articles.jsonl.gz | grep -c .) $(field code <orphans/deadletters.jsonl | sort | uniq -c | tr -s ' \n' ' ')" \
    '0  3 not-recorded '
cat >follow.py <<'END'
# Every revisit leads to a response with its digest, address and date, as those libraries read them.
import sys
def with_warcio(path):
    from warcio.archiveiterator import ArchiveIterator
    for r in ArchiveIterator(open(path, "rb")):
        yield r.rec_type, r.rec_headers.get_header
def with_fastwarc(path):
    from fastwarc.warc import ArchiveIterator
    for r in ArchiveIterator(open(path, "rb")):
        yield r.headers.get("WARC-Type"), r.headers.get
there, n = {}, 0
for path in sys.argv[2:]:
    for kind, get in {"warcio": with_warcio, "fastwarc": with_fastwarc}[sys.argv[1]](path):
        if kind == "response":
            there[get("WARC-Target-URI"), get("WARC-Date")] = get("WARC-Payload-Digest")
        elif kind == "revisit":
            n += there[get("WARC-Refers-To-Target-URI"), get("WARC-Refers-To-Date")] == get("WARC-Payload-Digest")
print(n)
END
. "$(dirname "$0")/lib.sh"
for module in warcio fastwarc; do
    peer_module $module || { skip "revisits by $module" "$module is not installed"; continue; }
    is "revisits are followed by $module" "$("$peer_python" follow.py $module revisit/web.warc.gz revisit/web-2.warc.gz)" 3
done
if peer_module warcio; then
    holds 'and their digests are right' "$peer_python" -m warcio.cli check revisit/web.warc.gz revisit/web-2.warc.gz
fi

# ---- killed in mid-crawl, and gone on with
for i in $(seq 40); do page "many/$i.html" "Story number $i"; echo "$a/many/$i.html"; done >many
sed 's/delay = "200ms"/delay = "20ms"; record = "killed.warc.gz"/; $a checkpoint_interval = "100ms";' fresh.cfg >kill.cfg
: >"$nginx_log"
for i in 1 2 3; do
    bash -c "timeout -s KILL 0.5 $PRESSLINE run kill.cfg --input @many --output killed --quiet; true" >/dev/null 2>&1
done
pl run kill.cfg --input @many --output killed --quiet
is 'killed: exit' "$rc" 0
is 'killed: each page once' "$(zcat killed/articles.jsonl.gz | field url | sort -u | grep -c .) $(zcat killed/articles.jsonl.gz | grep -c .)" '40 40'
exits 'killed: the recording is whole' 0 warc verify killed.warc.gz
is 'killed: each page is in it once' "$(pl warc ls killed.warc.gz && grep -c many out)" 40

# ---- pipelines/news.cfg, as it is
printf '%s/feed.rss\n' "$a" >list
pl run "$SRCDIR/pipelines/news.cfg" --input @list --output news --quiet --set fetch.allow_private=127.0.0.1 \
    --set "fetch.resolve=a.example:$port:127.0.0.1" --set fetch.delay=0 --set fetch.max_age=0 --set max_failures=10
is 'news.cfg: exit' "$rc" 3
is 'news.cfg: articles' "$(zcat news/articles/*/*.jsonl.gz | grep -c .)" 4
