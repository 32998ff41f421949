/* archive_cmd_stats.c - `pressline archive stats FILE...`: what archives hold, counted. */
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive_cmd_tool.h"
#include "archive_json.h"

enum { MOST_WORDS = 100000, MOST_WORD = 300, TOLD = 10 };

struct word {
    uint64_t n;
    size_t len;
    char text[];
};

/* Words and how often they came: in a tree that no choice of words makes deep.  Past MOST_WORDS what is new is counted
 * in `others`. */
struct tally {
    void *tree;
    size_t n_words;
    uint64_t others;
    struct word **list; /* the most frequent first */
    size_t n_listed;
};

static int by_text(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    const int c = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

    return c ? c : (x->len > y->len) - (x->len < y->len);
}

static int by_count(const void *a, const void *b)
{
    const struct word *const *x = a, *const *y = b;

    return (*x)->n != (*y)->n ? ((*x)->n < (*y)->n ? 1 : -1) : by_text(*x, *y);
}

static bool count(struct tally *t, pl_str text)
{
    if (text.len > MOST_WORD)
        text.len = MOST_WORD;
    struct word *w = malloc(sizeof *w + text.len + 1);
    if (!w)
        return false;
    *w = (struct word){.len = text.len};
    memcpy(w->text, text.ptr, text.len);
    struct word **at = t->n_words < MOST_WORDS ? tsearch(w, &t->tree, by_text) : tfind(w, &t->tree, by_text);
    if (!at && t->n_words < MOST_WORDS) {
        free(w);
        return false;
    }
    if (at)
        (*at)->n++;
    else
        t->others++;
    if (at && *at == w)
        t->n_words++;
    else
        free(w);
    return true;
}

static void collect(const void *node, VISIT visit, void *to)
{
    struct tally *t = to;

    if (visit == postorder || visit == leaf)
        t->list[t->n_listed++] = *(struct word *const *)node;
}

static bool list(struct tally *t)
{
    t->list = calloc(t->n_words + 1, sizeof *t->list);
    if (!t->list)
        return false;
    twalk_r(t->tree, collect, t);
    qsort(t->list, t->n_listed, sizeof *t->list, by_count);
    return true;
}

static void tally_done(struct tally *t)
{
    tdestroy(t->tree, free);
    free(t->list);
}

/* ---- a file ---- */

enum { ID, URL, PUBLISHED, DATE, SITE, LANGUAGE, N_WANTED };

struct stats {
    uint64_t n_files, n_records, n_bad, n_members, length, content;
    uint64_t n_plain, n_blocked; /* files */
    char first[32], last[32]; /* dates */
    struct tally site, language, day;
    char *room;
    size_t cap;
    bool no_memory;
};

static pl_str text_of(struct stats *s, const struct ajson_value *v)
{
    return v->kind == AJSON_STRING ? ajson_text(v, s->room) : (pl_str){"", 0};
}

