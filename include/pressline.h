/* pressline.h - the one header that a stage plugin includes.
 *
 * A plugin is a shared object that exports one function, pl_plugin_v1(),
 * which returns a constant description of the stage.  The host calls the
 * functions in that description; the plugin calls the host only through the
 * inline functions below, which go through a table of pointers.  A plugin
 * therefore links against nothing of ours (build it with -Wl,-z,defs), can be
 * loaded by a test program with a table of its own, and keeps working with
 * every later 1.x host.
 *
 *   Data.     read() makes records, process() works on one at a time,
 *             commit() sees them one at a time in input order.  That is all.
 *   Memory.   What you read, and what you pl_alloc(), lives as long as the
 *             record.  You never free anything that came from the host.
 *   Threads.  process() runs on several threads at once, each with its own
 *             pl_self: self->worker is yours alone, self->shared is common
 *             and yours to lock.  read() has a thread of its own; commit()
 *             is called by one thread at a time.
 *   Errors.   One bad record: pl_fail() it and return PL_OK.  Transient: return
 *             PL_RETRY.  Cannot go on at all: return PL_FATAL.  Nothing is
 *             lost silently.
 *
 * The smallest useful plugin stands in plugins/README.md, the guide.
 */
#ifndef PRESSLINE_H
#define PRESSLINE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The major version is part of the exported symbol's name.  The minor grows
 * when a function is appended to pl_host or a member to pl_plugin or
 * pl_option; nothing is ever removed, reordered or given a new meaning.
 * Define PL_USE_MINOR before the include to stay loadable by older hosts. */
#define PL_ABI_MINOR 0
#ifndef PL_USE_MINOR
#define PL_USE_MINOR PL_ABI_MINOR
#endif

#if defined __GNUC__
#define PL_EXPORT __attribute__((visibility("default")))
#define PL_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define PL_EXPORT
#define PL_PRINTF(f, a)
#endif

/* ---- strings: a view of bytes, not NUL-terminated, never owning ---- */
typedef struct {
    const char *ptr;
    size_t len;
} pl_str;
typedef struct {
    const pl_str *at;
    size_t n;
} pl_list;

#ifdef __cplusplus
#define PL_S(lit) (pl_str{"" lit, sizeof(lit) - 1})
#else
#define PL_S(lit) ((pl_str){"" lit, sizeof(lit) - 1})
#endif

/* ---- records ---- */
typedef struct pl_record pl_record; /* opaque */
typedef uint32_t pl_key;            /* an interned name of a field, annotation kind or attribute */
typedef uint32_t pl_note;           /* an annotation's number in its record, from 1; 0 is none */
typedef struct pl_self pl_self;

/* Fields that every pipeline knows; these numbers are permanent.  What each
 * holds is told by `pressline describe fields`.  Others come from pl_intern(). */
enum {
    PL_NONE,
    PL_ID,
    PL_URL,
    PL_CANONICAL_URL,
    PL_SOURCE,
    PL_ORIGIN,
    PL_BODY,
    PL_CONTENT_TYPE,
    PL_CHARSET,
    PL_HTTP_STATUS,
    PL_FETCHED_AT,
    PL_TITLE,
    PL_BYLINE,
    PL_SITE,
    PL_PUBLISHED,
    PL_MODIFIED,
    PL_LANGUAGE,
    PL_SECTION,
    PL_SUMMARY,
    PL_IMAGE,
    PL_TAGS,
    PL_DATELINE_PLACE,
    PL_DATELINE_DATE,
    PL_AGENCY,
    PL_TEXT,
    PL_DUPLICATE_OF,
    PL_SIMILARITY,
    PL_FIRST_FREE_KEY = 64
};

/* Field types.  STR is valid UTF-8 (the host checks on every set); BYTES is
 * anything, base64 in JSONL; STRS is a list of STR.  JSON is a value that has
 * no type here (an object, a mixed list, null), kept as its text: plugins
 * read it with pl_get() and make one with pl_set_json(). */
typedef enum { PL_UNSET, PL_STR, PL_BYTES, PL_BOOL, PL_I64, PL_F64, PL_STRS, PL_JSON } pl_type;

