package archive

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"campusnews/archive/warc"
)

// A recordRow is what a capture's row says of its record.
type recordRow struct {
	id, offset, length int64
	end                int64 // of all that was stored for it
	url                string
	started            sql.NullString
	digest, record     string
	profile            string
}

// recordRows are the captures of a file in the order of their records.
func (a *Archive) recordRows(ctx context.Context, file string) (list []recordRow, err error) {
	err = a.eachRow(ctx, func(rows *sql.Rows) error {
		var r recordRow
		if err := rows.Scan(&r.id, &r.offset, &r.length, &r.end, &r.url, &r.started, &r.digest, &r.record, &r.profile); err != nil {
			return err
		}
		list = append(list, r)
		return nil
	}, `SELECT id, offset, coalesce(length, 0), offset + coalesce(packed_length, length, 0), url, started, coalesce(payload_digest, ''), coalesce(record, ''), coalesce(profile, '')
		FROM captures WHERE file = ? ORDER BY offset`, file)
	return list, err
}

// A recordCheck goes through the records of a file beside the rows that name them.
type recordCheck struct {
	file    string
	rows    []recordRow // those whose record has not come yet
	say     func(string, ...any)
	orphans int
	last    *recordRow // the row of the record before
}

// see compares a record with its row.
func (c *recordCheck) see(rec *warc.Record) {
	c.skip(rec.Offset)
	c.ended(rec.Offset)
	if len(c.rows) == 0 || c.rows[0].offset != rec.Offset {
		switch kind := rec.Type(); {
		case kind == "response", kind == "revisit", kind == "request" && rec.Header.Get("WARC-Concurrent-To") == "":
			c.orphans++
		}
		return
	}
	row := c.rows[0]
	c.rows, c.last = c.rows[1:], &row
	for _, differ := range row.differences(rec) {
		c.say("%s/%s at %d: capture %d: %s", warcName, c.file, row.offset, row.id, differ)
	}
}

// ended compares the length of the record before, which ends where another begins, or the file does.
func (c *recordCheck) ended(at int64) {
	if c.last != nil && c.last.offset+c.last.length != at {
		c.say("%s/%s at %d: capture %d: its row has length %d, the record %d", warcName, c.file, c.last.offset, c.last.id, c.last.length, at-c.last.offset)
	}
	c.last = nil
}

// differences says in what a record is not the one that the row is about.
func (r recordRow) differences(rec *warc.Record) (list []string) {
	note := func(what, row, record string) {
		if row != record {
			list = append(list, fmt.Sprintf("its row has %s %q, the record %q", what, row, record))
		}
	}
	note("address", warc.TargetURI(r.url), rec.URL())
	note("record id", r.record, uuidOf(rec.ID()))
	note("time", r.started.String, rec.Date().Format(timeFormat))
	if rec.Type() != "request" {
		note("payload digest", r.digest, rec.Header.Get("WARC-Payload-Digest"))
	}
	note("revisit profile", r.profile, profileOf(rec))
	return list
}

// uuidOf takes the frame off a record's id.
func uuidOf(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(id, "<urn:uuid:"), ">")
}

// profileOf is a revisit record's profile as table captures has it.
func profileOf(rec *warc.Record) string {
	switch rec.Header.Get("WARC-Profile") {
	case warc.ProfileIdentical:
		return "identical-payload-digest"
	case warc.ProfileNotModified:
		return "server-not-modified"
	}
	return ""
}

// skip reports the rows whose record should have come before offset.
func (c *recordCheck) skip(offset int64) {
	for len(c.rows) > 0 && c.rows[0].offset < offset {
		c.say("%s/%s at %d: capture %d: no whole record begins there", warcName, c.file, c.rows[0].offset, c.rows[0].id)
		c.rows = c.rows[1:]
	}
}
