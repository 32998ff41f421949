# Failed records again after a fix: what comes out is what would have come out, once.
. "$(dirname "$0")/lib.sh"
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs
for i in $(seq 1 300); do echo "{\"id\":\"q$i\",\"text\":\"line $i\",\"numbers.n\":$i}"; done >in.jsonl
# Every tenth has three children, numbered 101, 102, 103 of 10; they fail, children and pages, by their number.
cat >n.cfg <<'END'
input_fields = ["text", "numbers.n"];
stages = ( { plugin = "fetch"; },
           { plugin = "chaos"; name = "early"; fail = 77; },
           { plugin = "chaos"; name = "split"; emit = 10; children = 3; numbered = true; },
           { plugin = "chaos"; name = "nest"; emit = 101; children = 2; numbered = true; },
           { plugin = "chaos"; name = "last"; fail = 50; },
           { plugin = "archive"; } );
END
sed 's/fail = [0-9]*/fail = 0/' n.cfg >fixed.cfg
names() { zcat "$1" | field origin | sort; }
books() { sed -n 's/.*"read":\([0-9]*\),.*"emitted":\([0-9]*\),"out":\([0-9]*\),"dropped":\([0-9]*\),"failed":\([0-9]*\),"unwritten".*/\1 \2 \3 \4 \5/p' "$1"; }

exits 'undisturbed' 0 run fixed.cfg --input in.jsonl --output ref --quiet
exits 'with failures' 3 run n.cfg --input in.jsonl --output o --quiet
if command -v flock >/dev/null; then
    flock o/deadletters.jsonl "$PRESSLINE" retry o/deadletters.jsonl fixed.cfg --output r >out 2>err
    is 'retry: two at a time' $? 75
    has 'retry: ... and it says so' err "'o/deadletters.jsonl' is being retried by another process: try again when that has ended"
fi
exits 'retry: after the fix' 0 retry o/deadletters.jsonl fixed.cfg --output r
{ names o/articles.jsonl.gz; names r/articles.jsonl.gz; } | sort >both
names ref/articles.jsonl.gz >all
same 'retry: nothing is missing, nothing came twice' all both
{ zcat o/articles.jsonl.gz; zcat r/articles.jsonl.gz; } | sort >both
zcat ref/articles.jsonl.gz | sort >all
same 'retry: the same ids, texts and origins' all both
has 'retry: what is not wanted is counted' err '  dropped '
has 'retry: as not retried' err 'not-retried'
is 'retry: the list' "$(wc -l <o/deadletters.jsonl.retried) $(cut -d' ' -f2 <o/deadletters.jsonl.retried | sort -u)" \
    "$(wc -l <o/deadletters.jsonl) r"
is 'retry: each by its digest' "$(cut -d' ' -f1 <o/deadletters.jsonl.retried)" \
    "$(while IFS= read -r l; do printf %s "$l" | sha256sum | cut -d' ' -f1; done <o/deadletters.jsonl)"

# ---- a letter is retried once
exits 'again: into the same' 0 retry o/deadletters.jsonl fixed.cfg --output r
is 'again: it says so' "$(cat err)" "nothing new: $(wc -l <o/deadletters.jsonl) letters are done by earlier runs; nothing was written"
exits 'again: into another' 0 retry o/deadletters.jsonl fixed.cfg --output r2
has 'again: nothing new' err 'nothing new: '
is 'again: nothing was written' "$(ls r2)" state
cp o/deadletters.jsonl more.jsonl
cp o/deadletters.jsonl.retried more.jsonl.retried
sed -n 1p o/deadletters.jsonl | sed 's/"message":"number/"message":"another/' >>more.jsonl
exits 'again: a new letter alone' 0 retry more.jsonl fixed.cfg --output r3
has 'again: one' err '1 read, '

# ---- what fails again is in the retry's own letters, and can be retried from there
cp o/deadletters.jsonl half.jsonl
exits 'half a fix' 3 retry half.jsonl n.cfg --output h --quiet --set early.fail=0
exits 'half a fix: the rest' 0 retry h/deadletters.jsonl fixed.cfg --output h2 --quiet
{ names o/articles.jsonl.gz; names h/articles.jsonl.gz; names h2/articles.jsonl.gz; } | sort >both
names ref/articles.jsonl.gz >all
same 'half a fix: together they are all' all both

