/* fetch_robots.c - robots.txt by RFC 9309: what one agent may ask a host for.
 *
 * One pass over the file keeps the rules of the groups that name the agent, and those of "*" for when there are none;
 * groups that name others are told off by the first letters of their lines.  What is left is put into one piece of memory,
 * since a crawl keeps it for each host. */
#include "fetch_robots.h"

#include "fetch_robots_rule.h"

#include <stdlib.h>
#include <strings.h>

enum { OWN = 1, ANY = 2 }; /* groups, in bits */

struct robots {
    struct robots_rule *rule;
    pl_str *sitemap;
    char *text; /* of patterns and sitemaps */
    size_t n_rules, n_sitemaps, size;
    int64_t delay_ms;
    enum robots_group group;
};

struct sitemap {
    size_t at, len;
    uint64_t hash;
};

struct parse {
    pl_str token;
    struct bytes text, rules, sitemaps; /* the latter two of struct robots_rule and struct sitemap */
    size_t line;
    uint32_t groups; /* that the lines at hand belong to */
    uint32_t named;  /* all that were ever named */
    bool has_rules;  /* the group at hand: the next agent begins a new one */
    int64_t own_delay_ms, any_delay_ms;
};

/* ---- a line ---- */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static pl_str trim(pl_str s)
{
    while (s.len && is_blank(s.ptr[0]))
        s = (pl_str){s.ptr + 1, s.len - 1};
    while (s.len && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

static bool begins(pl_str s, const char *word)
{
    const size_t n = strlen(word);

    return s.len >= n && strncasecmp(s.ptr, word, n) == 0;
}

/* Where the name ends: at the colon, or at the blanks between the only two words of a line that lost its colon. */
static const char *find_value(pl_str line)
{
    const char *colon = memchr(line.ptr, ':', line.len);
    size_t i = 0;

    if (colon)
        return colon;
    while (i < line.len && !is_blank(line.ptr[i]))
        i++;
    const pl_str rest = trim((pl_str){line.ptr + i, line.len - i});
    for (size_t k = 0; k < rest.len; k++)
        if (is_blank(rest.ptr[k]))
            return NULL;
    return rest.len ? line.ptr + i : NULL;
}

enum key { KEY_NONE, KEY_AGENT, KEY_ALLOW, KEY_DISALLOW, KEY_SITEMAP, KEY_DELAY };

/* As sites write them: what Google's parser forgives is forgiven, since sites are written for it. */
static enum key key_of(pl_str name)
{
    static const struct {
        const char *word;
        enum key key;
    } words[] = {{"user-agent", KEY_AGENT},   {"useragent", KEY_AGENT},    {"user agent", KEY_AGENT},
                 {"disallow", KEY_DISALLOW},  {"dissallow", KEY_DISALLOW}, {"dissalow", KEY_DISALLOW},
                 {"disalow", KEY_DISALLOW},   {"diasllow", KEY_DISALLOW},  {"disallaw", KEY_DISALLOW},
                 {"allow", KEY_ALLOW},        {"sitemap", KEY_SITEMAP},    {"site-map", KEY_SITEMAP},
                 {"crawl-delay", KEY_DELAY}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins(name, words[i].word))
            return words[i].key;
    return KEY_NONE;
}

/* ---- what lines say ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* Does a value name the agent: "Pressline/1.0 (news)" does for "pressline"?  A token is of letters, "-" and "_" by the RFC; one
 * with digits is taken as it is, since there are such. */
static bool names(pl_str value, pl_str token)
{
    for (size_t i = 0; i < token.len; i++)
        if (!is_letter(token.ptr[i]) && !(token.ptr[i] >= '0' && token.ptr[i] <= '9'))
            return false;
    return token.len && value.len >= token.len && strncasecmp(value.ptr, token.ptr, token.len) == 0 &&
           (value.len == token.len || !is_letter(value.ptr[token.len]));
}

static void take_agent(struct parse *p, pl_str value)
{
    if (p->has_rules) {
        p->groups = 0;
        p->has_rules = false;
    }
    if (value.len && value.ptr[0] == '*' && (value.len == 1 || is_blank(value.ptr[1])))
        p->groups |= ANY;
    if (names(value, p->token))
        p->groups |= OWN;
    p->named |= p->groups;
}

static int take_rule(struct parse *p, pl_str value, bool allow)
{
    struct robots_rule rule, folder;
    int rc;

    p->has_rules = true;
    if (!p->groups || value.len == 0)
        return PL_OK;
    rc = robots_rule_make(&rule, value, &p->text);
    rule.line = (uint32_t)p->line;
    rule.groups = p->groups;
    rule.allow = allow;
    if (rc == PL_OK)
        rc = bytes_add(&p->rules, &rule, sizeof rule);
    if (rc == PL_OK && robots_rule_folder(&rule, (const char *)p->text.at, &folder))
        rc = bytes_add(&p->rules, &folder, sizeof folder);
    return rc;
}

/* Seconds, with a fraction or without; what follows them is passed over. */
static int64_t delay_of(pl_str value)
{
    int64_t ms = 0, unit = 1000;
    size_t i = 0, n = 0;

    for (; i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9'; i++, n++)
        ms = ms < INT64_C(1000000000000) ? ms * 10 + (value.ptr[i] - '0') * 1000 : ms;
    if (i < value.len && value.ptr[i] == '.')
        for (i++; i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9'; i++, n++)
            ms += (value.ptr[i] - '0') * (unit /= 10);
    return n ? ms : -1;
}

/* It is for the agents that were named so far, and ends no group. */
static void take_delay(struct parse *p, pl_str value)
{
    const int64_t ms = delay_of(value);

    if (p->groups & OWN && ms > p->own_delay_ms)
        p->own_delay_ms = ms;
    if (p->groups & ANY && ms > p->any_delay_ms)
        p->any_delay_ms = ms;
}

static int take_sitemap(struct parse *p, pl_str value)
{
    const struct sitemap *had = (const struct sitemap *)(const void *)p->sitemaps.at;
    const size_t n = p->sitemaps.len / sizeof *had;
    struct sitemap it = {p->text.len, value.len, UINT64_C(14695981039346656037)};

    if (value.len == 0 || n == ROBOTS_MAX_SITEMAPS)
        return PL_OK;
    for (size_t i = 0; i < value.len; i++)
        it.hash = (it.hash ^ (unsigned char)value.ptr[i]) * UINT64_C(1099511628211);
    for (size_t i = 0; i < n; i++)
        if (had[i].hash == it.hash && had[i].len == it.len && memcmp(p->text.at + had[i].at, value.ptr, value.len) == 0)
            return PL_OK;
    const int rc = bytes_add(&p->text, value.ptr, value.len);
    return rc == PL_OK ? bytes_add(&p->sitemaps, &it, sizeof it) : rc;
}

/* ---- a file ---- */

/* Without blanks at its beginning. */
static int take_line(struct parse *p, pl_str line)
{
    const char *comment = memchr(line.ptr, '#', line.len);

    line = trim((pl_str){line.ptr, comment ? (size_t)(comment - line.ptr) : line.len});
    const char *end = line.len ? find_value(line) : NULL;
    if (!end)
        return PL_OK;
    const pl_str value = trim((pl_str){end + 1, line.len - (size_t)(end + 1 - line.ptr)});
    switch (key_of(trim((pl_str){line.ptr, (size_t)(end - line.ptr)}))) {
    case KEY_AGENT:
        take_agent(p, value);
        return PL_OK;
    case KEY_ALLOW:
        return take_rule(p, value, true);
    case KEY_DISALLOW:
        return take_rule(p, value, false);
    case KEY_SITEMAP:
        return take_sitemap(p, value);
    case KEY_DELAY:
        take_delay(p, value);
        return PL_OK;
    case KEY_NONE:
        break;
    }
    return PL_OK;
}

/* Most lines of most files are rules for somebody else. */
static bool may_matter(const struct parse *p, pl_str line)
{
    switch (line.len ? line.ptr[0] | 0x20 : 0) {
    case 'u':
    case 's':
        return true;
    case 'a':
    case 'd':
    case 'c':
        return p->groups != 0;
    default:
        return false;
    }
}

/* Lines end with LF, CR LF or CR. */
static int take_lines(struct parse *p, pl_str text)
{
    size_t lf = 0; /* the next LF, or the end: a file of nothing but CR is not searched again for each of them */
    bool looked = false;
    int rc = PL_OK;

    for (size_t at = 0; at < text.len && rc == PL_OK;) {
        if (!looked || lf < at) {
            const char *found = memchr(text.ptr + at, '\n', text.len - at);
            lf = found ? (size_t)(found - text.ptr) : text.len;
            looked = true;
        }
        const char *cr = memchr(text.ptr + at, '\r', lf - at);
        const size_t stop = cr ? (size_t)(cr - text.ptr) : lf;
        pl_str line = {text.ptr + at, stop - at < ROBOTS_MAX_LINE ? stop - at : ROBOTS_MAX_LINE};
        at = stop + 1 < lf || !cr ? stop + 1 : lf + 1;
        p->line++;
        while (line.len && is_blank(line.ptr[0]))
            line = (pl_str){line.ptr + 1, line.len - 1};
        if (may_matter(p, line))
            rc = take_line(p, line);
    }
    return rc;
}

/* Not a mark at the beginning; of a file that is too large, or was cut to just the size, not the line that is cut in two. */
static pl_str readable(pl_str text)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const bool whole = text.len < ROBOTS_MAX;

    if (!whole)
        text.len = ROBOTS_MAX;
    while (!whole && text.len && text.ptr[text.len - 1] != '\n' && text.ptr[text.len - 1] != '\r')
        text.len--;
    if (text.len >= 3 && memcmp(text.ptr, mark, sizeof mark - 1) == 0)
        text = (pl_str){text.ptr + 3, text.len - 3};
    return text;
}

/* A file in UTF-16, told by its mark, is none by the RFC; what it says is plain all the same. */
static int from_utf16(pl_str *text, struct bytes *utf8)
{
    const unsigned char *s = (const unsigned char *)text->ptr;
    const bool little = text->len >= 2 && s[0] == 0xFF && s[1] == 0xFE;
    const bool big = text->len >= 2 && s[0] == 0xFE && s[1] == 0xFF;
    size_t n = 0;

    if (!little && !big)
        return PL_OK;
    if (bytes_reserve(utf8, text->len / 2 * 3) != PL_OK)
        return PL_NOMEM;
    for (size_t i = 2; i + 1 < text->len; i += 2) {
        const unsigned c = little ? s[i] | (unsigned)s[i + 1] << 8 : s[i + 1] | (unsigned)s[i] << 8;
        if (c < 0x80) {
            utf8->at[n++] = (unsigned char)c;
        } else if (c < 0x800) {
            utf8->at[n++] = (unsigned char)(0xC0 | c >> 6);
            utf8->at[n++] = (unsigned char)(0x80 | (c & 63));
        } else { /* halves of a pair too: what is not in the plane of all living scripts is in no path worth the trouble */
            utf8->at[n++] = (unsigned char)(0xE0 | c >> 12);
            utf8->at[n++] = (unsigned char)(0x80 | (c >> 6 & 63));
            utf8->at[n++] = (unsigned char)(0x80 | (c & 63));
        }
    }
    *text = (pl_str){(const char *)utf8->at, n};
    return PL_OK;
}

/* The rules that count and the sitemaps, in memory of just their size. */
static struct robots *pack(const struct parse *p)
{
    const struct robots_rule *rule = (const struct robots_rule *)(const void *)p->rules.at;
    const struct sitemap *sitemap = (const struct sitemap *)(const void *)p->sitemaps.at;
    const size_t n_rules = p->rules.len / sizeof *rule, n_sitemaps = p->sitemaps.len / sizeof *sitemap;
    const uint32_t group = p->named & OWN ? OWN : ANY;
    size_t keep = 0;

    for (size_t i = 0; i < n_rules; i++)
        keep += (rule[i].groups & group) != 0;
    const size_t size = sizeof(struct robots) + keep * sizeof *rule + n_sitemaps * sizeof(pl_str) + p->text.len;
    struct robots *r = malloc(size);
    if (!r)
        return NULL;
    *r = (struct robots){.n_sitemaps = n_sitemaps, .size = size};
    r->delay_ms = group == OWN ? p->own_delay_ms : p->any_delay_ms;
    r->group = p->named & OWN ? ROBOTS_GROUP_OWN : p->named & ANY ? ROBOTS_GROUP_ANY : ROBOTS_NO_GROUP;
    r->rule = (struct robots_rule *)(void *)(r + 1);
    r->sitemap = (pl_str *)(void *)(r->rule + keep);
    r->text = (char *)(r->sitemap + n_sitemaps);
    for (size_t i = 0; i < n_rules; i++)
        if (rule[i].groups & group)
            r->rule[r->n_rules++] = rule[i];
    if (p->text.len)
        memcpy(r->text, p->text.at, p->text.len);
    for (size_t i = 0; i < n_sitemaps; i++)
        r->sitemap[i] = (pl_str){r->text + sitemap[i].at, sitemap[i].len};
    return r;
}

int robots_parse(struct robots **r, pl_str text, pl_str token)
{
    struct parse p = {.token = token, .own_delay_ms = -1, .any_delay_ms = -1};
    struct bytes utf8 = {0};
    int rc;

    text = readable(text);
    rc = from_utf16(&text, &utf8);
    if (rc == PL_OK && text.len)
        rc = take_lines(&p, text);
    *r = rc == PL_OK ? pack(&p) : NULL;
    bytes_done(&utf8);
    bytes_done(&p.text);
    bytes_done(&p.rules);
    bytes_done(&p.sitemaps);
    return *r ? PL_OK : PL_NOMEM;
}

void robots_free(struct robots *r)
{
    free(r);
}

/* ---- questions ---- */

static struct robots_verdict find_rule(const struct robots *r, struct robots_target *t)
{
    const struct robots_rule *best = NULL;

    for (size_t i = 0; i < r->n_rules; i++) {
        const struct robots_rule *rule = &r->rule[i];
        if (best && (rule->weight < best->weight || (rule->weight == best->weight && (best->allow || !rule->allow))))
            continue;
        if (robots_rule_matches(rule, r->text, t))
            best = rule;
    }
    if (t->work == 0)
        return (struct robots_verdict){.too_much = true};
    if (!best)
        return (struct robots_verdict){.allowed = true};
    return (struct robots_verdict){.allowed = best->allow, .rule = {r->text + best->at, best->shown}, .line = best->line};
}

struct robots_verdict robots_judge(const struct robots *r, pl_str target)
{
    struct robots_verdict v = {.allowed = true};
    struct robots_target t;

    if (!r || r->n_rules == 0 || (target.len == 11 && memcmp(target.ptr, "/robots.txt", 11) == 0))
        return v;
    if (!robots_target_make(&t, target))
        return (struct robots_verdict){.too_much = true};
    v = find_rule(r, &t);
    robots_target_done(&t);
    return v;
}

bool robots_allowed(const struct robots *r, pl_str target)
{
    return robots_judge(r, target).allowed;
}

enum robots_group robots_group(const struct robots *r)
{
    return r ? r->group : ROBOTS_NO_GROUP;
}

size_t robots_n_rules(const struct robots *r)
{
    return r ? r->n_rules : 0;
}

int64_t robots_delay_ms(const struct robots *r)
{
    return r ? r->delay_ms : -1;
}

pl_str robots_sitemap(const struct robots *r, size_t i)
{
    return r && i < r->n_sitemaps ? r->sitemap[i] : (pl_str){NULL, 0};
}

size_t robots_size(const struct robots *r)
{
    return r ? r->size : 0;
}