enum {
    PL_OK = 0,
    PL_AGAIN = 1,  /* read(): nothing yet, call again; open(): in use by another run */
    PL_EOF = 2,    /* read() only: no more input */
    PL_RETRY = -1, /* transient: what the call did is taken back, and it is called again, backing off; after a few tries
                    * the record fails, or, in read(), the run */
    PL_NOMEM = -2, /* this record (of read(): the last that it emitted) is past its memory limit: the host fails it
                    * (`too-large`) */
    PL_FATAL = -3, /* stop the run; say why with pl_log(PL_LOG_ERROR) first */
    PL_ERROR = -4  /* inside the host only: failed, message given */
};
enum { PL_LOG_ERROR, PL_LOG_WARN, PL_LOG_INFO, PL_LOG_DEBUG };

/* ---- the host table: append only; no variadics, so that Rust, Go and Zig can
 * call it.  Call it through the inline functions below, which say what each does. ---- */
typedef struct {
    uint32_t size, minor;
    pl_key (*intern)(pl_self *, pl_str name);
    void *(*alloc)(pl_self *, pl_record *, size_t n, size_t align);
    pl_type (*type)(pl_self *, pl_record *, pl_key);
    pl_str (*get)(pl_self *, pl_record *, pl_key);
    bool (*get_bool)(pl_self *, pl_record *, pl_key, bool *);
    bool (*get_i64)(pl_self *, pl_record *, pl_key, int64_t *);
    bool (*get_f64)(pl_self *, pl_record *, pl_key, double *);
    pl_list (*get_list)(pl_self *, pl_record *, pl_key);
    int (*set)(pl_self *, pl_record *, pl_key, pl_type, pl_str, bool copy);
    int (*set_num)(pl_self *, pl_record *, pl_key, pl_type, int64_t, double);
    int (*set_list)(pl_self *, pl_record *, pl_key, pl_list);
    int (*unset)(pl_self *, pl_record *, pl_key);
    pl_note (*annotate)(pl_self *, pl_record *, pl_key kind, pl_str label, size_t begin, size_t end);
    int (*note_set)(pl_self *, pl_record *, pl_note, pl_key attr, pl_type, pl_str, int64_t, double);
    int (*note_link)(pl_self *, pl_record *, pl_note, pl_key attr, pl_note to);
    pl_note (*note_next)(pl_self *, pl_record *, pl_key kind, pl_note after);
    pl_str (*note_span)(pl_self *, pl_record *, pl_note, size_t *begin, size_t *end, pl_str *label);
    pl_str (*note_get)(pl_self *, pl_record *, pl_note, pl_key attr);
    pl_note (*note_to)(pl_self *, pl_record *, pl_note, pl_key attr);
    int (*set_private)(pl_self *, pl_record *, pl_str bytes);
    pl_str (*get_private)(pl_self *, pl_record *);
    int (*set_raw)(pl_self *, pl_record *, pl_str bytes, bool copy);
    pl_str (*get_raw)(pl_self *, pl_record *);
    pl_record *(*emit)(pl_self *, pl_record *parent);
    void (*drop_record)(pl_self *, pl_record *, pl_str reason);
    void (*fail_record)(pl_self *, pl_record *, pl_str code, pl_str message);
    void (*log)(pl_self *, int level, pl_record *about, pl_str message);
    uint32_t (*metric)(pl_self *, pl_str name, pl_str help);
    void (*count)(pl_self *, uint32_t metric, uint64_t by);
    int (*save)(pl_self *, pl_str bytes);
    pl_str (*to_json)(pl_self *, pl_record *);
    int (*from_json)(pl_self *, pl_record *into, pl_str line);
    pl_record *(*record_new)(pl_self *);
    void (*record_free)(pl_self *, pl_record *);
    int (*input)(pl_self *, pl_str name, pl_str digest);
    void (*set_origin)(pl_self *, pl_record *, int input, uint64_t position);
    int64_t (*now_ms)(pl_self *);
    bool (*stopping)(pl_self *);
    size_t (*max_record)(pl_self *);
    void (*expect)(pl_self *, uint64_t inputs);
    int (*offer)(pl_self *, pl_str name, bool once);
    pl_str (*offered)(pl_self *, uint64_t i);
    pl_str (*state_file)(pl_self *, pl_str name);
    pl_str (*failure)(pl_self *, pl_record *);
    bool (*retrying)(pl_self *);
} pl_host;

