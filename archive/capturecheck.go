package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"path/filepath"

	"campusnews/archive/warc"
)

// A CaptureCheck says what a look at the stored bytes of one capture found.
type CaptureCheck struct {
	Capture Capture // whose bytes were looked at: the one asked for, or the one that holds its bytes
	Bytes   int64   // read
	Digests int     // compared: of the stored bytes, of the record's block and payload
	Faults  []string
}

// CheckCapture reads what was stored for a capture again and compares every digest that was taken of it. A capture that
// repeats an earlier one is answered for by the earlier one's bytes. The error may be ErrNotFound; damage is no error but a fault.
func (a *Archive) CheckCapture(ctx context.Context, id int64) (check CaptureCheck, err error) {
	c, err := a.Capture(ctx, id)
	if err == nil && c.SameAs != 0 {
		c, err = a.Capture(ctx, c.SameAs)
	}
	if err != nil {
		return CaptureCheck{}, err
	}
	check.Capture = c
	fault := func(format string, args ...any) { check.Faults = append(check.Faults, fmt.Sprintf(format, args...)) }
	if c.File == "" {
		fault("nothing was stored for it")
		return check, nil
	}
	var span warc.Span
	err = a.read.QueryRowContext(ctx, `SELECT offset, coalesce(packed_length, length, 0), coalesce(packed_digest, '') FROM captures WHERE id = ?`, c.ID).Scan(&span.Offset, &span.Length, &span.Sum)
	if err != nil {
		return CaptureCheck{}, fmt.Errorf("capture %d: %w", c.ID, err)
	}
	f, err := warc.OpenHere(filepath.Join(a.WARCDir(), filepath.Base(c.File)))
	if errors.Is(err, warc.ErrAway) {
		return CaptureCheck{}, err
	}
	if err != nil {
		fault("%s/%s cannot be opened: %v", warcName, c.File, err)
		return check, nil
	}
	defer f.Close() // only read
	file := readerAt{ctx, f}
	if span.Sum != "" {
		if err := warc.VerifySpan(file, span); err != nil {
			fault("%v", err)
		} else {
			check.Digests++
		}
	}
	row := recordRow{url: c.URL, digest: c.PayloadDigest, record: c.RecordID, profile: c.Profile}
	row.started.String = c.Started.Format(timeFormat)
	seen := false
	summary, err := warc.NewReader(io.NewSectionReader(file, span.Offset, span.Length), span.Length).VerifyEach(
		func(p warc.Problem) { fault("%s", p) },
		func(rec *warc.Record) {
			if !seen {
				check.Faults = append(check.Faults, row.differences(rec)...)
			}
			seen = true
		})
	if err != nil {
		return CaptureCheck{}, fmt.Errorf("check capture %d: %w", c.ID, err)
	}
	if !seen {
		fault("no record begins where its row says")
	}
	check.Bytes, check.Digests = span.Length, check.Digests+summary.Digests
	return check, ctx.Err()
}

// RandomCaptures draws captures that have stored bytes of their own, at most n, each at most once.
func (a *Archive) RandomCaptures(ctx context.Context, n int) ([]Capture, error) {
	var last int64
	if err := a.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM captures`).Scan(&last); err != nil {
		return nil, fmt.Errorf("draw captures: %w", err)
	}
	drawn := map[int64]bool{}
	var list []Capture
	for try := 0; try < 4*n && len(list) < n && last > 0; try++ {
		some, err := a.captures(ctx, `SELECT `+captureColumns+` FROM captures WHERE id >= ? AND file IS NOT NULL AND same_as IS NULL ORDER BY id LIMIT 1`, 1+rand.Int64N(last))
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			if !drawn[c.ID] {
				drawn[c.ID] = true
				list = append(list, c)
			}
		}
	}
	return list, nil
}
