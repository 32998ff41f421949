/* unruly.c - a stage for tests: on chosen records it does what no stage should, in process().
 *
 * Of `every` records in a row the last does it: what `does` says, or each thing in turn for "all". */
#include "pressline.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct config {
    pl_str does;
    int64_t every, from;
    bool rewrite;
};

struct shared {
    pl_key number;
    uint32_t seen;
};

static int open_stage(pl_self *self)
{
    struct shared *sh = self->shared = malloc(sizeof *sh);

    if (!sh)
        return PL_FATAL;
    sh->number = pl_intern(self, PL_S("numbers.n"));
    sh->seen = pl_metric(self, PL_S("seen"), PL_S("records that were not unruly"));
    return PL_OK;
}

static void close_stage(pl_self *self)
{
    free(self->shared);
}

static bool is(pl_str s, const char *z)
{
    return s.len == strlen(z) && memcmp(s.ptr, z, s.len) == 0;
}

/* Written through a volatile pointer, so that no compiler thinks better of it. */
static void scribble(uintptr_t from, uintptr_t to)
{
    for (volatile unsigned char *p = (volatile unsigned char *)from; p < (volatile unsigned char *)to; p++)
        *p = (unsigned char)(0xA5 + (uintptr_t)p);
}

/* Where the text lies is what the stage was sent, and what it answers in lies nearby: every page below that lets itself
 * be written to is. */
static void scribble_shared(pl_str text)
{
    const uintptr_t page = 4096, at = (uintptr_t)text.ptr & ~(page - 1);

    for (uintptr_t p = at - ((uintptr_t)8 << 20); p < at; p += page) {
        if (madvise((void *)p, page, MADV_NORMAL) == 0 && mprotect((void *)p, page, PROT_READ | PROT_WRITE) == 0)
            scribble(p, p + page);
    }
}

static void loop(void)
{
    for (volatile unsigned n = 0;; n++) {
    }
}

static void scribble_heap(void)
{
    unsigned char *p = malloc(100);

    if (p)
        scribble((uintptr_t)p, (uintptr_t)p + 16384);
}

static void allocate(void)
{
    for (;;) {
        char *p = malloc(1 << 20);
        memset(p, 1, 1 << 20);
    }
}

/* What an isolated stage cannot do; how many of them could be done. */
static int escape(void)
{
    char *const argv[] = {(char *)"true", NULL};
    int n = 0;
    pid_t pid;

    n += open("/etc/passwd", O_RDONLY) >= 0;
    n += open("escaped", O_WRONLY | O_CREAT, 0600) >= 0;
    n += socket(AF_INET, SOCK_STREAM, 0) >= 0;
    n += write(1, "escaped\n", 8) > 0;
    n += mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
    n += kill(getppid(), 0) == 0;
    pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid > 0) {
        waitpid(pid, NULL, 0);
        n++;
    }
    execve("/bin/true", argv, argv);
    return n;
}

static void misbehave(pl_self *self, pl_record *r, pl_str does, int64_t number)
{
    if (is(does, "segfault")) {
        scribble((uintptr_t)number, (uintptr_t)number + 1);
    } else if (is(does, "loop")) {
        loop();
    } else if (is(does, "allocate")) {
        allocate();
    } else if (is(does, "heap")) {
        scribble_heap();
    } else if (is(does, "shared")) {
        scribble_shared(pl_get(self, r, PL_TEXT));
        scribble((uintptr_t)number, (uintptr_t)number + 1);
    } else if (is(does, "exit")) {
        exit(3);
    } else if (is(does, "abort")) {
        abort();
    } else if (is(does, "escape")) {
        const int n = escape();
        if (n)
            pl_fail(self, r, "escaped", "%d calls that should be refused were not", n);
    } else if (is(does, "fail")) {
        pl_fail(self, r, "asked", "as it was told to");
    }
}

static int process(pl_self *self, pl_record *r)
{
    static const char *const all[] = {"segfault", "loop", "allocate", "heap", "shared", "exit", "abort"};
    const struct config *c = self->config;
    const struct shared *sh = self->shared;
    int64_t n = 0;

    pl_get_i64(self, r, sh->number, &n);
    if (c->rewrite)
        return pl_set(self, r, PL_TEXT, pl_get(self, r, PL_TEXT));
    pl_set(self, r, PL_TITLE, PL_S("seen by an unruly stage"));
    if (n < c->from || n % c->every != 0) {
        pl_count(self, sh->seen, 1);
        return PL_OK;
    }
    if (is(c->does, "all")) {
        const char *one = all[(size_t)(n / c->every) % (sizeof all / sizeof *all)];
        misbehave(self, r, (pl_str){one, strlen(one)}, n);
    } else {
        misbehave(self, r, c->does, n);
    }
    return PL_OK;
}

static const pl_option options[] = {
    PL_OPTION(struct config, does, "segfault", "what it does",
              .choices = "segfault|loop|allocate|heap|shared|exit|abort|escape|fail|all"),
    PL_OPTION(struct config, every, "100", "of so many records one", .min = 1, .max = 1e9),
    PL_OPTION(struct config, from, "1", "the first record that may", .min = 0, .max = 1e9),
    PL_OPTION(struct config, rewrite, "false", "do nothing but set `text` anew"),
    PL_END,
};

PL_PLUGIN("unruly", "does what no stage should", .version = "1", .options = options, .config_size = sizeof(struct config),
          .reads = "numbers.n?, text?", .writes = "title, text", .open = open_stage, .process = process,
          .close = close_stage)
