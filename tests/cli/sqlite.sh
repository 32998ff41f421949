#!/usr/bin/env bash
# The database as those who ask it meet it: by sqlite3 and by Python, after one run and after many.
# timeout: 120
. "$(dirname "$0")/lib.sh"

[ -e "$BUILDDIR/plugins/.libs/sqlite.so" ] || { skip sqlite 'the stage was left out'; exit 0; }
need sqlite python3
python3 -c 'import sqlite3; sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE x USING fts5(y)")' 2>/dev/null ||
    { skip sqlite "Python's sqlite3 has no FTS5"; exit 0; }

cat >ask.py <<'END'
"""ask.py DB SQL: rows as sqlite3 prints them; ask.py DB: all that a person sees of the database, and every word of its index."""
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
if len(sys.argv) > 2:
    for row in db.execute(sys.argv[2]):
        print("|".join("" if v is None else str(v) for v in row))
    db.commit()
    sys.exit()
for name, in db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name").fetchall():
    if not name.startswith(("search", "sqlite_", "pressline_")):
        for row in db.execute(f"SELECT * FROM {name}").fetchall():
            print(name, row)
db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, instance)")
for row in db.execute("SELECT * FROM words ORDER BY 1, 2, 3, 4"):
    print("word", row)
db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
print(*db.execute("PRAGMA integrity_check"))
db.rollback()
END
ask() { python3 ask.py "$@"; }

# ---- the example, as it is

newsroom() {
    local name=$1 code=$2 out=$3
    shift 3
    exits "$name" "$code" run "$SRCDIR/pipelines/newsroom.cfg" --output "$out" --quiet "$@"
}
if [ -e "$BUILDDIR/plugins/.libs/clean.so" ]; then
    newsroom 'newsroom.cfg: finishes, with dead letters' 3 one --input "$DATA/demo" --jobs 1
    newsroom 'newsroom.cfg: with 4 workers' 3 four --input "$DATA/demo" --jobs 4
    ask one/articles.sqlite >one.rows
    ask four/articles.sqlite >four.rows
    same 'newsroom.cfg: the same rows with 1 and 4 workers' one.rows four.rows
    is 'newsroom.cfg: one file' "$(cd one && echo articles.sqlite*)" 'articles.sqlite'
    is 'newsroom.cfg: as many articles as lines' "$(ask one/articles.sqlite 'SELECT count(*) FROM articles')" \
        "$(gzip -dc one/articles.jsonl.gz | grep -c .)"
    is 'search: two words near each other, whatever their accents' "$(ask one/articles.sqlite "SELECT title FROM search
        WHERE search MATCH 'NEAR(master elzbieta)'")" 'Transport minister orders inquiry after Gdansk ferry collision'
    ask one/articles.sqlite "SELECT speaker, kind, quotation, title FROM said WHERE speaker LIKE 'nasser%'" >said
    has 'said: who, by the full name' said 'Nasser Al-Balushi|direct|“We used to burn gas in order to drink.'
    is 'people: with their titles' "$(ask one/articles.sqlite "SELECT titles FROM people WHERE name = 'Ingrid Solheim'")" \
        'project director'
    is 'places: with their country' "$(ask one/articles.sqlite "SELECT count(*) > 0, min(country) FROM places
        WHERE name = 'duqm'")" '1|OM'
    is 'named: joined' "$(ask one/articles.sqlite "SELECT kind, mentions, site FROM named WHERE name = 'Nasser Al-Balushi'")" \
        'person|4|Gulf Wire'
    is 'a republication is told' "$(ask one/articles.sqlite "SELECT count(*) FROM articles AS copy JOIN articles AS first
        ON copy.duplicate_of = first.id WHERE copy.similarity > .4")" 1
    # What the JSON lines say, the tables say.
    cat >compare.py <<'END'
