/* entities_speaker.c - who says a quotation: the verb of saying beside it, and
 * that verb's subject. */
#include "entities_speaker.h"

#include "entities_chain.h"
#include "entities_text.h"

enum { REACH = 30 /* tokens that a cue may be away */, FAR = 250 /* and its subject, in a sentence without end */ };

/* Joins the words on both sides of it. */
static bool is_hyphen(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return t->kind == TOKEN_DASH && d->text[t->begin] == '-' && t->end - t->begin == 1 && (t->flags & TOKEN_GLUED) &&
           i + 1 < d->n_tokens && (t[1].flags & TOKEN_GLUED);
}

bool token_is_part(const struct document *d, size_t i)
{
    return (i > 0 && is_hyphen(d, i - 1)) || (i + 1 < d->n_tokens && is_hyphen(d, i + 1));
}

static bool is_say(const struct document *d, size_t i, bool strong)
{
    const struct token *t = &d->tokens[i];
    return token_is_lower(d, i) && !token_is_part(d, i) && (t->classes & (strong ? GAZ(SAY_STRONG) : GAZ(SAY)));
}

bool token_is_pronoun(const struct document *d, size_t i)
{
    static const char *const words[] = {"he", "she", "they", "i", "we", "it", "you", "who", NULL};
    return token_is_any(d, i, words);
}

bool token_is_possessive(const struct document *d, size_t i)
{
    return i < d->n_tokens && ((d->tokens[i].kind == TOKEN_SUFFIX && d->text[d->tokens[i].end - 1] == 's') ||
                               (token_is_mark(d, i, '\'') && (d->tokens[i].flags & TOKEN_GLUED)));
}

/* A word that ends a subject which follows its verb: "said Smith | on Monday". */
bool speaker_ends(const struct document *d, size_t i)
{
    static const char *const words[] = {"in",       "on",        "at",      "after", "during",  "before", "when",
                                        "while",    "as",        "to",      "with",  "about",   "that",   "who",
                                        "which",    "following", "because", "by",    "from",    "adding", "referring",
                                        "speaking", "and",       "but",     "if",    "last",    "this",   "via",
                                        "noting",   "where",     "for",     "near",  "outside", NULL};
    const struct token *t = &d->tokens[i];
    return t->kind == TOKEN_STOP || (t->kind == TOKEN_DASH && !is_hyphen(d, i)) || t->kind == TOKEN_QUOTE ||
           (t->kind == TOKEN_PUNCT && d->text[t->begin] != '\'') || (t->classes & GAZ(DAY)) ||
           (token_is_lower(d, i) && token_is_any(d, i, words));
}

/* No part of a subject that it stands beside. */
static bool is_edge(const struct document *d, size_t i)
{
    return token_is_mark(d, i, ',') || d->tokens[i].kind == TOKEN_DASH || d->tokens[i].kind == TOKEN_QUOTE;
}

/* "a spokesman | for the UN", "officials | in Texas": the mention m of a subject that starts at `first` only describes
 * it. */
static bool describes(const struct attributor *a, size_t first, uint32_t m)
{
    static const char *const links[] = {"of", "for", "from", "in", "at", "with", NULL};
    size_t i = a->m->at[m].first;
    if (i > first && (token_is(a->d, i - 1, "the") || token_is(a->d, i - 1, "a")))
        i--;
    return i > first && token_is_lower(a->d, i - 1) && token_is_any(a->d, i - 1, links);
}

/* The speaker among the words [first, end), a subject: a person, an
 * organisation if it is all of it, else the words themselves. */
