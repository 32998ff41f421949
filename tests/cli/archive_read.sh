#!/usr/bin/env bash
# `pressline archive`: ls, get, grep, stats, index, verify and merge: what they write, say and exit with.
. "$(dirname "$0")/lib.sh"

cat >in.jsonl <<'END'
{"id":"a1","url":"https://north.example/ferry","title":"Ferries to Arran are back","site":"north.example","published":"2024-03-01T07:00:00Z","language":"en","text":"The ferry sails at \"seven\" again.","tags":["sea","travel"],"entities.people":[{"name":"Ann Reid","count":2},{"name":"Tom Baker","count":1}]}
{"id":"a2","url":"https://north.example/vote","canonical_url":"https://north.example/v","title":"Council votes on the bridge","site":"north.example","published":"2024-03-02T07:00:00Z","language":"en","text":"Nine to four.","words":3,"similarity":0.5}
{"id":"a3","url":"https://sued.example/brücke","title":"Die Brücke","published":"2024-02-28T07:00:00Z","language":"de","text":"Neun zu vier.","paid":true,"summary":null}
END
printf 'stages = ( { plugin = "fetch"; }, { plugin = "archive"; } );\n' >copy.cfg
exits 'a run' 0 run copy.cfg --input in.jsonl --output made --quiet
a=made/articles.jsonl.gz
rm -f $a.* # what the run made beside it
"$PRESSLINE" archive cat $a >lines

# ---- ls
exits 'ls' 0 archive ls $a
is 'ls: the first' "$(head -1 out)" "$(printf 'a1\t2024-03-01T07:00:00Z\tnorth.example\t%d\tFerries to Arran are back' "$(head -1 lines | wc -c)")"
is 'ls: a site from the URL' "$(tail -1 out | cut -f 1,3,5)" "$(printf 'a3\tsued.example\tDie Brücke')"
exits 'ls: JSON' 0 archive ls --json $a
is 'ls: JSON, the first' "$(head -1 out)" '{"file":"made/articles.jsonl.gz","id":"a1","published":"2024-03-01T07:00:00Z","site":"north.example","url":"https://north.example/ferry","title":"Ferries to Arran are back","offset":0,"bytes":'"$(head -1 lines | wc -c)}"
printf '{"id":7,"title":"a\\u001b[31mb\\u202ec\\nd","date":"2024-01-01"}\n{"url":\n{"id":"x"}' >odd.jsonl
exits 'ls: a line that is no record' 74 archive ls odd.jsonl
is 'ls: it is named' "$(cat err)" 'pressline: error: archive: odd.jsonl: line 2 is no record: the line ends too soon at its byte 8'
is 'ls: nothing for the terminal to obey; the last line without an end' "$(cat out)" "$(printf '7\t2024-01-01\t-\t62\ta?[31mb?c d\nx\t-\t-\t10\t-')"
exits 'ls: nothing to do' 64 archive ls
is 'ls: usage' "$(cat err)" 'pressline: error: archive: usage: pressline archive ls [--json] FILE...'

# ---- get, without an index and with one
exits 'get: no index' 0 archive get $a a2
has 'get: no index: a hint' err "'made/articles.jsonl.gz' has no index: pressline archive index 'made/articles.jsonl.gz' makes one; all of its lines are read"
sed -n 2p lines >wanted
same 'get: no index: the record' out wanted
echo a2 | "$PRESSLINE" archive get $a - >out 2>err
is 'get: ids from stdin want an index' $? 74
exits 'index' 0 archive index $a
has 'index: says what it made' out "made/articles.jsonl.gz: 3 records, $(stat -c %s $a | sed ':a;s/\B[0-9]\{3\}\>/,&/;ta') bytes; blocks; index of "
exits 'index: again' 0 archive index $a
is 'index: again: there is one' "$(cat out)" 'made/articles.jsonl.gz: has an index that fits'
exits 'index: --force' 0 archive index --force $a
has 'index: --force makes it' out '3 records'
for key in a2 https://north.example/vote https://north.example/v; do
    exits "get: $key" 0 archive get $a $key
    same "get: $key: the record" out wanted
    is "get: $key: nothing to say" "$(cat err)" ''