import gzip, json, sqlite3, sys
db = sqlite3.connect("one/articles.sqlite")
db.row_factory = sqlite3.Row
renamed = {"titles": {"title": "text", "mention": "of"}, "quotations": {"kind": "label", "source": "speaker", "cue_note": "cue"}}
derived = {"titles": {"chain"}, "quotations": {"speaker", "chain", "cue"}}
kinds = {"titles": "title", "quotations": "quote"}
n = 0
for line in gzip.open("one/articles.jsonl.gz", "rt", encoding="utf-8"):
    article = json.loads(line)
    row = db.execute("SELECT * FROM articles WHERE id = ?", (article["id"],)).fetchone()
    again = {k: row[k] for k in row.keys() if row[k] is not None and k not in ("article", "more")}
    again.update(json.loads(row["more"] or "{}"))
    for table, field, column in (("bylines", "byline", "name"), ("tags", "tags", "tag")):
        got = [r[0] for r in db.execute(f"SELECT {column} FROM {table} WHERE article = ? ORDER BY number", (row["article"],))]
        if got:
            again[field] = got
    notes = []
    for table in ("mentions", "titles", "quotations", "notes"):
        for r in db.execute(f"SELECT * FROM {table} WHERE article = ?", (row["article"],)):
            note = {renamed.get(table, {}).get(k, k): r[k] for k in r.keys()
                    if r[k] is not None and k not in {"article", "more"} | derived.get(table, set())}
            note["id"] = note.pop("note")
            note["kind"] = kinds.get(table) or note["kind"]
            note.update(json.loads(r["more"] or "{}"))
            notes.append(note)
            n += 1
            assert article["text"][r["begin"]:r["end"]] == note["text"], note
    if notes:
        again["annotations"] = sorted(notes, key=lambda note: note["id"])
    for k in {**again, **article}:
        if again.get(k) != article.get(k):
            sys.exit(f"{article['id']} {k}:\n{article.get(k)}\n{again.get(k)}")
sys.exit(0 if n > 50 else f"{n} annotations")
END
    holds 'nothing of the JSON lines is lost' python3 compare.py
    cat >readme.py <<'END'
import re, sqlite3, sys
db = sqlite3.connect("one/articles.sqlite")
asked = re.findall(r"^    (SELECT .*?);$", open(sys.argv[1], encoding="utf-8").read(), re.M | re.S)
none = [sql for sql in asked if not db.execute(sql).fetchall()]
sys.exit(f"no row: {none}" if none else None if len(asked) >= 10 else f"{len(asked)} questions")
END
    holds 'the questions of the README have answers' python3 readme.py "$SRCDIR/plugins/sqlite/README.md"
    if command -v sqlite3 >/dev/null; then
        is 'by the program sqlite3' "$(sqlite3 one/articles.sqlite "SELECT count(*) FROM search WHERE search MATCH 'harbour'")" \
            "$(ask one/articles.sqlite "SELECT count(*) FROM search WHERE search MATCH 'harbour'")"
        sqlite3 one/articles.sqlite .dump >dump.sql
        holds 'what sqlite3 dumps can be read back' sqlite3 again.sqlite ".read dump.sql"
        ask again.sqlite >again.rows
        same 'and is the same' one.rows again.rows
    else
        skip 'the program sqlite3' 'sqlite3 is not installed'
    fi
else
    skip newsroom.cfg 'clean was left out'
fi

# ---- run after run

cat >base.cfg <<'END'
input_fields = ["text", "title", "odd"];
stages = ( { plugin = "fetch"; }, { plugin = "sqlite"; } );
END
line() { printf '{"id":"%s","title":"%s","text":"%s"}\n' "$@"; }
line a One 'The ferry' >first.jsonl
line b Two 'The tram' >>first.jsonl
line b Two 'The tram, again' >second.jsonl
line c Three 'The bus' >>second.jsonl

exits 'two runs: the first' 0 run base.cfg --input first.jsonl --output runs
exits 'two runs: the second, with other input' 0 run base.cfg --input first.jsonl --input second.jsonl --output runs
is 'two runs: what was there is replaced' "$(ask runs/articles.sqlite 'SELECT article, id, text FROM articles')" \
    "$(printf '1|a|The ferry\n2|b|The tram, again\n3|c|The bus')"
