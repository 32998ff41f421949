#!/usr/bin/env bash
# Archives and databases in programs of others, and files of pigz, Python and DuckDB in ours.
# timeout: 120
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/lib.sh"
need 'archives in programs of others' gzip python3

"$peer_python" - >in.jsonl <<'END'
import json, random
random.seed(9)
words = "ferry council storm bridge minister harbour strike vote budget island café naïve Łódź 東京".split()
for i in range(3000):
    text = " ".join(random.choice(words) for _ in range(12000 if i % 1000 == 7 else random.randrange(5, 300)))
    print(json.dumps({"id": f"r{i}", "url": f"https://port.example/{i}", "site": f"Port {i % 7}", "published": f"2024-05-{i % 28 + 1:02}",
                      "text": text}, ensure_ascii=False))
END
for block in 64k 1m; do
    echo "input_fields = [\"text\"]; stages = ( { plugin = \"fetch\"; }, { plugin = \"archive\"; block = \"$block\"; } );" >$block.cfg
    exits "a run, block = $block" 0 run $block.cfg --input in.jsonl --output $block --quiet
done
echo 'input_fields = ["text"]; stages = ( { plugin = "fetch"; }, { plugin = "archive"; path = "${output}/a.csv.gz"; format = "csv"; } );' >csv.cfg
exits 'a run, format = csv' 0 run csv.cfg --input in.jsonl --output csv --quiet

if peer_module duckdb; then
    cat >duck.py <<'END'
import duckdb, sys
for row in duckdb.sql(sys.argv[1]).fetchall():
    print(*row, sep="|")
END
    for block in 64k 1m; do
        is "DuckDB: records by site, block = $block" "$("$peer_python" duck.py "SELECT site, count(*), min(published) FROM
            read_json('$block/articles.jsonl.gz', format='newline_delimited') WHERE site = 'Port 3' GROUP BY site")" \
            "Port 3|$(grep -c '"site": "Port 3"' in.jsonl)|2024-05-04"
    done
    is 'DuckDB: CSV' "$("$peer_python" duck.py "SELECT count(*), count(DISTINCT id) FROM read_csv('csv/a.csv.gz')")" '3000|3000'
    "$peer_python" -c "import duckdb; duckdb.sql(\"COPY (SELECT * FROM read_json('in.jsonl')) TO 'duck.json.gz' (FORMAT json)\")"
    exits 'of DuckDB: index' 0 archive index duck.json.gz
    exits 'of DuckDB: get' 0 archive get duck.json.gz r1234
    has 'of DuckDB: a record' out '"id":"r1234"'
fi
if peer_module indexed_gzip; then
    cat >indexed.py <<'END'
import indexed_gzip, sys
with indexed_gzip.IndexedGzipFile(sys.argv[1], drop_handles=False) as f, open("lines", "rb") as g:
    for at in (2000000, 17, 65280, 1000000, 65279, 0):
        f.seek(at), g.seek(at)
        assert f.read(70000) == g.read(70000), at
END
    for block in 64k 1m; do
        gzip -dc $block/articles.jsonl.gz >lines
        holds "indexed_gzip reads from anywhere, block = $block" "$peer_python" indexed.py $block/articles.jsonl.gz
    done
fi

# One member for all, as most programs write: `get` goes by points from where inflating can go on.
gzip -c in.jsonl >gzip.jsonl.gz
"$peer_python" -c 'import gzip, shutil; shutil.copyfileobj(open("in.jsonl", "rb"), gzip.open("python.jsonl.gz", "wb"))'
makers='gzip python'
if command -v pigz >/dev/null; then
    pigz -p 3 -c in.jsonl >pigz.jsonl.gz
    makers+=' pigz'
else
    skip pigz 'pigz is not installed'
fi
sed -n 2346p in.jsonl >wanted
for maker in $makers; do
    exits "of $maker: index" 0 archive index $maker.jsonl.gz
    exits "of $maker: get by id" 0 archive get $maker.jsonl.gz r2345
    same "of $maker: the record" out wanted
    exits "of $maker: get by address" 0 archive get $maker.jsonl.gz https://port.example/2345
    same "of $maker: the same record" out wanted
    exits "of $maker: verify" 0 archive verify $maker.jsonl.gz
    exits "of $maker: cat" 0 archive cat $maker.jsonl.gz
    same "of $maker: all lines" out in.jsonl
done
exits 'merged' 0 archive merge both.jsonl.gz 64k/articles.jsonl.gz 1m/articles.jsonl.gz
holds 'merged: gzip -t' gzip -t both.jsonl.gz
is 'merged: all records' "$(gzip -dc both.jsonl.gz | grep -c .)" 6000
