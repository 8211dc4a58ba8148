package archive

import (
	"context"

	"campusnews/archive/postings"
)

// To ask the index of articles about one candidate takes some 10 µs, to go through all of an index some 0.2 µs a row: from one article
// in narrowFrom on, the candidates are compared with all that pass a filter.
const narrowFrom = 50

// narrow takes out of many candidates those that do not pass the filters for which an index has all articles that do, and these filters
// out of the statement.
func (a *Archive) narrow(ctx context.Context, s *statement, set postings.Set) (_ postings.Set, err error) {
	left, f := set.Len(), s.filter
	if !f.AsOf.IsZero() || left < someCandidates || left < 64*len(set)/narrowFrom {
		return set, nil
	}
	keep := func(from string, args ...any) {
		if err == nil {
			set, err = a.keep(ctx, set, from, args...)
		}
	}
	if f.From != "" || f.To != "" {
		from, values := days(f.From, f.To)
		keep(`FROM (SELECT id AS hit `+from+`)`, values...)
		f.From, f.To = "", ""
	}
	if f.Section != "" {
		const elsewhere = ` UNION ALL SELECT x.id FROM list_items i CROSS JOIN articles x ON x.site = i.site AND x.key = i.key WHERE i.section = ?`
		if f.Site != "" {
			keep(`FROM (SELECT id AS hit FROM articles INDEXED BY articles_section WHERE site = ? AND section = ?`+elsewhere+` AND i.site = ?)`, f.Site, f.Section, f.Section, f.Site)
		} else {
			keep(`FROM (SELECT id AS hit FROM articles INDEXED BY articles_section WHERE section = ?`+elsewhere+`)`, f.Section, f.Section)
		}
		f.Site, f.Section = "", ""
	}
	if f.Site != "" {
		keep(`FROM (SELECT id AS hit FROM articles INDEXED BY articles_section WHERE site = ?)`, f.Site)
		f.Site = ""
	}
	if f.Source != "" {
		keep(`FROM (SELECT id AS hit FROM articles INDEXED BY articles_sorting WHERE source = ?)`, f.Source)
		f.Source = ""
	}
	if f.Files {
		keep(`FROM (SELECT article AS hit FROM attachments)`)
		f.Files = false
	}
	if f.Changed {
		keep(`FROM (SELECT article AS hit FROM revisions WHERE number > 1 AND cause = 'page')`)
		f.Changed = false
	}
	s.restrict(f)
	return set, err
}
