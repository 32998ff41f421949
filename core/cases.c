/* cases.c - case files: reading them. */
#include "cases.h"

#include <errno.h>

#include "json_text.h"
#include "nearest.h"
#include "str.h"
#include "utf8.h"

enum { FILE_MAX = 64 << 20 };

struct reader {
    struct arena *arena;
    struct errors *errs;
    const char *file;
    pl_str rest; /* the lines that are still to be read */
    int line;    /* the number of the last line that was */
    struct case_option *common; /* of every case */
    struct test_case *first, **tail;
    struct test_case *current;   /* NULL before the first */
    struct case_json *last;      /* what `with` adds to; NULL: nothing */
    pl_str unnamed;              /* the name of what stands before the first `case` */
};

/* ---- files and lines ---- */

static bool read_file(struct arena *a, const char *path, pl_str *text)
{
    FILE *in = fopen(path, "rb");
    struct buf b = {.limit = FILE_MAX};
    size_t n = 1;

    while (in && n > 0 && buf_room(&b, 65536)) {
        n = fread(b.ptr + b.len, 1, 65536, in);
        b.len += n;
    }
    const bool whole = in && !ferror(in) && !b.failed;
    if (whole)
        *text = arena_dup(a, buf_view(&b));
    else if (in && b.failed)
        errno = EFBIG;
    const int why = errno;
    if (in)
        fclose(in);
    buf_done(&b);
    errno = why;
    return whole;
}

static bool next_line(struct reader *rd, pl_str *line)
{
    if (rd->rest.len == 0)
        return false;
    const char *end = memchr(rd->rest.ptr, '\n', rd->rest.len);
    const size_t len = end ? (size_t)(end - rd->rest.ptr) : rd->rest.len;
    *line = str_sub(rd->rest, 0, len);
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    rd->rest = str_sub(rd->rest, len + (end != NULL), rd->rest.len);
    rd->line++;
    return true;
}

static bool is_blank(pl_str line)
{
    return str_trim(line).len == 0;
}

/* Whether the next line goes on with the one above. */
static bool goes_on(const struct reader *rd)
{
    struct reader ahead = *rd;
    pl_str line;

    return rd->rest.len && (rd->rest.ptr[0] == ' ' || rd->rest.ptr[0] == '\t') && next_line(&ahead, &line) &&
           !is_blank(line);
}

/* What stands behind the first word of a line and in the lines that go on with it. */
static struct case_json read_rest(struct reader *rd, pl_str first)
{
    struct case_json j = {.line = rd->line};
    struct buf b = {0};
    pl_str line;

    buf_add(&b, first);
    while (goes_on(rd) && next_line(rd, &line)) {
        buf_addc(&b, ' ');
        j.breaks = arena_grow(rd->arena, j.breaks, j.n_breaks, &j.cap_breaks, sizeof *j.breaks);
        j.breaks[j.n_breaks++] = b.len;
        buf_add(&b, str_trim(line));
    }
    if (b.failed)
        out_of_memory();
    j.text = arena_dup(rd->arena, buf_view(&b));
    j.written = j.text.len;
    buf_done(&b);
    return j;
}

/* The line in which the byte at `offset` stands. */
static int line_at(const struct case_json *json, size_t offset)
{
    int line = json->line;

    if (json->with_line && offset >= json->written)
        return json->with_line;
    for (size_t i = 0; i < json->n_breaks && json->breaks[i] <= offset; i++)
        line++;
    return line;
}

static size_t indentation(pl_str line)
{
    size_t n = 0;

    while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
        n++;
    return n;
}

/* The indented lines that come next, blank ones among them, without the indentation of the first. */
static pl_str read_block(struct reader *rd)
{
    struct buf b = {0};
    size_t depth = 0, blank = 0;
    bool any = false;
    pl_str line;

    for (;;) {
        struct reader ahead = *rd;
        if (!next_line(&ahead, &line) || (!is_blank(line) && indentation(line) == 0))
            break;
        *rd = ahead;
        if (is_blank(line)) {
            blank += any;
            continue;
        }
        if (!any)
            depth = indentation(line);
        for (size_t i = 0; i < blank + any; i++)
            buf_addc(&b, '\n');
        const size_t in = indentation(line);
        buf_add(&b, str_sub(line, in < depth ? in : depth, line.len));
        blank = 0;
        any = true;
    }
    if (b.failed)
        out_of_memory();
    const pl_str text = arena_dup(rd->arena, buf_view(&b));
    buf_done(&b);
    return text;
}

static pl_str first_word(pl_str *rest)
{
    size_t n = 0;

    *rest = str_trim(*rest);
    while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t')
        n++;
    const pl_str word = str_sub(*rest, 0, n);
    *rest = str_trim(str_sub(*rest, n, rest->len));
    return word;
}

