package archive

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"
)

// Searches with numbers and days at and beyond their ends answer, and say no wrong thing.
func TestSearchAtTheEnds(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	var text []byte
	for n := 1; n <= 450; n++ {
		text = append(text, answerRecord(fmt.Sprintf("https://news.csu.edu.cn/info/1003/%d.htm", n), noon.Add(time.Duration(n)*time.Minute), "200 OK", "", pageText(fmt.Sprintf("第%d篇文章的题目", n), "一句学术的话。"))...)
	}
	importText(t, c, text)
	for _, words := range []string{"", "学术", "学术的话", "话 NOT 天", "第9篇"} {
		for _, order := range []Order{Newest, Relevance} {
			for _, f := range []Filter{{}, {From: "2016"}, {From: "2016-07-22", To: "2016-07-22"}, {From: "0001", To: "9999"}, {Site: "csu"}, {AsOf: noon.Add(48 * time.Hour)}} {
				for _, q := range []Query{{Offset: math.MaxInt}, {Offset: math.MaxInt - 5, Limit: 20}, {Limit: math.MaxInt}, {Limit: math.MaxInt, Offset: 3}, {Limit: -1, Offset: -1}, {Limit: 20, Offset: 440}, {Limit: 20, Offset: 451}} {
					q.Text, q.Filter, q.Order, q.Total, q.Everything = words, f, order, true, true
					name := fmt.Sprintf("%q order %d %+v limit %d offset %d", words, order, f, q.Limit, q.Offset)
					hits, err := a.Search(t.Context(), q)
					if errors.Is(err, ErrNoRelevance) {
						continue
					}
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					limit, offset := q.Limit, max(q.Offset, 0)
					if limit <= 0 {
						limit = 20
					}
					if want := min(limit, max(hits.Total-offset, 0)); len(hits.Hits) != want {
						t.Errorf("%s: %d hits of %d, want %d", name, len(hits.Hits), hits.Total, want)
					}
				}
			}
		}
	}
}