void speaker_among(const struct attributor *a, size_t first, size_t end, struct credit *c)
{
    uint32_t person = NO_MENTION, other = NO_MENTION;
    while (first < end && is_edge(a->d, first))
        first++;
    while (first < end && is_edge(a->d, end - 1))
        end--;
    if (first >= end)
        return;
    for (size_t i = first; i < end;) {
        uint32_t m = mention_at(a->m, i);
        if (m == NO_MENTION) {
            if (person != NO_MENTION && token_is_mark(a->d, i, ','))
                break; /* "Kenneth Baer, a former Obama administration official," */
            i++;
            continue;
        }
        const struct mention *p = &a->m->at[m];
        bool owner = token_is_possessive(a->d, (size_t)p->last + 1);
        if (p->type == ENTITY_PER && !owner)
            person = m;
        else if (p->type != ENTITY_NORP && p->type < ENTITY_DATE && !owner && (size_t)p->last + 1 == end &&
                 !describes(a, first, m))
            other = m;
        i = (size_t)p->last + 1;
    }
    /* "Obama's former strategist": the person named is not the one who speaks */
    bool last_word_is_noun = token_is_lower(a->d, end - 1) && mention_at(a->m, end - 1) == NO_MENTION;
    if (person != NO_MENTION && last_word_is_noun && !token_is_mark(a->d, (size_t)a->m->at[person].last + 1, ',') &&
        !token_is_mark(a->d, (size_t)a->m->at[person].last + 1, '(') &&
        (a->d->tokens[end - 1].classes & (GAZ(ROLE) | GAZ(TITLE) | GAZ(SPEECH_NOUN) | GAZ(ORG_NOUN))))
        person = NO_MENTION;
    c->speaker = person != NO_MENTION ? person : other;
    if (c->speaker == NO_MENTION) {
        c->source_first = (uint32_t)first;
        c->source_last = (uint32_t)end - 1;
    }
}

bool speaker_starts(const struct attributor *a, size_t i)
{
    static const char *const words[] = {"the",     "a",         "an",   "his",     "her",       "their",   "my",
                                        "our",     "its",       "one",  "another", "some",      "many",    "several",
                                        "two",     "three",     "most", "others",  "officials", "sources", "police",
                                        "critics", "witnesses", "this", "that",    "former",    "someone", NULL};
    const struct document *d = a->d;
    return (d->tokens[i].flags & TOKEN_CAPITAL) || token_is_pronoun(d, i) || token_is_any(d, i, words) ||
           mention_at(a->m, i) != NO_MENTION || (d->tokens[i].classes & (GAZ(TITLE) | GAZ(HONORIFIC))) ||
           (token_is_lower(d, i) && i + 1 < d->n_tokens &&
            (d->tokens[i + 1].flags & TOKEN_CAPITAL)); /* "panel Chairman Jones" */
}

/* The end of the clause that follows a quotation: a full stop or the next mark. */
static size_t clause_end(const struct document *d, size_t i, size_t stop)
{
    size_t end = i;
    while (end < stop && end < i + REACH && d->tokens[end].kind != TOKEN_STOP && d->tokens[end].kind != TOKEN_QUOTE)
        end++;
    return end;
}

/* The last token before `end` that is no mark which closes a nested quotation: the stop of `... wrong country.'"` */
static size_t last_said(const struct document *d, size_t first, size_t end)
{
    size_t i = end - 1;
    while (i > first && (d->tokens[i].kind == TOKEN_QUOTE ||
                         (d->tokens[i].kind == TOKEN_PUNCT && d->folded[d->tokens[i].begin] == '\'')))
        i--;
    return i;
}