/* A path as seen from the working directory. */
static pl_str beside(struct reader *rd, pl_str path)
{
    const char *slash = strrchr(rd->file, '/');
    struct buf b = {0};

    if (path.len && path.ptr[0] != '/' && slash)
        buf_add(&b, (pl_str){rd->file, (size_t)(slash + 1 - rd->file)});
    buf_add(&b, path);
    const pl_str joined = arena_dup(rd->arena, buf_view(&b));
    buf_done(&b);
    return joined;
}

/* ---- cases ---- */

static void add_option(struct arena *a, struct case_option **list, const struct case_option *o)
{
    while (*list)
        list = &(*list)->next;
    *list = arena_zero(a, 1, sizeof **list);
    **list = (struct case_option){.name = o->name, .value = o->value, .line = o->line};
}

static struct test_case *begin_case(struct reader *rd, pl_str name)
{
    struct test_case *tc = arena_zero(rd->arena, 1, sizeof *tc);

    *tc = (struct test_case){.name = name, .file = rd->file, .line = rd->line};
    for (const struct case_option *o = rd->common; o; o = o->next)
        add_option(rd->arena, &tc->options, o);
    *rd->tail = tc;
    rd->tail = &tc->next;
    rd->current = tc;
    return tc;
}

static struct test_case *current(struct reader *rd)
{
    return rd->current ? rd->current : begin_case(rd, rd->unnamed);
}

static void take_case(struct reader *rd, pl_str name)
{
    for (const struct test_case *tc = rd->first; tc; tc = tc->next) {
        if (str_eq(tc->name, name))
            error_at(rd->errs, rd->file, rd->line, "there is a case '" STR_FMT "' in line %d already", STR_ARG(name),
                     tc->line);
    }
    if (name.len == 0)
        error_at(rd->errs, rd->file, rd->line, "the case has no name: case NAME");
    begin_case(rd, name);
}

/* A value in quotes, \" and \\ being the only escapes, taken off *rest; false when it does not end. */
static bool take_quoted(struct arena *a, pl_str *rest, pl_str *value)
{
    char *to = arena_alloc(a, rest->len, 1);
    size_t n = 0, i = 1;

    for (; i < rest->len && rest->ptr[i] != '"'; i++) {
        if (rest->ptr[i] == '\\' && i + 1 < rest->len && (rest->ptr[i + 1] == '"' || rest->ptr[i + 1] == '\\'))
            i++;
        to[n++] = rest->ptr[i];
    }
    if (i == rest->len)
        return false;
    *value = (pl_str){to, n};
    *rest = str_sub(*rest, i + 1, rest->len);
    return true;
}

/* A value up to the next white space that is not in brackets or quotes. */
static void take_plain(pl_str *rest, pl_str *value)
{
    size_t i = 0, depth = 0;
    bool quoted = false;

    for (; i < rest->len; i++) {
        const char c = rest->ptr[i];
        if ((c == ' ' || c == '\t') && !quoted && depth == 0)
            break;
        if (c == '\\' && quoted && i + 1 < rest->len)
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '('))
            depth++;
        else if (!quoted && (c == ']' || c == ')') && depth > 0)
            depth--;
    }
    *value = str_sub(*rest, 0, i);
    *rest = str_sub(*rest, i, rest->len);
}

static void take_options(struct reader *rd, const struct case_json *json)
{
    for (pl_str rest = str_trim(json->text); rest.len; rest = str_trim(rest)) {
        const int line = line_at(json, (size_t)(rest.ptr - json->text.ptr));
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != '=' && rest.ptr[n] != ' ' && rest.ptr[n] != '\t')
            n++;
        if (n == 0 || n == rest.len || rest.ptr[n] != '=') {
            error_at(rd->errs, rd->file, line, "'" STR_FMT "' is not NAME=VALUE", STR_ARG(str_sub(rest, 0, n ? n : 1)));
            return;
        }
        struct case_option o = {.name = str_sub(rest, 0, n), .line = line};
        rest = str_sub(rest, n + 1, rest.len);
        if (rest.len == 0 || rest.ptr[0] != '"') {
            take_plain(&rest, &o.value);
        } else if (!take_quoted(rd->arena, &rest, &o.value)) {
            error_at(rd->errs, rd->file, line, "the value of '" STR_FMT "' has no closing '\"'", STR_ARG(o.name));
            return;
        }
        add_option(rd->arena, rd->current ? &rd->current->options : &rd->common, &o);
    }
}

