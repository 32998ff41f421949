/* clean_plain.c - an article as plain text: what is headline, byline, dateline, report, and what a site hung on.
 *
 * A step takes furniture out of a text and is repeated until it finds none, so that cleaning a clean text
 * changes nothing.  A step has three parts: trees that tell the article from the rest of a page; rules for the lines before the report; rules for those behind it. */
#include "clean_plain.h"

#include "clean_dateline.h"
#include "clean_facts.h"
#include "clean_lines.h"
#include "clean_norm.h"
#include "clean_utf8.h"

enum {
    MAX_STEPS = 6,
    SURELY_NOT = 65536 / 32, /* chances */
    HARDLY = 65536 / 40,
    EVEN = 65536 / 2,
    LIKELY = 65536 / 3,
    PAGE_PERCENT = 14, /* a page is a text of which so many lines surely are not the article's */
    MAX_LINES = 20000, /* for the trees: more lines are no article and its page */
    MAX_HEAD = 8,      /* lines before the report */
    MAX_TITLE_WORDS = 30,
    MAX_LONE_WORDS = 10, /* of a headline that nothing but a report follows */
    TAIL_HEAD_BYTES = 30, /* a cue that opens the tail stands at the start of its line */
    CLOSING_BYTES = 60,
    MAX_WEAK = 25, /* lines that a cue in doubt may take */
    TITLE_SAMPLE = 6000,
    STEM_BYTES = 5
};

/* One step over one text. */
struct step {
    struct clean_lines lines;
    bool *gone;
    uint16_t *chance; /* what the trees say of each line; NULL where they were not asked */
    size_t body;   /* the first line of running text that is kept; lines.n without one */
    bool is_page;  /* most of it was the rest of a page */
    const struct clean_words *words;
    struct clean_arena *arena;
};

/* Only capitalised words and the small ones between, no end of a sentence: a name of something. */
static bool is_name_line(const struct clean_line *p)
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
static bool is_site_line(const struct clean_line *p)
{
    static const char media[] = "news times post herald online daily today tribune gazette journal press media network "
                                "tv radio chronicle observer "
                                "guardian mail star sun express standard telegraph report reporter review world web "
                                "bulletin courier dispatch examiner "
                                "independent inquirer ledger mirror monitor register sentinel weekly magazine wire "
                                "live zeitung nachrichten presse "
                                "rundschau blatt anzeiger kurier monde figaro noticias diario periódico prensa "
                                "gazzetta corriere giornale notizie jornal "
                                "folha notícias correio krant dagblad gazeta tagblatt tageblatt tageszeitung volksblatt allgemeine echo "
                                "courrier journal dépêche gazette nouvelles información heraldo gaceta voz messaggero "
                                "gazeta kurier dziennik głos wiadomości вестник газета новости правда известия "
                                "gazetesi haber haberleri kabar berita harian nyheter tidning tidningen bladet avis noviny zprávy";
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
static bool is_unnamed_byline(const struct clean_line *p)
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
static bool is_date_line(const struct clean_line *p, struct clean_date *d)
{
    size_t begin, end;
    if (p->words > 12 || p->text.len > 120 || !clean_date_find(p->text, false, d, &begin, &end))
        return false;
    size_t letters = 0; /* beside the date: "10:15 Uhr" */
    for (size_t i = 0; i < p->text.len; i++)
        letters += (i < begin || i >= end) && clean_is_letter((unsigned char)p->text.ptr[i] & 0x7F);
    return letters <= 4 || (end - begin) * 2 >= p->text.len || p->cues & (CLEAN_CUE(PUBLISHED) | CLEAN_CUE(UPDATED));
}

static bool is_furniture(const struct clean_line *p)
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
    while (clean_split(&rest, ' ', &word))
        if (!clean_in_list(buttons, word))
            return false;
    return true;
}

static bool may_be_title(const struct clean_line *p)
{
    const char *end = p->text.ptr + p->text.len;
    return p->words >= 2 && p->words <= MAX_TITLE_WORDS && end[-1] != '.' && end[-1] != ':' && p->alone;
}

