/* isolate_child.h - what isolate.c and isolate_child.c share, nobody else: the memory between a worker and its process. */
#ifndef ISOLATE_CHILD_H
#define ISOLATE_CHILD_H

#include <sys/types.h>

#include "compat.h"
#include "isolate.h"

/* Records of one wake-up; where messages begin behind the head of a region. */
enum { RUN_MAX = 32, REGION_HEAD = 4096 };

/* At the begin of what the child reads: it cannot write here. */
struct in_head {
    _Atomic uint32_t word; /* changes when a run of records is ready; slept on by the child */
    uint32_t n;
    uint64_t at[RUN_MAX + 1]; /* where each record begins behind the head */
};

/* At the begin of what the child writes: hints to its parent, no truth. */
struct out_head {
    _Atomic uint32_t word;     /* changes when the run is over; slept on by the parent */
    _Atomic uint32_t finished; /* in_head.word of the last run that is over */
    _Atomic uint32_t done;     /* records of the run that are answered */
    _Atomic uint32_t taken;    /* and begun */
    _Atomic uint32_t exhausted, held; /* no memory was left; SANDBOX_... */
    _Atomic uint64_t began_ns, cpu_ns;
    _Atomic uint64_t end[RUN_MAX]; /* of each answer, behind the head */
};

/* What the fork server knows of a child; it and the parent have this, the child has not. */
struct child_state {
    _Atomic uint32_t dead;
    _Atomic int32_t status; /* of wait(), once dead */
};

/* One worker's process for one stage. */
struct isolated {
    struct isolation *iso;
    struct call *call;
    uint32_t number;
    char *in, *out;
    size_t in_size, out_size;
    int in_fd; /* for reading only; -1 in the parent */

    /* The parent's. */
    const struct records *row;
    size_t row_at; /* the first record of the row that was not asked for */
    pl_record *sent[RUN_MAX];
    size_t place_of[RUN_MAX + 1]; /* where the places of each begin */
    size_t n_sent, next;
    struct flat_places places;
    uint32_t run;           /* in_head.word of the last run */
    uint64_t answer_end;    /* of the last answer taken */
    size_t in_high, out_high; /* how far the regions were written */
    bool alone;             /* the next record goes to a fresh process and without others */
    uint64_t n_answered;    /* by the process that is there now */
    unsigned n_killed;      /* records in a row that none survived */
    unsigned n_unborn;      /* processes in a row that died before a record */
    uint64_t cpu_ns;        /* out_head.cpu_ns when it was last asked */
};

struct isolation {
    struct run *run;
    struct isolated *slots;
    struct child_state *states; /* by slot */
    size_t n, states_size;
    int server_end; /* of the socket; the parent's is `socket` */
    int socket;
    pid_t server;
    pthread_mutex_t lock; /* one restart at a time */
    atomic_bool told_unfiltered;
};

static inline struct in_head *isolate_in(const struct isolated *s)
{
    return (struct in_head *)(void *)s->in;
}

static inline struct out_head *isolate_out(const struct isolated *s)
{
    return (struct out_head *)(void *)s->out;
}

/* Sleep while *word is `seen`, at most `ms` (-1: for ever); may return early. */
void isolate_sleep(_Atomic uint32_t *word, uint32_t seen, int64_t ms);
void isolate_wake(_Atomic uint32_t *word);

/* The life of the fork server. */
NO_RETURN void isolate_serve(struct isolation *iso, pid_t parent);

#endif
