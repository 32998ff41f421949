/* clean_plain.c - an article as plain text: what is headline, byline, dateline, report, and what a site hung on. */
#include "clean_plain.h"

#include "clean_dateline.h"
#include "clean_facts.h"
#include "clean_norm.h"
#include "clean_utf8.h"

enum {
    MIN_WRAP = 40,
    MAX_WRAP = 110, /* characters a line in text that was wrapped by hand or mailer */
    MAX_HEAD = 8,   /* paragraphs before the report */
    MAX_TITLE_WORDS = 30,
    TAIL_HEAD_BYTES = 30 /* a cue that opens the tail stands at the start of its line */
};

struct paragraph {
    pl_str text;
    double words;
    uint32_t cues;
    bool ends, gone;
};

struct paragraphs {
    struct clean_arena *arena;
    struct paragraph *at;
    size_t n, cap;
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

static void add_paragraph(struct paragraphs *p, pl_str text, const struct clean_words *w)
{
    if (!text.len || !clean_arena_grow(p->arena, &p->at, p->n, &p->cap, sizeof *p->at))
        return;
    p->at[p->n++] = (struct paragraph){
        .text = text,
        .words = clean_count_words(text),
        .cues = clean_match(w->cues, text.len > 300 ? clean_slice(text, 0, 300) : text),
        .ends = clean_ends_sentence(text),
    };
}

/* Does the next line go on with this one? */
static bool goes_on(pl_str line, pl_str next, size_t width)
{
    if (!clean_ends_sentence(line) && begins_lower(next))
        return true;
    return width && count_chars(line) + 1 + first_word_chars(next) > width;
}

/* Paragraphs stand between blank lines; where there are none, each line is one. */
static void split_paragraphs(struct paragraphs *p, pl_str text, const struct clean_words *w)
{
    size_t width = wrap_width(text);
    bool blank_lines = clean_find_nocase(text, PL_S("\n\n")) < text.len;
    pl_str rest = text, line, next;
    struct clean_buf joined = {.arena = p->arena}; /* of a paragraph of several lines; one line is a view */

    bool more = clean_split(&rest, '\n', &line);
    while (more) {
        more = clean_split(&rest, '\n', &next);
        bool joins = more && line.len && next.len;
        bool on = joins && goes_on(line, next, width);
        if (joins && (on || (blank_lines && !width))) {
            bool hyphen = line.ptr[line.len - 1] == '-' && line.len > 1 && line.ptr[line.len - 2] != ' ';
            clean_buf_add(&joined, line);
            if (!on || !hyphen)
                clean_buf_byte(&joined, on ? ' ' : '\n');
        } else if (joined.len) {
            clean_buf_add(&joined, line);
            add_paragraph(p, clean_buf_str(&joined), w);
            joined = (struct clean_buf){.arena = p->arena};
        } else {
            add_paragraph(p, line, w);
        }
        line = next;
    }
}

static bool is_report(const struct paragraph *p)
{
    struct clean_dateline d;
    return (p->words >= 12 && (p->ends || p->words >= 30)) ||
           (p->words >= 6 && p->ends && clean_dateline_find(p->text, &d));
}

/* Only capitalised words and the small ones between, no end of a sentence: a name of something. */
static bool is_name_line(const struct paragraph *p)
{
    static const char small[] = "of the and for de la le der die das und du des et del e en";
    pl_str rest = p->text, word;
    if (p->words < 1 || p->words > 6 || p->ends || p->text.len > 80)
        return false;
    while (clean_split(&rest, ' ', &word)) {
        const char *q = word.ptr;
        uint32_t c = word.len ? clean_utf8_next(&q, word.ptr + word.len) : 'A';
        if (clean_is_letter(c) && !clean_is_upper(c) && !clean_in_list(small, word) &&
            clean_find_nocase(word, PL_S(".")) == word.len)
            return false;
    }
    return true;
}

/* A name line that a site signs with. */
static bool is_site_line(const struct paragraph *p)
{
    static const char media[] = "news times post herald online daily today tribune gazette journal press media network "
                                "tv radio chronicle observer "
                                "guardian mail star sun express standard telegraph report reporter review world web "
                                "bulletin courier dispatch examiner "
                                "independent inquirer ledger mirror monitor register sentinel weekly magazine wire "
                                "live zeitung nachrichten presse "
                                "rundschau blatt anzeiger kurier monde figaro noticias diario periódico prensa "
                                "gazzetta corriere giornale notizie jornal "
                                "folha notícias correio krant dagblad gazeta";
    pl_str rest = p->text, word;
    if (!is_name_line(p))
        return false;
    while (clean_split(&rest, ' ', &word)) {
        size_t dot = clean_find_nocase(word, PL_S("."));
        if (clean_in_list(media, word) ||
            (p->words <= 4 && dot && dot + 3 <= word.len && !clean_is_upper((unsigned char)word.ptr[dot + 1])))
            return true;
    }
    return false;
}

/* "By our correspondent", "Staff Reporter", "Web Desk": a byline without a name. */
static bool is_unnamed_byline(const struct paragraph *p)
{
    static const char roles[] = "staff correspondent desk bureau agencies agency reporter";
    static const char about[] =
        "staff our special news web own by from the with inputs editorial political business sports "
        "correspondent reporter desk bureau agencies agency writer and";
    pl_str rest = p->text, word;
    bool role = false;
    if (p->words > 5 || p->ends)
        return false;
    while (clean_split(&rest, ' ', &word)) {
        role |= clean_in_list(roles, word);
        if (!clean_in_list(about, word))
            return false;
    }
    return role;
}

/* A line that is a date, or "Published: " and one. */
static bool is_date_line(const struct paragraph *p, struct clean_date *d)
{
    size_t begin, end;
    if (p->words > 12 || p->text.len > 120 || !clean_date_find(p->text, false, d, &begin, &end))
        return false;
    return (end - begin) * 2 >= p->text.len || p->cues & (CLEAN_CUE(PUBLISHED) | CLEAN_CUE(UPDATED));
}

static bool is_furniture(const struct paragraph *p)
{
    static const char buttons[] =
        "share facebook twitter x whatsapp telegram email e-mail print linkedin pinterest reddit tweet pin "
        "copy link save like comment comments messenger threads bluesky this on via article story | · • / , teilen "
        "drucken "
        "partager compartir condividi imprimer imprimir stampa";
    pl_str rest = p->text, word;
    if (p->cues & CLEAN_CUE(FORM) && p->words <= 8)
        return true;
    if (p->words > 8)
        return false;
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i] == '\n')
            return false;
    while (clean_split(&rest, ' ', &word))
        if (!clean_in_list(buttons, word))
            return false;
    return true;
}

