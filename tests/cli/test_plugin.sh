# test-plugin: cases that hold and cases that do not, mistakes in case files, and what --checked finds.
. "$(dirname "$0")/lib.sh"
plugins=$BUILDDIR/tests/plugins/.libs
so() { echo "$plugins/$1.so"; }

# ---- cases that hold, and the differences of those that do not
cat >right.case <<'END'
# Every second record goes.
options drop=2
case the second goes
input {"id":"a","numbers.n":1}
input {"id":"b","numbers.n":2}
expect {"id":"a","title":null}
expect drop asked {"id":"b"}

case the first fails, and what it had set is taken back
options fail=1
input {"id":"a","numbers.n":1}
expect fail asked {"title":null}

case a child follows its parent
options emit=3
input {"id":"a","numbers.n":3,"text":"parent"}
input {"id":"b","numbers.n":5}
expect {"id":"a","text":"parent"}
expect {"text":"a child of its own"}
expect {"id":"b"}
END
exits 'cases that hold' 0 test-plugin "$(so chaos)" right.case
is 'each is told' "$(cat out)" 'ok the second goes
ok the first fails, and what it had set is taken back
ok a child follows its parent
3 passed, 0 failed'
exits 'cases that hold, checked' 0 test-plugin --checked "$(so chaos)" right.case
exits 'several files' 0 test-plugin "$(so chaos)" right.case right.case
has 'several files are counted together' out '6 passed, 0 failed'

sed -e 's/"title":null}$/"title":"x"}/' -e 's/drop asked/drop told/' -e 's/"a child of its own"/"another"/' right.case >wrong.case
exits 'cases that do not hold' 1 test-plugin "$(so chaos)" wrong.case
has 'the case is named' out 'not ok the second goes'
has 'the line of what was expected' out 'record 1, expected in wrong.case:6'
has 'the field: expected' out 'expected "x"'
has 'the field: got' out 'got      nothing'
has 'another fate' out 'got      drop asked in chaos'
has 'another text' out 'expected "another"'
has 'all are counted' out '0 passed, 3 failed'
printf 'input {"id":"a"}\nexpect {}\nexpect {}\n' >more.case
exits 'a record that does not come' 1 test-plugin "$(so chaos)" more.case
has 'a record that does not come is told' out 'got      no more records'
printf 'options fatal=1\ninput {"numbers.n":1}\nexpect {}\n' >fatal.case
exits 'a stage that ends the run' 1 test-plugin "$(so chaos)" fatal.case
has 'a stage that ends the run is told' out 'a stage stopped the run (PL_FATAL)'
printf 'input {"id":\nexpect fail bad-json\n' >json.case
exits 'bad JSON that is meant' 0 test-plugin "$(so chaos)" json.case

# ---- sources and sinks
printf 'options count=2 bytes=24\nexpect {"numbers.n":1}\nexpect {"numbers.n":2}\n' >source.case
exits 'a source' 0 test-plugin --checked "$(so numbers)" source.case
printf 'options count=1\ninput {}\nexpect {}\n' >fed.case
exits 'a source takes no input' 78 test-plugin "$(so numbers)" fed.case
has 'a source takes no input: place' err 'fed.case:2: error'
printf 'input {"id":"a","text":"t"}\nexpect {"id":"a"}\n' >sink.case
mkdir tmp
export TMPDIR=$PWD/tmp
exits 'a sink has an output folder' 0 test-plugin --checked "$(so t_sink)" sink.case
exits 'the archive writes into it' 0 test-plugin --checked "$BUILDDIR/plugins/.libs/archive.so" sink.case
is 'nothing of it stays' "$(ls tmp)" ''

# ---- options: paths are as seen from the case file
mkdir -p there
echo data >there/table.txt
printf 'options word="a b" table=table.txt words=["x y","z"] parts=title,text\ninput {}\nexpect {}\n' >there/options.case
exits 'options of all types' 0 test-plugin "$(so t_options)" there/options.case
cp there/options.case .
exits 'a path that is not there' 78 test-plugin "$(so t_options)" options.case
has 'a path that is not there: place' err "options.case:1: error: plugin 't_options': option 'table': cannot read 'table.txt'"

# ---- mistakes: all at once, before anything is run
cat >mistakes.case <<'END'
case one
options wrod=x number=7000
input {"id":"a"}
expect {}
case two
options word=x flag=perhaps
  number=x
input {"id":"a"}
expect {}
END
exits 'mistakes in options' 78 test-plugin "$(so t_options)" mistakes.case
has 'the nearest name' err "mistakes.case:2: error: plugin 't_options' has no option 'wrod'; did you mean 'word'?"
has 'the range' err "mistakes.case:2: error: plugin 't_options': option 'number' is 7000, out of its range"
has 'a required option' err "mistakes.case:1: error: plugin 't_options': option 'word' is required"
has 'the type' err "mistakes.case:6: error: plugin 't_options': option 'flag' wants true or false"
has 'the type, in a line that goes on' err "mistakes.case:7: error: plugin 't_options': option 'number' wants an integer"
is 'nothing was run' "$(cat out)" ''
printf 'input {"id":1}\nexpcet {}\n' >syntax.case
exits 'mistakes in a case file' 78 test-plugin "$(so chaos)" syntax.case
has 'the place of bad JSON' err "syntax.case:1: error: input: 'id': expected text"
has 'the nearest word' err "syntax.case:2: error: there is no 'expcet'; did you mean 'expect'?"
exits 'a case file that is not there' 78 test-plugin "$(so chaos)" none.case
exits 'a plugin that is not there' 78 test-plugin none.so right.case
has 'a plugin that is not there: why' err 'none.so'
exits 'no case file' 64 test-plugin "$(so chaos)"

# ---- what --checked finds, and nothing else does
cat >bad.case <<'END'
input {"id":"a","text":"naïf"}
input {"id":"b","text":"abé"}
expect {"id":"a"}
expect {"id":"b"}
END
printf 'options annotate=true\n' | cat - bad.case >kind.case
finds() {
    exits "bad_$1 passes unchecked" 0 test-plugin "$(so "bad_$1")" "$2"
    exits "bad_$1 is found" 1 test-plugin --checked "$(so "bad_$1")" "$2"
    has "bad_$1: why" out "$3"
}
finds memory bad.case "'title': memory was stored that is not the record's"
finds undeclared bad.case "'section': a field was set that \`writes\` does not declare"
finds undeclared kind.case "'entity': an annotation was made of a kind"
finds span bad.case "off a character boundary"
finds order bad.case 'not deterministic'
finds text bad.case 'a text that is not UTF-8'
