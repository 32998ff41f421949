/* pipeline.c - a pipeline file, loaded and proved. */
#include "pipeline.h"

#include <stdlib.h>

#include "description.h"
#include "digest.h"
#include "plan.h"
#include "schema.h"
#include "str.h"
#include "units.h"

enum { MAX_STAGES = 500, ISOLATED_TIMEOUT_MS = 30000 };

static const char *const stage_members[] = {"plugin", "name", "when", "isolate", "timeout", "memory", NULL};
static const char *const run_members[] = {"stages", NULL};

static const pl_option settings_table[] = {
    PL_OPTION(struct settings, jobs, "0", "worker threads; 0: as many as there are cores", .min = 0, .max = 1024),
    PL_OPTION(struct settings, max_failures, "-1",
              "failed records that stop the run, or their share of the records read (\"5%\", judged from the 100th "
              "on); "
              "-1: no limit",
              .min = -1, .max = 0x1p53),
    PL_OPTION(struct settings, max_record, "16M", "the most bytes that one record may be read from", .unit = "bytes",
              .min = 1024, .max = 0x1p40),
    PL_OPTION(struct settings, record_memory, "256M", "the most memory that one record may take", .unit = "bytes",
              .min = 65536, .max = 0x1p40),
    PL_OPTION(struct settings, progress_interval, "10s", "between two lines of progress", .unit = "ms", .min = 100,
              .max = 86400000),
    PL_OPTION(struct settings, deadletters, "${output}/deadletters.jsonl", "where failed records go", .unit = "output"),
    PL_OPTION(struct settings, report, "${output}/report.json", "where the run's report goes", .unit = "output"),
    PL_OPTION(struct settings, state, "${output}/state", "folder of what a run needs to go on after a kill",
              .unit = "output"),
    PL_OPTION(struct settings, checkpoint_interval, "1s", "between two checkpoints", .unit = "ms", .min = 10,
              .max = 86400000),
    PL_OPTION(struct settings, fates, "ends", "whose fate is kept for `explain`: drops and failures, or all records",
              .choices = "ends|all"),
    PL_OPTION(struct settings, metrics, "", "file of metrics for Prometheus' node exporter", .unit = "output"),
    PL_OPTION(struct settings, log_file, "", "file that the log goes to instead of stderr", .unit = "output"),
    PL_OPTION(struct settings, log, "text", "form of the log", .choices = "text|json"),
    PL_OPTION(struct settings, log_level, "info", "least important lines that are logged",
              .choices = "error|warning|info|debug"),
    PL_OPTION(struct settings, plugin_path, "", "folders with plugins, before the standard ones", .unit = "path"),
    PL_OPTION(struct settings, input_fields, "", "fields that JSONL input brings, +KIND for annotations"),
    PL_END,
};

/* What has no part in what the records become. */
static const char *const not_in_digest[] = {"jobs",  "log",     "log_level",         "log_file",     "progress_interval",
                                            "state", "metrics", "checkpoint_interval", "max_failures", "plugin_path"};

/* What every stage may have beside the options of its plugin. */
static const pl_option stage_table[] = {
    PL_OPTION(struct stage, isolate, "false", "run process() in child processes that can open nothing"),
    PL_OPTION(struct stage, timeout, "0", "the longest that one record may take; 0: no limit", .unit = "ms", .min = 0,
              .max = 86400000),
    PL_OPTION(struct stage, memory, "1G", "the most memory that an isolated child may take; 0: no limit",
              .unit = "bytes", .min = 0, .max = 0x1p44),
    PL_END,
};

struct loading {
    struct pipeline *p;
    const struct pipeline_request *req;
    struct errors *errs;
    struct setting *root;
};

const pl_option *pipeline_settings(void)
{
    return settings_table;
}

/* ---- settings of the run ---- */

/* "5%" is no integer: take it out before the table is applied. */
static double take_share(struct loading *ld)
{
    for (struct setting **at = &ld->root->first; *at; at = &(*at)->next) {
        const struct setting *s = *at;
        double share;
        if (str_is(s->name, "max_failures") && s->type == SET_STR && units_share(s->as.str, &share)) {
            *at = s->next;
            return share;
        }
    }
    return 1;
}

