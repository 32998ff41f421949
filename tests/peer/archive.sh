#!/usr/bin/env bash
# What archive writes is read by gzip, bgzip and Python, and `archive cat` reads what they write; fetch reads both.
. "$(dirname "$0")/../cli/lib.sh"
need 'archives and their peers' gzip python3

cat >make.py <<'EOF'
import json, random

random.seed(4)
words = "ferry council storm bridge minister harbour strike vote budget island café naïve Łódź 東京".split()
with open("in.jsonl", "w", encoding="utf-8") as out:
    for i in range(4000):
        n = 12000 if i % 1000 == 7 else random.randrange(5, 400)
        text = " ".join(random.choice(words) for _ in range(n))
        out.write(json.dumps({"id": f"r{i}", "text": text}, ensure_ascii=False) + "\n")
EOF
python3 make.py
printf 'stages = ( { plugin = "fetch"; }, { plugin = "archive"; } );\n' >copy.cfg
printf 'stages = ( { plugin = "fetch"; }, { plugin = "archive"; level = 1; } );\n' >fast.cfg

# records FILE...: what matters of each line
records() { python3 -c '
import gzip, json, sys
for name in sys.argv[1:]:
    for line in gzip.open(name, "rt", encoding="utf-8"):
        r = json.loads(line)
        print(r["id"], r["text"])' "$@"; }
python3 -c '
import json
for line in open("in.jsonl", encoding="utf-8"):
    r = json.loads(line)
    print(r["id"], r["text"])' >wanted

exits 'a run' 0 run copy.cfg --input in.jsonl --output one --jobs 1 --quiet
exits 'a run with three workers' 0 run copy.cfg --input in.jsonl --output three --jobs 3 --quiet
a=one/articles.jsonl.gz
same 'the same bytes with 1 and 3 workers' $a three/articles.jsonl.gz
for f in idx gzi; do same "the same .$f with 1 and 3 workers" $a.$f three/articles.jsonl.gz.$f; done
is 'no .part is left' "$(ls one | grep -c part)" 0
holds 'gzip -t' gzip -t $a
records $a >got
same 'Python: every record, in order' got wanted
gzip -dc $a >lines

exits 'cat' 0 archive cat $a
same 'cat: as gzip -dc' out lines
if command -v bgzip >/dev/null; then
    holds 'bgzip -t' bgzip -t $a
    bgzip -dc $a >got
    same 'bgzip -dc' got lines
    bgzip -b 500000 -s 1000 $a >got
    tail -c +500001 lines | head -c 1000 >slice
    same 'bgzip reads from the middle with our .gzi' got slice
    mv $a.gzi ours.gzi
    bgzip -r $a
    same 'the .gzi is that of bgzip -r' ours.gzi $a.gzi
    bgzip -c lines >peer.gz
    exits 'cat: of bgzip' 0 archive cat peer.gz
    same 'cat: of bgzip: all lines' out lines
    # Blocks are even, so the size is bgzip's own; its 6 is libdeflate's 7, which is a little better than zlib's.
    exits 'level 7' 0 run copy.cfg --set archive.level=7 --input in.jsonl --output seven --quiet
    most=103
    grep -q '"blocks_libdeflate"' seven/report.json && most=100
    holds "the size is within $((most - 100)) % of bgzip -l 6" \
        [ $(($(stat -c %s seven/articles.jsonl.gz) * 100)) -le $(($(bgzip -l 6 -c lines | wc -c) * most)) ]
else
    skip 'bgzip' 'bgzip is not installed (Debian: tabix)'
fi

exits 'level 1' 0 run fast.cfg --input in.jsonl --output fast --quiet
holds 'level 1 is larger' [ "$(stat -c %s fast/articles.jsonl.gz)" -gt "$(stat -c %s $a)" ]
exits 'level 10' 78 run copy.cfg --set archive.level=10 --input in.jsonl --output none --quiet

# ---- cat of other people's files ----
gzip -c in.jsonl >plain.gz
{ head -100 in.jsonl | gzip -c; tail -n +101 in.jsonl | gzip -c; } >members.gz
exits 'cat: several files' 0 archive cat plain.gz members.gz
cat in.jsonl in.jsonl >twice
same 'cat: several files, all lines' out twice
head -c 100000 $a >cut.gz
exits 'cat: a file that is cut' 74 archive cat cut.gz
has 'cat: names file and offset' err 'cut.gz: the gzip data ends too soon, at byte 100000'
head -n "$(wc -l <out)" lines >got
same 'cat: the whole lines of a file that is cut' out got
head -c -28 $a >cut.gz
exits 'cat: a file that lacks its end' 74 archive cat cut.gz
same 'cat: a file that lacks its end, all lines' out lines
exits 'cat: a plain file' 0 archive cat in.jsonl
same 'cat: a plain file, as it is' out in.jsonl
head -c 1000 $a | tail -c 900 >cut.gz
exits 'cat: no gzip data' 74 archive cat cut.gz
exits 'cat: no file' 74 archive cat not-there
exits 'cat: nothing to do' 64 archive cat
if [ -w /dev/full ]; then
    "$PRESSLINE" archive cat $a >/dev/full 2>err
    is 'cat: a full disk' $? 74
    has 'cat: a full disk is named' err 'No space left on device'
fi
timeout 20 "$PRESSLINE" archive cat $a 2>err | head -n 1 >got
holds 'cat: ends with its reader' [ "${PIPESTATUS[0]}" -ne 124 ]
is 'cat: ends with its reader, in silence' "$(cat err)" ''

# ---- fetch reads all of them ----
for f in $a plain.gz members.gz; do
    exits "fetch: $f" 0 run copy.cfg --input "$f" --output "again-$f" --quiet
    records "again-$f"/articles.jsonl.gz >got
    records "again-$f"/articles.jsonl.gz >got
done
head -c 100000 plain.gz >cut.jsonl.gz
exits 'fetch: gzip data that is cut' 3 run copy.cfg --input cut.jsonl.gz --output "again-cut.jsonl.gz" --quiet
records "again-cut.jsonl.gz"/articles.jsonl.gz >got
head -n "$(wc -l <got)" wanted >begin
same 'fetch: gzip data that is cut, what is whole' got begin
is 'fetch: gzip data that is cut, one dead letter' "$(grep -c '"code":"truncated"' again-cut.jsonl.gz/deadletters.jsonl)" 1

# ---- stopped, and out of room ----
mkfifo pipe
"$PRESSLINE" run copy.cfg --input - --output stopped --quiet <pipe 2>err &
pid=$!
exec 9>pipe
head -n 1000 in.jsonl >&9
for _ in $(seq 100); do # until blocks have been written
    [ "$(stat -c %s stopped/articles.jsonl.gz.part 2>/dev/null || echo 0)" -gt 50000 ] && break
    sleep 0.1
done
kill -TERM $pid
wait $pid
is 'stopped: exit status' $? 75
exec 9>&-
holds 'stopped: nothing has the final name' [ ! -e stopped/articles.jsonl.gz ]
holds 'stopped: the .part is good gzip' gzip -t stopped/articles.jsonl.gz.part
records stopped/articles.jsonl.gz.part >got
head -n "$(wc -l <got)" wanted >begin
same 'stopped: whole records, from the first on' got begin

(
    ulimit -f 200
    exec "$PRESSLINE" run copy.cfg --input in.jsonl --output full --quiet 2>err
)
rc=$?
holds 'no room: the run fails' [ $rc -ne 0 ]
holds 'no room: nothing has the final name' [ ! -e full/articles.jsonl.gz ]
