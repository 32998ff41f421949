/* fetch_header_fuzz.c - any bytes as heads of HTTP: views of nothing but them, and what is kept can be sent. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void inside(pl_str part, pl_str whole)
{
    need(part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

static void read_value(pl_str value)
{
    pl_str rest = value, item;

    while (header_list_next(&rest, &item)) {
        need(item.len > 0);
        inside(item, value);
    }
    const struct media_type m = header_media_type(value);
    inside(m.type, value);
    inside(m.charset, value);
    const pl_str tag = header_etag(value), date = header_last_modified(value);
    need(tag.len <= HEADER_MAX_VALIDATOR && (!tag.len || (!memchr(tag.ptr, '\r', tag.len) && !memchr(tag.ptr, '\n', tag.len))));
    need(!date.len || header_date_ms(date) >= 0);
    need(header_date_ms(value) >= -1 && header_date_ms(value) <= INT64_C(253402300799000));
    const int64_t wait = header_retry_after_ms(value, INT64_C(1764136800000));
    need(wait >= -1 && wait <= INT64_C(1000000000000));
    need(header_max_age_s(value) >= -1 && header_max_age_s(value) <= INT64_C(1) << 31);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pl_str head = {(const char *)data, size};
    pl_str name, value;
    size_t at = 0, n = 0;

    inside(header_last(head), head);
    need(header_status(head) == header_status(header_last(head)));
    while (header_next(head, NULL, &at, &name, &value)) {
        need(name.len > 0 && !memchr(name.ptr, '\n', name.len) && at > 0 && at <= size && ++n <= size);
        inside(name, head);
        inside(value, head);
        read_value(value);
    }
    read_value(head);
    const pl_str first = header_field(head, "Age");
    at = 0;
    need(header_next(head, "age", &at, &name, &value) == (first.ptr != NULL) && (!first.ptr || value.ptr == first.ptr));
    return 0;
}
