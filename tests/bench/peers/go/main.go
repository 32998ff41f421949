// Other extractors that come as Go modules.
//
//	peers NAME run LIST    an article a line, in JSON, for the lines "ID PATH" of the file LIST
//
// Pages are HTML in UTF-8.  A page that takes longer than the limit, or on which an extractor fails, has no text.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log"
	"os"
	"regexp"
	"strings"
	"time"

	readability "codeberg.org/readeck/go-readability/v2"
	distiller "github.com/markusmobius/go-domdistiller"
	trafilatura "github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

const limit = 30 * time.Second

type article map[string]any

var (
	space  = regexp.MustCompile(`\s+`)
	breaks = regexp.MustCompile(`\n\s*`)
	blocks = map[string]bool{}
	peers  = map[string]func(*html.Node) (article, error){
		"go-trafilatura":           byTrafilatura(trafilatura.Balanced),
		"go-trafilatura-precision": byTrafilatura(trafilatura.FavorPrecision),
		"go-readability":           byReadability,
		"go-domdistiller":          byDistiller,
	}
)

func init() {
	for _, tag := range strings.Fields("address article aside blockquote body br center dd details div dl dt figcaption " +
		"figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td th thead tr ul") {
		blocks[tag] = true
	}
}

// A line for each block.
func textOf(root *html.Node) string {
	var out strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			out.WriteString(space.ReplaceAllString(n.Data, " "))
		}
		if blocks[n.Data] {
			out.WriteByte('\n')
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
		if blocks[n.Data] {
			out.WriteByte('\n')
		}
	}
	if root != nil {
		walk(root)
	}
	return strings.TrimSpace(breaks.ReplaceAllString(out.String(), "\n"))
}

func byTrafilatura(focus trafilatura.ExtractionFocus) func(*html.Node) (article, error) {
	return func(page *html.Node) (article, error) {
		found, err := trafilatura.ExtractDocument(page,
			trafilatura.Options{EnableFallback: true, ExcludeComments: true, Focus: focus})
		if err != nil {
			return nil, err
		}
		about := found.Metadata
		out := article{"text": textOf(found.ContentNode), "title": about.Title, "sitename": about.Sitename,
			"author": strings.Split(about.Author, "; ")}
		if !about.Date.IsZero() {
			out["date"] = about.Date.Format(time.DateOnly)
		}
		return out, nil
	}
}

func byReadability(page *html.Node) (article, error) {
	found, err := readability.FromDocument(page, nil)
	if err != nil {
		return nil, err
	}
	out := article{"text": textOf(found.Node), "title": found.Title(), "sitename": found.SiteName(), "author": found.Byline()}
	if when, err := found.PublishedTime(); err == nil {
		out["date"] = when.Format(time.DateOnly)
	}
	return out, nil
}

func byDistiller(page *html.Node) (article, error) {
	found, err := distiller.Apply(page, &distiller.Options{SkipPagination: true})
	if err != nil {
		return nil, err
	}
	about := found.MarkupInfo
	return article{"text": textOf(found.Node), "title": found.Title, "sitename": about.Publisher,
		"author": append(about.Article.Authors, about.Author), "date": about.Article.PublishedTime}, nil
}

func tried(extract func(*html.Node) (article, error), page []byte) article {
	result := make(chan article, 1)
	go func() {
		defer func() {
			if recover() != nil {
				result <- article{}
			}
		}()
		root, err := html.Parse(bytes.NewReader(page))
		out := article{}
		if err == nil {
			if out, err = extract(root); err != nil {
				out = article{}
			}
		}
		result <- out
	}()
	select {
	case out := <-result:
		return out
	case <-time.After(limit):
		return article{}
	}
}

func main() {
	if len(os.Args) != 4 || peers[os.Args[1]] == nil || os.Args[2] != "run" {
		log.Fatal("usage: peers NAME run LIST")
	}
	list, err := os.ReadFile(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	log.SetOutput(io.Discard)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		id, path, _ := strings.Cut(line, " ")
		page, _ := os.ReadFile(path)
		row := tried(peers[os.Args[1]], page)
		row["id"] = id
		text, _ := json.Marshal(row)
		out.Write(append(text, '\n'))
	}
}
