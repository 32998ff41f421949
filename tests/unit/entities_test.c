/* entities_test.c - names, their chains, titles and dates in invented news. */
#include "entities_told.h"

#include "entities_chain.h"

static int set_up(void **state)
{
    *state = gazetteer_new();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    gazetteer_free(*state);
    return 0;
}

struct example {
    const char *text, *expected;
};

#define RUN(cases, what) \
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) \
    assert_told(*state, cases[i].text, what, cases[i].expected)

static void test_persons(void **state)
{
    static const struct example cases[] = {
        {"The mayor met Ingrid Halvorsen on the quay.", "PER[Ingrid Halvorsen]"},
        {"The verdict surprised Mr. Okonkwo and Mrs. Tan.", "PER[Okonkwo] PER[Tan]"},
        {"He called the striker Pedro Almeida da Costa a friend.", "PER[Pedro Almeida da Costa]"},
        {"The cleric Haidar al-Najafi spoke first.", "PER[Haidar al-Najafi]"},
        {"Police said Jean-Luc Moreau, 45, was driving.", "PER[Jean-Luc Moreau]"},
        {"They heard J. R. Whitcombe sing.", "PER[J. R. Whitcombe]"},
        {"Theresa May and April Ryan met on the bridge.", "PER[Theresa May] PER[April Ryan]"},
        {"Will Harding said he was tired.", "PER[Will Harding]"},
        {"Tabitha Mwangi’s brother left.", "PER[Tabitha Mwangi]"},
    };
    RUN(cases, TOLD_NAMES);
}

static void test_places(void **state)
{
    static const struct example cases[] = {
        {"A ship left Rotterdam for the United States.", "LOC[Rotterdam] LOC[United States]"},
        {"Fighting went on in Qarsheh and near Tel Bazan.", "LOC[Qarsheh] LOC[Tel Bazan]"},
        {"The village of Obermoos lies in the Inn Valley.", "LOC[Obermoos] LOC[Inn Valley]"},
        {"Flooding closed the Rundu Bridge and Lake Korba.", "LOC[Rundu Bridge] LOC[Lake Korba]"},
        {"LAGOS - The port reopened.", "LOC[LAGOS]"},
        {"The London-based firm left the US-led talks.", "LOC[London] LOC[US]"},
    };
    RUN(cases, TOLD_NAMES);
}

static void test_organisations(void **state)
{
    static const struct example cases[] = {
        {"The Ministry of Health and Population closed it.", "ORG[Ministry of Health and Population]"},
        {"The Iraqi Interior Ministry denied it.", "ORG[Iraqi Interior Ministry]"},
        {"He works for the University of Tartu.", "ORG[University of Tartu]"},
        {"Shares of Brandt & Sohn fell.", "ORG[Brandt & Sohn]"},
        {"The newspaper Al Marsad wrote about the UN.", "ORG[Al Marsad] ORG[UN]"},
        {"The Food and Drug Safety Agency approved it.", "ORG[Food and Drug Safety Agency]"},
        {"The Northern Fisheries Council (NFC) met. Later the NFC voted.",
         "ORG[Northern Fisheries Council] ORG[NFC>Northern Fisheries Council] ORG[NFC>Northern Fisheries Council]"},
    };
    RUN(cases, TOLD_NAMES);
}

static void test_others(void **state)
{
    static const struct example cases[] = {
        {"The French team won the World Cup in extra time.", "NORP[French] MISC[World Cup]"},
        {"It was shown at the Bergen Film Festival.", "MISC[Bergen Film Festival]"},
        {"South Korean and Sri Lankan officials met Muslims.", "NORP[South Korean] NORP[Sri Lankan] NORP[Muslims]"},
        {"Ministers signed the Treaty of Aarhus.", "MISC[Treaty of Aarhus]"},
    };
    RUN(cases, TOLD_NAMES);
}

