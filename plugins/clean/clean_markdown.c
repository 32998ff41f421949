/* clean_markdown.c - an article as Markdown.
 *
 * A pass over the nodes notes for each what it stands in.  Then block by block: where the block stands (items
 * and quotations around it) gives the beginning of its lines, its characters are cut into runs of one style.
 * Emphasis is written only where the rules of CommonMark surely read it as such: a mark in the text is worse
 * than a word that is not bold. */
#include "clean_markdown.h"

#include <string.h>

#include "clean_code.h"
#include "clean_norm.h"
#include "clean_url.h"
#include "clean_utf8.h"

enum {
    MAX_LEVELS = 8,
    MAX_COLUMNS = 32,
    MAX_CELL_WORDS = 40,
    CELL_LEVELS = 4,
    MAX_NUMBER = 999999999,
    MAX_LANGUAGE = 20
};
enum { STRONG = 1, EMPHASIS = 2, CODE = 4 };

/* What a node stands in, itself included; CLEAN_NONE when there is none. */
struct place {
    uint32_t frame; /* innermost list item or block quotation */
    uint32_t link, table;
    uint8_t level; /* frames around it; deeper ones are not counted */
    uint8_t style;
};

/* A list item or quotation around the last block. */
struct step {
    uint32_t node;
    uint32_t list;   /* of an item */
    uint32_t number; /* 0: its list has bullets */
    uint32_t indent; /* columns of its marker */
    bool quote, other_mark;
};

/* Characters of one style. */
struct run {
    size_t begin, end;
    uint32_t link;
    uint8_t style;
};

enum mode { PARAGRAPH, HEADING, CELL };

struct writer {
    const struct clean_blocks *b;
    const bool *keep;
    struct clean_arena *arena;
    struct place *places;
    bool *layout; /* tables that are no data tables */
    pl_str base;
    struct clean_buf out;
    struct step path[MAX_LEVELS];
    size_t n_path;
    uint32_t link_done; /* an element's link is written once, however many blocks it holds */

    /* the block in hand */
    struct clean_buf text;
    struct run *runs;
    size_t n_runs, cap_runs;
};

/* ---- where a block stands ---- */

static bool is_list(unsigned tag)
{
    return tag == CLEAN_UL || tag == CLEAN_OL || tag == CLEAN_MENU;
}

/* Frames that hold the whole article are the page's layout: [first, last] is what is kept. */
static struct place place_of(const struct clean_dom *d, const struct place *above, uint32_t i, uint32_t first,
                             uint32_t last)
{
    struct place p = *above;
    unsigned tag = d->nodes[i].tag;
    if (tag == CLEAN_A)
        p.link = i;
    else if (tag == CLEAN_TABLE)
        p.table = i;
    else if (tag == CLEAN_B || tag == CLEAN_STRONG)
        p.style |= STRONG;
    else if (tag == CLEAN_I || tag == CLEAN_EM)
        p.style |= EMPHASIS;
    else if (tag == CLEAN_CODE)
        p.style |= CODE;
    else if ((tag == CLEAN_LI || tag == CLEAN_BLOCKQUOTE) && p.level < MAX_LEVELS &&
             !(i <= first && last < d->nodes[i].end)) {
        p.frame = i;
        p.level++;
    }
    return p;
}

static bool find_places(struct writer *w)
{
    const struct clean_blocks *b = w->b;
    const struct clean_dom *d = b->dom;
    uint32_t first = CLEAN_NONE, last = 0;
    for (size_t i = 0; i < b->n; i++)
        if (w->keep[i]) {
            first = first == CLEAN_NONE ? b->at[i].first_node : first;
            last = b->at[i].last_node;
        }
    w->places = clean_arena_array(w->arena, d->n_nodes, sizeof *w->places);
    w->layout = clean_arena_array(w->arena, d->n_nodes, sizeof *w->layout);
    if (!w->places || !w->layout)
        return false;
    w->places[0] = (struct place){CLEAN_NONE, CLEAN_NONE, CLEAN_NONE, 0, 0};
    for (uint32_t i = 1; i < d->n_nodes; i++)
        w->places[i] = place_of(d, &w->places[d->nodes[i].parent], i, first, last);
    return true;
}

