package export

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"
	"time"

	"campusnews/archive"
)

// Atom, RFC 4287.

type atom struct{ enc *xml.Encoder }

type atomText struct {
	Type string `xml:"type,attr,omitempty"`
	Text string `xml:",chardata"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomTerm struct {
	Term string `xml:"term,attr"`
}

type atomEntry struct {
	XMLName   xml.Name     `xml:"entry"`
	ID        string       `xml:"id"`
	Title     atomText     `xml:"title"`
	Links     []atomLink   `xml:"link"`
	Updated   string       `xml:"updated"`
	Published string       `xml:"published,omitempty"`
	Authors   []atomPerson `xml:"author"`
	Category  []atomTerm   `xml:"category"`
	Content   atomText     `xml:"content"`
}

var atomFeed = xml.StartElement{Name: xml.Name{Local: "feed"}, Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: "http://www.w3.org/2005/Atom"}}}

func newAtom(w io.Writer, o Options) (Writer, error) {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return nil, err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	err := enc.EncodeToken(atomFeed)
	element := func(name string, v any) {
		if err == nil {
			err = enc.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: name}})
		}
	}
	element("id", o.Head.ID)
	element("title", clean(o.Head.Title))
	element("updated", o.Head.Updated.UTC().Format(time.RFC3339))
	element("author", atomPerson{clean(o.Head.Title)}) // for entries without an author of their own
	element("generator", "campusnews")
	if o.Head.Home != "" {
		element("link", atomLink{Rel: "alternate", Href: o.Head.Home})
	}
	return atom{enc}, err
}

func (f atom) Write(a archive.Article) error {
	e := atomEntry{
		ID: a.URL, Title: atomText{Text: clean(title(a))}, Updated: updated(a).UTC().Format(time.RFC3339), Published: instant(a),
		Links:   []atomLink{{Rel: "alternate", Type: "text/html", Href: a.URL}},
		Content: atomText{"html", clean(a.HTML)},
	}
	if a.HTML == "" {
		e.Content = atomText{"text", clean(a.Body)}
	}
	for _, n := range names(a, "author") {
		e.Authors = append(e.Authors, atomPerson{clean(n)})
	}
	if a.Section != "" {
		e.Category = []atomTerm{{clean(a.Section)}}
	}
	for _, f := range a.Attachments {
		e.Links = append(e.Links, atomLink{Rel: "enclosure", Type: typeOf(f.URL), Href: f.URL})
	}
	return f.enc.Encode(e)
}

func (f atom) Close() error {
	if err := f.enc.EncodeToken(atomFeed.End()); err != nil {
		return err
	}
	return f.enc.Close()
}

// clean drops what XML 1.0 cannot hold in any form; encoding/xml would put U+FFFD in its place.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// title is what a feed calls an article; a feed's title may not be missing.
func title(a archive.Article) string {
	if a.Title != "" {
		return a.Title
	}
	return a.URL
}

// typeOf is the media type that a file's name suggests.
func typeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "application/octet-stream"
	}
	if t, ok := documentTypes[strings.ToLower(path.Ext(u.Path))]; ok {
		return t
	}
	if t := mime.TypeByExtension(path.Ext(u.Path)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// documentTypes are what hangs on news; package mime knows them only where the system does.
var documentTypes = map[string]string{
	".pdf": "application/pdf", ".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".zip":  "application/zip", ".rar": "application/vnd.rar", ".mp4": "video/mp4", ".mp3": "audio/mpeg",
}

// JSON Feed 1.1, jsonfeed.org/version/1.1.

// A jsonList writes a JSON object whose last member is a list, an element at a time.
type jsonList struct {
	w     io.Writer
	wrote bool
}

// newJSONList writes head, a JSON object, but for its end, with a list called name to follow.
func newJSONList(w io.Writer, head any, name string) (*jsonList, error) {
	data, err := marshal(head)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(w, "%s,\n%q: [", bytes.TrimSuffix(data, []byte("}")), name)
	return &jsonList{w: w}, err
}

func (l *jsonList) add(v any) error {
	data, err := marshal(v)
	if err != nil {
		return err
	}
	sep := ",\n"
	if !l.wrote {
		sep, l.wrote = "\n", true
	}
	_, err = fmt.Fprintf(l.w, "%s%s", sep, data)
	return err
}

// Close ends list and object.
func (l *jsonList) Close() error {
	_, err := io.WriteString(l.w, "\n]}\n")
	return err
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

type jsonFeed struct{ *jsonList }

type jsonFeedItem struct {
	ID          string           `json:"id"`
	URL         string           `json:"url"`
	Title       string           `json:"title,omitempty"`
	HTML        string           `json:"content_html,omitempty"`
	Text        string           `json:"content_text,omitempty"`
	Image       string           `json:"image,omitempty"`
	Published   string           `json:"date_published,omitempty"`
	Modified    string           `json:"date_modified,omitempty"`
	Authors     []jsonFeedAuthor `json:"authors,omitempty"`
	Tags        []string         `json:"tags,omitempty"`
	Attachments []jsonFeedFile   `json:"attachments,omitempty"`
}

type jsonFeedAuthor struct {
	Name string `json:"name"`
}

type jsonFeedFile struct {
	URL   string `json:"url"`
	Type  string `json:"mime_type"`
	Title string `json:"title,omitempty"`
}

func newJSONFeed(w io.Writer, o Options) (Writer, error) {
	l, err := newJSONList(w, struct {
		Version string `json:"version"`
		Title   string `json:"title"`
		Home    string `json:"home_page_url,omitempty"`
	}{"https://jsonfeed.org/version/1.1", o.Head.Title, o.Head.Home}, "items")
	return jsonFeed{l}, err
}

func (f jsonFeed) Write(a archive.Article) error {
	item := jsonFeedItem{ID: a.URL, URL: a.URL, Title: a.Title, HTML: a.HTML, Published: instant(a), Modified: updated(a).UTC().Format(time.RFC3339)}
	if a.HTML == "" {
		item.Text = a.Body
		if item.Text == "" {
			item.Text = title(a) // one of the two must be there
		}
	}
	if len(a.Images) > 0 {
		item.Image = a.Images[0].URL
	}
	for _, n := range names(a, "author") {
		item.Authors = append(item.Authors, jsonFeedAuthor{n})
	}
	if a.Section != "" {
		item.Tags = []string{a.Section}
	}
	for _, x := range a.Attachments {
		item.Attachments = append(item.Attachments, jsonFeedFile{x.URL, typeOf(x.URL), x.Name})
	}
	return f.add(item)
}
