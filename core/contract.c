/* contract.c - --checked: what a stage may do, from what it declares. */
#include <inttypes.h>
#include <stdlib.h>

#include "description.h"
#include "host.h"
#include "str.h"

struct range {
    uintptr_t begin, end;
};

struct contract {
    const pl_plugin *plugin;
    pl_key *fields, *kinds;
    size_t n_fields, n_kinds, cap_fields, cap_kinds;
    struct range *constant; /* memory that nobody can write to, where literals lie; NULL: not known here */
    size_t n_constant, cap_constant;
    struct arena arena;
};

static void add_key(struct contract *ct, pl_key **keys, size_t *n, size_t *cap, pl_key key)
{
    *keys = arena_grow(&ct->arena, *keys, *n, cap, sizeof **keys);
    (*keys)[(*n)++] = key;
}

static bool has_key(const pl_key *keys, size_t n, pl_key key)
{
    for (size_t i = 0; i < n; i++) {
        if (keys[i] == key)
            return true;
    }
    return false;
}

/* Read once: the program and its plugins stay mapped where they are until the process ends. */
static void read_constant_memory(struct contract *ct)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    bool at_start = true;

    while (maps && fgets(line, sizeof line, maps)) {
        uintptr_t begin, end;
        char may[5];
        const bool whole = strchr(line, '\n') != NULL;
        if (at_start && sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &begin, &end, may) == 3 && may[0] == 'r' &&
            may[1] != 'w') {
            ct->constant = arena_grow(&ct->arena, ct->constant, ct->n_constant, &ct->cap_constant, sizeof *ct->constant);
            ct->constant[ct->n_constant++] = (struct range){begin, end};
        }
        at_start = whole;
    }
    if (maps)
        fclose(maps);
}

struct contract *contract_new(const pl_plugin *plugin, struct intern *names)
{
    struct contract *ct = calloc(1, sizeof *ct);
    pl_str rest = str_of(plugin->writes);
    struct declared d;

    if (!ct)
        out_of_memory();
    ct->plugin = plugin;
    while (declared_next(&rest, &d)) {
        const pl_key key = intern_add(names, d.name);
        if (key == PL_NONE) {
            contract_free(ct);
            return NULL;
        }
        if (d.is_kind)
            add_key(ct, &ct->kinds, &ct->n_kinds, &ct->cap_kinds, key);
        else
            add_key(ct, &ct->fields, &ct->n_fields, &ct->cap_fields, key);
    }
    read_constant_memory(ct);
    return ct;
}

void contract_free(struct contract *ct)
{
    if (ct) {
        arena_done(&ct->arena);
        free(ct);
    }
}

void contract_allow(struct contract *ct, const void *p, size_t n)
{
    ct->constant = arena_grow(&ct->arena, ct->constant, ct->n_constant, &ct->cap_constant, sizeof *ct->constant);
    ct->constant[ct->n_constant++] = (struct range){(uintptr_t)p, (uintptr_t)p + n};
}

/* "dedupe.cluster" is dedupe's own, declared or not. */
static bool is_own(const struct contract *ct, pl_str name)
{
    const pl_str own = str_of(ct->plugin->name);

    return name.len > own.len + 1 && name.ptr[own.len] == '.' && str_eq(str_sub(name, 0, own.len), own);
}

const char *contract_set(const struct contract *ct, const pl_record *r, pl_key key)
{
    if (has_key(ct->fields, ct->n_fields, key) || is_own(ct, record_key_name(r, key)))
        return NULL;
    if (ct->plugin->read) /* which fields a file's lines bring, under our names or others, no source can tell before */
        return NULL;
    return "a field was set that `writes` does not declare";
}

const char *contract_annotate(const struct contract *ct, const pl_record *r, pl_key kind)
{
    (void)r;
    return has_key(ct->kinds, ct->n_kinds, kind) ? NULL : "an annotation was made of a kind that `writes` does not declare";
}

static bool within(pl_str v, uintptr_t begin, uintptr_t end)
{
    const uintptr_t at = (uintptr_t)v.ptr;

    return at >= begin && at <= end && v.len <= end - at;
}

/* Literals may lie across two mappings of one file. */
static bool is_constant(const struct contract *ct, pl_str v)
{
    uintptr_t at = (uintptr_t)v.ptr;
    const uintptr_t end = at + v.len;

    for (size_t i = 0; i < ct->n_constant && at < end; i++) {
        if (ct->constant[i].begin <= at && at < ct->constant[i].end)
            at = ct->constant[i].end;
    }
    return at >= end;
}

const char *contract_view(const struct contract *ct, const pl_record *r, pl_str v)
{
    const uintptr_t raw = (uintptr_t)r->raw.ptr;

    if (v.len == 0 || !ct->constant || arena_owns(&r->arena, v.ptr, v.len))
        return NULL;
    if (r->raw.ptr && within(v, raw, raw + r->raw.len))
        return NULL;
    if (is_constant(ct, v))
        return NULL;
    return "memory was stored that is not the record's: no slice of its fields, not pl_alloc()ed for it, no literal";
}
