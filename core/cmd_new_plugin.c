/* cmd_new_plugin.c - `pressline new-plugin`: a folder with a working plugin to start from. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "exit.h"
#include "str.h"

/* In the files @NAME@ stands for the plugin's name. */

static const char source_text[] =
    "/* @NAME@.c - counts the words of an article, and drops what is too short. */\n"
    "#include <pressline.h>\n"
    "\n"
    "#include <stdlib.h>\n"
    "\n"
    "/* The options: filled in before open() is called, and the same for all threads. */\n"
    "struct config {\n"
    "    int64_t min_words;\n"
    "};\n"
    "\n"
    "/* What the stage knows once it is open. */\n"
    "struct state {\n"
    "    pl_key words; /* the field @NAME@.words */\n"
    "};\n"
    "\n"
    "static int open_stage(pl_self *self)\n"
    "{\n"
    "    struct state *st = self->shared = malloc(sizeof *st);\n"
    "\n"
    "    if (!st)\n"
    "        return PL_FATAL;\n"
    "    st->words = pl_intern(self, PL_S(\"@NAME@.words\"));\n"
    "    return PL_OK;\n"
    "}\n"
    "\n"
    "/* Also called when open_stage() failed. */\n"
    "static void close_stage(pl_self *self)\n"
    "{\n"
    "    free(self->shared);\n"
    "}\n"
    "\n"
    "static int64_t count_words(pl_str text)\n"
    "{\n"
    "    int64_t n = 0;\n"
    "    bool inside = false;\n"
    "\n"
    "    for (size_t i = 0; i < text.len; i++) {\n"
    "        const bool blank = (unsigned char)text.ptr[i] <= ' ';\n"
    "        n += !blank && !inside;\n"
    "        inside = !blank;\n"
    "    }\n"
    "    return n;\n"
    "}\n"
    "\n"
    "/* Called for one record at a time, on several threads at once. */\n"
    "static int process(pl_self *self, pl_record *r)\n"
    "{\n"
    "    const struct config *config = self->config;\n"
    "    const struct state *st = self->shared;\n"
    "    const int64_t words = count_words(pl_get(self, r, PL_TEXT));\n"
    "\n"
    "    if (words < config->min_words) {\n"
    "        pl_drop(self, r, \"short\");\n"
    "        return PL_OK;\n"
    "    }\n"
    "    return pl_set_i64(self, r, st->words, words);\n"
    "}\n"
    "\n"
    "static const pl_option options[] = {\n"
    "    PL_OPTION(struct config, min_words, \"20\", \"fewest words that an article may have\", .min = 0, .max = 1e6),\n"
    "    PL_END,\n"
    "};\n"
    "\n"
    "PL_PLUGIN(\"@NAME@\", \"counts words, and drops articles that are too short\", .version = \"0.1\",\n"
    "          .options = options, .config_size = sizeof(struct config), .reads = \"text\", .writes = \"@NAME@.words\",\n"
    "          .open = open_stage, .process = process, .close = close_stage)\n";

static const char makefile_text[] =
    "# Makefile - builds and tests the plugin @NAME@.\n"
    "#\n"
    "# PRESSLINE is the program.  Of one that is installed, pkg-config knows where its header and its plugin folder\n"
    "# are; one that was only built is named by its path: make PRESSLINE=/path/to/pressline/build/pressline\n"
    "PRESSLINE = pressline\n"
    "\n"
    "ifeq ($(findstring /,$(PRESSLINE)),)\n"
    "PRESSLINE_CFLAGS = $(shell pkg-config --cflags pressline)\n"
    "PLUGIN_DIR = $(shell pkg-config --variable=plugindir pressline)\n"
    "else\n"
    "PRESSLINE_CFLAGS = -I$(dir $(PRESSLINE))../include\n"
    "PLUGIN_DIR = $(dir $(PRESSLINE))../lib/pressline\n"
    "endif\n"
    "\n"
    "CC = cc\n"
    "CFLAGS = -O2 -g -Wall -Wextra\n"
    "\n"
    "@NAME@.so: @NAME@.c\n"
    "\t$(CC) -std=c11 $(PRESSLINE_CFLAGS) $(CPPFLAGS) $(CFLAGS) -fPIC -fvisibility=hidden \\\n"
    "\t\t-shared -Wl,-z,defs $(LDFLAGS) -o $@ @NAME@.c $(LIBS)\n"
    "\n"
    "# Each case is run with one worker and with two, and every call is held against what the plugin declares.\n"
    "check: @NAME@.so\n"
    "\t$(PRESSLINE) test-plugin --checked @NAME@.so cases/*.case\n"
    "\n"
    "install: @NAME@.so\n"
    "\tinstall -d $(DESTDIR)$(PLUGIN_DIR)\n"
    "\tinstall -m 644 @NAME@.so $(DESTDIR)$(PLUGIN_DIR)\n"
    "\n"
    "clean:\n"
    "\trm -f @NAME@.so\n"
    "\n"
    ".PHONY: check install clean\n";

