/* json_fuzz.c - any bytes as a line: refused with a place and a reason, or read, and then they come back. */
#include <stdint.h>
#include <stdlib.h>

#include "json.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intern *names = intern_new();
    struct json_error err = {.at = SIZE_MAX};
    /* Annotations over the whole text make the line longer than what was read. */
    struct buf once = {.limit = 1 << 20}, twice = {.limit = 1 << 20};
    pl_record *r = record_new(names, 16 << 20), *again = record_new(names, 16 << 20);

    intern_add(names, PL_S("entity"));
    intern_freeze(names);
    const int rc = json_read(r, (pl_str){(const char *)data, size}, &err);
    if (rc == PL_OK) {
        json_write(&once, r);
        if (!once.failed) {
            must(json_read(again, buf_view(&once), &err) == PL_OK);
            json_write(&twice, again);
            must(!twice.failed && str_eq(buf_view(&once), buf_view(&twice)));
            must(!memchr(once.ptr, '\n', once.len));
        }
    } else if (rc == PL_ERROR) {
        must(err.at <= size && err.text[0] && memchr(err.text, 0, sizeof err.text));
    } else {
        must(rc == PL_NOMEM);
    }
    record_free(again);
    record_free(r);
    buf_done(&once);
    buf_done(&twice);
    intern_free(names);
    return 0;
}