# ---- killed, and on it goes
cp o/deadletters.jsonl kill.jsonl
{ CHAOS_SIGNAL='9 200' "$PRESSLINE" retry kill.jsonl fixed.cfg --output k --quiet; } 2>err
is 'killed: no letter counts as retried' "$? $(wc -l <kill.jsonl.retried)" '137 0'
exits 'killed: goes on' 0 retry kill.jsonl fixed.cfg --output k --quiet
same 'killed: articles' r/articles.jsonl.gz k/articles.jsonl.gz

# ---- what is no letter
exits 'no letters: another file' 78 retry in.jsonl fixed.cfg --output x
has 'no letters: it is named' err "'in.jsonl' is no file of dead letters: its first line has no origin, stage and code"
holds 'no letters: nothing is put beside it' [ ! -e in.jsonl.retried ]
exits 'no letters: an archive' 78 retry ref/articles.jsonl.gz fixed.cfg --output x
exits 'no letters: missing' 78 retry nowhere fixed.cfg --output x
has 'no letters: the missing one is named' err "cannot read 'nowhere': No such file or directory"
: >empty
exits 'no letters: none in it' 0 retry empty fixed.cfg --output x --quiet
sed -n 1p o/deadletters.jsonl >some.jsonl
echo 'this is no letter' >>some.jsonl
sed -n 2p o/deadletters.jsonl | sed 's/"raw":.*/"raw":null}/' >>some.jsonl
echo '{"origin":"nothing","stage":"a","code":"b","message":"c","raw":"d"}' >>some.jsonl
exits 'bad letters: the others arrive' 3 retry some.jsonl fixed.cfg --output y --quiet
is 'bad letters: each has its reason' "$(field code <y/deadletters.jsonl | tr '\n' ' ')" 'bad-letter no-source bad-letter '
has 'bad letters: which line' y/deadletters.jsonl 'line 2, byte 1: '
has 'bad letters: no source bytes' y/deadletters.jsonl 'the letter has no source bytes: what it came from must be read again by `run`'
is 'bad letters: one arrived' "$(zcat y/articles.jsonl.gz | wc -l)" 1
exits 'no output' 78 retry o/deadletters.jsonl fixed.cfg

# ---- a letter twice in one file; a child that is no more
{ cat o/deadletters.jsonl o/deadletters.jsonl; } >twice.jsonl
exits 'twice: each letter once' 0 retry twice.jsonl fixed.cfg --output tw --quiet
same 'twice: the same articles' r/articles.jsonl.gz tw/articles.jsonl.gz
exits 'no more: a child fails' 3 run fixed.cfg --input in.jsonl --output oc --quiet --set last.fail=102
grep -m 1 '"origin":"[0-9a-f]*:10:2 ' oc/deadletters.jsonl >child.jsonl
holds 'no more: there is its letter' test -s child.jsonl
sed 's/emit = 10; children = 3/emit = 0; children = 3/' fixed.cfg >none.cfg
exits 'no more: the page makes no such article' 3 retry child.jsonl none.cfg --output nm --quiet
is 'no more: the page itself does not come out' "$(zcat nm/articles.jsonl.gz | wc -l)" 0
is 'no more: the letter is about the article' "$(field origin <nm/deadletters.jsonl) $(field id <nm/deadletters.jsonl) $(field code <nm/deadletters.jsonl)" \
    "$(field origin <child.jsonl) $(field id <child.jsonl) not-emitted"
exits 'no more: until it does again' 0 retry nm/deadletters.jsonl fixed.cfg --output nm2 --quiet
is 'no more: then it comes out' "$(zcat nm2/articles.jsonl.gz | field origin)" "$(field origin <child.jsonl)"

# ---- begun here, done elsewhere, and then on here: no letter is to come out twice
cp o/deadletters.jsonl race.jsonl
slowly=(--quiet --jobs 1 --set checkpoint_interval=10ms --set last.delay_us=5000000)
"$PRESSLINE" retry race.jsonl fixed.cfg --output ra "${slowly[@]}" 2>err &
pid=$!
for _ in $(seq 300); do
    "$PRESSLINE" status ra --json 2>/dev/null | grep -q '"checkpoint":[1-9]' && break
    sleep 0.1
done
kill -9 $pid
wait $pid 2>/dev/null
exits 'elsewhere: another retry ends' 0 retry race.jsonl fixed.cfg --output rb --quiet
exits 'elsewhere: the first does not go on' 78 retry race.jsonl fixed.cfg --output ra "${slowly[@]}"
has 'elsewhere: it says why' err "another retry has dealt with letters that this one has begun: see 'race.jsonl.retried'"
