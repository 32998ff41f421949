#!/usr/bin/env bash
# A slow stage: checkpoints come all the same, and a signal does not cost what was done; a finished file is spared.
. "$(dirname "$0")/lib.sh"
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs

cat >slow.cfg <<'END'
checkpoint_interval = "50ms";
stages = ( { plugin = "numbers"; count = 2000; }, { plugin = "chaos"; delay_us = 100000; }, { plugin = "archive"; } );
END
"$PRESSLINE" run slow.cfg --output o --jobs 1 --quiet 2>err &
pid=$!
for _ in $(seq 300); do
    n=$("$PRESSLINE" status o --json 2>/dev/null | sed -n 's/.*"checkpoint":\([0-9]*\).*/\1/p')
    [ "${n:-0}" -ge 2 ] && break
    sleep 0.1
done
kill -TERM $pid
wait $pid
is 'slow: SIGTERM' $? 75
read -r n out <<<"$("$PRESSLINE" status o --json | sed -n 's/.*"checkpoint":\([0-9]*\),.*"out":\([0-9]*\),.*/\1 \2/p')"
holds 'slow: checkpoints do not wait for all that could be read ahead' test "$n" -ge 2 -a "$out" -lt 320

# ---- what is finished is not replaced by accident
cat >n.cfg <<'END'
stages = ( { plugin = "numbers"; count = 20; }, { plugin = "archive"; } );
END
exits 'spared: a first run' 0 run n.cfg --output s --quiet
cp s/articles.jsonl.gz before
rm -r s/state
exits 'spared: its state is gone' 78 run n.cfg --output s --quiet --set numbers.count=3
has 'spared: says so' err "'s/articles.jsonl.gz' is there already, and 's/state' knows nothing of it"
same 'spared: it is as it was' before s/articles.jsonl.gz
exits 'spared: --restart replaces it' 0 run n.cfg --output s --quiet --set numbers.count=3 --restart
is 'spared: by the new one' "$(zcat s/articles.jsonl.gz | wc -l)" 3
