#!/usr/bin/env bash
# Feeds: the files of two other readers' tests give the entries that those readers give, and none ends the program.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"

data=$SHARED/data/fetch/feeds
[ -r "$data/feedparser_expected.jsonl" ] || { skip 'feeds of other readers' 'no development data beside the repository'; exit 0; }
"$PRESSLINE" fetch --help 2>&1 | grep -q '^  feed ' || { skip 'feeds of other readers' 'fetch was built without the web'; exit 0; }
need 'feeds of other readers' python3
export PRESSLINE

# score NAME FLOOR ARG...
score() {
    local name=$1 floor=$2
    shift 2
    holds "feeds of $name: $floor % of the files give its entries" \
        sh -c 'python3 "$@" >score 2>&1' - "$SRCDIR/tests/score/feeds.py" "$@" -v --least="$floor"
    [ -z "${VERBOSE-}" ] || sed "s/^/# /" score
}
score feedparser 99 feedparser "$data/feedparser" "$data/feedparser_expected.jsonl"
score gofeed 98.5 gofeed "$data/gofeed"
