#!/usr/bin/env bash
# Which duplicates are found, against floors; the same for 1 and 3 workers: development sets, fresh sets planted by
# the development's own tool, edited republications of our own writing, short texts inside longer stories.
. "$(dirname "$0")/../cli/lib.sh"

sets=$SHARED/data/dedupe
scorer=$SHARED/score/score_dedupe.py
planter=$SHARED/score/make_dups.py
need 'dedupe floors' python3

config() { # config OPTIONS: a pipeline that marks
    printf 'input_fields = ["id", "text"];\nstages = ( { plugin = "dedupe"; action = "mark"; %s } );\n' "$1" >mark.cfg
}

# scored NAME DOCS TRUTH F1: marked by one worker and by three, and scored
scored() {
    local name=$1 docs=$2 truth=$3 f1=$4
    gzip -dcf "$docs" | "$PRESSLINE" filter --jobs=1 mark.cfg >one.jsonl
    gzip -dcf "$docs" | "$PRESSLINE" filter --jobs=3 mark.cfg >three.jsonl
    same "dedupe $name: any number of workers" one.jsonl three.jsonl
    holds "dedupe $name: every document" sh -c \
        "python3 '$SRCDIR/tests/score/dedupe.py' --docs '$docs' one.jsonl >clusters.tsv"
    holds "dedupe $name: F1 >= $f1, none lost" \
        python3 "$scorer" --truth "$truth" --pred clusters.tsv --min-f1 "$f1" --max-lost 0
    python3 "$scorer" --truth "$truth" --pred clusters.tsv --json >score.json
    holds "dedupe $name: precision >= .9999" \
        python3 -c 'import json; exit(json.load(open("score.json"))["pair_precision"] < .9999)'
    [ -z "${VERBOSE-}" ] || sed "s/^/# $name /" score.json
}

stories=$SRCDIR/tests/data/dedupe/stories.txt
for seed in 1 2 3; do
    python3 "$SRCDIR/tests/score/dedupe_stories.py" "$stories" docs $seed >stories$seed.jsonl
done
python3 "$SRCDIR/tests/score/dedupe_stories.py" "$stories" truth >stories.tsv

[ -r "$scorer" ] || { skip 'dedupe floors' 'no development data beside the repository'; exit 0; }

config ''
while read -r name f1; do
    [ -r "$sets/$name/docs.jsonl.gz" ] || { skip "dedupe $name" 'absent'; continue; }
    scored "$name" "$sets/$name/docs.jsonl.gz" "$sets/$name/truth.tsv" "$f1"
done <<'FLOORS'
grammar .995
reuters-planted .977
mccormick 1
FLOORS

# ---- fresh: other seeds, other shares, other texts to begin with
fresh() { # fresh NAME SEED ARG...
    local name=$1 seed=$2
    shift 2
    holds "dedupe $name: planted" python3 "$planter" --seed "$seed" --out "$name" "$@"
    scored "$name" "$name/docs.jsonl" "$name/truth.tsv" .995
}
for name in reuters-planted mccormick; do
    [ -r "$sets/$name/docs.jsonl.gz" ] && gzip -dc "$sets/$name/docs.jsonl.gz" >"$name.jsonl"
done
fresh grammar-dense 77 --docs 2000 --exact 0.2 --near 0.3
[ -r reuters-planted.jsonl ] && fresh markov 3 --source reuters-planted.jsonl --markov --docs 3000 --exact 0.15 --near 0.10
[ -r mccormick.jsonl ] && fresh markov-dense 4 --source mccormick.jsonl --markov --docs 3000 --exact 0.1 --near 0.35

# ---- edited republications, in several orders
for seed in 1 2 3; do
    scored "stories $seed" stories$seed.jsonl stories.tsv .88
done
config 'containment = 0.8;'
for seed in 1 2 3; do
    scored "stories $seed, containment" stories$seed.jsonl stories.tsv .93
done

# ---- short texts inside longer stories
if [ -r reuters-planted.jsonl ] && [ -r mccormick.jsonl ]; then
    python3 "$SRCDIR/tests/score/dedupe_contained.py" make reuters-planted.jsonl mccormick.jsonl --seed 1 >inside.jsonl
    for share in 0.8 0.6; do
        config "containment = $share;"
        "$PRESSLINE" filter mark.cfg <inside.jsonl >out.jsonl
        holds "dedupe: of texts inside others of which $share is there, 98.5 % are found, all of them rightly" \
            python3 "$SRCDIR/tests/score/dedupe_contained.py" score inside.jsonl out.jsonl --share $share \
            --min-recall .985 --min-precision 1
    done
fi
