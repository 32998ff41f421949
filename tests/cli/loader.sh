#!/usr/bin/env bash
# Plugins: where they are looked for, and which are refused, by name and with the true reason, before anything runs.
. "$(dirname "$0")/lib.sh"
built=$BUILDDIR/tests/plugins/.libs
unset PRESSLINE_PLUGIN_PATH
chmod 755 .
mkdir first second third mine
chmod 755 first second third mine

pipeline() { printf '%s\nstages = (\n  { plugin = "t_source"; },\n  { plugin = "%s"; },\n  { plugin = "t_sink"; }\n);\n' "$2" "$1"; }

# ---- refused NAME REASON: `check` and `run` say REASON of the plugin NAME, and nothing is made
refused() {
    pipeline "$1" >p.cfg
    exits "$1: check refuses it" 78 check p.cfg --plugin-dir mine --plugin-dir "$built"
    has "$1: with the true reason" err "p.cfg:4: error: $2"
    exits "$1: run refuses it" 78 run p.cfg --plugin-dir mine --plugin-dir "$built" --input x --output out.dir
    has "$1: run with the true reason" err "$2"
    holds "$1: nothing was made" test ! -e out.dir
}
refused t_undefined "cannot load plugin 't_undefined' ($built/t_undefined.so): undefined symbol: no_such_function"
refused t_newer "cannot load plugin 't_newer' ($built/t_newer.so): it was made for plugin interface 1.999, and this pressline has 1."
refused t_noentry "cannot load plugin 't_noentry' ($built/t_noentry.so): it has no entry point pl_plugin_v1"
refused t_malformed "cannot load plugin 't_malformed' ($built/t_malformed.so): malformed description: it has no verb"
refused t_other "cannot load plugin 't_other' ($built/t_other.so): the plugin in this file calls itself 't_someone'"
refused t_rewirte "there is no plugin 't_rewirte'; did you mean 't_rewrite'? (looked in $PWD/mine, $built, "
: >mine/empty.so
refused empty "cannot load plugin 'empty' ($PWD/mine/empty.so): file too short"
yes text | head -c 5000 >mine/text.so
refused text "cannot load plugin 'text' ($PWD/mine/text.so): invalid ELF header"
mkdir mine/folder.so
refused folder "cannot load plugin 'folder' ($PWD/mine/folder.so): it is not a file"
# Mapping these would end the process by SIGBUS.
for bytes in 63 64 200 3000 9000; do
    head -c $bytes "$built/t_rewrite.so" >mine/part$bytes.so
    pipeline part$bytes >p.cfg
    exits "$bytes bytes of a plugin are refused" 78 check p.cfg --plugin-dir mine --plugin-dir "$built"
    has "$bytes bytes of a plugin: named" err "cannot load plugin 'part$bytes' ($PWD/mine/part$bytes.so): file too short"
done

# ---- what anybody may write
cp "$built/t_rewrite.so" mine/t_rewrite.so
chmod 646 mine/t_rewrite.so
refused t_rewrite "cannot load plugin 't_rewrite' ($PWD/mine/t_rewrite.so): refused, because anybody may write the file"
chmod 644 mine/t_rewrite.so
chmod 757 mine
refused t_rewrite "cannot load plugin 't_rewrite' ($PWD/mine/t_rewrite.so): refused, because anybody may write the folder $PWD/mine"
chmod 755 mine
pipeline t_rewrite >p.cfg
exits 'and is loaded when nobody else may' 0 check p.cfg --plugin-dir mine --plugin-dir "$built"

# ---- the order of the folders: where PLUGIN was found
found() { "$PRESSLINE" describe t_rewrite "$@" 2>/dev/null | sed -n 's,^  a stage\, \(.*\)$,\1,p'; }
for dir in first second third; do cp "$built/t_rewrite.so" $dir/; done
is '--plugin-dir, relative to the working directory' "$(found --plugin-dir first)" "$PWD/first/t_rewrite.so"
is 'the first --plugin-dir' "$(found --plugin-dir third --plugin-dir first)" "$PWD/third/t_rewrite.so"
is 'PRESSLINE_PLUGIN_PATH' "$(PRESSLINE_PLUGIN_PATH=none:second:first found)" "$PWD/second/t_rewrite.so"
is '--plugin-dir before PRESSLINE_PLUGIN_PATH' "$(PRESSLINE_PLUGIN_PATH=second found --plugin-dir first)" "$PWD/first/t_rewrite.so"
mkdir first.bad
: >first.bad/t_rewrite.so
chmod 755 first.bad
pipeline t_rewrite 'plugin_path = ["first"];' >p.cfg
PRESSLINE_PLUGIN_PATH=first.bad:$built exits 'plugin_path before PRESSLINE_PLUGIN_PATH' 0 check p.cfg
pipeline t_rewrite 'plugin_path = ["first.bad"];' >p.cfg
PRESSLINE_PLUGIN_PATH=first:$built exits 'a broken one in plugin_path is not passed over' 78 check p.cfg
exits '--plugin-dir before plugin_path' 0 check p.cfg --plugin-dir first --plugin-dir "$built"

# ---- nothing else has a say
cp "$built/t_quotes.so" third/t_rewrite.so
is 'LD_LIBRARY_PATH has none' "$(LD_LIBRARY_PATH=$PWD/third found --plugin-dir first)" "$PWD/first/t_rewrite.so"
cp first/t_rewrite.so .
exits 'the working directory has none' 78 describe t_rewrite
is 'a plugin by an absolute folder' "$(dir=$PWD/first; cd / && found --plugin-dir "$dir")" "$PWD/first/t_rewrite.so"

# ---- the list tells of the broken ones, and of the others all the same
exits 'plugins: 78 where one is broken' 78 plugins --plugin-dir "$built"
has 'plugins: the broken one' err 't_undefined.so): undefined symbol: no_such_function'
has 'plugins: the others' out 't_sink '
exits 'plugins: 0 where all are right' 0 plugins --plugin-dir first
