package render

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxDepth bounds the walk. html.Parse builds no tree deeper than 512, trees
// built otherwise are cut off here.
const maxDepth = 1024

// A writer builds the parts of a Content in one walk.
type writer struct {
	base *url.URL
	to   Resolver
	opts Options

	text    []byte
	space   bool // a blank is due before the next word of this line
	newline bool // a line break is due before the next word
	tabs    int  // TABs due before the next word, within a table row
	row     int  // depth of table rows written as one line
	oneLine bool // line breaks are blanks everywhere
	pre     int  // depth of elements whose line breaks count

	html markup

	images []Image
	marks  []mark // where each image stands in text, parallel to images
	files  []File
	links  []Link
	media  []File
	seen   map[string]bool // kind byte + address, of images, files, links and media
	figure int             // index of the first image of the innermost figure, for its caption
}

// A mark is the place of an image in the text.
type mark struct {
	at      int  // length of text when the image came
	between bool // a line break stood between the last word and the image
	img     *html.Node
}

// node writes n and what is in it.
func (w *writer) node(n *html.Node, depth int) {
	switch n.Type {
	case html.TextNode:
		if w.opts.Skip != nil && w.opts.Skip(n) {
			return
		}
		if w.pre > 0 {
			w.preformatted(n.Data)
		} else {
			w.words(n.Data)
		}
		return
	case html.DocumentNode:
		w.children(n, depth)
		return
	case html.ElementNode:
	default:
		return
	}
	if depth > maxDepth || n.Namespace != "" || Hidden(n) {
		return
	}
	if w.opts.Skip != nil && w.opts.Skip(n) {
		return
	}
	w.element(n, depth)
}

func (w *writer) children(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c, depth+1)
	}
}

func (w *writer) element(n *html.Node, depth int) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Title, atom.Meta, atom.Link, atom.Base,
		atom.Textarea, atom.Select, atom.Button, atom.Input, atom.Option, atom.Datalist, atom.Map, atom.Area,
		atom.Iframe, atom.Object, atom.Embed, atom.Applet, atom.Frame, atom.Frameset, atom.Noframes, atom.Canvas, atom.Audio, atom.Video, atom.Rp:
		w.player(n)
		return
	case atom.Br:
		w.breakLine()
		w.html.br()
		return
	case atom.Hr:
		w.breakLine()
		w.html.blockBreak()
		return
	case atom.Img, atom.Image:
		w.image(n)
		return
	case atom.A:
		w.anchor(n, depth)
		return
	case atom.Table:
		w.table(n, depth)
		return
	case atom.Tr:
		w.tableRow(n, depth)
		return
	case atom.Pre, atom.Listing, atom.Xmp:
		w.pre++
		w.block(n, "pre", depth)
		w.pre--
		return
	case atom.Figure:
		was := w.figure
		w.figure = len(w.images)
		w.block(n, "figure", depth)
		w.figure = was
		return
	case atom.Figcaption:
		w.figcaption(n, depth)
		return
	case atom.Ol, atom.Ul, atom.Dl, atom.Li, atom.Dt, atom.Dd, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.block(n, n.Data, depth)
		return
	}
	if tag, ok := inlineTags[n.DataAtom]; ok {
		if tag == "" {
			w.children(n, depth)
			return
		}
		w.html.push(tag, "")
		w.children(n, depth)
		w.html.pop()
		return
	}
	if n.DataAtom == atom.Div || blockTags[n.DataAtom] {
		if n.DataAtom == atom.Div {
			w.player(n)
		}
		w.breakLine()
		w.html.blockBreak()
		w.children(n, depth)
		w.breakLine()
		w.html.blockBreak()
		return
	}
	w.player(n)
	w.children(n, depth)
}

