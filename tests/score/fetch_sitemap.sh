#!/usr/bin/env bash
# Sitemaps of crawler-commons: what is in each, as a reader of the protocol would say.
. "$(dirname "$0")/../cli/lib.sh"
"$PRESSLINE" fetch --help 2>&1 | grep -q '^  sitemap ' || { skip 'crawler-commons sitemaps' 'built without the web'; exit 0; }
dir=$SHARED/data/fetch/sitemaps/crawler-commons
[ -d "$dir" ] || { skip 'crawler-commons sitemaps' 'they are not there'; exit 0; }

while read -r file wanted; do
    pl fetch sitemap "$dir/$file"
    is "$file" "$(sed -n '1s/^.*: \(.*, [0-9]* entries.*\)$/\1/p; 1s/^.*: \(this is a feed\).*/\1/p' out)" "$wanted"
done <<'END'
atom.xml this is a feed
do-not-visit.txt text, 1 entries
sitemap-with-bom.txt text, 2 entries
sitemap.badns.xml urlset, 2 entries
sitemap.index.xml sitemapindex, 15 entries
sitemap.ns.xml urlset, 2 entries
sitemap.txt text, 2 entries
sitemap.txt.gz text, 5 entries
xmlSitemap.gz urlset, 5 entries
extension/hebdenbridgetimes-articles-sitemap.xml urlset, 74 entries
extension/pagemaps-sitemap.xml urlset, 2 entries
extension/shinpaideshou-news-sitemap.xml urlset, 3 entries
extension/sitemap-images.xml urlset, 1 entries
extension/sitemap-links.xml urlset, 3 entries
extension/sitemap-mobile.xml urlset, 3 entries
extension/sitemap-news.xml urlset, 2 entries
extension/sitemap-videos-tvshow.xml urlset, 1 entries
extension/sitemap-videos.xml urlset, 3 entries
END
pl fetch sitemap "$dir/extension/hebdenbridgetimes-articles-sitemap.xml"
hasnt 'pictures are no pages' out webimage
pl fetch sitemap --json "$dir/extension/shinpaideshou-news-sitemap.xml"
has 'the news extension' out '"title":"Job Opening: Reischauer Policy Research Fellow","published":"2017-04-25T10:00:36+00:00"'
