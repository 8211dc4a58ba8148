package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"campusnews/archive"
)

// Exit statuses, as the help text states them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPart        = 3
	exitInterrupted = 130
)

// A usageError is a command line that cannot be meant.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errPart says that a command did its work, but not all of it; what is missing was reported already.
var errPart = errors.New("done in part")

// errDiffers ends a command whose result is "no", already reported.
var errDiffers = errors.New("differs")

// A hinted error tells the user what to do.
type hinted struct {
	err  error
	hint string
}

func (e hinted) Error() string { return e.err.Error() }
func (e hinted) Unwrap() error { return e.err }

func hint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// comeBack says how a database that cannot be read any more comes back.
const comeBack = "take it from a backup (campusnews restore), or move archive.db away and make it again from the evidence (campusnews rebuild)"

// comesBack is err of a database in which something cannot be read, with the commands that make it again.
func comesBack(err error, dir string) error {
	db := shellWord(filepath.Join(dir, "archive.db"))
	return hint(err, "this makes archive.db again from the evidence:\n  mv %s %s\n  campusnews rebuild --archive %s\nor take it from a backup: campusnews restore", db, shellWord(filepath.Join(dir, "damaged.db")), shellWord(dir))
}

// shellWord is s as a shell takes it for one word.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// afterwards says of commands that can be interrupted in the middle of something what is there then.
var afterwards = map[string]string{
	"campusnews crawl":       "; what was fetched is stored, and the next run goes on",
	"campusnews reextract":   "; what was read again is stored, and the next run goes on",
	"campusnews duplicates":  "; what was compared is stored, and the next run goes on",
	"campusnews merge":       "; the same command goes on",
	"campusnews import warc": "; what was taken in is stored, and the same command goes on",
	"campusnews backup":      "; an earlier backup is there as it was, and the same command goes on",
	"campusnews export":      "; what -o names is as it was before",
}

// status reports err of a command, by its path ("campusnews search"), on w and turns it into an exit status. It is the one place
// that does.
func status(ctx context.Context, w io.Writer, command string, err error) int {
	var usage usageError
	var h hinted
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errDiffers):
		return exitFailed
	case errors.Is(err, errPart):
		return exitPart
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(w, "campusnews: interrupted"+afterwards[command])
		return exitInterrupted
	}
	fmt.Fprintf(w, "campusnews: %v\n", err)
	switch {
	case errors.As(err, &h):
		fmt.Fprintf(w, "hint: %s\n", h.hint)
	case archive.Full(err):
		fmt.Fprintln(w, "hint: make room on that disk, then run the same command again")
	case errors.Is(err, archive.ErrDamaged), archive.Corrupt(err):
		fmt.Fprintln(w, "hint: "+comeBack)
	case errors.Is(err, archive.ErrNotArchive):
		fmt.Fprintln(w, "hint: if it was an archive once, it is damaged: "+comeBack)
	}
	if errors.As(err, &usage) {
		fmt.Fprintf(w, "hint: %s --help says what it takes\n", command)
		return exitUsage
	}
	return exitFailed
}
