/* clean_lang.c - in which language a text is.
 *
 * Scripts of one language decide by themselves; for the others the small words
 * are counted that a language cannot do without.  A word that several
 * languages have says less for each of them. */
#include "clean_lang.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clean_utf8.h"

enum {
    MAX_BYTES = 3000,
    MIN_LETTERS = 20,
    MIN_WORDS = 20,   /* for a guess where nothing is declared */
    CLEAR_WORDS = 60, /* for one against what is declared */
    N_SLOTS = 4096,   /* a power of two, well above the number of words */
    MAX_WORD = 32
};

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
    {{"fi", 2}, "ja on ei että se oli hän mutta myös kun ovat sen joka mukaan ole tai kuin vain nyt hänen"},
    {{"hu", 2}, "a az és hogy nem is egy ez meg volt már csak de mint még lesz azt van után szerint"},
    {{"ro", 2}, "și în de la cu care pe nu din o să a este un pentru mai sunt fi au prin că"},
    {{"sk", 2}, "a v na sa je že sú pre aj ako po za to už by bol podľa ktoré ktorý alebo"},
    {{"sl", 2}, "je in na v se da za so ki pa z bi po tudi ne kot s ali bo pri"},
    {{"hr", 2}, "je i u na se da za su od s će koji ne kao o iz to bi što nije"},
    {{"lt", 2}, "ir kad yra į iš su tai bet ne jis kaip buvo o apie už dėl tik jau prie ar"},
    {{"lv", 2}, "un ir ka no ar par uz to kas tas bet arī pie vai lai kā tika pēc gan viņš"},
    {{"et", 2}, "ja on ei et see oli kui ka oma mis aga või ta kes siis nii veel seda üle ning"},
    {{"sq", 2}, "të e në që për me dhe një nga ka si është i u do më se nuk janë"},
    {{"is", 2}, "og að í er á sem til við um ekki með það var því en hann fyrir hefur"},
    {{"ca", 2}, "de la i que el en a per les els amb una del és un al va no són més"},
    {{"gl", 2}, "de a o que e en do da os as un unha para non por co no na se máis"},
    {{"eu", 2}, "eta da du ez bat dira ere izan egin hori zuen baina dute batean dela dago"},
    {{"af", 2}, "die van en in het is dat nie vir met om op te sy as hy wat ook aan sal"},
    {{"vi", 2}, "và của là có được trong cho không với các một người những này đã khi từ ra"},
    {{"az", 2}, "və bu bir ilə üçün ki də da olan edib olub o isə görə sonra daha"},
    {{"ms", 2}, "yang dan di ini itu dengan untuk tidak pada dalam akan oleh ialah beliau katanya juga ke dari telah bagi"},
    {{"tl", 2}, "ang ng sa na mga at ay ito si para kung hindi ni niya may kay nang rin"},
    {{"sw", 2}, "ya na wa kwa katika ni za la kuwa hiyo huo cha hii alisema baada kama huyo watu hivyo pia"},
    {{"so", 2}, "oo ka ku iyo in ay waa la u uu ee waxaa ah soo si kale"},
    {{"ha", 2}, "da na a ya ta don cewa ba wannan su shi kuma sun ne ce"},
    {{"zu", 2}, "ukuthi futhi kodwa ngoba kanye uma lapho ngesikhathi kusho kakhulu khona nokuthi"},
    {{"xh", 2}, "ukuba kwaye kodwa xa ukuze kunye ngoko apho oko kananjalo"},
    {{"cy", 2}, "y yn o i ar yr ei wedi am gan mae bod hefyd oedd nad eu"},
    {{"ga", 2}, "an na ar agus go le ag bhí sé atá i is a do sin"},
    {{"bg", 2}, "на и в се да за от с че по не са като ще до това със е при или"},
    {{"mk", 2}, "на и во се да за од со дека ќе не како по е го ја што беше или"},
    {{"sr", 2}, "је и у на се да за су од са ће који не као о из то би што није"},
    {{"be", 2}, "і ў на з не што да як у па для гэта ад за але яго быў былі"},
    {{"kk", 2}, "және мен бұл үшін бойынша деп болып бір да де еді екен жылы"},
    {{"ar", 2}, "في من على أن إلى التي الذي عن مع هذا بعد كان ما لا هذه"},
    {{"fa", 2}, "و در به از که این را با است برای آن تا خود شد هم"},
    {{"ur", 2}, "کے کی میں ہے کا سے اور نے کو پر یہ ہیں بھی"},
    {{"hi", 2}, "के में की है को से का और ने पर हैं भी यह नहीं"},
    {{"mr", 2}, "आहे आणि या ते करून होते हे आहेत मध्ये असे केली"},
    {{"ne", 2}, "छ र मा लाई भएको गरेको छन् पनि हो यो गर्न"},
};

/* Languages that a text of the other is easily taken for: between them what is declared holds. */
static const char *const groups[] = {"no nb nn da sv", "id ms", "hr sr bs sh sl cnr", "cs sk", "es ca gl pt oc ast", "nl af fy",
                                     "bg mk", "ru uk be", "zu xh", "hi mr ne", "tr az", "fr oc", "fa ps ckb", "ar fa ur ps ckb",
                                     "ga gd", "it co la", "en sco", "de lb gsw nds"};

