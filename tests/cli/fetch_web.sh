#!/usr/bin/env bash
# The web without a net: what is refused before anything is asked for, lists in files, entries as records.
. "$(dirname "$0")/lib.sh"
"$PRESSLINE" describe fetch | grep -q allow_private || { skip 'the web' 'fetch was built without it'; exit 0; }

cat >web.cfg <<'END'
stages = ( { plugin = "fetch"; }, { plugin = "archive"; } );
END
exits 'an address is an input' 0 check web.cfg --input https://news.example/feed --output made
exits 'of another kind is none' 78 run web.cfg --input ftp://news.example/feed --output made --quiet
has 'and is named' err "'ftp://news.example/feed' is no file, and no address of http or https"

# wrong NAME OPTION=VALUE TEXT...: it is told whatever is to be read, with the option and what was expected
echo '<p>The ferry sails later today, said the harbour master.</p>' >page.html
wrong() {
    local name=$1 set=$2 input text
    shift 2
    for input in page.html http://127.0.0.1:9/; do
        exits "$name, for $input" 78 run web.cfg --input "$input" --output made --quiet --set "fetch.$set"
        for text; do
            has "$name, for $input: '$text'" err "$text"
        done
    done
}
wrong 'a date that is none' since=yesterday "since: 'yesterday' is no date" '2026-11-01'
wrong 'a pattern that is none' 'include=x[' 'include' 'x['
wrong 'a pattern to exclude that is none' 'exclude=x(' 'exclude' 'x('
wrong 'a range that is none' allow_private=10.0.0.0/33 'allow_private: "10.0.0.0/33"' 'expected 0 to 32'
wrong 'a parameter that is none' 'tracking=a b' 'tracking' 'expected the name of a parameter'
wrong 'a recording that is not there' recorded=none.warc.gz "option 'recorded': cannot read 'none.warc.gz'"
wrong 'a recording that is none' recorded=page.html 'recorded: ' 'page.html'
wrong 'a name that is none' resolve=news.example:443 "resolve: 'news.example:443'" 'is not NAME:PORT:ADDRESS'
wrong 'a proxy that is none' proxy=proxy.example:3128 "proxy: 'proxy.example:3128'" 'http://'
wrong 'a contact that cannot be sent' 'contact=désk@news.example' 'contact: ' 'printable ASCII'
wrong 'a contact that is too long' "contact=$(printf 'a%.0s' $(seq 400))" 'contact: ' '300 characters'
wrong 'certificates that are not there' ca_file=none.pem "option 'ca_file': cannot read 'none.pem'"

# ---- what the guard refuses comes to nothing, and no connection is made
cat >list <<'END'
http://127.0.0.1:9/page
http://[::ffff:10.0.0.1]/page
http://0x7f000001/
https://news.example:99999/
END
exits 'addresses that are refused' 3 run web.cfg --input @list --output refused --quiet
is 'each is a dead letter' "$(field code <refused/deadletters.jsonl | sort | uniq -c | tr -s ' \n' ' ')" ' 1 bad-address 3 refused '
has 'that says why' refused/deadletters.jsonl 'loopback'
exits 'they cannot be tried again from their bytes' 3 retry refused/deadletters.jsonl web.cfg --output again --quiet
has 'as retry says' again/deadletters.jsonl 'must be read again'

# ---- a feed and a sitemap in files, their entries as records
cat >feed.xml <<'END'
<?xml version="1.0"?>
<rss version="2.0"><channel><title>Harbour News</title>
<item><title>Ferry late</title><link>https://news.example/ferry?utm_source=rss</link><author>Ingrid Solheim</author>
<pubDate>Mon, 23 Nov 2026 08:00:00 +0100</pubDate><description>&lt;p&gt;The ferry was &lt;b&gt;late&lt;/b&gt;.&lt;/p&gt;</description>
<category>Sea</category><category>Islands</category></item>
<item><title>The same</title><link>https://news.example/ferry</link></item>
<item><title>Long ago</title><link>https://news.example/old</link><pubDate>Mon, 23 Nov 2009 08:00:00 GMT</pubDate></item>
<item><title>Sport</title><link>https://news.example/sport/1</link></item>
</channel></rss>
END
cat >map.xml <<'END'
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/bridge</loc><news:news><news:publication><news:name>Harbour News</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2026-11-24</news:publication_date>
<news:title>Bridge closed</news:title></news:news></url></urlset>
END
gzip map.xml
exits 'entries as records' 0 run web.cfg --set fetch.pages=false --quiet --input feed.xml --input map.xml.gz --output entries \
    --set fetch.since=2020-01-01 --set fetch.exclude=/sport/