/* `"...," said Smith` and `"...," Smith, who was there, said`; `stop` is the end of the paragraph. */
static struct credit credit_behind(const struct attributor *a, const struct quote *q, size_t stop)
{
    const struct document *d = a->d;
    struct credit c = NO_CREDIT;
    size_t i = (size_t)q->last + 1;
    while (i < stop && d->tokens[i].kind == TOKEN_QUOTE && (d->tokens[i].flags & TOKEN_GLUED))
        i++; /* closed twice */
    size_t final = last_said(d, q->first, q->last);
    bool open_end =
        token_is_mark(d, i, ',') || d->tokens[final].kind != TOKEN_STOP || d->text[d->tokens[final].begin] != '.';
    while (i < stop && (token_is_mark(d, i, ',') || d->tokens[i].kind == TOKEN_DASH))
        i++;
    bool dash = i > (size_t)q->last + 1 && d->tokens[i - 1].kind == TOKEN_DASH;
    size_t end = clause_end(d, i, stop);
    if (i >= end)
        return c;
    if (!open_end && (d->tokens[i].flags & TOKEN_CAPITAL) && !dash)
        return c; /* a new sentence */
    uint32_t m = mention_at(a->m, i);
    if (dash && m != NO_MENTION && a->m->at[m].type == ENTITY_PER && a->m->at[m].last + 1 >= end) {
        c.speaker = m; /* "..." - Jorge Falcon */
        return c;
    }
    if (is_say(d, i, false)) {
        size_t subject = i + 1, last = subject;
        while (last < end && !speaker_ends(d, last))
            last++;
        if (last == subject)
            return c;
        c.cue = (uint32_t)i;
        speaker_among(a, subject, last, &c);
        return c;
    }
    if (!speaker_starts(a, i))
        return c;
    for (size_t v = i + 1; v < end && v < i + 24; v++) {
        bool beside = is_say(d, v, false) && (token_is_pronoun(d, v - 1) || mention_at(a->m, v - 1) != NO_MENTION ||
                                              (d->tokens[v - 1].classes & GAZ(SPEECH_NOUN)));
        if (!is_say(d, v, true) && !beside)
            continue;
        size_t last = v;
        while (last > i + 1 && token_is_lower(d, last - 1) && mention_at(a->m, last - 1) == NO_MENTION &&
               ((d->text[d->tokens[last - 1].end - 1] == 'y' && d->text[d->tokens[last - 1].end - 2] == 'l') ||
                token_is(d, last - 1, "has") || token_is(d, last - 1, "had") || token_is(d, last - 1, "also") ||
                token_is(d, last - 1, "often") || token_is(d, last - 1, "then") || token_is(d, last - 1, "later")))
            last--;
        c.cue = (uint32_t)v;
        speaker_among(a, i, last, &c);
        return c;
    }
    return c;
}

/* "Anna Berg of the Clean Seas Alliance in Oslo": the end of the person, `end` where none is described so. */
static size_t described(const struct attributor *a, size_t low, size_t end)
{
    static const char *const links[] = {"of", "from", "at", "for", "in", "with", NULL};
    static const char *const between[] = {"of", "from", "at", "for", "in", "the", "a", NULL};
    const struct document *d = a->d;
    for (size_t k = end; k > low + 1 && end - k < 14;) {
        uint32_t m = mention_at(a->m, k - 1);
        if (m == NO_MENTION) {
            bool noun = token_is_lower(d, k - 1) && token_is(d, k - 2, "the"); /* "of the institute" */
            if (!noun && !token_is_any(d, k - 1, between))
                return end;
            k--;
            continue;
        }
        const struct mention *p = &a->m->at[m];
        bool first = p->first <= low || !token_is_lower(d, p->first - 1u) || !token_is_any(d, p->first - 1u, links);
        if (p->type == ENTITY_PER)
            return first && k < end && token_is_any(d, k, links) ? k : end;
        k = p->first;
    }
    return end;
}

size_t speaker_end(const struct attributor *a, size_t low, size_t end)
{
    static const char *const leads[] = {"on", "at", "in", "early", "late", NULL};
    static const char *const articles[] = {"a", "an", "the", "his", "her", "its", "their", NULL};
    const struct document *d = a->d;
    size_t last = end;
    uint32_t m = last > low ? mention_at(a->m, last - 1) : NO_MENTION;
    if (m != NO_MENTION && a->m->at[m].type >= ENTITY_DATE && a->m->at[m].first > low) {
        last = a->m->at[m].first;
        while (last > low + 1 && token_is_any(d, last - 1, leads))
            last--;
    }
    for (size_t k = last; k > low + 2 && last - k < 4 && token_is_lower(d, k - 1); k--) {
        if (!token_is_any(d, k - 1, articles))
            continue;
        m = mention_at(a->m, k - 3);
        bool apart = token_is(d, k - 2, "in") || token_is(d, k - 2, "at") || token_is(d, k - 2, "on");
        if (apart && k < last && m != NO_MENTION && a->m->at[m].type <= ENTITY_ORG)
            return k - 2;
        break;
    }
    return described(a, low, last);
}

