package archive

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"campusnews/scraper"
)

// A chronicle is all that one archive knows of an article, ids of captures as in the archive that is merged into.
type chronicle struct {
	id       int64
	row      mergeRow // of articles but body and html, which the newest version has
	versions []pastVersion
	events   []pastEvent
	looks    []pastLook
	captures map[int64]bool // all that it names as its own
	parts    []mergeRow
	clicks   []mergeRow
}

// A pastVersion is a version with its text.
type pastVersion struct {
	content
	number              int
	seen, cause, digest string
	changed             string
	capture             int64
	payload             string // digest of the capture's body
}

// A pastEvent is a row of events.
type pastEvent struct {
	seen, event string
	capture     int64
}

// A pastLook is a capture of the article's own page.
type pastLook struct {
	capture int64
	started string
	status  int
}

// rowColumns are the columns of articles that are not part of a version.
var rowColumns = []string{"site", "key", "section", "day", "state", "gone_since", "first_seen", "last_seen", "charset", "click_owner", "click_id", "provenance"}

// A rowReader reads from either archive: from the source's pool, or within the transaction.
type rowReader func(f func(*sql.Rows) error, query string, args ...any) error

// readChronicle reads what an archive knows of an article; capture leads its ids of captures over.
func readChronicle(each rowReader, id int64, capture func(int64) int64) (*chronicle, error) {
	c := &chronicle{id: id, captures: map[int64]bool{}}
	err := each(func(rows *sql.Rows) (err error) {
		c.row, err = scanMergeRow(rowColumns)(rows)
		return err
	}, `SELECT id, `+strings.Join(rowColumns, ", ")+` FROM articles WHERE id = ?`, id)
	if err != nil {
		return nil, err
	}
	version := func(rows *sql.Rows) error {
		var v pastVersion
		var section, published, title, subtitle, source, html, changed, payload sql.NullString
		var held sql.NullInt64
		var list [5]string
		if err := rows.Scan(&v.number, &v.seen, &v.cause, &changed, &v.digest, &held, &payload, &v.URL, &section, &published, &title, &subtitle, &source,
			&v.Pages, &v.Body, &html, &list[0], &list[1], &list[2], &list[3], &list[4]); err != nil {
			return err
		}
		v.changed, v.capture, v.payload = changed.String, capture(held.Int64), payload.String
		v.Section, v.Published, v.Title, v.Subtitle, v.Source, v.HTML = section.String, published.String, title.String, subtitle.String, source.String, html.String
		c.versions = append(c.versions, v)
		return c.versions[len(c.versions)-1].setLists(list)
	}
	const revision = `SELECT r.number, r.seen, r.cause, r.changed, r.digest, r.capture, (SELECT payload_digest FROM captures WHERE id = r.capture), `
	if err := each(version, revision+`t.url, t.section, t.published, t.title, t.subtitle, t.source, t.pages, t.body, t.html, t.credits, t.images, t.attachments, t.media, t.links
		FROM revisions r JOIN revision_texts t ON t.revision = r.id WHERE r.article = ? ORDER BY r.number`, id); err != nil {
		return nil, err
	}
	if err := each(version, revision+`c.url, c.section, c.published, c.title, c.subtitle, c.source, c.pages, c.body, c.html, `+listColumns+`
		FROM articles c JOIN revisions r ON r.article = c.id AND r.number = c.revision WHERE c.id = ?`, id); err != nil {
		return nil, err
	}
	if err := each(func(rows *sql.Rows) error {
		var e pastEvent
		var held sql.NullInt64
		err := rows.Scan(&e.seen, &e.event, &held)
		e.capture = capture(held.Int64)
		c.events = append(c.events, e)
		return err
	}, `SELECT seen, event, capture FROM events WHERE article = ? ORDER BY seen, id`, id); err != nil {
		return nil, err
	}
	if err := each(func(rows *sql.Rows) error {
		var l pastLook
		var own bool
		err := rows.Scan(&l.capture, &l.started, &l.status, &own)
		l.capture = capture(l.capture)
		if c.captures[l.capture] = true; own {
			c.looks = append(c.looks, l)
		}
		return err
	}, `SELECT id, started, coalesce(status, 0), status IN (200, 304, 404, 410) AND reason NOT IN ('asset', 'clicks', 'requisite')
			AND url NOT IN (SELECT url FROM parts WHERE article = ?1 AND number > 1)
		FROM captures WHERE article = ?1 ORDER BY started, id`, id); err != nil {
		return nil, err
	}
	if err := each(func(rows *sql.Rows) error {
		r, err := scanMergeRow(partColumns)(rows)
		if held, ok := r.values[2].(int64); ok {
			r.values[2] = nullID(capture(held))
		}
		c.parts = append(c.parts, r)
		return err
	}, `SELECT 0, `+strings.Join(partColumns, ", ")+` FROM parts WHERE article = ? ORDER BY number`, id); err != nil {
		return nil, err
	}
	return c, each(func(rows *sql.Rows) error {
		r, err := scanMergeRow([]string{"seen", "count"})(rows)
		c.clicks = append(c.clicks, r)
		return err
	}, `SELECT 0, seen, count FROM clicks WHERE article = ?`, id)
}

