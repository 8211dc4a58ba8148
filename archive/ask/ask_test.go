package ask

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", " \u3000\t", "<nil>"},
		{"empty quotation marks", `""`, "<nil>"},
		{"one word", "先进", `"先进"`},
		{"words", "先进　基层 lab*", `("先进" AND "基层" AND "lab*")`},
		{"AND", "先进 AND 基层", `("先进" AND "基层")`},
		{"OR", "先进 OR 基层", `("先进" OR "基层")`},
		{"AND binds closer", "a b OR c AND d", `(("a" AND "b") OR ("c" AND "d"))`},
		{"parentheses", "a (b OR c)", `("a" AND ("b" OR "c"))`},
		{"wide parentheses", "a（b OR c）d", `("a" AND ("b" OR "c") AND "d")`},
		{"minus", "报告 -讲座", `("报告" AND NOT "讲座")`},
		{"full-width minus", "报告 －讲座", `("报告" AND NOT "讲座")`},
		{"NOT first", "NOT a b", `(NOT "a" AND "b")`},
		{"NOT a group", "a -(b OR c)", `("a" AND NOT ("b" OR "c"))`},
		{"twice NOT", "a NOT NOT b", `("a" AND "b")`},
		{"minus within a word", "2019-2020 COVID-19", `("2019-2020" AND "COVID-19")`},
		{"phrase", `"first prize"`, `"first prize"`},
		{"Chinese quotation marks", `“党建工作，成绩”x`, `("党建工作，成绩" AND "x")`},
		{"operators in a phrase", `"a OR (b" c`, `("a OR (b" AND "c")`},
		{"small operators are words", "a or b", `("a" AND "or" AND "b")`},
		{"field", "title:先进 text:基层", `(title:"先进" AND text:"基层")`},
		{"Chinese field", `标题："先进 集体"`, `title:"先进 集体"`},
		{"field of an operator", "title:OR", `title:"OR"`},
		{"no field", "10:30 http://a", `("10:30" AND "http://a")`},
		{"minus a field", "a -title:b", `("a" AND NOT title:"b")`},
		{"nested groups", "((a) b)", `("a" AND "b")`},
		{"control characters", "a\x00b", `("a" AND "b")`},
	} {
		n, err := Parse(c.text)
		got := "<nil>"
		if n != nil {
			got = n.String()
		}
		if err != nil || got != c.want {
			t.Errorf("%s: got %s (%v), want %s", c.name, got, err, c.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		at         int
		says       string
	}{
		{"open quotation mark", `先进 "基层`, 4, "quotation mark is not closed"},
		{"open parenthesis", "a (b OR c", 3, "( is not closed"},
		{"open at the end", "a (", 3, "( is not closed"},
		{"closed too often", "a b)", 4, ") closes nothing"},
		{"closed at first", ") a", 1, ") closes nothing"},
		{"empty parentheses", "a ()", 3, "nothing stands in"},
		{"OR first", "OR a", 1, "OR needs a word before it"},
		{"OR last", "a OR", 3, "OR needs a word behind it"},
		{"OR twice", "a OR OR b", 6, "OR needs a word before it"},
		{"AND last", "a AND", 3, "AND needs a word behind it"},
		{"NOT last", "a NOT", 3, "NOT needs a word behind it"},
		{"NOT alone", "NOT a", 1, "NOT needs a word beside it"},
		{"minus alone", "-a -b", 1, "NOT needs a word beside it"},
		{"minus in OR", "a OR -b", 6, "NOT needs a word beside it"},
		{"minus without a word", "a - b", 3, "a minus leaves out"},
		{"field without a word", "a title: b", 3, "nothing is to be looked for"},
		{"field of a group", "title:(a b)", 7, "a field holds for one word"},
		{"too many words", strings.Repeat("字 ", MaxTerms+1), 2*MaxTerms + 1, "more than 256 words"},
		{"too deep", strings.Repeat("(", 1000) + "a" + strings.Repeat(")", 1000), MaxDepth + 2, "parentheses within each other"},
		{"too deep by NOT", "a " + strings.Repeat("NOT ", 1000) + "b", 0, ""},
		{"too long", strings.Repeat("长", MaxLength), 0, "of at most"},
	} {
		n, err := Parse(c.text)
		e, ok := errors.AsType[*Error](err)
		switch {
		case n != nil || !ok:
			t.Errorf("%s: got %v, %v, want an error", c.name, n, err)
		case c.says != "" && (e.At != c.at || !strings.Contains(e.Error(), c.says)):
			t.Errorf("%s: got %q at %d, want %q at %d", c.name, e, e.At, c.says, c.at)
		}
	}
}

// FuzzParse: whatever is typed is understood or refused with a place in it, and what String writes is the same query.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"先进 基层", `a "b c" -d (e OR f*)`, "title:先进", "NOT NOT a b", `“x”y`, "a OR (b -c)", "（a）", "\x00\xff(", strings.Repeat("(", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			e, ok := errors.AsType[*Error](err)
			if !ok || n != nil || e.At < 0 || e.At > utf8.RuneCountInString(s) || e.What == "" {
				t.Fatalf("%q: %v, %#v", s, n, err)
			}
			return
		}
		if n == nil {
			return
		}
		if n.Op == Not {
			t.Fatalf("%q: nothing must be there", s)
		}
		check(t, n, 0)
		text := n.String()
		if len(text) > MaxLength {
			return
		}
		again, err := Parse(text)
		if err != nil || again == nil || again.String() != text {
			t.Fatalf("%q: %s reads as %v (%v)", s, text, again, err)
		}
	})
}

func check(t *testing.T, n *Node, depth int) {
	positive := 0
	for _, k := range n.Kids {
		if k.Op != Not {
			positive++
		}
		check(t, k, depth+1)
	}
	switch n.Op {
	case Term:
		if len(n.Kids) > 0 || strings.TrimSpace(n.Text) == "" {
			t.Fatalf("term %#v", n)
		}
	case And:
		if len(n.Kids) < 2 || positive == 0 {
			t.Fatalf("AND of %d, %d positive", len(n.Kids), positive)
		}
	case Or:
		if len(n.Kids) < 2 || positive < len(n.Kids) {
			t.Fatalf("OR of %d, %d positive", len(n.Kids), positive)
		}
	case Not:
		if len(n.Kids) != 1 || n.Kids[0].Op == Not {
			t.Fatalf("NOT of %v", n.Kids)
		}
	}
}
