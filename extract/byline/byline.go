// Package byline reads the lines in which Chinese news pages say who wrote,
// photographed, edited and checked an article, where it comes from and when it
// was published. It works on strings and knows nothing of HTML.
//
// A line is read in steps: lex.go cuts it into tokens and cut.go parts the labels
// before colons from the values they are glued to; scan.go groups the tokens into
// slots (a label and its value), loose.go deciding on labels without a colon;
// slots.go and people.go read each slot. The words are data: labels.go, names.go.
package byline

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// The roles a credit can have.
const (
	Author       = "author"
	Editor       = "editor"
	Photographer = "photographer"
	Reviewer     = "reviewer"
	Proofreader  = "proofreader"
	Publisher    = "publisher" // the account that put the page up; not an author
)

// A Credit is one role of one person or unit.
type Credit struct {
	Role string `json:"role"` // one of the constants above
	Name string `json:"name"` // as a person would write it: 黄妍, not 黄 妍
}

// A Line is what a byline states. Fields it does not state are zero.
type Line struct {
	Published    string   // ISO 8601, as package date writes it; of several dates the one labelled as publication
	Source       string   // the unit, medium or address the item comes from, blanks collapsed
	Credits      []Credit // in the order of the line, each role and name once
	Placeholders []Credit // slots filled with 佚名, admin and the like, which name nobody
	Clicks       int      // the printed count, only with HasClicks; counters filled by script print none
	HasClicks    bool
	Section      string // the column the item belongs to (属于, 栏目)
	Leftover     string // text that is no part of a byline, blanks collapsed; "" for a clean line

	labels  int  // labels of credits, sources, dates and counts
	strong  int  // of them and of others, those with a colon or slash
	loose   bool // the only label is a word of two characters or more
	others  int  // labels whose value is nothing to us
	unknown int  // colons behind words the dictionary does not have
}

// Names returns the names credited with role, in order; nil for none.
func (l *Line) Names(role string) []string {
	var names []string
	for _, c := range l.Credits {
		if c.Role == role {
			names = append(names, c.Name)
		}
	}
	return names
}

// IsZero reports whether the line states nothing.
func (l *Line) IsZero() bool {
	return l.Published == "" && l.Source == "" && len(l.Credits) == 0 && len(l.Placeholders) == 0 && !l.HasClicks && l.Section == ""
}

// maxLine bounds what is read of a line: the longest byline in the labelled
// sets has 300 bytes.
const maxLine = 4096

// Parse reads a line known to be a byline, such as the meta line under a title.
// It reads at most the first 4096 bytes. Line ends count as blanks.
func Parse(line string) Line {
	if len(line) > maxLine {
		cut := maxLine
		for cut > maxLine-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
			cut--
		}
		line = line[:cut]
	}
	line = strings.ToValidUTF8(line, "\uFFFD")
	if i := strings.Index(line, "查看更多"); i > 0 { // 返回搜狐，查看更多
		if j := strings.LastIndex(line[:i], "返回"); j >= 0 {
			line = line[:j]
		}
	}
	p := parsers.Get().(*parser)
	defer parsers.Put(p)
	p.reset(line)
	p.lex()
	p.scan()
	p.read()
	l := p.line
	p.reset("")
	return l
}

var parsers = sync.Pool{New: func() any { return new(parser) }}
