/* warc_surt_fuzz.c - any address, HTTP head and date, as a record may bring them: keys without line ends, heads that end
 * once. */
#include <stdlib.h>

#include "warc_http.h"
#include "warc_make.h"
#include "warc_surt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A page of which everything is the fuzzer's: its record's head must end where the record says so. */
static void make(pl_str s)
{
    struct warc_page page = {.origin = s, .id = s, .uri = s, .date = s, .default_date = PL_S("2026-05-04T10:11:12Z"), .request = s,
                             .response = s, .payload = s, .has_payload = true, .content_type = s, .charset = s, .ip = s,
                             .truncated = s, .text = s, .outlink = &s, .n_outlinks = 1, .fetch_ms = 1, .status = (int64_t)s.len,
                             .earlier_digest = s, .earlier_date = s};
    struct warc_plan plan = {0};
    struct warc_buf out = {0}, line = {0};

    if (warc_plan(&plan, &page, WARC_SHA1) != PL_OK)
        abort();
    for (int kind = 0; kind < WARC_KINDS; kind++) {
        if (!warc_has(&plan, (enum warc_kind)kind))
            continue;
        out.len = 0;
        warc_make(&out, &plan, (enum warc_kind)kind);
        const char *end = memmem(out.at, out.len, "\r\n\r\n", 4);
        const char *length = memmem(out.at, out.len, "\r\nContent-Length: ", 18);
        if (!end || !length || length > end || strtoull(length + 18, NULL, 10) + 8 != (size_t)(out.at + out.len - end))
            abort();
        for (const char *p = out.at; p < end; p++)
            if ((*p == '\r' && p[1] != '\n') || (*p == '\n' && p[-1] != '\r'))
                abort();
    }
    warc_plan_index(&line, &plan, false);
    if (memchr(line.at, '\n', line.len))
        abort();
    warc_buf_done(&line);
    warc_buf_done(&out);
    warc_plan_done(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pl_str s = {(const char *)data, size};
    struct warc_buf uri = {0}, key = {0};

    warc_uri(&uri, s);
    warc_surt(&key, warc_buf_view(&uri));
    for (size_t i = 0; i < key.len; i++)
        if (key.at[i] == '\n' || key.at[i] == ' ')
            abort();
    key.len = 0;
    warc_surt(&key, s);
    warc_buf_done(&uri);
    warc_buf_done(&key);
    make(s);
    return 0;
}
