/* clean_words.c - the word lists of the extraction: what class names and phrases tell. */
#include "clean_words.h"

/* In all lists of this file: '|' separates, a space is any separator or an edge. */
/* clang-format off */
static const struct clean_word_list part_lists[] = {
    {CLEAN_PART_BODY, "article body|articlebody|entry content|entrycontent|post content|postcontent|story body|storybody|"
                      "article content|articlecontent|content body|contentbody|body text|bodytext|rich text|richtext|prose|"
                      "post body|postbody|story content|storycontent|article text|articletext|main content|maincontent|"
                      "text body|textbody|paragraph|article main|news content|newscontent|body content|single content|"
                      "article detail|detail content|post text|story text|td post content|article page content"},
    {CLEAN_PART_COMMENT, "comment|disqus|respond|reply|replies|kommentar|discuss|forum|coment|livefyre|reader opinion"},
    {CLEAN_PART_RELATED, "relat|recommend| more |more from|read more|readmore| also |teaser|promo|popular|trending|readnext|"
                         "read next|recirc|outbrain|taboola|most read|mostread|latest|similar|card|carousel|slider|up next|"
                         "upnext|suggest| feed |newsfeed|see also|seealso|next article|prev article|next post|post navigation|"
                         "more stories|morestories|you may|youmay|zergnet|jp relatedposts|weiterlesen|lire aussi|leia mais|"
                         "verwandt|mehr zum|aside box|lees ook|lesetipp"},
    {CLEAN_PART_SHARE, "share|sharing|social|follow|addthis|addtoany|sharedaddy|facebook|whatsapp"},
    {CLEAN_PART_NEWS, "newsletter|subscri|signup|sign up|paywall|login|register|donat| cta |call to action| form |abonn|"
                      "membership|piano|wpforms|contact form|mailchimp|optin|opt in"},
    {CLEAN_PART_NAV, " nav |navi|navbar|menu|breadcrumb|pagination|pager|toolbar|topbar|tabs"},
    {CLEAN_PART_EDGE, "header|footer| foot |masthead|bottom|top bar|site head|site foot"},
    {CLEAN_PART_SIDE, "sidebar|aside|widget| rail |rightrail|secondary|right col|column right|rightcol|complement"},
    {CLEAN_PART_COOKIE, "cookie|consent|gdpr|privacy|onetrust|modal|popup|pop up|overlay|dialog|didomi|truste"},
    {CLEAN_PART_META, "author|byline|by line| bio |biograph|meta|date|time|published| info |signature|kicker|category|label|"
                      "badge|eyebrow|overline|dateline"},
    {CLEAN_PART_TAGS, " tag | tags |topic|keyword|taglist|tagcloud|hashtag"},
    {CLEAN_PART_AD, " ad | ads |advert|sponsor|banner|anzeige|publicidad|promoted|adslot|adunit|dfp|google auto placed|werbung"},
    {CLEAN_PART_CAPTION, "caption|figure|image| img |gallery|credit|photo|picture| media |video|foto|bild|legend|slideshow|"
                         "player"},
    {CLEAN_PART_LEGAL, "copyright| legal |disclaim| terms |impressum"},
    {CLEAN_PART_AUTHOR, " author|byline|by line| autor|auteur|autore|writer|contributor|postauthor|entryauthor| fn | firma |"
                        "authorname|articleauthor"},
    {CLEAN_PART_NOT_AUTHOR, "comment|related|recommend|sidebar| bio|popular|footer|teaser|avatar|role|job|desc|date|time|"
                            "share|social|follow|position|email|twitter|image|photo| img |title"},
    {CLEAN_PART_DATE, "date|time|publish|posted|byline|meta|datum|fecha"},
    {CLEAN_PART_PUBLISHED, "publish|posted|entry date|entrydate|created|pubdate|pub date"},
    {CLEAN_PART_MODIFIED, "update|modif|revis|aktualis"},
    {CLEAN_PART_WEAK, "article|content|post|story|body|text|entry|main|artikel|noticia|nota"},
    {CLEAN_PART_HIDDEN, "hidden| sr only|screen reader|screenreader|visually|invisible|d none|tooltip|print|skip"},
    {CLEAN_PART_QUOTE, "quote|embed|twitter|tweet|instagram|factbox|infobox|box|highlight|inset|callout"},
    {CLEAN_PART_LEAD, "lead|standfirst|summary|intro|excerpt| dek |subtitle|description|subhead|sub title| deck |abstract|"
                      "chapo|sapo|perex|ingress|vorspann"},
    {CLEAN_PART_HEADLINE, "title|headline|heading|titel"},
};
/* clang-format on */

/* clang-format off */
static const struct clean_word_list cue_lists[] = {
    {CLEAN_CUE_ANY,
     "©|copyright|all rights reserved|alle rechte|tous droits|derechos reservados|diritti riservati|direitos reservados|"
     "cookie|newsletter|subscri|abonn|suscr|iscriviti|sign up|sign in| log in|login|anmelden|registr| share |teilen|partager|"
     "compart|condivi|follow us|folgen|síguenos|suivez|read more|read also|also read|mehr zum|lesen sie|lire aussi|"
     "à lire|leer más|lea también|leggi anche|leia |related|ähnliche|recommended|trending|most read|"
     "popular|advert|anzeige|werbung|publicid|publicité|sponsor|leave a reply|leave a comment|comment |comments |"
     "kommentar|click here| foto|photo|image |getty|reuters| ap | afp |credit|bild |quelle| source|min read|minute read|"
     "minutes read|mins read|published|updated|veröffentlicht|aktualisiert|publié|publicado|pubblicato|whatsapp|telegram|"
     "facebook|twitter|instagram|download|donate|support us| terms |privacy|datenschutz|contact| join |watch |video|"
     "next article|previous|baca juga|читайте|"
     "подпис|también| tag | tags |topics|written by|about the author|view all|"
     "show more|back to|lees ook|czytaj|les også|läs också"},
    {CLEAN_CUE_STRONG,
     "©|all rights reserved|alle rechte vorbehalten|newsletter|subscribe|sign up| log in |login|read more |read also|"
     "also read|lesen sie auch|lire aussi|leggi anche|related |leave a reply|leave a comment|advertisement|anzeige|follow us|"
     "share this|whatsapp|baca juga|lea también|leia também|lees ook|view all|back to top|click here|"
     "читайте также|"
     "most read|most popular|min read|story continues below|continue reading|scroll to continue|about the author"},
    {CLEAN_CUE_TAIL,
     " leave a reply | leave a comment | leave a response | leave your comment | post a comment | add a comment | add comment |"
     " write a comment | join the conversation | join the discussion | be the first to comment | view comments | show comments |"
     " comments are closed | comment on this | comments | share this | share on | share via | share article | click to share | like this | related |"
     " related posts | related stories | related articles | related news | related topics | related content | related links |"
     " more stories | more from | more on this | more news | more like this | more in | you may also like | you might also like |"
     " you may like | recommended | read next | up next | see also | also read | trending now | trending | most read |"
     " most popular | latest news | latest stories | popular now | editors picks | editor s picks | top stories | previous article |"
     " next article | previous post | next post | post navigation | about the author | tags | filed under | topics | subscribe |"
     " newsletter | sign up | follow us | your email address will not be published | antwort hinterlassen | kommentar schreiben |"
     " schreibe einen kommentar | kommentare | mehr zum thema | ähnliche artikel | laisser un commentaire | commentaires |"
     " laissez un commentaire | articles similaires | sur le même sujet | à lire aussi | deja un comentario |"
     " deja una respuesta | comentarios | noticias relacionadas | artículos relacionados | te puede interesar |"
     " lascia un commento | lascia una risposta | commenti | articoli correlati | potrebbe interessarti | deixe um comentário |"
     " deixe uma resposta | comentários | leia também | veja também | leia mais | notícias relacionadas |"
     " geef een reactie | reacties | lees ook | dodaj komentarz | komentarze | zobacz też | czytaj też |"
     " tinggalkan balasan | baca juga | yorum yap | lämna ett svar | læs også | les også | sponsored |"
     " advertisement "},
    {CLEAN_CUE_FORM,
     " leave a reply | leave a comment | your email address will not be published | required fields are marked |"
     " save my name | post comment | submit comment | cancel reply | notify me of |"
     " opens in new window | like this loading | email address will not be published | name email website |"
     " deine e mail adresse wird nicht | ihre e mail adresse wird nicht |"
     " votre adresse e mail ne sera pas | tu dirección de correo | su dirección de correo | il tuo indirizzo email non |"
     " o seu endereço de e mail não | o seu endereço de email não | log in to reply | log in to comment |"
     " logged in to post a comment | all rights reserved |"
     " alle rechte vorbehalten | tous droits réservés | todos los derechos reservados | tutti i diritti riservati |"
     " todos os direitos reservados "},
    {CLEAN_CUE_WALL,
     " enable javascript | javascript is disabled | requires javascript | turn on javascript | javascript to run this |"
     " javascript aktivieren | aktivieren sie javascript | javascript ist deaktiviert | activer javascript | activez javascript |"
     " javascript est désactivé | active javascript | activar javascript | habilite o javascript | abilita javascript |"
     " javascript inschakelen | włącz javascript | включите javascript | javascript を有効 |"
     " verify you are human | are you a robot | are not a robot | you are human | unusual traffic | complete the captcha |"
     " security check | checking your browser | just a moment | ddos protection | attention required | enable cookies |"
     " access denied | access to this page has been denied | you have been blocked | request blocked | forbidden |"
     " zugriff verweigert | kein roboter | accès refusé | pas un robot | acceso denegado | no eres un robot | acesso negado |"
     " accesso negato | доступ запрещен | доступ запрещён | not available in your region | not available in your country |"
     " unavailable for legal reasons "},
    {CLEAN_CUE_ERROR,
     " page not found | 404 not found | error 404 | 404 error | 404 page | not found 404 | page cannot be found | page can t be found |"
     " page can’t be found | page you requested could not be found | page could not be found | page you are looking for |"
     " page you re looking for | page you’re looking for | page doesn t exist | page doesn’t exist | page does not exist |"
     " page no longer exists | article not found | article is no longer available | story is no longer available |"
     " content not found | internal server error | service unavailable | bad gateway | gateway timeout |"
     " seite nicht gefunden | seite wurde nicht gefunden | seite konnte nicht gefunden | seite existiert nicht |"
     " artikel nicht gefunden | page introuvable | page non trouvée | page n existe pas | page n’existe pas |"
     " página no encontrada | no se encontró la página | página no existe | página que buscas | página não encontrada |"
     " página não existe | pagina non trovata | pagina niet gevonden | pagina bestaat niet | strona nie została znaleziona |"
     " nie znaleziono strony | stránka nenalezena | stránka nebyla nalezena | sidan kunde inte hittas | sidan hittades inte |"
     " siden blev ikke fundet | siden finnes ikke | sivua ei löydy | sayfa bulunamadı | halaman tidak ditemukan |"
     " страница не найдена | сторінку не знайдено | η σελίδα δεν βρέθηκε | الصفحة غير موجودة | ページが見つかりません |"
     "页面不存在|找不到页面|페이지를 찾을 수 없습니다"},
    {CLEAN_CUE_LOGIN,
     " subscribe to continue | subscribe to read | subscribe now to | subscribe to unlock | to continue reading |"
     " to keep reading | to read the full | to read this article | to read the rest | to read more articles | read the full story with |"
     " already a subscriber | already a member | already have an account | for subscribers only | subscribers only |"
     " subscriber only | exclusive to subscribers | members only | available to subscribers | reserved for subscribers |"
     " log in to continue | log in to read | sign in to continue | sign in to read | register to continue | register to read |"
     " create a free account | create an account to | please log in | please sign in | you must be logged in to view |"
     " start your free trial | your free articles | free articles left | free article limit |"
     " um weiterzulesen | jetzt weiterlesen | weiterlesen mit | bereits abonnent | sie sind bereits abonnent | nur für abonnenten |"
     " mit einem abo | artikel freischalten | anmelden und weiterlesen | bitte melden sie sich an | jetzt abonnieren |"
     " pour lire la suite | réservé aux abonnés | réservé à nos abonnés | déjà abonné | article réservé | abonnez vous pour |"
     " connectez vous pour | para seguir leyendo | para continuar leyendo | solo para suscriptores | exclusivo para suscriptores |"
     " ya eres suscriptor | ya soy suscriptor | suscríbete para | inicia sesión para | para continuar lendo |"
     " conteúdo exclusivo para assinantes | exclusivo para assinantes | já é assinante | assine para | per continuare a leggere |"
     " riservato agli abbonati | sei già abbonato | abbonati per | verder lezen | alleen voor abonnees | al abonnee |"
     " czytaj dalej z | tylko dla prenumeratorów | masz już prenumeratę | pro předplatitele | för prenumeranter | för att läsa vidare |"
     " redan prenumerant | for abonnenter | for å lese videre | allerede abonnent | for at læse videre | tilaajille | jatka lukemista |"
     " abone olun | devamını okumak için | только для подписчиков | чтобы читать дальше | この記事は有料 | 会員限定 | 続きを読むには "},
    {CLEAN_CUE_CONSENT,
     " we value your privacy | we care about your privacy | your privacy is important | your privacy matters | before you continue |"
     " we use cookies | uses cookies | our partners store | we and our partners | store and or access information | accept all |"
     " accept cookies | manage preferences | cookie settings | cookie policy | legitimate interest | withdraw your consent |"
     " your consent | wir und unsere partner | wir verwenden cookies | mit werbung weiterlesen | alle akzeptieren |"
     " ihre einwilligung | nous et nos partenaires | nous utilisons des cookies | tout accepter | votre consentement |"
     " nosotros y nuestros socios | utilizamos cookies | aceptar todo | su consentimiento | noi e i nostri partner |"
     " utilizziamo i cookie | accetta tutto | nós e nossos parceiros | usamos cookies | aceitar todos | wij en onze partners |"
     " we gebruiken cookies | alles accepteren | my i nasi partnerzy | używamy plików cookie | vi och våra partners |"
     " vi använder cookies "},
    {CLEAN_CUE_PUBLISHED, "publish| posted|veröffentlicht|publié|publicad|pubblicato|erstellt| stand | created|opublik| date |"
                          " datum| data | fecha|mise en ligne|geschrieben|gepostet|erschienen|eingestellt|hochgeladen|written|"
                          "inserito|posté|paru le|postado|geplaatst|gepubliceerd|publicerad|publiseret|publisert|julkaistu|"
                          "diterbitkan|dipublikasikan|diunggah|tarih|yayın|vydáno|publikováno|zveřejněno|közzé|"
                          "опубл|дата|размещ|δημοσ|نشر|تاريخ|منتشر|प्रकाशित|입력|등록|作成|掲載|公開|发布|發布|đăng"},
    {CLEAN_CUE_UPDATED, "updat|modif|aktualis|mis à jour|actualiz|aggiornat|reviewed"},
    {CLEAN_CUE_PITCH,
     "subscription|subscriber|your account|your inbox|your email|an account|sign in|log in|logged in|unlimited access|our app|the app |"
     "your browser|javascript|this device|your device|loading|try again|an error|thank you for|thanks for|our newsletter|our journalism|"
     "support our|free trial|per month|cancel any|premium|affiliate|commission|our editors|our team|our readers|have your say|"
     "what do you think|let us know|stay up to date|breaking news|push notification|terms of|privacy policy|enter your|click |tap here|"
     "abonnement|abonnent|ihr konto|ihrem postfach|ihre daten|einwilligung|personenbezogen|externen inhalt|externe inhalt|empfohlener|unsere app|"
     "die app |kostenlos|angemeldet|redaktionell|unsere redaktion|jetzt lesen|weiterlesen|probemonat|datenschutzerklärung|"
     "votre compte|déjà abonné|réservé aux abonnés|votre adresse|votre e mail|cet appareil|autre appareil|notre newsletter|offre d|se connecter|"
     "tu suscripción|tu cuenta|su cuenta|iniciar sesión|suscriptores|otro dispositivo|este dispositivo|nuestro boletín|nuestra newsletter|gratis|"
     "il tuo account|abbonati|abbonamento|accedi|la nostra newsletter|sua conta|assinante|faça login|entrar |nosso canal|nossa newsletter|"
     "je account|abonnee|inloggen|onze nieuwsbrief|logg inn|logga in|log ind|abonner|prenumer|nyhetsbrev|nyhedsbrev|zaloguj|prenumerat|subskrypc|"
     "войти|войдите|зарегистр|подписк|рассылк|giriş yap|abone ol|üye ol|bildirim|masuk |daftar |berlangganan|会員|登録|ログイン|구독|로그인|登录|订阅"},
    {CLEAN_CUE_CLOSING,
     " © | (c) 19| (c) 20| copyright © | copyright (c) | copyright 19| copyright 20| copyright reserved | all rights reserved |"
     " leave a reply | leave a comment | post a comment | write a comment | your email address will not be published |"
     " save my name email | required fields | you must be logged in | subscribe to our | subscribe to the newsletter |"
     " subscribe now | subscribe today | sign up for our | sign up to our | sign up for the newsletter | sign up for free |"
     " join our newsletter | join our whatsapp | join our telegram | get our newsletter | get the latest news delivered | get the best of |"
     " follow us on | follow us | like us on | share this article | share this story | share this post | share on facebook |"
     " kommentar hinterlassen | kommentar schreiben | schreiben sie einen kommentar | schreibe einen kommentar |"
     " antworten abbrechen | deine e mail adresse | ihre e mail adresse | diesen artikel teilen | artikel teilen |"
     " auf facebook teilen | abonnieren sie | jetzt abonnieren | melden sie sich für unseren | newsletter abonnieren |"
     " unser newsletter | hier zum newsletter | folgen sie uns | folge uns | alle rechte vorbehalten |"
     " laisser un commentaire | laissez un commentaire | votre adresse e mail | votre adresse de messagerie | les champs obligatoires |"
     " partager cet article | partager sur facebook | partagez cet article | abonnez vous | inscrivez vous à | recevez notre newsletter |"
     " s abonner à la newsletter | suivez nous | tous droits réservés |"
     " deja una respuesta | deja un comentario | dejar un comentario | tu dirección de correo | los campos obligatorios |"
     " compartir en | comparte esta noticia | compartir este artículo | comparte este artículo | suscríbete | suscríbase |"
     " regístrate en nuestr | recibe nuestr | síguenos | síganos | todos los derechos reservados |"
     " lascia un commento | lascia una risposta | il tuo indirizzo email | i campi obbligatori | condividi su | condividi questo articolo |"
     " condividi l articolo | iscriviti alla | iscriviti al canale | ricevi la newsletter | seguici su | tutti i diritti riservati |"
     " riproduzione riservata | © riproduzione |"
     " deixe um comentário | deixe uma resposta | deixe o seu comentário | o seu endereço de e mail | o seu endereço de email | campos obrigatórios |"
     " compartilhe | partilhe este artigo | partilhar este artigo | assine a newsletter | assine nossa newsletter | inscreva se | receba a nossa newsletter |"
     " siga nos | siga a gente | siga o nosso | todos os direitos reservados |"
     " geef een reactie | laat een reactie achter | plaats een reactie | je e mailadres wordt niet | het e mailadres wordt niet | vereiste velden |"
     " deel dit artikel | deel dit bericht | delen via | schrijf je in voor | meld je aan voor | abonneer je op | volg ons op | alle rechten voorbehouden |"
     " dodaj komentarz | napisz komentarz | twój adres e mail | twój adres email | udostępnij | zapisz się do | zapisz się na | subskrybuj |"
     " obserwuj nas | wszelkie prawa zastrzeżone | wszystkie prawa zastrzeżone |"
     " Оставить комментарий | Добавить комментарий | Оставьте комментарий | Ваш адрес email не будет | Ваш e mail не будет |"
     " Обязательные поля | Поделиться | Поделитесь | Подпишитесь на | Подписывайтесь на | Подписаться на | Следите за нами |"
     " Читайте нас в | Все права защищены |"
     " Залишити коментар | Поділитися | Підписуйтесь на | Підпишіться на | Усі права захищені |"
     " yorum yap | bir yorum yazın | bir cevap yazın | bir yanıt yazın | e posta hesabınız yayımlanmayacak | e posta adresiniz yayınlanmayacak | gerekli alanlar |"
     " bu haberi paylaş | haberi paylaş | facebook ta paylaş | bültenimize abone | bültene abone | e bültenimize | bizi takip edin | tüm hakları saklıdır | her hakkı saklıdır |"
     " tinggalkan balasan | tinggalkan komentar | tulis komentar | alamat email anda tidak akan | ruas yang wajib | bagikan artikel | bagikan berita | bagikan ke |"
     " berlangganan newsletter | daftar newsletter | dapatkan update berita | ikuti kami | hak cipta dilindungi | hak cipta © |"
     " lämna ett svar | lämna en kommentar | din e postadress kommer inte | obligatoriska fält | dela artikeln | prenumerera på | följ oss | alla rättigheter förbehållna |"
     " skriv en kommentar | efterlad en kommentar | din e mailadresse vil ikke | del artiklen | del artikkelen | tilmeld dig | meld deg på | følg os på | følg oss på |"
     " alle rettigheder forbeholdes | alle rettigheter forbeholdt | legg igjen en kommentar |"
     " přidat komentář | napsat komentář | vaše e mailová adresa nebude | sdílet článek | přihlaste se k odběru | sledujte nás | všechna práva vyhrazena |"
     " jätä kommentti | sähköpostiosoitettasi ei julkaista | jaa artikkeli | tilaa uutiskirje | kaikki oikeudet pidätetään |"
     " szólj hozzá | hozzászólás írása | az e mail címet nem tesszük közzé | iratkozz fel | minden jog fenntartva |"
     " lasă un comentariu | adresa ta de email nu va fi | abonează te | toate drepturile rezervate |"
     " Αφήστε μια απάντηση | Ακολουθήστε μας | اترك تعليقا | اترك تعليقاً | جميع الحقوق محفوظة | شارك هذا المقال | لن يتم نشر عنوان بريدك |"
     " टिप्पणी करें | सर्वाधिकार सुरक्षित | 版权所有 | 著作権 | 無断転載 | 무단전재 | 저작권자 "},
};
/* clang-format on */

int clean_words_init(struct clean_words *w)
{
    w->parts = clean_matcher_new(part_lists, sizeof part_lists / sizeof *part_lists);
    w->cues = clean_matcher_new(cue_lists, sizeof cue_lists / sizeof *cue_lists);
    w->languages = clean_languages_new();
    if (w->parts && w->cues && w->languages)
        return 0;
    clean_words_done(w);
    return PL_NOMEM;
}

void clean_words_done(struct clean_words *w)
{
    clean_matcher_free(w->parts);
    clean_matcher_free(w->cues);
    clean_languages_free(w->languages);
    *w = (struct clean_words){0};
}
