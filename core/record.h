/* record.h - an article on its way: typed fields, annotations over `text`, an origin and a fate.
 *
 * Fields, annotations and their attributes are logs that only grow, so that
 * what a failing call did is taken back by cutting them (record_rollback).
 * All memory is the record's arena.  One thread at a time. */
#ifndef RECORD_H
#define RECORD_H

#include "arena.h"
#include "intern.h"
#include "pressline.h"

/* Keys from here on are names that only this record's data brought: own_names[key - RECORD_OWN_KEY]. */
#define RECORD_OWN_KEY ((pl_key)1 << 31)

/* Attributes that one annotation can have; bytes of text that are enough for a person. */
enum { RECORD_MAX_ATTRS = 64, RECORD_HEAD = 256 };

struct value {
    pl_type type;
    union {
        pl_str str; /* STR, BYTES, JSON */
        bool b;
        int64_t i;
        double f;
        pl_list list;
    } as;
};

struct field {
    pl_key key;
    uint32_t before; /* 1 + index of what the key held before; 0: nothing */
    struct value v;  /* PL_UNSET: taken away */
};

struct note {
    pl_key kind;
    pl_str label;
    size_t begin, end; /* bytes of text */
    uint32_t last_attr; /* 1 + index of its newest attribute; 0: none */
};

/* An attribute of an annotation; a later one of the same name replaces an earlier. */
struct attr {
    uint32_t note; /* index in notes */
    uint32_t prev; /* 1 + index of the same annotation's attribute before; 0: none */
    pl_key key;
    pl_note link;   /* 0: not a link */
    struct value v; /* STR, I64, F64, BOOL or JSON */
};

enum fate { FATE_LIVE, FATE_DROPPED, FATE_FAILED };

/* One input of the run, as pl_input() told it. */
struct input {
    int number;
    pl_str name;
    char digest[65]; /* SHA-256, hex; "" where there is none */
};

/* How far the logs reached when the current call began. */
struct mark {
    size_t n_fields, n_notes, n_attrs, first_note;
    uint32_t n_children;
};

struct pl_record {
    struct arena arena;
    const struct intern *names;

    struct field *fields;
    size_t n_fields, cap_fields;
    uint32_t *last; /* by key, see last_of(): 1 + index of the newest field; 0: none */
    size_t n_last;
    struct note *notes; /* number N is notes[first_note + N - 1] */
    size_t n_notes, cap_notes, first_note;
    struct attr *attrs;
    size_t n_attrs, cap_attrs;
    pl_str *own_names;
    uint32_t *own_sorted; /* indices of own_names by str_cmp(): a hash could be flooded by input */
    size_t n_own, cap_own, cap_sorted;
    struct mark mark;

    pl_str raw;       /* the bytes it was read from */
    pl_str given;     /* what its source said of them, as JSON; {NULL, 0}: nothing.  Of a child both are its parent's */
    pl_str stage_private; /* pl_set_private() */

    const struct input *input; /* NULL: none was given */
    uint64_t position;
    pl_str child;     /* "0", or "2", "2.1", ...: the way from the record that was read */
    uint32_t n_children;
    pl_str only;      /* `retry`: the way to the one that is wanted, itself or a descendant; {NULL, 0}: all of it is */
    bool only_met;    /* it, or one on the way to it, was emitted by this record */
    int only_from;    /* and the stage that failed it: what those before it had it emit was not lost */

    enum fate fate;
    int stage;        /* where its fate was met: index in the pipeline */
    pl_str code, message;
    bool selected;    /* `when` of the current stage held */
    bool repaired;    /* some text was not UTF-8 */
    bool taken;       /* a sink committed it */
    uint64_t seen;    /* by bit: the stages, of the first 64, that had it */
    int entry;        /* the first stage that sees it: behind the one that emitted it */
    uint64_t wall_ns; /* spent in process() and commit() */
    uint32_t emit_number, emit_parent; /* its own and its parent's among what its call emitted, from 1; 0: the record at hand */
};

/* The place of a key in `last`: the pipeline's keys are the even ones, the record's own the odd. */
static inline size_t record_last_of(pl_key key)
{
    return key < RECORD_OWN_KEY ? (size_t)key * 2 : (size_t)(key - RECORD_OWN_KEY) * 2 + 1;
}

