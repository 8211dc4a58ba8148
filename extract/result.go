package extract

import (
	"campusnews/extract/byline"
	"campusnews/extract/render"
)

// A Page is one response as it arrived, before anyone interprets it.
type Page struct {
	URL         string // absolute, after redirects; the base for relative links
	ContentType string // the Content-Type header as received; "" = none
	Status      int    // HTTP status; 0 = not known, as for a file on disk
	Body        []byte // content-decoded, NOT charset-decoded
}

// A Kind says what a page is.
type Kind string

// The kinds of page. Only KindArticle carries an Article and only KindList a Listing.
const (
	KindArticle  Kind = "article"
	KindList     Kind = "list"
	KindOther    Kind = "other"    // a page that is neither: a home page, a column's single page, a search form
	KindError    Kind = "error"    // the site says "not here" or "not for you" (soft 404, login wall), or the bytes are no page
	KindBlocked  Kind = "blocked"  // the site refuses programs (JavaScript challenge, captcha)
	KindRedirect Kind = "redirect" // meta refresh or script that leads elsewhere; Result.Target says where
)

// A Result is all that Extract says of a page. It is never an error: a page
// that cannot be read is a Result whose Reason says why.
type Result struct {
	Kind       Kind
	Reason     string  // why the kind is error, blocked, redirect or other; "" for articles and lists
	URL        string  // Page.URL, or what the page's own identity makes of it
	Key        string  // the page's identity within its site, see Key; equal for twins of one article
	System     string  // the publishing system's short name ("vsb", "webplus"); "" = none recognised
	Confidence float64 // of System, 0 to 1
	Charset    Charset
	Target     string // absolute address a KindRedirect leads to; "" if it cannot be told
	Article    *Article
	Listing    *Listing
	Nav        []Link   // navigation: links to pages of the same site that are no articles, in page order, each address once
	Feeds      []string // on KindList and KindOther: addresses of feeds that the page's head names, comments' left out
	ItemLinks  []Item   // on KindOther (a home page): links that look like articles, in page order
}

// A Charset is the decision how a page's bytes were read, and why.
type Charset struct {
	Name   string // WHATWG name in lower case: "utf-8", "gb18030", …
	Source string // what decided: "bom", "meta", "header", "bytes" (statistics), "default"
	Lossy  bool   // some bytes were not valid in Name and became U+FFFD
}

// A Credit is one role of one person or unit, the name as a person would write it.
type Credit = byline.Credit

// An Article is a news item as its page states it. Absent fields are zero: a
// value that the page does not state is never made up.
type Article struct {
	Title     string
	Subtitle  string
	Published string // ISO 8601 as precise as the page: "2016-07-22" or "2016-07-22T09:30:00+08:00"; "" = not stated
	Source    string // the unit or medium named as 来源; "" = not stated
	Credits   []Credit
	Section   string   // column as the page's own breadcrumb names it
	Body      string   // plain text, one block a line, table cells separated by TAB; "" for picture-only articles
	HTML      string   // the body as safe HTML: a small subset, absolute URLs
	Images    []Image  // in the body, in order; icons and trackers are not images
	Files     []File   // attachments, in order
	Links     []Link   // in the body, to anything that is no attachment
	Media     []File   // players in the body (video, audio, embedded PDF) by what they play
	Clicks    *Counter // where the site's click counter answers; nil = none seen
	Parts     []string // absolute addresses of the further pages of a multi-page article, in order, without this page
	Part      int      // which page of the article this is: 1 for the first or only one

	// Provenance names the rule that gave each field, "title" → "vsb/title[0]".
	Provenance map[string]string
}

// An Image is a picture in the body, with its caption if it has one.
type Image = render.Image

// A File is an attachment; Name is as shown, "" if the page shows none.
type File = render.File

// A Link is an absolute address with the text that stands on it.
type Link = render.Link

// A Counter is the address of a click counter: VSB's owner and click id.
type Counter struct {
	Owner   string `json:"owner"`
	ClickID string `json:"clickid"`
}

// A Listing is one page of a list of articles.
type Listing struct {
	Section string // as the page's own breadcrumb or title names it
	Items   []Item // in page order, each address once
	Next    string // absolute address of the next (older) page; "" = this is the last
	Page    int    // number of this page as the pager says, newest = 1; 0 = not said
	Pages   int    // number of pages as the pager says; 0 = not said
	Total   int    // number of items in the whole list as the pager says; 0 = not said
	Source  Source // what the list was read from; "" = a page
	Maps    []Item // further sitemaps that a sitemap index names: URL and Modified

	Provenance map[string]string
}

// An Item is one row of a list.
type Item struct {
	URL      string `json:"url"` // absolute
	Title    string `json:"title"`
	Date     string `json:"date,omitempty"`     // ISO 8601 day; "" = not stated
	Modified string `json:"modified,omitempty"` // when a feed or sitemap says that it was last changed, as Article.Published; "" = not stated
	Key      string `json:"-"`                  // identity of the article, see Key; URL itself for other hosts
	Outside  bool   `json:"-"`                  // the link leaves the site (WeChat, other hosts)
}
