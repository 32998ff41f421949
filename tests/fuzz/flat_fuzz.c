/* flat_fuzz.c - any bytes as the answer of an isolated stage's process: refused with a reason, and then nothing of it
 * stays; or done, and then the record is one that a line gives back. */
#include <stdint.h>
#include <stdlib.h>

#include "flat.h"
#include "json.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EMITTED_MOST = 16, MEMORY = 1 << 20 };

struct told {
    pl_record *emitted[EMITTED_MOST];
    size_t n;
    uint64_t counted, lines;
};

static void must(bool ok)
{
    if (!ok)
        abort();
}

static pl_record *emit(void *arg, pl_record *parent)
{
    struct told *t = arg;

    must(parent != NULL);
    if (t->n == EMITTED_MOST)
        return NULL;
    t->emitted[t->n] = record_new(parent->names, MEMORY);
    must(t->emitted[t->n] != NULL && record_adopt(t->emitted[t->n], parent) == PL_OK);
    return t->emitted[t->n++];
}

static void count(void *arg, uint32_t metric, uint64_t by)
{
    must(metric < 2);
    ((struct told *)arg)->counted += by > 0;
}

static void line(void *arg, int level, pl_str id, pl_str message)
{
    volatile unsigned char sum = 0;

    must(level >= PL_LOG_ERROR && level <= PL_LOG_DEBUG);
    for (size_t i = 0; i < id.len; i++)
        sum = (unsigned char)(sum + (unsigned char)id.ptr[i]);
    for (size_t i = 0; i < message.len; i++)
        sum = (unsigned char)(sum + (unsigned char)message.ptr[i]);
    ((struct told *)arg)->lines++;
}

/* Its line is read again, and written as before. */
static void must_be_whole(const pl_record *r)
{
    struct buf once = {.limit = 1 << 20}, twice = {.limit = 1 << 20};
    pl_record *again = record_new(r->names, 0);
    struct json_error err;

    json_write(&once, r);
    if (!once.failed) {
        must(json_read(again, buf_view(&once), &err) == PL_OK);
        json_write(&twice, again);
        must(!twice.failed && str_eq(buf_view(&once), buf_view(&twice)));
    }
    record_free(again);
    buf_done(&once);
    buf_done(&twice);
}

static pl_record *sample(const struct intern *names)
{
    static const char text[] =
        "{\"id\":\"a\",\"title\":\"The ferry was late\",\"own\":\"x\",\"tags\":[\"sea\"],\"text\":\"Ann Lee said that the ferry to "
        "the islands was late on Sunday, and nobody knew why.\",\"annotations\":[{\"id\":1,\"kind\":\"entity\",\"label\":\"PER\","
        "\"begin\":0,\"end\":7,\"score\":1.5},{\"id\":2,\"kind\":\"entity\",\"begin\":4,\"end\":7,\"chain\":1}]}";
    pl_record *r = record_new(names, MEMORY);
    struct json_error err;

    must(r && json_read(r, str_of(text), &err) == PL_OK);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct intern *names = intern_new();
    uint64_t *message = malloc(65536), *answer = malloc(size + 8);
    struct flat_out out = {.at = (char *)message, .cap = 65536};
    struct flat_places places = {0};
    struct told told = {0};
    const struct flat_sink sink = {.arg = &told, .emit = emit, .count = count, .line = line, .stage = 1, .n_counts = 2};
    struct buf before = {0}, after = {0};
    struct flat_result result;

    must(message && answer);
    intern_add(names, PL_S("entity"));
    intern_add(names, PL_S("chain"));
    intern_freeze(names);
    pl_record *r = sample(names);
    json_write(&before, r);
    flat_put_record(&out, r, &places);
    must(!out.full);
    memcpy(answer, data, size);
    record_begin(r);
    const int rc = flat_take_answer(r, (pl_str){(const char *)answer, size}, places.at, places.n, &sink, &result);
    must((rc == PL_OK) == (result.why == NULL) && (rc != PL_ERROR || (!told.counted && !told.lines)));
    if (rc == PL_OK) {
        must_be_whole(r);
        for (size_t i = 0; i < told.n; i++)
            must_be_whole(told.emitted[i]);
    }
    record_rollback(r);
    json_write(&after, r);
    must(str_eq(buf_view(&before), buf_view(&after)));
    for (size_t i = 0; i < told.n; i++)
        record_free(told.emitted[i]);
    record_free(r);
    free(places.at);
    free(message);
    free(answer);
    buf_done(&before);
    buf_done(&after);
    intern_free(names);
    return 0;
}