/* Of the first item of a list: 0 for bullets. */
static uint32_t first_number(const struct clean_dom *d, uint32_t list)
{
    if (d->nodes[list].tag != CLEAN_OL)
        return 0;
    pl_str start = clean_dom_get(d, list, CLEAN_ATTR_START);
    uint32_t n = 0;
    for (size_t i = 0; i < start.len && i < 6 && start.ptr[i] >= '0' && start.ptr[i] <= '9'; i++)
        n = n * 10 + (uint32_t)(start.ptr[i] - '0');
    return n ? n : 1;
}

/* The frames around a node, the outermost first. */
static size_t find_path(const struct writer *w, uint32_t node, struct step path[MAX_LEVELS])
{
    const struct clean_dom *d = w->b->dom;
    uint32_t frame = w->places[node].frame;
    size_t n = w->places[node].level;
    for (size_t i = n; i-- > 0; frame = w->places[d->nodes[frame].parent].frame) {
        uint32_t list = d->nodes[frame].parent;
        path[i] = (struct step){.node = frame, .list = list, .quote = d->nodes[frame].tag == CLEAN_BLOCKQUOTE};
        path[i].number = path[i].quote ? 0 : first_number(d, list);
    }
    return n;
}

static void add_spaces(struct clean_buf *out, uint32_t n)
{
    while (n--)
        clean_buf_byte(out, ' ');
}

/* What a line within the first `n` frames begins with. */
static void add_prefix(struct writer *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (w->path[i].quote)
            clean_buf_add(&w->out, PL_S("> "));
        else
            add_spaces(&w->out, w->path[i].indent);
    }
}

static void end_line(struct writer *w)
{
    clean_buf_byte(&w->out, '\n');
    add_prefix(w, w->n_path);
}

static void add_marker(struct writer *w, struct step *s)
{
    size_t before = w->out.len;
    if (s->quote) {
        clean_buf_add(&w->out, PL_S("> "));
        return;
    }
    if (s->number) {
        char digits[10];
        size_t n = sizeof digits;
        for (uint32_t v = s->number; v; v /= 10)
            digits[--n] = (char)('0' + v % 10);
        clean_buf_add(&w->out, (pl_str){digits + n, sizeof digits - n});
        clean_buf_byte(&w->out, s->other_mark ? ')' : '.');
    } else {
        clean_buf_byte(&w->out, s->other_mark ? '*' : '-');
    }
    clean_buf_byte(&w->out, ' ');
    s->indent = (uint32_t)(w->out.len - before);
}

/* Begins a block that stands where `node` does: an empty line where one belongs, and what is before its text. */
static void begin_block(struct writer *w, uint32_t node)
{
    struct step path[MAX_LEVELS];
    size_t n = find_path(w, node, path), same = 0;
    while (same < n && same < w->n_path && path[same].node == w->path[same].node)
        same++;
    bool beside = same < n && same < w->n_path && !path[same].quote && !w->path[same].quote;
    bool next = beside && path[same].list == w->path[same].list; /* item of the same list */
    bool nested = same && same == w->n_path && n > same && !path[same].quote && !path[same - 1].quote &&
                  path[same].number <= 1; /* another number would go on with the paragraph */
    if (next) {
        path[same].number = w->path[same].number + (path[same].number && w->path[same].number < MAX_NUMBER);
        path[same].other_mark = w->path[same].other_mark;
    } else if (beside) { /* the end of one list and the beginning of another */
        path[same].other_mark = !w->path[same].other_mark;
    }
    if (w->out.len) {
        clean_buf_byte(&w->out, '\n');
        if (!next && !nested) {
            add_prefix(w, same);
            clean_buf_byte(&w->out, '\n');
        }
    }
    add_prefix(w, same);
    for (size_t i = same; i < n; i++) {
        add_marker(w, &path[i]);
        w->path[i] = path[i];
    }
    w->n_path = n;
}

