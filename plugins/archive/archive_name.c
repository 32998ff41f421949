/* archive_name.c - the file that a record goes to. */
#include "archive_name.h"

#include <limits.h>

#include "archive_index.h"

enum {
    CUT = NAME_WORD - 17, /* of a long value, before "-" and 16 digits of a hash */
    SUFFIXES = 32         /* room for the number of a run, of a shard, and ".idx.part" */
};

static const pl_str unknown = {"unknown", 7};

/* ---- templates ---- */

static bool bad(char *why, size_t size, const char *what)
{
    snprintf(why, size, "`path`: %s", what);
    return false;
}

static bool date_form_is_good(pl_str form)
{
    bool any = false;

    for (size_t i = 0; i < form.len; i++) {
        if (form.ptr[i] == '/' || form.ptr[i] == '{' || form.ptr[i] == 0)
            return false;
        if (form.ptr[i] != '%')
            continue;
        if (++i == form.len || !strchr("Ymd", form.ptr[i]) || !form.ptr[i])
            return false;
        any = true;
    }
    return any;
}

/* "FIELD" or "FIELD:FORM". */
static bool parse_field(struct name_piece *piece, pl_str inside, char *why, size_t size)
{
    const char *colon = inside.len ? memchr(inside.ptr, ':', inside.len) : NULL;

    piece->field = colon ? (pl_str){inside.ptr, (size_t)(colon - inside.ptr)} : inside;
    piece->fixed = colon ? (pl_str){colon + 1, inside.len - piece->field.len - 1} : (pl_str){NULL, 0};
    if (piece->field.len == 0)
        return bad(why, size, "{} names no field");
    if (colon && !date_form_is_good(piece->fixed))
        return bad(why, size, "a date has %Y, %m and %d: {published:%Y-%m}");
    return true;
}

static bool add_piece(struct archive_name *name, struct name_piece piece)
{
    size_t n_fields = piece.field.len != 0;

    for (size_t i = 0; i < name->n_pieces; i++)
        n_fields += name->piece[i].field.len != 0;
    if (name->n_pieces == sizeof name->piece / sizeof *name->piece || n_fields > NAME_FIELDS)
        return false;
    name->piece[name->n_pieces++] = piece;
    return true;
}

/* The pieces of the text behind the trusted part. */
static bool parse_pieces(struct archive_name *name, pl_str text, char *why, size_t size)
{
    size_t from = 0, i = 0;

    while (i < text.len) {
        if (text.ptr[i] != '{') {
            i++;
            continue;
        }
        if (i + 1 < text.len && text.ptr[i + 1] == '{') { /* the first one is kept */
            if (!add_piece(name, (struct name_piece){.fixed = {text.ptr + from, i + 1 - from}}))
                return bad(why, size, "too many braces");
            from = i += 2;
            continue;
        }
        const char *end = memchr(text.ptr + i, '}', text.len - i);
        if (!end)
            return bad(why, size, "a { has no }; a brace itself is written {{");
        struct name_piece field;
        if (!parse_field(&field, (pl_str){text.ptr + i + 1, (size_t)(end - text.ptr) - i - 1}, why, size))
            return false;
        if ((i > from && !add_piece(name, (struct name_piece){.fixed = {text.ptr + from, i - from}})) ||
            !add_piece(name, field))
            return bad(why, size, "too many fields");
        from = i = (size_t)(end - text.ptr) + 1;
    }
    if (from == text.len)
        return bad(why, size, "the file's name must end in fixed text, such as .jsonl.gz");
    if (!add_piece(name, (struct name_piece){.fixed = {text.ptr + from, text.len - from}}))
        return bad(why, size, "too many fields");
    return true;
}

/* Later runs and shards put their number before the first point of the file's own name. */
static bool point_in_field(pl_str path)
{
    bool inside = false, point = false;

    for (size_t i = 0; i < path.len; i++) {
        const char c = path.ptr[i];
        if (c == '/')
            inside = point = false;
        else if (c == '{' || c == '}')
            inside = c == '{';
        else if (c == '.' && !point) {
            point = true;
            if (inside)
                return !memchr(path.ptr + i, '/', path.len - i);
        }
    }
    return false;
}

static size_t most_of(const struct name_piece *p)
{
    return p->field.len == 0 ? p->fixed.len : p->fixed.len ? 2 * p->fixed.len + unknown.len : NAME_WORD;
}

/* Of the names between slashes. */
static size_t longest_name(const struct archive_name *name)
{
    size_t longest = 0, len = 0;

    for (size_t i = 0; i < name->n_pieces; i++) {
        const struct name_piece *p = &name->piece[i];
        if (p->field.len)
            len += most_of(p);
        for (size_t k = 0; p->field.len == 0 && k < p->fixed.len; k++)
            len = p->fixed.ptr[k] == '/' ? 0 : len + 1;
        longest = len > longest ? len : longest;
    }
    return longest;
}

/* Two of a character in a row. */
static bool has_two(pl_str text, char c)
{
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == c && text.ptr[i + 1] == c)
            return true;
    return false;
}

