#!/usr/bin/env bash
# `pressline PLUGIN COMMAND`: options of the plugin, options of the command's own, arguments, and mistakes in them.
. "$(dirname "$0")/lib.sh"
export PRESSLINE_PLUGIN_PATH=$BUILDDIR/tests/plugins/.libs

# said NAME WANTED ARG...: what the command finds in argv
said() {
    local name=$1 wanted=$2
    shift 2
    exits "$name" 0 t_options argued --word=x "$@"
    is "$name: argv" "$(cat out)" "$wanted"
}
said 'no option' '<--><a>' a
said 'options first, then arguments' '<--loud><--times=3><--><a><b>' a --loud b --times=3
said 'a value as the next word' '<--times=3><--><a>' --times 3 a
said 'an argument that looks like an option' '<--><--loud><-->' -- --loud --
said 'an empty value' '<--times=><-->' --times=

wrong() {
    local name=$1 message=$2
    shift 2
    exits "$name" 64 t_options argued --word=x "$@"
    is "$name: message" "$(cat err)" "$message"
}
wrong 'a misspelt option' "pressline: 't_options argued' has no option --lout; did you mean --loud?" --lout
wrong 'a switch with a value' "pressline: 't_options argued': --loud takes no value" --loud=1
wrong 'no value' "pressline: 't_options argued': --times takes a value" a --times

exits 'an option of the plugin' 0 t_options argued --word=x --number=8 a
exits 'a wrong one' 64 t_options argued --word=x --number=800 a
has 'a wrong one: message' err 'number'
exits 'a command without options of its own' 0 t_options hello --word=x a
is 'it gets its arguments alone' "$(cat out)" "$(printf 'hello x\na x')"
exits 'help' 0 t_options argued --help
has 'help: usage' out 'usage: pressline t_options argued [--loud] [--times=N] WORD...'
has 'help: what it does' out 'shows its arguments'

exits 'a plugin without commands' 64 t_rewrite argued
has 'a plugin without commands: told' err 't_rewrite has no commands of its own; pressline describe t_rewrite tells what it does'
