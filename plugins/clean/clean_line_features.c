/* clean_line_features.c - what the trees see of each line of a plain text, and which lines they choose.
 *
 * All in whole numbers, so that the same text gives the same choice on every machine. */
#include <unicase.h>

#include "clean_date.h"
#include "clean_lines.h"
#include "clean_utf8.h"

enum {
    SHARE = 1000,
    DATE_BYTES = 200, /* a date line is short; running text may hold any date */
    LONG_WORD = 5,    /* characters of a word that tells what a text is about */
    RUN = 3,          /* words */
    MAX_HASHES = 400000,
    PROBES = 16,      /* places looked at in a full table: bounds what hostile words cost */
    NONE = UINT32_MAX
};

/* How often things occur, by hash. */
struct counter {
    struct count {
        uint64_t key;
        uint32_t n, last;
    } *at;
    size_t mask;
};

static bool counter_init(struct counter *c, size_t most, struct clean_arena *a)
{
    size_t size = 64;
    while (size < most * 2 && size < SIZE_MAX / 64)
        size *= 2;
    *c = (struct counter){clean_arena_array(a, size, sizeof *c->at), size - 1};
    return c->at != NULL;
}

/* The place of `key`, made for it where `add`; NULL when it has none. */
static struct count *counter_find(const struct counter *c, uint64_t key, bool add)
{
    key |= 1; /* 0 is an empty place */
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20);
    for (size_t i = 0; i < PROBES; i++) {
        struct count *k = &c->at[(at + i) & c->mask];
        if (k->key == key)
            return k;
        if (!k->key) {
            if (!add)
                return NULL;
            *k = (struct count){key, 0, NONE};
            return k;
        }
    }
    return NULL;
}

#define HASH_BEGIN UINT64_C(0xCBF29CE484222325)

/* FNV-1a, a character at a time. */
static uint64_t hash_add(uint64_t h, uint32_t c)
{
    return (h ^ c) * UINT64_C(0x100000001B3);
}

static uint64_t hash_bytes(pl_str s)
{
    uint64_t h = HASH_BEGIN;
    for (size_t i = 0; i < s.len; i++)
        h = hash_add(h, (unsigned char)s.ptr[i]);
    return h;
}

static uint32_t fold_char(uint32_t c)
{
    if (c < 0x80)
        return c - 'A' < 26 ? c + 32 : c;
    return clean_is_upper(c) ? uc_tolower(c) : c;
}

/* clang-format off */
static const char small_words[] =
    "a an the of and to in is that for it as was with be by on not he his she her but at are this have from they which "
    "you or we all been their has would will who if said had its were der die und das den von zu mit sich des auf für "
    "ist im dem nicht ein eine einen einer als auch es werden aus er hat dass sie nach wird bei um am sind noch wie über "
    "war so vor le la les et en un une du que est dans pour qui par sur au aux il ne pas plus ce se sont avec elle cette "
    "el los las del una con su para lo como más pero sus ya fue ha di che per non sono da della si dei nel alla è come "
    "anche i gli o e do os no na em uma um com não ao mais foi dos das het een van dat op te zijn voor niet ook maar bij "
    "och att det som på av är den till ett med har för ikke og til er at w się z nie jest do jak po od dla oraz że ve "
    "bir bu için ile de olarak daha çok в и не на что с по как из за от для но это он к yang dan ini itu dengan untuk "
    "dari tidak dalam akan pada";
/* clang-format on */

/* clang-format off */
static const char address_words[] =
    "you your yours you're you'll us our we sie ihr ihre ihren ihrem ihnen euch dir dich dein deine deinen uns unser unsere wir "
    "vous votre vos nous notre nos tu te ta tes usted ustedes su sus tus nos nuestro nuestra nuestros vuestro ti vi voi tuo tua "
    "vostro nostra nostro noi você vocês seu sua teu tua nosso nossa je jij jouw uw u ons onze du dig din ditt dina er vi oss vår "
    "vore deg din ty twój twoje twoja wasz nasz nasza nam вы вас вам ваш ваша ваши вашу мы нас наш наша siz sizin size biz bizim anda kamu kami kita";
/* clang-format on */

static bool word_list_init(struct counter *c, pl_str list, struct clean_arena *a)
{
    if (!counter_init(c, list.len / 3, a))
        return false;
    pl_str rest = list, word;
    while (clean_split(&rest, ' ', &word)) {
        uint64_t h = HASH_BEGIN;
        for (const char *p = word.ptr, *end = clean_end(word); p < end;)
            h = hash_add(h, clean_utf8_next(&p, end));
        counter_find(c, h, true);
    }
    return true;
}

