#!/usr/bin/env bash
# archive: many files by template, whatever records hold; CSV and TSV; plain files; what is refused.
. "$(dirname "$0")/lib.sh"

cat >make.py <<'EOP'
import json, random

random.seed(11)
hostile = ["", ".", "..", "../..", "../../etc/passwd", "/etc/passwd", "//", "\\..\\..", "a/b", "a\\b", "-rf", "--help", "~root",
           "$HOME", "${output}", "{site}", "%2e%2e%2f", "%s%n", "con", "nul", "aux.txt", "a\0b", "a\nb", "\t", " ", "a ", " a",
           "x" * 5000, "é" * 300, "..." * 90, "a.part", "a.gz.idx", "b.gz", "state", "State", "report", "deadletters",
           "deadletters-2", "東京", "\u202egpj", "\ufeff", "a:b", "a|b", "a*?", "'", '"', "`id`", "$(id)", ";ls", "&", ">x", "\x1b[2J",
           "\x7f", "lost+found", ".git", ".ssh", "..hidden", "a..b", "a...b", "unknown", "UNKNOWN", "Ünknown"]
alphabet = "../\\-. aZ9é\n%~\0"
while len(hostile) < 200:
    hostile.append("".join(random.choice(alphabet) for _ in range(random.randrange(1, 40))))
dates = ["2024-03-09T08:00:00Z", "2024-04-01", "2023-12-31", "../../x", "", "9999-99-99", "2024-03"]
with open("in.jsonl", "w", encoding="utf-8") as out:
    for i in range(3000):
        r = {"id": f"r{i}", "site": hostile[i % 200], "published": dates[i % 7], "title": f"=Report {i}, \"quoted\"",
             "text": f"The ferry was late {i} times.\nNobody minded."}
        if i % 11 == 0:
            del r["site"]
        out.write(json.dumps(r, ensure_ascii=i % 2 == 0) + "\n")
EOP
python3 make.py || { skip 'names' 'python3 is not installed'; exit 0; }
# conf PATH MORE: a pipeline with that archive
conf() { printf 'stages = ( { plugin = "fetch"; }, { plugin = "archive"; path = "%s"; %s } );\n' "$1" "$2" >p.cfg; }
# told FOLDER NAME: the ids in all files of that name, sorted
told() { find "$1" -type f -name "$2" -print0 | xargs -0 zcat -f | grep -o '"id":"r[0-9]*"' | sort; }

# shellcheck disable=SC2016 # ${output} is pressline's
conf '${output}/made/{site}/{published:%Y-%m}/articles.jsonl.gz' ''
mkdir place
exits 'a template' 0 run p.cfg --input in.jsonl --output place/one --quiet --jobs 1
exits 'a template, three workers' 0 run p.cfg --input in.jsonl --output place/three --quiet --jobs 3
holds 'the same files with 1 and 3 workers' diff -r place/one/made place/three/made
told place/one/made articles.jsonl.gz >got
grep -o '"id": "r[0-9]*"' in.jsonl | tr -d ' ' | sort >wanted
same 'every record, once' got wanted
is 'nothing is elsewhere' "$(ls place) $(ls place/one | tr '\n' ' ')" "$(printf 'one\nthree') deadletters.jsonl made report.json state "
is 'names hold nothing odd' "$(find place/one/made | LC_ALL=C grep -c '[^a-z0-9%._/-]\|\.\.\|/[.-]')" 0
is 'no file is a .part' "$(find place -type f -name '*.part' | wc -l)" 0
n=$(find place/one/made -name articles.jsonl.gz | wc -l)
holds 'there are many' [ "$n" -gt 400 ]
is 'each has its index' "$(find place/one/made -type f -name '*.idx' | wc -l) $(find place/one/made -type f -name '*.gzi' | wc -l)" "$n $n"
holds 'unknown is a folder' [ -f place/one/made/unknown/unknown/articles.jsonl.gz ]
exits 'nothing new' 0 run p.cfg --input in.jsonl --output place/one --quiet
tail -n 3 in.jsonl >more.jsonl
sed -i 's/late/early/' more.jsonl
find place/one/made -type f -exec md5sum {} + | sort >before
exits 'a later run' 0 run p.cfg --input in.jsonl --input more.jsonl --output place/one --quiet
find place/one/made -type f ! -name 'articles-2.*' -exec md5sum {} + | sort >after
same 'a later run leaves the files of the first' after before
is 'a later run has files of its own' "$(find place/one/made -name articles-2.jsonl.gz | wc -l)" 3

