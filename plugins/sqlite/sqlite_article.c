/* sqlite_article.c - a record's JSON line as the rows of its tables.
 *
 * The line is read once into slices: a value for each column of `articles`, the lists, and an array of annotations, in
 * the order of their numbers, with a slot for each attribute that has a column somewhere.  The tables are then written
 * one after the other. */
#include "sqlite_article.h"

#include <stdlib.h>

#include "sqlite_json.h"

enum { TRIMMED = 1 << 20 }; /* bytes that are kept for the next record */

/* ---- fields ---- */

static const struct field {
    const char *name;
    enum cell_type type;
} fields[] = {
    {"id", CELL_TEXT},         {"url", CELL_TEXT},        {"canonical_url", CELL_TEXT},  {"source", CELL_TEXT},
    {"origin", CELL_TEXT},     {"title", CELL_TEXT},      {"site", CELL_TEXT},           {"section", CELL_TEXT},
    {"published", CELL_TEXT},  {"modified", CELL_TEXT},   {"language", CELL_TEXT},       {"summary", CELL_TEXT},
    {"image", CELL_TEXT},      {"agency", CELL_TEXT},     {"dateline_place", CELL_TEXT}, {"dateline_date", CELL_TEXT},
    {"duplicate_of", CELL_TEXT}, {"similarity", CELL_REAL}, {"content_type", CELL_TEXT}, {"charset", CELL_TEXT},
    {"http_status", CELL_INT}, {"fetched_at", CELL_TEXT}, {"text", CELL_TEXT},
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

/* ---- annotations ---- */

enum attr {
    A_CHAIN,
    A_OF,
    A_SPEAKER,
    A_CUE,
    A_SCORE,
    A_ISO,
    A_COUNTRY,
    A_COUNTRY_NAME,
    A_GEONAMES,
    A_LAT,
    A_LON,
    A_POPULATION,
    N_ATTRS
};

static const struct field attrs[N_ATTRS] = {
    [A_CHAIN] = {"chain", CELL_INT},
    [A_OF] = {"of", CELL_INT},
    [A_SPEAKER] = {"speaker", CELL_INT},
    [A_CUE] = {"cue", CELL_INT},
    [A_SCORE] = {"score", CELL_REAL},
    [A_ISO] = {"iso", CELL_TEXT},
    [A_COUNTRY] = {"country", CELL_TEXT},
    [A_COUNTRY_NAME] = {"country_name", CELL_TEXT},
    [A_GEONAMES] = {"geonames", CELL_INT},
    [A_LAT] = {"lat", CELL_REAL},
    [A_LON] = {"lon", CELL_REAL},
    [A_POPULATION] = {"population", CELL_INT},
};

/* The attributes that have columns, by table; those of the others are in `more`. */
#define BIT(a) (1u << (a))
static const unsigned has_column[SCHEMA_TABLES] = {
    [SCHEMA_MENTIONS] = BIT(A_CHAIN) | BIT(A_SCORE) | BIT(A_ISO) | BIT(A_COUNTRY) | BIT(A_COUNTRY_NAME) |
                        BIT(A_GEONAMES) | BIT(A_LAT) | BIT(A_LON) | BIT(A_POPULATION),
    [SCHEMA_TITLES] = BIT(A_OF),
    [SCHEMA_QUOTATIONS] = BIT(A_SPEAKER) | BIT(A_CUE),
};

struct note {
    enum schema_table table;
    enum schema_table names; /* whose head it may be; SCHEMA_TABLES: none */
    int64_t id, begin, end;
    pl_str object, kind, label, text; /* as in the line; `label` may be absent */
    pl_str attr[N_ATTRS];
    unsigned set; /* which of them, with a value of their kind */
    bool others;  /* it has members besides */
    /* Of the chain that it is the head of. */
    int64_t mentions, first;
};

/* The value as a cell of `type`, or NULL. */
static bool fits(pl_str value, enum cell_type type)
{
    int64_t i;
    double f;

    switch (type) {
    case CELL_TEXT: return json_kind(value) == JSON_STRING;
    case CELL_INT: return json_int(value, &i);
    case CELL_REAL: return json_real(value, &f);
    case CELL_NULL: break;
    }
    return false;
}

/* False where the text's escapes are wrong. */
static bool add_cell(struct rows *out, pl_str value, enum cell_type type)
{
    int64_t i;
    double f;
    bool right = true;

    if (!value.ptr) {
        rows_null(out);
    } else if (type == CELL_TEXT) {
        const size_t begun = rows_text_begin(out);
        right = json_text(out, value);
        rows_text_end(out, begun);
    } else if (type == CELL_INT && json_int(value, &i)) {
        rows_int(out, i);
    } else if (type == CELL_REAL && json_real(value, &f)) {
        rows_real(out, f);
    } else {
        rows_null(out);
    }
    return right;
}

/* ---- what has no column ---- */

static void more_begin(struct article *a)
{
    a->more.len = 0;
}

static void more_add(struct article *a, pl_str name, pl_str value)
{
    rows_add(&a->more, a->more.len ? "," : "{", 1);
    rows_add(&a->more, name.ptr, name.len);
    rows_add(&a->more, ":", 1);
    rows_add(&a->more, value.ptr, value.len);
}

static void more_end(struct article *a)
{
    if (a->more.len == 0) {
        rows_null(&a->rows);
        return;
    }
    rows_add(&a->more, "}", 1);
    a->rows.failed |= a->more.failed;
    rows_text(&a->rows, (pl_str){a->more.ptr, a->more.failed ? 0 : a->more.len});
}

/* ---- reading annotations ---- */

static int find_attr(pl_str name)
{
    for (int i = 0; i < N_ATTRS; i++) {
        if (json_is(name, attrs[i].name))
            return i;
    }
    return -1;
}

/* What every annotation has; -1 where `name` is none of these, 0 where the value is wrong. */
static int read_base(struct note *n, pl_str name, pl_str value)
{
    const bool text = json_kind(value) == JSON_STRING;

    if (json_is(name, "id"))
        return json_int(value, &n->id);
    if (json_is(name, "begin"))
        return json_int(value, &n->begin);
    if (json_is(name, "end"))
        return json_int(value, &n->end);
    if (json_is(name, "kind"))
        return n->kind = value, text;
    if (json_is(name, "label"))
        return n->label = value, text;
    if (json_is(name, "text"))
        return n->text = value, text;
    return -1;
}

static void classify(struct note *n)
{
    n->names = SCHEMA_TABLES;
    if (json_is(n->kind, "entity")) {
        n->table = SCHEMA_MENTIONS;
        n->names = json_is(n->label, "PER")   ? SCHEMA_PEOPLE
                   : json_is(n->label, "ORG") ? SCHEMA_ORGANISATIONS
                   : json_is(n->label, "LOC") ? SCHEMA_PLACES
                                              : SCHEMA_TABLES;
    } else {
        n->table = json_is(n->kind, "reference") ? SCHEMA_MENTIONS
                   : json_is(n->kind, "title")   ? SCHEMA_TITLES
                   : json_is(n->kind, "quote")   ? SCHEMA_QUOTATIONS
                                                 : SCHEMA_NOTES;
    }
}

static bool read_note(struct note *n, pl_str object)
{
    struct json j = json_open(object);
    pl_str name, value;

    *n = (struct note){.object = object, .first = -1};
    while (json_member(&j, &name, &value)) {
        const int base = read_base(n, name, value);
        if (base == 0)
            return false;
        if (base > 0)
            continue;
        const int i = find_attr(name);
        if (i >= 0 && fits(value, attrs[i].type)) {
            n->attr[i] = value;
            n->set |= BIT(i);
        } else {
            n->others = true;
        }
    }
    if (j.bad || n->id <= 0 || !n->kind.ptr || !n->text.ptr)
        return false;
    classify(n);
    return true;
}

static struct note *new_note(struct article *a)
{
    if (a->n_notes == a->cap_notes) {
        const size_t cap = a->cap_notes ? a->cap_notes * 2 : 256;
        struct note *notes = cap > SIZE_MAX / sizeof *notes ? NULL : realloc(a->notes, cap * sizeof *notes);
        if (!notes)
            return NULL;
        a->notes = notes;
        a->cap_notes = cap;
    }
    return &a->notes[a->n_notes++];
}

static enum article_result read_notes(struct article *a, pl_str list)
{
    struct json j = json_open(list);
    int64_t before = 0;
    pl_str value;

    while (json_element(&j, &value)) {
        struct note *n = new_note(a);
        if (!n)
            return ARTICLE_NO_MEMORY;
        if (!read_note(n, value) || n->id <= before)
            return ARTICLE_WRONG;
        before = n->id;
    }
    return j.bad ? ARTICLE_WRONG : ARTICLE_OK;
}

/* The annotation with a number that stands in the line; NULL where there is none. */
static struct note *find_note(struct article *a, pl_str number)
{
    size_t from = 0, to = a->n_notes;
    int64_t id;

    if (!number.ptr || !json_int(number, &id))
        return NULL;
    while (from < to) {
        const size_t mid = from + (to - from) / 2;
        if (a->notes[mid].id < id)
            from = mid + 1;
        else
            to = mid;
    }
    return from < a->n_notes && a->notes[from].id == id ? &a->notes[from] : NULL;
}

/* The fullest mention of what it means: a name that leads nowhere is its own. */
static struct note *head_of(struct article *a, struct note *n)
{
    struct note *head = n->set & BIT(A_CHAIN) ? find_note(a, n->attr[A_CHAIN]) : NULL;

    return head ? head : n->names != SCHEMA_TABLES ? n : NULL;
}

static void count_mentions(struct article *a)
{
    for (size_t i = 0; i < a->n_notes; i++) {
        struct note *n = &a->notes[i];
        struct note *head = n->table == SCHEMA_MENTIONS ? head_of(a, n) : NULL;
        if (!head)
            continue;
        head->mentions++;
        if (json_is(n->kind, "entity") && (head->first < 0 || n->begin < head->first))
            head->first = n->begin;
    }
}

/* ---- writing rows ---- */

static bool write_article(struct article *a, pl_str line, const pl_str values[N_FIELDS], const pl_str lists[2])
{
    struct json j = json_open(line);
    pl_str name, value;
    bool right = true;

    rows_begin(&a->rows, SCHEMA_ARTICLES);
    for (size_t i = 0; i < N_FIELDS; i++)
        right &= add_cell(&a->rows, values[i], fields[i].type);
    more_begin(a);
    while (json_member(&j, &name, &value)) {
        bool has = value.ptr == lists[0].ptr || value.ptr == lists[1].ptr || json_is(name, "annotations");
        for (size_t i = 0; i < N_FIELDS && !has; i++)
            has = value.ptr == values[i].ptr;
        if (!has)
            more_add(a, name, value);
    }
    more_end(a);
    return right;
}

static bool write_list(struct article *a, enum schema_table table, pl_str list)
{
    bool right = true;
    int64_t number = 0;
    pl_str value;

    if (!list.ptr)
        return true;
    if (json_kind(list) == JSON_STRING) {
        rows_begin(&a->rows, table);
        rows_int(&a->rows, 1);
        return add_cell(&a->rows, list, CELL_TEXT);
    }
    for (struct json j = json_open(list); json_element(&j, &value);) {
        rows_begin(&a->rows, table);
        rows_int(&a->rows, ++number);
        right &= add_cell(&a->rows, value, CELL_TEXT);
    }
    return right;
}

static bool same_text(const struct note *x, const struct note *y)
{
    return x->text.len == y->text.len && memcmp(x->text.ptr, y->text.ptr, x->text.len) == 0;
}

/* Titles by the person they lead to, in their order. */
struct title {
    const struct note *head, *note;
};

static int by_head(const void *x, const void *y)
{
    const struct title *a = x, *b = y;

    if (a->head->id != b->head->id)
        return a->head->id < b->head->id ? -1 : 1;
    return a->note->id < b->note->id ? -1 : a->note->id > b->note->id;
}

static const struct note *person_of(struct article *a, const struct note *title)
{
    struct note *mention = find_note(a, title->attr[A_OF]);

    return mention ? head_of(a, mention) : NULL;
}

static enum article_result gather_titles(struct article *a, struct title **titles, size_t *n)
{
    size_t cap = 0;

    *titles = NULL;
    *n = 0;
    for (size_t i = 0; i < a->n_notes; i++)
        cap += a->notes[i].table == SCHEMA_TITLES;
    if (cap == 0)
        return ARTICLE_OK;
    *titles = malloc(cap * sizeof **titles);
    if (!*titles)
        return ARTICLE_NO_MEMORY;
    for (size_t i = 0; i < a->n_notes; i++) {
        const struct note *note = &a->notes[i];
        const struct note *head = note->table == SCHEMA_TITLES ? person_of(a, note) : NULL;
        if (head)
            (*titles)[(*n)++] = (struct title){head, note};
    }
    qsort(*titles, *n, sizeof **titles, by_head);
    return ARTICLE_OK;
}

enum { MAX_TITLES = 8 }; /* of a person, in `people`; all are in `titles` */

/* Each once, joined by "; ". */
static bool add_titles(struct article *a, const struct title *t, size_t n)
{
    const struct note *kept[MAX_TITLES];
    size_t n_kept = 0;
    bool right = true;

    if (n == 0) {
        rows_null(&a->rows);
        return true;
    }
    const size_t begun = rows_text_begin(&a->rows);
    for (size_t i = 0; i < n && n_kept < MAX_TITLES; i++) {
        bool known = false;
        for (size_t k = 0; k < n_kept && !known; k++)
            known = same_text(kept[k], t[i].note);
        if (known)
            continue;
        if (n_kept)
            rows_add(&a->rows, "; ", 2);
        right &= json_text(&a->rows, t[i].note->text);
        kept[n_kept++] = t[i].note;
    }
    rows_text_end(&a->rows, begun);
    return right;
}

static bool write_named(struct article *a, enum schema_table table, const struct title *titles, size_t n_titles)
{
    static const enum attr of_place[] = {A_COUNTRY, A_COUNTRY_NAME, A_GEONAMES, A_LAT, A_LON, A_POPULATION};
    bool right = true;
    size_t t = 0;

    for (size_t i = 0; i < a->n_notes; i++) {
        const struct note *n = &a->notes[i];
        if (n->names != table || n->mentions == 0)
            continue;
        rows_begin(&a->rows, table);
        rows_int(&a->rows, n->id);
        right &= add_cell(&a->rows, n->text, CELL_TEXT);
        if (table == SCHEMA_PEOPLE) {
            while (t < n_titles && titles[t].head->id < n->id)
                t++;
            const size_t from = t;
            while (t < n_titles && titles[t].head == n)
                t++;
            right &= add_titles(a, titles + from, t - from);
        }
        for (size_t k = 0; table == SCHEMA_PLACES && k < sizeof of_place / sizeof *of_place; k++)
            right &= add_cell(&a->rows, n->attr[of_place[k]], attrs[of_place[k]].type);
        rows_int(&a->rows, n->mentions);
        if (n->first < 0)
            rows_null(&a->rows);
        else
            rows_int(&a->rows, n->first);
    }
    return right;
}

static void write_more(struct article *a, const struct note *n)
{
    struct json j = json_open(n->object);
    struct note base;
    pl_str name, value;

    more_begin(a);
    while ((n->others || n->set & ~has_column[n->table]) && json_member(&j, &name, &value)) {
        const int i = find_attr(name);
        if (i >= 0 ? !(has_column[n->table] & n->set & BIT(i)) : read_base(&base, name, value) < 0)
            more_add(a, name, value);
    }
    more_end(a);
}

static bool write_mention(struct article *a, struct note *n)
{
    bool right = add_cell(&a->rows, n->kind, CELL_TEXT);

    right &= add_cell(&a->rows, n->label, CELL_TEXT);
    rows_int(&a->rows, n->begin);
    rows_int(&a->rows, n->end);
    right &= add_cell(&a->rows, n->text, CELL_TEXT);
    if (n->set & BIT(A_CHAIN) || n->names == SCHEMA_TABLES)
        right &= add_cell(&a->rows, n->attr[A_CHAIN], CELL_INT);
    else
        rows_int(&a->rows, n->id);
    for (int i = A_SCORE; i < N_ATTRS; i++)
        right &= add_cell(&a->rows, n->attr[i], attrs[i].type);
    return right;
}

static void add_number(struct article *a, const struct note *n)
{
    if (n)
        rows_int(&a->rows, n->id);
    else
        rows_null(&a->rows);
}

static bool write_title(struct article *a, struct note *n)
{
    bool right = add_cell(&a->rows, n->text, CELL_TEXT);

    rows_int(&a->rows, n->begin);
    rows_int(&a->rows, n->end);
    right &= add_cell(&a->rows, n->attr[A_OF], CELL_INT);
    add_number(a, person_of(a, n));
    return right;
}

/* By the fullest name where the speaker has one, else in the words of the text. */
static bool write_quotation(struct article *a, struct note *n)
{
    struct note *source = find_note(a, n->attr[A_SPEAKER]);
    const struct note *head = source ? head_of(a, source) : NULL, *cue = find_note(a, n->attr[A_CUE]);
    const pl_str none = {NULL, 0};
    bool right = add_cell(&a->rows, n->label, CELL_TEXT);

    right &= add_cell(&a->rows, n->text, CELL_TEXT);
    rows_int(&a->rows, n->begin);
    rows_int(&a->rows, n->end);
    right &= add_cell(&a->rows, head ? head->text : source ? source->text : none, CELL_TEXT);
    add_number(a, head);
    right &= add_cell(&a->rows, n->attr[A_SPEAKER], CELL_INT);
    right &= add_cell(&a->rows, cue ? cue->text : none, CELL_TEXT);
    right &= add_cell(&a->rows, n->attr[A_CUE], CELL_INT);
    return right;
}

static bool write_note(struct article *a, struct note *n)
{
    bool right = add_cell(&a->rows, n->kind, CELL_TEXT);

    right &= add_cell(&a->rows, n->label, CELL_TEXT);
    rows_int(&a->rows, n->begin);
    rows_int(&a->rows, n->end);
    return right & add_cell(&a->rows, n->text, CELL_TEXT);
}

static bool write_notes(struct article *a, enum schema_table table)
{
    bool right = true;

    for (size_t i = 0; i < a->n_notes; i++) {
        struct note *n = &a->notes[i];
        if (n->table != table)
            continue;
        rows_begin(&a->rows, table);
        rows_int(&a->rows, n->id);
        right &= table == SCHEMA_MENTIONS     ? write_mention(a, n)
                 : table == SCHEMA_TITLES     ? write_title(a, n)
                 : table == SCHEMA_QUOTATIONS ? write_quotation(a, n)
                                              : write_note(a, n);
        write_more(a, n);
    }
    return right;
}

/* ---- a record ---- */

/* Lists of text and single texts have rows of their own; anything else goes to `more`. */
static bool is_texts(pl_str value)
{
    pl_str element;

    if (json_kind(value) != JSON_LIST)
        return json_kind(value) == JSON_STRING;
    for (struct json j = json_open(value); json_element(&j, &element);) {
        if (json_kind(element) != JSON_STRING)
            return false;
    }
    /* An empty list would leave no row to tell of it. */
    return value.len > 2;
}

static bool read_fields(pl_str line, pl_str values[N_FIELDS], pl_str lists[2], pl_str *notes)
{
    struct json j = json_open(line);
    pl_str name, value;

    if (json_kind(line) != JSON_OBJECT)
        return false;
    while (json_member(&j, &name, &value)) {
        for (size_t i = 0; i < N_FIELDS; i++) {
            if (json_is(name, fields[i].name) && fits(value, fields[i].type))
                values[i] = value;
        }
        if (json_is(name, "byline") && is_texts(value))
            lists[0] = value;
        else if (json_is(name, "tags") && is_texts(value))
            lists[1] = value;
        else if (json_is(name, "annotations"))
            *notes = value;
    }
    return !j.bad;
}

enum article_result article_read(struct article *a, pl_str line, const char **why)
{
    pl_str values[N_FIELDS] = {{NULL, 0}}, lists[2] = {{NULL, 0}}, notes = {NULL, 0};
    struct title *titles = NULL;
    size_t n_titles = 0;
    enum article_result rc = ARTICLE_OK;
    bool right = true;

    a->rows.len = a->n_notes = 0;
    a->rows.failed = a->more.failed = false;
    *why = "the record's line is no JSON object";
    if (!read_fields(line, values, lists, &notes))
        return ARTICLE_WRONG;
    *why = "`id` is no text";
    if (!values[0].ptr)
        return ARTICLE_WRONG;
    *why = "an annotation is none";
    if (notes.ptr)
        rc = read_notes(a, notes);
    if (rc == ARTICLE_OK)
        rc = gather_titles(a, &titles, &n_titles);
    if (rc == ARTICLE_OK) {
        *why = "a text has wrong escapes";
        count_mentions(a);
        right &= write_article(a, line, values, lists);
        right &= write_list(a, SCHEMA_BYLINES, lists[0]);
        right &= write_list(a, SCHEMA_TAGS, lists[1]);
        for (enum schema_table t = SCHEMA_PEOPLE; t <= SCHEMA_PLACES; t++)
            right &= write_named(a, t, titles, n_titles);
        for (enum schema_table t = SCHEMA_MENTIONS; t < SCHEMA_TABLES; t++)
            right &= write_notes(a, t);
        rc = a->rows.failed ? ARTICLE_NO_MEMORY : right ? ARTICLE_OK : ARTICLE_WRONG;
    }
    free(titles);
    return rc;
}

void article_trim(struct article *a)
{
    if (a->rows.cap > TRIMMED || a->more.cap > TRIMMED || a->cap_notes > TRIMMED / sizeof *a->notes)
        article_done(a);
}

void article_done(struct article *a)
{
    rows_done(&a->rows);
    rows_done(&a->more);
    free(a->notes);
    *a = (struct article){0};
}
