package profile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"campusnews/extract/systems"
)

// Format writes a profile as YAML that Parse reads back as the same profile.
// Comments stand above the key they are about, which is named by its path:
// "system", "sections.学校要闻", "overrides.list"; the one for "" opens the
// file. Empty fields are left out, unless they have a comment: then the key
// stands there without a value, for somebody to fill in.
func Format(p *Profile, comments map[string]string) []byte {
	f := &formatter{comments: comments}
	f.comment("", "")
	f.fields(reflect.ValueOf(p).Elem(), "", "")
	return f.out.Bytes()
}

type formatter struct {
	out      bytes.Buffer
	comments map[string]string
}

func (f *formatter) comment(path, indent string) {
	text, ok := f.comments[path]
	if !ok {
		return
	}
	for line := range strings.Lines(text) {
		fmt.Fprintf(&f.out, "%s# %s\n", indent, strings.TrimSpace(line))
	}
}

// fields writes a struct's fields in their order.
func (f *formatter) fields(v reflect.Value, path, indent string) {
	for i := range v.NumField() {
		key := keyOf(v.Type().Field(i))
		if key == "" {
			continue
		}
		at := join(path, key)
		empty := isEmpty(v.Field(i))
		if _, commented := f.comments[at]; empty && !commented {
			continue
		}
		f.comment(at, indent)
		f.out.WriteString(indent + key + ":")
		if empty && v.Field(i).Kind() != reflect.Bool {
			f.out.WriteString("\n")
			continue
		}
		f.value(v.Field(i), at, indent)
	}
}

// value writes what stands after a key's colon, to the end of its last line.
func (f *formatter) value(v reflect.Value, path, indent string) {
	switch p := v.Interface().(type) {
	case Sections:
		f.out.WriteString("\n")
		for _, s := range p {
			f.comment(join(path, s.Name), indent+"  ")
			fmt.Fprintf(&f.out, "%s  %s: %s\n", indent, scalar(s.Name), scalar(s.URL))
		}
		return
	case []systems.Candidate:
		f.out.WriteString("\n")
		for i := range p {
			f.comment(fmt.Sprintf("%s[%d]", path, i), indent+"  ")
			fmt.Fprintf(&f.out, "%s  - %s\n", indent, candidate(&p[i]))
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		f.out.WriteString("\n")
		f.fields(v, path, indent+"  ")
	case reflect.Slice:
		f.out.WriteString("\n")
		for i := range v.Len() {
			fmt.Fprintf(&f.out, "%s  - %s\n", indent, inline(v.Index(i)))
		}
	default:
		f.out.WriteString(" " + inline(v) + "\n")
	}
}

// inline writes a scalar, or a struct of scalars in braces.
func inline(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return scalar(v.String())
	case reflect.Struct:
		var parts []string
		for i := range v.NumField() {
			if key := keyOf(v.Type().Field(i)); key != "" && !isEmpty(v.Field(i)) {
				parts = append(parts, key+": "+inline(v.Field(i)))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v.Interface())
}

// candidate writes a bare selector as a text, any other rule in braces.
func candidate(c *systems.Candidate) string {
	if c.CSS != "" && c.Pick == "" && c.Attr == "" && c.Match == "" {
		return scalar(c.CSS)
	}
	return inline(reflect.ValueOf(c).Elem())
}

// plain is what YAML certainly reads as the text it is, in braces or not:
// words that begin with a letter and hold no indicator. A colon may stand
// within a word, as in addresses.
var plain = regexp.MustCompile(`^[\pL/.]([\pL\pN/._~%·=?+（）《》-]|:[\pL/]| [\pL(])*\)?$`)

// reserved are texts that YAML reads as something else.
var reserved = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n|null|\.(inf|nan))$|^\.`)

// scalar writes a text, in double quotes unless it is plain.
func scalar(s string) string {
	if plain.MatchString(s) && !reserved.MatchString(s) {
		return s
	}
	var b strings.Builder
	enc := json.NewEncoder(&b) // a JSON string is a YAML string
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string has a JSON form
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\u007f", `\u007f`)
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice:
		return v.Len() == 0
	case reflect.Struct:
		for i := range v.NumField() {
			if keyOf(v.Type().Field(i)) != "" && !isEmpty(v.Field(i)) {
				return false
			}
		}
		return true
	}
	return v.IsZero()
}