static const char case_text[] =
    "# What goes in and what must come out.  Of a record that is expected, the fields that are named must be equal.\n"
    "\n"
    "case words are counted\n"
    "options min_words=3\n"
    "input {\"id\":\"a\",\"text\":\"The ferry was late.\"}\n"
    "expect {\"id\":\"a\",\"@NAME@.words\":4,\"title\":null}\n"
    "\n"
    "case a short article is dropped\n"
    "options min_words=5\n"
    "input {\"id\":\"a\",\"text\":\"The ferry was late.\"}\n"
    "input {\"id\":\"b\"}\n"
    "with text\n"
    "  The ferry to the islands was late on Sunday,\n"
    "  and nobody said why.\n"
    "expect drop short {\"id\":\"a\"}\n"
    "expect {\"id\":\"b\",\"@NAME@.words\":13}\n";

static const char readme_text[] =
    "# @NAME@\n"
    "\n"
    "A stage for pressline: counts the words of an article into the field `@NAME@.words`, and drops articles of fewer\n"
    "than `min_words`. It is a working plugin to start from.\n"
    "\n"
    "    make                # builds @NAME@.so\n"
    "    make check          # runs cases/*.case\n"
    "    make install        # into the plugin folder of the installed pressline\n"
    "\n"
    "With a pressline that is built but not installed, say where the program is:\n"
    "\n"
    "    make check PRESSLINE=/path/to/pressline/build/pressline\n"
    "\n"
    "In a pipeline file:\n"
    "\n"
    "    stages = (\n"
    "      { plugin = \"fetch\"; },\n"
    "      { plugin = \"@NAME@\"; min_words = 50; },\n"
    "      { plugin = \"archive\"; }\n"
    "    );\n"
    "\n"
    "Before it is installed, `--plugin-dir .` finds it: `pressline describe @NAME@ --plugin-dir .` prints its options.\n"
    "The contract of a plugin is in `pressline.h`; the guide for plugin authors is `plugins/README.md` of pressline.\n";

static const char ignore_text[] = "*.so\n";

static const struct file {
    const char *path;
    const char *text;
} files[] = {{"@NAME@.c", source_text},
             {"Makefile", makefile_text},
             {"cases/@NAME@.case", case_text},
             {"README.md", readme_text},
             {".gitignore", ignore_text}};

/* It becomes a folder, a file and the beginning of a field's name. */
static bool name_fits(pl_str name)
{
    if (name.len == 0 || name.len > 64 || name.ptr[0] < 'a' || name.ptr[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return true;
}

static void fill_in(struct buf *b, const char *text, pl_str name)
{
    static const char mark[] = "@NAME@";
    const char *next;

    for (; (next = strstr(text, mark)); text = next + sizeof mark - 1) {
        buf_add(b, (pl_str){text, (size_t)(next - text)});
        buf_add(b, name);
    }
    buf_addz(b, text);
}

static int write_file(const struct file *f, pl_str name)
{
    struct buf path = {0}, text = {0};
    int rc = EXIT_IO;

    buf_add(&path, name);
    buf_addc(&path, '/');
    fill_in(&path, f->path, name);
    fill_in(&text, f->text, name);
    FILE *out = fopen(buf_cstr(&path), "wx");
    if (out) {
        const bool written = fwrite(text.ptr, 1, text.len, out) == text.len;
        if (fclose(out) == 0 && written)
            rc = EXIT_CLEAN;
    }
    if (rc != EXIT_CLEAN)
        fprintf(stderr, "pressline: cannot write '%s': %s\n", buf_cstr(&path), strerror(errno));
    buf_done(&path);
    buf_done(&text);
    return rc;
}

static int make_folder(const char *name)
{
    struct buf cases = {0};
    int rc = EXIT_CLEAN;

    buf_addf(&cases, "%s/cases", name);
    if (mkdir(name, 0777) != 0 && errno == EEXIST) {
        fprintf(stderr, "pressline: '%s' is there already: nothing was written\n", name);
        rc = EXIT_USAGE;
    } else if (access(name, F_OK) != 0 || mkdir(buf_cstr(&cases), 0777) != 0) {
        fprintf(stderr, "pressline: cannot make the folder '%s': %s\n", name, strerror(errno));
        rc = EXIT_IO;
    }
    buf_done(&cases);
    return rc;
}

int cmd_new_plugin(const struct cli *cli)
{
    const char *name = cli->args[0];
    int rc;

    if (!name_fits(str_of(name))) {
        fprintf(stderr,
                "pressline: '%s' cannot be a plugin's name: a lower-case letter, then lower-case letters, digits, - and _, "
                "64 at most\n",
                name);
        return EXIT_USAGE;
    }
    rc = make_folder(name);
    for (size_t i = 0; i < sizeof files / sizeof *files && rc == EXIT_CLEAN; i++)
        rc = write_file(&files[i], str_of(name));
    char program[4096] = "pressline";
    const ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n > 0)
        program[n] = 0;
    if (rc == EXIT_CLEAN)
        printf("%s/ is a working plugin: its README.md says how it is built and tested\n"
               "  cd %s && make check PRESSLINE=%s\n",
               name, name, program);
    return rc;
}