static void take_input(struct reader *rd, struct case_json json, bool file)
{
    struct test_case *tc = current(rd);
    struct case_input **at = file ? &tc->files : &tc->inputs;

    if (json.text.len == 0) {
        error_at(rd->errs, rd->file, json.line, "%s",
                 file ? "a path is missing: input-file PATH" : "a record is missing: input {...}");
        return;
    }
    if (file ? tc->inputs != NULL : tc->files != NULL)
        error_at(rd->errs, rd->file, json.line, "a case has either `input` or `input-file` lines");
    while (*at)
        at = &(*at)->next;
    *at = arena_zero(rd->arena, 1, sizeof **at);
    if (file)
        json.text = beside(rd, json.text);
    (*at)->json = json;
    rd->last = file ? NULL : &(*at)->json;
}

static void take_expect(struct reader *rd, struct case_json json)
{
    struct expectation e = {.fate = FATE_LIVE}, **at = &current(rd)->expected;
    pl_str rest = json.text;

    if (rest.len && rest.ptr[0] != '{') {
        const pl_str word = first_word(&rest);
        e.fate = str_is(word, "drop") ? FATE_DROPPED : FATE_FAILED;
        if (!str_is(word, "drop") && !str_is(word, "fail")) {
            error_at(rd->errs, rd->file, json.line, "'" STR_FMT "': what is expected is {...}, `drop REASON` or `fail CODE`",
                     STR_ARG(word));
            return;
        }
        e.code = first_word(&rest);
        if (e.code.len == 0 || e.code.ptr[0] == '{')
            error_at(rd->errs, rd->file, json.line, "a %s is missing: expect " STR_FMT " %s",
                     e.fate == FATE_DROPPED ? "reason" : "code", STR_ARG(word), e.fate == FATE_DROPPED ? "REASON" : "CODE");
    } else if (rest.len == 0) {
        error_at(rd->errs, rd->file, json.line, "what is expected is missing: {...}, `drop REASON` or `fail CODE`");
    }
    /* The same offsets: what was taken off the front is blanked out. */
    const size_t off = (size_t)(rest.ptr - json.text.ptr);
    char *blank = arena_alloc(rd->arena, json.text.len + 2, 1);
    memset(blank, ' ', off);
    memcpy(blank + off, rest.len ? rest.ptr : "{}", rest.len ? rest.len : 2);
    json.text = (pl_str){blank, off + (rest.len ? rest.len : 2)};
    json.written = json.text.len;
    while (*at)
        at = &(*at)->next;
    *at = arena_zero(rd->arena, 1, sizeof **at);
    e.json = json;
    **at = e;
    rd->last = &(*at)->json;
}

/* Put one more member behind the others of an object. */
static void add_member(struct reader *rd, struct case_json *json, pl_str name, pl_str value)
{
    const pl_str object = str_trim(json->text);
    struct buf b = {0};

    if (object.len < 2 || object.ptr[object.len - 1] != '}')
        return; /* what is wrong with it is told when it is proved */
    const size_t end = (size_t)(object.ptr + object.len - 1 - json->text.ptr);
    const pl_str before = str_sub(json->text, 0, end);
    buf_add(&b, before);
    if (str_trim(before).ptr[str_trim(before).len - 1] != '{')
        buf_addc(&b, ',');
    json_text(&b, name);
    buf_addc(&b, ':');
    if (str_is(name, "body"))
        json_base64(&b, value);
    else
        json_text(&b, value);
    buf_addc(&b, '}');
    if (b.failed)
        out_of_memory();
    if (json->written > end)
        json->written = end;
    json->with_line = rd->line;
    json->text = arena_dup(rd->arena, buf_view(&b));
    buf_done(&b);
}

static void take_with(struct reader *rd, pl_str rest)
{
    const int line = rd->line;
    const pl_str name = first_word(&rest), from = first_word(&rest);
    pl_str value = {NULL, 0};

    if (from.len == 0) {
        value = read_block(rd);
    } else if (str_is(from, "from") && rest.len) {
        const pl_str path = beside(rd, rest);
        if (!read_file(rd->arena, path.ptr, &value))
            error_at(rd->errs, rd->file, line, "cannot read '" STR_FMT "': %s", STR_ARG(path), strerror(errno));
    } else {
        error_at(rd->errs, rd->file, line, "after the field only `from PATH` may follow: with FIELD from PATH");
    }
    if (name.len == 0)
        error_at(rd->errs, rd->file, line, "a field is missing: with FIELD");
    else if (!rd->last)
        error_at(rd->errs, rd->file, line, "`with` stands below the `input` or `expect` that it adds to");
    else
        add_member(rd, rd->last, name, value);
}

