/* units.c - sizes, durations and shares as people write them. */
#include "units.h"

#include <inttypes.h>

#include "str.h"

struct unit {
    const char *name;
    int64_t factor;
};

/* The largest first: that is how they are printed. */
static const struct unit sizes[] = {
    {"T", INT64_C(1) << 40}, {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"k", 1 << 10}, {"", 1}, {NULL, 0},
};
static const struct unit times[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {"", 1}, {NULL, 0},
};

static bool parse(const struct unit *units, pl_str s, int64_t *v)
{
    size_t digits = 0;
    int64_t n;

    while (digits < s.len && s.ptr[digits] >= '0' && s.ptr[digits] <= '9')
        digits++;
    if (digits == 0 || !str_to_i64(str_sub(s, 0, digits), &n))
        return false;
    for (const struct unit *u = units; u->name; u++) {
        if (str_is(str_sub(s, digits, s.len), u->name)) {
            if (n > INT64_MAX / u->factor)
                return false;
            *v = n * u->factor;
            return true;
        }
    }
    return false;
}

bool units_bytes(pl_str s, int64_t *bytes)
{
    return parse(sizes, s, bytes);
}

bool units_ms(pl_str s, int64_t *ms)
{
    return parse(times, s, ms);
}

bool units_share(pl_str s, double *share)
{
    double percent;

    if (s.len < 2 || s.ptr[s.len - 1] != '%' || s.ptr[0] == '-' || s.ptr[0] == '+')
        return false;
    if (!str_to_f64(str_sub(s, 0, s.len - 1), &percent) || !(percent >= 0 && percent <= 100))
        return false;
    *share = percent / 100;
    return true;
}

static void print(struct buf *b, const struct unit *units, int64_t v)
{
    const struct unit *u = units;

    while (u->factor != 1 && (v <= 0 || v % u->factor != 0))
        u++;
    buf_addf(b, "%" PRId64 "%s", v / u->factor, u->name);
}

void units_print_bytes(struct buf *b, int64_t bytes)
{
    print(b, sizes, bytes);
}

void units_print_ms(struct buf *b, int64_t ms)
{
    print(b, times, ms);
}
