// Package drift counts what the pages of one run gave: how many were what they
// were asked for as, which fields were filled, and which rule filled each. When
// a site changes its template a rule stops answering, another takes over or a
// field stays empty; Compare finds that in the counts of two runs before
// anyone misses an article.
//
// It knows results of package extract and arithmetic. It refuses to know
// where the counts are kept and who is told.
package drift
