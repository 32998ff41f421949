/* stage_host.c - a host of the tests' own for fetch and archive. */
#include "stage_host.h"

#include <assert.h>
#include <stdlib.h>

struct memory {
    struct memory *next;
    _Alignas(16) char at[];
};

static struct stage_host *host_of(pl_self *self)
{
    return (struct stage_host *)(void *)self;
}

static void *host_alloc(pl_self *self, pl_record *r, size_t n, size_t align)
{
    struct memory *m = malloc(sizeof *m + n);

    (void)self;
    assert(m && align <= 16);
    m->next = r->memory;
    r->memory = m;
    return m->at;
}

static pl_str copy_of(pl_self *self, pl_record *r, pl_str s)
{
    char *at = host_alloc(self, r, s.len + 1, 1);

    if (s.len)
        memcpy(at, s.ptr, s.len);
    at[s.len] = 0;
    return (pl_str){at, s.len};
}

static pl_type host_type(pl_self *self, pl_record *r, pl_key k)
{
    (void)self;
    return r->type[k];
}

static pl_str host_get(pl_self *self, pl_record *r, pl_key k)
{
    (void)self;
    return r->field[k];
}

static int host_set(pl_self *self, pl_record *r, pl_key k, pl_type type, pl_str v, bool copy)
{
    r->type[k] = type;
    r->field[k] = copy ? copy_of(self, r, v) : v;
    return PL_OK;
}

static pl_key host_intern(pl_self *self, pl_str name)
{
    struct stage_host *h = host_of(self);
    pl_key k = PL_FIRST_FREE_KEY;

    assert(name.len < sizeof h->key[0]);
    if (name.len == 0)
        return PL_NONE;
    while (h->key[k][0] && (strlen(h->key[k]) != name.len || memcmp(h->key[k], name.ptr, name.len) != 0))
        k++;
    assert(k < STAGE_HOST_KEYS);
    memcpy(h->key[k], name.ptr, name.len);
    return k;
}

static int host_set_num(pl_self *self, pl_record *r, pl_key k, pl_type type, int64_t i, double f)
{
    (void)self;
    (void)f;
    r->type[k] = type;
    r->number[k] = i;
    return PL_OK;
}

static bool host_get_bool(pl_self *self, pl_record *r, pl_key k, bool *v)
{
    (void)self;
    if (r->type[k] == PL_BOOL)
        *v = r->number[k] != 0;
    return r->type[k] == PL_BOOL;
}

static bool host_get_i64(pl_self *self, pl_record *r, pl_key k, int64_t *v)
{
    (void)self;
    if (r->type[k] == PL_I64)
        *v = r->number[k];
    return r->type[k] == PL_I64;
}

static int host_unset(pl_self *self, pl_record *r, pl_key k)
{
    (void)self;
    r->type[k] = PL_UNSET;
    r->field[k] = (pl_str){NULL, 0};
    return PL_OK;
}

static int host_set_private(pl_self *self, pl_record *r, pl_str bytes)
{
    (void)self;
    r->private = bytes;
    return PL_OK;
}

static pl_str host_get_private(pl_self *self, pl_record *r)
{
    (void)self;
    return r->private;
}

static int host_set_raw(pl_self *self, pl_record *r, pl_str bytes, bool copy)
{
    r->raw = copy ? copy_of(self, r, bytes) : bytes;
    return PL_OK;
}

static pl_str host_get_raw(pl_self *self, pl_record *r)
{
    (void)self;
    return r->raw;
}

pl_record *stage_host_record(void)
{
    pl_record *r = calloc(1, sizeof *r);

    assert(r);
    return r;
}

void stage_host_free(pl_record *r)
{
    while (r->memory) {
        struct memory *next = r->memory->next;
        free(r->memory);
        r->memory = next;
    }
    free(r);
}

static pl_record *host_emit(pl_self *self, pl_record *parent)
{
    struct stage_host *h = host_of(self);

    (void)parent;
    *h->tail = stage_host_record();
    pl_record *r = *h->tail;
    h->tail = &r->next;
    return r;
}

static void host_fail(pl_self *self, pl_record *r, pl_str code, pl_str message)
{
    (void)self;
    snprintf(r->code, sizeof r->code, "%.*s", (int)code.len, code.ptr);
    snprintf(r->message, sizeof r->message, "%.*s", (int)message.len, message.ptr);
}

static void host_drop(pl_self *self, pl_record *r, pl_str reason)
{
    host_fail(self, r, reason, PL_S("dropped"));
}

static void host_log(pl_self *self, int level, pl_record *about, pl_str message)
{
    struct stage_host *h = host_of(self);

    (void)about;
    if (level <= PL_LOG_WARN)
        snprintf(h->log, sizeof h->log, "%.*s", (int)message.len, message.ptr);
}

static uint32_t host_metric(pl_self *self, pl_str name, pl_str help)
{
    struct stage_host *h = host_of(self);

    (void)help;
    assert(h->n_metrics < 64);
    snprintf(h->metric[h->n_metrics], sizeof h->metric[0], "%.*s", (int)name.len, name.ptr);
    return h->n_metrics++;
}

static void host_count(pl_self *self, uint32_t metric, uint64_t by)
{
    host_of(self)->counted[metric] += by;
}

/* Which of the two is being saved stands in saved_len until then. */
enum { AWAITED = 1 << 30 };

static int host_save(pl_self *self, pl_str bytes)
{
    struct stage_host *h = host_of(self);
    const int i = h->saved_len[1] == AWAITED;

    assert(bytes.len < sizeof h->saved[0]);
    if (bytes.len)
        memcpy(h->saved[i], bytes.ptr, bytes.len);
    h->saved_len[i] = bytes.len;
    return PL_OK;
}

