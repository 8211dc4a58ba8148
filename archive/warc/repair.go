package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
)

// tailWindow is how much of a file's end is looked at first. A crash cuts what
// was not yet synced, which is far less.
const tailWindow = 8 << 20

// memberStart is how each of our gzip members begins: magic, deflate, no flags, no time.
var memberStart = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0}

// RepairTail cuts a gzip WARC file back to the end of its last whole record and
// says what it cut; Cut is 0 when the file ended well. The bytes cut off are put
// beside it first: a crash leaves nothing of worth there, but a bad disk may have
// damaged a last record that was whole once. It looks at the end only:
// damage further up is for Verify to find and is never cut away. A file in
// which no whole record can be found is left alone unless it is shorter than the
// window, in which case nothing of it was ever acknowledged.
func RepairTail(path string) (r Repair, err error) {
	r.File = filepath.Base(path)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := f.Stat()
	if err != nil {
		return r, err
	}
	size := st.Size()
	end := int64(-1)
	for window := int64(tailWindow); end < 0; window *= 8 {
		from := max(0, size-window)
		if end, err = lastWhole(f, from, size); err != nil {
			return r, err
		}
		if from == 0 {
			break
		}
	}
	switch {
	case end < 0 && size > tailWindow:
		return r, fmt.Errorf("no whole record in %s", r.File)
	case end < 0:
		end = 0
	}
	r.Size, r.Cut = end, size-end
	if r.Cut == 0 {
		return r, nil
	}
	r.Kept = fmt.Sprintf("%s.cut-%d", r.File, end)
	if err := keepTail(filepath.Join(filepath.Dir(path), r.Kept), f, end, size); err != nil {
		return Repair{}, fmt.Errorf("put %d bytes aside: %w", r.Cut, err)
	}
	if err := f.Truncate(end); err != nil {
		return r, err
	}
	return r, f.Sync()
}

// keepTail copies what is about to be cut off.
func keepTail(path string, f io.ReaderAt, from, to int64) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.NewSectionReader(f, from, to-from))
	return errors.Join(err, out.Sync(), out.Close())
}

// lastWhole gives the end of the last whole record at or after from, -1 if there is none. Damage with whole
// records behind it is stepped over: those records were acknowledged.
func lastWhole(f io.ReaderAt, from, size int64) (int64, error) {
	end := int64(-1)
	m := newMemberReader(f, size)
	for at := from; at < size; {
		n, ok, err := m.whole(at)
		if err != nil {
			return -1, err
		}
		if ok {
			at += n
			end = at
			continue
		}
		if at, err = findMember(f, at+1, size); err != nil || at < 0 {
			return end, err
		}
	}
	return end, nil
}

// findMember gives the offset of the next thing that looks like the start of a member, -1 if none.
func findMember(f io.ReaderAt, from, size int64) (int64, error) {
	buf := make([]byte, 256<<10)
	for at := from; at < size; {
		n, err := f.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		if err != nil && err != io.EOF {
			return -1, err
		}
		if i := bytes.Index(buf[:n], memberStart); i >= 0 {
			return at + int64(i), nil
		}
		if n < len(memberStart) {
			break
		}
		at += int64(n - len(memberStart) + 1)
	}
	return -1, nil
}

// A memberReader reads the gzip members of a file, mostly one behind the other. Its buffers serve all of them: there are thousands in a
// window, and with buffers for each they took four fifths of the time that it takes to open an archive.
type memberReader struct {
	f    io.ReaderAt
	size int64
	src  *diskReader
	in   *bufio.Reader
	gz   gzip.Reader
	next int64 // offset of what in gives next; -1 = not known
}

func newMemberReader(f io.ReaderAt, size int64) *memberReader {
	return &memberReader{f: f, size: size, in: bufio.NewReaderSize(nil, 64<<10), next: -1}
}

// whole says whether a whole gzip member with a record in it starts at
// offset, and its length. The error is of the disk alone.
func (m *memberReader) whole(offset int64) (length int64, ok bool, err error) {
	if offset != m.next {
		m.src = &diskReader{r: io.NewSectionReader(m.f, offset, m.size-offset), n: offset}
		m.in.Reset(m.src)
	}
	m.next = -1
	if err := m.gz.Reset(m.in); err != nil {
		return 0, false, m.src.err
	}
	m.gz.Multistream(false)
	var first [7]byte
	if _, err := io.ReadFull(&m.gz, first[:]); err != nil || string(first[:]) != "WARC/1." {
		return 0, false, m.src.err
	}
	if _, err := io.Copy(io.Discard, &m.gz); err != nil {
		return 0, false, m.src.err
	}
	m.next = m.src.n - int64(m.in.Buffered())
	return m.next - offset, true, nil
}

// A diskReader counts and keeps the disk's errors apart from those of the data.
type diskReader struct {
	r   io.Reader
	n   int64 // goes up with each byte read
	err error
}

func (d *diskReader) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	d.n += int64(n)
	if err != nil && err != io.EOF {
		d.err = err
	}
	return n, err
}
