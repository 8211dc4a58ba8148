package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"campusnews/archive"
)

// openReader opens an archive for reading, and says what to do when there is none. One of an older
// format is brought up to date first, which is said: a new program reads the archives of twenty years.
func openReader(ctx context.Context, env Env, dir string) (*archive.Archive, error) {
	a, err := archive.OpenReader(ctx, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, noArchive(dir)
	case !errors.Is(err, archive.ErrOlder):
		return a, err
	}
	from, to, err := archive.Upgrade(ctx, dir)
	switch {
	case errors.Is(err, archive.ErrLocked):
		return nil, hint(err, "an older campusnews is at work on it: let it finish, then come again")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return nil, hint(fmt.Errorf("%s is of format %d and must be brought up to date (%d), but cannot be written to: %w", dir, from, to, err),
			"campusnews restore %s --archive COPY makes a copy that is up to date, and leaves it as it is", dir)
	case err != nil:
		return nil, err
	}
	fmt.Fprintf(env.Stderr, "%s was of format %d and is now of format %d: older programs cannot read it any more\n", dir, from, to)
	return archive.OpenReader(ctx, dir)
}

// upToDate says whether an archive is there and can be read, and brings it up to date.
func upToDate(ctx context.Context, env Env, dir string) error {
	a, err := openReader(ctx, env, dir)
	if err != nil {
		return err
	}
	return a.Close()
}

// openWriter opens an archive that is there for writing.
func openWriter(ctx context.Context, g *global, dir string) (*archive.Archive, error) {
	if err := upToDate(ctx, g.env, dir); err != nil { // Open would make one
		return nil, err
	}
	a, err := archive.Open(ctx, dir, archive.Options{Log: g.log(), Now: g.env.Now})
	if errors.Is(err, archive.ErrLocked) {
		return nil, hint(err, "one process at a time writes to an archive; wait for the other, or look with --dry-run")
	}
	return a, err
}

func noArchive(dir string) error {
	return hint(fmt.Errorf("there is no archive in %s", dir), "campusnews crawl makes one; --archive names another folder")
}

// locked tells the user what to do about an archive that another process writes to.
func locked(err error) error {
	if errors.Is(err, archive.ErrLocked) {
		return hint(err, "one process at a time writes to an archive; wait for the other, or name another folder with --archive")
	}
	if archive.Busy(err) {
		return hint(err, "another program, as a database browser, has archive.db in the middle of a change: let it finish or close it, then run the same command again")
	}
	return err
}

// roomless tells the user what to do when a command that writes to the archive in dir has filled its disk.
func roomless(err error, dir string) error {
	if archive.Full(err) {
		return hint(fmt.Errorf("no room for %s: %w", dir, err),
			"make room on its disk and run the same command again: what was stored is kept, and it goes on from there")
	}
	return err
}
