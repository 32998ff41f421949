/* entities.c - the stage: marks persons, organisations, places, nationalities,
 * dates, titles and quotations of an English article as annotations. */
#include "pressline.h"

#include <stdlib.h>

#include "entities_article.h"
#include "entities_date_reader.h"
#include "entities_summary.h"

struct config {
    pl_str model;
    bool summary, dates, titles, references, quotes;
    int64_t max_text;
};

static const pl_option options[] = {
    PL_OPTION(struct config, model, "", "a file with a model of names made by train-entities; empty: the English one "
              "that is built in", .unit = "path"),
    PL_OPTION(struct config, summary, "true", "fields that list the people, organisations and places"),
    PL_OPTION(struct config, dates, "true", "mark dates and times of day"),
    PL_OPTION(struct config, titles, "true", "mark the offices and honorifics of persons"),
    PL_OPTION(struct config, references, "true", "mark pronouns and bare titles that certainly mean a name"),
    PL_OPTION(struct config, quotes, "true", "mark direct and indirect quotations with their speakers"),
    PL_OPTION(struct config, max_text, "4M", "longer texts pass unmarked, counted as `too_long`", .unit = "bytes",
              .min = 1, .max = 1 << 30),
    PL_END,
};

enum kind { KIND_ENTITY, KIND_TITLE, KIND_REFERENCE, KIND_QUOTE, KIND_SOURCE, KIND_CUE, KINDS };

/* Read only once open() is done. */
struct shared {
    struct gazetteer *gaz;
    struct date_index dates;
    struct model model;
    const struct language *language; /* the model's */
    pl_key kinds[KINDS];
    pl_key chain, of, speaker, cue, iso, score, skipped;
    pl_key country, country_name, geonames, lat, lon, population;
    pl_key summary[SUMMARY_LISTS];
    uint32_t entities, quotes, other_language, too_long;
};

/* One annotation to be made. */
struct note {
    uint32_t begin, end;
    uint32_t of; /* which mention, title or quotation it came from */
    uint8_t kind;
    pl_note made;
};

struct notes {
    struct note *at;
    size_t n;
};

/* What the annotations of one article are made from. */
struct work {
    const struct shared *shared;
    const struct document *d;
    const struct article *found;
    struct notes notes;
    pl_note *mentions; /* of each mention, its annotation */
    pl_note *quotes;   /* of each quotation, its own, */
    pl_note *sources;  /* its speaker's words */
    pl_note *cues;     /* and its cue */
};

static bool open_model(pl_self *self, struct shared *s)
{
    const struct config *config = self->config;
    const char *why = "out of memory";
    const bool built_in = config->model.len == 0;
    char *path = strndup(built_in ? "that is built in" : config->model.ptr, built_in ? SIZE_MAX : config->model.len);
    const bool opened = path && (built_in ? model_builtin(&s->model, &why) : model_map(&s->model, path, &why));
    if (!opened)
        pl_log(self, PL_LOG_ERROR, NULL, "cannot use the model of names '%s': %s", path ? path : "", why);
    free(path);
    if (!opened)
        return false;
    const char *code = s->model.header->language;
    s->language = language_find(code, strlen(code));
    s->language = s->language ? s->language : language_english();
    return true;
}

static int entities_open(pl_self *self)
{
    static const char *const kinds[KINDS] = {"entity", "title", "reference", "quote", "source", "cue"};
    struct shared *s = calloc(1, sizeof *s);
    self->shared = s;
    if (!s || !(s->gaz = gazetteer_new())) {
        pl_log(self, PL_LOG_ERROR, NULL, "cannot load the gazetteer: out of memory");
        return PL_RETRY;
    }
    if (!open_model(self, s))
        return PL_FATAL;
    if (s->language->dates)
        date_index_fill(&s->dates, s->language->dates);
    for (size_t k = 0; k < KINDS; k++)
        s->kinds[k] = pl_intern(self, (pl_str){kinds[k], strlen(kinds[k])});
    s->chain = pl_intern(self, PL_S("chain"));
    s->of = pl_intern(self, PL_S("of"));
    s->speaker = pl_intern(self, PL_S("speaker"));
    s->cue = pl_intern(self, PL_S("cue"));
    s->country = pl_intern(self, PL_S("country"));
    s->iso = pl_intern(self, PL_S("iso"));
    s->country_name = pl_intern(self, PL_S("country_name"));
    s->geonames = pl_intern(self, PL_S("geonames"));
    s->lat = pl_intern(self, PL_S("lat"));
    s->lon = pl_intern(self, PL_S("lon"));
    s->population = pl_intern(self, PL_S("population"));
    s->score = pl_intern(self, PL_S("score"));
    s->skipped = pl_intern(self, PL_S("entities.skipped"));
    s->summary[SUMMARY_PEOPLE] = pl_intern(self, PL_S("entities.people"));
    s->summary[SUMMARY_ORGANISATIONS] = pl_intern(self, PL_S("entities.organisations"));
    s->summary[SUMMARY_PLACES] = pl_intern(self, PL_S("entities.places"));
    s->entities = pl_metric(self, PL_S("entities"), PL_S("entities marked"));
    s->quotes = pl_metric(self, PL_S("quotes"), PL_S("quotations marked"));
    s->other_language = pl_metric(self, PL_S("other_language"),
                                  PL_S("records in a language that the model does not serve, passed unmarked"));
    s->too_long = pl_metric(self, PL_S("too_long"), PL_S("records longer than `max_text`, passed unmarked"));
    return PL_OK;
}