var partColumns = []string{"number", "url", "capture", "body", "html", "credits", "images", "attachments", "media", "links"}

func (c *chronicle) text(column string) string {
	s, _ := c.row.get(rowColumns, column).(string)
	return s
}

// A finding is what one look or version row says: a text, that the article was there, or that it was not.
type finding struct {
	time    string
	capture int64
	version *pastVersion  // nil = no text was seen
	state   scraper.State // kept, missing or gone
}

// A spot is a moment of a capture: by it a finding of the same look is known in both archives.
type spot struct {
	capture int64
	time    string
}

// findings gives what the archive found at each look, and each version that it made otherwise. The looks of the
// captures in skip, and what was found at the spots in said, are left out: the other archive speaks for them.
func (c *chronicle) findings(skip map[int64]bool, said map[spot]bool) (list []finding) {
	made := map[int64]bool{} // looks that a version's row speaks for
	for i := range c.versions {
		v := &c.versions[i]
		if !said[spot{v.capture, v.seen}] {
			list = append(list, finding{v.seen, v.capture, v, scraper.StateKept})
		}
		made[v.capture] = true
	}
	told := map[int64]bool{}
	for _, e := range c.events {
		if said[spot{e.capture, e.seen}] {
			continue
		}
		state := scraper.State(e.event)
		if e.event == "returned" {
			state = scraper.StateKept
		}
		list = append(list, finding{e.seen, e.capture, nil, state})
		told[e.capture] = true
	}
	for _, l := range c.looks {
		if skip[l.capture] || made[l.capture] || told[l.capture] && l.status != 200 {
			continue
		}
		f := finding{l.started, l.capture, nil, scraper.StateKept}
		for _, e := range c.events {
			if e.seen <= l.started || e.capture == l.capture {
				if f.state = scraper.State(e.event); e.event == "returned" {
					f.state = scraper.StateKept
				}
			}
		}
		if f.state == scraper.StateKept {
			if l.status != 200 && l.status != 304 {
				continue // not there, but another address had it
			}
			for i := range c.versions {
				if l.status == 200 && c.versions[i].seen <= l.started {
					f.version = &c.versions[i]
				}
			}
		}
		list = append(list, f)
	}
	return list
}

// A history is an article's versions and events as they follow from findings.
type history struct {
	versions []pastVersion
	events   []pastEvent
	state    scraper.State
	since    string // of a state other than kept
}