/* What every callback is handed.  `host` and `config` are the host's; `shared`
 * is what open() put there, `worker` what worker_open() put. */
struct pl_self {
    const pl_host *host;
    const void *config;
    void *shared;
    void *worker;
};

/* ---- options: the host reads the stage's libconfig group, checks every name,
 * type and range against this table, and fills in the plugin's own struct.  A
 * plugin never sees libconfig; every mistake is reported as file:line with the
 * nearest known name; `pressline describe NAME` prints the same table.
 * The strings live as long as the pipeline. ---- */
typedef enum { PL_OPT_END, PL_OPT_BOOL, PL_OPT_INT, PL_OPT_REAL, PL_OPT_STR, PL_OPT_LIST } pl_opt_type;

typedef struct {
    const char *name;
    pl_opt_type type;
    size_t offset;
    const char *value;   /* the default, as written in a file but without quotes ("64M", "true", "a b"; a list: "a|b",
                          * "" is empty); NULL: required */
    const char *help;    /* one line */
    const char *unit;    /* INT: "bytes" (may be written "64M") or "ms" (may be written "30s"); STR, LIST: "path"
                          * (relative ones are as seen from the working directory), "output" (a path that will be
                          * written; a sink's or source's has the number of the run in it from the second run on),
                          * "lasting" (one that will be written, and that later runs go on with under the same name),
                          * "field" (names of fields; `check` warns of one that no earlier stage writes); or NULL */
    const char *choices; /* STR and LIST: "fast|best"; or NULL */
    double min, max;     /* INT and REAL; both 0: any */
} pl_option;

#ifndef __cplusplus
/* PL_OPTION(struct config, member, default, help, .min = 1, .max = 9): the
 * type follows from the member's own, so the two cannot disagree. */
#define PL_OPTION(T, member, dflt, ...) \
    { \
        .name = #member, .type = _Generic(((T *)0)->member, bool: PL_OPT_BOOL, int64_t: PL_OPT_INT, \
                                          double: PL_OPT_REAL, pl_str: PL_OPT_STR, pl_list: PL_OPT_LIST), \
        .offset = offsetof(T, member), .value = dflt, .help = __VA_ARGS__ \
    }
#endif
#define PL_END \
    { \
        0 \
    }

enum {
    PL_SINK = 1,  /* commit() writes records out: `filter`, `test` and `trace` leave the stage away */
    PL_INPUTS = 2 /* a source whose option `inputs` is the list of what to read */
};

/* A command of the plugin's own: `pressline NAME COMMAND ARG...`.  `config`
 * holds the defaults, overridden by --OPTION=VALUE; open() was not called.
 * Returns the program's exit code.
 * Options of the command's own are those that its help names in brackets,
 * "[--json] [--limit=N] FILE...  one line".  It then finds in argv, behind its
 * name, those that were given, as "--json" and "--limit=N", then "--", then
 * the arguments; misspelt ones and missing values the host has refused. */
typedef struct {
    const char *name, *help; /* help: "FILE...  one line" */
    int (*main)(pl_self *, int argc, char **argv);
} pl_command;

/* ---- the plugin.  Only `name`, `about` and one verb are required. ----
 *
 *   open -> restore? -> per thread: worker_open -> process* -> worker_close
 *        -> commit (one caller, input order) -> finish -> checkpoint, committed -> close
 *
 * A stage sees only live records for which its `when` held. */
