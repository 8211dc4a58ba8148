package render

import "slices"

// Allowed names the elements that Content.HTML can hold, each with the
// attributes it can carry. Everything else is dissolved or dropped.
var Allowed = map[string][]string{
	"p": nil, "br": nil, "h1": nil, "h2": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil,
	"ul": nil, "ol": {"start"}, "li": nil, "dl": nil, "dt": nil, "dd": nil, "blockquote": nil, "pre": nil,
	"table": nil, "tr": nil, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
	"figure": nil, "figcaption": nil, "img": {"src", "alt"}, "a": {"href"},
	"strong": nil, "em": nil, "u": nil, "s": nil, "sub": nil, "sup": nil, "small": nil, "mark": nil, "code": nil, "q": nil,
}

// markup writes well-formed HTML. Structural elements nest as they are opened;
// running text outside of one gets its own <p>; inline elements are opened only
// when there is something to put in, and again in each block they span.
type markup struct {
	off    bool
	buf    []byte
	stack  []box
	inline []span
	opened int  // how many of inline are open in buf
	para   bool // a <p> is open
	space  bool // a blank is due before the next word
	brk    int  // line breaks due before the next thing in this block
	fresh  bool // nothing has been written since the innermost block began
}

// A box is an open structural element.
type box struct {
	tag  string
	at   int  // where its start tag begins in buf
	full bool // something has been written in it
}

type span struct{ tag, attrs string }

// keeps says that an element stays although it is empty.
func keeps(tag string) bool { return tag == "td" || tag == "th" }

// flows says that running text may stand in the element without a <p>.
func flows(tag string) bool {
	switch tag {
	case "ul", "ol", "dl", "table", "tr", "blockquote", "figure":
		return false
	}
	return true
}

func (m *markup) open(tag, attrs string) {
	if m.off {
		return
	}
	m.blockBreak()
	tag = m.fit(tag)
	m.stack = append(m.stack, box{tag: tag, at: len(m.buf)})
	if tag != "" {
		m.buf = append(m.buf, '<')
		m.buf = append(m.buf, tag...)
		m.buf = append(m.buf, attrs...)
		m.buf = append(m.buf, '>')
	}
	m.fresh, m.brk = true, 0
}

// fit gives the element that may stand here for tag: a list item needs a list,
// a heading stands in no heading. "" = none, the content alone.
func (m *markup) fit(tag string) string {
	in := ""
	for i := len(m.stack) - 1; i >= 0 && in == ""; i-- {
		in = m.stack[i].tag
	}
	switch tag {
	case "li":
		if in != "ul" && in != "ol" {
			return ""
		}
		return tag
	case "dt", "dd":
		if in != "dl" {
			return ""
		}
		return tag
	case "tr":
		if in != "table" {
			return ""
		}
		return tag
	case "td", "th":
		if in != "tr" {
			return ""
		}
		return tag
	}
	switch in {
	case "ul", "ol", "dl", "table", "tr": // content outside of items
		return ""
	case "h1", "h2", "h3", "h4", "h5", "h6", "pre", "figcaption":
		return ""
	}
	return tag
}

// close ends the innermost structural element; an empty one leaves no trace.
func (m *markup) close() {
	if m.off {
		return
	}
	m.blockBreak()
	b := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	if b.tag != "" {
		if !b.full && !keeps(b.tag) {
			m.buf = m.buf[:b.at]
		} else {
			m.buf = append(m.buf, "</"...)
			m.buf = append(m.buf, b.tag...)
			m.buf = append(m.buf, '>')
			if !flows(b.tag) || b.tag[0] == 'h' || b.tag == "pre" || b.tag == "li" || b.tag == "tr" {
				m.buf = append(m.buf, '\n')
			}
		}
	}
	if len(m.stack) > 0 && b.full {
		m.stack[len(m.stack)-1].full = true
	}
	m.brk = 0
	m.fresh = b.tag != "" || m.fresh
	if b.tag == "" && b.full {
		m.fresh = false
		m.brk = 1
	}
}

// push begins an inline element, pop ends the innermost.
func (m *markup) push(tag, attrs string) {
	if !m.off {
		m.inline = append(m.inline, span{tag, attrs})
	}
}

