// Package ask reads what people type into a search box:
//
//	先进 基层              both words
//	"first prize"         the words as they stand, also in “Chinese” quotation marks
//	湘雅 OR 医院           one of them; AND binds closer
//	(湘雅 OR 医院) 手术     parentheses group
//	报告 -讲座, 报告 NOT 讲座   the one without the other
//	lab*                  words of letters that begin so
//	title:先进, text:先进   in the title (with its subtitle), in the body
//
// It knows the language only, neither indexes nor texts.
package ask

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query. People stay far below; what lies above is an accident or an attack.
const (
	MaxLength = 20000 // bytes
	MaxTerms  = 256
	MaxDepth  = 32 // parentheses and NOT within each other
)

// An Op says what a node is.
type Op int

// The kinds of node.
const (
	Term Op = iota
	And
	Or
	Not // one kid; stands only below And, beside a kid that is none
)

// A Field is where a term is looked for.
type Field int

// The fields.
const (
	Anywhere Field = iota
	Title          // title and subtitle
	Text           // body
)

// fields are their names in a query.
var fields = map[string]Field{"title": Title, "标题": Title, "標題": Title, "text": Text, "正文": Text}

// A Node is a query or a part of it.
type Node struct {
	Op    Op
	Kids  []*Node // of And and Or at least two, of Not one
	Text  string  // of a Term: as typed, without quotation marks; never blank
	Field Field   // of a Term
	At    int     // where it begins: characters from the start, 1 = the first
}

// An Error says where a query cannot be understood, and what to do.
type Error struct {
	At   int    // character of the query, 1 = the first; 0 = the query as a whole
	What string // what is wrong
	Hint string // what to do about it; may be ""
}

