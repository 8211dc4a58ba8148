package archive

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// sites takes over sites, sections and profiles. Of a site in both the archive with the later capture knows better.
func (m *merging) sites(ctx context.Context) error {
	m.newer = map[string]bool{}
	last := map[string]string{}
	const latest = `SELECT site, max(last_seen) FROM articles GROUP BY site`
	scan := func(f func(site, seen string)) func(*sql.Rows) error {
		return func(rows *sql.Rows) error {
			var site, seen string
			err := rows.Scan(&site, &seen)
			f(site, seen)
			return err
		}
	}
	if err := m.a.eachRow(ctx, scan(func(site, seen string) { last[site] = seen }), latest); err != nil {
		return err
	}
	if err := m.src.eachRow(ctx, scan(func(site, seen string) { m.newer[site] = seen > last[site] }), latest); err != nil {
		return err
	}
	take := func(table string, columns []string, conflict func(newer bool) string) error {
		return inBatches(ctx, m, scanMergeRow(columns), func(t *tx, r mergeRow) error {
			return t.exec(insertSQL(table, columns)+` ON CONFLICT DO UPDATE SET `+conflict(m.newer[r.values[0].(string)]), r.values...)
		}, `SELECT 0, `+strings.Join(columns, ", ")+` FROM `+table)
	}
	better := func(newer bool, columns ...string) string {
		var set []string
		for _, c := range columns {
			if newer {
				set = append(set, c+` = coalesce(excluded.`+c+`, `+c+`)`)
			} else {
				set = append(set, c+` = coalesce(`+c+`, excluded.`+c+`)`)
			}
		}
		return strings.Join(set, ", ")
	}
	if err := take("sites", []string{"id", "name", "url", "system", "added"}, func(newer bool) string {
		return better(newer, "name", "url", "system") + `, added = min(added, excluded.added)`
	}); err != nil {
		return err
	}
	if err := take("sections", []string{"site", "name", "url", "added"}, func(newer bool) string {
		return better(newer, "url") + `, added = min(added, excluded.added)`
	}); err != nil {
		return err
	}
	return take("profiles", []string{"site", "text", "seen"}, func(bool) string {
		return `text = excluded.text, seen = excluded.seen WHERE excluded.seen > seen`
	})
}

// runs takes over the runs. One is known by when it began and what was asked of it.
func (m *merging) runs(ctx context.Context) error {
	columns, err := m.columnsOf(ctx, "crawls")
	if err != nil {
		return err
	}
	return inBatches(ctx, m, scanMergeRow(columns), func(t *tx, r mergeRow) error {
		var id int64
		found, err := t.row([]any{&id}, `SELECT id FROM crawls WHERE started = ? AND program IS ? AND command IS ? AND sites IS ? AND user_agent IS ?`,
			r.get(columns, "started"), r.get(columns, "program"), r.get(columns, "command"), r.get(columns, "sites"), r.get(columns, "user_agent"))
		switch {
		case err != nil:
			return err
		case found: // it may have ended since
			err = t.exec(`UPDATE crawls SET (`+strings.Join(columns, ", ")+`) = (?`+strings.Repeat(", ?", len(columns)-1)+`) WHERE id = ? AND ended IS NULL`, append(r.values, id)...)
		default:
			id, err = t.insert(insertSQL("crawls", columns), r.values...)
			m.made.Crawls++
		}
		m.crawls[r.id] = id
		return err
	}, `SELECT id, `+strings.Join(columns, ", ")+` FROM crawls ORDER BY id`)
}

// requests takes over the captures, which do not name their articles yet. One is known by its record, or by run, address and time if nothing was sent.
func (m *merging) requests(ctx context.Context) error {
	columns, err := m.columnsOf(ctx, "captures")
	if err != nil {
		return err
	}
	have := map[string]int64{}
	for _, file := range m.files {
		if err := m.a.eachRow(ctx, func(rows *sql.Rows) error {
			var record string
			var id int64
			err := rows.Scan(&record, &id)
			have[record] = id
			return err
		}, `SELECT record, id FROM captures WHERE file = ? AND record IS NOT NULL`, file); err != nil {
			return err
		}
	}
	var total int
	if err := m.src.read.QueryRowContext(ctx, `SELECT count(*) FROM captures`).Scan(&total); err != nil {
		return err
	}
	done := 0
	return inBatches(ctx, m, scanMergeRow(columns), func(t *tx, r mergeRow) error {
		if done++; done%mergeBatch == 0 {
			m.progress("captures", done, total)
		}
		record, _ := r.get(columns, "record").(string)
		if id := have[record]; id != 0 {
			m.captures[r.id] = id
			return nil
		}
		r.set(columns, "crawl", mapped(m.crawls, r.get(columns, "crawl")))
		if record == "" {
			var id int64
			if found, err := t.row([]any{&id}, `SELECT id FROM captures WHERE url = ? AND started = ? AND crawl IS ? AND record IS NULL`,
				r.get(columns, "url"), r.get(columns, "started"), r.get(columns, "crawl")); err != nil || found {
				m.captures[r.id] = id
				return err
			}
		}
		r.set(columns, "same_as", mapped(m.captures, r.get(columns, "same_as")))
		r.set(columns, "article", nil)
		if file, ok := r.get(columns, "file").(string); ok {
			r.set(columns, "file", m.files[file])
		}
		id, err := t.insert(insertSQL("captures", columns), r.values...)
		m.captures[r.id] = id
		m.made.Captures++
		return err
	}, `SELECT id, `+strings.Join(columns, ", ")+` FROM captures ORDER BY id`)
}