/* Capitals that make no name. */
static void test_no_names(void **state)
{
    static const struct example cases[] = {
        {"Police said nothing. Officials left. However, it rained.", ""},
        {"The President and the Prime Minister agreed.", ""},
        {"The Minister of State left.", ""},
        {"I think the TV was on. OK?", ""},
        {"On Monday, in March, nobody came.", ""},
        {"He believes in Harvest. She trusts in Harvest. The harvest was poor.", ""},
        {"", ""},
        {"  \n\n ", ""},
    };
    RUN(cases, TOLD_NAMES);
}

/* In a headline every word has its capital. */
static void test_headlines(void **state)
{
    static const struct example cases[] = {
        {"Halvorsen Promises New Harbour For Norway\n\nPrime Minister Ingrid Halvorsen promised a harbour.",
         "PER[Halvorsen>Ingrid Halvorsen] LOC[Norway] PER[Ingrid Halvorsen]"},
        {"How Ruth Moss Thinks About Oslo\n\nThe party chose Ruth Moss.",
         "PER[Ruth Moss] LOC[Oslo] PER[Ruth Moss>Ruth Moss]"},
        {"STORM CLOSES PORT OF LAGOS AGAIN", "LOC[LAGOS]"},
    };
    RUN(cases, TOLD_NAMES);
}

static void test_titles(void **state)
{
    static const struct example cases[] = {
        {"US Secretary of State Antony Blinken called.",
         "LOC[US] PER[Antony Blinken] title[US Secretary of State>Antony Blinken]"},
        {"Iraqi Prime Minister Mustafa Al-Kadhimi left.",
         "NORP[Iraqi] PER[Mustafa Al-Kadhimi] title[Prime Minister>Mustafa Al-Kadhimi]"},
        {"The letter went to Mr. Okonkwo.", "PER[Okonkwo] title[Mr.>Okonkwo]"},
        {"Norway's former deputy prime minister Ingrid Halvorsen left.",
         "LOC[Norway] PER[Ingrid Halvorsen] title[former deputy prime minister>Ingrid Halvorsen]"},
        {"Minister of Foreign Affairs Lars Dahl left.", "PER[Lars Dahl] title[Minister of Foreign Affairs>Lars Dahl]"},
        {"Salma Haddad, director of the Museum of Tunis, spoke.",
         "PER[Salma Haddad] ORG[Museum of Tunis] title[director of the Museum of Tunis>Salma Haddad]"},
        {"UN Secretary-General Kofi Mensah left.", "ORG[UN] PER[Kofi Mensah] title[UN Secretary-General>Kofi Mensah]"},
        {"The vote of Anna Berg, of Oslo, decided it.", "PER[Anna Berg] LOC[Oslo]"},
        {"She thanked Anna Berg, President Jonas Lund and others.",
         "PER[Anna Berg] PER[Jonas Lund] title[President>Jonas Lund]"},
    };
    RUN(cases, TOLD_NAMES | TOLD_TITLES);
}