struct measure {
    const struct clean_lines *lines;
    const struct clean_words *words;
    int16_t *columns;
    struct counter small, address;
    struct hashes {
        uint64_t *at;
        size_t n, cap;
        size_t *end; /* of each line */
    } telling, runs; /* the long words of all lines, and three words each */
    int32_t *tenths;     /* words of each line */
    int32_t *running;    /* the same, 0 for a line that is no running text */
    int32_t *spare;
    struct clean_arena *arena;
};

static int16_t to_int16(int64_t v)
{
    return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

static void set(struct measure *m, size_t feature, size_t line, int64_t v)
{
    m->columns[feature * m->lines->n + line] = to_int16(v);
}

static int16_t get(const struct measure *m, size_t feature, size_t line)
{
    return m->columns[feature * m->lines->n + line];
}

static int64_t share(int64_t part, int64_t whole)
{
    return whole > 0 ? part * SHARE / whole : 0;
}

/* Counts over the characters of one line. */
struct tally {
    int64_t chars, words, small, address, capitals, upper, digits, commas, sentences, separators, slashes, at;
    uint64_t word;       /* hash of the one being read */
    uint64_t before[RUN - 1]; /* hashes of the words before it */
    size_t word_chars;   /* 0 between words */
    uint32_t solo;       /* the character before, of a script without spaces */
    bool stopped;        /* behind a full stop, before the space that makes it an end */
};

static void add_hash(struct measure *m, struct hashes *h, uint64_t hash)
{
    if (h->n < MAX_HASHES && clean_arena_grow(m->arena, &h->at, h->n, &h->cap, sizeof *h->at))
        h->at[h->n++] = hash;
}

/* Another word: the run that it ends. */
static void add_run(struct measure *m, struct tally *t, uint64_t word)
{
    if (++t->words >= RUN)
        add_hash(m, &m->runs, hash_add(t->before[0] * 31 + t->before[1] * 17, 0) ^ word);
    t->before[0] = t->before[1];
    t->before[1] = word;
}

static void end_word(struct measure *m, struct tally *t)
{
    if (!t->word_chars)
        return;
    add_run(m, t, t->word);
    if (t->word_chars >= LONG_WORD)
        add_hash(m, &m->telling, t->word);
    t->small += counter_find(&m->small, t->word, false) != NULL;
    t->address += counter_find(&m->address, t->word, false) != NULL;
    t->word_chars = 0;
}

static void tally_word_char(struct measure *m, struct tally *t, uint32_t c)
{
    if (clean_is_solo(c)) {
        end_word(m, t);
        add_run(m, t, hash_add(HASH_BEGIN, c));
        if (t->solo)
            add_hash(m, &m->telling, hash_add(hash_add(HASH_BEGIN, t->solo), c));
        t->solo = c;
        return;
    }
    bool upper = clean_is_upper(c);
    t->solo = 0;
    t->upper += upper;
    t->digits += c - '0' < 10;
    if (!t->word_chars) {
        t->capitals += upper;
        t->word = HASH_BEGIN;
    }
    t->word_chars++;
    t->word = hash_add(t->word, upper ? fold_char(c) : c);
}

static bool is_stop(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0x0964 ||
           c == 0x06D4 || c == 0x061F;
}

static bool is_quote(uint32_t c)
{
    return c == '"' || c == '\'' || c == 0xAB || c == 0xBB || (c >= 0x2018 && c <= 0x201F) || c == 0x2039 ||
           c == 0x203A || c == 0x300C || c == 0x300D;
}

static struct tally tally_line(struct measure *m, pl_str s)
{
    struct tally t = {0};
    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        uint32_t c = clean_utf8_next(&p, end);
        t.chars++;
        if (clean_is_word(c)) {
            tally_word_char(m, &t, c);
            t.stopped = false;
            continue;
        }
        end_word(m, &t);
        t.solo = 0;
        t.commas += c == ',' || c == 0x3001 || c == 0xFF0C || c == 0x060C;
        t.separators += c == '|' || c == 0x2022 || c == 0x203A || c == 0xB7;
        t.at += c == '@';
        t.slashes += c == '/';
        t.sentences += t.stopped && clean_is_space(c);
        /* Han writes no space behind its full stop */
        t.sentences += c == 0x3002 || c == 0xFF01 || c == 0xFF1F;
        t.stopped = (is_stop(c) && c < 0x3000) || (t.stopped && (is_quote(c) || c == ')'));
    }
    end_word(m, &t);
    t.sentences += t.stopped;
    return t;
}

