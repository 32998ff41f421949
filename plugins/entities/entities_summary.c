/* entities_summary.c - people, organisations and places of an article as JSON. */
#include "entities_summary.h"

#include "entities_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TITLES = 8, MAX_NAME = 400 };

struct entry {
    uint32_t head;  /* the fullest mention */
    uint32_t count; /* 0: not the head of a chain */
    uint32_t first; /* code point at which the first name begins */
    uint32_t place; /* as in struct mention */
    uint32_t titles[MAX_TITLES];
    uint8_t n_titles;
};

struct writer {
    char *at;
    size_t len, cap;
};

/* ---- gathering ---- */

/* The entries of all mentions that head a chain, one for each mention; counts, firsts and places set. */
static struct entry *gather(const struct document *d, const struct article *a)
{
    const struct mentions *m = &a->mentions;
    struct entry *all = arena_alloc(d->arena, m->n + 1, sizeof *all);
    size_t at = 0;
    uint32_t point = 0;
    if (!all)
        return NULL;
    for (size_t i = 0; i < m->n; i++) {
        for (; at < m->at[i].begin; point++)
            utf8_next(d->text, d->len, &at);
        uint32_t head = m->at[i].chain;
        if (head >= m->n)
            continue;
        struct entry *e = &all[head];
        if (e->count++ == 0)
            *e = (struct entry){.head = head, .count = 1, .first = point};
        if (!e->place || head == i)
            e->place = m->at[i].place ? m->at[i].place : e->place;
    }
    for (size_t i = 0; i < a->references.n; i++)
        if (a->references.at[i].chain < m->n && all[a->references.at[i].chain].count)
            all[a->references.at[i].chain].count++;
    return all;
}

/* Forms of address alone are no office: "Mr." and "Dr.", but "King" and "Sen." are one. */
static bool is_office(const struct document *d, const struct title *t)
{
    static const char *const forms[] = {"mr",     "mr.",   "mrs",       "mrs.",   "ms",    "ms.",   "miss",    "mx.",
                                        "dr",     "dr.",   "prof",      "prof.",  "sir",   "dame",  "lord",    "lady",
                                        "doctor", "madam", "professor", "madame", "mme",   "rev",   "rev.",    "hon.",
                                        "father", "fr.",   "reverend",  "sister", "saint", "st.",   "brother", NULL};
    for (size_t i = t->first; i <= t->last; i++)
        if (!token_is_any(d, i, forms))
            return true;
    return false;
}

static bool same_words(const struct document *d, const struct title *a, const struct title *b)
{
    size_t len = a->end - a->begin;
    if (b->end - b->begin != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (ascii_lower(d->text[a->begin + i]) != ascii_lower(d->text[b->begin + i]))
            return false;
    return true;
}

static void gather_titles(const struct document *d, const struct article *a, struct entry *all)
{
    for (size_t i = 0; i < a->titles.n; i++) {
        const struct title *t = &a->titles.at[i];
        uint32_t head = t->person < a->mentions.n ? a->mentions.at[t->person].chain : NO_MENTION;
        if (head >= a->mentions.n || !all[head].count || !is_office(d, t))
            continue;
        struct entry *e = &all[head];
        bool known = e->n_titles == MAX_TITLES;
        for (size_t k = 0; k < e->n_titles && !known; k++)
            known = same_words(d, t, &a->titles.at[e->titles[k]]);
        if (!known)
            e->titles[e->n_titles++] = (uint32_t)i;
    }
}

/* The most often named first, of these the one named first. */
static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

/* ---- writing ---- */

static void put(struct writer *w, const char *s, size_t len)
{
    if (len > w->cap - w->len)
        len = w->cap - w->len; /* cannot be: the room was counted */
    memcpy(w->at + w->len, s, len);
    w->len += len;
}

__attribute__((format(printf, 2, 3))) static void put_format(struct writer *w, const char *format, ...)
{
    char piece[64];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < sizeof piece)
        put(w, piece, (size_t)n);
}

static size_t name_end(uint32_t begin, uint32_t end)
{
    return end - begin > MAX_NAME ? begin + MAX_NAME : end;
}

