package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// An impatient context ends when it has been looked at so many times.
type impatient struct {
	context.Context
	stop     func()
	patience atomic.Int64
}

func (c *impatient) Err() error {
	if c.patience.Add(-1) == 0 {
		c.stop()
	}
	return c.Context.Err()
}

// TestImportInterrupted: what was taken in before an import was interrupted counts in its run, and the same command takes the rest.
func TestImportInterrupted(t *testing.T) {
	dir := t.TempDir()
	whole, other := filepath.Join(dir, "whole"), filepath.Join(dir, "other")
	runCommand(t, 0, "crawl", "csu", "--replay", "../../testdata/csu", "--fast", "--quiet", "--archive", whole)
	args := []string{"import", "warc", filepath.Join(whole, "warc", "campusnews-00001.warc.gz"), "--site", "csu", "--archive", other}

	ctx := &impatient{}
	ctx.Context, ctx.stop = context.WithCancel(t.Context())
	defer ctx.stop()
	ctx.patience.Store(300) // looks: some for each record
	var errs bytes.Buffer
	env := Env{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &errs, Getenv: func(string) string { return "" }, Now: time.Now}
	if got := Main(ctx, args, env); got != exitInterrupted || !strings.Contains(errs.String(), "what was taken in is stored, and the same command goes on") {
		t.Fatalf("got status %d, want %d\n%s", got, exitInterrupted, &errs)
	}
	const counts = `SELECT status || ' ' || new FROM crawls ORDER BY id`
	db := openReadOnly(t, other)
	kept := texts(t, db, `SELECT count(*) FROM articles`)[0]
	runs := texts(t, db, counts)
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if kept == "0" || kept == "50" || runs[0] != "interrupted "+kept {
		t.Errorf("got run %q with %s articles kept, want them counted", runs, kept)
	}
	runCommand(t, 0, args...)
	db = openReadOnly(t, other)
	defer db.Close()
	if got := texts(t, db, `SELECT count(*) FROM articles`)[0]; got != "50" {
		t.Errorf("after the second time: got %s articles, want 50", got)
	}
}