// frontier takes over the targets. Of one in both that counts which was visited last; first_seen is the earlier one's. A host may have asked
// to be left alone (scraper.NoteWaits) long after its robots.txt was read, and of that the other archive knows nothing: the longer wait counts.
func (m *merging) frontier(ctx context.Context) error {
	columns, err := m.columnsOf(ctx, "frontier")
	if err != nil {
		return err
	}
	var set []string
	for _, c := range columns {
		if c != "site" && c != "key" && c != "first_seen" {
			set = append(set, c+` = excluded.`+c)
		}
	}
	upsert := insertSQL("frontier", columns) + ` ON CONFLICT DO UPDATE SET ` + strings.Join(set, ", ") +
		`, first_seen = min(first_seen, excluded.first_seen) WHERE excluded.last_visit > coalesce(last_visit, '')`
	err = inBatches(ctx, m, scanMergeRow(columns), func(t *tx, r mergeRow) error {
		r.set(columns, "article", mapped(m.articles, r.get(columns, "article")))
		r.set(columns, "capture", mapped(m.captures, r.get(columns, "capture")))
		wait, err := m.longerWait(t, columns, r)
		if err != nil {
			return err
		}
		n, err := t.changes(upsert, r.values...)
		if err != nil {
			return err
		}
		if wait != "" {
			more, err := t.changes(`UPDATE frontier SET due = ?1 WHERE site = ?2 AND key = ?3 AND coalesce(due, '') < ?1`, wait, r.get(columns, "site"), r.get(columns, "key"))
			if err != nil {
				return err
			}
			n = max(n, more)
		}
		m.made.Targets += int(n)
		first := r.get(columns, "first_seen")
		return t.exec(`UPDATE frontier SET first_seen = ?1 WHERE site = ?2 AND key = ?3 AND first_seen > ?1`, first, r.get(columns, "site"), r.get(columns, "key"))
	}, `SELECT id, `+strings.Join(columns, ", ")+` FROM frontier ORDER BY id`)
	if err != nil {
		return err
	}
	// The order of a list is known whole by the archive that looked at it last, or not at all.
	type list struct{ site, key string }
	var lists []list
	if err := m.src.eachRow(ctx, func(rows *sql.Rows) error {
		var l list
		err := rows.Scan(&l.site, &l.key)
		lists = append(lists, l)
		return err
	}, `SELECT DISTINCT site, list FROM list_order`); err != nil {
		return err
	}
	for _, l := range lists {
		var seen sql.NullString
		if err := m.src.read.QueryRowContext(ctx, `SELECT max(last_visit) FROM frontier WHERE site = ? AND key = ?`, l.site, l.key).Scan(&seen); err != nil {
			return err
		}
		var keys []string
		var positions []int64
		if err := m.src.eachRow(ctx, func(rows *sql.Rows) error {
			var key string
			var position int64
			err := rows.Scan(&key, &position)
			keys, positions = append(keys, key), append(positions, position)
			return err
		}, `SELECT key, position FROM list_order WHERE site = ? AND list = ?`, l.site, l.key); err != nil {
			return err
		}
		err := m.a.write.do(ctx, func(t *tx) error {
			var own sql.NullString
			if _, err := t.row([]any{&own}, `SELECT last_visit FROM frontier WHERE site = ? AND key = ?`, l.site, l.key); err != nil || own.String > seen.String {
				return err
			}
			if err := t.exec(`DELETE FROM list_order WHERE site = ? AND list = ?`, l.site, l.key); err != nil {
				return err
			}
			for i, key := range keys {
				if err := t.exec(`INSERT INTO list_order (site, list, key, position) VALUES (?, ?, ?, ?)`, l.site, l.key, key, positions[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// longerWait gives until when a host is to be left alone by the word of either archive, if the target is its robots.txt; "" = it is not.
func (m *merging) longerWait(t *tx, columns []string, r mergeRow) (until string, err error) {
	if address, _ := r.get(columns, "url").(string); !strings.HasSuffix(address, "/robots.txt") {
		return "", nil
	}
	if _, err := t.row([]any{&until}, `SELECT coalesce(due, '') FROM frontier WHERE site = ? AND key = ?`, r.get(columns, "site"), r.get(columns, "key")); err != nil {
		return "", err
	}
	theirs, _ := r.get(columns, "due").(string)
	if until = max(until, theirs); until <= stamp(m.a.now()).(string) {
		return "", nil
	}
	return until, nil
}

// A listingState is a state of a list page, with its rows.
type listingState struct {
	section, capture, page, pages, total any
	first, last, digest                  string
	items                                []int64 // of the archive merged into
}

// lists takes over the states of list pages, in the order of time for a page that both have.
func (m *merging) lists(ctx context.Context) error {
	items := map[int64]int64{}
	columns := []string{"site", "key", "section", "url", "title", "date", "first_seen"}
	if err := inBatches(ctx, m, scanMergeRow(columns), func(t *tx, r mergeRow) error {
		var id int64
		found, err := t.row([]any{&id}, `SELECT id FROM list_items WHERE site = ? AND key = ? AND section IS ? AND url = ? AND title IS ? AND date IS ?`, r.values[:6]...)
		switch {
		case err != nil:
			return err
		case found:
			err = t.exec(`UPDATE list_items SET first_seen = min(first_seen, ?) WHERE id = ?`, r.values[6], id)
		default:
			id, err = t.insert(insertSQL("list_items", columns), r.values...)
		}
		items[r.id] = id
		return err
	}, `SELECT id, `+strings.Join(columns, ", ")+` FROM list_items ORDER BY id`); err != nil {
		return err
	}
	type page struct{ site, url string }
	var all []page
	if err := m.src.eachRow(ctx, func(rows *sql.Rows) error {
		var p page
		err := rows.Scan(&p.site, &p.url)
		all = append(all, p)
		return err
	}, `SELECT site, url FROM listings GROUP BY site, url ORDER BY min(id)`); err != nil {
		return err
	}
	const query = `SELECT section, capture, page, pages, total, first_seen, last_seen, digest,
		(SELECT group_concat(item, ' ') FROM (SELECT item FROM listing_rows WHERE listing = l.id ORDER BY position)) FROM listings l WHERE site = ? AND url = ? ORDER BY id`
	for i, p := range all {
		m.progress("list pages", i, len(all))
		var theirs []listingState
		if err := m.src.eachRow(ctx, func(rows *sql.Rows) error {
			s, err := scanListing(rows)
			s.capture = mapped(m.captures, s.capture)
			for i, item := range s.items {
				s.items[i] = items[item]
			}
			theirs = append(theirs, s)
			return err
		}, query, p.site, p.url); err != nil {
			return err
		}
		err := m.a.write.do(ctx, func(t *tx) error {
			var ours []listingState
			if err := t.each(func(rows *sql.Rows) error {
				s, err := scanListing(rows)
				ours = append(ours, s)
				return err
			}, query, p.site, p.url); err != nil {
				return err
			}
			merged := mergeListings(ours, theirs)
			if slices.EqualFunc(merged, ours, func(x, y listingState) bool { return x.digest == y.digest && x.first == y.first && x.last == y.last }) {
				return nil
			}
			return t.putListings(p.site, p.url, merged)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func scanListing(rows *sql.Rows) (s listingState, err error) {
	var items sql.NullString
	if err := rows.Scan(&s.section, &s.capture, &s.page, &s.pages, &s.total, &s.first, &s.last, &s.digest, &items); err != nil {
		return s, err
	}
	for field := range strings.FieldsSeq(items.String) {
		var id int64
		for _, digit := range field {
			id = id*10 + int64(digit-'0')
		}
		s.items = append(s.items, id)
	}
	return s, nil
}

// mergeListings puts the looks that first and last found a state in the order of time; equal states that follow one another are one.
// Looks between are not known one by one: a page that went to and fro within a day may be given less time than it had.
func mergeListings(ours, theirs []listingState) []listingState {
	var looks []listingState
	for _, s := range append(slices.Clone(ours), theirs...) {
		first, last := s, s
		first.last, last.first = s.first, s.last
		looks = append(looks, first, last)
	}
	slices.SortStableFunc(looks, func(x, y listingState) int { return strings.Compare(x.first, y.first) })
	var merged []listingState
	for _, s := range looks {
		if n := len(merged); n > 0 && merged[n-1].digest == s.digest {
			kept := &merged[n-1]
			kept.last, kept.page, kept.pages, kept.total = max(kept.last, s.last), s.page, s.pages, s.total
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

func (t *tx) putListings(site, url string, states []listingState) error {
	if err := t.exec(`DELETE FROM listing_rows WHERE listing IN (SELECT id FROM listings WHERE site = ? AND url = ?)`, site, url); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM listings WHERE site = ? AND url = ?`, site, url); err != nil {
		return err
	}
	for _, s := range states {
		id, err := t.insert(`INSERT INTO listings (site, url, section, first_seen, last_seen, capture, page, pages, total, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			site, url, s.section, s.first, s.last, s.capture, s.page, s.pages, s.total, s.digest)
		if err != nil {
			return err
		}
		for i, item := range s.items {
			if err := t.exec(`INSERT INTO listing_rows (listing, position, item) VALUES (?, ?, ?)`, id, i+1, item); err != nil {
				return err
			}
		}
	}
	return nil
}
