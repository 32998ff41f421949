/* config_text.c - the text of pipeline files as tokens, includes resolved. */
#include "config_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "str.h"
#include "utf8.h"

enum {
    MAX_FILE = 4 << 20, /* bytes */
    MAX_TOKENS = 200000,
    MAX_MISTAKES = 100, /* of spelling: it is no pipeline file */
    MAX_INCLUDES = 10,  /* files within files */
    MAX_NESTING = 64,   /* brackets within brackets */
    MAX_MEMBERS = 1000, /* names in one group: each is compared with all before it */
};

struct scanner {
    struct arena *arena;
    struct tokens *out;
    struct errors *errs;
    const struct scanner *from; /* the file that included this one */
    const char *file;
    int line;
    pl_str text;
    size_t at;
    bool fatal;
};

static int scan(struct scanner *sc);

static char peek(const struct scanner *sc, size_t ahead)
{
    return ahead < sc->text.len - sc->at ? sc->text.ptr[sc->at + ahead] : 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool in_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '_' || c == '-';
}

static struct token *add(struct scanner *sc, enum token_type type, pl_str text)
{
    struct tokens *ts = sc->out;

    ts->at = arena_grow(sc->arena, ts->at, ts->n, &ts->cap, sizeof *ts->at);
    ts->at[ts->n] = (struct token){.type = type, .file = sc->file, .line = sc->line, .text = text};
    return &ts->at[ts->n++];
}

/* A file's bytes, the byte order mark left away. */
static int read_file(struct scanner *sc, FILE *in)
{
    struct buf b = {.limit = MAX_FILE};
    int rc = PL_ERROR;

    for (size_t n = 1; n > 0 && buf_room(&b, 4096);) {
        n = fread(b.ptr + b.len, 1, 4096, in);
        b.len += n;
    }
    if (b.failed)
        error_at(sc->errs, sc->file, 0, "is larger than a pipeline file may be (%d MiB)", MAX_FILE >> 20);
    else if (ferror(in))
        error_at(sc->errs, sc->file, 0, "cannot read: %s", strerror(errno));
    else
        rc = PL_OK;
    sc->text = arena_dup(sc->arena, buf_view(&b));
    if (sc->text.len >= 3 && memcmp(sc->text.ptr, "\xEF\xBB\xBF", 3) == 0)
        sc->text = str_sub(sc->text, 3, sc->text.len);
    buf_done(&b);
    return rc;
}

static int line_of(pl_str text, size_t at)
{
    int line = 1;

    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return line;
}

static int scan_file(struct scanner *sc)
{
    FILE *in = fopen(sc->file, "rbe");

    if (!in) {
        if (sc->from)
            error_at(sc->errs, sc->from->file, sc->from->line, "cannot include '%s': %s", sc->file, strerror(errno));
        else
            error_at(sc->errs, sc->file, 0, "cannot open: %s", strerror(errno));
        return PL_ERROR;
    }
    int rc = read_file(sc, in);
    fclose(in);
    if (rc < 0)
        return rc;
    const size_t valid = utf8_valid(sc->text);
    if (valid < sc->text.len)
        error_at(sc->errs, sc->file, line_of(sc->text, valid), "is not UTF-8: save the file as UTF-8");
    return scan(sc);
}