/* The subject that ends before the verb at v: its first token. */
static size_t subject_start(const struct attributor *a, size_t low, size_t v)
{
    const struct document *d = a->d;
    size_t i = v;
    while (i > low && v - i < 12) {
        uint32_t m = mention_at(a->m, i - 1);
        if (m != NO_MENTION && a->m->at[m].first >= low) {
            i = a->m->at[m].first;
            continue;
        }
        const struct token *t = &d->tokens[i - 1];
        bool joins = token_is(d, i - 1, "of") || token_is_possessive(d, i - 1) ||
                     (t->kind == TOKEN_DASH && (t->flags & TOKEN_GLUED));
        if (token_is_pronoun(d, i - 1))
            return i - 1;
        if (t->kind == TOKEN_STOP || t->kind == TOKEN_QUOTE || t->kind == TOKEN_PUNCT || t->kind == TOKEN_DASH) {
            if (!joins)
                break;
        } else if (token_is_lower(d, i - 1) && !joins &&
                   (speaker_ends(d, i - 1) || (is_say(d, i - 1, true) && v - i > 0))) {
            break;
        }
        i--;
        if (token_is(d, i, "the") || token_is(d, i, "a") || token_is(d, i, "an") || token_is(d, i, "his") ||
            token_is(d, i, "her") || token_is(d, i, "one"))
            break;
    }
    return i;
}

void speaker_before(const struct attributor *a, size_t low, size_t end, struct credit *c)
{
    end = speaker_end(a, low, end);
    size_t start = subject_start(a, low, end);
    if (start < end)
        speaker_among(a, start, end, c);
}

/* The first person, organisation or pronoun of a sentence: who "..., saying" and
 * "Smith, who was there, said" speak of. */
static void sentence_speaker(const struct attributor *a, size_t v, struct credit *c)
{
    size_t low = a->d->sentences[a->d->tokens[v].sentence].first;
    low = v - low > FAR ? v - FAR : low;
    for (size_t i = low; i < v; i++) {
        uint32_t m = mention_at(a->m, i);
        bool name = m != NO_MENTION &&
                    (a->m->at[m].type == ENTITY_PER || (a->m->at[m].type == ENTITY_ORG && i == low)) &&
                    !token_is_possessive(a->d, (size_t)a->m->at[m].last + 1);
        if (name) {
            c->speaker = m;
            return;
        }
        if (token_is_pronoun(a->d, i) && !token_is(a->d, i, "who") && !token_is(a->d, i, "it")) {
            c->source_first = c->source_last = (uint32_t)i;
            return;
        }
    }
}

static bool is_participle(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return t->end - t->begin > 4 && d->text[t->end - 3] == 'i' && d->text[t->end - 2] == 'n' &&
           d->text[t->end - 1] == 'g';
}

/* The credit that the verb at v gives to its subject before it. */
struct credit speaker_of_verb(const struct attributor *a, size_t low, size_t v)
{
    const struct document *d = a->d;
    struct credit c = NO_CREDIT;
    size_t end = speaker_end(a, low, v), last = end;
    while (last > low && end - last < 3 && token_is_lower(d, last - 1) && !token_is_pronoun(d, last - 1) &&
           mention_at(a->m, last - 1) == NO_MENTION && (d->tokens[last - 1].classes & GAZ(COMMON)) &&
           !token_is(d, last - 1, "and") &&
           !(d->tokens[last - 1].classes & (GAZ(SPEECH_NOUN) | GAZ(ROLE) | GAZ(TITLE) | GAZ(ORG_NOUN))))
        last--;
    c.cue = (uint32_t)v;
    bool far = is_participle(d, v) || (last > low && (token_is_mark(d, last - 1, ',') || token_is(d, last - 1, "and")));
    size_t start = far ? last : subject_start(a, low, last);
    if (start < last)
        speaker_among(a, start, last, &c);
    else
        sentence_speaker(a, v, &c);
    return c;
}

