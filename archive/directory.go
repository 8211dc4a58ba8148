package archive

import (
	"cmp"
	"context"
	"database/sql"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"campusnews/archive/postings"
)

// A directory holds in memory what Facets counts by and Search sorts by, a row an article. It is read when somebody first counts, or searches
// a second time.
type directory struct {
	searches atomic.Int64
	mu       sync.RWMutex
	rows     []place // by article id
	years    values
	sites    values
	sections values // site, NUL, name
	sources  values
	read     time.Time // when the whole was read last
	took     time.Duration
	latest   int64        // number of the latest capture and the latest revision then, added
	revision int64        // of the latest revision that it knows of
	odd      bool         // a day is written in another way than 2016-07-22
	files    postings.Set // articles with attachments
	changed  postings.Set // articles that the newsroom changed

	// In which sections articles were seen besides their own, by name; nil = nobody has asked yet. To find out takes longer than all the rest.
	elsewhere     map[string]postings.Set
	elsewhereRead time.Time
	elsewhereTook time.Duration
}

// A place is where an article belongs, as indexes into the directory's values. Year 0, site 0, … are "", for ids that are no article's.
type place struct {
	source, section uint32
	day             uint32 // 20160722; 0 = not known
	year, site      uint16
}

// number reads an ISO day; false = it is none.
func number(day string) (n uint32, ok bool) {
	if day == "" {
		return 0, true
	}
	if len(day) != len("2016-07-22") || day[4] != '-' || day[7] != '-' {
		return 0, false
	}
	for i, c := range []byte(day) {
		if i == 4 || i == 7 {
			continue
		}
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + uint32(c-'0')
	}
	return n, true
}

// values are the different values of one kind. The first is "".
type values struct {
	names []string
	index map[string]int
}

func (v *values) of(name string) int {
	if v.index == nil {
		v.index, v.names = map[string]int{"": 0}, []string{""}
	}
	i, ok := v.index[name]
	if !ok {
		i = len(v.names)
		name = strings.Clone(name)
		v.index[name], v.names = i, append(v.names, name)
	}
	return i
}

// counts are the values that were hit.
func (v *values) counts(hits []int) []Count {
	var list []Count
	for i, n := range hits {
		if n > 0 {
			list = append(list, Count{Name: v.names[i], Hits: n})
		}
	}
	return list
}

// staleFactor bounds the share of time that goes into reading the directory again while a crawl goes on.
const staleFactor = 100

// fresh gives the directory with all articles in it and all their versions, and reads it anew if older ones may have changed without a new
// version, but not all the time.
func (d *directory) fresh(ctx context.Context, a *Archive) (*directory, error) {
	stmt, err := a.prepared(ctx, `SELECT `+pointColumns)
	if err != nil {
		return nil, err
	}
	var now point
	if err := stmt.QueryRowContext(brief(ctx)).Scan(&now.latest, &now.revision); err != nil {
		return nil, err
	}
	return d.at(ctx, a, now)
}

