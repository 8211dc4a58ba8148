package archive

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"campusnews/archive/warc"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"

	"golang.org/x/sync/errgroup"
)

// A PageReader reads pages; extract.Extractor satisfies it. It is called from several goroutines.
type PageReader interface {
	Extract(extract.Page) extract.Result
}

// A Reextraction says what Reextract shall do.
type Reextraction struct {
	Site    string                                // only this site; "" = all
	DryRun  bool                                  // find out what would change, and write nothing
	Reader  func(site string) (PageReader, error) // asked once for each site
	Workers int                                   // 0 = one a processor
}

// A Reread is an article that reads otherwise than the archive has it, or not at all.
type Reread struct {
	Article int64
	Site    string
	URL     string
	Before  Article // as the archive has it
	After   Article // as it reads now; only what a page states is filled
	Changed string  // fields that differ, separated by blanks; "" = it could not be read
	Reason  string  // why it could not be read; "" = it could
}

// Rereads counts what Reextract did.
type Rereads struct {
	Articles  int            // read again
	Changed   int            // of them, with a new version
	Refreshed int            // of them, with the same content but other HTML or links; written without a new version
	Unread    int            // of them, not read as articles, or without evidence: left as they are
	Fields    map[string]int // of the changed ones: how often each field
}

// maxPage is the largest captured page that is read again, in bytes.
const maxPage = 256 << 20

