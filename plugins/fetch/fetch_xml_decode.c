/* fetch_xml_decode.c - the bytes of a feed or sitemap as UTF-8.
 *
 * XML 1.0, appendix F: the first four bytes tell the encodings that ASCII is
 * no part of.  All others are found as a page's are. */
#include "fetch_meta.h"
#include "fetch_xml.h"

static const struct encoding utf_32be = {"utf-32be", "UTF-32BE", ""};
static const struct encoding utf_32le = {"utf-32le", "UTF-32LE", ""};
static const struct encoding ebcdic = {"ibm037", "IBM037", ""};

/* By a byte order mark of UTF-32, or "<", "<?" and "<?xm" in what is no superset of ASCII; NULL: by none of them. */
static const struct encoding *by_start(pl_str bytes, size_t *n_mark)
{
    static const struct {
        char start[5];
        const struct encoding *encoding;
        const char *label;
        size_t n_mark;
    } starts[] = {
        {"\x00\x00\xFE\xFF", &utf_32be, NULL, 4}, {"\xFF\xFE\x00\x00", &utf_32le, NULL, 4},
        {"\x00\x00\x00<", &utf_32be, NULL, 0},    {"<\x00\x00\x00", &utf_32le, NULL, 0},
        {"\x00<\x00?", NULL, "utf-16be", 0},      {"<\x00?\x00", NULL, "utf-16le", 0},
        {"\x4C\x6F\xA7\x94", &ebcdic, NULL, 0},
    };

    for (size_t i = 0; bytes.len >= 4 && i < sizeof starts / sizeof *starts; i++) {
        if (memcmp(bytes.ptr, starts[i].start, 4) != 0)
            continue;
        *n_mark = starts[i].n_mark;
        return starts[i].encoding ? starts[i].encoding : encoding_find((pl_str){starts[i].label, 8});
    }
    return NULL;
}

int xml_decode(struct decoder *d, pl_str bytes, pl_str content_type, struct decoded *to)
{
    size_t n_mark = 0;
    const struct encoding *e = by_start(bytes, &n_mark);
    int rc = PL_ERROR;

    if (e) {
        *to = (struct decoded){.name = e->name, .converted = true};
        rc = convert(&d->converter, e, (pl_str){bytes.ptr + n_mark, bytes.len - n_mark}, &d->out, &to->n_replaced);
        to->text = (pl_str){(const char *)d->out.at, d->out.len};
    }
    return rc == PL_ERROR ? decode(d, bytes, meta_charset_of(content_type), to) : rc;
}
