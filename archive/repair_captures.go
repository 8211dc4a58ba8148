package archive

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"campusnews/archive/warc"
	"campusnews/scraper"
)

// A lostRange is a run of numbers that rows of captures had, and between which records theirs must be.
type lostRange struct {
	from, to     int64    // numbers, both included
	after, until recordAt // records of the rows before and behind
}

// A recordAt is where a record begins. Files are in the order of their names.
type recordAt struct {
	file   string // "" = none
	offset int64
}

func (p recordAt) compare(q recordAt) int {
	return cmp.Or(strings.Compare(p.file, q.file), cmp.Compare(p.offset, q.offset))
}

func (r lostRange) holds(p recordAt) bool {
	return p.compare(r.after) > 0 && (r.until.file == "" || p.compare(r.until) < 0)
}

// A claim is what another row that names a capture says of it.
type claim struct {
	article         int64 // 0 = nothing
	site, key, seen string
	url, digest     string
}

// An orphan is a record that no row names, with the visit that it was part of.
type orphan struct {
	evidence               // without its bytes
	refers   string        // the record that a revisit points back to
	visit    scraper.Visit // without its exchanges
	crawl    int64         // as noted
	from     string        // the archive whose run that is, "" = this one
	article  int64         // the one that the visit belongs to, 0 = none
}

func (o *orphan) fits(claims []claim) bool {
	return !slices.ContainsFunc(claims, func(c claim) bool {
		return c.article != 0 && c.article != o.article ||
			c.key != "" && (c.site != o.visit.Target.Site || c.key != o.visit.Target.Key) ||
			c.seen != "" && c.seen != stamp(o.visit.Time) ||
			c.url != "" && c.url != o.exchange.URL && c.url != o.visit.Target.URL ||
			c.digest != "" && c.digest != o.at.PayloadDigest
	})
}

// restoreCaptures makes rows of captures again that are gone, from their records and what is noted beside these, and
// has the others say how long what was stored for them is. Other rows name a capture by its number: a row is made only where there is no doubt which
// record had the number, that is where the numbers lost between two rows are as many as the
// records between theirs, or where one record alone agrees with the rows that name the number.
func (a *Archive) restoreCaptures(ctx context.Context, names []string, report func(string)) error {
	lost, seq, err := a.lostCaptures(ctx)
	if err != nil {
		return err
	}
	var claims map[int64][]claim
	if len(lost) > 0 {
		if claims, err = a.claims(ctx); err != nil {
			return err
		}
	}
	var orphans []*orphan
	b := &rebuilder{
		a: a, warcDir: a.WARCDir(), opts: RebuildOptions{Progress: func(string, int64, int64) {}},
		report: func(string) {}, // the faults of a file are Verify's to name
		hops:   map[string][]hop{}, done: new(int64),
	}
	runs := map[string]map[int64]int64{} // by archive that a file came from: its runs → ids here
	for _, name := range names {
		rows, err := a.packedRows(ctx, name)
		if err != nil {
			return err
		}
		from := ""
		if m := ofArchive.FindStringSubmatch(name); m != nil {
			from = m[2]
		}
		if runs[from] == nil {
			runs[from] = map[int64]int64{}
		}
		b.each = func(ctx context.Context, hops []hop) error {
			for i := range hops {
				h := &hops[i]
				row, ok := rows[h.at.Offset]
				switch {
				case h.at.File != name || h.kind == "":
				case ok:
					if _, noted := visitOf(hops); row.crawl != 0 {
						runs[from][noted] = row.crawl
					}
					if err := a.repairPacked(ctx, row, h.at.Span, report); err != nil {
						return err
					}
				case len(lost) > 0 && hops[len(hops)-1].fields.Get(notePrefix+"key") != "":
					o, err := a.orphanOf(ctx, hops, i)
					if err != nil {
						return err
					}
					o.from = from
					orphans = append(orphans, o)
				}
			}
			return nil
		}
		if err := b.file(ctx, name); err != nil {
			return err
		}
	}
	slices.SortFunc(orphans, func(x, y *orphan) int {
		return recordAt{x.at.File, x.at.Offset}.compare(recordAt{y.at.File, y.at.Offset})
	})
	for _, r := range lost {
		for id, o := range assign(r, orphans, claims) {
			if id := runs[o.from][o.crawl]; id != 0 || o.from != "" {
				o.crawl = id
			}
			made := false
			err := a.write.do(ctx, func(t *tx) (err error) {
				made, err = t.restoreCapture(id, o, seq)
				return err
			})
			if err != nil {
				return err
			}
			if made {
				report(fmt.Sprintf("%s: capture %d, whose row was gone, from its record in %s at %d", dbName, id, o.at.File, o.at.Offset))
			}
		}
	}
	return nil
}