/* ---- the characters of a block ---- */

static void add_run(struct writer *w, uint32_t link, uint8_t style)
{
    struct run *last = w->n_runs ? &w->runs[w->n_runs - 1] : NULL;
    if (last && last->link == link && last->style == style)
        return;
    if (!clean_arena_grow(w->arena, &w->runs, w->n_runs, &w->cap_runs, sizeof *w->runs))
        return;
    w->runs[w->n_runs++] = (struct run){w->text.len, w->text.len, link, style};
}

static void add_char(struct writer *w, pl_str c)
{
    clean_buf_add(&w->text, c);
    if (w->n_runs)
        w->runs[w->n_runs - 1].end = w->text.len;
}

/* White space belongs to what is common to both sides of it: no style begins or ends with a space. */
static void add_gap(struct writer *w, uint32_t link, uint8_t style, char gap)
{
    if (!w->n_runs)
        return;
    struct run *last = &w->runs[w->n_runs - 1];
    bool same_link = last->link == link, same_style = last->style == style;
    add_run(w, same_link ? link : CLEAN_NONE, same_link && same_style ? style : 0);
    add_char(w, (pl_str){&gap, 1});
}

/* Adds the characters of the nodes [first, last] as runs. */
static void gather_runs(struct writer *w, uint32_t first, uint32_t last)
{
    const struct clean_dom *d = w->b->dom;
    char gap = w->n_runs ? ' ' : 0;
    uint32_t before = 0;
    for (uint32_t i = first; i <= last; i++) {
        unsigned tag = d->nodes[i].tag;
        if (tag == CLEAN_BR)
            gap = '\n';
        if (tag == CLEAN_SCRIPT || tag == CLEAN_TITLE || tag == CLEAN_HEAD)
            i = d->nodes[i].end - 1;
        if (tag != CLEAN_TEXT)
            continue;
        struct place at = w->places[i];
        uint32_t link = at.link == w->link_done ? CLEAN_NONE : at.link;
        uint8_t style = at.style & CODE ? CODE : at.style;
        pl_str s = clean_dom_str(d, &d->nodes[i]);
        for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
            const char *from = p;
            uint32_t c = clean_utf8_next(&p, end);
            if (clean_is_space(c)) {
                gap = gap ? gap : ' ';
                continue;
            }
            if (clean_norm_drops(before, c))
                continue;
            if (gap)
                add_gap(w, link, style, gap);
            gap = 0;
            add_run(w, link, style);
            add_char(w, c == 0xFFFD ? PL_S("\xEF\xBF\xBD") : (pl_str){from, (size_t)(p - from)});
            before = c;
        }
    }
}

static void clear_runs(struct writer *w)
{
    if (w->n_runs && w->runs[w->n_runs - 1].link != CLEAN_NONE)
        w->link_done = w->runs[w->n_runs - 1].link;
    w->text.len = w->n_runs = 0;
}

/* ---- writing them ---- */

static bool is_ascii_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool ends_word(pl_str s, size_t at)
{
    return at >= s.len || s.ptr[at] == ' ' || s.ptr[at] == '\n';
}

/* Would the line that begins at `at` be read as a list, a heading, a quotation, a table, a rule? */
static bool begins_markup(pl_str s, size_t at)
{
    switch (s.ptr[at]) {
    case '#':
    case '>':
    case '|':
    case '=': return true;
    case '+':
    case '-': return ends_word(s, at + 1) || s.ptr[at + 1] == '-' || s.ptr[at + 1] == '|' || s.ptr[at + 1] == ':';
    case ':': return !ends_word(s, at + 1) && s.ptr[at + 1] == '-';
    default: return false;
    }
}