/* `Smith said: "..."`, `Smith told reporters, "..."`, `According to Smith, "..."` */
static struct credit credit_before(const struct attributor *a, size_t low, size_t first)
{
    const struct document *d = a->d;
    struct credit c = NO_CREDIT;
    if (first - low > REACH)
        low = first - REACH;
    for (size_t i = first; i > low; i--)
        if ((d->tokens[i - 1].kind == TOKEN_STOP || d->tokens[i - 1].kind == TOKEN_QUOTE) && i < first)
            low = i;
    bool led = first > low &&
               (token_is_mark(d, first - 1, ':') || token_is_mark(d, first - 1, ',') || token_is(d, first - 1, "that"));
    uint32_t named = first > low + 1 && token_is_mark(d, first - 1, ':') ? mention_at(a->m, first - 2) : NO_MENTION;
    if (named != NO_MENTION && a->m->at[named].type <= ENTITY_ORG &&
        (a->m->at[named].first == low || token_is(d, a->m->at[named].first - 1u, "from"))) {
        c.speaker = named; /* `Smith: "..."`, `From Smith: "..."` */
        return c;
    }
    for (size_t v = first; v-- > low;) {
        size_t away = v + 1 + led > first ? 0 : first - v - 1 - led;
        if (away > (led ? 8u : 0u))
            break;
        if (token_is(d, v, "according") && token_is(d, v + 1, "to") && led) {
            c.cue = (uint32_t)v;
            speaker_among(a, v + 2, first - 1, &c);
            return c;
        }
        if (!(d->tokens[v].classes & GAZ(SAY)) ||
            (away > 0 && !is_say(d, v, true) && !token_is_mark(d, first - 1, ':')))
            continue;
        if (v == low && led && v + 1 < first - 1) { /* "Said Ellis: ..." */
            c.cue = (uint32_t)v;
            speaker_among(a, v + 1, first - 1, &c);
            return c;
        }
        if (!is_say(d, v, false))
            continue;
        return speaker_of_verb(a, low, v);
    }
    return c;
}

/* Who spoke in the sentence before, in other words: `It will end, Smith said. "We are ready."` */
static struct credit credit_of_sentence(const struct attributor *a, size_t low, size_t first)
{
    const struct sentence *s = &a->d->sentences[a->d->tokens[first - 1].sentence];
    size_t from = s->first > low ? s->first : low;
    for (size_t v = first; v-- > from && first - v < 60;)
        if (is_say(a->d, v, true) && !is_participle(a->d, v))
            return speaker_of_verb(a, from, v);
    return NO_CREDIT;
}

/* The words between the marks: [*first, *end). */
static void inside(const struct document *d, const struct quote *q, size_t *first, size_t *end)
{
    const struct token *last = &d->tokens[q->last];
    bool closed = last->kind == TOKEN_QUOTE || (last->kind == TOKEN_PUNCT && d->folded[last->begin] == '\'');
    *first = (size_t)q->first + 1;
    *end = (size_t)q->last + !closed;
}

/* What a quotation looks like by itself. */
struct look {
    size_t words, lower; /* counted up to a dozen */
    bool capital;        /* starts with one */
    bool stopped;        /* ends with . ! ? or a comma inside the marks */
    bool embedded;       /* the sentence runs on into it: `is "a disgrace"` */
};

static struct look look_at(const struct document *d, const struct quote *q)
{
    struct look l = {0};
    size_t first, end;
    inside(d, q, &first, &end);
    bool seen = false;
    for (size_t i = first; i < end && l.words < 12; i++) {
        if (d->tokens[i].kind != TOKEN_WORD)
            continue;
        l.words++;
        l.lower += token_is_lower(d, i);
        if (!seen)
            l.capital = (d->tokens[i].flags & TOKEN_CAPITAL) != 0;
        seen = true;
    }
    size_t final = last_said(d, q->first, end);
    l.stopped = d->tokens[final].kind == TOKEN_STOP || token_is_mark(d, final, ',');
    size_t p = token_paragraph(d, q->first)->first;
    l.embedded = q->first > p && (token_is_lower(d, q->first - 1u) || d->tokens[q->first - 1].kind == TOKEN_SUFFIX) &&
                 !is_say(d, q->first - 1u, false) && !token_is(d, q->first - 1u, "that");
    return l;
}

/* Reads like speech, not like a term or a title put in quotation marks. */
static bool is_sentence(const struct look *l)
{
    return (l->capital && l->words >= 4 && l->lower >= 2 && l->stopped) || l->words >= 12;
}

