package warc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// DefaultMaxBytes is the size at which a file is closed and the next begun, 1
// GiB as the standard's annex on file size and naming recommends.
const DefaultMaxBytes = 1 << 30

// defaultLevel is the same for all payloads. 591 saved campus pages of 21.5 KB took 4,659 bytes and 0.165 ms of processor time each at level
// 6, 4,695 and 0.144 at 5, 5,023 and 0.113 at 3, 5,220 and 0.092 at 1; packed already, 0.005 ms at 6 and 0.002 at 1 (November
// 2026): the encoder sees by itself that nothing is to be gained, so kinds of payload need not be told apart.
const defaultLevel = 6

// Options say how a Writer names, fills and describes its files. Name is
// required; zero elsewhere means the default.
type Options struct {
	Name     string // files are called NAME-00001.warc.gz and on; letters, digits, ".", "_" and "-"
	MaxBytes int64  // a file at or over this size is not added to; 0 = DefaultMaxBytes
	Level    int    // gzip level 1 to 9; 0 = 6, see defaultLevel
	Info     Info   // who writes, told in each file's warcinfo record
	Now      func() time.Time
}

// Info describes the writer in a file's warcinfo record. Empty fields are left out.
type Info struct {
	Software    string // "campusnews/1.0"
	Operator    string // name and contact of who runs the crawl
	Hostname    string
	UserAgent   string // http-header-user-agent
	Robots      string // robots policy, "obeyed (RFC 9309)"
	Description string
}

// A Writer appends records to the newest of a folder's files of one name. Its
// methods may be called from several goroutines; records are compressed side by
// side, one a processor, and appended whole, one exchange at a time. One process may have one Writer of a name.
type Writer struct {
	dir  string
	opts Options

	mu     sync.Mutex
	file   *os.File // nil until the first record after opening, rotation or a failure
	name   string   // of the newest file; "" when there is none yet
	infoID string   // of the warcinfo record that describes what this Writer adds to the file
	good   int64    // end of the last whole record
	serial int
	broken error // set when a failed write could not be undone
	closed bool

	repair *Repair

	packing chan struct{} // holds a token for each caller that compresses
}

// A Repair says that the newest file ended in the middle of a record when it was opened.
type Repair struct {
	File string // name within the folder
	Cut  int64  // bytes taken off, all of them after the last whole record
	Size int64  // bytes left in the file
	Kept string // file within the folder that has the bytes taken off; "" when none were
}

// errClosed is returned by writes after Close.
var errClosed = errors.New("warc writer is closed")

// Open prepares to append to the files of that name in dir, which is made if
// missing. If a crash left the newest file with a cut last record, the file is
// cut back to its last whole record; Repaired says so. A file is made only when the first record comes.
func Open(dir string, opts Options) (*Writer, error) {
	if opts.Name == "" || strings.Trim(opts.Name, nameChars) != "" || strings.HasPrefix(opts.Name, ".") {
		return nil, fmt.Errorf("warc file name %q: want letters, digits, '.', '_' and '-'", opts.Name)
	}
	if opts.MaxBytes <= 0 {
		opts.MaxBytes = DefaultMaxBytes
	}
	if opts.Level == 0 {
		opts.Level = defaultLevel
	}
	if opts.Level < 1 || opts.Level > 9 {
		return nil, fmt.Errorf("gzip level %d: want 1 to 9", opts.Level)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("warc folder: %w", err)
	}
	w := &Writer{dir: dir, opts: opts, packing: make(chan struct{}, runtime.GOMAXPROCS(0))}
	if err := w.findNewest(); err != nil {
		return nil, err
	}
	if w.name == "" {
		return w, nil
	}
	r, err := RepairTail(filepath.Join(dir, w.name))
	if err != nil {
		return nil, fmt.Errorf("check the end of %s: %w", w.name, err)
	}
	if r.Cut > 0 {
		w.repair = &r
	}
	return w, nil
}

const nameChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

// Repaired says what Open had to cut off, nil if nothing.
func (w *Writer) Repaired() *Repair { return w.repair }

func (w *Writer) findNewest() error {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return fmt.Errorf("warc folder: %w", err)
	}
	for _, e := range entries {
		name, away := strings.CutSuffix(e.Name(), awaySuffix) // its number is taken all the same
		if n, ok := w.serialOf(name); ok && n > w.serial && e.Type().IsRegular() {
			w.serial, w.name = n, e.Name()
			if away {
				w.name = ""
			}
		}
	}
	return nil
}

