/* clean_title.c - the headline of a page.
 *
 * The headline stands in several places, each of them wrong on some sites:
 * <title> and og:title carry the site's name or are shortened for search
 * engines, the h1 may hold a kicker or the site's logo.  Each place votes for
 * what it says, less a site's name at either end; equal strings share their
 * votes.  The weights were tuned on news pages. */
#include <string.h>

#include "clean_facts.h"
#include "clean_norm.h"
#include "clean_utf8.h"

enum { MAX_TITLES = 8, MAX_TOKENS = 60, MIN_HEADLINE = 12, MAX_SITE_WORDS = 3, MAX_SEPARATORS = 12 };

static const float weight_h1 = 2.5F, weight_h1_weak = .3F, weight_h1_beside_ld = -.5F, weight_og = 1.5F,
                   weight_twitter = .5F, weight_ld = 2, weight_page = -.2F, weight_page_agrees = .5F,
                   weight_h1_tail = 3, weight_h1_head = 2;

struct title {
    pl_str text, folded;
    float votes;
};

struct titles {
    const struct clean_facts *f;
    struct title at[MAX_TITLES];
    size_t n;
};

static size_t split_words(pl_str folded, pl_str *words)
{
    size_t n = 0;
    pl_str part;
    while (folded.len && n < MAX_TOKENS && clean_split(&folded, ' ', &part))
        words[n++] = part;
    return n;
}

static bool has(const pl_str *words, size_t n, pl_str w)
{
    for (size_t i = 0; i < n; i++)
        if (clean_equal(words[i], w))
            return true;
    return false;
}

static size_t count_words(pl_str folded)
{
    size_t n = folded.len > 0;
    for (size_t i = 0; i < folded.len; i++)
        n += folded.ptr[i] == ' ';
    return n;
}

/* How alike two folded titles are, 0 to 1: shared words, or one nearly within the other. */
static float likeness(pl_str a, pl_str b)
{
    pl_str x[MAX_TOKENS], y[MAX_TOKENS];
    size_t nx = split_words(a, x), ny = split_words(b, y), both = 0, x_only = 0, y_only = 0;
    for (size_t i = 0; i < nx; i++) {
        if (has(x, i, x[i]))
            continue;
        has(y, ny, x[i]) ? both++ : x_only++;
    }
    for (size_t i = 0; i < ny; i++)
        y_only += !has(y, i, y[i]) && !has(x, nx, y[i]);
    if (!both)
        return 0;
    float best = (float)both / (float)(both + x_only + y_only);
    float within_y = nx >= 3 ? .9F * (float)both / (float)(both + x_only) : 0;
    float within_x = ny >= 3 ? .9F * (float)both / (float)(both + y_only) : 0;
    best = within_y > best ? within_y : best;
    return within_x > best ? within_x : best;
}

static bool ends_with(pl_str s, pl_str tail)
{
    return s.len > tail.len && s.ptr[s.len - tail.len - 1] == ' ' &&
           clean_equal(clean_slice(s, s.len - tail.len, s.len), tail);
}

static bool begins_with(pl_str s, pl_str head)
{
    return s.len > head.len && s.ptr[head.len] == ' ' && clean_equal(clean_slice(s, 0, head.len), head);
}

/* The next separator in `s` from *at: "x | y", "x - y", "x: y".  *at becomes where it begins; returns its length. */
static size_t next_separator(pl_str s, size_t *at)
{
    bool space = false;
    size_t begin = 0;
    for (const char *p = s.len ? s.ptr + *at : s.ptr, *end = clean_end(s); p < end;) {
        const char *from = p;
        uint32_t c = clean_utf8_next(&p, end);
        size_t i = (size_t)(from - s.ptr);
        if (c == ' ') {
            begin = space ? begin : i;
            space = true;
            continue;
        }
        bool strong = c == '|' || c == 0xBB || c == 0xAB || c == 0x2022;
        bool weak = c == '-' || c == 0x2013 || c == 0x2014 || c == 0xB7 || c == '~' || c == '<' || c == '>' || c == ':';
        bool space_after = p < end && *p == ' ';
        if (strong || (weak && space && space_after) || (c == ':' && space_after && i > 0)) {
            *at = space ? begin : i;
            while (p < end && *p == ' ')
                p++;
            return (size_t)(p - s.ptr) - *at;
        }
        space = false;
    }
    return 0;
}

