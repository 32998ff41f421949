"""language.py - which language a text is in, by its letters and its commonest words: enough to sort news pages.

    guess(text) -> "de"       "?" where nothing tells
"""
import re
from collections import Counter

SCRIPTS = (("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7af"), ("zh", "\u4e00-\u9fff"), ("ar", "\u0600-\u06ff"),
           ("he", "\u0590-\u05ff"), ("el", "\u0370-\u03ff"), ("th", "\u0e00-\u0e7f"), ("hi", "\u0900-\u097f"),
           ("bn", "\u0980-\u09ff"), ("ta", "\u0b80-\u0bff"), ("uk", "іїєґ"), ("ru", "\u0400-\u04ff"))
WORDS = {
    "en": "the of and to in that is was for with", "de": "der die und das nicht mit von ist den sich",
    "fr": "le les des et est une dans pour que du", "es": "el los las y que una por con del se",
    "it": "il di che per una del della sono con gli", "pt": "o os um uma não com para em do da",
    "nl": "het een van en dat niet zijn voor met op", "sv": "och att det som en på är av för inte",
    "no": "og det som på av ikke til har å er", "da": "og det af ikke til har er på blev også",
    "fi": "ja on ei että se oli hän myös kun mutta", "is": "og að í sem er á um við ekki það",
    "pl": "i w nie się na że z do jest to", "cs": "a se na je že v ve s po jsem",
    "hu": "a az és hogy nem is egy van volt meg", "ro": "și în de la nu care pe cu este din",
    "tr": "ve bir bu için da de ile olarak çok daha", "id": "yang dan di dengan untuk dari ini pada itu tidak",
    "vi": "và của là có không được cho những một người", "lt": "ir kad yra su bei iš apie tai buvo nuo",
    "et": "ja on ei et see oli ka ning kui mis", "kl": "aamma ilaatigut taamaalilluni massakkut tassani",
    "af": "die en van het nie in is dat wat vir",
}
WORDS = {language: frozenset(words.split()) for language, words in WORDS.items()}


def guess(text):
    letters = len(re.findall(r"\w", text)) or 1
    for language, script in SCRIPTS:
        if len(re.findall("[%s]" % script, text)) > (.01 if language == "uk" else .1) * letters:
            return language
    seen = Counter(re.findall(r"\w+", text.lower()))
    score = {language: sum(seen[word] for word in words) for language, words in WORDS.items()}
    best = max(score, key=score.get)
    return best if score[best] else "?"
