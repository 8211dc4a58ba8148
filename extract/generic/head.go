package generic

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
)

// A head is what the page says of itself for machines: meta elements, links
// and JSON-LD (schema.org). All of it is evidence that the visible page may
// contradict: templates are copied with stale values.
type head struct {
	title string // of <title>
	names map[string]string
	next  string // link rel=next
	based bool   // a base element was seen
	ld    linked
}

// linked is what JSON-LD says of the article.
type linked struct {
	article   bool
	headline  string
	published string
	body      string
	section   string
	authors   []string
}

// maxScript bounds the JSON-LD that is read.
const maxScript = 1 << 20

// wanted are the names of meta elements that mean something here.
var wanted = map[string]bool{
	"og:title": true, "og:site_name": true, "og:type": true, "og:description": true, "description": true, "twitter:title": true, "title": true,
	"article:published_time": true, "article:published": true, "og:published_time": true, "datepublished": true, "date": true, "pubdate": true, "publishdate": true,
	"publish_date": true, "publish-date": true, "publication_date": true, "parsely-pub-date": true, "sailthru.date": true, "dc.date": true, "dc.date.issued": true, "dcterms.created": true,
	"dc.date.created": true, "date.release": true, "og:release_date": true, "weibo:article:create_at": true, "weibo: article:create_at": true, "cxenseparse:recs:publishtime": true,
	"article.published": true, "published_time": true, "article_date_original": true, "originalpublicationdate": true, "displaydate": true, "created": true, "firstpublishedtime": true,
	"author": true, "article:author": true, "byl": true, "dc.creator": true, "parsely-author": true, "sailthru.author": true, "article:author_name": true,
	"contentsource": true, "source": true, "mediaid": true, "columnname": true, "article:section": true, "parsely-section": true, "sitename": true, "articletitle": true, "pagetitle": true,
	"application-name": true, "dc.title": true, "headline": true, "pagetype": true, "apub:time": true, "author.name": true, "dcterms.date": true, "bt:pubdate": true,
}

// meta reads a meta element.
func (h *head) meta(n *html.Node) {
	var name, content string
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "name", "property", "itemprop":
			if name == "" {
				name = a.Val
			}
		case "content":
			content = a.Val
		}
		if i > 20 {
			break
		}
	}
	if name == "" || content == "" || len(name) > 60 {
		return
	}
	name = strings.ToLower(strings.TrimSpace(name))
	if !wanted[name] {
		return
	}
	if h.names == nil {
		h.names = make(map[string]string, 16)
	}
	if h.names[name] == "" {
		if len(content) > 20000 {
			return
		}
		h.names[name] = squeeze(content)
	}
}

// first gives the first of the named values that is there.
func (h *head) first(names ...string) string {
	for _, name := range names {
		if v := h.names[name]; v != "" {
			return v
		}
	}
	return ""
}

func (h *head) link(n *html.Node) {
	if strings.EqualFold(strings.TrimSpace(attr(n, "rel")), "next") {
		h.next = attr(n, "href")
	}
}

// script reads JSON-LD.
func (h *head) script(n *html.Node) {
	if n.FirstChild == nil || len(n.FirstChild.Data) > maxScript || !strings.Contains(attr(n, "type"), "ld+json") {
		return
	}
	s := strings.TrimSpace(n.FirstChild.Data)
	if !strings.Contains(s, "rticle") && !strings.Contains(s, "Posting") && !strings.Contains(s, "datePublished") {
		return
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<!--"), "-->")
	s = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "//<![CDATA["), "//]]>")
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		// Line breaks inside of strings are the usual fault.
		if json.Unmarshal([]byte(strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, s)), &v) != nil {
			return
		}
	}
	h.ld.read(v, 0)
}

// read takes what an article states out of a JSON-LD value.
func (l *linked) read(v any, depth int) {
	if depth > 4 {
		return
	}
	switch v := v.(type) {
	case []any:
		for i, x := range v {
			if i > 50 {
				return
			}
			l.read(x, depth+1)
		}
	case map[string]any:
		if g, ok := v["@graph"]; ok {
			l.read(g, depth+1)
		}
		if !isArticle(v["@type"]) {
			if m, ok := v["mainEntity"]; ok {
				l.read(m, depth+1)
			}
			return
		}
		if l.article {
			return
		}
		l.article = true
		l.headline = str(v["headline"])
		l.published = str(v["datePublished"])
		l.body = str(v["articleBody"])
		l.section = str(v["articleSection"])
		l.authors = people(v["author"], 0)
	}
}

func isArticle(t any) bool {
	switch t := t.(type) {
	case string:
		return strings.HasSuffix(t, "Article") || strings.HasSuffix(t, "BlogPosting") || t == "Report" || t == "ReportageNewsArticle" || t == "Review"
	case []any:
		for _, x := range t {
			if s, ok := x.(string); ok && isArticle(s) {
				return true
			}
		}
	}
	return false
}

func str(v any) string {
	switch v := v.(type) {
	case string:
		return squeeze(html.UnescapeString(v))
	case []any:
		if len(v) > 0 {
			return str(v[0])
		}
	}
	return ""
}

// people gives the names in an author value: a name, an object or a list.
func people(v any, depth int) []string {
	if depth > 3 {
		return nil
	}
	switch v := v.(type) {
	case string:
		if s := squeeze(v); s != "" && !strings.Contains(s, "://") {
			return []string{s}
		}
	case map[string]any:
		return people(v["name"], depth+1)
	case []any:
		var all []string
		for i, x := range v {
			if i > 20 {
				break
			}
			all = append(all, people(x, depth+1)...)
		}
		return all
	}
	return nil
}
