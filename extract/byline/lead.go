package byline

import (
	"strings"
	"unicode/utf8"
)

// ParseLead reads the byline that opens a paragraph: 南开新闻网讯（通讯员 李文茹）,
// 清华新闻网3月21日电（记者 …）, 本报讯 记者张三报道：, （通讯员 …）, 【供稿/…】. length is how many bytes of the paragraph
// it takes, blanks behind it included. ok reports whether there is one; if not,
// the Line is zero.
func ParseLead(paragraph string) (l Line, length int, ok bool) {
	start := 0
	for start < len(paragraph) {
		r, w := utf8.DecodeRuneInString(paragraph[start:])
		if classify(r) != tBlank {
			break
		}
		start += w
	}
	end := leadWord(paragraph, start)
	bracketFrom := skipBlanks(paragraph, end)
	if stop := bracketEnd(paragraph, bracketFrom); stop > 0 {
		inner, isByline := ParseClosing(paragraph[bracketFrom:stop], false)
		if isByline && len(inner.Credits)+len(inner.Source) > 0 && (end > start || inner.labels > 0) {
			end, ok = stop, true
			l = inner
		}
	} else if end > start {
		if stop, reporter := reporterClause(paragraph, bracketFrom); stop > 0 {
			l, end, ok = reporter, stop, true
		}
	}
	if word := paragraph[start:leadWord(paragraph, start)]; word != "" {
		if s := leadSource(leadMedium(word)); s != "" {
			l.Source = strings.ToValidUTF8(s, "\uFFFD")
		}
		ok = true
	}
	if !ok {
		return Line{}, 0, false
	}
	return l, skipBlanks(paragraph, end), true
}

// maxLead bounds how far the opening word reaches, in bytes.
const maxLead = 90

// leadWord returns the end of the word that ends in 讯 or 电 at s[start:], or start.
func leadWord(s string, start int) int {
	for i, r := range s[start:min(len(s), start+maxLead)] {
		switch r {
		case '讯', '訊', '电', '電':
			end := start + i + utf8.RuneLen(r)
			word := s[start:end]
			if isLeadWord(word) && endsWord(s, end) {
				return end
			}
		case '，', '。', '；', '“', '！', '？', '：', '《':
			return start
		}
	}
	return start
}

// endsWord: behind the lead word stands a bracket, a blank, a colon, a reporter
// or the text itself; 讯 inside a word (通讯员) does not end one.
func endsWord(s string, end int) bool {
	rest := s[end:]
	for _, tail := range [...]string{"员", "社", "息", "站", "组", "工程", "学", "话", "视", "子", "网", "力", "商", "影", "信", "台", "器", "脑", "气"} {
		if strings.HasPrefix(rest, tail) {
			return false
		}
	}
	return true
}

func isLeadWord(w string) bool {
	medium := leadMedium(w)
	if strings.HasSuffix(w, "讯") || strings.HasSuffix(w, "訊") {
		switch medium {
		case "本网讯", "本站讯", "本报讯", "本刊讯", "新闻网讯", "讯", "通讯", "本台讯":
			return medium != "通讯" && medium != "讯"
		}
		m := strings.TrimSuffix(strings.TrimSuffix(medium, "讯"), "訊")
		return strings.HasSuffix(m, "网") || strings.HasSuffix(m, "網") || strings.HasSuffix(m, "报") || strings.HasSuffix(m, "社") || strings.HasSuffix(m, "中心") || strings.HasSuffix(m, "台") || strings.HasSuffix(m, "站") || strings.HasSuffix(m, "消息") || strings.HasSuffix(m, "新闻") || m == "我校" || m == "我院" || strings.HasSuffix(m, "学院") || strings.HasSuffix(m, "大学")
	}
	return strings.HasSuffix(w, "日电") || strings.HasSuffix(w, "日電")
}

// leadMedium cuts place and date from the opening word: 清华新闻网3月21日电 gives
// 清华新闻网电, 新华社巴黎12月9日电 gives 新华社电.
func leadMedium(w string) string {
	i := strings.IndexAny(w, "0123456789（( ")
	if i <= 0 {
		return w
	}
	head, tail := strings.TrimSpace(w[:i]), "电"
	if strings.HasSuffix(w, "讯") {
		tail = "讯"
	}
	// The place stands between medium and date: 新华社巴黎12月9日电.
	for cut := len(head); cut > 0; {
		r, w := utf8.DecodeLastRuneInString(head[:cut])
		if strings.ContainsRune("社网报端台", r) {
			head = head[:cut]
			break
		}
		cut -= w
	}
	return head + tail
}

// bracketEnd returns the offset behind the bracket that opens at s[i:]; 0 if none
// opens there or it does not close within the length of a byline.
func bracketEnd(s string, i int) int {
	depth := 0
	for j, r := range s[i:min(len(s), i+maxClosing)] {
		switch classify(r) {
		case tOpen:
			depth++
		case tClose:
			if depth--; depth == 0 {
				return i + j + utf8.RuneLen(r)
			}
		}
		if depth == 0 {
			return 0
		}
	}
	return 0
}

// reporterClause reads 记者张三 李四报道： or 通讯员 王五 behind a lead word.
func reporterClause(s string, i int) (end int, l Line) {
	rest := s[i:min(len(s), i+2*maxLead)]
	word, entry, ok := labelAtStart(rest)
	if !ok || !entry.reporter {
		return 0, Line{}
	}
	for _, stop := range [...]string{"报道：", "报道:", "报道，", "：", ":"} {
		j := strings.Index(rest, stop)
		if j < len(word) {
			continue
		}
		if got, clean := ParseClosing(rest[:j], false); clean && len(got.Credits) > 0 {
			return i + j + len(stop), got
		}
	}
	return 0, Line{}
}

func skipBlanks(s string, i int) int {
	for i < len(s) {
		r, w := utf8.DecodeRuneInString(s[i:])
		if classify(r) != tBlank {
			break
		}
		i += w
	}
	return i
}
