package profile

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Catalogue gives all built-in profiles in the order of their ids. The caller
// must not change them; Builtin gives a copy of one's own.
//
// The facts of the catalogue come from public crawlers' configurations and
// published surveys, as each entry's Evidence says. A section's address may
// have moved since: an entry that is not Verified is a start, and sites check
// tells whether it still holds.
var Catalogue = sync.OnceValue(func() []*Profile {
	var all []*Profile
	for _, id := range IDs() {
		all = append(all, mustParse(id))
	}
	return all
})

// Search gives the catalogue's entries that hold every word, best first: those
// of which a word is the id or the school's name, then those that hold the
// words in id, names, place, host, system or a section's name, then those
// whose name the words abbreviate (哈工大 for 哈尔滨工业大学). Letter case does
// not matter, a province may be given in Latin letters (hunan) or with its
// full name (湖南省). No words give the whole catalogue.
func Search(words ...string) []*Profile {
	type hit struct {
		p    *Profile
		rank int
	}
	var hits []hit
	for _, p := range Catalogue() {
		total := 0
		for _, w := range words {
			r := rank(p, strings.ToLower(strings.TrimSpace(w)))
			if r < 0 {
				total = -1
				break
			}
			total += r
		}
		if total >= 0 {
			hits = append(hits, hit{p, total})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { // the whole catalogue stays in the order of its ids
		if c := cmp.Compare(a.rank, b.rank); c != 0 || len(words) == 0 {
			return c
		}
		return cmp.Compare(utf8.RuneCountInString(a.p.Name), utf8.RuneCountInString(b.p.Name))
	})
	out := make([]*Profile, len(hits))
	for i, h := range hits {
		out[i] = h.p
	}
	return out
}

// How well a word fits an entry; less is better, -1 does not fit.
func rank(p *Profile, word string) int {
	const (
		same = iota
		holds
		abbreviates
	)
	if word == "" {
		return holds
	}
	if word == p.ID || word == p.Name || word == p.Title {
		return same
	}
	place := word
	for _, suffix := range []string{"省", "市", "自治区", "维吾尔自治区", "壮族自治区", "回族自治区"} {
		if s, ok := strings.CutSuffix(word, suffix); ok && s != "" {
			place = s
		}
	}
	if place == p.Province || place == p.City || word == latin[p.Province] {
		return holds
	}
	fields := []string{p.ID, p.Name, p.Title, p.System}
	fields = append(fields, p.Hosts...)
	for _, s := range p.Sections {
		fields = append(fields, s.Name)
	}
	for _, f := range fields {
		if strings.Contains(strings.ToLower(f), word) {
			return holds
		}
	}
	if abbreviation(word, p.Name) {
		return abbreviates
	}
	return -1
}

// abbreviation reports whether word is made of letters of name in order,
// beginning with its first: 北大 of 北京大学.
func abbreviation(word, name string) bool {
	w, n := []rune(word), []rune(name)
	if len(w) < 2 || len(n) == 0 || w[0] < 0x80 || w[0] != n[0] {
		return false
	}
	i := 0
	for _, r := range n {
		if i < len(w) && r == w[i] {
			i++
		}
	}
	return i == len(w)
}

// latin names the province-level divisions in pinyin without tones, as on maps.
var latin = map[string]string{
	"北京": "beijing", "天津": "tianjin", "上海": "shanghai", "重庆": "chongqing", "河北": "hebei", "山西": "shanxi",
	"辽宁": "liaoning", "吉林": "jilin", "黑龙江": "heilongjiang", "江苏": "jiangsu", "浙江": "zhejiang", "安徽": "anhui",
	"福建": "fujian", "江西": "jiangxi", "山东": "shandong", "河南": "henan", "湖北": "hubei", "湖南": "hunan",
	"广东": "guangdong", "海南": "hainan", "四川": "sichuan", "贵州": "guizhou", "云南": "yunnan", "陕西": "shaanxi",
	"甘肃": "gansu", "青海": "qinghai", "台湾": "taiwan", "内蒙古": "neimenggu", "广西": "guangxi", "西藏": "xizang",
	"宁夏": "ningxia", "新疆": "xinjiang", "香港": "hongkong", "澳门": "macao",
}
