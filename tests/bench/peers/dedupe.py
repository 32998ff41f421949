#!/usr/bin/env python3
"""Near duplicates as others find them: CPU seconds, and what was found.

    dedupe.py NAME DOCS.jsonl COUNT ANSWER.tsv

The first COUNT documents are read before the clock starts, but for datatrove, whose stages read and write files: its seconds
are those of the whole process, start-up and imports included.  All have the same words (`\\w+` in lower case) and shingles of
five, 112 hashes in 14 bands of 8, as FineWeb has them; what shares a band is taken for a duplicate.  ANSWER: id<TAB>cluster.
"""
import json
import re
import sys
import time

WORD = re.compile(r"\w+")
HASHES, BANDS, ROWS, SHINGLE = 112, 14, 8, 5


def shingles(text):
    w = WORD.findall(text.lower())
    return [" ".join(w[i:i + SHINGLE]) for i in range(max(1, len(w) - SHINGLE + 1))]


def rensa(docs):
    from rensa import RMinHash, RMinHashLSH
    lsh = RMinHashLSH(threshold=.7, num_perm=HASHES, num_bands=BANDS)
    yield
    for i, text in enumerate(docs):
        m = RMinHash(num_perm=HASHES, seed=42)
        m.update(shingles(text))
        found = lsh.query(m)
        lsh.insert(i, m)
        yield found


def datasketch(docs):
    import xxhash
    from datasketch import MinHash, MinHashLSH
    lsh = MinHashLSH(num_perm=HASHES, params=(BANDS, ROWS))
    blank = MinHash(num_perm=HASHES, hashfunc=xxhash.xxh32_intdigest)
    yield
    for i, text in enumerate(docs):
        m = blank.copy()
        m.update_batch([s.encode() for s in shingles(text)])
        found = lsh.query(m)
        lsh.insert(i, m)
        yield found


def one_by_one(find, docs):
    """(CPU seconds, for each document the first of its cluster), clusters being all that hangs together."""
    answers = find(docs)
    next(answers)  # imports
    first = list(range(len(docs)))

    def root(i):
        while first[i] != i:
            i = first[i]
        return i

    start = time.process_time()
    for i, found in enumerate(answers):
        for j in found:
            a, b = root(i), root(j)
            first[max(a, b)] = min(a, b)
    return time.process_time() - start, [root(i) for i in range(len(docs))]


def datatrove(docs, work, plain):
    """Signature, buckets and cluster, one task each, from and to files in `work`.  Words are those of spaCy, its default for
    English, or plain ones."""
    import os
    import struct
    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.utils.word_tokenizers import WordTokenizer

    class Words(WordTokenizer):
        def word_tokenize(self, text):
            return WORD.findall(text)

        def sent_tokenize(self, text):
            return [text]

        def span_tokenize(self, text):
            return [(0, len(text))]

    def of(name):
        return os.path.join(work, name)

    config = MinhashConfig(n_grams=SHINGLE, num_buckets=BANDS, hashes_per_bucket=ROWS)
    words = {"language": Words()} if plain else {}
    stage = MinhashDedupSignature(of("signatures"), config=config, **words)
    stage.run((Document(text=text, id=str(i)) for i, text in enumerate(docs)))
    stage = MinhashDedupBuckets(of("signatures"), of("buckets"), config=config)
    for bucket in range(BANDS):
        stage.run(rank=bucket, world_size=BANDS)
    MinhashDedupCluster(of("buckets"), of("removed"), config=config, save_cluster_id=True).run(world_size=1)
    first, cluster = list(range(len(docs))), {}
    with open(of("removed/000000.clusters"), "rb") as f:
        for number, name in struct.iter_unpack("<II", f.read()):
            first[number] = cluster.setdefault(name, number)
    return time.process_time(), first


def main():
    name, path, count, answer = sys.argv[1:]
    with open(path, encoding="utf-8") as f:
        rows = [json.loads(line) for _, line in zip(range(int(count)), f)]
    docs = [row["text"] for row in rows]
    if name.startswith("datatrove"):
        import tempfile
        with tempfile.TemporaryDirectory() as work:
            seconds, first = datatrove(docs, work, name == "datatrove-plain")
    else:
        seconds, first = one_by_one({"rensa": rensa, "datasketch": datasketch}[name], docs)
    with open(answer, "w") as f:
        for row, i in zip(rows, first):
            f.write("%s\t%s\n" % (row["id"], rows[i]["id"]))
    print("%.6f" % seconds)


main()
