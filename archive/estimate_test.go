package archive_test

import (
	"testing"

	"campusnews/archive"
	"campusnews/archive/archivetest"
)

// TestEstimate: the number of hits is estimated only where it was asked for and many texts would have to be read, and is near the truth then.
func TestEstimate(t *testing.T) {
	a := archivetest.Open(t, 600)
	defer archive.EstimateFrom(150, 100)()
	estimated := 0
	for _, text := range []string{"学院", "学院的", `"学院，"`, "学院 NOT 学院的", "大学生", "学院的 OR 大学生"} {
		total := func(estimate bool) archive.Hits {
			h, err := a.Search(t.Context(), archive.Query{Text: text, Total: true, Estimate: estimate, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		truth, got := total(false), total(true)
		if truth.About || !got.About && got.Total != truth.Total {
			t.Errorf("%s: got %d (about: %t), want %d", text, got.Total, got.About, truth.Total)
		}
		if got.About {
			if estimated++; got.Total < truth.Total-90 || got.Total > truth.Total+90 {
				t.Errorf("%s: got about %d of 600, want about %d", text, got.Total, truth.Total)
			}
		}
	}
	// So rare among its candidates that the sample may hold none.
	defer archive.EstimateFrom(150, 1)()
	for _, text := range []string{"学院的", "大学生"} {
		h, err := a.Search(t.Context(), archive.Query{Text: text, Total: true, Estimate: true, Limit: 50, Offset: 5})
		if err != nil || h.About && len(h.Hits) > 0 && h.Total < 5+len(h.Hits) {
			t.Errorf("%s: about %d with %d hits from the fifth on (%v)", text, h.Total, len(h.Hits), err)
		}
	}
	if estimated == 0 {
		t.Error("nothing was estimated")
	}
}
