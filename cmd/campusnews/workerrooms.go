package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"campusnews/archive"
	"campusnews/archive/replica"
	readingroom "campusnews/archive/web"
)

// Archives that a worker keeps open for questions, at most, and how long after the latest one.
const (
	openMost = 128
	openFor  = 2 * time.Minute
)

// openArchives are those of a worker that were asked something a moment ago. A run may meanwhile put another archive in
// the place of one: that is noticed, and the new one opened.
type openArchives struct {
	dir func(site string) string
	now func() time.Time
	log *slog.Logger
	mon *workerMonitor
	// shelf has evidence that is not here any more. nil = it is not read.
	shelf *replica.Shelf

	mu sync.Mutex
	at map[string]*openArchive
}

type openArchive struct {
	*archive.Archive
	file  os.FileInfo // of archive.db when it was opened
	users int
	last  time.Time
	gone  bool // nobody is to get it any more

	once sync.Once
	room *readingroom.Room
	err  error
}

// take gives a site's archive until done is called.
func (o *openArchives) take(ctx context.Context, site string) (a *openArchive, done func(), err error) {
	if site != filepath.Base(site) || site == "." || site == ".." {
		return nil, nil, fmt.Errorf("site id %q is no name of a folder", site)
	}
	path := filepath.Join(o.dir(site), "archive.db")
	file, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("this worker has no archive of %s", site)
	}
	if err != nil {
		return nil, nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	a = o.at[site]
	if a != nil && !os.SameFile(a.file, file) {
		o.drop(site, a)
		a = nil
	}
	if a == nil {
		read, err := archive.OpenReader(ctx, o.dir(site))
		if err != nil {
			return nil, nil, err
		}
		if o.shelf != nil {
			read.ReadElsewhere(func(ctx context.Context, name string) (io.ReaderAt, int64, error) {
				return o.shelf.Open(ctx, site, name)
			})
		}
		a = &openArchive{Archive: read, file: file}
		if o.at == nil {
			o.at = map[string]*openArchive{}
		}
		o.at[site] = a
	}
	a.users++
	a.last = time.Now()
	o.tidy()
	return a, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		a.users--
		a.last = time.Now()
		if a.gone && a.users == 0 {
			o.close(a)
		}
	}, nil
}

// tidy lets those go that nobody asked for a while, and the oldest when there are too many.
func (o *openArchives) tidy() {
	for {
		oldest := ""
		for site, a := range o.at {
			if a.users > 0 {
				continue
			}
			if time.Since(a.last) > openFor {
				o.drop(site, a)
			} else if oldest == "" || a.last.Before(o.at[oldest].last) {
				oldest = site
			}
		}
		if len(o.at) <= openMost || oldest == "" {
			return
		}
		o.drop(oldest, o.at[oldest])
	}
}

func (o *openArchives) drop(site string, a *openArchive) {
	delete(o.at, site)
	a.gone = true
	if a.users == 0 {
		o.close(a)
	}
}

func (o *openArchives) close(a *openArchive) {
	go func() { // what the room does beside answering may take a moment to end
		if a.room != nil {
			a.room.Close()
		}
		if err := a.Close(); err != nil {
			o.log.Warn("an archive that was open to questions", "err", err)
		}
	}()
}

// open gives the reading room of a site's archive, for fleet.AnswerVisits.
func (o *openArchives) open(ctx context.Context, site string) (http.Handler, func(), error) {
	o.mon.visits.Add(1)
	a, done, err := o.take(ctx, site)
	if err != nil {
		return nil, nil, err
	}
	a.once.Do(func() {
		a.room, a.err = readingroom.New(readingroom.Options{
			Archive: a.Archive, Version: version(), AnyHost: true, Now: o.now, Log: o.log, Base: "/sites/" + url.PathEscape(site),
		})
	})
	if a.err != nil {
		done()
		return nil, nil, a.err
	}
	return a.room, done, nil
}
