#!/usr/bin/env bash
# timeout: 180
. "$(dirname "$0")/../cli/lib.sh"
need tmpfs python3 mount
# A file system of 16 MB fills up under a run, for real.

mkdir small
if ! mount -t tmpfs -o size=16m pressline small 2>mount.err; then
    skip tmpfs "no file system can be mounted here: $(head -c 100 mount.err)"
    exit 0
fi
trap 'status=$?; cd "$PWD" && umount small 2>/dev/null || umount -l small; finish $status' EXIT

# Some 30 MB that compress to more than 16.
python3 - >input.jsonl <<'END'
import random
rnd = random.Random(16)
letters = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"
for n in range(6000):
    print('{"id":"%d","text":"%s"}' % (n, "".join(rnd.choices(letters, k=5000))))
END
cat >full.cfg <<'END'
checkpoint_interval = "50ms";
stages = ( { plugin = "fetch"; }, { plugin = "archive"; level = 1; } );
END

exits 'tmpfs: the undisturbed run' 0 run full.cfg --input input.jsonl --output whole
exits 'tmpfs: a full file system ends the run with 74' 74 run full.cfg --input input.jsonl --output small/out
has 'tmpfs: the message has the cause' err 'No space left on device'
has 'tmpfs: the message names the file' err "'small/out/"
exits 'tmpfs: still full, still 74' 74 run full.cfg --input input.jsonl --output small/out
mount -o remount,size=64m small || fail 'tmpfs: more room'
exits 'tmpfs: with room it goes on and ends' 0 run full.cfg --input input.jsonl --output small/out
same 'tmpfs: the archive is exact' whole/articles.jsonl.gz small/out/articles.jsonl.gz
same 'tmpfs: the dead letters are exact' whole/deadletters.jsonl small/out/deadletters.jsonl
exits 'tmpfs: nothing is left to do' 0 run full.cfg --input input.jsonl --output small/out
same 'tmpfs: the archive stays as it is' whole/articles.jsonl.gz small/out/articles.jsonl.gz
