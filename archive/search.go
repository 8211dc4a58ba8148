package archive

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"campusnews/archive/bigram"

	"modernc.org/sqlite"
)

// An Order says which hits come first.
type Order int

// The orders of hits.
const (
	Newest    Order = iota // by day, articles without one last
	Relevance              // by bm25, title and body alike
)

// A Query is a search. The zero value of a field does not restrict.
type Query struct {
	// Text holds the terms, separated by blanks; an article must hold all of
	// them, each in its title, subtitle or body. A term with blanks stands in "double quotes".
	Text string
	Not  string // terms, as in Text, none of which an article may hold
	Filter
	Order  Order
	Limit  int // hits given; 0 = 20
	Offset int
	Total  bool // also count all hits
}

// Hits is the answer to a Query.
type Hits struct {
	Total int // -1 if the query did not ask for it
	Hits  []Hit
}

// A Hit is an article that holds all terms.
type Hit struct {
	ID                             int64
	Site, Key, URL, Section, Title string
	Published, Day, Source, State  string
	TitleMarks                     [][2]int // places of the terms in Title, byte offsets
	Snippet                        Snippet
}

// ErrNoTerms is returned by Search for a text without a term.
var ErrNoTerms = errors.New("nothing to search for")

// holdsName is the SQL function that checks a term on an article's text. It is this
// program's own: the file never refers to it.
const holdsName = "campusnews_holds"

func init() {
	sqlite.MustRegisterDeterministicScalarFunction(holdsName, -1, holds)
}

// holds(term, text, …) is 1 when one of the texts holds the term.
func holds(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	if len(args) == 0 {
		return nil, errors.New(holdsName + " needs a term")
	}
	term, _ := args[0].(string)
	t := bigram.NewTerm(term)
	for _, a := range args[1:] {
		if text, ok := a.(string); ok && t.In(text) {
			return int64(1), nil
		}
	}
	return int64(0), nil
}

// Terms cuts a search text at its blanks; "double quotes", also Chinese ones, keep blanks together.
func Terms(text string) []bigram.Term {
	var terms []bigram.Term
	var word strings.Builder
	quoted := false
	flush := func() {
		if t := bigram.NewTerm(word.String()); !t.Empty() {
			terms = append(terms, t)
		}
		word.Reset()
	}
	for _, r := range text {
		switch {
		case r == '"' || r == '“' || r == '”' || r == '＂':
			flush()
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			flush()
		default:
			word.WriteRune(r)
		}
	}
	flush()
	return terms
}

// Search finds articles. The error is ErrNoTerms when the text holds no term, and ErrNoRelevance.
func (a *Archive) Search(ctx context.Context, q Query) (Hits, error) {
	terms := Terms(q.Text)
	if len(terms) == 0 {
		return Hits{}, ErrNoTerms
	}
	if q.Limit <= 0 {
		q.Limit = 20
	}
	if !q.AsOf.IsZero() {
		return a.searchAsOf(ctx, q, terms)
	}
	s := searchSQL(q, terms)
	hits := Hits{Total: -1}
	if q.Total {
		if err := a.read.QueryRowContext(ctx, `SELECT count(*) `+s.counted, s.args...).Scan(&hits.Total); err != nil {
			return Hits{}, fmt.Errorf("count hits: %w", err)
		}
	}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		h, err := scanHit(rows, terms)
		hits.Hits = append(hits.Hits, h)
		return err
	}, `SELECT a.id, a.site, a.key, a.url, coalesce(a.section, ''), coalesce(a.title, ''), coalesce(a.published, ''), coalesce(a.day, ''),
		coalesce(a.source, ''), a.state, a.body `+s.checked+` LIMIT ? OFFSET ?`, append(s.args, q.Limit, q.Offset)...)
	if err != nil {
		return Hits{}, fmt.Errorf("search %q: %w", q.Text, err)
	}
	return hits, nil
}

// A statement is a search in SQL, from FROM on.
type statement struct {
	checked string // gives the rows of articles a that hold all terms, in the order asked for
	counted string // gives as many rows, in any order
	args    []any
}

// searchSQL makes the statement in two steps. Within, the index finds candidates, and they are sorted by what
// the narrow index articles_sorting has; around it their text is read and checked, one after the other, until there
// are as many as wanted. The LIMIT within keeps SQLite from making one step of it.
func searchSQL(q Query, terms []bigram.Term) statement {
	from, order := `articles c INDEXED BY articles_sorting`, ``
	where, match := []string{`true`}, []string{}
	var args []any
	filter := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	for _, t := range terms {
		if t.Match() != "" {
			match = append(match, t.Match())
		}
	}
	if len(match) > 0 {
		from = `articles_fts CROSS JOIN articles c INDEXED BY articles_sorting ON c.id = articles_fts.rowid`
		filter(`articles_fts MATCH ?`, strings.Join(match, " "))
		if q.Order == Relevance {
			order = `bm25(articles_fts), `
		}
	}
	q.Filter.restrict(filter)
	for _, t := range Terms(q.Not) {
		if t.Exact() {
			filter(`c.id NOT IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)`, t.Match())
		}
	}
	candidates := `FROM (SELECT c.id AS hit FROM ` + from + ` WHERE ` + strings.Join(where, ` AND `)
	const text = ` CROSS JOIN articles a ON a.id = hit WHERE true`
	check := ``
	for _, t := range terms {
		if !t.Exact() {
			check += ` AND ` + holdsName + `(?, a.title, a.subtitle, a.body)`
			args = append(args, t.String())
		}
	}
	for _, t := range Terms(q.Not) {
		if !t.Exact() {
			check += ` AND NOT ` + holdsName + `(?, a.title, a.subtitle, a.body)`
			args = append(args, t.String())
		}
	}
	s := statement{
		checked: candidates + ` ORDER BY ` + order + `c.day DESC, c.id DESC LIMIT -1)` + text + check,
		counted: candidates + `)`,
		args:    args,
	}
	switch {
	case check != ``:
		s.counted += text + check
	case len(match) > 0 && len(where) == 2: // no filter: the index alone knows
		s.counted = `FROM articles_fts WHERE articles_fts MATCH ?`
	}
	return s
}

func scanHit(rows *sql.Rows, terms []bigram.Term) (Hit, error) {
	var h Hit
	var body string
	if err := rows.Scan(&h.ID, &h.Site, &h.Key, &h.URL, &h.Section, &h.Title, &h.Published, &h.Day, &h.Source, &h.State, &body); err != nil {
		return Hit{}, err
	}
	h.TitleMarks = marks(h.Title, terms)
	h.Snippet = snippet(body, terms)
	return h, nil
}
