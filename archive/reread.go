package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
)

// A stored article is what its row, its lists and its pages hold now.
type stored struct {
	content
	id                         int64
	digest, provenance         string
	charset, owner, click, key string
	revision                   int
	capture                    int64
	captures                   map[string]int64 // of the pages that it is cut into, by address; nil = of one page
	first                      int64            // capture of page 1
	held                       Capture          // that capture's place and head, if it is the article's; ID 0 = not known
	err                        error            // why the rest is not to be trusted
}

// storedColumns and what they are selected from: an article c and its capture k.
const storedColumns = `c.id, c.url, coalesce(section, ''), coalesce(published, ''), coalesce(title, ''), coalesce(subtitle, ''), coalesce(source, ''),
	body, coalesce(html, ''), pages, digest, coalesce(provenance, ''), coalesce(charset, ''), coalesce(click_owner, ''), coalesce(click_id, ''), key,
	revision, coalesce(capture, 0), coalesce(k.id, 0), coalesce(k.url, ''), coalesce(k.status, 0), coalesce(k.content_type, ''), coalesce(k.same_as, 0),
	coalesce(k.file, ''), coalesce(k.offset, 0), coalesce(k.length, 0), ` + listColumns + ` FROM articles c LEFT JOIN captures k ON k.id = c.capture`

func (s *stored) scan(row scanner) error {
	var list [5]string
	k := &s.held
	err := row.Scan(&s.id, &s.URL, &s.Section, &s.Published, &s.Title, &s.Subtitle, &s.Source, &s.Body, &s.HTML, &s.Pages,
		&s.digest, &s.provenance, &s.charset, &s.owner, &s.click, &s.key, &s.revision, &s.capture, &k.ID, &k.URL, &k.Status, &k.ContentType, &k.SameAs,
		&k.File, &k.Offset, &k.Length, &list[0], &list[1], &list[2], &list[3], &list[4])
	if err != nil {
		return err
	}
	s.first, s.err = s.capture, s.setLists(list)
	return nil
}

// storedArticle reads an article from the pool. The error is ErrNotFound when it is not there.
func (a *Archive) storedArticle(ctx context.Context, id int64) (*stored, error) {
	list, err := a.storedArticles(ctx, id, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("article %d: %w", id, ErrNotFound)
	}
	return list[0], list[0].err
}

// storedArticles reads the articles from one id to another, both included, by rising id.
func (a *Archive) storedArticles(ctx context.Context, from, to int64) (list []*stored, err error) {
	stmt, err := a.prepared(ctx, `SELECT `+storedColumns+` WHERE c.id BETWEEN ? AND ? ORDER BY c.id`)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(brief(ctx), from, to)
	if err != nil {
		return nil, fmt.Errorf("article %d: %w", from, err)
	}
	for rows.Next() {
		s := &stored{}
		if err := s.scan(rows); err != nil {
			return nil, errors.Join(fmt.Errorf("an article from %d to %d: %w", from, to, err), rows.Close())
		}
		list = append(list, s)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("an article from %d to %d: %w", from, to, err)
	}
	for _, s := range list {
		if s.Pages > 1 && s.err == nil {
			s.err = a.storedPages(ctx, s)
		}
	}
	return list, nil
}

// storedPages reads where the pages of an article that is cut into several come from.
func (a *Archive) storedPages(ctx context.Context, s *stored) error {
	s.captures = map[string]int64{}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var number int
		var address string
		var capture sql.NullInt64
		if err := rows.Scan(&number, &address, &capture); err != nil {
			return err
		}
		if number == 1 && capture.Valid {
			s.first = capture.Int64
		}
		s.captures[address] = capture.Int64
		return nil
	}, `SELECT number, url, capture FROM parts WHERE article = ? ORDER BY number`, s.id)
	if err != nil {
		return fmt.Errorf("pages of article %d: %w", s.id, err)
	}
	return nil
}

// A part is one page of an article that is cut into several.
type part struct {
	content
	address string
	capture int64 // 0 = not captured: the content is empty
}

// A reread is an article read again from its captures, beside what the archive has of it.
type reread struct {
	old     *stored
	new     content
	charset string
	clicks  extract.Counter
	rules   map[string]string // field → rule that gives it now
	before  map[string]string // … that gave it
	parts   []part            // nil = of one page
}

// reread reads an article again from its captures. An error that is not
// ctx's says why its pages cannot be read; what the archive has of it then stays as it is.
func (a *Archive) reread(ctx context.Context, old *stored, x Extractor, files *evidenceFile) (*reread, error) {
	if old.err != nil {
		return nil, old.err
	}
	r := &reread{old: old, before: map[string]string{}}
	if old.provenance != "" {
		if err := json.Unmarshal([]byte(old.provenance), &r.before); err != nil {
			return nil, fmt.Errorf("provenance: %w", err)
		}
	}
	if old.first == 0 {
		return nil, errNoCapture
	}
	held := old.held
	if held.ID != old.first {
		var err error
		if held, err = a.Capture(ctx, old.first); err != nil {
			return nil, err
		}
	}
	result, err := a.extractHeld(ctx, held, x, files)
	if err != nil {
		return nil, err
	}
	page := result.Article
	r.new, r.rules, r.charset = contentOf(result), page.Provenance, result.Charset.Name
	if r.new.URL == "" {
		r.new.URL = old.URL
	}
	if page.Clicks != nil {
		r.clicks = *page.Clicks
	}
	r.new.Section = old.Section // the archive files an article where it was found
	if len(page.Parts) == 0 {
		return r, nil
	}
	r.parts = []part{{r.new, r.new.URL, old.first}}
	for _, address := range page.Parts {
		p := part{address: address, capture: old.captures[address]}
		if p.capture == 0 {
			if p.capture, err = a.latestPage(ctx, address); err != nil {
				return nil, err
			}
		}
		if p.capture != 0 {
			result, err := a.readPage(ctx, p.capture, x, files)
			if err != nil {
				return nil, err
			}
			p.content = contentOf(result)
		}
		r.parts = append(r.parts, p)
	}
	r.new = joined(r.new, r.parts)
	return r, nil
}

