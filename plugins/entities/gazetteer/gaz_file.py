"""The binary gazetteer: what ../entities_gazetteer.c reads.

All numbers are little-endian; each part starts at a multiple of 64 bytes.

    header    8 bytes of magic, then 32-bit numbers: version, size of the file, and of each part in the
              order of PARTS its offset and how many items it has
    pilots    16 bits each.  A name's hash chooses its pilot; hash and pilot give its slot, in which no other name is.
    slots     32 bits: 20 of the hash, to tell strangers by, and 12 that number its set; 0 for a free slot
    sets      64 bits of classes, 16 the number of the home, 8 how many words the longest entry that starts so has,
              8 unused; number 0 is nothing
    homes     16 bits offset in the text, 8 bits length, 8 bits number of its country plus 1; number 0 is none
    text      the names of the homes
    ranks     for each 64 slots: 64 bits, which of them name places, and 16: how many did before
    refs      of each name of places, in the order of the slots: 16 bits, the number of its only place, or that of
              its list plus the number of places
    lists     places of one name, the likeliest first: 16 bits the place, 8 bits: 1 for a lesser name of it,
              2 for the last
    countries 2 letters, 16 bits home, 16 bits capital (city plus 1), 8 bits prior, 8 unused
    regions   8 bits country, 8 bits prior, 8 bits: 1 for a land of which no city is told to lie in it
    cities    112 bits: GeoNames id 24, latitude 21, longitude 22, population 25, region 12, prior 8

A place's number: countries first, then regions, then cities.  A prior is 8 log2 of the people who live
there, and of a city 6 log2 of how many names GeoNames has for it besides."""
import struct

MAGIC = b"\x89gaz\r\n\x1a\n"
VERSION = 3
PARTS = "pilots slots sets homes text ranks refs lists countries regions cities".split()
ALT, LAST = 1, 2
M64 = (1 << 64) - 1
M32 = (1 << 32) - 1