// assign gives the numbers of a range to the records that had them, in the order of the numbers.
func assign(r lostRange, orphans []*orphan, claims map[int64][]claim) func(yield func(int64, *orphan) bool) {
	return func(yield func(int64, *orphan) bool) {
		var within []*orphan
		for _, o := range orphans {
			if r.holds(recordAt{o.at.File, o.at.Offset}) {
				within = append(within, o)
			}
		}
		inOrder := int64(len(within)) == r.to-r.from+1
		for i := 0; inOrder && i < len(within); i++ {
			inOrder = within[i].fits(claims[r.from+int64(i)])
		}
		if inOrder {
			for i, o := range within {
				if !yield(r.from+int64(i), o) {
					return
				}
			}
			return
		}
		var named []int64
		for id := range claims {
			if id >= r.from && id <= r.to {
				named = append(named, id)
			}
		}
		slices.Sort(named)
		for _, id := range named {
			var fitting []*orphan
			for _, o := range within {
				if o.fits(claims[id]) {
					fitting = append(fitting, o)
				}
			}
			if len(fitting) == 1 && !yield(id, fitting[0]) {
				return
			}
		}
	}
}

// lostCaptures finds the numbers that have no row. The program never deletes one, and gives each number once: seq is the highest.
func (a *Archive) lostCaptures(ctx context.Context) (lost []lostRange, seq int64, err error) {
	var last int64
	var at recordAt
	err = a.eachRow(ctx, func(rows *sql.Rows) error {
		var id int64
		var p recordAt
		if err := rows.Scan(&id, &p.file, &p.offset); err != nil {
			return err
		}
		if id > last+1 {
			lost = append(lost, lostRange{from: last + 1, to: id - 1, after: at})
		}
		if last = id; p.file == "" {
			return nil
		}
		at = p
		for i := len(lost) - 1; i >= 0 && lost[i].until.file == ""; i-- {
			lost[i].until = p
		}
		return nil
	}, `SELECT id, coalesce(file, ''), coalesce(offset, 0) FROM captures ORDER BY id`)
	if err != nil {
		return nil, 0, err
	}
	if err := a.read.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'captures'`).Scan(&seq); err != nil {
		return nil, 0, err
	}
	if seq > last {
		lost = append(lost, lostRange{from: last + 1, to: seq, after: at})
	}
	return lost, seq, nil
}

// claims are what rows say of captures that have no row, by their numbers.
func (a *Archive) claims(ctx context.Context) (map[int64][]claim, error) {
	found := map[int64][]claim{}
	for _, named := range []string{
		`capture, id, '', '', '', '', '' FROM articles`,
		`capture, article, '', '', iif(cause = 'page', seen, ''), '', '' FROM revisions`,
		`capture, article, '', '', seen, '', '' FROM events`,
		`capture, article, '', '', '', url, '' FROM parts`,
		`capture, 0, site, key, '', '', '' FROM frontier`,
		`capture, 0, '', '', '', url, '' FROM listings`,
		`same_as AS capture, 0, '', '', '', '', iif(profile = 'identical-payload-digest', coalesce(payload_digest, ''), '') FROM captures`,
	} {
		err := a.eachRow(ctx, func(rows *sql.Rows) error {
			var id int64
			var c claim
			if err := rows.Scan(&id, &c.article, &c.site, &c.key, &c.seen, &c.url, &c.digest); err != nil {
				return err
			}
			found[id] = append(found[id], c)
			return nil
		}, `SELECT * FROM (SELECT `+named+`) WHERE capture NOT IN (SELECT id FROM captures)`)
		if err != nil {
			return nil, fmt.Errorf("look who names lost captures: %w", err)
		}
	}
	return found, nil
}

// orphanOf makes an orphan of one of a visit's exchanges.
func (a *Archive) orphanOf(ctx context.Context, hops []hop, i int) (*orphan, error) {
	v, crawl := visitOf(hops)
	o := &orphan{evidence: hops[i].evidence, refers: hops[i].refers, visit: v, crawl: crawl}
	o.exchange.Request, o.exchange.Response = nil, nil
	err := a.write.do(ctx, func(t *tx) (err error) {
		o.article, err = t.ownerOf(v)
		return err
	})
	return o, err
}

// restoreCapture makes the row of an orphan, unless it points back to a record that has none.
func (t *tx) restoreCapture(id int64, o *orphan, seq int64) (made bool, err error) {
	if o.profile != "" {
		if found, err := t.row([]any{&o.sameAs, &o.at.PayloadSize}, `SELECT id, iif(?, 0, coalesce(payload_length, 0)) FROM captures WHERE record = ?`,
			o.profile == "server-not-modified", o.refers); err != nil || !found {
			return false, err
		}
	}
	if err := t.noteSite(o.visit.Target.Site, o.visit.Time); err != nil {
		return false, err
	}
	if found, err := t.row([]any{new(int)}, `SELECT 1 FROM crawls WHERE id = ?`, o.crawl); err != nil {
		return false, err
	} else if !found {
		o.crawl = 0
	}
	given, err := t.addCapture(o.crawl, o.visit, o.evidence, o.article)
	if err != nil {
		return false, err
	}
	if err := t.exec(`UPDATE captures SET id = ? WHERE id = ?`, id, given); err != nil {
		return false, err
	}
	return true, t.exec(`UPDATE sqlite_sequence SET seq = ? WHERE name = 'captures'`, seq)
}

// A packedRow is what a capture's row says of all that was stored for it.
type packedRow struct {
	id, crawl, length int64
	digest            string
}

// packedRows are the captures of a file by where they begin.
func (a *Archive) packedRows(ctx context.Context, file string) (map[int64]packedRow, error) {
	found := map[int64]packedRow{}
	return found, a.eachRow(ctx, func(rows *sql.Rows) error {
		var offset int64
		var r packedRow
		err := rows.Scan(&r.id, &r.crawl, &offset, &r.length, &r.digest)
		found[offset] = r
		return err
	}, `SELECT id, coalesce(crawl, 0), coalesce(offset, -1), coalesce(packed_length, 0), coalesce(packed_digest, '') FROM captures WHERE file = ?`, file)
}

// repairPacked has a row say how long its records are, which are sound. A digest that is one is let stand where the length is
// right: what differs from it may be the packing, of which the records' own digests say nothing.
func (a *Archive) repairPacked(ctx context.Context, r packedRow, s warc.Span, report func(string)) error {
	if r.length == s.Length && len(r.digest) == len(s.Sum) && strings.HasPrefix(r.digest, "sha256:") {
		return nil
	}
	err := a.write.do(ctx, func(t *tx) error {
		return t.exec(`UPDATE captures SET packed_length = ?, packed_digest = ? WHERE id = ?`, s.Length, s.Sum, r.id)
	})
	if err == nil {
		report(fmt.Sprintf("%s: capture %d, the length and digest of what was stored for it", dbName, r.id))
	}
	return err
}
