/* clean_plain_test.c - scraped plain text: what is taken out before and behind the report, what stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_told.h"

static struct clean_arena arena;
static struct clean_words words;

/* Two paragraphs of a report, for the rows to put things around. */
#define REPORT \
    "The town council of Varberg voted on Tuesday to keep its last sawmill open, ending a dispute of nine years.\n\n" \
    "“We have bought time, not a future,” said Mayor Karin Lindqvist after the vote, which passed by two hands."

static void takes_text_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *title; /* in; title as known before */
        const char *field, *expected;
    } rows[] = {
        {"Sawmill stays open\n\nNordic Daily News\n\nVARBERG, May 4 : " REPORT
         "\n\n\nLeave a Reply\n\nYour email address will "
         "not be published. Required fields are marked *",
         "", "text", "VARBERG, May 4 : " REPORT},
        {"Sawmill stays open\n\nNordic Daily News\n\n" REPORT, "", "title", "Sawmill stays open"},
        {"Sawmill stays open\n\nNordic Daily News\n\n" REPORT, "", "site", "Nordic Daily News"},
        {"Sawmill stays open\n\nhallandsposten.example\n\n" REPORT, "", "site", "hallandsposten.example"},
        {"Sawmill stays open\n\n" REPORT, "", "site", ""},
        {"Sawmill stays open\n\nBy Astrid Holm and Per Ek\n\n" REPORT, "", "byline", "Astrid Holm|Per Ek"},
        {"Sawmill stays open\n\nBy Astrid Holm and Per Ek\n\n" REPORT, "", "text", REPORT},
        {"Sawmill stays open\n\nAstrid Holm\n\n" REPORT, "", "byline", "Astrid Holm"},
        {"Sawmill stays open\n\nStaff Reporter\n\n" REPORT, "", "text", REPORT},
        {"Sawmill stays open\n\nStaff Reporter\n\n" REPORT, "", "byline", ""},
        {"Sawmill stays open\n\nReuters\n\n" REPORT, "", "agency", "Reuters"},
        {"Sawmill stays open\n\nPublished: 4 May 2021, 10:15\n\n" REPORT, "", "published", "2021-05-04T10:15:00"},
        {"Sawmill stays open\n\nPublished: 4 May 2021, 10:15\n\n" REPORT, "", "text", REPORT},
        {"May 4, 2021\n\nSawmill stays open\n\n" REPORT, "", "title", "Sawmill stays open"},
        {"Share Tweet WhatsApp\n\nSawmill stays open\n\n" REPORT, "", "title", "Sawmill stays open"},
        {"VARBERG, May 4 (AP) - " REPORT, "", "dateline_place", "VARBERG"},
        {"VARBERG, May 4 (AP) - " REPORT, "", "dateline_date", "--05-04"},
        {"VARBERG, May 4 (AP) - " REPORT, "", "agency", "AP"},
        {"4 May 2021\n\nVARBERG, May 4 : " REPORT, "", "dateline_date", "2021-05-04"},
        {REPORT, "", "title", ""},
        {REPORT, "", "text", REPORT},
        {REPORT, "", "language", "en"},

        /* known headlines are kept: only the same words are taken out */
        {"Sawmill stays open!\n\n" REPORT, "Sawmill stays open", "text", REPORT},
        {"Sawmill stays open!\n\n" REPORT, "Sawmill stays open", "title", ""},
        {"A town’s long wait is over\n\n" REPORT, "Sawmill stays open", "text",
         "A town’s long wait is over\n\n" REPORT},

        /* tails */
        {REPORT "\n\nShare this:\n\nTwitter\n\nFacebook", "", "text", REPORT},
        {REPORT "\n\nRelated Posts\n\nA bridge too short\n\nFour roofs, one storm", "", "text", REPORT},
        {REPORT "\n\n0 Comments\n\nLog in to reply", "", "text", REPORT},
        {REPORT "\n\n© 2021 Nordic Daily News. All rights reserved.", "", "text", REPORT},
        {REPORT "\n\nKommentar schreiben\n\nDeine E-Mail-Adresse wird nicht veröffentlicht.", "", "text", REPORT},
        {REPORT "\n\nThe mayor made no comments.", "", "text", REPORT "\n\nThe mayor made no comments."},
        {REPORT
         "\n\nRelated news\n\nThe owners of the mill, who had asked for a grant, said they would now hire nine people.",
         "", "text",
         REPORT "\n\nRelated news\n\nThe owners of the mill, who had asked for a grant, said they would now hire nine "
                "people."},
        {"Share\n\nLeave a reply", "", "text", "Share\n\nLeave a reply"},

        /* lines */
        {"Sawmill stays open\n\nThe town council of Varberg voted on Tuesday to keep the last\nVarberg sawmill open, "
         "and with "
         "it the jobs of sixty families, who\nhad been told to look for work.\n\nA second vote, on the price of timber "
         "from "
         "the old woods of the\ntown, was put off to June.",
         "", "text",
         "The town council of Varberg voted on Tuesday to keep the last Varberg sawmill open, and with it the jobs of "
         "sixty "
         "families, who had been told to look for work.\n\nA second vote, on the price of timber from the old woods of "
         "the "
         "town, "
         "was put off to June."},
        {"Sawmill stays open\nThe council of Varberg voted on Tuesday to keep its last sawmill open, ending a long "
         "dispute.\nA second vote was put off to June by the chairman of the council, who was the only one to speak.",
         "", "text",
         "The council of Varberg voted on Tuesday to keep its last sawmill open, ending a long dispute.\n\nA second "
         "vote was "
         "put off to June by the chairman of the council, who was the only one to speak."},
        {REPORT "\n\nVotes for: 21\nVotes against: 19", "", "text", REPORT "\n\nVotes for: 21\nVotes against: 19"},
        {"\r\nSawmill\u00A0stays open\r\n\r\n\r\n\r\n" REPORT "\r\n", "", "text", REPORT},
        {"", "", "text", ""},
        {"*\n\n-", "", "text", "*\n\n-"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_article a;
        struct clean_known known = {.url = PL_S(""), .title = told_str(rows[i].title), .published = PL_S("")};
        assert_int_equal(clean_page_text(&a, told_str(rows[i].text), &known, &words, &arena), 0);
        told_field_is(&a, rows[i].field, rows[i].expected);
        clean_arena_reset(&arena);
    }
}

