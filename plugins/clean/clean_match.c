/* clean_match.c - which of several word lists occur in a text.
 *
 * The automaton of Aho and Corasick (1975), with its failure links worked into
 * a full table of transitions: one look-up a byte. */
#include "clean_match.h"

#include <assert.h>
#include <stdlib.h>

enum { SEPARATOR = 1 }; /* class 0 is every byte that no word has */

struct clean_matcher {
    uint8_t class_of[256];
    uint32_t n_classes, n_states;
    uint16_t *next;  /* [state * n_classes + class] */
    uint32_t *found; /* the lists of all words that end in this state */
};

static unsigned fold_byte(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c + 32u;
    if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return c;
    return ' ';
}

/* Numbers the bytes in use; returns the most states that the words can need. */
static size_t number_bytes(struct clean_matcher *m, const struct clean_word_list *lists, size_t n)
{
    size_t bytes = 1;
    m->n_classes = SEPARATOR + 1;
    for (size_t i = 0; i < n; i++)
        for (const char *p = lists[i].words; *p; p++, bytes++) {
            unsigned c = fold_byte((unsigned char)*p);
            if (c != ' ' && !m->class_of[c])
                m->class_of[c] = (uint8_t)m->n_classes++;
        }
    for (unsigned c = 0; c < 256; c++) {
        unsigned f = fold_byte((unsigned char)c);
        m->class_of[c] = f == ' ' ? SEPARATOR : m->class_of[f];
    }
    return bytes;
}

static void add_words(struct clean_matcher *m, const struct clean_word_list *list)
{
    assert(list->set < 32);
    for (const char *p = list->words; *p;) {
        size_t state = 0;
        for (; *p && *p != '|'; p++) {
            uint16_t *to = &m->next[state * m->n_classes + m->class_of[(unsigned char)*p]];
            if (!*to)
                *to = (uint16_t)m->n_states++;
            state = *to;
        }
        if (state)
            m->found[state] |= UINT32_C(1) << list->set;
        p += *p == '|';
    }
}

/* Breadth first: each missing transition becomes that of the longest proper suffix. */
static void link_failures(struct clean_matcher *m, uint16_t *queue, uint16_t *fail)
{
    size_t head = 0, tail = 0, k = m->n_classes;
    for (size_t c = 0; c < k; c++)
        if (m->next[c])
            queue[tail++] = m->next[c];
    while (head < tail) {
        size_t s = queue[head++], f = fail[s];
        m->found[s] |= m->found[f];
        for (size_t c = 0; c < k; c++) {
            uint16_t *to = &m->next[s * k + c];
            if (*to) {
                fail[*to] = m->next[f * k + c];
                queue[tail++] = *to;
            } else {
                *to = m->next[f * k + c];
            }
        }
    }
}

struct clean_matcher *clean_matcher_new(const struct clean_word_list *lists, size_t n)
{
    struct clean_matcher *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    size_t states = number_bytes(m, lists, n);
    assert(states < UINT16_MAX);
    m->n_states = 1;
    m->next = calloc(states * m->n_classes, sizeof *m->next);
    m->found = calloc(states, sizeof *m->found);
    uint16_t *work = calloc(states * 2, sizeof *work);
    if (m->next && m->found && work) {
        for (size_t i = 0; i < n; i++)
            add_words(m, &lists[i]);
        link_failures(m, work, work + states);
    } else {
        clean_matcher_free(m);
        m = NULL;
    }
    free(work);
    return m;
}

void clean_matcher_free(struct clean_matcher *m)
{
    if (!m)
        return;
    free(m->next);
    free(m->found);
    free(m);
}

struct scan {
    size_t state;
    unsigned last;
};

static uint32_t scan_class(const struct clean_matcher *m, struct scan *s, unsigned class)
{
    if (class == SEPARATOR && s->last == SEPARATOR)
        return 0;
    s->last = class;
    s->state = m->next[s->state * m->n_classes + class];
    return m->found[s->state];
}

uint32_t clean_match(const struct clean_matcher *m, pl_str text)
{
    struct scan s = {0};
    uint32_t sets = scan_class(m, &s, SEPARATOR);
    for (size_t i = 0; i < text.len; i++)
        sets |= scan_class(m, &s, m->class_of[(unsigned char)text.ptr[i]]);
    return sets | scan_class(m, &s, SEPARATOR);
}
