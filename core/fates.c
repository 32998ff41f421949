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

void fate_write(struct buf *b, const struct run *run, const pl_record *r)
{
    static const char *const words[] = {[FATE_LIVE] = "out", [FATE_DROPPED] = "dropped", [FATE_FAILED] = "failed"};
    const struct value *origin = record_get(r, PL_ORIGIN);
    const int n = run_n_stages(run);
    bool any = false;

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
    if (r->entry < n)
        member(b, "entry", run_stage(run, r->entry)->name);
    buf_addz(b, "\"seen\":[");
    for (int i = 0; i < n && i < 64; i++) {
        if (!(r->seen >> i & 1))
            continue;
        if (any)
            buf_addc(b, ',');
        json_text(b, run_stage(run, i)->name);
        any = true;
    }
    buf_addz(b, "]}\n");
}
