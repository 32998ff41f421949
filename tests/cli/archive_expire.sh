#!/usr/bin/env bash
# `pressline archive expire`: which archives it names and removes, and above all which it leaves alone.
. "$(dirname "$0")/lib.sh"

record() { printf '{"id":"%s","title":"Rates rise in %s","published":%s,"fetched_at":"2024-06-01T00:00:00Z"}\n' "$1" "$1" "$2"; }
{ record b1 '"2023-01-05T10:00:00Z"'; record b2 '"2023-01-31"'; record b3 '"2022-12"'; } >old.jsonl
{ record c1 '"2023-01-05"'; record c2 '"2024-02-20T23:30:00+01:00"'; } >mixed.jsonl
{ record d1 '"2023-01-05"'; record d2 '"last week"'; record d3 null; } >undated.jsonl
printf 'stages = ( { plugin = "fetch"; }, { plugin = "archive"; path = "${output}/a.jsonl.gz"; } );\n' >make.cfg
make() { rm -rf "$1" && pl run make.cfg --input "$2.jsonl" --output "$1" --quiet; }
stays() { holds "$1: it stays" [ "$(ls "$2")" = "$3" ]; }
for kind in old mixed undated; do make $kind $kind; done
at() { local code=$1 name=$2; shift 2; exits "$name" "$code" archive expire --now=2024-03-01T00:00:00Z "$@"; }

# ---- what is old
at 0 'old' --older=300d old/a.jsonl.gz mixed/a.jsonl.gz
is 'old: named, with its newest' "$(cat out err)" 'old/a.jsonl.gz: 3 records, the newest of 2023-01-31, 394 days old'
holds 'old: nothing is removed without --remove' test -e old/a.jsonl.gz
at 0 'just old enough' --older=394d old/a.jsonl.gz
is 'just old enough: named' "$(wc -l <out)" 1
at 0 'not old enough' --older=395d old/a.jsonl.gz
is 'not old enough: nothing' "$(cat out err)" ''
at 0 'a zone counts' --older=216h mixed/a.jsonl.gz # 9 days: 2024-02-20T22:30:00Z is older, by 90 minutes
is 'a zone counts: named' "$(wc -l <out)" 1
at 0 'the newest record decides' --older=10d mixed/a.jsonl.gz
is 'the newest record decides: nothing' "$(cat out err)" ''
at 0 'by another field' --older=30d --field=fetched_at old/a.jsonl.gz
is 'by another field: fetched lately' "$(cat out err)" ''
at 0 'removed' --older=1y --remove old/a.jsonl.gz mixed/a.jsonl.gz
is 'removed: told' "$(cat out err)" 'old/a.jsonl.gz: 3 records, the newest of 2023-01-31, 394 days old: removed'
is 'removed: with what was beside it, and no more' "$(ls old)" "$(ls mixed | grep -v a.jsonl.gz)"
holds 'removed: no other' test -e mixed/a.jsonl.gz
at 74 'not there' --older=1y old/a.jsonl.gz

# ---- what stays
all=$(make old old; ls old)
sure() { # NAME CODE MESSAGE
    at "$2" "$1" --older=1d --remove old/a.jsonl.gz
    is "$1: nothing is said to go" "$(cat out)" ''
    has "$1: told" err "$3"
}
at 3 'without a date' --older=1d --remove undated/a.jsonl.gz
is 'without a date: told' "$(cat err)" 'pressline: warning: archive: '"'undated/a.jsonl.gz' stays: 2 of its 3 records have no date in \`published\`, the first is record 2"
stays 'without a date' undated "$all"
at 3 'a field that is not there' --older=1d --field=nothing --remove old/a.jsonl.gz
stays 'a field that is not there' old "$all"
for n in old/a.jsonl.gz.idx old/a.jsonl.gz.gzi old/a.jsonl.gz.part; do
    : >>old/a.jsonl.gz.part
    at 3 "$n" --older=1d --remove $n