/* A report in its own language, and what sites of that language hang on: form, share bar, newsletter, copyright. */
static const struct {
    const char *report, *tails[6];
} languages[] = {
    {"The harbour board said on Monday that the old crane will stay where it is for another ten years at least.\n\n"
     "Engineers had found that moving it would cost more than the new pier, and nobody wanted to pay for that.",
     {"Leave a Reply\n\nYour email address will not be published. Required fields are marked *\n\nComment *\n\nName *",
      "Share this:\n\nFacebook\n\nTwitter\n\nWhatsApp",
      "Subscribe to our newsletter\n\nThe day's most important stories in your inbox every morning.\n\nSign up",
      "© 2023 Harbour Daily News. All rights reserved.\n\nTerms of use\n\nPrivacy policy",
      "Copyright 2023 Harbour Daily News"}},
    {"Die Hafenverwaltung teilte am Montag mit, dass der alte Kran noch mindestens zehn Jahre an seinem Platz bleibt.\n\n"
     "Fachleute hatten errechnet, dass ein Umzug teurer wäre als der neue Pier, und niemand wollte dafür bezahlen.",
     {"Schreiben Sie einen Kommentar\n\nIhre E-Mail-Adresse wird nicht veröffentlicht. Erforderliche Felder sind mit * markiert",
      "Diesen Artikel teilen\n\nFacebook\n\nTwitter", "Newsletter abonnieren\n\nJeden Morgen das Wichtigste vom Tage.",
      "© 2023 Küstenblatt. Alle Rechte vorbehalten.", "Melden Sie sich für unseren Newsletter an."}},
    {"La direction du port a annoncé lundi que la vieille grue resterait à sa place pendant encore dix ans au moins.\n\n"
     "Les ingénieurs avaient calculé que son déplacement coûterait plus cher que la nouvelle jetée, et personne ne voulait payer.",
     {"Laisser un commentaire\n\nVotre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *",
      "Partager cet article\n\nFacebook\n\nTwitter", "Abonnez-vous à notre newsletter\n\nChaque matin l'essentiel de l'actualité.",
      "© 2023 Le Courrier du Port. Tous droits réservés.\n\nMentions légales", "Suivez-nous sur Facebook"}},
    {"La autoridad del puerto anunció el lunes que la vieja grúa seguirá en su sitio durante al menos diez años más.\n\n"
     "Los ingenieros habían calculado que moverla costaría más que el nuevo muelle, y nadie quería pagar esa suma.",
     {"Deja una respuesta\n\nTu dirección de correo electrónico no será publicada. Los campos obligatorios están marcados con *",
      "Compartir en:\n\nFacebook\n\nWhatsApp", "Suscríbete a nuestro boletín\n\nCada mañana las noticias más importantes.",
      "© 2023 Diario del Puerto. Todos los derechos reservados.", "Síguenos en Facebook"}},
    {"L'autorità del porto ha annunciato lunedì che la vecchia gru resterà al suo posto per almeno altri dieci anni.\n\n"
     "Gli ingegneri avevano calcolato che spostarla sarebbe costato più del nuovo molo, e nessuno voleva pagare.",
     {"Lascia un commento\n\nIl tuo indirizzo email non sarà pubblicato. I campi obbligatori sono contrassegnati *",
      "Condividi su\n\nFacebook\n\nTwitter", "Iscriviti alla newsletter\n\nOgni mattina le notizie più importanti.",
      "© 2023 Gazzetta del Porto. Tutti i diritti riservati.", "© RIPRODUZIONE RISERVATA"}},
    {"A autoridade do porto anunciou na segunda-feira que o velho guindaste ficará no lugar por pelo menos mais dez anos.\n\n"
     "Os engenheiros tinham calculado que movê-lo custaria mais do que o novo cais, e ninguém queria pagar por isso.",
     {"Deixe um comentário\n\nO seu endereço de e-mail não será publicado. Campos obrigatórios são marcados com *",
      "Compartilhe\n\nFacebook\n\nWhatsApp", "Assine nossa newsletter\n\nTodas as manhãs as principais notícias.",
      "© 2023 Jornal do Porto Novo. Todos os direitos reservados.", "Siga-nos no Facebook"}},
    {"Het havenbestuur maakte maandag bekend dat de oude kraan nog minstens tien jaar op zijn plaats zal blijven staan.\n\n"
     "Ingenieurs hadden berekend dat verplaatsen meer zou kosten dan de nieuwe pier, en niemand wilde dat betalen.",
     {"Geef een reactie\n\nJe e-mailadres wordt niet gepubliceerd. Vereiste velden zijn gemarkeerd met *",
      "Deel dit artikel\n\nFacebook\n\nTwitter", "Schrijf je in voor onze nieuwsbrief\n\nElke ochtend het belangrijkste nieuws.",
      "© 2023 De Havenkrant. Alle rechten voorbehouden.", "Volg ons op Facebook"}},
    {"Zarząd portu ogłosił w poniedziałek, że stary dźwig pozostanie na swoim miejscu jeszcze przez co najmniej dziesięć lat.\n\n"
     "Inżynierowie obliczyli, że jego przeniesienie kosztowałoby więcej niż nowe molo, a nikt nie chciał za to zapłacić.",
     {"Dodaj komentarz\n\nTwój adres e-mail nie zostanie opublikowany. Wymagane pola są oznaczone *",
      "Udostępnij\n\nFacebook\n\nTwitter", "Zapisz się do newslettera\n\nCodziennie rano najważniejsze wiadomości.",
      "© 2023 Kurier Portowy. Wszelkie prawa zastrzeżone.", "Obserwuj nas na Facebooku"}},
    {"Администрация порта сообщила в понедельник, что старый кран останется на своём месте ещё по крайней мере десять лет.\n\n"
     "Инженеры подсчитали, что его перенос обойдётся дороже нового причала, и платить за это никто не захотел.",
     {"Добавить комментарий\n\nВаш адрес email не будет опубликован. Обязательные поля помечены *",
      "Поделиться\n\nFacebook\n\nTelegram", "Подпишитесь на нашу рассылку\n\nГлавные новости дня каждое утро.",
      "© 2023 Портовый вестник. Все права защищены.", "Читайте нас в Telegram"}},
    {"Liman idaresi pazartesi günü yaptığı açıklamada eski vincin en az on yıl daha yerinde kalacağını bildirdi.\n\n"
     "Mühendisler vinci taşımanın yeni iskeleden daha pahalıya geleceğini hesaplamıştı ve kimse bunu ödemek istemedi.",
     {"Bir yanıt yazın\n\nE-posta adresiniz yayınlanmayacak. Gerekli alanlar * ile işaretlenmişlerdir",
      "Bu haberi paylaş\n\nFacebook\n\nWhatsApp", "Bültenimize abone olun\n\nGünün en önemli haberleri her sabah.",
      "© 2023 Liman Gazetesi. Tüm hakları saklıdır.", "Bizi takip edin"}},
    {"Pengelola pelabuhan mengumumkan pada hari Senin bahwa derek tua itu akan tetap di tempatnya selama sepuluh tahun lagi.\n\n"
     "Para insinyur telah menghitung bahwa memindahkannya lebih mahal daripada dermaga baru, dan tidak ada yang mau membayar.",
     {"Tinggalkan Balasan\n\nAlamat email Anda tidak akan dipublikasikan. Ruas yang wajib ditandai *",
      "Bagikan artikel ini\n\nFacebook\n\nWhatsApp", "Berlangganan newsletter kami\n\nBerita terpenting setiap pagi.",
      "© 2023 Kabar Pelabuhan. Hak cipta dilindungi undang-undang.", "Ikuti kami di Facebook"}},
    {"Hamnstyrelsen meddelade på måndagen att den gamla kranen får stå kvar på sin plats i minst tio år till.\n\n"
     "Ingenjörerna hade räknat ut att en flytt skulle kosta mer än den nya piren, och ingen ville betala för det.",
     {"Lämna ett svar\n\nDin e-postadress kommer inte publiceras. Obligatoriska fält är märkta *",
      "Dela artikeln\n\nFacebook\n\nTwitter", "Prenumerera på vårt nyhetsbrev\n\nDagens viktigaste nyheter varje morgon.",
      "© 2023 Hamnbladet. Alla rättigheter förbehållna."}},
    {"Správa přístavu v pondělí oznámila, že starý jeřáb zůstane na svém místě ještě nejméně dalších deset let.\n\n"
     "Inženýři spočítali, že jeho přesun by stál víc než nové molo, a platit za to nikdo z nich nechtěl.",
     {"Napsat komentář\n\nVaše e-mailová adresa nebude zveřejněna. Vyžadované informace jsou označeny *",
      "Sdílet článek\n\nFacebook\n\nTwitter", "© 2023 Přístavní noviny. Všechna práva vyhrazena."}},
};
enum { N_LANGUAGES = sizeof languages / sizeof *languages };