static uint32_t first_char(pl_str s)
{
    const char *p = s.ptr;
    return s.len ? clean_utf8_next(&p, clean_end(s)) : 0;
}

static bool has_date(pl_str s)
{
    struct clean_date d;
    return clean_date_find(s.len > DATE_BYTES ? clean_slice(s, 0, DATE_BYTES) : s, false, &d, NULL, NULL);
}

static void measure_line(struct measure *m, size_t i)
{
    const struct clean_line *k = &m->lines->at[i];
    struct tally t = tally_line(m, k->text);
    uint32_t first = first_char(k->text);
    char last = k->text.ptr[k->text.len - 1];

    m->telling.end[i] = m->telling.n;
    m->runs.end[i] = m->runs.n;
    m->tenths[i] = (int32_t)(k->words < 100000 ? k->words * 10 + .5 : 1000000);
    m->running[i] = k->words >= 12 && (k->ends || k->words >= 25) ? m->tenths[i] : 0;
    set(m, CLEAN_LINE_WORDS, i, m->tenths[i]);
    set(m, CLEAN_LINE_CHARS, i, t.chars);
    set(m, CLEAN_LINE_WORD_LENGTH, i, t.chars * 10 / (t.words ? t.words : 1));
    set(m, CLEAN_LINE_SENTENCES, i, t.sentences);
    set(m, CLEAN_LINE_COMMAS, i, t.commas);
    set(m, CLEAN_LINE_ENDS, i, k->ends || last == ':' || last == ';');
    set(m, CLEAN_LINE_STOPS, i, k->ends);
    set(m, CLEAN_LINE_CAPITAL, i, clean_is_upper(first));
    set(m, CLEAN_LINE_UPPER, i, share(t.upper, t.chars));
    set(m, CLEAN_LINE_DIGITS, i, share(t.digits, t.chars));
    set(m, CLEAN_LINE_SMALL, i, share(t.small, t.words));
    set(m, CLEAN_LINE_CUE, i, (k->cues & CLEAN_CUE(ANY)) != 0);
    set(m, CLEAN_LINE_STRONG, i, (k->cues & CLEAN_CUE(STRONG)) != 0);
    set(m, CLEAN_LINE_TAIL, i, (k->cues & CLEAN_CUE(TAIL)) != 0);
    set(m, CLEAN_LINE_FORM, i, (k->cues & CLEAN_CUE(FORM)) != 0);
    set(m, CLEAN_LINE_DATE, i, has_date(k->text));
    set(m, CLEAN_LINE_AT, i, t.at > 0);
    set(m, CLEAN_LINE_SEPARATORS, i, t.separators);
    set(m, CLEAN_LINE_QUOTES, i, is_quote(first) || first == '-' || first == 0x2013 || first == 0x2014);
    set(m, CLEAN_LINE_CAPITALS, i, share(t.capitals, t.words));
    set(m, CLEAN_LINE_BRACKET, i, last == ')' || last == ']');
    set(m, CLEAN_LINE_SLASHES, i, t.slashes);
    set(m, CLEAN_LINE_ADDRESS, i, share(t.address, t.words));
    set(m, CLEAN_LINE_PITCH, i, (k->cues & CLEAN_CUE(PITCH)) != 0);
}

static bool measure_repeats(struct measure *m)
{
    const struct clean_lines *l = m->lines;
    struct counter seen;
    if (!counter_init(&seen, l->n, m->arena))
        return false;
    for (size_t i = 0; i < l->n; i++) {
        struct count *c = counter_find(&seen, hash_bytes(l->at[i].text), true);
        set(m, CLEAN_LINE_AGAIN, i, c && c->n > 0);
        if (c)
            c->n++;
    }
    for (size_t i = 0; i < l->n; i++) {
        const struct count *c = counter_find(&seen, hash_bytes(l->at[i].text), false);
        set(m, CLEAN_LINE_TIMES, i, !c ? 1 : c->n < 3 ? c->n : 3);
    }
    return true;
}

/* The lines [begin, end] with the largest sum, where running text counts its words, 80 at most, and any
 * other line costs `gap` tenths of a word (Kadane). */
struct segment {
    size_t begin, end;
    int64_t sum;
};