/* The tests' lines are the record's text. */
static pl_str host_to_json(pl_self *self, pl_record *r)
{
    return copy_of(self, r, r->field[PL_TEXT]);
}

static int host_from_json(pl_self *self, pl_record *into, pl_str line)
{
    if (line.len == 0 || line.ptr[0] != '{') {
        host_fail(self, into, PL_S("bad-json"), PL_S("not an object"));
        return PL_OK;
    }
    return host_set(self, into, PL_TEXT, PL_STR, line, true);
}

static int host_input(pl_self *self, pl_str name, pl_str digest)
{
    struct stage_host *h = host_of(self);
    const int i = h->n_inputs;

    if (h->done && h->done(digest))
        return 0;
    assert(i < 64);
    h->n_inputs++;
    snprintf(h->input_name[i], sizeof h->input_name[i], "%.*s", (int)name.len, name.ptr);
    snprintf(h->input_digest[i], sizeof h->input_digest[i], "%.*s", (int)digest.len, digest.ptr);
    return h->n_inputs;
}

static void host_set_origin(pl_self *self, pl_record *r, int input, uint64_t position)
{
    const struct stage_host *h = host_of(self);
    char origin[512];

    assert(input == h->n_inputs);
    r->input = input;
    r->position = position;
    const int n = snprintf(origin, sizeof origin, "%s:%llu:0 %s",
                           h->input_digest[input - 1][0] ? h->input_digest[input - 1] : "-",
                           (unsigned long long)position, h->input_name[input - 1]);
    host_set(self, r, PL_ORIGIN, PL_STR, (pl_str){origin, (size_t)n}, true);
}

static bool host_stopping(pl_self *self)
{
    return host_of(self)->stopping;
}

static int host_offer(pl_self *self, pl_str name, bool once)
{
    struct stage_host *h = host_of(self);
    const size_t i = h->n_offered++;

    assert(!h->fixed && i < 64 && name.len < sizeof h->offered[0]);
    memcpy(h->offered[i], name.ptr, name.len);
    h->once[i] = once;
    return PL_OK;
}

static pl_str host_offered(pl_self *self, uint64_t i)
{
    const struct stage_host *h = host_of(self);

    return i < h->n_offered ? (pl_str){h->offered[i], strlen(h->offered[i])} : (pl_str){NULL, 0};
}

static pl_str host_state_file(pl_self *self, pl_str name)
{
    struct stage_host *h = host_of(self);

    if (!h->state)
        return (pl_str){NULL, 0};
    const int n = snprintf(h->state_file, sizeof h->state_file, "%s/%.*s", h->state, (int)name.len, name.ptr);
    return (pl_str){h->state_file, (size_t)n};
}

static size_t host_max_record(pl_self *self)
{
    return host_of(self)->max_record;
}

static int64_t host_now_ms(pl_self *self)
{
    (void)self;
    return 1790000000000;
}

static void host_expect(pl_self *self, uint64_t inputs)
{
    (void)self;
    (void)inputs;
}

static const pl_host table = {
    .size = sizeof(pl_host),
    .minor = PL_ABI_MINOR,
    .intern = host_intern,
    .alloc = host_alloc,
    .type = host_type,
    .get = host_get,
    .get_bool = host_get_bool,
    .get_i64 = host_get_i64,
    .set = host_set,
    .set_num = host_set_num,
    .unset = host_unset,
    .set_private = host_set_private,
    .get_private = host_get_private,
    .set_raw = host_set_raw,
    .get_raw = host_get_raw,
    .emit = host_emit,
    .drop_record = host_drop,
    .fail_record = host_fail,
    .log = host_log,
    .metric = host_metric,
    .count = host_count,
    .save = host_save,
    .to_json = host_to_json,
    .from_json = host_from_json,
    .input = host_input,
    .set_origin = host_set_origin,
    .now_ms = host_now_ms,
    .expect = host_expect,
    .stopping = host_stopping,
    .max_record = host_max_record,
    .offer = host_offer,
    .offered = host_offered,
    .state_file = host_state_file,
};

void stage_host_init(struct stage_host *h, const pl_plugin *plugin, const void *config)
{
    memset(h, 0, sizeof *h);
    h->self.host = &table;
    h->self.config = config;
    h->plugin = plugin;
    h->tail = &h->first;
    h->max_record = 1 << 18;
}

void stage_host_clear(struct stage_host *h)
{
    while (h->first) {
        pl_record *next = h->first->next;
        stage_host_free(h->first);
        h->first = next;
    }
    h->tail = &h->first;
}

int stage_host_checkpoint(struct stage_host *h, bool then)
{
    const pl_plugin *p = then ? h->plugin->then : h->plugin;

    h->saved_len[then] = AWAITED;
    return p->checkpoint(&h->self, 1);
}

int stage_host_restore(struct stage_host *h, bool then)
{
    const pl_plugin *p = then ? h->plugin->then : h->plugin;

    return p->restore(&h->self, 1, (pl_str){h->saved[then], h->saved_len[then]});
}

void stage_host_go_on(struct stage_host *h, const struct stage_host *killed)
{
    memcpy(h->offered, killed->offered, sizeof h->offered);
    memcpy(h->once, killed->once, sizeof h->once);
    h->n_offered = killed->n_offered;
    h->fixed = true;
    h->state = killed->state;
    memcpy(h->saved, killed->saved, sizeof h->saved);
    memcpy(h->saved_len, killed->saved_len, sizeof h->saved_len);
}

uint64_t stage_host_counted(const struct stage_host *h, const char *metric)
{
    uint32_t i = 0;

    while (i < h->n_metrics && strcmp(h->metric[i], metric) != 0)
        i++;
    assert(i < h->n_metrics);
    return h->counted[i];
}
