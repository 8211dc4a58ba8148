package archive

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// A Moment is one thing that the archive knows of an article's history. What it is stands in the one pointer that is not nil.
type Moment struct {
	Time     time.Time // UTC
	Capture  *Capture  // a request for one of its pages or files
	Revision *Revision // a version that was seen for the first time
	Event    *Event    // it vanished or came back
}

// historyCaptures bounds the captures of a History.
const historyCaptures = 100_000

// History gives all that the archive knows of an article, in the order of time; what came of a request stands behind it.
func (a *Archive) History(ctx context.Context, id int64) ([]Moment, error) {
	captures, err := a.CapturesOf(ctx, id, historyCaptures)
	if err != nil {
		return nil, err
	}
	revisions, err := a.Revisions(ctx, id)
	if err != nil {
		return nil, err
	}
	events, err := a.Events(ctx, id)
	if err != nil {
		return nil, err
	}
	slices.Reverse(captures)
	list := make([]Moment, 0, len(captures)+len(revisions)+len(events))
	for i := range captures {
		list = append(list, Moment{Time: captures[i].Started, Capture: &captures[i]})
	}
	for i := range revisions {
		list = append(list, Moment{Time: revisions[i].Seen, Revision: &revisions[i]})
	}
	for i := range events {
		list = append(list, Moment{Time: events[i].Seen, Event: &events[i]})
	}
	slices.SortStableFunc(list, func(x, y Moment) int { return cmp.Compare(x.Time.UnixMilli(), y.Time.UnixMilli()) })
	return list, nil
}
