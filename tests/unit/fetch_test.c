/* fetch_test.c - the stage: which records come of which inputs, and going on where a run was stopped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "fetch_config.h"
#include "stage_host.h"

const pl_plugin *PL_ENTRY(void);

#define PAGE "<html><title>Gr\xC3\xA8ve</title><p>The trains stood still.</html>"

static struct config config;

static void put(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void put_gzip(const char *path, const char *text, size_t cut)
{
    unsigned char buf[4096];
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)text, .avail_in = (uInt)strlen(text), .next_out = buf,
                  .avail_out = sizeof buf};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    put(path, buf, sizeof buf - z.avail_out - cut);
    deflateEnd(&z);
}

static const char text_gz[] = "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n";

#define WARC(TYPE, URI, LEN, BLOCK) \
    "WARC/1.1\r\nWARC-Type: " TYPE "\r\nWARC-Target-URI: " URI "\r\nWARC-Date: 2026-05-04T10:11:12Z\r\n" \
    "WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http\r\nContent-Length: " LEN "\r\n\r\n" BLOCK "\r\n\r\n"

static const char warc[] = WARC("request", "https://harbour.example/", "18", "GET / HTTP/1.1\r\n\r\n")
    WARC("response", "https://harbour.example/", "65", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=latin1\r\n\r\n<p>\xE8t")
    WARC("response", "https://harbour.example/1", "27", "HTTP/1.1 404 Not Found\r\n\r\n1")
    WARC("response", "https://harbour.example/2", "23", "HTTP/1.1 200 OK\r\n\r\nRain")
    WARC("response", "https://harbour.example/3", "49", "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss/>")
    WARC("response", "https://harbour.example/4", "50", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nGIF89a") "nonsense\n\n"
    WARC("response", "https://harbour.example/5", "23", "HTTP/1.1 200 OK\r\n\r\nSnow");

static int make_files(void **state)
{
    char *large = malloc(3000000), *p = large;

    (void)state;
    assert_non_null(large);
    put("page.html", PAGE, strlen(PAGE));
    put("latin.html", "<meta charset=latin1>Gr\xE8ve", 26);
    put("story.txt", "MADRID - Rain fell.\n", 20);
    put("story", "<p>Rain fell.", 13);
    put("lines.jsonl", "\xEF\xBB\xBF{\"id\":\"1\"}\r\n\n  \n[1]\n{\"id\":\"2\"}", 34);
    put("blank.jsonl", "\n \n\r\n", 5);
    put("empty", "", 0);
    put("pages", warc, sizeof warc - 1);
    put_gzip("pages.gz", warc, 0);
    put("old.warc", "filedesc://old.arc 0.0.0.0 20010101000000 text/plain 5\n", 55);
    put("cut.warc.gz", "\x1f\x8b\x08\x04", 4);
    assert_int_equal(mkdir("archive", 0777), 0);
    put("archive/a.jsonl", "{\"id\":\"1\"}\n", 11);
    put("archive/a.jsonl.gz.gzi", "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0", 24);
    put("archive/a.jsonl.gz.idx", "PLARCIX\n\0\0\0", 11);
    put("archive/deadletters.jsonl", "{\"origin\":\"-:0:0 a\",\"id\":\"1\",\"stage\":\"fetch\",\"code\":\"empty\",\"message\":\"\",\"raw\":null}", 84);
    put("archive/pages-00001.cdxj", "example,harbour)/ 20260504101112 {\"url\": \"https://harbour.example/\"}\n", 69);
    put("archive/report.json", "{\"pressline\":\"0.1.0\",", 21);
    assert_int_equal(mkdir("archive/state", 0777), 0);
    assert_int_equal(mkdir("archive/state/run-1", 0777), 0);
    put("archive/state/journal", "PLJ1\1\0\0\0", 8);
    put("archive/state/lock", "process 1 on vm\n", 16);
    put("archive/state/run-1/fates.jsonl", "{\"id\":\"1\"}\n", 11);
    put("picture.html", "\x89PNG\r\n\x1A\n", 8);
    put_gzip("page.html.gz", PAGE, 0);
    put_gzip("torn.html.gz", PAGE, 9);
    put_gzip("empty.html.gz", "", 0);
    put_gzip("lines.jsonl.gz", text_gz, 0);
    put_gzip("torn.jsonl.gz", text_gz, 8);
    /* larger than the test's max_record, as JSONL and as a page */
    for (int i = 0; i < 30000; i++)
        p += snprintf(p, 32, "{\"id\":\"%d\"}\n", i);
    put("large.jsonl", large, (size_t)(p - large));
    put("large.txt", large + 1, (size_t)(p - large) - 1);
    /* a line too long between two */
    memset(large, 'x', 3000000);
    memcpy(large, "{\"id\":\"1\"}\n", 11);
    memcpy(large + 3000000 - 12, "\n{\"id\":\"2\"}\n", 12);
    put("long.jsonl", large, 3000000);
    free(large);
    assert_int_equal(symlink("nowhere", "lost"), 0);
    assert_int_equal(mkfifo("pipe", 0666), 0);
    assert_int_equal(mkdir("folder", 0777), 0);
    put("folder/b", "b", 1);
    put("folder/a", "a", 1);
    return 0;
}