/* Of names that may be found or not. */
static void test_more_titles(void **state)
{
    static const struct example cases[] = {
        {"The chief executive Ingrid Dahl and deputy mayor Ole Vik left.",
         "title[chief executive>Ingrid Dahl] title[deputy mayor>Ole Vik]"},
        {"Norway's mayor, Ole Vik, left. A spokesman for the UN, Lars Dahl, said so.",
         "title[mayor>Ole Vik] title[spokesman for the UN>Lars Dahl]"},
        {"Lars Dahl, the council's regional adviser on trade, left with Ole Vik, who is mayor of Oslo.",
         "title[regional adviser on trade>Lars Dahl] title[mayor of Oslo>Ole Vik]"},
        {"President of Ukraine Olha Koval left with Director of Public Prosecutions Max Hill.",
         "title[President of Ukraine>Olha Koval] "
         "title[Director of Public Prosecutions>Max Hill]"},
        {"They met Lamar County Judge Elena Castillo and the chief economist Max Hill.",
         "title[Lamar County Judge>Elena Castillo] "
         "title[chief economist>Max Hill]"},
        {"Homeland Security Secretary Max Hill met interim UN envoy Ole Vik.",
         "title[Homeland Security Secretary>Max Hill] title[interim UN envoy>Ole Vik]"},
        {"Max Hill, a former Mexican foreign minister, met Ole Vik, director of Brandt Steel and president of the "
         "bank.",
         "title[former Mexican foreign minister>Max Hill] title[director of Brandt Steel and president of the bank>Ole "
         "Vik]"},
        {"Max Hill, the Norwegian finance minister, met Anna Berg MP and a ministry spokesman, Ole Vik.",
         "title[finance minister>Max Hill] title[MP>Anna Berg] title[ministry spokesman>Ole Vik]"},
        {"Max Hill, head of the union's legal department, met Ole Vik (chairman of the council).",
         "title[head of the union's legal department>Max Hill] title[chairman of the council>Ole Vik]"},
        {"Lt Col Anna Berg said so. Fire chief Ole Vik met Max Hill, minister of health and education in Oslo.",
         "title[Lt Col>Anna Berg] title[Fire chief>Ole Vik] title[minister of health and education in Oslo>Max Hill]"},
        {"The head of Sony and Max Hill left with the chairman of Mr. Vik's campaign.", "title[Mr.>Vik]"},
        {"Presidents Joe Biden and Vladimir Putin met.",
         "title[Presidents>Joe Biden] title[Presidents>Vladimir Putin]"},
        {"Anna Berg, a doctor at Oslo Hospital, met Lars Dahl, CEO and co-founder of Brandt Steel Ltd.",
         "title[CEO and co-founder of Brandt Steel Ltd.>Lars Dahl]"},
    };
    RUN(cases, TOLD_TITLES);
}

/* What is one name though its parts look otherwise, and what only looks like a person. */
static void test_whole_names(void **state)
{
    static const struct example cases[] = {
        {"They met Kim Eun-ji and a Kim Jong-led delegation.", "PER[Kim Eun-ji] PER[Kim Jong]"},
        {"They met Solange Fournier d'Aubigny and Pierre Moreau d’Or in Lyon.",
         "PER[Solange Fournier d'Aubigny] PER[Pierre Moreau d’Or] LOC[Lyon]"},
        {"They met Ole “Big Boss” Vik and Anna Berg.", "PER[Ole “Big Boss” Vik] PER[Anna Berg]"},
        {"He told Anna Berg “No” and left.", "PER[Anna Berg]"},
        {"They met Doña Carmen Vik and Dona Vik.", "PER[Carmen Vik] PER[Dona Vik]"},
    };
    RUN(cases, TOLD_NAMES);
}

