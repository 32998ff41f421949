/* plan.c - whether the stages of a pipeline go together. */
#include "plan.h"

#include "description.h"
#include "nearest.h"
#include "str.h"

/* A field or annotation kind that is there when a stage begins. */
struct provided {
    pl_str name;
    bool is_kind;
    const struct stage *maybe; /* NULL: always there; else it comes from this stage, whose `when` may leave it away */
};

struct planner {
    const struct pipeline *p;
    struct errors *errs;
    struct arena arena;
    struct provided *provided;
    size_t n, cap;
    bool anything;                 /* some of what is there is not known */
    const struct stage *annotated; /* the first stage that made annotations */
    const struct stage *stage;
};

static struct provided *find(const struct planner *pl, pl_str name, bool is_kind)
{
    for (size_t i = 0; i < pl->n; i++) {
        if (pl->provided[i].is_kind == is_kind && str_eq(pl->provided[i].name, name))
            return &pl->provided[i];
    }
    return NULL;
}

static void provide(struct planner *pl, pl_str name, bool is_kind, const struct stage *maybe)
{
    struct provided *there = find(pl, name, is_kind);

    if (there) {
        if (!maybe)
            there->maybe = NULL;
        return;
    }
    pl->provided = arena_grow(&pl->arena, pl->provided, pl->n, &pl->cap, sizeof *pl->provided);
    pl->provided[pl->n++] = (struct provided){name, is_kind, maybe};
}

static bool writes(const struct stage *s, pl_str name, bool is_kind)
{
    pl_str rest = s->plugin ? str_of(s->plugin->writes) : PL_S("");
    struct declared d;

    while (declared_next(&rest, &d)) {
        if (d.is_kind == is_kind && str_eq(d.name, name))
            return true;
    }
    return false;
}

/* The stage behind the current one that writes it. */
static const struct stage *later_writer(const struct planner *pl, pl_str name, bool is_kind)
{
    for (int i = pl->stage->index + 1; i < pl->p->n_stages; i++) {
        if (writes(&pl->p->stages[i], name, is_kind))
            return &pl->p->stages[i];
    }
    return NULL;
}

static const char *what(bool is_kind)
{
    return is_kind ? "annotations " : "";
}

/* Told where a field or kind is looked for that nothing provides. */
static void not_provided(const struct planner *pl, const char *file, int line, const char *does, pl_str name,
                         bool is_kind)
{
    const struct stage *s = pl->stage, *later = later_writer(pl, name, is_kind);
    struct nearest near = {.word = name};

    for (size_t i = 0; i < pl->n; i++) {
        if (pl->provided[i].is_kind == is_kind)
            nearest_offer(&near, pl->provided[i].name);
    }
    if (later)
        error_at(pl->errs, file, line,
                 "stage '" STR_FMT "' %s %s`" STR_FMT "`, which stage '" STR_FMT
                 "' writes only later: move that one before it",
                 STR_ARG(s->name), does, what(is_kind), STR_ARG(name), STR_ARG(later->name));
    else if (near.best.ptr)
        error_at(pl->errs, file, line,
                 "stage '" STR_FMT "' %s %s`" STR_FMT "`, which no earlier stage writes; did you mean `" STR_FMT "`?",
                 STR_ARG(s->name), does, what(is_kind), STR_ARG(name), STR_ARG(near.best));
    else
        error_at(pl->errs, file, line,
                 "stage '" STR_FMT "' %s %s`" STR_FMT
                 "`, which no earlier stage writes; if the JSONL input brings it, state input_fields = [\"%s" STR_FMT
                 "\"]",
                 STR_ARG(s->name), does, what(is_kind), STR_ARG(name), is_kind ? "+" : "", STR_ARG(name));
}

static void check_reads(const struct planner *pl)
{
    const struct stage *s = pl->stage;
    pl_str rest = str_of(s->plugin->reads);
    struct declared d;

    while (declared_next(&rest, &d)) {
        const struct provided *there = find(pl, d.name, d.is_kind);
        if (d.optional)
            continue;
        if (!there && !pl->anything)
            not_provided(pl, s->file, s->line, "reads", d.name, d.is_kind);
        else if (there && there->maybe)
            warning_at(pl->errs, s->file, s->line,
                       "stage '" STR_FMT "' reads %s`" STR_FMT "`, which some records will not have: stage '" STR_FMT
                       "' writes it only where its `when` holds",
                       STR_ARG(s->name), what(d.is_kind), STR_ARG(d.name), STR_ARG(there->maybe->name));
    }
}

/* Warned of where an option names a field that nothing provides: it may be in some records all the same. */
static void check_named(const struct planner *pl, const pl_option *o, pl_str name)
{
    const struct stage *s = pl->stage;
    struct nearest near = {.word = name};

    if (find(pl, name, false) || str_is(name, "annotations"))
        return;
    for (size_t i = 0; i < pl->n; i++) {
        if (!pl->provided[i].is_kind)
            nearest_offer(&near, pl->provided[i].name);
    }
    if (near.best.ptr)
        warning_at(pl->errs, s->file, s->line,
                   "stage '" STR_FMT "': `%s` names `" STR_FMT "`, which no earlier stage writes; did you mean `" STR_FMT "`?",
                   STR_ARG(s->name), o->name, STR_ARG(name), STR_ARG(near.best));
    else
        warning_at(pl->errs, s->file, s->line,
                   "stage '" STR_FMT "': `%s` names `" STR_FMT
                   "`, which no earlier stage writes; if the JSONL input brings it, state input_fields = [\"" STR_FMT "\"]",
                   STR_ARG(s->name), o->name, STR_ARG(name), STR_ARG(name));
}

