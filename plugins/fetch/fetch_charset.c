/* fetch_charset.c - a page's bytes as UTF-8, whatever they were. */
#include "fetch_charset.h"

#include "fetch_meta.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#ifdef HAVE_UCHARDET
#include <uchardet/uchardet.h>
#endif

enum {
    PRESCAN = 1024,      /* where the standard looks for a <meta> */
    LATE_META = 65536,   /* where else a <meta> is still better than a guess */
    GUESS_FROM = 65536,  /* bytes that a guess is made from */
    KEEP = 4 << 20,      /* memory that a decoder keeps from page to page */
    EXIT_INTERNAL = 70,
    CREDIBLE = 4         /* UTF-8 characters a fault, for bytes that nothing declares to pass for damaged UTF-8 */
};

#ifdef HAVE_UCHARDET
/* The answer to a `new` that finds no memory in uchardet, which is written in C++: without it an exception that nobody
 * here can catch would end the run as a crash, and the page be blamed for it. */
static void end_for_memory(void)
{
    static const char message[] = "pressline: fetch: out of memory in uchardet\n";

    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(EXIT_INTERNAL);
    _exit(EXIT_INTERNAL);
}

void decoder_init(void)
{
    /* std::set_new_handler(), from whatever library of C++ uchardet brings along. */
    void *symbol = dlsym(RTLD_DEFAULT, "_ZSt15set_new_handlerPFvvE");
    void (*(*set)(void (*)(void)))(void);

    memcpy(&set, &symbol, sizeof set);
    if (set)
        set(end_for_memory);
}
#else
void decoder_init(void)
{
}
#endif

void decoder_done(struct decoder *d)
{
    converter_done(&d->converter);
    bytes_done(&d->out);
#ifdef HAVE_UCHARDET
    if (d->detector)
        uchardet_delete(d->detector);
    d->detector = NULL;
#endif
}

static pl_str first(pl_str s, size_t n)
{
    return (pl_str){s.ptr, s.len < n ? s.len : n};
}

static pl_str behind(pl_str s, size_t n)
{
    return (pl_str){s.ptr + n, s.len - n};
}

#ifdef HAVE_UCHARDET
/* Past an element whose content is no text. */
static const char *skip_raw(const char *lt, const char *end)
{
    static const char *const names[] = {"script", "style"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t n = strlen(names[i]);
        if ((size_t)(end - lt) <= n || strncasecmp(lt + 1, names[i], n) != 0)
            continue;
        for (const char *at = lt + 1; (at = memchr(at, '<', (size_t)(end - at))) != NULL; at++) {
            if ((size_t)(end - at) > n + 1 && at[1] == '/' && strncasecmp(at + 2, names[i], n) == 0)
                return at;
        }
        return end;
    }
    return lt;
}

/* The text between tags that has bytes above 0x7F in it: in all the markup of a page a detector loses them from sight.
 * In no encoding that is guessed is '<' a part of another character. */
static int sample(pl_str page, struct bytes *to)
{
    const char *at = page.ptr, *end = page.ptr + page.len;
    int rc = PL_OK;

    to->len = 0;
    while (rc == PL_OK && at < end && to->len < GUESS_FROM) {
        const char *lt = memchr(at, '<', (size_t)(end - at));
        const pl_str text = {at, (size_t)((lt ? lt : end) - at)};
        if (utf8_scan(text).first_high < text.len) {
            rc = bytes_add(to, text.ptr, text.len < GUESS_FROM ? text.len : GUESS_FROM);
            if (rc == PL_OK)
                rc = bytes_add(to, "\n", 1);
        }
        lt = lt ? skip_raw(lt, end) : end;
        const char *gt = lt < end ? memchr(lt, '>', (size_t)(end - lt)) : NULL;
        at = gt ? gt + 1 : end;
    }
    return rc;
}

