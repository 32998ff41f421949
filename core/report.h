/* report.h - what a run did: report.json, and the summary for a person. */
#ifndef REPORT_H
#define REPORT_H

#include "pack.h"
#include "run.h"

enum { REPORT_DROPS = 20 };

/* A drop worth showing: the first of a run. */
struct report_drop {
    pl_str id, source, reason, duplicate_of;
    double similarity;
    int stage;
};

struct report {
    const struct pipeline *pipeline;
    const char *end;  /* "clean", "dead-letters", "max-failures", "interrupted", "io", "internal" */
    int exit_code;
    int jobs;
    uint64_t run; /* from 1 */
    int64_t started_ms;
    double wall_seconds, cpu_seconds;
    uint64_t peak_rss; /* bytes */
    struct arena arena;
    struct report_drop drops[REPORT_DROPS];
    int n_drops;
};

/* Keep a dropped record as an example. */
void report_drop(struct report *rep, const pl_record *r);

/* The examples, as a checkpoint keeps them. */
void report_save(const struct report *rep, struct buf *b);
void report_restore(struct report *rep, struct unpack *u);

/* The whole report as one JSON object with a newline. */
void report_json(struct buf *b, const struct report *rep, const struct run *run);

/* The member NAME of an object of JSON: how often each word came; and a line each, for a person. */
void report_tallies(struct buf *b, const char *name, const struct tally *t);
void report_tally_lines(struct buf *b, const char *what, pl_str stage, const struct tally *t);

/* A few lines for a person. */
void report_text(struct buf *b, const struct report *rep, const struct run *run);

#endif
