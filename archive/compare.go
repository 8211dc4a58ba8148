package archive

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"campusnews/archive/minhash"
)

// CompareOptions say whom CompareTexts tells how far it is.
type CompareOptions struct {
	// Progress is told, now and then, what is being done and how much of it has been. nil = nobody.
	Progress func(what string, done, total int)
}

// A Comparison counts what CompareTexts has done.
type Comparison struct {
	Articles int // summed up: new ones, and those whose text has changed
	Compared int // pairs whose texts were compared
	Found    int // pairs that are similar enough to keep
}

const (
	compareBatch = 512 // articles a transaction
	compareBands = 8   // bands that are in memory at a time, 8 bytes each an article
	// neighbours bounds how many later articles of a band each is compared with, so that a notice which comes ten thousand
	// times costs ten thousand times as much as one and not its square. Lists join the pairs to groups.
	neighbours = 16
	// fullText is from how many shingles on a body stands for itself; title and day of shorter ones, pictures mostly, are added.
	fullText = 45
)

// CompareTexts finds the articles with much the same text and keeps the pairs, for EachDuplicate. Only articles that
// are new or have changed since the last time are looked at, and what has been done before an end by ctx stays done. The cost is
// linear in the number of articles; memory holds about 100 bytes for each.
func (a *Archive) CompareTexts(ctx context.Context, opts CompareOptions) (Comparison, error) {
	if a.write == nil {
		return Comparison{}, ErrReadOnly
	}
	c := comparing{a: a, progress: opts.Progress}
	if c.progress == nil {
		c.progress = func(string, int, int) {}
	}
	for _, step := range []func(context.Context) error{c.sumUp, c.load, c.pairUp, c.compare} {
		if err := step(ctx); err != nil {
			return c.made, fmt.Errorf("compare texts: %w", err)
		}
	}
	return c.made, nil
}

// A comparing is one run of CompareTexts. Articles are numbered by their place in ids.
type comparing struct {
	a        *Archive
	progress func(string, int, int)
	made     Comparison

	ids     []int64  // by rising id
	open    []bool   // not compared yet
	first   []uint32 // the first article with the same text; itself mostly
	blank   []bool   // too short to compare
	nothing bool     // no article is open
	pairs   []pair
}

// A pair is two articles to compare. The owner is open, the later one if both are: when all pairs of the owners up to
// some article are done, so are those articles.
type pair struct{ owner, other uint32 }