/* "&amp;" and the like. */
static bool is_reference(pl_str s, size_t at)
{
    size_t i = at + 1;
    i += i < s.len && s.ptr[i] == '#';
    while (i < s.len && i < at + 34 && is_ascii_word((unsigned char)s.ptr[i]))
        i++;
    return i > at + 1 && i < s.len && s.ptr[i] == ';';
}

/* Is the character at `at`, on the line that begins at `line`, to be escaped? */
static bool is_markup(pl_str s, size_t at, size_t line, const struct run *r, enum mode mode)
{
    char c = s.ptr[at];
    if (at == line && mode == PARAGRAPH && begins_markup(s, at))
        return true;
    switch (c) {
    case '\\':
    case '`':
    case '*':
    case '[':
    case ']':
    case '<':
    case '~': return true;
    case '|': return mode == CELL;
    case '#': return mode == HEADING;
    case '&': return is_reference(s, at);
    case '_':
        return !(at > r->begin && at + 1 < r->end && is_ascii_word((unsigned char)s.ptr[at - 1]) &&
                 is_ascii_word((unsigned char)s.ptr[at + 1]));
    case '.':
    case ')': /* "1. " begins a list */
        if (mode != PARAGRAPH || at == line || at - line > 9 || !ends_word(s, at + 1))
            return false;
        for (size_t i = line; i < at; i++)
            if (s.ptr[i] < '0' || s.ptr[i] > '9')
                return false;
        return true;
    default: return false;
    }
}

static void add_escaped(struct writer *w, const struct run *r, size_t *line, enum mode mode)
{
    pl_str s = clean_buf_str(&w->text);
    for (size_t i = r->begin; i < r->end; i++) {
        if (s.ptr[i] != '\n') {
            if (is_markup(s, i, *line, r, mode))
                clean_buf_byte(&w->out, '\\');
            clean_buf_byte(&w->out, s.ptr[i]);
            continue;
        }
        *line = i + 1;
        if (mode == PARAGRAPH) {
            clean_buf_byte(&w->out, '\\');
            end_line(w);
        } else {
            clean_buf_byte(&w->out, ' ');
        }
    }
}

/* The longest run of backticks. */
static size_t longest_fence(pl_str s)
{
    size_t longest = 0, n = 0;
    for (size_t i = 0; i < s.len; i++) {
        n = s.ptr[i] == '`' ? n + 1 : 0;
        longest = n > longest ? n : longest;
    }
    return longest;
}

static void add_fence(struct writer *w, size_t n)
{
    while (n--)
        clean_buf_byte(&w->out, '`');
}

static void add_code_span(struct writer *w, const struct run *r, enum mode mode)
{
    pl_str s = clean_slice(clean_buf_str(&w->text), r->begin, r->end);
    size_t fence = longest_fence(s) + 1;
    bool pad = s.ptr[0] == '`' || s.ptr[s.len - 1] == '`';
    add_fence(w, fence);
    if (pad)
        clean_buf_byte(&w->out, ' ');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '|' && mode == CELL)
            clean_buf_byte(&w->out, '\\');
        clean_buf_byte(&w->out, s.ptr[i] == '\n' ? ' ' : s.ptr[i]);
    }
    if (pad)
        clean_buf_byte(&w->out, ' ');
    add_fence(w, fence);
}

static bool is_ascii_mark(uint32_t c)
{
    return c > ' ' && c < 0x7F && !is_ascii_word((unsigned char)c);
}

/* Are marks before and behind the run sure to be read as emphasis?  See "left-flanking" in CommonMark; the
 * kinds of marks that its readers do not agree on count as none. */