static bool is_heading(const struct clean_line *k)
{
    return k->alone && !k->ends && k->words <= 12;
}

/* Are at least half of the longer words of a line in the report too?  By their beginnings: titles inflect. */
static bool is_told_in(const struct step *s, pl_str line)
{
    struct clean_buf report = {.arena = s->arena};
    size_t all = 0, told = 0;
    pl_str word;
    for (size_t i = s->body; i < s->lines.n && report.len < TITLE_SAMPLE; i++)
        if (!s->gone[i] && clean_line_is_running(&s->lines.at[i]))
            clean_buf_add(&report, clean_fold(s->arena, clean_clip(s->lines.at[i].text, TITLE_SAMPLE - report.len)));
    line = clean_fold(s->arena, line);
    while (clean_split(&line, ' ', &word)) {
        if (word.len < STEM_BYTES - 1)
            continue;
        all++;
        word.len = word.len > STEM_BYTES ? STEM_BYTES : word.len;
        told += clean_find_nocase(clean_buf_str(&report), word) < report.len;
    }
    return told > 0 && told * 2 >= all;
}

/* Is this line, the only one before the report and the only headline in the text, its title? */
static bool is_lone_title(const struct step *s, size_t at)
{
    const struct clean_line *k = &s->lines.at[at];
    size_t headings = 0;
    if (!may_be_title(k) || k->ends || k->words > MAX_LONE_WORDS || k->cues & CLEAN_CUE(ANY))
        return false;
    for (size_t i = s->body; i < s->lines.n; i++)
        headings += !s->gone[i] && is_heading(&s->lines.at[i]);
    return headings < 3 && is_told_in(s, k->text);
}

/* A line of authors: "By ...", and in languages where the word is not among clean_byline_mark()'s. */
static bool read_byline(pl_list *names, const struct clean_line *k, struct clean_arena *a)
{
    static const char *const marks[] = {"Oleh ",  "Oleh: ",  "Penulis: ", "Автор: ", "Автор ",   "Текст: ", "Автори: ",
                                        "Tekst: ", "Autor: ", "Haber: ",   "Yazan: ", "Szerző: ", "Reporter: "};
    pl_str name = k->text;
    size_t mark = clean_byline_mark(name);
    for (size_t i = 0; i < sizeof marks / sizeof *marks && !mark; i++)
        if (clean_has_prefix_nocase(name, (pl_str){marks[i], strlen(marks[i])})) {
            mark = strlen(marks[i]);
            name = clean_slice(name, mark, name.len);
        }
    if (!mark || k->words > 12 || k->ends)
        return false;
    *names = clean_names_in(a, name, true);
    return names->n > 0 || is_unnamed_byline(k);
}

/* What the lines before the report were found to be. */
struct head {
    size_t title;    /* its line, or NONE */
    size_t others;   /* lines that are nothing we know, after the title */
    size_t other;    /* the last of them */
    size_t known;    /* lines that were taken out */
};
enum { NONE = -1 };

/* What is a line before the report?  True when it goes out of the text.  `signed_by`: another line says who wrote it. */
static bool read_head_line(struct clean_plain *out, const struct step *s, const struct clean_line *k, bool titled,
                           bool signed_by)
{
    struct clean_dateline line;
    struct clean_date date;
    if (is_furniture(k))
        return true;
    if (!out->has_published && is_date_line(k, &date)) {
        out->published = date;
        out->has_published = true;
        return true;
    }
    if (!titled && may_be_title(k))
        return false;
    if (!out->byline.n && read_byline(&out->byline, k, s->arena))
        return true;
    if (!out->agency.len && clean_is_agency(k->text)) {
        out->agency = k->text;
        return true;
    }
    if (!out->site.len && is_site_line(k)) {
        out->site = k->text;
        return true;
    }
    if (is_unnamed_byline(k))
        return true;
    if (!is_name_line(k) || clean_dateline_find(k->text, &line))
        return false; /* a standfirst, or what we do not know */
    if (signed_by && !out->site.len) {
        out->site = k->text;
        return true;
    }
    if (!out->byline.n) {
        out->byline = clean_names_in(s->arena, k->text, false);
        return out->byline.n > 0;
    }
    return false;
}

