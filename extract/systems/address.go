package systems

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// An Address is the shape of the addresses of one kind of page, written as
//
//	**/info/{tree}/{id}[_{part}].htm[l]
//
// ** is any beginning of the path, * anything without a slash, {name} a run of
// digits, {name:hex} of hexadecimal digits, {name:*} anything without a slash,
// […] may be absent. After ? stand the query
// parameters that must be there, in any order: ?wbnewsid={id}. The host is not
// part of the shape.
type Address struct {
	Shape string `yaml:"shape"`
	// Key is the identity that the address gives, {name} standing for what the
	// shape found and {**} for the beginning of the path; "" = the address alone.
	Key string `yaml:"key,omitempty"`
	// Part names the capture that numbers the pages of one article; its value
	// is no part of the identity.
	Part string `yaml:"part,omitempty"`

	path  []step
	query []param
	must  string // the longest literal of path
}

type stepKind uint8

const (
	literal  stepKind = iota
	digits            // {name}
	hexes             // {name:hex}
	segment           // {name:*} and *
	prefix            // **
	optional          // […]
)

type step struct {
	kind stepKind
	text string // of a literal, or the name of a capture
	sub  []step // of an optional: its steps and all that follow it
}

type param struct {
	name string
	val  []step
}

// UnmarshalYAML reads and compiles an address; a plain string is its shape.
func (a *Address) UnmarshalYAML(node ast.Node) error {
	type bare Address
	if s, ok := node.(ast.ScalarNode); ok {
		text, isString := s.GetValue().(string)
		if !isString {
			return &yaml.SyntaxError{Message: "an address is a shape or a map", Token: node.GetToken()}
		}
		*a = Address{Shape: text}
	} else if err := yaml.NodeToValue(node, (*bare)(a), yaml.Strict()); err != nil {
		return err
	}
	if err := a.compile(); err != nil {
		return &yaml.SyntaxError{Message: err.Error(), Token: node.GetToken()}
	}
	return nil
}

func (a *Address) compile() error {
	path, query, hasQuery := strings.Cut(a.Shape, "?")
	if strings.Count(a.Shape, "**") > 2 || strings.Count(a.Shape, "*") > 6 || strings.Count(a.Shape, "[") > 3 {
		return fmt.Errorf("shape %q: at most two **, and three […]; more would be slow to match", a.Shape)
	}
	var err error
	if a.path, err = parseSteps(path); err != nil {
		return fmt.Errorf("shape %q: %w", a.Shape, err)
	}
	a.query, a.must = nil, ""
	for _, st := range a.path {
		if st.kind == literal && len(st.text) > len(a.must) {
			a.must = st.text
		}
	}
	if !hasQuery {
		return nil
	}
	for p := range strings.SplitSeq(query, "&") {
		name, val, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return fmt.Errorf("shape %q: a parameter is name=value", a.Shape)
		}
		steps, err := parseSteps(val)
		if err != nil {
			return fmt.Errorf("shape %q: %w", a.Shape, err)
		}
		a.query = append(a.query, param{name, steps})
	}
	return nil
}

func parseSteps(s string) ([]step, error) {
	var steps []step
	for s != "" {
		switch {
		case strings.HasPrefix(s, "**"):
			steps = append(steps, step{kind: prefix, text: "**"})
			s = s[2:]
		case s[0] == '*':
			steps = append(steps, step{kind: segment})
			s = s[1:]
		case s[0] == '{':
			end := strings.IndexByte(s, '}')
			if end < 2 {
				return nil, fmt.Errorf("{ without a name and }")
			}
			name, typ, _ := strings.Cut(s[1:end], ":")
			kind, ok := map[string]stepKind{"": digits, "hex": hexes, "*": segment}[typ]
			if !ok {
				return nil, fmt.Errorf("no run is called %q", typ)
			}
			steps = append(steps, step{kind: kind, text: name})
			s = s[end+1:]
		case s[0] == '[':
			end := strings.IndexByte(s, ']')
			if end < 2 {
				return nil, fmt.Errorf("[ without content and ]")
			}
			sub, err := parseSteps(s[1:end])
			if err != nil {
				return nil, err
			}
			steps = append(steps, step{kind: optional, sub: sub})
			s = s[end+1:]
		default:
			end := strings.IndexAny(s, "*{[")
			if end < 0 {
				end = len(s)
			}
			steps = append(steps, step{kind: literal, text: s[:end]})
			s = s[end:]
		}
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].kind == optional {
			steps[i].sub = append(slices.Clip(steps[i].sub), steps[i+1:]...)
		}
	}
	return steps, nil
}

