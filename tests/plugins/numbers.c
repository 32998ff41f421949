/* numbers.c - a source for tests: `count` records of `bytes` bytes of text, made from their number.  It can go on where a
 * killed run was. */
#include "pressline.h"

#include <stdlib.h>

struct config {
    int64_t count, bytes, pause;
    bool known;
};

struct state {
    int64_t next;
    int input;
    bool paused;
    pl_key n;
};

static int open_stage(pl_self *self)
{
    struct state *st = self->shared = calloc(1, sizeof *st);

    if (st)
        st->n = pl_intern(self, PL_S("numbers.n"));
    return st ? PL_OK : PL_FATAL;
}

static void close_stage(pl_self *self)
{
    free(self->shared);
}

/* Words that look like text and are the same for the same number. */
static void fill(char *text, size_t len, uint64_t n)
{
    static const char *const words[] = {"river ", "budget ", "harbour ", "minister ", "vote ", "rain ", "bridge ", "said "};
    uint64_t x = n * 0x9E3779B97F4A7C15u + 1;
    size_t at = (size_t)snprintf(text, len, "%llu ", (unsigned long long)n);

    while (at < len) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        const char *word = words[x % 8];
        for (; *word && at < len; word++)
            text[at++] = *word;
    }
}

/* The input's number; 0: an earlier run has done it. */
static int begin(pl_self *self, const struct config *c)
{
    char digest[65] = "";

    if (c->known)
        snprintf(digest, sizeof digest, "%032llx%032llx", (unsigned long long)c->count, (unsigned long long)c->bytes);
    return pl_input(self, PL_S("numbers"), (pl_str){digest, strlen(digest)});
}

static int read_one(pl_self *self)
{
    const struct config *c = self->config;
    struct state *st = self->shared;

    if (st->next == c->count)
        return PL_EOF;
    if (c->pause > 0 && !st->paused && st->next > 0 && st->next % c->pause == 0) {
        st->paused = true;
        return PL_AGAIN;
    }
    st->paused = false;
    if (!st->input && !(st->input = begin(self, c)))
        return PL_EOF;
    pl_record *r = pl_emit(self, NULL);
    const size_t len = (size_t)c->bytes;
    char *text = pl_alloc(self, r, len);
    pl_set_origin(self, r, st->input, (uint64_t)++st->next);
    if (!text) {
        pl_fail(self, r, "too-large", "%zu bytes do not fit the record", len);
        return PL_OK;
    }
    fill(text, len, (uint64_t)st->next);
    pl_set_raw_view(self, r, (pl_str){text, len});
    pl_set_view(self, r, PL_TEXT, (pl_str){text, len});
    pl_set(self, r, PL_SOURCE, PL_S("numbers"));
    return pl_set_i64(self, r, st->n, st->next);
}

/* The number made last, in decimal. */
static int checkpoint(pl_self *self, uint64_t n)
{
    const struct state *st = self->shared;
    char saved[32];

    (void)n;
    const int len = snprintf(saved, sizeof saved, "%lld", (long long)st->next);
    return pl_save(self, (pl_str){saved, (size_t)len});
}

static int restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct state *st = self->shared;
    char text[32];

    (void)n;
    snprintf(text, sizeof text, "%.*s", (int)saved.len, saved.ptr);
    st->next = strtoll(text, NULL, 10);
    return PL_OK;
}

static const pl_option options[] = {
    PL_OPTION(struct config, count, "1000", "records to make", .min = 0, .max = 1e12),
    PL_OPTION(struct config, bytes, "200", "length of each text", .unit = "bytes", .min = 24, .max = 1e9),
    PL_OPTION(struct config, pause, "0", "say after every Nth record that there is nothing yet; 0: never", .min = 0, .max = 1e9),
    PL_OPTION(struct config, known, "false", "the input has a digest: a later run knows it again"),
    PL_END,
};

PL_PLUGIN("numbers", "makes numbered records", .version = "1", .options = options, .config_size = sizeof(struct config),
          .writes = "text,numbers.n", .open = open_stage, .read = read_one, .checkpoint = checkpoint,
          .restore = restore, .close = close_stage)
