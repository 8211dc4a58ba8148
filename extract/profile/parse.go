package profile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxBytes is the size of the largest profile Parse reads; the built-in ones
// stay under 3 kB. The YAML parser takes time that grows with the square of
// some broken inputs: 3.6 s for 256 kB of "a: a: a:", 0.8 s for this much.
const MaxBytes = 64 << 10

// maxFaults bounds what one error lists.
const maxFaults = 20

// maxDepth bounds how deep a profile may nest; the format itself needs 5 levels.
// Without a bound the YAML parser recurses as deep as the file says.
const maxDepth = 32

// Parse reads one profile. filename only names the file in errors. The error
// is a Faults: YAML that cannot be read, else all unknown keys and values of
// the wrong type, else all values of the wrong form, systems and hosts that do
// not exist or do not fit together. With an error the profile is nil.
//
// What a file leaves out is filled in where it follows from the rest: Hosts
// and ID from Home.
func Parse(data []byte, filename string) (*Profile, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d := &decoder{file: filename, places: map[string]place{}}
	if f := unreadable(data); f != nil {
		f.File = filename
		return nil, Faults{f}
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, Faults{syntaxFault(data, filename, err)}
	}
	p := new(Profile)
	switch {
	case len(file.Docs) == 0 || file.Docs[0].Body == nil || file.Docs[0].Body.Type() == ast.NullType:
		d.fault(place{1, 1}, "the file is empty: a profile needs at least home: ADDRESS")
	case len(file.Docs) > 1:
		d.fault(at(file.Docs[1].Body), "a second document: a file holds one profile")
	default:
		d.decode(file.Docs[0].Body, p)
	}
	if len(d.faults) == 0 {
		d.check(p)
	}
	if len(d.faults) > 0 {
		d.faults.sort()
		if more := len(d.faults) - maxFaults; more > 0 {
			d.faults = d.faults[:maxFaults]
			d.faults[maxFaults-1].Message += fmt.Sprintf(" (and %d more faults)", more)
		}
		return nil, d.faults
	}
	return p, nil
}

// syntaxFault keeps what the YAML parser says and where, without its drawing
// of the surrounding lines.
func syntaxFault(data []byte, filename string, err error) *Fault {
	f := &Fault{File: filename, Line: 1, Column: 1, Message: "not YAML: " + err.Error()}
	var ye yaml.Error
	if errors.As(err, &ye) {
		f.Message = "not YAML: " + ye.GetMessage()
		if t := ye.GetToken(); t != nil && t.Position != nil {
			f.Line, f.Column = max(1, t.Position.Line), max(1, t.Position.Column)
			// It counts some characters twice: stay within the line.
			if lines := strings.Split(string(data), "\n"); f.Line <= len(lines) {
				f.Column = min(f.Column, utf8.RuneCountInString(lines[f.Line-1])+1)
			}
		}
	}
	return f
}

// unreadable finds what must not reach the YAML parser: files too large, not
// UTF-8, or nested so deep that a recursive parser would run out of stack.
func unreadable(data []byte) *Fault {
	if len(data) > MaxBytes {
		return &Fault{Line: 1, Column: 1, Message: "the file is larger than 64 kB, which no profile is"}
	}
	line, column, open, dashes := 1, 0, 0, 0
	start := true // of a line: only blanks and indicators so far
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		column++
		if r == utf8.RuneError && n == 1 {
			return &Fault{Line: line, Column: column, Message: "not UTF-8"}
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return &Fault{Line: line, Column: column, Message: "a control character"}
		}
		switch r {
		case '\n':
			line, column, dashes, start = line+1, 0, 0, true
		case '[', '{':
			open++
		case ']', '}':
			open = max(0, open-1)
		case '-', '?', ':':
			if start {
				dashes++
			}
		case ' ', '\t':
		default:
			start = false
		}
		if open > maxDepth || dashes > maxDepth || (start && column > 8*maxDepth) {
			return &Fault{Line: line, Column: column, Message: "nested too deep"}
		}
		i += n
	}
	return nil
}