/* The text that comes out of `text`, in `copy`. */
static void clean_into(char *copy, size_t size, const char *text)
{
    struct clean_article a;
    struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("")};
    assert_int_equal(clean_page_text(&a, told_str(text), &known, &words, &arena), 0);
    assert_true(a.text.len < size);
    snprintf(copy, size, "%.*s", (int)a.text.len, a.text.ptr);
    clean_arena_reset(&arena);
}

static void cuts_tails_of_many_languages(void **state)
{
    (void)state;
    char text[8192], out[8192];
    for (size_t i = 0; i < N_LANGUAGES; i++)
        for (size_t k = 0; languages[i].tails[k]; k++) {
            snprintf(text, sizeof text, "%s\n\n%s", languages[i].report, languages[i].tails[k]);
            clean_into(out, sizeof out, text);
            assert_string_equal(out, languages[i].report);
            /* two of them together */
            snprintf(text, sizeof text, "%s\n\n%s\n\n%s", languages[i].report, languages[i].tails[k],
                     languages[i].tails[0]);
            clean_into(out, sizeof out, text);
            assert_string_equal(out, languages[i].report);
        }
}

/* Pages as a scraper gives them, menus and all: the trees find the article in them. */
static void finds_articles_in_pages(void **state)
{
    (void)state;
    static const struct {
        const char *before, *article, *after, *title;
    } pages[] = {
        {"Skip to content\n\nHome\n\nNews\n\nSport\n\nBusiness\n\nCulture\n\nWeather\n\nSearch\n\nSign in\n\n"
         "Subscribe\n\nHome\n\nNews\n\nHarbour\n\nOld crane to stay at Northport harbour for ten more years\n\n"
         "By Tom Ashby\n\n14 May 2023\n\n4 min read\n\nShare\n\nFacebook\n\nTwitter\n\nWhatsApp",
         "The harbour board said on Monday that the old crane of Northport will stay where it is for another ten years, "
         "ending a dispute that had divided the town since the new pier was planned.\n\n"
         "Engineers had found that moving the crane would cost more than the pier itself, and neither the board nor the "
         "town council wanted to pay for that, according to papers seen by this newspaper.\n\n"
         "“It has lifted everything this town was built from, and it can lift a little longer,” said the chairman of "
         "the board, Robert Lyle, after the vote on Monday evening.\n\n"
         "The crane was built in 1911 and last used in 1987. Since then it has been home to a colony of gulls, which "
         "the council counted every spring until the money for that ran out.\n\n"
         "Shopkeepers on the quay had asked for its removal because visitors park their cars beneath it. They said on "
         "Tuesday that they would now ask for a fence instead, and for a sign that explains the gulls.",
         "Related\n\nFerry to the island cancelled again\n\n12 May 2023\n\nFive bridges that were never built\n\n"
         "9 May 2023\n\nWhy the baker wants to be mayor\n\n8 May 2023\n\nMost read\n\n1\n\nStorm takes roof of sports hall\n\n"
         "2\n\nTwo seals rescued from dry dock\n\n3\n\nCouncil to vote on parking fees\n\nNewsletter\n\n"
         "Get the best of Northport in your inbox\n\nYour email address\n\nSign up\n\nAbout us\n\nContact\n\n"
         "Advertise with us\n\nJobs\n\nTerms of use\n\nPrivacy policy\n\nCookie settings\n\n© 2023 The Northport Post",
         "Old crane to stay at Northport harbour for ten more years"},
        {"Zum Inhalt springen\n\nStartseite\n\nPolitik\n\nWirtschaft\n\nSport\n\nKultur\n\nWetter\n\nSuche\n\n"
         "Anmelden\n\nAbo\n\nStartseite\n\nRegion\n\nAlter Kran bleibt noch zehn Jahre am Hafen stehen\n\n"
         "Von Jonas Weber\n\n14.05.2023, 10:15 Uhr\n\nLesezeit: 3 Minuten\n\nTeilen\n\nMerken\n\nDrucken",
         "Der alte Kran am Hafen bleibt noch mindestens zehn Jahre an seinem Platz. Das teilte die Hafenverwaltung am "
         "Montag mit und beendete damit einen Streit, der die Stadt seit der Planung des neuen Piers geteilt hatte.\n\n"
         "Fachleute hatten errechnet, dass ein Umzug des Krans teurer wäre als der Pier selbst. Weder die Verwaltung "
         "noch der Stadtrat wollten dafür bezahlen, wie aus Unterlagen hervorgeht, die dieser Zeitung vorliegen.\n\n"
         "„Er hat alles gehoben, woraus diese Stadt gebaut ist, und er hebt es noch ein wenig länger“, sagte der "
         "Vorsitzende Robert Lühr nach der Abstimmung am Montagabend.\n\n"
         "Der Kran wurde 1911 gebaut und zuletzt 1987 benutzt. Seitdem wohnt darin eine Kolonie von Möwen, die die "
         "Stadt jedes Frühjahr zählen ließ, bis ihr das Geld dafür ausging.\n\n"
         "Die Händler am Kai hatten verlangt, dass der Kran verschwindet, weil Besucher darunter ihre Autos abstellen. "
         "Am Dienstag sagten sie, dass sie nun um einen Zaun bitten wollen und um ein Schild, das die Möwen erklärt.",
         "Mehr zum Thema\n\nFähre zur Insel fällt wieder aus\n\nFünf Brücken, die es nie gab\n\nMeistgelesen\n\n1\n\n"
         "Sturm deckt Sporthalle ab\n\n2\n\nZwei Robben aus dem Dock gerettet\n\n3\n\nRat stimmt über Parkgebühren ab\n\n"
         "Newsletter abonnieren\n\nE-Mail-Adresse\n\nJetzt anmelden\n\nKontakt\n\nImpressum\n\nDatenschutz\n\nAGB\n\n"
         "Mediadaten\n\n© 2023 Tagblatt der Küste",
         "Alter Kran bleibt noch zehn Jahre am Hafen stehen"},
    };
    char text[16384], out[8192];
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct clean_article a;
        struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("")};
        snprintf(text, sizeof text, "%s\n\n%s\n\n%s", pages[i].before, pages[i].article, pages[i].after);
        clean_into(out, sizeof out, text);
        assert_string_equal(out, pages[i].article);
        assert_int_equal(clean_page_text(&a, told_str(text), &known, &words, &arena), 0);
        told_field_is(&a, "title", pages[i].title);
        assert_true(a.published.len >= 10 && memcmp(a.published.ptr, "2023-05-14", 10) == 0);
        told_field_is(&a, "byline", i ? "Jonas Weber" : "Tom Ashby");
        clean_arena_reset(&arena);
    }
}

