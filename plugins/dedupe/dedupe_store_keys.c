/* dedupe_store_keys.c - the entries of a store's table in a file, in their order, so that it can be made again. */
#include "dedupe_store_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Then the keys. */
struct head {
    uint32_t doc, n;
    uint64_t check; /* of all before, doc, n, and the keys */
};

void store_keys_name(char *name, uint64_t number)
{
    snprintf(name, STORE_NAME, "keys-%08llx", (unsigned long long)number);
}

int store_keys_begin(struct store_keys *k, struct store_folder *f, uint64_t number, size_t buffer)
{
    char name[STORE_NAME];

    *k = (struct store_keys){.end = {.number = number, .check = store_seed(f->salt, number, 0)}};
    store_keys_name(name, number);
    const int rc = store_file_make(f, &k->file, name);
    return rc == PL_OK ? store_out_open(&k->out, &k->file, buffer, 0) : rc;
}

void store_keys_close(struct store_keys *k)
{
    store_out_close(&k->out);
    store_file_close(&k->file);
    *k = (struct store_keys){0};
}

static uint64_t check_of(uint64_t before, const struct head *head, const uint64_t *key)
{
    return store_check(store_check(before, head, offsetof(struct head, check)), key, head->n * sizeof *key);
}

int store_keys_add(struct store_keys *k, uint32_t doc, const uint64_t *key, size_t n)
{
    struct head head = {.doc = doc, .n = (uint32_t)n};
    int rc;

    head.check = check_of(k->end.check, &head, key);
    rc = store_out_add(&k->out, &head, sizeof head);
    if (rc == PL_OK)
        rc = store_out_add(&k->out, key, n * sizeof *key);
    if (rc != PL_OK)
        return rc;
    k->end.length += sizeof head + n * sizeof *key;
    k->end.check = head.check;
    return PL_OK;
}

int store_keys_sync(struct store_keys *k)
{
    int rc = k->out.buf ? store_out_flush(&k->out) : PL_OK;

    return rc == PL_OK && k->file.folder ? store_file_sync(&k->file) : rc;
}

static int take_entry(struct store_keys *k, const struct store_keys_mark *mark, struct store_table *t, uint64_t n_docs,
                      uint64_t *key)
{
    struct store_folder *f = k->file.folder;
    const uint64_t at = k->end.length, left = mark->length - at;
    struct head head;
    int rc = PL_OK;

    if (left < sizeof head)
        return store_damaged(f, k->file.name, at, "a piece of it is cut");
    rc = store_out_read(&k->out, &head, sizeof head, at);
    if (rc != PL_OK)
        return rc;
    if (head.n > DEDUPE_STORE_MAX_KEYS || head.n * sizeof *key > left - sizeof head)
        return store_damaged(f, k->file.name, at, "a count of keys that cannot be");
    rc = store_out_read(&k->out, key, head.n * sizeof *key, at + sizeof head);
    if (rc != PL_OK)
        return rc;
    if (head.check != check_of(k->end.check, &head, key))
        return store_damaged(f, k->file.name, at, "the keys from there have another checksum");
    if (head.doc >= n_docs)
        return store_damaged(f, k->file.name, at, "a document that was never kept");
    if (store_table_stretch(t, head.n) != PL_OK)
        return store_no_memory(f);
    for (uint32_t i = 0; i < head.n; i++) {
        if (key[i] >> STORE_KEY_BITS)
            return store_damaged(f, k->file.name, at, "a key that is too long");
        store_table_add(t, key[i], head.doc);
    }
    k->end.length += sizeof head + head.n * sizeof *key;
    k->end.check = head.check;
    return PL_OK;
}

int store_keys_take(struct store_keys *k, struct store_folder *f, const struct store_keys_mark *mark, size_t buffer,
                    struct store_table *t, uint64_t n_docs)
{
    uint64_t *key = malloc(DEDUPE_STORE_MAX_KEYS * sizeof *key);
    char name[STORE_NAME];
    int rc = key ? PL_OK : store_no_memory(f);

    *k = (struct store_keys){.end = {.number = mark->number, .check = store_seed(f->salt, mark->number, 0)}};
    store_keys_name(name, mark->number);
    if (rc == PL_OK)
        rc = store_file_open(f, &k->file, name, mark->length, false);
    if (rc == PL_OK)
        rc = store_out_open(&k->out, &k->file, buffer, mark->length);
    while (rc == PL_OK && k->end.length < mark->length)
        rc = take_entry(k, mark, t, n_docs, key);
    if (rc == PL_OK && k->end.check != mark->check)
        rc = store_damaged(f, k->file.name, 0, "the bytes are not those that were written last");
    if (rc == PL_OK && !f->read_only)
        rc = store_file_cut(&k->file, mark->length);
    free(key);
    return rc;
}
