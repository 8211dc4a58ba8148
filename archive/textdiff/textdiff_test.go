package textdiff

import (
	"strings"
	"testing"
	"time"
)

// bracketed writes runs as [-old-]{+new+}.
func bracketed(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		switch r.Op {
		case Delete:
			b.WriteString("[-" + r.Text + "-]")
		case Insert:
			b.WriteString("{+" + r.Text + "+}")
		default:
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

func TestRuns(t *testing.T) {
	for _, tc := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"equal", "同一篇", "同一篇", "同一篇"},
		{"all new", "", "新", "{+新+}"},
		{"all gone", "旧", "", "[-旧-]"},
		{"one character", "湘雅医院召开大会", "湘雅医院举行大会", "湘雅医院[-召开-]{+举行+}大会"},
		{"a name inserted", "记者 白露", "记者 白露 关月桥", "记者 白露{+ 关月桥+}"},
		{"whole words", "the first prize of 2016", "the second prize of 2017", "the [-first-]{+second+} prize of [-2016-]{+2017+}"},
		{"a number in Chinese", "共有128人参加", "共有218人参加", "共有[-128-]{+218+}人参加"},
		{"a line between", "一\n二\n三", "一\n三", "一\n[-二\n-]三"},
		{"a changed line among others", "标题\n他说，今年要好。\n结尾", "标题\n他说，明年要好。\n结尾", "标题\n他说，[-今-]{+明+}年要好。\n结尾"},
		{"another text", "校长会见来宾", "运动会昨日闭幕", "[-校长会见来宾-]{+运动会昨日闭幕+}"},
		{"crumbs", "今天由张三丰主持本次学术会议并致辞", "今天由李四光先生三次主持本次学术会议并致辞", "今天由[-张三丰-]{+李四光先生三次+}主持本次学术会议并致辞"},
		{"line end at the end", "一\n", "一", "一[-\n-]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			runs := Runs(tc.old, tc.new)
			check(t, tc.old, tc.new, runs)
			if got := bracketed(runs); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// check asks for what Runs promises.
func check(t *testing.T, old, new string, runs []Run) {
	t.Helper()
	var before, after strings.Builder
	for i, r := range runs {
		if r.Text == "" {
			t.Errorf("run %d of %q → %q is empty", i, old, new)
		}
		if i > 0 && (runs[i-1].Op == r.Op || runs[i-1].Op == Insert && r.Op == Delete) {
			t.Errorf("%s follows %s in %q → %q", r.Op, runs[i-1].Op, old, new)
		}
		if r.Op != Insert {
			before.WriteString(r.Text)
		}
		if r.Op != Delete {
			after.WriteString(r.Text)
		}
	}
	if before.String() != old || after.String() != new {
		t.Errorf("got %q → %q, want %q → %q", before.String(), after.String(), old, new)
	}
}

// TestBounded: two long texts that have little in common cost no more than a moment.
func TestBounded(t *testing.T) {
	old := strings.Repeat("甲乙丙丁戊己庚辛壬癸", 20000)
	new := strings.Repeat("子丑寅卯甲辰巳午未申酉戌亥", 15000)
	start := time.Now()
	check(t, old, new, Runs(old, new))
	many, more := strings.Repeat("一\n二\n", 50000), strings.Repeat("二\n三\n一\n", 30000)
	check(t, many, more, Runs(many, more))
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

func FuzzRuns(f *testing.F) {
	f.Add("湘雅医院召开大会", "湘雅医院举行大会")
	f.Add("a\nb\nc\n", "a\nc")
	f.Add("\xff\xfe一", "一\xff")
	f.Fuzz(func(t *testing.T, old, new string) {
		runs := Runs(old, new)
		check(t, old, new, runs)
		if old == new && len(runs) > 1 {
			t.Errorf("%q against itself: %d runs", old, len(runs))
		}
	})
}
