package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrLocked says that another process writes to the archive.
var ErrLocked = errors.New("archive is in use")

// A LockedError is the ErrLocked that says by whom.
type LockedError struct {
	Path   string // the lock file
	Holder string // "process 4711 on host since 2026-11-23T09:30:00Z: campusnews crawl csu"; "" = not told
}

func (e *LockedError) Error() string {
	if e.Holder == "" {
		return ErrLocked.Error() + " by another process (" + e.Path + ")"
	}
	return ErrLocked.Error() + " by " + e.Holder
}

// Is makes errors.Is(err, ErrLocked) true.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// A lock is held by an open file, so that it ends with the process however that ends.
// The file itself stays: removing it would let two processes lock two files of one name.
type lock struct{ file *os.File }

// Lock locks a file as archives are, for a folder that holds several of them, until release is called or the process ends. The error is a
// *LockedError while another process has it.
func Lock(path string, now time.Time) (release func() error, err error) {
	l, err := acquire(path, now)
	if err != nil {
		return nil, err
	}
	return l.release, nil
}

func acquire(path string, now time.Time) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		holder := make([]byte, 1024)
		n, _ := f.ReadAt(holder, 0) // only for the message
		cerr := f.Close()
		if errors.Is(err, errHeld) {
			return nil, &LockedError{Path: path, Holder: strings.TrimSpace(string(holder[:n]))}
		}
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), cerr)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this host"
	}
	args := strings.Join(os.Args, " ")
	if len(args) > 200 {
		args = strings.ToValidUTF8(args[:200], "") + "…"
	}
	who := fmt.Sprintf("process %d on %s since %s: %s\n", os.Getpid(), host, now.UTC().Format(time.RFC3339), args)
	if err := errors.Join(f.Truncate(0), write0(f, who)); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return &lock{f}, nil
}

// Holder says who writes to the archive, as its lock file has it: "process 4711 on host since 2026-11-23T09:30:00Z: campusnews crawl csu".
// "" = nobody. One that was killed stands there until the next one comes.
func (a *Archive) Holder() string {
	text, err := os.ReadFile(filepath.Join(a.dir, lockName))
	if err != nil || len(text) > 1024 {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func write0(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}

func (l *lock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close()) // closing ends the lock
}

// errHeld is what lockFile returns when another process holds the lock.
var errHeld = errors.New("held")
