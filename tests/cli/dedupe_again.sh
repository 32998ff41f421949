# What was kept is remembered from run to run: copies are known, and no record is a copy of itself.
. "$(dirname "$0")/lib.sh"
need 'dedupe store' python3
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs

# 600 stories in three files, a third of them copies, exact or edited.
mkdir in
python3 - <<'EOF'
import json, random
rnd = random.Random(7)
words = ["".join(rnd.choice("bcdfglmnprst") + rnd.choice("aeiou") for _ in range(rnd.randint(1, 3))) for _ in range(3000)]
kept, number = [], 0
for name in "abc":
    with open(f"in/{name}.jsonl", "w") as f:
        for _ in range(200):
            number += 1
            text = [rnd.choice(words) for _ in range(90)]
            if kept and number % 3 == 0:
                text = list(rnd.choice(kept))
                for _ in range(rnd.randrange(4)):
                    text[rnd.randrange(len(text))] = rnd.choice(words)
            kept.append(text)
            f.write(json.dumps({"id": f"{name}{number}", "text": " ".join(text), "numbers.n": number}) + "\n")
EOF
pipeline() { # pipeline STORE OPTIONS [LATE]: the stage `late` behind it
    local store=
    [ -z "$1" ] || store="store = \"$1\";"
    cat <<END
input_fields = ["id", "text", "numbers.n"];
checkpoint_interval = "10ms";
stages = ( { plugin = "fetch"; }, { plugin = "chaos"; delay_us = 100; },
           { plugin = "dedupe"; $store $2 },
           { plugin = "chaos"; name = "late"; in_commit = true; $3 },
           { plugin = "archive"; } );
END
}
ids() { zcat "$1/articles.jsonl.gz" | field id; }
metric() { python3 -c 'import json, sys; print([s["metrics"][sys.argv[2]] for s in json.load(open(sys.argv[1]))["stages"] if s["name"] == "dedupe"][0])' "$1/report.json" "$2"; }

pipeline '' '' >none.cfg
exits 'without a store' 0 run none.cfg --input in --output none --quiet --jobs 2
ids none >wanted
is 'without a store: some were copies' "$(wc -l <wanted)" "$(metric none kept)"

# ---- the first run, and the same inputs again
pipeline kept '' >p.cfg
exits 'first' 0 run p.cfg --input in --output one --quiet --jobs 1
ids one >got
same 'first: as without a store' wanted got
exits 'again' 0 run p.cfg --input in --output two --quiet --jobs 3
same 'again: the same bytes' one/articles.jsonl.gz two/articles.jsonl.gz
is 'again: as the same records' "$(metric two same) $(metric two kept)" "$(wc -l <wanted) 0"
exits '--restart' 0 run p.cfg --input in --output one --restart --quiet
same '--restart: the same bytes' two/articles.jsonl.gz one/articles.jsonl.gz
cp -r in moved
exits 'moved' 0 run p.cfg --input moved --output three --quiet
ids three >got
same 'moved: the same records' wanted got

# ---- copies in later runs, and one file twice in one run
mkdir later
sed 's/"id": "/"id": "copy-/' in/b.jsonl >later/b.jsonl
printf '{"id":"new","text":"words that no other story has had before"}\n' >later/n.jsonl
cp later/n.jsonl later/twin.jsonl
exits 'later' 0 run p.cfg --input later --output later.out --quiet
is 'later: the copies are gone' "$(ids later.out)" new
exits 'later, again' 0 run p.cfg --input later --output later.again --quiet
same 'later, again: the same bytes' later.out/articles.jsonl.gz later.again/articles.jsonl.gz

# ---- little memory, more workers
pipeline small 'store_memory = "1M";' >small.cfg
exits 'little memory' 0 run small.cfg --input in --output small.out --quiet --jobs 3
same 'little memory: the same bytes' two/articles.jsonl.gz small.out/articles.jsonl.gz

# ---- killed, and on; what the store has then is what it would have had
pipeline killed '' >k.cfg
for n in 100 290 430; do
    CHAOS_SIGNAL="9 $n" "$PRESSLINE" run k.cfg --input in --output k --jobs 2 >out 2>err </dev/null
    is "killed at record $n" $? 137
done
exits 'killed: the end' 0 run k.cfg --input in --output k --quiet
same 'killed: the same bytes' two/articles.jsonl.gz k/articles.jsonl.gz
exits 'killed: the store' 0 run k.cfg --input later --output k.later --quiet
same 'killed: it knows the copies' later.out/articles.jsonl.gz k.later/articles.jsonl.gz
exits 'killed: the records' 0 run k.cfg --input in --output k.again --quiet
same 'killed: it knows the records' two/articles.jsonl.gz k.again/articles.jsonl.gz

# ---- failed behind it, and retried: no copy of itself
pipeline failing '' 'fail = 10;' >f.cfg
pipeline failing '' '' >fixed.cfg
exits 'failing' 3 run f.cfg --input in --output f --quiet
exits 'failing: retried' 0 retry f/deadletters.jsonl fixed.cfg --output r --quiet
{ ids f; ids r; } | sort >got
sort wanted >all
same 'failing: nothing is missing, nothing came twice' all got

# What came on standard input has no digest; retried, it is known again all the same.  Read again, it is a copy.
pipeline piped '' 'fail = 10;' >f.cfg
pipeline piped '' '' >fixed.cfg
cat in/*.jsonl >piped.jsonl
"$PRESSLINE" run f.cfg --input - --output pf --quiet <piped.jsonl 2>/dev/null
is 'piped: exit status' $? 3
exits 'piped: retried' 0 retry pf/deadletters.jsonl fixed.cfg --output pr --quiet
{ ids pf; ids pr; } | sort >got
same 'piped: nothing is missing, nothing came twice' all got
"$PRESSLINE" run fixed.cfg --input - --output pn --quiet <piped.jsonl
is 'piped: the next day: exit status' $? 0
is 'piped: the next day all are copies' "$(ids pn)" ''

# ---- what only looks does not remember
printf '{"id":"t","text":"traced words that nobody has read before"}\n' >t.jsonl
for i in 1 2; do
    exits "trace $i" 0 trace p.cfg t.jsonl --output x
    hasnt "trace $i: new" out duplicate
done
exits 'then for good' 0 run p.cfg --input t.jsonl --output t.out --quiet
is 'then for good: it is new' "$(ids t.out)" t

# ---- two runs at a time
if command -v flock >/dev/null; then
    flock kept/lock "$PRESSLINE" run p.cfg --input t.jsonl --output busy >out 2>err </dev/null
    is 'two runs at a time: exit status' $? 75
    has 'two runs at a time: it says so' err kept
fi
