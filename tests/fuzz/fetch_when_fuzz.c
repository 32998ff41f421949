/* fetch_when_fuzz.c - dates: what is read is a point in time that can be written and read again. */
#include <stdint.h>
#include <stdlib.h>

#include "fetch_when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t ms, again;
    char text[32];

    if (!when_parse((pl_str){(const char *)data, size}, &ms))
        return 0;
    when_rfc3339(ms, text);
    if (strlen(text) != 24 || !when_parse((pl_str){text, 24}, &again) || again != ms)
        abort();
    return 0;
}
