/* letters_fuzz.c - any bytes as a file of dead letters: each line is none, or one whose record has an origin that says the
 * same once more, and whose own letter is again one. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "deadletter.h"
#include "json.h"
#include "letters.h"
#include "lines.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 16 << 20, LINE_MAX_BYTES = 1 << 16 };

static void must(bool ok)
{
    if (!ok)
        abort();
}

static bool same(const struct letter *a, const struct letter *b)
{
    return str_is(str_of(a->in.digest), b->in.digest) && str_eq(a->in.name, b->in.name) && a->position == b->position &&
           str_eq(a->child, b->child) && str_eq(a->source, b->source) && str_eq(a->raw, b->raw);
}

/* The letter that the record would get if it failed again. */
static void fail_again(const struct intern *names, const struct letter *was, pl_record *r)
{
    pl_record *letter = record_new(names, MEMORY);
    struct json_error err;
    struct letter is;
    struct buf b = {0};

    deadletter_write(&b, r, PL_S("clean"));
    must(letter && !b.failed && b.len > 1);
    must(json_read(letter, str_sub(buf_view(&b), 0, b.len - 1), &err) == PL_OK);
    must(letter_take(letter, &is) && same(was, &is));
    record_free(letter);
    buf_done(&b);
}

static void check_line(const struct intern *names, pl_str line)
{
    pl_record *letter = record_new(names, MEMORY), *r = record_new(names, MEMORY);
    struct json_error err;
    struct letter parts;

    must(letter && r);
    if (json_read(letter, line, &err) != PL_OK || !letter_take(letter, &parts))
        goto done;
    must(parts.child.len > 0 && parts.position <= INT64_MAX && strlen(parts.in.digest) < sizeof parts.in.digest);
    r->position = parts.position;
    must(record_from(r, &parts.in) == PL_OK);
    /* Where the record that failed is a child, retry comes to it by the way that `child` says. */
    r->child = parts.child;
    must(record_identify(r) == PL_OK && record_get(r, PL_ORIGIN)->type == PL_STR);
    if (parts.source.ptr)
        must(record_set(r, PL_SOURCE, (struct value){.type = PL_STR, .as.str = parts.source}) == PL_OK);
    r->raw = parts.raw;
    fail_again(names, &parts, r);
done:
    record_free(r);
    record_free(letter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intern *names = intern_new();
    const int fd = memfd_create("letters", MFD_CLOEXEC);
    struct lines lines = {.fd = fd, .max = LINE_MAX_BYTES};
    enum lines_result got;
    pl_str line;

    intern_freeze(names);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    while ((got = lines_next(&lines, &line)) != LINES_END) {
        must(got != LINES_ERROR);
        if (got == LINES_LINE)
            check_line(names, line);
    }
    lines_done(&lines);
    close(fd);
    intern_free(names);
    return 0;
}
