package systems

import (
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// An Expression is an RE2 expression that is compiled while it is read.
type Expression struct{ *regexp.Regexp }

// UnmarshalYAML compiles the expression.
func (e *Expression) UnmarshalYAML(node ast.Node) error {
	var s string
	err := yaml.NodeToValue(node, &s)
	if err == nil {
		e.Regexp, err = regexp.Compile(s)
	}
	if err != nil {
		return &yaml.SyntaxError{Message: err.Error(), Token: node.GetToken()}
	}
	return nil
}

// Certain is the doubt under which no further sign is looked for.
const Certain = 0.01

// Confidence says how sure a page is one of the system, from 0 to 1. path and
// query are those of the page's address.
func (s *System) Confidence(ix *Index, path, query string) float64 {
	doubt := s.doubt(ix, path, query, true, 1)
	return 1 - s.doubt(ix, path, query, false, doubt)
}

// doubt lowers before by the signs that are seen, of those that cost little to
// look for or of the others.
func (s *System) doubt(ix *Index, path, query string, cheap bool, before float64) float64 {
	doubt := before
	for i := range s.Recognise {
		if s.Recognise[i].cheap() == cheap && s.Recognise[i].seen(ix, path, query) {
			if doubt *= 1 - s.Recognise[i].Weight; doubt < Certain {
				break
			}
		}
	}
	return doubt
}

// Recognise gives the system of all that a page most likely is one of, and how
// sure that is; nil when no sign of any is seen. The first that is certain wins.
func Recognise(all []*System, ix *Index, path, query string) (best *System, confidence float64) {
	doubts := make([]float64, len(all))
	for i, s := range all {
		if doubts[i] = s.doubt(ix, path, query, true, 1); doubts[i] < Certain {
			return s, 1 - doubts[i]
		}
	}
	for i, s := range all {
		if doubts[i] = s.doubt(ix, path, query, false, doubts[i]); doubts[i] < Certain {
			return s, 1 - doubts[i]
		}
		if 1-doubts[i] > confidence {
			best, confidence = s, 1-doubts[i]
		}
	}
	return best, confidence
}

// cheap says that looking for the sign needs no search through scripts or
// unnamed elements.
func (s *Sign) cheap() bool {
	if s.Script != "" {
		return false
	}
	for i := range s.CSS {
		if k := s.CSS[i].key.kind; k == 0 || k == 't' {
			return false
		}
	}
	return true
}

func (s *Sign) seen(ix *Index, path, query string) bool {
	contains := func(list []string, part string) bool {
		for _, v := range list {
			if strings.Contains(v, part) {
				return true
			}
		}
		return false
	}
	switch {
	case s.Comment != "":
		return contains(ix.Comments, s.Comment)
	case s.Source != "":
		return contains(ix.Sources, s.Source)
	case s.Script != "":
		return contains(ix.Scripts, s.Script)
	case s.Generator != "":
		return strings.Contains(strings.ToLower(ix.Meta("generator")), strings.ToLower(s.Generator))
	}
	for i := range s.CSS {
		if len(ix.Select(&s.CSS[i])) > 0 {
			return true
		}
	}
	var found captures
	for i := range s.Address {
		if s.Address[i].match(path, query, &found) {
			return true
		}
	}
	return false
}

// Meta gives the content of the first non-empty <meta> of that name (in any
// case; property counts as name), "" for none.
func (ix *Index) Meta(name string) string {
	for _, n := range ix.Metas {
		match, content := false, ""
		for _, a := range n.Attr {
			switch a.Key {
			case "name", "property", "itemprop":
				match = match || strings.EqualFold(a.Val, name)
			case "content":
				content = a.Val
			}
		}
		if match && strings.TrimSpace(content) != "" {
			return content
		}
	}
	return ""
}