// joined gives page 1 the text and the lists of all pages, as joinParts does in the database.
func joined(c content, parts []part) content {
	c.Credits, c.Images, c.Files, c.Media, c.Links, c.Body, c.HTML = nil, nil, nil, nil, nil, "", ""
	for _, p := range parts {
		c.add(p.content)
	}
	return c
}

var errNoCapture = errors.New("no capture is known")

// readPage gives the article that a capture holds. The error says why there is none.
func (a *Archive) readPage(ctx context.Context, capture int64, x Extractor, files *evidenceFile) (*extract.Result, error) {
	if capture == 0 {
		return nil, errNoCapture
	}
	c, err := a.Capture(ctx, capture)
	if err != nil {
		return nil, err
	}
	return a.extractHeld(ctx, c, x, files)
}

// extractHeld is readPage for a capture at hand.
func (a *Archive) extractHeld(ctx context.Context, c Capture, x Extractor, files *evidenceFile) (*extract.Result, error) {
	p, err := a.page(ctx, c, files)
	if err != nil {
		return nil, err
	}
	r := x.Extract(p)
	if r.Kind != extract.KindArticle || r.Article == nil {
		reason := ""
		if r.Reason != "" {
			reason = ": " + r.Reason
		}
		return nil, fmt.Errorf("capture %d of %s: read as %s, not as article%s", c.ID, p.URL, r.Kind, reason)
	}
	return &r, nil
}

// latestPage finds the newest whole capture of an address, 0 = none.
func (a *Archive) latestPage(ctx context.Context, address string) (id int64, err error) {
	err = a.read.QueryRowContext(ctx, `SELECT id FROM captures WHERE url = ? AND status = 200 AND truncated IS NULL AND error IS NULL ORDER BY id DESC LIMIT 1`, address).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// differs says whether there is anything to write, and whether a reader would see it.
func (r *reread) differs() (any, seen bool) {
	seen = r.new.digest() != r.old.digest
	any = seen || r.new.HTML != r.old.HTML || r.charset != r.old.charset || r.provenance() != r.old.provenance ||
		!slices.Equal(r.new.Links, r.old.Links) || !slices.Equal(r.new.Images, r.old.Images) ||
		!slices.Equal(r.new.Files, r.old.Files) || !slices.Equal(r.new.Media, r.old.Media) ||
		r.clicks != (extract.Counter{}) && r.clicks != (extract.Counter{Owner: r.old.owner, ClickID: r.old.click})
	return any, seen
}

func (r *reread) provenance() string {
	if len(r.rules) == 0 {
		return ""
	}
	return jsonText(r.rules)
}

// errOvertaken says that somebody else wrote the article while it was read.
var errOvertaken = errors.New("changed while it was read again")

// saveReread makes what was read again the article's newest version, if a reader would see a difference, and else completes
// the version it has. Revision is the number of the new version, 0 = none.
func (t *tx) saveReread(r *reread, now time.Time) (revision int, err error) {
	id := r.old.id
	var digest string
	if _, err := t.row([]any{&digest}, `SELECT digest FROM articles WHERE id = ?`, id); err != nil {
		return 0, err
	}
	if digest != r.old.digest {
		return 0, errOvertaken
	}
	l := look{visit: scraper.Visit{Time: now}, capture: r.old.capture, cause: "extractor"}
	if err := t.replaceParts(id, r.parts); err != nil {
		return 0, err
	}
	changed, err := t.revise(id, r.new, l, true)
	if err != nil {
		return 0, err
	}
	if changed {
		revision = r.old.revision + 1
	} else if err := t.putLists(id, r.new, true); err != nil {
		return 0, err
	}
	// A day that only a wrong reading gave must not outlive it.
	return revision, t.exec(`UPDATE articles SET html = ?, charset = ?, provenance = ?, click_owner = coalesce(?, click_owner), click_id = coalesce(?, click_id),
		day = coalesce(?, (SELECT i.date FROM list_items i WHERE i.site = articles.site AND i.key = articles.key AND i.date IS NOT NULL ORDER BY i.id LIMIT 1),
			iif(?, day, NULL)) WHERE id = ?`,
		null(r.new.HTML), null(r.charset), null(r.provenance()), null(r.clicks.Owner), null(r.clicks.ClickID),
		day(r.new.Published, ""), r.old.Published == r.new.Published, id)
}

// replaceParts makes parts the pages of an article; nil = it has but its own.
func (t *tx) replaceParts(id int64, parts []part) error {
	if err := t.exec(`DELETE FROM parts WHERE article = ?`, id); err != nil {
		return err
	}
	for i, p := range parts {
		if err := t.putPart(id, i+1, p.address, p.content, look{capture: p.capture}); err != nil {
			return err
		}
	}
	return nil
}
