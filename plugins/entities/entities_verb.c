/* entities_verb.c - the small words around verbs. */
#include "entities_verb.h"

#include <string.h>

bool token_is_adverb(const struct document *d, size_t i)
{
    static const char *const words[] = {"also", "then",  "later", "never", "not",   "still", "even",  "just",
                                        "once", "often", "long",  "first", "now",   "again", "since", "ever",
                                        "both", "all",   "soon",  "n't",   "twice", "yet",   "already", NULL};
    const struct token *t = &d->tokens[i];
    if (!token_is_lower(d, i))
        return false;
    return (t->end - t->begin > 4 && d->text[t->end - 1] == 'y' && d->text[t->end - 2] == 'l') ||
           token_is_any(d, i, words);
}

bool token_ends_like(const struct document *d, size_t i, const char *tail)
{
    const struct token *t = &d->tokens[i];
    size_t len = strlen(tail);
    return t->end - t->begin > len && memcmp(d->text + t->end - len, tail, len) == 0;
}

bool token_is_be(const struct document *d, size_t i)
{
    static const char *const words[] = {"was",   "were",   "is",      "are",    "been", "be",  "being", "am",
                                        "isn't", "wasn't", "weren't", "aren't", "gets", "got", NULL};
    return token_is_any(d, i, words);
}

bool token_is_have(const struct document *d, size_t i)
{
    static const char *const words[] = {"has", "have", "had", "having", "hasn't", "haven't", "hadn't", NULL};
    return token_is_any(d, i, words);
}

bool token_is_modal(const struct document *d, size_t i)
{
    static const char *const words[] = {"would",  "will",  "can",      "could",  "may",   "might",   "must",
                                        "should", "did",   "do",       "does",   "shall", "cannot",  "wouldn't",
                                        "won't",  "can't", "couldn't", "didn't", "don't", "doesn't", NULL};
    return token_is_any(d, i, words);
}

bool token_is_preposition(const struct document *d, size_t i)
{
    static const char *const words[] = {"in",   "on",     "at",    "of",      "for",     "with",  "about", "by",
                                        "from", "during", "after", "before",  "when",    "while", "as",    "through",
                                        "into", "over",   "under", "between", "within",  "via",   "until", "since",
                                        "than", "and",    "or",    "but",     "against", NULL};
    return token_is_any(d, i, words);
}

bool token_is_somebody(const struct document *d, size_t i)
{
    static const char *const words[] = {"he", "she", "they", "i", "we", "you", "who", NULL};
    return token_is_any(d, i, words);
}
