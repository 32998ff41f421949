/* entities_word.c - the words of an article, their forms and what the article
 * says about each form. */
#include "entities_word.h"

#include "entities_hash.h"
#include "entities_text.h"

#include <string.h>

static bool is_capital(const struct token *t)
{
    return t->kind == TOKEN_WORD && (t->flags & TOKEN_CAPITAL);
}

static const uint64_t LISTED = GAZ_PLACE | GAZ(NORP) | GAZ(ORG);

/* How many tokens the word that starts at token i has: more than one where
 * hyphens glue words with capitals or numbers together. */
static size_t glued(const struct document *d, size_t i, size_t end)
{
    size_t n = 1;
    const struct token *t = &d->tokens[i];
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_NUMBER)
        return 1;
    while (n + 2 < 16 && i + n + 1 < end) {
        const struct token *dash = &t[n], *next = &t[n + 1];
        bool joined = dash->kind == TOKEN_DASH && (dash->flags & next->flags & TOKEN_GLUED) &&
                      dash->end - dash->begin == 1;
        if (!joined || !(is_capital(next) || next->kind == TOKEN_NUMBER))
            break;
        if ((t[n - 1].classes & LISTED) && (next->classes & LISTED))
            break;
        n += 2;
    }
    return n;
}

/* The training texts have one kind of each; 0 for words. */
static char plain_mark(const struct token *t, const char *text)
{
    switch (t->kind) {
    case TOKEN_OTHER: return '@';
    case TOKEN_QUOTE: return '"';
    case TOKEN_DASH: return '-';
    case TOKEN_STOP: return (unsigned char)text[t->begin] < 0x80 ? text[t->begin] : '.'; /* an ellipsis */
    default: return 0;
    }
}

size_t word_text(const struct words *w, const struct word *word, char out[WORD_TEXT])
{
    size_t len = 0;
    for (size_t i = word->first; i < word->first + word->n; i++) {
        const struct token *t = &w->d->tokens[i];
        if (i == word->first && plain_mark(t, w->d->text)) {
            out[0] = plain_mark(t, w->d->text);
            return 1;
        }
        size_t n = t->key_len ? t->key_len : t->end - t->begin;
        if (n > WORD_TEXT - len)
            n = WORD_TEXT - len;
        memcpy(out + len, token_key(w->d, t), n);
        len += n;
    }
    return len;
}

static bool in_list(const char *const *list, const char *s, size_t len)
{
    for (; *list; list++)
        if (strlen(*list) == len && memcmp(*list, s, len) == 0)
            return true;
    return false;
}

static unsigned char shape_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return 'X';
    if ((c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80)
        return 'x';
    return c >= '0' && c <= '9' ? 'd' : (unsigned char)c;
}

/* Runs of one kind of character as one: "McDonald's" is XxXx'x. */
static uint64_t collapsed_shape(const char *s, size_t len)
{
    char shape[12];
    size_t n = 0;
    for (size_t i = 0; i < len && n < sizeof shape; i++) {
        char c = (char)shape_of(s[i]);
        if (n == 0 || shape[n - 1] != c)
            shape[n++] = c;
    }
    return hash_bytes(shape, n);
}

static uint8_t flags_of(const char *s, size_t len)
{
    static const char *const links[] = {"of", "for", "and", "&", "the", "de", "on", "al", "bin", "van", "von", "la",
                                        "'s", "da", "del", "der", "di", "do", "dos", "el", "ibn", "abu", "in", "to",
                                        "at", "with", "from", "a", "y", "e", "du", "des", "les", "le", NULL};
    static const char *const places[] = {"in", "at", "from", "near", NULL};
    unsigned upper = 0, small = 0;
    uint8_t flags = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = shape_of(s[i]);
        upper += c == 'X';
        small += c == 'x';
    }
    unsigned char first = len ? shape_of(s[0]) : 0;
    if (first == 'X')
        flags |= FORM_CAPITAL;
    else if (upper && small)
        flags |= FORM_MIXED;
    if (first == 'X' || first == 'x')
        flags |= FORM_LETTER;
    if (first == 'd')
        flags |= FORM_NUMBER;
    if (upper > 1 && !small)
        flags |= FORM_CAPITALS;
    if (!upper && len <= 4) {
        flags |= in_list(links, s, len) ? FORM_LINK : 0;
        flags |= in_list(places, s, len) ? FORM_PLACE : 0;
    }
    return flags;
}

