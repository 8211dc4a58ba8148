package archive

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"time"
)

// A directory holds in memory what Facets counts by, a row an article. It is read on first use.
type directory struct {
	mu       sync.RWMutex
	rows     []place // by article id
	years    values
	sites    values
	sections values // site, NUL, name
	sources  values
	read     time.Time // when the whole was read last
	took     time.Duration
	changed  int64 // number of the latest capture then
}

// A place is where an article belongs, as indexes into the directory's values. Year 0, site 0, … are "", for ids that are no article's.
type place struct {
	source, section uint32
	year, site      uint16
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

// fresh gives the directory with all articles in it, and reads it anew if older ones may have changed, but not all the time.
func (d *directory) fresh(ctx context.Context, a *Archive) (*directory, error) {
	var latest int64
	if err := a.read.QueryRowContext(ctx, `SELECT coalesce((SELECT max(id) FROM captures), 0) + coalesce((SELECT max(id) FROM revisions), 0)`).Scan(&latest); err != nil {
		return nil, err
	}
	d.mu.RLock()
	current := d.rows != nil && d.changed == latest
	d.mu.RUnlock()
	if current {
		return d, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	start := time.Now()
	whole := d.rows == nil || time.Since(d.read) > max(staleFactor*d.took, time.Second)
	from := len(d.rows)
	if whole {
		from = 0
		d.years.of("")
		d.sites.of("")
		d.sections.of("")
		d.sources.of("")
	}
	var id int
	var year, site, section, source sql.RawBytes
	rows, err := a.read.QueryContext(ctx, `SELECT id, substr(day, 1, 4), site, section, source FROM articles INDEXED BY articles_sorting WHERE id >= ? ORDER BY id`, from)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	fresh := d.rows
	if whole {
		fresh = make([]place, 0, len(d.rows))
	}
	for rows.Next() {
		if err := rows.Scan(&id, &year, &site, &section, &source); err != nil {
			return nil, err
		}
		for len(fresh) <= id {
			fresh = append(fresh, place{})
		}
		key := ""
		if len(section) > 0 {
			key = string(site) + "\x00" + string(section)
		}
		fresh[id] = place{
			year: uint16(d.years.of(string(year))), site: uint16(d.sites.of(string(site))),
			section: uint32(d.sections.of(key)), source: uint32(d.sources.of(string(source))),
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if d.rows = fresh; d.rows == nil {
		d.rows = []place{}
	}
	if whole {
		d.changed, d.read, d.took = latest, time.Now(), time.Since(start)
	}
	return d, nil
}
