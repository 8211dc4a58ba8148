package replica

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A Bucket is a Store in a JetStream object store.
type Bucket struct {
	objects jetstream.ObjectStore
	conn    *nats.Conn
}

// objectChunk is how much of an object goes into one message, bytes, where the server takes messages as long.
const objectChunk = 256 << 10

// Put implements Store.
func (b Bucket) Put(ctx context.Context, name string, r io.Reader) error {
	chunk := min(objectChunk, b.conn.MaxPayload()/2)
	meta := jetstream.ObjectMeta{Name: name, Opts: &jetstream.ObjectMetaOptions{ChunkSize: uint32(chunk)}}
	_, err := b.objects.Put(ctx, meta, fullReads{r})
	return err
}

// fullReads fills the buffer at each read but the last: of each read the library makes a message, and a pipe may give a few bytes at a time.
type fullReads struct{ r io.Reader }

func (f fullReads) Read(b []byte) (int, error) {
	n, err := io.ReadFull(f.r, b)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// stalled is how long the server may be silent while it has to answer for an object.
const stalled = 30 * time.Second

// Get implements Store. The library gives an object five seconds in all, unless the context says more: too little for a large one.
// Here each read has its time.
func (b Bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	silent := time.AfterFunc(stalled, cancel)
	r, err := b.objects.Get(untilStalled{ctx}, name)
	inTime := silent.Stop()
	switch {
	case errors.Is(err, jetstream.ErrObjectNotFound):
		err = fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	case err != nil && !inTime:
		err = fmt.Errorf("no answer for %s", stalled)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return &heldObject{r, cancel}, nil
}

// untilStalled is a context whose deadline is always as far ahead: the library takes it for each read anew.
type untilStalled struct{ context.Context }

// Deadline implements context.Context.
func (untilStalled) Deadline() (time.Time, bool) { return time.Now().Add(stalled), true }

// A heldObject is read from the server, whose own digest of it is held to.
type heldObject struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (o *heldObject) Read(b []byte) (int, error) {
	n, err := o.ReadCloser.Read(b)
	switch {
	case errors.Is(err, jetstream.ErrDigestMismatch) || errors.Is(err, nats.ErrDigestMismatch):
		err = fmt.Errorf("%w: %v", ErrDamaged, err)
	case n == 0 && err == nil && len(b) > 0:
		err = fmt.Errorf("nothing has come for %s", stalled)
	}
	return n, err
}

// Close implements io.Closer.
func (o *heldObject) Close() error {
	o.cancel()
	return o.ReadCloser.Close()
}

// Delete implements Store.
func (b Bucket) Delete(ctx context.Context, name string) error {
	err := b.objects.Delete(ctx, name)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil
	}
	return err
}

// Sweep deletes the objects that no Head names and that are older than age: what runs have left that lost their lease
// or their machine. It gives their number and bytes. A run that is at work is younger than age, a day.
func Sweep(ctx context.Context, b Bucket, h HeadBucket, age time.Duration) (n int, size int64, err error) {
	objects, err := b.objects.List(ctx)
	if errors.Is(err, jetstream.ErrNoObjectsFound) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("list objects: %w", err)
	}
	// The Heads after the objects: what has been written since is in none of the two, or in both.
	named := map[string]bool{}
	keys, err := h.heads.ListKeys(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("list heads: %w", err)
	}
	defer keys.Stop()
	for key := range keys.Keys() {
		head, _, err := h.Head(ctx, strings.ReplaceAll(key, "=", "."))
		if err != nil {
			return 0, 0, err
		}
		for _, o := range head.Objects() {
			named[o] = true
		}
	}
	for _, o := range objects {
		if named[o.Name] || time.Since(o.ModTime) < age {
			continue
		}
		if err := b.Delete(ctx, o.Name); err != nil {
			return n, size, fmt.Errorf("delete %s: %w", o.Name, err)
		}
		n++
		size += int64(o.Size)
	}
	return n, size, nil
}

// A HeadBucket is a Heads in a JetStream key-value bucket.
type HeadBucket struct{ heads jetstream.KeyValue }

// Head implements Heads.
func (b HeadBucket) Head(ctx context.Context, archive string) (Head, uint64, error) {
	e, err := b.heads.Get(ctx, headKey(archive))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Head{}, 0, nil
	}
	if err != nil {
		return Head{}, 0, err
	}
	var h Head
	if err := json.Unmarshal(e.Value(), &h); err != nil {
		return Head{}, 0, fmt.Errorf("head of %s: %w", archive, err)
	}
	if h.Layout > layout {
		return Head{}, 0, fmt.Errorf("copy of %s: %w (layout %d; this one knows %d)", archive, ErrNewer, h.Layout, layout)
	}
	return h, e.Revision(), nil
}

// All gives the Head of every copy, by archive.
func (b HeadBucket) All(ctx context.Context) (map[string]Head, error) {
	w, err := b.heads.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	defer w.Stop()
	all := map[string]Head{}
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("read heads: %w", context.Cause(ctx))
		case e, ok := <-w.Updates():
			if !ok {
				return nil, errors.New("read heads: the server hung up")
			}
			if e == nil {
				return all, nil
			}
			var h Head
			if err := json.Unmarshal(e.Value(), &h); err != nil {
				return nil, fmt.Errorf("head %s: %w", e.Key(), err)
			}
			all[h.Archive] = h
		}
	}
}

// SetHead implements Heads.
func (b HeadBucket) SetHead(ctx context.Context, h Head, revision uint64) (uint64, error) {
	value, err := json.Marshal(h)
	if err != nil {
		return 0, err
	}
	if revision == 0 {
		revision, err = b.heads.Create(ctx, headKey(h.Archive), value)
	} else {
		revision, err = b.heads.Update(ctx, headKey(h.Archive), value, revision)
	}
	var api *jetstream.APIError
	if errors.Is(err, jetstream.ErrKeyExists) || errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return 0, fmt.Errorf("%w: %v", ErrStale, err)
	}
	return revision, err
}

// headKey makes an id a key: dots part keys of a bucket.
func headKey(archive string) string { return strings.ReplaceAll(archive, ".", "=") }

// MakeBuckets makes the buckets of a fleet's copies, or brings those there to so many replicas.
func MakeBuckets(ctx context.Context, js jetstream.JetStream, fleet string, replicas int) error {
	if _, err := js.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: fleet + "_archives", Replicas: replicas, Description: "campusnews: copies of archives"}); err != nil {
		return fmt.Errorf("make object store %s_archives: %w", fleet, err)
	}
	if _, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: fleet + "_heads", History: 1, Replicas: replicas, Description: "campusnews: what each copy consists of"}); err != nil {
		return fmt.Errorf("make bucket %s_heads: %w", fleet, err)
	}
	return nil
}

// OpenBuckets opens the buckets of a fleet's copies.
func OpenBuckets(ctx context.Context, js jetstream.JetStream, fleet string) (Bucket, HeadBucket, error) {
	objects, err := js.ObjectStore(ctx, fleet+"_archives")
	if err != nil {
		return Bucket{}, HeadBucket{}, fmt.Errorf("object store %s_archives: %w", fleet, err)
	}
	heads, err := js.KeyValue(ctx, fleet+"_heads")
	if err != nil {
		return Bucket{}, HeadBucket{}, fmt.Errorf("bucket %s_heads: %w", fleet, err)
	}
	return Bucket{objects, js.Conn()}, HeadBucket{heads}, nil
}
