/* archive_verify_lines.c - the content of an archive against its index. */
#include "archive_verify_lines.h"

#include <inttypes.h>
#include <stdlib.h>

#include "archive_make.h"
#include "archive_read.h"

PL_PRINTF(2, 3)
static void tell(struct verify_lines *v, const char *fmt, ...)
{
    char what[700];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    v->n_wrong++;
    v->told(v->to, what);
}

/* ---- against the index ---- */

/* Whether the index has that key for that record. */
static bool knows_key(struct verify_lines *v, uint64_t key, uint64_t number)
{
    struct archive_search s;
    int rc;

    for (rc = archive_index_find(v->ix, &s, key); rc == PL_OK && s.found && s.place.number < number;)
        rc = archive_index_next(v->ix, &s);
    return rc == PL_OK && s.found && s.place.number == number;
}

static void compare_keys(struct verify_lines *v, const struct archive_row *row, uint64_t number)
{
    for (int i = 0; i < ARCHIVE_KEYS; i++) {
        bool again = row->key[i] == 0;
        for (int k = 0; k < i; k++)
            again = again || row->key[k] == row->key[i];
        if (again)
            continue;
        v->n_keys++;
        if (!knows_key(v, row->key[i], number))
            tell(v, "the index lacks the %s of record %" PRIu64, i == 0 ? "id" : "URL", number);
    }
}

static void compare_record(struct verify_lines *v, const struct archive_row *row)
{
    struct archive_place place;

    if (!v->placed || v->next_record >= v->ix->n_records) {
        if (v->placed)
            tell(v, "the index lacks the record at byte %" PRIu64 " of the content", v->line_at);
        v->ix = NULL;
        return;
    }
    const uint64_t number = v->next_record++;
    if (archive_index_record(v->ix, number, &place) != PL_OK) {
        tell(v, "%s", v->ix->message);
        v->ix = NULL;
    } else if (place.offset != v->line_at || place.len != row->len) {
        tell(v, "the index has record %" PRIu64 " at byte %" PRIu64 " of the content with %" PRIu64 " bytes; a line of %" PRIu32
                " is at byte %" PRIu64, number, place.offset, place.len, row->len, v->line_at);
        v->ix = NULL; /* all that follows would be off, too */
    } else if (place.crc != row->crc) {
        tell(v, "the index has another checksum of record %" PRIu64 ", at byte %" PRIu64 " of the content", number, place.offset);
    } else {
        compare_keys(v, row, number);
    }
}

/* The first record that does not begin before `content`. */
static uint64_t record_from(struct archive_index *ix, uint64_t content)
{
    struct archive_place place;
    uint64_t lo = 0, hi = ix->n_records;

    while (lo < hi) {
        const uint64_t mid = lo + (hi - lo) / 2;
        if (archive_index_record(ix, mid, &place) != PL_OK)
            return ix->n_records;
        if (place.offset < content)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* ---- lines ---- */

static void end_line(struct verify_lines *v, pl_str line)
{
    struct archive_row row;
    size_t at;

    v->n_lines++;
    if (line.len > v->room_cap) {
        free(v->room);
        v->room = malloc(line.len * 2);
        v->room_cap = v->room ? line.len * 2 : 0;
    }
    if (!v->room) {
        v->no_memory = true;
        return;
    }
    const char *wrong = archive_row_of(line, v->room, &row, &at);
    if (wrong && v->is_json) {
        v->n_lines--;
        tell(v, "line %" PRIu64 " of the content, at its byte %" PRIu64 ", is no JSON: %s at byte %zu of the line", v->n_lines + 1, v->line_at,
             wrong, at + 1);
    }
    if (v->ix && v->ix->format == ARCHIVE_JSONL)
        compare_record(v, &row);
}

/* The part of a line that has no end yet. */
static void keep(struct verify_lines *v, pl_str bytes)
{
    if (v->len + bytes.len > READ_LONGEST_LINE) {
        if (!v->too_long)
            tell(v, "a line has more than %d bytes, at byte %" PRIu64 " of the content", READ_LONGEST_LINE, v->line_at);
        v->too_long = true;
        v->len = 0;
        return;
    }
    if (v->len + bytes.len > v->cap) {
        const size_t cap = (v->len + bytes.len) * 2;
        char *line = realloc(v->line, cap);
        if (!line) {
            v->no_memory = true;
            return;
        }
        v->line = line;
        v->cap = cap;
    }
    if (bytes.len)
        memcpy(v->line + v->len, bytes.ptr, bytes.len);
    v->len += bytes.len;
}

/* `bytes` end a line, which may have begun before. */
static void take_line(struct verify_lines *v, pl_str bytes)
{
    if (v->skip || v->too_long) {
        /* nothing is known of it */
    } else if (v->len) {
        keep(v, bytes);
        if (!v->no_memory && !v->too_long)
            end_line(v, (pl_str){v->line, v->len});
    } else {
        end_line(v, bytes);
    }
    v->skip = v->too_long = false;
    v->len = 0;
}

void verify_lines_piece(struct verify_lines *v, pl_str bytes)
{
    if (!v->any && bytes.len && !v->gapped)
        v->is_json = bytes.ptr[0] == '{';
    v->any = v->any || bytes.len;
    while (bytes.len && !v->no_memory) {
        const char *nl = memchr(bytes.ptr, '\n', bytes.len);
        const size_t n = nl ? (size_t)(nl - bytes.ptr) + 1 : bytes.len;
        if (v->len == 0 && !v->too_long)
            v->line_at = v->content;
        v->content += n;
        if (nl)
            take_line(v, (pl_str){bytes.ptr, n});
        else if (!v->skip)
            keep(v, bytes);
        bytes = (pl_str){bytes.ptr + n, bytes.len - n};
    }
}

void verify_lines_gap(struct verify_lines *v, uint64_t content)
{
    struct archive_place place;

    v->len = 0;
    v->too_long = false;
    v->gapped = v->skip = true;
    v->is_json = v->is_json || !v->any;
    v->placed = v->ix && content != UINT64_MAX;
    if (!v->placed) {
        v->ix = NULL;
        return;
    }
    v->content = content;
    v->next_record = record_from(v->ix, content);
    if (v->next_record < v->ix->n_records && archive_index_record(v->ix, v->next_record, &place) == PL_OK)
        v->skip = place.offset != content;
}

void verify_lines_end(struct verify_lines *v, bool whole)
{
    if (v->len && whole && !v->skip)
        end_line(v, (pl_str){v->line, v->len});
    v->len = 0;
    if (!whole || !v->ix || v->gapped || v->ix->format != ARCHIVE_JSONL)
        return;
    if (v->next_record != v->ix->n_records)
        tell(v, "the index has %" PRIu64 " records more than the archive", v->ix->n_records - v->next_record);
    else if (v->n_keys != v->ix->n_keys)
        tell(v, "the index has %" PRIu64 " keys, where the records have %" PRIu64, v->ix->n_keys, v->n_keys);
}

void verify_lines_done(struct verify_lines *v)
{
    free(v->line);
    free(v->room);
}
