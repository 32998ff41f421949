# test: a pipeline with case files, without its sinks and, where the case brings records, without its source.
. "$(dirname "$0")/lib.sh"
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs

cat >p.cfg <<'END'
input_fields = ["numbers.n", "text"];
stages = (
  { plugin = "fetch"; inputs = ["/nowhere/at/all"]; },
  { plugin = "chaos"; drop = 2; when = { field = "numbers.n"; less = 10; }; },
  { plugin = "chaos"; name = "late"; fail = 7; },
  { plugin = "archive"; }
);
END
cat >right.case <<'END'
case the source is left away, and the sink
input {"id":"a","numbers.n":1,"origin":"mine"}
input {"id":"b","numbers.n":2}
input {"id":"c","numbers.n":12}
input {"id":"d","numbers.n":7}
expect {"id":"a","origin":"mine"}
expect drop asked {"id":"b"}
expect {"id":"c"}
expect fail asked {"id":"d"}

case other options
options chaos.drop=3 late.fail=100
input {"id":"a","numbers.n":2}
input {"id":"b","numbers.n":3}
expect {"id":"a"}
expect drop asked
END
exits 'records of the case' 0 test p.cfg right.case
has 'all are counted' out '2 passed, 0 failed'
is 'nothing was written' "$(ls)" 'err
out
p.cfg
right.case'
exits 'the same, checked' 0 test --checked p.cfg right.case
exits '--set' 1 test p.cfg --set chaos.drop=5 right.case
has '--set changes what comes out' out 'expected drop asked'
exits '--set is overridden by the case' 1 test p.cfg --set chaos.drop=5 right.case
has '--set is overridden by the case: it passes' out 'ok other options'

# ---- pages, read by the pipeline's own source
mkdir cases
printf 'Ferry late again\n\nThe ferry was late.\n' >cases/page.txt
printf '{"id":"x","numbers.n":4}\n{"id":"y","numbers.n":5}\n' >cases/two.jsonl
cat >cases/files.case <<'END'
case a page and lines, as the source reads them
input-file page.txt
input-file two.jsonl
expect {"content_type":"text/plain","source":"cases/page.txt"}
with body from page.txt
expect drop asked {"id":"x"}
expect {"id":"y"}
END
exits 'pages of the case, whatever the file says' 0 test p.cfg cases/files.case
is 'still nothing was written' "$(ls | grep -c gz)" 0

# ---- mistakes
cat >bad.case <<'END'
case one
options late.fail=1
options choas.drop=1 late.fial=2
input {}
expect {}
END
exits 'mistakes in options' 78 test p.cfg bad.case
has 'a stage that is not there' err "bad.case:3: error: there is no stage 'choas'; did you mean 'chaos'?"
has 'an option that is not there' err "bad.case:3: error: stage 'late' has no option 'fial'; did you mean 'fail'?"
printf 'expect {}\n' >none.case
printf 'input-file none.txt\nexpect {}\n' >file.case
exits 'an input that is not there' 78 test p.cfg file.case
has 'an input that is not there: place' err 'file.case:1: error: cannot read'
exits 'a case without input' 1 test p.cfg none.case
sed 's/drop = 2/dorp = 2/' p.cfg >wrong.cfg
exits 'a wrong pipeline' 78 test wrong.cfg right.case
is 'a mistake in the pipeline is told once' "$(grep -c dorp err)" 1
exits 'no case file' 64 test p.cfg