static void entities_close(pl_self *self)
{
    struct shared *s = self->shared;
    if (s)
        gazetteer_free(s->gaz);
    if (s)
        model_unmap(&s->model);
    free(s);
}

static int entities_worker_open(pl_self *self)
{
    self->worker = calloc(1, sizeof(struct arena));
    if (self->worker)
        return PL_OK;
    pl_log(self, PL_LOG_ERROR, NULL, "cannot start a worker: out of memory");
    return PL_FATAL;
}

static void entities_worker_close(pl_self *self)
{
    if (self->worker)
        arena_done(self->worker);
    free(self->worker);
}

static void add(struct notes *n, enum kind kind, uint32_t begin, uint32_t end, size_t of)
{
    n->at[n->n++] = (struct note){.begin = begin, .end = end, .of = (uint32_t)of, .kind = (uint8_t)kind};
}

static bool has_source(const struct quote *q)
{
    return q->speaker == NO_MENTION && q->source_first <= q->source_last;
}

/* In the order of the text, the longer of two that begin together first. */
static int compare(const void *left, const void *right)
{
    const struct note *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    if (a->end != b->end)
        return a->end > b->end ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return (a->of > b->of) - (a->of < b->of);
}

static bool collect(struct arena *arena, struct work *w)
{
    const struct article *f = w->found;
    const struct token *t = w->d->tokens;
    w->notes.at =
        arena_alloc(arena, f->mentions.n + f->titles.n + f->references.n + f->quotes.n * 3 + 1, sizeof *w->notes.at);
    w->mentions = arena_alloc(arena, f->mentions.n + 1, sizeof *w->mentions);
    w->quotes = arena_alloc(arena, f->quotes.n + 1, 3 * sizeof *w->quotes);
    if (!w->notes.at || !w->mentions || !w->quotes)
        return false;
    w->sources = w->quotes + f->quotes.n;
    w->cues = w->sources + f->quotes.n;
    for (size_t i = 0; i < f->mentions.n; i++)
        add(&w->notes, KIND_ENTITY, f->mentions.at[i].begin, f->mentions.at[i].end, i);
    for (size_t i = 0; i < f->titles.n; i++)
        add(&w->notes, KIND_TITLE, f->titles.at[i].begin, f->titles.at[i].end, i);
    for (size_t i = 0; i < f->references.n; i++)
        add(&w->notes, KIND_REFERENCE, f->references.at[i].begin, f->references.at[i].end, i);
    for (size_t i = 0; i < f->quotes.n; i++) {
        const struct quote *q = &f->quotes.at[i];
        add(&w->notes, KIND_QUOTE, q->begin, q->end, i);
        if (has_source(q))
            add(&w->notes, KIND_SOURCE, t[q->source_first].begin, t[q->source_last].end, i);
        if (q->cue != NO_MENTION)
            add(&w->notes, KIND_CUE, t[q->cue].begin, t[q->cue].end, i);
    }
    qsort(w->notes.at, w->notes.n, sizeof *w->notes.at, compare);
    return true;
}