/* A string of JSON; white space of any kind is one space, and what is no character U+FFFD. */
static void put_words(struct writer *w, const struct document *d, uint32_t begin, uint32_t end)
{
    const size_t stop = name_end(begin, end);
    bool space = false;
    put(w, "\"", 1);
    for (size_t at = begin; at < stop;) {
        size_t from = at;
        uint32_t c = utf8_next(d->text, d->len, &at);
        if (is_space(c)) {
            space = true;
            continue;
        }
        if (space)
            put(w, " ", 1);
        space = false;
        if (c == NOT_A_CHARACTER)
            put(w, "\xEF\xBF\xBD", 3);
        else if (c < 0x20)
            put_format(w, "\\u%04x", (unsigned)c);
        else if (c == '"' || c == '\\')
            put_format(w, "\\%c", (char)c);
        else
            put(w, d->text + from, at - from);
    }
    put(w, "\"", 1);
}

static void put_place(struct writer *w, const struct document *d, uint32_t number)
{
    struct gaz_place place;
    if (!number || !gazetteer_place(d->gaz, number - 1, &place))
        return;
    put_format(w, ",\"country\":\"%.2s\"", gazetteer_country_code(d->gaz, place.country));
    if (place.kind == GAZ_IS_CITY && place.geonames)
        put_format(w, ",\"geonames\":%u", (unsigned)place.geonames);
}

static void put_entry(struct writer *w, const struct document *d, const struct article *a, const struct entry *e)
{
    const struct mention *m = &a->mentions.at[e->head];
    put(w, "{\"name\":", 8);
    put_words(w, d, m->begin, m->end);
    put_format(w, ",\"count\":%u,\"first\":%u", (unsigned)e->count, (unsigned)e->first);
    for (size_t k = 0; k < e->n_titles; k++) {
        const struct title *t = &a->titles.at[e->titles[k]];
        if (k)
            put(w, ",", 1);
        else
            put(w, ",\"titles\":[", 11);
        put_words(w, d, t->begin, t->end);
    }
    if (e->n_titles)
        put(w, "]", 1);
    if (m->type == ENTITY_LOC)
        put_place(w, d, e->place);
    put(w, "}", 1);
}

/* Room for an entry: a byte of text is at most six of JSON. */
static size_t entry_room(const struct article *a, const struct entry *e)
{
    enum { FRAME = 160, PER_BYTE = 6, AROUND = 4 };
    const struct mention *m = &a->mentions.at[e->head];
    size_t room = FRAME + PER_BYTE * (name_end(m->begin, m->end) - m->begin);
    for (size_t k = 0; k < e->n_titles; k++) {
        const struct title *t = &a->titles.at[e->titles[k]];
        room += AROUND + PER_BYTE * (name_end(t->begin, t->end) - t->begin);
    }
    return room;
}

static bool write_list(const struct document *d, const struct article *a, const struct entry *all, uint8_t type,
                       struct summary *list)
{
    struct entry *of_type = arena_alloc(d->arena, a->mentions.n + 1, sizeof *of_type);
    size_t n = 0, room = 2;
    if (!of_type)
        return false;
    for (size_t i = 0; i < a->mentions.n; i++)
        if (all[i].count && a->mentions.at[i].type == type)
            of_type[n++] = all[i];
    qsort(of_type, n, sizeof *of_type, compare);
    n = n > SUMMARY_MAX ? SUMMARY_MAX : n;
    for (size_t i = 0; i < n; i++)
        room += entry_room(a, &of_type[i]) + 1;
    struct writer w = {.at = arena_alloc(d->arena, room, 1), .cap = room};
    if (!w.at)
        return false;
    put(&w, "[", 1);
    for (size_t i = 0; i < n; i++) {
        if (i)
            put(&w, ",", 1);
        put_entry(&w, d, a, &of_type[i]);
    }
    put(&w, "]", 1);
    *list = (struct summary){w.at, w.len, n};
    return true;
}

bool summary_write(const struct document *d, const struct article *a, struct summary lists[SUMMARY_LISTS])
{
    static const uint8_t types[SUMMARY_LISTS] = {ENTITY_PER, ENTITY_ORG, ENTITY_LOC};
    struct entry *all = gather(d, a);
    if (!all)
        return false;
    gather_titles(d, a, all);
    for (size_t l = 0; l < SUMMARY_LISTS; l++)
        if (!write_list(d, a, all, types[l], &lists[l]))
            return false;
    return true;
}