/* May the title go?  Not where the line behind it would be taken for the title next time: then both stay. */
static bool title_goes(const struct step *s, const struct head *h)
{
    struct clean_dateline d;
    bool dateline = clean_dateline_find(s->lines.at[s->body].text, &d);
    bool next_goes = h->others == 1 && (dateline || is_lone_title(s, h->other));
    if (h->others == 0)
        return h->known > 0 || dateline || is_lone_title(s, h->title);
    return h->known > 0 && !next_goes;
}

/* Do the lines before the report say "By ..."? */
static bool is_signed(const struct step *s)
{
    pl_list names;
    for (size_t i = 0, seen = 0; i < s->body && seen < MAX_HEAD; i++)
        if (!s->gone[i] && ++seen && read_byline(&names, &s->lines.at[i], s->arena) && names.n)
            return true;
    return false;
}

/* Takes what stands in lines of its own before the report.  `title` came with the text, or was found in it. */
static void read_head(struct clean_plain *out, struct step *s, pl_str title, bool titled)
{
    pl_str known = clean_fold(s->arena, title);
    struct head h = {.title = (size_t)NONE};
    const bool signed_by = is_signed(s);
    size_t seen = 0;
    for (size_t i = 0; i < s->body && seen < MAX_HEAD; i++) {
        const struct clean_line *k = &s->lines.at[i];
        if (s->gone[i])
            continue;
        seen++;
        if (known.len && k->words <= MAX_TITLE_WORDS && clean_equal(clean_fold(s->arena, k->text), known)) {
            s->gone[i] = true;
            h.known++;
        } else if (read_head_line(out, s, k, titled, signed_by)) {
            s->gone[i] = true;
            h.known++;
        } else if (!titled && may_be_title(k)) {
            h.title = i;
            titled = true;
        } else {
            h.others++;
            h.other = i;
        }
    }
    if (h.title == (size_t)NONE)
        return;
    s->gone[h.title] = title_goes(s, &h);
    if (s->gone[h.title] && !out->title.len)
        out->title = s->lines.at[h.title].text;
}

/* Of a whole page, the headline is not among the lines that were kept: it stands a little before them. */
static void read_page_head(struct clean_plain *out, struct step *s)
{
    enum { WINDOW = 14 };
    const struct clean_line *best = NULL;
    struct clean_date date;
    double most = 0;
    size_t first = 0;
    while (first < s->lines.n && s->gone[first])
        first++;
    for (size_t i = first > WINDOW ? first - WINDOW : 0; i < s->body; i++) {
        const struct clean_line *k = &s->lines.at[i];
        if (!s->gone[i])
            continue;
        if (!out->has_published && is_date_line(k, &date)) {
            out->published = date;
            out->has_published = true;
        } else if (!out->byline.n && read_byline(&out->byline, k, s->arena)) {
            ;
        } else if (may_be_title(k) && !(k->cues & CLEAN_CUE(STRONG)) && k->words > most && k->words <= 20 &&
                   is_told_in(s, k->text)) {
            best = k;
            most = k->words;
        }
    }
    if (best && !out->title.len)
        out->title = best->text;
}

/* Does what a site hangs on begin here?  Then nothing behind it may be running text. */
enum tail { NO_TAIL, WEAK_TAIL, STRONG_TAIL };

static enum tail begins_tail(const struct clean_line *p, const struct clean_words *w)
{
    pl_str head = p->text.len > CLOSING_BYTES ? clean_slice(p->text, 0, CLOSING_BYTES) : p->text;
    if ((p->cues & CLEAN_CUE(FORM) && p->words <= 40) || is_furniture(p))
        return STRONG_TAIL;
    if (p->words <= 60 && clean_match(w->cues, head) & CLEAN_CUE(CLOSING))
        return STRONG_TAIL;
    if (p->words > 20 || p->ends)
        return NO_TAIL;
    head = p->text.len > TAIL_HEAD_BYTES ? clean_slice(p->text, 0, TAIL_HEAD_BYTES) : p->text;
    return clean_match(w->cues, head) & CLEAN_CUE(TAIL) ? WEAK_TAIL : NO_TAIL;
}