static struct segment find_segment(const struct measure *m, int64_t gap)
{
    struct segment best = {0, 0, -1};
    int64_t sum = 0;
    for (size_t i = 0, begin = 0; i < m->lines->n; i++) {
        if (sum <= 0) {
            sum = 0;
            begin = i;
        }
        sum += m->running[i] > 800 ? 800 : m->running[i] > 0 ? m->running[i] : -gap;
        if (sum > best.sum)
            best = (struct segment){begin, i, sum};
    }
    return best;
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

static void measure_segment(struct measure *m, struct segment s, size_t feature)
{
    for (size_t i = 0; i < m->lines->n; i++) {
        set(m, feature, i, i >= s.begin && i <= s.end);
        set(m, feature + 1, i, clamp((int64_t)i - (int64_t)s.begin, -30, 30));
        set(m, feature + 2, i, clamp((int64_t)i - (int64_t)s.end, -30, 30));
    }
}

/* In how many lines of [begin, end] each hash stands; of running lines only where `running`. */
static bool count_lines(struct counter *c, const struct measure *m, const struct hashes *h, struct segment s,
                        bool running)
{
    if (!counter_init(c, h->n, m->arena))
        return false;
    for (size_t i = s.begin; i <= s.end; i++)
        for (size_t k = i ? h->end[i - 1] : 0; (m->running[i] || !running) && k < h->end[i]; k++) {
            struct count *at = counter_find(c, h->at[k], true);
            if (at && at->last != i) {
                at->last = (uint32_t)i;
                at->n++;
            }
        }
    return true;
}

/* The share of each line's hashes that were counted in another line; -1 for a line without any. */
static void measure_elsewhere(struct measure *m, const struct hashes *h, const struct counter *c, struct segment s,
                              bool running, size_t feature)
{
    for (size_t i = 0, k = 0; i < m->lines->n; i++) {
        bool own = i >= s.begin && i <= s.end && (m->running[i] || !running);
        int64_t all = (int64_t)(h->end[i] - k), elsewhere = 0;
        for (; k < h->end[i]; k++) {
            const struct count *at = counter_find(c, h->at[k], false);
            elsewhere += at && at->n > own;
        }
        set(m, feature, i, all ? share(elsewhere, all) : -1);
    }
}

static bool measure_words(struct measure *m, struct segment best)
{
    const struct segment all = {0, m->lines->n - 1, 0};
    struct counter known, said;
    if (!count_lines(&known, m, &m->telling, best, true) || !count_lines(&said, m, &m->runs, all, false))
        return false;
    measure_elsewhere(m, &m->telling, &known, best, true, CLEAN_LINE_FAMILIAR);
    measure_elsewhere(m, &m->runs, &said, all, false, CLEAN_LINE_SAID);
    return true;
}

/* What came before, one way; `step` -1 looks from the end. */
static void measure_mass(struct measure *m, size_t mass_feature, size_t near_feature, int step)
{
    size_t n = m->lines->n;
    int64_t mass = 0, far = 50;
    for (size_t k = 0; k < n; k++) {
        size_t i = step > 0 ? k : n - 1 - k;
        set(m, mass_feature, i, mass);
        set(m, near_feature, i, far);
        mass = mass * 85 / 100 + clamp(m->running[i] ? m->running[i] : -30, -50, 400);
        far = m->running[i] >= 200 ? 0 : clamp(far + 1, 0, 50);
    }
}

static void measure_places(struct measure *m, struct segment best)
{
    const struct clean_lines *l = m->lines;
    int64_t n = (int64_t)l->n, words = 0, running = 0, before = 0, running_before = 0, since_cue = 50, since_tail = 50;
    int64_t again = 0, stops = 0, cues = 0, tails = 0;
    for (size_t i = 0; i < l->n; i++) {
        again += get(m, CLEAN_LINE_AGAIN, i);
        stops += get(m, CLEAN_LINE_STOPS, i);
        cues += get(m, CLEAN_LINE_CUE, i);
        words += m->tenths[i];
        running += m->running[i];
    }
    for (size_t i = 0; i < l->n; i++) {
        set(m, CLEAN_LINE_PLACE, i, share((int64_t)i, n));
        set(m, CLEAN_LINE_WORDS_BEFORE, i, share(before, words));
        set(m, CLEAN_LINE_RUNNING_BEFORE, i, share(running_before, running));
        set(m, CLEAN_LINE_INDEX, i, clamp((int64_t)i, 0, 100));
        set(m, CLEAN_LINE_TO_GO, i, clamp(n - (int64_t)i, 0, 60));
        set(m, CLEAN_LINE_BLANK_BEFORE, i, l->at[i].first);
        set(m, CLEAN_LINE_BLANK_AFTER, i, i + 1 == l->n || l->at[i + 1].first);
        set(m, CLEAN_LINE_SINCE_CUE, i, since_cue);
        set(m, CLEAN_LINE_SINCE_TAIL, i, since_tail);
        set(m, CLEAN_LINE_TAILS_BEFORE, i, tails);
        set(m, CLEAN_LINE_ALL_AGAIN, i, share(again, n));
        set(m, CLEAN_LINE_ALL_STOPS, i, share(stops, n));
        set(m, CLEAN_LINE_ALL_CUES, i, share(cues, n));
        set(m, CLEAN_LINE_ALL_WORDS, i, words / 10);
        set(m, CLEAN_LINE_ALL_RUNNING, i, running / 10);
        set(m, CLEAN_LINE_ALL_LINES, i, n);
        set(m, CLEAN_LINE_SEGMENT, i, share(best.sum, running));
        before += m->tenths[i];
        running_before += m->running[i];
        since_cue = get(m, CLEAN_LINE_STRONG, i) ? 0 : clamp(since_cue + 1, 0, 50);
        since_tail = get(m, CLEAN_LINE_TAIL, i) ? 0 : clamp(since_tail + 1, 0, 50);
        tails += i >= best.begin && get(m, CLEAN_LINE_TAIL, i);
    }
}

static void measure_around(struct measure *m)
{
    static const size_t told[4] = {CLEAN_LINE_WORDS, CLEAN_LINE_STOPS, CLEAN_LINE_CUE, CLEAN_LINE_CAPITALS};
    size_t feature = CLEAN_LINE_AROUND, n = m->lines->n;
    for (int off = -3; off <= 3; off++)
        for (size_t k = 0; off && k < 4; k++, feature++)
            for (size_t i = 0; i < n; i++) {
                size_t at = i + (size_t)off; /* wraps before the first line: past the last then */
                set(m, feature, i, at < n ? get(m, told[k], at) : -1);
            }
}

/* The mean of `values` over `half` lines each side. */
static void measure_window(struct measure *m, const int32_t *values, size_t half, size_t feature)
{
    size_t n = m->lines->n, begin = 0, end = 0;
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        while (end < n && end <= i + half)
            sum += values[end++];
        while (begin + half < i)
            sum -= values[begin++];
        set(m, feature, i, sum / (int64_t)(end - begin));
    }
}


