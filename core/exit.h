/* exit.h - the exit codes, a contract with cron, systemd, Slurm and make (values of sysexits.h where one fits). */
#ifndef EXIT_H
#define EXIT_H

enum {
    EXIT_CLEAN = 0,
    EXIT_DEAD_LETTERS = 3, /* finished, with dead letters */
    EXIT_MAX_FAILURES = 4, /* stopped by max_failures */
    EXIT_USAGE = 64,
    EXIT_INTERNAL = 70,
    EXIT_IO = 74,
    EXIT_AGAIN = 75, /* interrupted or locked: run again */
    EXIT_CONFIG = 78
};

#endif