// inlineTags are the elements that stand within a line, with the element that
// stands for them in the HTML ("": none).
var inlineTags = map[atom.Atom]string{
	atom.Span: "", atom.Font: "", atom.Label: "", atom.Big: "", atom.Tt: "", atom.Nobr: "", atom.Bdo: "", atom.Bdi: "",
	atom.B: "strong", atom.Strong: "strong", atom.I: "em", atom.Em: "em", atom.Cite: "em", atom.Dfn: "em", atom.Var: "em",
	atom.U: "u", atom.Ins: "u", atom.S: "s", atom.Strike: "s", atom.Del: "s",
	atom.Sub: "sub", atom.Sup: "sup", atom.Small: "small", atom.Mark: "mark",
	atom.Code: "code", atom.Kbd: "code", atom.Samp: "code", atom.Q: "q", atom.Abbr: "", atom.Acronym: "",
	atom.Time: "", atom.Data: "", atom.Output: "", atom.Ruby: "", atom.Rb: "", atom.Rt: "", atom.Wbr: "",
}

// blockTags are the elements that begin and end a line and leave no trace in
// the HTML but paragraphs.
var blockTags = map[atom.Atom]bool{
	atom.P: true, atom.Section: true, atom.Article: true, atom.Aside: true, atom.Header: true, atom.Footer: true, atom.Main: true,
	atom.Nav: true, atom.Center: true, atom.Form: true, atom.Fieldset: true, atom.Legend: true, atom.Address: true, atom.Details: true,
	atom.Summary: true, atom.Hgroup: true, atom.Dir: true, atom.Menu: true, atom.Body: true, atom.Html: true, atom.Marquee: true,
	atom.Caption: true, atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Td: true, atom.Th: true,
}

// block writes n as the structural element tag.
func (w *writer) block(n *html.Node, tag string, depth int) {
	w.breakLine()
	attrs := ""
	if tag == "ol" {
		if start, ok := number(attr(n, "start"), 1<<20); ok {
			attrs = ` start="` + start + `"`
		}
	}
	w.html.open(tag, attrs)
	w.children(n, depth)
	w.breakLine()
	w.html.close()
}

func (w *writer) figcaption(n *html.Node, depth int) {
	w.breakLine()
	w.html.open("figcaption", "")
	from := len(w.text)
	w.children(n, depth)
	caption := strings.Trim(strings.ReplaceAll(string(w.text[from:]), "\n", " "), " \t")
	w.breakLine()
	w.html.close()
	for i := w.figure; i < len(w.images); i++ {
		w.images[i].Caption = caption
	}
}

// breakLine ends the line, if it has begun.
func (w *writer) breakLine() {
	if w.row > 0 || w.oneLine {
		w.space = true
		return
	}
	if len(w.text) > 0 {
		w.newline = true
	}
	w.space, w.tabs = false, 0
}

// words writes running text, white space collapsed.
func (w *writer) words(s string) {
	for i := 0; i < len(s); {
		c, n := classify(s, i)
		switch c {
		case none:
			i += n
			continue
		case blank:
			w.space = true
			w.html.space = true
			i += n
			continue
		}
		from := i
		for i += n; i < len(s); i += n {
			if n = plainInk(s, i); n == 0 {
				if c, n = classify(s, i); c != ink {
					break
				}
			}
		}
		w.word(s[from:i])
	}
}

// word writes a run of ink.
func (w *writer) word(s string) {
	switch {
	case len(w.text) == 0:
	case w.newline:
		w.text = append(w.text, '\n')
	case w.tabs > 0:
		for ; w.tabs > 0; w.tabs-- {
			w.text = append(w.text, '\t')
		}
	case w.space && w.text[len(w.text)-1] != '\t':
		w.text = append(w.text, ' ')
	}
	w.space, w.newline, w.tabs = false, false, 0
	w.text = append(w.text, s...)
	w.html.word(s)
}

// preformatted writes text whose line breaks count.
func (w *writer) preformatted(s string) {
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			w.breakLine()
			w.html.preBreak()
		}
		w.words(line)
	}
}
