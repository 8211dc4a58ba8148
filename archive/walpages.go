package archive

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
)

// A walPages remembers which pages of archive.db the writer has changed, so that
// closing the archive seals these alone. It reads their numbers from the frames that each
// commit appends to the write-ahead log (sqlite.org/walformat.html), 24 bytes a frame.
//
// It is content with knowing too much: pages of transactions that were taken back count as changed. When it cannot be
// sure to know all, lost is set, and all pages are sealed anew. Who has the writer's turn calls its methods.
type walPages struct {
	path  string
	file  *os.File // nil until there is a log
	salts uint64   // of the log's present generation; SQLite begins it again with others
	seq   uint32   // number of that generation; one that another process began may have the number before
	end   int64    // of the frames that have been read
	dirty []uint64 // a bit a page, page 1 first
	lost  bool
}

const (
	walHead   = 32 // bytes before the first frame
	walFrame  = 24 // bytes before a frame's page
	walStride = walFrame + sealPage
)

// scan notes the pages that have been written since the last scan. It is called after each commit.
func (p *walPages) scan() {
	if !p.lost && p.read() != nil {
		p.lost = true // sealing everything is slow, not wrong
	}
}

func (p *walPages) read() error {
	if p.file == nil {
		f, err := os.Open(p.path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		p.file = f
	}
	var b [walHead]byte
	if _, err := p.file.ReadAt(b[:], 0); err == io.EOF {
		return nil // nothing was ever written
	} else if err != nil {
		return err
	}
	if size := binary.BigEndian.Uint32(b[8:]); size != sealPage {
		return errors.New("pages of another size than the seal's")
	}
	seq, salts := binary.BigEndian.Uint32(b[12:]), binary.BigEndian.Uint64(b[16:])
	if salts != p.salts {
		if p.salts != 0 && seq-p.seq > 1 {
			return errors.New("a generation of the log was not seen")
		}
		p.seq, p.salts, p.end = seq, salts, walHead
	}
	for at := p.end; ; at += walStride {
		if _, err := p.file.ReadAt(b[:walFrame], at); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if binary.BigEndian.Uint64(b[8:]) != p.salts {
			return nil // of an earlier generation
		}
		p.add(binary.BigEndian.Uint32(b[:]))
		if binary.BigEndian.Uint32(b[4:]) != 0 { // the last frame of a commit
			p.end = at + walStride
		}
	}
}

func (p *walPages) add(page uint32) {
	i := int(page-1) / 64
	if i >= len(p.dirty) {
		p.dirty = append(p.dirty, make([]uint64, i+1-len(p.dirty)+1024)...)
	}
	p.dirty[i] |= 1 << ((page - 1) % 64)
}

// has says whether a page, 0 being the first, was changed.
func (p *walPages) has(page int) bool {
	i := page / 64
	return i < len(p.dirty) && p.dirty[i]&(1<<(page%64)) != 0
}

func (p *walPages) close() error {
	if p.file == nil {
		return nil
	}
	return p.file.Close()
}
