/* sqlite_article_fuzz.c - any bytes as a record's line, and as rows that were kept: refused, or read to their end. */
#include <stdint.h>
#include <stdlib.h>

#include "sqlite_article.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

/* -1 where they are damaged, else how many. */
static int count(pl_str rows)
{
    struct cell cells[SCHEMA_MAX_COLUMNS];
    enum schema_table table;
    int n = 0, got;

    while ((got = rows_next(&rows, &table, cells)) > 0)
        n++;
    return got < 0 ? -1 : n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pl_str bytes = {(const char *)data, size};
    struct article a = {0};
    const char *why = NULL;

    count(bytes);
    if (article_read(&a, bytes, &why) == ARTICLE_OK) {
        const struct rows once = a.rows;
        must(count((pl_str){once.ptr, once.len}) >= 1);
        must(once.len < 64 * size + 4096);
        a.rows = (struct rows){0};
        must(article_read(&a, bytes, &why) == ARTICLE_OK);
        must(a.rows.len == once.len && memcmp(a.rows.ptr, once.ptr, once.len) == 0);
        free(once.ptr);
    } else {
        must(why != NULL);
    }
    article_done(&a);
    return 0;
}