static void open_stage(struct stage_host *h)
{
    assert_int_equal(h->plugin->open(&h->self), PL_OK);
    assert_int_equal(h->plugin->worker_open(&h->self), PL_OK);
}

static void begin(struct stage_host *h, const char *format, pl_str *inputs, size_t n)
{
    config.inputs = (pl_list){inputs, n};
    config.format = (pl_str){format, strlen(format)};
    stage_host_init(h, PL_ENTRY(), &config);
    open_stage(h);
}

/* The run of `killed` again, from where its last checkpoint was. */
static int try_to_go_on(struct stage_host *h, const struct stage_host *killed)
{
    stage_host_init(h, PL_ENTRY(), &config);
    stage_host_go_on(h, killed);
    open_stage(h);
    return stage_host_restore(h, false);
}

static void go_on(struct stage_host *h, const struct stage_host *killed)
{
    assert_int_equal(try_to_go_on(h, killed), PL_OK);
}

static void end(struct stage_host *h)
{
    stage_host_clear(h);
    h->plugin->worker_close(&h->self);
    h->plugin->close(&h->self);
}

/* A record in a few words: "2 text/html utf-8 BODY", "3:5 {LINE}", "1 !code". */
static int tell(const pl_record *r, char *to, size_t cap)
{
    const pl_str type = r->field[PL_CONTENT_TYPE], charset = r->field[PL_CHARSET], body = r->field[PL_BODY];
    const pl_str text = r->field[PL_TEXT];

    if (r->code[0])
        return r->position ? snprintf(to, cap, "%d:%llu !%s", r->input, (unsigned long long)r->position, r->code)
                           : snprintf(to, cap, "%d !%s", r->input, r->code);
    if (r->position && !body.ptr)
        return snprintf(to, cap, "%d:%llu %.*s", r->input, (unsigned long long)r->position, (int)text.len, text.ptr);
    if (r->position)
        return snprintf(to, cap, "%d:%llu %.*s %.*s %.*s", r->input, (unsigned long long)r->position, (int)type.len, type.ptr,
                        (int)charset.len, charset.ptr, (int)body.len, body.ptr);
    return snprintf(to, cap, "%d %.*s %.*s %.*s", r->input, (int)type.len, type.ptr, (int)charset.len, charset.ptr,
                    (int)body.len, body.ptr);
}

/* Reads to the end, processes, and tells of every record, parted by "; ". */
static void told(struct stage_host *h, char *to, size_t cap)
{
    size_t n = 0;
    int rc = PL_OK;

    to[0] = 0;
    while (rc == PL_OK || rc == PL_AGAIN)
        rc = h->plugin->read(&h->self);
    assert_int_equal(rc, PL_EOF);
    for (pl_record *r = h->first; r; r = r->next) {
        if (!r->code[0])
            assert_int_equal(h->plugin->process(&h->self, r), PL_OK);
        n += (size_t)snprintf(to + n, cap - n, "%s", n ? "; " : "");
        n += (size_t)tell(r, to + n, cap - n);
        assert_true(n < cap);
    }
}