static void load_settings(struct loading *ld)
{
    struct pipeline *p = ld->p;
    const struct pipeline_request *req = ld->req;
    const bool dry = req->filter || req->trace;
    struct schema sm = {
        .arena = &p->arena,
        .vars = &req->vars,
        .errs = ld->errs,
        .owner = "the run",
        .file = p->file,
        .line = 1,
        .prove_paths = true,
        .may_lack = LACKS_OUTPUT | (dry || req->check ? LACKS_INPUT : 0),
    };

    p->settings.max_failure_share = take_share(ld);
    p->own_state = config_get(ld->root, "state") != NULL;
    schema_fill(&sm, settings_table, ld->root, run_members, &p->settings);
    /* Without a folder to keep it in, a run keeps no state. */
    if (!p->settings.deadletters.len || !p->settings.report.len)
        p->lacks |= sm.lacks;
    if ((p->lacks & LACKS_OUTPUT) && !dry && !req->check)
        error_at(ld->errs, p->file, 1, "say --output FOLDER: the dead letters and the report go there");
}

/* ---- stages ---- */

/* A member that is text, or {NULL, 0} with a message. */
static pl_str text_member(struct loading *ld, const struct setting *s, const char *why)
{
    if (s->type == SET_STR && s->as.str.len && !s->lacks)
        return s->as.str;
    error_at(ld->errs, s->file, s->line, "`" STR_FMT "` wants %s", STR_ARG(s->name), why);
    return (pl_str){NULL, 0};
}

static struct setting *typed(struct loading *ld, struct setting *s, enum setting_type want)
{
    return s ? config_typed(&ld->p->arena, s, want, ',', &ld->req->vars, ld->errs) : NULL;
}

static void load_module(struct loading *ld, struct stage *s, struct setting *group)
{
    const struct setting *plugin = typed(ld, config_get(group, "plugin"), SET_STR);
    const struct setting *name = typed(ld, config_get(group, "name"), SET_STR);

    if (plugin) {
        const pl_str wanted = text_member(ld, plugin, "the name of a plugin in double quotes");
        if (wanted.ptr)
            s->module = loader_find(ld->p->loader, wanted, ld->errs, plugin->file, plugin->line);
        s->name = wanted;
    } else {
        error_at(ld->errs, s->file, s->line, "stage %d has no `plugin`: write plugin = \"NAME\";", s->index + 1);
    }
    s->plugin = s->module ? s->module->plugin : NULL;
    if (name) {
        const pl_str own = text_member(ld, name, "text in double quotes");
        if (own.ptr && !name_is_right(own))
            error_at(ld->errs, name->file, name->line, "a stage's name is made of letters, digits, - and _");
        else if (own.ptr)
            s->name = own;
    }
    if (s->name.ptr)
        s->name = arena_dup(&ld->p->arena, s->name);
}

/* Whether a mode leaves the stage away. */
static bool is_left(const struct pipeline_request *req, const pl_plugin *plugin)
{
    return plugin && ((req->filter && plugin->read) || ((req->filter || req->trace) && (plugin->flags & PL_SINK)));
}

static void load_options(struct loading *ld, struct stage *s, struct setting *group)
{
    const struct pipeline_request *req = ld->req;
    const bool left = is_left(req, s->plugin);
    struct buf owner = {0};

    buf_addf(&owner, "stage '" STR_FMT "'", STR_ARG(s->name));
    struct schema sm = {
        .arena = &ld->p->arena,
        .vars = &req->vars,
        .errs = ld->errs,
        .owner = buf_cstr(&owner),
        .file = s->file,
        .line = s->line,
        /* What a trace reads is not what the file says. */
        .prove_paths = !left && !(req->trace && (s->plugin->flags & PL_INPUTS)),
    };
    if (left || req->check)
        sm.may_lack = LACKS_INPUT | LACKS_OUTPUT;
    else if (req->trace)
        sm.may_lack = LACKS_OUTPUT;
    s->config = arena_zero(&ld->p->arena, 1, s->plugin->config_size);
    schema_fill(&sm, s->plugin->options, group, stage_members, s->config);
    ld->p->lacks |= sm.lacks;
    buf_done(&owner);
}

static void print_condition(struct buf *b, const struct setting *s)
{
    buf_addf(b, "%d ", (int)s->type);
    buf_add(b, s->name);
    buf_addc(b, ' ');
    switch (s->type) {
    case SET_BOOL: buf_addf(b, "%d", s->as.b); break;
    case SET_INT: buf_addf(b, "%lld", (long long)s->as.i); break;
    case SET_REAL: buf_addf(b, "%a", s->as.f); break;
    case SET_STR:
        buf_addf(b, "%zu:", s->as.str.len);
        buf_add(b, s->as.str);
        break;
    case SET_LIST:
    case SET_GROUP:
        buf_addc(b, '{');
        for (const struct setting *m = s->first; m; m = m->next)
            print_condition(b, m);
        buf_addc(b, '}');
        break;
    }
    buf_addc(b, ';');
}