done
exits 'get: several' 0 archive get $a a3 a1
sed -n '3p;1p' lines | sort >wanted
sort out >got
same 'get: several, all' got wanted
is 'get: several, in the order asked for' "$(head -1 out | field id)" a3
exits 'get: one is not there' 3 archive get $a a1 a9
is 'get: it is named' "$(cat err)" 'pressline: warning: archive: not found: a9'
is 'get: the other is there' "$(wc -l <out)" 1
printf 'a1\na9\n\na3' | "$PRESSLINE" archive get --blank $a - >out 2>err
is 'get: from stdin: exit' $? 3
is 'get: from stdin: an empty line for what is not there' "$(field id <out | tr '\n' ' '; sed -n 2p out)" 'a1 a3 '
cp $a b.jsonl.gz
pl archive index b.jsonl.gz
exits 'get: from two archives' 0 archive get --archive=$a --archive=b.jsonl.gz a1
is 'get: from two archives: two records' "$(wc -l <out)" 2
exits 'get: nothing asked for' 64 archive get $a
exits 'get: no such file' 74 archive get none.gz a1
has 'get: no such file: named' err "cannot open 'none.gz': No such file or directory"
exits 'get: a misspelt option' 64 archive get --blnk $a a1
has 'get: a misspelt option: the right one' err 'did you mean --blank?'
# a reader that waits for each answer before it asks for the next
mkfifo ids.fifo answers.fifo
exec 8<>ids.fifo
"$PRESSLINE" archive get $a - <ids.fifo >answers.fifo 2>err 8>&- &
exec 9<answers.fifo
for id in a3 a1; do
    echo $id >&8
    read -r -t 20 line <&9
    is "get: the answer to $id comes before the next question" "$(echo "$line" | field id)" $id
done
exec 8>&- 9>&-
kill $! 2>/dev/null
wait $! 2>/dev/null

# ---- grep: found NAME IDS ARG...
found() {
    local name=$1 ids=$2
    shift 2
    pl archive grep "$@" $a
    is "grep: $name" "$(field id <out | tr '\n' ' ')" "$ids"
    is "grep: $name: exit" $rc "$([ -n "$ids" ] && echo 0 || echo 3)"
}
found 'text' 'a1 a2 ' site=north.example
found 'text with quotes' 'a1 ' 'text=The ferry sails at "seven" again.'
found 'not ASCII' 'a3 ' 'title=Die Brücke'
found 'nothing' '' title=bridge
found 'a pattern' 'a2 a3 ' 'title~(?i)bridge|brücke'
found 'a pattern, not' 'a1 ' 'title!~(?i)bridge|brücke'
found 'not' 'a3 ' language!=en
found 'a number' 'a2 ' words=3
found 'a number, written otherwise' 'a2 ' similarity=0.50
found 'true' 'a3 ' paid=true
found 'an element of a list' 'a1 ' tags=travel
found 'a member of an object in a list' 'a1 ' 'entities.people=Tom Baker'
found 'a member by its name' 'a1 ' 'entities.people.name=Ann Reid'
found 'a member by its name, another value' '' 'entities.people.name=Tom'
found 'is set' 'a2 ' canonical_url
found 'null is not set' '' summary
found 'two conditions' 'a2 ' --and=words --and 'language=en' site=north.example
exits 'grep: count' 0 archive grep --count language=en $a b.jsonl.gz
is 'grep: count: a line a file' "$(cat out)" "$(printf 'made/articles.jsonl.gz:2\nb.jsonl.gz:2')"
printf '{"id":"\\u0061\\u0031","t":"\\u0042r\\u00fccke"}\n{"t": "x"\n' >escaped.jsonl
exits 'grep: escapes' 0 archive grep t=Brücke escaped.jsonl
is 'grep: escapes: the line' "$(cat out)" '{"id":"\u0061\u0031","t":"\u0042r\u00fccke"}'
exits 'grep: a line that is no record' 0 archive grep t escaped.jsonl
has 'grep: a line that is no record: told' err 'escaped.jsonl: passed over 1 lines that are no records, the first is line 2'
exits 'grep: a wrong pattern' 64 archive grep 'title~(' $a
has 'grep: a wrong pattern: where' err 'the pattern "(" is wrong at byte 2: missing closing parenthesis'
exits 'grep: no field' 64 archive grep '=x' $a
is 'grep: no field: message' "$(cat err)" "pressline: error: archive: '=x' names no field"

# ---- stats
exits 'stats' 0 archive stats $a
has 'stats: records' out 'records:      3'
has 'stats: dates' out 'dates:        2024-02-28T07:00:00Z to 2024-03-02T07:00:00Z'
has 'stats: sites' out '             2  north.example'
exits 'stats: JSON' 0 archive stats --json $a b.jsonl.gz
has 'stats: JSON: sites, languages, days' out '"sites":{"north.example":4,"sued.example":2},"other_sites":0,"languages":{"en":4,"de":2},"other_languages":0,"days":{"2024-02-28":2,"2024-03-01":2,"2024-03-02":2},"other_days":0}'

