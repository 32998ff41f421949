#!/usr/bin/env bash
# A store of dedupe: what its command prints, and how a store that is in use, damaged or none is refused.
. "$(dirname "$0")/lib.sh"

texts() {
    local i
    for i in $(seq "$1" "$2"); do
        printf '{"id":"story-%d","text":"Report %d says that the council of ward %d moved the %dth of its votes."}\n' \
            "$i" "$i" "$((i * 7))" "$((i * 13))"
    done
}

echo 'input_fields = ["text"]; stages = ( { plugin = "fetch"; }, { plugin = "dedupe"; store = "kept"; }, { plugin = "archive"; } );' >p.cfg

texts 1 20 >one.jsonl
texts 11 30 >two.jsonl
exits 'a run with a store' 0 run p.cfg --input one.jsonl --output a
exits 'the store is sound' 0 dedupe store kept
has 'documents are counted' out 'documents   20 kept, 20 of them live'
has 'all of it was checked' out 'checked     all of it: sound'

exits 'another run' 0 run p.cfg --input two.jsonl --output b
pl dedupe store kept
has 'what was kept is known in the next run' out 'documents   30 kept, 30 of them live'

exec 9>>kept/lock
flock 9
texts 31 32 >three.jsonl
exits 'a store in use is for later' 75 run p.cfg --input three.jsonl --output c
has 'and told of' err "the store 'kept' is in use by"
exits 'so it is for the command' 75 dedupe store kept
exec 9>&-

sed 's/{ plugin = "dedupe"/{ plugin = "dedupe"; name = "first"; store = "kept"; }, &/' p.cfg >twice.cfg
exits 'two stages cannot share a store' 78 run twice.cfg --input three.jsonl --output d
has 'and are told so' err 'another stage of this pipeline'

for file in kept/docs-*; do
    printf 'X' | dd of="$file" bs=1 seek=30 conv=notrunc 2>/dev/null
done
exits 'damage' 74 dedupe store kept
has 'is told by file' err 'docs-00000001'
has 'and byte' err 'is damaged at byte'

sed 's/kept"/kept"; retain = 90/' p.cfg >ms.cfg
exits 'to forget by milliseconds' 78 run ms.cfg --input three.jsonl --output d
has 'is told' err '`retain` is 90 ms, less than a day: a number alone counts milliseconds; say "90d"'

mkdir other && touch other/file
exits 'a folder that is no store' 74 dedupe store other
has 'is told' err 'no store'
sed 's/kept/other/' p.cfg >other.cfg
exits 'nor is it taken for one' 78 run other.cfg --input one.jsonl --output other-out
is 'and nothing is made in it' "$(ls other)" file
mkdir empty
exits 'an empty folder is none' 74 dedupe store empty
is 'and stays empty' "$(ls empty)" ''
exits 'no folder' 64 dedupe store