/* "2024-03-01" of what begins so. */
static bool is_day(pl_str s)
{
    if (s.len < 10)
        return false;
    for (int i = 0; i < 10; i++) {
        if (i == 4 || i == 7 ? s.ptr[i] != '-' : s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    }
    return true;
}

static void take_date(struct stats *s, pl_str date)
{
    char text[sizeof s->first];

    if (!is_day(date))
        return;
    snprintf(text, sizeof text, "%.*s", (int)(date.len < 31 ? date.len : 31), date.ptr);
    if (!s->first[0] || strcmp(text, s->first) < 0)
        memcpy(s->first, text, sizeof text);
    if (strcmp(text, s->last) > 0)
        memcpy(s->last, text, sizeof text);
    s->no_memory = s->no_memory || !count(&s->day, (pl_str){date.ptr, 10});
}

static bool visit(void *to, const struct archive_line *line, uint64_t number)
{
    struct stats *s = to;
    struct ajson_want want[N_WANTED] = {[ID] = {.name = PL_S("id")},       [URL] = {.name = PL_S("url")},
                                        [PUBLISHED] = {.name = PL_S("published")}, [DATE] = {.name = PL_S("date")},
                                        [SITE] = {.name = PL_S("site")},   [LANGUAGE] = {.name = PL_S("language")}};
    size_t at;

    (void)number;
    if (line->len > s->cap) {
        free(s->room);
        s->cap = line->len * 2;
        s->room = malloc(s->cap);
        if (!s->room) {
            s->cap = 0;
            s->no_memory = true;
            return false;
        }
    }
    if (ajson_fields(line->text, want, N_WANTED, &at)) {
        s->n_bad++;
        return true;
    }
    s->n_records++;
    take_date(s, text_of(s, want[PUBLISHED].value.kind == AJSON_STRING ? &want[PUBLISHED].value : &want[DATE].value));
    pl_str site = text_of(s, &want[SITE].value);
    if (site.len == 0)
        site = cmd_host(text_of(s, &want[URL].value));
    s->no_memory = s->no_memory || !count(&s->site, site);
    s->no_memory = s->no_memory || !count(&s->language, text_of(s, &want[LANGUAGE].value));
    return !s->no_memory;
}

/* ---- telling ---- */

static void say_tally(struct archive_out *o, const char *name, const struct tally *t)
{
    char room[32];
    uint64_t rest = t->others;

    out_printf(o, "%s:\n", name);
    for (size_t i = 0; i < t->n_listed; i++) {
        if (i >= TOLD) {
            rest += t->list[i]->n;
            continue;
        }
        out_printf(o, "  %12s  ", cmd_number(t->list[i]->n, room));
        out_plain(o, t->list[i]->len ? (pl_str){t->list[i]->text, t->list[i]->len} : PL_S("(none)"), MOST_WORD);
        out_putc(o, '\n');
    }
    if (rest)
        out_printf(o, "  %12s  (others; --json tells all)\n", cmd_number(rest, room));
}

static void say(struct archive_out *o, const struct stats *s)
{
    char room[32];

    out_printf(o, "files:        %s\n", cmd_number(s->n_files, room));
    out_printf(o, "records:      %s\n", cmd_number(s->n_records, room));
    if (s->n_bad)
        out_printf(o, "no records:   %s lines\n", cmd_number(s->n_bad, room));
    out_printf(o, "bytes:        %s\n", cmd_number(s->length, room));
    out_printf(o, "content:      %s\n", cmd_number(s->content, room));
    out_printf(o, "ratio:        %.3f\n", s->length ? (double)s->content / (double)s->length : 0);
    out_printf(o, "gzip members: %s\n", cmd_number(s->n_members, room));
    out_printf(o, "dates:        %s to %s\n", s->first[0] ? s->first : "-", s->last[0] ? s->last : "-");
    say_tally(o, "sites", &s->site);
    say_tally(o, "languages", &s->language);
    say_tally(o, "days", &s->day);
}

static void json_tally(struct archive_out *o, const char *name, const struct tally *t)
{
    out_printf(o, ",\"%s\":{", name);
    for (size_t i = 0; i < t->n_listed; i++) {
        if (i)
            out_putc(o, ',');
        out_json(o, (pl_str){t->list[i]->text, t->list[i]->len});
        out_printf(o, ":%" PRIu64, t->list[i]->n);
    }
    out_printf(o, "},\"other_%s\":%" PRIu64, name, t->others);
}

static void say_json(struct archive_out *o, const struct stats *s)
{
    out_printf(o, "{\"files\":%" PRIu64 ",\"records\":%" PRIu64 ",\"bad_lines\":%" PRIu64 ",\"bytes\":%" PRIu64, s->n_files,
               s->n_records, s->n_bad, s->length);
    out_printf(o, ",\"content_bytes\":%" PRIu64 ",\"members\":%" PRIu64 ",\"blocked_files\":%" PRIu64 ",\"plain_files\":%" PRIu64,
               s->content, s->n_members, s->n_blocked, s->n_plain);
    out_put(o, PL_S(",\"first\":"));
    out_json(o, (pl_str){s->first, strlen(s->first)});
    out_put(o, PL_S(",\"last\":"));
    out_json(o, (pl_str){s->last, strlen(s->last)});
    json_tally(o, "sites", &s->site);
    json_tally(o, "languages", &s->language);
    json_tally(o, "days", &s->day);
    out_put(o, PL_S("}\n"));
}

static int read_files(pl_self *self, struct stats *s, char **path, int n)
{
    struct archive_read_facts f;
    int code = EXIT_FINE;

    for (int i = 0; i < n && !s->no_memory; i++) {
        f = (struct archive_read_facts){0};
        if (cmd_lines(self, path[i], visit, s, &f) != EXIT_FINE)
            code = EXIT_IO;
        s->n_files++;
        s->length += f.length;
        s->content += f.content_len;
        s->n_members += f.n_members;
        s->n_plain += f.plain;
        s->n_blocked += f.blocks;
    }
    if (s->no_memory || !list(&s->site) || !list(&s->language) || !list(&s->day))
        return cmd_fault(self, "out of memory");
    return code;
}

int archive_cmd_stats(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    struct archive_out o = {.fd = STDOUT_FILENO};
    struct stats s = {0};

    if (c.n_args == 0)
        return cmd_usage(self, "stats [--json] FILE...");
    const int code = read_files(self, &s, c.arg, c.n_args);
    if (!s.no_memory && s.day.list) {
        if (cmd_has(&c, "json"))
            say_json(&o, &s);
        else
            say(&o, &s);
    }
    tally_done(&s.site);
    tally_done(&s.language);
    tally_done(&s.day);
    free(s.room);
    return cmd_end(self, &o, code);
}
