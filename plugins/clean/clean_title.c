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

enum { MAX_TITLES = 8, MAX_TOKENS = 60 };

static const float weight_h1 = 2.5F, weight_h1_weak = .3F, weight_h1_beside_ld = -.5F, weight_og = 1.5F,
                   weight_twitter = .5F, weight_ld = 2, weight_page = -.2F, weight_h1_tail = 3, weight_h1_head = 2;

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
    return false;
}

/* Where a separator follows the words of an h1 in `title`, and how long it is; 0 when none does. */
static size_t end_of_h1(const struct clean_facts *f, pl_str title, size_t *at)
{
    size_t len;
    for (*at = 0; (len = next_separator(title, at)) > 0; *at += len) {
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
    for (at = 0; (len = next_separator(title, &at)) > 0; at += len) {
        if (names_site(f, clean_fold(f->arena, clean_slice(title, at + len, title.len))))
            return clean_slice(title, 0, at);
        if (clean_facts_is_site(f, clean_fold(f->arena, clean_slice(title, 0, at))))
            return clean_slice(title, at + len, title.len);
    }
    return title;
}

static void vote(struct titles *t, pl_str text, float votes)
{
    pl_str folded = clean_fold(t->f->arena, text);
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

/* The h1 most like what the page's head says; the first that is not the site's name when none is. */
static const struct clean_heading *best_h1(const struct clean_facts *f, const pl_str *said, size_t n, bool *weak)
{
    const struct clean_heading *best = NULL, *first = NULL;
    float best_value = 0;
    for (size_t k = 0; k < f->n_h1; k++) {
        const struct clean_heading *h = &f->h1[k];
        if (!h->folded.len || clean_facts_is_site(f, h->folded))
            continue;
        float value = n ? 0 : .5F;
        for (size_t i = 0; i < n; i++) {
            float like = likeness(h->folded, clean_fold(f->arena, said[i]));
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
    *weak = best_value < .3F;
    return *weak ? first : best;
}

pl_str clean_find_title(const struct clean_facts *f)
{
    const struct {
        pl_str text;
        float votes;
    } heads[] = {
        {clean_facts_meta(f, "og:title"), weight_og},
        {clean_facts_meta(f, "twitter:title"), weight_twitter},
        {clean_facts_ld(f, PL_S("headline")), weight_ld},
        {f->page_title, weight_page},
    };
    enum { LD = 2, N_HEADS = 4 };
    pl_str said[N_HEADS];
    size_t n_said = 0;
    for (size_t i = 0; i < N_HEADS; i++)
        if (heads[i].text.len)
            said[n_said++] = heads[i].text;

    struct titles t = {.f = f};
    bool weak;
    const struct clean_heading *h1 = best_h1(f, said, n_said, &weak);
    if (h1)
        vote(&t, h1->text, weak ? weight_h1_weak : weight_h1 + (heads[LD].text.len ? weight_h1_beside_ld : 0));
    for (size_t i = 0; i < N_HEADS; i++) {
        pl_str title = cut_title(f, heads[i].text);
        vote(&t, title, heads[i].votes);
        pl_str folded = clean_fold(f->arena, title);
        if (!h1 || weak || count_words(folded) < 3)
            continue;
        bool tail = ends_with(h1->folded, folded), head = begins_with(h1->folded, folded);
        bool voted = false;
        for (size_t k = 0; k < i; k++)
            voted |= clean_equal(clean_fold(f->arena, cut_title(f, heads[k].text)), folded);
        if (!voted && (tail || head))
            vote(&t, title, tail ? weight_h1_tail : weight_h1_head);
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