/* Titles with words that are in no list. */
static void test_unlisted_titles(void **state)
{
    static const struct example cases[] = {
        {"Union Harvest Minister Ole Vik left with plant manager Max Hill. Panchayat president Anna Berg stayed.",
         "title[Union Harvest Minister>Ole Vik] title[plant manager>Max Hill] title[Panchayat president>Anna Berg]"},
        {"Like President Ole Vik, nobody told manager Max Hill.", "title[President>Ole Vik] title[manager>Max Hill]"},
        {"The inquiry chairman, Sir Max Hill, met Ole Vik, the goalkeeping coach.",
         "title[inquiry chairman>Max Hill] title[Sir>Max Hill] title[goalkeeping coach>Ole Vik]"},
        {"The bank, whose regional head, Ole Vik, resigned, paid Max Hill, a former Basque Country assistant coach.",
         "title[regional head>Ole Vik] title[former Basque Country assistant coach>Max Hill]"},
        {"Texas Gov. Max Hill met U.S. Sen. Ole Vik, the city council's finance chief, and in Oslo Mrs. Anna Berg.",
         "title[Texas Gov.>Max Hill] title[U.S. Sen.>Ole Vik] title[finance chief>Ole Vik] title[Mrs.>Anna Berg]"},
        {"President-designate Max Hill met Ole Vik KC, counsel to the inquiry.",
         "title[President-designate>Max Hill] title[KC>Ole Vik] title[counsel to the inquiry>Ole Vik]"},
        {"Max Hill, chairman of the supervisory board of carmaker Brandt Motors AG, met Ole Vik, foreign minister of "
         "the shadow National Unity Government.",
         "title[chairman of the supervisory board of carmaker Brandt Motors AG>Max Hill] "
         "title[foreign minister of the shadow National Unity Government>Ole Vik]"},
        {"Max Hill, director of the Museum of Tunis in Sousse, met Ole Vik, an adviser to the Clinton campaign.",
         "title[director of the Museum of Tunis>Max Hill] title[adviser to the Clinton campaign>Ole Vik]"},
        {"Said UN founder and president, Ole Vik: no. Director of the Brandt Museum, Max Hill, left with my science "
         "adviser, Anna Berg.",
         "title[UN founder and president>Ole Vik] title[Director of the Brandt Museum>Max Hill] "
         "title[science adviser>Anna Berg]"},
        {"They met Ole Vik, now the Senate majority leader, and in Oslo mayors, Max Hill says, are rare.",
         "title[Senate majority leader>Ole Vik]"},
        {"Under fire Mr. Vik met Daw Anna Berg and the head of the state oil firm, Max Hill.",
         "title[Mr.>Vik] title[Daw>Anna Berg] title[head of the state oil firm>Max Hill]"},
    };
    RUN(cases, TOLD_TITLES);
}

static void test_chains(void **state)
{
    static const struct example cases[] = {
        /* before and after the full name, with and without the small words */
        {"Kadhimi spoke. Mustafa Al-Kadhimi left. Al-Kadhimi and Mr. Kadhimi are one.",
         "PER[Kadhimi>Mustafa Al-Kadhimi] PER[Mustafa Al-Kadhimi] PER[Al-Kadhimi>Mustafa Al-Kadhimi] "
         "PER[Kadhimi>Mustafa Al-Kadhimi]"},
        /* one surname, two persons */
        {"Anna Berg met Jonas Berg. Mrs. Berg smiled. Mr. Berg did not.",
         "PER[Anna Berg] PER[Jonas Berg] PER[Berg>Anna Berg] PER[Berg>Jonas Berg]"},
        {"Anna Berg spoke in Oslo. Berg was clear. Jonas Berg spoke in Bergen. Berg was not.",
         "PER[Anna Berg] LOC[Oslo] PER[Berg>Anna Berg] PER[Jonas Berg] LOC[Bergen] PER[Berg>Jonas Berg]"},
        /* forms of one name */
        {"Joseph R. Whitcombe came late. Joe Whitcombe laughed, and Whitcombe left.",
         "PER[Joseph R. Whitcombe] PER[Joe Whitcombe>Joseph R. Whitcombe] PER[Whitcombe>Joseph R. Whitcombe]"},
        {"The US and the United States are one; so are the U.S. and America.",
         "LOC[US>United States] LOC[United States] LOC[U.S.>United States] LOC[America>United States]"},
        {"The State Department said so. The US State Department did not.",
         "ORG[State Department>US State Department] ORG[US State Department]"},
        {"LAGOS - The port of Lagos reopened.", "LOC[LAGOS>Lagos] LOC[Lagos]"},
        {"A storm hit Paris, Texas. In Paris, France, nobody knew.", "LOC[Paris] LOC[Texas] LOC[Paris] LOC[France]"},
        {"Brandt Steel Ltd grew. Brandt Steel shrank.", "ORG[Brandt Steel Ltd] ORG[Brandt Steel>Brandt Steel Ltd]"},
        {"The WHO (World Health Organization) met.",
         "ORG[WHO>World Health Organization] ORG[World Health Organization]"},
        {"The Ministry of Defence denied it. The Defence Ministry was wrong.",
         "ORG[Ministry of Defence] ORG[Defence Ministry>Ministry of Defence]"},
        {"Police searched the Bank of England. England was shocked, and North Korea, not South Korea, was glad.",
         "ORG[Bank of England] LOC[England] LOC[North Korea] LOC[South Korea]"},
        {"France signed it with Iraq. Ghana and Japan did not.", "LOC[France] LOC[Iraq] LOC[Ghana] LOC[Japan]"},
        {"Danes and Danish ships, British and English ones.",
         "NORP[Danes] NORP[Danish>Danes] NORP[British] NORP[English]"},
        {"George W. Bush spoke of George H. W. Bush.", "PER[George W. Bush] PER[George H. W. Bush]"},
        {"Donald Trump Jr. spoke of Donald Trump.", "PER[Donald Trump Jr.] PER[Donald Trump]"},
        {"President Berg spoke. It rained. It snowed. It rained. The singer Anna Berg sang. Berg smiled.",
         "PER[Berg] PER[Anna Berg] PER[Berg>Anna Berg]"},
        {"Goh Wei Ling smiled. Alex Tan left. Goh sang.", "PER[Goh Wei Ling] PER[Alex Tan] PER[Goh>Goh Wei Ling]"},
        {"Pieter van Wyk smiled. Van Wyk sang.", "PER[Pieter van Wyk] PER[Van Wyk>Pieter van Wyk]"},
        {"Senator Anna Berg met Mayor Jonas Berg. Senator Berg left.",
         "PER[Anna Berg] PER[Jonas Berg] PER[Berg>Anna Berg]"},
    };
    RUN(cases, TOLD_NAMES);
}