/* Behind the white space and comments; PL_ERROR when a comment has no end. */
static int skip_blank(struct scanner *sc)
{
    for (;;) {
        const char c = peek(sc, 0);
        if (c == '\n') {
            sc->line += sc->line > 0;
            sc->at++;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
            sc->at++;
        } else if (c == '#' || (c == '/' && peek(sc, 1) == '/')) {
            while (sc->at < sc->text.len && peek(sc, 0) != '\n')
                sc->at++;
        } else if (c == '/' && peek(sc, 1) == '*') {
            const int begin = sc->line;
            for (sc->at += 2; !(peek(sc, 0) == '*' && peek(sc, 1) == '/'); sc->at++) {
                if (sc->at >= sc->text.len) {
                    error_at(sc->errs, sc->file, begin, "the comment that begins here has no end");
                    return PL_ERROR;
                }
                sc->line += sc->line > 0 && peek(sc, 0) == '\n';
            }
            sc->at += 2;
        } else {
            return PL_OK;
        }
    }
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The escape behind a backslash into `b`; how many bytes it took.  Those that libconfig 1.5 and 1.7 read alike. */
static size_t escape(struct scanner *sc, struct buf *b)
{
    const char c = peek(sc, 1);
    const char *known = c ? strchr("n\nr\rt\tf\f\\\\\"\"", c) : NULL;

    if (c == 'x' && hex_digit(peek(sc, 2)) >= 0 && hex_digit(peek(sc, 3)) >= 0) {
        const int byte = hex_digit(peek(sc, 2)) * 16 + hex_digit(peek(sc, 3));
        if (byte == 0)
            error_at(sc->errs, sc->file, sc->line, "text cannot hold \\x00");
        else
            buf_addc(b, (char)byte);
        return 4;
    }
    if (known && is_letter(c)) {
        buf_addc(b, known[1]);
        return 2;
    }
    if (known) {
        buf_addc(b, c);
        return 2;
    }
    error_at(sc->errs, sc->file, sc->line,
             "there is no escape '\\%c' in text: a backslash is written twice, \"\\\\%c\"", in_word(c) ? c : '?',
             in_word(c) ? c : '?');
    buf_addc(b, '\\');
    return 1;
}

/* The string whose opening quote is next; PL_ERROR when it has no end. */
static int scan_string(struct scanner *sc, pl_str *text)
{
    const int begin = sc->line;
    struct buf b = {0};
    int rc = PL_ERROR;

    for (sc->at++; sc->at < sc->text.len;) {
        const char c = peek(sc, 0);
        if (c == '"') {
            sc->at++;
            rc = PL_OK;
            break;
        }
        if (c == '\\') {
            sc->at += escape(sc, &b);
            continue;
        }
        sc->line += sc->line > 0 && c == '\n';
        buf_addc(&b, c);
        sc->at++;
    }
    if (b.failed)
        out_of_memory();
    if (rc < 0)
        error_at(sc->errs, sc->file, begin, "the text that begins here has no closing quote");
    else if (utf8_valid(buf_view(&b)) < b.len && utf8_valid(sc->text) == sc->text.len)
        error_at(sc->errs, sc->file, begin, "the text is not UTF-8 once its \\x escapes are read");
    *text = arena_dup(sc->arena, buf_view(&b));
    buf_done(&b);
    return rc;
}

static int add_string(struct scanner *sc)
{
    const struct tokens *ts = sc->out;
    const size_t before = sc->errs->n_errors;
    const int begin = sc->line;
    pl_str text;

    if (scan_string(sc, &text) < 0)
        return PL_ERROR;
    const bool wrong = sc->errs->n_errors > before;
    if (ts->n > 0 && ts->at[ts->n - 1].type == TOKEN_STR) {
        struct token *last = &ts->at[ts->n - 1];
        char *joined = arena_alloc(sc->arena, last->text.len + text.len + 1, 1);
        memcpy(joined, last->text.ptr, last->text.len);
        memcpy(joined + last->text.len, text.ptr, text.len + 1);
        last->text = (pl_str){joined, last->text.len + text.len};
        last->wrong = last->wrong || wrong;
        return PL_OK;
    }
    struct token *t = add(sc, TOKEN_STR, text);
    t->line = begin;
    t->wrong = wrong;
    return PL_OK;
}

static bool hex_value(pl_str digits, uint64_t *v)
{
    *v = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const int d = hex_digit(digits.ptr[i]);
        if (d < 0 || *v >> 60)
            return false;
        *v = *v << 4 | (uint64_t)d;
    }
    return digits.len > 0;
}

