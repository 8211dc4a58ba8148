package replica

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// An object is read once, and held to its size and digest: where io.EOF would come, an error that wraps ErrDamaged comes if it is another one.
// Where a read fails for other reasons it is begun anew, and goes on behind the bytes that were read.
type object struct {
	ctx    context.Context
	store  Store
	name   string
	size   int64 // bytes
	sha256 string

	r     io.ReadCloser // nil = not open
	n     int64         // bytes read
	h     hash.Hash
	tries int   // that have failed since the latest byte came
	err   error // of the latest read, not yet told
}

// objectTries is how often a read is begun anew without a further byte.
const objectTries = 3

func newObject(ctx context.Context, s Store, name string, size int64, digest string) *object {
	return &object{ctx: ctx, store: s, name: name, size: size, sha256: digest, h: sha256.New()}
}

// open asks the store for the bytes behind those that were read. What fails is found again by Read.
func (o *object) open() error {
	r, err := o.store.Get(o.ctx, o.name)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, r, o.n); err != nil {
		return errors.Join(err, r.Close())
	}
	o.r = r
	return nil
}

// Read implements io.Reader. Its errors name the object.
func (o *object) Read(b []byte) (n int, err error) {
	for {
		err, o.err = o.err, nil
		if err == nil && o.r == nil {
			err = o.open()
		}
		if err == nil {
			n, err = o.r.Read(b)
		}
		if n > 0 {
			o.h.Write(b[:n])
			o.n += int64(n)
			o.tries, o.err = 0, err
			return n, nil
		}
		switch {
		case err == nil:
			continue
		case errors.Is(err, io.EOF):
			if o.n == o.size && hex.EncodeToString(o.h.Sum(nil)) == o.sha256 {
				return 0, io.EOF
			}
			return 0, fmt.Errorf("object %s: %w: %d bytes with SHA-256 %x, want %d with %s", o.name, ErrDamaged, o.n, o.h.Sum(nil), o.size, o.sha256)
		}
		if cerr := o.Close(); cerr != nil {
			err = errors.Join(err, cerr)
		}
		o.tries++
		if o.tries == objectTries || errors.Is(err, ErrDamaged) || errors.Is(err, fs.ErrNotExist) || o.ctx.Err() != nil {
			return 0, fmt.Errorf("object %s: %w", o.name, err)
		}
	}
}

// Close implements io.Closer.
func (o *object) Close() error {
	if o.r == nil {
		return nil
	}
	r := o.r
	o.r = nil
	return r.Close()
}

// fetch writes an object to w and holds it to its size and digest.
func fetch(ctx context.Context, w io.Writer, s Store, name string, size int64, digest string) error {
	o := newObject(ctx, s, name, size, digest)
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, o, make([]byte, 64<<10))
	return errors.Join(err, o.Close())
}