static void describe(const struct words *w, const struct word *word, struct form *f, const char *s, size_t len)
{
    char lower[WORD_TEXT];
    const struct token *t = &w->d->tokens[word->first];
    for (size_t i = 0; i < len; i++)
        lower[i] = s[i] >= '0' && s[i] <= '9' ? '0' : ascii_lower(s[i]);
    f->lower = hash_bytes(lower, len);
    f->tail = len > 3 ? hash_bytes(lower + len - 3, 3) : f->lower;
    f->shape = collapsed_shape(s, len);
    f->flags = flags_of(s, len);
    f->len = (uint8_t)len;
    if (word->n == 1)
        f->classes = t->classes;
    else if (t->phrase == word->n)
        f->classes = t->phrase_classes;
    else
        f->classes = t[word->n - 1].classes & (GAZ(LAST) | GAZ_FIRST_NAME | GAZ(ORG_HEAD) | GAZ(LOC_HEAD) | GAZ(EVENT));
    f->casing = f->flags & FORM_LETTER ? model_casing(w->model, f->lower) : CASING_NONE;
    if (f->casing != CASING_UNKNOWN && f->casing & CASING_IN_NAMES) {
        f->casing &= CASING_IN_NAMES - 1;
        f->flags |= FORM_INSIDE;
    }
}

static bool form_add(struct words *w, struct word *word)
{
    char text[WORD_TEXT];
    size_t len = word_text(w, word, text);
    uint64_t hash = hash_bytes(text, len) | 1;
    size_t i = (size_t)(hash >> 20) & w->mask, probes = 0;
    for (; w->slots[i] && probes < HASH_PROBES; i = (i + 1) & w->mask, probes++) {
        if (w->forms[w->slots[i] - 1].hash == hash) {
            word->form = w->slots[i] - 1;
            return true;
        }
    }
    if (w->n_forms == w->cap_forms) {
        struct form *grown = arena_grow(w->d->arena, w->forms, &w->cap_forms, w->n_forms + 1, sizeof *grown);
        if (!grown)
            return false;
        w->forms = grown;
    }
    struct form *f = &w->forms[w->n_forms];
    *f = (struct form){.hash = hash};
    describe(w, word, f, text, len);
    word->form = (uint32_t)w->n_forms++;
    if (!w->slots[i])
        w->slots[i] = (uint32_t)w->n_forms;
    return true;
}

/* Runs of capitalised words. */
static void mark_runs(struct words *w, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (!(word_form(w, i)->flags & FORM_CAPITAL))
            continue;
        bool goes_on = i > first && (word_form(w, i - 1)->flags & FORM_CAPITAL);
        w->at[i].run_first = goes_on ? w->at[i - 1].run_first : (uint32_t)i;
    }
    uint32_t last = 0;
    for (size_t i = end; i-- > first;) {
        if (!(word_form(w, i)->flags & FORM_CAPITAL))
            continue;
        bool goes_on = i + 1 < end && (word_form(w, i + 1)->flags & FORM_CAPITAL);
        last = goes_on ? last : (uint32_t)i;
        w->at[i].run_last = last;
    }
}

/* A small word, number or mark that names are seen to have inside them or at their ends. */
static bool may_join(const struct words *w, size_t i)
{
    const struct token *t = &w->d->tokens[w->at[i].first];
    return (word_form(w, i)->flags & (FORM_NUMBER | FORM_LINK | FORM_INSIDE)) || t->kind == TOKEN_DASH ||
           t->kind == TOKEN_SUFFIX;
}