/* An integer, decimal or hexadecimal, of 32 bits or with L of 64; or a mistake told, and PL_OK all the same. */
static bool scan_int(struct scanner *sc, pl_str word, int64_t *v)
{
    pl_str digits = word;
    uint64_t bits = 0;

    *v = 0;
    for (int i = 0; i < 2 && digits.len > 1 && digits.ptr[digits.len - 1] == 'L'; i++)
        digits.len--;
    const bool is_long = digits.len < word.len;
    const bool hex = digits.len > 2 && digits.ptr[0] == '0' && (digits.ptr[1] == 'x' || digits.ptr[1] == 'X');
    const size_t sign = digits.ptr[0] == '-' || digits.ptr[0] == '+';
    for (size_t i = hex ? 2 : sign; i < digits.len; i++) {
        if (hex ? hex_digit(digits.ptr[i]) < 0 : !is_digit(digits.ptr[i]))
            return false;
    }
    if (digits.len == sign)
        return false;
    const bool fits =
        hex ? hex_value(str_sub(digits, 2, digits.len), &bits) && bits <= INT64_MAX : str_to_i64(digits, v);
    if (hex && fits)
        *v = (int64_t)bits;
    if (!fits)
        error_at(sc->errs, sc->file, sc->line, "the integer " STR_FMT " is too large (64 bits)", STR_ARG(word));
    else if (!hex && digits.ptr[sign] == '0' && digits.len > sign + 1)
        error_at(sc->errs, sc->file, sc->line, "the integer " STR_FMT " begins with 0: leave the 0 away",
                 STR_ARG(word));
    else if (!is_long && (*v > INT32_MAX || *v < INT32_MIN))
        error_at(sc->errs, sc->file, sc->line,
                 "the integer " STR_FMT " is too large (32 bits): write " STR_FMT "L, or a size as text, \"64M\"",
                 STR_ARG(word), STR_ARG(word));
    return true;
}

static void scan_number(struct scanner *sc)
{
    const size_t begin = sc->at;

    while (in_word(peek(sc, 0)) || peek(sc, 0) == '.' || peek(sc, 0) == '+' || peek(sc, 0) == '%')
        sc->at++;
    const pl_str word = str_sub(sc->text, begin, sc->at);
    const size_t before = sc->errs->n_errors;
    struct token *t = add(sc, TOKEN_INT, word);
    if (scan_int(sc, word, &t->as.i)) {
        t->wrong = sc->errs->n_errors > before;
        return;
    }
    t->type = TOKEN_REAL;
    t->as.f = 0;
    t->wrong = !str_to_f64(word, &t->as.f);
    if (t->wrong)
        error_at(sc->errs, sc->file, sc->line,
                 "'" STR_FMT "' is no number: text stands in double quotes, \"" STR_FMT "\"", STR_ARG(word),
                 STR_ARG(word));
}

static bool word_is(pl_str word, const char *lower)
{
    if (word.len != strlen(lower))
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if ((word.ptr[i] | 0x20) != lower[i])
            return false;
    }
    return true;
}

static void scan_word(struct scanner *sc)
{
    const size_t begin = sc->at;

    while (in_word(peek(sc, 0)))
        sc->at++;
    const pl_str word = str_sub(sc->text, begin, sc->at);
    const bool yes = word_is(word, "true");
    if (yes || word_is(word, "false"))
        add(sc, TOKEN_BOOL, word)->as.b = yes;
    else
        add(sc, TOKEN_NAME, arena_dup(sc->arena, word));
}

/* The path as seen from the folder of the including file. */
static const char *beside(struct scanner *sc, pl_str path)
{
    const char *slash = strrchr(sc->file, '/');
    struct buf b = {0};

    if (slash && path.len && path.ptr[0] != '/')
        buf_add(&b, (pl_str){sc->file, (size_t)(slash - sc->file) + 1});
    buf_add(&b, path);
    const char *z = arena_dup(sc->arena, str_of(buf_cstr(&b))).ptr;
    buf_done(&b);
    return z;
}

static bool include_fits(const struct scanner *sc, const char *path)
{
    int depth = 0;

    for (const struct scanner *up = sc; up; up = up->from, depth++) {
        if (strcmp(up->file, path) == 0) {
            error_at(sc->errs, sc->file, sc->line, "'%s' includes itself", path);
            return false;
        }
    }
    if (depth > MAX_INCLUDES)
        error_at(sc->errs, sc->file, sc->line, "more than %d files include each other", MAX_INCLUDES);
    return depth <= MAX_INCLUDES;
}

static bool rest_is_blank(const struct scanner *sc)
{
    size_t i = 0;

    while (peek(sc, i) == ' ' || peek(sc, i) == '\t' || peek(sc, i) == '\r')
        i++;
    return sc->at + i >= sc->text.len || memchr("\n#/", peek(sc, i), 3) != NULL;
}

