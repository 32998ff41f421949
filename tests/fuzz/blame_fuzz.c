/* blame_fuzz.c - any bytes as the notes of what killed a run, and any lines as notes with their checksums right: one that
 * is written next is found, and with it all that was there. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blame.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SUM = 16 }; /* hex digits of a checksum */

static void must(bool ok)
{
    if (!ok)
        abort();
}

/* Whatever the file says, its words end. */
static void check_note(const struct blame_note *note)
{
    must(note->stage == 3 && memchr(note->why, 0, sizeof note->why) && memchr(note->verb, 0, sizeof note->verb));
}

static void check(const uint8_t *bytes, size_t size, struct log *log)
{
    const pl_str origin = PL_S("-:7:2.1 made/ferry.txt");
    char path[64];

    /* In memory where there is a place for that: each note waits for the disk. */
    snprintf(path, sizeof path, "%sblame_fuzz-%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm/" : "", (long)getpid());
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
    struct blame *b = blame_open(path, log);
    must(b && blame_keeps(b) && blame_count(b) <= size / (SUM + 2));
    const struct blame_note *note = blame_find(b, 3, origin);
    const size_t n = blame_count(b), news = note ? 0 : 1;
    if (note)
        check_note(note);
    must(blame_write(b, true, "timeout", 3, "process", origin));
    blame_close(b);

    b = blame_open(path, log);
    must(b && blame_count(b) == n + news);
    note = blame_find(b, 3, origin);
    must(note != NULL);
    check_note(note);
    blame_close(b);
    must(unlink(path) == 0);
}

/* Each line's checksum made that of what follows it. */
static void mend(uint8_t *bytes, size_t size)
{
    pl_str rest = {(const char *)bytes, size}, line;

    while (str_split(&rest, '\n', &line)) {
        if (line.len <= SUM || line.ptr[SUM] != ' ')
            continue;
        char sum[SUM + 1];
        snprintf(sum, sizeof sum, "%016llx", (unsigned long long)str_hash(str_sub(line, SUM + 1, line.len)));
        memcpy(bytes + (line.ptr - (const char *)bytes), sum, SUM);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *null;
    uint8_t *copy = malloc(size ? size : 1);

    null = null ? null : fopen("/dev/null", "w");
    must(null && copy);
    struct log *log = log_new(null, LOG_TEXT, PL_LOG_WARN);
    if (size)
        memcpy(copy, data, size);
    check(data, size, log);
    mend(copy, size);
    check(copy, size, log);
    log_free(log);
    free(copy);
    return 0;
}