static const struct {
    const char *inputs, *format, *records;
} cases[] = {
    {"page.html story.txt", "auto",
     "1 text/html utf-8 " PAGE "; 2 text/plain utf-8 MADRID - Rain fell.\n"},
    {"latin.html", "auto", "1 text/html windows-1252 <meta charset=latin1>Gr\xC3\xA8ve"},
    {"page.html.gz", "auto", "1 text/html utf-8 " PAGE},
    {"page.html page.html", "auto", "1 text/html utf-8 " PAGE "; 2 text/html utf-8 " PAGE},
    {"story", "auto", "1 text/html utf-8 <p>Rain fell."},
    {"story", "text", "1 text/plain utf-8 <p>Rain fell."},
    {"story.txt", "html", "1 text/html utf-8 MADRID - Rain fell.\n"},
    {"story.txt", "jsonl", "1:1 !bad-json"},
    {"lines.jsonl", "auto", "1:1 {\"id\":\"1\"}; 1:4 !bad-json; 1:5 {\"id\":\"2\"}"},
    {"lines.jsonl", "text", "1 text/plain utf-8 {\"id\":\"1\"}\r\n\n  \n[1]\n{\"id\":\"2\"}"},
    {"lines.jsonl.gz", "auto", "1:1 {\"id\":\"1\"}; 1:2 {\"id\":\"2\"}; 1:3 {\"id\":\"3\"}"},
    {"torn.jsonl.gz story", "auto",
     "1:1 {\"id\":\"1\"}; 1:2 {\"id\":\"2\"}; 1:3 {\"id\":\"3\"}; 1:4 !truncated; 2 text/html utf-8 <p>Rain fell."},
    {"torn.html.gz", "auto", "1 !truncated"},
    {"blank.jsonl empty empty.html.gz story", "auto", "1 !empty; 2 !empty; 3 !empty; 4 text/html utf-8 <p>Rain fell."},
    {"picture.html", "auto", "1 !not-text"},
    {"large.txt story", "auto", "1 !too-large; 2 text/html utf-8 <p>Rain fell."},
    {"long.jsonl", "auto", "1:1 {\"id\":\"1\"}; 1:2 !too-large; 1:3 {\"id\":\"2\"}"},
    {"lost* pipe story", "auto", "1 !unreadable; 2 !unreadable; 3 text/html utf-8 <p>Rain fell."},
    {"pages story", "auto",
     "1:212 text/html windows-1252 <p>\xC3\xA8t; 1:695 text/plain utf-8 Rain; 1:914 !not-page; 1:1159 !not-text; "
     "1:1405 !bad-warc; 1:1415 text/plain utf-8 Snow; 2 text/html utf-8 <p>Rain fell."},
    {"pages.gz", "warc",
     "1:1 text/html windows-1252 <p>\xC3\xA8t; 1:3 text/plain utf-8 Rain; 1:4 !not-page; 1:5 !not-text; 1:6 !bad-warc; "
     "1:7 text/plain utf-8 Snow"},
    {"old.warc cut.warc.gz", "auto", "1 !arc-file; 2 !bad-warc"},
    {"archive", "auto", "1:1 {\"id\":\"1\"}"},
    {"folder", "auto", "1 text/plain utf-8 a; 2 text/plain utf-8 b"},
};

static size_t split(const char *words, char *buf, size_t cap, pl_str *to)
{
    size_t n = 0;

    snprintf(buf, cap, "%s", words);
    for (char *rest = buf, *w; (w = strsep(&rest, " "));)
        to[n++] = (pl_str){w, strlen(w)};
    return n;
}

static void all_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct stage_host h;
        char buf[256], got[4096];
        pl_str inputs[8];
        begin(&h, cases[i].format, inputs, split(cases[i].inputs, buf, sizeof buf, inputs));
        told(&h, got, sizeof got);
        assert_string_equal(got, cases[i].records);
        end(&h);
    }
}

/* Of what was stored: echo -n '<p>Rain fell.' | sha256sum. */
static void digests(void **state)
{
    static struct stage_host h;
    pl_str inputs[] = {PL_S("story"), PL_S("large.jsonl"), PL_S("large.txt"), PL_S("lost*")};
    int rc = PL_OK;

    (void)state;
    begin(&h, "auto", inputs, 4);
    assert_int_equal(h.n_offered, 4);
    while (rc == PL_OK) {
        rc = h.plugin->read(&h.self);
        stage_host_clear(&h);
    }
    assert_int_equal(h.n_inputs, 4);
    assert_string_equal(h.input_name[0], "story");
    for (int i = 0; i < 3; i++) {
        char command[64], wanted[65] = "";
        snprintf(command, sizeof command, "sha256sum <%s", h.input_name[i]);
        FILE *p = popen(command, "r");
        assert_non_null(p);
        assert_int_equal(fread(wanted, 1, 64, p), 64);
        pclose(p);
        assert_string_equal(h.input_digest[i], wanted);
    }
    assert_string_equal(h.input_digest[3], "");
    end(&h);
}

