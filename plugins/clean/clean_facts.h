/* clean_facts.h - what a page says of its article beside the text.
 *
 * clean_facts_find() gathers the sources once: <meta>, JSON-LD, headings. Each
 * of the other functions answers one question from them, in the order in which
 * the sources proved right on news pages.  An answer that the page does not
 * give is empty.  All of them are normalised and live in the arena. */
#ifndef CLEAN_FACTS_H
#define CLEAN_FACTS_H

#include "clean_blocks.h"
#include "clean_date.h"
#include "clean_json.h"

struct clean_meta {
    pl_str name, value; /* value as it stands in the page */
};

struct clean_heading {
    pl_str text, folded;
    uint32_t block; /* the first under it */
};

enum { CLEAN_MAX_SITES = 10, CLEAN_MAX_H1 = 12, CLEAN_MAX_LIST = 50, CLEAN_MAX_DATED = 200 };

/* Who says how the site is called. */
enum clean_site_source {
    CLEAN_SITE_OG,
    CLEAN_SITE_PUBLISHER,
    CLEAN_SITE_WEBSITE, /* an object of JSON-LD */
    CLEAN_SITE_META,    /* of a publisher or owner of rights */
    CLEAN_SITE_APP,
    CLEAN_SITE_TWITTER,
    CLEAN_SITE_TITLE, /* what <title> says behind the headline */
    CLEAN_N_SITE_SOURCES
};

/* What the page's head says is its title. */
enum clean_head { CLEAN_HEAD_OG, CLEAN_HEAD_TWITTER, CLEAN_HEAD_LD, CLEAN_HEAD_PAGE, CLEAN_N_HEADS };

struct clean_facts {
    struct clean_arena *arena;
    const struct clean_blocks *blocks;
    pl_str url; /* the record's, may be empty */

    struct clean_meta *metas;
    size_t n_metas;
    struct clean_json ld;
    uint32_t article; /* the JSON-LD object of the article; CLEAN_NONE */
    pl_str page_title, page_lang, canonical_link;
    struct clean_heading h1[CLEAN_MAX_H1];
    size_t n_h1;
    pl_str sites[CLEAN_MAX_SITES]; /* names of the site */
    pl_str folded_sites[CLEAN_MAX_SITES];
    enum clean_site_source site_sources[CLEAN_MAX_SITES];
    size_t n_sites;
    pl_str owner; /* "example" of www.example.org */
    pl_str heads[CLEAN_N_HEADS], folded_heads[CLEAN_N_HEADS];
    const struct clean_heading *h1_best; /* the one most like the heads; NULL without one */
    bool h1_weak;                        /* it is not like them */
    size_t headline;                     /* the block that holds the headline; the first when none does */
    bool headline_known;
    size_t text_begin, text_end;     /* the article's text stands in these blocks; see clean_facts_set_text() */
    uint32_t dated[CLEAN_MAX_DATED]; /* elements that may tell a date by an attribute, or are <time> */
    size_t n_dated;
    bool month_first; /* the page writes 11/8/2021 */
};

/* 0, or PL_NOMEM. */
int clean_facts_find(struct clean_facts *f, const struct clean_blocks *b, pl_str url, struct clean_arena *a);

/* Tells which blocks are the article's text: what stands near it, or in it, is weighed by that. */
void clean_facts_set_text(struct clean_facts *f, const bool *keep);

/* The value of the first of the metas "name|name|..." that has one, normalised. */
pl_str clean_facts_meta(const struct clean_facts *f, const char *names);
/* A member of the article's JSON-LD object as text, normalised. */
pl_str clean_facts_ld(const struct clean_facts *f, pl_str key);
/* The same as a value to look into; 0 when there is none. */
uint32_t clean_facts_ld_value(const struct clean_facts *f, pl_str key);
/* One more name of the site. */
void clean_facts_add_site(struct clean_facts *f, enum clean_site_source source, pl_str name);
/* Is it one of the site's names, once folded? */
bool clean_facts_is_site(const struct clean_facts *f, pl_str folded);
/* The names of `levels` elements from `node` up, together. */
uint32_t clean_facts_parts(const struct clean_facts *f, uint32_t node, int levels);

/* clean_title.c */
/* Sets h1_best, h1_weak and headline. */
void clean_find_headline(struct clean_facts *f);
pl_str clean_find_title(const struct clean_facts *f);
/* What <title> says behind the headline, mostly the site's name; empty when it says no more. */
pl_str clean_title_rest(const struct clean_facts *f);
/* clean_byline.c */
pl_list clean_find_byline(const struct clean_facts *f);
/* The names in "By Jane Doe and John Roe", "Jane Doe, Reuters": what a line that may be a byline
 * says.  `marked`: the line is known to be one, a single name is believed. */
pl_list clean_names_in(struct clean_arena *a, pl_str line, bool marked);
/* Does the line begin with "By", "Von" or the like, or hold nothing else?  Says how many bytes that takes, 0 for no. */
size_t clean_byline_mark(pl_str line);
/* clean_published.c */
bool clean_find_published(const struct clean_facts *f, struct clean_date *d);
bool clean_find_modified(const struct clean_facts *f, struct clean_date *d);
/* clean_about.c */
pl_str clean_find_site(const struct clean_facts *f);
/* The part of the page's host that names its owner. */
pl_str clean_find_owner(const struct clean_facts *f);
/* Is a name, once folded, that of the owner of the address? */
bool clean_names_owner(const struct clean_facts *f, pl_str folded);
pl_str clean_find_language(const struct clean_facts *f);
pl_str clean_find_canonical(const struct clean_facts *f);
pl_str clean_find_section(const struct clean_facts *f);
pl_str clean_find_summary(const struct clean_facts *f);
pl_str clean_find_image(const struct clean_facts *f);
pl_list clean_find_tags(const struct clean_facts *f);

#endif