func (m *markup) pop() {
	if m.off {
		return
	}
	last := len(m.inline) - 1
	if m.opened > last {
		m.endTag(m.inline[last].tag)
		m.opened = last
	}
	m.inline = m.inline[:last]
}

func (m *markup) endTag(tag string) {
	m.buf = append(m.buf, "</"...)
	m.buf = append(m.buf, tag...)
	m.buf = append(m.buf, '>')
}

// blockBreak ends the paragraph or the line.
func (m *markup) blockBreak() {
	if m.off {
		return
	}
	m.closeInline()
	if m.para {
		m.buf = append(m.buf, "</p>\n"...)
		m.para, m.fresh, m.brk = false, true, 0
	} else if !m.fresh && len(m.stack) > 0 {
		m.brk = max(m.brk, 1)
	}
	m.space = false
}

func (m *markup) closeInline() {
	for m.opened > 0 {
		m.opened--
		m.endTag(m.inline[m.opened].tag)
	}
}

// br is a line break; two in a row end the paragraph.
func (m *markup) br() {
	if m.off || m.fresh && !m.para {
		return
	}
	m.space = false
	if m.brk++; m.brk > 1 && m.para {
		m.blockBreak()
	}
}

// preBreak is a line break in preformatted text.
func (m *markup) preBreak() {
	if !m.off && !m.fresh {
		m.brk = 1
		m.space = false
	}
}

// ready opens what must be open before text or a picture can be written.
func (m *markup) ready() {
	in := ""
	for i := len(m.stack) - 1; i >= 0 && in == ""; i-- {
		in = m.stack[i].tag
	}
	if !m.para && (in == "" || in == "blockquote") {
		m.buf = append(m.buf, "<p>"...)
		m.para, m.fresh = true, true
	}
	if m.brk > 0 && !m.fresh {
		m.closeInline()
		m.buf = append(m.buf, "<br>"...)
		m.space = false
	}
	m.brk = 0
	if len(m.stack) > 0 {
		m.stack[len(m.stack)-1].full = true
	}
}

func (m *markup) openInline() {
	for ; m.opened < len(m.inline); m.opened++ {
		s := m.inline[m.opened]
		m.buf = append(m.buf, '<')
		m.buf = append(m.buf, s.tag...)
		m.buf = append(m.buf, s.attrs...)
		m.buf = append(m.buf, '>')
	}
}

func (m *markup) word(s string) {
	if m.off {
		return
	}
	m.ready()
	if m.space && !m.fresh {
		m.buf = append(m.buf, ' ')
	}
	m.openInline()
	m.buf = escape(m.buf, s)
	m.space, m.fresh = false, false
}

// raw writes a void element.
func (m *markup) raw(s string) {
	if m.off {
		return
	}
	m.ready()
	m.openInline()
	m.buf = append(m.buf, s...)
	m.space, m.fresh = false, false
}

func (m *markup) finish() {
	for len(m.stack) > 0 {
		m.close()
	}
	m.blockBreak()
	for len(m.buf) > 0 && m.buf[len(m.buf)-1] == '\n' {
		m.buf = m.buf[:len(m.buf)-1]
	}
}

// longWord is more than a word or an address has, in bytes.
const longWord = 4 << 10

// escape appends s to buf as HTML text that is good in attributes, too.
func escape(buf []byte, s string) []byte {
	if len(s) > longWord { // grown bit by bit, a hostile one leaves ten times its size behind
		most := len(s)
		for i := 0; i < len(s); i++ {
			switch s[i] {
			case '<', '>', '&', '"', '\'':
				most += len("&#34;") - 1
			}
		}
		buf = slices.Grow(buf, most)
	}
	from := 0
	for i := 0; i < len(s); i++ {
		var e string
		switch s[i] {
		case '<':
			e = "&lt;"
		case '>':
			e = "&gt;"
		case '&':
			e = "&amp;"
		case '"':
			e = "&#34;"
		case '\'':
			e = "&#39;"
		default:
			continue
		}
		buf = append(buf, s[from:i]...)
		buf = append(buf, e...)
		from = i + 1
	}
	return append(buf, s[from:]...)
}
