/* dedupe_shard.c - `pressline dedupe signatures` and `group`. */
#include "dedupe_shard.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "dedupe_shard_group.h"
#include "dedupe_shard_lines.h"
#include "dedupe_shard_out.h"
#include "dedupe_store_cmd.h"

enum { MEMORY = 256 << 20, LONGEST_NAME = 4096 };

#define SIGNATURES ".signatures"
#define REMOVALS ".removals"

/* ---- the command line ---- */

static const char *value_of(const char *word, const char *name)
{
    const size_t n = strlen(name);
    return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

/* "64M" in bytes; 0 where it is no size. */
static size_t size_of(const char *text)
{
    static const char units[] = "KMG";
    char *end;
    const unsigned long long n = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    const unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

    if (end == text || *text == '-' || (*end && (!unit || end[1])) || n > SIZE_MAX >> shift)
        return 0;
    return (size_t)n << shift;
}

struct dedupe_shard_args dedupe_shard_args(int argc, char **argv)
{
    struct dedupe_shard_args a = {.memory = MEMORY};
    int i = 1;

    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *output = value_of(argv[i], "--output");
        const char *into = value_of(argv[i], "--into");
        const char *temp = value_of(argv[i], "--temp");
        const char *memory = value_of(argv[i], "--memory");
        a.output = output ? output : a.output;
        a.into = into ? into : a.into;
        a.temp = temp ? temp : a.temp;
        a.memory = memory ? size_of(memory) : a.memory;
    }
    i += i < argc;
    a.arg = argv + i;
    a.n = argc - i;
    return a;
}