typedef struct pl_plugin pl_plugin;
struct pl_plugin {
    uint32_t size, minor; /* of this struct, PL_USE_MINOR: set by PL_PLUGIN */
    uint32_t option_size; /* sizeof(pl_option): set by PL_PLUGIN */
    uint32_t flags;
    const char *name, *about, *version, *license;
    const pl_option *options;
    size_t config_size;
    const pl_command *commands;
    /* Comma-separated names, checked over the whole pipeline before it starts:
     * "stage 'entities' reads `text`, which no earlier stage writes".
     * "+kind" names an annotation kind; in `reads` a trailing "?" is optional. */
    const char *reads, *writes;

    int (*open)(pl_self *); /* load models, check options. PL_FATAL: it is set up wrongly (exit 78); PL_RETRY: the machine
                             * fails it, out of memory, no room (exit 74: the same may work later); PL_AGAIN: another
                             * run has what it needs (exit 75) */
    int (*worker_open)(pl_self *); /* for each worker, before the first of them starts */
    int (*read)(pl_self *);                 /* sources: pl_emit() one or a few, or PL_AGAIN within 1 s, or PL_EOF */
    int (*process)(pl_self *, pl_record *); /* many threads */
    int (*commit)(pl_self *, pl_record *);  /* one caller, input order */
    int (*finish)(pl_self *);               /* once, on the committing thread, after the last record and before the last
                                             * checkpoint: emit what is held back. Not after an error or a signal */
    int (*checkpoint)(pl_self *, uint64_t n); /* make durable what was committed; pl_save() what restore() needs. On the
                                               * reading thread for a stage with read(), else on the committing one */
    void (*committed)(pl_self *, uint64_t n, bool last); /* checkpoint n is in the journal: only now rename, publish, forget
                                                          * older states; called again by a resumed run, so repeatable.
                                                          * What cannot be done is told with pl_log(PL_LOG_ERROR), which
                                                          * ends the run. commit() may be at work on a later batch */
    int (*restore)(pl_self *, uint64_t n, pl_str saved); /* take back whatever is later than checkpoint n. PL_FATAL: what is
                                                          * there is not what was left (78); PL_RETRY: as of open() */
    void (*worker_close)(pl_self *); /* also after a failed worker_open() */
    void (*close)(pl_self *); /* also after a failed open() */
    /* A second process/commit pair of the same stage, fed by what commit() and
     * finish() emit: e.g. pack records into blocks in order, then compress the
     * blocks on all workers, then append them in order.  Only the verbs,
     * finish, checkpoint, committed and restore of a `then` are used; `config`
     * and `shared` are the stage's, and its commit() may run while the stage's
     * own commit() runs on a later batch: share nothing unlocked.  What
     * commit() emits goes to `then` alone and ends there, outside the books; a
     * fault there is PL_FATAL, never pl_fail(). */
    const pl_plugin *then;
};

#define PL_ENTRY pl_plugin_v1
#ifndef __cplusplus
#define PL_PLUGIN(id, ...) \
    PL_EXPORT const pl_plugin *PL_ENTRY(void); \
    const pl_plugin *PL_ENTRY(void) \
    { \
        static const pl_plugin plugin = {.size = sizeof plugin, \
                                         .minor = PL_USE_MINOR, \
                                         .option_size = sizeof(pl_option), \
                                         .name = id, \
                                         .about = __VA_ARGS__}; \
        return &plugin; \
    }
#endif

/* ---- calls to the host ----
 *
 * Those that return int give PL_OK, or PL_NOMEM when the record is past its
 * memory limit; a callback may just return that. */

/* The key for a name.  Call it in open(), not per record. */
static inline pl_key pl_intern(pl_self *s, pl_str name) { return s->host->intern(s, name); }

/* Memory that lives as long as `r`, aligned for any type, not cleared; NULL
 * past the record's limit (return PL_NOMEM). */
static inline void *pl_alloc(pl_self *s, pl_record *r, size_t n) { return s->host->alloc(s, r, n, 16); }

