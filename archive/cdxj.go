package archive

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"campusnews/archive/warc"
)

// cdxStamp is how times stand in a CDXJ index: 14 digits, UTC.
const cdxStamp = "20060102150405"

// A cdxEntry is the JSON part of a line of a CDXJ index, as pywb and ReplayWeb.page read it.
type cdxEntry struct {
	URL      string `json:"url"`
	Mime     string `json:"mime,omitempty"`
	Status   string `json:"status"`
	Digest   string `json:"digest,omitempty"`
	Length   string `json:"length"`
	Offset   string `json:"offset"`
	Filename string `json:"filename"`
}

// A cdxKey is what the lines are sorted by.
type cdxKey struct {
	key, stamp string
	capture    int64
}

// WriteCDXJ writes the index of all captures that have an answer, or of those in one WARC file, "" = all: a line each, sorted by
// the address turned around (SURT) and the time. Readers of web archives find records by it. The error wraps ErrNotFound
// when the archive has nothing in a file of that name.
func (a *Archive) WriteCDXJ(ctx context.Context, w io.Writer, file string) error {
	if file != "" {
		var known bool
		if err := a.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM captures WHERE file = ?)`, file).Scan(&known); err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("WARC file %s: %w", file, ErrNotFound)
		}
	}
	return a.eachCDXJ(ctx, file, func(_ cdxKey, line []byte) error {
		_, err := w.Write(line)
		return err
	})
}

func (a *Archive) eachCDXJ(ctx context.Context, file string, f func(k cdxKey, line []byte) error) error {
	var keys []cdxKey
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var k cdxKey
		var address string
		var started sql.NullString
		if err := rows.Scan(&k.capture, &address, &started); err != nil {
			return err
		}
		k.key, k.stamp = surt(warc.TargetURI(address)), moment(started).Format(cdxStamp)
		keys = append(keys, k)
		return nil
	}, `SELECT id, url, started FROM captures WHERE file IS NOT NULL AND status IS NOT NULL AND (?1 = '' OR file = ?1)`, file)
	if err != nil {
		return fmt.Errorf("index captures: %w", err)
	}
	slices.SortFunc(keys, func(x, y cdxKey) int {
		return cmp.Or(strings.Compare(x.key, y.key), strings.Compare(x.stamp, y.stamp), cmp.Compare(x.capture, y.capture))
	})
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	for _, k := range keys {
		c, err := a.Capture(ctx, k.capture)
		if err != nil {
			return err
		}
		mime, _, _ := strings.Cut(c.ContentType, ";")
		if mime = strings.ToLower(strings.TrimSpace(mime)); c.Profile != "" {
			mime = "warc/revisit"
		}
		line.Reset()
		line.WriteString(k.key + " " + k.stamp + " ")
		if err := enc.Encode(cdxEntry{
			URL: warc.TargetURI(c.URL), Mime: mime, Status: strconv.Itoa(c.Status), Digest: c.PayloadDigest,
			Length: strconv.FormatInt(c.Length, 10), Offset: strconv.FormatInt(c.Offset, 10), Filename: c.File,
		}); err != nil {
			return err
		}
		if err := f(k, line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// surt turns an address around, so that pages of a site stand together:
// "cn,edu,csu,news)/info/1002/1.htm". Lower case, without scheme and www, the query's
// parts sorted. What is no http address stays as it is.
func surt(address string) string {
	lower := strings.ToLower(address)
	u, err := url.Parse(lower)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return strings.ReplaceAll(address, " ", "%20")
	}
	host := u.Hostname()
	if rest, ok := strings.CutPrefix(host, "www"); ok {
		if rest = strings.TrimLeft(rest, "0123456789"); strings.HasPrefix(rest, ".") {
			host = rest[1:]
		}
	}
	parts := strings.Split(host, ".")
	slices.Reverse(parts)
	s := strings.Join(parts, ",")
	if p := u.Port(); p != "" && !(u.Scheme == "http" && p == "80" || u.Scheme == "https" && p == "443") {
		s += ":" + p
	}
	s += ")" + cmp.Or(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		query := strings.Split(u.RawQuery, "&")
		slices.Sort(query)
		s += "?" + strings.Join(query, "&")
	}
	return s
}
