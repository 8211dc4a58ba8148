package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"campusnews/extract"
)

// A content is what an article's row and its lists hold: the article as a reader sees it, all its pages joined.
type content struct {
	URL       string
	Section   string
	Published string
	Title     string
	Subtitle  string
	Source    string
	Credits   []extract.Credit
	Images    []extract.Image
	Files     []extract.File // attachments
	Media     []extract.File
	Links     []extract.Link
	Body      string
	HTML      string
	Pages     int
}

func contentOf(r *extract.Result) content {
	a := r.Article
	return content{
		URL: r.URL, Section: a.Section, Published: a.Published, Title: a.Title, Subtitle: a.Subtitle, Source: a.Source,
		Credits: a.Credits, Images: a.Images, Files: a.Files, Media: a.Media, Links: a.Links,
		Body: a.Body, HTML: a.HTML, Pages: 1 + len(a.Parts),
	}
}

// contentFrom is an article's content but for the number of its pages.
func contentFrom(a Article) content {
	return content{
		URL: a.URL, Section: a.Section, Published: a.Published, Title: a.Title, Subtitle: a.Subtitle, Source: a.Source,
		Credits: a.Credits, Images: a.Images, Files: a.Attachments, Media: a.Media, Links: a.Links, Body: a.Body, HTML: a.HTML, Pages: 1,
	}
}

// add joins a further page of the article to c. People and files that an earlier page names are not named twice.
func (c *content) add(p content) {
	for _, credit := range p.Credits {
		if !slices.Contains(c.Credits, credit) {
			c.Credits = append(slices.Clip(c.Credits), credit)
		}
	}
	for _, f := range p.Files {
		if !slices.ContainsFunc(c.Files, func(g extract.File) bool { return g.URL == f.URL }) {
			c.Files = append(slices.Clip(c.Files), f)
		}
	}
	c.Images = append(slices.Clip(c.Images), p.Images...)
	c.Media = append(slices.Clip(c.Media), p.Media...)
	c.Links = append(slices.Clip(c.Links), p.Links...)
	c.Body = join(c.Body, p.Body)
	c.HTML = join(c.HTML, p.HTML)
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// digest is the SHA-256, in hexadecimal, of what makes a version: title,
// subtitle, published, source, credits, body, images, attachments, media and the
// number of pages, as a JSON array. Two looks with the same digest are the same version.
//
// Left out: the HTML, whose markup changes without a reader noticing; links and
// the section, which templates fill; alternative texts; and of the addresses of images,
// attachments and media the scheme, and the host where it is the article's own, so that
// a site's move to https is not a new version of every article.
func (c content) digest() string {
	images := make([][2]string, len(c.Images))
	for i, m := range c.Images {
		images[i] = [2]string{c.relative(m.URL), m.Caption}
	}
	files := func(list []extract.File) [][2]string {
		pairs := make([][2]string, len(list))
		for i, f := range list {
			pairs[i] = [2]string{c.relative(f.URL), f.Name}
		}
		return pairs
	}
	credits := make([][2]string, len(c.Credits))
	for i, p := range c.Credits {
		credits[i] = [2]string{p.Role, p.Name}
	}
	b, err := json.Marshal([]any{1, c.Title, c.Subtitle, c.Published, c.Source, credits, strings.TrimSpace(c.Body), images, files(c.Files), files(c.Media), c.Pages})
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (c content) relative(address string) string {
	own, err1 := url.Parse(c.URL)
	u, err2 := url.Parse(address)
	if err1 != nil || err2 != nil {
		return address
	}
	u.Scheme = ""
	if u.Host == own.Host {
		u.Host = ""
	}
	return u.String()
}

// differs names the fields in which two versions differ, as table revisions lists them.
func (c content) differs(d content) string {
	var names []string
	note := func(name string, same bool) {
		if !same {
			names = append(names, name)
		}
	}
	note("title", c.Title == d.Title)
	note("subtitle", c.Subtitle == d.Subtitle)
	note("published", c.Published == d.Published)
	note("source", c.Source == d.Source)
	note("credits", slices.Equal(c.Credits, d.Credits))
	note("body", strings.TrimSpace(c.Body) == strings.TrimSpace(d.Body))
	note("images", slices.EqualFunc(c.Images, d.Images, func(x, y extract.Image) bool {
		return c.relative(x.URL) == d.relative(y.URL) && x.Caption == y.Caption
	}))
	file := func(x, y extract.File) bool { return c.relative(x.URL) == d.relative(y.URL) && x.Name == y.Name }
	note("attachments", slices.EqualFunc(c.Files, d.Files, file))
	note("media", slices.EqualFunc(c.Media, d.Media, file))
	note("pages", c.Pages == d.Pages)
	return strings.Join(names, " ")
}

// indexTitle is what the search index holds as an article's title.
func (c content) indexTitle() string { return join(c.Title, c.Subtitle) }
