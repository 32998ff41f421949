/* told.h - for tests of the load layer: files to read, and the messages that came of it. */
#ifndef TOLD_H
#define TOLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "buf.h"
#include "errors.h"
#include "str.h"

/* All messages as errors_print() has them; good until the next call. */
static inline const char *told(const struct errors *errs)
{
    static char text[16384];
    FILE *out = tmpfile();

    assert_non_null(out);
    errors_print(errs, out);
    rewind(out);
    const size_t n = fread(text, 1, sizeof text - 1, out);
    text[n] = 0;
    fclose(out);
    return text;
}

/* One message without its place, or "". */
static inline const char *told_first(const struct errors *errs)
{
    return errs->first ? errs->first->text : "";
}

static inline void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

/* The text must hold `part`; shown when it does not. */
static inline void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        print_error("wanted: %s\ngot:    %s\n", part, text);
        fail();
    }
}

#endif
