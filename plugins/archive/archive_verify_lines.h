/* archive_verify_lines.h - the content of an archive against its index: for archive_verify.c. */
#ifndef ARCHIVE_VERIFY_LINES_H
#define ARCHIVE_VERIFY_LINES_H

#include "archive_index.h"
#include "pressline.h"

/* Content comes in pieces, in order; between them may be gaps, where members were damaged. */
struct verify_lines {
    struct archive_index *ix; /* NULL: there is none to compare with */
    void (*told)(void *to, const char *what);
    void *to;
    bool skip;           /* to the next line's beginning: what comes is the end of one whose start was lost */
    bool any;            /* content has come */
    bool is_json;        /* as its first byte looks */
    bool too_long;
    uint64_t content;    /* where the next piece lies, or as much as has come */
    bool placed;         /* `content` is right also behind gaps */
    uint64_t line_at;    /* where the line in hand begins */
    char *line, *room;
    size_t len, cap, room_cap;
    uint64_t n_lines, next_record, n_keys, n_wrong;
    bool gapped, no_memory;
};

void verify_lines_piece(struct verify_lines *v, pl_str bytes);
/* Content is lost; what comes next lies at `content` in the content, UINT64_MAX: nobody knows. */
void verify_lines_gap(struct verify_lines *v, uint64_t content);
/* That was all; `whole`: up to its end. */
void verify_lines_end(struct verify_lines *v, bool whole);
void verify_lines_done(struct verify_lines *v);

#endif