// maxCaptures is the most that one shape can name.
const maxCaptures = 8

// captures are what a shape found, in a fixed array so that matching the many
// addresses of a list costs no allocation.
type captures struct {
	names, values [maxCaptures]string
	n             int
}

func (c *captures) get(name string) string {
	for i := 0; i < c.n; i++ {
		if c.names[i] == name {
			return c.values[i]
		}
	}
	return ""
}

func (c *captures) set(name, value string) {
	if c.n < maxCaptures && name != "" {
		c.names[c.n], c.values[c.n] = name, value
		c.n++
	}
}

// match says that path and query (without ?) have the shape.
func (a *Address) match(path, query string, found *captures) bool {
	found.n = 0
	if len(a.query) > 0 && query == "" || !strings.Contains(path, a.must) {
		return false
	}
	if len(a.path) > 0 && !matchSteps(a.path, path, found) {
		return false
	}
	for _, p := range a.query {
		v, ok := parameter(query, p.name)
		if !ok || !matchSteps(p.val, v, found) {
			return false
		}
	}
	return true
}

func matchSteps(steps []step, s string, found *captures) bool {
	if len(steps) == 0 {
		return s == ""
	}
	st, rest := steps[0], steps[1:]
	mark := found.n
	switch st.kind {
	case literal:
		return strings.HasPrefix(s, st.text) && matchSteps(rest, s[len(st.text):], found)
	case digits, hexes:
		n := 0
		for n < len(s) && (s[n] >= '0' && s[n] <= '9' || st.kind == hexes && (s[n] >= 'a' && s[n] <= 'f' || s[n] >= 'A' && s[n] <= 'F')) {
			n++
		}
		if n == 0 {
			return false
		}
		found.set(st.text, s[:n])
		if matchSteps(rest, s[n:], found) {
			return true
		}
	case segment:
		end := strings.IndexByte(s, '/')
		if end < 0 {
			end = len(s)
		}
		if len(rest) > 0 && rest[0].kind == literal { // the last place where the rest can begin
			for end = strings.LastIndex(s[:min(len(s), end+len(rest[0].text))], rest[0].text); end > 0; end = strings.LastIndex(s[:end], rest[0].text) {
				found.n = mark
				found.set(st.text, s[:end])
				if matchSteps(rest, s[end:], found) {
					return true
				}
			}
			break
		}
		if end > 0 {
			found.set(st.text, s[:end])
			if matchSteps(rest, s[end:], found) {
				return true
			}
		}
	case prefix:
		if len(rest) == 0 {
			found.set("**", s)
			return true
		}
		lit := ""
		if rest[0].kind == literal {
			lit = rest[0].text
		}
		for end := strings.LastIndex(s, lit); end >= 0; end = strings.LastIndex(s[:end], lit) {
			found.n = mark
			found.set("**", s[:end])
			if matchSteps(rest, s[end:], found) {
				return true
			}
			if lit == "" {
				end-- // an empty literal is found where the search begins
			}
			if end <= 0 {
				break
			}
		}
	case optional:
		if matchSteps(st.sub, s, found) {
			return true
		}
		found.n = mark
		return matchSteps(rest, s, found)
	}
	found.n = mark
	return false
}

// parameter gives the value of a query parameter as written.
func parameter(query, name string) (string, bool) {
	for query != "" {
		var p string
		p, query, _ = strings.Cut(query, "&")
		p = strings.TrimPrefix(p, "amp;") // &amp; escaped twice, seen in old templates
		if k, v, _ := strings.Cut(p, "="); k == name {
			return v, true
		}
	}
	return "", false
}

// key fills in Key.
func (a *Address) key(found *captures) string {
	var b strings.Builder
	for s := a.Key; s != ""; {
		i := strings.IndexByte(s, '{')
		j := strings.IndexByte(s, '}')
		if i < 0 || j < i {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		b.WriteString(found.get(s[i+1 : j]))
		s = s[j+1:]
	}
	return b.String()
}