/* All that a run emits, one line a record. */
static size_t list_records(const struct stage_host *h, char *to, size_t cap)
{
    size_t n = 0;

    to[0] = 0;
    for (const pl_record *r = h->first; r; r = r->next) {
        const pl_str source = r->field[PL_SOURCE];
        n += (size_t)snprintf(to + n, cap - n, "%.*s:%llu:%zu%s%s\n", (int)source.len, source.ptr,
                              (unsigned long long)r->position, r->raw.len, r->code, r->message);
        assert_true(n < cap);
    }
    return n;
}

/* Stopped after any call of read() and resumed by another process: the same records, none lost and none twice. */
static void check_resumed(const char *words)
{
    static struct stage_host h, again;
    static char whole[1 << 21], parts[1 << 21];
    char buf[256];
    pl_str inputs[8];
    const size_t n_inputs = split(words, buf, sizeof buf, inputs);
    size_t calls = 0;
    int rc = PL_OK;

    begin(&h, "auto", inputs, n_inputs);
    for (; rc == PL_OK; calls++)
        rc = h.plugin->read(&h.self);
    assert_int_equal(rc, PL_EOF);
    list_records(&h, whole, sizeof whole);
    end(&h);
    for (size_t stop = 0; stop <= calls; stop += stop < 20 || stop + 20 > calls ? 1 : 97) {
        begin(&h, "auto", inputs, n_inputs);
        for (size_t i = 0; i < stop; i++)
            h.plugin->read(&h.self);
        assert_int_equal(stage_host_checkpoint(&h, false), PL_OK);
        const size_t n = list_records(&h, parts, sizeof parts);
        go_on(&again, &h);
        for (rc = PL_OK; rc == PL_OK;)
            rc = again.plugin->read(&again.self);
        assert_int_equal(rc, PL_EOF);
        list_records(&again, parts + n, sizeof parts - n);
        assert_string_equal(parts, whole);
        end(&h);
        end(&again);
    }
}

static void resumed(void **state)
{
    (void)state;
    check_resumed("lines.jsonl story large.jsonl torn.jsonl.gz blank.jsonl lines.jsonl.gz");
    check_resumed("pages archive pages.gz story old.warc pages");
    check_resumed("large.txt page.html empty lost* torn.html.gz");
}

/* A line of 30 MB among others, stored and as gzip data of a small size. */
static void put_longer(void)
{
    const size_t size = 30 << 20, tail = 200 * 11;
    char *text = malloc(size);
    gzFile gz = gzopen("longer.jsonl.gz", "wb9");

    assert_non_null(text);
    assert_non_null(gz);
    memset(text, 'x', size);
    memcpy(text, "{\"id\":\"1\"}\n", 11);
    text[size - tail - 1] = '\n';
    for (char *line = text + size - tail; line < text + size; line += 11)
        memcpy(line, "{\"id\":\"2\"}\n", 11);
    put("longer.jsonl", text, size);
    assert_int_equal(gzwrite(gz, text, (unsigned)size), size);
    gzclose(gz);
    free(text);
}

/* In the middle of a line that is too long for one call, and of gzip data that is passed over again. */
static void resumed_in_a_long_line(void **state)
{
    (void)state;
    put_longer();
    check_resumed("longer.jsonl longer.jsonl.gz");
}

/* What changed is refused before what is known of it is inflated again. */
static void changed_is_seen_first(void **state)
{
    static struct stage_host h, again;
    pl_str inputs[] = {PL_S("longer.jsonl.gz")};
    FILE *f;

    (void)state;
    put_longer();
    begin(&h, "auto", inputs, 1);
    while (!h.first || !h.first->next)
        assert_int_equal(h.plugin->read(&h.self), PL_OK);
    assert_int_equal(stage_host_checkpoint(&h, false), PL_OK);
    f = fopen("longer.jsonl.gz", "ab");
    assert_non_null(f);
    fputc(0, f);
    fclose(f);
    assert_int_equal(try_to_go_on(&again, &h), PL_FATAL);
    end(&h);
    end(&again);
}