/* What a field holds; PL_UNSET when the record has none. */
static inline pl_type pl_typeof(pl_self *s, pl_record *r, pl_key k) { return s->host->type(s, r, k); }
/* A STR, BYTES or JSON field; {NULL, 0} when the record has none or it is of another type. */
static inline pl_str pl_get(pl_self *s, pl_record *r, pl_key k) { return s->host->get(s, r, k); }
/* A number; false (and *v untouched) when there is none.  An I64 can be read as F64. */
static inline bool pl_get_bool(pl_self *s, pl_record *r, pl_key k, bool *v) { return s->host->get_bool(s, r, k, v); }
static inline bool pl_get_i64(pl_self *s, pl_record *r, pl_key k, int64_t *v) { return s->host->get_i64(s, r, k, v); }
static inline bool pl_get_f64(pl_self *s, pl_record *r, pl_key k, double *v) { return s->host->get_f64(s, r, k, v); }
/* A list of text; a single STR is read as a list of one. */
static inline pl_list pl_get_list(pl_self *s, pl_record *r, pl_key k) { return s->host->get_list(s, r, k); }

/* Store a copy of `v`.  Text that is not UTF-8 is repaired (U+FFFD) and counted; under --checked it is an error. */
static inline int pl_set(pl_self *s, pl_record *r, pl_key k, pl_str v) { return s->host->set(s, r, k, PL_STR, v, true); }
/* Store `v` itself: a slice of a field, pl_alloc() memory of this record or a literal. */
static inline int pl_set_view(pl_self *s, pl_record *r, pl_key k, pl_str v)
{
    return s->host->set(s, r, k, PL_STR, v, false);
}
/* The same for BYTES. */
static inline int pl_set_bytes(pl_self *s, pl_record *r, pl_key k, pl_str v)
{
    return s->host->set(s, r, k, PL_BYTES, v, true);
}
static inline int pl_set_bytes_view(pl_self *s, pl_record *r, pl_key k, pl_str v)
{
    return s->host->set(s, r, k, PL_BYTES, v, false);
}
static inline int pl_set_bool(pl_self *s, pl_record *r, pl_key k, bool v)
{
    return s->host->set_num(s, r, k, PL_BOOL, v, 0);
}
static inline int pl_set_i64(pl_self *s, pl_record *r, pl_key k, int64_t v)
{
    return s->host->set_num(s, r, k, PL_I64, v, 0);
}
/* NaN and infinities cannot be stored: the field is left unset, and it is counted. */
static inline int pl_set_f64(pl_self *s, pl_record *r, pl_key k, double v)
{
    return s->host->set_num(s, r, k, PL_F64, 0, v);
}
/* Store a copy of the list and of its strings. */
static inline int pl_set_list(pl_self *s, pl_record *r, pl_key k, pl_list v) { return s->host->set_list(s, r, k, v); }
/* Store a copy of `v`: one JSON value that has no type here, an object or a list with more than text in it, without
 * line breaks.  Anything else is an error under --checked, and the field is left as it was. */
static inline int pl_set_json(pl_self *s, pl_record *r, pl_key k, pl_str v)
{
    return s->host->set(s, r, k, PL_JSON, v, true);
}
/* Take the field away.  Its bytes stay readable while the record lives. */
static inline int pl_unset(pl_self *s, pl_record *r, pl_key k) { return s->host->unset(s, r, k); }

/* Mark bytes [begin, end) of `text`, both on UTF-8 boundaries, not empty; 0 past the memory limit
 * or for a span that is wrong.  Setting `text` discards all annotations. */
