/* cmd_explain.c - `pressline explain`: what happened to one record, stage by stage. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "exit.h"
#include "fileio.h"
#include "json.h"
#include "json_text.h"
#include "lines.h"
#include "state.h"
#include "str.h"
#include "utf8.h"

struct search {
    const struct cli *cli;
    pl_str wanted;
    pl_str written; /* its beginning, as it stands in a line of JSON */
    struct intern *names;
    uint64_t run;
    uint64_t n_found;
};

static pl_str member(const pl_record *r, const char *name)
{
    const pl_key key = record_find_key(r, str_of(name));
    const struct value *v = key == PL_NONE ? NULL : record_get(r, key);

    return v && v->type == PL_STR ? v->as.str : (pl_str){NULL, 0};
}

static void row(struct buf *b, pl_str name, const char *what)
{
    buf_addf(b, "  %-12.*s %s", (int)name.len, name.ptr, what);
}

static void end_row(struct buf *b, const pl_record *r)
{
    const pl_str message = member(r, "message"), of = member(r, "duplicate_of");
    const struct value *similarity = record_get(r, PL_SIMILARITY);

    row(b, member(r, "stage"), "");
    log_escape(b, member(r, "fate"));
    buf_addz(b, ": ");
    log_escape(b, member(r, "word"));
    if (message.len) {
        buf_addz(b, ": ");
        log_escape(b, message);
    }
    if (of.len) {
        buf_addz(b, " of ");
        log_escape(b, of);
        if (similarity->type == PL_F64)
            buf_addf(b, ", similarity %.3f", similarity->as.f);
    }
    buf_addc(b, '\n');
}

static void print_way(struct buf *b, const pl_record *r)
{
    const pl_key key = record_find_key(r, PL_S("way"));
    const struct value *way = key == PL_NONE ? NULL : record_get(r, key);
    const pl_str last = member(r, "stage");

    for (size_t i = 0; way && way->type == PL_STRS && i < way->as.list.n; i++) {
        const pl_str name = way->as.list.at[i];
        const char mark = name.len ? name.ptr[0] : 0;
        if (mark == '-')
            row(b, str_sub(name, 1, name.len), "passed it by: its `when` did not hold\n");
        else if (mark == '+')
            row(b, str_sub(name, 1, name.len), "made it out of another\n");
        else if (!str_eq(name, last))
            row(b, name, i ? "let it pass\n" : "read it\n");
    }
    if (last.ptr)
        end_row(b, r);
    else
        buf_addz(b, "  it came out at the end\n");
}

static void print(struct search *s, const pl_record *r, pl_str line)
{
    struct buf b = {0};

    if (s->cli->json) {
        buf_addf(&b, "{\"run\":%llu,", (unsigned long long)s->run);
        buf_add(&b, str_sub(line, 1, line.len));
        buf_addc(&b, '\n');
    } else {
        buf_addz(&b, "record ");
        log_escape(&b, member(r, "id"));
        buf_addf(&b, ", run %llu\n  from ", (unsigned long long)s->run);
        log_escape(&b, member(r, "source").ptr ? member(r, "source") : member(r, "origin"));
        buf_addz(&b, "\n  origin ");
        log_escape(&b, member(r, "origin"));
        buf_addc(&b, '\n');
        print_way(&b, r);
    }
    fputs(buf_cstr(&b), stdout);
    buf_done(&b);
}

/* Of a long id or source only the beginning is kept (record_head()). */
static bool is_wanted(const struct search *s, pl_str kept)
{
    const bool whole = kept.len == s->wanted.len || (kept.len < s->wanted.len && kept.len > RECORD_HEAD - 4);

    return whole && kept.len && memcmp(kept.ptr, s->wanted.ptr, kept.len) == 0;
}

/* As much of what is looked for as is kept of anything. */
static void write_wanted(struct search *s, struct arena *a)
{
    size_t n = s->wanted.len < RECORD_HEAD ? s->wanted.len : RECORD_HEAD;
    struct buf b = {0};

    while (!utf8_boundary(s->wanted, n))
        n--;
    json_text(&b, str_sub(s->wanted, 0, n));
    if (b.failed)
        out_of_memory();
    s->written = arena_dup(a, str_sub(buf_view(&b), 1, b.len - 1)); /* without the quotation marks */
    buf_done(&b);
}

static void look_at(struct search *s, pl_str line)
{
    struct json_error err;

    /* Most lines are not it: no need to parse them. */
    if (!memmem(line.ptr, line.len, s->written.ptr, s->written.len))
        return;
    pl_record *r = record_new(s->names, 0);
    if (!r)
        out_of_memory();
    if (json_read(r, line, &err) == PL_OK &&
        (is_wanted(s, member(r, "id")) || is_wanted(s, member(r, "source")) || is_wanted(s, member(r, "origin")))) {
        s->n_found++;
        print(s, r, line);
    }
    record_free(r);
}

/* The fates of one run, where they are kept. */
static void search_run(struct search *s, const char *dir)
{
    struct buf path = {0};
    enum lines_result got;
    pl_str line;

    buf_addf(&path, "%s/run-%llu/fates.jsonl", dir, (unsigned long long)s->run);
    struct lines lines = {.fd = file_open(buf_cstr(&path), O_RDONLY), .max = SIZE_MAX / 4};
    buf_done(&path);
    if (lines.fd < 0)
        return;
    while ((got = lines_next(&lines, &line)) == LINES_LINE || got == LINES_WAIT) {
        if (got == LINES_LINE)
            look_at(s, line);
    }
    close(lines.fd);
    lines_done(&lines);
}

int cmd_explain(const struct cli *cli)
{
    struct arena a = {0};
    struct search s = {.cli = cli, .wanted = utf8_repair(&a, str_of(cli->args[1])), .names = intern_new()};
    const char *dir = state_find(&a, str_of(cli->args[0]));
    struct buf path = {0}, bytes = {0};
    struct journal_view v = {0};
    int code = EXIT_IO;

    if (!dir) {
        state_missing(str_of(cli->args[0]), &path);
        fprintf(stderr, "pressline: %s\n", buf_cstr(&path));
        goto done;
    }
    buf_addf(&path, "%s/journal", dir);
    if (file_load(buf_cstr(&path), &bytes) != 0) {
        fprintf(stderr, "pressline: cannot read '%s': %s\n", buf_cstr(&path), strerror(errno));
        goto done;
    }
    journal_scan(buf_view(&bytes), &v);
    write_wanted(&s, &a);
    for (s.run = 1; s.run <= v.run.run; s.run++)
        search_run(&s, dir);
    code = s.n_found ? EXIT_CLEAN : EXIT_FAILURE;
    if (!s.n_found)
        fprintf(stderr,
                "pressline: nothing is kept of '%s'.  Drops and failures always are; records that came out only with "
                "fates = \"all\"\n",
                cli->args[1]);
done:
    buf_done(&path);
    buf_done(&bytes);
    intern_free(s.names);
    arena_done(&a);
    return code;
}