/* By the first and last character of its blocks; `codes` are the languages written in it, the first that of a
 * text of which nothing else is known, '-' none. */
static const struct {
    uint32_t first, last;
    const char *codes;
} scripts[] = {
    {0x41, 0x24F, "- en de fr es it pt nl sv da no nb nn pl cs tr id fi hu ro sk sl hr bs sr sh cnr lt lv et sq is ca gl eu af vi az ms tl "
                  "fil sw so ha zu xh cy ga la mt lb fo ku uz kk tk eo mg yo ig rw st tn oc br co gsw fy gd ast sco nds"},
    {0x1E00, 0x1EFF, "- vi"},
    {0x370, 0x3FF, "el"},
    {0x400, 0x52F, "- ru uk bg mk sr be kk ky mn tg uz az tt ba ce bs sh cnr"},
    {0x530, 0x58F, "hy"},
    {0x590, 0x5FF, "he iw yi"},
    {0x600, 0x6FF, "ar fa ur ps ku ckb ug sd az"},
    {0x900, 0x97F, "hi mr ne sa"},
    {0x980, 0x9FF, "bn as"},
    {0xA00, 0xA7F, "pa"},
    {0xA80, 0xAFF, "gu"},
    {0xB00, 0xB7F, "or"},
    {0xB80, 0xBFF, "ta"},
    {0xC00, 0xC7F, "te"},
    {0xC80, 0xCFF, "kn"},
    {0xD00, 0xD7F, "ml"},
    {0xD80, 0xDFF, "si"},
    {0xE00, 0xE7F, "th"},
    {0xE80, 0xEFF, "lo"},
    {0x1000, 0x109F, "my"},
    {0x10A0, 0x10FF, "ka"},
    {0x1200, 0x137F, "am ti"},
    {0x1780, 0x17FF, "km"},
    {0x3040, 0x30FF, "ja"},
    {0x4E00, 0x9FFF, "zh ja yue"},
    {0xAC00, 0xD7AF, "ko"},
};
/* clang-format on */
enum {
    N_LANGUAGES = sizeof languages / sizeof *languages,
    N_SCRIPTS = sizeof scripts / sizeof *scripts,
    N_GROUPS = sizeof groups / sizeof *groups,
    NO_SCRIPT = N_SCRIPTS,
    LATIN = 0,
    LATIN_MORE = 1
};
_Static_assert(N_LANGUAGES <= 64, "a bit for each");

/* Words are known by their hash alone. */
struct clean_languages {
    struct {
        uint64_t hash, mask; /* a bit for each language that has it */
    } slots[N_SLOTS];
};

static uint64_t hash_byte(uint64_t hash, unsigned char c)
{
    return (hash ^ c) * UINT64_C(0x100000001B3);
}

static const uint64_t hash_start = UINT64_C(0xCBF29CE484222325);

static size_t find_slot(const struct clean_languages *l, uint64_t hash)
{
    size_t i = (size_t)(hash ^ hash >> 32) & (N_SLOTS - 1);
    while (l->slots[i].mask && l->slots[i].hash != hash)
        i = (i + 1) & (N_SLOTS - 1);
    return i;
}

struct clean_languages *clean_languages_new(void)
{
    struct clean_languages *l = calloc(1, sizeof *l);
    for (size_t k = 0; l && k < N_LANGUAGES; k++) {
        pl_str rest = {languages[k].words, strlen(languages[k].words)}, word;
        while (clean_split(&rest, ' ', &word)) {
            uint64_t hash = hash_start;
            for (size_t i = 0; i < word.len; i++)
                hash = hash_byte(hash, (unsigned char)word.ptr[i]);
            size_t i = find_slot(l, hash);
            l->slots[i].hash = hash;
            l->slots[i].mask |= UINT64_C(1) << k;
        }
    }
    return l;
}

void clean_languages_free(struct clean_languages *l)
{
    free(l);
}

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

static bool is_code_of(const char *codes, pl_str code)
{
    return clean_in_list(codes, code);
}

/* What most letters belong to, if it is clear. */
static size_t find_script(pl_str text)
{
    size_t counts[N_SCRIPTS] = {0}, letters = 0;
    for (const char *p = text.ptr, *end = clean_end(text); p < end;) {
        uint32_t c = clean_utf8_next(&p, end);
        if (c < 0x80 ? (c | 32) - 'a' >= 26 : !clean_is_letter(c))
            continue;
        letters++;
        for (size_t i = c < 0x250 ? LATIN : LATIN_MORE; i < N_SCRIPTS; i++)
            if (c >= scripts[i].first && c <= scripts[i].last) {
                counts[i == LATIN_MORE ? LATIN : i]++;
                break;
            }
    }
    /* Japanese is written with Han too: kana, a tenth of the letters, tell it. */
    for (size_t i = 0; i < N_SCRIPTS && letters >= MIN_LETTERS; i++)
        if (counts[i] * (scripts[i].first == 0x3040 ? 10 : 2) > letters)
            return i;
    return NO_SCRIPT;
}

