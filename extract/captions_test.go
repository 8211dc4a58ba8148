package extract

import (
	"slices"
	"testing"
)

func TestPhotographers(t *testing.T) {
	for _, c := range []struct {
		caption string
		want    []string
	}{
		{"植树现场。 江屿 摄", []string{"江屿"}},
		{"清晨五点的食堂后厨 宋知远 摄", []string{"宋知远"}},
		{"植树现场（江屿、宋知远/摄）", []string{"江屿", "宋知远"}},
		{"江屿 摄影", []string{"江屿"}},
		{"航拍校园。江屿 / 摄", []string{"江屿"}},
		{"图为学生调节导流闸门。", nil},
		{"正在拍摄", nil},
		{"摄", nil},
	} {
		var got []string
		for _, credit := range photographers([]Image{{Caption: c.caption}, {Caption: c.caption}}) {
			got = append(got, credit.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.caption, got, c.want)
		}
	}
}
