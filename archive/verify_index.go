package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"path/filepath"
	"slices"
	"strings"

	"campusnews/archive/bigram"
)

// verifyIndex compares the search index with the texts: each article must be
// found by all the words that its title and body have, and by no other. It gives the ids of articles for which that is not so.
//
// Each article's words are summed up as hashes on both sides, so that an index of a million
// articles is read in one pass, in the order in which it lies on the disk; where the sums differ
// the article's words are compared one by one.
func (a *Archive) verifyIndex(ctx context.Context) (wrong []int64, err error) {
	for _, t := range indexTables {
		more, err := a.verifyTable(ctx, t)
		if err != nil {
			return nil, err
		}
		wrong = append(wrong, more...)
	}
	slices.Sort(wrong)
	return slices.Compact(wrong), nil
}

// An indexTable is a table of the search index: its name, and what it holds of an article.
type indexTable struct {
	name  string
	texts func(content) []string
}

var indexTables = [...]indexTable{
	{"articles_fts", func(c content) []string { return []string{c.indexTitle(), c.Body} }},
	{"articles_fts_title", func(c content) []string { return []string{c.indexTitle()} }},
}

// words are all words under which the table has the article.
func (t indexTable) words(c content) string {
	texts := t.texts(c)
	for i, s := range texts {
		texts[i] = bigram.Text(s)
	}
	return strings.Join(texts, " ")
}

func (a *Archive) verifyTable(ctx context.Context, t indexTable) (wrong []int64, err error) {
	// A connection of its own: the pooled ones may not even make a temporary table.
	db, err := sql.Open("sqlite", dsn(filepath.Join(a.dir, dbName), pragmas{"busy_timeout(10000)", "temp_store(MEMORY)"}, "mode", "ro"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	for _, statement := range []string{
		`CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, ` + t.name + `, instance)`,
		`CREATE VIRTUAL TABLE temp.again USING fts5 (words, content='', detail=none, tokenize='unicode61 remove_diacritics 0')`,
		`CREATE VIRTUAL TABLE temp.again_words USING fts5vocab(temp, again, instance)`,
		`BEGIN`, // both sides as of one moment
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return nil, fmt.Errorf("read the search index: %w", err)
		}
	}
	seed := maphash.MakeSeed()
	sums := map[int64]uint64{}
	var term string
	var id int64
	if err := eachRowOf(ctx, conn, func() { sums[id] += maphash.String(seed, term) }, []any{&term, &id}, `SELECT term, doc FROM temp.words`); err != nil {
		return nil, fmt.Errorf("read the search index: %w", err)
	}
	var c content
	words := map[string]bool{}
	err = eachRowOf(ctx, conn, func() {
		clear(words)
		sum := sums[id]
		for word := range strings.FieldsSeq(strings.ToLower(t.words(c))) {
			if !words[word] {
				words[word] = true
				sum -= maphash.String(seed, word)
			}
		}
		if sum != 0 {
			wrong = append(wrong, id)
		}
		delete(sums, id)
	}, []any{&id, &c.Title, &c.Subtitle, &c.Body}, `SELECT id, coalesce(title, ''), coalesce(subtitle, ''), body FROM articles`)
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	const most = 1000 // of which each is looked at closely
	if len(wrong) <= most {
		if wrong, err = t.differingWords(ctx, conn, wrong); err != nil {
			return nil, err
		}
	}
	for id := range sums {
		wrong = append(wrong, id) // words of an article that is not there
	}
	return wrong, nil
}

// differingWords keeps of the articles those whose words, as SQLite cuts and folds them, are not those of the index.
func (t indexTable) differingWords(ctx context.Context, conn *sql.Conn, ids []int64) (wrong []int64, err error) {
	suspects := map[int64]map[string]bool{}
	for _, id := range ids {
		suspects[id] = map[string]bool{}
		var c content
		if err := conn.QueryRowContext(ctx, `SELECT coalesce(title, ''), coalesce(subtitle, ''), body FROM articles WHERE id = ?`, id).Scan(&c.Title, &c.Subtitle, &c.Body); err != nil {
			return nil, err
		}
		if _, err := conn.ExecContext(ctx, `INSERT INTO temp.again (rowid, words) VALUES (?, ?)`, id, t.words(c)); err != nil {
			return nil, err
		}
	}
	var term string
	var id int64
	if len(ids) == 0 {
		return nil, nil
	}
	if err := eachRowOf(ctx, conn, func() { suspects[id][term] = true }, []any{&term, &id}, `SELECT term, doc FROM temp.again_words`); err != nil {
		return nil, err
	}
	foreign := map[int64]bool{}
	if err := eachRowOf(ctx, conn, func() {
		if words, ok := suspects[id]; ok {
			if words[term] {
				delete(words, term)
			} else {
				foreign[id] = true
			}
		}
	}, []any{&term, &id}, `SELECT term, doc FROM temp.words`); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if foreign[id] || len(suspects[id]) > 0 {
			wrong = append(wrong, id)
		}
	}
	return wrong, nil
}

// eachRowOf scans each row of the answer into to and calls f.
func eachRowOf(ctx context.Context, conn *sql.Conn, f func(), to []any, query string, args ...any) (err error) {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		f()
	}
	return rows.Err()
}
