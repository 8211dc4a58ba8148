package archive

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"campusnews/extract"
	"campusnews/scraper"
)

// A draft is an article as a visit brought it, ready to be written; making it needs no database.
type draft struct {
	content
	key        string
	section    string // column under which the archive files it
	listed     string // ISO day as the list says
	charset    string
	provenance string // JSON
	clicks     extract.Counter
	parts      []string // addresses of its further pages
	digest     string   // of content
}

func newDraft(v scraper.Visit) *draft {
	r, a := v.Result, v.Result.Article
	d := &draft{content: contentOf(r), key: identity(v), section: v.Target.Section, listed: v.Target.Date, charset: r.Charset.Name, parts: a.Parts}
	if d.section == "" {
		d.section = a.Section
	}
	if d.URL == "" {
		d.URL = v.Target.URL
	}
	if len(a.Provenance) > 0 {
		d.provenance = jsonText(a.Provenance)
	}
	if a.Clicks != nil {
		d.clicks = *a.Clicks
	}
	d.digest = d.content.digest()
	return d
}

// day is what an article is sorted and counted by: the day it states, else the day its list states; NULL = neither.
func day(published, listed string) any {
	if len(published) >= len("2006-01-02") {
		return published[:len("2006-01-02")]
	}
	if published != "" {
		return published // "2016" or "2016-07": sorts before the days of it
	}
	return null(listed)
}

