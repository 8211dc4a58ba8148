package archive

import "campusnews/archive/postings"

// EstimateFrom lets totals be estimated from so many candidates on, by so many texts, until the function it gives is called.
func EstimateFrom(candidates, texts int) (undo func()) {
	from, by := estimatedFrom, estimatedBy
	estimatedFrom, estimatedBy = candidates, texts
	return func() { estimatedFrom, estimatedBy = from, by }
}

// ForgetWords lets go of the rows of words that were looked up before.
func ForgetWords(a *Archive) { a.texts, a.titles = postings.Cache{}, postings.Cache{} }
