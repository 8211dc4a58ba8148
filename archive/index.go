package archive

import (
	"cmp"
	"database/sql/driver"
	"slices"

	"campusnews/archive/bigram"

	"modernc.org/sqlite"
)

// indexMemory is FTS5's setting hashsize, as the migrations have it: bytes of the index that are gathered before a segment of it is
// written. A word takes some 128 bytes of memory then, however few of these it counts for, and what exceeds 4 MiB of memory of a
// kind is given back to the system at each commit and taken again: with FTS5's own mebibyte that was a fifth of the index's time.
const indexMemory = 262144

// An indexing is a change of the search index that waits for the end of the
// transaction, so that those of all its jobs are written in one stroke. Longer strokes gain little: what costs is
// to gather and sort the words, and that is the same. With 1,024 articles of 1,321 words the index took, by processor
// time in November 2026 and the least of four runs, 1.07 ms an article in strokes of 64 and hashsize 1 MiB, 0.85 with a half or a quarter of that, and
// 0.73 in strokes of 1,024 without words that come twice.
type indexing struct {
	article     int64
	remove      bool
	title, body string // words
}

// wordsName is the SQL function that cuts a text into words, for migrations. The file never refers to it.
const wordsName = "campusnews_words"

func init() {
	sqlite.MustRegisterDeterministicScalarFunction(wordsName, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, _ := args[0].(string)
		return bigram.Text(text), nil
	})
}

// index puts a version of an article into the search index.
func (t *tx) index(id int64, c content) {
	t.indexings = append(t.indexings, indexing{id, false, bigram.Text(c.indexTitle()), bigram.Text(c.Body)})
}

// unindex takes a version out. The index holds no text of its own, so it must be told the very words it was given.
func (t *tx) unindex(id int64, c content) {
	t.indexings = append(t.indexings, indexing{id, true, bigram.Text(c.indexTitle()), bigram.Text(c.Body)})
}

// writeIndex makes the changes that wait, by rising id: FTS5 writes out a segment whenever an id is lower than the one before.
func (t *tx) writeIndex() error {
	slices.SortStableFunc(t.indexings, func(x, y indexing) int { return cmp.Compare(x.article, y.article) })
	for _, x := range t.indexings {
		query := `INSERT INTO articles_fts (rowid, title, body) VALUES (?, ?, ?)`
		if x.remove {
			query = `INSERT INTO articles_fts (articles_fts, rowid, title, body) VALUES ('delete', ?, ?, ?)`
		}
		if err := t.exec(query, x.article, x.title, x.body); err != nil {
			return err
		}
	}
	for _, x := range t.indexings {
		query := `INSERT INTO articles_fts_title (rowid, title) VALUES (?, ?)`
		if x.remove {
			query = `INSERT INTO articles_fts_title (articles_fts_title, rowid, title) VALUES ('delete', ?, ?)`
		}
		if err := t.exec(query, x.article, x.title); err != nil {
			return err
		}
	}
	return nil
}
