/* dedupe_record.c - signatures of records, and what a decision leaves in them. */
#include "dedupe_record.h"

#include <inttypes.h>

struct dedupe_rules dedupe_rules_of(const struct dedupe_config *config)
{
    return (struct dedupe_rules){.threshold = config->threshold,
                                 .url_floor = config->url_similarity,
                                 .containment = config->containment};
}

int dedupe_fields_init(struct dedupe_fields *f, pl_self *self, const struct dedupe_config *config, bool origin)
{
    *f = (struct dedupe_fields){.url = config->canonical_url,
                                .samples = config->containment > 0,
                                .origin = origin,
                                .retried = pl_retrying(self),
                                .run = (uint64_t)pl_now_ms(self)};
    if (config->scope.n > DEDUPE_MAX_SCOPE) {
        pl_log(self, PL_LOG_ERROR, NULL, "`scope` names %zu fields: at most %d", config->scope.n, DEDUPE_MAX_SCOPE);
        return PL_FATAL;
    }
    for (; f->n_scope < config->scope.n; f->n_scope++)
        f->scope[f->n_scope] = pl_intern(self, config->scope.at[f->n_scope]);
    f->cluster = pl_intern(self, PL_S("dedupe.cluster"));
    f->kind = pl_intern(self, PL_S("dedupe.kind"));
    f->contained = pl_intern(self, PL_S("dedupe.contained"));
    f->contains = pl_intern(self, PL_S("dedupe.contains"));
    f->contains_share = pl_intern(self, PL_S("dedupe.contains_share"));
    return PL_OK;
}

/* ---- scope ---- */

static uint64_t add_list(uint64_t scope, pl_list list)
{
    for (size_t i = 0; i < list.n; i++)
        scope = dedupe_scope(scope, PL_STRS, list.at[i]);
    return scope;
}

static uint64_t add_number(uint64_t scope, pl_self *self, pl_record *r, pl_key key, pl_type type)
{
    bool b = false;
    int64_t i = 0;
    double d = 0;
    unsigned char bytes[8] = {0};

    if (type == PL_BOOL && pl_get_bool(self, r, key, &b))
        bytes[0] = b;
    if (type == PL_I64 && pl_get_i64(self, r, key, &i))
        memcpy(bytes, &i, sizeof i);
    if (type == PL_F64 && pl_get_f64(self, r, key, &d))
        memcpy(bytes, &d, sizeof d);
    return dedupe_scope(scope, type, (pl_str){(const char *)bytes, sizeof bytes});
}

static uint64_t scope_of(pl_self *self, pl_record *r, const struct dedupe_fields *f)
{
    uint64_t scope = 0;

    for (size_t i = 0; i < f->n_scope; i++) {
        const pl_type type = pl_typeof(self, r, f->scope[i]);
        switch (type) {
        case PL_STRS: scope = add_list(dedupe_scope(scope, type, (pl_str){NULL, 0}), pl_get_list(self, r, f->scope[i])); break;
        case PL_BOOL:
        case PL_I64:
        case PL_F64: scope = add_number(scope, self, r, f->scope[i], type); break;
        default: scope = dedupe_scope(scope, type, pl_get(self, r, f->scope[i])); break;
        }
    }
    return scope;
}

/* ---- signatures ---- */

/* The record's name: where `id` is a number, its digits; where it is anything else, its origin. */
static pl_str name_of(pl_self *self, pl_record *r, char digits[32])
{
    int64_t i;

    if (pl_typeof(self, r, PL_ID) == PL_STR)
        return pl_get(self, r, PL_ID);
    if (pl_typeof(self, r, PL_ID) == PL_I64 && pl_get_i64(self, r, PL_ID, &i))
        return (pl_str){digits, (size_t)snprintf(digits, 32, "%" PRId64, i)};
    return pl_get(self, r, PL_ORIGIN);
}

int dedupe_record_sign(pl_self *self, pl_record *r, const struct dedupe_fields *f, struct dedupe_sketcher *k,
                       pl_str *signature)
{
    char digits[32];
    const struct dedupe_subject subject = {.id = name_of(self, r, digits),
                                           .origin = f->origin ? pl_get(self, r, PL_ORIGIN) : (pl_str){NULL, 0},
                                           .retried = f->retried,
                                           .url = f->url ? pl_get(self, r, PL_CANONICAL_URL) : (pl_str){NULL, 0},
                                           .scope = f->n_scope ? scope_of(self, r, f) : 0,
                                           .run = f->run,
                                           .samples = f->samples};

    *signature = (pl_str){NULL, 0};
    dedupe_sketch(k, pl_get(self, r, PL_TEXT));
    const size_t size = dedupe_sign_size(k, &subject);
    if (size == 0)
        return PL_OK;
    void *to = pl_alloc(self, r, size);
    if (!to)
        return PL_NOMEM;
    dedupe_sign(k, &subject, to);
    *signature = (pl_str){to, size};
    return PL_OK;
}

/* ---- telling ---- */

const char *dedupe_kind_name(enum dedupe_kind kind)
{
    static const char *const names[] = {"new", "same", "exact", "near", "url", "contained"};
    return names[kind];
}

static int tell_contains(pl_self *self, pl_record *r, const struct dedupe_fields *f, const struct dedupe_decision *m)
{
    if (!m->contains.ptr)
        return PL_OK;
    const int rc = pl_set(self, r, f->contains, m->contains);
    return rc == PL_OK ? pl_set_f64(self, r, f->contains_share, m->contains_share) : rc;
}

int dedupe_record_tell(pl_self *self, pl_record *r, const struct dedupe_fields *f, const struct dedupe_decision *m)
{
    const char *kind = dedupe_kind_name(m->kind);

    if (m->kind == DEDUPE_NEW || m->kind == DEDUPE_SAME)
        return tell_contains(self, r, f, m);
    int rc = pl_set(self, r, PL_DUPLICATE_OF, m->id);
    if (rc == PL_OK)
        rc = pl_set_f64(self, r, PL_SIMILARITY, m->similarity);
    if (rc == PL_OK)
        rc = pl_set(self, r, f->cluster, m->id);
    if (rc == PL_OK)
        rc = pl_set_view(self, r, f->kind, (pl_str){kind, strlen(kind)});
    if (rc == PL_OK && m->kind == DEDUPE_CONTAINED)
        rc = pl_set_f64(self, r, f->contained, m->contained);
    return rc;
}