/* "OWNER: NAME=VALUE", a line each: what changed can be told by name. */
static void print_options(struct buf *b, pl_str owner, const pl_option *options, const void *config)
{
    for (const pl_option *o = options; o && o->type != PL_OPT_END; o++) {
        bool counts = true;
        for (size_t i = 0; options == settings_table && i < sizeof not_in_digest / sizeof *not_in_digest; i++)
            counts = counts && strcmp(o->name, not_in_digest[i]) != 0;
        if (!counts)
            continue;
        buf_addf(b, STR_FMT ": %s=", STR_ARG(owner), o->name);
        schema_print_value(b, o, config);
        buf_addc(b, '\n');
    }
}

/* A source's process() may have to open what its encodings need. */
static void check_isolate(struct loading *ld, const struct stage *s, const struct setting *isolate)
{
    const char *why = s->plugin->read ? "is a source, which opens files" : !s->plugin->process ? "has no process()" : NULL;

    if (why)
        error_at(ld->errs, isolate->file, isolate->line,
                 "stage '" STR_FMT "': `isolate` puts process() where nothing can be opened, and plugin '%s' %s: take it away",
                 STR_ARG(s->name), s->plugin->name, why);
}

/* The members of stage_table, taken out of the stage's group. */
static void load_members(struct loading *ld, struct stage *s, struct setting *group, struct buf *canonical)
{
    struct setting *own = config_group_new(&ld->p->arena, s->file, s->line);
    struct buf owner = {0};

    for (const pl_option *o = stage_table; o->type != PL_OPT_END; o++) {
        for (struct setting **at = &group->first; *at; at = &(*at)->next) {
            if (!str_is((*at)->name, o->name))
                continue;
            struct setting *member = *at;
            *at = member->next;
            member->next = own->first;
            own->first = member;
            break;
        }
    }
    buf_addf(&owner, "stage '" STR_FMT "'", STR_ARG(s->name));
    struct schema sm = {.arena = &ld->p->arena, .vars = &ld->req->vars, .errs = ld->errs, .owner = buf_cstr(&owner),
                        .file = s->file, .line = s->line};
    schema_fill(&sm, stage_table, own, NULL, s);
    /* A process that hangs is there to be ended; without a limit it would hold the run. */
    if (s->isolate && !config_get(own, "timeout"))
        s->timeout = ISOLATED_TIMEOUT_MS;
    if (s->isolate)
        check_isolate(ld, s, config_get(own, "isolate"));
    print_options(canonical, str_of(sm.owner), stage_table, s);
    buf_done(&owner);
}

static void load_stage(struct loading *ld, struct setting *group, struct buf *canonical)
{
    struct pipeline *p = ld->p;
    struct stage *s = &p->stages[p->n_stages];
    struct buf owner = {0};

    *s = (struct stage){.index = p->n_stages++, .file = group->file, .line = group->line};
    load_module(ld, s, group);
    buf_addf(&owner, "stage '" STR_FMT "'", STR_ARG(s->name));
    if (s->plugin) {
        buf_addf(canonical, "%s: plugin=%s\n", buf_cstr(&owner), s->plugin->name);
        load_members(ld, s, group, canonical);
        load_options(ld, s, group);
        print_options(canonical, buf_view(&owner), s->plugin->options, s->config);
    }
    const struct setting *when = typed(ld, config_get(group, "when"), SET_GROUP);
    if (when) {
        s->when = when_new(when, p->names, ld->errs);
        buf_addf(canonical, "%s: when=", buf_cstr(&owner));
        print_condition(canonical, when);
        buf_addc(canonical, '\n');
    }
    buf_done(&owner);
}

static void load_stages(struct loading *ld, struct buf *canonical)
{
    const struct setting *stages = config_get(ld->root, "stages");
    size_t n = 0;

    if (!stages || stages->type != SET_LIST || !stages->first) {
        error_at(ld->errs, stages ? stages->file : ld->p->file, stages ? stages->line : 1,
                 "there are no stages: write stages = ( { plugin = \"NAME\"; }, { plugin = \"NAME\"; } );");
        return;
    }
    for (const struct setting *s = stages->first; s; s = s->next)
        n++;
    if (n > MAX_STAGES) {
        error_at(ld->errs, stages->file, stages->line, "%zu stages are too many: the most is %d", n, MAX_STAGES);
        return;
    }
    ld->p->stages = arena_zero(&ld->p->arena, n, sizeof *ld->p->stages);
    for (struct setting *s = stages->first; s; s = s->next) {
        if (s->type == SET_GROUP)
            load_stage(ld, s, canonical);
        else
            error_at(ld->errs, s->file, s->line, "a stage is a group { plugin = \"NAME\"; ... }, not %s",
                     config_type_name(s->type));
    }
}