/* The word at each capital is a mention; `types` has a letter for each, `titled` whether the first has a title. */
static void link_words(const struct gazetteer *gaz, const char *text, const char *types, bool titled, char *got)
{
    static const char letters[] = "POLM"; /* in the order of enum entity_type */
    struct arena arena = {0};
    struct document d = {.arena = &arena, .gaz = gaz, .text = text, .len = strlen(text)};
    struct mention at[8] = {0};
    struct mentions m = {at, 0};
    struct title title = {.begin = 0, .end = 1, .first = 0, .last = 0, .person = 0};
    const struct titles t = {&title, titled};
    assert_true(document_tokenise(&d));
    for (size_t i = 0; i < d.n_tokens; i++)
        if (d.tokens[i].flags & TOKEN_CAPITAL) {
            const uint8_t type = (uint8_t)(strchr(letters, types[m.n]) - letters);
            at[m.n++] = (struct mention){d.tokens[i].begin, d.tokens[i].end, (uint32_t)i, (uint32_t)i,
                                         NO_MENTION,        .score = .8f,    .type = type};
        }
    assert_true(chains_link(&d, &m, &t));
    for (size_t i = 0; i < m.n; i++) {
        *got++ = letters[at[i].type];
        *got++ = (char)('0' + at[i].chain);
    }
    *got = '\0';
    arena_done(&arena);
}

