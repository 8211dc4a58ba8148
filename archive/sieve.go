package archive

import (
	"context"
	"math/bits"
)

// An idSet is a set of article ids, a bit an article.
type idSet []uint64

func newIDSet(ids string) (set idSet, n int) {
	eachID(ids, func(id int) {
		for id/64 >= len(set) {
			set = append(set, make([]uint64, max(len(set), id/64+1-len(set)))...)
		}
		set[id/64] |= 1 << (id % 64)
	})
	for _, word := range set {
		n += bits.OnesCount64(word)
	}
	return set, n
}

// take says whether id was in the set, which it leaves.
func (s idSet) take(id int) bool {
	if id/64 >= len(s) || s[id/64]&(1<<(id%64)) == 0 {
		return false
	}
	s[id/64] &^= 1 << (id % 64)
	return true
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

// idList is one value with the ids of a statement, which begins with FROM and has them as hit.
func (a *Archive) idList(ctx context.Context, from string, args ...any) (ids string, err error) {
	err = a.read.QueryRowContext(ctx, `SELECT coalesce(group_concat(hit, ' '), '') `+from, args...).Scan(&ids)
	return ids, err
}

// sieve gives the ids of hits, newest first, where the index has many candidates: it notes all of them without a look at their rows, and
// goes through the ids of all articles from the newest on, in strides, until there are enough.
func (a *Archive) sieve(ctx context.Context, s *statement, limit, offset int) ([]int64, error) {
	ids, err := a.idList(ctx, `FROM (SELECT rowid AS hit FROM `+s.table+` WHERE `+s.table+` MATCH ?)`, s.match)
	if err != nil {
		return nil, err
	}
	articles, err := a.lastID(ctx)
	if err != nil {
		return nil, err
	}
	set, left := newIDSet(ids)
	var list []int64
	want := offset + limit
	stride := 64 + 2*want*(articles/max(left, 1)+1)
	for from := 0; left > 0 && len(list) < want; from, stride = from+stride, 4*stride {
		ids, err := a.idList(ctx, `FROM (SELECT id AS hit FROM articles INDEXED BY articles_day ORDER BY day DESC, id DESC LIMIT ? OFFSET ?)`, stride, from)
		if err != nil {
			return nil, err
		}
		if ids == "" {
			break
		}
		var found []int64
		eachID(ids, func(id int) {
			if set.take(id) {
				found = append(found, int64(id))
			}
		})
		left -= len(found)
		if found, err = a.passing(ctx, s, found, want-len(list)); err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list[min(offset, len(list)):min(want, len(list))], nil
}

// passing are those of ids, at most most of them, that pass the filters and fit.
func (a *Archive) passing(ctx context.Context, s *statement, ids []int64, most int) ([]int64, error) {
	if s.exact && s.where == "" || len(ids) == 0 {
		return ids, nil
	}
	from, args := s.checked(`FROM (SELECT c.id AS hit FROM json_each(?) j CROSS JOIN articles c INDEXED BY articles_sorting ON c.id = j.value WHERE true`+
		s.where+` LIMIT -1)`, append([]any{list64(ids)}, s.args...))
	return a.ids(ctx, `SELECT a.id `+from+` LIMIT ?`, append(args[:len(args):len(args)], most)...)
}
