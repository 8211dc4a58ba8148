package archive

import (
	"context"
	"math"
)

// Costs in microseconds, measured on a shared core in November 2026: to note a candidate, and to read an
// article and look whether it fits. What matters is their ratio.
const (
	noteCost = 0.13
	readCost = 10
)

// fewCandidates are sorted one by one in less time than a sieve takes to set up.
const fewCandidates = 1000

// newest gives the ids of hits, newest first. Few candidates it sorts, and looks at their texts until there are enough; of
// many it only notes the ids. Where the words are so frequent that even this takes long, it looks through the newest articles themselves.
func (a *Archive) newest(ctx context.Context, s *statement, limit, offset int) ([]int64, error) {
	articles, err := a.lastID(ctx)
	if err != nil {
		return nil, err
	}
	// With h candidates a sieve costs h notes, looking through (limit+offset)·articles/h reads: where both are the same
	// lies the border.
	want := float64(limit + offset)
	border := max(fewCandidates, int(math.Sqrt(want*float64(articles)*readCost/noteCost)))
	through, candidates := articles, border // articles to look through; 0 = none
	switch {
	case s.match == "":
	case s.loose:
		through = min(articles, 50*(limit+offset))
	default:
		if candidates, err = a.estimate(ctx, s); err != nil {
			return nil, err
		}
		through = min(articles, int(4*want*float64(articles)/float64(border))+64)
		if candidates < border {
			through = 0
		}
	}
	if s.exact && s.match == "" {
		return a.ids(ctx, `SELECT c.id FROM articles c INDEXED BY articles_day WHERE true`+s.where+byDay+` LIMIT ? OFFSET ?`,
			append(s.args[:len(s.args):len(s.args)], limit, offset)...)
	}
	if through > 0 {
		ids, err := a.lookThrough(ctx, s, through, limit, offset)
		if err != nil || len(ids) == limit || through == articles {
			return ids, err
		}
	}
	if candidates > fewCandidates {
		return a.sieve(ctx, s, limit, offset)
	}
	from, args := s.checked(s.candidates(byDay))
	return a.ids(ctx, `SELECT a.id `+from+` LIMIT ? OFFSET ?`, append(args[:len(args):len(args)], limit, offset)...)
}

// lookThrough gives those of the newest articles, so many of them, whose texts fit.
func (a *Archive) lookThrough(ctx context.Context, s *statement, articles, limit, offset int) ([]int64, error) {
	return a.ids(ctx, `SELECT a.id FROM (SELECT c.id AS hit FROM articles c INDEXED BY articles_day WHERE true`+s.where+byDay+
		` LIMIT ?) CROSS JOIN articles a ON a.id = hit WHERE `+fitsName+`(?, a.title, a.subtitle, a.body) LIMIT ? OFFSET ?`,
		append(s.args[:len(s.args):len(s.args)], articles, s.number, limit, offset)...)
}

// lastID is the highest id of an article: about their number, since none is ever taken out.
func (a *Archive) lastID(ctx context.Context) (id int, err error) {
	err = a.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM articles`).Scan(&id)
	return id, err
}

// estimate says how many candidates the index has, from how close together those stand that came last into the archive. Few
// are counted: up to fewCandidates it is exact.
func (a *Archive) estimate(ctx context.Context, s *statement) (int, error) {
	const sample = 100
	var n, first, last int
	err := a.read.QueryRowContext(ctx, `SELECT count(*), coalesce(min(rowid), 0), coalesce(max(rowid), 0) FROM (SELECT rowid FROM `+s.table+` WHERE `+s.table+
		` MATCH ? ORDER BY rowid DESC LIMIT ?)`, s.match, sample).Scan(&n, &first, &last)
	if err != nil || n < sample {
		return n, err
	}
	articles, err := a.lastID(ctx)
	if err != nil {
		return 0, err
	}
	if n = sample * articles / (last - first + 1); n > 2*fewCandidates {
		return n, nil
	}
	n, err = a.atLeast(ctx, s.table, s.match, fewCandidates+1)
	return n, err
}

// atLeast says how many rows the index has for match, up to most.
func (a *Archive) atLeast(ctx context.Context, table, match string, most int) (n int, err error) {
	err = a.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+table+` WHERE `+table+` MATCH ? LIMIT ?)`, match, most).Scan(&n)
	return n, err
}
