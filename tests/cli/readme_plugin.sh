# The plugin and the case file that the guide shows are compiled and run as they stand there.
. "$(dirname "$0")/lib.sh"
cc=$(sed -n 's/^CC = //p' "$BUILDDIR/Makefile" 2>/dev/null)
need readme_plugin "${cc%% *}"

# block FIRST-LINE: the fenced block of the guide that begins with it
block() {
    awk -v first="$1" '/^```/ { inside = !inside; keep = 0; next } inside && $0 == first { keep = 1 } keep' \
        "$SRCDIR/plugins/README.md"
}
block '/* short.c - drops articles that are too short. */' >short.c
block '# short.case' >short.case
is 'the plugin is small' "$(($(grep -c . short.c) <= 22))" 1
# shellcheck disable=SC2086
if $cc -std=c11 -O2 -Wall -Wextra -Wconversion -Wshadow -Werror -fPIC -shared -Wl,-z,now -I"$SRCDIR/include" \
    -o short.so short.c >cc.out 2>&1; then
    pass 'it compiles without a warning'
else
    fail 'it compiles without a warning' cc.out
fi
exits 'its cases hold' 0 test-plugin --checked short.so short.case
has 'its cases are run' out '1 passed, 0 failed'
exits 'it is described' 0 describe short --plugin-dir .
has 'its option is described' out min_bytes
cat >p.cfg <<'END'
input_fields = ["text"];
stages = ( { plugin = "fetch"; }, { plugin = "short"; min_byte = "2K"; }, { plugin = "archive"; } );
END
exits 'a mistake of the pipeline author' 78 check --plugin-dir . p.cfg
has 'a mistake is told as the guide has it' err "p.cfg:2: error: stage 'short' has no option 'min_byte'; did you mean 'min_bytes'?"
sed -i 's/min_byte =/min_bytes =/' p.cfg
printf '{"id":"a","text":"one"}\n{"id":"b","text":"%04096d"}\n' 7 >in.jsonl
exits 'it runs' 0 run --plugin-dir . p.cfg --input in.jsonl --output o --quiet
is 'what comes out' "$(zcat o/articles.jsonl.gz | field id)" b
