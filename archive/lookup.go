package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"campusnews/archive/ask"
	"campusnews/archive/bigram"
	"campusnews/archive/postings"
)

// A lookup is what a search asks the index.
type lookup struct {
	op      ask.Op // Term, And or Or
	word    bigram.Word
	kids    []*lookup
	without []*lookup // of And
}

// lookUp asks for all words of a term; nil = it has none.
func lookUp(t bigram.Term) *lookup {
	all := &lookup{op: ask.And}
	for _, w := range t.Words() {
		all.kids = append(all.kids, &lookup{word: w})
	}
	switch len(all.kids) {
	case 0:
		return nil
	case 1:
		return all.kids[0]
	}
	return all
}

// String is the lookup in the language of FTS5; "" for nil.
func (l *lookup) String() string {
	if l == nil {
		return ""
	}
	if l.op == ask.Term {
		return l.word.String()
	}
	join := func(list []*lookup, by string) string {
		texts := make([]string, len(list))
		for i, k := range list {
			texts[i] = k.String()
		}
		return "(" + strings.Join(texts, by) + ")"
	}
	if l.op == ask.Or {
		return join(l.kids, " OR ")
	}
	s := join(l.kids, " AND ")
	if len(l.without) > 0 {
		s = "(" + s + " NOT " + join(l.without, " OR ") + ")"
	}
	return s
}

// words are all words of the lookup.
func (l *lookup) words(list []postings.Word) []postings.Word {
	if l.op == ask.Term {
		return append(list, postings.Word(l.word))
	}
	for _, k := range l.kids {
		list = k.words(list)
	}
	for _, k := range l.without {
		list = k.words(list)
	}
	return list
}

// in finds the rows that an index has.
func (l *lookup) in(ctx context.Context, x *postings.Index) (set postings.Set, err error) {
	if l.op == ask.Term {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return x.Rows(ctx, postings.Word(l.word))
	}
	for i, k := range l.kids {
		s, err := k.in(ctx, x)
		switch {
		case err != nil:
			return nil, err
		case i == 0:
			set = s
		case l.op == ask.Or:
			set = set.Or(s)
		default:
			set = set.And(s)
		}
	}
	for _, k := range l.without {
		s, err := k.in(ctx, x)
		if err != nil {
			return nil, err
		}
		set = set.Not(s)
	}
	return set, nil
}

// A snapshot is the archive as it is at one, to be read by statements that stay prepared.
type snapshot struct {
	a  *Archive
	tx *sql.Tx
}

// QueryContext implements postings.Querier.
func (s snapshot) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.a.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...)
}

// A point says how far the archive had come when it was read.
type point struct {
	latest   int64 // number of the latest capture and the latest revision, added
	revision int64 // of the latest revision
}

const pointColumns = `coalesce((SELECT max(id) FROM captures), 0) + coalesce((SELECT max(id) FROM revisions), 0), coalesce((SELECT max(id) FROM revisions), 0)`

// found gives the articles that the index table has for each of some lookups, all of one moment.
func (a *Archive) found(ctx context.Context, table string, list ...*lookup) (sets []postings.Set, now point, err error) {
	tx, err := a.read.BeginTx(brief(ctx), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, now, err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	s := snapshot{a, tx}
	var most int
	var version int64
	var structure []byte
	if err := a.one(ctx, s, []any{&most, &now.latest, &now.revision, &version, &structure},
		`SELECT coalesce((SELECT max(id) FROM articles), 0), `+pointColumns+`, `+postings.Head(table)); err != nil {
		return nil, now, err
	}
	x, unread := postings.New(s, table, most, version, structure, a.cacheOf(table))
	if unread == nil {
		var words []postings.Word
		for _, l := range list {
			words = l.words(words)
		}
		unread = x.Fetch(brief(ctx), words)
	}
	for _, l := range list {
		var set postings.Set
		err := unread
		if err == nil {
			set, err = l.in(ctx, x)
		}
		if errors.Is(err, postings.ErrFormat) { // by the long way, then: it says what is wrong, if anything is
			var ids string
			err = a.one(ctx, s, []any{&ids}, `SELECT coalesce(group_concat(rowid, ' '), '') FROM `+table+` WHERE `+table+` MATCH ?`, l.String())
			set = nil
			eachID(ids, func(id int) { set = set.Add(id) })
		}
		if err != nil {
			return nil, now, fmt.Errorf("look up %s: %w", l, err)
		}
		sets = append(sets, set)
	}
	return sets, now, nil
}

// cacheOf is that of an index.
func (a *Archive) cacheOf(table string) *postings.Cache {
	if table == "articles_fts_title" {
		return &a.titles
	}
	return &a.texts
}

// one reads one row.
func (a *Archive) one(ctx context.Context, s snapshot, to []any, query string, args ...any) (err error) {
	rows, err := s.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return errors.Join(rows.Err(), sql.ErrNoRows)
	}
	return rows.Scan(to...)
}
