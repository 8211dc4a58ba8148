package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"campusnews/archive/warc"
)

// A Verification counts what Verify has read.
type Verification struct {
	Files    int   `json:"files"`                // of WARC
	Records  int   `json:"records"`              // of WARC
	Bytes    int64 `json:"bytes"`                // of WARC, as stored
	Captures int   `json:"captures"`             // compared with their bytes and records
	Articles int   `json:"articles"`             // compared with their digests, each version
	Orphans  int   `json:"orphans"`              // sound records that no capture names, as a killed process leaves them; no fault
	Behind   int64 `json:"behind"`               // bytes of the newest WARC file behind its last capture, not read while the archive has no seal; no fault
	Away     int   `json:"away,omitempty"`       // WARC files that are not here any more, only in a fleet's copy: not read; no fault
	AwaySize int64 `json:"away_bytes,omitempty"` // of these
	Sealed   bool  `json:"sealed"`               // archive.db was compared page by page with its seal
	Faults   int   `json:"faults"`               // reported
}

// VerifyOptions tune Verify. The zero value is good.
type VerifyOptions struct {
	// Progress is told, now and then, what is being read. No two calls of it and of report overlap. nil = nobody.
	Progress func(VerifyProgress)
}

// A VerifyProgress says what Verify reads: some part of archive.db, and the evidence beside it.
type VerifyProgress struct {
	Part        string // of archive.db; "" = no more of it
	Done, Total int64  // of the part; Total 0 = how far it is cannot be told
	File        string // of WARC; "" = none yet, or no more
	Bytes, All  int64  // of WARC: read, and to be read
}

func (p VerifyProgress) String() string {
	var parts []string
	switch {
	case p.Part != "" && p.Total > 0:
		parts = append(parts, fmt.Sprintf("%s, %s: %d%%", dbName, p.Part, p.Done*100/p.Total))
	case p.Part != "":
		parts = append(parts, dbName+", "+p.Part)
	}
	if p.File != "" {
		parts = append(parts, fmt.Sprintf("%s: %d%% of the evidence", p.File, p.Bytes*100/max(p.All, 1)))
	}
	return "reading " + strings.Join(parts, "; ")
}

// Verify is the method of that name for an archive of which it is not known
// whether it can be opened: that it cannot is a fault, and the evidence is read all
// the same. The error wraps fs.ErrNotExist when there is no archive, and ErrNewer or ErrOlder.
func Verify(ctx context.Context, dir string, opts VerifyOptions, report func(fault string)) (Verification, error) {
	a, err := OpenReader(ctx, dir)
	switch {
	case err == nil:
		v, err := a.Verify(ctx, opts, report)
		return v, errors.Join(err, a.Close())
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrNewer), errors.Is(err, ErrOlder), ctx.Err() != nil:
		return Verification{}, err
	}
	f := newFixity(&Archive{dir: dir}, newCourse(opts), report)
	defer f.a.Close() // only read
	f.say("%s: %v", dbName, err)
	if f.v.Sealed, err = f.a.checkSeal(ctx, sealName, f.say); err != nil {
		return f.v, err
	}
	names, err := f.a.warcFiles(ctx)
	for _, name := range names {
		if err == nil {
			err = f.file(ctx, name, false)
		}
	}
	return f.v, err
}