static bool can_emphasise(const struct writer *w, const struct run *r)
{
    pl_str s = clean_buf_str(&w->text);
    const char *p = s.ptr + r->begin, *q = s.ptr + r->end, *end = clean_end(s);
    if (r > w->runs && (r[-1].style & (STRONG | EMPHASIS)))
        return false; /* the marks of both would stand together */
    bool begin_word = r->begin == 0, end_word = q == end;
    if (!begin_word) {
        const char *before = p;
        uint32_t c = clean_utf8_prev(&before, s.ptr);
        begin_word = c == ' ' || c == '\n' || is_ascii_mark(c);
    }
    if (!end_word) {
        const char *behind = q;
        uint32_t c = clean_utf8_next(&behind, end);
        end_word = c == ' ' || c == '\n' || is_ascii_mark(c);
    }
    return (begin_word || clean_is_word(clean_utf8_next(&p, end))) &&
           (end_word || clean_is_word(clean_utf8_prev(&q, s.ptr)));
}

static void open_link(struct writer *w)
{
    if (w->out.len && w->out.at[w->out.len - 1] == '!') { /* "![": a picture */
        w->out.len--;
        clean_buf_add(&w->out, PL_S("\\!"));
    }
    clean_buf_byte(&w->out, '[');
}

static void close_link(struct writer *w, pl_str url)
{
    static const char hex[] = "0123456789ABCDEF";
    clean_buf_add(&w->out, PL_S("]("));
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c <= ' ' || strchr("<>\"`|\\^{}", (char)c)) {
            clean_buf_byte(&w->out, '%');
            clean_buf_byte(&w->out, hex[c >> 4]);
            clean_buf_byte(&w->out, hex[c & 15]);
            continue;
        }
        if (c == '(' || c == ')' || c == '*' || c == '_' || c == '[' || c == ']' || (c == '&' && is_reference(url, i)))
            clean_buf_byte(&w->out, '\\');
        clean_buf_byte(&w->out, (char)c);
    }
    clean_buf_byte(&w->out, ')');
}

static void write_runs(struct writer *w, enum mode mode)
{
    if (w->arena->failed) /* what there is of them may have no characters */
        return;
    uint32_t open = CLEAN_NONE;
    pl_str url = PL_S("");
    size_t line = 0;
    for (size_t i = 0; i < w->n_runs; i++) {
        struct run *r = &w->runs[i];
        if (r->link != open) {
            if (url.len)
                close_link(w, url);
            open = r->link;
            url = open == CLEAN_NONE
                      ? PL_S("")
                      : clean_url_join(w->arena, w->base, clean_dom_get(w->b->dom, open, CLEAN_ATTR_HREF));
            if (url.len)
                open_link(w);
        }
        if (mode == HEADING)
            r->style &= (uint8_t)~STRONG;
        if (r->style & CODE) {
            add_code_span(w, r, mode);
            continue;
        }
        if (r->style && !can_emphasise(w, r))
            r->style = 0;
        pl_str mark = clean_slice(PL_S("***"), 0, r->style & STRONG ? r->style & EMPHASIS ? 3 : 2 : r->style ? 1 : 0);
        clean_buf_add(&w->out, mark);
        add_escaped(w, r, &line, mode);
        clean_buf_add(&w->out, mark);
    }
    if (url.len)
        close_link(w, url);
}

/* ---- kinds of blocks ---- */

/* "c" of class "language-c" or "lang-c". */
static pl_str code_language(const struct clean_dom *d, uint32_t pre)
{
    for (uint32_t i = pre; i < pre + 3 && i < d->nodes[pre].end; i++) {
        pl_str names = clean_dom_get(d, i, CLEAN_ATTR_CLASS), name;
        while (clean_split(&names, ' ', &name)) {
            size_t n = clean_has_prefix_nocase(name, PL_S("language-")) ? 9
                       : clean_has_prefix_nocase(name, PL_S("lang-"))   ? 5
                                                                        : 0;
            size_t end = n;
            while (end < name.len && (is_ascii_word((unsigned char)name.ptr[end]) || strchr("+#-", name.ptr[end])))
                end++;
            if (n && end == name.len && end > n && end - n <= MAX_LANGUAGE)
                return clean_slice(name, n, end);
        }
    }
    return PL_S("");
}