// unite puts findings in the order of time and draws from them what Save would have drawn, one after the other.
func unite(list []finding) history {
	slices.SortStableFunc(list, func(x, y finding) int {
		return cmp.Or(strings.Compare(x.time, y.time), cmp.Compare(x.capture, y.capture))
	})
	h := history{state: scraper.StateKept}
	for _, f := range list {
		switch {
		case f.state == scraper.StateKept && h.state != scraper.StateKept:
			h.events = append(h.events, pastEvent{f.time, "returned", f.capture})
			h.state, h.since = f.state, ""
		case f.state != h.state && h.state != scraper.StateGone:
			h.events = append(h.events, pastEvent{f.time, string(f.state), f.capture})
			h.state, h.since = f.state, cmp.Or(h.since, f.time)
		}
		n := len(h.versions)
		if f.version == nil || n > 0 && h.versions[n-1].digest == f.version.digest {
			continue
		}
		v := *f.version
		v.number, v.seen, v.capture, v.changed, v.cause = n+1, f.time, f.capture, "", "page"
		if n > 0 {
			before := h.versions[n-1]
			if v.changed = before.differs(v.content); v.payload != "" && v.payload == before.payload {
				v.cause = "extractor"
			}
		}
		h.versions = append(h.versions, v)
	}
	return h
}

// histories takes over the articles.
func (m *merging) histories(ctx context.Context) error {
	var ids []int64
	if err := m.src.eachRow(ctx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM articles ORDER BY id`); err != nil {
		return err
	}
	const together = 64
	for done := 0; done < len(ids); {
		m.progress("articles", done, len(ids))
		batch := ids[done:min(done+together, len(ids))]
		theirs := make([]*chronicle, len(batch))
		for i, id := range batch {
			var err error
			each := func(f func(*sql.Rows) error, query string, args ...any) error {
				return m.src.eachRow(ctx, f, query, args...)
			}
			if theirs[i], err = readChronicle(each, id, func(id int64) int64 { return m.captures[id] }); err != nil {
				return err
			}
		}
		if err := m.a.write.do(ctx, func(t *tx) error {
			for _, c := range theirs {
				if err := m.takeArticle(t, c); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		done += len(batch)
	}
	return nil
}

// takeArticle makes an article's rows say what both archives know of it.
func (m *merging) takeArticle(t *tx, theirs *chronicle) error {
	var id int64
	known, err := t.row([]any{&id}, `SELECT id FROM articles WHERE site = ? AND key = ?`, theirs.text("site"), theirs.text("key"))
	if err != nil {
		return err
	}
	var ours *chronicle
	found := theirs.findings(nil, nil)
	newest, other := theirs, theirs
	if known {
		if ours, err = readChronicle(t.each, id, func(id int64) int64 { return id }); err != nil {
			return err
		}
		said := map[spot]bool{}
		for _, f := range found {
			said[spot{f.capture, f.time}] = true
		}
		found = append(found, ours.findings(theirs.captures, said)...)
		if newest, other = ours, theirs; theirs.text("last_seen") > ours.text("last_seen") {
			newest, other = theirs, ours
		}
	}
	h := unite(found)
	for _, c := range []*chronicle{theirs, ours} { // the first loss may have been noted more exactly
		if c == nil || h.state == scraper.StateKept {
			continue
		}
		back := ""
		for _, e := range h.events {
			if e.event == "returned" {
				back = e.seen
			}
		}
		if since := c.text("gone_since"); since > back && since < h.since {
			h.since = since
		}
	}
	last := &h.versions[len(h.versions)-1]
	for _, c := range []*chronicle{other, newest} { // markup and links of the latest look
		if now := c.versions[len(c.versions)-1]; now.digest == last.digest {
			last.content = now.content
		}
	}
	if !known {
		m.made.Articles++
		if id, err = t.insert(`INSERT INTO articles (site, key, url, state, first_seen, last_seen, digest, body) VALUES (?, ?, ?, 'kept', ?, ?, '', '')`,
			theirs.text("site"), theirs.text("key"), last.URL, theirs.text("first_seen"), theirs.text("last_seen")); err != nil {
			return err
		}
	} else if !ours.same(h) {
		m.made.Merged++
	}
	m.articles[theirs.id] = id
	for capture := range theirs.captures {
		if err := t.exec(`UPDATE captures SET article = ? WHERE id = ? AND article IS NOT ?1`, id, capture); err != nil {
			return err
		}
	}
	if err := t.putHistory(id, ours, h); err != nil {
		return err
	}
	for _, k := range theirs.clicks {
		if err := t.exec(`INSERT INTO clicks (article, seen, count) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, id, k.values[0], k.values[1]); err != nil {
			return err
		}
	}
	if newest == theirs {
		if err := t.exec(`DELETE FROM parts WHERE article = ?`, id); err != nil {
			return err
		}
		for _, p := range theirs.parts {
			if err := t.exec(`INSERT INTO parts (article, `+strings.Join(partColumns, ", ")+`) VALUES (?`+strings.Repeat(", ?", len(partColumns))+`)`, append([]any{id}, p.values...)...); err != nil {
				return err
			}
		}
	}
	first := newest
	if other.text("first_seen") < newest.text("first_seen") {
		first = other
	}
	var changed any
	for _, v := range h.versions {
		if v.number > 1 && v.cause == "page" {
			changed = v.seen
		}
	}
	pick := func(column string) any { return null(cmp.Or(newest.text(column), other.text(column))) }
	return t.exec(`UPDATE articles SET section = ?, day = ?, state = ?, gone_since = ?, first_seen = ?, last_seen = ?, changed = ?, charset = ?,
		click_owner = ?, click_id = ?, provenance = ? WHERE id = ?`,
		null(cmp.Or(first.text("section"), newest.text("section"), other.text("section"))), pick("day"), string(h.state), null(h.since), first.text("first_seen"), newest.text("last_seen"), changed,
		pick("charset"), pick("click_owner"), pick("click_id"), pick("provenance"), id)
}