/* ---- the whole ---- */

static void leave_stages(struct pipeline *p, const struct pipeline_request *req)
{
    int n = 0;

    for (int i = 0; i < p->n_stages; i++) {
        if (is_left(req, p->stages[i].plugin)) {
            when_free(p->stages[i].when);
            continue;
        }
        p->stages[n] = p->stages[i];
        p->stages[n].index = n;
        n++;
    }
    p->n_stages = n;
}

static void make_digest(struct pipeline *p, const struct buf *canonical)
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    digest_of(buf_view(canonical), digest);
    digest_hex(digest, sizeof digest, p->digest);
}

static void add_plugin_dirs(struct pipeline *p, const struct pipeline_request *req)
{
    for (size_t i = 0; i < req->plugin_dirs.n; i++)
        loader_add_dir(p->loader, req->plugin_dirs.at[i]);
    for (size_t i = 0; i < p->settings.plugin_path.n; i++)
        loader_add_dir(p->loader, p->settings.plugin_path.at[i]);
    loader_add_standard(p->loader);
}

int pipeline_load(struct pipeline *p, const struct pipeline_request *req, struct errors *errs)
{
    struct loading ld = {.p = p, .req = req, .errs = errs};
    struct buf canonical = {0};
    const size_t before = errs->n_errors;

    *p = (struct pipeline){.names = intern_new(), .loader = loader_new()};
    p->file = arena_dup(&p->arena, str_of(req->file)).ptr;
    ld.root = config_load(&p->arena, p->file, &req->vars, errs);
    if (ld.root) {
        load_settings(&ld);
        add_plugin_dirs(p, req);
        print_options(&canonical, PL_S("the run"), settings_table, &p->settings);
        load_stages(&ld, &canonical);
        plan_check(p, req->filter, errs);
        leave_stages(p, req);
        if (canonical.failed)
            out_of_memory();
        p->canonical = arena_dup(&p->arena, buf_view(&canonical));
        make_digest(p, &canonical);
    }
    buf_done(&canonical);
    return errs->n_errors > before ? PL_ERROR : PL_OK;
}

pl_str pipeline_suffixed(struct arena *a, pl_str path, pl_str suffix)
{
    struct buf b = {0};
    size_t name = path.len, dot;

    while (name > 0 && path.ptr[name - 1] != '/')
        name--;
    for (dot = name + 1; dot < path.len && path.ptr[dot] != '.';)
        dot++;
    if (name == path.len || suffix.len == 0)
        return path;
    buf_add(&b, str_sub(path, 0, dot));
    buf_add(&b, suffix);
    buf_add(&b, str_sub(path, dot, path.len));
    if (b.failed)
        out_of_memory();
    const pl_str named = arena_dup(a, buf_view(&b));
    buf_done(&b);
    return named;
}

static bool is_of(const struct stage *s, uint32_t flags, const pl_option *o, const char *unit)
{
    return (s->plugin->flags & flags) && o->type == PL_OPT_STR && o->unit && strcmp(o->unit, unit) == 0;
}

bool pipeline_is_output(const struct stage *s, const pl_option *o)
{
    return is_of(s, PL_SINK, o, "output");
}

/* Of the stages with any of these flags. */
static void rename_options(struct pipeline *p, uint32_t flags, const char *unit, pl_str suffix)
{
    for (int i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        for (const pl_option *o = s->plugin->options; o && o->type != PL_OPT_END; o++) {
            pl_str *path = (pl_str *)(void *)((char *)s->config + o->offset);
            if (is_of(s, flags, o, unit))
                *path = pipeline_suffixed(&p->arena, *path, suffix);
        }
    }
}

void pipeline_rename_outputs(struct pipeline *p, pl_str suffix)
{
    p->settings.deadletters = pipeline_suffixed(&p->arena, p->settings.deadletters, suffix);
    p->settings.report = pipeline_suffixed(&p->arena, p->settings.report, suffix);
    rename_options(p, PL_SINK | PL_INPUTS, "output", suffix);
}

void pipeline_rename_lasting(struct pipeline *p, pl_str suffix)
{
    rename_options(p, PL_SINK | PL_INPUTS, "lasting", suffix);
}

void pipeline_done(struct pipeline *p)
{
    for (int i = 0; i < p->n_stages; i++)
        when_free(p->stages[i].when);
    loader_free(p->loader);
    intern_free(p->names);
    arena_done(&p->arena);
    *p = (struct pipeline){0};
}
