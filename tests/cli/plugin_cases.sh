# The case files of the built-in plugins, each with one worker and with two, every call held against what is declared.
. "$(dirname "$0")/lib.sh"

for dir in "$SRCDIR"/plugins/*/; do
    name=$(basename "$dir")
    [ "$name" != shared ] || continue
    so=$BUILDDIR/plugins/.libs/$name.so
    cases=("$dir"cases/*.case)
    [ -e "$so" ] || { skip "$name: cases" 'the plugin was not built'; continue; }
    [ -e "${cases[0]}" ] || { fail "$name: there are case files"; continue; }
    pl test-plugin --checked "$so" "${cases[@]}"
    sed "s/^\(ok\|not ok\) /&$name: /" out
    cat err
    [ $rc -eq 0 ] || n_failed=$((n_failed + 1))
done
