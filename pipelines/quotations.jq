# quotations.jq - who said what in the articles of an archive, a line each: article, speaker, direct or indirect, words.
#
#   zcat articles.jsonl.gz | jq -r -f quotations.jq
. as $article
| INDEX(.annotations[]?; .id) as $note
| .annotations[]?
| select(.kind == "quote")
| ($note[.speaker | tostring] // {}) as $speaker
| ($note[$speaker.chain | tostring] // $speaker) as $fullest
| [$article.id, $fullest.text // "", .label, .text]
| @tsv