/* `@include "FILE"`, on a line of its own. */
static int scan_include(struct scanner *sc)
{
    static const char word[] = "@include";
    const size_t len = sizeof word - 1;
    const struct tokens *ts = sc->out;
    const struct token *last = ts->n ? &ts->at[ts->n - 1] : NULL;
    const bool first = !last || last->line != sc->line || last->file != sc->file;
    const int line = sc->line;
    pl_str path;

    if (sc->line == 0 || sc->text.len - sc->at < len || memcmp(sc->text.ptr + sc->at, word, len) != 0) {
        error_at(sc->errs, sc->file, sc->line, "'@' begins nothing but @include \"FILE\"");
        sc->at++;
        return PL_OK;
    }
    sc->at += len;
    while (peek(sc, 0) == ' ' || peek(sc, 0) == '\t')
        sc->at++;
    if (peek(sc, 0) != '"') {
        error_at(sc->errs, sc->file, line, "@include wants a file in double quotes, @include \"FILE\"");
        return PL_OK;
    }
    if (scan_string(sc, &path) < 0)
        return PL_ERROR;
    if (!first || !rest_is_blank(sc)) {
        error_at(sc->errs, sc->file, line, "@include stands on a line of its own");
        return PL_OK;
    }
    struct scanner in = {.arena = sc->arena, .out = sc->out, .errs = sc->errs, .from = sc, .line = 1};
    in.file = beside(sc, path);
    return include_fits(sc, in.file) ? scan_file(&in) : PL_ERROR;
}

static void unexpected(struct scanner *sc)
{
    const char c = peek(sc, 0);

    if (c == '\'')
        error_at(sc->errs, sc->file, sc->line, "unexpected ': text stands in double quotes");
    else if (c > ' ' && c < 0x7F)
        error_at(sc->errs, sc->file, sc->line, "unexpected character '%c'", c);
    else
        error_at(sc->errs, sc->file, sc->line, "unexpected character \\x%02X outside of text", (unsigned char)c);
    /* One message for a run of them. */
    while (sc->at < sc->text.len && (peek(sc, 0) == c || (unsigned char)peek(sc, 0) >= 0x80))
        sc->at++;
}

/* All tokens of sc->text. */
static int scan(struct scanner *sc)
{
    int rc = skip_blank(sc);

    while (rc == PL_OK && sc->at < sc->text.len) {
        const char c = peek(sc, 0);
        if (sc->out->n >= MAX_TOKENS) {
            error_at(sc->errs, sc->file, sc->line, "the pipeline file is too large (%d words and signs)", MAX_TOKENS);
            return PL_ERROR;
        }
        if (sc->errs->n_errors > MAX_MISTAKES) {
            error_at(sc->errs, sc->file, sc->line, "too many mistakes: the rest is not looked at");
            return PL_ERROR;
        }
        if (c == '"')
            rc = add_string(sc);
        else if (c == '@')
            rc = scan_include(sc);
        else if (is_letter(c))
            scan_word(sc);
        else if (is_digit(c) || c == '-' || c == '+' || c == '.')
            scan_number(sc);
        else if (c && strchr("=:,;{}[]()", c))
            add(sc, TOKEN_PUNCT, str_sub(sc->text, sc->at, sc->at + 1)), sc->at++;
        else
            unexpected(sc);
        if (rc == PL_OK)
            rc = skip_blank(sc);
    }
    return rc;
}

int config_text_file(struct arena *a, const char *path, struct tokens *out, struct errors *errs)
{
    struct scanner sc = {.arena = a, .out = out, .errs = errs, .line = 1};

    sc.file = arena_dup(a, str_of(path)).ptr;
    return scan_file(&sc);
}

int config_text_string(struct arena *a, pl_str text, const char *name, struct tokens *out, struct errors *errs)
{
    struct scanner sc = {.arena = a, .out = out, .errs = errs, .file = name, .text = text};

    return scan(&sc);
}

/* ---- proving ---- */

/* An open bracket, or the file itself. */
struct open {
    const struct token *bracket;
    size_t first, n; /* its names, in the prover's list */
};

struct prover {
    struct tokens *tokens;
    struct errors *errs;
    struct open open[MAX_NESTING + 1];
    size_t depth;
    struct token *names[MAX_NESTING * MAX_MEMBERS + MAX_MEMBERS];
    size_t n_names;
};

