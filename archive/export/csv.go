package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"campusnews/archive"
)

// columns of the CSV form, in order. Roles are those of credits.
var columns = []struct {
	name string
	of   func(archive.Article) string
}{
	{"id", func(a archive.Article) string { return strconv.FormatInt(a.ID, 10) }},
	{"site", func(a archive.Article) string { return a.Site }},
	{"section", func(a archive.Article) string { return a.Section }},
	{"day", func(a archive.Article) string { return a.Day }},
	{"published", func(a archive.Article) string { return a.Published }},
	{"title", func(a archive.Article) string { return a.Title }},
	{"subtitle", func(a archive.Article) string { return a.Subtitle }},
	{"source", func(a archive.Article) string { return a.Source }},
	{"authors", people("author")},
	{"photographers", people("photographer")},
	{"editors", people("editor")},
	{"reviewers", people("reviewer")},
	{"proofreaders", people("proofreader")},
	{"publishers", people("publisher")},
	{"images", func(a archive.Article) string { return strconv.Itoa(len(a.Images)) }},
	{"attachments", func(a archive.Article) string { return strconv.Itoa(len(a.Attachments)) }},
	{"versions", func(a archive.Article) string { return strconv.Itoa(a.Revision) }},
	{"state", func(a archive.Article) string { return string(a.State) }},
	{"url", func(a archive.Article) string { return a.URL }},
	{"body", func(a archive.Article) string { return a.Body }},
}

func people(role string) func(archive.Article) string {
	return func(a archive.Article) string { return strings.Join(names(a, role), "、") }
}

type csvWriter struct{ w *csv.Writer }

func newCSV(w io.Writer, o Options) (Writer, error) {
	if o.BOM {
		if _, err := io.WriteString(w, "\uFEFF"); err != nil {
			return nil, err
		}
	}
	c := csvWriter{csv.NewWriter(w)}
	head := make([]string, len(columns))
	for i, col := range columns {
		head[i] = col.name
	}
	return c, c.w.Write(head)
}

func (c csvWriter) Write(a archive.Article) error {
	row := make([]string, len(columns))
	for i, col := range columns {
		row[i] = Cell(col.of(a))
	}
	return c.w.Write(row)
}

func (c csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// Cell puts an apostrophe before a value that a spreadsheet would take for a
// formula and run, as the page's author wants it (OWASP, "CSV Injection"). The wide forms count in East Asian spreadsheets.
func Cell(s string) string {
	trimmed := strings.TrimLeft(s, " \u00a0\u3000\n")
	if trimmed == "" || !strings.ContainsAny(trimmed[:1], "=+-@\t\r") && !hasAnyPrefix(trimmed, "＝", "＋", "－", "＠") {
		return s
	}
	return "'" + s
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
