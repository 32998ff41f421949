# promtool, Prometheus' own checker, has nothing to say against the metrics file: no error, no lint.
. "$(dirname "$0")/../cli/lib.sh"

promtool=$(command -v promtool)
for dir in "$BUILDDIR" "$SRCDIR/build"; do
    [ -n "$promtool" ] || [ ! -x "$dir/tools/promtool" ] || promtool=$dir/tools/promtool
done
[ -n "$promtool" ] || { skip 'promtool check metrics' 'there is no promtool (Debian: prometheus)'; exit 0; }
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs

printf '# HELP news_seconds x\n# TYPE news_seconds counter\nnews_seconds 1\n' | "$promtool" check metrics >out 2>&1
holds 'promtool finds what is wrong' [ $? -ne 0 ]

cat >'a "name".cfg' <<'END2'
stages = (
  { plugin = "numbers"; count = 300; },
  { plugin = "chaos"; drop = 7; fail = 11; emit = 13; },
  { plugin = "dedupe"; }, { plugin = "archive"; } );
END2
# clean FILE: promtool says nothing about it
clean() { "$promtool" check metrics <"$1" >promtool.out 2>&1 && [ ! -s promtool.out ]; }
pl run 'a "name".cfg' --output o --quiet --metrics end.prom
holds 'promtool: after a run' clean end.prom
[ ! -s promtool.out ] || cat promtool.out
for family in records_total stage_drops_total stage_failures_total stage_metric_total last_success_timestamp_seconds; do
    has "it has $family" end.prom "pressline_$family{pipeline=\"a \\\"name\\\".cfg\""
done
pl run 'a "name".cfg' --output o2 --quiet --metrics stopped.prom --set max_failures=1
is 'promtool: a run that max_failures stopped' "$rc" 4
holds 'promtool: after it' clean stopped.prom
