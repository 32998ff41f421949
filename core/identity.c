/* identity.c - what must stay the same while a run goes on. */
#include "identity.h"

#include <fcntl.h>
#include <unistd.h>

#include "digest.h"
#include "str.h"

enum { MOST_CHANGES = 12 };

static void add_build(struct buf *b, const char *path)
{
    /* The program itself is found through a link. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t digest[SHA256_DIGEST_SIZE];
    char hex[DIGEST_HEX + 1];
    const bool read = fd >= 0 && digest_of_file(fd, digest) == 0;

    if (read)
        digest_hex(digest, sizeof digest, hex);
    buf_addf(b, "%s\n", read ? hex : "(cannot be read)");
    if (fd >= 0)
        close(fd);
}

void identity_write(struct buf *b, const struct pipeline *p, const struct shard *shard)
{
    buf_add(b, p->canonical);
    buf_addf(b, "the run: shard=%u/%u\n", shard->k, shard->n);
    buf_addz(b, "the program: build=" PACKAGE_VERSION " ");
    add_build(b, "/proc/self/exe");
    for (int i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        buf_addf(b, "stage '" STR_FMT "': build=%s ", STR_ARG(s->name), s->plugin->version ? s->plugin->version : "");
        if (s->module && s->module->path.len)
            add_build(b, s->module->path.ptr);
        else
            buf_addz(b, "(built in)\n");
    }
}

/* Up to and with the equals sign behind the name. */
static pl_str key_of(pl_str line)
{
    const char *equals = line.len ? memchr(line.ptr, '=', line.len) : NULL;

    return equals ? str_sub(line, 0, (size_t)(equals - line.ptr) + 1) : line;
}

/* The line of `text` that begins with `key`. */
static bool find_line(pl_str text, pl_str key, pl_str *found)
{
    pl_str line;

    while (str_split(&text, '\n', &line)) {
        if (str_eq(key_of(line), key)) {
            *found = str_sub(line, key.len, line.len);
            return true;
        }
    }
    return false;
}

static void add_value(struct buf *b, pl_str v)
{
    enum { ENOUGH = 200 };

    buf_add(b, v.len > ENOUGH ? str_sub(v, 0, ENOUGH) : v);
    if (v.len > ENOUGH)
        buf_addz(b, "...");
}

static bool is_of_stage(pl_str line, pl_str plugin_key)
{
    const size_t owner = plugin_key.len - strlen("plugin=");

    return line.len >= owner && memcmp(line.ptr, plugin_key.ptr, owner) == 0;
}

/* One line is in one of both only.  Of a stage that came or went that is all there is to say: the lines of its options, which
 * follow, are passed over. */
static void add_one_sided(struct buf *b, pl_str line, bool gone, pl_str *rest)
{
    const pl_str key = key_of(line);
    pl_str next;

    if (key.len > strlen(": plugin=") && str_is(str_sub(key, key.len - strlen(": plugin="), key.len), ": plugin=")) {
        buf_add(b, str_sub(key, 0, key.len - strlen(": plugin=")));
        buf_addz(b, gone ? " is no more\n" : " is new\n");
        for (pl_str at = *rest; str_split(&at, '\n', &next) && is_of_stage(next, key);)
            *rest = at;
        return;
    }
    buf_add(b, str_sub(key, 0, key.len - (key.len > 0 && key.ptr[key.len - 1] == '=')));
    buf_addz(b, gone ? " is no more, was " : " is new: ");
    add_value(b, str_sub(line, key.len, line.len));
    buf_addc(b, '\n');
}

/* The build of a stage that came or went, which has been said. */
static bool is_build_of_another(pl_str key, pl_str with)
{
    static const char build[] = ": build=";
    struct buf plugin = {0};
    pl_str found;

    if (key.len <= strlen("stage ") + strlen(build) || memcmp(key.ptr, "stage ", strlen("stage ")) != 0 ||
        !str_is(str_sub(key, key.len - strlen(build), key.len), build))
        return false;
    buf_add(&plugin, str_sub(key, 0, key.len - strlen(build)));
    buf_addz(&plugin, ": plugin=");
    const bool there = find_line(with, buf_view(&plugin), &found);
    buf_done(&plugin);
    return !there;
}

/* What the lines of `text` are in `with`: `forward` from the old to the new, where differences are told once. */
static void compare(struct buf *b, pl_str text, pl_str with, bool forward, int *n)
{
    pl_str line;

    while (str_split(&text, '\n', &line) && *n < MOST_CHANGES) {
        const pl_str key = key_of(line), value = str_sub(line, key.len, line.len);
        pl_str other;
        const bool there = find_line(with, key, &other);
        if (there ? !forward || str_eq(value, other) : is_build_of_another(key, with))
            continue;
        if (!there) {
            add_one_sided(b, line, forward, &text);
        } else {
            buf_add(b, str_sub(key, 0, key.len - (key.len > 0 && key.ptr[key.len - 1] == '=')));
            buf_addz(b, " was ");
            add_value(b, value);
            buf_addz(b, ", is ");
            add_value(b, other);
            buf_addc(b, '\n');
        }
        ++*n;
    }
}

void identity_changes(struct buf *b, pl_str was, pl_str is)
{
    int n = 0;

    compare(b, was, is, true, &n);
    compare(b, is, was, false, &n);
    if (n == MOST_CHANGES)
        buf_addz(b, "and more\n");
    else if (n == 0 && !str_eq(was, is))
        buf_addz(b, "the order of the stages is another\n");
}
