package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Upgrade brings an archive of an older format up to date and gives the two formats; those of one that is up to
// date are equal, and nothing is done. A database that is not what its seal says is left alone: what is
// damaged must not be written over. The error is as Open's, and wraps fs.ErrPermission or EROFS where the folder cannot be written to.
func Upgrade(ctx context.Context, dir string) (from, to int, err error) {
	to = latest(migrations)
	r, err := openReading(ctx, dir)
	if err != nil {
		return 0, 0, err
	}
	_, from, _, err = header(ctx, r.read, dbName)
	if err == nil && from < to {
		var faults []string
		_, err = r.checkSeal(ctx, sealName, func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) })
		if len(faults) > 0 {
			err = errors.Join(err, fmt.Errorf("%s: format %d is not brought up to date, because the file is damaged: %s", dir, from, strings.Join(faults, "; ")))
		}
	}
	if err := errors.Join(err, r.Close()); err != nil || from >= to {
		return from, to, err
	}
	a, err := Open(ctx, dir, Options{})
	if err != nil {
		return from, to, err
	}
	return from, to, a.Close()
}

// Restore makes an archive in the folder to from a backup of this format or an older one, which is only read. It
// is checked as Backup checks, and brought up to date.
func Restore(ctx context.Context, backup, to string) (err error) {
	a, err := openReading(ctx, backup)
	if err != nil {
		return err
	}
	err = checkVersion(ctx, a.read, dbName)
	older := errors.Is(err, ErrOlder)
	if err == nil || older {
		err = a.Backup(ctx, to)
	} else {
		err = fmt.Errorf("open archive %s: %w", backup, err)
	}
	if err := errors.Join(err, a.Close()); err != nil || !older {
		return err
	}
	_, _, err = Upgrade(ctx, to)
	return err
}

// openReading is OpenReader for an archive of any format.
func openReading(ctx context.Context, dir string) (*Archive, error) {
	path, err := databaseIn(dir)
	if err != nil {
		return nil, err
	}
	a := &Archive{dir: dir, now: time.Now, log: slog.New(slog.DiscardHandler)}
	if err := a.openReaders(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open archive %s: %w", dir, notDatabase(path, err)), a.Close())
	}
	return a, nil
}