/* What hangs behind the report.  A cue that articles have too is believed where the trees do not take what
 * follows it for the article's: "Related resources" may head a table of them. */
static void cut_tail(struct step *s)
{
    size_t tail = s->lines.n, n = 0;
    double words = 0, likely = 0;
    for (size_t i = s->lines.n; i-- > s->body + 1;) {
        const struct clean_line *k = &s->lines.at[i];
        if (s->gone[i])
            continue;
        n++;
        words += k->words;
        likely += s->chance ? k->words * s->chance[i] : 0;
        enum tail begins = begins_tail(k, s->words);
        if (begins == STRONG_TAIL || (begins == WEAK_TAIL && n <= MAX_WEAK && likely <= words * LIKELY))
            tail = i;
        else if (begins == NO_TAIL && clean_line_is_running(k))
            break;
    }
    for (size_t i = tail; i < s->lines.n; i++)
        s->gone[i] = true;
    for (size_t i = s->body + 1; i < s->lines.n; i++)
        s->gone[i] |= is_furniture(&s->lines.at[i]);
}

static size_t find_body(const struct step *s)
{
    size_t i = 0;
    while (i < s->lines.n && (s->gone[i] || !clean_line_is_running(&s->lines.at[i])))
        i++;
    return i;
}

/* How many lines are surely not the article's? */
static size_t count_furniture(const struct step *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->lines.n; i++)
        n += s->chance[i] < SURELY_NOT;
    return n;
}

/* Is any of the lines that stay running text? */
static bool keeps_report(const struct step *s, const bool *keep)
{
    for (size_t i = 0; i < s->lines.n; i++)
        if (keep[i] && clean_line_is_running(&s->lines.at[i]))
            return true;
    return false;
}

/* Lets the trees choose the article's lines from a page.  In a text that has few lines of furniture they are
 * asked only how much of its end is: what they think of a list or a table in it would cost more than it gains. */
static int cut_page(struct step *s, const struct clean_trees *table)
{
    s->chance = clean_arena_array(s->arena, s->lines.n + 1, sizeof *s->chance);
    bool *keep = clean_arena_array(s->arena, s->lines.n + 1, sizeof *keep);
    if (!s->chance || !keep || clean_lines_judge(&s->lines, table, s->chance, s->words, s->arena) < 0 ||
        clean_lines_choose(&s->lines, s->chance, keep, s->arena) < 0)
        return PL_NOMEM;
    /* a page begins with its menu or its name, an article with itself */
    s->is_page = s->chance[0] < EVEN && count_furniture(s) * 100 >= s->lines.n * PAGE_PERCENT && keeps_report(s, keep);
    for (size_t i = 0; i < s->lines.n && s->is_page; i++)
        s->gone[i] = !keep[i];
    for (size_t i = s->lines.n; !s->is_page && i-- > s->body + 1 && s->chance[i] < HARDLY;)
        s->gone[i] = true;
    return 0;
}

/* The lines that are left, as paragraphs. */
static int gather(struct clean_plain *out, const struct step *s)
{
    struct clean_buf paragraph = {.arena = s->arena};
    pl_str *paragraphs = clean_arena_array(s->arena, s->lines.n + 1, sizeof *paragraphs);
    bool blank = false;
    if (!paragraphs)
        return PL_NOMEM;
    out->n = 0;
    for (size_t i = 0; i < s->lines.n; i++) {
        blank |= s->lines.at[i].first;
        if (s->gone[i])
            continue;
        if (blank && paragraph.len) {
            paragraphs[out->n++] = clean_buf_str(&paragraph);
            paragraph = (struct clean_buf){.arena = s->arena};
        }
        if (paragraph.len)
            clean_buf_byte(&paragraph, '\n');
        clean_buf_add(&paragraph, s->lines.at[i].text);
        blank = false;
    }
    if (paragraph.len)
        paragraphs[out->n++] = clean_buf_str(&paragraph);
    out->paragraphs = paragraphs;
    return 0;
}

