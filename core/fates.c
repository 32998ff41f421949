/* fates.c - what became of a record. */
#include "fates.h"

#include "json_text.h"
#include "str.h"

static void member(struct buf *b, const char *name, pl_str text)
{
    if (!text.ptr)
        return;
    buf_addf(b, "\"%s\":", name);
    json_text(b, text);
    buf_addc(b, ',');
}

static void repeats(struct buf *b, const pl_record *r)
{
    const struct value *of = record_get(r, PL_DUPLICATE_OF), *similarity = record_get(r, PL_SIMILARITY);

    if (of->type != PL_STR)
        return;
    member(b, "duplicate_of", of->as.str);
    if (similarity->type == PL_F64) {
        buf_addz(b, "\"similarity\":");
        json_f64(b, similarity->as.f);
        buf_addc(b, ',');
    }
}

static void write_way(struct buf *b, const struct run *run, const pl_record *r)
{
    const int end = r->fate == FATE_LIVE ? run_n_stages(run) : r->stage + 1;
    struct buf name = {0};

    buf_addz(b, "\"way\":[");
    for (int i = r->entry ? r->entry - 1 : 0; i < end; i++) {
        /* `seen` has room for 64: of what comes later it is not known. */
        const bool passed_by = i < 64 && !(r->seen >> i & 1);
        buf_clear(&name);
        buf_addz(&name, i < r->entry ? "+" : passed_by ? "-" : "");
        buf_add(&name, run_stage(run, i)->name);
        if (i > 0 && i >= r->entry)
            buf_addc(b, ',');
        json_text(b, buf_view(&name));
    }
    buf_addc(b, ']');
    buf_done(&name);
}

void fate_write(struct buf *b, const struct run *run, const pl_record *r)
{
    static const char *const words[] = {[FATE_LIVE] = "out", [FATE_DROPPED] = "dropped", [FATE_FAILED] = "failed"};
    const struct value *origin = record_get(r, PL_ORIGIN);

    buf_addc(b, '{');
    member(b, "id", record_head(r, PL_ID));
    if (origin->type == PL_STR)
        member(b, "origin", origin->as.str);
    member(b, "source", record_head(r, PL_SOURCE));
    member(b, "fate", str_of(words[r->fate]));
    if (r->fate != FATE_LIVE) {
        member(b, "stage", run_stage(run, r->stage)->name);
        member(b, "word", r->code);
        member(b, "message", r->message);
    }
    repeats(b, r);
    write_way(b, run, r);
    buf_addz(b, "}\n");
}
