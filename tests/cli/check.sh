#!/usr/bin/env bash
# `pressline check`: a right file, every kind of mistake at its place, all of them at once; `describe` and `plugins`.
. "$(dirname "$0")/lib.sh"
plugins=$BUILDDIR/tests/plugins/.libs
export PRESSLINE_PLUGIN_PATH=$plugins

# ---- right
cat >right.cfg <<'END'
# three stages
jobs = 2;
stages = (
  { plugin = "t_source"; },
  { plugin = "t_options"; word = "w"; rate = 1; when = { field = "title"; present = true; }; },
  { plugin = "t_sink"; }
);
END
exits 'right: exit 0' 0 check right.cfg --input right.cfg --output made
is 'right: says so' "$(cat out)" 'right.cfg: 3 stages, right'
is 'right: nothing on stderr' "$(cat err)" ''
exits 'right: without --input and --output' 0 check right.cfg
is 'right: says what a run needs' "$(cat out)" 'right.cfg: 3 stages, right; a run needs --input and --output'
exits 'right: as JSON' 0 check right.cfg --json --output made
has 'right: JSON says so' out '"right":true,"stages":[{"name":"t_source","plugin":"t_source"},{"name":"t_options",'
has 'right: JSON says what a run needs' out '"needs":["--input"]'
holds 'right: makes nothing' test ! -d made/records
exits 'no such file' 78 check none.cfg
has 'no such file: named' err 'none.cfg: error: cannot open: No such file or directory'

# ---- one mistake each: wrong NAME LINE MESSAGE [OPTION...] <FILE
wrong() {
    local name=$1 line=$2 message=$3
    shift 3
    cat >wrong.cfg
    pl check wrong.cfg "$@"
    if [ $rc -eq 78 ] && grep -qF -e "wrong.cfg:$line: error: $message" err && [ ! -s out ]; then
        pass "wrong: $name"
    else
        fail "wrong: $name" out err
        echo "exit status $rc; no line has: wrong.cfg:$line: error: $message"
    fi
}
stages() { printf 'stages = (\n  { plugin = "t_source"; },\n  %s,\n  { plugin = "t_sink"; }\n);\n' "$1"; }
options() { stages "{ plugin = \"t_options\"; word = \"w\"; $1 }"; }

wrong 'syntax' 2 "syntax error at '2': a setting is written NAME = VALUE;" < <(printf '\njobs 2;\n')
wrong 'trailing comma' 3 "trailing comma before ')': leave it away" < <(printf 'stages = (\n{ plugin = "t_source"; }\n,);\n')
wrong 'a bracket not closed' 2 "'(' is never closed" < <(printf 'jobs = 1;\nstages = ( { plugin = "t_source"; }\n')
wrong 'set twice' 2 "'jobs' is set twice: first at wrong.cfg:1" < <(printf 'jobs = 1;\njobs = 2;\n'; stages '{ plugin = "t_rewrite"; }')
wrong 'too large an integer' 3 'the integer 99999999999 is too large' < <(options 'number = 99999999999;')
wrong 'an integer past 2^31' 3 'the integer 2147483648 is too large' < <(options 'number = 2147483648;')
wrong 'a leading zero' 3 'the integer 010 begins with 0' < <(options 'number = 010;')
wrong 'no UTF-8' 3 'is not UTF-8' < <(options "$(printf 'words = ["caf\351"];')")
wrong 'unknown plugin' 3 "there is no plugin 't_optoins'; did you mean 't_options'?" < <(stages '{ plugin = "t_optoins"; }')
wrong 'unknown option' 3 "stage 't_options' has no option 'nubmer'; did you mean 'number'?" < <(options 'nubmer = 3;')
wrong 'unknown setting' 1 "the run has no option 'jbos'; did you mean 'jobs'?" < <(echo 'jbos = 3;'; options)
wrong 'wrong type' 3 "stage 't_options': option 'flag' wants true or false, not an integer" < <(options 'flag = 1;')
wrong 'wrong size' 3 "stage 't_options': option 'size' wants a size such as \"64M\"" < <(options 'size = "64 M";')
wrong 'wrong range' 3 "stage 't_options': option 'number' is 101, out of its range: -5 to 100" < <(options 'number = 101;')
wrong 'wrong choice' 3 "stage 't_options': option 'mode' cannot be \"bset\"; did you mean \"best\"?" < <(options 'mode = "bset";')
wrong 'missing option' 3 "stage 't_options': option 'word' is required" < <(stages '{ plugin = "t_options"; }')
wrong 'reads what nothing writes' 3 "stage 't_quotes' reads \`language\`, which no earlier stage writes; if the JSONL input brings it, state input_fields = [\"language\"]" < <(stages '{ plugin = "t_quotes"; }')
wrong 'wants annotations that come later' 3 "stage 't_quotes' reads annotations \`entity\`, which stage 't_annotate' writes only later" < <(stages '{ plugin = "t_quotes"; }, { plugin = "t_annotate"; }')
wrong 'when on what nothing writes' 3 "stage 't_options' has a \`when\` on \`ttile\`, which no earlier stage writes; did you mean \`title\`?" < <(options 'when = { field = "ttile"; present = true; };')
wrong 'when with a wrong test' 3 "\`when\` has no test 'equal'; did you mean 'equals'?" < <(options 'when = { field = "title"; equal = "x"; };')
wrong 'text after annotations' 4 "stage 't_rewrite' writes \`text\` after stage 't_annotate' has annotated it" < <(stages $'{ plugin = "t_annotate"; },\n { plugin = "t_rewrite"; }')
wrong 'a source that is not first' 3 "stage 'again' is a source, and a source can only be the first stage" < <(stages '{ plugin = "t_source"; name = "again"; }')
wrong 'no source' 1 "stage 't_rewrite' is first, but is no source" < <(echo 'stages = ( { plugin = "t_rewrite"; }, { plugin = "t_sink"; } );')
wrong 'a name twice' 4 "two stages are called 't_rewrite' (the other at wrong.cfg:3)" < <(stages $'{ plugin = "t_rewrite"; },\n { plugin = "t_rewrite"; }')
wrong 'a path that is not there' 3 "stage 't_options': option 'table': cannot read 'none.txt': No such file or directory" < <(options 'table = "none.txt";')
wrong 'a path that cannot be written' 4 "stage 't_sink': option 'file': cannot write 'right.cfg/x/records': Not a directory" --output right.cfg/x < <(options)
wrong 'unknown variable' 3 'there is no ${outptu}; did you mean ${output}?' < <(options 'words = ["${outptu}"];')
wrong 'environment not set' 3 'the environment variable PL_NONE is not set' < <(options 'words = ["${env:PL_NONE}"];')
wrong 'no stages' 1 'there are no stages' < <(echo 'jobs = 1;')

