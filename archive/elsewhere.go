package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"campusnews/archive/warc"
)

// An Elsewhere gives a WARC file that is not in the archive's folder any more, with its size in bytes, from where its copy is kept. What is
// read may be fetched only then: ctx is for that, too. It may be called from several goroutines.
type Elsewhere func(ctx context.Context, name string) (io.ReaderAt, int64, error)

// ReadElsewhere has WARC files read from elsewhere that are here no more. It is called before anything is read. Without it, what needs such
// a file gives an error that wraps warc.ErrAway.
func (a *Archive) ReadElsewhere(e Elsewhere) { a.elsewhere = e }

// OpenWARC opens one of the archive's WARC files; whatever folder the name has, the one in the archive's. The caller closes it. The error wraps
// warc.ErrAway when the file is elsewhere and cannot be read there either.
func (a *Archive) OpenWARC(ctx context.Context, name string) (*warc.Reader, error) {
	name = filepath.Base(name)
	r, err := warc.OpenFile(filepath.Join(a.WARCDir(), name))
	if a.elsewhere == nil || !errors.Is(err, warc.ErrAway) {
		return r, err
	}
	src, size, from := a.elsewhere(ctx, name)
	if from != nil {
		return nil, fmt.Errorf("%w; fetched back: %w", err, from)
	}
	return warc.NewReader(src, size), nil
}
