/* clean_lines.c - a plain text as lines: wrapped ones joined, paragraphs told apart. */
#include "clean_lines.h"

#include "clean_dateline.h"
#include "clean_utf8.h"

enum {
    MIN_WRAP = 40,
    MAX_WRAP = 110, /* characters a line in text that was wrapped by hand or mailer */
    CUE_BYTES = 300
};

static size_t count_chars(pl_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}

static size_t first_word_chars(pl_str s)
{
    pl_str word;
    return clean_split(&s, ' ', &word) ? count_chars(word) : 0;
}

static bool begins_lower(pl_str s)
{
    const char *p = s.ptr;
    uint32_t c = s.len ? clean_utf8_next(&p, s.ptr + s.len) : 0;
    return clean_is_letter(c) && !clean_is_upper(c) && !clean_is_solo(c);
}

/* The column at which the lines of a text were wrapped; 0 when they were not. */
static size_t wrap_width(pl_str text)
{
    size_t width = 0, inner = 0, full = 0, beyond = 0;
    for (int pass = 0; pass < 2; pass++) {
        pl_str rest = text, line, next = {NULL, 0};
        bool more = clean_split(&rest, '\n', &line);
        for (; more; line = next) {
            more = clean_split(&rest, '\n', &next);
            if (!line.len || !more || !next.len)
                continue; /* blank, or the last of its paragraph */
            size_t n = count_chars(line);
            if (pass == 0) {
                beyond += n > MAX_WRAP;
                width = n > width && n <= MAX_WRAP ? n : width;
            } else {
                inner++;
                full += n + 1 + first_word_chars(next) > width;
            }
        }
    }
    bool wrapped = width >= MIN_WRAP && inner >= 2 && beyond * 20 <= inner && full * 10 >= inner * 7;
    return wrapped ? width : 0;
}

static void add_line(struct clean_lines *l, pl_str text, bool first, const struct clean_words *w)
{
    if (!text.len || !clean_arena_grow(l->arena, &l->at, l->n, &l->cap, sizeof *l->at))
        return;
    l->at[l->n++] = (struct clean_line){
        .text = text,
        .words = clean_count_words(text),
        .cues = clean_match(w->cues, text.len > CUE_BYTES ? clean_slice(text, 0, CUE_BYTES) : text),
        .ends = clean_ends_sentence(text),
        .first = first || l->n == 0,
    };
}

/* Does the next line go on with this one? */
static bool goes_on(pl_str line, pl_str next, size_t width)
{
    if (!clean_ends_sentence(line) && begins_lower(next))
        return true;
    return width && count_chars(line) + 1 + first_word_chars(next) > width;
}

void clean_lines_split(struct clean_lines *l, pl_str text, const struct clean_words *w, struct clean_arena *a)
{
    size_t width = wrap_width(text);
    bool blank_lines = clean_find_nocase(text, PL_S("\n\n")) < text.len, first = true;
    pl_str rest = text, line, next;
    struct clean_buf joined = {.arena = a}; /* of several lines; one line is a view */

    *l = (struct clean_lines){.arena = a};
    bool more = clean_split(&rest, '\n', &line);
    while (more) {
        more = clean_split(&rest, '\n', &next);
        if (more && line.len && next.len && goes_on(line, next, width)) {
            bool hyphen = line.ptr[line.len - 1] == '-' && line.len > 1 && line.ptr[line.len - 2] != ' ';
            clean_buf_add(&joined, line);
            if (!hyphen)
                clean_buf_byte(&joined, ' ');
        } else {
            if (joined.len) {
                clean_buf_add(&joined, line);
                line = clean_buf_str(&joined);
                joined = (struct clean_buf){.arena = a};
            }
            add_line(l, line, first, w);
            /* where a text is wrapped, a short line ends its paragraph */
            first = !blank_lines || width > 0 || !line.len;
        }
        line = next;
    }
    for (size_t i = 0; i < l->n; i++)
        l->at[i].alone = l->at[i].first && (i + 1 == l->n || l->at[i + 1].first);
}

bool clean_line_is_running(const struct clean_line *k)
{
    struct clean_dateline d;
    return (k->words >= 12 && (k->ends || k->words >= 30)) ||
           (k->words >= 6 && k->ends && clean_dateline_find(k->text, &d));
}