// Verify reads all evidence and all texts again. Besides what Check looks for,
// it finds WARC files that are missing or damaged, captures whose stored bytes are
// not those that were written or whose rows are not about them, articles whose text is not the one its digest was
// made from, articles that the search index does not find by their words, and any page of archive.db that is not as it
// was when the archive was last closed. It calls report with a line for each fault, naming file and place;
// the error says that it could not go on. It may run while another process writes.
//
// The evidence is read beside archive.db. Faults come in the same order all the same: of archive.db itself, of the evidence, of the texts.
func (a *Archive) Verify(ctx context.Context, opts VerifyOptions, report func(fault string)) (Verification, error) {
	course := newCourse(opts)
	first := newFixity(a, course, report)
	if err := first.readable(ctx, first.seal(ctx)); err != nil {
		return first.v, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	const ahead = 1000 // faults of a part that wait for those of the parts before
	var faults [3]chan string
	var parts [3]*fixity
	for i := range parts {
		faults[i] = make(chan string, ahead)
		parts[i] = newFixity(a, course, func(fault string) { faults[i] <- fault })
		parts[i].v.Sealed = first.v.Sealed
	}
	do := func(i int, part func(context.Context) error) {
		defer close(faults[i])
		if err := parts[i].readable(ctx, part(ctx)); err != nil {
			cancel(err)
		}
	}
	var g sync.WaitGroup
	g.Go(func() {
		do(0, parts[0].database)
		do(2, parts[2].texts)
		course.tell(func(p *VerifyProgress) { p.Part = "" })
	})
	g.Go(func() {
		do(1, parts[1].evidence)
		course.tell(func(p *VerifyProgress) { p.File = "" })
	})
	for _, list := range faults {
		for fault := range list {
			course.one.Lock()
			report(fault)
			course.one.Unlock()
		}
	}
	g.Wait()
	v := parts[1].v
	v.Articles = parts[2].v.Articles
	v.Faults += first.v.Faults + parts[0].v.Faults + parts[2].v.Faults
	return v, context.Cause(ctx)
}

// readable gives err unless it is SQLite's, which is a fault: it cannot read on there, the other parts may still be readable.
func (f *fixity) readable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if resultCode(err) != 0 {
		f.say("%s: %v", dbName, err)
		return nil
	}
	return err
}

// A course is how far a run of Verify is.
type course struct {
	one  sync.Mutex
	now  VerifyProgress
	hear func(VerifyProgress)
}

func newCourse(opts VerifyOptions) *course { return &course{hear: opts.Progress} }

func (r *course) tell(change func(*VerifyProgress)) {
	if r.hear == nil {
		return
	}
	r.one.Lock()
	defer r.one.Unlock()
	change(&r.now)
	r.hear(r.now)
}

// A fixity is a part of a run of Verify.
type fixity struct {
	a           *Archive
	v           Verification
	report      func(string)
	course      *course
	done, total int64 // bytes of WARC
}

func newFixity(a *Archive, r *course, report func(string)) *fixity {
	return &fixity{a: a, report: report, course: r}
}

func (f *fixity) part(what string, done, total int64) {
	f.course.tell(func(p *VerifyProgress) { p.Part, p.Done, p.Total = what, done, total })
}

func (f *fixity) progress(file string, done int64) {
	f.course.tell(func(p *VerifyProgress) { p.File, p.Bytes, p.All = file, done, f.total })
}

func (f *fixity) say(format string, args ...any) {
	f.v.Faults++
	f.report(fmt.Sprintf(format, args...))
}

func (f *fixity) seal(ctx context.Context) (err error) {
	f.part("its pages", 0, 0)
	f.v.Sealed, err = f.a.checkPages(ctx, sealName, f.say, func(done, total int64) { f.part("its pages", done, total) })
	return err
}

func (f *fixity) database(ctx context.Context) (err error) {
	damage, err := f.a.check(ctx, func(what string) { f.part(what, 0, 0) })
	for _, d := range damage {
		f.say("%s: %s", dbName, d)
	}
	return err
}

func (f *fixity) evidence(ctx context.Context) error {
	names, err := f.a.warcFiles(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(f.a.WARCDir(), name)); err == nil {
			f.total += info.Size()
		}
	}
	away, err := f.a.Away()
	if err != nil {
		return err
	}
	for _, file := range away {
		f.v.Away++
		f.v.AwaySize += file.Size
	}
	for i, name := range names {
		if err := f.file(ctx, name, i == len(names)-1); err != nil {
			return err
		}
	}
	return nil
}

// texts makes the digest of each version again, and compares the search index.
func (f *fixity) texts(ctx context.Context) error {
	c := textCheck{say: f.say, progress: f.part}
	wrong, index, err := c.run(ctx, f.a)
	f.v.Articles = c.versions
	if err := f.readable(ctx, err); err != nil {
		return err
	}
	for _, id := range wrong {
		f.say("%s: article %d: the search index has not the words of its text", dbName, id)
	}
	return index
}

// warcFiles are the names of all WARC files in the folder, in order. Files that captures name but are not there are
// Check's to report.
func (a *Archive) warcFiles(ctx context.Context) ([]string, error) {
	entries, err := os.ReadDir(a.WARCDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list WARC files: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), ".warc.gz") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, ctx.Err()
}

