package archive

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"

	"campusnews/archive/bigram"
	"campusnews/archive/postings"
)

// Relevance is BM25 over title and body, k1 = 1.2, b = 0.75 (here k2), a word in the title counting as titleWeight in the body. The index does
// not know how often a word stands in an article, so that is counted in the texts, and only in those of a pool:
// all candidates if there are at most poolSize; else those with all words in the title and those that came
// last into the archive. What lies outside the pool follows behind it, newest first.
const (
	poolSize    = 200
	titleWeight = 5
	k1, k2      = 1.2, 0.75
	meanBytes   = 3900 // of a body: 1,273 Han characters and what stands between them
)

// relevant gives the ids of hits, the best first.
func (a *Archive) relevant(ctx context.Context, s *statement, limit, offset int) ([]int64, error) {
	set, now, err := a.candidates(ctx, s)
	if err != nil {
		return nil, err
	}
	pool, err := a.pool(ctx, s, set)
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
	}, `SELECT a.id, coalesce(a.day, ''), coalesce(a.title, ''), coalesce(a.subtitle, ''), a.body FROM json_each(?) j CROSS JOIN articles a ON a.id = j.value`, listed(pool))
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
	for _, id := range pool {
		set.Take(id)
	}
	more, err := a.newestOf(ctx, s, set, now, limit-len(ids), max(0, offset-len(best)))
	return append(ids, more...), err
}

// pool gives the candidates that are worth a look, poolSize of them when there are more.
func (a *Archive) pool(ctx context.Context, s *statement, set postings.Set) ([]int, error) {
	latest, err := a.latest(ctx, s, set, poolSize+1)
	if err != nil || len(latest) <= poolSize {
		return latest, err
	}
	titles, _, err := a.found(ctx, "articles_fts_title", s.look)
	if err != nil {
		return nil, err
	}
	ids, err := a.latest(ctx, s, titles[0].And(set), poolSize*2/3)
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

// latest gives the n candidates that pass the filters and came last into the archive.
func (a *Archive) latest(ctx context.Context, s *statement, set postings.Set, n int) ([]int, error) {
	if s.where == "" {
		return set.Last(n), nil
	}
	unread := *s.matcher
	unread.exact = true
	passing, err := a.passing(ctx, &statement{matcher: &unread, where: s.where, args: s.args}, set.Last(set.Len()), n)
	ids := make([]int, len(passing))
	for i, id := range passing {
		ids[i] = int(id)
	}
	return ids, err
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
	var list []*lookup
	var asked []int
	for i, t := range terms {
		if l := lookUp(t); l != nil {
			list, asked = append(list, l), append(asked, i)
		}
	}
	sets, _, err := a.found(ctx, "articles_fts", list...)
	if err != nil {
		return nil, err
	}
	for i, set := range sets {
		n := float64(set.Len())
		weights[asked[i]] = math.Log(1 + (articles-n+0.5)/(n+0.5))
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
