package archive

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"campusnews/archive/ask"
	"campusnews/archive/bigram"

	"modernc.org/sqlite"
)

// A matcher is a search text made ready: what to ask the index, and how to look whether a text really fits.
type matcher struct {
	root  *expr
	terms []bigram.Term // those that an article is to hold, to be marked in it
	// look asks the index table for every article that fits, and perhaps more unless exact; match says it in the language
	// of FTS5. nil and "" = the index cannot help: only signs are looked for.
	look  *lookup
	match string
	table string // articles_fts, or articles_fts_title when all terms are looked for in titles
	exact bool
	title *lookup // besides, what the index of titles must answer; nil = nothing
}

// An expr is a ask.Node with its term read.
type expr struct {
	op    ask.Op
	kids  []*expr
	term  bigram.Term
	field ask.Field
}

// compile reads the texts of a query. It is nil when text holds no word; the error is a *ask.Error.
func compile(text, without string) (*matcher, error) {
	node, err := ask.Parse(text)
	if err != nil {
		return nil, err
	}
	root := readTerms(node)
	if root == nil || root.op == ask.Not {
		return nil, nil
	}
	if node, err = ask.Parse(without); err != nil {
		return nil, err
	}
	if not := readTerms(node); not != nil {
		kids := []*expr{not}
		if not.op == ask.And && !slices.ContainsFunc(not.kids, func(k *expr) bool { return k.op == ask.Not }) {
			kids = not.kids // every word of it leaves out, not only all of them together
		}
		all := &expr{op: ask.And, kids: []*expr{root}}
		for _, k := range kids {
			all.kids = append(all.kids, &expr{op: ask.Not, kids: []*expr{k}})
		}
		root = all
	}
	m := &matcher{root: root, table: "articles_fts"}
	if root.all(func(e *expr) bool { return e.field == ask.Title }) {
		m.table = "articles_fts_title"
	}
	m.look, m.exact = m.above(root)
	m.match = m.look.String()
	if m.table == "articles_fts" {
		titles := &lookup{op: ask.And}
		kids := []*expr{root}
		if root.op == ask.And {
			kids = root.kids
		}
		for _, k := range kids {
			if k.op == ask.Term && k.field == ask.Title && lookUp(k.term) != nil {
				titles.kids = append(titles.kids, lookUp(k.term))
			}
		}
		if len(titles.kids) > 0 {
			m.title = titles
		}
	}
	m.collect(root)
	return m, nil
}

// readTerms is nil for a node that holds nothing to look for, such as a word of blanks.
func readTerms(n *ask.Node) *expr {
	if n == nil {
		return nil
	}
	e := &expr{op: n.Op, field: n.Field}
	if n.Op == ask.Term {
		if e.term = bigram.NewTerm(n.Text); e.term.Empty() {
			return nil
		}
		return e
	}
	for _, k := range n.Kids {
		if kid := readTerms(k); kid != nil {
			e.kids = append(e.kids, kid)
		}
	}
	switch {
	case len(e.kids) == 0:
		return nil
	case len(e.kids) == 1 && n.Op != ask.Not:
		return e.kids[0]
	}
	return e
}

// all says whether ok holds for every term.
func (e *expr) all(ok func(*expr) bool) bool {
	if e.op == ask.Term {
		return ok(e)
	}
	for _, k := range e.kids {
		if !k.all(ok) {
			return false
		}
	}
	return true
}

func (m *matcher) collect(e *expr) {
	switch e.op {
	case ask.Term:
		m.terms = append(m.terms, e.term)
	case ask.Not:
	default:
		for _, k := range e.kids {
			m.collect(k)
		}
	}
}

// exactly says that the index knows the term by itself.
func (m *matcher) exactly(e *expr) bool {
	return e.term.Exact() && (e.field == ask.Anywhere || m.table == "articles_fts_title")
}

// above is a lookup that finds at least what e finds, and whether nothing else; nil = everything.
func (m *matcher) above(e *expr) (l *lookup, exact bool) {
	switch e.op {
	case ask.Term:
		l = lookUp(e.term)
		return l, l != nil && m.exactly(e)
	case ask.Not:
		return nil, false
	case ask.Or:
		l, exact = &lookup{op: ask.Or}, true
		for _, k := range e.kids {
			s, x := m.above(k)
			if s == nil {
				return nil, false
			}
			l.kids, exact = append(l.kids, s), exact && x
		}
		return l, exact
	}
	l, exact = &lookup{op: ask.And}, true
	for _, k := range e.kids {
		if k.op == ask.Not {
			s, x := m.below(k.kids[0])
			if exact = exact && x; s != nil {
				l.without = append(l.without, s)
			}
			continue
		}
		s, x := m.above(k)
		if exact = exact && x; s != nil {
			l.kids = append(l.kids, s)
		}
	}
	if len(l.kids) == 0 {
		return nil, false
	}
	return l, exact
}

