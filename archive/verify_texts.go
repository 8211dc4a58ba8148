package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
)

// A textCheck reads the text of every article once, for all that is compared with it.
type textCheck struct {
	say      func(format string, args ...any) // of versions whose text is not the one their digest was made from; nil = digests are not compared
	progress func(what string, done, total int64)
	versions int // whose digests were compared
}

// A version is one of an article with what was found of its text.
type version struct {
	id     int64
	number int
	digest string
	text   content
	lists  [5]string
	fault  string                   // of the text; "" = none
	sums   [len(indexTables)]uint64 // of its words, see indexCheck
}

const (
	newestVersions = `SELECT c.id, c.revision, c.digest, c.url, coalesce(published, ''), coalesce(title, ''), coalesce(subtitle, ''), coalesce(source, ''), body, pages, ` +
		listColumns + ` FROM articles c`
	earlierVersions = `SELECT r.article, r.number, r.digest, t.url, coalesce(published, ''), coalesce(title, ''), coalesce(subtitle, ''), coalesce(source, ''), body, t.pages,
		credits, images, attachments, media, links FROM revisions r JOIN revision_texts t ON t.revision = r.id`
)

// verifyIndex gives the ids of articles whose words are not those of the search index.
func (a *Archive) verifyIndex(ctx context.Context) (wrong []int64, err error) {
	c := textCheck{progress: func(string, int64, int64) {}}
	wrong, err, texts := c.run(ctx, a)
	return wrong, errors.Join(err, texts)
}

// run gives the ids of articles whose words are not those of the search index, and why it, or a text, cannot be read.
func (c *textCheck) run(ctx context.Context, a *Archive) (wrong []int64, index, texts error) {
	// A connection of its own: the pooled ones may not even make a temporary table.
	db, err := sql.Open("sqlite", dsn(filepath.Join(a.dir, dbName), pragmas{"busy_timeout(10000)", "temp_store(MEMORY)"}, "mode", "ro"))
	if err != nil {
		return nil, nil, err
	}
	defer func() { texts = errors.Join(texts, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { texts = errors.Join(texts, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `BEGIN`); err != nil { // all as of one moment
		return nil, nil, err
	}
	var last, n int64
	if err := conn.QueryRowContext(ctx, `SELECT coalesce(max(id), 0), count(*) FROM articles`).Scan(&last, &n); err != nil {
		return nil, nil, fmt.Errorf("count articles: %w", err)
	}
	sound := min(max(last, 0), 8*n+1<<20) // a damaged number may be any
	var checks [len(indexTables)]*indexCheck
	for i, t := range indexTables {
		checks[i], index = readIndex(ctx, conn, t, sound, func(done, total int64) { c.progress("the search index", done, total) })
		if index != nil {
			break
		}
	}
	if index != nil && (c.say == nil || ctx.Err() != nil) {
		return nil, index, nil
	}
	if err := c.each(ctx, conn, newestVersions, func(w *wordSum, v *version) {
		c.compare(v)
		for i, t := range indexTables {
			if index == nil {
				v.sums[i] = w.of(checks[i].seed, t.words(v.text))
			}
		}
	}, func(v *version) {
		c.take(v)
		for i, check := range checks {
			if index == nil {
				check.pass(v.id, v.sums[i])
			}
		}
		c.progress("texts", v.id, last)
	}); err != nil {
		return nil, index, fmt.Errorf("read texts: %w", err)
	}
	if c.say != nil {
		if err := c.each(ctx, conn, earlierVersions, func(_ *wordSum, v *version) { c.compare(v) }, c.take); err != nil {
			return nil, index, fmt.Errorf("read texts of earlier versions: %w", err)
		}
	}
	for _, check := range checks {
		if index != nil {
			break
		}
		var more []int64
		more, index = check.end(ctx, conn)
		wrong = append(wrong, more...)
	}
	slices.Sort(wrong)
	return slices.Compact(wrong), index, nil
}

// compare makes the digest of a version again.
func (c *textCheck) compare(v *version) {
	if c.say == nil {
		return
	}
	if err := v.text.setLists(v.lists); err != nil {
		v.fault = err.Error()
	} else if v.text.digest() != v.digest {
		v.fault = "the text is not the one its digest was made from"
	}
}

func (c *textCheck) take(v *version) {
	c.versions++
	if v.fault != "" {
		c.say("%s: article %d, version %d: %s", dbName, v.id, v.number, v.fault)
	}
}

// A versionBatch is some versions and when they have been looked at.
type versionBatch struct {
	list   []version
	looked chan struct{}
}

// each calls look for each version that the query gives, as many at a time as there are processors, and take for each in order, one at a time.
func (c *textCheck) each(ctx context.Context, conn *sql.Conn, query string, look func(*wordSum, *version), take func(*version)) error {
	const together = 16
	processors := runtime.GOMAXPROCS(0)
	work, order := make(chan *versionBatch), make(chan *versionBatch, 2*processors)
	var g sync.WaitGroup
	for range processors {
		g.Go(func() {
			var w wordSum
			for b := range work {
				for i := range b.list {
					look(&w, &b.list[i])
				}
				close(b.looked)
			}
		})
	}
	g.Go(func() {
		for b := range order {
			<-b.looked
			for i := range b.list {
				take(&b.list[i])
			}
		}
	})
	var list []version
	send := func() {
		b := &versionBatch{list, make(chan struct{})}
		order <- b
		work <- b
		list = nil
	}
	var v version
	t := &v.text
	err := eachRowOf(ctx, conn, func() {
		if list = append(list, v); len(list) == together {
			send()
		}
	}, []any{&v.id, &v.number, &v.digest, &t.URL, &t.Published, &t.Title, &t.Subtitle, &t.Source, &t.Body, &t.Pages, &v.lists[0], &v.lists[1], &v.lists[2], &v.lists[3], &v.lists[4]}, query)
	if len(list) > 0 {
		send()
	}
	close(work)
	close(order)
	g.Wait()
	return err
}
