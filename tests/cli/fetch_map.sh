#!/usr/bin/env bash
# JSONL with other people's names of fields, from the file to the archive.
. "$(dirname "$0")/lib.sh"
for p in fetch archive; do
    [ -e "$BUILDDIR/plugins/.libs/$p.so" ] || { skip fetch_map "the stage $p was left out"; exit 0; }
done

cat >in.jsonl <<'END'
{"headline":"Tram line opens","kicker":"Trams","maintext":"The tram line opened on Monday.","publish_date":"2025-11-08 09:30:00","authors":["Aoife Brennan"],"nr":1}
{"title":"Harbour closed","kicker":"Storms","content":"The harbour was closed on Friday.","pubDate":"Fri, 07 Nov 2025 18:00:00 GMT","author":"Pat Doyle","nr":2}
END
cat >map.cfg <<'END'
stages = ( { plugin = "fetch"; map = ["section=kicker", "desk.number = nr", "title=no_such_name"]; }, { plugin = "archive"; path = "${output}/articles.jsonl"; } );
END
exits 'the usual names, and given ones' 0 run map.cfg --input in.jsonl --output out1 --quiet --checked
articles() { cat "$1/articles.jsonl"; }
articles out1 >articles
is 'titles' "$(field title <articles)" 'Tram line opens
Harbour closed'
is 'texts' "$(field text <articles)" 'The tram line opened on Monday.
The harbour was closed on Friday.'
is 'dates are ISO 8601' "$(field published <articles)" '2025-11-08T09:30:00
2025-11-07T18:00:00Z'
is 'a name of a pipeline' "$(field section <articles)" 'Trams
Storms'
is 'a field of no well-known name' "$(field desk.number <articles)" '1
2'
has 'the original stays' articles '"headline":"Tram line opens"'
exits 'four workers' 0 run map.cfg --input in.jsonl --output out4 --quiet --jobs 4
articles out4 >articles4
same 'any number of workers' articles articles4

# Authors as objects, alone, in a list, beside names, and without a name.
cat >authors.jsonl <<'END'
{"title":"Ferry sails","text":"It sails.","authors":[{"name":"Ana Duarte"}]}
{"title":"Bridge opens","text":"It opens.","author":{"@type":"Person","name":" Rui Lopes ","url":"https://a.example/rui"}}
{"title":"Snow falls","text":"It falls.","creator":[{"@type":"Person","name":"Ines Mota"},"Jo\u00e3o Reis",{"id":7},{"name":["x"]},null]}
{"title":"Rain stops","text":"It stops.","authors":[{"id":7}],"writer":"Eva Pinto"}
{"title":"Wind turns","text":"It turns.","authors":[[{"name":"Nobody"}]]}
END
exits 'authors as objects' 0 run map.cfg --input authors.jsonl --output authors --quiet --checked
articles authors >written
is 'give a byline' "$(sed 's/.*"byline":\(\[[^]]*\]\).*/\1/; t; s/.*/none/' written)" '["Ana Duarte"]
["Rui Lopes"]
["Ines Mota","João Reis"]
["Eva Pinto"]
none'

for wrong in headline =headline title= origin=where; do
    exits "map = \"$wrong\": refused" 78 run map.cfg --input in.jsonl --output wrong --quiet --set "fetch.map=[\"$wrong\"]"
    has "map = \"$wrong\": what was expected" err "map: '$wrong' is not \"FIELD=THEIRS\", such as \"title=headline\""
done