static const struct encoding *guess(struct decoder *d, pl_str page, size_t first_high)
{
    d->starved = sample(page, &d->out) != PL_OK;
    if (d->starved)
        return NULL;
    const pl_str from = d->out.len ? (pl_str){(const char *)d->out.at, d->out.len}
                                   : first(behind(page, first_high), GUESS_FROM);
    if (!d->detector)
        d->detector = uchardet_new();
    if (d->detector)
        uchardet_reset(d->detector);
    d->starved = !d->detector || uchardet_handle_data(d->detector, from.ptr, from.len) != 0;
    if (d->starved)
        return NULL;
    uchardet_data_end(d->detector);
    const char *name = uchardet_get_charset(d->detector);
    /* its two names that the standard has otherwise */
    if (strcmp(name, "UHC") == 0)
        name = "euc-kr";
    else if (strcmp(name, "MAC-CYRILLIC") == 0)
        name = "x-mac-cyrillic";
    return encoding_find((pl_str){name, strlen(name)});
}
#else
static const struct encoding *guess(struct decoder *d, pl_str page, size_t first_high)
{
    (void)d;
    (void)page;
    (void)first_high;
    return NULL;
}
#endif

/* Whether `e` can be: bytes that have more faults than characters are not UTF-8, whoever says so. */
static bool possible(const struct encoding *e, const struct utf8_scan *scan)
{
    return e && (e != &encoding_utf8 || scan->n_bad <= scan->n_chars);
}

static bool is_iso_2022_jp(const struct encoding *e)
{
    return e && strcmp(e->name, "iso-2022-jp") == 0;
}

/* Bytes without a mark. */
static const struct encoding *choose(struct decoder *d, pl_str page, pl_str label, const struct utf8_scan *scan,
                                     bool *guessed)
{
    const struct encoding *declared = encoding_find(label), *e;

    /* ISO-2022-JP is made of ASCII bytes, and so would always be well-formed UTF-8. */
    if (scan->n_bad == 0 && memchr(page.ptr, 0x1B, page.len)) {
        e = declared ? declared : meta_encoding(first(page, PRESCAN));
        if (is_iso_2022_jp(e))
            return e;
    }
    if (scan->n_bad == 0)
        return &encoding_utf8;
    if (possible(declared, scan))
        return declared;
    e = meta_encoding(first(page, PRESCAN));
    if (!e)
        e = meta_encoding(first(page, LATE_META));
    if (possible(e, scan))
        return e;
    if (scan->n_chars >= CREDIBLE * scan->n_bad)
        return &encoding_utf8;
    *guessed = true;
    e = guess(d, page, scan->first_high);
    return possible(e, scan) ? e : &encoding_windows_1252;
}

/* The encoding that a byte order mark tells, and its length; NULL when there is none. */
static const struct encoding *by_mark(pl_str page, size_t *n)
{
    *n = 3;
    if (page.len >= 3 && memcmp(page.ptr, "\xEF\xBB\xBF", 3) == 0)
        return &encoding_utf8;
    *n = 2;
    if (page.len >= 2 && memcmp(page.ptr, "\xFE\xFF", 2) == 0)
        return encoding_find(PL_S("utf-16be"));
    if (page.len >= 2 && memcmp(page.ptr, "\xFF\xFE", 2) == 0)
        return encoding_find(PL_S("utf-16le"));
    *n = 0;
    return NULL;
}

int decode(struct decoder *d, pl_str page, pl_str declared, struct decoded *to)
{
    size_t n_mark;
    const struct encoding *e = by_mark(page, &n_mark);
    int rc;

    *to = (struct decoded){0};
    bytes_reset(&d->out, KEEP);
    d->starved = false;
    page = behind(page, n_mark);
    if (!e || e == &encoding_utf8) {
        const struct utf8_scan scan = utf8_scan(page);
        if (!e)
            e = choose(d, page, declared, &scan, &to->guessed);
        if (d->starved)
            return PL_NOMEM;
        if (e == &encoding_utf8 && scan.n_bad == 0 && !scan.cut) {
            to->text = page;
            to->name = e->name;
            return PL_OK;
        }
    }
    to->name = e->name;
    to->converted = true;
    rc = convert(&d->converter, e, page, &d->out, &to->n_replaced);
    if (rc == PL_ERROR) {
        to->name = encoding_windows_1252.name;
        rc = convert(&d->converter, &encoding_windows_1252, page, &d->out, &to->n_replaced);
    }
    to->text = (pl_str){(const char *)d->out.at, d->out.len};
    return rc;
}
