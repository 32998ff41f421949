/* buf_test.c - a byte buffer that grows; base64 in and out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base64.h"
#include "buf.h"
#include "str.h"

static void adds_up(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_addz(&b, "page ");
    buf_addf(&b, "%d of %s", 3, "17");
    buf_addc(&b, '\0');
    buf_add(&b, PL_S("x\0y"));
    buf_add(&b, (pl_str){NULL, 0});
    assert_true(str_eq(buf_view(&b), PL_S("page 3 of 17\0x\0y")));
    buf_clear(&b);
    assert_int_equal(b.len, 0);
    assert_string_equal(buf_cstr(&b), "");
    buf_done(&b);
    assert_string_equal(buf_cstr(&b), "");
    buf_done(&b);
    buf_done(&b);
}

static void a_long_text_comes_out_whole(void **state)
{
    struct buf b = {0};

    (void)state;
    for (int i = 0; i < 20000; i++)
        buf_addf(&b, "%05d", i);
    assert_int_equal(b.len, 100000);
    for (int i = 0; i < 20000; i += 997) {
        int64_t v;
        assert_true(str_to_i64((pl_str){b.ptr + i * 5, 5}, &v) && v == i);
    }
    buf_done(&b);
}

static void remembers_that_the_limit_was_met(void **state)
{
    struct buf b = {.limit = 10};

    (void)state;
    buf_addz(&b, "0123456789");
    assert_false(b.failed);
    buf_addc(&b, 'x');
    assert_true(b.failed);
    assert_true(str_is(buf_view(&b), "0123456789"));
    b.len = 0;
    buf_addz(&b, "y"); /* still failed: nothing is added any more */
    assert_int_equal(b.len, 0);
    assert_string_equal(buf_cstr(&b), "");
    buf_clear(&b);
    buf_addz(&b, "y");
    assert_string_equal(buf_cstr(&b), "y");
    assert_false(buf_room(&b, SIZE_MAX));
    buf_done(&b);
    assert_int_equal(b.limit, 10);
}

/* RFC 4648, section 10. */
static void base64_of_the_rfc(void **state)
{
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        char out[16];
        size_t len;
        base64_encode(&b, str_of(rows[i][0]));
        assert_string_equal(buf_cstr(&b), rows[i][1]);
        assert_true(base64_decode(str_of(rows[i][1]), out, &len));
        assert_true(str_eq((pl_str){out, len}, str_of(rows[i][0])));
        buf_done(&b);
    }
}

static void base64_of_all_bytes_and_lengths(void **state)
{
    unsigned char bytes[600], back[600];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 + i / 256);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        const pl_str in = {(const char *)bytes, n};
        struct buf b = {0};
        size_t len;
        base64_encode(&b, in);
        assert_int_equal(b.len, (n + 2) / 3 * 4);
        assert_true(base64_decode(buf_view(&b), (char *)back, &len));
        assert_true(str_eq((pl_str){(const char *)back, len}, in));
        assert_true(base64_decode(buf_view(&b), b.ptr, &len)); /* in place */
        assert_true(str_eq((pl_str){b.ptr, len}, in));
        buf_done(&b);
    }
}

static void base64_is_strict(void **state)
{
    static const char *const bad[] = {"Z",       "Zg",        "Zg=",    "Zg===", "Zh==",     "Zm9=",     "====",
                                      "=m8=",    "Z===",      "Zm9v\n", "Zm 9v", "Zm9v====", "Zg==Zm9v", "Zm-_",
                                      "Zm9\xC3", "Zm9v Zm9v", "\nZm9v", "Z=9v",  "Zm9vYh=="};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char out[16];
        size_t len;
        if (base64_decode(str_of(bad[i]), out, &len))
            fail_msg("accepted: %s", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up),
        cmocka_unit_test(a_long_text_comes_out_whole),
        cmocka_unit_test(remembers_that_the_limit_was_met),
        cmocka_unit_test(base64_of_the_rfc),
        cmocka_unit_test(base64_of_all_bytes_and_lengths),
        cmocka_unit_test(base64_is_strict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