# ---- warnings do not make it wrong
stages '{ plugin = "t_annotate"; when = { field = "title"; present = true; }; }, { plugin = "t_quotes"; }' >may.cfg
sed -i '1i input_fields = ["language"];' may.cfg
exits 'a stage under `when` may not have been' 0 check may.cfg
has 'a stage under `when`: warning' err "may.cfg:4: warning: stage 't_quotes' reads annotations \`entity\`, which some records will not have"
options 'named = ["titel", "title", "elsewhere"];' >named.cfg
exits 'an option that names a field: exit 0' 0 check named.cfg
has 'an option that names a field: misspelt' err "named.cfg:3: warning: stage 't_options': \`named\` names \`titel\`, which no earlier stage writes; did you mean \`title\`?"
has 'an option that names a field: of the input' err "names \`elsewhere\`, which no earlier stage writes; if the JSONL input brings it, state input_fields = [\"elsewhere\"]"
is 'an option that names a field: one that is there' "$(grep -c . err)" 2

# ---- all at once, in the order of the file, and before anything is run
cat >many.cfg <<'END'
jbos = 1;
stages = (
  { plugin = "t_source"; inputs = "x"; },
  { plugin = "t_none"; },
  { plugin = "t_options"; number = 1000; mode = "x"; },
  { plugin = "t_sink"; },
);
END
exits 'many: exit 78' 78 check many.cfg
is 'many: seven mistakes in order' "$(sed 's/^\(many.cfg:[0-9]*: error\):.*/\1/' err | tr '\n' ' ')" \
    'many.cfg:1: error many.cfg:3: error many.cfg:4: error many.cfg:5: error many.cfg:5: error many.cfg:5: error many.cfg:6: error '
exits 'many: as JSON' 78 check many.cfg --json
has 'many: JSON' out '"right":false,'
has 'many: JSON has messages' out '{"file":"many.cfg","line":1,"severity":"error","message":"the run has no option '
cp err many.err
exits 'many: run refuses it too' 78 run many.cfg --input right.cfg --output ran
same 'many: run says the same' err many.err
holds 'many: run has made nothing' test ! -e ran

