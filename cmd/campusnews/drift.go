package main

import (
	"context"
	"encoding/json"

	"campusnews/archive"
	"campusnews/extract/drift"
)

// comparedRuns is how many runs that brought new articles a run is held
// against: enough for a site that publishes little, few enough to get used to
// a new template in a week of daily runs.
const comparedRuns = 7

// shownChanges is how many changes the summary names.
const shownChanges = 5

// templateChanges holds what the rules found in a run against the runs of the
// site before it, as their reports in the archive say.
func templateChanges(ctx context.Context, a *archive.Archive, site string, now drift.Counts) ([]drift.Change, error) {
	rows, err := a.Crawls(ctx, site, 100)
	if err != nil {
		return nil, err
	}
	var before drift.Counts
	runs := 0
	for _, row := range rows {
		var report struct{ Drift drift.Counts }
		if len(row.Sites) != 1 || row.Report == nil || json.Unmarshal(row.Report, &report) != nil {
			continue // the run that is ending, one that was killed, or one of another version
		}
		if report.Drift.Articles.Pages == 0 {
			continue // its lists alone would outweigh those of runs that found something
		}
		before.Merge(report.Drift)
		if runs++; runs == comparedRuns {
			break
		}
	}
	return drift.Compare(before, now, drift.Options{}), nil
}
