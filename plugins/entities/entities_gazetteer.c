/* entities_gazetteer.c - what is known of a word or phrase by itself: an open
 * hash over the compiled-in lists, whose text it points into. */
#include "entities_gazetteer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SETS = 512, MAX_HOMES = 1024 };

/* Eight bytes, so that the whole index stays in a second-level cache while it is built. */
struct slot {
    uint64_t at : 21; /* of the name in entities_names, plus 1; 0: free */
    uint64_t len : 7;
    uint64_t set : 9;
    uint64_t home : 10;
    uint64_t max_words : 3;
    uint64_t tag : 14; /* of the hash, to spare most comparisons */
};

struct home {
    uint32_t at, len;
};

struct gazetteer {
    struct slot *slots;
    size_t mask;
    size_t n_sets, n_homes;
    uint64_t sets[MAX_SETS];
    struct home homes[MAX_HOMES];
};

static uint32_t hash_name(const char *s, size_t len)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)s[i]) * 16777619u;
    return h ^ h >> 15;
}

static struct slot *find_slot(const struct gazetteer *g, const char *name, size_t len, uint32_t hash)
{
    size_t i = hash & g->mask;
    while (g->slots[i].at) {
        const struct slot *s = &g->slots[i];
        if (s->tag == hash >> 18 && s->len == len && memcmp(entities_names + s->at - 1, name, len) == 0)
            break;
        i = (i + 1) & g->mask;
    }
    return &g->slots[i];
}

static struct slot *insert(struct gazetteer *g, size_t at, size_t len)
{
    uint32_t hash = hash_name(entities_names + at, len);
    struct slot *s = find_slot(g, entities_names + at, len, hash);
    if (!s->at) {
        s->at = (at + 1) & 0x1FFFFF;
        s->len = len & 0x7F;
        s->tag = (uint64_t)hash >> 18 & 0x3FFF;
    }
    return s;
}

static uint64_t parse_set(const char *letters, size_t len)
{
    uint64_t set = 0;
    for (size_t i = 0; i < len; i++) {
        char c = letters[i];
        set |= UINT64_C(1) << (c >= 'a' ? c - 'a' : 26 + c - 'A');
    }
    return set;
}

/* Of a phrase, its first word is told how long the phrase is. */
static void note_phrase(struct gazetteer *g, size_t at, size_t len)
{
    const char *space = memchr(entities_names + at, ' ', len);
    if (!space)
        return;
    size_t first = (size_t)(space - (entities_names + at));
    unsigned words = 1;
    for (size_t i = first; i < len; i++)
        words += entities_names[at + i] == ' ';
    struct slot *s = insert(g, at, first);
    if (s->max_words < words)
        s->max_words = words & 7;
}

/* The number of a set of classes; each is kept once. */
static uint16_t set_number(struct gazetteer *g, uint64_t set)
{
    uint16_t i = 0;
    while (i < g->n_sets && g->sets[i] != set)
        i++;
    assert(i < MAX_SETS);
    g->sets[i] = set;
    g->n_sets += i == g->n_sets;
    return i;
}

static uint16_t home_number(struct gazetteer *g, size_t at, size_t len)
{
    uint16_t i = 1;
    while (i < g->n_homes &&
           (g->homes[i].len != len || memcmp(entities_names + g->homes[i].at, entities_names + at, len) != 0))
        i++;
    assert(i < MAX_HOMES);
    g->homes[i] = (struct home){(uint32_t)at, (uint32_t)len};
    g->n_homes += i == g->n_homes;
    return i;
}

/* One line, CLASSES[=HOME]:NAME,NAME,... */
static void index_line(struct gazetteer *g, size_t line, size_t end)
{
    const char *text = entities_names;
    size_t colon = (size_t)((const char *)memchr(text + line, ':', end - line) - text);
    const char *equals = memchr(text + line, '=', colon - line);
    size_t letters = equals ? (size_t)(equals - text) - line : colon - line;
    uint16_t set = set_number(g, parse_set(text + line, letters));
    uint16_t home = equals ? home_number(g, line + letters + 1, colon - line - letters - 1) : 0;
    for (size_t at = colon + 1; at < end;) {
        const char *comma = memchr(text + at, ',', end - at);
        size_t len = (comma ? (size_t)(comma - text) : end) - at;
        struct slot *s = insert(g, at, len);
        s->set = (uint64_t)set & (MAX_SETS - 1);
        s->home = (uint64_t)home & (MAX_HOMES - 1);
        note_phrase(g, at, len);
        at += len + 1;
    }
}

static size_t count_names(size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += entities_names[i] == ',' || entities_names[i] == '\n';
    return n;
}

struct gazetteer *gazetteer_new(void)
{
    struct gazetteer *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    size_t len = strlen(entities_names);
    assert(len < 1 << 21);
    size_t wanted = count_names(len) * 6 / 5, size = 1024;
    while (size < wanted)
        size *= 2;
    g->mask = size - 1;
    g->slots = calloc(size, sizeof *g->slots);
    if (!g->slots) {
        free(g);
        return NULL;
    }
    g->n_sets = 1; /* number 0 is no class: the first word of a phrase, alone */
    g->n_homes = 1;
    for (size_t line = 0; line < len;) {
        size_t end = (size_t)((const char *)memchr(entities_names + line, '\n', len - line) - entities_names);
        index_line(g, line, end);
        line = end + 1;
    }
    return g;
}

void gazetteer_free(struct gazetteer *g)
{
    if (!g)
        return;
    free(g->slots);
    free(g);
}

bool gazetteer_find(const struct gazetteer *g, const char *name, size_t len, struct gaz_entry *found)
{
    if (!len || len > GAZ_MAX_NAME)
        return false;
    const struct slot *s = find_slot(g, name, len, hash_name(name, len));
    if (!s->at)
        return false;
    *found = (struct gaz_entry){g->sets[s->set], (uint16_t)s->home, (uint8_t)s->max_words};
    return true;
}

const char *gazetteer_home(const struct gazetteer *g, uint16_t home, size_t *len)
{
    *len = g->homes[home].len;
    return entities_names + g->homes[home].at;
}
