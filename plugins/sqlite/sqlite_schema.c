/* sqlite_schema.c - the tables of a database of articles. */
#include "sqlite_schema.h"

const struct schema_info schema_tables[SCHEMA_TABLES] = {
    [SCHEMA_ARTICLES] = {"articles",
                         "id,url,canonical_url,source,origin,title,site,section,published,modified,language,summary,image,"
                         "agency,dateline_place,dateline_date,duplicate_of,similarity,content_type,charset,http_status,"
                         "fetched_at,text,more",
                         24},
    [SCHEMA_BYLINES] = {"bylines", "number,name", 2},
    [SCHEMA_TAGS] = {"tags", "number,tag", 2},
    [SCHEMA_PEOPLE] = {"people", "chain,name,titles,mentions,first", 5},
    [SCHEMA_ORGANISATIONS] = {"organisations", "chain,name,mentions,first", 4},
    [SCHEMA_PLACES] = {"places", "chain,name,country,country_name,geonames,lat,lon,population,mentions,first", 10},
    [SCHEMA_MENTIONS] = {"mentions",
                         "note,kind,label,begin,end,text,chain,score,iso,country,country_name,geonames,lat,lon,population,"
                         "more",
                         16},
    [SCHEMA_TITLES] = {"titles", "note,title,begin,end,mention,chain,more", 7},
    [SCHEMA_QUOTATIONS] = {"quotations", "note,kind,text,begin,end,speaker,chain,source,cue,cue_note,more", 11},
    [SCHEMA_NOTES] = {"notes", "note,kind,label,begin,end,text,more", 7},
};

/* `article` is a number of its own, not SQLite's rowid, which VACUUM may change; the full-text index goes by it.  Names
 * are compared without regard to (ASCII) case, so that LIKE 'Ann%' finds them by the index.  Triggers keep the index and
 * the other tables in step also when somebody deletes or changes articles by hand. */
