/* entities_embed.h - a file's bytes in the read-only data.
 *
 *     ENTITIES_EMBED(entities_words, "/path/to/file");
 *
 * makes entities_words[] and entities_words_end[], aligned to a cache line,
 * of one file's scope and one copy in memory for all processes.  The Makefile
 * gives the path by -D and has a rule that the object depends on the file. */
#ifndef ENTITIES_EMBED_H
#define ENTITIES_EMBED_H

/* Hidden, not local: with link-time optimisation the assembly may land in another unit than its readers. */
#define ENTITIES_EMBED(name, path) \
    __asm__(".pushsection .rodata." #name ",\"a\"\n" \
            ".balign 64\n" \
            ".global " #name "\n.hidden " #name "\n" #name ":\n" \
            ".incbin \"" path "\"\n" \
            ".global " #name "_end\n.hidden " #name "_end\n" #name "_end:\n" \
            ".byte 0\n" \
            ".popsection\n"); \
    ENTITIES_EMBEDDED(name)

/* Declares what another file embeds. */
#define ENTITIES_EMBEDDED(name) \
    extern const unsigned char name[] __attribute__((visibility("hidden"))); \
    extern const unsigned char name##_end[] __attribute__((visibility("hidden")))

#endif