/* Short forms that are told, relatives, firms. */
static void test_aliases(void **state)
{
    static const struct example cases[] = {
        {"The Federal Coal Authority (KoFin) waits. KoFin has time.",
         "ORG[Federal Coal Authority] ORG[KoFin>Federal Coal Authority] ORG[KoFin>Federal Coal Authority]"},
        {"The National Harbour Management Agency (Nahma) waits. Nahma has time.",
         "ORG[National Harbour Management Agency] ORG[Nahma>National Harbour Management Agency] "
         "ORG[Nahma>National Harbour Management Agency]"},
        {"The National Union Party, known as the PUNX, waits.",
         "ORG[National Union Party] ORG[PUNX>National Union Party]"},
        {"The National Union Party (Oslo) waits.", "ORG[National Union Party] ORG[Oslo]"},
        {"Peter Vik, known as Johnny Moss, met Anna Berg, called Johnny Moss and left.",
         "PER[Peter Vik] PER[Johnny Moss>Peter Vik] PER[Anna Berg] PER[Johnny Moss>Peter Vik]"},
        {"Ole Vik left. Anna Vik, Vik's aunt, stayed.", "PER[Ole Vik] PER[Anna Vik] PER[Vik>Ole Vik]"},
        {"They bought Kessler AG. Mr. Moss thinks Kessler is dear.",
         "ORG[Kessler AG] PER[Moss] ORG[Kessler>Kessler AG]"},
    };
    RUN(cases, TOLD_NAMES);
}

/* One thing that was taken for several. */
static void test_votes(void **state)
{
    char got[32];
    link_words(*state, "Qorvat won, and Qorvat lost, and Qorvat drew", "OPO", false, got);
    assert_string_equal(got, "O0O0O0");
    link_words(*state, "Qorvat won, and Qorvat lost, and Qorvat drew", "POO", true, got); /* Mr. Qorvat owns Qorvat */
    assert_string_equal(got, "P0O1O1");
    link_words(*state, "Oslo won, and Oslo lost", "LO", false, got);
    assert_string_equal(got, "L0L0");
}

/* Only what is certain. */
static void test_references(void **state)
{
    static const struct example cases[] = {
        {"Anna Berg left. She said that her boat was ready.", "She>Anna Berg her>Anna Berg"},
        {"Anna Berg left. He was glad.", ""},
        {"Jonas Lund met Lars Dahl. He was glad.", ""},
        {"Anna Berg met Jonas Lund. He was glad, and she was not.", "He>Jonas Lund she>Anna Berg"},
        {"Jonas Lund met a man from Bergen. He was glad.", ""},
        {"Jonas Lund, a doctor, was there. He was glad.", "He>Jonas Lund"},
        {"Jonas Lund thanked him.", ""},
        {"Jonas Lund left. \"He was glad,\" a friend said.", ""},
        {"Jonas Lund left. \"I was glad,\" he said.", "he>Jonas Lund"},
        /* who spoke last goes on, whomever he speaks of, unless somebody else came since */
        {"Jonas Lund said that Lars Dahl had left. \"I was glad,\" he added.", "he>Jonas Lund"},
        {"Jonas Lund said that Lars Dahl had left. Ole Vik came. \"I was glad,\" he added.", "he>Ole Vik"},
        {"Jonas Lund said that Lars Dahl had left. Ole Vik met Max Hill. \"I was glad,\" he added.", ""},
        {"Jonas Lund said that Lars Dahl had left. He was glad.", ""},
        {"Jonas Lund left. In his speech, Lars Dahl was glad.", ""},
        {"Jonas Lund left. It rained. It snowed. It rained. It snowed. He was glad.", ""},
        {"Prime Minister Ingrid Halvorsen spoke. The prime minister left.", "prime minister>Ingrid Halvorsen"},
        {"Minister Ingrid Halvorsen met Minister Lars Dahl. The minister left.", ""},
        {"Vice President Ingrid Halvorsen spoke. The president left.", ""},
        {"Judge Ingrid Halvorsen spoke. The judge advocate left.", ""},
        {"Brandt Steel Ltd. closed a plant. The company said that it would reopen it.", "company>Brandt Steel Ltd."},
        {"The Interior Ministry closed a plant. The company was glad.", ""},
        {"Norway closed its border, but Sweden and its lakes stayed.", "its>Norway"},
        {"In Oslo, the Interior Ministry, which met on Sunday, will read its report.", "its>Interior Ministry"},
        {"The Interior Ministry refused. Its lawyers left, and it was late.", "Its>Interior Ministry"},
        {"Anna Berg, whose mother was ill, said she was tired.", "she>Anna Berg"},
        {"The National Army was there. The army was late.", ""},
        {"The Interior Ministry denied it. The ministry had no figures.", "ministry>Interior Ministry"},
        {"The Interior Ministry met the Defence Ministry. The ministry had no figures.", ""},
        {"Anna Berg met Jonas Lund and Lars Dahl, the latter in Oslo.", "latter>Lars Dahl"},
        {"Anna Berg called Jonas Lund after the fire at the latter’s house.", "latter>Jonas Lund"},
        {"Anna Berg called Jonas Lund about Lars Dahl after the fire at the latter’s house.", ""},
        {"Anna Berg met Jonas Lund and Lars Dahl. The former president was there. The former is glad.", ""},
    };
    RUN(cases, TOLD_REFERENCES);
}

