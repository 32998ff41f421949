"""Names in the form in which tokens are looked up."""
import re
import unicodedata


def fold(s):
    """As fold_char() in entities_token.c: ASCII where there is a base letter."""
    s = s.replace("\u2019", "'").replace("\u2018", "'").replace("ʼ", "'").replace("`", "'")
    out = []
    for c in unicodedata.normalize("NFC", s):
        if ord(c) < 128:
            out.append(c)
        else:
            d = unicodedata.normalize("NFD", c)[0]
            special = {"Æ": "A", "æ": "a", "Œ": "O", "œ": "o", "Ø": "O", "ø": "o", "ß": "s", "Đ": "D", "đ": "d",
                       "Ð": "D", "ð": "d", "Þ": "T", "þ": "t", "Ł": "L", "ł": "l", "ı": "i", "Ħ": "H", "ħ": "h",
                       "Ŋ": "N", "ŋ": "n", "Ŧ": "T", "ŧ": "t"}
            out.append(special.get(c, d))
    return "".join(out)


def key(s):
    """The name as phrase look-up sees it: hyphens are spaces, 's a word of its own."""
    s = fold(s).replace("-", " ").replace("'s ", " 's ")
    s = re.sub(r"'s$", " 's", s)
    s = re.sub(r"s' ", "s ' ", s)
    s = s.replace("&", " & ") if not re.search(r"\w&\w", s) else s
    return " ".join(s.split())