// An AwayFile is a WARC file that is not here any more, only in a fleet's copy.
type AwayFile struct {
	Name string
	Size int64 // bytes
}

// Away gives the WARC files that are not here any more, in the order of their names; nil = all are here.
func (a *Archive) Away() (files []AwayFile, err error) {
	entries, err := os.ReadDir(a.WARCDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list WARC files: %w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".away")
		if !ok {
			continue
		}
		if m, away := warc.IsAway(filepath.Join(a.WARCDir(), name)); away {
			files = append(files, AwayFile{name, m.Size})
		}
	}
	return files, nil
}

// whole is the error for what needs all evidence, when some of it is away.
func (a *Archive) whole() error {
	files, err := a.Away()
	if err == nil && len(files) > 0 {
		err = fmt.Errorf("%s, of %d such files, is %w", files[0].Name, len(files), warc.ErrAway)
	}
	return err
}

// file reads a file's records by themselves, beside the rows that name them, and then the bytes of its captures. Of the newest file it reads the
// part up to the last capture: what lies behind may be in the midst of being written, or was when a process was killed.
func (f *fixity) file(ctx context.Context, name string, newest bool) error {
	file, err := os.Open(filepath.Join(f.a.WARCDir(), name))
	if err != nil {
		return err
	}
	defer file.Close() // only read
	check := recordCheck{file: name, say: f.say}
	if f.a.read != nil {
		if check.rows, err = f.a.recordRows(ctx, name); err != nil && resultCode(err) == 0 {
			return err
		} else if err != nil {
			f.say("%s: captures of %s: %v", dbName, name, err)
		}
	}
	info, err := file.Stat() // after the rows: a row's bytes are there before it is
	if err != nil {
		return err
	}
	size := info.Size()
	if newest && !f.v.Sealed { // a sealed archive has no writer that adds to it
		var end int64
		for _, r := range check.rows {
			end = max(end, r.end)
		}
		if end < size {
			f.v.Behind, size = size-end, end
		}
	}
	counted := 0
	summary, err := warc.NewReader(readerAt{ctx, file}, size).VerifyEach(func(p warc.Problem) {
		check.last = nil // how long a record is cannot be told when the next is not found
		f.say("%s/%s: %s", warcName, name, p)
	}, func(rec *warc.Record) {
		if f.a.read != nil {
			check.see(rec)
		}
		if counted++; counted%64 == 0 {
			f.progress(name, f.done+rec.Offset)
		}
	})
	if err != nil {
		return fmt.Errorf("verify %s: %w", name, err)
	}
	check.skip(info.Size() + 1)
	check.ended(size)
	f.done += info.Size()
	f.v.Orphans += check.orphans
	f.v.Files++
	f.v.Bytes += size
	for _, n := range summary.Records {
		f.v.Records += n
	}
	if f.a.read == nil {
		return nil
	}
	f.progress(name, f.done)
	return f.a.eachSpan(ctx, name, func(id int64, s warc.Span) error {
		f.v.Captures++
		err := warc.VerifySpan(file, s)
		if damaged, ok := errors.AsType[*warc.DamageError](err); ok {
			f.say("%s/%s: capture %d: %v", warcName, name, id, damaged)
			return nil
		}
		if err != nil && errors.As(err, new(*fs.PathError)) {
			return err
		}
		if err != nil { // the row's digest or position is none
			f.say("%s: capture %d: %v", dbName, id, err)
		}
		return nil
	})
}

// eachSpan gives what was appended to a file for each capture whose row has a digest of it.
func (a *Archive) eachSpan(ctx context.Context, file string, f func(capture int64, s warc.Span) error) error {
	return a.eachRow(ctx, func(rows *sql.Rows) error {
		var id int64
		var s warc.Span
		if err := rows.Scan(&id, &s.Offset, &s.Length, &s.Sum); err != nil {
			return err
		}
		return f(id, s)
	}, `SELECT id, offset, packed_length, packed_digest FROM captures WHERE file = ? AND packed_digest IS NOT NULL ORDER BY offset`, file)
}

// A readerAt stops reading when its context ends.
type readerAt struct {
	ctx context.Context
	r   *os.File
}

func (r readerAt) ReadAt(p []byte, off int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.ReadAt(p, off)
}