is 'two runs: and in the index' "$(ask runs/articles.sqlite "SELECT rowid FROM search WHERE search MATCH 'tram'")" 2
ask runs/articles.sqlite >before
cp runs/articles.sqlite kept.sqlite
exits 'nothing new' 0 run base.cfg --input first.jsonl --output runs
same 'nothing new: the file is left alone' runs/articles.sqlite kept.sqlite
exits 'restart' 0 run base.cfg --input first.jsonl --input second.jsonl --output runs --restart
ask runs/articles.sqlite >after
sed -i /duplicate/d before after
same 'restart: nothing is doubled' before after

# The database is somewhere else, and of several pipelines.
exits 'one database: a first folder' 0 run base.cfg --input first.jsonl --output p --set sqlite.path=all.sqlite
exits 'one database: a second folder' 0 run base.cfg --input second.jsonl --output q --set sqlite.path=all.sqlite
ask all.sqlite >all.rows
same 'one database: the same rows' before all.rows

# Shards have one each.
exits 'shard 1 of 2' 0 run base.cfg --input first.jsonl --input second.jsonl --output s --shard 1/2
exits 'shard 2 of 2' 0 run base.cfg --input first.jsonl --input second.jsonl --output s --shard 2/2
is 'shards: a database each' "$(cd s && echo articles*)" 'articles-1of2.sqlite articles-2of2.sqlite'

# retry adds what had failed.
printf '{"id":"d","title":"Four"' >bad.jsonl
exits 'retry: a line fails' 3 run base.cfg --input bad.jsonl --output t --set sqlite.path=all.sqlite
exits 'retry: fails again' 3 retry t/deadletters.jsonl base.cfg --output u --set sqlite.path=all.sqlite
ask all.sqlite >all.again
same 'retry: nothing is doubled' all.rows all.again

# ---- refused

cat >hold.py <<'END'
import fcntl, subprocess, sys
with open(sys.argv[1], "rb") as f:
    fcntl.flock(f, fcntl.LOCK_EX)
    sys.exit(subprocess.call(sys.argv[2:]))
END
python3 hold.py all.sqlite "$PRESSLINE" run base.cfg --input first.jsonl --output v --set sqlite.path=all.sqlite >out.txt 2>err
is 'another run writes: exit status' $? 74
has 'another run writes: the message' err "'all.sqlite' is being written by another run or stage"

cat >reader.py <<'END'
import sqlite3, subprocess, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("BEGIN")
n = db.execute("SELECT count(*) FROM articles").fetchone()[0]
rc = subprocess.call(sys.argv[2:])
same = db.execute("SELECT count(*) FROM articles").fetchone()[0] == n
db.execute("COMMIT")
more = db.execute("SELECT count(*) FROM articles").fetchone()[0] > n
sys.exit(rc if same and more else 99)
END
line e Five 'The night bus' >third.jsonl
python3 reader.py all.sqlite "$PRESSLINE" run base.cfg --input third.jsonl --output w --set sqlite.path=all.sqlite >out.txt 2>err
is 'somebody reads meanwhile, and sees one state' $? 0

echo 'Dear editor,' >letter.sqlite
exits 'no database: exit status' 78 run base.cfg --input first.jsonl --output x --set sqlite.path=letter.sqlite
has 'no database: the message' err "'letter.sqlite' is no SQLite database, and is left as it is"
is 'no database: left alone' "$(cat letter.sqlite)" 'Dear editor,'
ask other.sqlite 'CREATE TABLE mine (x)'
cp other.sqlite other.kept
exits 'a strange database: exit status' 78 run base.cfg --input first.jsonl --output y --set sqlite.path=other.sqlite
same 'a strange database: left alone' other.sqlite other.kept
ln -s all.sqlite link.sqlite
exits 'a link: exit status' 78 run base.cfg --input first.jsonl --output z --set sqlite.path=link.sqlite
has 'a link: the message' err "'link.sqlite' is a link"

# What has ended needs no file beside it (byte 18 of the header is 1, not 2: no WAL), and may lie on a disk that is read only.
is 'ended: no log' "$(od -An -tu1 -j18 -N2 runs/articles.sqlite | tr -d ' ')" 11

