package extract

import (
	"bytes"
	"strings"

	"campusnews/extract/date"
	"campusnews/extract/systems"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func recordRules(r *systems.Rules) []systems.Candidate { return r.List.Records }

// maxRecords bounds the rows that are read out of one page's scripts.
const maxRecords = 5000

// recordGroups reads rows that a script would unpack: each match of a rule is
// the HTML of one row. A bare answer of the script's server, which is XML, is
// searched as a whole.
func (pg *page) recordGroups() ([]*group, string) {
	near := date.FromURL(pg.path)
	for _, s := range pg.asked {
		list := recordRules(s.rules)
		for i := range list {
			g := &group{parent: pg.doc}
			for _, text := range pg.scripts() {
				for _, fragment := range list[i].SearchAll(text, maxRecords) {
					if r, ok := pg.fragmentRow(fragment, near); ok {
						g.rows = append(g.rows, r)
					}
				}
			}
			if len(g.rows) > 0 {
				return []*group{g}, rule(s, "records", i)
			}
		}
	}
	return nil, ""
}

// fragmentRow parses the HTML of one row.
func (pg *page) fragmentRow(fragment string, near date.Hint) (row, bool) {
	context := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	if strings.HasPrefix(strings.TrimSpace(fragment), "<tr") {
		context = &html.Node{Type: html.ElementNode, Data: "tbody", DataAtom: atom.Tbody}
	}
	nodes, err := html.ParseFragment(bytes.NewReader(bounded([]byte(fragment))), context)
	if err != nil {
		return row{}, false
	}
	top := &html.Node{Type: html.ElementNode, Data: "li", DataAtom: atom.Li}
	for _, n := range nodes {
		top.AppendChild(n)
	}
	return pg.readRow(top, near)
}

// scripts gives the inline scripts, and the whole text of a page that is no
// HTML but a script's data.
func (pg *page) scripts() []string {
	if pg.data != "" {
		return append([]string{pg.data}, pg.ix.Scripts...)
	}
	return pg.ix.Scripts
}
