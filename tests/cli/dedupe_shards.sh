#!/usr/bin/env bash
# `pressline dedupe signatures | group | apply`: the same as one run over all shards, and what is refused.
. "$(dirname "$0")/lib.sh"
need 'dedupe shards' python3 gzip

# Stories of our own, edited; some with a URL, in two languages as told, and a few without a word; written as we write.
python3 "$SRCDIR/tests/score/dedupe_stories.py" "$DATA/dedupe/stories.txt" docs 1 >stories.jsonl
cat >prepare.py <<'PY'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
for n, row in enumerate(rows):
    new = {"id": row["id"]}
    if n % 3 == 0:
        new["canonical_url"] = "https://news.example/%d" % (n // 9)
    new["origin"] = "made:%d:0 made" % (2 * n)
    new["language"] = "en" if n % 4 else "cy"
    new["text"] = " - " if n % 40 == 39 else row["text"]
    print(json.dumps(new, ensure_ascii=False, separators=(",", ":")))
    if n % 9 == 0:  # the same page, most of it rewritten
        words, other = row["text"].split(" "), rows[(n + 30) % len(rows)]["text"].split(" ")
        new = dict(new, id=row["id"] + "-again", origin="again:%d:0 made" % n,
                   text=" ".join(words[:len(words) // 4] + other[2 * len(other) // 3:]))
        print(json.dumps(new, ensure_ascii=False, separators=(",", ":")))
    if n % 5 == 0:  # its first third, and after it a longer one
        words = row["text"].split(" ")
        new = {"id": row["id"] + "-short",
               "origin": "made:%d:0 made" % (2 * n + 1), "language": "en", "text": " ".join(words[:len(words) // 3 + 1])}
        print(json.dumps(new, ensure_ascii=False, separators=(",", ":")))
PY
python3 prepare.py stories.jsonl >all.jsonl

# as_one NAME ALL SHARDS OPTION=VALUE...: in so many shards, marked and dropped, beside one run
as_one() {
    local name=$1 all=$2 shards=$3 action o options= words=()
    shift 3
    for o in "$@"; do
        words+=("--$o")
        options="$options ${o%%=*} = $(sed 's/.*=//; s/^[a-z].*/["&"]/' <<<"$o");"
    done
    rm -rf shards && mkdir shards
    split -n "l/$shards" -d --additional-suffix=.jsonl "$all" shards/s
    gzip -c shards/s00.jsonl >shards/s00.jsonl.gz && rm shards/s00.jsonl
    exits "$name: signatures" 0 dedupe signatures "${words[@]}" --memory=64K shards/s*
    exits "$name: group" 0 dedupe group "${words[@]}" --memory=64K shards/*.signatures
    for action in mark drop; do
        printf 'input_fields = ["id", "text", "language", "canonical_url"];\n' >one.cfg
        printf 'stages = ( { plugin = "dedupe"; action = "%s"; %s } );\n' "$action" "$options" >>one.cfg
        "$PRESSLINE" filter one.cfg <"$all" >one.jsonl
        : >many.jsonl
        for o in shards/*.removals; do
            "$PRESSLINE" dedupe apply --action=$action "$o" "${o%.removals}" >>many.jsonl 2>err ||
                fail "$name: apply --action=$action" err
        done
        same "$name: $action" one.jsonl many.jsonl
    done
}
for n in 1 2 5; do
    as_one "$n shards" all.jsonl $n
    as_one "$n shards, containment" all.jsonl $n containment=0.6
    as_one "$n shards, scope" all.jsonl $n scope=language containment=0.6 threshold=0.5
done
cat shards/*.removals >lists
for kind in near url contained; do
    has "found: $kind" lists "\"dedupe.kind\":\"$kind\""
done
has 'found: one that contains a shorter one' lists '"dedupe.contains":"'

for set in reuters-planted grammar; do
    docs=$SHARED/data/dedupe/$set/docs.jsonl.gz
    [ -r "$docs" ] || { skip "$set in shards" 'no development data beside the repository'; continue; }
    gzip -dc "$docs" | python3 -c 'import json, sys
for n, line in enumerate(sys.stdin):
    row = json.loads(line)
    print(json.dumps({"id": row["id"], "origin": "made:%d:0 made" % n, "text": row["text"]}, ensure_ascii=False, separators=(",", ":")))' >"$set.jsonl"
    as_one "$set in 5 shards" "$set.jsonl" 5
done

# ---- the files

mkdir one && cp all.jsonl one/a.jsonl
exits 'one shard' 0 dedupe signatures --output=one/b.sig one/a.jsonl
exits 'into a folder' 0 dedupe signatures --into=two one/a.jsonl
same 'the same file' one/b.sig two/a.jsonl.signatures
exits 'a list' 0 dedupe group two/a.jsonl.signatures
cp two/a.jsonl.removals a.removals
printf '%s\n\n' "$PWD/two/a.jsonl.signatures" >names
exits 'a list of files' 0 dedupe group --into=three @names
same 'the same list' a.removals three/a.jsonl.removals
has 'the list says whose it is' a.removals '{"removals":1,"shard":"a.jsonl","lines":'
is 'the list ends' "$(tail -n 1 a.removals | grep -c '^{"end":[0-9]*,"crc32":[0-9]*}$')" 1
exits 'apply to a file' 0 dedupe apply --output=kept.jsonl.gz a.removals one/a.jsonl
"$PRESSLINE" dedupe apply a.removals one/a.jsonl 2>err >kept.jsonl
gzip -dc kept.jsonl.gz >unpacked.jsonl
same 'a name in .gz is gzip' kept.jsonl unpacked.jsonl
gzip -c one/a.jsonl >other.gz
exits 'the same shard, packed' 0 dedupe apply a.removals other.gz
same 'the same is left' out kept.jsonl

printf '%s\n' '{"id":"x","text":"A ferry ran aground off the harbour wall"}' '' 'no JSON' '{"text":"The inquiry opens in May"}' \
    '{"text":"The inquiry opens in May"}' >odd.jsonl
exits 'lines that are no records' 0 dedupe signatures odd.jsonl
has 'such a line is told of' err 'odd.jsonl:3: this line stays as it is, it cannot be read: '
exits 'and grouped' 0 dedupe group odd.jsonl.signatures
has 'a record without id has its place for a name' odd.jsonl.removals '"id":"odd.jsonl:5","duplicate_of":"odd.jsonl:4"'
exits 'and applied' 0 dedupe apply odd.jsonl.removals odd.jsonl
is 'such a line stays' "$(cat out)" "$(head -n 4 odd.jsonl)"

# ---- what is refused

# refused NAME CODE MESSAGE ARG...
refused() {
    local name=$1 code=$2 message=$3
    shift 3
    rm -f result
    exits "$name" "$code" dedupe "$@"
    is "$name: message" "$(cat err)" "pressline: error: dedupe: $message"
}
cd two || exit 74
sig=a.jsonl.signatures
refused 'no shard' 74 "cannot open 'gone.jsonl': No such file or directory" signatures gone.jsonl
refused 'no signatures' 74 "cannot open 'gone.sig': No such file or directory" group gone.sig
refused 'no list of files' 74 "cannot open 'gone': No such file or directory" group @gone
refused 'a shard for signatures' 78 '../one/a.jsonl: this is not a signature file' group ../one/a.jsonl
"$PRESSLINE" dedupe signatures --scope=language --output=scope.sig ../one/a.jsonl 2>err
"$PRESSLINE" dedupe signatures --canonical_url=false --output=url.sig ../one/a.jsonl 2>err
refused 'another scope' 78 \
    "scope.sig was made with scope \"language,\", $sig with \"\": make both with the same options" group $sig scope.sig
refused 'a scope that they were not made with' 78 "$sig was made with scope \"\", not \"language,\": make it with the option that group has" \
    group --scope=language $sig
refused 'without URLs' 78 \
    "url.sig was made with canonical_url \"false\", $sig with \"true\": make both with the same options" group $sig url.sig
refused 'without samples' 78 "$sig was made without \`containment\`: make it with the option that group has" \
    group --containment=0.7 $sig
cp $sig z.sig
refused 'two of one name' 64 "two files would become './a.jsonl.removals': give each a name of its own" \
    group --into=. $sig ../two/$sig
refused 'two shards of one name' 64 "two files would become './a.jsonl.signatures': give each a name of its own" \
    signatures --into=. ../one/a.jsonl ./a.jsonl
size=$(stat -c %s $sig)
head -c $((size - 1)) $sig >cut.sig
refused 'cut signatures' 74 \
    "cut.sig: the end is missing: the file was cut or changed at byte $((size - 1)): make it anew from its shard" group $sig cut.sig
[ ! -e cut.sig.removals ] && pass 'no list of it' || fail 'no list of it'
cp $sig flip.sig
printf X | dd of=flip.sig bs=1 seek=5000 conv=notrunc 2>/dev/null
exits 'changed signatures' 74 dedupe group flip.sig
has 'changed signatures: message' err 'flip.sig: the document is not the one that was written, at byte '
[ ! -e flip.sig.removals ] && pass 'no list of these' || fail 'no list of these'
gzip -c ../one/a.jsonl | head -c 5000 >cut.jsonl.gz
exits 'a cut shard' 74 dedupe signatures cut.jsonl.gz
has 'a cut shard: message' err 'cut.jsonl.gz: the gzip data ends too soon, at byte 5000'
[ ! -e cut.jsonl.gz.signatures ] && pass 'no signatures of it' || fail 'no signatures of it'

head -n 3 ../a.removals >cut.removals
refused 'a cut list' 74 'cut.removals:3: the last line is missing: the list was cut: make it anew with `pressline dedupe group`' \
    apply cut.removals ../one/a.jsonl
sed '2s/"line":/"line":1/' ../a.removals >changed.removals
exits 'a changed list' 74 dedupe apply changed.removals ../one/a.jsonl
has 'a changed list: message' err 'the list is not the one that was written'
sed '1d' ../one/a.jsonl >later.jsonl
refused 'another shard' 78 "../a.removals is not the list of 'later.jsonl', or the shard has changed since its signatures were made" \
    apply --output=result ../a.removals later.jsonl
sed '$s/ /  /' ../one/a.jsonl >edited.jsonl
refused 'an edited shard' 78 "../a.removals is not the list of 'edited.jsonl', or the shard has changed since its signatures were made" \
    apply --output=result ../a.removals edited.jsonl
[ ! -e result ] && [ ! -e result.part ] && pass 'nothing is written' || fail 'nothing is written'
exits 'no list' 64 dedupe apply ../one/a.jsonl
exits 'no size' 64 dedupe group --memory=lots $sig