// same says whether the chronicle has that history already.
func (c *chronicle) same(h history) bool {
	return slices.EqualFunc(c.versions, h.versions, func(x, y pastVersion) bool { return x.digest == y.digest && x.seen == y.seen && x.capture == y.capture }) &&
		slices.Equal(c.events, h.events)
}

// putHistory writes the versions and events of an article. before is what its rows say now; nil = nothing.
func (t *tx) putHistory(id int64, before *chronicle, h history) error {
	last := h.versions[len(h.versions)-1]
	whole := before == nil || !before.same(h)
	if whole {
		for _, statement := range []string{
			`DELETE FROM revision_texts WHERE revision IN (SELECT id FROM revisions WHERE article = ?)`,
			`DELETE FROM revisions WHERE article = ?`, `DELETE FROM events WHERE article = ?`,
		} {
			if err := t.exec(statement, id); err != nil {
				return err
			}
		}
		for i, v := range h.versions {
			if err := t.exec(`INSERT INTO revisions (article, number, seen, capture, cause, changed, digest) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				id, v.number, v.seen, nullID(v.capture), v.cause, null(v.changed), v.digest); err != nil {
				return err
			}
			if i < len(h.versions)-1 {
				if err := t.keepText(id, v.number, v.content); err != nil {
					return err
				}
			}
		}
		for _, e := range h.events {
			if err := t.exec(`INSERT INTO events (article, seen, event, capture) VALUES (?, ?, ?, ?)`, id, e.seen, e.event, nullID(e.capture)); err != nil {
				return err
			}
		}
	}
	if before != nil {
		now := before.versions[len(before.versions)-1]
		if now.digest == last.digest && now.HTML == last.HTML && !whole {
			return nil
		}
		t.unindex(id, now.content)
	}
	t.index(id, last.content)
	if err := t.exec(`UPDATE articles SET url = ?, published = ?, title = ?, subtitle = ?, source = ?, revision = ?, pages = ?, digest = ?, body = ?, html = ?, capture = ? WHERE id = ?`,
		last.URL, null(last.Published), null(last.Title), null(last.Subtitle), null(last.Source), last.number, last.Pages, last.digest, last.Body, null(last.HTML), nullID(last.capture), id); err != nil {
		return err
	}
	return t.putLists(id, last.content, true)
}