static inline pl_note pl_annotate(pl_self *s, pl_record *r, pl_key kind, pl_str label, size_t begin, size_t end)
{
    return s->host->annotate(s, r, kind, label, begin, end);
}
/* An attribute: text, a number, or another annotation of the same record. */
static inline int pl_note_set(pl_self *s, pl_record *r, pl_note n, pl_key attr, pl_str v)
{
    return s->host->note_set(s, r, n, attr, PL_STR, v, 0, 0);
}
static inline int pl_note_set_i64(pl_self *s, pl_record *r, pl_note n, pl_key attr, int64_t v)
{
    pl_str none = {NULL, 0};
    return s->host->note_set(s, r, n, attr, PL_I64, none, v, 0);
}
static inline int pl_note_set_f64(pl_self *s, pl_record *r, pl_note n, pl_key attr, double v)
{
    pl_str none = {NULL, 0};
    return s->host->note_set(s, r, n, attr, PL_F64, none, 0, v);
}
static inline int pl_note_link(pl_self *s, pl_record *r, pl_note n, pl_key attr, pl_note to)
{
    return s->host->note_link(s, r, n, attr, to);
}
/* The annotations of one kind (PL_NONE: of any) in the order they were made; start with 0, ends with 0. */
static inline pl_note pl_note_next(pl_self *s, pl_record *r, pl_key kind, pl_note after)
{
    return s->host->note_next(s, r, kind, after);
}
/* The words under an annotation; begin, end, label may be NULL. */
static inline pl_str pl_note_span(pl_self *s, pl_record *r, pl_note n, size_t *begin, size_t *end, pl_str *label)
{
    return s->host->note_span(s, r, n, begin, end, label);
}
/* A text attribute, {NULL, 0} if it has none; a link, 0 if it has none. */
static inline pl_str pl_note_get(pl_self *s, pl_record *r, pl_note n, pl_key attr)
{
    return s->host->note_get(s, r, n, attr);
}
static inline pl_note pl_note_to(pl_self *s, pl_record *r, pl_note n, pl_key attr)
{
    return s->host->note_to(s, r, n, attr);
}

/* What process() hands to the commit() of the same stage, or commit() to
 * `then`: a view of pl_alloc() memory of this record.  Never written out. */
static inline int pl_set_private(pl_self *s, pl_record *r, pl_str bytes) { return s->host->set_private(s, r, bytes); }
static inline pl_str pl_get_private(pl_self *s, pl_record *r) { return s->host->get_private(s, r); }

/* The bytes that a record was read from (a file, a line): set once in read(),
 * decoded in the source's process(), kept for the dead letter.  Not a field.
 * The fields that read() set are kept with them: `retry` gives process() both again. */
static inline int pl_set_raw(pl_self *s, pl_record *r, pl_str bytes) { return s->host->set_raw(s, r, bytes, true); }
static inline int pl_set_raw_view(pl_self *s, pl_record *r, pl_str bytes) { return s->host->set_raw(s, r, bytes, false); }
static inline pl_str pl_get_raw(pl_self *s, pl_record *r) { return s->host->get_raw(s, r); }

/* A new record.  In read() and finish() parent is NULL.  In process() and
 * commit() it joins the stream behind `parent`, the record at hand or a child
 * of it, and goes on with the next stage; you may pl_drop() or pl_fail() it
 * within the same call.  NULL when all that the call emitted would be past the
 * parent's memory limit. */
static inline pl_record *pl_emit(pl_self *s, pl_record *parent) { return s->host->emit(s, parent); }

/* End this record on purpose; counted by `reason`, a short fixed word. */
static inline void pl_drop(pl_self *s, pl_record *r, const char *reason)
{
    pl_str w = {reason, strlen(reason)};
    s->host->drop_record(s, r, w);
}

/* Send this record to the dead letters, with the stage's name, `code` (a
 * short fixed word, counted) and a message for a person.  What the failing
 * call set, annotated and emitted is taken back. */