static bool names_site(const struct clean_facts *f, pl_str tail)
{
    if (!tail.len)
        return false;
    for (size_t i = 0; i < f->n_sites; i++) {
        pl_str site = f->folded_sites[i];
        if (clean_equal(tail, site) || ((ends_with(tail, site) || clean_find_nocase(tail, site) < tail.len) &&
                                        count_words(tail) <= count_words(site) + 3))
            return true;
    }
    return count_words(tail) <= MAX_SITE_WORDS && f->owner.len >= 4 && tail.len <= 3 * f->owner.len &&
           clean_names_owner(f, tail);
}

/* Where a separator follows the words of an h1 in `title`, and how long it is; 0 when none does. */
static size_t end_of_h1(const struct clean_facts *f, pl_str title, size_t *at)
{
    size_t len;
    *at = 0;
    for (int tries = 0; tries < MAX_SEPARATORS && (len = next_separator(title, at)) > 0; tries++, *at += len) {
        pl_str head = clean_fold(f->arena, clean_slice(title, 0, *at));
        for (size_t i = 0; i < f->n_h1 && count_words(head) >= 2; i++)
            if (clean_equal(head, f->h1[i].folded))
                return len;
    }
    return 0;
}

/* The title without a site's name behind or before it, or without what follows an h1. */
static pl_str cut_title(const struct clean_facts *f, pl_str title)
{
    size_t at, len;
    if (end_of_h1(f, title, &at))
        return clean_slice(title, 0, at);
    at = 0;
    for (int tries = 0; tries < MAX_SEPARATORS && (len = next_separator(title, &at)) > 0; tries++, at += len) {
        if (names_site(f, clean_fold(f->arena, clean_slice(title, at + len, title.len))))
            return clean_slice(title, 0, at);
        if (clean_facts_is_site(f, clean_fold(f->arena, clean_slice(title, 0, at))))
            return clean_slice(title, at + len, title.len);
    }
    return title;
}

static void vote(struct titles *t, pl_str text, pl_str folded, float votes)
{
    size_t i = 0;
    if (!folded.len)
        return;
    while (i < t->n && !clean_equal(t->at[i].folded, folded))
        i++;
    if (i == MAX_TITLES)
        return;
    if (i == t->n)
        t->at[t->n++] = (struct title){.text = text, .folded = folded};
    t->at[i].votes += votes;
}

/* Without an h1 that is like the heads: the block that says what one of them says, whatever its element. */
static void find_other_headline(struct clean_facts *f)
{
    for (size_t i = 0; i < f->blocks->n; i++) {
        const struct clean_block *k = &f->blocks->at[i];
        for (size_t h = 0; h < CLEAN_N_HEADS; h++) {
            pl_str head = f->folded_heads[h];
            if (k->text.len < MIN_HEADLINE || k->text.len > 2 * head.len || k->text.len * 3 < head.len)
                continue;
            pl_str folded = clean_fold(f->arena, k->text);
            if (clean_equal(folded, head) || begins_with(head, folded)) {
                f->headline = i;
                f->headline_known = true;
                return;
            }
        }
    }
}

/* "Tunnel opens at last | Island Post": is a short h1 the part of <title> that is not the headline? */
static bool is_short_part(const struct clean_facts *f, const struct clean_heading *h)
{
    size_t at = 0, len, words = count_words(h->folded);
    if (words > MAX_SITE_WORDS || clean_equal(h->folded, f->folded_heads[CLEAN_HEAD_OG]) ||
        clean_equal(h->folded, f->folded_heads[CLEAN_HEAD_LD]))
        return false;
    pl_str title = f->heads[CLEAN_HEAD_PAGE];
    for (int tries = 0; tries < MAX_SEPARATORS && (len = next_separator(title, &at)) > 0; tries++, at += len) {
        pl_str head = clean_fold(f->arena, clean_slice(title, 0, at));
        pl_str tail = clean_fold(f->arena, clean_slice(title, at + len, title.len));
        if ((clean_equal(h->folded, head) && count_words(tail) > words + 1) ||
            (clean_equal(h->folded, tail) && count_words(head) > words + 1))
            return true;
    }
    return false;
}

