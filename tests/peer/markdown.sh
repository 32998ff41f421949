#!/usr/bin/env bash
# The Markdown that clean makes, rendered by markdown-it-py, has the words of the plain text: of pages of our own, and
# of real pages where they are there.
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"

need 'Markdown read by another' python3
python3 -c 'import markdown_it' 2>/dev/null || { skip 'Markdown read by another' 'markdown-it-py is not installed'; exit 0; }
[ -e "$BUILDDIR/plugins/.libs/clean.so" ] || { skip 'Markdown read by another' 'clean was left out'; exit 0; }

for format in text markdown; do
    cat >$format.cfg <<CFG
stages = ( { plugin = "fetch"; }, { plugin = "clean"; format = "$format"; min_text = 0; }, { plugin = "archive"; } );
CFG
done

check() {
    holds "$1: runs" "$PRESSLINE" run text.cfg --quiet --input "$2" --output text
    holds "$1: runs, as Markdown" "$PRESSLINE" run markdown.cfg --quiet --input "$2" --output markdown
    holds "$1: the same words" python3 - <<'END'
import gzip, html.parser, json, sys
from markdown_it import MarkdownIt

class Visible(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []
    def handle_data(self, data):
        self.parts.append(data)
    def handle_starttag(self, tag, attrs):
        if tag not in ("strong", "em", "a", "code", "s"):
            self.parts.append("\n")

def records(folder):
    with gzip.open(folder + "/articles.jsonl.gz", "rt", encoding="utf-8") as f:
        return {r["source"]: r["text"] for r in map(json.loads, f)}

reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
plain, marked, wrong = records("text"), records("markdown"), 0
assert plain.keys() == marked.keys() and plain
for source, text in plain.items():
    page = Visible()
    page.feed(reader.render(marked[source]))
    page.close()
    got, expected = "".join(page.parts).split(), text.split()
    if got != expected:
        wrong += 1
        at = next((i for i, (a, b) in enumerate(zip(got, expected)) if a != b), min(len(got), len(expected)))
        print(source, expected[at:at + 8], got[at:at + 8])
print(len(plain), "pages", wrong, "with other words")
sys.exit(wrong > 0)
END
    rm -rf text markdown
}

cat >marks.html <<'HTML'
<html lang=en><head><title>The ice road to Hailuoto opens</title><base href="https://ice.example/news/"></head><body><article>
<h1>The ice road to Hailuoto opens</h1>
<p>The ice road to Hailuoto opened on <b>Monday</b>, <i>three weeks</i> late, <a href="a_(b)?x=1&amp;copy;=2">the road
office</a> said*, and <b>“nobody,”</b>said one driver, [had] waited_for it!<a href=/c>Map</a></p>
<p>1986. That was the last year in which the road, all <code>9`4 km</code> of it, was #1 in the land.<br>- That is what they say.<br>
+ Nobody knows &lt;b&gt; or &amp;amp; why ~~not~~.</p>
<ol start=3><li>Cars keep 50 metres apart on the ice, and nobody overtakes.<ul><li>Lorries keep 100 metres apart, and go
slowly.</li></ul></li><li>Belts are to be opened, and so are the windows, whatever the frost.</li></ol>
<blockquote><p>We drove in the dark, and the ice sang under us all the way to the island.</p><p>Eino Niemi, driver</p></blockquote>
<pre><code class=language-sh>for car in $cars; do
    weigh "$car" ```   # no more than 3 t
done</code></pre>
<table><tr><th>Day</th><th>Ice | cm</th></tr><tr><td>Monday</td><td>44</td></tr><tr><td>Tuesday</td><td>*46*</td></tr></table>
<p>The road stays open as long as the ice is 40 centimetres thick, the office said on Monday evening.</p>
</article></body></html>
HTML
check 'a page of ours' marks.html
check 'the samples' "$SRCDIR/tests/data/demo/*.html"
for set in fundus wcxb; do
    [ -d "$SHARED/data/extract/$set" ] || { skip "$set" 'no development data beside the repository'; continue; }
    check "$set" "$SHARED/data/extract/$set/*.html.gz"
done
