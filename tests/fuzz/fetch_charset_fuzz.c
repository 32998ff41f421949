/* fetch_charset_fuzz.c - any bytes are told apart and become well-formed UTF-8. */
#include <stdint.h>
#include <stdlib.h>

#include "fetch_charset.h"
#include "fetch_kind.h"
#include "fetch_meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct decoder *d, pl_str page, pl_str declared)
{
    struct decoded got;

    if (decode(d, page, declared, &got) != PL_OK)
        return;
    const struct utf8_scan scan = utf8_scan(got.text);
    if (scan.n_bad || scan.cut || !got.name || (!got.converted && got.text.len > page.len))
        abort();
}

/* Up to the first newline it is what was declared. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decoder d;
    const pl_str all = {(const char *)data, size};
    const char *nl = size ? memchr(data, '\n', size) : NULL;

    if (size == 0)
        return 0;
    kind_of_bytes(all);
    kind_of_name(all);
    kind_is_binary(all);
    check(&d, all, (pl_str){NULL, 0});
    if (nl) {
        const size_t n = (size_t)(nl - all.ptr);
        const pl_str declared = {all.ptr, n}, page = {nl + 1, size - n - 1};
        if (page.len)
            check(&d, page, meta_charset_of(declared));
    }
    return 0;
}