static pl_str label_of(const struct work *w, const struct note *n)
{
    static const pl_str labels[ENTITY_TYPES] = {{"PER", 3},  {"ORG", 3},  {"LOC", 3}, {"MISC", 4},
                                                {"NORP", 4}, {"DATE", 4}, {"TIME", 4}};
    static const pl_str references[] = {{"pronoun", 7}, {"title", 5}, {"latter", 6}, {"noun", 4}};
    static const pl_str cues[] = {{"say", 3}, {"think", 5}, {"want", 4}, {"about", 5}};
    if (n->kind == KIND_REFERENCE)
        return references[w->found->references.at[n->of].kind];
    if (n->kind == KIND_ENTITY)
        return labels[w->found->mentions.at[n->of].type];
    if (n->kind == KIND_CUE)
        return cues[w->found->quotes.at[n->of].cue_kind];
    if (n->kind == KIND_QUOTE)
        return w->found->quotes.at[n->of].indirect ? PL_S("indirect") : PL_S("direct");
    return (pl_str){NULL, 0};
}

/* Makes the annotations; two quotations with one speaker's words or one cue share its annotation. */
static int annotate(pl_self *self, pl_record *r, struct work *w)
{
    for (size_t i = 0; i < w->notes.n; i++) {
        struct note *n = &w->notes.at[i];
        const struct note *last = i ? n - 1 : NULL;
        bool same =
            last && n->kind != KIND_TITLE && last->kind == n->kind && last->begin == n->begin && last->end == n->end;
        n->made = same ? last->made : pl_annotate(self, r, w->shared->kinds[n->kind], label_of(w, n), n->begin, n->end);
        if (!n->made)
            return PL_NOMEM;
        switch (n->kind) {
        case KIND_ENTITY: w->mentions[n->of] = n->made; break;
        case KIND_QUOTE: w->quotes[n->of] = n->made; break;
        case KIND_SOURCE: w->sources[n->of] = n->made; break;
        case KIND_CUE: w->cues[n->of] = n->made; break;
        default: break;
        }
    }
    return PL_OK;
}

/* To a hundred-thousandth of a degree, a metre. */
static double degrees(double x)
{
    double scaled = x * 1e5;
    return (double)(int64_t)(scaled < 0 ? scaled - .5 : scaled + .5) / 1e5;
}

static int locate_entity(pl_self *self, pl_record *r, const struct shared *s, pl_note n, uint32_t number)
{
    struct gaz_place place;
    if (!gazetteer_place(s->gaz, number, &place))
        return PL_OK;
    pl_str code = {gazetteer_country_code(s->gaz, place.country), 2}, name;
    name.ptr = gazetteer_home(s->gaz, gazetteer_country_home(s->gaz, place.country), &name.len);
    int rc = pl_note_set(self, r, n, s->country, code);
    if (rc == PL_OK)
        rc = pl_note_set(self, r, n, s->country_name, name);
    if (rc != PL_OK || place.kind != GAZ_IS_CITY)
        return rc;
    rc = pl_note_set_i64(self, r, n, s->geonames, place.geonames);
    if (rc == PL_OK)
        rc = pl_note_set_f64(self, r, n, s->lat, degrees(place.latitude));
    if (rc == PL_OK)
        rc = pl_note_set_f64(self, r, n, s->lon, degrees(place.longitude));
    if (rc == PL_OK)
        rc = pl_note_set_i64(self, r, n, s->population, place.population);
    return rc;
}

static int link_entity(pl_self *self, pl_record *r, const struct work *w, const struct note *n)
{
    const struct mention *m = &w->found->mentions.at[n->of];
    int rc = PL_OK;
    if (m->type >= ENTITY_DATE) {
        if (!m->value)
            return PL_OK;
        const char *iso = w->found->values.at[m->value - 1];
        return pl_note_set(self, r, n->made, w->shared->iso, (pl_str){iso, strlen(iso)});
    }
    if (m->chain != NO_MENTION)
        rc = pl_note_link(self, r, n->made, w->shared->chain, w->mentions[m->chain]);
    if (rc == PL_OK && m->place)
        rc = locate_entity(self, r, w->shared, n->made, m->place - 1);
    if (rc == PL_OK)
        rc = pl_note_set_f64(self, r, n->made, w->shared->score, (double)(int)(m->score * 100 + 0.5F) / 100);
    return rc;
}

static int link_quote(pl_self *self, pl_record *r, const struct work *w, const struct note *n)
{
    const struct quote *q = &w->found->quotes.at[n->of];
    int rc = PL_OK;
    if (q->speaker != NO_MENTION)
        rc = pl_note_link(self, r, n->made, w->shared->speaker, w->mentions[q->speaker]);
    else if (has_source(q))
        rc = pl_note_link(self, r, n->made, w->shared->speaker, w->sources[n->of]);
    if (rc == PL_OK && q->cue != NO_MENTION)
        rc = pl_note_link(self, r, n->made, w->shared->cue, w->cues[n->of]);
    return rc;
}