/* Which words may be part of a name: capitalised and listed ones, and up to four of those that may join them on
 * either side. */
static void mark_active(struct words *w, size_t first, size_t end)
{
    unsigned reach = 0;
    for (size_t i = first; i < end; i++) {
        struct word *word = &w->at[i];
        bool sure = word_form(w, i)->flags & (FORM_CAPITAL | FORM_MIXED) || word->phrase || word->rule;
        reach = sure ? 4 : reach && may_join(w, i) ? reach - 1 : 0;
        word->active = sure || (reach && may_join(w, i));
    }
    reach = 0;
    for (size_t i = end; i-- > first;) {
        struct word *word = &w->at[i];
        bool sure = word_form(w, i)->flags & (FORM_CAPITAL | FORM_MIXED) || word->phrase || word->rule;
        reach = sure ? 4 : reach && may_join(w, i) ? reach - 1 : 0;
        word->active = word->active || (reach && may_join(w, i));
    }
}

static void see(struct form *f, enum evidence_kind kind)
{
    f->seen[kind] = (uint8_t)(f->seen[kind] + (f->seen[kind] < 255));
}

/* "(WHO)" behind words with these initials, or all but one of them. */
static bool is_acronym(const struct words *w, size_t i, size_t first, size_t end)
{
    char text[WORD_TEXT], other[WORD_TEXT];
    if (i < first + 3 || i + 1 >= end || !(word_form(w, i)->flags & FORM_CAPITALS) ||
        w->d->text[w->d->tokens[w->at[i].first - 1].begin] != '(' ||
        w->d->text[w->d->tokens[w->at[i + 1].first].begin] != ')')
        return false;
    size_t n = word_text(w, &w->at[i], text), left = n;
    for (size_t k = i - 1; k-- > first && left > 0;) {
        const struct form *f = word_form(w, k);
        if (f->flags & FORM_CAPITAL) {
            word_text(w, &w->at[k], other);
            if (other[0] != text[left - 1])
                break;
            left--;
        } else if (!(f->flags & FORM_LINK)) {
            break;
        }
    }
    return left == 0 || n - left >= 2;
}

static void see_word(uint64_t words[EVIDENCE_WORDS], const struct form *f)
{
    size_t k = 0;
    while (k < EVIDENCE_WORDS && words[k] && words[k] != f->lower)
        k++;
    if (k < EVIDENCE_WORDS)
        words[k] = f->lower;
}

/* What the place of word i says about its form. */
static void collect_evidence(struct words *w, size_t i, size_t first, size_t end)
{
    struct form *f = &w->forms[w->at[i].form];
    size_t b = w->at[i].run_first, e = w->at[i].run_last;
    const struct form *before = b > first ? word_form(w, b - 1) : NULL;
    const struct form *after = e + 1 < end ? word_form(w, e + 1) : NULL;
    if (i > first && (word_form(w, i - 1)->classes & (GAZ(TITLE) | GAZ(HONORIFIC))))
        see(f, EVIDENCE_TITLE);
    if ((before && (before->classes & GAZ(SAY))) || (after && (after->classes & GAZ(SAY))))
        see(f, EVIDENCE_SAY);
    if (e > b) {
        bool head = false;
        for (size_t k = b; k <= e && k < b + 8; k++)
            head = head || (word_form(w, k)->classes & GAZ(ORG_HEAD));
        if (head)
            see(f, EVIDENCE_ORG_RUN);
        else if (word_form(w, b)->classes & GAZ_FIRST_NAME)
            see(f, EVIDENCE_PERSON_RUN);
        if (i == e) {
            see(f, EVIDENCE_LAST);
            f->run_first = word_form(w, b)->lower;
        } else if (i == b) {
            see(f, EVIDENCE_FIRST);
            f->run_last = word_form(w, e)->lower;
        }
    } else if (i > first) {
        see(f, EVIDENCE_ALONE);
    }
    if (i == e && before && !(before->flags & FORM_CAPITAL))
        see_word(f->before, before);
    if (i == e && after)
        see_word(f->after, after);
    if (before && (before->flags & FORM_PLACE))
        see(f, EVIDENCE_IN);
    if (after && w->d->tokens[w->at[e + 1].first].kind == TOKEN_SUFFIX)
        see(f, EVIDENCE_OWNER);
    if (i > first)
        see(f, EVIDENCE_INSIDE);
    if (is_acronym(w, i, first, end))
        see(f, EVIDENCE_ACRONYM);
}

