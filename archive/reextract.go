package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"campusnews/archive/warc"
)

// A Reextraction says what is read again, and with what.
type Reextraction struct {
	Site   string // only articles of this site; "" = of all
	DryRun bool   // write nothing

	// Extractor gives the extractor of a site; it is asked once for each. The extractor is used from several goroutines.
	Extractor func(site Site) (Extractor, error)

	// Version names program and profiles: a run that was killed is gone on with
	// only by the same Version. "" = never.
	Version string

	Workers  int                         // pages read at the same time; 0 = one for each core
	Each     func(Reread) error          // told of each article that changes or cannot be read, by rising id; nil = nobody
	Progress func(done, total int) error // told after each article; nil = nobody
}

// A Reread is one article for which reading again made a difference.
type Reread struct {
	ID       int64
	Site     string
	URL      string
	Title    string        // as the archive has it
	Changes  []FieldChange // what a reader sees; nil = only what no reader sees: markup, links, rules
	Markup   bool          // the HTML differs
	Revision int           // number of the new version; 0 = none, and in a dry run
	Err      error         // why it could not be read; the archive's version stays as it is
}

// A ReextractReport is what came of reading again.
type ReextractReport struct {
	Articles   int `json:"articles"`   // looked at, Resumed included
	Unchanged  int `json:"unchanged"`  // read as before
	Revised    int `json:"revised"`    // have a new version, or would have one
	Completed  int `json:"completed"`  // differ only in what no reader sees; their version was completed
	Unreadable int `json:"unreadable"` // could not be read; left as they are
	Resumed    int `json:"resumed"`    // looked at by a run before that was killed

	Fields []FieldCount `json:"fields"` // most frequent first
	Rules  []RuleCount  `json:"rules"`  // most frequent first
}

// BatchGCPercent is how much garbage may lie beside what is in use, in percent of it (GOGC), for a program that does nothing but
// Reextract: little is in use, and Go would collect after every few pages. It costs 40 MB and saves a third of the time.
const BatchGCPercent = 400

// Batches. Memory holds at most aheadOf × readBatch articles and writeBatch changed ones.
const (
	listBatch  = 512 // ids read at once
	readBatch  = 16  // articles read at once by a worker
	aheadOf    = 8   // of these batches read ahead of the one whose turn it is
	writeBatch = 64  // changed articles written in one transaction
	maxGap     = 4   // ids from one article to the next up to which both are one query
	markEvery  = 512 // articles after which a run notes how far it has come
)

// Reextract reads every article again from its captures, without the network.
// What a reader would see differently becomes a new version with cause "extractor", so that it is
// never taken for a change by the newsroom; the rest is completed in place. The
// version's capture is that of the version before: the bytes are the same.
//
// It is done on all cores and in batches; after a kill a run with the same
// Version goes on where the last batch ended. An article that cannot be read stays as it is and is
// counted. The error is of the store, of a callback, or ctx's; the report is of what was done until then.
func (a *Archive) Reextract(ctx context.Context, opts Reextraction) (report ReextractReport, err error) {
	if a.write == nil && !opts.DryRun {
		return report, ErrReadOnly
	}
	if a.elsewhere == nil {
		if err := a.whole(); err != nil {
			return report, err
		}
	}
	run := &reextraction{a: a, opts: opts, counts: newTally()}
	if !opts.DryRun {
		if run.mark, err = a.loadMark(opts); err != nil {
			return report, err
		}
		run.resume()
	}
	if err := run.extractors(ctx); err != nil {
		return report, err
	}
	err = run.all(ctx)
	report = run.counts.report(run.done)
	if err == nil && !opts.DryRun {
		err = a.dropMark()
	}
	return report, err
}

// A reextraction is the state of one run.
type reextraction struct {
	a      *Archive
	opts   Reextraction
	sites  map[string]Extractor
	counts *tally
	done   ReextractReport // the plain counts
	mark   *mark           // how far a run has come; nil in a dry run
	after  int64           // last id that is done and on disk
	wait   []*rereadJob    // looked at, not yet written and told
	dirty  int             // of wait, to be written
	total  int
}

func (r *reextraction) extractors(ctx context.Context) error {
	sites, err := r.a.Sites(ctx, r.a.now())
	if err != nil {
		return err
	}
	r.sites = map[string]Extractor{}
	for _, s := range sites {
		if s.Articles == 0 || r.opts.Site != "" && r.opts.Site != s.Site.ID {
			continue
		}
		if r.sites[s.Site.ID], err = r.opts.Extractor(s.Site); err != nil {
			return fmt.Errorf("site %s: %w", s.Site.ID, err)
		}
		r.total += s.Articles
	}
	if r.opts.Site != "" && r.sites[r.opts.Site] == nil {
		return fmt.Errorf("articles of site %s: %w", r.opts.Site, ErrNotFound)
	}
	return nil
}

// A rereadJob is one article on its way.
type rereadJob struct {
	id   int64
	site string
	r    *reread // nil = it reads as before
	err  error
}

// A rereadBatch is some articles by rising id; done is closed when they have been read.
type rereadBatch struct {
	jobs []*rereadJob
	done chan struct{}
}

