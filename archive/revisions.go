package archive

import (
	"fmt"

	"campusnews/extract"
)

// revise makes c the article's current version if it differs from the one in
// its row, and says whether it did. With keep the version before is kept as such;
// without, it is completed in place: the first look at a further page is no change by the newsroom.
func (t *tx) revise(id int64, c content, l look, keep bool) (changed bool, err error) {
	digest := c.digest()
	var old, oldPayload string
	var number int
	if _, err := t.row([]any{&old, &number, &oldPayload}, `SELECT a.digest, a.revision, coalesce(c.payload_digest, '') FROM articles a
		LEFT JOIN captures c ON c.id = a.capture WHERE a.id = ?`, id); err != nil {
		return false, err
	}
	if digest == old {
		return false, nil
	}
	before, err := t.content(id)
	if err != nil {
		return false, err
	}
	cause := ""
	if c.Section = before.Section; keep {
		if err := t.keepText(id, number, before); err != nil {
			return false, err
		}
		number++
		if cause = l.cause; cause == "" {
			cause = "page"
			if l.payload != "" && l.payload == oldPayload {
				cause = "extractor"
			}
		}
		if err := t.addRevision(id, number, l, cause, before.differs(c), digest); err != nil {
			return false, err
		}
	} else if err := t.exec(`UPDATE revisions SET digest = ? WHERE article = ? AND number = ?`, digest, id, number); err != nil {
		return false, err
	}
	t.unindex(id, before)
	t.index(id, c)
	if err := t.exec(`UPDATE articles SET url = ?, published = ?, day = coalesce(?, day), title = ?, subtitle = ?, source = ?,
		revision = ?, pages = ?, digest = ?, body = ?, html = ? WHERE id = ?`,
		c.URL, null(c.Published), day(c.Published, ""), null(c.Title), null(c.Subtitle), null(c.Source),
		number, c.Pages, digest, c.Body, null(c.HTML), id); err != nil {
		return false, err
	}
	if keep {
		var changed any // by the newsroom only
		if cause == "page" {
			changed = stamp(l.visit.Time)
		}
		if err := t.exec(`UPDATE articles SET changed = coalesce(?, changed), capture = coalesce(?, capture) WHERE id = ?`, changed, nullID(l.capture), id); err != nil {
			return false, err
		}
	}
	return keep, t.putLists(id, c, true)
}

func (t *tx) addRevision(article int64, number int, l look, cause, changed, digest string) error {
	return t.exec(`INSERT INTO revisions (article, number, seen, capture, cause, changed, digest) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		article, number, stamp(l.visit.Time), nullID(l.capture), cause, null(changed), digest)
}

// keepText moves the text of the newest version out of the articles row, before a newer one takes its place.
func (t *tx) keepText(id int64, number int, c content) error {
	n, err := t.changes(`INSERT INTO revision_texts (revision, url, section, published, title, subtitle, source, credits, images, attachments, media, links, pages, body, html)
		SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM revisions WHERE article = ? AND number = ?`,
		c.URL, null(c.Section), null(c.Published), null(c.Title), null(c.Subtitle), null(c.Source),
		jsonList(c.Credits), jsonList(c.Images), jsonList(c.Files), jsonList(c.Media), jsonList(c.Links), c.Pages, c.Body, null(c.HTML), id, number)
	if err == nil && n != 1 {
		err = fmt.Errorf("article %d has no revision %d", id, number)
	}
	return err
}

// jsonList is a list as a JSON array: [] when empty.
func jsonList[T extract.Credit | extract.Image | extract.File | extract.Link](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	return jsonText(list)
}