# ---- includes: beside the including file, whatever the working directory
mkdir -p conf/parts elsewhere
printf 'stages = (\n@include "parts/first.cfg"\n, { plugin = "t_sink"; } );\n' >conf/main.cfg
printf '# first\n{ plugin = "t_source"; },\n@include "second.cfg"\n' >conf/parts/first.cfg
printf '{ plugin = "t_options"; word = "w";\n  number = 7; }\n' >conf/parts/second.cfg
cd elsewhere || exit 74
exits 'include: relative to its file' 0 check ../conf/main.cfg
sed -i 's/number = 7/number = 777/' ../conf/parts/second.cfg
exits 'include: a mistake in it' 78 check ../conf/main.cfg
has 'include: keeps file and line' err "../conf/parts/second.cfg:2: error: stage 't_options': option 'number' is 777"
rm ../conf/parts/second.cfg
exits 'include: missing' 78 check ../conf/main.cfg
has 'include: missing is named' err "../conf/parts/first.cfg:3: error: cannot include '../conf/parts/second.cfg': No such file or directory"
cd .. || exit 74

# ---- --set
exits 'set: an option' 0 check right.cfg --set t_options.number=50 --set jobs=3 --set 't_options.words=a,b'
exits 'set: out of range' 78 check right.cfg --set t_options.number=500
has 'set: is told' err "--set: error: stage 't_options': option 'number' is 500, out of its range: -5 to 100"
exits 'set: no such stage' 78 check right.cfg --set t_option.number=5
has 'set: nearest stage' err "--set: error: there is no stage 't_option'; did you mean 't_options'?"
pl check right.cfg --json --set jobs=9
first=$(grep -o '"settings_sha256":"[0-9a-f]\{64\}"' out)
pl check right.cfg --json
is 'digest: jobs have no part in it' "$(grep -o '"settings_sha256":"[0-9a-f]\{64\}"' out)" "$first"
pl check right.cfg --json --set t_options.number=9
holds 'digest: options have' test "$(grep -o '"settings_sha256":"[0-9a-f]\{64\}"' out)" != "$first"

# ---- a hostile file name and text do not reach the terminal as they are
printf 'log = "\033[2J";\n' >esc.cfg
exits 'escapes: exit 78' 78 check esc.cfg
hasnt 'escapes: no control character' err "$(printf '\033')"

# ---- plugins and describe
pl plugins
has 'plugins: name and summary' out 't_options    1.2      has an option of every type'
exits 'describe: a plugin' 0 describe t_options
has 'describe: an option' out 'integer, -5 to 100; default 7'
has 'describe: choices' out 'text: fast, best; default "fast"'
has 'describe: a size' out 'size; default "64M"'
has 'describe: required' out 'text; required'
has 'describe: reads' out 'reads: text title?'
has 'describe: a command' out 'pressline t_options hello WORD...  says them'
exits 'describe: a wrong name' 78 describe t_optoins
has 'describe: nearest' err "did you mean 't_options'?"
exits 'describe: fields' 0 describe fields
is 'describe: every field' "$(wc -l <out)" 26
has 'describe: a field' out 'similarity      real'
exits 'describe: settings' 0 describe settings
has 'describe: a setting' out 'size, 1K to 1T; default "16M"'
if command -v python3 >/dev/null; then
    for what in t_options t_sink fields settings; do
        pl describe $what --json
        holds "describe: $what is JSON" python3 -c 'import json; json.load(open("out"))'
    done
    pl plugins --json
    holds 'plugins: JSON' python3 -c 'import json; assert "t_sink" in [p["name"] for p in json.load(open("out"))]'
    pl check many.cfg --json
    holds 'check: JSON' python3 -c 'import json; assert len(json.load(open("out"))["messages"]) == 7'
else
    skip 'JSON of check, describe and plugins' 'python3 is not installed'
fi

# ---- the example of pipelines/README.md
awk '/^```$/ { on = !on && !seen++; next } on' "$SRCDIR/pipelines/README.md" >example.cfg
if [ -e "$BUILDDIR/plugins/.libs/dedupe.so" ]; then
    exits 'README: its example is right' 0 check example.cfg
    is 'README: and has no warning' "$(cat err)" ''
fi

# ---- the pipelines that come with the program
for file in "$SRCDIR"/pipelines/*.cfg; do
    name=$(basename "$file")
    missing=$(sed -n 's/.*plugin = "\([a-z]*\)".*/\1/p' "$file" | while read -r p; do
        [ -e "$BUILDDIR/plugins/.libs/$p.so" ] || echo "$p"
    done)
    # Its options are not there where the libraries of the web were not.
    [ "$name" != news.cfg ] || "$PRESSLINE" describe fetch | grep -q allow_private || missing="${missing}fetch's web"
    if [ -n "$missing" ]; then
        skip "pipelines/$name" "$(echo $missing) was not built"
    else
        exits "pipelines/$name is right" 0 check "$file"
        is "pipelines/$name has no warning" "$(cat err)" ''
    fi
done