static void test_dates(void **state)
{
    static const struct example cases[] = {
        {"Oslo, Nov 8 : It rained on Sunday.", "DATE[Nov 8] DATE[Sunday]"},
        {"From 21 March 1962 to July 4, 1976, and in May 1980.",
         "DATE[21 March 1962] DATE[July 4, 1976] DATE[May 1980]"},
        {"On Monday, March 3, at 10:30 a.m. GMT it began.", "DATE[Monday, March 3] TIME[10:30 a.m. GMT]"},
        {"He left last year, two weeks ago or yesterday.", "DATE[last year] DATE[two weeks ago] DATE[yesterday]"},
        {"In 1998 and the 1990s, not 1998 people.", "DATE[1998] DATE[1990s]"},
        {"Signed 2021-11-08, posted 8/11/2021.", "DATE[2021-11-08] DATE[8/11/2021]"},
        {"It may march on the second of the month at 8am on Sunday morning.", "TIME[8am] TIME[Sunday morning]"},
        {"May I leave in May?", "DATE[May]"},
        {"The Sun rose, and the Mar Hotel opened.", ""},
    };
    RUN(cases, TOLD_DATES);
}

static void test_country_of_nationality(void **state)
{
    struct arena arena = {0};
    struct document d;
    struct article a;
    const struct article_options none = {.dates = false};
    const char *text = "Iraqi and Dutch crews met on Sunday.";
    assert_true(article_mark(&arena, *state, text, strlen(text), &none, &d, &a));
    assert_int_equal(a.mentions.n, 2); /* and no date, as asked */
    static const char *const homes[] = {"Iraq", "Netherlands"};
    for (size_t i = 0; i < 2; i++) {
        size_t len;
        const char *home = gazetteer_home(*state, a.mentions.at[i].home, &len);
        assert_int_equal(len, strlen(homes[i]));
        assert_memory_equal(home, homes[i], len);
    }
    arena_done(&arena);
}

/* The rules bound how far they look: a run of capitals, of commas, of one word. */
static void test_odd_shapes(void **state)
{
    static const char *const units[] = {"Anna ",   "Bank of ", "A.",  "President ", "Anna, ", "\n",
                                        "of the ", "Mr. ",     "Al-", "'",          "1962 "};
    char text[60000];
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        struct arena arena = {0};
        struct document d;
        struct article a;
        const struct article_options all = {.dates = true, .titles = true, .references = true, .quotes = true};
        size_t n = strlen(units[i]), len = 0;
        for (; len + n <= sizeof text; len += n)
            memcpy(text + len, units[i], n);
        assert_true(article_mark(&arena, *state, text, len, &all, &d, &a));
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_persons),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_organisations),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_no_names),
        cmocka_unit_test(test_headlines),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_more_titles),
        cmocka_unit_test(test_unlisted_titles),
        cmocka_unit_test(test_whole_names),
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_votes),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_country_of_nationality),
        cmocka_unit_test(test_odd_shapes),
    };
    return cmocka_run_group_tests_name("entities", tests, set_up, tear_down);
}