/* The h1 most like what the page's head says; the first that is not the site's name when none is. */
void clean_find_headline(struct clean_facts *f)
{
    const struct clean_heading *best = NULL, *first = NULL;
    float best_value = 0;
    bool said = false;
    for (size_t i = 0; i < CLEAN_N_HEADS; i++)
        said |= f->heads[i].len > 0;
    for (size_t k = 0; k < f->n_h1; k++) {
        const struct clean_heading *h = &f->h1[k];
        if (!h->folded.len || clean_facts_is_site(f, h->folded))
            continue;
        if (is_short_part(f, h)) {
            clean_facts_add_site(f, CLEAN_SITE_TITLE, h->text);
            continue;
        }
        float value = said ? 0 : .5F;
        for (size_t i = 0; i < CLEAN_N_HEADS; i++) {
            float like = likeness(h->folded, f->folded_heads[i]);
            value = like > value ? like : value;
        }
        value -= .01F * (float)k;
        if (value > best_value) {
            best_value = value;
            best = h;
        }
        if (!first)
            first = h;
    }
    f->h1_weak = best_value < .3F;
    f->h1_best = f->h1_weak ? first : best;
    f->headline = f->h1_best ? f->h1_best->block : f->n_h1 ? f->h1[0].block : 0;
    f->headline_known = f->h1_best && !f->h1_weak;
    if (f->h1_weak)
        find_other_headline(f);
    f->text_begin = f->text_end = f->headline;
}

pl_str clean_find_title(const struct clean_facts *f)
{
    const float votes[CLEAN_N_HEADS] = {[CLEAN_HEAD_OG] = weight_og,
                                        [CLEAN_HEAD_TWITTER] = weight_twitter,
                                        [CLEAN_HEAD_LD] = weight_ld,
                                        [CLEAN_HEAD_PAGE] = weight_page};
    struct titles t = {.f = f};
    const struct clean_heading *h1 = f->h1_best;
    bool weak = f->h1_weak;
    pl_str cut[CLEAN_N_HEADS];
    if (h1)
        vote(&t, h1->text, h1->folded,
             weak ? weight_h1_weak : weight_h1 + (f->heads[CLEAN_HEAD_LD].len ? weight_h1_beside_ld : 0));
    for (size_t i = 0; i < CLEAN_N_HEADS; i++) {
        pl_str title = cut_title(f, f->heads[i]);
        cut[i] = title.len == f->heads[i].len ? f->folded_heads[i] : clean_fold(f->arena, title);
        bool agrees = i == CLEAN_HEAD_PAGE && !(h1 && clean_equal(cut[i], h1->folded)) &&
                      (clean_equal(cut[i], cut[CLEAN_HEAD_OG]) || clean_equal(cut[i], cut[CLEAN_HEAD_LD]));
        vote(&t, title, cut[i], votes[i] + (agrees ? weight_page_agrees : 0));
        if (!h1 || weak || count_words(cut[i]) < 3)
            continue;
        bool tail = ends_with(h1->folded, cut[i]), head = begins_with(h1->folded, cut[i]);
        bool voted = false;
        for (size_t k = 0; k < i; k++)
            voted |= clean_equal(cut[k], cut[i]);
        if (!voted && (tail || head))
            vote(&t, title, cut[i], tail ? weight_h1_tail : weight_h1_head);
    }
    const struct title *best = NULL;
    for (size_t i = 0; i < t.n; i++)
        if (!best || t.at[i].votes > best->votes)
            best = &t.at[i];
    return best ? clean_trim(best->text) : PL_S("");
}

pl_str clean_title_rest(const struct clean_facts *f)
{
    size_t at, len = end_of_h1(f, f->page_title, &at), next;
    if (!len)
        return PL_S("");
    pl_str rest = clean_slice(f->page_title, at + len, f->page_title.len);
    for (next = 0; (len = next_separator(rest, &next)) > 0; next = 0) /* "headline | section | site" */
        rest = clean_slice(rest, next + len, rest.len);
    return rest;
}
