package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"campusnews/archive"
	"campusnews/archive/textdiff"
)

// changesData is what the page of two versions shows.
type changesData struct {
	archive.Article // the newer one
	Old             archive.Article
	Revisions       []archive.Revision
	Cause           string // of the newer version
	Fields          []fieldDiff
	Side            bool
	Views           []choice
}

// A fieldDiff is a field that differs, in rows that stand beside each other.
type fieldDiff struct {
	Field string
	Rows  []diffRow
}

// A diffRow is one paragraph of both versions. One of Skipped > 0 stands for so many that are the same.
type diffRow struct {
	Changed  bool
	Old, New template.HTML // with what went and what came
	Both     template.HTML // the two in one
	Skipped  int
}

// around is how many unchanged paragraphs stand beside a changed one.
const around = 1

func (r *Room) changes(w http.ResponseWriter, req *http.Request) error {
	id, err := strconv.ParseInt(req.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return errNothing
	}
	ctx, q := req.Context(), req.URL.Query()
	revisions, err := r.archive.Revisions(ctx, id)
	if err != nil {
		return err
	}
	if len(revisions) == 0 {
		return errNothing
	}
	to, err := number(q, "to", revisions[len(revisions)-1].Number)
	if err != nil {
		return err
	}
	from, err := number(q, "from", max(to-1, 1))
	if err != nil {
		return err
	}
	d := &changesData{Revisions: revisions, Side: q.Get("view") != "inline"}
	if d.Old, err = r.archive.ArticleAt(ctx, id, from); err != nil {
		return err
	}
	if d.Article, err = r.archive.ArticleAt(ctx, id, to); err != nil {
		return err
	}
	for _, v := range revisions {
		if v.Number == to {
			d.Cause = v.Cause
		}
	}
	for _, c := range archive.Diff(d.Old, d.Article) {
		d.Fields = append(d.Fields, fieldDiff{c.Field, diffRows(textdiff.Runs(c.Old, c.New))})
	}
	lang := languageOf(req)
	for _, view := range []string{"side", "inline"} {
		v := url.Values{"from": {strconv.Itoa(from)}, "to": {strconv.Itoa(to)}, "view": {view}}
		d.Views = append(d.Views, choice{text(lang, "changes."+view), address(req.URL.Path, v), (view == "side") == d.Side})
	}
	r.show(w, req, http.StatusOK, "changes", view{Title: text(lang, "changes") + " · " + d.Title, Nav: "search", Data: d})
	return nil
}

// number is a parameter that is a number from 1 on.
func number(q url.Values, name string, otherwise int) (int, error) {
	v := q.Get(name)
	if v == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, badRequest("error.number", v)
	}
	return n, nil
}

// diffRows puts the paragraphs of both sides beside each other: a row ends where both have the same line end.
func diffRows(runs []textdiff.Run) []diffRow {
	var rows []diffRow
	var old, new, both strings.Builder
	changed := false
	flush := func() {
		if old.Len()+new.Len() > 0 {
			rows = append(rows, diffRow{Changed: changed, Old: template.HTML(old.String()), New: template.HTML(new.String()), Both: template.HTML(both.String())})
		}
		old.Reset()
		new.Reset()
		both.Reset()
		changed = false
	}
	for _, r := range runs {
		switch r.Op {
		case textdiff.Equal:
			for i, part := range strings.Split(r.Text, "\n") {
				if i > 0 {
					flush()
				}
				s := template.HTMLEscapeString(part)
				old.WriteString(s)
				new.WriteString(s)
				both.WriteString(s)
			}
		case textdiff.Delete:
			s := "<del>" + lined(r.Text) + "</del>"
			old.WriteString(s)
			both.WriteString(s)
			changed = true
		case textdiff.Insert:
			s := "<ins>" + lined(r.Text) + "</ins>"
			new.WriteString(s)
			both.WriteString(s)
			changed = true
		}
	}
	flush()
	return shortened(rows)
}

func lined(s string) string {
	return strings.ReplaceAll(template.HTMLEscapeString(strings.TrimSuffix(s, "\n")), "\n", "<br>")
}

// shortened leaves out the unchanged rows that are not beside a changed one.
func shortened(rows []diffRow) []diffRow {
	keep := make([]bool, len(rows))
	for i, r := range rows {
		if !r.Changed {
			continue
		}
		for j := max(i-around, 0); j <= min(i+around, len(rows)-1); j++ {
			keep[j] = true
		}
	}
	var list []diffRow
	for i := 0; i < len(rows); i++ {
		if keep[i] {
			list = append(list, rows[i])
			continue
		}
		n := 1
		for i+n < len(rows) && !keep[i+n] {
			n++
		}
		list = append(list, diffRow{Skipped: n})
		i += n - 1
	}
	return list
}
