package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNotEmpty says that a folder in which an archive is to be made has something in it.
var ErrNotEmpty = errors.New("it is there already and not empty")

// Restore makes an archive in the folder to from a backup of this format or an older one, which is only read. It
// is checked as Backup checks, and brought up to date. The folder must be empty, else the error wraps ErrNotEmpty; one in which Restore was
// killed is gone on with. When it fails it leaves nothing there.
func Restore(ctx context.Context, backup, to string) (err error) {
	if err := emptyOrBegun(to); err != nil {
		return fmt.Errorf("restore %s to %s: %w", backup, to, err)
	}
	a, err := openReading(ctx, backup)
	if err != nil {
		return err
	}
	err = checkVersion(ctx, a.read, dbName)
	older := errors.Is(err, ErrOlder)
	if err == nil || older {
		if err = a.outside(to); err == nil {
			err = a.backUp(ctx, to)
		}
	}
	err = errors.Join(err, a.Close())
	if err == nil && older {
		_, _, err = Upgrade(ctx, to)
	}
	if err != nil {
		return fmt.Errorf("restore %s to %s: %w", backup, to, errors.Join(err, clearFolder(to)))
	}
	return nil
}

// emptyOrBegun says that a folder is not there, is empty, or has only what Restore leaves when it is killed.
func emptyOrBegun(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	begun := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == unfinishedName })
	for _, e := range entries {
		if !begun || e.Name() != warcName && !strings.HasPrefix(e.Name(), unfinishedName) {
			return ErrNotEmpty
		}
	}
	return nil
}

// clearFolder removes all that is in a folder.
func clearFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, e := range entries {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return errors.Join(errs...)
}
