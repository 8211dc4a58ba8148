// Package extract turns the bytes of one page into what the page says: an
// Article, a Listing, or the reason why it is neither.
//
// It is pure: it knows charsets, publishing systems, profiles and bylines, and
// refuses to know the network, the disk, the clock, SQL and logging. The same
// bytes, address and profile give the same Result, today and in ten years.
package extract
