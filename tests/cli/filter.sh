# JSONL in, JSONL out: what `pressline filter` keeps, refuses and survives.
# timeout: 300
. "$(dirname "$0")/lib.sh"
need filter python3
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs
echo 'stages = ( { plugin = "fetch"; }, { plugin = "chaos"; }, { plugin = "archive"; } );' >pass.cfg

filter() {
    "$PRESSLINE" filter "$@" >out 2>err
    rc=$?
}

# ---- every field comes back, whatever the number of workers
python3 - >in.jsonl <<'END'
import json
for i in range(5000):
    print(json.dumps({"id": "r%d" % i, "title": "Nº %d \u2028 \U0001F5DE \u0000" % i, "byline": ["Ana Petrović", "J. O'Neill"],
                      "text": "Rain fell on Split. \u201cStay home,\u201d the mayor said.", "similarity": 0.5,
                      "my.number": -9007199254740993 - i, "my.real": 1e-300, "big": 123456789012345678901234567890,
                      "nested": {"a": [1, {"b": None}]}, "origin": "-:7:0 elsewhere", "source": "elsewhere",
                      "annotations": [{"id": 1, "kind": "entity", "label": "LOC", "begin": 13, "end": 18, "text": "Split",
                                       "chain": 1},
                                      {"id": 2, "kind": "quote", "label": "direct", "begin": 20, "end": 32,
                                       "text": "\u201cStay home,\u201d", "speaker": 1}]}, ensure_ascii=i % 2 == 0))
END
for n in 1 3; do
    filter pass.cfg --jobs $n <in.jsonl
    is "round trip: $n workers end clean" "$rc $(cat err)" "0 "
    holds "round trip: $n workers, every value" python3 - in.jsonl out <<'END'
import json, sys
a = [json.loads(l) for l in open(sys.argv[1], encoding="utf-8")]
b = [json.loads(l) for l in open(sys.argv[2], encoding="utf-8")]
assert a == b, next((x, y) for x, y in zip(a, b) if x != y)
assert list(map(str, a[0]["nested"])) == list(map(str, b[0]["nested"]))
END
    mv out "out$n"
done
same "round trip: any number of workers" out1 out3
"$PRESSLINE" filter pass.cfg <out1 >again
same "round trip: twice is once" out1 again

# ---- bad lines are dead letters with their line's number; their neighbours arrive
{
    printf '{"id":"a","text":"one"}\n'
    printf '[1]\n'
    printf '{"id":"b","text":"\\ud800"}\n'
    printf '{"id":"c","text":"\xff"}\n'
    printf '\n  \n'
    printf '{"id":"d","text":"half\n'
    printf '{"id":"e","text":"five"}\r\n'
    printf '{"id":"f","title":7}\n'
    printf '{"id":"g","text":"last, and no line end"}'
} >bad.jsonl
filter pass.cfg <bad.jsonl
is "bad lines: exit status" $rc 3
is "bad lines: the others arrive" "$(field id <out | tr '\n' ' ')" "a e g "
is "bad lines: each is a dead letter" "$(grep -c '"code":"bad-json"' err)" 5
is "bad lines: with its line's number" "$(sed -n 's/^{"origin":"-:\([0-9]*\):0 -".*/\1/p' err | tr '\n' ' ')" "2 3 4 7 9 "
holds "bad lines: with its bytes" python3 - <<'END'
import base64, json
letters = [json.loads(l) for l in open("err", encoding="utf-8") if l.startswith("{")]
lines = open("bad.jsonl", "rb").read().split(b"\n")
for l in letters:
    raw = l["raw"]
    raw = base64.b64decode(raw["base64"]) if isinstance(raw, dict) else raw.encode()
    assert raw == lines[int(l["origin"].split(":")[1]) - 1], l
END

# ---- lines past the limit
python3 -c 'print("{\"id\":\"x\",\"text\":\"" + "y" * 3000000 + "\"}"); print("{\"id\":\"z\"}")' >long.jsonl
sed '1i max_record = "1M";' pass.cfg >small.cfg
filter small.cfg <long.jsonl
is "a long line: exit status" $rc 3
is "a long line: its neighbour arrives" "$(field id <out)" z
has "a long line: too-large" err '"code":"too-large"'
has "a long line: the number of the next" out '"origin":"-:2:0 -"'
case $(ldd "$PRESSLINE") in
    *libasan* | *libtsan*) skip "a line of 3 GB" "sanitizers reserve more than any limit of memory" ;;
    *)
        { printf '{"id":"first"}\n'; head -c 3000000000 /dev/zero | tr '\0' x; printf '\n{"id":"last"}\n'; } |
            (ulimit -v 1500000; "$PRESSLINE" filter pass.cfg --jobs 2 >out 2>err)
        is "a line of 3 GB: exit status" $? 3
        is "a line of 3 GB: its neighbours arrive" "$(field id <out | tr '\n' ' ')" "first last "
        is "a line of 3 GB: too-large" "$(grep -c '"code":"too-large"' err)" 1
        ;;
esac

# ---- ends
(timeout 20 "$PRESSLINE" filter pass.cfg 2>err; echo $? >rc) < <(while cat in.jsonl; do :; done 2>/dev/null) | head -n 1 >out
is "head: one line" "$(wc -l <out)" 1
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s rc ] && break; sleep 0.5; done
is "head: it ends, and is no error of ours" "$(cat rc) $(cat err)" "74 "
filter pass.cfg </dev/null
is "no input" "$rc $(cat out err)" "0 "
(sleep 2; echo '{"id":"late"}') | "$PRESSLINE" filter pass.cfg >out 2>err
is "slow input" "$? $(field id <out)" "0 late"
mkfifo silent
sleep 60 >silent &
"$PRESSLINE" filter pass.cfg <silent >out 2>err &
pid=$!
sleep 1
start=$SECONDS
kill -TERM $pid
wait $pid
is "TERM while waiting for input" $? 75
holds "TERM while waiting for input: within 5 s" test $((SECONDS - start)) -le 5
kill %1 2>/dev/null
mkfifo blank
yes '' >blank &
"$PRESSLINE" filter pass.cfg <blank >out 2>err &
pid=$!
sleep 1
start=$SECONDS
kill -TERM $pid
for _ in $(seq 50); do kill -0 $pid 2>/dev/null || break; sleep 0.2; done
kill -KILL $pid 2>/dev/null
wait $pid
is "TERM among blank lines without end" $? 75
holds "TERM among blank lines without end: within 5 s" test $((SECONDS - start)) -le 5
cat >slow.py <<'END'
import fcntl, os, subprocess, sys, time
r, w = os.pipe()
fcntl.fcntl(w, fcntl.F_SETFL, fcntl.fcntl(w, fcntl.F_GETFL) | os.O_NONBLOCK)
p = subprocess.Popen(sys.argv[1:], stdin=open("in.jsonl", "rb"), stdout=w)
os.close(w)
time.sleep(1)
with open("out", "wb") as out:
    while True:
        b = os.read(r, 1 << 16)
        if not b:
            break
        out.write(b)
sys.exit(p.wait())
END
python3 slow.py "$PRESSLINE" filter pass.cfg 2>err
is "a full pipe that does not block" "$? $(cat err)" "0 "
same "a full pipe that does not block: every line" out1 out
filter nowhere.cfg </dev/null
is "no such pipeline" $rc 78
