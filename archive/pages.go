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
func (a *Archive) Page(ctx context.Context, id int64) (extract.Page, error) {
	c, err := a.Capture(ctx, id)
	held := c
	if err == nil && c.SameAs != 0 {
		held, err = a.Capture(ctx, c.SameAs)
	}
	if err != nil {
		return extract.Page{}, err
	}
	p := extract.Page{URL: c.URL, ContentType: c.ContentType, Status: c.Status}
	if c.Status == 304 {
		p.ContentType, p.Status = held.ContentType, held.Status
	}
	if p.Body, err = a.payload(held); err != nil {
		return extract.Page{}, fmt.Errorf("capture %d, %s at byte %d: %w", held.ID, held.File, held.Offset, err)
	}
	return p, nil
}

// payload reads the body of a capture that holds one, codings taken off.
func (a *Archive) payload(c Capture) (_ []byte, err error) {
	if c.File == "" {
		return nil, errors.New("nothing was received")
	}
	rec, block, err := warc.Load(filepath.Join(a.WARCDir(), filepath.Base(c.File)), c.Offset, maxPage)
	if err != nil {
		return nil, err
	}
	if rec.URL() != warc.TargetURI(c.URL) || rec.Type() != "response" {
		return nil, fmt.Errorf("the record there is a %s of %s, not the response of %s", rec.Type(), rec.URL(), c.URL)
	}
	return capture.Content(block, maxPage)
}