PL_PRINTF(4, 5)
static inline void pl_fail(pl_self *s, pl_record *r, const char *code, const char *fmt, ...)
{
    char buf[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    pl_str msg = {buf, n < 0 ? 0 : (size_t)n < sizeof buf ? (size_t)n : sizeof buf - 1};
    pl_str c = {code, strlen(code)};
    s->host->fail_record(s, r, c, msg);
}

/* A line in the run's log; `about` may be NULL.  Repeats are counted, not repeated. */
PL_PRINTF(4, 5)
static inline void pl_log(pl_self *s, int level, pl_record *about, const char *fmt, ...)
{
    char buf[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    pl_str msg = {buf, n < 0 ? 0 : (size_t)n < sizeof buf ? (size_t)n : sizeof buf - 1};
    s->host->log(s, level, about, msg);
}

/* A counter in the run report, at most 32 a stage: pl_metric() in open(), pl_count() anywhere. */
static inline uint32_t pl_metric(pl_self *s, pl_str name, pl_str help) { return s->host->metric(s, name, help); }
static inline void pl_count(pl_self *s, uint32_t metric, uint64_t by) { s->host->count(s, metric, by); }

/* checkpoint() only: what restore() will be handed; small. */
static inline int pl_save(pl_self *s, pl_str bytes) { return s->host->save(s, bytes); }

/* The record's JSONL line without the newline; lives as long as the record; {NULL, 0} past its memory limit. */
static inline pl_str pl_to_json(pl_self *s, pl_record *r) { return s->host->to_json(s, r); }
/* Fill the record from a JSONL line.  On bad JSON the record is failed (`bad-json`) and PL_OK returned. */
static inline int pl_from_json(pl_self *s, pl_record *into, pl_str line) { return s->host->from_json(s, into, line); }

/* open() only: the path of a file of the stage's own that outlives a kill, in the run's state folder; {NULL, 0} where the
 * run keeps no state (a kill then ends it for good, and memory will do).  For what is too large for pl_save(): append to
 * it, make it durable in checkpoint() and pl_save() its length; restore() verifies and cuts it back to that.  It is not
 * there when a run begins, and is removed once the run has ended. */
static inline pl_str pl_state_file(pl_self *s, pl_str name) { return s->host->state_file(s, name); }

/* Commands only: a record of one's own. */
static inline pl_record *pl_record_new(pl_self *s) { return s->host->record_new(s); }
static inline void pl_record_free(pl_self *s, pl_record *r) { s->host->record_free(s, r); }

/* Why the record was failed, by pl_fail() or pl_from_json(); {NULL, 0} where it was not. */
static inline pl_str pl_failure(pl_self *s, pl_record *r) { return s->host->failure(s, r); }

/* open() of a source: one thing there is to read, in the final order of inputs.  `once`: it cannot be read again
 * (standard input), so the run can keep no state.  PL_OK, or PL_FATAL with a message given. */
static inline int pl_offer(pl_self *s, pl_str name, bool once) { return s->host->offer(s, name, once); }
/* The i-th input of this run, from 0; {NULL, 0} past the last; it lives as long as the run, and a NUL stands behind it.
 * The list is fixed when a run begins: where a run is resumed it is there before the first pl_offer(), and nothing more may be offered.  Those of
 * other shards are not in it. */
static inline pl_str pl_offered(pl_self *s, uint64_t i) { return s->host->offered(s, i); }

/* read() only: the next input, in the final order of inputs, with the SHA-256 of its bytes as 64 hex digits ("" where
 * there is none: stdin, HTTP).  Its number (> 0), or 0: another shard's, or done by an earlier run: skip it. */
static inline int pl_input(pl_self *s, pl_str name, pl_str digest) { return s->host->input(s, name, digest); }
/* read() only, required of every emitted record: which input, and where in it (line from 1 of a JSONL, byte offset in a
 * WARC, sequence number on HTTP, else 0). */
static inline void pl_set_origin(pl_self *s, pl_record *r, int input, uint64_t position)
{
    s->host->set_origin(s, r, input, position);
}

/* The run's start, in milliseconds since 1970 UTC: the only clock whose value may reach the output. */
static inline int64_t pl_now_ms(pl_self *s) { return s->host->now_ms(s); }
/* True once the run is being stopped: a long read() should return. */
static inline bool pl_stopping(pl_self *s) { return s->host->stopping(s); }
/* True in `pressline retry`: each record is one that an earlier run has read, and that failed there. */
static inline bool pl_retrying(pl_self *s) { return s->host->retrying(s); }
/* The most bytes that one record may be read from (`max_record`). */
static inline size_t pl_max_record(pl_self *s) { return s->host->max_record(s); }
/* open() or read() of a source: how many inputs there will be, as far as it knows; for the progress line. */
static inline void pl_expect(pl_self *s, uint64_t inputs) { s->host->expect(s, inputs); }

#ifdef __cplusplus
}
#endif
#endif /* PRESSLINE_H */