struct pl_record *record_new(const struct intern *names, size_t memory_limit);
void record_free(pl_record *r);

/* A new call begins: what it does can be taken back. */
void record_begin(pl_record *r);
void record_rollback(pl_record *r);

/* The key of a name, interned or the record's own; PL_NONE past the memory limit or for "". */
pl_key record_key(pl_record *r, pl_str name);
/* The key if the record or the pipeline knows the name, else PL_NONE. */
pl_key record_find_key(const pl_record *r, pl_str name);
pl_str record_key_name(const pl_record *r, pl_key key);

/* The field's value; type PL_UNSET when it has none.  The pointer is good until the next set. */
const struct value *record_get(const pl_record *r, pl_key key);

/* PL_OK or PL_NOMEM.  Strings are stored as they are, not copied.  Setting PL_TEXT discards the annotations.
 * Text that is not UTF-8 is stored repaired, and `repaired` set.  A well-known field keeps its type: text becomes a
 * list of one or bytes, bytes text, an integer a real.  PL_ERROR, nothing stored: any other type for a well-known
 * field, no name, or the name `annotations`, which a line gives a meaning of its own. */
int record_set(pl_record *r, pl_key key, struct value v);

/* As record_set, with a copy of the string or list made first. */
int record_set_copy(pl_record *r, pl_key key, struct value v);

/* The nth field that is set, each name once: well-known ones by key, then the others in the order in which they were
 * first set.  Start with *at = 0; false at the end.  `at` is private to the walk. */
bool record_next(const pl_record *r, size_t *at, pl_key *key, const struct value **v);

/* Whether [begin, end) of `text` can be annotated. */
bool record_has_span(const pl_record *r, size_t begin, size_t end);
/* 0 past the memory limit, or when the span is empty, outside `text` or off a character boundary.  A label that is not
 * UTF-8 is stored repaired. */
pl_note record_annotate(pl_record *r, pl_key kind, pl_str label, size_t begin, size_t end);
size_t record_n_notes(const pl_record *r);
/* NULL when there is no such annotation. */
const struct note *record_note(const pl_record *r, pl_note n);
/* PL_OK, PL_NOMEM, or PL_ERROR when n (or a link's target) is no annotation of the record, n is full, or the line
 * could not say it: an attribute named as a part of every annotation (`id`, `kind`, ...) or an integer under the name
 * of a link (`chain`, ...). */
int record_note_set(pl_record *r, pl_note n, pl_key attr, struct value v);
int record_note_link(pl_record *r, pl_note n, pl_key attr, pl_note to);
/* NULL when it has no such attribute. */
const struct attr *record_note_attr(const pl_record *r, pl_note n, pl_key attr);
/* The attributes of one annotation in the order they were first set, each name once, at most RECORD_MAX_ATTRS. */
size_t record_note_attrs(const pl_record *r, pl_note n, const struct attr *attrs[]);

/* The beginning of a text field, whole characters, at most RECORD_HEAD bytes: logs and reports are not to grow with what a
 * record brings.  {NULL, 0} when it has none. */
pl_str record_head(const pl_record *r, pl_key key);

/* Set `origin` from input, position and child; and `id` if the record has none. */
int record_identify(pl_record *r);

/* It was read from this input, of which it keeps a copy: a run may have more inputs than fit into memory. */
int record_from(pl_record *r, const struct input *in);

/* A child's place: its own `child` path below the parent's. */
int record_adopt(pl_record *child, pl_record *parent);

/* `retry`: whether the record is beside the way to the wanted one, or, where the way ends, still above it; or is a descendant
 * of it that did not fail with it, having gone its own way before. */
bool record_unwanted(const pl_record *r, bool at_end);

/* Whether an unwanted record is one that should have led to the wanted one and did not: it then takes that one's name, so
 * that its letter is about what is still missing. */
bool record_missed(pl_record *r);

/* Its fate, decided once; the first word stands. */
void record_drop(pl_record *r, int stage, pl_str reason);
void record_fail(pl_record *r, int stage, pl_str code, pl_str message);

#endif
