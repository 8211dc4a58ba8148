package archive

import (
	"slices"
	"strings"

	"campusnews/extract"
)

// A FieldChange is a field in which two versions of an article differ.
type FieldChange struct {
	Field    string // title, subtitle, published, source, section, a role of credits, body, images, attachments, media, links
	Old, New string // lists: an entry a line
}

// Diff gives the fields in which two versions differ, in the order in which a reader meets them; nil = in none.
// The HTML is left out, and so is a site's move to another scheme, as in counting versions.
func Diff(old, new Article) []FieldChange {
	return changes(contentFrom(old).fields(), contentFrom(new).fields())
}

// A field is one aspect of a content as text. Two contents differ in it when their keys do.
type field struct{ name, text, key string }

// fields are a content as text, the same names in the same order for every content but for the roles.
func (c content) fields() []field {
	list := []field{
		{"title", c.Title, c.Title}, {"subtitle", c.Subtitle, c.Subtitle}, {"published", c.Published, c.Published},
		{"source", c.Source, c.Source}, {"section", c.Section, c.Section},
	}
	for _, role := range roles(c.Credits) {
		var names []string
		for _, p := range c.Credits {
			if p.Role == role {
				names = append(names, p.Name)
			}
		}
		text := strings.Join(names, "\n")
		list = append(list, field{role, text, text})
	}
	body := strings.TrimSpace(c.Body)
	list = append(list, field{"body", body, body})
	entries := func(name string, pairs [][2]string, relative func(string) string) {
		var text, key strings.Builder
		for _, p := range pairs {
			entry := func(address string) string { return strings.TrimRight(address+"  "+p[1], " ") + "\n" }
			text.WriteString(entry(p[0]))
			key.WriteString(entry(relative(p[0])))
		}
		list = append(list, field{name, strings.TrimSuffix(text.String(), "\n"), key.String()})
	}
	images := make([][2]string, len(c.Images))
	for i, m := range c.Images {
		images[i] = [2]string{m.URL, m.Caption}
	}
	entries("images", images, c.relative)
	entries("attachments", pairs(c.Files), c.relative)
	entries("media", pairs(c.Media), c.relative)
	links := make([][2]string, len(c.Links))
	for i, k := range c.Links {
		links[i] = [2]string{k.URL, k.Text}
	}
	entries("links", links, c.relative)
	return list
}

func pairs(files []extract.File) [][2]string {
	list := make([][2]string, len(files))
	for i, f := range files {
		list[i] = [2]string{f.URL, f.Name}
	}
	return list
}

// roles are the roles of credits, each once, in the order of the page.
func roles(credits []extract.Credit) []string {
	var list []string
	for _, p := range credits {
		if !slices.Contains(list, p.Role) {
			list = append(list, p.Role)
		}
	}
	return list
}

// changes gives the fields that differ; one that only one side has is empty on the other.
func changes(old, new []field) []FieldChange {
	var list []FieldChange
	find := func(fields []field, name string) field {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			return field{}
		}
		return fields[i]
	}
	for i, f := range new {
		if was := find(old, f.name); was.key != f.key {
			list = append(list, FieldChange{f.name, was.text, f.text})
		}
		if f.name != "section" {
			continue
		}
		for _, was := range old { // roles that nobody has any more stand with the other roles
			if was.key != "" && find(new[i:], was.name).name == "" && find(new[:i], was.name).name == "" {
				list = append(list, FieldChange{was.name, was.text, ""})
			}
		}
	}
	return list
}