const char schema_sql[] =
    "CREATE TABLE articles (\n"
    "    article INTEGER PRIMARY KEY,\n"
    "    id TEXT NOT NULL UNIQUE,\n"
    "    url TEXT,\n"
    "    canonical_url TEXT,\n"
    "    source TEXT,\n"
    "    origin TEXT,\n"
    "    title TEXT,\n"
    "    site TEXT COLLATE NOCASE,\n"
    "    section TEXT COLLATE NOCASE,\n"
    "    published TEXT,\n"
    "    modified TEXT,\n"
    "    language TEXT,\n"
    "    summary TEXT,\n"
    "    image TEXT,\n"
    "    agency TEXT,\n"
    "    dateline_place TEXT,\n"
    "    dateline_date TEXT,\n"
    "    duplicate_of TEXT,\n"
    "    similarity REAL,\n"
    "    content_type TEXT,\n"
    "    charset TEXT,\n"
    "    http_status INTEGER,\n"
    "    fetched_at TEXT,\n"
    "    text TEXT,\n"
    "    more TEXT\n"
    ");\n"
    "CREATE INDEX articles_published ON articles (published);\n"
    "CREATE INDEX articles_site ON articles (site, published);\n"
    "CREATE INDEX articles_url ON articles (url);\n"
    "CREATE INDEX articles_canonical_url ON articles (canonical_url);\n"
    "CREATE INDEX articles_duplicate_of ON articles (duplicate_of) WHERE duplicate_of IS NOT NULL;\n"

    "CREATE TABLE bylines (article INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE,\n"
    "    PRIMARY KEY (article, number)) WITHOUT ROWID;\n"
    "CREATE INDEX bylines_name ON bylines (name);\n"
    "CREATE TABLE tags (article INTEGER NOT NULL, number INTEGER NOT NULL, tag TEXT NOT NULL COLLATE NOCASE,\n"
    "    PRIMARY KEY (article, number)) WITHOUT ROWID;\n"
    "CREATE INDEX tags_tag ON tags (tag);\n"

    "CREATE TABLE people (article INTEGER NOT NULL, chain INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE,\n"
    "    titles TEXT, mentions INTEGER, first INTEGER,\n"
    "    PRIMARY KEY (article, chain)) WITHOUT ROWID;\n"
    "CREATE INDEX people_name ON people (name);\n"
    "CREATE TABLE organisations (article INTEGER NOT NULL, chain INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE,\n"
    "    mentions INTEGER, first INTEGER,\n"
    "    PRIMARY KEY (article, chain)) WITHOUT ROWID;\n"
    "CREATE INDEX organisations_name ON organisations (name);\n"
    "CREATE TABLE places (article INTEGER NOT NULL, chain INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE,\n"
    "    country TEXT, country_name TEXT, geonames INTEGER, lat REAL, lon REAL, population INTEGER,\n"
    "    mentions INTEGER, first INTEGER,\n"
    "    PRIMARY KEY (article, chain)) WITHOUT ROWID;\n"
    "CREATE INDEX places_name ON places (name);\n"
    "CREATE INDEX places_country ON places (country);\n"

    "CREATE TABLE mentions (article INTEGER NOT NULL, note INTEGER NOT NULL, kind TEXT NOT NULL, label TEXT,\n"
    "    begin INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, chain INTEGER, score REAL, iso TEXT,\n"
    "    country TEXT, country_name TEXT, geonames INTEGER, lat REAL, lon REAL, population INTEGER, more TEXT,\n"
    "    PRIMARY KEY (article, note)) WITHOUT ROWID;\n"
    "CREATE TABLE titles (article INTEGER NOT NULL, note INTEGER NOT NULL, title TEXT NOT NULL COLLATE NOCASE,\n"
    "    begin INTEGER NOT NULL, end INTEGER NOT NULL, mention INTEGER, chain INTEGER, more TEXT,\n"
    "    PRIMARY KEY (article, note)) WITHOUT ROWID;\n"
    "CREATE INDEX titles_title ON titles (title);\n"
    "CREATE TABLE quotations (article INTEGER NOT NULL, note INTEGER NOT NULL, kind TEXT, text TEXT NOT NULL,\n"
    "    begin INTEGER NOT NULL, end INTEGER NOT NULL, speaker TEXT COLLATE NOCASE, chain INTEGER, source INTEGER,\n"
    "    cue TEXT COLLATE NOCASE, cue_note INTEGER, more TEXT,\n"
    "    PRIMARY KEY (article, note)) WITHOUT ROWID;\n"
    "CREATE INDEX quotations_speaker ON quotations (speaker);\n"
    "CREATE TABLE notes (article INTEGER NOT NULL, note INTEGER NOT NULL, kind TEXT NOT NULL, label TEXT,\n"
    "    begin INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, more TEXT,\n"
    "    PRIMARY KEY (article, note)) WITHOUT ROWID;\n"

    "CREATE VIRTUAL TABLE search USING fts5 (title, text, content='articles', content_rowid='article',\n"
    "    tokenize='unicode61 remove_diacritics 2');\n"
    "CREATE TRIGGER articles_added AFTER INSERT ON articles BEGIN\n"
    "    INSERT INTO search (rowid, title, text) VALUES (new.article, new.title, new.text);\n"
    "END;\n"
    "CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN\n"
    "    INSERT INTO search (search, rowid, title, text) VALUES ('delete', old.article, old.title, old.text);\n"
    "    DELETE FROM bylines WHERE article = old.article;\n"
    "    DELETE FROM tags WHERE article = old.article;\n"
    "    DELETE FROM people WHERE article = old.article;\n"
    "    DELETE FROM organisations WHERE article = old.article;\n"
    "    DELETE FROM places WHERE article = old.article;\n"
    "    DELETE FROM mentions WHERE article = old.article;\n"
    "    DELETE FROM titles WHERE article = old.article;\n"
    "    DELETE FROM quotations WHERE article = old.article;\n"
    "    DELETE FROM notes WHERE article = old.article;\n"
    "END;\n"
    "CREATE TRIGGER articles_changed AFTER UPDATE OF title, text ON articles BEGIN\n"
    "    INSERT INTO search (search, rowid, title, text) VALUES ('delete', old.article, old.title, old.text);\n"
    "    INSERT INTO search (rowid, title, text) VALUES (new.article, new.title, new.text);\n"
    "END;\n"

    "CREATE VIEW said AS\n"
    "    SELECT speaker, quotations.kind AS kind, quotations.text AS quotation, cue, title, site, published, url, id, article\n"
    "    FROM quotations JOIN articles USING (article);\n"
    "CREATE VIEW named AS\n"
    "    SELECT n.kind AS kind, n.name AS name, n.mentions AS mentions, title, site, published, url, id, article FROM (\n"
    "        SELECT 'person' AS kind, name, mentions, article FROM people UNION ALL\n"
    "        SELECT 'organisation', name, mentions, article FROM organisations UNION ALL\n"
    "        SELECT 'place', name, mentions, article FROM places) AS n\n"
    "    JOIN articles USING (article);\n"

    /* Which run wrote last, and what its checkpoints need to be gone back to: see sqlite_store.h. */
    "CREATE TABLE pressline_run (one INTEGER PRIMARY KEY CHECK (one = 1), run INTEGER NOT NULL, started INTEGER NOT NULL,\n"
    "    checkpoint INTEGER NOT NULL, floor INTEGER NOT NULL);\n"
    "INSERT INTO pressline_run VALUES (1, 0, 0, 0, 0);\n"
    "CREATE TABLE pressline_undo (number INTEGER PRIMARY KEY, since INTEGER NOT NULL, article INTEGER NOT NULL,\n"
    "    rows BLOB NOT NULL);\n";