/* What stands before a report in other languages. */
static void reads_heads_of_many_languages(void **state)
{
    (void)state;
    static const struct {
        size_t language; /* of the report */
        const char *head, *byline, *published;
    } rows[] = {
        {1, "Von Jonas Weber\n\n14.05.2023", "Jonas Weber", "2023-05-14"},
        {2, "Par Claire Fontaine\n\nPublié le 14 mai 2023", "Claire Fontaine", "2023-05-14"},
        {3, "Por Marta Ruiz\n\n14 de mayo de 2023", "Marta Ruiz", "2023-05-14"},
        {4, "Di Paolo Greco\n\n14 maggio 2023", "Paolo Greco", "2023-05-14"},
        {5, "Por Inês Duarte\n\n14 de maio de 2023", "Inês Duarte", "2023-05-14"},
        {6, "Door Daan Visser\n\n14 mei 2023", "Daan Visser", "2023-05-14"},
        {7, "Autor: Anna Nowak\n\n14 maja 2023", "Anna Nowak", "2023-05-14"},
        {8, "Автор: Ольга Сорокина\n\n14 мая 2023", "Ольга Сорокина", "2023-05-14"},
        {9, "Emre Kaya\n\n14 Mayıs 2023", "Emre Kaya", "2023-05-14"},
        {10, "Oleh Dewi Lestari\n\n14 Mei 2023", "Dewi Lestari", "2023-05-14"},
    };
    char text[8192];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_article a;
        struct clean_known known = {.url = PL_S(""), .title = PL_S("The crane"), .published = PL_S("")};
        snprintf(text, sizeof text, "%s\n\n%s", rows[i].head, languages[rows[i].language].report);
        assert_int_equal(clean_page_text(&a, told_str(text), &known, &words, &arena), 0);
        told_field_is(&a, "byline", rows[i].byline);
        told_field_is(&a, "published", rows[i].published);
        told_field_is(&a, "text", languages[rows[i].language].report);
        clean_arena_reset(&arena);
    }
}

