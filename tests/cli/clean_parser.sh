#!/usr/bin/env bash
# The HTML parsers of `clean`: each that was built reads the sample pages alike, is chosen by name, and is named in the report.
. "$(dirname "$0")/lib.sh"

[ -e "$BUILDDIR/plugins/.libs/clean.so" ] || { skip 'HTML parsers' 'the plugin was not built'; exit 0; }

# pages FILE PARSER: a pipeline
pages() {
    echo "stages = ( { plugin = \"fetch\"; }, { plugin = \"clean\"; parser = \"$2\"; }, { plugin = \"archive\"; } );" >"$1.cfg"
}

# Not textile-mill.html: its fonts are never closed, and only browsers and lexbor open them anew in each paragraph.
cp "$DATA"/demo/{svratka-bridge,valley-water}.html .
for n in 1 2; do # a worker's parser is used again
    gzip -nc valley-water.html >"$n.html.gz"
done

"$PRESSLINE" describe clean >described
first=
for parser in lexbor libxml2; do
    pages "$parser" "$parser"
    if ! grep -q "text: auto,.* $parser[,;]" described; then
        exits "$parser, not built in: a mistake of the pipeline file" 78 check "$parser.cfg"
        has "$parser, not built in: says what there is" err "option 'parser' cannot be \"$parser\" (auto, "
        skip "parser $parser" 'it was not built in'
        continue
    fi
    exits "$parser: reads pages" 0 run "$parser.cfg" --input '*.html*' --output "$parser" --jobs 1 --quiet
    has "$parser: the report names it" "$parser/report.json" "\"pages_$parser\":4"
    gzip -dc "$parser/articles.jsonl.gz" >"$parser.jsonl"
    is "$parser: an article of each page" "$(grep -c '"text":"' "$parser.jsonl")" 4
    if [ -z "$first" ]; then
        first=$parser
        pages auto auto
        exits 'auto: reads pages' 0 run auto.cfg --input '*.html*' --output auto --quiet
        has "auto: is $parser, the best there is" auto/report.json "\"pages_$parser\":4"
    else
        same "$parser: the same articles as by $first" "$parser.jsonl" "$first.jsonl"
    fi
    exits "$parser: reads pages in a process of its own" 0 run "$parser.cfg" --set clean.isolate=true --input '*.html*' \
        --output "$parser-alone" --quiet
    gzip -dc "$parser-alone/articles.jsonl.gz" >alone.jsonl
    same "$parser: the same articles in a process of its own" alone.jsonl "$parser.jsonl"
done

pages wrong gumbo
exits 'a parser that there is not' 78 check wrong.cfg
has 'a parser that there is not: named' err "option 'parser' cannot be \"gumbo\""
