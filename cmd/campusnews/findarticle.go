package main

import (
	"context"
	"errors"
	"strings"

	"campusnews/archive"
	"campusnews/extract"
)

// findArticle gives the id of the article that a command line names: by its id, or by an address as people have noted it, which
// need not be spelt as the site's lists spelt it when it was crawled.
func findArticle(ctx context.Context, a *archive.Archive, ref string) (int64, error) {
	var spellings []string
	key := addressKey(ref)
	if key != "" {
		spellings = append(spellings, key)
	}
	id, err := a.Find(ctx, ref, spellings...)
	if !errors.Is(err, archive.ErrNotFound) {
		return id, err
	}
	if list, err := a.Explain(ctx, ref); key != "" && err == nil && len(list) > 0 {
		return 0, hint(errors.New(ref+" is in the archive, but is no article"), "campusnews status --url %s says what it is", ref)
	}
	return 0, hint(err, "campusnews search shows the ids of articles")
}

// addressKey gives the identity of the page at an address, by which http and https, an address with a fragment, and a page that has
// several addresses in its publishing system are one; "" for what is no address. The scheme may be left out.
func addressKey(address string) string {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	host, _, _ := strings.Cut(address[strings.Index(address, "://")+3:], "/")
	if !strings.ContainsAny(host, ".:") || strings.ContainsAny(host, " \t") {
		return ""
	}
	return extract.New().Key(address)
}