static void write_code(struct writer *w, uint32_t pre, size_t *i)
{
    pl_str code = clean_code_text(w->b, w->keep, pre, i, w->arena), line;
    size_t longest = longest_fence(code), fence = longest < 3 ? 3 : longest + 1;
    begin_block(w, pre);
    add_fence(w, fence);
    clean_buf_add(&w->out, code_language(w->b->dom, pre));
    while (clean_split(&code, '\n', &line)) {
        end_line(w);
        clean_buf_add(&w->out, line);
    }
    end_line(w);
    add_fence(w, fence);
}

static bool is_cell(unsigned tag)
{
    return tag == CLEAN_TD || tag == CLEAN_TH;
}

/* Does a block of the table stand in a cell, or (`caption`) above them? */
static bool is_in(const struct clean_dom *d, uint32_t table, uint32_t node, bool caption)
{
    for (int level = 0; level < CELL_LEVELS && node > table; level++, node = d->nodes[node].parent)
        if (caption ? d->nodes[node].tag == CLEAN_CAPTION : is_cell(d->nodes[node].tag))
            return true;
    return false;
}

/* Rows and columns of short texts and nothing else?  *columns says how many. */
static bool is_data_table(const struct writer *w, uint32_t table, size_t i, size_t *columns)
{
    const struct clean_blocks *b = w->b;
    const struct clean_dom *d = b->dom;
    size_t rows = 0, cells = 0, kept = 0, all = 0;
    pl_str role = clean_dom_get(d, table, CLEAN_ATTR_ROLE);
    *columns = 0;
    if (clean_equal_nocase(role, PL_S("presentation")) || clean_equal_nocase(role, PL_S("none")))
        return false;
    for (uint32_t n = table + 1; n < d->nodes[table].end; n++) {
        unsigned tag = d->nodes[n].tag;
        if (tag == CLEAN_TABLE || is_list(tag) || tag == CLEAN_PRE || tag == CLEAN_BLOCKQUOTE || tag == CLEAN_FORM ||
            (tag >= CLEAN_H1 && tag <= CLEAN_H6))
            return false;
        if (tag == CLEAN_TR) {
            rows++;
            cells = 0;
        }
        cells += is_cell(tag);
        *columns = cells > *columns ? cells : *columns;
    }
    for (; i < b->n && clean_below(d, b->at[i].node, table); i++, all++) {
        if (b->at[i].words > MAX_CELL_WORDS || !is_in(d, table, b->at[i].node, false))
            return false;
        kept += w->keep[i];
    }
    return rows >= 2 && *columns >= 2 && *columns <= MAX_COLUMNS && kept * 2 > all;
}

/* The kept blocks of one cell. */
static void write_cell(struct writer *w, uint32_t end, size_t *i)
{
    for (; *i < w->b->n && w->b->at[*i].node < end; ++*i)
        if (w->keep[*i])
            gather_runs(w, w->b->at[*i].first_node, w->b->at[*i].last_node);
    write_runs(w, CELL);
    clear_runs(w);
}

static void add_cells(struct writer *w, size_t n, pl_str content)
{
    while (n--)
        clean_buf_add(&w->out, content);
}

/* Ends a row of `cells`; behind the first one comes the line that makes it the header. */
static void end_row(struct writer *w, size_t cells, size_t columns, bool *first)
{
    if (*first) {
        add_cells(w, columns - cells, PL_S("|  "));
        clean_buf_byte(&w->out, '|');
        end_line(w);
        add_cells(w, columns, PL_S("| --- "));
    }
    clean_buf_byte(&w->out, '|');
    *first = false;
}

static bool has_kept(const struct writer *w, size_t i, uint32_t end)
{
    for (; i < w->b->n && w->b->at[i].node < end; i++)
        if (w->keep[i])
            return true;
    return false;
}

