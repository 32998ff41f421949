#!/usr/bin/env python3
"""dedupe.py - what a run of the stage dedupe found, in the form that a scorer reads.

    dedupe.py --docs docs.jsonl[.gz] OUTPUT.jsonl[.gz]...  >clusters.tsv
    dedupe.py --docs docs.jsonl[.gz] --form kept OUTPUT.jsonl[.gz]...  >kept.txt

`--docs` is the input of the run.  clusters, the default, is for action = "mark": a line
`id<TAB>cluster` for each document of the input.  kept is for action = "drop": the ids that are left.
Ends with 1 where the output has a document that the input has not, or twice, or (clusters) lacks one,
and where a duplicate names a document that was not kept before it.
"""
import argparse
import gzip
import json
import sys


def records(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--docs", required=True)
    p.add_argument("--form", choices=["clusters", "kept"], default="clusters")
    p.add_argument("output", nargs="+")
    args = p.parse_args()

    wanted = [r["id"] for r in records(args.docs)]
    known, cluster, wrong = set(wanted), {}, []
    for r in (r for path in args.output for r in records(path)):
        kept = r.get("duplicate_of", r["id"])
        if r["id"] not in known or r["id"] in cluster:
            wrong.append(f"{r['id']}: not in the input, or twice in the output")
        if "duplicate_of" in r and (cluster.get(kept) != kept or r.get("dedupe.cluster") != kept):
            wrong.append(f"{r['id']}: duplicate of {kept}, which was not kept before it")
        if "duplicate_of" in r and not 0 < r.get("similarity", 0) <= 1:
            wrong.append(f"{r['id']}: similarity {r.get('similarity')}")
        cluster[r["id"]] = kept
    if args.form == "clusters":
        wrong += [f"{i}: not in the output" for i in wanted if i not in cluster]
    if wrong:
        sys.exit("\n".join(wrong[:20] + [f"{len(wrong)} mistakes"]))
    for i, kept in sorted(cluster.items()):
        print(f"{i}\t{kept}" if args.form == "clusters" else i)


main()
