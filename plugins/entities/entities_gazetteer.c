/* entities_gazetteer.c - what is known of a word or phrase by itself.
 *
 * The file's form is told in gazetteer/gaz_file.py, which writes it.  Nothing
 * of it is copied or decoded ahead; every number read from it is checked
 * where it is used. */
#include "entities_gazetteer.h"

#include <stdlib.h>
#include <string.h>

#include "entities_embed.h"

ENTITIES_EMBEDDED(entities_gazetteer_file);

enum part { PILOTS, SLOTS, SETS, HOMES, TEXT, RANKS, REFS, LISTS, COUNTRIES, REGIONS, CITIES, PARTS };

enum { FILE_VERSION = 3, HEADER = 8 + 4 * (2 + 2 * PARTS), LIST_LESSER = 1, LIST_LAST = 2 };

static const char magic[8] = {'\x89', 'g', 'a', 'z', '\r', '\n', '\x1a', '\n'};
static const uint8_t item_size[PARTS] = {2, 4, 12, 4, 1, 10, 2, 3, 8, 3, 14};

struct gazetteer {
    const unsigned char *at[PARTS];
    uint32_t n[PARTS];
};

static uint32_t get16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get64(const unsigned char *p)
{
    return (uint64_t)get32(p) | (uint64_t)get32(p + 4) << 32;
}

static uint64_t mix(uint64_t h)
{
    h *= UINT64_C(0xD6E8FEB86659FD93);
    return h ^ h >> 32;
}

/* Eight bytes at a time; the last ones may be read twice. len > 0. */
static uint64_t hash_name(const char *name, size_t len)
{
    const unsigned char *s = (const unsigned char *)name;
    uint64_t h = len * UINT64_C(0x9E3779B97F4A7C15), tail;
    for (size_t i = 0; i + 8 < len; i += 8)
        h = mix(h ^ get64(s + i));
    if (len >= 8)
        tail = get64(s + len - 8);
    else if (len >= 4)
        tail = get32(s) | (uint64_t)get32(s + len - 4) << 32;
    else
        tail = s[0] | (uint64_t)s[len / 2] << 8 | (uint64_t)s[len - 1] << 16;
    return mix(mix(h ^ tail));
}

/* The slot of a listed name, and that of some other for one that is not. */
static uint32_t slot_of(const struct gazetteer *g, uint64_t hash)
{
    size_t pilot = (size_t)((hash >> 32) * g->n[PILOTS] >> 32);
    uint32_t x = ((uint32_t)hash ^ get16(g->at[PILOTS] + pilot * 2) * 0x9E3779B1u) * 0x85EBCA6Bu;
    x ^= x >> 15;
    return (uint32_t)((uint64_t)x * g->n[SLOTS] >> 32);
}

/* The number of the name's set, 0 where the slot is not the name's; *slot is its slot. */
static uint32_t find_set(const struct gazetteer *g, const char *name, size_t len, uint32_t *slot)
{
    if (!len || len > GAZ_MAX_NAME)
        return 0;
    uint64_t hash = hash_name(name, len);
    *slot = slot_of(g, hash);
    uint32_t found = get32(g->at[SLOTS] + (size_t)*slot * 4);
    return (found & 0xFFFFF) == (hash >> 28 & 0xFFFFF) ? found >> 20 : 0;
}

struct gazetteer *gazetteer_from(const void *data, size_t len, const char **why)
{
    const unsigned char *file = data;
    if (len < HEADER || memcmp(file, magic, sizeof magic) != 0) {
        *why = "not a gazetteer";
        return NULL;
    }
    if (get32(file + 8) != FILE_VERSION) {
        *why = "another version";
        return NULL;
    }
    if (get32(file + 12) != len) {
        *why = "not of the length that it says";
        return NULL;
    }
    struct gazetteer *g = malloc(sizeof *g);
    *why = "out of memory";
    for (size_t part = 0; g && part < PARTS; part++) {
        uint64_t at = get32(file + 16 + part * 8), n = get32(file + 20 + part * 8);
        if (at < HEADER || at + n * item_size[part] > len || n == 0) {
            *why = "a part of it lies outside";
            free(g);
            return NULL;
        }
        g->at[part] = file + at;
        g->n[part] = (uint32_t)n;
    }
    return g;
}

struct gazetteer *gazetteer_new(void)
{
    const char *why;
    return gazetteer_from(entities_gazetteer_file, (size_t)(entities_gazetteer_file_end - entities_gazetteer_file),
                          &why);
}

void gazetteer_free(struct gazetteer *g)
{
    free(g);
}

bool gazetteer_find(const struct gazetteer *g, const char *name, size_t len, struct gaz_entry *found)
{
    uint32_t slot, set = find_set(g, name, len, &slot);
    if (!set || set >= g->n[SETS])
        return false;
    const unsigned char *p = g->at[SETS] + (size_t)set * 12;
    uint32_t home = get16(p + 8);
    *found = (struct gaz_entry){get64(p), (uint16_t)(home < g->n[HOMES] ? home : 0), p[10]};
    return true;
}