static bool may_be_title(const struct paragraph *p)
{
    const char *end = p->text.ptr + p->text.len;
    return p->words >= 2 && p->words <= MAX_TITLE_WORDS && end[-1] != '.' && end[-1] != ':' &&
           !memchr(p->text.ptr, '\n', p->text.len);
}

/* Takes what stands in lines of its own before the report at `body`. */
static void read_head(struct clean_plain *out, struct paragraphs *p, size_t body, pl_str known_title)
{
    pl_str known = clean_fold(p->arena, known_title);
    size_t last = body < MAX_HEAD ? body : MAX_HEAD;
    bool titled = known.len > 0;
    for (size_t i = 0; i < last; i++) {
        struct paragraph *k = &p->at[i];
        struct clean_dateline line;
        struct clean_date date;
        k->gone = true;
        if (known.len && clean_equal(clean_fold(p->arena, k->text), known)) {
            known = PL_S("");
        } else if (is_furniture(k)) {
            ;
        } else if (!out->has_published && is_date_line(k, &date)) {
            out->published = date;
            out->has_published = true;
        } else if (!titled && may_be_title(k)) {
            out->title = k->text;
            titled = true;
        } else if (!out->byline.n && k->words <= 12 && !k->ends && clean_byline_mark(k->text)) {
            out->byline = clean_names_in(p->arena, k->text, true);
            k->gone = out->byline.n > 0 || is_unnamed_byline(k);
        } else if (!out->agency.len && clean_is_agency(k->text)) {
            out->agency = k->text;
        } else if (!out->site.len && is_site_line(k)) {
            out->site = k->text;
        } else if (is_unnamed_byline(k)) {
            ;
        } else if (!out->byline.n && is_name_line(k) && !clean_dateline_find(k->text, &line)) {
            out->byline = clean_names_in(p->arena, k->text, false);
            k->gone = out->byline.n > 0;
        } else {
            k->gone = false; /* a standfirst, or what we do not know */
        }
    }
}

/* Does what a site hangs on begin here?  Then nothing behind it may be running text. */
static bool begins_tail(const struct paragraph *p, const struct clean_words *w)
{
    if (p->cues & CLEAN_CUE(FORM) && p->words <= 40)
        return true;
    if (p->words > 20 || p->ends)
        return false;
    pl_str head = p->text.len > TAIL_HEAD_BYTES ? clean_slice(p->text, 0, TAIL_HEAD_BYTES) : p->text;
    return clean_match(w->cues, head) & CLEAN_CUE(TAIL);
}

static void cut_tail(struct paragraphs *p, size_t body, const struct clean_words *w)
{
    size_t tail = p->n;
    for (size_t i = p->n; i-- > body + 1;) {
        bool begins = begins_tail(&p->at[i], w) || is_furniture(&p->at[i]);
        if (begins)
            tail = i;
        else if (is_report(&p->at[i]))
            break;
    }
    for (size_t i = tail; i < p->n; i++)
        p->at[i].gone = true;
}

int clean_plain_find(struct clean_plain *out, pl_str text, pl_str title, const struct clean_words *w,
                     struct clean_arena *a)
{
    struct paragraphs p = {.arena = a};
    *out = (struct clean_plain){.title = PL_S(""), .site = PL_S(""), .agency = PL_S("")};
    split_paragraphs(&p, clean_norm_text(a, text), w);

    size_t body = 0;
    while (body < p.n && !is_report(&p.at[body]))
        body++;
    if (body < p.n) {
        read_head(out, &p, body, title);
        cut_tail(&p, body, w);
    }
    pl_str *paragraphs = clean_arena_array(a, p.n + 1, sizeof *paragraphs);
    if (!paragraphs || a->failed)
        return PL_NOMEM;
    for (size_t i = 0; i < p.n; i++)
        if (!p.at[i].gone && !(i > body && is_furniture(&p.at[i])))
            paragraphs[out->n++] = p.at[i].text;
    out->paragraphs = paragraphs;
    return 0;
}
