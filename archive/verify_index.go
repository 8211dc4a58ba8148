package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"

	"campusnews/archive/bigram"
	"campusnews/archive/postings"
)

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

// An indexCheck compares a table of the search index with the texts: each article must be found by all the words that its
// title and body have, and by no other.
//
// Each article's words are summed up as hashes on both sides, so that an index of a million articles is read in one pass, in the order in which
// it lies on the disk; where the sums differ, SQLite cuts and folds the article's words once more.
type indexCheck struct {
	table indexTable
	seed  maphash.Seed
	// The sums of the index, by article, those of the articles that have passed taken away. Numbers as they are in a sound archive have a place in dense.
	dense    []uint64
	others   map[int64]uint64
	suspects []suspect
	wrong    []int64
}

// A suspect is an article whose sum is not that of the index.
type suspect struct {
	id  int64
	sum uint64 // of the index
}

// readIndex sums up the table's words. Numbers of articles go up to last, if the archive is sound.
func readIndex(ctx context.Context, conn *sql.Conn, table indexTable, last int64, progress func(done, total int64)) (*indexCheck, error) {
	c := &indexCheck{table: table, seed: maphash.MakeSeed()}
	if err := c.read(ctx, conn, last, progress); err != nil {
		return nil, fmt.Errorf("read the search index: %w", err)
	}
	return c, nil
}

func (c *indexCheck) read(ctx context.Context, conn *sql.Conn, last int64, progress func(done, total int64)) error {
	x, err := postings.Open(ctx, conn, c.table.name, 0)
	if err == nil {
		c.empty(last)
		err = x.Every(ctx, func(word []byte, rows []int64) error {
			hash := maphash.Bytes(c.seed, word)
			for _, row := range rows {
				c.add(row, hash)
			}
			return nil
		}, progress)
	}
	if !errors.Is(err, postings.ErrFormat) {
		return err
	}
	c.empty(last) // by the long way, then: it says what is wrong, if anything is
	vocabulary := "words_of_" + c.table.name
	if _, err := conn.ExecContext(ctx, `CREATE VIRTUAL TABLE temp.`+vocabulary+` USING fts5vocab(main, `+c.table.name+`, instance)`); err != nil {
		return err
	}
	return eachWord(ctx, conn, vocabulary, func(word string, id int64) { c.add(id, maphash.String(c.seed, word)) })
}

// eachWord calls f for each word of each row of a table of FTS5's vocabulary.
func eachWord(ctx context.Context, conn *sql.Conn, vocabulary string, f func(word string, id int64)) error {
	var word string
	var id int64
	return eachRowOf(ctx, conn, func() { f(word, id) }, []any{&word, &id}, `SELECT term, doc FROM temp.`+vocabulary)
}

func (c *indexCheck) empty(last int64) {
	c.dense, c.others = make([]uint64, last+1), map[int64]uint64{}
}

func (c *indexCheck) add(id int64, hash uint64) {
	if id >= 0 && id < int64(len(c.dense)) {
		c.dense[id] += hash
	} else {
		c.others[id] += hash
	}
}

// take gives the sum of an article, which has passed then.
func (c *indexCheck) take(id int64) (sum uint64) {
	if id >= 0 && id < int64(len(c.dense)) {
		sum, c.dense[id] = c.dense[id], 0
		return sum
	}
	sum = c.others[id]
	delete(c.others, id)
	return sum
}

// pass compares an article whose text has the sum.
func (c *indexCheck) pass(id int64, sum uint64) {
	if has := c.take(id); has != sum {
		c.suspects = append(c.suspects, suspect{id, has})
	}
}

// end gives the articles whose words are not those of the index, after all have passed.
func (c *indexCheck) end(ctx context.Context, conn *sql.Conn) (wrong []int64, err error) {
	const together = 200
	for list := c.suspects; len(list) > 0; list = list[min(together, len(list)):] {
		if err := c.again(ctx, conn, list[:min(together, len(list))]); err != nil {
			return nil, err
		}
	}
	for id, sum := range c.dense {
		if sum != 0 {
			c.wrong = append(c.wrong, int64(id)) // words of an article that is not there
		}
	}
	for id := range c.others {
		c.wrong = append(c.wrong, id)
	}
	return c.wrong, nil
}

// again has SQLite cut and fold the words of suspects, and finds those that the index has not so.
func (c *indexCheck) again(ctx context.Context, conn *sql.Conn, list []suspect) error {
	for _, statement := range []string{
		`CREATE VIRTUAL TABLE IF NOT EXISTS temp.again USING fts5 (words, content='', detail=none, tokenize='unicode61 remove_diacritics 0')`,
		`CREATE VIRTUAL TABLE IF NOT EXISTS temp.again_words USING fts5vocab(temp, again, instance)`,
		`INSERT INTO temp.again (again) VALUES ('delete-all')`,
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for _, s := range list {
		var t content
		if err := conn.QueryRowContext(ctx, `SELECT coalesce(title, ''), coalesce(subtitle, ''), body FROM articles WHERE id = ?`, s.id).Scan(&t.Title, &t.Subtitle, &t.Body); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, `INSERT INTO temp.again (rowid, words) VALUES (?, ?)`, s.id, c.table.words(t)); err != nil {
			return err
		}
	}
	sums := map[int64]uint64{}
	if err := eachWord(ctx, conn, "again_words", func(word string, id int64) { sums[id] += maphash.String(c.seed, word) }); err != nil {
		return err
	}
	for _, s := range list {
		if sums[s.id] != s.sum {
			c.wrong = append(c.wrong, s.id)
		}
	}
	return nil
}

// A wordSum sums up the words of texts, each once. It is one goroutine's.
type wordSum struct {
	hashes, seen []uint64
}

// of gives the sum of hashes of a text's words, as Text made them and SQLite would fold them.
func (w *wordSum) of(seed maphash.Seed, words string) (sum uint64) {
	w.hashes = w.hashes[:0]
	for word := range strings.FieldsSeq(bigram.Tokens(words)) {
		w.hashes = append(w.hashes, maphash.String(seed, word))
	}
	size := 16
	for size < 2*len(w.hashes) {
		size *= 2
	}
	if size > len(w.seen) {
		w.seen = make([]uint64, size)
	}
	seen := w.seen[:size]
	clear(seen)
	for _, h := range w.hashes {
		i := h & uint64(size-1)
		for seen[i] != 0 && seen[i] != h {
			i = (i + 1) & uint64(size-1)
		}
		if seen[i] == 0 { // one whose hash is 0 counts for nothing, on the other side too
			seen[i] = h
			sum += h
		}
	}
	return sum
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