/* A run that goes on reads what it began with, whatever the folder holds by then. */
static void fixed_list(void **state)
{
    static struct stage_host h, again;
    pl_str inputs[] = {PL_S("growing")};
    char got[256];

    (void)state;
    mkdir("growing", 0777);
    put("growing/b", "b", 1);
    put("growing/d", "d", 1);
    begin(&h, "auto", inputs, 1);
    assert_int_equal(stage_host_checkpoint(&h, false), PL_OK);
    put("growing/a", "a", 1);
    put("growing/c", "c", 1);
    unlink("growing/d");
    go_on(&again, &h);
    told(&again, got, sizeof got);
    assert_string_equal(got, "1 text/plain utf-8 b; 2 !unreadable");
    end(&h);
    end(&again);
}

static int is_done(pl_str digest)
{
    return digest.len == 64 && memcmp(digest.ptr, "ca978112ca1bbdca", 16) != 0; /* all but those that hold "a" */
}

/* What an earlier run did is passed over, page or lines, and no call works through all of them. */
static void done_before(void **state)
{
    static struct stage_host h;
    static const char words[] = "large.jsonl lines.jsonl.gz folder story";
    char buf[256], got[256];
    pl_str inputs[64];
    int calls = 0;

    (void)state;
    begin(&h, "auto", inputs, split(words, buf, sizeof buf, inputs));
    h.done = is_done;
    told(&h, got, sizeof got);
    assert_string_equal(got, "1 text/plain utf-8 a");
    assert_string_equal(h.input_name[0], "folder/a");
    end(&h);

    for (int i = 0; i < 64; i++)
        inputs[i] = PL_S("story");
    begin(&h, "text", inputs, 64);
    h.done = is_done;
    while (h.plugin->read(&h.self) == PL_OK)
        calls++;
    assert_int_equal(calls, 1);
    assert_int_equal(h.n_inputs, 0);
    end(&h);
}

static void bad_state(void **state)
{
    static struct stage_host h;
    static const char *const wrong[] = {"",      "nonsense",  "1 0 0 0 -",  "2 2 0 0 -", "2 0 0 0",
                                        "2 0 0 0 - ", "2 -1 0 0 -", "2 0 0 0 -\n2", "2 99999999999999999999 0 0 -"};
    pl_str inputs[] = {PL_S("story")};

    (void)state;
    begin(&h, "auto", inputs, 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        h.saved_len[0] = strlen(wrong[i]);
        memcpy(h.saved[0], wrong[i], h.saved_len[0] + 1);
        assert_int_equal(stage_host_restore(&h, false), PL_FATAL);
        assert_string_equal(h.log, "the saved position cannot be read: begin anew with --restart");
    }
    end(&h);
}

/* A file that is not what it was is refused before anything is read of it: changed, gone, or no JSONL any more. */
static void changed_file(void **state)
{
    static const struct {
        const char *now;
    } cases_[] = {{"{\"id\":\"other\"}\n"}, {"a page"}, {""}, {NULL}};
    static struct stage_host h, again;
    pl_str inputs[] = {PL_S("changing.jsonl")};
    char text[2048], *p = text;

    (void)state;
    for (int i = 0; i < 100; i++)
        p += snprintf(p, 20, "{\"id\":\"%d\"}\n", i);
    for (size_t i = 0; i < sizeof cases_ / sizeof *cases_; i++) {
        put("changing.jsonl", text, (size_t)(p - text));
        begin(&h, "auto", inputs, 1);
        while (!h.first)
            assert_int_equal(h.plugin->read(&h.self), PL_OK);
        assert_int_equal(stage_host_checkpoint(&h, false), PL_OK);
        unlink("changing.jsonl");
        if (cases_[i].now)
            put("changing.jsonl", cases_[i].now, strlen(cases_[i].now));
        assert_int_equal(try_to_go_on(&again, &h), PL_FATAL);
        assert_string_equal(again.log, "'changing.jsonl' has changed since this run began: put it back as it was, or "
                                       "begin anew with --restart");
        assert_null(again.first);
        assert_int_equal(again.n_inputs, 0);
        end(&h);
        end(&again);
    }
}