/* A row that nothing is kept of is left out. */
static void write_table(struct writer *w, uint32_t table, size_t columns, size_t *i)
{
    const struct clean_dom *d = w->b->dom;
    size_t cells = 0, written = 0;
    bool first = true;
    begin_block(w, table);
    for (uint32_t n = table + 1; n < d->nodes[table].end; n++) {
        if (d->nodes[n].tag == CLEAN_TR) {
            if (written)
                end_row(w, written, columns, &first);
            cells = written = 0;
        }
        if (!is_cell(d->nodes[n].tag))
            continue;
        cells++;
        while (*i < w->b->n && w->b->at[*i].node < n) /* outside of cells nothing is kept */
            ++*i;
        if (!has_kept(w, *i, d->nodes[n].end))
            continue;
        if (!written && !first)
            end_line(w);
        add_cells(w, cells - written - 1, PL_S("|  "));
        clean_buf_add(&w->out, PL_S("| "));
        write_cell(w, d->nodes[n].end, i);
        clean_buf_byte(&w->out, ' ');
        written = cells;
    }
    if (written)
        end_row(w, written, columns, &first);
    while (*i < w->b->n && clean_below(d, w->b->at[*i].node, table))
        ++*i;
    --*i;
}

static void write_block(struct writer *w, const struct clean_block *k)
{
    begin_block(w, k->node);
    if (k->heading) {
        for (uint8_t n = 0; n < k->heading; n++)
            clean_buf_byte(&w->out, '#');
        clean_buf_byte(&w->out, ' ');
    }
    gather_runs(w, k->first_node, k->last_node);
    write_runs(w, k->heading ? HEADING : PARAGRAPH);
    clear_runs(w);
}

/* Writes block *i, or the table or code that it is the first block of; *i moves to the last of its blocks. */
static void write_next(struct writer *w, size_t *i)
{
    const struct clean_block *k = &w->b->at[*i];
    uint32_t pre = clean_code_at(w->b->dom, k->node), table = w->places[k->node].table;
    size_t columns;
    if (pre != CLEAN_NONE) {
        write_code(w, pre, i);
        return;
    }
    if (table != CLEAN_NONE && !w->layout[table] && !is_in(w->b->dom, table, k->node, true)) {
        if (is_data_table(w, table, *i, &columns)) {
            write_table(w, table, columns, i);
            return;
        }
        w->layout[table] = true;
    }
    write_block(w, k);
}

pl_str clean_markdown(const struct clean_blocks *b, const bool *keep, pl_str url, struct clean_arena *a)
{
    struct writer *w = clean_arena_alloc(a, sizeof *w);
    if (!w)
        return PL_S("");
    *w = (struct writer){.b = b,
                         .keep = keep,
                         .arena = a,
                         .out = {.arena = a},
                         .text = {.arena = a},
                         .link_done = CLEAN_NONE};
    if (!find_places(w))
        return PL_S("");
    w->base = clean_url_base(a, b->dom, url);
    for (size_t i = 0; i < b->n && !a->failed; i++)
        if (keep[i])
            write_next(w, &i);
    return clean_norm_code(a, clean_buf_str(&w->out));
}

pl_str clean_markdown_plain(const pl_str *paragraphs, size_t n, struct clean_arena *a)
{
    struct writer *w = clean_arena_alloc(a, sizeof *w);
    if (!w)
        return PL_S("");
    *w = (struct writer){.arena = a, .out = {.arena = a}, .text = {.arena = a}};
    for (size_t i = 0; i < n && !a->failed; i++) {
        if (i)
            clean_buf_add(&w->out, PL_S("\n\n"));
        add_run(w, CLEAN_NONE, 0);
        add_char(w, paragraphs[i]);
        write_runs(w, PARAGRAPH);
        clear_runs(w);
    }
    return clean_norm_code(a, clean_buf_str(&w->out));
}