const char *gazetteer_home(const struct gazetteer *g, uint16_t home, size_t *len)
{
    const unsigned char *p = g->at[HOMES] + (size_t)home * 4;
    uint32_t at = get16(p);
    *len = at + p[2] <= g->n[TEXT] ? p[2] : 0;
    return (const char *)g->at[TEXT] + (*len ? at : 0);
}

static unsigned count_bits(uint64_t x)
{
    unsigned n = 0;
    for (; x; x &= x - 1)
        n++;
    return n;
}

/* The number of the name's only place, or that of its list plus the number of places; UINT32_MAX for no place. */
static uint32_t find_ref(const struct gazetteer *g, uint32_t slot)
{
    if (slot / 64 >= g->n[RANKS])
        return UINT32_MAX;
    const unsigned char *p = g->at[RANKS] + (size_t)slot / 64 * 10;
    uint64_t bits = get64(p), bit = UINT64_C(1) << slot % 64;
    uint32_t rank = get16(p + 8) + count_bits(bits & (bit - 1));
    return (bits & bit) && rank < g->n[REFS] ? get16(g->at[REFS] + (size_t)rank * 2) : UINT32_MAX;
}

size_t gazetteer_namesakes(const struct gazetteer *g, const char *name, size_t len,
                           struct gaz_namesake found[GAZ_MAX_NAMESAKES])
{
    uint32_t slot, places = gazetteer_n_places(g);
    uint32_t ref = find_set(g, name, len, &slot) ? find_ref(g, slot) : UINT32_MAX;
    if (ref == UINT32_MAX)
        return 0;
    if (ref < places) {
        found[0] = (struct gaz_namesake){(uint16_t)ref, false};
        return 1;
    }
    size_t n = 0;
    for (uint32_t i = ref - places; i < g->n[LISTS] && n < GAZ_MAX_NAMESAKES; i++) {
        const unsigned char *p = g->at[LISTS] + (size_t)i * 3;
        found[n++] = (struct gaz_namesake){(uint16_t)get16(p), (p[2] & LIST_LESSER) != 0};
        if (p[2] & LIST_LAST)
            break;
    }
    return n;
}

uint32_t gazetteer_n_places(const struct gazetteer *g)
{
    return g->n[COUNTRIES] + g->n[REGIONS] + g->n[CITIES];
}

static bool region(const struct gazetteer *g, uint32_t number, struct gaz_place *place)
{
    if (number >= g->n[REGIONS])
        return false;
    const unsigned char *p = g->at[REGIONS] + (size_t)number * 3;
    *place = (struct gaz_place){.kind = GAZ_IS_REGION, .country = p[0], .prior = p[1], .land = p[2] != 0};
    return place->country < g->n[COUNTRIES];
}

static bool city(const struct gazetteer *g, uint32_t number, struct gaz_place *place)
{
    if (number >= g->n[CITIES])
        return false;
    const unsigned char *p = g->at[CITIES] + (size_t)number * 14;
    uint64_t low = get64(p), high = (uint64_t)get32(p + 8) | (uint64_t)p[12] << 32;
    uint32_t in = (uint32_t)(high >> 28) & 0xFFF;
    if (!region(g, in, place))
        return false;
    place->kind = GAZ_IS_CITY;
    place->land = false;
    place->geonames = low & 0xFFFFFF;
    place->latitude = (double)(low >> 24 & 0x1FFFFF) * 180 / 0x1FFFFF - 90;
    place->longitude = (double)((low >> 45 | high << 19) & 0x3FFFFF) * 360 / 0x3FFFFF - 180;
    place->population = (uint32_t)(high >> 3) & 0x1FFFFFF;
    place->prior = p[13];
    place->region = (uint16_t)(g->n[COUNTRIES] + in);
    place->capital = get16(g->at[COUNTRIES] + (size_t)place->country * 8 + 4) == number + 1;
    return true;
}

bool gazetteer_place(const struct gazetteer *g, uint32_t number, struct gaz_place *place)
{
    if (number < g->n[COUNTRIES]) {
        *place = (struct gaz_place){.kind = GAZ_IS_COUNTRY,
                                    .country = (uint16_t)number,
                                    .prior = g->at[COUNTRIES][(size_t)number * 8 + 6]};
        return true;
    }
    number -= g->n[COUNTRIES];
    return number < g->n[REGIONS] ? region(g, number, place) : city(g, number - g->n[REGIONS], place);
}

const char *gazetteer_country_code(const struct gazetteer *g, uint32_t country)
{
    return (const char *)g->at[COUNTRIES] + (size_t)country * 8;
}

uint16_t gazetteer_country_home(const struct gazetteer *g, uint32_t country)
{
    uint32_t home = get16(g->at[COUNTRIES] + (size_t)country * 8 + 2);
    return (uint16_t)(home < g->n[HOMES] ? home : 0);
}

uint32_t gazetteer_home_country(const struct gazetteer *g, uint16_t home)
{
    uint32_t country = g->at[HOMES][(size_t)home * 4 + 3];
    return country <= g->n[COUNTRIES] ? country : 0;
}