// saveArticle writes what a visit to an article's (first) page brought. id 0 = the archive does not have it.
func (t *tx) saveArticle(id int64, d *draft, l look) (change scraper.Change, err error) {
	seen := stamp(l.visit.Time)
	site := l.visit.Target.Site
	if err := t.putSection(site, d.section, "", l.visit.Time); err != nil {
		return change, err
	}
	if id == 0 {
		change = scraper.Change{New: true}
		change.Article, err = t.insert(`INSERT INTO articles (site, key, url, section, published, day, title, subtitle, source, state, first_seen, last_seen,
			pages, capture, charset, click_owner, click_id, provenance, digest, body, html)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'kept', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			site, d.key, d.URL, null(d.section), null(d.Published), day(d.Published, d.listed), null(d.Title), null(d.Subtitle), null(d.Source), seen, seen,
			d.Pages, nullID(l.capture), null(d.charset), null(d.clicks.Owner), null(d.clicks.ClickID), null(d.provenance), d.digest, d.Body, null(d.HTML))
		if err != nil {
			return change, fmt.Errorf("add article: %w", err)
		}
		if err := t.addRevision(change.Article, 1, l, "page", "", d.digest); err != nil {
			return change, err
		}
		if err := t.putLists(change.Article, d.content, false); err != nil {
			return change, err
		}
		t.index(change.Article, d.content)
		return change, t.putParts(change.Article, d, l)
	}

	change.Article = id
	whole := d.content
	if d.Pages > 1 {
		if err := t.putParts(id, d, l); err != nil {
			return change, err
		}
		if whole, err = t.joinParts(id, whole); err != nil {
			return change, err
		}
	} else if err := t.exec(`DELETE FROM parts WHERE article = ?`, id); err != nil {
		return change, err
	}
	if change.Returned, err = t.noteReturn(id, l); err != nil {
		return change, err
	}
	if change.Changed, err = t.revise(id, whole, l, true); err != nil {
		return change, err
	}
	change.Unchanged = !change.Changed
	return change, t.exec(`UPDATE articles SET last_seen = ?, section = coalesce(section, ?), day = coalesce(day, ?),
		charset = ?, click_owner = coalesce(?, click_owner), click_id = coalesce(?, click_id), provenance = coalesce(?, provenance) WHERE id = ?`,
		seen, null(d.section), null(l.visit.Target.Date), null(d.charset), null(d.clicks.Owner), null(d.clicks.ClickID), null(d.provenance), id)
}

// saveOutcome notes what a visit without a readable page says of an article the archive has.
func (t *tx) saveOutcome(id int64, l look) (change scraper.Change, err error) {
	change.Article = id
	target := l.visit.Target
	switch {
	case target.State == scraper.StateKept && l.notModified:
		change.Unchanged = true
		if change.Returned, err = t.noteReturn(id, l); err != nil {
			return change, err
		}
		return change, t.exec(`UPDATE articles SET last_seen = ? WHERE id = ?`, stamp(l.visit.Time), id)
	case target.State == scraper.StateMissing || target.State == scraper.StateGone:
		change.Gone, err = t.noteLoss(id, l)
	}
	return change, err
}

// noteLoss marks an article missing or gone, unless another address that is still looked at has it, and says whether it became gone.
func (t *tx) noteLoss(id int64, l look) (gone bool, err error) {
	target := l.visit.Target
	var state string
	var elsewhere bool
	if _, err := t.row([]any{&state, &elsewhere}, `SELECT state, EXISTS (SELECT 1 FROM frontier WHERE article = a.id AND state = 'kept' AND due IS NOT NULL AND NOT (site = ? AND key = ?))
		FROM articles a WHERE id = ?`, target.Site, target.Key, id); err != nil {
		return false, err
	}
	if elsewhere || state == string(target.State) || state == string(scraper.StateGone) {
		return false, nil
	}
	since := target.MissingSince
	if since.IsZero() {
		since = l.visit.Time
	}
	if err := t.exec(`UPDATE articles SET state = ?, gone_since = coalesce(gone_since, ?) WHERE id = ?`, string(target.State), stamp(since), id); err != nil {
		return false, err
	}
	return target.State == scraper.StateGone, t.addEvent(id, string(target.State), l)
}

// noteReturn marks an article as there, and says whether it was not.
func (t *tx) noteReturn(id int64, l look) (bool, error) {
	n, err := t.changes(`UPDATE articles SET state = 'kept', gone_since = NULL WHERE id = ? AND state <> 'kept'`, id)
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.addEvent(id, "returned", l)
}

func (t *tx) addEvent(id int64, event string, l look) error {
	return t.exec(`INSERT INTO events (article, seen, event, capture) VALUES (?, ?, ?, ?)`, id, stamp(l.visit.Time), event, nullID(l.capture))
}

// putLists writes credits, images, attachments, media and links of an article; with replace the old ones go first.
func (t *tx) putLists(id int64, c content, replace bool) error {
	if replace {
		for _, table := range [...]string{"credits", "images", "attachments", "media", "links"} {
			if err := t.exec(`DELETE FROM `+table+` WHERE article = ?`, id); err != nil {
				return err
			}
		}
	}
	for i, p := range c.Credits {
		if err := t.exec(`INSERT INTO credits (article, position, role, name) VALUES (?, ?, ?, ?)`, id, i+1, p.Role, p.Name); err != nil {
			return err
		}
	}
	for i, m := range c.Images {
		if err := t.exec(`INSERT INTO images (article, position, url, alt, caption) VALUES (?, ?, ?, ?, ?)`, id, i+1, m.URL, null(m.Alt), null(m.Caption)); err != nil {
			return err
		}
	}
	for i, f := range c.Files {
		if err := t.exec(`INSERT INTO attachments (article, position, url, name) VALUES (?, ?, ?, ?)`, id, i+1, f.URL, null(f.Name)); err != nil {
			return err
		}
	}
	for i, f := range c.Media {
		if err := t.exec(`INSERT INTO media (article, position, url, name) VALUES (?, ?, ?, ?)`, id, i+1, f.URL, null(f.Name)); err != nil {
			return err
		}
	}
	for i, k := range c.Links {
		if err := t.exec(`INSERT INTO links (article, position, url, text) VALUES (?, ?, ?, ?)`, id, i+1, k.URL, null(k.Text)); err != nil {
			return err
		}
	}
	return nil
}

// content reads the version of an article that its row holds.
func (t *tx) content(id int64) (c content, err error) {
	var section, published, title, subtitle, source, html sql.NullString
	if _, err := t.row([]any{&c.URL, &section, &published, &title, &subtitle, &source, &c.Body, &html, &c.Pages},
		`SELECT url, section, published, title, subtitle, source, body, html, pages FROM articles WHERE id = ?`, id); err != nil {
		return content{}, err
	}
	c.Section, c.Published, c.Title, c.Subtitle, c.Source, c.HTML = section.String, published.String, title.String, subtitle.String, source.String, html.String
	var list [5]string
	if _, err := t.row([]any{&list[0], &list[1], &list[2], &list[3], &list[4]}, `SELECT `+listColumns+` FROM articles c WHERE id = ?`, id); err != nil {
		return content{}, err
	}
	return c, c.setLists(list)
}

// listColumns are credits, images, attachments, media and links of article c as JSON, for setLists.
const listColumns = `
	(SELECT json_group_array(json_object('role', role, 'name', name)) FROM (SELECT * FROM credits WHERE article = c.id ORDER BY position)),
	(SELECT json_group_array(json_object('url', url, 'alt', coalesce(alt, ''), 'caption', coalesce(caption, ''))) FROM (SELECT * FROM images WHERE article = c.id ORDER BY position)),
	(SELECT json_group_array(json_object('url', url, 'name', coalesce(name, ''))) FROM (SELECT * FROM attachments WHERE article = c.id ORDER BY position)),
	(SELECT json_group_array(json_object('url', url, 'name', coalesce(name, ''))) FROM (SELECT * FROM media WHERE article = c.id ORDER BY position)),
	(SELECT json_group_array(json_object('url', url, 'text', coalesce(text, ''))) FROM (SELECT * FROM links WHERE article = c.id ORDER BY position))`

func (c *content) setLists(list [5]string) error {
	return errors.Join(json.Unmarshal([]byte(list[0]), &c.Credits), json.Unmarshal([]byte(list[1]), &c.Images),
		json.Unmarshal([]byte(list[2]), &c.Files), json.Unmarshal([]byte(list[3]), &c.Media), json.Unmarshal([]byte(list[4]), &c.Links))
}