// below is a lookup that finds at most what e finds, and whether all of it; nil = nothing.
func (m *matcher) below(e *expr) (l *lookup, exact bool) {
	switch e.op {
	case ask.Term:
		if !m.exactly(e) {
			return nil, false
		}
		return lookUp(e.term), true
	case ask.Or:
		l, exact = &lookup{op: ask.Or}, true
		for _, k := range e.kids {
			s, x := m.below(k)
			if exact = exact && x; s != nil {
				l.kids = append(l.kids, s)
			}
		}
		if len(l.kids) == 0 {
			return nil, false
		}
		return l, exact
	case ask.And:
		if l, exact := m.above(e); exact {
			return l, true
		}
	}
	return nil, false
}

// fits looks at the text itself.
func (e *expr) fits(title, subtitle, body string) bool {
	switch e.op {
	case ask.Term:
		return e.field != ask.Text && (e.term.In(title) || e.term.In(subtitle)) || e.field != ask.Title && e.term.In(body)
	case ask.Not:
		return !e.kids[0].fits(title, subtitle, body)
	}
	for _, k := range e.kids {
		if k.fits(title, subtitle, body) == (e.op == ask.Or) {
			return e.op == ask.Or
		}
	}
	return e.op == ask.And
}

// fitsName is the SQL function that looks at an article's text. It is this program's own: the file never refers to it.
const fitsName = "campusnews_fits"

func init() {
	sqlite.MustRegisterScalarFunction(fitsName, 4, fits)
}

// At work are the searches under way, by the number by which SQL names them.
var (
	atWork   sync.Map // int64 → *expr
	lastWork atomic.Int64
)

// begin gives the number under which SQL finds the matcher until end is called.
func (m *matcher) begin() (number int64, end func()) {
	number = lastWork.Add(1)
	atWork.Store(number, m.root)
	return number, func() { atWork.Delete(number) }
}

// fits(number, title, subtitle, body) is 1 when the text fits the search of that number.
func fits(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	number, _ := args[0].(int64)
	e, ok := atWork.Load(number)
	if !ok {
		return nil, errors.New(fitsName + " is for searches under way")
	}
	var text [3]string
	for i, a := range args[1:] {
		text[i], _ = a.(string)
	}
	if e.(*expr).fits(text[0], text[1], text[2]) {
		return int64(1), nil
	}
	return int64(0), nil
}

// wordsFitName is fitsName for a search text itself, for filters, which outlast a statement.
const wordsFitName = "campusnews_words_fit"

// compiled keeps the latest search text of a filter.
var compiled atomic.Pointer[struct {
	text string
	root *expr
}]

func init() {
	sqlite.MustRegisterDeterministicScalarFunction(wordsFitName, 4, wordsFit)
}

// wordsFit(search, title, subtitle, body) is 1 when the text fits the search. The error is that of ParseWords.
func wordsFit(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	var text [4]string
	for i, a := range args {
		text[i], _ = a.(string)
	}
	c := compiled.Load()
	if c == nil || c.text != text[0] {
		if err := ParseWords(text[0]); err != nil {
			return nil, err
		}
		m, err := compile(text[0], "")
		if err != nil {
			return nil, err
		}
		c = &struct {
			text string
			root *expr
		}{text[0], m.root}
		compiled.Store(c)
	}
	if c.root.fits(text[1], text[2], text[3]) {
		return int64(1), nil
	}
	return int64(0), nil
}

// ParseWords says whether a search text can be understood. The error is ErrNoTerms or a *ask.Error.
func ParseWords(text string) error {
	m, err := compile(text, "")
	if err == nil && m == nil {
		err = ErrNoTerms
	}
	return err
}

// ErrNoTerms is returned for a text without a word to look for.
var ErrNoTerms = errors.New("nothing to search for")

// matcher reads the texts of q. The error is ErrNoTerms or wraps a *ask.Error.
func (q Query) matcher() (*matcher, error) {
	m, err := compile(q.Text, q.Not)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	switch {
	case m != nil:
		return m, nil
	case !q.Everything:
		return nil, ErrNoTerms
	}
	return &matcher{root: &expr{op: ask.And}, exact: true}, nil
}

// Terms are the terms of a search text that a hit holds, to be marked in it; nil for a text that Search refuses.
func Terms(text string) []bigram.Term {
	m, err := compile(text, "")
	if err != nil || m == nil {
		return nil
	}
	return m.terms
}
