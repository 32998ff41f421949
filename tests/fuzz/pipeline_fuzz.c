/* pipeline_fuzz.c - any bytes as a whole pipeline file, with the stages that the tests have: refused with a message, or a
 * pipeline whose stages can be gone through; the same again has the same digest. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pipeline.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

/* The digest, or "": refused. */
static void load(const char *path, char digest[65], FILE *null)
{
    static const pl_str inputs[] = {{"/proc/self/status", 17}};
    pl_str dirs[] = {str_of(TEST_PLUGINS)};
    const struct pipeline_request req = {
        .file = path, .vars = {.inputs = {inputs, 1}, .output = PL_S("out")}, .plugin_dirs = {dirs, 1}};
    struct pipeline p;
    struct errors errs;

    errors_init(&errs);
    const int rc = pipeline_load(&p, &req, &errs);
    must(rc == (errs.n_errors ? PL_ERROR : PL_OK));
    digest[0] = '\0';
    if (rc == PL_OK) {
        must(p.n_stages > 0 && p.canonical.len > 0 && strlen(p.digest) == 64);
        must(p.settings.jobs >= 0 && p.settings.max_failure_share >= 0 && p.settings.max_failure_share <= 1);
        for (int i = 0; i < p.n_stages; i++)
            must(p.stages[i].plugin && p.stages[i].name.len > 0 && p.stages[i].timeout >= 0 && p.stages[i].memory >= 0);
        pipeline_rename_outputs(&p, PL_S("-2"));
        memcpy(digest, p.digest, sizeof p.digest);
    }
    errors_print(&errs, null);
    errors_done(&errs);
    pipeline_done(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *null;
    char path[64], once[65], twice[65];

    /* An @include of a device could wait for ever; a folder of plugins could be any. */
    if (size > 1 << 16 || memmem(data, size, "/dev", 4) || memmem(data, size, "/proc", 5) ||
        memmem(data, size, "plugin_path", 11))
        return 0;
    null = null ? null : fopen("/dev/null", "w");
    const int fd = memfd_create("pipeline", MFD_CLOEXEC);
    must(null && fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    load(path, once, null);
    load(path, twice, null);
    must(str_is(str_of(once), twice));
    close(fd);
    return 0;
}
