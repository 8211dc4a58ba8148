package scraper

import "campusnews/extract"

// Reread says what a run makes of a kept answer: what the reader says of it, and nil
// where a run does not ask the reader or does not go by what it says — of files, of pages
// that lead on to another address, of pages that refuse programs. body is decoded as capture.Content does.
func Reread(reader Reader, role Role, address string, status int, contentType string, body []byte) *extract.Result {
	a := answer{url: address, status: status, contentType: contentType, body: body}
	if status < 200 || status > 299 || !reads(role, a) {
		return nil
	}
	r := reader.Extract(extract.Page{URL: address, ContentType: contentType, Status: status, Body: body})
	if r.Kind == extract.KindBlocked || r.Kind == extract.KindRedirect && r.Target != "" {
		return nil
	}
	if role == RoleFeed && !isFeed(&r) {
		return nil
	}
	return &r
}

// ListedRows gives the rows of a list page as a run keeps them in Visit.Listed: each article once. nil for other pages.
func ListedRows(reader Reader, role Role, r *extract.Result) []Listed {
	if r == nil || role != RoleSection && role != RoleList && role != RoleFeed || r.Listing != nil && r.Listing.Source == extract.SourceSitemap {
		return nil
	}
	items := r.ItemLinks
	switch {
	case r.Kind == extract.KindArticle:
		return nil
	case r.Kind == extract.KindList:
		items = r.Listing.Items
	}
	var rows []Listed
	seen := make(map[string]bool, len(items))
	for _, it := range items {
		key := it.Key
		if key == "" {
			key = reader.Key(it.URL)
		}
		if !seen[key] {
			seen[key] = true
			rows = append(rows, Listed{Key: key, URL: it.URL, Title: it.Title, Date: it.Date})
		}
	}
	return rows
}
