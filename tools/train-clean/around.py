"""around.py - what sites put in front of and behind an article, in several languages: all invented."""
import random
import re

# The card of the table, written at its head.
CARD = """Made by tools/train-clean/lines.py --write; its head has the command and the versions (LightGBM 4.7.0; seeds fixed, one
thread): the same code and data give the same table.  120 trees of 16 leaves, 14.6 kB; a leaf is log odds times 4096.

Learned from: 257 pages of fundus (MIT) and 470 of wcxb (CC-BY-4.0) with their gold text; these texts alone, and with invented lines
around (tools/train-clean/around.py); 130 pages of readability, 837 of trafilatura and 178 of mediacloud (Apache-2.0), the last two
labelled by what the plugin extracts from their HTML.  No text of these pages is in the table: it holds thresholds and weights.

Figures and known failings: README.md, "Plain text" and below.""".split("\n")

SMALL = {
    "en": "the of and to that with for this have from", "de": "der die und das nicht mit sich auf ist den",
    "fr": "les des et est une dans pour qui sur pas", "es": "el los las del que por con para una se",
    "it": "il che di per non della sono del con gli", "pt": "que do da em uma não para com os ao",
    "nl": "het een van dat niet zijn op te voor met", "pl": "nie się że na do jest jak dla oraz przez",
    "ru": "и в не на что с по как это из", "tr": "ve bir bu için ile olarak da de olan çok",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam", "sv": "och att det som för är av den inte till",
    "cs": "se na je že by jsou jako však pro jeho", "da": "og det er som til af ikke med har der",
}

# Per language: lines before (a byline, a date, others), and tails of which some are put behind.
AROUND = {
    "en": (["By {name}", "Staff Reporter", "Published: {date}", "{date}", "Updated {date}", "{minutes} min read", "{name}"], [
        ["Leave a Reply", "Your email address will not be published. Required fields are marked *", "Comment *", "Name *",
         "Email *", "Website", "Save my name, email, and website in this browser for the next time I comment."],
        ["Share this:", "Facebook", "Twitter", "WhatsApp", "Email"],
        ["Subscribe to our newsletter", "Get the day's most important stories in your inbox every morning.", "Sign up"],
        ["© 2023 {site}. All rights reserved.", "Terms of use", "Privacy policy", "Contact us"],
        ["Related stories", "Five bridges that never were", "Why the harbour froze in June", "The baker who would be mayor"],
        ["Tags: harbour, council, elections"],
        ["3 Comments", "Log in to reply"]]),
    "de": (["Von {name}", "{date}", "Stand: {date}", "Lesezeit: {minutes} Minuten", "Aktualisiert am {date}"], [
        ["Schreiben Sie einen Kommentar", "Ihre E-Mail-Adresse wird nicht veröffentlicht. Erforderliche Felder sind mit * markiert",
         "Kommentar", "Name *", "E-Mail-Adresse *"],
        ["Teilen", "Facebook", "Twitter", "WhatsApp", "Per E-Mail versenden"],
        ["Newsletter abonnieren", "Jeden Morgen das Wichtigste vom Tage in Ihrem Postfach.", "Jetzt anmelden"],
        ["© 2023 {site}. Alle Rechte vorbehalten.", "Impressum", "Datenschutz", "AGB"],
        ["Mehr zum Thema", "Warum der Hafen im Juni zufror", "Fünf Brücken, die es nie gab"]]),
    "fr": (["Par {name}", "Publié le {date}", "Mis à jour le {date}", "Temps de lecture : {minutes} min"], [
        ["Laisser un commentaire", "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *",
         "Commentaire *", "Nom *"],
        ["Partager cet article", "Facebook", "Twitter", "Envoyer par e-mail"],
        ["Abonnez-vous à notre newsletter", "Recevez chaque matin l'essentiel de l'actualité.", "Je m'inscris"],
        ["© 2023 {site}. Tous droits réservés.", "Mentions légales", "Nous contacter"],
        ["À lire aussi", "Pourquoi le port a gelé en juin", "Cinq ponts qui n'ont jamais existé"]]),
    "es": (["Por {name}", "{date}", "Actualizado: {date}", "Redacción"], [
        ["Deja una respuesta", "Tu dirección de correo electrónico no será publicada. Los campos obligatorios están marcados con *",
         "Comentario *", "Nombre *", "Correo electrónico *"],
        ["Compartir en:", "Facebook", "Twitter", "WhatsApp"],
        ["Suscríbete a nuestro boletín", "Recibe cada mañana las noticias más importantes en tu correo.", "Suscribirme"],
        ["© 2023 {site}. Todos los derechos reservados.", "Aviso legal", "Política de privacidad"],
        ["Te puede interesar", "Por qué se heló el puerto en junio", "Cinco puentes que nunca existieron"]]),
    "it": (["Di {name}", "{date}", "Pubblicato il {date}", "Redazione"], [
        ["Lascia un commento", "Il tuo indirizzo email non sarà pubblicato. I campi obbligatori sono contrassegnati *",
         "Commento *", "Nome *"],
        ["Condividi su", "Facebook", "Twitter", "WhatsApp"],
        ["Iscriviti alla newsletter", "Ogni mattina le notizie più importanti nella tua casella.", "Iscriviti"],
        ["© 2023 {site}. Tutti i diritti riservati.", "Privacy", "Contatti"],
        ["Leggi anche", "Perché il porto gelò a giugno"]]),
    "pt": (["Por {name}", "{date}", "Publicado em {date}", "Da redação"], [
        ["Deixe um comentário", "O seu endereço de e-mail não será publicado. Campos obrigatórios são marcados com *",
         "Comentário *", "Nome *"],
        ["Compartilhe", "Facebook", "Twitter", "WhatsApp"],
        ["Assine nossa newsletter", "Receba todas as manhãs as principais notícias no seu e-mail.", "Assinar"],
        ["© 2023 {site}. Todos os direitos reservados.", "Termos de uso", "Fale conosco"],
        ["Leia também", "Por que o porto congelou em junho"]]),
    "nl": (["Door {name}", "{date}", "Gepubliceerd op {date}"], [
        ["Geef een reactie", "Je e-mailadres wordt niet gepubliceerd. Vereiste velden zijn gemarkeerd met *", "Reactie *", "Naam *"],
        ["Deel dit artikel", "Facebook", "Twitter", "WhatsApp"],
        ["Schrijf je in voor onze nieuwsbrief", "Elke ochtend het belangrijkste nieuws in je mailbox."],
        ["© 2023 {site}. Alle rechten voorbehouden.", "Privacy", "Contact"],
        ["Lees ook", "Waarom de haven in juni bevroor"]]),
    "pl": (["{name}", "{date}", "Autor: {name}"], [
        ["Dodaj komentarz", "Twój adres e-mail nie zostanie opublikowany. Wymagane pola są oznaczone *", "Komentarz *", "Nazwa *"],
        ["Udostępnij", "Facebook", "Twitter"],
        ["Zapisz się do newslettera", "Codziennie rano najważniejsze wiadomości w twojej skrzynce."],
        ["© 2023 {site}. Wszelkie prawa zastrzeżone.", "Polityka prywatności", "Kontakt"],
        ["Czytaj też", "Dlaczego port zamarzł w czerwcu"]]),
    "ru": (["{name}", "{date}", "Автор: {name}"], [
        ["Добавить комментарий", "Ваш адрес email не будет опубликован. Обязательные поля помечены *", "Комментарий *", "Имя *"],
        ["Поделиться", "Facebook", "Twitter", "Telegram"],
        ["Подпишитесь на нашу рассылку", "Главные новости дня каждое утро на вашей почте."],
        ["© 2023 {site}. Все права защищены.", "Реклама", "Контакты"],
        ["Читайте также", "Почему порт замёрз в июне"]]),
    "tr": (["{name}", "{date}", "Haber Merkezi"], [
        ["Bir yanıt yazın", "E-posta adresiniz yayınlanmayacak. Gerekli alanlar * ile işaretlenmişlerdir", "Yorum *", "Ad *"],
        ["Bu haberi paylaş", "Facebook", "Twitter", "WhatsApp"],
        ["Bültenimize abone olun", "Günün en önemli haberleri her sabah e-postanızda."],
        ["© 2023 {site}. Tüm hakları saklıdır.", "Künye", "İletişim"],
        ["İlgili haberler", "Liman haziranda neden dondu"]]),
    "id": (["Oleh {name}", "{date}", "Penulis: {name}", "Tim Redaksi"], [
        ["Tinggalkan Balasan", "Alamat email Anda tidak akan dipublikasikan. Ruas yang wajib ditandai *", "Komentar *", "Nama *"],
        ["Bagikan:", "Facebook", "Twitter", "WhatsApp"],
        ["Berlangganan newsletter kami", "Dapatkan berita terpenting setiap pagi di kotak masuk Anda."],
        ["© 2023 {site}. Hak cipta dilindungi undang-undang.", "Tentang kami", "Redaksi"],
        ["Baca juga", "Mengapa pelabuhan membeku pada bulan Juni"]]),
    "sv": (["Av {name}", "{date}", "Publicerad {date}"], [
        ["Lämna ett svar", "Din e-postadress kommer inte publiceras. Obligatoriska fält är märkta *", "Kommentar *", "Namn *"],
        ["Dela artikeln", "Facebook", "Twitter"],
        ["Prenumerera på vårt nyhetsbrev", "Dagens viktigaste nyheter varje morgon."],
        ["© 2023 {site}. Alla rättigheter förbehållna.", "Kontakt"]]),
}

NAMES = ["Astrid Holm", "Jonas Weber", "Claire Fontaine", "Marta Ruiz", "Paolo Greco", "Inês Duarte", "Daan Visser",
         "Anna Nowak", "Olga Sorokina", "Emre Kaya", "Dewi Lestari", "Tom Ashby", "Priya Nair", "Liisa Niemi"]
SITES = ["Harbour Daily News", "Tagblatt der Küste", "Le Courrier du Port", "Diario del Puerto", "Gazzetta del Porto",
         "Jornal do Porto Novo", "De Havenkrant", "Kurier Portowy", "Портовый вестник", "Liman Gazetesi",
         "Kabar Pelabuhan", "northport.example", "The Northport Post", "Insight Coast Online News"]
DATES = ["8 November 2021", "Nov 8, 2021", "2023-05-14", "14.05.2023", "May 4, 2022", "11/08/2021 10:15"]


def language(text):
    """By the small words; by the script where that tells; "" where neither does."""
    for code, letters in (("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7af"), ("zh", "\u4e00-\u9fff"),
                          ("hi", "\u0900-\u097f"), ("ar", "\u0600-\u06ff"), ("he", "\u0590-\u05ff"), ("th", "\u0e00-\u0e7f"),
                          ("bn", "\u0980-\u09ff"), ("ta", "\u0b80-\u0bff"), ("el", "\u0370-\u03ff"),
                          ("ka", "\u10a0-\u10ff")):
        if len(re.findall(f"[{letters}]", text)) * 5 > len(text):
            return code
    words = text.lower().split()[:2000]
    counts = {code: sum(words.count(w) for w in small.split()) for code, small in SMALL.items()}
    best = max(counts, key=counts.get)
    return best if counts[best] * 20 > len(words) else ""


def dress(row):
    """A gold text with some lines in front and some behind: always the same for one page."""
    r = random.Random("around " + row["id"])
    code = row.get("language", "")[:2] or language(row["text"])
    if code not in AROUND or r.random() < 0.2:
        code = r.choice(sorted(AROUND))
    before, tails = AROUND[code]

    def fill(line):
        return line.format(name=r.choice(NAMES), site=site, date=r.choice(DATES), minutes=r.randint(2, 12))

    site = r.choice(SITES)
    head = [row["title"]] if row.get("title") and r.random() < 0.8 else []
    head += [site] if r.random() < 0.5 else []
    head += [fill(line) for line in r.sample(before, r.randint(0, 2))]
    tail = [fill(line) for part in r.sample(tails, r.randint(0, 3)) for line in part]
    return "\n\n".join(head + [row["text"]] + tail)
