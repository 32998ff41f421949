/* fetch_encoding_fuzz.c - any bytes in any encodings, and as chunks: within the limits, and never the worse for what was before. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 3 << 20, RATIO = 20, FREE = 1 << 20 };

static void check_chunks(pl_str in)
{
    struct bytes out = {0};

    if (chunked_undo(in, &out) == PL_OK && out.len >= in.len)
        abort();
    if (out.len > in.len)
        abort();
    bytes_done(&out);
}

/* The first line is the field, or one of those that there are by its first byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const fields[] = {"gzip", "deflate", "br", "gzip, br", "br,gzip", "deflate, deflate", "identity", "x-gzip"};
    static struct encodings e;
    const char *nl = size ? memchr(data, '\n', size) : NULL;
    pl_str out;

    if (!nl)
        return 0;
    const pl_str in = {nl + 1, size - 1 - (size_t)(nl - (const char *)data)};
    pl_str field = {(const char *)data, (size_t)(nl - (const char *)data)};
    if (field.len == 1)
        field = (pl_str){fields[data[0] & 7], strlen(fields[data[0] & 7])};
    const enum encoding_result rc = encoding_undo(&e, field, in, MOST, RATIO, &out);
    if (out.len > MOST || (out.len > FREE && out.len > in.len * RATIO) || (rc == ENCODING_UNKNOWN && out.len))
        abort();
    if (rc == ENCODING_OK && !out.ptr)
        abort();
    check_chunks(in);
    return 0;
}