// Reextract reads every article again from the evidence of its newest version, without
// the network. Where the text differs the article gets a further version whose cause
// is "extractor". It may be stopped and begun anew at any time: what is as it reads is not touched. report
// is called for each Reread, one at a time.
func (a *Archive) Reextract(ctx context.Context, r Reextraction, report func(Reread)) (Rereads, error) {
	if a.write == nil && !r.DryRun {
		return Rereads{}, ErrReadOnly
	}
	if r.Workers <= 0 {
		r.Workers = runtime.GOMAXPROCS(0)
	}
	total := Rereads{Fields: map[string]int{}}
	readers := map[string]PageReader{}
	ids := make(chan rereadJob)
	done := make(chan rereadDone)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(ids)
		return a.eachArticle(ctx, r.Site, func(id int64, site string) error {
			reader, ok := readers[site]
			if !ok {
				var err error
				if reader, err = r.Reader(site); err != nil {
					return err
				}
				readers[site] = reader
			}
			select {
			case ids <- rereadJob{id, reader}:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	workers, wctx := errgroup.WithContext(ctx)
	for range r.Workers {
		workers.Go(func() error {
			for j := range ids {
				d, err := a.reread(wctx, j, r.DryRun)
				if err != nil {
					return err
				}
				select {
				case done <- d:
				case <-wctx.Done():
					return wctx.Err()
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(done)
		return workers.Wait()
	})
	for d := range done {
		total.Articles++
		switch {
		case d.Reason != "":
			total.Unread++
		case d.Changed != "":
			total.Changed++
			for _, f := range strings.Fields(d.Changed) {
				total.Fields[f]++
			}
		case d.refreshed:
			total.Refreshed++
		}
		if d.Reason != "" || d.Changed != "" {
			report(d.Reread)
		}
	}
	if err := g.Wait(); err != nil {
		return total, fmt.Errorf("reextract: %w", err)
	}
	return total, nil
}

type rereadJob struct {
	id     int64
	reader PageReader
}

type rereadDone struct {
	Reread
	refreshed bool
}

// eachArticle walks the articles by id, in short transactions: a long one would keep the WAL from being emptied.
func (a *Archive) eachArticle(ctx context.Context, site string, f func(id int64, site string) error) error {
	type row struct {
		id   int64
		site string
	}
	for last := int64(0); ; {
		var batch []row
		err := a.eachRow(ctx, func(rows *sql.Rows) error {
			var r row
			err := rows.Scan(&r.id, &r.site)
			batch = append(batch, r)
			return err
		}, `SELECT id, site FROM articles WHERE id > ?1 AND (?2 = '' OR site = ?2) ORDER BY id LIMIT 256`, last, site)
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, r := range batch {
			if err := f(r.id, r.site); err != nil {
				return err
			}
			last = r.id
		}
	}
}

// A page of an article with where it was captured.
type capturedPage struct {
	number  int
	url     string // under which the article names it
	capture Capture
	result  extract.Result
}

// reread reads one article again and, unless dry, writes what differs.
func (a *Archive) reread(ctx context.Context, j rereadJob, dry bool) (d rereadDone, err error) {
	before, err := a.Article(ctx, j.id)
	if err != nil {
		return d, err
	}
	d.Reread = Reread{Article: j.id, Site: before.Site, URL: before.URL, Before: before}
	pages, err := a.pagesOf(ctx, before)
	if err != nil {
		return d, err
	}
	if len(pages) == 0 || pages[0].number != 1 {
		d.Reason = "no evidence of it is kept"
		return d, nil
	}
	for i := range pages {
		p := &pages[i]
		body, err := a.body(ctx, p.capture)
		if err != nil {
			if ctx.Err() != nil {
				return d, ctx.Err()
			}
			d.Reason = err.Error() // damaged evidence concerns this article alone
			return d, nil
		}
		p.result = j.reader.Extract(extract.Page{URL: p.capture.URL, ContentType: p.capture.ContentType, Status: p.capture.Status, Body: body})
		if p.result.Kind != extract.KindArticle || p.result.Article == nil {
			d.Reason = fmt.Sprintf("page %d reads as %s: %s", p.number, p.result.Kind, p.result.Reason)
			return d, nil
		}
	}
	first := newDraft(scraper.Visit{Target: scraper.Target{Site: before.Site, Key: before.Key, URL: before.URL}, Result: &pages[0].result})
	if first.key != before.Key {
		d.Reason = "its page reads as another article: " + first.key
		return d, nil
	}
	now := contentOf(&pages[0].result)
	for _, p := range pages[1:] {
		now.add(contentOf(&p.result))
	}
	now.URL = before.URL
	old := contentFrom(before)
	if err := a.read.QueryRowContext(ctx, `SELECT pages FROM articles WHERE id = ?`, j.id).Scan(&old.Pages); err != nil {
		return d, err
	}
	d.After = now.article(before)
	if d.Changed = old.differs(now); d.Changed != "" {
		// a new version
	} else if d.refreshed = now.HTML != old.HTML || jsonList(now.Links) != jsonList(old.Links); !d.refreshed {
		return d, nil
	}
	if dry {
		return d, nil
	}
	return d, a.write.do(ctx, func(t *tx) error { return t.saveReread(before, first, pages, now, a.now()) })
}

// pagesOf finds the captures that an article's newest version was taken from, page 1 first.
func (a *Archive) pagesOf(ctx context.Context, r Article) ([]capturedPage, error) {
	pages := []capturedPage{}
	if r.Capture != 0 {
		pages = append(pages, capturedPage{number: 1, url: r.URL, capture: Capture{ID: r.Capture}})
	}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		p := capturedPage{}
		err := rows.Scan(&p.number, &p.url, &p.capture.ID)
		if p.number == 1 && len(pages) > 0 {
			pages[0] = p
		} else {
			pages = append(pages, p)
		}
		return err
	}, `SELECT number, url, capture FROM parts WHERE article = ? AND capture IS NOT NULL ORDER BY number`, r.ID)
	for i := range pages {
		if err == nil {
			pages[i].capture, err = a.Capture(ctx, pages[i].capture.ID)
		}
	}
	return pages, err
}

// body gives a captured answer's body, content codings taken off.
func (a *Archive) body(ctx context.Context, c Capture) ([]byte, error) {
	held := c
	if c.SameAs != 0 {
		var err error
		if held, err = a.Capture(ctx, c.SameAs); err != nil {
			return nil, err
		}
	}
	if held.File == "" {
		return nil, fmt.Errorf("capture %d: nothing was received", held.ID)
	}
	record, block, err := warc.Load(filepath.Join(a.WARCDir(), filepath.Base(held.File)), held.Offset, maxPage)
	if err != nil {
		return nil, fmt.Errorf("capture %d: %w", held.ID, err)
	}
	if record.URL() != warc.TargetURI(held.URL) {
		return nil, fmt.Errorf("capture %d: the record at %d of %s is of %s", held.ID, held.Offset, held.File, record.URL())
	}
	body, err := capture.Content(block, maxPage)
	if err != nil {
		return nil, fmt.Errorf("capture %d: %w", held.ID, err)
	}
	return body, nil
}

// saveReread writes an article as it reads now, unless a visit has changed it meanwhile.
func (t *tx) saveReread(before Article, first *draft, pages []capturedPage, now content, seen time.Time) error {
	var revision int
	var held sql.NullInt64
	if found, err := t.row([]any{&revision, &held}, `SELECT revision, capture FROM articles WHERE id = ?`, before.ID); err != nil || !found {
		return err
	}
	if revision != before.Revision || held.Int64 != before.Capture {
		return nil
	}
	l := look{capture: before.Capture, cause: "extractor", visit: scraper.Visit{Time: seen}}
	if now.Pages > 1 {
		if err := t.putParts(before.ID, first, look{capture: pages[0].capture.ID}); err != nil {
			return err
		}
		for _, p := range pages[1:] {
			if err := t.putPart(before.ID, p.number, p.url, contentOf(&p.result), look{capture: p.capture.ID}); err != nil {
				return err
			}
		}
	} else if err := t.exec(`DELETE FROM parts WHERE article = ?`, before.ID); err != nil {
		return err
	}
	changed, err := t.revise(before.ID, now, l, true)
	if err != nil {
		return err
	}
	if !changed { // the text is as it was, its markup is not
		if err := t.putLists(before.ID, now, true); err != nil {
			return err
		}
		if err := t.exec(`UPDATE articles SET html = ? WHERE id = ?`, null(now.HTML), before.ID); err != nil {
			return err
		}
	}
	return t.exec(`UPDATE articles SET charset = ?, provenance = coalesce(?, provenance) WHERE id = ?`, null(first.charset), null(first.provenance), before.ID)
}
