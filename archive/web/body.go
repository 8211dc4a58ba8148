package web

import (
	"html/template"
	"net/url"
	"path"
	"strconv"
	"strings"

	"campusnews/archive"
	"campusnews/extract/render"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxDepth is how deep elements of an article may stand in each other. What is deeper is shown as text.
const maxDepth = 200

// bodyHTML is an article's text for a page. The archive's HTML was cut down when it was extracted; it is cut
// down again here, since an archive may come from anywhere. Pictures come from the archive or are not shown.
func bodyHTML(a archive.Article, held map[string]archive.Capture, lang string) template.HTML {
	b := &bodyWriter{held: held, lang: lang}
	if a.HTML == "" {
		for line := range strings.Lines(a.Body) {
			if line = strings.TrimSpace(line); line != "" {
				b.WriteString("<p>" + template.HTMLEscapeString(line) + "</p>\n")
			}
		}
		return template.HTML(b.String())
	}
	nodes, err := html.ParseFragment(strings.NewReader(a.HTML), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return bodyHTML(archive.Article{Body: a.Body}, held, lang)
	}
	for _, n := range nodes {
		b.node(n, 0)
	}
	return template.HTML(b.String())
}

type bodyWriter struct {
	strings.Builder
	held map[string]archive.Capture
	lang string
}

// dropped are elements whose content is no text either.
var dropped = map[string]bool{"script": true, "style": true, "iframe": true, "object": true, "embed": true, "noscript": true, "template": true,
	"svg": true, "math": true, "title": true, "textarea": true, "select": true, "xmp": true, "plaintext": true, "noembed": true, "noframes": true}

func (b *bodyWriter) node(n *html.Node, depth int) {
	switch n.Type {
	case html.TextNode:
		b.WriteString(template.HTMLEscapeString(n.Data))
		return
	case html.ElementNode:
	default:
		return
	}
	if dropped[n.Data] || n.Namespace != "" {
		return
	}
	_, allowed := render.Allowed[n.Data]
	if !allowed || depth > maxDepth {
		b.children(n, depth)
		return
	}
	switch n.Data {
	case "img":
		b.image(n)
		return
	case "br":
		b.WriteString("<br>")
		return
	case "h1", "h2": // the page's own title stands above them
		b.element("h3", "", n, depth)
		return
	case "table":
		b.WriteString(`<div class="wide" tabindex="0" role="group" aria-label="` + template.HTMLEscapeString(text(b.lang, "article.table")) + `">`)
		b.element("table", "", n, depth)
		b.WriteString("</div>")
		return
	case "p":
		if onlyPictures(n) {
			b.element("p", ` class="plate"`, n, depth)
			return
		}
	case "a":
		b.link(n, depth)
		return
	}
	attrs := ""
	for _, name := range render.Allowed[n.Data] {
		v, err := strconv.Atoi(attribute(n, name))
		if err == nil && v >= 0 && v <= 1000 { // colspan, rowspan, start
			attrs += " " + name + `="` + strconv.Itoa(v) + `"`
		}
	}
	b.element(n.Data, attrs, n, depth)
}

func (b *bodyWriter) element(tag, attrs string, n *html.Node, depth int) {
	b.WriteString("<" + tag + attrs + ">")
	b.children(n, depth)
	b.WriteString("</" + tag + ">")
}

func (b *bodyWriter) children(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.node(c, depth+1)
	}
}

func (b *bodyWriter) image(n *html.Node) {
	src, alt := attribute(n, "src"), attribute(n, "alt")
	c, ok := b.held[src]
	if !ok {
		b.WriteString(`<span class="unheld">` + template.HTMLEscapeString(text(b.lang, "article.noimage")+" "+alt) + `</span>`)
		return
	}
	b.WriteString(`<img loading="lazy" decoding="async" src="` + filePath(c.ID) + `" alt="` + template.HTMLEscapeString(alt) + `">`)
}

func (b *bodyWriter) link(n *html.Node, depth int) {
	to := webAddress(attribute(n, "href"))
	if to == "" {
		b.children(n, depth)
		return
	}
	b.element("a", ` href="`+template.HTMLEscapeString(to)+`" rel="noreferrer noopener nofollow external"`, n, depth)
}

// webAddress is s when it is an absolute address that a browser opens as a page, else "".
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// onlyPictures says that an element shows pictures and no text.
func onlyPictures(n *html.Node) bool {
	pictures := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type == html.ElementNode && (c.Data == "img" || c.Data == "a" && onlyPictures(c)):
			pictures++
		case c.Type == html.ElementNode && c.Data == "br":
		default:
			return false
		}
	}
	return pictures > 0
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// fileName is the last part of an address, for a file without a name.
func fileName(address string) string {
	u, err := url.Parse(address)
	if err != nil || path.Base(u.Path) == "/" || path.Base(u.Path) == "." {
		return address
	}
	return path.Base(u.Path)
}

func filePath(capture int64) string { return "/files/" + strconv.FormatInt(capture, 10) }
