/* corpus.c - reads annotated texts. */
#include "corpus.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TYPES[] = {"PER", "ORG", "LOC", "MISC"};

void *grow(void *old, size_t n, size_t size)
{
    void *p = n && size > SIZE_MAX / n ? NULL : realloc(old, n ? n * size : 1);
    if (!p) {
        fputs("train-entities: out of memory\n", stderr);
        exit(1);
    }
    return p;
}

static void refuse(const char *path, size_t line, const char *what)
{
    fprintf(stderr, "train-entities: %s:%zu: %s\n", path, line, what);
    exit(1);
}

struct text *corpus_add(struct corpus *c)
{
    if (c->n == c->cap)
        c->at = grow(c->at, c->cap = c->cap ? c->cap * 2 : 64, sizeof *c->at);
    c->at[c->n] = (struct text){.bytes = grow(NULL, 1, 1)};
    return &c->at[c->n++];
}

void text_append(struct text *t, const char *bytes, size_t len)
{
    t->bytes = grow(t->bytes, t->len + len + 1, 1);
    memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
    t->bytes[t->len] = '\0';
}

void text_mark(struct text *t, size_t begin, size_t end, enum span_type type)
{
    if (t->n_spans == t->cap_spans)
        t->spans = grow(t->spans, t->cap_spans = t->cap_spans ? t->cap_spans * 2 : 16, sizeof *t->spans);
    t->spans[t->n_spans++] = (struct span){(uint32_t)begin, (uint32_t)end, (uint8_t)type};
}

void corpus_free(struct corpus *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->at[i].bytes);
        free(c->at[i].spans);
    }
    free(c->at);
    *c = (struct corpus){0};
}

static int type_of(const char *name)
{
    for (int k = 0; k < 4; k++)
        if (strcmp(name, TYPES[k]) == 0)
            return k;
    return -1;
}

/* Bytes before code point `n` of the text, from byte *at, which is code point *count. */
static size_t byte_of(const struct text *t, size_t n, size_t *at, size_t *count)
{
    while (*count < n && *at < t->len) {
        ++*at;
        while (*at < t->len && ((unsigned char)t->bytes[*at] & 0xC0) == 0x80)
            ++*at;
        ++*count;
    }
    return *at;
}

static int compare(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    return (a->begin > b->begin) - (a->begin < b->begin);
}

static void read_json(struct corpus *c, const char *path, size_t line, const char *bytes)
{
    struct json_object *o = json_tokener_parse(bytes), *text, *entities;
    if (!o || !json_object_object_get_ex(o, "text", &text) || !json_object_is_type(text, json_type_string) ||
        !json_object_object_get_ex(o, "entities", &entities) || !json_object_is_type(entities, json_type_array))
        refuse(path, line, "expected an object with \"text\" and \"entities\"");
    struct text *t = corpus_add(c);
    text_append(t, json_object_get_string(text), (size_t)json_object_get_string_len(text));
    for (size_t i = 0; i < json_object_array_length(entities); i++) {
        struct json_object *e = json_object_array_get_idx(entities, i);
        if (!json_object_is_type(e, json_type_array) || json_object_array_length(e) != 3)
            refuse(path, line, "expected an entity as [begin, end, type]");
        struct json_object *name = json_object_array_get_idx(e, 2);
        int type = json_object_is_type(name, json_type_string) ? type_of(json_object_get_string(name)) : -1;
        if (type < 0)
            refuse(path, line, "expected a type of PER, ORG, LOC, MISC");
        text_mark(t, (size_t)json_object_get_int64(json_object_array_get_idx(e, 0)),
                  (size_t)json_object_get_int64(json_object_array_get_idx(e, 1)), (enum span_type)type);
    }
    if (t->n_spans)
        qsort(t->spans, t->n_spans, sizeof *t->spans, compare);
    size_t at = 0, count = 0;
    for (size_t i = 0; i < t->n_spans; i++) {
        size_t begin = byte_of(t, t->spans[i].begin, &at, &count), at2 = at, count2 = count;
        size_t end = byte_of(t, t->spans[i].end, &at2, &count2);
        t->spans[i] = (struct span){(uint32_t)begin, (uint32_t)end, t->spans[i].type};
    }
    json_object_put(o);
}

static void read_column(struct text *t, const char *path, size_t line, char *word)
{
    char *tab = strrchr(word, '\t');
    if (!tab)
        refuse(path, line, "expected WORD<TAB>LABEL");
    *tab = '\0';
    const char *label = tab + 1;
    if (t->len && t->bytes[t->len - 1] != '\n')
        text_append(t, " ", 1);
    size_t begin = t->len;
    text_append(t, word, (size_t)(tab - word));
    if (strcmp(label, "O") == 0)
        return;
    int type = strcmp(label, "?") == 0 ? SPAN_UNKNOWN : label[0] && label[1] == '-' ? type_of(label + 2) : -1;
    if (type < 0)
        refuse(path, line, "expected a label of O, B-PER, I-PER and so on, or ?");
    struct span *last = t->n_spans ? &t->spans[t->n_spans - 1] : NULL;
    if (label[0] == 'I' && last && last->type == type && last->end + 1 == begin)
        last->end = (uint32_t)t->len;
    else
        text_mark(t, begin, t->len, (enum span_type)type);
}

void corpus_read(struct corpus *c, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0, n = 0, len = strlen(path);
    bool columns = len > 6 && strcmp(path + len - 6, ".conll") == 0;
    struct text *t = NULL;
    if (!f)
        refuse(path, 0, "cannot open it");
    for (ssize_t got; (got = getline(&line, &cap, f)) >= 0;) {
        n++;
        if (got && line[got - 1] == '\n')
            line[got - 1] = '\0';
        if (!columns) {
            if (*line)
                read_json(c, path, n, line);
        } else if (strcmp(line, "# document") == 0) {
            t = corpus_add(c);
        } else if (!*line) {
            if (t && t->len && t->bytes[t->len - 1] != '\n')
                text_append(t, "\n", 1);
        } else {
            t = t ? t : corpus_add(c);
            read_column(t, path, n, line);
        }
    }
    free(line);
    fclose(f);
}
