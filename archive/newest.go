package archive

import (
	"context"

	"campusnews/archive/postings"
)

// How many candidates are sorted at once: fewCandidates take no longer than to ask whether the directory is fresh, and from one article in
// fewOf on it takes longer than to go through the newest articles for them. Without a directory it is someCandidates. To pick the
// first few out of n candidates takes some 4 ns each, to go through the newest of N articles some 4 µs × N/n: equal where n² is pickedOf × N.
const (
	fewCandidates  = 40
	fewOf          = 64
	someCandidates = 400
	mostPicked     = 200 // hits that are picked out one by one rather than sorted
	pickedOf       = 1000
)

// newest gives the ids of hits, newest first.
func (a *Archive) newest(ctx context.Context, s *statement, limit, offset int) ([]int64, error) {
	if s.look != nil {
		set, now, err := a.candidates(ctx, s)
		if err != nil {
			return nil, err
		}
		return a.newestOf(ctx, s, set, now, limit, offset)
	}
	if s.exact {
		return a.ids(ctx, `SELECT c.id FROM articles c INDEXED BY articles_day WHERE true`+s.where+byDay+` LIMIT ? OFFSET ?`,
			append(s.args[:len(s.args):len(s.args)], limit, offset)...)
	}
	return a.ids(ctx, `SELECT a.id FROM (SELECT c.id AS hit FROM articles c INDEXED BY articles_day WHERE true`+s.where+byDay+
		` LIMIT -1) CROSS JOIN articles a ON a.id = hit WHERE `+fitsName+`(?, a.title, a.subtitle, a.body) LIMIT ? OFFSET ?`,
		append(s.args[:len(s.args):len(s.args)], s.number, limit, offset)...)
}

// newestOf gives the ids of those candidates that are hits, newest first. Few of them it sorts; for many it goes through the ids of all articles
// from the newest on, in strides, until there are enough. It takes what it has seen out of the set.
func (a *Archive) newestOf(ctx context.Context, s *statement, set postings.Set, now point, limit, offset int) ([]int64, error) {
	left, want := set.Len(), offset+limit
	pick := s.exact && s.where == "" && want <= mostPicked && left < pickedOf*64*len(set)/max(left, 1)
	if left > fewCandidates && (pick || left < 64*len(set)/fewOf) && a.directory.searches.Add(1) > 1 {
		d, err := a.directory.at(ctx, a, now)
		if err != nil {
			return nil, err
		}
		if pick {
			if ids, known := d.first(set, want); known {
				list := make([]int64, len(ids))
				for i, id := range ids {
					list[i] = int64(id)
				}
				return list[min(offset, len(list)):], nil
			}
		}
		if ids := set.Rows(); left < 64*len(set)/fewOf && d.sorted(ids) {
			list, err := a.passing(ctx, s, ids, want)
			return list[min(offset, len(list)):], err
		}
	}
	if left <= someCandidates {
		from, args := s.checked(s.allowed(set.Rows(), byDay))
		return a.ids(ctx, `SELECT a.id `+from+` LIMIT ? OFFSET ?`, append(args[:len(args):len(args)], limit, offset)...)
	}
	stride := 64 + 2*want*(64*len(set)/left+1)
	var list []int64
	for from := 0; left > 0 && len(list) < want; from, stride = from+stride, 4*stride {
		ids, err := a.idList(ctx, `FROM (SELECT id AS hit FROM articles INDEXED BY articles_day ORDER BY day DESC, id DESC LIMIT ? OFFSET ?)`, stride, from)
		if err != nil {
			return nil, err
		}
		if ids == "" {
			break
		}
		var seen []int
		eachID(ids, func(id int) {
			if set.Take(id) {
				seen = append(seen, id)
			}
		})
		left -= len(seen)
		found, err := a.passing(ctx, s, seen, want-len(list))
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list[min(offset, len(list)):min(want, len(list))], nil
}

// passing are those of candidates, at most most of them, that pass the filters and fit, in the order given.
func (a *Archive) passing(ctx context.Context, s *statement, candidates []int, most int) ([]int64, error) {
	if s.exact && s.where == "" || len(candidates) == 0 {
		list := make([]int64, min(len(candidates), most))
		for i := range list {
			list[i] = int64(candidates[i])
		}
		return list, nil
	}
	from, args := s.checked(s.allowed(candidates, ``))
	return a.ids(ctx, `SELECT a.id `+from+` LIMIT ?`, append(args[:len(args):len(args)], most)...)
}

// idList is one value with the ids of a statement, which begins with FROM and has them as hit.
func (a *Archive) idList(ctx context.Context, from string, args ...any) (ids string, err error) {
	err = a.read.QueryRowContext(ctx, `SELECT coalesce(group_concat(hit, ' '), '') `+from, args...).Scan(&ids)
	return ids, err
}

// eachID calls f for the ids in a text, separated by blanks: to fetch them as one value takes a tenth of the time that
// a row for each does.
func eachID(ids string, f func(id int)) {
	for i := 0; i < len(ids); i++ {
		id := 0
		for ; i < len(ids) && ids[i] != ' '; i++ {
			id = 10*id + int(ids[i]-'0')
		}
		f(id)
	}
}