static void measure_windows(struct measure *m)
{
    measure_window(m, m->running, 4, CLEAN_LINE_WINDOWS);
    measure_window(m, m->tenths, 4, CLEAN_LINE_WINDOWS + 1);
    measure_window(m, m->running, 8, CLEAN_LINE_WINDOWS + 2);
    measure_window(m, m->tenths, 8, CLEAN_LINE_WINDOWS + 3);
    /* the means of six features over six lines each side, in thousandths where they are yes or no */
    static const struct {
        size_t feature;
        int32_t scale;
    } told[] = {{CLEAN_LINE_DATE, SHARE},  {CLEAN_LINE_CUE, SHARE},  {CLEAN_LINE_PITCH, SHARE},
                {CLEAN_LINE_FAMILIAR, 1},  {CLEAN_LINE_SAID, 1},     {CLEAN_LINE_ADDRESS, 1}};
    for (size_t k = 0; k < sizeof told / sizeof *told; k++) {
        for (size_t i = 0; i < m->lines->n; i++)
            m->spare[i] = told[k].scale * get(m, told[k].feature, i);
        measure_window(m, m->spare, 6, CLEAN_LINE_WINDOWS + 4 + k);
    }
}

int16_t *clean_lines_measure(const struct clean_lines *l, const struct clean_words *w, struct clean_arena *a)
{
    struct measure m = {
        .lines = l,
        .words = w,
        .columns = clean_arena_array(a, (l->n + 1) * CLEAN_LINE_FEATURES, sizeof *m.columns),
        .tenths = clean_arena_array(a, l->n + 1, sizeof *m.tenths),
        .running = clean_arena_array(a, l->n + 1, sizeof *m.running),
        .spare = clean_arena_array(a, l->n + 1, sizeof *m.spare),
        .arena = a,
    };
    if (!l->n || a->failed)
        return m.columns;
    m.telling.end = clean_arena_array(a, l->n, sizeof *m.telling.end);
    m.runs.end = clean_arena_array(a, l->n, sizeof *m.runs.end);
    if (!m.telling.end || !m.runs.end || !word_list_init(&m.small, (pl_str){small_words, sizeof small_words - 1}, a) ||
        !word_list_init(&m.address, (pl_str){address_words, sizeof address_words - 1}, a))
        return NULL;
    for (size_t i = 0; i < l->n; i++)
        measure_line(&m, i);
    struct segment best = find_segment(&m, 30);
    if (!measure_repeats(&m) || !measure_words(&m, best))
        return NULL;
    measure_segment(&m, best, CLEAN_LINE_INSIDE);
    measure_segment(&m, find_segment(&m, 100), CLEAN_LINE_TIGHT);
    measure_mass(&m, CLEAN_LINE_MASS_BEFORE, CLEAN_LINE_LAST, 1);
    measure_mass(&m, CLEAN_LINE_MASS_AFTER, CLEAN_LINE_NEXT, -1);
    measure_places(&m, best);
    measure_around(&m);
    measure_windows(&m);
    return a->failed ? NULL : m.columns;
}