done
sure 'a run is at work' 3 "'old/a.jsonl.gz.part' is beside it"
rm old/a.jsonl.gz.part
flock old/a.jsonl.gz "$PRESSLINE" archive expire --older=1d --remove old/a.jsonl.gz >out 2>err
is 'a run has it: exit' $? 3
stays 'a run has it' old "$all"
mv old/a.jsonl.gz.idx kept && ln -s ../kept old/a.jsonl.gz.idx
sure 'its index is a link' 3 "the index of 'old/a.jsonl.gz' is a link"
rm old/a.jsonl.gz.idx
sure 'no index' 3 "'old/a.jsonl.gz' has no index"
cp mixed/a.jsonl.gz.idx old/
sure 'the index of another' 3 'is the index of an archive of '
mv kept old/a.jsonl.gz.idx
mv old/a.jsonl.gz.gzi kept && echo 'my notes, and nobody else'"'"'s' >old/a.jsonl.gz.gzi
sure 'a .gzi that is none' 3 "'old/a.jsonl.gz.gzi' is not what lies beside an archive"
mv kept old/a.jsonl.gz.gzi
cp old/a.jsonl.gz kept && printf '\1' | dd of=old/a.jsonl.gz bs=1 seek=60 conv=notrunc 2>/dev/null
sure 'damaged at its end' 3 'is the index of an archive that ends otherwise'
stays 'damaged at its end' old "$all"
mv kept old/a.jsonl.gz
for i in $(seq 400); do record "$(cksum <<<"$i" | tr -d ' ')" '"2023-01-05"'; done >long.jsonl
make long long
printf '\1' | dd of=long/a.jsonl.gz bs=1 seek=60 conv=notrunc 2>/dev/null
at 74 'damaged' --older=1d --remove long/a.jsonl.gz
stays 'damaged' long "$all"
make long long
dd if=long/a.jsonl.gz bs=1 count=8 2>/dev/null | dd of=long/a.jsonl.gz conv=notrunc bs=1 2>/dev/null # the same bytes
at 0 'not damaged' --older=1d long/a.jsonl.gz
printf '\1' | dd of=long/a.jsonl.gz bs=1 seek=4 conv=notrunc 2>/dev/null # gzip's time, which no checksum of gzip's knows
at 74 'another byte that changes nothing' --older=1d --remove long/a.jsonl.gz
stays 'another byte that changes nothing' long "$all"
mv old/a.jsonl.gz real.gz && ln -s ../real.gz old/a.jsonl.gz
sure 'a link' 3 "'old/a.jsonl.gz' is a link"
holds 'a link: what it leads to stays' test -e real.gz
rm old/a.jsonl.gz && mv real.gz old/a.jsonl.gz
ln -s old linked
at 3 'through a link' --older=1d --remove "linked/a.jsonl.gz" "$PWD/linked/a.jsonl.gz" old
stays 'through a link' old "$all"
has 'through a link: told' err "'linked/a.jsonl.gz': linked is a link or no folder"
gzip -c old.jsonl >gzip.jsonl.gz && pl archive index gzip.jsonl.gz && pl archive verify gzip.jsonl.gz
sed 's/"2023/"20x/' old.jsonl >plain.jsonl
at 3 'plain text without an index' --older=1d --remove plain.jsonl
printf 'stages = ( { plugin = "fetch"; }, { plugin = "archive"; path = "${output}/a.csv.gz"; format = "csv"; } );\n' >csv.cfg
pl run csv.cfg --input old.jsonl --output csv --quiet
at 3 'a table' --older=1d --remove csv/a.csv.gz
has 'a table: told' err 'dates are read in JSONL only'
at 0 'at last' --older=1d --remove "$PWD/old/a.jsonl.gz"
holds 'at last: gone' [ ! -e old/a.jsonl.gz ]

# ---- the command line
for words in '' '--older=1d' '--older=1 a' '--older=0d a' '--older=99999999999999999999d a' '--older=1d --now=tomorrow a' 'a'; do
    # shellcheck disable=SC2086
    exits "usage: $words" 64 archive expire $words
done
exits 'an option misspelt' 64 archive expire --older=1d --removed a
