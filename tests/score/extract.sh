#!/usr/bin/env bash
# How much of the article text of the development pages is found, and what else, against floors.
# timeout: 600
. "$(dirname "$0")/../cli/lib.sh"

sets=$SHARED/data/extract
scorer=$SHARED/score/score_extract.py
[ -r "$scorer" ] || { skip 'extraction floors' 'no development data beside the repository'; exit 0; }
[ -e "$BUILDDIR/plugins/.libs/clean.so" ] || { skip 'extraction floors' 'the plugin was not built'; exit 0; }
need 'extraction floors' python3

parsers=$("$PRESSLINE" describe clean | sed -n 's/^ *text: auto, \([a-z0-9, ]*\); default "auto"$/\1/p' | tr -d ,)
for parser in $parsers; do
    cat >"$parser.cfg" <<CFG
stages = ( { plugin = "fetch"; }, { plugin = "clean"; parser = "$parser"; }, { plugin = "archive"; } );
CFG
done

# at_least NAME FIGURE FLOOR <scores: a figure of the scorer, named by where it stands in its JSON
at_least() {
    holds "$1: $2 >= $3" python3 -c '
import json, sys
value = json.load(open("scores"))
for key in sys.argv[1].split("."):
    value = value[key]
print(value)
sys.exit(value < float(sys.argv[2]))' "$2" "$3"
}

# score PARSER SET SHARE FIGURE=FLOOR...
score() {
    local parser=$1 name=$2 share=$3 what="extract $2 by $1" figure
    shift 3
    holds "$what: runs" "$PRESSLINE" run "$parser.cfg" --quiet --input="$sets/$name/*.html.gz" --output="$parser-$name"
    holds "$what: text on $share of the pages" sh -c "python3 '$SRCDIR/tests/score/extract.py' \
        --gold '$sets/$name/gold.jsonl' --min-text $share '$parser-$name/articles.jsonl.gz' >predictions.jsonl"
    holds "$what: is scored" \
        python3 "$scorer" --bootstrap 2 --json scores "$sets/$name/gold.jsonl" predictions.jsonl
    for figure; do
        at_least "$what" "${figure%=*}" "${figure#*=}"
    done
}

[ -n "$parsers" ] || fail 'there are parsers to score'
while read -r name share figures; do
    [ -r "$sets/$name/gold.jsonl" ] || { skip "extract $name" 'absent'; continue; }
    for parser in $parsers; do
        # shellcheck disable=SC2086
        score "$parser" "$name" "$share" $figures
    done
done <<'FLOORS'
fundus .99 text.f1=.94 title.acc=.845 author.acc=.88 date.acc=.98 sitename.acc=.78
wcxb .99 text.f1=.93 title.acc=.865 author.acc=.745 date.acc=.89
readability .97 text.f1=.92 author.acc=.69 sitename.acc=.95 language.acc=.99
trafilatura .99 snippets.f1=.91 date.acc=.91
mediacloud .95 date.acc=.91
FLOORS
