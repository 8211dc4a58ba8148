package archive

import (
	"database/sql"

	"campusnews/scraper"
)

// putParts notes the pages of an article that the site cuts into several. What is known of further pages stays;
// pages that the article no longer names go (their text is in the version before).
func (t *tx) putParts(id int64, d *draft, l look) error {
	if d.Pages < 2 {
		return nil
	}
	if err := t.exec(`DELETE FROM parts WHERE article = ? AND number > ?`, id, d.Pages); err != nil {
		return err
	}
	if err := t.putPart(id, 1, d.URL, d.content, l); err != nil {
		return err
	}
	for i, address := range d.parts {
		if err := t.exec(`INSERT INTO parts (article, number, url) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET url = excluded.url, capture = NULL, body = '', html = '', credits = '[]', images = '[]', attachments = '[]', media = '[]', links = '[]'
			WHERE url <> excluded.url`, id, i+2, address); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putPart(id int64, number int, address string, c content, l look) error {
	return t.exec(`INSERT INTO parts (article, number, url, capture, body, html, credits, images, attachments, media, links) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET url = excluded.url, capture = excluded.capture, body = excluded.body, html = excluded.html,
		credits = excluded.credits, images = excluded.images, attachments = excluded.attachments, media = excluded.media, links = excluded.links`,
		id, number, address, nullID(l.capture), c.Body, c.HTML, jsonList(c.Credits), jsonList(c.Images), jsonList(c.Files), jsonList(c.Media), jsonList(c.Links))
}

// savePart writes what a visit to a further page of an article brought. id 0 = the article is not known (yet);
// then the page is kept as capture only, and the visit to page 1 will name it.
func (t *tx) savePart(id int64, d *draft, l look) (change scraper.Change, err error) {
	if id == 0 {
		return change, nil
	}
	change.Article = id
	target := l.visit.Target
	var number int
	var before sql.NullInt64
	found, err := t.row([]any{&number, &before}, `SELECT number, capture FROM parts WHERE article = ? AND url = ? AND number > 1`, id, target.URL)
	if err != nil || !found {
		return change, err // page 1 does not name this address any more
	}
	if err := t.putPart(id, number, target.URL, d.content, l); err != nil {
		return change, err
	}
	whole, err := t.content(id)
	if err != nil {
		return change, err
	}
	if whole, err = t.joinParts(id, whole); err != nil {
		return change, err
	}
	if change.Changed, err = t.revise(id, whole, l, before.Valid); err != nil {
		return change, err
	}
	change.Unchanged = before.Valid && !change.Changed
	return change, nil
}

// joinParts gives an article all its pages: text and lists from parts, the rest from c.
func (t *tx) joinParts(id int64, c content) (content, error) {
	c.Credits, c.Images, c.Files, c.Media, c.Links, c.Body, c.HTML = nil, nil, nil, nil, nil, "", ""
	err := t.each(func(rows *sql.Rows) error {
		var p content
		var list [5]string
		if err := rows.Scan(&p.Body, &p.HTML, &list[0], &list[1], &list[2], &list[3], &list[4]); err != nil {
			return err
		}
		if err := p.setLists(list); err != nil {
			return err
		}
		c.add(p)
		return nil
	}, `SELECT body, html, credits, images, attachments, media, links FROM parts WHERE article = ? ORDER BY number`, id)
	return c, err
}
