/* fetch_canonical.c - one address for all the ways in which one page is linked to. */
#include "fetch_canonical.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_url_out.h"

enum { NAME_LEN = 64 }; /* no name of the table, and none of `extra`, is longer */

/* ---- which parameters ---- */

/* Parameters that senders of mail, advertisers, social networks and analytics add to other people's addresses.  Small
 * letters, sorted by bytes; words that mean something elsewhere ("ref", "source", "cid", "from") are not here. */
static const char *const names[] = {
    "__cft__", "__hsfp", "__hssc", "__hstc", "__s", "__tn__", "__twitter_impression", "_branch_match_id",
    "_branch_referrer", "_ga", "_gl", "_hsenc", "_hsmi", "_ke", "_kx", "_openstat", "action_object_map",
    "action_ref_map", "action_type_map", "ceneo_spo", "click_id_ob", "cx_artpos", "cx_testid", "cx_testvariant",
    "dclid", "dicbo", "dm_i", "ef_id", "elqaid", "elqat", "elqcampaignid", "elqtrack", "elqtrackid", "epik",
    "fb_action_ids", "fb_action_types", "fb_comment_id", "fb_ref", "fb_source", "fbclid", "gaa_at", "gaa_n",
    "gaa_sig", "gaa_ts", "gad_campaignid", "gad_source", "gbraid", "gclid", "gclsrc", "gs_l", "guccounter",
    "guce_referrer", "guce_referrer_sig", "hsctatracking", "igsh", "igshid", "irclickid", "irgwc", "itm_campaign",
    "itm_channel", "itm_content", "itm_medium", "itm_source", "itm_term", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok",
    "mkwid", "ml_subscriber", "ml_subscriber_hash", "msclkid", "mtm_group", "ndclid", "nr_email_referer",
    "ns_campaign", "ns_fee", "ns_linkname", "ns_mchannel", "ns_source", "oborigurl", "oft_c", "oft_ck", "oft_d",
    "oft_id", "oft_ids", "oft_k", "oft_lk", "oft_sid", "oly_anon_id", "oly_enc_id", "pk_campaign", "pk_cid",
    "pk_content", "pk_cpn", "pk_keyword", "pk_kwd", "pk_medium", "pk_source", "pk_vid", "rb_clickid", "ref_src",
    "ref_url", "rtd_cid", "s_cid", "s_kwcid", "sara_ecid", "sara_ref", "sc_cid", "sms_click", "sms_source", "sms_uph",
    "soc_src", "soc_trk", "sr_share", "srsltid", "tblci", "trk_contact", "trk_module", "trk_msg", "trk_sid", "ttclid",
    "twclid", "twsrc", "unicorn_click_id", "vero_conv", "vero_id", "wbraid", "wickedid", "wt.mc_ev", "wt.mc_id",
    "wt.tsrc", "wt_mc", "wt_mc_o", "wt_zmc", "wtrid", "xtor", "yclid", "ymclid", "ysclid",
};

/* Beginnings of names. */
static const char *const beginnings[] = {"at_campaign", "at_custom", "at_link", "at_medium", "at_ptr", "hmb_", "hsa_",
                                         "matomo_", "mtm_", "piwik_", "utm-", "utm_"};

struct item {
    char text[NAME_LEN];
    size_t len;
    bool beginning, keep;
};

struct tracking {
    size_t n;
    struct item item[];
};

static bool is_name(pl_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || strchr("*&=#?!%+", s.ptr[i]))
            return false;
    return s.len > 0 && s.len <= NAME_LEN;
}

static bool read_item(struct item *item, pl_str s)
{
    if (s.len && s.ptr[0] == '!') {
        item->keep = true;
        s = (pl_str){s.ptr + 1, s.len - 1};
    }
    if (s.len && s.ptr[s.len - 1] == '*') {
        item->beginning = true;
        s.len--;
    }
    if (!is_name(s))
        return false;
    for (size_t i = 0; i < s.len; i++)
        item->text[i] = url_lower(s.ptr[i]);
    item->len = s.len;
    return true;
}

int tracking_make(struct tracking **out, pl_list extra, char *message, size_t size)
{
    struct tracking *t = NULL;

    *out = NULL;
    if (extra.n <= (SIZE_MAX - sizeof *t) / sizeof *t->item)
        t = calloc(1, sizeof *t + extra.n * sizeof *t->item);
    if (!t) {
        snprintf(message, size, "out of memory");
        return PL_NOMEM;
    }
    for (; t->n < extra.n; t->n++)
        if (!read_item(&t->item[t->n], extra.at[t->n])) {
            snprintf(message, size,
                     "`tracking`: expected the name of a parameter (\"from\"), a beginning of names (\"our_*\") or one to keep "
                     "(\"!from\"), at most %d characters, found \"%.*s\"",
                     NAME_LEN, (int)(extra.at[t->n].len > 200 ? 200 : extra.at[t->n].len),
                     extra.at[t->n].len ? extra.at[t->n].ptr : "");
            free(t);
            return PL_ERROR;
        }
    *out = t;
    return PL_OK;
}

void tracking_free(struct tracking *t)
{
    free(t);
}