static bool is_between(uint32_t c)
{
    return c < 0x80
               ? !((c | 32) - 'a' < 26 || c - '0' < 10)
               : clean_is_space(c) || (c >= 0xA0 && c < 0xC0) || (c >= 0x2000 && c < 0x2070) ||
                     (c >= 0x3000 && c < 0x3030) || c == 0x60C || c == 0x61B || c == 0x61F || c == 0x6D4 || c == 0x964;
}

struct tally {
    uint32_t points[N_LANGUAGES], hits[N_LANGUAGES];
    uint32_t words;
};

static void add_word(const struct clean_languages *l, struct tally *t, uint64_t hash)
{
    uint64_t mask = l->slots[find_slot(l, hash)].mask;
    uint32_t sharing = 0;
    t->words++;
    for (uint64_t m = mask; m; m &= m - 1)
        sharing++;
    for (size_t k = 0; mask; k++, mask >>= 1)
        if (mask & 1) {
            t->points[k] += 60 / sharing;
            t->hits[k]++;
        }
}

static void count_words(const struct clean_languages *l, pl_str text, struct tally *t)
{
    uint64_t hash = hash_start;
    size_t len = 0;
    for (const char *p = text.ptr, *end = clean_end(text); p < end;) {
        uint32_t c = clean_utf8_next(&p, end);
        if (is_between(c)) {
            if (len && len <= MAX_WORD)
                add_word(l, t, hash);
            else
                t->words += len > 0;
            hash = hash_start;
            len = 0;
            continue;
        }
        char bytes[4];
        size_t n = clean_utf8_put(bytes, c < 0x80 ? (c - 'A' < 26 ? c + 32 : c) : clean_lower(c));
        for (size_t i = 0; i < n; i++)
            hash = hash_byte(hash, (unsigned char)bytes[i]);
        len += n;
    }
}

/* The language of most points; N_LANGUAGES when none has any. */
static size_t best_of(const struct tally *t, size_t but)
{
    size_t best = N_LANGUAGES;
    for (size_t k = 0; k < N_LANGUAGES; k++)
        if (k != but && t->points[k] && (best == N_LANGUAGES || t->points[k] > t->points[best]))
            best = k;
    return best;
}

/* "-": none. */
static pl_str first_code(const char *codes)
{
    size_t n = strcspn(codes, " ");
    return *codes == '-' ? PL_S("") : (pl_str){codes, n};
}

static pl_str start_of(pl_str text)
{
    return text.len > MAX_BYTES ? clean_slice(text, 0, MAX_BYTES) : text;
}

pl_str clean_lang_guess(const struct clean_languages *l, pl_str text)
{
    struct tally t = {.words = 0};
    text = start_of(text);
    size_t script = find_script(text);
    if (script == NO_SCRIPT)
        return PL_S("");
    count_words(l, text, &t);
    size_t best = best_of(&t, N_LANGUAGES), second = best_of(&t, best);
    bool sure = best < N_LANGUAGES && t.words >= MIN_WORDS && t.hits[best] * 16 > t.words &&
                (second == N_LANGUAGES || t.points[best] > t.points[second]) &&
                is_code_of(scripts[script].codes, languages[best].code);
    return sure ? languages[best].code : first_code(scripts[script].codes);
}

static bool are_close(pl_str a, pl_str b)
{
    for (size_t i = 0; i < N_GROUPS; i++)
        if (is_code_of(groups[i], a) && is_code_of(groups[i], b))
            return true;
    return false;
}

/* Is what is declared never written in this script, but in others? */
static bool is_other_script(pl_str code, size_t script)
{
    bool known = false;
    for (size_t i = 0; i < N_SCRIPTS; i++) {
        bool here = is_code_of(scripts[i].codes, code);
        if (here && i == script)
            return false;
        known |= here;
    }
    return known;
}

pl_str clean_lang_check(const struct clean_languages *l, pl_str declared, pl_str text)
{
    struct tally t = {.words = 0};
    if (!declared.len)
        return clean_lang_guess(l, text);
    text = start_of(text);
    size_t script = find_script(text);
    if (script == NO_SCRIPT)
        return declared;
    if (is_other_script(declared, script))
        return clean_lang_guess(l, text);
    count_words(l, text, &t);
    size_t best = best_of(&t, N_LANGUAGES), said = 0;
    while (said < N_LANGUAGES && !clean_equal(languages[said].code, declared))
        said++;
    if (best == N_LANGUAGES || best == said || t.words < CLEAR_WORDS || are_close(declared, languages[best].code) ||
        !is_code_of(scripts[script].codes, languages[best].code))
        return declared;
    /* Of a language that we know the words are counted too; of another we know only that this one fits well. */
    bool clear = said < N_LANGUAGES ? t.points[best] > 3 * t.points[said] && t.hits[best] * 8 > t.words
                                    : t.hits[best] * 4 > t.words && t.points[best] > 30 * t.hits[best];
    return clear ? languages[best].code : declared;
}
