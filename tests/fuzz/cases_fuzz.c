/* cases_fuzz.c - case files of any bytes: read, and compared with records that are not what they expect. */
#include "cases.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct outcome got[] = {
        {.fate = FATE_LIVE,
         .json = {"{\"id\":\"a\",\"text\":\"Ann Lee\",\"annotations\":[{\"id\":1,\"kind\":\"entity\",\"begin\":0,\"end\":3,"
                  "\"chain\":1}]}",
                  96}},
        {.fate = FATE_FAILED, .code = {"bad", 3}, .json = {"{\"body\":\"gA==\"}", 15}},
    };
    struct arena arena = {0};
    struct buf diff = {0};
    struct errors errs;

    errors_init(&errs);
    const struct test_case *tc =
        cases_parse(&arena, "/nonexistent/folder/t.case", (pl_str){(const char *)data, size}, &errs);
    for (; tc && errs.n_errors == 0; tc = tc->next) {
        cases_compare(tc, got, 2, &diff);
        buf_clear(&diff);
    }
    buf_done(&diff);
    errors_done(&errs);
    arena_done(&arena);
    return 0;
}
