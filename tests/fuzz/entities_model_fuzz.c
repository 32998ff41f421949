/* entities_model_fuzz.c - any bytes as a model of names whose digest is right: refused, or used without harm. */
#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "entities_article.h"
#include "entities_feature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The header as it would be, but for what the input says of the tables. */
static void sign(unsigned char *file, size_t len)
{
    struct model_header *h = (struct model_header *)(void *)file;
    struct sha256_ctx ctx;
    memcpy(h->magic, "PLNAMES", sizeof h->magic);
    h->version = MODEL_VERSION;
    h->features = FEATURES_VERSION;
    h->size = (uint32_t)len;
    memset(h->digest, 0, sizeof h->digest);
    sha256_init(&ctx);
    sha256_update(&ctx, len, file);
    sha256_digest(&ctx, sizeof h->digest, h->digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] = "The Iraqi Interior Ministry told Anna-Lena Berg of AT&T in New York on Sunday.";
    static struct gazetteer *gaz;
    static struct arena arena;
    struct model m;
    struct document d;
    struct article a;
    const char *why;
    /* room for the filter, which no small input could bring */
    const size_t filter = (size_t)1 << (MODEL_FILTER_BITS - 3), len = size + filter;
    unsigned char *file;

    if (!gaz && !(gaz = gazetteer_new()))
        abort();
    if (size < sizeof(struct model_header) || posix_memalign((void **)&file, 64, len) != 0)
        return 0;
    memcpy(file, data, size);
    memset(file + size, 0xFF, filter);
    sign(file, len);
    if (model_read(&m, file, len, &why)) {
        const struct article_options options = {.model = &m};
        article_mark(&arena, gaz, text, strlen(text), &options, &d, &a);
        arena_reset(&arena);
    }
    free(file);
    return 0;
}
