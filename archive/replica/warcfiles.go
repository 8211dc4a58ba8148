package replica

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Sizes of what a WARC file is sent in.
const (
	maxPiece  = 8 << 20 // bytes
	maxPieces = 16      // of one tier, before they are sent again as one of the next
)

// tiers are the lengths below which pieces are of a tier, bytes. Each byte is sent again at most once for each.
var tiers = []int64{64 << 10, 1 << 20, maxPiece / 2}

// short gives from which piece on a file is to be sent again as one: where the last maxPieces are all of a tier or a lower one.
func short(pieces []Piece) int {
	from := len(pieces)
	for _, below := range tiers {
		first := len(pieces)
		for first > 0 && pieces[first-1].Size < below {
			first--
		}
		inTier := 0
		for _, p := range pieces[first:] {
			if below == tiers[0] || p.Size >= below/16 {
				inTier++
			}
		}
		if inTier >= maxPieces {
			from = first
		}
	}
	return from
}

// sendWARC sends what has been added to the WARC files.
func (c *Copier) sendWARC(ctx context.Context) ([]File, error) {
	entries, err := os.ReadDir(filepath.Join(c.dir, warcName))
	if err != nil {
		return nil, err
	}
	files := []File{}
	for _, e := range entries { // in the order of their names
		if !e.Type().IsRegular() || !isWARC(e.Name()) {
			continue
		}
		f := File{Name: e.Name()}
		if i := slices.IndexFunc(c.head.WARC, func(g File) bool { return g.Name == f.Name }); i >= 0 {
			f.Pieces = slices.Clone(c.head.WARC[i].Pieces)
		}
		was, err := c.sendFile(ctx, &f)
		if err != nil {
			return nil, fmt.Errorf("copy %s: %w", filepath.Join(c.dir, warcName, f.Name), err)
		}
		files = append(append(files, f), was...)
	}
	// What was put away, or lost, stays in the copy: a WARC file never goes from there because it is here no more.
	for _, f := range c.head.WARC {
		if !slices.ContainsFunc(files, func(g File) bool { return g.Name == f.Name }) {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// sendFile sends what has been added to a file. Of one that has become shorter it gives the copy as it was, under a name of its own: what was
// sent is never taken back. After a crash that is a last record that nobody was promised; after a disk's failure it is all there is.
func (c *Copier) sendFile(ctx context.Context, f *File) (was []File, err error) {
	file, err := os.Open(filepath.Join(c.dir, warcName, f.Name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(f.Pieces, func(p Piece) bool { return c.keeper.suspects(p.Object) }); i >= 0 {
		for _, p := range f.Pieces[i:] {
			c.throwAway(p.Object)
		}
		f.Pieces = f.Pieces[:i]
	}
	at := f.Size()
	if info.Size() < at {
		old := File{Name: fmt.Sprintf("%s.cut-%d.%d", f.Name, info.Size(), c.run.Fence), Pieces: slices.Clone(f.Pieces)}
		c.pin(old)
		was = append(was, old)
		c.keeper.log().Warn("a WARC file is shorter than its copy, which is kept beside", "site", c.run.Archive, "file", f.Name, "size", info.Size(), "copied", at, "as", old.Name)
		for len(f.Pieces) > 0 && at > info.Size() {
			at -= f.Pieces[len(f.Pieces)-1].Size
			f.Pieces = f.Pieces[:len(f.Pieces)-1]
		}
	}
	if info.Size() == at {
		return was, nil
	}
	// Many short pieces become one with what is new.
	if first := short(f.Pieces); first < len(f.Pieces) {
		for _, p := range f.Pieces[first:] {
			at -= p.Size
			c.throwAway(p.Object)
		}
		f.Pieces = f.Pieces[:first]
	}
	for at < info.Size() {
		if err := c.run.Check(); err != nil {
			return was, err
		}
		n := min(maxPiece, info.Size()-at)
		p := Piece{Object: fmt.Sprintf("%s/warc/%s/%d-%d.%d", c.run.Archive, f.Name, at, at+n, c.run.Fence), Size: n}
		m := newMeter(io.NewSectionReader(file, at, n))
		if err := c.keeper.Store.Put(ctx, p.Object, m); err != nil {
			return was, err
		}
		if m.n != n {
			return was, fmt.Errorf("%d bytes at %d, want %d: %w", m.n, at, n, io.ErrUnexpectedEOF)
		}
		p.SHA256 = m.sum()
		c.sent += n
		at += n
		f.Pieces = append(f.Pieces, p)
		c.keep(p.Object)
		c.keeper.suspects(p.Object, false)
	}
	return was, nil
}

// pin keeps the objects of a file that is no WARC file of the archive any more.
func (c *Copier) pin(f File) {
	for _, p := range f.Pieces {
		c.pinned[p.Object] = true
	}
}

func (c *Copier) throwAway(object string) {
	if c.pinned[object] {
		return
	}
	c.client.mu.Lock()
	defer c.client.mu.Unlock()
	c.client.garbage = append(c.client.garbage, object)
}

// keep takes an object that has been written again off the garbage.
func (c *Copier) keep(object string) {
	c.client.mu.Lock()
	defer c.client.mu.Unlock()
	c.client.garbage = slices.DeleteFunc(c.client.garbage, func(g string) bool { return g == object })
}
