package archive

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"

	"campusnews/archive/bigram"
)

// Relevance is BM25 over title and body, k1 = 1.2, b = 0.75 (here k2), a word in the title counting as titleWeight in the body. The index does
// not know how often a word stands in an article, so that is counted in the texts, and only in those of a pool:
// all candidates if there are at most poolSize; else those with all words in the title and those that came
// last into the archive, or of beginnings of words the newest. What lies outside the pool follows behind it, newest first.
const (
	poolSize    = 200
	titleWeight = 5
	k1, k2      = 1.2, 0.75
	meanBytes   = 3900 // of a body: 1,273 Han characters and what stands between them
	mostHits    = 5000
)

// relevant gives the ids of hits, the best first.
func (a *Archive) relevant(ctx context.Context, s *statement, limit, offset int) ([]int64, error) {
	pool, err := a.pool(ctx, s)
	if err != nil {
		return nil, err
	}
	weights, err := a.weights(ctx, s.terms)
	if err != nil {
		return nil, err
	}
	type scored struct {
		id    int64
		day   string
		score float64
	}
	var best []scored
	err = a.eachRow(ctx, func(rows *sql.Rows) error {
		var x scored
		var title, subtitle, body string
		if err := rows.Scan(&x.id, &x.day, &title, &subtitle, &body); err != nil {
			return err
		}
		if s.root.fits(title, subtitle, body) {
			x.score = score(s.terms, weights, title, subtitle, body)
			best = append(best, x)
		}
		return nil
	}, `SELECT a.id, coalesce(a.day, ''), coalesce(a.title, ''), coalesce(a.subtitle, ''), a.body FROM json_each(?) j CROSS JOIN articles a ON a.id = j.value`, list64(pool))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(best, func(x, y scored) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(y.day, x.day), cmp.Compare(y.id, x.id))
	})
	var ids []int64
	for _, x := range best[min(offset, len(best)):min(offset+limit, len(best))] {
		ids = append(ids, x.id)
	}
	if len(ids) == limit || len(pool) < poolSize {
		return ids, nil
	}
	rest := *s
	rest.where += ` AND c.id NOT IN (SELECT value FROM json_each(?))`
	rest.args = append(s.args[:len(s.args):len(s.args)], list64(pool))
	more, err := a.newest(ctx, &rest, limit-len(ids), max(0, offset-len(best)))
	return append(ids, more...), err
}

// looseReads is how many of the newest articles are looked through for beginnings of words, such as single characters: where
// these are frequent the index is slow.
const looseReads = 1000

// pool gives the candidates that are worth a look, poolSize of them when there are more. The index gives its latest ones at
// once, however many it has.
func (a *Archive) pool(ctx context.Context, s *statement) ([]int64, error) {
	var latest []int64
	var err error
	if s.loose {
		latest, err = a.lookThrough(ctx, s, looseReads, poolSize+1, 0)
	}
	if err == nil && len(latest) <= poolSize {
		from, args := s.candidates(` ORDER BY f.rowid DESC`)
		latest, err = a.ids(ctx, `SELECT hit `+from+` LIMIT ?`, append(args, poolSize+1)...)
	}
	if err != nil || len(latest) <= poolSize {
		return latest, err
	}
	m := *s.matcher
	m.table = "articles_fts_title"
	titles := &statement{matcher: &m, where: s.where, args: s.args}
	from, args := titles.candidates(` ORDER BY f.rowid DESC`)
	ids, err := a.ids(ctx, `SELECT hit `+from+` LIMIT ?`, append(args, poolSize*2/3)...)
	if err != nil {
		return nil, err
	}
	for _, id := range latest {
		if len(ids) < poolSize && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// weights say how much each term tells: the rarer it is, the more.
func (a *Archive) weights(ctx context.Context, terms []bigram.Term) ([]float64, error) {
	weights := make([]float64, len(terms))
	if len(weights) == 1 {
		return []float64{1}, nil
	}
	var articles float64
	if err := a.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM articles`).Scan(&articles); err != nil {
		return nil, err
	}
	for i, t := range terms {
		if t.Match() == "" {
			continue
		}
		n, err := a.atLeast(ctx, "articles_fts", t.Match(), mostHits)
		if err != nil {
			return nil, err
		}
		weights[i] = math.Log(1 + (articles-float64(n)+0.5)/(float64(n)+0.5))
	}
	return weights, nil
}

func score(terms []bigram.Term, weights []float64, title, subtitle, body string) (sum float64) {
	for i, t := range terms {
		n := float64(t.Count(body)) + titleWeight*float64(t.Count(title)+t.Count(subtitle))
		sum += weights[i] * n * (k1 + 1) / (n + k1*(1-k2+k2*float64(len(body))/meanBytes))
	}
	return sum
}