func (e *Error) Error() string {
	s := e.What
	if e.At > 0 {
		s = fmt.Sprintf("character %d: %s", e.At, e.What)
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Parse reads a query. It is nil for one without any word; the error is an *Error.
func Parse(s string) (*Node, error) {
	if len(s) > MaxLength {
		return nil, &Error{0, fmt.Sprintf("the query has %d bytes, of at most %d", len(s), MaxLength), "ask for less at once"}
	}
	p := &parser{}
	if err := p.scan(s); err != nil {
		return nil, err
	}
	if len(p.tokens) == 0 {
		return nil, nil
	}
	n, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if len(p.tokens) > 0 { // or stops at nothing else
		return nil, &Error{p.tokens[0].at, "this ) closes nothing", "take it away, or open it with ("}
	}
	if n.Op == Not {
		return nil, alone(n)
	}
	return n, nil
}

// alone is the error of a NOT without a word that must be there.
func alone(n *Node) error {
	return &Error{n.At, "NOT needs a word beside it that must be there", "as in 报告 NOT 讲座"}
}

type kind int

const (
	word kind = iota
	and
	or
	not
	open
	closing
)

var operators = map[string]kind{"AND": and, "OR": or, "NOT": not}

var names = map[kind]string{and: "AND", or: "OR"}

type token struct {
	kind  kind
	text  string
	field Field
	at    int
}

type parser struct {
	tokens []token
	terms  int
}

func isQuote(r rune) bool { return r == '"' || r == '“' || r == '”' || r == '„' || r == '＂' }

func isMinus(r rune) bool { return r == '-' || r == '－' || r == '−' }

// scan cuts a query into tokens.
func (p *parser) scan(s string) error {
	var b strings.Builder
	begin, field := 0, Anywhere
	flush := func() {
		w := b.String()
		b.Reset()
		if w == "" {
			return
		}
		k, isOperator := operators[w]
		if !isOperator || field != Anywhere {
			k = word
		}
		p.tokens = append(p.tokens, token{k, w, field, begin})
		field = Anywhere
	}
	at := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i, at = i+n, at+1
		switch {
		case isQuote(r):
			flush()
			from := at
			end := strings.IndexFunc(s[i:], isQuote)
			if end < 0 {
				return &Error{at, "this quotation mark is not closed", "close it, or take it away"}
			}
			text := s[i : i+end]
			_, n := utf8.DecodeRuneInString(s[i+end:])
			i, at = i+end+n, at+utf8.RuneCountInString(text)+1
			if strings.TrimSpace(text) != "" {
				p.tokens = append(p.tokens, token{word, text, field, from})
				field = Anywhere
			} else if field != Anywhere {
				return &Error{from, "nothing is to be looked for in this field", "write a word right behind the colon"}
			}
		case unicode.IsSpace(r) || unicode.IsControl(r):
			flush()
		case r == '(' || r == '（':
			flush()
			if field != Anywhere {
				return &Error{at, "a field holds for one word", "repeat it: (title:先进 OR title:集体)"}
			}
			p.tokens = append(p.tokens, token{open, "", Anywhere, at})
		case r == ')' || r == '）':
			flush()
			p.tokens = append(p.tokens, token{closing, "", Anywhere, at})
		case isMinus(r) && b.Len() == 0 && field == Anywhere:
			next, _ := utf8.DecodeRuneInString(s[i:])
			if i == len(s) || unicode.IsSpace(next) {
				return &Error{at, "a minus leaves out the word right behind it, and none is there", `to look for the sign write it in quotation marks: "-"`}
			}
			p.tokens = append(p.tokens, token{not, "", Anywhere, at})
		case (r == ':' || r == '：') && b.Len() > 0 && field == Anywhere && fields[strings.ToLower(b.String())] != Anywhere:
			field = fields[strings.ToLower(b.String())]
			b.Reset()
			next, _ := utf8.DecodeRuneInString(s[i:])
			if i == len(s) || unicode.IsSpace(next) || next == ')' || next == '）' {
				return &Error{begin, "nothing is to be looked for in this field", "write a word right behind the colon"}
			}
		default:
			if b.Len() == 0 && field == Anywhere {
				begin = at
			}
			b.WriteRune(r)
		}
	}
	flush()
	return nil
}

// next says what comes; false at the end.
func (p *parser) next() (token, bool) {
	if len(p.tokens) == 0 {
		return token{}, false
	}
	return p.tokens[0], true
}

func (p *parser) or(depth int) (*Node, error) {
	var kids []*Node
	for {
		n, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		kids = append(kids, n)
		t, ok := p.next()
		if !ok || t.kind != or {
			break
		}
		p.tokens = p.tokens[1:]
		if next, ok := p.next(); !ok || next.kind == closing {
			return nil, missing(t.at, "OR", "behind")
		}
	}
	if len(kids) > 1 {
		for _, k := range kids {
			if k.Op == Not {
				return nil, alone(k)
			}
		}
	}
	return join(Or, kids), nil
}

func (p *parser) and(depth int) (*Node, error) {
	var kids []*Node
	positive := false
	for {
		t, ok := p.next()
		if len(kids) > 0 {
			if !ok || t.kind == or || t.kind == closing {
				break
			}
			if t.kind == and {
				p.tokens = p.tokens[1:]
				if next, ok := p.next(); !ok || next.kind == or || next.kind == closing {
					return nil, missing(t.at, "AND", "behind")
				}
			}
		}
		n, err := p.unary(depth)
		if err != nil {
			return nil, err
		}
		kids = append(kids, n)
		positive = positive || n.Op != Not
	}
	if len(kids) > 1 && !positive {
		return nil, alone(kids[0])
	}
	return join(And, kids), nil
}

// missing is the error of an operator without a word on one side.
func missing(at int, operator, side string) error {
	return &Error{at, operator + " needs a word " + side + " it", fmt.Sprintf(`to look for %[1]s itself write it in quotation marks: "%[1]s"`, operator)}
}

func (p *parser) unary(depth int) (*Node, error) {
	t, ok := p.next()
	switch {
	case !ok:
		return nil, &Error{0, "a word is missing at the end", ""}
	case depth > MaxDepth:
		return nil, &Error{t.at, fmt.Sprintf("more than %d parentheses within each other", MaxDepth), "ask for less at once"}
	}
	p.tokens = p.tokens[1:]
	switch t.kind {
	case word:
		if p.terms++; p.terms > MaxTerms {
			return nil, &Error{t.at, fmt.Sprintf("more than %d words", MaxTerms), "ask for fewer at once"}
		}
		return &Node{Op: Term, Text: t.text, Field: t.field, At: t.at}, nil
	case not:
		if next, ok := p.next(); !ok || next.kind == closing || next.kind == and || next.kind == or {
			return nil, missing(t.at, "NOT", "behind")
		}
		n, err := p.unary(depth + 1)
		if err != nil {
			return nil, err
		}
		if n.Op == Not { // twice is not at all
			return n.Kids[0], nil
		}
		return &Node{Op: Not, Kids: []*Node{n}, At: t.at}, nil
	case open:
		if next, ok := p.next(); ok && next.kind == closing {
			return nil, &Error{t.at, "nothing stands in these parentheses", "take them away"}
		}
		if _, ok := p.next(); !ok {
			return nil, &Error{t.at, "this ( is not closed", "close it with ), or take it away"}
		}
		n, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, ok := p.next(); !ok {
			return nil, &Error{t.at, "this ( is not closed", "close it with ), or take it away"}
		}
		p.tokens = p.tokens[1:] // or and and stop at ) alone
		return n, nil
	case closing:
		return nil, &Error{t.at, "this ) closes nothing", "take it away, or open it with ("}
	}
	return nil, missing(t.at, names[t.kind], "before")
}

// join makes one node of several; kids that are of the same kind are taken apart.
func join(op Op, kids []*Node) *Node {
	if len(kids) == 1 {
		return kids[0]
	}
	n := &Node{Op: op, At: kids[0].At}
	for _, k := range kids {
		if k.Op == op {
			n.Kids = append(n.Kids, k.Kids...)
		} else {
			n.Kids = append(n.Kids, k)
		}
	}
	return n
}

// String writes the query so that Parse gives the same again.
func (n *Node) String() string {
	switch n.Op {
	case Term:
		prefix := map[Field]string{Title: "title:", Text: "text:"}[n.Field]
		return prefix + `"` + n.Text + `"`
	case Not:
		return "NOT " + n.Kids[0].String()
	}
	list := make([]string, len(n.Kids))
	for i, k := range n.Kids {
		list[i] = k.String()
	}
	return "(" + strings.Join(list, map[Op]string{And: " AND ", Or: " OR "}[n.Op]) + ")"
}