# ---- links
mkdir -p away trap/made
ln -s "$PWD/away" trap/made/unknown
exits 'a link in the way' 74 run p.cfg --input in.jsonl --output trap --quiet
has 'a link in the way: named' err "trap/made/unknown' is a link or no folder: nothing is written through it"
is 'a link in the way: nothing went through it' "$(ls away)" ''
printf '{"id":"%s","site":"%s","published":"2024-03-01","text":"Rates rise."}\n' f1 first s1 second t1 third >three.jsonl
ln -s "$PWD/away" trap/made/second
exits 'a link among others' 74 run p.cfg --input three.jsonl --output trap --restart --quiet --jobs 1
is 'a link among others: the only error' "$(grep -c error: err)" 1
f=trap/made/first/2024-03/articles.jsonl.gz.part
holds 'a link among others: a file before it can be read' gzip -t <$f
is 'a link among others: to its end' "$(tail -c 28 $f | od -An -tx1 | tr -d ' \n' | cut -c 1-8)" 1f8b0804

# ---- templates that are wrong
# shellcheck disable=SC2016
for t in '${output}/{site}' '${output}/{site}/../x.gz' '${output}/{published:%H}.gz' '${output}/{site.gz'; do
    conf "$t" ''
    exits "refused: $t" 78 run p.cfg --input in.jsonl --output none --quiet
done

# ---- CSV and TSV
# shellcheck disable=SC2016
conf '${output}/a.csv' 'format = "csv"; fields = ["id", "title", "text", "site"];'
exits 'CSV' 0 run p.cfg --input in.jsonl --output csv --quiet --jobs 1
exits 'CSV, three workers' 0 run p.cfg --input in.jsonl --output csv3 --quiet --jobs 3
same 'CSV: the same with 1 and 3 workers' csv/a.csv csv3/a.csv
same 'CSV: the same index' csv/a.csv.idx csv3/a.csv.idx
python3 -c '
import csv, json
want = [json.loads(line) for line in open("in.jsonl", encoding="utf-8")]
got = list(csv.DictReader(open("csv/a.csv", encoding="utf-8", newline="")))
assert len(got) == len(want), (len(got), len(want))
for g, w in zip(got, want):
    assert g["id"] == w["id"] and g["title"] == chr(39) + w["title"] and g["text"] == w["text"], (g, w)
' 2>err
is 'CSV: Python reads each record' "$? $(cat err)" '0 '
# shellcheck disable=SC2016
conf '${output}/a.tsv.gz' 'format = "tsv"; fields = ["id", "text"]; formulas = "keep";'
exits 'TSV' 0 run p.cfg --input in.jsonl --output tsv --quiet
is 'TSV: its first lines' "$(zcat tsv/a.tsv.gz | head -n 2)" "$(printf 'id\ttext\nr0\tThe ferry was late 0 times.\\nNobody minded.')"
is 'TSV: a line a record' "$(zcat tsv/a.tsv.gz | wc -l)" 3001
# shellcheck disable=SC2016
conf '${output}/a.jsonl.gz' 'fields = ["title", "id", "nothing"]; index = false; block = "256k";'
exits 'chosen fields' 0 run p.cfg --input in.jsonl --output few --quiet
is 'chosen fields: in this order' "$(zcat few/a.jsonl.gz | head -n 1)" '{"title":"=Report 0, \"quoted\"","id":"r0"}'
is 'no index where none is asked for' "$(ls few | tr '\n' ' ')" 'a.jsonl.gz deadletters.jsonl report.json state '
# shellcheck disable=SC2016
conf '${output}/articles.jsonl.gz' 'format = "csv";'
exits 'CSV that is called JSONL' 78 run p.cfg --input in.jsonl --output none --quiet
has 'CSV that is called JSONL: what to say' err 'say path = "${output}/articles.csv.gz"'