// sumUp makes the sketches that are missing or of an earlier text.
func (c *comparing) sumUp(ctx context.Context) error {
	total, err := c.a.Uncompared(ctx)
	if err != nil {
		return err
	}
	type sum struct {
		id               int64
		digest           string
		title, day, body string
		value            uint64
		sketch           minhash.Sketch
	}
	for after := int64(-1); ; {
		var batch []*sum
		err := c.a.eachRow(ctx, func(rows *sql.Rows) error {
			s := new(sum)
			batch = append(batch, s)
			return rows.Scan(&s.id, &s.digest, &s.title, &s.day, &s.body)
		}, `SELECT c.id, c.digest, coalesce(c.title, ''), coalesce(c.day, ''), c.body FROM articles c LEFT JOIN sketches s ON s.article = c.id
			WHERE c.id > ? AND (s.article IS NULL OR s.digest <> c.digest OR s.version <> ?) ORDER BY c.id LIMIT ?`, after, minhash.Version, compareBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		sideBySide(len(batch), func(i int) {
			s := batch[i]
			set := shingles(s.title, s.day, s.body)
			s.value, s.sketch = set.Sum(), set.Sketch()
		})
		err = c.a.write.do(ctx, func(t *tx) error {
			for _, s := range batch {
				// What was found with an earlier text does not hold any more, and who was paired with it may need another partner.
				if err := t.exec(`UPDATE sketches SET compared = 0 WHERE article IN (SELECT other FROM similarities WHERE article = ?1 UNION SELECT article FROM similarities WHERE other = ?1)`, s.id); err != nil {
					return err
				}
				if err := t.exec(`DELETE FROM similarities WHERE article = ?`, s.id); err != nil {
					return err
				}
				if err := t.exec(`DELETE FROM similarities WHERE other = ?`, s.id); err != nil {
					return err
				}
				if err := t.exec(`INSERT INTO sketches (article, digest, version, sum, bands, compared) VALUES (?, ?, ?, ?, ?, 0)
					ON CONFLICT DO UPDATE SET digest = excluded.digest, version = excluded.version, sum = excluded.sum, bands = excluded.bands, compared = 0`,
					s.id, s.digest, minhash.Version, int64(s.value), s.sketch.Bytes()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = batch[len(batch)-1].id
		c.made.Articles += len(batch)
		c.progress("texts summed up", c.made.Articles, max(total, c.made.Articles))
	}
}

// shingles are what an article is compared by.
func shingles(title, day, body string) minhash.Set {
	set := minhash.SetOf(body)
	if len(set) < fullText {
		set = minhash.SetOf(title + day + body)
	}
	return set
}

// load reads the sketches' sums, and finds the articles whose text is the same.
func (c *comparing) load(ctx context.Context) error {
	var sums []int64
	err := c.a.eachRow(ctx, func(rows *sql.Rows) error {
		var id, sum int64
		var compared bool
		err := rows.Scan(&id, &sum, &compared)
		c.ids, c.open, sums = append(c.ids, id), append(c.open, !compared), append(sums, sum)
		return err
	}, `SELECT article, sum, compared FROM sketches ORDER BY article`)
	if err != nil {
		return err
	}
	c.nothing = !slices.Contains(c.open, true)
	c.first, c.blank = make([]uint32, len(sums)), make([]bool, len(sums))
	order := make([]uint32, len(sums))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int { return cmp.Or(cmp.Compare(sums[x], sums[y]), cmp.Compare(x, y)) })
	first := uint32(0)
	for i, x := range order {
		if i == 0 || sums[x] != sums[first] {
			first = x
		}
		c.first[x], c.blank[x] = first, sums[x] == 0
		if x != first && !c.blank[x] {
			c.add(x, first)
		}
	}
	return nil
}

// add notes a pair if one of the two is open.
func (c *comparing) add(x, y uint32) {
	x, y = max(x, y), min(x, y)
	switch {
	case c.open[x]:
		c.pairs = append(c.pairs, pair{x, y})
	case c.open[y]:
		c.pairs = append(c.pairs, pair{y, x})
	}
}

// pairUp finds the pairs that share a band. Of articles with the same text the first stands for all.
func (c *comparing) pairUp(ctx context.Context) error {
	if c.nothing {
		return nil
	}
	for from := 0; from < minhash.Bands; from += compareBands {
		c.progress("bands of texts", from, minhash.Bands)
		var bands [compareBands][]uint64 // number of the band, then of the article
		i := 0
		err := c.a.eachRow(ctx, func(rows *sql.Rows) error {
			var id int64
			var stored sql.RawBytes
			if err := rows.Scan(&id, &stored); err != nil {
				return err
			}
			if i == len(c.ids) || c.ids[i] != id {
				return fmt.Errorf("sketch of article %d came or went meanwhile", id)
			}
			if c.first[i] == uint32(i) && !c.blank[i] {
				for b := range bands {
					band, ok := minhash.Band(stored, from+b)
					if !ok {
						return fmt.Errorf("sketch of article %d has %d bytes", id, len(stored))
					}
					bands[b] = append(bands[b], uint64(band)<<32|uint64(i))
				}
			}
			i++
			return nil
		}, `SELECT article, bands FROM sketches ORDER BY article`)
		if err != nil {
			return err
		}
		sideBySide(len(bands), func(b int) { slices.Sort(bands[b]) })
		for _, list := range bands {
			for i, x := range list {
				for _, y := range list[i+1 : min(i+1+neighbours, len(list))] {
					if x>>32 != y>>32 {
						break
					}
					c.add(uint32(x), uint32(y))
				}
			}
		}
		slices.SortFunc(c.pairs, func(p, q pair) int { return cmp.Or(cmp.Compare(p.owner, q.owner), cmp.Compare(p.other, q.other)) })
		c.pairs = slices.Compact(c.pairs)
	}
	return nil
}

// compare reads the texts of the pairs and keeps those that are similar.
func (c *comparing) compare(ctx context.Context) error {
	if c.nothing {
		return nil
	}
	total := len(c.pairs)
	read := &textSets{a: c.a, recent: map[int64]minhash.Set{}}
	for len(c.pairs) > 0 {
		n := min(compareBatch, len(c.pairs))
		for n < len(c.pairs) && c.pairs[n].owner == c.pairs[n-1].owner {
			n++ // an owner's pairs stay together
		}
		batch := c.pairs[:n]
		similarity := make([]float64, n)
		errs := make([]error, n)
		sideBySide(n, func(i int) {
			x, y := c.ids[batch[i].owner], c.ids[batch[i].other]
			var s, t minhash.Set
			if s, errs[i] = read.set(ctx, x); errs[i] != nil {
				return
			}
			if t, errs[i] = read.set(ctx, y); errs[i] == nil {
				similarity[i] = s.Similarity(t)
			}
		})
		if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
			return errs[i]
		}
		last := c.ids[batch[n-1].owner]
		err := c.a.write.do(ctx, func(t *tx) error {
			for i, p := range batch {
				if similarity[i] < leastSimilarity {
					continue
				}
				x, y := c.ids[max(p.owner, p.other)], c.ids[min(p.owner, p.other)]
				if err := t.exec(`INSERT INTO similarities (article, other, similarity) VALUES (?, ?, ?)
					ON CONFLICT DO UPDATE SET similarity = excluded.similarity`, x, y, similarity[i]); err != nil {
					return err
				}
				c.made.Found++
			}
			return t.exec(`UPDATE sketches SET compared = 1 WHERE compared = 0 AND article <= ?`, last)
		})
		if err != nil {
			return err
		}
		c.made.Compared += n
		c.pairs = c.pairs[n:]
		c.progress("pairs compared", c.made.Compared, total)
	}
	return c.a.write.do(ctx, func(t *tx) error {
		return t.exec(`UPDATE sketches SET compared = 1 WHERE compared = 0 AND article <= ?`, c.ids[len(c.ids)-1])
	})
}

// textSets reads the shingles of articles, and keeps those of the latest: an owner's pairs follow one another.
type textSets struct {
	a      *Archive
	mu     sync.Mutex
	recent map[int64]minhash.Set
}

// recentSets is how many are kept, of about 10 KB each.
const recentSets = 2048

func (r *textSets) set(ctx context.Context, id int64) (minhash.Set, error) {
	r.mu.Lock()
	set, ok := r.recent[id]
	r.mu.Unlock()
	if ok {
		return set, nil
	}
	stmt, err := r.a.prepared(ctx, `SELECT coalesce(title, ''), coalesce(day, ''), body FROM articles WHERE id = ?`)
	if err != nil {
		return nil, err
	}
	var title, day, body string
	if err := stmt.QueryRowContext(ctx, id).Scan(&title, &day, &body); err != nil {
		return nil, fmt.Errorf("article %d: %w", id, err)
	}
	set = shingles(title, day, body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.recent) >= recentSets {
		clear(r.recent)
	}
	r.recent[id] = set
	return set, nil
}

// sideBySide calls f for each number below n, on all cores, and returns when all have ended.
func sideBySide(n int, f func(i int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
