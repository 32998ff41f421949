#!/usr/bin/env bash
# A model of names that a user trained: made twice the same, used where its language is, refused by name where it is damaged.
. "$(dirname "$0")/lib.sh"

train=$BUILDDIR/tools/train-entities/train-entities
[ -x "$train" ] || { skip 'models of names' 'train-entities was not built'; exit 0; }

# try CODE NAME INPUT COMMAND...: its exit status must be CODE; files `out` and `err`
try() {
    local code=$1 name=$2 input=$3
    shift 3
    "$@" <"$input" >out 2>err
    local got=$?
    if [ $got -eq "$code" ]; then pass "$name"; else fail "$name" out err; echo "exit status $got, not $code"; fi
}

# A small set of our own: ships are MISC, which no list knows.
{
    for name in Tamsin Orla Bertram Quillon Maren Joost Sander Wilma; do
        echo '# document'
        printf '%s\tO\n' Das Schiff
        printf '%s\tB-MISC\nfuhr\tO\nnach\tO\nHafenau\tB-LOC\n.\tO\n\n' "$name"
        printf 'Kapitän\tO\n%s\tB-PER\nKrause\tI-PER\nwinkte\tO\n.\tO\n\n' "$name"
    done
} >ships.conll

try 0 'trains a model from CoNLL columns' /dev/null "$train" --output one.model --language de ships.conll
try 0 'trains it again' /dev/null "$train" --output two.model --language de ships.conll
same 'the same set makes the same bytes' one.model two.model
try 0 'scores a model' /dev/null "$train" --score one.model ships.conll
holds 'tells how good it is' grep -q '^ships.conll .* F  *[1-9]' out
printf 'Das\n' >broken.conll
try 1 'refuses columns without a label' /dev/null "$train" --output x.model broken.conll
has 'names file and line' err 'train-entities: broken.conll:1: expected WORD<TAB>LABEL'
echo '{"text": "Das Schiff", "entities": [[0, 3, null]]}' >null.jsonl
try 1 'refuses a name without a type' /dev/null "$train" --output x.model null.jsonl
has 'names file and line' err 'train-entities: null.jsonl:1: expected a type'
{ cat ships.conll; printf '# document\nDas\tO\nTau\t?\n\n'; } >unknown.conll
"$train" --score one.model ships.conll | cut -c29- >known
"$train" --score one.model unknown.conll | cut -c29- >got
same 'what is marked as unknown does not count' got known

pipe() { # MODEL
    echo "input_fields = [\"id\", \"text\", \"language\"]; stages = ( { plugin = \"entities\"; model = \"$1\"; } );" >model.cfg
}
pipe one.model
cat >in.jsonl <<'IN'
{"id":"de","language":"de","text":"Das Schiff Ottilie fuhr nach Hafenau. Kapitän Nele Krause winkte am 8. November 2021. „Gute Fahrt“, sagte sie."}
{"id":"en","language":"en","text":"Joe Biden met Angela Merkel in Berlin."}
{"id":"none","text":"Das Schiff Ottilie fuhr nach Hafenau."}
IN
try 0 'runs with a model of its own' in.jsonl "$PRESSLINE" filter model.cfg
cp out marked.jsonl
holds 'marks texts in the language of the model, and passes others with a note' python3 - marked.jsonl <<'PY'
import json, sys
de, en, none = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
spans = lambda r: [(n["label"], n["text"]) for n in r.get("annotations", []) if n["kind"] == "entity"]
assert ("MISC", "Ottilie") in spans(de) and ("PER", "Nele Krause") in spans(de), spans(de)
assert ("DATE", "8. November 2021") in spans(de), spans(de)
assert "entities.skipped" not in de and spans(none), none
assert en["entities.skipped"] == "language" and not spans(en), en
PY

head -c 5000 one.model >short.model
pipe short.model
try 78 'refuses a model that was cut short' in.jsonl "$PRESSLINE" filter model.cfg
has 'says so by name' err "short.model': it is cut short"
cp one.model flipped.model
printf 'x' | dd of=flipped.model bs=1 seek=3000 conv=notrunc 2>/dev/null
pipe flipped.model
try 78 'refuses a damaged model' in.jsonl "$PRESSLINE" filter model.cfg
has 'says that its digest does not fit' err "flipped.model': its digest does not fit"
pipe in.jsonl
try 78 'refuses what is no model' in.jsonl "$PRESSLINE" filter model.cfg
has 'says what it is not' err "in.jsonl': it is no model of names"
