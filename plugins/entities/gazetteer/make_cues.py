#!/usr/bin/env python3
"""make_cues.py <cues.txt >../entities_cues.c - the words that attribute, in all their forms, as a hash table.

A bucket is the word's hash, as cue_find() in entities_cue.c computes it, modulo BUCKETS.
"""
import re
import sys

BUCKETS = 4096
FLAGS = {"c": "CLAUSE", "q": "BEHIND", "a": "TOLD", "o": "THING", "i": "TO", "p": "PARTICLE", "v": "PASSIVE", "n": "NOUNY",
         "N": "NOUN", "s": "STRICT", "r": "SUBJECT", "w": "WHOM"}
PARTICLES = ["about", "on", "of", "for", "to", "against", "at", "as", "in", "with", "out"]


def forms(verb):
    """Past, participle, -s, -ing by the rules of spelling."""
    silent = verb.endswith("e")
    if re.search(r"[^aeiou]y$", verb):
        past, s = verb[:-1] + "ied", verb[:-1] + "ies"
    else:
        past = verb + ("d" if silent else "ed")
        s = verb + ("es" if re.search(r"(s|x|z|ch|sh)$", verb) else "s")
    ing = (verb[:-1] if silent and not verb.endswith("ee") else verb) + "ing"
    return [past, past, s, ing]


def read(lines):
    words = {}  # word: [kind, flags, particles, forms]

    def add(word, kind, flags, particles, form):
        w = words.setdefault(word, [kind, set(), set(), set()])
        w[1] |= flags
        w[2] |= particles
        w[3].add(form)

    kind, section, particles = None, set(), set()
    for line in lines:
        line = line.split("#")[0].strip()
        if line.startswith("["):
            head = line.strip("[]").split()
            kind = head[0]
            section = {h for h in head[1:] if h in FLAGS}
            particles = {h for h in head[1:] if h in PARTICLES}
            continue
        for item in filter(None, (i.strip() for i in line.split(","))):
            names, *extra = item.split()
            if "0" in extra:
                continue
            flags = section | set(extra)
            verb, *irregular = names.split("/")
            if "N" in section:
                add(verb, kind, flags, particles, "NOUN")
                continue
            past, participle, s, ing = (irregular + forms(verb)[len(irregular):])
            for word, form in (verb, "PLAIN"), (s, "S"), (past, "PAST"), (participle, "PARTICIPLE"), (ing, "ING"):
                own = flags if form in ("PLAIN", "S") else flags - {"n"}
                add(word, kind, own, particles, form)
    return words


def bucket(word):
    h = 0
    for c in word.encode():
        h = (h * 31 + c) & 0xFFFFFFFF
    return (h ^ h >> 12) % BUCKETS


def main():
    words = read(sys.stdin)
    order = sorted(words, key=lambda w: (bucket(w), w))
    starts, at = [], 0
    for b in range(BUCKETS + 1):
        while at < len(order) and bucket(order[at]) < b:
            at += 1
        starts.append(at)
    print("/* entities_cues.c - written by gazetteer/make_cues.py from gazetteer/cues.txt; not to be edited. */")
    print('#include "entities_cue.h"\n')
    print("/* clang-format off */")
    print(f"const uint16_t cue_starts[CUE_BUCKETS + 1] = {{")
    for i in range(0, len(starts), 20):
        print("    " + ", ".join(map(str, starts[i:i + 20])) + ",")
    print("};\n")
    print("const struct cue_word cue_words[] = {")
    for w in order:
        kind, flags, particles, form = words[w]
        bits = sorted("CUE_" + FLAGS[f] for f in flags) + sorted("FORM_" + f for f in form)
        parts = sum(1 << PARTICLES.index(p) for p in particles)
        print(f'    {{"{w}", {len(w)}, CUE_{kind.upper()}, {parts}, {" | ".join(bits)}}},')
    print("};")


if __name__ == "__main__":
    main()