// all reads the articles side by side and settles them in order.
func (r *reextraction) all(ctx context.Context) error {
	workers := r.opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	todo, queue := make(chan rereadBatch), make(chan rereadBatch, aheadOf)
	for range workers {
		wg.Go(func() {
			files := &evidenceFile{open: func(name string) (*warc.Reader, error) { return r.a.OpenWARC(ctx, name) }}
			defer files.Close() // only read
			for b := range todo {
				r.read(ctx, b.jobs, files)
				close(b.done)
			}
		})
	}
	listed := make(chan error, 1)
	wg.Go(func() {
		defer close(queue)
		defer close(todo)
		listed <- r.list(ctx, func(jobs []*rereadJob) bool {
			b := rereadBatch{jobs, make(chan struct{})}
			select {
			case queue <- b:
			case <-ctx.Done():
				return false
			}
			todo <- b
			return true
		})
	})
	for b := range queue {
		<-b.done
		for _, j := range b.jobs {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.settle(ctx, j); err != nil {
				return err
			}
		}
	}
	if err := <-listed; err != nil {
		return err
	}
	return r.flush(ctx)
}

// list gives the articles to give by rising id, until it says stop.
func (r *reextraction) list(ctx context.Context, give func([]*rereadJob) bool) error {
	for after := r.after; ; {
		var batch []*rereadJob
		err := r.a.eachRow(ctx, func(rows *sql.Rows) error {
			j := &rereadJob{}
			batch = append(batch, j)
			return rows.Scan(&j.id, &j.site)
		}, `SELECT id, site FROM articles WHERE id > ? AND (?2 = '' OR site = ?2) ORDER BY id LIMIT ?`, after, r.opts.Site, listBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1].id
		batch = slices.DeleteFunc(batch, func(j *rereadJob) bool { return r.sites[j.site] == nil }) // new since the run began
		for jobs := range slices.Chunk(batch, readBatch) {
			if !give(jobs) {
				return ctx.Err()
			}
		}
	}
}

// read reads articles again. Those that stand side by side in the archive are one query.
func (r *reextraction) read(ctx context.Context, jobs []*rereadJob, files *evidenceFile) {
	for i := 0; i < len(jobs); {
		n := i + 1
		for n < len(jobs) && jobs[n].id-jobs[n-1].id <= maxGap {
			n++
		}
		list, err := r.a.storedArticles(ctx, jobs[i].id, jobs[n-1].id)
		if err != nil && n > i+1 { // one damaged row must not make its neighbours unreadable
			n = i + 1
			list, err = r.a.storedArticles(ctx, jobs[i].id, jobs[i].id)
		}
		for _, j := range jobs[i:n] {
			for len(list) > 0 && list[0].id < j.id {
				list = list[1:]
			}
			switch {
			case err != nil:
				j.err = err
			case ctx.Err() != nil:
				j.err = ctx.Err()
			case len(list) == 0 || list[0].id != j.id:
				j.err = fmt.Errorf("article %d: %w", j.id, ErrNotFound)
			default:
				if j.r, j.err = r.a.reread(ctx, list[0], r.sites[j.site], files); j.err == nil {
					if differs, _ := j.r.differs(); !differs {
						j.r = nil // nothing to write, nothing to tell: do not keep the text
					}
				}
			}
		}
		i = n
	}
}

// settle takes the next article in.
func (r *reextraction) settle(ctx context.Context, j *rereadJob) error {
	if errors.Is(j.err, context.Canceled) && ctx.Err() != nil {
		return ctx.Err()
	}
	r.wait = append(r.wait, j)
	if j.err == nil && j.r != nil {
		r.dirty++
	}
	if r.dirty >= writeBatch || len(r.wait) >= markEvery || r.opts.DryRun {
		return r.flush(ctx)
	}
	return nil
}

// flush writes what waits in one transaction, and tells of it.
func (r *reextraction) flush(ctx context.Context) error {
	if len(r.wait) == 0 {
		return nil
	}
	revisions := make([]int, len(r.wait))
	if r.dirty > 0 && !r.opts.DryRun {
		now := r.a.now()
		err := r.a.write.do(ctx, func(t *tx) (err error) {
			for i, j := range r.wait {
				if j.r == nil {
					continue
				}
				if revisions[i], err = t.saveReread(j.r, now); errors.Is(err, errOvertaken) {
					j.err = err
				} else if err != nil {
					return fmt.Errorf("article %d: %w", j.id, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i, j := range r.wait {
		if err := r.tell(j, revisions[i]); err != nil {
			return err
		}
	}
	r.after = r.wait[len(r.wait)-1].id
	clear(r.wait) // the texts in them are done with
	r.wait, r.dirty = r.wait[:0], 0
	if r.opts.DryRun || r.opts.Version == "" {
		return nil
	}
	return r.a.saveMark(mark{r.opts.Version, r.opts.Site, r.after, r.done, r.counts.plain()})
}

// tell counts an article, and tells of it if there is something to tell.
func (r *reextraction) tell(j *rereadJob, revision int) error {
	r.done.Articles++
	said := Reread{ID: j.id, Site: j.site, Revision: revision, Err: j.err}
	switch {
	case j.err != nil:
		r.done.Unreadable++
	case j.r == nil:
		r.done.Unchanged++
	default:
		_, seen := j.r.differs()
		said.URL, said.Title, said.Markup = j.r.old.URL, j.r.old.Title, j.r.old.HTML != j.r.new.HTML
		said.Changes = changes(j.r.old.fields(), j.r.new.fields())
		if seen {
			r.done.Revised++
		} else {
			r.done.Completed++
		}
		r.counts.add(j.r, said.Changes)
	}
	if r.opts.Each != nil && (j.err != nil || j.r != nil) {
		if err := r.opts.Each(said); err != nil {
			return err
		}
	}
	if r.opts.Progress != nil {
		return r.opts.Progress(r.done.Articles, r.total)
	}
	return nil
}