// serialOf gives the number of a file of the writer's name.
func (w *Writer) serialOf(name string) (n int, ok bool) {
	rest, ours := strings.CutPrefix(name, w.opts.Name+"-")
	digits, isWARC := strings.CutSuffix(rest, ".warc.gz")
	if !ours || !isWARC || len(digits) < 5 {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n > 0
}

// Known tells the writer, before its first record, that records are known to stand in a file of its name up to a byte. Where the file is
// shorter, or not there at all, a disk has lost them: then nothing is added to that file or to one of its name, so that no new record comes to
// stand where a lost one was, and Known gives how many bytes are missing. Files of other names, and those that are away, are not its business.
func (w *Writer) Known(file string, end int64) (missing int64, err error) {
	serial, ok := w.serialOf(file)
	path := filepath.Join(w.dir, file)
	if _, away := IsAway(path); !ok || away {
		return 0, nil
	}
	var size int64
	if info, err := os.Stat(path); err == nil {
		size = info.Size()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if size >= end {
		return 0, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if serial >= w.serial {
		w.serial, w.name = serial, "" // ready makes the next
	}
	return end - size, nil
}

// current gives the warcinfo id that new records refer to, opening, making or rotating the file as needed.
func (w *Writer) current() (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ready(); err != nil {
		return "", err
	}
	return w.infoID, nil
}

// ready makes sure there is an open file with room and with this Writer's warcinfo in it. The lock is held.
func (w *Writer) ready() error {
	switch {
	case w.closed:
		return errClosed
	case w.broken != nil:
		return w.broken
	case w.file != nil && w.good < w.opts.MaxBytes:
		return nil
	}
	if w.file != nil {
		if err := w.finishFile(); err != nil {
			return err
		}
	} else if w.name != "" {
		f, err := os.OpenFile(filepath.Join(w.dir, w.name), os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		size, err := f.Seek(0, 2)
		if err != nil {
			return errors.Join(err, f.Close())
		}
		if size < w.opts.MaxBytes {
			return w.begin(f, size)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	name := fmt.Sprintf("%s-%05d.warc.gz", w.opts.Name, w.serial+1)
	f, err := os.OpenFile(filepath.Join(w.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	w.serial, w.name = w.serial+1, name
	if err := syncDir(w.dir); err != nil {
		return errors.Join(err, f.Close())
	}
	return w.begin(f, 0)
}

// begin takes f as the file to append to from size on and writes the warcinfo record.
func (w *Writer) begin(f *os.File, size int64) error {
	w.file, w.good = f, size
	r := w.warcinfo()
	buf, err := w.render(r)
	if err != nil {
		return err
	}
	defer buf.free()
	if err := w.append(buf); err != nil {
		w.file = nil // the next write tries again from the start
		return errors.Join(err, f.Close())
	}
	w.infoID = r.id
	return nil
}

func (w *Writer) warcinfo() *record {
	var b strings.Builder
	for _, f := range []Field{
		{"software", w.opts.Info.Software},
		{"format", "WARC File Format 1.1"},
		{"conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"},
		{"operator", w.opts.Info.Operator},
		{"hostname", w.opts.Info.Hostname},
		{"http-header-user-agent", w.opts.Info.UserAgent},
		{"robots", w.opts.Info.Robots},
		{"description", w.opts.Info.Description},
	} {
		if f.Value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", f.Name, fieldText(f.Value))
		}
	}
	r := newRecord("warcinfo", w.opts.Now(), []byte(b.String()))
	r.fields.add("WARC-Filename", w.name)
	r.fields.add("Content-Type", "application/warc-fields")
	return r
}

// append writes the rendered records after the last whole one. When that fails
// the file is cut back, so that it holds whole records only. The lock is held.
func (w *Writer) append(buf *rendered) error {
	_, err := w.file.WriteAt(buf.Bytes(), w.good)
	if err == nil {
		w.good += int64(buf.Len())
		return nil
	}
	err = fmt.Errorf("write %s at %d: %w", w.name, w.good, err)
	if cut := w.file.Truncate(w.good); cut != nil {
		w.broken = errors.Join(err, fmt.Errorf("and the file could not be cut back: %w", cut))
		return w.broken
	}
	return err
}

// Sync returns when everything written so far is on disk. Others may write meanwhile.
func (w *Writer) Sync() error {
	w.mu.Lock()
	f, err := w.file, w.broken
	w.mu.Unlock()
	if f == nil {
		return err
	}
	synced := syncData(f)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.broken != nil:
		return w.broken
	case w.file != f: // it was finished meanwhile, and is on disk
		return nil
	case synced != nil:
		// After a failed fsync the kernel may have dropped the pages; nothing written since the last
		// good one can be vouched for, and a second fsync would claim success.
		w.broken = fmt.Errorf("sync %s: %w", w.name, synced)
		return w.broken
	}
	return nil
}

// Rotate closes the current file, so that the next record begins a new one.
func (w *Writer) Rotate() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	if w.file != nil {
		if err := w.finishFile(); err != nil {
			return err
		}
	}
	w.name = "" // ready makes the next serial
	return w.broken
}

func (w *Writer) finishFile() error {
	err := errors.Join(w.file.Sync(), w.file.Close())
	w.file = nil
	if err != nil {
		w.broken = fmt.Errorf("finish %s: %w", w.name, err)
	}
	return w.broken
}

// Close syncs and closes the file. A second Close does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	if w.file == nil {
		return nil
	}
	return w.finishFile()
}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) {
		err = nil // some file systems cannot sync a folder
	}
	return errors.Join(err, d.Close())
}
