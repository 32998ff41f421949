/* entities_nasty.c - texts made to be slow, each in two sizes, through all layers.
 *
 *   entities_nasty BYTES [NAME]      BYTES and twice that; one kind, or all of them; how many ms each took to stderr
 *   entities_nasty                   small ones, to see that all is well
 *
 * For a profiler that counts instructions between two calls of next_text(); the kinds, in order, are printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "entities_article.h"

void next_text(void);

/* The text is `before`, then `unit` again and again, then `after`; in it %d is a number that grows, %w a word of its own
 * and %W one with a capital. */
static const struct {
    const char *name, *before, *unit, *after;
} kinds[] = {
    {"running text", "", "The minister said on Monday that Anna Berg %W had left %w for Oslo. ", ""},
    {"one sentence", "", "the roofs and walls were counted, ", ""},
    {"one capitalised run", "", "Walls ", ""},
    {"words of their own", "", "%w ", ""},
    {"capitalised words of their own", "", "a %W ", ""},
    {"pairs of their own", "", "a %W %W ", ""},
    {"one long word", "", "a", ""},
    {"one long capitalised word", "", "A", ""},
    {"one long number", "", "1", ""},
    {"numbers with points", "", "1.", ""},
    {"numbers and times", "", "10:%d a.m. ", ""},
    {"initials", "", "A.", ""},
    {"initials with spaces", "", "A. ", ""},
    {"small dotted letters", "", "a.", ""},
    {"dots", "", ".", ""},
    {"dots with spaces", "", ". ", ""},
    {"dashes", "", "-", ""},
    {"dashed words", "", "Al-", ""},
    {"dashed words of their own", "", "%W-", ""},
    {"blanks", "", " ", ""},
    {"line ends", "a", "\n", "b"},
    {"line ends with blanks", "", "\n ", ""},
    {"carriage returns", "a", "\r", "b"},
    {"lines that go on", "A", "\nb", ""},
    {"short lines", "", "A %W\n", ""},
    {"paragraphs", "", "Walls and roofs.\n\n", ""},
    {"headlines", "", "Walls And Roofs Of %W Counted Again\n", ""},
    {"all in capitals", "", "WALLS AND %W ", ""},
    {"apostrophes", "", "'", ""},
    {"apostrophes in words", "", "a'", ""},
    {"genitives", "", "Anna's ", ""},
    {"curly apostrophes", "", "\xe2\x80\x99", ""},
    {"ampersands", "", "A&", ""},
    {"addresses", "", "http://a.b/%w ", ""},
    {"one long address", "http://", "a)", ""},
    {"handles", "", "@%w ", ""},
    {"at signs", "", "@", ""},
    {"domains", "", "a.com", ""},
    {"straight quotation marks", "", "\"", ""},
    {"straight quotation marks with spaces", "", " \"", ""},
    {"opening quotation marks", "", "\xe2\x80\x9c", ""},
    {"opening quotation marks, words", "", "\xe2\x80\x9cNo, ", ""},
    {"opening quotation marks, a paragraph each", "", "\xe2\x80\x9cWe will go.\n\n", ""},
    {"closing quotation marks", "", "no\xe2\x80\x9d ", ""},
    {"single quotation marks", "", "'No,' he said. ", ""},
    {"quotations of one word", "", "\"No\" ", ""},
    {"quotations with speakers", "", "\xe2\x80\x9cWe go,\xe2\x80\x9d said Anna %W. ", ""},
    {"quotations without speakers", "", "\xe2\x80\x9cWe go.\xe2\x80\x9d ", ""},
    {"quotations of one paragraph", "", "\xe2\x80\x9cWe go,\xe2\x80\x9d he added, ", ""},
    {"quotations of one sentence that nobody says", "", "saying, \"going to the market now,\" ", ""},
    {"claims of one sentence that nobody makes", "", "was confident that roofs were ", ""},
    {"single marks beside double ones", "", "\"a\" 'B ", ""},
    {"closing marks", "", "no)\")\")\") ", ""},
    {"brackets", "", "(", ""},
    {"brackets with names", "", "(Anna %W ", ""},
    {"acronyms", "", "%W Housing Fund (%W) ", ""},
    {"said", "", "said ", ""},
    {"said that", "", "said that ", ""},
    {"he said that", "", "he said that he said ", ""},
    {"according to", "", "according to ", ""},
    {"he", "", "he ", ""},
    {"it was said", "Anna Berg left. ", "It was she who said it. ", ""},
    {"the latter", "Anna Berg met Olaf Dahl. ", "The latter told the former. ", ""},
    {"the ministry", "The Interior Ministry met. ", "The ministry told the minister. ", ""},
    {"one office", "", "Minister %W Berg left. The minister said he was glad. ", ""},
    {"one ministry", "", "The %W Ministry met. The ministry said it was glad. ", ""},
    {"one acronym", "", "The %W Energy Agency (ZEA) met. %W left. ", ""},
    {"persons of one sentence", "", "Anna %W and he, his brother, the former minister and the latter, ", ""},
    {"persons", "", "Anna %W met Olaf %W. ", ""},
    {"persons of one surname", "", "%W Berg met %W Berg. ", ""},
    {"persons of one given name", "", "Anna %W met Anna %W. ", ""},
    {"surnames without a person", "", "Mr. %W left. ", ""},
    {"one surname", "Anna Berg met Olaf Berg. ", "Berg left. ", ""},
    {"one person", "", "Anna Berg left. ", ""},
    {"long names", "", "Anna ", ""},
    {"long names of their own", "", "%W ", ""},
    {"titles", "", "President ", ""},
    {"titles of something", "", "minister of ", ""},
    {"titles with persons", "", "Prime Minister Anna %W ", ""},
    {"titles behind persons", "", "Anna %W, minister of %W, ", ""},
    {"honorifics", "", "Mr. ", ""},
    {"plural titles", "", "Reps. Anna %W, Reps. Olaf %W, ", ""},
    {"titles of long names", "", "Bank of the Bank of the Bank of the Bank of the Bank of the Bank of the Bank of the Bank of "
                                 "the Bank of the Bank of the Bank of the Bank President Anna Berg. ", ""},
    {"acronyms behind small words", "", "of of of of of of of of of (WHO) ", ""},
    {"organisations", "", "the %W Housing Fund and the Fund. ", ""},
    {"organisations of and", "", "Ministry of ", ""},
    {"organisations joined", "the ", "Bank of the ", ""},
    {"and", "", "and ", ""},
    {"of", "", "of ", ""},
    {"names joined", "", "%W and ", ""},
    {"names with commas", "", "%W, ", ""},
    {"places", "", "Paris, Texas, ", ""},
    {"cities of the same name", "", "Springfield ", ""},
    {"places of their own", "", "in %W, Ohio. ", ""},
    {"nationalities", "", "French Iraqi ", ""},
    {"cities of the same name with commas", "", "Springfield, ", ""},
    {"dates", "", "on Nov %d ", ""},
    {"date words", "", "last ", ""},
    {"months", "", "May ", ""},
    {"date ranges", "", "May 3-", ""},
    {"days", "", "Sunday ", ""},
    {"particles", "", "de la ", ""},
    {"phrase starts", "", "New ", ""},
    {"phrase starts in small letters", "", "of the United ", ""},
    {"phrases with dashes", "", "New - - - - - - ", ""},
    {"date words with dashes", "", "new\xe2\x80\x94\xe2\x80\x94\xe2\x80\x94 ", ""},
    {"bytes that are none", "", "\xff", ""},
    {"other scripts", "", "\xd0\x9c\xd0\xb8\xd1\x80 ", ""},
    {"other scripts, one word", "", "\xe4\xb8\xad", ""},
    {"letters with accents", "", "\xc3\x89mile ", ""},
    {"no-break blanks", "", "\xc2\xa0", ""},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds, SMALL = 4000 };

