/* dedupe_shard_apply.c - `pressline dedupe apply`: a shard and its list, read side by side.
 *
 * The list is read to its end first: one that was cut is refused before
 * anything is written.  That it is the shard's own is known for certain at the
 * shard's end; a file gets its name only then. */
#include <inttypes.h>
#include <stdlib.h>

#include "dedupe_shard.h"
#include "dedupe_shard_lines.h"
#include "dedupe_shard_out.h"

struct list {
    const char *path;
    struct dedupe_lines lines;
    struct dedupe_shard_mark shard;
    uint64_t entries; /* as its last line tells */
    uint64_t read;
    pl_record *next; /* the entry at hand; NULL: none any more */
    int64_t line;    /* of the shard, that it is about */
};

struct applying {
    pl_self *self;
    const char *path;
    struct dedupe_fields fields;
    struct dedupe_list_keys keys;
    struct list list;
    struct dedupe_lines lines;
    struct dedupe_out out;
    bool drop;
    uint64_t written, dropped, marked;
    int code;
};

static int stop(struct applying *a, int code, const char *message)
{
    a->code = code;
    pl_log(a->self, PL_LOG_ERROR, NULL, "%s", message);
    return PL_ERROR;
}

static int bad_list(struct applying *a, const char *what)
{
    char message[1024];

    snprintf(message, sizeof message, "%s:%" PRIu64 ": %s: make it anew with `pressline dedupe group`", a->list.path,
             a->list.lines.mark.lines, what);
    return stop(a, DEDUPE_EXIT_IO, message);
}

static int wrong_shard(struct applying *a)
{
    char message[1024];

    snprintf(message, sizeof message, "%s is not the list of '%s', or the shard has changed since its signatures were made",
             a->list.path, a->path);
    return stop(a, DEDUPE_EXIT_CONFIG, message);
}

/* ---- the list ---- */

/* The next line of the list as a record: 1, 0 at the end, PL_ERROR and told. */
static int next_record(struct applying *a, pl_record **r)
{
    struct dedupe_line line;
    const int got = dedupe_lines_next(&a->list.lines, &line);

    if (got < 0)
        return stop(a, DEDUPE_EXIT_IO, a->list.lines.message);
    if (got == 0)
        return 0;
    if (!line.whole || line.bytes.len == 0 || line.bytes.ptr[line.bytes.len - 1] != '\n')
        return bad_list(a, "the line does not end: the list was cut");
    *r = pl_record_new(a->self);
    if (pl_from_json(a->self, *r, (pl_str){line.bytes.ptr, line.bytes.len - 1}) == PL_OK &&
        !pl_failure(a->self, *r).ptr)
        return 1;
    pl_record_free(a->self, *r);
    return bad_list(a, "this is not a line of a list");
}

static int open_list(struct applying *a)
{
    pl_record *r;
    int64_t format = 0, lines = -1, bytes = -1, crc = -1;

    if (dedupe_lines_open(&a->list.lines, a->list.path, pl_max_record(a->self)) != PL_OK)
        return stop(a, DEDUPE_EXIT_IO, a->list.lines.message);
    const int got = next_record(a, &r);
    if (got <= 0)
        return got < 0 ? got : bad_list(a, "the list is empty");
    pl_get_i64(a->self, r, a->keys.removals, &format);
    pl_get_i64(a->self, r, a->keys.lines, &lines);
    pl_get_i64(a->self, r, a->keys.bytes, &bytes);
    pl_get_i64(a->self, r, a->keys.crc, &crc);
    pl_record_free(a->self, r);
    if (format != DEDUPE_LIST_FORMAT || lines < 0 || bytes < 0 || crc < 0 || crc > UINT32_MAX)
        return bad_list(a, "this is not the beginning of a list of removals");
    a->list.shard = (struct dedupe_shard_mark){(uint64_t)lines, (uint64_t)bytes, (uint32_t)crc};
    return PL_OK;
}

/* Is the list whole?  Its last line says how many entries there are, and what the CRC-32 of all before is. */
static int check_list(struct applying *a)
{
    pl_record *r;
    int64_t end = -1, crc = -1;
    int got, rc = open_list(a);
    uint64_t entries = 0;

    while (rc == PL_OK && end < 0) {
        const uint32_t before = a->list.lines.mark.crc;
        got = next_record(a, &r);
        if (got <= 0)
            return got < 0 ? got : bad_list(a, "the last line is missing: the list was cut");
        if (pl_get_i64(a->self, r, a->keys.end, &end) &&
            (end < 0 || (uint64_t)end != entries || !pl_get_i64(a->self, r, a->keys.crc, &crc) || crc != before))
            rc = bad_list(a, "the list is not the one that was written");
        entries += end < 0;
        pl_record_free(a->self, r);
    }
    a->list.entries = entries;
    dedupe_lines_close(&a->list.lines);
    return rc == PL_OK ? open_list(a) : rc;
}

/* The next entry, if there is one. */
static int next_entry(struct applying *a)
{
    const int64_t last = a->list.line;

    if (a->list.next)
        pl_record_free(a->self, a->list.next);
    a->list.next = NULL;
    if (a->list.read == a->list.entries)
        return PL_OK;
    if (next_record(a, &a->list.next) != 1) {
        a->list.next = NULL;
        return a->code ? PL_ERROR : bad_list(a, "the list has changed");
    }
    a->list.read++;
    if (!pl_get_i64(a->self, a->list.next, a->keys.line, &a->list.line) || a->list.line <= last)
        return bad_list(a, "the entries are not in the order of lines");
    return PL_OK;
}

/* ---- the shard ---- */

