/* metrics.h - the figures of a run as a file for the textfile collector of Prometheus' node exporter.
 *
 * The file is replaced as a whole, so that a reader never meets half of one.  It tells of the end of a run until the next
 * run replaces it; what must outlive a failed run (when one last succeeded) is carried over from the file before. */
#ifndef METRICS_H
#define METRICS_H

#include "report.h"

struct metrics;

/* `path` is where the file is; of what is there by now the last end and the last success are taken over.  `shard` tells
 * the parts of one input apart, empty: it has none.  NULL when `path` is empty, which all below take.  `rep` is read at
 * each metrics_write(), its run or pipeline are not changed; both outlive the metrics. */
struct metrics *metrics_open(pl_str path, pl_str shard, struct log *log, const struct report *rep);
void metrics_close(struct metrics *m);

/* Of a run at work: any one thread; `now_ms` is the time.  What cannot be written is told to the log and is no failure of
 * the run. */
void metrics_write(struct metrics *m, struct run *run, int64_t now_ms);

/* The last: rep->exit_code says how the run ended.  `run` may be NULL: it could not be begun. */
void metrics_end(struct metrics *m, struct run *run, int64_t now_ms);

/* What the file would say (tests). */
void metrics_text(struct buf *b, struct metrics *m, struct run *run, int64_t now_ms);

#endif