zcat entries/articles.jsonl.gz >articles
is 'their titles' "$(field title <articles | tr '\n' '|')" 'Ferry late|Bridge closed|'
has 'when it was published' articles '"published":"2026-11-23T07:00:00.000Z"'
has 'who wrote it' articles '"byline":["Ingrid Solheim"]'
has 'what it is about' articles '"tags":["Sea","Islands"]'
has 'where it is' articles '"url":"https://news.example/ferry?utm_source=rss"'
has 'where that was said' articles '"source":"feed.xml"'
has 'the site of a sitemap' articles '"site":"Harbour News"'
echo http://127.0.0.1:9/1 >web.list
"$PRESSLINE" run web.cfg --input @- --output piped --quiet <web.list 2>err
is 'a list on standard input' "$? $(field code <piped/deadletters.jsonl)" '3 refused'
cat >here.xml <<'END'
<rss version="2.0"><channel><title>Harbour News</title><item><title>Ferry late</title><link>http://127.0.0.1:9/1</link></item></channel></rss>
END
cp here.xml there.xml
exits 'feeds in files lead to the web' 3 run web.cfg --input here.xml --input there.xml --output here
is 'which is told once' "$(grep -c 'asked for on the web' err)" 1
has 'of the first' err "'here.xml' is a feed or sitemap"
exits 'entries do not' 0 run web.cfg --set fetch.pages=false --input here.xml --output stay
hasnt 'nor are they told of' err 'asked for on the web'
echo '{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour News", "items": [
    {"id": "1", "url": "https://news.example/1", "title": "Snow", "content_text": "It snows."}]}' >feed.json
exits 'a JSON feed is a feed' 0 run web.cfg --set fetch.pages=false --quiet --output json --input feed.json

printf 'User-agent: *\nDisallow:\n' >robots.txt
exits 'a text that is called robots.txt is a text' 0 run web.cfg --input robots.txt --output text --quiet
is 'and a record' "$(zcat text/articles.jsonl.gz | grep -c .)" 1
printf '<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss version="2.0"><channel/></rss>' >bad.xml
exits 'a feed that is refused' 3 run web.cfg --input bad.xml --output bad --quiet
has 'is a dead letter' bad/deadletters.jsonl '"code":"bad-feed"'
exits 'with another format it is what it is said to be' 0 run web.cfg --input feed.xml --output html --quiet --set fetch.format=html

# ---- a long list, killed between its entries: each is there once, in order
{
    echo '<rss version="2.0"><channel><title>Harbour News</title>'
    seq 1 20000 | sed 's|.*|<item><title>Ferry &</title><link>https://news.example/ferry/&</link></item>|'
    echo '</channel></rss>'
} >long.xml
cat >long.cfg <<'END'
checkpoint_interval = "10ms";
stages = ( { plugin = "fetch"; pages = false; }, { plugin = "archive"; path = "${output}/a.jsonl"; } );
END
size() { cat long/a.jsonl* 2>/dev/null | wc -c; }
for n in 1 2 3; do # whenever that is, and also where the run is faster
    before=$(size)
    "$PRESSLINE" run long.cfg --input long.xml --output long --quiet 2>err </dev/null &
    while kill -0 $! 2>/dev/null && [ "$(size)" -le "$before" ]; do :; done
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
done
exits 'a long list: the end' 0 run long.cfg --input long.xml --output long --quiet
field title <long/a.jsonl >got
seq -f 'Ferry %.0f' 1 20000 >wanted
same 'a long list: each entry once' wanted got
exits 'a long list, again' 0 run long.cfg --input long.xml --output long
has 'a long list is done once' err 'nothing new: 1 inputs are done'