static int put(struct applying *a, pl_str bytes)
{
    return dedupe_out_put(&a->out, bytes.ptr, bytes.len) == PL_OK ? PL_OK : stop(a, DEDUPE_EXIT_IO, a->out.message);
}

/* What the entry says goes into the record. */
static int copy_fields(struct applying *a, pl_record *to)
{
    const pl_key texts[] = {PL_DUPLICATE_OF, a->fields.cluster, a->fields.kind, a->fields.contains};
    const pl_key numbers[] = {PL_SIMILARITY, a->fields.contained, a->fields.contains_share};
    double value;
    int rc = PL_OK;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && rc == PL_OK; i++)
        if (pl_typeof(a->self, a->list.next, texts[i]) == PL_STR)
            rc = pl_set(a->self, to, texts[i], pl_get(a->self, a->list.next, texts[i]));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && rc == PL_OK; i++)
        if (pl_get_f64(a->self, a->list.next, numbers[i], &value))
            rc = pl_set_f64(a->self, to, numbers[i], value);
    return rc;
}

static int mark_record(struct applying *a, pl_record *r, bool ends)
{
    if (copy_fields(a, r) != PL_OK)
        return stop(a, DEDUPE_EXIT_IO, "out of memory");
    const pl_str json = pl_to_json(a->self, r);
    if (!json.ptr)
        return stop(a, DEDUPE_EXIT_IO, "out of memory");
    a->marked++;
    const int rc = put(a, json);
    return rc == PL_OK && ends ? put(a, PL_S("\n")) : rc;
}

/* A line that has an entry. */
static int apply_entry(struct applying *a, const struct dedupe_line *line)
{
    const bool ends = line->bytes.len && line->bytes.ptr[line->bytes.len - 1] == '\n';
    const bool repeats = pl_typeof(a->self, a->list.next, PL_DUPLICATE_OF) == PL_STR;
    pl_record *r = pl_record_new(a->self);
    pl_str text = line->bytes;
    int rc = PL_OK;

    while (text.len && memchr("\r\n", text.ptr[text.len - 1], 2))
        text.len--;
    const bool read = line->whole && pl_from_json(a->self, r, text) == PL_OK && !pl_failure(a->self, r).ptr;
    const pl_str id = read ? pl_get(a->self, r, PL_ID) : (pl_str){NULL, 0};
    const pl_str wanted = pl_get(a->self, a->list.next, PL_ID);
    if (!read || (pl_typeof(a->self, r, PL_ID) == PL_STR &&
                  (id.len != wanted.len || memcmp(id.ptr, wanted.ptr, id.len) != 0)))
        rc = wrong_shard(a);
    else if (a->drop && repeats)
        a->dropped++;
    else
        rc = mark_record(a, r, ends);
    pl_record_free(a->self, r);
    return rc == PL_OK ? next_entry(a) : rc;
}

static int apply_lines(struct applying *a)
{
    struct dedupe_line line;
    int got, rc = next_entry(a);

    while (rc == PL_OK && (got = dedupe_lines_next(&a->lines, &line)) != 0) {
        if (got < 0)
            return stop(a, DEDUPE_EXIT_IO, a->lines.message);
        if (a->list.next && line.number == (uint64_t)a->list.line)
            rc = apply_entry(a, &line);
        else
            rc = put(a, line.bytes);
        a->written += line.last;
    }
    const struct dedupe_shard_mark *was = &a->list.shard, *is = &a->lines.mark;
    if (rc == PL_OK && (a->list.next || was->lines != is->lines || was->bytes != is->bytes || was->crc != is->crc))
        rc = wrong_shard(a);
    if (rc == PL_OK && dedupe_out_end(&a->out) != PL_OK)
        rc = stop(a, DEDUPE_EXIT_IO, a->out.message);
    return rc;
}

int dedupe_shard_apply(pl_self *self, int argc, char **argv)
{
    const struct dedupe_shard_args args = dedupe_shard_args(argc, argv);
    const struct dedupe_config *config = self->config;
    struct applying a = {.self = self, .keys = dedupe_list_keys(self)};
    int rc;

    if (args.n != 2) {
        pl_log(self, PL_LOG_ERROR, NULL, "usage: pressline dedupe apply [--action=drop|mark] [--output=FILE] REMOVALS SHARD");
        return DEDUPE_EXIT_USAGE;
    }
    if (dedupe_fields_init(&a.fields, self, config, false) != PL_OK)
        return DEDUPE_EXIT_CONFIG;
    a.list.path = args.arg[0];
    a.list.lines.fd = a.lines.fd = -1;
    a.path = args.arg[1];
    a.drop = config->action.len == 4 && memcmp(config->action.ptr, "drop", 4) == 0;
    rc = check_list(&a);
    if (rc == PL_OK && dedupe_lines_open(&a.lines, a.path, pl_max_record(self)) != PL_OK)
        rc = stop(&a, DEDUPE_EXIT_IO, a.lines.message);
    if (rc == PL_OK && dedupe_out_open(&a.out, args.output, true) != PL_OK)
        rc = stop(&a, DEDUPE_EXIT_IO, a.out.message);
    if (rc == PL_OK && apply_lines(&a) == PL_OK)
        pl_log(self, PL_LOG_INFO, NULL, "%s: %" PRIu64 " of %" PRIu64 " lines dropped, %" PRIu64 " marked", a.path,
               a.dropped, a.written, a.marked);
    if (a.list.next)
        pl_record_free(self, a.list.next);
    dedupe_lines_close(&a.list.lines);
    dedupe_lines_close(&a.lines);
    dedupe_out_close(&a.out);
    return a.code;
}