void quote_give(struct quote *q, const struct credit *c)
{
    q->cue = c->cue;
    q->speaker = c->speaker;
    q->source_first = c->source_first;
    q->source_last = c->source_last;
}

static bool has_credit(const struct credit *c)
{
    return c->cue != NO_MENTION || c->speaker != NO_MENTION || c->source_first <= c->source_last;
}

static struct credit credit_of(const struct quote *q)
{
    return (struct credit){q->cue, q->speaker, q->source_first, q->source_last};
}

static bool has_person(const struct quote *q)
{
    return q->speaker != NO_MENTION || q->source_first <= q->source_last;
}

/* The person of the right gender whom "he" or "she" at token i means: who spoke
 * last, else who was named last. */
uint32_t speaker_of_pronoun(const struct attributor *a, size_t i, uint32_t last_speaker)
{
    enum gender g = token_is(a->d, i, "he") ? GENDER_MALE : token_is(a->d, i, "she") ? GENDER_FEMALE : GENDER_UNKNOWN;
    if (g == GENDER_UNKNOWN)
        return NO_MENTION;
    size_t low = 0, high = a->m->n, tried = 0;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (a->m->at[mid].first < i)
            low = mid + 1;
        else
            high = mid;
    }
    if (last_speaker != NO_MENTION && a->m->at[last_speaker].type == ENTITY_PER) {
        const struct mention *p = &a->m->at[a->m->at[last_speaker].chain];
        enum gender known = mention_gender(a->d, p);
        if (known == GENDER_UNKNOWN || known == g)
            return a->m->at[last_speaker].chain;
    }
    uint32_t only = NO_MENTION; /* whose gender nothing tells, if it is one */
    bool many = false;
    for (size_t k = low; k-- > 0 && tried < 12;) {
        const struct mention *p = &a->m->at[k];
        if (p->type != ENTITY_PER || p->chain == NO_MENTION)
            continue;
        tried++;
        enum gender known = mention_gender(a->d, &a->m->at[p->chain]);
        if (known == g)
            return p->chain;
        if (known == GENDER_UNKNOWN) {
            many = many || (only != NO_MENTION && only != p->chain);
            only = p->chain;
        }
    }
    return many ? NO_MENTION : only;
}

/* A clause before a quotation may only use its words: `chanting "Hands up"`, but not `sang "Northern Lights"`. */
static bool speaks(const struct document *d, const struct credit *before, const struct look *l, const struct quote *q)
{
    bool led = token_is_mark(d, q->first - 1u, ':') || token_is_mark(d, q->first - 1u, ',');
    return led || l->stopped || l->lower >= 2 || (before->cue != NO_MENTION && is_say(d, before->cue, true));
}

static bool stops_between(const struct document *d, size_t i, size_t end)
{
    for (; i < end; i++)
        if (d->tokens[i].kind == TOKEN_STOP)
            return true;
    return false;
}

/* May the quotation belong to the one before it, with its words of credit between the two? */
static bool goes_on(const struct attributor *a, const struct quote *previous, const struct quote *q,
                    const struct look *l)
{
    const struct document *d = a->d;
    const struct paragraph *p = token_paragraph(d, q->first);
    if (!previous || !has_person(previous))
        return false;
    if (previous->last >= p->first) {
        bool new_sentence =
            l->capital && (d->tokens[q->first - 1].kind == TOKEN_STOP || d->tokens[q->first - 1].kind == TOKEN_QUOTE);
        bool same_sentence = token_is_mark(d, q->first - 1u, ',') && q->first - previous->last < REACH &&
                             !stops_between(d, previous->last + 1u, q->first);
        return is_sentence(l) || same_sentence || (new_sentence && l->stopped);
    }
    /* the next paragraph is all speech */
    return is_sentence(l) && q->first == p->first && q->last + 2u >= token_paragraph(d, q->last)->end &&
           token_paragraph(d, previous->last)->end == p->first;
}

/* Tries what stands behind, before, and around a quotation, in this order.
 * False where nobody says it. */
