package profile

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"campusnews/extract/systems"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// A place in the file.
type place struct{ line, column int }

// at gives the place of a node, and the first place of a file for none.
func at(n ast.Node) place {
	switch n := n.(type) {
	case nil:
		return place{1, 1}
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 { // its own token is the first colon
			return atToken(n.Values[0].Key.GetToken())
		}
	case *ast.MappingValueNode:
		return atToken(n.Key.GetToken())
	}
	return atToken(n.GetToken())
}

func atToken(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{max(1, t.Position.Line), max(1, t.Position.Column)}
}

// A decoder fills Go values from YAML nodes and remembers where each came
// from, so that check can point at a value that is well-formed but wrong.
// Unlike the YAML package's own decoding it goes on after a fault and knows
// the keys that would have been right.
type decoder struct {
	file   string
	faults Faults
	places map[string]place // path ("sections.学校要闻", "hosts[1]") → its value
}

func (d *decoder) fault(at place, format string, args ...any) {
	d.faults = append(d.faults, &Fault{File: d.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)})
}

// decode fills p, a pointer, from n.
func (d *decoder) decode(n ast.Node, p any) { d.value(n, reflect.ValueOf(p).Elem(), "") }

func (d *decoder) value(n ast.Node, v reflect.Value, path string) {
	if n == nil || n.Type() == ast.NullType {
		return
	}
	d.places[path] = at(n)
	switch n.Type() {
	case ast.AnchorType, ast.AliasType, ast.TagType, ast.MergeKeyType:
		d.fault(at(n), "anchors, aliases and tags have no use in a profile: write the value itself")
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *Sections:
		d.sections(n, p)
		return
	case *systems.Candidate:
		d.candidate(n, p, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path)
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Slice:
		d.slice(n, v, path)
	case reflect.String:
		if s, ok := d.text(n, path); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.fault(at(n), "%s must be true or false", label(path))
			return
		}
		v.SetBool(b.Value)
	case reflect.Int:
		i, err := strconv.ParseInt(n.GetToken().Value, 10, 32)
		if n.Type() != ast.IntegerType || err != nil {
			d.fault(at(n), "%s must be a whole number", label(path))
			return
		}
		v.SetInt(i)
	default:
		panic("profile: no YAML form for " + v.Type().String())
	}
}

// text reads a scalar. A number or a date stands for its own letters: 2015 is
// "2015" where a text is wanted.
func (d *decoder) text(n ast.Node, path string) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	d.fault(at(n), "%s must be a text, not a %s", label(path), kindName(n))
	return "", false
}

func (d *decoder) structure(n ast.Node, v reflect.Value, path string) {
	pairs, ok := pairsOf(n)
	if !ok {
		d.fault(at(n), "%s must be a mapping (key: value), not a %s", label(path), kindName(n))
		return
	}
	known := keysOf(v.Type())
	for _, pair := range pairs {
		key := keyText(pair)
		i := fieldOf(v.Type(), key)
		if i < 0 {
			d.unknownKey(pair, key, path, known)
			continue
		}
		d.value(pair.Value, v.Field(i), join(path, key))
	}
}

func (d *decoder) unknownKey(pair *ast.MappingValueNode, key, path string, known []string) {
	where := ""
	if path != "" {
		where = " in " + path
	}
	best, near := nearest(key, known)
	if near {
		d.fault(atToken(pair.Key.GetToken()), "unknown key %q%s; did you mean %q?", key, where, best)
		return
	}
	d.fault(atToken(pair.Key.GetToken()), "unknown key %q%s; nearest is %q, known are %s", key, where, best, strings.Join(known, ", "))
}

func (d *decoder) slice(n ast.Node, v reflect.Value, path string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fault(at(n), "%s must be a list (- item), not a %s", label(path), kindName(n))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	for i, item := range seq.Values {
		if item == nil || item.Type() == ast.NullType {
			d.fault(at(item), "%s[%d] is empty", path, i)
			continue
		}
		d.value(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	if out.Len() > 0 {
		v.Set(out)
	}
}

// sections keeps the order of the mapping, which a Go map would lose.
func (d *decoder) sections(n ast.Node, sections *Sections) {
	pairs, ok := pairsOf(n)
	if !ok {
		d.fault(at(n), "sections must be a mapping (name: address of its list), not a %s", kindName(n))
		return
	}
	for _, pair := range pairs {
		s := Section{Name: keyText(pair)}
		path := join("sections", s.Name)
		d.value(pair.Value, reflect.ValueOf(&s.URL).Elem(), path)
		if _, ok := d.places[path]; !ok {
			d.places[path] = atToken(pair.Key.GetToken())
		}
		*sections = append(*sections, s)
	}
}

// candidate reads a rule: a selector, or a mapping with more to say.
func (d *decoder) candidate(n ast.Node, c *systems.Candidate, path string) {
	before := len(d.faults)
	if _, ok := pairsOf(n); ok {
		d.structure(n, reflect.ValueOf(c).Elem(), path)
	} else if s, ok := n.(*ast.StringNode); ok {
		c.CSS = s.Value
	} else {
		d.fault(at(n), "%s must be a selector or a mapping, not a %s", path, kindName(n))
	}
	if len(d.faults) > before {
		return
	}
	if err := c.Compile(); err != nil {
		d.fault(at(n), "%s: %v", path, err)
	}
}

func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// keyText is the key as written, without quotes.
func keyText(pair *ast.MappingValueNode) string {
	if s, ok := pair.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return pair.Key.GetToken().Value
}

// keysOf lists the keys of a struct's YAML form in the order of its fields.
func keysOf(t reflect.Type) []string {
	var keys []string
	for f := range t.Fields() {
		if k := keyOf(f); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

func fieldOf(t reflect.Type, key string) int {
	for i := range t.NumField() {
		if k := keyOf(t.Field(i)); k != "" && k == key {
			return i
		}
	}
	return -1
}

// keyOf is the key of a field, "" for a field that has none.
func keyOf(f reflect.StructField) string {
	k, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if k == "-" || !f.IsExported() {
		return ""
	}
	return k
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func label(path string) string {
	if path == "" {
		return "a profile"
	}
	return path
}

func kindName(n ast.Node) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "mapping"
	case ast.SequenceType:
		return "list"
	case ast.BoolType:
		return "yes/no value"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "number"
	case ast.StringType, ast.LiteralType:
		return "text"
	}
	return strings.ToLower(n.Type().String())
}