# By hand.
if [ -e one/articles.sqlite ]; then
    cp one/articles.sqlite less.sqlite
    ask less.sqlite 'DELETE FROM articles'
    for t in bylines tags people organisations places mentions titles quotations notes; do
        is "all articles deleted by hand: $t" "$(ask less.sqlite "SELECT count(*) FROM $t")" 0
    done
fi

# Our mark on it is no proof that this stage made it; what else somebody keeps there is his affair.
strange() {
    local name=$1 what=$2 sql=$3
    cp all.sqlite strange.sqlite
    ask strange.sqlite "$sql"
    cp strange.sqlite strange.kept
    exits "$name: exit status" 78 run base.cfg --input first.jsonl --output strange --set sqlite.path=strange.sqlite
    has "$name: the message" err "'strange.sqlite' has not the tables and triggers that this stage makes ($what), and is left as it is"
    same "$name: left alone" strange.sqlite strange.kept
}
strange 'a trigger of somebody else' "trigger 'spy'" \
    "CREATE TRIGGER spy AFTER INSERT ON tags BEGIN DELETE FROM articles; END"
strange 'one of ours, missing' "trigger 'articles_added'" 'DROP TRIGGER articles_added'
strange 'a table that is a view' "table 'tags'" 'ALTER TABLE tags RENAME TO t'
strange 'a column more' "table 'articles'" 'ALTER TABLE articles ADD COLUMN price'
cp all.sqlite mine.sqlite
ask mine.sqlite 'CREATE TABLE mine (x)'
ask mine.sqlite 'CREATE INDEX mine_too ON articles (section)'
ask mine.sqlite 'CREATE VIEW late AS SELECT title FROM articles'
exits 'tables, views and indexes beside ours' 0 run base.cfg --input third.jsonl --output mine --set sqlite.path=mine.sqlite

# `check` makes and changes nothing.
exits 'check' 0 check base.cfg --output nowhere --set sqlite.path=nowhere/new.sqlite
holds 'check: makes nothing' [ ! -e nowhere ]

# ---- odd records

python3 - >odd.jsonl <<'END'
import json
print(json.dumps({"id": "nul", "title": "a\0b", "text": "be\0fore and after", "odd": {"x": [1, None, "\U0001f600"]}}))
print(json.dumps({"id": "list", "byline": ["A", "A", ""], "tags": [], "title": "", "text": ""}))
print(json.dumps({"id": "kinds", "similarity": 1, "http_status": 404, "text": "x", "body": "QUJD"}))
print(json.dumps({"id": "many", "text": "Oslo " * 20000, "annotations": [
    {"id": i + 1, "kind": "entity", "label": "LOC", "begin": 5 * i, "end": 5 * i + 4, "chain": 1} for i in range(20000)]}))
print(json.dumps({"id": "it's \"quoted\"; DROP TABLE articles; --", "text": "x' OR 1=1"}))
print(json.dumps({"id": "deep", "text": "x", "odd": eval("[" * 60 + "1" + "]" * 60)}))
END
exits 'odd records' 0 run base.cfg --input odd.jsonl --output odd --jobs 3
is 'odd: a NUL' "$(ask odd/articles.sqlite "SELECT hex(title), hex(text) FROM articles WHERE id = 'nul'")" \
    '610062|626500666F726520616E64206166746572'
is 'odd: it is found' "$(ask odd/articles.sqlite "SELECT count(*) FROM search WHERE search MATCH 'fore AND after'")" 1
is 'odd: lists' "$(ask odd/articles.sqlite "SELECT number, name FROM bylines ORDER BY 1")" "$(printf '1|A\n2|A\n3|')"
is 'odd: what has no column' "$(ask odd/articles.sqlite "SELECT more FROM articles WHERE id = 'list'")" '{"tags":[]}'
is 'odd: many mentions of one place' "$(ask odd/articles.sqlite "SELECT p.mentions, p.name, count(*) FROM places AS p
    JOIN mentions USING (article, chain)")" '20000|Oslo|20000'
is 'odd: nobody drops a table' "$(ask odd/articles.sqlite 'SELECT count(*) FROM articles')" 6