static bool attribute(const struct attributor *a, size_t k)
{
    const struct document *d = a->d;
    struct quote *q = &a->q->at[k];
    const struct quote *previous = k > 0 ? &a->q->at[k - 1] : NULL;
    if (q->lined) {
        q->speaker = mention_at(a->m, q->source_last);
        if (q->speaker != NO_MENTION)
            q->source_first = q->source_last + 1;
        return true;
    }
    const struct look look = look_at(d, q);
    size_t start = token_paragraph(d, q->first)->first, stop = token_paragraph(d, q->last)->end;
    size_t low = previous && previous->last >= start ? (size_t)previous->last + 1 : start;
    size_t next = k + 1 < a->q->n && a->q->at[k + 1].first < stop ? a->q->at[k + 1].first : stop;
    bool part = look.embedded && (!look.capital || look.words < 4) && look.words < 12;
    struct credit behind = credit_behind(a, q, next);
    if (has_credit(&behind)) {
        quote_give(q, &behind);
        return !part;
    }
    if (part)
        return false;
    struct credit before = NO_CREDIT;
    if (low < q->first)
        before = credit_before(a, low, q->first);
    else if (q->first == start && start > 0 &&
             token_is_mark(d, start - 1, ':')) /* "Smith said:", the words in a paragraph of their own */
        before = credit_before(a, token_paragraph(d, start - 1)->first, start);
    if (has_credit(&before) && speaks(d, &before, &look, q)) {
        quote_give(q, &before);
        return true;
    }
    if (goes_on(a, previous, q, &look)) {
        struct credit c = credit_of(previous);
        quote_give(q, &c);
        return true;
    }
    if (!is_sentence(&look) || q->doubtful)
        return false;
    if (low < q->first && d->tokens[q->first - 1].kind == TOKEN_STOP) {
        struct credit c = credit_of_sentence(a, low, q->first);
        quote_give(q, &c);
    }
    return true;
}

void quotes_attribute(const struct document *d, const struct mentions *m, struct quotes *q)
{
    struct attributor a = {d, m, q};
    size_t kept = 0;
    for (size_t k = 0; k < q->n; k++)
        q->at[k].said = attribute(&a, k);
    for (size_t k = 0; k < q->n; k++)
        if (q->at[k].said)
            q->at[kept++] = q->at[k];
    q->n = kept;
}

/* Where a quotation is credited. */
static size_t place_of(const struct quote *q)
{
    return q->cue != NO_MENTION ? q->cue : q->first;
}

/* Before "who", with or without a comma: the person who does. */
static uint32_t whose(const struct attributor *a, size_t who)
{
    size_t end = who > 0 && token_is_mark(a->d, who - 1, ',') ? who - 1 : who;
    uint32_t m = end > 0 ? mention_at(a->m, end - 1) : NO_MENTION;
    return m != NO_MENTION && a->m->at[m].type == ENTITY_PER ? a->m->at[m].chain : NO_MENTION;
}

/* Whom the words of a source mean, NO_MENTION where that is not certain. */
static uint32_t resolve(const struct attributor *a, const struct references *r, const struct quote *q,
                        uint32_t last_speaker)
{
    uint32_t known = reference_at(r, q->source_last);
    if (known != NO_MENTION || q->source_first != q->source_last)
        return known;
    if (token_is(a->d, q->source_first, "who"))
        return whose(a, q->source_first);
    return speaker_of_pronoun(a, q->source_first, last_speaker);
}

void quotes_resolve(const struct document *d, const struct mentions *m, const struct references *r, struct quotes *q)
{
    struct attributor a = {d, m, q};
    uint32_t last_speaker = NO_MENTION;
    size_t direct = 0;
    while (direct < q->n && !q->at[direct].indirect)
        direct++;
    for (size_t i = 0, k = direct; i < direct || k < q->n;) {
        bool first = k == q->n || (i < direct && place_of(&q->at[i]) <= place_of(&q->at[k]));
        struct quote *now = &q->at[first ? i++ : k++];
        if (now->speaker != NO_MENTION)
            last_speaker = now->speaker;
        else if (now->source_first <= now->source_last)
            now->source_chain = resolve(&a, r, now, last_speaker);
    }
}
