package archive

// EstimateFrom lets totals be estimated from so many candidates on, by so many texts, until the function it gives is called.
func EstimateFrom(candidates, texts int) (undo func()) {
	from, by := estimatedFrom, estimatedBy
	estimatedFrom, estimatedBy = candidates, texts
	return func() { estimatedFrom, estimatedBy = from, by }
}
