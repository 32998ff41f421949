/* pipeline.h - a pipeline file, loaded and proved: what `run`, `check`, `filter`, `test` and `trace` start from. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "config.h"
#include "errors.h"
#include "intern.h"
#include "loader.h"
#include "when.h"

struct stage {
    int index;
    pl_str name; /* its own, or the plugin's; no two alike */
    const char *file;
    int line;
    const struct module *module;
    const pl_plugin *plugin; /* module->plugin */
    void *config;            /* its options struct */
    struct when *when;       /* NULL: sees every record */
    /* Members that every stage may have. */
    bool isolate;            /* process() in child processes */
    int64_t timeout, memory; /* of one record, isolated or not: ms; bytes of an isolated child.  0: no limit */
};

/* The settings of the run; the names in a pipeline file are the members'. */
struct settings {
    int64_t jobs;              /* 0: as many as there are cores online */
    int64_t max_failures;      /* records; -1: no limit */
    double max_failure_share;  /* of the records read, judged from the 100th on; 1: no limit ("max_failures = "5%"") */
    int64_t max_record;        /* bytes that one record may be read from */
    int64_t record_memory;     /* bytes that one record may take in memory */
    int64_t progress_interval; /* ms */
    pl_str deadletters, report; /* paths */
    pl_str state;               /* folder of journal, lock and what else a run needs to go on after a kill */
    int64_t checkpoint_interval; /* ms */
    pl_str fates;              /* "ends" or "all": whose fate is kept for `explain` */
    pl_str metrics;            /* path of a Prometheus textfile; "": none */
    pl_str log_file;           /* path; "": stderr */
    pl_str log;                /* "text" or "json" */
    pl_str log_level;          /* "error", "warning", "info", "debug" */
    pl_list plugin_path;
    pl_list input_fields;      /* what JSONL input brings */
};

struct pipeline {
    struct arena arena;
    struct intern *names;
    struct loader *loader;
    struct stage *stages;
    int n_stages;
    struct settings settings;
    const char *file;
    bool own_state;  /* `state` was set, not left to its default */
    unsigned lacks;  /* LACKS_...: what a run will have to be given (only where the request allows it) */
    pl_str canonical; /* the effective settings that can change what comes out, "OWNER: NAME=VALUE" a line each */
    char digest[65]; /* its SHA-256 */
};

struct pipeline_request {
    const char *file;
    struct config_vars vars;
    pl_list plugin_dirs;
    bool filter; /* leave sources and sinks away; the input brings any field */
    bool check;  /* --input and --output may be wanting: told in `lacks` */
    bool trace;  /* leave sinks away; --output may be wanting */
};

/* Load, fill in every option, and prove the whole of it: all mistakes at once in errs.  PL_OK when there is no
 * error (there may be warnings), else PL_ERROR.  Either way pipeline_done() releases it. */
int pipeline_load(struct pipeline *p, const struct pipeline_request *req, struct errors *errs);
void pipeline_done(struct pipeline *p);

/* Gives each file that is written a name of its own, by `suffix` before the first dot of its name: "articles.jsonl.gz" and
 * "-2" become "articles-2.jsonl.gz".  The dead letters, the report, and what sinks and sources have for an "output". */
void pipeline_rename_outputs(struct pipeline *p, pl_str suffix);
/* The same for what later runs go on with, a "lasting" option of a sink or source: shards have one each. */
void pipeline_rename_lasting(struct pipeline *p, pl_str suffix);
/* Whether the option of this stage, a sink, names a file that the run writes. */
bool pipeline_is_output(const struct stage *s, const pl_option *o);
pl_str pipeline_suffixed(struct arena *a, pl_str path, pl_str suffix);

/* The settings of the run as a table of options of struct settings, for `describe settings`. */
const pl_option *pipeline_settings(void);

#endif
