package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"campusnews/extract"
)

// A testCase is a folder with a saved page and what must come out of it:
// source.html (bytes as served), origin.json or origin.txt, want.json.
type testCase struct {
	dir    string
	name   string // dir relative to where the search began, with slashes
	origin origin
}

// An origin says where a case's page came from.
type origin struct {
	URL     string            `json:"url"`
	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Site    string            `json:"site,omitempty"`    // profile to read it with; "" = none
	Generic bool              `json:"generic,omitempty"` // read it without recognising the publishing system
	Fetched string            `json:"fetched,omitempty"` // RFC 3339, UTC
	Note    string            `json:"note,omitempty"`    // what the case shows, on what terms it is kept
}

// contentType gives the Content-Type header, whatever case it is written in.
func (o origin) contentType() string {
	for k, v := range o.Headers {
		if strings.EqualFold(k, "content-type") {
			return v
		}
	}
	return ""
}

// findCases lists the cases below dir in the order of their names. None is an error.
func findCases(dir string) ([]testCase, error) {
	var cases []testCase
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != "source.html" {
			return err
		}
		c := testCase{dir: filepath.Dir(path)}
		rel, err := filepath.Rel(dir, c.dir)
		if err != nil {
			return err
		}
		c.name = filepath.ToSlash(rel)
		if c.name == "." {
			c.name = filepath.Base(dir)
		}
		if c.origin, err = readOrigin(c.dir); err != nil {
			return err
		}
		cases = append(cases, c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(cases) == 0 {
		return nil, hint(fmt.Errorf("no case below %s", dir),
			"a case is a folder with source.html, origin.json and want.json; campusnews record makes one")
	}
	return cases, nil
}

// readOrigin reads origin.json, or else origin.txt with one "key: value" a line, where a line
// that is an address alone is the URL.
func readOrigin(dir string) (origin, error) {
	var o origin
	path := filepath.Join(dir, "origin.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		path = filepath.Join(dir, "origin.txt")
		if data, err = os.ReadFile(path); err == nil {
			o, err = parseOriginText(data)
		}
	} else if err == nil {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		err = dec.Decode(&o)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return o, fmt.Errorf("case %s has neither origin.json nor origin.txt", dir)
	}
	if err != nil {
		return o, fmt.Errorf("%s: %w", path, err)
	}
	if o.URL == "" {
		return o, fmt.Errorf("%s names no url", path)
	}
	return o, nil
}

func parseOriginText(data []byte) (origin, error) {
	o := origin{Headers: map[string]string{}}
	lines := bufio.NewScanner(bytes.NewReader(data))
	var notes []string
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "http://") || strings.HasPrefix(line, "https://") {
			o.URL = line
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch key := strings.ToLower(strings.TrimSpace(key)); {
		case line == "":
		case ok && key == "url":
			o.URL = value
		case ok && key == "status":
			n, err := strconv.Atoi(value)
			if err != nil {
				return o, fmt.Errorf("status %q is no number", value)
			}
			o.Status = n
		case ok && key == "site":
			o.Site = value
		case ok && key == "fetched":
			o.Fetched = value
		case ok && key == "content-type":
			o.Headers["Content-Type"] = value
		default:
			notes = append(notes, line)
		}
	}
	o.Note = strings.Join(notes, "\n")
	return o, lines.Err()
}

// extract reads the case's page as its origin says.
func (c testCase) extract() (extract.Result, error) {
	body, err := os.ReadFile(filepath.Join(c.dir, "source.html"))
	if err != nil {
		return extract.Result{}, err
	}
	x, err := newExtractor(c.origin.Site, c.origin.Generic)
	if err != nil {
		return extract.Result{}, fmt.Errorf("case %s: %w", c.name, err)
	}
	return x.Extract(extract.Page{URL: c.origin.URL, ContentType: c.origin.contentType(), Status: c.origin.Status, Body: body}), nil
}

// wantJSON is r as want.json holds it: indented, one line a field or element.
func wantJSON(r extract.Result) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// writeFile writes a file so that it is either whole or as it was.
func writeFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// readable turns JSON into lines that a diff shows well: one field a line, text with line
// breaks as a block of lines. It keeps the order of the fields and is deterministic.
func readable(data []byte) (string, error) {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))) // as editors on Windows save it
	dec.UseNumber()
	var b strings.Builder
	if err := readableValue(&b, dec, ""); err != nil {
		return "", err
	}
	return b.String(), nil
}

func readableValue(b *strings.Builder, dec *json.Decoder, indent string) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	switch tok := tok.(type) {
	case json.Delim:
		b.WriteByte('\n')
		for dec.More() {
			if tok == '{' {
				key, err := dec.Token()
				if err != nil {
					return err
				}
				fmt.Fprintf(b, "%s%v:", indent, key)
			} else {
				fmt.Fprintf(b, "%s-", indent)
			}
			if err := readableValue(b, dec, indent+"  "); err != nil {
				return err
			}
		}
		_, err = dec.Token()
		return err
	case string:
		if strings.Contains(tok, "\n") {
			b.WriteString(" |\n")
			for line := range strings.SplitSeq(tok, "\n") {
				fmt.Fprintf(b, "%s%s\n", indent, line)
			}
			return nil
		}
		fmt.Fprintf(b, " %s\n", strconv.Quote(tok))
	case nil:
		b.WriteString(" null\n")
	default:
		fmt.Fprintf(b, " %v\n", tok)
	}
	return nil
}

// slug makes a folder name of an address: its path's words, in order.
func slug(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	words := strings.FieldsFunc(rest, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	words = slices.DeleteFunc(words, func(w string) bool { return w == "htm" || w == "html" })
	s := strings.Join(words, "-")
	if len(s) > 80 {
		s = s[len(s)-80:]
	}
	if s == "" {
		s = "page"
	}
	return s
}
