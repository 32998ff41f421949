/* clean_lang.c - in which language a text is.
 *
 * Scripts of one language decide by themselves; for the Latin and Cyrillic
 * ones the small words are counted that a language cannot do without and its
 * neighbours do not have. */
#include "clean_lang.h"

#include "clean_utf8.h"

enum { MAX_BYTES = 8000, MIN_WORDS = 20 };

/* clang-format off */
static const struct {
    pl_str code;
    const char *words;
} languages[] = {
    {{"en", 2}, "the of and to that was with his for which have this they from been would were has are their it is"},
    {{"de", 2}, "der die und das den nicht ist mit sich auf eine dem ein des für auch wird werden hat sie von im zu"},
    {{"fr", 2}, "le la les des et est une du dans pour qui par sur pas plus avec sont cette aux au un en ce"},
    {{"es", 2}, "el los las del una que por con para como pero sus más fue este esta ha y un se lo la en"},
    {{"it", 2}, "il di che per non una della sono con del nel gli alla anche più dei come le ha è si la un"},
    {{"pt", 2}, "o os do da dos das em um uma não para com que por mais foi como ao pelo são no na é"},
    {{"nl", 2}, "de het een van dat niet zijn op te voor met ook maar bij aan wordt worden er naar heeft en in is"},
    {{"sv", 2}, "och att det som för är av den inte till med har om ett men från var kan på en i"},
    {{"da", 2}, "og det at er som til af ikke med har den der blev efter også mod kan et på en i for"},
    {{"no", 2}, "og det som er til ikke av har med den etter også mot ble kan fra at på en et i for"},
    {{"pl", 2}, "nie się jest że na do jak dla oraz przez po od tym który ale jego są w z i to o"},
    {{"cs", 2}, "se na je že by pro jsou jako však podle kteří který byl ale také při v a i s do z"},
    {{"tr", 2}, "ve bir bu için ile olarak olan daha çok gibi en kadar sonra ancak değil da de"},
    {{"id", 2}, "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga ke oleh telah bisa"},
    {{"ru", 2}, "и в не на что с по как это из он за для от но его к о был так же"},
    {{"uk", 2}, "і в не на що з та як це у за для від про але його до є був також його"},
};
/* clang-format on */
enum { N_LANGUAGES = sizeof languages / sizeof *languages };

/* Scripts that belong to one language of the news, or nearly. */
static const struct {
    uint32_t first, last;
    pl_str code;
} scripts[] = {
    {0x3040, 0x30FF, {"ja", 2}}, {0xAC00, 0xD7AF, {"ko", 2}}, {0x4E00, 0x9FFF, {"zh", 2}}, {0x0E00, 0x0E7F, {"th", 2}},
    {0x0370, 0x03FF, {"el", 2}}, {0x0590, 0x05FF, {"he", 2}}, {0x0600, 0x06FF, {"ar", 2}}, {0x0900, 0x097F, {"hi", 2}},
    {0x0980, 0x09FF, {"bn", 2}}, {0x0B80, 0x0BFF, {"ta", 2}}, {0x0C00, 0x0C7F, {"te", 2}}, {0x10A0, 0x10FF, {"ka", 2}},
    {0x0530, 0x058F, {"hy", 2}},
};
enum { N_SCRIPTS = sizeof scripts / sizeof *scripts };

pl_str clean_lang_tag(struct clean_arena *a, pl_str tag)
{
    char code[3];
    size_t n = 0;
    tag = clean_trim(tag);
    while (n < tag.len && n < 4 && clean_is_letter((unsigned char)tag.ptr[n]) && (unsigned char)tag.ptr[n] < 0x80)
        n++;
    if (n < 2 || n > 3 ||
        (n < tag.len && tag.ptr[n] != '-' && tag.ptr[n] != '_' && tag.ptr[n] != ',' && tag.ptr[n] != ';'))
        return PL_S("");
    for (size_t i = 0; i < n; i++)
        code[i] = (char)(tag.ptr[i] | 32);
    return clean_arena_copy(a, (pl_str){code, n});
}

static pl_str by_script(pl_str text, size_t *letters)
{
    size_t counts[N_SCRIPTS] = {0};
    *letters = 0;
    for (const char *p = text.ptr, *end = clean_end(text); p < end;) {
        uint32_t c = clean_utf8_next(&p, end);
        if (!clean_is_letter(c))
            continue;
        ++*letters;
        for (size_t i = 0; c >= 0x300 && i < N_SCRIPTS; i++)
            counts[i] += c >= scripts[i].first && c <= scripts[i].last;
    }
    /* Japanese is written with Han too: kana, a tenth of the letters, tell it. */
    for (size_t i = 0; i < N_SCRIPTS; i++)
        if (counts[i] > 10 && counts[i] * (i == 0 ? 10 : 2) > *letters)
            return scripts[i].code;
    return PL_S("");
}

pl_str clean_lang_guess(pl_str text)
{
    size_t counts[N_LANGUAGES] = {0}, letters, words = 0, best = 0, second = 0;
    if (text.len > MAX_BYTES)
        text.len = MAX_BYTES;
    pl_str code = by_script(text, &letters);
    if (code.len)
        return code;
    const char *word = NULL;
    for (const char *p = text.ptr, *end = clean_end(text); p <= end;) {
        const char *from = p;
        if (p < end && clean_is_word(clean_utf8_next(&p, end))) {
            word = word ? word : from;
            continue;
        }
        if (word) {
            words++;
            pl_str w = {word, (size_t)(from - word)};
            for (size_t i = 0; i < N_LANGUAGES && w.len <= 12; i++)
                counts[i] += clean_in_list(languages[i].words, w);
            word = NULL;
        }
        if (from == end)
            break;
    }
    for (size_t i = 1; i < N_LANGUAGES; i++) {
        if (counts[i] > counts[best]) {
            second = best;
            best = i;
        } else if (second == best || counts[i] > counts[second]) {
            second = i;
        }
    }
    bool sure = words >= MIN_WORDS && counts[best] * 12 > words && counts[best] > counts[second];
    return sure ? languages[best].code : PL_S("");
}
