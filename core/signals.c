/* signals.c - SIGINT and SIGTERM end a run in order, SIGHUP opens the log anew. */
#include "signals.h"

#include <signal.h>
#include <unistd.h>

#include "exit.h"

/* After which a run that was stopped is broken off; it breaks itself off before, where it can (STOP_SECONDS, work.c). */
enum { LAST_SECONDS = 4 };

/* A signal handler is handed nothing, so what it needs stands here. */
static struct run *_Atomic watched;
static atomic_int caught;
static struct log *_Atomic reopened;

static void on_signal(int sig)
{
    struct run *run = atomic_load(&watched);

    (void)sig;
    if (atomic_fetch_add(&caught, 1) > 0 || !run)
        _exit(EXIT_AGAIN);
    run_stop(run);
    /* A stage that hangs cannot be waited for. */
    alarm(LAST_SECONDS);
}

static void on_alarm(int sig)
{
    static const char text[] = "pressline: what was in hand did not come to an end in time: broken off; run again\n";

    (void)sig;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(EXIT_AGAIN);
    _exit(EXIT_AGAIN);
}

static void on_hangup(int sig)
{
    struct log *log = atomic_load(&reopened);

    (void)sig;
    if (log)
        log_reopen(log);
}

void signals_watch(struct run *run)
{
    struct sigaction act = {.sa_handler = on_signal};

    atomic_store(&watched, run);
    sigemptyset(&act.sa_mask);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    act.sa_handler = on_alarm;
    sigaction(SIGALRM, &act, NULL);
    act.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &act, NULL);
    sigaction(SIGXFSZ, &act, NULL);
}

void signals_done(void)
{
    struct sigaction act = {.sa_handler = SIG_IGN};

    sigemptyset(&act.sa_mask);
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    alarm(0);
    atomic_store(&watched, NULL);
}

void signals_log(struct log *log)
{
    struct sigaction act = {.sa_handler = on_hangup, .sa_flags = SA_RESTART}, before;

    sigemptyset(&act.sa_mask);
    atomic_store(&reopened, log && log_in_file(log) ? log : NULL);
    if (!log)
        return;
    if (!log_in_file(log))
        act.sa_handler = isatty(STDERR_FILENO) ? on_signal : SIG_IGN;
    /* nohup: it is to survive its terminal. */
    if (!log_in_file(log) && sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
        return;
    sigaction(SIGHUP, &act, NULL);
}