def hash_name(name):
    """As hash_name() in entities_gazetteer.c."""
    s = name.encode("ascii")
    n = len(s)
    h = n * 0x9E3779B97F4A7C15 & M64
    at = 0
    while at + 8 < n:
        h = mix(h ^ int.from_bytes(s[at:at + 8], "little"))
        at += 8
    if n >= 8:
        tail = int.from_bytes(s[n - 8:], "little")
    elif n >= 4:
        tail = int.from_bytes(s[:4], "little") | int.from_bytes(s[n - 4:], "little") << 32
    else:
        tail = s[0] | s[n // 2] << 8 | s[n - 1] << 16
    return mix(mix(h ^ tail))


def mix(h):
    h = h * 0xD6E8FEB86659FD93 & M64
    return h ^ h >> 32


def slot_of(h, pilot, n):
    x = ((h ^ pilot * 0x9E3779B1) & M32) * 0x85EBCA6B & M32
    return (x ^ x >> 15) * n >> 32


def place_keys(hashes):
    """Slots without a clash: (pilots, number of slots, the slot of each hash).  Crowded pilots choose first."""
    n_pilots = len(hashes) // 5 + 1
    n_slots = len(hashes) * 50 // 49 + 64
    groups = [[] for _ in range(n_pilots)]
    for h in hashes:
        groups[(h >> 32) * n_pilots >> 32].append(h)
    used = bytearray(n_slots)
    pilots = [0] * n_pilots
    slots = {}
    for g in sorted(range(n_pilots), key=lambda g: (-len(groups[g]), g)):
        for pilot in range(65536):
            wanted = [slot_of(h, pilot, n_slots) for h in groups[g]]
            if len(set(wanted)) == len(wanted) and not any(used[s] for s in wanted):
                break
        else:
            raise SystemExit("no pilot for a group of %d: change the hash" % len(groups[g]))
        pilots[g] = pilot
        for h, s in zip(groups[g], wanted):
            used[s] = 1
            slots[h] = s
    return pilots, n_slots, slots


class Numbers:
    """Numbers things from 0 in the order in which they come."""
    def __init__(self, *first):
        self.of = {x: i for i, x in enumerate(first)}

    def __call__(self, x):
        return self.of.setdefault(x, len(self.of))


def write(out, entries, countries, regions, cities, country_of_home):
    """entries: {name: (class bits, home or "", max_words, [(place, is_alt)])}; the others are rows of numbers
    (see above), countries with the home's name."""
    names = sorted(entries)
    hashes = {name: hash_name(name) for name in names}
    if len(set(hashes.values())) != len(names):
        raise SystemExit("two names have one hash: change it")
    pilots, n_slots, slot = place_keys([hashes[n] for n in names])
    sets, homes = Numbers((0, 0, 0)), Numbers("")
    slots = [0] * n_slots
    by_slot = [None] * n_slots
    for name in names:
        classes, home, max_words, _ = entries[name]
        number = sets((classes, homes(home), max_words))
        # a name of places only has a set of its own, which is not number 0
        if number == 0:
            number = sets("places only")
        at = slot[hashes[name]]
        slots[at] = (hashes[name] >> 28 & 0xFFFFF) | number << 20
        by_slot[at] = name
    for c in countries:
        homes(c[1])
    if len(sets.of) > 4096:
        raise SystemExit("%d sets do not fit in 12 bits" % len(sets.of))
    n_places = len(countries) + len(regions) + len(cities)
    refs, lists, ranks = [], [], b""
    known = {}
    for block in range(0, n_slots, 64):
        bits, before = 0, len(refs)
        for i, name in enumerate(by_slot[block:block + 64]):
            places = name is not None and entries[name][3]
            if not places:
                continue
            bits |= 1 << i
            if len(places) == 1:
                refs.append(places[0][0])
                continue
            places = tuple(places)
            if places not in known:
                known[places] = len(lists)
                lists += [(p, (ALT if alt else 0) | (LAST if p == places[-1][0] else 0)) for p, alt in places]
            refs.append(n_places + known[places])
        ranks += struct.pack("<QH", bits, before)
    text, home_rows = b"", []
    for home in homes.of:
        home_rows.append(struct.pack("<HBB", len(text), len(home), country_of_home.get(home, -1) + 1))
        text += home.encode("ascii")
    parts = {
        "pilots": (len(pilots), struct.pack("<%dH" % len(pilots), *pilots)),
        "slots": (n_slots, struct.pack("<%dI" % n_slots, *slots)),
        "sets": (len(sets.of), b"".join(struct.pack("<QHBB", *((0, 0, 0) if s == "places only" else s), 0)
                                        for s in sets.of)),
        "homes": (len(home_rows), b"".join(home_rows)),
        "text": (len(text), text),
        "ranks": (len(ranks) // 10, ranks),
        "refs": (len(refs), struct.pack("<%dH" % len(refs), *refs)),
        "lists": (len(lists), b"".join(struct.pack("<HB", *row) for row in lists)),
        "countries": (len(countries), b"".join(struct.pack("<2sHHBB", c[0].encode("ascii"), homes(c[1]), c[2], c[3], 0)
                                               for c in countries)),
        "regions": (len(regions), b"".join(struct.pack("<BBB", *r) for r in regions)),
        "cities": (len(cities), b"".join(city_row(*c) for c in cities)),
    }
    offset = 8 + 4 * (2 + 2 * len(PARTS))
    head, body = [], b""
    for part in PARTS:
        n, data = parts[part]
        body += b"\0" * (-(offset + len(body)) % 64)
        head += [offset + len(body), n]
        body += data
    size = offset + len(body)
    out.write(MAGIC + struct.pack("<%dI" % (2 + len(head)), VERSION, size, *head) + body)
    return {part: (parts[part][0], len(parts[part][1])) for part in PARTS}


def city_row(geonames, latitude, longitude, population, region, prior):
    lat = round((latitude + 90) * ((1 << 21) - 1) / 180)
    lon = round((longitude + 180) * ((1 << 22) - 1) / 360)
    row = geonames | lat << 24 | lon << 45 | population << 67 | region << 92 | prior << 104
    assert geonames < 1 << 24 and population < 1 << 25 and region < 1 << 12
    return row.to_bytes(14, "little")