static int link_notes(pl_self *self, pl_record *r, const struct work *w)
{
    const struct article *f = w->found;
    int rc = PL_OK;
    for (size_t i = 0; i < w->notes.n && rc == PL_OK; i++) {
        const struct note *n = &w->notes.at[i];
        if (n->kind == KIND_ENTITY)
            rc = link_entity(self, r, w, n);
        else if (n->kind == KIND_TITLE)
            rc = pl_note_link(self, r, n->made, w->shared->of, w->mentions[f->titles.at[n->of].person]);
        else if (n->kind == KIND_REFERENCE)
            rc = pl_note_link(self, r, n->made, w->shared->chain, w->mentions[f->references.at[n->of].chain]);
        else if (n->kind == KIND_QUOTE)
            rc = link_quote(self, r, w, n);
        else if (n->kind == KIND_SOURCE && f->quotes.at[n->of].source_chain != NO_MENTION)
            rc = pl_note_link(self, r, n->made, w->shared->chain, w->mentions[f->quotes.at[n->of].source_chain]);
    }
    return rc;
}

static int summarise(pl_self *self, pl_record *r, const struct work *w)
{
    struct summary lists[SUMMARY_LISTS];
    int rc = PL_OK;
    if (!summary_write(w->d, w->found, lists))
        return PL_RETRY;
    for (size_t l = 0; l < SUMMARY_LISTS && rc == PL_OK; l++) {
        const pl_str json = {lists[l].json, lists[l].len};
        rc = lists[l].n ? pl_set_json(self, r, w->shared->summary[l], json)
                        : pl_set_list(self, r, w->shared->summary[l], (pl_list){NULL, 0});
    }
    return rc;
}

static struct when_day day_of(pl_str field)
{
    return when_parse(field.ptr, field.len);
}

static int entities_process(pl_self *self, pl_record *r)
{
    const struct config *config = self->config;
    const struct shared *shared = self->shared;
    pl_str text = pl_get(self, r, PL_TEXT);
    if (text.len == 0)
        return PL_OK;
    const pl_str language = pl_get(self, r, PL_LANGUAGE);
    if (!model_serves(&shared->model, language.ptr, language.len)) {
        pl_count(self, shared->other_language, 1);
        return pl_set(self, r, shared->skipped, PL_S("language"));
    }
    if (text.len > (uint64_t)config->max_text) {
        pl_count(self, shared->too_long, 1);
        return pl_set(self, r, shared->skipped, PL_S("max_text"));
    }
    struct arena *arena = self->worker;
    struct document d;
    struct article found;
    struct work w = {.shared = shared, .d = &d, .found = &found};
    const struct article_options wanted = {.model = &shared->model,
                                           .language = shared->language,
                                           .dates = config->dates,
                                           .titles = config->titles,
                                           .references = config->references,
                                           .quotes = config->quotes,
                                           .date_index = &shared->dates,
                                           .published = day_of(pl_get(self, r, PL_PUBLISHED)),
                                           .dateline = day_of(pl_get(self, r, PL_DATELINE_DATE))};
    int rc = PL_RETRY; /* no memory: the text is not at fault */
    if (article_mark(arena, shared->gaz, text.ptr, text.len, &wanted, &d, &found) && collect(arena, &w))
        rc = annotate(self, r, &w);
    else
        pl_log(self, PL_LOG_WARN, r, "out of memory");
    if (rc == PL_OK)
        rc = link_notes(self, r, &w);
    if (rc == PL_OK && config->summary)
        rc = summarise(self, r, &w);
    if (rc == PL_OK) {
        pl_count(self, shared->entities, found.mentions.n);
        pl_count(self, shared->quotes, found.quotes.n);
    }
    arena_reset(arena);
    return rc;
}

PL_PLUGIN("entities", "mark persons, organisations, places, dates and quotations", .version = "1.0",
          .license = "Apache-2.0", .options = options, .config_size = sizeof(struct config),
          .reads = "text, language?, published?, dateline_date?",
          .writes = "entities.skipped, entities.people, entities.organisations, entities.places, "
                    "+entity, +title, +reference, +quote, +source, +cue",
          .open = entities_open,
          .worker_open = entities_worker_open, .process = entities_process, .worker_close = entities_worker_close,
          .close = entities_close, )
