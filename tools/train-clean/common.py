"""common.py - what the trainers of both tables share: pages, sites, labels by alignment, trees."""
import bisect
import hashlib
import json
import re
from collections import defaultdict
from urllib.parse import urlparse

import lightgbm
import numpy as np

FOLDS = 5
SHINGLE = 4
LEAVES, NODES = 16, 15
SCALE = 4096
SETTINGS = dict(
    objective="cross_entropy", num_leaves=LEAVES, learning_rate=0.1, min_data_in_leaf=300, feature_fraction=0.5,
    bagging_fraction=0.8, bagging_freq=1, lambda_l2=5.0, max_bin=63, seed=1, num_threads=1, deterministic=True,
    force_row_wise=True, verbose=-1)

WORD = re.compile(r"\w+")
SOLO = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
SECOND_LEVEL = ("co", "com", "org", "net", "gov", "ac", "edu", "or", "ne")


def read_rows(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def site_of(row):
    host = urlparse(row.get("url") or "").hostname
    if not host:
        return row.get("src") or row["id"]
    parts = host.split(".")
    if len(parts) >= 3 and len(parts[-1]) == 2 and parts[-2] in SECOND_LEVEL:
        return parts[-3]
    return parts[-2] if len(parts) > 1 else host


def fold_of(row):
    return int(hashlib.md5(b"f" + site_of(row).encode()).hexdigest(), 16) % FOLDS


# ---- Labels: which pieces of a page say what a text says

def tokens(text):
    found = []
    for word in WORD.findall(text):
        found.extend(SOLO.findall(word) + [w for w in SOLO.split(word) if w] if SOLO.search(word) else [word])
    return found


def longest_chain(pairs):
    """Of pairs in the order of their first part, the most whose second part rises too."""
    tails, last, before = [], [], [-1] * len(pairs)
    for i, (_, gold) in enumerate(pairs):
        k = bisect.bisect_left(tails, gold)
        tails[k:k + 1], last[k:k + 1] = [gold], [i]
        before[i] = last[k - 1] if k else -1
    chain, i = [], last[-1] if last else -1
    while i >= 0:
        chain.append(pairs[i])
        i = before[i]
    return chain[::-1]


def anchors(page, gold):
    """Where runs of words stand in both, as often in the one as in the other."""
    in_gold, in_page = defaultdict(list), defaultdict(list)
    for i in range(len(gold) - SHINGLE + 1):
        in_gold[tuple(gold[i:i + SHINGLE])].append(i)
    for i in range(len(page) - SHINGLE + 1):
        key = tuple(page[i:i + SHINGLE])
        if key in in_gold:
            in_page[key].append(i)
    pairs = []
    for key, at in in_page.items():
        if len(in_gold[key]) == 1 and len(at) <= 4:
            pairs += [(i, in_gold[key][0]) for i in at]
        elif len(in_gold[key]) == len(at):
            pairs += zip(at, in_gold[key])
    return sorted(pairs, key=lambda p: (p[0], -p[1])), in_gold


def label(pieces, text):
    """The share of each piece's words that the text has at this place."""
    own = [tokens(piece) for piece in pieces]
    page, gold = [w for words in own for w in words], tokens(text)
    pairs, in_gold = anchors(page, gold)
    matched, used = [False] * len(page), [False] * len(gold)
    for a, b in longest_chain(pairs):
        for k in range(SHINGLE):
            matched[a + k] = used[b + k] = True
        for step, i, j in ((1, a + SHINGLE, b + SHINGLE), (-1, a - 1, b - 1)):
            while 0 <= i < len(page) and 0 <= j < len(gold) and page[i] == gold[j] and not matched[i]:
                matched[i] = used[j] = True
                i, j = i + step, j + step
    shares, at = [], 0
    for words in own:
        hits = sum(matched[at:at + len(words)])
        at += len(words)
        if len(words) >= 6 and hits < len(words) / 2:
            hits = max(hits, take_elsewhere(words, in_gold, used))
        shares.append(hits / max(1, len(words)))
    return np.array(shares)


def take_elsewhere(words, in_gold, used):
    """A piece that the text has in another place: most of its runs are there, and unused."""
    hits, places = set(), []
    for i in range(len(words) - SHINGLE + 1):
        for g in in_gold.get(tuple(words[i:i + SHINGLE]), ()):
            if not any(used[g:g + SHINGLE]):
                hits.update(range(i, i + SHINGLE))
                places.append(g)
    if len(hits) < 0.7 * len(words):
        return 0
    for g in places:
        used[g:g + SHINGLE] = [True] * SHINGLE
    return len(hits)


# ---- Trees

def fit(x, y, weight, trees, **settings):
    data = lightgbm.Dataset(x.astype(np.float32), y, weight=weight)
    return lightgbm.train(dict(SETTINGS, **settings), data, trees)


def read_trees(model):
    """-> [([(feature, threshold, mask)], [leaf])], in the form of clean_trees.h."""
    trees = []
    for info in model.dump_model()["tree_info"]:
        nodes, leaves = [], []

        def walk(node):
            if "leaf_value" in node:
                leaves.append(node["leaf_value"])
                return
            begin = len(leaves)
            walk(node["left_child"])
            left = sum(1 << i for i in range(begin, len(leaves)))
            nodes.append((node["split_feature"], int(np.floor(node["threshold"])), 0xFFFF & ~left))
            walk(node["right_child"])

        walk(info["tree_structure"])
        nodes += [(0, 32767, 0xFFFF)] * (NODES - len(nodes))
        leaves = [round(v * SCALE) for v in leaves]
        trees.append((nodes, leaves + [0] * (LEAVES - len(leaves))))
    assert all(abs(v) < 32768 for _, leaves in trees for v in leaves)
    return trees


def write_numbers(trees, path):
    with open(path, "w", encoding="ascii") as f:
        print(len(trees), 0, file=f)
        for nodes, leaves in trees:
            print(*(v for node in nodes for v in node), *leaves, file=f)


def wrap(items, indent="    ", width=112):
    line, out = indent, []
    for item in items:
        if len(line) + len(item) + 1 > width:
            out.append(line.rstrip())
            line = indent
        line += item + " "
    return out + [line.rstrip()]


def write_c(trees, path, name, of, header, n_features, card):
    """A table as C: `name`, the tables `of` what."""
    out = [f"/* {name}.c - which {of} of a page are its article: trained trees.", " *"]
    out += [" * " + line if line else " *" for line in card] + [" */", f'#include "{header}"', ""]
    out += ["/* clang-format off */", "/* feature, threshold, mask; a line a tree's begin */",
            "static const struct clean_tree_node nodes[] = {"]
    for nodes, _ in trees:
        out += wrap("{%d,%d,0x%X}," % node for node in nodes)
    out += ["};", "", "static const int16_t leaves[] = {"]
    for _, leaves in trees:
        out += wrap("%d," % leaf for leaf in leaves)
    out += ["};", "/* clang-format on */", "",
            f"const struct clean_trees {name} = {{{len(trees)}, {n_features}, 0, nodes, leaves}};", ""]
    with open(path, "w", encoding="ascii") as f:
        f.write("\n".join(out))