/* The labels of the rules, word by word. */
static void mark_rules(struct words *w, const struct mentions *rules)
{
    size_t k = 0;
    for (size_t i = 0; i < w->n && k < rules->n; i++) {
        struct word *word = &w->at[i];
        while (k < rules->n && rules->at[k].last < word->first)
            k++;
        if (k == rules->n || rules->at[k].first >= word->first + word->n)
            continue;
        const struct mention *m = &rules->at[k];
        bool inside = i > 0 && m->first < word->first && w->at[i - 1].rule;
        word->rule = (uint8_t)(m->type * 2 + 1 + inside);
        word->margin = m->score < 0 ? 0 : m->score > 31 ? 31 : (uint8_t)m->score;
    }
}

/* Listed phrases of two words and more, the longest from each place. */
static void mark_phrases(struct words *w, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const struct token *t = &w->d->tokens[w->at[i].first];
        size_t until = w->at[i].first + t->phrase;
        if (t->phrase <= w->at[i].n || w->at[i].phrase || !(t->flags & TOKEN_CAPITAL))
            continue;
        w->at[i].phrase = 1;
        for (size_t k = i + 1; k < end && w->at[k].first < until; k++) {
            w->at[k].phrase = 2;
            w->at[k].of = (uint8_t)(k - i);
        }
    }
}

static bool make_words(struct words *w)
{
    const struct document *d = w->d;
    for (size_t s = 0; s < d->n_sentences; s++) {
        w->sentences[s] = (uint32_t)w->n;
        for (size_t i = d->sentences[s].first; i < d->sentences[s].end;) {
            struct word *word = &w->at[w->n++];
            word->n = (uint8_t)glued(d, i, d->sentences[s].end);
            word->first = (uint32_t)i;
            i += word->n;
            if (!form_add(w, word))
                return false;
        }
    }
    w->sentences[d->n_sentences] = (uint32_t)w->n;
    return true;
}

bool words_make(const struct document *d, const struct model *model, const struct mentions *rules, struct words *w)
{
    size_t slots = 256;
    while (slots < d->n_tokens)
        slots *= 2;
    *w = (struct words){.d = d, .model = model, .mask = slots - 1};
    w->at = arena_alloc(d->arena, d->n_tokens + 1, sizeof *w->at);
    w->slots = arena_alloc(d->arena, slots, sizeof *w->slots);
    w->sentences = arena_alloc(d->arena, d->n_sentences + 1, sizeof *w->sentences);
    if (!w->at || !w->slots || !w->sentences || !make_words(w))
        return false;
    mark_rules(w, rules);
    for (size_t s = 0; s < d->n_sentences; s++) {
        size_t first = w->sentences[s], end = w->sentences[s + 1];
        mark_phrases(w, first, end);
        mark_runs(w, first, end);
        mark_active(w, first, end);
        if (d->sentences[s].flags & (SENTENCE_TITLE_CASE | SENTENCE_CAPITALS))
            continue;
        for (size_t i = first; i < end; i++)
            if (word_form(w, i)->flags & FORM_CAPITAL)
                collect_evidence(w, i, first, end);
    }
    return true;
}
