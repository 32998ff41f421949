# One run in equal parts, as array schedulers run it.
. "$(dirname "$0")/lib.sh"
echo 'stages = ( { plugin = "fetch"; }, { plugin = "clean"; min_text = 0; }, { plugin = "archive"; } );' >f.cfg
mkdir in
for i in $(seq 1 30); do echo "Report $i: the council spoke of bridge $i on Monday." >in/b$i.txt; done
printf '{"id":"x%d","text":"A line of a story, %d."}\n' 1 1 2 2 3 3 >in/a.jsonl
: >in/empty.txt
exits 'whole' 3 run f.cfg --input in --output whole --quiet
zcat whole/articles.jsonl.gz | sort >whole.sorted

# ---- all at once into one folder
for k in 1 2 3 4; do "$PRESSLINE" run f.cfg --input in --output o --shard $k/4 --metrics m.prom --log-file l.log --quiet 2>>err.all & done
wait
is 'at once: a name each' "$(ls o | grep -v 'gz\.')" "$(for f in articles- deadletters- report- state-; do for k in 1 2 3 4; do
    case $f in articles-) e=.jsonl.gz ;; deadletters-) e=.jsonl ;; report-) e=.json ;; *) e= ;; esac
    echo "$f${k}of4$e"; done; done)"
is 'at once: metrics and logs too' "$(ls m*.prom l*.log | tr '\n' ' ')" \
    'l-1of4.log l-2of4.log l-3of4.log l-4of4.log m-1of4.prom m-2of4.prom m-3of4.prom m-4of4.prom '
zcat o/articles-?of4.jsonl.gz | sort >o.sorted
same 'at once: together they are the whole' whole.sorted o.sorted
is 'at once: the failed one, once' "$(cat o/deadletters-?of4.jsonl | field source)" in/empty.txt
for k in 1 2 3 4; do holds "at once: shard $k has some" [ "$(zcat o/articles-${k}of4.jsonl.gz | wc -l)" -gt 0 ]; done
exits 'again: nothing new' 0 run f.cfg --input in --output o --shard 2/4
has 'again: it says so' err 'nothing new: '
exits 'again: another split is another run' 0 run f.cfg --input in --output o --shard 1/100 --quiet

# ---- where an input is does not depend on its neighbours
zcat o/articles-2of4.jsonl.gz | field source | sort -u >before
mkdir more && cp in/b1?.txt more && rm in/b1?.txt && echo 'Report 99: late.' >in/b99.txt
exits 'stable: others came and went' 0 run f.cfg --input in --output p --shard 2/4 --quiet
zcat p/articles-2of4.jsonl.gz | field source | grep -v b99 | sort -u >after
grep -v 'b1.\.txt' before >expected
same 'stable: the rest is where it was' expected after
cp more/* in && rm in/b99.txt

# ---- one that has nothing to do
k=$(for k in $(seq 1 90); do
    "$PRESSLINE" run f.cfg --input in/b1.txt --output q --shard $k/90 --quiet 2>/dev/null
    [ "$(zcat q/articles-${k}of90.jsonl.gz | wc -l)" = 0 ] || echo "$k"
done)
is 'empty: each runs, one has it' "$(echo "$k" | wc -w) $(ls q/report-*of90.json | wc -l)" '1 90'

# ---- as schedulers set it
SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 exits 'slurm' 3 run f.cfg --input in --output s --shard slurm --quiet
holds 'slurm: the third of four' [ -s s/articles-3of4.jsonl.gz ]
same 'slurm: the same bytes' o/articles-3of4.jsonl.gz s/articles-3of4.jsonl.gz
SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=0 exits 'slurm: N is said' 0 run f.cfg --input in --output s --shard slurm/4 --quiet
same 'slurm: counted from the least' o/articles-4of4.jsonl.gz s/articles-4of4.jsonl.gz
JOB_COMPLETION_INDEX=0 exits 'kubernetes' 0 run f.cfg --input in --output s --shard kubernetes/4 --quiet
same 'kubernetes: from 0' o/articles-1of4.jsonl.gz s/articles-1of4.jsonl.gz
exits 'kubernetes: outside of it' 64 run f.cfg --input in --output s --shard kubernetes/4
has 'kubernetes: what is missing' err '--shard: the environment variable JOB_COMPLETION_INDEX is not set'
exits 'not asked: the variables say nothing' 3 run f.cfg --input in --output t --quiet
holds 'not asked: a plain name' [ -e t/articles.jsonl.gz ]
exits 'K past N' 64 run f.cfg --input in --output s --shard 5/4
has 'K past N: the message' err "'5/4' is shard 5 of 4: K goes from 1 to N"
exits 'no shard' 64 run f.cfg --input in --output s --shard 5
has 'no shard: the message' err "a shard is K/N with K from 1 to N, slurm, slurm/N or kubernetes/N, not '5'"

# ---- what cannot be shared out
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs
echo 'stages = ( { plugin = "numbers"; }, { plugin = "archive"; } );' >n.cfg
exits 'no inputs' 78 run n.cfg --output n --shard 1/2
has 'no inputs: the message' err "stage 'numbers' has no list of inputs that could be shared out"
for k in 1 2; do
    exits "stdin: shard $k" 78 run f.cfg --input - --output n --shard $k/2
    has "stdin: the message, shard $k" err "'-' can be read only once, so it cannot be shared out: leave --shard away"
done

# ---- what is known of shards
exits 'status: of one' 0 status o/state-2of4
exits 'status: of all' 74 status o
has 'status: which there are' err "'o' has the states of shards: name one, as 'o/state-1of"
exits 'explain: of all' 74 explain o in/empty.txt
has 'explain: which there are' err "'o' has the states of shards: name one"
