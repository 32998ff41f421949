#!/usr/bin/env bash
# pipelines/unattended.cfg: makes what the demo's pipeline makes, goes on after a kill, takes what is new the next night.
. "$(dirname "$0")/lib.sh"

mkdir pages
cp "$DATA"/demo/* pages/
cfg=$SRCDIR/pipelines/unattended.cfg
exits 'the demo pipeline' 3 run "$SRCDIR/pipelines/demo.cfg" --input pages --output demo --quiet
exits 'the first night' 3 run "$cfg" --input pages --output night --quiet
same 'isolated stages make the same archive' demo/articles.jsonl.gz night/articles.jsonl.gz
same 'isolated stages make the same dead letters' demo/deadletters.jsonl night/deadletters.jsonl

exits 'the second night, nothing new' 0 run "$cfg" --input pages --output night
has 'the second night says so' err 'nothing new'
is 'the second night writes nothing' "$(ls night | grep -v 'gz\.')" "$(printf 'articles.jsonl.gz\ndeadletters.jsonl\nreport.json\nstate')"

sed 's/Tervola/Mersley/g' pages/textile-mill.html | sed 's/mill/works/g; s/Mill/Works/g; s/<p>/<p>On Friday evening, /' >pages/works.html
exits 'the third night, a page more' 0 run "$cfg" --input pages --output night --quiet
is 'the third night makes files of its own' "$(ls night | grep -v 'gz\.')" \
    "$(printf '%s\n' articles-2.jsonl.gz articles.jsonl.gz deadletters-2.jsonl deadletters.jsonl report-2.json report.json state)"
is 'the third night has the one article' "$(zcat night/articles-2.jsonl.gz | field source)" pages/works.html
same 'the first archive is as it was' demo/articles.jsonl.gz night/articles.jsonl.gz