static int usage(pl_self *self, const char *text)
{
    pl_log(self, PL_LOG_ERROR, NULL, "usage: pressline dedupe %s", text);
    return DEDUPE_EXIT_USAGE;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "INTO/BASE" or PATH, its ending `from` left away, and `to` behind it; the caller frees it.  NULL when out of memory. */
static char *name_beside(const char *path, const char *into, const char *from, const char *to)
{
    const char *name = into ? base_of(path) : path;
    size_t len = strlen(name);
    const size_t cut = strlen(from), size = (into ? strlen(into) + 1 : 0) + len + strlen(to) + 1;
    char *out = malloc(size);

    if (cut && len > cut && strcmp(name + len - cut, from) == 0)
        len -= cut;
    if (out)
        snprintf(out, size, "%s%s%.*s%s", into ? into : "", into ? "/" : "", (int)len, name, to);
    return out;
}

/* Where temporary files are made: as given, else in the folder of `path`, which is there; the caller frees it. */
static char *temp_folder(const struct dedupe_shard_args *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (a->temp)
        return strdup(a->temp);
    return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

static int out_of_memory(pl_self *self)
{
    pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
    return DEDUPE_EXIT_IO;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(char **name, int n)
{
    for (int i = 0; name && i < n; i++)
        free(name[i]);
    free(name);
}

/* What the files are called that come of each argument; NULL, and told, where two of them would be one. */
static char **name_files(pl_self *self, const struct dedupe_shard_args *a, const char *from, const char *to)
{
    char **name = calloc((size_t)a->n, sizeof name[0]), **sorted = calloc((size_t)a->n, sizeof sorted[0]);
    bool good = name && sorted;

    for (int i = 0; i < a->n && good; i++) {
        name[i] = a->output ? strdup(a->output) : name_beside(a->arg[i], a->into, from, to);
        sorted[i] = name[i];
        good = name[i] != NULL;
    }
    if (!good)
        out_of_memory(self);
    else
        qsort(sorted, (size_t)a->n, sizeof sorted[0], by_name);
    for (int i = 1; i < a->n && good; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0) {
            pl_log(self, PL_LOG_ERROR, NULL, "two files would become '%s': give each a name of its own", sorted[i]);
            good = false;
        }
    free(sorted);
    if (good)
        return name;
    free_names(name, a->n);
    return NULL;
}

/* ---- signatures ---- */

struct signing {
    pl_self *self;
    const char *path, *out;
    const struct dedupe_fields *fields;
    struct dedupe_sketcher *sketcher;
    struct dedupe_sig_writer *writer;
    uint64_t signed_, blank, unread;
};

static bool is_blank(pl_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!memchr(" \t\r\n", line.ptr[i], 4))
            return false;
    return true;
}

/* What cannot be read is no document: it is never removed. */
static void tell_unread(struct signing *s, uint64_t line, pl_str why)
{
    s->unread++;
    pl_log(s->self, PL_LOG_WARN, NULL, "%s:%" PRIu64 ": this line stays as it is, it cannot be read: %.*s", s->path, line,
           (int)why.len, why.ptr);
}

/* A record without a name gets that of its place. */
static int name_record(struct signing *s, pl_record *r, uint64_t line)
{
    char name[512];

    if (pl_typeof(s->self, r, PL_ID) != PL_UNSET || pl_get(s->self, r, PL_ORIGIN).len)
        return PL_OK;
    const int len = snprintf(name, sizeof name, "%.400s:%" PRIu64, base_of(s->path), line);
    return pl_set(s->self, r, PL_ID, (pl_str){name, (size_t)len});
}

static int sign_record(struct signing *s, pl_record *r, const struct dedupe_line *line)
{
    pl_str text = line->bytes, signature;
    int rc;

    while (text.len && memchr("\r\n", text.ptr[text.len - 1], 2))
        text.len--;
    rc = pl_from_json(s->self, r, text);
    const pl_str why = pl_failure(s->self, r);
    if (rc == PL_OK && why.ptr) {
        tell_unread(s, line->number, why);
        return PL_OK;
    }
    if (rc == PL_OK)
        rc = name_record(s, r, line->number);
    if (rc == PL_OK)
        rc = dedupe_record_sign(s->self, r, s->fields, s->sketcher, &signature);
    if (rc != PL_OK) {
        tell_unread(s, line->number, PL_S("the record is too large"));
        return PL_OK;
    }
    s->signed_ += signature.len > 0;
    return signature.len ? dedupe_sig_write_add(s->writer, line->number, signature) : PL_OK;
}

/* The lines of the shard, to its end. */
static int sign_lines(struct signing *s, struct dedupe_lines *lines)
{
    struct dedupe_line line;
    int got, rc = PL_OK;

    while (rc == PL_OK && (got = dedupe_lines_next(lines, &line)) != 0) {
        if (got < 0) {
            pl_log(s->self, PL_LOG_ERROR, NULL, "%s", lines->message);
            return PL_ERROR;
        }
        if (!line.whole) {
            if (line.last)
                tell_unread(s, line.number, PL_S("it is longer than a record may be"));
        } else if (is_blank(line.bytes)) {
            s->blank++;
        } else {
            pl_record *r = pl_record_new(s->self);
            rc = sign_record(s, r, &line);
            pl_record_free(s->self, r);
        }
    }
    if (rc == PL_OK)
        rc = dedupe_sig_write_end(s->writer, &lines->mark);
    if (rc != PL_OK)
        pl_log(s->self, PL_LOG_ERROR, NULL, "%s", dedupe_sig_write_message(s->writer));
    return rc;
}

/* The names of the fields, each with a comma behind it; the caller frees it.  NULL when out of memory. */
static char *scope_text(pl_list scope)
{
    size_t size = 1, at = 0;

    for (size_t i = 0; i < scope.n; i++)
        size += scope.at[i].len + 1;
    char *text = malloc(size);
    for (size_t i = 0; text && i < scope.n; i++) {
        memcpy(text + at, scope.at[i].ptr, scope.at[i].len);
        at += scope.at[i].len;
        text[at++] = ',';
    }
    if (text)
        text[at] = 0;
    return text;
}

static int sign_shard(struct signing *s, const struct dedupe_shard_args *a)
{
    const struct dedupe_config *config = s->self->config;
    char *scope = scope_text(config->scope);
    char *temp = temp_folder(a, s->out);
    const char *base = base_of(s->path);
    struct dedupe_lines lines;
    int rc = dedupe_lines_open(&lines, s->path, pl_max_record(s->self));

    s->writer = NULL;
    if (rc != PL_OK) {
        pl_log(s->self, PL_LOG_ERROR, NULL, "%s", lines.message);
        goto done;
    }
    const struct dedupe_settings settings = {.url = config->canonical_url,
                                             .samples = config->containment > 0,
                                             .scope = {scope, scope ? strlen(scope) : 0}};
    if (scope && temp)
        s->writer = dedupe_sig_write(s->out, &settings, (pl_str){base, strlen(base)}, a->memory, temp);
    if (!s->writer) {
        out_of_memory(s->self);
        rc = PL_ERROR;
        goto done;
    }
    s->signed_ = s->blank = s->unread = 0;
    rc = sign_lines(s, &lines);
    if (rc == PL_OK)
        pl_log(s->self, PL_LOG_INFO, NULL, "%s: %" PRIu64 " documents of %" PRIu64 " lines", s->out, s->signed_,
               lines.mark.lines);
done:
    dedupe_lines_close(&lines);
    dedupe_sig_write_free(s->writer);
    free(scope);
    free(temp);
    return rc;
}

static int signatures(pl_self *self, int argc, char **argv)
{
    const struct dedupe_shard_args a = dedupe_shard_args(argc, argv);
    struct dedupe_fields fields;
    int rc = PL_OK;

    if (a.memory == 0)
        return usage(self, "signatures --memory=64M ...: a size in bytes, or with K, M or G");
    if (a.n == 0 || (a.output && (a.n > 1 || a.into)))
        return usage(self, "signatures [--into=FOLDER] [--output=FILE] SHARD...   (--output: of one shard alone)");
    if (dedupe_fields_init(&fields, self, self->config, false) != PL_OK)
        return DEDUPE_EXIT_CONFIG;
    char **name = name_files(self, &a, "", SIGNATURES);
    if (!name)
        return DEDUPE_EXIT_USAGE;
    struct signing s = {.self = self, .fields = &fields, .sketcher = dedupe_sketcher_new()};
    if (!s.sketcher) {
        out_of_memory(self);
        rc = PL_ERROR;
    }
    for (int i = 0; i < a.n && rc == PL_OK; i++) {
        s.path = a.arg[i];
        s.out = name[i];
        rc = sign_shard(&s, &a);
    }
    free_names(name, a.n);
    dedupe_sketcher_free(s.sketcher);
    return rc == PL_OK ? DEDUPE_EXIT_FINE : DEDUPE_EXIT_IO;
}

/* ---- group ---- */

struct dedupe_list_keys dedupe_list_keys(pl_self *self)
{
    return (struct dedupe_list_keys){.removals = pl_intern(self, PL_S("removals")),
                                     .shard = pl_intern(self, PL_S("shard")),
                                     .lines = pl_intern(self, PL_S("lines")),
                                     .bytes = pl_intern(self, PL_S("bytes")),
                                     .crc = pl_intern(self, PL_S("crc32")),
                                     .line = pl_intern(self, PL_S("line")),
                                     .end = pl_intern(self, PL_S("end"))};
}

struct listing {
    pl_self *self;
    char **name; /* of the lists */
    const struct dedupe_fields *fields;
    struct dedupe_list_keys keys;
    struct dedupe_out out;
    uint64_t told;
};

static int put_record(struct listing *l, pl_record *r)
{
    const pl_str line = pl_to_json(l->self, r);

    if (!line.ptr) {
        pl_log(l->self, PL_LOG_ERROR, NULL, "out of memory");
        return PL_ERROR;
    }
    if (dedupe_out_put(&l->out, line.ptr, line.len) == PL_OK && dedupe_out_put(&l->out, "\n", 1) == PL_OK)
        return PL_OK;
    pl_log(l->self, PL_LOG_ERROR, NULL, "%s", l->out.message);
    return PL_ERROR;
}

static int list_begin(void *ctx, size_t shard, const struct dedupe_sig *f)
{
    struct listing *l = ctx;
    const struct dedupe_shard_mark *mark = &dedupe_sig_counts(f)->shard;

    l->told = 0;
    if (dedupe_out_open(&l->out, l->name[shard], false) != PL_OK) {
        pl_log(l->self, PL_LOG_ERROR, NULL, "%s", l->out.message);
        return PL_ERROR;
    }
    pl_record *r = pl_record_new(l->self);
    pl_set_i64(l->self, r, l->keys.removals, DEDUPE_LIST_FORMAT);
    pl_set(l->self, r, l->keys.shard, dedupe_sig_shard(f));
    pl_set_i64(l->self, r, l->keys.lines, (int64_t)mark->lines);
    pl_set_i64(l->self, r, l->keys.bytes, (int64_t)mark->bytes);
    pl_set_i64(l->self, r, l->keys.crc, mark->crc);
    const int rc = put_record(l, r);
    pl_record_free(l->self, r);
    return rc;
}

static int list_told(void *ctx, size_t shard, uint64_t line, pl_str id, const struct dedupe_decision *m)
{
    struct listing *l = ctx;
    pl_record *r = pl_record_new(l->self);
    int rc = pl_set(l->self, r, PL_ID, id);

    (void)shard;
    if (rc == PL_OK)
        rc = dedupe_record_tell(l->self, r, l->fields, m);
    if (rc == PL_OK)
        rc = pl_set_i64(l->self, r, l->keys.line, (int64_t)line);
    if (rc == PL_OK)
        rc = put_record(l, r);
    l->told++;
    pl_record_free(l->self, r);
    return rc;
}

static int list_end(void *ctx, size_t shard)
{
    struct listing *l = ctx;
    pl_record *r = pl_record_new(l->self);

    (void)shard;
    pl_set_i64(l->self, r, l->keys.end, (int64_t)l->told);
    pl_set_i64(l->self, r, l->keys.crc, l->out.crc);
    int rc = put_record(l, r);
    pl_record_free(l->self, r);
    if (rc == PL_OK && (rc = dedupe_out_end(&l->out)) != PL_OK)
        pl_log(l->self, PL_LOG_ERROR, NULL, "%s", l->out.message);
    dedupe_out_close(&l->out);
    return rc;
}

static int run_group(struct listing *l, const struct dedupe_shard_args *a)
{
    const struct dedupe_config *config = l->self->config;
    char *temp = temp_folder(a, a->arg[0]), *scope = scope_text(config->scope);
    const struct dedupe_group_options options = {.rules = dedupe_rules_of(config),
                                                 .url = config->canonical_url,
                                                 .memory = a->memory,
                                                 .folder = temp,
                                                 .scope = {scope, scope ? strlen(scope) : 0}};
    const struct dedupe_group_sink sink = {list_begin, list_told, list_end, l};
    struct dedupe_group_stats stats;
    enum dedupe_group_fault why = DEDUPE_GROUP_IO;
    char message[1024] = "out of memory";
    const int rc = temp && scope ? dedupe_group((const char *const *)a->arg, (size_t)a->n, &options, sink, &stats, message,
                                       sizeof message, &why)
                        : PL_ERROR;

    dedupe_out_close(&l->out);
    free(temp);
    free(scope);
    if (rc != PL_OK) {
        if (why != DEDUPE_GROUP_TOLD)
            pl_log(l->self, PL_LOG_ERROR, NULL, "%s", message);
        return why == DEDUPE_GROUP_SETTINGS ? DEDUPE_EXIT_CONFIG : DEDUPE_EXIT_IO;
    }
    pl_log(l->self, PL_LOG_INFO, NULL,
           "%" PRIu64 " documents: %" PRIu64 " kept, %" PRIu64 " exact, %" PRIu64 " near, %" PRIu64 " by URL, %" PRIu64
           " contained",
           stats.documents, stats.found[DEDUPE_NEW], stats.found[DEDUPE_EXACT], stats.found[DEDUPE_NEAR],
           stats.found[DEDUPE_URL], stats.found[DEDUPE_CONTAINED]);
    return DEDUPE_EXIT_FINE;
}

/* "@FILE" stands for the lines of FILE: a command line has not room for every list. */
static int read_list(struct dedupe_shard_args *a, char **words, pl_self *self)
{
    struct dedupe_lines lines;
    struct dedupe_line line;
    int got = -1;

    a->arg = NULL;
    a->n = 0;
    if (dedupe_lines_open(&lines, words[0] + 1, LONGEST_NAME) == PL_OK)
        while ((got = dedupe_lines_next(&lines, &line)) == 1) {
            size_t len = line.bytes.len;
            while (len && memchr("\r\n", line.bytes.ptr[len - 1], 2))
                len--;
            if (len == 0)
                continue;
            char **more = a->n == INT_MAX - 1 ? NULL : realloc(a->arg, ((size_t)a->n + 1) * sizeof more[0]);
            a->arg = more ? more : a->arg;
            if (!more || !(a->arg[a->n] = strndup(line.bytes.ptr, len))) {
                snprintf(lines.message, sizeof lines.message, "out of memory");
                got = -1;
                break;
            }
            a->n++;
        }
    if (got < 0)
        pl_log(self, PL_LOG_ERROR, NULL, "%s", lines.message);
    dedupe_lines_close(&lines);
    return got < 0 ? PL_ERROR : PL_OK;
}

static int group_files(pl_self *self, const struct dedupe_shard_args *a)
{
    struct dedupe_fields fields;
    int code = DEDUPE_EXIT_USAGE;

    if (dedupe_fields_init(&fields, self, self->config, false) != PL_OK)
        return DEDUPE_EXIT_CONFIG;
    struct listing l = {.self = self, .fields = &fields, .keys = dedupe_list_keys(self)};
    l.name = name_files(self, a, SIGNATURES, REMOVALS);
    if (l.name)
        code = run_group(&l, a);
    free_names(l.name, a->n);
    return code;
}

static int group(pl_self *self, int argc, char **argv)
{
    struct dedupe_shard_args a = dedupe_shard_args(argc, argv);

    if (a.memory == 0)
        return usage(self, "group --memory=64M ...: a size in bytes, or with K, M or G");
    if (a.n == 1 && a.arg[0][0] == '@') {
        int code = DEDUPE_EXIT_IO;
        if (read_list(&a, a.arg, self) == PL_OK)
            code = a.n ? group_files(self, &a) : usage(self, "group @FILE, a list of signature files: it is empty");
        free_names(a.arg, a.n);
        return code;
    }
    return a.n ? group_files(self, &a) : usage(self, "group [--into=FOLDER] SIGNATURES...   (or @FILE: its lines)");
}

const pl_command dedupe_shard_commands[] = {
    {"signatures",
     "[--into=FOLDER] [--output=FILE] [--memory=SIZE] [--temp=FOLDER] SHARD...  write what is needed to find the duplicates of shards "
     "(JSONL, plain or gzip), a file SHARD.signatures each",
     signatures},
    {"group",
     "[--into=FOLDER] [--memory=SIZE] [--temp=FOLDER] SIGNATURES...|@LIST  list the documents that repeat an earlier one, the first in this "
     "order being kept, a file SHARD.removals each",
     group},
    {"apply",
     "[--output=FILE] REMOVALS SHARD  write a shard without the documents of its list, or, with --action=mark, with the "
     "fields that tell of them",
     dedupe_shard_apply},
    {"store", "FOLDER  print what is in the stage's `store`, and check all of it", dedupe_store_command},
    {NULL, NULL, NULL},
};
