package export

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"campusnews/archive"
)

// A Folder writes an article a file, in Markdown with YAML front matter:
// site/year/day-id-title.md, "undated" where the day is not known.
type Folder struct {
	dir  string
	made map[string]bool
}

// NewFolder writes into dir, which must be there.
func NewFolder(dir string) *Folder { return &Folder{dir: dir, made: map[string]bool{}} }

// Write adds a file.
func (f *Folder) Write(a archive.Article) error {
	path := filepath.Join(f.dir, FileName(a))
	if dir := filepath.Dir(path); !f.made[dir] {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		f.made[dir] = true
	}
	return os.WriteFile(path, Markdown(a), 0o666)
}

// Close does nothing.
func (f *Folder) Close() error { return nil }

// FileName is an article's file below the folder. No name leads out of it, whatever the page says.
func FileName(a archive.Article) string {
	year, day := "undated", "undated"
	if isDay.MatchString(a.Day) {
		year, day = a.Day[:4], a.Day
	}
	name := fmt.Sprintf("%s-%d", day, a.ID)
	if s := slug(a.Title); s != "" {
		name += "-" + s
	}
	site := slug(a.Site)
	if site == "" {
		site = "site"
	}
	return filepath.Join(site, year, name+".md")
}

var isDay = regexp.MustCompile(`^\d{4}(-\d\d){0,2}$`)

// maxSlug keeps names below the 255 bytes that file systems allow: Chinese takes three a character.
const maxSlug = 40

func slug(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case n == maxSlug:
			return strings.Trim(b.String(), "-")
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
			n++
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
			n++
		}
	}
	return strings.Trim(b.String(), "-")
}

// Markdown is an article as CommonMark with YAML front matter. Values are
// written as JSON, which YAML 1.2 contains, so that no title breaks out of its line.
func Markdown(a archive.Article) []byte {
	var b strings.Builder
	b.WriteString("---\n")
	field := func(name string, value any) {
		if s, ok := value.(string); ok && s == "" {
			return
		}
		data, err := marshal(value)
		if err != nil {
			panic(err) // strings and numbers
		}
		fmt.Fprintf(&b, "%s: %s\n", name, yamlSafe(data))
	}
	field("id", a.ID)
	field("site", a.Site)
	field("url", a.URL)
	field("title", a.Title)
	field("subtitle", a.Subtitle)
	field("date", a.Day)
	field("published", a.Published)
	field("section", a.Section)
	field("source", a.Source)
	for _, role := range []string{"author", "photographer", "editor", "reviewer", "proofreader", "publisher"} {
		if who := names(a, role); len(who) > 0 {
			field(role, who)
		}
	}
	field("state", string(a.State))
	field("revision", a.Revision)
	field("cause", a.Cause)
	b.WriteString("---\n\n")
	if a.Title != "" {
		fmt.Fprintf(&b, "# %s\n\n", inline(a.Title))
	}
	for line := range strings.SplitSeq(a.Body, "\n") {
		if line = strings.TrimSpace(strings.ReplaceAll(line, "\t", " | ")); line != "" {
			fmt.Fprintf(&b, "%s\n\n", block(line))
		}
	}
	for _, i := range a.Images {
		fmt.Fprintf(&b, "![%s](%s)\n\n", inline(firstOf(i.Caption, i.Alt)), destination(i.URL))
	}
	for _, x := range a.Attachments {
		fmt.Fprintf(&b, "- [%s](%s)\n", inline(firstOf(x.Name, x.URL)), destination(x.URL))
	}
	return []byte(strings.TrimRight(b.String(), "\n") + "\n")
}

// yamlSafe escapes what JSON allows and YAML does not: DEL, C1 controls and the line separators.
func yamlSafe(data []byte) string {
	var b strings.Builder
	for _, r := range string(data) {
		if r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

var special = strings.NewReplacer(`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`, `|`, `\|`, "\n", " ", "&", `\&`, `~`, `\~`)

// inline escapes what CommonMark would read as markup.
func inline(s string) string { return special.Replace(s) }

var blockStart = regexp.MustCompile(`^(#{1,6}|[-+=]+|\d{1,9}[.)])(\s|$|-|=)`)

// block escapes a line so that it stays a paragraph.
func block(s string) string {
	s = special.Replace(s)
	if m := blockStart.FindStringSubmatchIndex(s); m != nil {
		at := m[2]
		if c := s[at]; c >= '0' && c <= '9' {
			at = m[3] - 1 // the dot behind a number
		}
		s = s[:at] + `\` + s[at:]
	}
	return s
}

// destination is an address between angle brackets.
func destination(address string) string {
	return "<" + strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "%0A", `\`, "%5C").Replace(address) + ">"
}
