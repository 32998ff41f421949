/* dedupe_store_file.h - the files of a store: a folder of them, or unnamed ones; checksums; buffered appending. */
#ifndef DEDUPE_STORE_FILE_H
#define DEDUPE_STORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_store.h"

enum {
    STORE_NAME = 32, /* bytes of a file's name in the store, with its end */
    STORE_PAGE = 1024, /* what a key that is there costs to be read and checked */
    STORE_PAGE_BODY = STORE_PAGE - 8 /* then comes the checksum */
};

/* Zero is not open. */
struct store_folder {
    char *path;   /* NULL: scratch; of a flat store the folder around it */
    char *prefix; /* of the files' names: "" but in a flat store */
    int fd, lock; /* valid while `path` is set; -1 */
    bool read_only, failed;
    bool dirty; /* names were made since the last store_folder_sync() */
    uint64_t salt;   /* of all checksums: a file of another store does not fit */
    struct dedupe_store_fault *fault;
};

/* Zero is closed. */
struct store_file {
    struct store_folder *folder;
    int fd; /* valid while `folder` is set */
    bool dirty;
    char name[STORE_NAME];
};

/* All that return int give PL_OK, or PL_ERROR or PL_NOMEM with the fault told. */
int store_fault(struct store_folder *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
int store_fault_sys(struct store_folder *f, const char *doing, const char *name);
int store_no_memory(struct store_folder *f);
/* The file `name` is not what was written: at `byte`. */
int store_damaged(struct store_folder *f, const char *name, uint64_t byte, const char *what);

/* Opens or makes the folder. */
int store_folder_open(struct store_folder *f, const struct dedupe_store_options *options,
                      struct dedupe_store_fault *fault);
/* Takes its lock, and makes the file for that: first see whether it is a store's folder. */
int store_folder_lock(struct store_folder *f);
void store_folder_close(struct store_folder *f);
int store_folder_sync(struct store_folder *f);
/* Calls `each` with every name in the folder that is not hidden, without the prefix, until one is not PL_OK. */
int store_folder_list(struct store_folder *f, int (*each)(void *arg, const char *name), void *arg);
int store_folder_remove(struct store_folder *f, const char *name);
/* A whole file at once, under its name when it is durable. */
int store_folder_put(struct store_folder *f, const char *name, const void *bytes, size_t n);

/* A new file, empty.  One of that name that no manifest knows is replaced. */
int store_file_make(struct store_folder *f, struct store_file *file, const char *name);
/* A file that is there, with at least `length` bytes; `exact`: and no more. */
int store_file_open(struct store_folder *f, struct store_file *file, const char *name, uint64_t length, bool exact);
void store_file_close(struct store_file *file);
int store_file_read(struct store_file *file, void *to, size_t n, uint64_t at);
int store_file_write(struct store_file *file, const void *bytes, size_t n, uint64_t at);
int store_file_cut(struct store_file *file, uint64_t length);
int store_file_sync(struct store_file *file);
int store_file_size(struct store_file *file, uint64_t *size);

/* Zeroed memory that goes back to the system when it is freed, whatever lies around it; lines of the cache are whole in
 * it.  NULL where there is none. */
void *store_room_new(size_t bytes);
void store_room_free(void *at, size_t bytes);

/* 64 bits of `n` bytes.  Whatever changes in one word of 8 bytes is seen for certain, other damage but for 2^-64. */
uint64_t store_check(uint64_t seed, const void *bytes, size_t n);

/* The seed of something in a file that is the store's `number`, at place `at`. */
static inline uint64_t store_seed(uint64_t salt, uint64_t number, uint64_t at)
{
    return salt ^ number * 0x9e3779b97f4a7c15u ^ (at + 1) * 0xd6e8feb86659fd93u;
}

void store_page_seal(unsigned char *page, uint64_t seed);
bool store_page_sound(const unsigned char *page, uint64_t seed);

/* Bytes on their way to a file, of which `at` are in it. */
struct store_out {
    struct store_file *file;
    unsigned char *buf;
    size_t len, cap;
    uint64_t at;
};

int store_out_open(struct store_out *out, struct store_file *file, size_t cap, uint64_t at);
void store_out_close(struct store_out *out);
int store_out_add(struct store_out *out, const void *bytes, size_t n);
int store_out_flush(struct store_out *out);
/* What was added, from `byte` of the file on. */
int store_out_read(struct store_out *out, void *to, size_t n, uint64_t byte);
static inline uint64_t store_out_end(const struct store_out *out)
{
    return out->at + out->len;
}

#endif
