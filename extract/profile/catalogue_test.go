package profile

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCatalogue(t *testing.T) {
	all := Catalogue()
	if len(all) < 90 {
		t.Fatalf("got %d entries, want the 94 portals", len(all))
	}
	hosts := map[string]string{}
	for _, p := range all {
		if p.Name == "" || p.Province == "" || len(p.Evidence) == 0 {
			t.Errorf("%s: got name %q, province %q, %d pieces of evidence, want all of them", p.ID, p.Name, p.Province, len(p.Evidence))
		}
		if latin[p.Province] == "" {
			t.Errorf("%s: %q is no province", p.ID, p.Province)
		}
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)?$`).MatchString(p.ID) {
			t.Errorf("%s: want a short id", p.ID)
		}
		if src, ok := Source(p.ID); !ok || !strings.Contains(string(src), "id: "+p.ID+"\n") {
			t.Errorf("%s: its file has another id or does not say it", p.ID)
		}
		for _, h := range p.Hosts {
			if other, ok := hosts[h]; ok {
				t.Errorf("%s and %s have the same host %s", p.ID, other, h)
			}
			hosts[h] = p.ID
		}
	}
}

func TestSearch(t *testing.T) {
	tests := map[string]struct {
		words       []string
		first       string
		hold, leave []string
		count       int // -1 = any
	}{
		"province":                    {[]string{"湖南"}, "", []string{"csu", "hnu", "nudt"}, []string{"whu"}, 3},
		"province in full":            {[]string{"湖南省"}, "", []string{"csu", "hnu", "nudt"}, nil, 3},
		"province in pinyin":          {[]string{"HuNan"}, "", []string{"csu", "hnu", "nudt"}, nil, 3},
		"city":                        {[]string{"大庆"}, "byau", nil, nil, 1},
		"id first":                    {[]string{"hit"}, "hit", []string{"hit-today", "hitwh"}, nil, -1},
		"abbreviation":                {[]string{"哈工大"}, "hit-today", []string{"hit"}, []string{"neu"}, -1},
		"short name after substrings": {[]string{"北大"}, "neu", []string{"pku"}, nil, -1},
		"host":                        {[]string{"view.sdu"}, "sdu", nil, nil, 1},
		"two words":                   {[]string{"湖南", "vsb"}, "", []string{"csu", "hnu"}, []string{"nudt"}, 2},
		"section":                     {[]string{"中南故事"}, "csu", nil, nil, 1},
		"nothing":                     {[]string{"霍格沃茨"}, "", nil, nil, 0},
		"no words":                    {nil, "ahau", nil, nil, len(Catalogue())},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range Search(tt.words...) {
				got = append(got, p.ID)
			}
			if tt.count >= 0 && len(got) != tt.count {
				t.Errorf("got %d entries %q, want %d", len(got), got, tt.count)
			}
			if tt.first != "" && (len(got) == 0 || got[0] != tt.first) {
				t.Errorf("got %q, want %s first", got, tt.first)
			}
			for _, id := range tt.hold {
				if !slices.Contains(got, id) {
					t.Errorf("got %q, want %s among them", got, id)
				}
			}
			for _, id := range tt.leave {
				if slices.Contains(got, id) {
					t.Errorf("got %q, want no %s", got, id)
				}
			}
		})
	}
}

func BenchmarkCatalogue(b *testing.B) {
	for b.Loop() {
		for _, id := range IDs() {
			mustParse(id)
		}
	}
}