# ---- verify
exits 'verify' 0 archive verify $a
has 'verify: whole' out 'made/articles.jsonl.gz: whole: 3 records, '
has 'verify: whole, the index' out ' bytes, 1 blocks; the index fits'
exits 'verify: one of two' 74 archive verify in.jsonl odd.jsonl
is 'verify: one of two: the whole one' "$(head -1 out)" "in.jsonl: whole: 3 records, $(stat -c %s in.jsonl | sed ':a;s/\B[0-9]\{3\}\>/,&/;ta') bytes; no index to compare with"
is 'verify: one of two: the other' "$(sed 1d out)" "$(printf "odd.jsonl: line 2 of the content, at its byte 62, is no JSON: the line ends too soon at byte 8 of the line\nodd.jsonl: damaged: 1 records are good, up to byte 62, and 1 behind; 0 bad places")"
cp $a beside.gz && cp $a.idx beside.gz.idx
printf '\1' | dd of=beside.gz.idx bs=1 seek=90 conv=notrunc 2>/dev/null
exits 'verify: a damaged index' 74 archive verify beside.gz
is 'verify: a damaged index: the archive is none' "$(sed 1d out)" "$(printf 'beside.gz: whole: all 3 records are good; what lies beside it is damaged, and made anew by\n  pressline archive index --force beside.gz')"
exits 'verify: a damaged index: JSON' 74 archive verify --json beside.gz
has 'verify: a damaged index: JSON: what is good' out '"whole":false,'
has 'verify: a damaged index: JSON: all before it' out '"records":3,"records_before_damage":3,'
exits 'verify: a damaged index: made anew' 0 archive index --force beside.gz
exits 'verify: a damaged index: and right' 0 archive verify beside.gz
head -c -28 $a >cut.gz
exits 'verify: no end marker' 74 archive verify cut.gz
is 'verify: no end marker: told' "$(cat out)" "$(printf 'cut.gz: the end marker is missing at byte %d: the file was cut\ncut.gz: damaged: 3 records are good, up to byte %d, and 0 behind; 0 bad places' "$(stat -c %s cut.gz)" "$(stat -c %s cut.gz)")"
exits 'verify: JSON' 74 archive verify --json cut.gz
has 'verify: JSON: as told' out '{"file":"cut.gz","mistakes":["the end marker is missing at byte '
has 'verify: JSON: what is good' out '"whole":false,'
cp $a bad.gz && cp $a.idx bad.gz.idx
printf '\1' | dd of=bad.gz bs=1 seek=60 conv=notrunc 2>/dev/null
exits 'verify: damaged' 74 archive verify bad.gz
exits 'get: damaged' 74 archive get bad.gz a1
has 'get: damaged: told' err 'error: archive: bad.gz: '
exits 'index: damaged' 74 archive index --force bad.gz
has 'index: damaged: nothing made' err 'no index was made'
cp $a short.gz && cp $a.idx short.gz.idx && tail -c 28 $a >>short.gz
exits 'get: an index that does not fit' 0 archive get short.gz a1
has 'get: an index that does not fit: told' err "'short.gz.idx' is the index of an archive of "

printf 'id,title\r\nc1,"Ferries\nto Arran"\r\n' | tee table.csv | gzip -c >table.csv.gz
for f in table.csv table.csv.gz; do
    exits "index: $f" 74 archive index $f
    has "index: $f: told" err "$f: is no JSONL, as its first line shows"
    holds "index: $f: nothing made" [ "$(echo $f.*)" = "$(ls -d table.csv.gz | grep "^$f[.]" || echo "$f.*")" ]
done

# ---- merge
exits 'merge' 0 archive merge all.jsonl.gz $a b.jsonl.gz
is 'merge: says what it made' "$(cut -d, -f 1 out)" 'all.jsonl.gz: 6 records of 2 archives'
holds 'merge: gzip -t' gzip -t all.jsonl.gz
cat lines lines >wanted
pl archive cat all.jsonl.gz
same 'merge: all lines' out wanted
exits 'merge: is whole' 0 archive verify all.jsonl.gz
has 'merge: its index fits' out '6 records'
exits 'merge: not over a file' 64 archive merge all.jsonl.gz $a
is 'merge: not over a file: told' "$(cat err)" "pressline: error: archive: 'all.jsonl.gz' is there: name another file, or replace it by --force"
for f in cut.gz bad.gz in.jsonl none.gz; do
    exits "merge: $f is refused" 74 archive merge new.gz $a $f
    has "merge: $f is named" err "$f"
    holds "merge: $f: nothing is left" [ "$(echo new.gz*)" = 'new.gz*' ]
done
printf '{"id":"t"}' | gzip -c >torn.gz
exits 'merge: no line end' 74 archive merge new.gz torn.gz $a
is 'merge: no line end: told' "$(cat err)" "pressline: error: archive: 'torn.gz' ends within a line"

# ---- everything ends with its reader, in silence
for i in $(seq 4000); do cat lines; done >many.jsonl
for c in 'cat' 'ls' 'grep language'; do
    # shellcheck disable=SC2086
    timeout 30 "$PRESSLINE" archive $c many.jsonl 2>err | head -n 1 >/dev/null
    holds "$c: ends with its reader" [ "${PIPESTATUS[0]}" -ne 124 ]
    is "$c: ends in silence" "$(cat err)" ''
done
if [ -w /dev/full ]; then
    "$PRESSLINE" archive ls $a >/dev/full 2>err
    is 'ls: a full disk' $? 74
    is 'ls: a full disk is named' "$(cat err)" 'pressline: error: archive: cannot write: No space left on device'
fi
