#!/usr/bin/env bash
# Python's json reads our lines and finds in them what was put in: types, text, numbers to the last bit, spans
# and links.
. "$(dirname "$0")/../cli/lib.sh"
need 'Python reads our JSONL' python3
[ -x "$BUILDDIR/tests/unit/json_test" ] || { skip 'Python reads our JSONL' 'json_test is not built'; exit 0; }

"$BUILDDIR/tests/unit/json_test" --lines 500 >lines || fail 'json_test writes lines'

cat >read.py <<'EOF'
import base64, json, math, sys

NULL = object()
LINKS = ("chain", "of", "speaker", "cue")


def members(pairs):
    assert len(dict(pairs)) == len(pairs), "a name twice"
    return dict(pairs)


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b and math.copysign(1, a) == math.copysign(1, b)
    return type(a) is type(b) and a == b


def text(word):
    assert word[0] == "x"
    return bytes.fromhex(word[1:]).decode("utf-8")


def value(words, name, attribute):
    """The next value of the account, as it must stand in the line."""
    kind = next(words)
    if kind == "s":
        return text(next(words))
    if kind == "b":
        data = base64.b64encode(bytes.fromhex(next(words)[1:])).decode("ascii")
        return data if name == "body" else {"base64": data}
    if kind == "t":
        return next(words) == "1"
    if kind == "i":
        return int(next(words))
    if kind == "f":
        return float.fromhex(next(words))
    if kind == "l":
        return [text(w) for w in next(words).rstrip(".").split(",")[:-1]]
    if kind == "j":
        return json.loads(text(next(words)))
    assert kind == "a" and attribute
    note = int(next(words))
    return note if name in LINKS else {"note": note}


def check(line, account):
    got = json.loads(line, object_pairs_hook=members if '"a":1, "a":2' not in line else None)
    words = iter(account.split())
    notes = iter(got.get("annotations", ()))
    fields, n = 0, 0
    for word in words:
        name = text(next(words))
        if word == "f":
            want = value(words, name, False)
            assert name in got, name
            assert same(got[name], want), (name, got[name], want)
            fields += 1
            continue
        n += 1
        note, label, span = next(notes), text(next(words)), text(next(words))
        attrs = int(next(words))
        assert note["id"] == n and note["kind"] == name and note.get("label", "") == label
        assert note["text"] == span == got["text"][note["begin"]:note["end"]], note
        assert len(note) == 5 + bool(label) + attrs
        for _ in range(attrs):
            name = text(next(words))
            want = value(words, name, True)
            assert same(note[name], want), (name, note[name], want)
    assert next(notes, None) is None
    assert len(got) == fields + bool(n)
    return fields + n


lines = open("lines", encoding="utf-8", newline="\n").read().split("\n")
assert lines.pop() == "" and len(lines) == 1000, len(lines)
print(sum(check(*pair) for pair in zip(lines[::2], lines[1::2])) > 2500)
EOF
python3 read.py >out 2>err
is 'Python reads our JSONL' "$(cat out)" True
[ -s err ] && cat err
exit 0
