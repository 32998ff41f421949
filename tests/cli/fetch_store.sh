#!/usr/bin/env bash
# What is known of addresses, as `pressline fetch store` tells it: after a crawl that nobody answered.
. "$(dirname "$0")/lib.sh"
pl fetch --help
grep -qF 'store' out err || { skip 'fetch store' 'fetch was built without the web'; exit 0; }

# Nothing listens at port 1 of loopback.
cat >news.rss <<'END'
<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title>
<item><title>Ferry late &amp; full</title><link>http://127.0.0.1:1/ferry?utm_source=rss</link></item>
<item><title>Pier closed</title><link>http://127.0.0.1:1/pier</link></item></channel></rss>
END
cat >known.cfg <<'END'
stages = ( { plugin = "fetch"; store = "lasting/known"; allow_private = ["127.0.0.0/8"]; delay = "0"; retries = 0; },
           { plugin = "archive"; } );
END
pl run known.cfg --input news.rss --output one
is 'a page that cannot be had is a dead letter' "$rc" 3

exits 'counts' 0 fetch store lasting/known
has 'addresses by kind' out 'addresses  2: 2 pages'
has 'queued for another day' out 'queued     2, still to be fetched'
has 'failing' out 'failing    2'
exits 'counts as JSON' 0 fetch store --json lasting/known
has 'counts as JSON: fields' out '"pages":2,"feeds":0,"sitemaps":0,"fronts":0,"queued":2,"due":0,"failing":2'

exits 'queued' 0 fetch store --queued lasting/known
has 'queued: its canonical form' out 'http://127.0.0.1:1/ferry'
has 'queued: as it is asked for' out '  asked for as   http://127.0.0.1:1/ferry?utm_source=rss'
has 'queued: not before it is due' out 'queued: it is still to be fetched, not before 20'
has 'queued: how often it failed' out '  failures       1 in a row'
exits 'limit' 0 fetch store --queued --limit=1 lasting/known
hasnt 'limit: no more than that' out 'pier'
exits 'due' 0 fetch store --due lasting/known
is 'due: none' "$(cat out)" ''

exits 'by any of its forms' 0 fetch store lasting/known 'http://127.0.0.1:1/ferry?utm_medium=mail#top' http://127.0.0.1:1/other
has 'by any of its forms: found' out '  kept for it'
has 'one that is new' out 'nothing is known of it: it would be fetched'
exits 'as JSON' 0 fetch store --json lasting/known http://127.0.0.1:1/pier
has 'as JSON: fields' out '{"kind":"page","canonical_url":"http://127.0.0.1:1/pier","url":"http://127.0.0.1:1/pier","queued":true,"due":false,"failures":1'

exits 'by the parameters of its pipeline' 0 fetch store --tracking=visit 'lasting/known' 'http://127.0.0.1:1/pier?visit=9'
has 'by the parameters of its pipeline: found' out 'http://127.0.0.1:1/pier
  page'
exits 'a bad parameter' 64 fetch store --tracking='a=b' lasting/known http://127.0.0.1:1/pier
has 'a bad parameter: told' err 'a=b'

# A run that is begun anew at once asks for nothing: it is not due.
pl run known.cfg --input news.rss --output two
is 'nothing is due' "$rc" 0
is 'nothing is due: no dead letters' "$(cat two/deadletters.jsonl)" ''

# Parts of a run have a store each.
pl run known.cfg --shard 1/1 --input news.rss --output part
is 'parts have a store each' "$(ls lasting)" 'known
known-1of1'

if command -v flock >/dev/null; then
    exec 9<lasting/known && flock 9
    exits 'in use by another run' 75 run known.cfg --input news.rss --output four
    has 'in use: told' err "'lasting/known' is being written by another run or stage"
    exits 'in use: it may be read' 0 fetch store lasting/known
    exec 9<&-
else
    skip 'in use by another run' 'flock is not installed'
fi

exits 'no store named' 64 fetch store
exits 'a limit that is no number' 64 fetch store --limit=few lasting/known
exits 'no such file' 74 fetch store nothing
has 'no such file: told' err "cannot open 'nothing': No such file or directory"
echo 'a diary' >diary
exits 'not ours' 74 fetch store diary
has 'not ours: told' err "'diary' is no SQLite database"
sed -i 's/lasting\/known/diary/' known.cfg
exits 'a run over what is not ours' 78 run known.cfg --input news.rss --output three
has 'a run over what is not ours: told' err "'diary' is no SQLite database, and is left as it is: move it away or choose another \`store\`"
is 'a run over what is not ours: left as it is' "$(cat diary)" 'a diary'