static void cannot_open(void **state)
{
    static const struct {
        const char *inputs, *log;
    } wrong[] = {
        {"story not-there", "cannot find 'not-there': No such file or directory"},
        {"- story @-", "standard input is named 2 times, and can be read once"},
        {"*.none", "no file matches '*.none'"},
    };
    static struct stage_host h;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char buf[256];
        pl_str inputs[8];
        config.inputs = (pl_list){inputs, split(wrong[i].inputs, buf, sizeof buf, inputs)};
        config.format = PL_S("auto");
        stage_host_init(&h, PL_ENTRY(), &config);
        assert_int_not_equal(h.plugin->open(&h.self), PL_OK);
        assert_string_equal(h.log, wrong[i].log);
        h.plugin->close(&h.self);
    }
}

static void stops(void **state)
{
    static struct stage_host h;
    pl_str inputs[] = {PL_S("lines.jsonl")};

    (void)state;
    begin(&h, "auto", inputs, 1);
    h.stopping = true;
    assert_int_equal(h.plugin->read(&h.self), PL_OK);
    assert_null(h.first);
    end(&h);
}

/* Standard input: lines as they come, never waiting for long. */
static void standard_input(void **state)
{
    static struct stage_host h;
    pl_str inputs[] = {PL_S("-")};
    char got[256];
    int fd[2], kept = dup(STDIN_FILENO);

    (void)state;
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(dup2(fd[0], STDIN_FILENO), STDIN_FILENO);
    close(fd[0]);
    begin(&h, "jsonl", inputs, 1);
    assert_true(h.once[0]);
    int rc = PL_OK;
    while (rc == PL_OK)
        rc = h.plugin->read(&h.self);
    assert_int_equal(rc, PL_AGAIN);
    assert_int_equal(write(fd[1], "{\"id\":\"1\"}\n{\"id\"", 16), 16);
    close(fd[1]);
    told(&h, got, sizeof got);
    assert_string_equal(got, "1:1 {\"id\":\"1\"}; 1:2 {\"id\"");
    assert_string_equal(h.input_name[0], "-");
    assert_string_equal(h.input_digest[0], "");
    end(&h);
    dup2(kept, STDIN_FILENO);
    close(kept);
}

#ifdef HAVE_WEB
static size_t emitted(const struct stage_host *h)
{
    size_t n = 0;

    for (const pl_record *r = h->first; r; r = r->next)
        n++;
    return n;
}

/* Addresses that the guard refuses, so that nothing is asked for: stopped after each number of calls, and gone on with, each is
 * there once; a run that has come to the end stays there. */
static void addresses_go_on(void **state)
{
    pl_str inputs[] = {PL_S("http://127.0.0.1:9/1"), PL_S("story.txt"), PL_S("http://10.0.0.1/2"), PL_S("http://[::1]/3")};

    (void)state;
    assert_int_equal(mkdir("web", 0777), 0);
    for (int calls = 0; calls < 8; calls++) {
        static struct stage_host h, again;
        int rc = PL_OK;
        config.delay = 0;
        config.transfers = config.per_site = 1;
        config.pages = true;
        config.inputs = (pl_list){inputs, 4};
        config.format = PL_S("auto");
        stage_host_init(&h, PL_ENTRY(), &config);
        h.state = "web";
        remove("web/addresses");
        open_stage(&h);
        for (int i = 0; i < calls && rc != PL_EOF; i++)
            rc = h.plugin->read(&h.self);
        assert_int_equal(stage_host_checkpoint(&h, false), PL_OK);
        const size_t before = emitted(&h);
        end(&h);
        go_on(&again, &h);
        rc = PL_OK;
        while (rc != PL_EOF) {
            rc = again.plugin->read(&again.self);
            assert_true(rc == PL_OK || rc == PL_AGAIN || rc == PL_EOF);
        }
        assert_int_equal(before + emitted(&again), 4);
        end(&again);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases),  cmocka_unit_test(digests),
        cmocka_unit_test(resumed),    cmocka_unit_test(resumed_in_a_long_line),
        cmocka_unit_test(changed_is_seen_first),
        cmocka_unit_test(fixed_list), cmocka_unit_test(done_before),
        cmocka_unit_test(bad_state),  cmocka_unit_test(changed_file),
        cmocka_unit_test(cannot_open), cmocka_unit_test(stops),
        cmocka_unit_test(standard_input),
#ifdef HAVE_WEB
        cmocka_unit_test(addresses_go_on),
#endif
    };
    return cmocka_run_group_tests(tests, make_files, NULL);
}
