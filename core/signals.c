/* signals.c - SIGINT and SIGTERM end a run in order. */
#include "signals.h"

#include <signal.h>
#include <unistd.h>

#include "exit.h"

/* A signal handler is handed nothing, so what it needs stands here. */
static struct run *_Atomic watched;
static atomic_int caught;

static void on_signal(int sig)
{
    struct run *run = atomic_load(&watched);

    (void)sig;
    if (atomic_fetch_add(&caught, 1) > 0 || !run)
        _exit(EXIT_AGAIN);
    run_stop(run);
}

void signals_watch(struct run *run)
{
    struct sigaction act = {.sa_handler = on_signal};

    atomic_store(&watched, run);
    sigemptyset(&act.sa_mask);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    act.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &act, NULL);
    sigaction(SIGXFSZ, &act, NULL);
}