static void check_option_fields(const struct planner *pl)
{
    const struct stage *s = pl->stage;

    for (const pl_option *o = s->plugin->options; s->config && !pl->anything && o && o->type != PL_OPT_END; o++) {
        const void *member = (const char *)s->config + o->offset;
        if (!o->unit || strcmp(o->unit, "field") != 0)
            continue;
        const pl_list one = {member, 1}, *names = o->type == PL_OPT_LIST ? member : &one;
        for (size_t i = 0; i < names->n; i++) {
            if (names->at[i].len)
                check_named(pl, o, names->at[i]);
        }
    }
}

static void check_when_field(void *arg, pl_key key, const struct setting *where)
{
    const struct planner *pl = arg;
    const pl_str name = intern_name(pl->p->names, key);

    if (!pl->anything && !find(pl, name, false))
        not_provided(pl, where->file, where->line, "has a `when` on", name, false);
}

/* Writing `text` discards the annotations that earlier stages made over it. */
static void check_text(const struct planner *pl)
{
    const struct stage *s = pl->stage, *before = pl->annotated;

    if (!before || !writes(s, PL_S("text"), false))
        return;
    if (s->when || before->when)
        warning_at(pl->errs, s->file, s->line,
                   "stage '" STR_FMT "' writes `text` after stage '" STR_FMT
                   "' has annotated it: where both see a record, the annotations are discarded",
                   STR_ARG(s->name), STR_ARG(before->name));
    else
        error_at(pl->errs, s->file, s->line,
                 "stage '" STR_FMT "' writes `text` after stage '" STR_FMT
                 "' has annotated it, which discards the annotations: move it before that one",
                 STR_ARG(s->name), STR_ARG(before->name));
}

static void note_writes(struct planner *pl)
{
    const struct stage *s = pl->stage;
    pl_str rest = str_of(s->plugin->writes);
    struct declared d;

    while (declared_next(&rest, &d)) {
        provide(pl, d.name, d.is_kind, s->when ? s : NULL);
        if (d.is_kind && !pl->annotated)
            pl->annotated = s;
    }
}

static void note_input_fields(struct planner *pl)
{
    const pl_list fields = pl->p->settings.input_fields;

    for (size_t i = 0; i < fields.n; i++) {
        pl_str rest = fields.at[i];
        struct declared d;
        if (declared_next(&rest, &d))
            provide(pl, arena_dup(&pl->arena, d.name), d.is_kind, NULL);
    }
}

static void check_order(const struct pipeline *p, bool filter, struct errors *errs)
{
    const struct stage *first = &p->stages[0], *last = &p->stages[p->n_stages - 1];
    bool sink = false;

    if (!filter && first->plugin && !first->plugin->read)
        error_at(errs, first->file, first->line,
                 "stage '" STR_FMT "' is first, but is no source: begin with a stage that reads the input",
                 STR_ARG(first->name));
    for (int i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        sink = sink || !s->plugin || (s->plugin->flags & PL_SINK);
        if (i > 0 && s->plugin && s->plugin->read)
            error_at(errs, s->file, s->line,
                     "stage '" STR_FMT "' is a source, and a source can only be the first stage", STR_ARG(s->name));
    }
    if (!sink && !filter)
        warning_at(errs, last->file, last->line, "no stage writes the records out: the pipeline has no sink");
}

static void check_names(const struct pipeline *p, struct errors *errs)
{
    for (int i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        for (int j = 0; j < i && s->name.len; j++) {
            const struct stage *before = &p->stages[j];
            if (str_eq(before->name, s->name)) {
                error_at(errs, s->file, s->line,
                         "two stages are called '" STR_FMT "' (the other at %s:%d): give one a `name` of its own",
                         STR_ARG(s->name), before->file, before->line);
                break;
            }
        }
    }
}

void plan_check(const struct pipeline *p, bool filter, struct errors *errs)
{
    struct planner pl = {.p = p, .errs = errs, .anything = filter};

    if (p->n_stages == 0)
        return;
    check_names(p, errs);
    check_order(p, filter, errs);
    /* These are the host's own. */
    provide(&pl, PL_S("id"), false, NULL);
    provide(&pl, PL_S("source"), false, NULL);
    provide(&pl, PL_S("origin"), false, NULL);
    for (int i = 0; i < p->n_stages; i++) {
        const struct stage *s = pl.stage = &p->stages[i];
        if (s->when)
            when_fields(s->when, check_when_field, &pl);
        if (s->plugin) {
            check_reads(&pl);
            check_option_fields(&pl);
            check_text(&pl);
            note_writes(&pl);
        } else {
            pl.anything = true;
        }
        if (i == 0)
            note_input_fields(&pl);
    }
    arena_done(&pl.arena);
}