/* 65535 / (1 + exp(-sum / 4096)), in straight pieces: exp() may differ from one machine to the next. */
static uint16_t to_chance(int32_t sum)
{
    /* at 0, 1/2, 1, ... 10: python3 -c 'import math; print([round(65535/(1+math.exp(-k/2))) for k in range(21)])' */
    static const uint16_t at[] = {32768, 40793, 47910, 53580, 57723, 60564, 62427, 63614, 64356, 64815, 65096,
                                  65268, 65373, 65437, 65475, 65499, 65513, 65522, 65527, 65530, 65532};
    enum { STEP = 2048, LAST = sizeof at / sizeof *at - 1 };
    int64_t far = sum < 0 ? -(int64_t)sum : sum;
    int64_t piece = far / STEP, chance = at[LAST];
    if (piece < LAST)
        chance = at[piece] + (at[piece + 1] - at[piece]) * (far % STEP) / STEP;
    return (uint16_t)(sum < 0 ? 65535 - chance : chance);
}

int clean_lines_judge(const struct clean_lines *l, const struct clean_trees *t, uint16_t *chance,
                      const struct clean_words *w, struct clean_arena *a)
{
    const int16_t *columns = clean_lines_measure(l, w, a);
    int32_t *sums = clean_arena_array(a, l->n + 1, sizeof *sums);
    if (!columns || !sums)
        return PL_NOMEM;
    clean_trees_score(t, columns, l->n, l->n, sums);
    for (size_t i = 0; i < l->n; i++)
        chance[i] = to_chance(sums[i]);
    return 0;
}

/* Line numbers, the likeliest line first, of equals the first: sorted by the two bytes of the chance in turn. */
static void sort_by_chance(uint32_t *order, uint32_t *spare, const uint16_t *chance, size_t n)
{
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (unsigned shift = 0; shift <= 8; shift += 8) {
        size_t begins[257] = {0};
        for (size_t i = 0; i < n; i++)
            begins[256 - (chance[i] >> shift & 0xFF)]++;
        for (size_t b = 0; b < 256; b++)
            begins[b + 1] += begins[b];
        for (size_t i = 0; i < n; i++)
            spare[begins[255 - (chance[order[i]] >> shift & 0xFF)]++] = order[i];
        memcpy(order, spare, n * sizeof *order);
    }
}

/* A little less than F1, whose precision is the lower of its parts where news is concerned: +.001 of F1 there. */
static const double RECALL = .9;

int clean_lines_choose(const struct clean_lines *l, const uint16_t *chance, bool *keep, struct clean_arena *a)
{
    uint32_t *order = clean_arena_array(a, l->n + 1, sizeof *order), *spare = clean_arena_array(a, l->n + 1, sizeof *spare);
    double all = 0, right = 0, chosen = 0, best = -1;
    size_t n_best = 0;
    if (!order || !spare)
        return PL_NOMEM;
    for (size_t i = 0; i < l->n; i++) {
        all += chance[i] * l->at[i].words;
        keep[i] = false;
    }
    sort_by_chance(order, spare, chance, l->n);
    for (size_t k = 0; k < l->n; k++) {
        double words = l->at[order[k]].words;
        right += chance[order[k]] * words;
        chosen += 65535 * words;
        double share_right = right / (chosen + RECALL * all + 1);
        if (share_right > best) {
            best = share_right;
            n_best = k + 1;
        }
    }
    for (size_t k = 0; k < n_best; k++)
        keep[order[k]] = true;
    return 0;
}
