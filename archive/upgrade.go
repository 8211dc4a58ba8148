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
	from, to, err = outdated(ctx, dir)
	if err != nil {
		return from, to, fmt.Errorf("open archive %s: %w", dir, err)
	}
	if from >= to {
		return from, to, nil
	}
	a, err := Open(ctx, dir, Options{})
	if err != nil {
		return from, to, err
	}
	return from, to, a.Close()
}

// ErrDamaged is wrapped by the error of opening an archive of an older format for writing, when its database is not what its seal says.
var ErrDamaged = errors.New("it is damaged, and so is not brought up to date")

// outdated gives the format of an archive and this program's. Of one that is older the seal is checked, for what is damaged must not be
// written over; a database that was never sealed, or whose writer was killed, is taken as it is.
func outdated(ctx context.Context, dir string) (from, to int, err error) {
	to = latest(migrations)
	path, err := databaseIn(dir)
	if err != nil {
		return 0, 0, err
	}
	r, err := openFormat(ctx, dir, path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if _, from, _, err = header(ctx, r.read, path); err != nil || from >= to {
		return from, to, err
	}
	var faults []string
	if _, err := r.checkSeal(ctx, sealName, func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }); err != nil {
		return from, to, err
	}
	if len(faults) > 0 {
		return from, to, fmt.Errorf("of format %d: %w: %s", from, ErrDamaged, strings.Join(faults, "; "))
	}
	return from, to, nil
}

// openReading is OpenReader for an archive of any format.
func openReading(ctx context.Context, dir string) (*Archive, error) {
	path, err := databaseIn(dir)
	if err != nil {
		return nil, err
	}
	a, err := openFormat(ctx, dir, path)
	if err != nil {
		return nil, fmt.Errorf("open archive %s: %w", dir, err)
	}
	return a, nil
}

func openFormat(ctx context.Context, dir, path string) (*Archive, error) {
	a := &Archive{dir: dir, now: time.Now, log: slog.New(slog.DiscardHandler)}
	if err := a.openReaders(ctx, path); err != nil {
		return nil, errors.Join(notDatabase(path, err), a.Close())
	}
	return a, nil
}
