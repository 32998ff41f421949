/* main.c - a fuzz target over kept inputs, without a fuzzer.
 *
 * Each argument is a file, or a folder whose files are taken in byte order.  The target shows a
 * fault by crashing or by a sanitizer's report; this program only says which input it was on. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_LIMIT = 64 << 20 };

static size_t n_inputs;

/* The bytes of a file in memory of exactly their size, so that reading past them is seen. */
static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    uint8_t *data = NULL;
    struct stat st;

    if (!in || fstat(fileno(in), &st) < 0 || st.st_size < 0 || st.st_size > INPUT_LIMIT)
        goto done;
    *size = (size_t)st.st_size;
    data = malloc(*size ? *size : 1);
    if (data && fread(data, 1, *size, in) != *size) {
        free(data);
        data = NULL;
    }
done:
    if (in)
        fclose(in);
    return data;
}

static bool run_file(const char *path)
{
    size_t size = 0;
    uint8_t *data = read_file(path, &size);

    if (!data) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    /* Left on the last line when the target crashes. */
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    n_inputs++;
    return true;
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool run_folder(const char *path)
{
    struct dirent **names;
    int n = scandir(path, &names, visible, by_bytes);
    bool ok = n >= 0;

    if (!ok)
        perror(path);
    for (int i = 0; i < n; i++) {
        size_t len = strlen(path) + strlen(names[i]->d_name) + 2;
        char *file = malloc(len);
        if (file) {
            snprintf(file, len, "%s/%s", path, names[i]->d_name);
            ok = run_file(file) && ok;
        }
        ok = ok && file;
        free(file);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return ok;
}

int main(int argc, char **argv)
{
    bool ok = true;

    for (int i = 1; i < argc; i++) {
        struct stat st;
        bool folder = stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode);
        ok = (folder ? run_folder(argv[i]) : run_file(argv[i])) && ok;
    }
    if (n_inputs == 0) {
        fprintf(stderr, "no input\n");
        ok = false;
    }
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
