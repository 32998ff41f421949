#!/usr/bin/env bash
# robots.txt: the unit cases of Google's parser, its verdicts on real files, and crawler-commons' files read by the RFC.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"

data=$SHARED/data/fetch/robots
judge=$BUILDDIR/tests/bench/fetch_robots_bench
[ -r "$data/google_cases.json" ] || { skip 'robots.txt floors' 'no development data beside the repository'; exit 0; }
[ -x "$judge" ] || { skip 'robots.txt floors' 'fetch was built without the web'; exit 0; }
need 'robots.txt floors' python3 tar zcat

# at_least NAME FLOOR <CASES: that many verdicts are as they should be
at_least() {
    "$judge" verdicts >verdicts
    local same
    same=$(sed -n 's/^\([0-9]*\) of [0-9]*$/\1/p' verdicts)
    holds "$1: ${same:-0} verdicts are right, of $2 or more" test "${same:-0}" -ge "$2"
}

mkdir google
python3 - "$data/google_cases.json" >google.tsv <<'EOF'
import json, sys
for i, case in enumerate(json.load(open(sys.argv[1]))):
    with open(f"google/{i}", "w", newline="") as f:
        f.write(case["robots"])
    print(f"google/{i}", case["agent"], case["url"], int(case["allowed"]), sep="\t")
EOF
# The three others compare octets that RFC 9309, 2.2.2, has normalised first: see plugins/fetch/README.md.
at_least 'cases of google/robotstxt' 142 <google.tsv
holds 'the others are of its test of encodings' sh -c 'test "$(grep -c "^google/6[356]	" verdicts)" = 3'

tar xzf "$data/robots_top10k.tar.gz"
zcat "$data/robots_oracle.tsv.gz" | sed 's|^|robots/|' >oracle.tsv
at_least 'verdicts of google/robotstxt on real files' 62658 <oracle.tsv

# What these files are there to show, as the RFC has it.
sed "s|^|$data/crawler-commons/|; s| |\t|g" >commons.tsv <<'EOF'
crawl-delay-group-merging.txt mybot https://www.example.com/private/a 0
crawl-delay-group-merging.txt yourbot https://www.example.com/private/a 0
crawl-delay-group-merging.txt yourbot https://www.example.com/login/ 0
crawl-delay-group-merging.txt mybot https://www.example.com/login/ 1
crawl-delay-group-merging.txt other https://www.example.com/private/a 1
extensions-group-merging.txt mybot https://www.example.com/private/a 0
extensions-group-merging.txt yourbot https://www.example.com/login/ 0
extensions-group-merging.txt other https://www.example.com/llms.txt 1
extensions-group-merging.txt other https://www.example.com/a 0
merge-rules.txt wget https://www.example.com/foo/bar 1
merge-rules.txt wget https://www.example.com/tmp/bar 0
merge-rules.txt other https://www.example.com/foo/bar 0
merge-rules.txt testy https://www.example.com/ 0
rfc9309-example-longest-match-robots.txt foobot https://www.example.com/example/page/a 1
rfc9309-example-longest-match-robots.txt foobot https://www.example.com/example/page/disallowed.gif 0
format-errors-robots.txt bot1 https://www.example.com/whitespace-before-colon/a 0
format-errors-robots.txt bot1 https://www.example.com/no-colon/ 0
format-errors-robots.txt bot2 https://www.example.com/no-colon-useragent/ 0
format-errors-robots.txt bot3 https://www.example.com/whitespace-before-colon 1
format-errors-robots.txt bot3 https://www.example.com/a 0
many-user-agents.txt wget https://www.example.com/ 0
robots-with-utf8-bom.txt foobot https://www.example.com/profile 0
robots-with-utf16le-bom.txt foobot https://www.example.com/profile 0
robots-with-utf16be-bom.txt foobot https://www.example.com/profile 0
EOF
n=$(wc -l <commons.tsv)
at_least 'files of crawler-commons' "$n" <commons.tsv