/* Marks, for the profiler, where one text ends and the next begins. */
__attribute__((noinline)) void next_text(void)
{
    __asm__ volatile("");
}

/* A word for each number, no two alike. */
static size_t add_word(char *text, unsigned number, char first)
{
    size_t len = 0;
    text[len++] = first;
    for (number += 26; number; number /= 26)
        text[len++] = (char)('a' + number % 26);
    return len;
}

static void add(char *text, size_t *len, const char *unit, unsigned number)
{
    for (; *unit; unit++)
        if (*unit == '%') {
            unit++;
            *len += *unit == 'd' ? (size_t)sprintf(text + *len, "%u", number)
                                 : add_word(text + *len, number++ * 3, *unit == 'W' ? 'Q' : 'q');
        } else {
            text[(*len)++] = *unit;
        }
}

static double read_text(size_t kind, size_t bytes, const struct gazetteer *gaz, const struct model *model)
{
    const struct article_options all = {
        .model = model, .dates = true, .titles = true, .references = true, .quotes = true};
    struct arena arena = {0};
    struct document d;
    struct article a;
    size_t len = 0;
    char *text = malloc(bytes + 4096);

    if (!text)
        exit(71);
    add(text, &len, kinds[kind].before, 0);
    for (unsigned i = 1; len < bytes; i += 2)
        add(text, &len, kinds[kind].unit, i);
    add(text, &len, kinds[kind].after, 0);
    const clock_t start = clock();
    next_text();
    if (!article_mark(&arena, gaz, text, len, &all, &d, &a))
        exit(71);
    next_text();
    const clock_t end = clock();
    arena_done(&arena);
    free(text);
    return (double)(end - start) * 1e3 / CLOCKS_PER_SEC;
}

int main(int argc, char **argv)
{
    const size_t bytes = argc > 1 ? (size_t)atol(argv[1]) : SMALL;
    struct gazetteer *gaz = gazetteer_new();
    struct model model;
    const char *why;

    if (!gaz || !model_builtin(&model, &why))
        return 71;
    for (size_t i = 0; i < N_KINDS; i++) {
        if (argc > 2 && strcmp(kinds[i].name, argv[2]) != 0)
            continue;
        puts(kinds[i].name);
        fflush(stdout);
        const double small = read_text(i, bytes, gaz, &model), large = read_text(i, 2 * bytes, gaz, &model);
        if (argc > 1)
            fprintf(stderr, "%8.2f %8.2f ms  %s\n", small, large, kinds[i].name);
    }
    gazetteer_free(gaz);
    return 0;
}
