// Package probe meets a site: Probe reads a home page and what it leads to and
// drafts a profile; Check holds a profile against the site's pages and counts
// which rules still answer.
//
// It decides which pages to look at and knows what to make of them. It gets
// them through the function it is given, and refuses to know whether they come
// from the network or from a folder of saved pages.
package probe

import (
	"context"

	"campusnews/extract"
)

// A Fetch gets one page. Its error means that the page cannot be had now; the
// reading goes on with other pages, unless ctx has ended.
type Fetch func(ctx context.Context, url string) (extract.Page, error)