static bool begins(pl_str name, const char *with, size_t len)
{
    return name.len >= len && memcmp(name.ptr, with, len) == 0;
}

static int compare(const void *key, const void *element)
{
    const pl_str *const name = key;
    const char *const other = *(const char *const *)element;
    const size_t len = strlen(other);
    const int order = memcmp(name->ptr, other, name->len < len ? name->len : len);

    return order ? order : name->len < len ? -1 : name->len > len;
}

static bool in_table(pl_str name)
{
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (begins(name, beginnings[i], strlen(beginnings[i])))
            return true;
    return bsearch(&name, names, sizeof names / sizeof *names, sizeof *names, compare) != NULL;
}

/* The name in small letters and without escapes; no more of it than can matter. */
static size_t plain_name(char out[NAME_LEN + 1], pl_str name)
{
    size_t n = 0;

    /* what is left of "&amp;" in a page that escaped it twice */
    if (name.len > 4 && memcmp(name.ptr, "amp;", 4) == 0)
        name = (pl_str){name.ptr + 4, name.len - 4};
    for (size_t i = 0; i < name.len && n <= NAME_LEN; i++) {
        const bool escape = name.ptr[i] == '%' && name.len - i > 2 && url_hex(name.ptr[i + 1]) >= 0 && url_hex(name.ptr[i + 2]) >= 0;
        out[n++] = url_lower(escape ? (char)(url_hex(name.ptr[i + 1]) * 16 + url_hex(name.ptr[i + 2])) : name.ptr[i]);
        i += escape ? 2 : 0;
    }
    return n;
}

bool tracking_has(const struct tracking *t, pl_str name)
{
    char text[NAME_LEN + 1];
    const pl_str plain = {text, plain_name(text, name)};

    for (size_t i = t ? t->n : 0; i-- > 0;) {
        const struct item *const item = &t->item[i];
        if (begins(plain, item->text, item->len) && (item->beginning || plain.len == item->len))
            return !item->keep;
    }
    return in_table(plain);
}

/* ---- the address ---- */

static bool is_unreserved(char c)
{
    return url_is_alpha(c) || url_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* What RFC 3986 lets stand nowhere in a path or query, and the URL Standard does. */
static bool is_unwise(char c)
{
    return c == '[' || c == '\\' || c == ']' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}';
}

static void put_hex(struct url_out *o, unsigned char c)
{
    char text[4];

    snprintf(text, sizeof text, "%%%02X", (unsigned)c);
    url_put(o, text, 3);
}

/* Escapes in their normal form.  A '%' that begins none is one that should be escaped itself. */
static void put_normal(struct url_out *o, pl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        const bool escape = c == '%' && s.len - i > 2 && url_hex(s.ptr[i + 1]) >= 0 && url_hex(s.ptr[i + 2]) >= 0;
        const char value = escape ? (char)(url_hex(s.ptr[i + 1]) * 16 + url_hex(s.ptr[i + 2])) : c;
        if (escape ? is_unreserved(value) : c != '%' && !is_unwise(c))
            url_put_char(o, value);
        else
            put_hex(o, (unsigned char)value);
        i += escape ? 2 : 0;
    }
}

static void put_query(struct url_out *o, pl_str query, const struct tracking *t)
{
    const char *at = query.ptr, *const end = query.ptr + query.len;
    char join = '?';

    while (at < end) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        stop = stop ? stop : end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        equals = equals ? equals : stop;
        if (stop > at && !tracking_has(t, (pl_str){at, (size_t)(equals - at)})) {
            url_put_char(o, join);
            put_normal(o, (pl_str){at, (size_t)(stop - at)});
            join = '&';
        }
        at = stop + (stop < end);
    }
}

/* Whether it is canonical as it is, told at a glance. */
static bool is_plain(const struct url *u)
{
    const pl_str target = url_target(u);

    if (u->fragment != u->len || u->query != u->fragment)
        return false;
    for (size_t i = 0; i < target.len; i++)
        if (target.ptr[i] == '%' || is_unwise(target.ptr[i]))
            return false;
    return true;
}

int canonical_url(const struct url *u, const struct tracking *t, struct url *out)
{
    struct url_out o = {0};

    if (u->len == 0 || is_plain(u))
        return url_copy(out, u);
    if (out != u)
        o = (struct url_out){.at = out->href, .cap = out->cap};
    struct url made = *u;
    url_put(&o, u->href, u->path);
    if (url_is_http(u)) {
        put_normal(&o, url_path(u));
        made.query = (uint32_t)o.len;
        put_query(&o, url_query(u), t);
    } else {
        url_put(&o, url_target(u).ptr, url_target(u).len);
    }
    if (o.rc != PL_OK) {
        if (out == u)
            free(o.at);
        else
            *out = (struct url){.href = o.at, .cap = o.cap};
        return PL_NOMEM;
    }
    if (out == u)
        free(u->href);
    *out = made;
    out->href = o.at;
    out->cap = o.cap;
    out->len = o.len;
    out->fragment = (uint32_t)o.len;
    o.at[o.len] = '\0';
    return PL_OK;
}
