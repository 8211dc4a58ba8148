package web

import (
	"fmt"
	"strings"
	"time"

	"campusnews/archive"
)

// A citation is how to cite an article, in the two forms that scholars of Chinese news ask for.
type citation struct{ GBT, BibTeX string }

// cite cites a version of an article as it stood when the archive last saw it. site is the site's name.
func cite(a archive.Article, site string) citation {
	var authors []string
	for _, c := range a.Credits {
		if c.Role == "author" {
			authors = append(authors, line(c.Name))
		}
	}
	title := line(a.Title)
	if title == "" {
		title = line(a.URL)
	}
	published := a.Day
	if len(a.Published) >= len("2006-01-02") {
		published = a.Published[:len("2006-01-02")]
	}
	seen := a.LastSeen.UTC().Format(time.DateOnly)
	return citation{gbt(authors, title, published, seen, line(a.URL)), bibtex(a, authors, title, site, published, seen)}
}

// gbt is GB/T 7714—2015, 4.6 (electronic resources): 责任者. 题名[EB/OL]. (发布日期)[引用日期]. 获取路径. Of more than three
// authors the first three are named (8.1.2); of none, none (8.1.4).
func gbt(authors []string, title, published, seen, address string) string {
	var b strings.Builder
	if len(authors) > 3 {
		authors = append(authors[:3:3], "等")
	}
	if len(authors) > 0 {
		b.WriteString(strings.Join(authors, ", ") + ". ")
	}
	b.WriteString(title + "[EB/OL]. ")
	if published != "" {
		b.WriteString("(" + published + ")")
	}
	fmt.Fprintf(&b, "[%s]. %s.", seen, address)
	return b.String()
}

// bibtex is an entry of type @online (biblatex, 2.1.1).
func bibtex(a archive.Article, authors []string, title, site, published, seen string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "@online{%s-%d,\n", strings.Map(plainKey, a.Site), a.ID)
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-12s = {%s},\n", name, value)
		}
	}
	braced := make([]string, len(authors)) // a name in braces is taken whole: 黄妍, and units with "and" in them
	for i, name := range authors {
		braced[i] = "{" + latex.Replace(name) + "}"
	}
	field("author", strings.Join(braced, " and "))
	field("title", "{"+latex.Replace(title)+"}")
	field("subtitle", latex.Replace(line(a.Subtitle)))
	field("organization", latex.Replace(line(site)))
	field("date", published)
	field("url", addressOf.Replace(line(a.URL)))
	field("urldate", seen)
	b.WriteString("}\n")
	return b.String()
}

var (
	latex = strings.NewReplacer(`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `$`, `\$`, `&`, `\&`, `#`, `\#`, `%`, `\%`, `_`, `\_`,
		`~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`)
	addressOf = strings.NewReplacer(`{`, `%7B`, `}`, `%7D`, `\`, `%5C`)
)

// plainKey keeps what may stand in an entry's key.
func plainKey(r rune) rune {
	if r < 0x80 && (r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
		return r
	}
	return -1
}

// line is s on one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }
