package extract

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"campusnews/extract/charset"
	"campusnews/extract/feed"
	"campusnews/extract/sitemap"
)

// A Source says what a Listing was read from.
type Source string

// The sources.
const (
	SourcePage    Source = ""        // a page with a list on it
	SourceFeed    Source = "feed"    // RSS, Atom or JSON feed: the newest articles
	SourceSitemap Source = "sitemap" // all pages of a site, or of a part of it, articles or not
)

// syndicated reads a feed or a sitemap as the list that it is; false: the page is neither. text is
// its body, decoded.
func (e *Extractor) syndicated(p Page, text []byte, r *Result) bool {
	if bytes.HasPrefix(p.Body, []byte("\x1f\x8b")) { // a file packed by itself, whatever the coding it was sent in
		body := unpack(p.Body)
		if body == nil {
			return false
		}
		var d charset.Decision
		text, d = charset.Decode(body, "")
		r.Charset = Charset{Name: d.Name, Source: d.Source, Lossy: d.Lossy}
	}
	root := rootName(text)
	switch {
	case root == "urlset" || root == "sitemapindex":
		l := &Listing{Source: SourceSitemap, Items: []Item{}, Maps: []Item{}, Provenance: map[string]string{"items": "sitemap"}}
		if root == "urlset" {
			l.Items = make([]Item, 0, min(bytes.Count(text, []byte("<loc>")), sitemap.MaxEntries))
		}
		base, _ := url.Parse(p.URL)
		seen := make(map[string]bool, cap(l.Items))
		into := func(list *[]Item) func(sitemap.Entry) {
			return func(en sitemap.Entry) {
				if it, ok := e.mapped(base, p.URL, en); ok && !seen[en.URL] {
					seen[en.URL] = true
					*list = append(*list, it)
				}
			}
		}
		if err := sitemap.Read(text, into(&l.Items), into(&l.Maps)); err != nil {
			r.Kind, r.Reason = KindError, err.Error()
			return true
		}
		r.Kind, r.Listing = KindList, l
		return true
	case feed.Is(root, text):
		f, err := feed.Parse(p.URL, text)
		if err != nil {
			r.Kind, r.Reason = KindError, "broken feed: "+err.Error()
			return true
		}
		l := &Listing{Source: SourceFeed, Section: f.Title, Provenance: map[string]string{"items": "feed"}}
		for _, it := range f.Items {
			l.Items = append(l.Items, e.named(p.URL, Item{URL: it.URL, Title: it.Title, Date: day(it.Published), Modified: it.Modified}))
		}
		r.Kind, r.Listing = KindList, l
		return true
	}
	return false
}

// mapped makes an item of a sitemap's entry; false if its address is none.
func (e *Extractor) mapped(base *url.URL, address string, en sitemap.Entry) (Item, bool) {
	if base == nil {
		return Item{}, false
	}
	u, err := base.Parse(en.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Item{}, false
	}
	it := Item{URL: u.String(), Title: en.Title, Date: day(en.Published), Modified: en.Modified}
	if it.URL == en.URL {
		it.URL = en.URL // there are 50,000 of them: one of two equal strings can go
	}
	it = e.named(address, it)
	if i := strings.Index(it.URL, it.Key); i >= 0 {
		it.Key = it.URL[i : i+len(it.Key)] // mostly it is the address without its scheme
	}
	return it, true
}

// named gives an item its identity.
func (e *Extractor) named(address string, it Item) Item {
	own, _, _, _ := splitAddress(address)
	host, _, _, _ := splitAddress(it.URL)
	it.Key, it.Outside = e.Key(it.URL), host != own
	return it
}

func day(moment string) string { return moment[:min(len(moment), len("2006-01-02"))] }

// unpack takes the gzip coding off a file that may be a sitemap: nil if it is no XML. What
// is over a sitemap's bound is cut off.
func unpack(packed []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	head := make([]byte, 4096)
	n, err := io.ReadFull(z, head)
	head = head[:n]
	if root := rootName(head); root != "urlset" && root != "sitemapindex" && !feed.Is(root, head) {
		return nil
	}
	if err != nil {
		return head
	}
	body := bytes.NewBuffer(head)
	_, _ = body.ReadFrom(io.LimitReader(z, sitemap.MaxBytes-int64(n))) // a file cut short gives what came
	return body.Bytes()
}

// rootName gives the name of an XML text's first element in lower case without prefix; "" for text
// that begins with none. A page's is html, or whatever stands first.
func rootName(text []byte) string {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	for {
		text = bytes.TrimLeft(text, " \t\r\n")
		end := ">"
		switch {
		case bytes.HasPrefix(text, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(text, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(text, []byte("<!")): // a DOCTYPE; one with a subset is no feed's
		default:
			if len(text) < 2 || text[0] != '<' {
				return ""
			}
			text = text[1:]
			i := bytes.IndexAny(text[:min(len(text), 64)], " \t\r\n/>")
			if i < 0 {
				return ""
			}
			name := strings.ToLower(string(text[:i]))
			return name[strings.IndexByte(name, ':')+1:]
		}
		_, rest, ok := bytes.Cut(text, []byte(end))
		if !ok {
			return ""
		}
		text = rest
	}
}

// feedTypes are the media types by which pages name their feeds.
var feedTypes = map[string]bool{"application/rss+xml": true, "application/atom+xml": true, "application/feed+json": true, "application/rdf+xml": true}

// maxFeeds bounds how many feeds of one page are told of.
const maxFeeds = 8

// feeds gives the feeds that a page's head names, but for those of comments.
func (pg *page) feeds() []string {
	head := firstChild(firstChild(pg.doc, atom.Html), atom.Head)
	if head == nil || pg.base == nil {
		return nil
	}
	var found []string
	for n := head.FirstChild; n != nil && len(found) < maxFeeds; n = n.NextSibling {
		if n.DataAtom != atom.Link || !strings.EqualFold(strings.TrimSpace(attr(n, "rel")), "alternate") || !feedTypes[strings.ToLower(strings.TrimSpace(attr(n, "type")))] {
			continue
		}
		title := strings.ToLower(attr(n, "title"))
		u, err := pg.base.Parse(strings.TrimSpace(attr(n, "href")))
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" ||
			strings.Contains(u.Path, "/comments/") || strings.Contains(title, "comment") || strings.Contains(title, "评论") {
			continue
		}
		u.Fragment = ""
		found = append(found, u.String())
	}
	return found
}

func firstChild(n *html.Node, tag atom.Atom) *html.Node {
	if n == nil {
		return nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == tag {
			return c
		}
	}
	return nil
}
