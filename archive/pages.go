package archive

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"campusnews/archive/warc"
	"campusnews/extract"
	"campusnews/scraper/capture"
)

// maxPage bounds a captured page that is read again, packed and unpacked, in bytes.
const maxPage = 64 << 20

// Page gives a captured page as an extractor wants it, from the WARC file and
// for nothing but its position from the database. A capture that repeats an earlier one (SameAs) gives the
// earlier one's body with its own address and type. The error may be ErrNotFound; one about the
// record names capture, file and place.
func (a *Archive) Page(ctx context.Context, id int64) (_ extract.Page, err error) {
	files := &evidenceFile{open: func(name string) (*warc.Reader, error) { return a.OpenWARC(ctx, name) }}
	defer func() { err = errors.Join(err, files.Close()) }()
	c, err := a.Capture(ctx, id)
	if err != nil {
		return extract.Page{}, err
	}
	return a.page(ctx, c, files)
}

// page is Page for who reads many pages. Of c only address, head and place are looked at.
func (a *Archive) page(ctx context.Context, c Capture, files *evidenceFile) (_ extract.Page, err error) {
	held := c
	if c.SameAs != 0 {
		if held, err = a.Capture(ctx, c.SameAs); err != nil {
			return extract.Page{}, err
		}
	}
	p := extract.Page{URL: c.URL, ContentType: c.ContentType, Status: c.Status}
	if c.Status == 304 {
		p.ContentType, p.Status = held.ContentType, held.Status
	}
	if p.Body, err = files.payload(held); err != nil {
		return extract.Page{}, fmt.Errorf("capture %d, %s at byte %d: %w", held.ID, held.File, held.Offset, err)
	}
	return p, nil
}

// An evidenceFile keeps the WARC file open that was read last, with all that a Reader has made ready. One goroutine uses it.
type evidenceFile struct {
	open func(name string) (*warc.Reader, error)
	name string
	r    *warc.Reader // nil = none
}

func (f *evidenceFile) Close() error {
	if f.r == nil {
		return nil
	}
	err := f.r.Close()
	f.r = nil
	return err
}

// payload reads the body of a capture that holds one, codings taken off.
func (f *evidenceFile) payload(c Capture) (_ []byte, err error) {
	if c.File == "" {
		return nil, errors.New("nothing was received")
	}
	name := filepath.Base(c.File)
	if f.r != nil && (f.name != name || c.Offset+c.Length > f.r.Size()) { // it has grown since
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	if f.r == nil {
		if f.r, err = f.open(name); err != nil {
			return nil, err
		}
		f.name = name
	}
	rec, block, err := f.r.Load(c.Offset, maxPage)
	if err != nil {
		return nil, err
	}
	if rec.URL() != warc.TargetURI(c.URL) || rec.Type() != "response" {
		return nil, fmt.Errorf("the record there is a %s of %s, not the response of %s", rec.Type(), rec.URL(), c.URL)
	}
	return capture.Content(block, maxPage)
}