/* Cleaning a clean text changes nothing. */
static void is_idempotent(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Sawmill stays open\n\nNordic Daily News\n\nBy Astrid Holm\n\nVARBERG, May 4 : " REPORT "\n\nLeave a Reply",
        "Sawmill stays open\n\nA town’s long wait is over\n\n" REPORT "\n\nVotes for: 21\nVotes against: 19",
        "One line that was\nwrapped by a mailer, or by\nhand, or by nobody knows whom, and why.\n\nx\ny\nz",
        "Headline\n\n" REPORT "\n\nTags: sawmill, Varberg",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct clean_article first, second;
        struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("")};
        assert_int_equal(clean_page_text(&first, told_str(texts[i]), &known, &words, &arena), 0);
        known.title = first.title;
        assert_int_equal(clean_page_text(&second, first.text, &known, &words, &arena), 0);
        char expected[4096];
        snprintf(expected, sizeof expected, "%.*s", (int)first.text.len, first.text.ptr);
        told_is("again", second.text, expected);
        clean_arena_reset(&arena);
    }
}

/* The year of a dateline comes from what is known of the article, else it is left open. */
static void takes_year_from_record(void **state)
{
    (void)state;
    struct clean_article a;
    struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("2022-01-01T08:00:00Z")};
    assert_int_equal(clean_page_text(&a, PL_S("VARBERG, Dec 31 : " REPORT), &known, &words, &arena), 0);
    told_field_is(&a, "dateline_date", "2021-12-31");
    told_field_is(&a, "published", ""); /* which is the record's own already */
}

static void refuses_what_is_no_text(void **state)
{
    (void)state;
    assert_true(clean_page_is_text(PL_S("")));
    assert_true(clean_page_is_text(PL_S("Fünf Schiffe\r\n\tim Hafen")));
    assert_true(clean_page_is_text(PL_S("f\xFCnf Schiffe im Hafen und noch eines")));
    assert_false(clean_page_is_text((pl_str){"\x7F"
                                             "ELF\2\1\1\0\0\0\0\0\0\0\0\0",
                                             16}));
    assert_false(clean_page_is_text(PL_S("\x89PNG\r\n\x1A\n\xFF\xD8\xFF\xE0")));
}

static int begin(void **state)
{
    (void)state;
    clean_arena_init(&arena, 1 << 26);
    return clean_words_init(&words);
}

static int end(void **state)
{
    (void)state;
    clean_words_done(&words);
    clean_arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_text_apart),
        cmocka_unit_test(cuts_tails_of_many_languages),
        cmocka_unit_test(reads_heads_of_many_languages),
        cmocka_unit_test(finds_articles_in_pages),
        cmocka_unit_test(is_idempotent),
        cmocka_unit_test(takes_year_from_record),
        cmocka_unit_test(refuses_what_is_no_text),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
