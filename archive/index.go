package archive

import "campusnews/archive/bigram"

// index puts a version of an article into the search index.
func (t *tx) index(id int64, c content) error {
	return t.exec(`INSERT INTO articles_fts (rowid, title, body) VALUES (?, ?, ?)`, id, bigram.Text(c.indexTitle()), bigram.Text(c.Body))
}

// unindex takes a version out. The index holds no text of its own, so it must be told the very words it was given.
func (t *tx) unindex(id int64, c content) error {
	return t.exec(`INSERT INTO articles_fts (articles_fts, rowid, title, body) VALUES ('delete', ?, ?, ?)`, id, bigram.Text(c.indexTitle()), bigram.Text(c.Body))
}