static void open_bracket(struct prover *p, const struct token *t)
{
    p->open[++p->depth] = (struct open){.bracket = t, .first = p->n_names};
}

static int close_bracket(struct prover *p, const struct token *t)
{
    const struct token *open = p->open[p->depth].bracket;
    const char c = t->text.ptr[0];
    const char want = c == ')' ? '(' : c == ']' ? '[' : '{';

    if (!open) {
        error_at(p->errs, t->file, t->line, "'%c' closes nothing", c);
        return PL_ERROR;
    }
    if (open->text.ptr[0] != want) {
        error_at(p->errs, t->file, t->line, "'%c' does not close the '%c' of %s:%d", c, open->text.ptr[0], open->file,
                 open->line);
        return PL_ERROR;
    }
    p->n_names = p->open[p->depth--].first;
    return PL_OK;
}

static int name_in_group(struct prover *p, struct token *t)
{
    struct open *o = &p->open[p->depth];

    for (size_t i = o->first; i < o->first + o->n; i++) {
        const struct token *before = p->names[i];
        if (str_eq(before->text, t->text)) {
            error_at(p->errs, t->file, t->line, "'" STR_FMT "' is set twice: first at %s:%d", STR_ARG(t->text),
                     before->file, before->line);
            t->repeated = true;
            return PL_OK;
        }
    }
    if (o->n == MAX_MEMBERS) {
        error_at(p->errs, t->file, t->line, "more than %d settings in one group", MAX_MEMBERS);
        return PL_ERROR;
    }
    p->names[p->n_names++] = t;
    o->n++;
    return PL_OK;
}

/* Whether a value could stand behind this token. */
static bool before_value(const struct token *t, bool in_list)
{
    return token_is(t, '=') || token_is(t, ':') ||
           (in_list && (token_is(t, '(') || token_is(t, '[') || token_is(t, ',')));
}

static int prove_token(struct prover *p, size_t i)
{
    struct token *t = &p->tokens->at[i];
    struct token *next = i + 1 < p->tokens->n ? t + 1 : NULL;
    const struct token *bracket = p->open[p->depth].bracket;
    const bool in_list = bracket && !token_is(bracket, '{');

    if (t->type == TOKEN_NAME) {
        if (next && (token_is(next, '=') || token_is(next, ':')))
            return name_in_group(p, t);
        if (i > 0 && before_value(t - 1, in_list)) {
            error_at(p->errs, t->file, t->line, "text stands in double quotes: \"" STR_FMT "\"", STR_ARG(t->text));
            t->type = TOKEN_STR;
            t->wrong = true;
        }
        return PL_OK;
    }
    if (t->type != TOKEN_PUNCT)
        return PL_OK;
    if (token_is(t, '{') && bracket && token_is(bracket, '[')) {
        error_at(p->errs, t->file, t->line, "a list of groups is written ( { ... }, { ... } ), not [ ]");
        return PL_ERROR;
    }
    if (strchr("([{", t->text.ptr[0])) {
        if (p->depth == MAX_NESTING) {
            error_at(p->errs, t->file, t->line, "brackets nest deeper than %d", MAX_NESTING);
            return PL_ERROR;
        }
        open_bracket(p, t);
        return PL_OK;
    }
    if (strchr(")]}", t->text.ptr[0]))
        return close_bracket(p, t);
    if (token_is(t, ',') && next && (token_is(next, ')') || token_is(next, ']'))) {
        error_at(p->errs, t->file, t->line, "trailing comma before '%c': leave it away", next->text.ptr[0]);
        t->ignored = true;
    }
    return PL_OK;
}

int config_text_prove(struct tokens *tokens, struct errors *errs)
{
    struct prover *p = calloc(1, sizeof *p);
    int rc = PL_OK;

    if (!p)
        out_of_memory();
    p->tokens = tokens;
    p->errs = errs;
    for (size_t i = 0; i < tokens->n && rc == PL_OK; i++)
        rc = prove_token(p, i);
    if (rc == PL_OK && p->depth > 0) {
        const struct token *open = p->open[p->depth].bracket;
        error_at(errs, open->file, open->line, "'%c' is never closed", open->text.ptr[0]);
        rc = PL_ERROR;
    }
    free(p);
    return rc;
}