// at is fresh for who knows how far the archive has come.
func (d *directory) at(ctx context.Context, a *Archive, now point) (*directory, error) {
	d.mu.RLock()
	current := d.rows != nil && d.latest >= now.latest
	d.mu.RUnlock()
	if current {
		return d, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	start := time.Now()
	whole := d.rows == nil || time.Since(d.read) > max(staleFactor*d.took, time.Second)
	from, since := len(d.rows), d.revision
	if whole {
		from, since = 0, now.revision
		d.years.of("")
		d.sites.of("")
		d.sections.of("")
		d.sources.of("")
	}
	var id int
	var day, site, section, source sql.RawBytes
	const read = `SELECT id, day, site, section, source FROM articles INDEXED BY articles_sorting WHERE id `
	rows, err := a.read.QueryContext(ctx, read+`>= ? UNION ALL `+read+`IN (SELECT article FROM revisions WHERE id > ?)`, from, since)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	fresh := d.rows
	if whole {
		fresh = make([]place, 0, len(d.rows))
	}
	for rows.Next() {
		if err := rows.Scan(&id, &day, &site, &section, &source); err != nil {
			return nil, err
		}
		for len(fresh) <= id {
			fresh = append(fresh, place{})
		}
		key := ""
		if len(section) > 0 {
			key = string(site) + "\x00" + string(section)
		}
		n, ok := number(string(day))
		d.odd = d.odd || !ok
		fresh[id] = place{
			day: n, year: uint16(d.years.of(string(day[:min(4, len(day))]))), site: uint16(d.sites.of(string(site))),
			section: uint32(d.sections.of(key)), source: uint32(d.sources.of(string(source))),
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if whole {
		d.files, d.changed, since = nil, nil, 0
	}
	ids, err := a.idList(ctx, `FROM (SELECT article AS hit FROM attachments WHERE article >= ?1 UNION ALL
		SELECT article FROM attachments WHERE article IN (SELECT article FROM revisions WHERE id > ?2) AND ?1 > 0)`, from, since)
	if err != nil {
		return nil, err
	}
	eachID(ids, func(id int) { d.files = d.files.Add(id) })
	if ids, err = a.idList(ctx, `FROM (SELECT article AS hit FROM revisions WHERE id > ? AND number > 1 AND cause = 'page')`, since); err != nil {
		return nil, err
	}
	eachID(ids, func(id int) { d.changed = d.changed.Add(id) })
	if d.rows, d.revision = fresh, max(d.revision, now.revision); d.rows == nil {
		d.rows = []place{}
	}
	if whole {
		d.latest, d.read, d.took = now.latest, time.Now(), time.Since(start)
	}
	return d, nil
}

// seenElsewhere makes sure that it is known in which sections articles were seen besides their own, as of lately.
func (d *directory) seenElsewhere(ctx context.Context, a *Archive) error {
	d.mu.RLock()
	good := d.elsewhere != nil && time.Since(d.elsewhereRead) < max(staleFactor*d.elsewhereTook, time.Second)
	d.mu.RUnlock()
	if good {
		return nil
	}
	start := time.Now()
	found := map[string]postings.Set{}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var id int
		var section string
		err := rows.Scan(&id, &section)
		found[section] = found[section].Add(id)
		return err
	}, `SELECT a.id, i.section FROM list_items i CROSS JOIN articles a ON a.site = i.site AND a.key = i.key WHERE i.section IS NOT NULL AND i.section IS NOT a.section`)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.elsewhere, d.elsewhereRead, d.elsewhereTook = found, time.Now(), time.Since(start)
	return nil
}

// first gives the n ids of a set that come first in the order of days, newest first; false = it does not know them all.
func (d *directory) first(set postings.Set, n int) ([]int, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.odd {
		return nil, false
	}
	keys := make([]uint64, 0, n+1) // falling
	least := uint64(0)             // that is still wanted, once there are n
	for i, w := range set {
		for ; w != 0; w &= w - 1 {
			id := 64*i + bits.TrailingZeros64(w)
			if id >= len(d.rows) {
				return nil, false
			}
			key := uint64(d.rows[id].day)<<32 | uint64(id)
			if len(keys) == n && key < least {
				continue
			}
			at, _ := slices.BinarySearchFunc(keys, key, func(k, key uint64) int { return cmp.Compare(key, k) })
			keys = slices.Insert(keys[:min(len(keys), n-1)], at, key)
			least = keys[len(keys)-1]
		}
	}
	ids := make([]int, len(keys))
	for i, k := range keys {
		ids[i] = int(uint32(k))
	}
	return ids, true
}

// sorted puts ids in the order of days, newest first. false = it does not know them all.
func (d *directory) sorted(ids []int) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.odd {
		return false
	}
	keys := make([]uint64, len(ids))
	for i, id := range ids {
		if id >= len(d.rows) {
			return false
		}
		keys[i] = uint64(d.rows[id].day)<<32 | uint64(id)
	}
	slices.Sort(keys)
	for i, k := range keys {
		ids[len(ids)-1-i] = int(uint32(k))
	}
	return true
}
