#!/usr/bin/env python3
"""Writes dedupe_chars.c: what each character is to the word splitter, and what it folds to.

    python3 plugins/dedupe/dedupe_chars.py > plugins/dedupe/dedupe_chars.c

Run it again only for a new Unicode version: another table makes other shingles, so state that was
stored by an older one no longer matches.
"""
import unicodedata

BREAK, LETTER, FOLDS, SOLO, MARK, SKIP = range(6)
BLOCK = 128
END = 0x40000  # what lies beyond is not in any word: tags, selectors, private use

# Scripts that put no space between words: every character counts as a word.
SOLO_RANGES = [
    (0x0E00, 0x0EFF),    # Thai, Lao
    (0x1000, 0x109F),    # Myanmar
    (0x1780, 0x17FF),    # Khmer
    (0x2E80, 0x2FDF),    # Han radicals
    (0x3005, 0x3007),
    (0x3021, 0x312F),    # kana, Bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),    # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),    # Myanmar, extended
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),    # Han, compatibility
    (0xFF66, 0xFF9F),    # kana, half width
    (0x1B000, 0x1B16F),  # kana, extended
    (0x20000, END - 1),  # Han, extensions
]


def is_accent(c):
    return 0x300 <= c <= 0x36F


def drop_accents(s):
    """`s` without the combining accents that its canonical decomposition shows."""
    return "".join(x for x in unicodedata.normalize("NFD", s) if not is_accent(ord(x)))


def fold(c):
    """Without case and accents, full width as ASCII; as it is where that is not one character."""
    s = chr(c)
    if 0xFF01 <= c <= 0xFF5E:
        s = chr(c - 0xFEE0)
    s = drop_accents(s.casefold() if len(s.casefold()) == 1 else s.lower())
    if len(s) != 1:
        return c
    return c if ord(s) == c else fold(ord(s))


def kind(c):
    category = unicodedata.category(chr(c))
    if category == "Cf" or is_accent(c) or 0xFE00 <= c <= 0xFE0F:
        return SKIP
    if category[0] == "M":
        return MARK
    if category[0] not in "LN":
        return BREAK
    if any(a <= c <= b for a, b in SOLO_RANGES):
        return SOLO
    return FOLDS if fold(c) != c else LETTER


def fold_ranges():
    """[first, last, stride, delta]: every stride-th character from first to last folds by delta."""
    runs = []
    for c in range(0x80, END):
        if kind(c) != FOLDS:
            continue
        delta = fold(c) - c
        if runs and runs[-1][3] == delta:
            first, last, stride, _ = runs[-1]
            if (first == last and c - last <= 2) or (first != last and c - last == stride):
                runs[-1] = [first, c, c - last, delta]
                continue
        runs.append([c, c, 1, delta])
    return runs


def print_rows(items, width):
    row = "   "
    for item in items:
        if len(row) + len(item) + 1 > width:
            print(row)
            row = "   "
        row += " " + item
    print(row)


def main():
    blocks, index = [], []
    for start in range(0, END, BLOCK):
        block = tuple(kind(c) for c in range(start, start + BLOCK))
        if block not in blocks:
            blocks.append(block)
        index.append(blocks.index(block))
    assert len(blocks) <= 256
    version = unicodedata.unidata_version
    print(f"""/* dedupe_chars.c - the character table of the word splitter (Unicode {version}).
 *
 * Generated:  python3 plugins/dedupe/dedupe_chars.py > plugins/dedupe/dedupe_chars.c */
#include "dedupe_chars.h"

/* clang-format off */
const uint8_t dedupe_char_index[{len(index)}] = {{""")
    print_rows([f"{i}," for i in index], 100)
    print(f"""}};

const uint8_t dedupe_char_block[][{BLOCK}] = {{""")
    for block in blocks:
        rows = ["".join(f"{k}," for k in block[i : i + 43]) for i in range(0, BLOCK, 43)]
        print("    {" + "\n     ".join(rows) + "},")
    runs = fold_ranges()
    print(f"""}};

const struct dedupe_fold dedupe_char_fold[] = {{""")
    print_rows([f"{{{a}, {b}, {s}, {d}}}," for a, b, s, d in runs], 100)
    print(f"""}};
/* clang-format on */

const size_t dedupe_char_folds = {len(runs)};""")


main()