static void unknown(struct reader *rd, pl_str word)
{
    static const char *const words[] = {"case", "options", "input", "input-file", "with", "expect"};
    struct nearest near = {.word = word};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        nearest_offer(&near, str_of(words[i]));
    if (near.best.ptr)
        error_at(rd->errs, rd->file, rd->line, "there is no '" STR_FMT "'; did you mean '" STR_FMT "'?", STR_ARG(word),
                 STR_ARG(near.best));
    else
        error_at(rd->errs, rd->file, rd->line,
                 "there is no '" STR_FMT "': a line is `case`, `options`, `input`, `input-file`, `with` or `expect`",
                 STR_ARG(word));
}

static void take_line(struct reader *rd, pl_str line)
{
    const pl_str word = first_word(&line);

    if (str_is(word, "with")) {
        take_with(rd, line);
        return;
    }
    const struct case_json rest = read_rest(rd, line);
    rd->last = NULL;
    if (str_is(word, "case"))
        take_case(rd, rest.text);
    else if (str_is(word, "options"))
        take_options(rd, &rest);
    else if (str_is(word, "input") || str_is(word, "input-file"))
        take_input(rd, rest, word.len > 5);
    else if (str_is(word, "expect"))
        take_expect(rd, rest);
    else
        unknown(rd, word);
}

/* ---- proving ---- */

static void prove_json(struct reader *rd, const struct intern *names, const struct case_json *json, bool input)
{
    pl_record *r = record_new(names, 0);
    struct json_error err = {0};
    pl_str notes;

    if (!r)
        out_of_memory();
    if ((input ? json_read(r, json->text, &err) : cases_wanted(r, json->text, &notes, &err)) != PL_OK)
        error_at(rd->errs, rd->file, line_at(json, err.at), "%s: %s", input ? "input" : "expect", err.text);
    record_free(r);
}

static void prove_case(struct reader *rd, const struct intern *names, const struct test_case *tc)
{
    bool bad_is_expected = false;

    for (const struct expectation *e = tc->expected; e; e = e->next) {
        bad_is_expected = bad_is_expected || (e->fate == FATE_FAILED && str_is(e->code, "bad-json"));
        prove_json(rd, names, &e->json, false);
    }
    for (const struct case_input *in = tc->inputs; in && !bad_is_expected; in = in->next)
        prove_json(rd, names, &in->json, true);
    for (const struct case_input *in = tc->files; in; in = in->next) {
        FILE *f = fopen(in->json.text.ptr, "rb");
        if (!f)
            error_at(rd->errs, rd->file, in->json.line, "cannot read '" STR_FMT "': %s", STR_ARG(in->json.text),
                     strerror(errno));
        else
            fclose(f);
    }
    if (!tc->inputs && !tc->files && !tc->expected && !tc->options)
        error_at(rd->errs, rd->file, tc->line, "case '" STR_FMT "' is empty", STR_ARG(tc->name));
}

static pl_str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    pl_str name = str_of(slash ? slash + 1 : path);
    const char *dot = name.len ? memrchr(name.ptr, '.', name.len) : NULL;

    return dot && dot > name.ptr ? str_sub(name, 0, (size_t)(dot - name.ptr)) : name;
}

struct test_case *cases_parse(struct arena *a, const char *path, pl_str text, struct errors *errs)
{
    struct reader rd = {.arena = a, .errs = errs, .file = arena_dup(a, str_of(path)).ptr, .rest = text, .tail = &rd.first};
    const size_t valid = utf8_valid(text);
    struct intern *names;
    pl_str line;

    rd.unnamed = base_name(rd.file);
    if (valid < text.len) {
        for (rd.rest.len = valid + 1; next_line(&rd, &line);)
            continue;
        error_at(errs, rd.file, rd.line, "not UTF-8");
        return NULL;
    }
    while (next_line(&rd, &line)) {
        if (line.len == 0 || line.ptr[0] == '#' || is_blank(line))
            continue;
        if (indentation(line))
            error_at(errs, rd.file, rd.line, "an indented line goes on with the one above, and there is none");
        else
            take_line(&rd, line);
    }
    if (!rd.first && errs->n_errors == 0)
        error_at(errs, rd.file, 0, "there is no case in the file");
    names = intern_new();
    for (const struct test_case *tc = rd.first; tc; tc = tc->next)
        prove_case(&rd, names, tc);
    intern_free(names);
    return rd.first;
}

struct test_case *cases_read(struct arena *a, const char *path, struct errors *errs)
{
    pl_str text;

    if (read_file(a, path, &text))
        return cases_parse(a, path, text, errs);
    error_at(errs, path, 0, "cannot read the case file: %s", strerror(errno));
    return NULL;
}
