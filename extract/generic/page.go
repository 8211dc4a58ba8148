// Package generic finds the article or the list of articles on a page of no
// known publishing system.
//
// Read walks the parsed page once and keeps two flat tables: elements, each
// with the interval of its descendants, and blocks, the lines of text between
// block-level boundaries with their counts. Everything else is arithmetic on
// prefix sums over these tables, so the work is linear in the size of the page
// and no depth of nesting can overflow a stack.
//
// It knows HTML, the habits of people who write templates in Chinese and
// English, and how bylines are written. It refuses to know any site.
package generic

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Page is a document that has been walked. It keeps the document, which must
// not be changed while the Page is in use. It is for one goroutine.
type Page struct {
	base   *url.URL
	elems  []elem
	blocks []block
	text   []byte // text of all blocks, white space squeezed
	head   head
	links  []link
	images []int32 // elements that show a picture or play something, in page order
	body   int32   // the body element, 0 = none

	marks  []mark
	files  map[int32]bool // blocks with a link to a file
	values []int32        // what each block says for its container being the body
	sums   []int64        // prefix sums of values
	good   []int64        // prefix sums of the positive values
	title  title

	shelf *rack           // where a list stands, nil = not looked for yet
	racks map[int32]int32 // elements whose children are dated rows of links, with the number of rows
	where *place          // where the article stands, nil = not looked for yet
}

// An elem is an element of the page.
type elem struct {
	node   *html.Node
	parent int32
	end    int32 // one past its last descendant
	b0, b1 int32 // the blocks that begin in it
	img0   int32 // pictures before it
	link0  int32 // links before it
	depth  int32
	own    hint // of its own class, id, role and tag
	in     hint // of itself and all around it
	tag    atom.Atom
	kind   kind
}

// A kind says how an element takes part in the layout.
type kind uint8

const (
	inline   kind = iota
	boxed         // begins a new line of text
	skipped       // its text is not read
	replaced      // picture, player, frame
)

// A block is a run of text between block-level boundaries.
type block struct {
	start, end  int32 // in Page.text
	owner       int32 // innermost block-level element
	first, last *html.Node
	size        int32 // letters; a Han character counts three, as much as it says
	linked      int32 // part of size that stands in links
	links       int32 // links that begin in it
	commas      int32
	stops       int32 // ends of sentences
	heading     uint8 // 1 to 6 in a heading, 0 elsewhere
	bold        bool  // all of it is in bold print
	elem        int32 // innermost element around all of it
	cell        bool  // in a table cell
	item        bool  // in a list item
}

// A link is an anchor with an address.
type link struct {
	elem   int32
	b0, b1 int32 // blocks it touches
	t0, t1 int32 // its text in Page.text, -1 = none
}

// Read walks doc, as html.Parse gives it. base is the address of the page, nil
// if it is not known; then relative links lead nowhere.
func Read(doc *html.Node, base *url.URL) *Page {
	w := walker{p: &Page{base: base}}
	w.p.elems = make([]elem, 1, 1024)
	w.p.blocks = make([]block, 0, 256)
	w.seen = make(map[string]hint, 128)
	w.walk(doc)
	w.p.layout()
	w.p.inherit()
	w.p.findTitle()
	w.p.spareTitle()
	w.p.findFiles()
	w.p.weigh()
	return w.p
}

// textOf gives the text of block b.
func (p *Page) textOf(b int32) string {
	return string(p.text[p.blocks[b].start:p.blocks[b].end])
}

// raw is textOf without a copy, for looking only.
func (p *Page) raw(b int32) []byte {
	return p.text[p.blocks[b].start:p.blocks[b].end]
}

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
		if i > 200 {
			break
		}
	}
	return ""
}

// squeeze makes runs of white space one blank and trims the ends.
func squeeze(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return r <= ' ' || r == 0xa0 || r == 0x3000 || r == 0xfeff || r >= 0x2000 && r <= 0x200f || r == 0x7f
	}), " ")
}