/* What is left of `text`, and what was found in what is not; `before` was found in steps before. */
static int take_step(struct clean_plain *out, pl_str text, pl_str title, pl_str before, const struct clean_trees *table,
                     const struct clean_words *w, struct clean_arena *a)
{
    struct step s = {.words = w, .arena = a};
    clean_lines_split(&s.lines, text, w, a);
    s.gone = clean_arena_array(a, s.lines.n + 1, sizeof *s.gone);
    if (!s.gone)
        return PL_NOMEM;
    s.body = find_body(&s);
    if (s.body < s.lines.n) {
        if (s.lines.n <= MAX_LINES && cut_page(&s, table) < 0)
            return PL_NOMEM;
        s.body = find_body(&s);
        if (s.is_page)
            read_page_head(out, &s);
        read_head(out, &s, title.len ? title : before.len ? before : out->title, title.len > 0);
        cut_tail(&s);
    }
    return gather(out, &s);
}

static pl_str join_paragraphs(const struct clean_plain *p, struct clean_arena *a)
{
    struct clean_buf text = {.arena = a};
    for (size_t i = 0; i < p->n; i++) {
        if (text.len)
            clean_buf_add(&text, PL_S("\n\n"));
        clean_buf_add(&text, p->paragraphs[i]);
    }
    return clean_norm_text(a, clean_buf_str(&text));
}

/* A later step adds what no step before has found. */
static void take_facts(struct clean_plain *out, const struct clean_plain *found)
{
    if (!out->title.len)
        out->title = found->title;
    if (!out->site.len)
        out->site = found->site;
    if (!out->agency.len)
        out->agency = found->agency;
    if (!out->byline.n)
        out->byline = found->byline;
    if (!out->has_published && found->has_published) {
        out->published = found->published;
        out->has_published = true;
    }
    out->n = found->n;
    out->paragraphs = found->paragraphs;
}

static const struct clean_plain nothing = {.title = {"", 0}, .site = {"", 0}, .agency = {"", 0}};

/* Takes steps from *text until one changes nothing, or MAX_STEPS were taken; *same says which. */
static int take_steps(struct clean_plain *out, pl_str *text, pl_str title, const struct clean_trees *table,
                      const struct clean_words *w, struct clean_arena *a, bool *same)
{
    *same = false;
    for (int i = 0; i < MAX_STEPS && !*same; i++) {
        struct clean_plain found = nothing;
        if (take_step(&found, *text, title, out->title, table, w, a) < 0)
            return PL_NOMEM;
        take_facts(out, &found);
        pl_str after = join_paragraphs(out, a);
        *same = clean_equal(*text, after);
        *text = after;
    }
    return a->failed ? PL_NOMEM : 0;
}

/* All of a text, where no end was found: the next time there will be none again. */
static int take_whole(struct clean_plain *out, pl_str text, struct clean_arena *a)
{
    pl_str *whole = clean_arena_array(a, 1, sizeof *whole);
    if (!whole)
        return PL_NOMEM;
    *whole = text;
    *out = nothing;
    out->n = text.len > 0;
    out->paragraphs = whole;
    return 0;
}

int clean_plain_find_with(struct clean_plain *out, pl_str text, pl_str title, const struct clean_trees *table,
                          const struct clean_words *w, struct clean_arena *a)
{
    const pl_str whole = clean_norm_text(a, text);
    pl_str rest = whole, before;
    bool same = false, settled = false;
    *out = nothing;
    for (int i = 0; i < MAX_STEPS && !settled; i++) {
        if (take_steps(out, &rest, title, table, w, a, &same) < 0)
            return PL_NOMEM;
        before = rest;
        /* the next time the title will be known, or not: what is left must stay in both cases */
        if (same && !title.len && out->title.len && take_steps(out, &rest, out->title, table, w, a, &same) < 0)
            return PL_NOMEM;
        settled = same && clean_equal(before, rest);
        if (!same)
            break;
    }
    return settled ? 0 : take_whole(out, whole, a);
}

int clean_plain_find(struct clean_plain *out, pl_str text, pl_str title, const struct clean_words *w,
                     struct clean_arena *a)
{
    return clean_plain_find_with(out, text, title, &clean_table_lines, w, a);
}