bool archive_name_parse(struct archive_name *name, pl_str path, char *why, size_t size)
{
    const char *brace = path.len ? memchr(path.ptr, '{', path.len) : NULL;

    *name = (struct archive_name){.path = path, .trusted = path.len};
    if (path.len == 0 || memchr(path.ptr, 0, path.len))
        return bad(why, size, "is no path");
    if (!brace)
        return true;
    name->has_fields = true;
    name->trusted = (size_t)(brace - path.ptr);
    while (name->trusted && path.ptr[name->trusted - 1] != '/')
        name->trusted--;
    const pl_str text = {path.ptr + name->trusted, path.len - name->trusted};
    if (has_two(text, '.') || has_two(text, '/'))
        return bad(why, size, "there is no .. and no // behind a field");
    if (text.len > NAME_TEXT)
        return bad(why, size, "is too long");
    if (point_in_field(path))
        return bad(why, size, "a field with a point in it cannot begin the file's own name: make it a folder's");
    if (!parse_pieces(name, text, why, size))
        return false;
    return longest_name(name) <= NAME_MAX - SUFFIXES || bad(why, size, "has too many fields for the name of one file");
}

/* ---- values ---- */

static bool starts_like(pl_str s, pl_str with)
{
    return s.len >= with.len && memcmp(s.ptr, with.ptr, with.len) == 0;
}

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* What one byte becomes, behind `before`; its length. */
static size_t put_byte(unsigned char c, char before, char to[3])
{
    static const char hex[] = "0123456789abcdef";

    if (c >= 0x80) {
        to[0] = '%';
        to[1] = hex[c >> 4];
        to[2] = hex[c & 15];
        return 3;
    }
    if (c >= 'A' && c <= 'Z')
        c = (unsigned char)(c - 'A' + 'a');
    const bool kept = is_plain(c) || (c == '-' && before) || (c == '.' && before && before != '.');
    to[0] = kept ? (char)c : '_';
    return 1;
}

static size_t put_hash(pl_str value, char *to)
{
    char digits[17];

    snprintf(digits, sizeof digits, "%016llx", (unsigned long long)archive_key(ARCHIVE_ID, value));
    to[0] = '-';
    memcpy(to + 1, digits, 16);
    return 17;
}

size_t archive_name_word(pl_str value, char to[NAME_WORD])
{
    static const pl_str ours[] = {{"state", 5}, {"report", 6}, {"deadletters", 11}};
    char word[NAME_WORD + 3];
    size_t n = 0, i = 0, cut = 0;

    for (; i < value.len && n <= NAME_WORD - 4; i++) {
        n += put_byte((unsigned char)value.ptr[i], n ? word[n - 1] : 0, word + n);
        cut = n <= CUT - 1 ? n : cut;
    }
    if (n == 0) {
        memcpy(to, unknown.ptr, unknown.len);
        return unknown.len;
    }
    const bool whole = i == value.len;
    if (!whole)
        n = cut;
    if (word[n - 1] == '.')
        word[n - 1] = '_';
    size_t at = 0;
    for (size_t k = 0; k < sizeof ours / sizeof *ours && at == 0; k++)
        if (starts_like((pl_str){word, n}, ours[k]))
            to[at++] = '_';
    memcpy(to + at, word, n);
    return at + n + (whole ? 0 : put_hash(value, to + at + n));
}

/* ---- dates ---- */

static bool is_number(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

/* "YYYY-MM-DD" at the beginning, and no digit behind it. */
static bool has_date(pl_str s)
{
    if (s.len < 10 || !is_number(s.ptr, 4) || s.ptr[4] != '-' || !is_number(s.ptr + 5, 2) || s.ptr[7] != '-' ||
        !is_number(s.ptr + 8, 2) || (s.len > 10 && is_number(s.ptr + 10, 1)))
        return false;
    const int month = (s.ptr[5] - '0') * 10 + s.ptr[6] - '0', day = (s.ptr[8] - '0') * 10 + s.ptr[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static size_t put_date(pl_str form, pl_str value, char *to)
{
    size_t n = 0;

    if (!has_date(value)) {
        memcpy(to, unknown.ptr, unknown.len);
        return unknown.len;
    }
    for (size_t i = 0; i < form.len; i++) {
        if (form.ptr[i] != '%') {
            to[n++] = form.ptr[i];
            continue;
        }
        const char c = form.ptr[++i];
        const size_t len = c == 'Y' ? 4 : 2;
        memcpy(to + n, value.ptr + (c == 'Y' ? 0 : c == 'm' ? 5 : 8), len);
        n += len;
    }
    return n;
}

/* ---- names ---- */

size_t archive_name_most(const struct archive_name *name)
{
    size_t most = 0;

    for (size_t i = 0; i < name->n_pieces; i++)
        most += most_of(&name->piece[i]);
    return most;
}

size_t archive_name_put(const struct archive_name *name, const pl_str *value, char *to)
{
    size_t n = 0;

    for (size_t i = 0; i < name->n_pieces; i++) {
        const struct name_piece *p = &name->piece[i];
        if (p->field.len == 0) {
            memcpy(to + n, p->fixed.ptr, p->fixed.len);
            n += p->fixed.len;
        } else if (p->fixed.len) {
            n += put_date(p->fixed, *value++, to + n);
        } else {
            n += archive_name_word(*value++, to + n);
        }
    }
    return n;
}

static size_t count_slashes(pl_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] == '/';
    return n;
}

bool archive_name_may_be(const struct archive_name *name, pl_str rest)
{
    const struct name_piece *last = &name->piece[name->n_pieces - 1];
    size_t slashes = 0;

    for (size_t i = 0; i < name->n_pieces; i++)
        slashes += name->piece[i].field.len ? 0 : count_slashes(name->piece[i].fixed);
    if (rest.len < last->fixed.len || memchr(rest.ptr, 0, rest.len) || has_two(rest, '.') || has_two(rest, '/') || count_slashes(rest) != slashes)
        return false;
    return rest.ptr[0] != '/' && memcmp(rest.ptr + rest.len - last->fixed.len, last->fixed.ptr, last->fixed.len) == 0;
}
