package charset

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	htmlcharset "golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

const (
	simple      = "<p>学校召开新学期工作会议，全面部署本学期重点工作。会议强调，要把立德树人落到实处。</p>"
	traditional = "<p>學校召開新學期工作會議，全面部署本學期重點工作。會議強調，要把立德樹人落到實處。</p>"
	french      = "<p>Les élèves de l'école sont arrivés à l'été, déjà très fatigués.</p>"
)

func encode(tb testing.TB, e encoding.Encoding, s string) []byte {
	tb.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func page(label, text string) string {
	if label == "" {
		return "<html><head><title>新闻</title></head><body>" + text + "</body></html>"
	}
	return "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=" + label + "\"><title>新闻</title></head><body>" + text + "</body></html>"
}

func TestDecode(t *testing.T) {
	gbk, big5 := simplifiedchinese.GB18030, traditionalchinese.Big5
	utf16le := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	utf16bare := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	for _, c := range []struct {
		name   string
		enc    encoding.Encoding
		text   string
		header string
		want   Decision
	}{
		{"utf-8, says so", encoding.Nop, page("utf-8", simple), "text/html; charset=utf-8", Decision{"utf-8", FromMeta, false}},
		{"utf-8, header only", encoding.Nop, page("", simple), "text/html;charset=UTF-8", Decision{"utf-8", FromHeader, false}},
		{"utf-8, no label", encoding.Nop, page("", simple), "text/html", Decision{"utf-8", FromBytes, false}},
		{"utf-8 labelled gb2312", encoding.Nop, page("gb2312", simple), "", Decision{"utf-8", FromBytes, false}},
		{"utf-8, header says gbk", encoding.Nop, page("utf-8", simple), "text/html; charset=GBK", Decision{"utf-8", FromMeta, false}},
		{"gbk, says gb2312", gbk, page("gb2312", simple), "", Decision{"gb18030", FromMeta, false}},
		{"gbk, header", gbk, page("", simple), `text/html; charset="gbk"`, Decision{"gb18030", FromHeader, false}},
		{"gbk, meta says utf-8", gbk, page("utf-8", simple), "", Decision{"gb18030", FromBytes, false}},
		{"gbk, header says utf-8", gbk, page("gbk", simple), "text/html; charset=utf-8", Decision{"gb18030", FromMeta, false}},
		{"gbk, all say utf-8", gbk, page("utf-8", simple), "text/html; charset=utf-8", Decision{"gb18030", FromBytes, false}},
		{"gbk, no label", gbk, page("", simple), "", Decision{"gb18030", FromBytes, false}},
		{"gbk, says iso-8859-1", gbk, page("iso-8859-1", simple), "", Decision{"gb18030", FromBytes, false}},
		{"gbk, says big5", gbk, page("big5", simple), "", Decision{"gb18030", FromBytes, false}},
		{"gbk with characters past gb2312", gbk, page("gb2312", "<p>镕堃喆€㐀</p>"+simple), "", Decision{"gb18030", FromMeta, false}},
		{"gbk, traditional text", gbk, page("gbk", traditional), "", Decision{"gb18030", FromMeta, false}},
		{"big5, says so", big5, "<meta charset=big5>" + traditional, "", Decision{"big5", FromMeta, false}},
		{"big5, no label", big5, traditional, "", Decision{"big5", FromBytes, false}},
		{"big5, header says utf-8", big5, traditional, "text/html; charset=utf-8", Decision{"big5", FromBytes, false}},
		{"short gbk that is valid utf-8", gbk, "<meta charset=gb2312><p>联通</p>", "", Decision{"gb18030", FromMeta, false}},
		{"shift_jis", japanese.ShiftJIS, "<meta charset=shift_jis><p>日本語のページです</p>", "", Decision{"shift_jis", FromMeta, false}},
		{"euc-kr", korean.EUCKR, "<meta charset=euc-kr><p>한국어 페이지입니다</p>", "", Decision{"euc-kr", FromMeta, false}},
		{"utf-16 with mark", utf16le, page("utf-8", simple), "", Decision{"utf-16le", FromBOM, false}},
		{"utf-16 without mark", utf16bare, page("utf-8", simple), "", Decision{"utf-16be", FromBytes, false}},
		{"ascii", encoding.Nop, "<p>hello</p>", "", Decision{"utf-8", FromDefault, false}},
		{"ascii, labelled", encoding.Nop, "<meta charset='gb2312'><p>hello</p>", "", Decision{"gb18030", FromMeta, false}},
		{"empty", encoding.Nop, "", "", Decision{"utf-8", FromDefault, false}},
		{"xml declaration", gbk, `<?xml version="1.0" encoding="gb2312"?>` + simple, "", Decision{"gb18030", FromMeta, false}},
		{"label in a comment", encoding.Nop, `<!-- <meta charset="gbk"> --><meta charset="utf-8">` + simple, "", Decision{"utf-8", FromMeta, false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := []byte(c.text)
			if c.enc != encoding.Nop {
				body = encode(t, c.enc, c.text)
			}
			text, got := Decode(body, c.header)
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if string(text) != c.text {
				t.Errorf("got text %q, want %q", text, c.text)
			}
		})
	}
}

func TestDecodeMarked(t *testing.T) {
	marked := append([]byte("\xEF\xBB\xBF"), page("gb2312", simple)...)
	text, d := Decode(marked, "text/html; charset=gbk")
	if want := (Decision{"utf-8", FromBOM, false}); d != want || string(text) != page("gb2312", simple) {
		t.Errorf("got %+v %q, want %+v", d, text, want)
	}
	lying := append([]byte("\xEF\xBB\xBF"), encode(t, simplifiedchinese.GBK, page("", simple))...)
	text, d = Decode(lying, "")
	if d.Name != "gb18030" || !strings.Contains(string(text), simple) {
		t.Errorf("GBK behind a UTF-8 mark: got %+v %q", d, text)
	}
}

func TestDecodeWindows1252(t *testing.T) {
	body := encode(t, mustLookup(t, "windows-1252"), french)
	for _, header := range []string{"", "text/html; charset=iso-8859-1"} {
		text, d := Decode(body, header)
		if d.Name != "windows-1252" || string(text) != french {
			t.Errorf("header %q: got %+v %q", header, d, text)
		}
	}
}

// A response cut in mid-character keeps its encoding at every cut.
func TestDecodeCut(t *testing.T) {
	for _, c := range []struct {
		name string
		body []byte
		want string
	}{{"utf-8", []byte(page("gbk", simple)), "utf-8"}, {"gb18030", encode(t, simplifiedchinese.GBK, page("utf-8", simple)), "gb18030"}} {
		for cut := len(c.body) - 40; cut < len(c.body); cut++ {
			text, d := Decode(c.body[:cut], "")
			if d.Name != c.want {
				t.Errorf("%s cut at %d: got %+v", c.name, cut, d)
			}
			if d.Lossy != bytes.Contains(text, []byte("\uFFFD")) {
				t.Errorf("%s cut at %d: lossy %v but %q", c.name, cut, d.Lossy, text)
			}
		}
	}
}

func TestDecodeFaultyUTF8(t *testing.T) {
	text, d := Decode([]byte("<meta charset=utf-8>"+simple+"<p>摘\xE8\xA6…</p>"), "")
	if want := (Decision{"utf-8", FromMeta, true}); d != want || !strings.Contains(string(text), simple) {
		t.Errorf("got %+v, want %+v", d, want)
	}
}

// An invalid pair must not swallow the markup behind it.
func TestDecodeInvalidPairKeepsMarkup(t *testing.T) {
	body := append(encode(t, simplifiedchinese.GBK, page("gbk", simple)), "\xB0</p><p>end</p>"...)
	text, d := Decode(body, "")
	if d.Name != "gb18030" || !d.Lossy || !strings.HasSuffix(string(text), "\uFFFD</p><p>end</p>") {
		t.Errorf("got %+v …%q", d, text[len(text)-24:])
	}
}

func TestDecodeDoesNotCopyUTF8(t *testing.T) {
	body := []byte(page("utf-8", simple))
	if text, _ := Decode(body, ""); &text[0] != &body[0] {
		t.Error("valid UTF-8 was copied")
	}
	if n := testing.AllocsPerRun(100, func() { Decode(body, "text/html; charset=utf-8") }); n > 4 {
		t.Errorf("got %v allocations, want at most 4", n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(page("gb2312", simple)), "text/html; charset=gbk")
	f.Add(encode(f, simplifiedchinese.GBK, page("utf-8", simple)), "")
	f.Add(encode(f, traditionalchinese.Big5, traditional), "text/html")
	f.Add([]byte("\xFF\xFE<\x00p\x00"), "")
	f.Add([]byte("\xEF\xBB\xBF\x80\x81"), "charset=x-user-defined")
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		kept := bytes.Clone(body)
		text, d := Decode(body, header)
		if !bytes.Equal(body, kept) {
			t.Fatal("the body was changed")
		}
		if !utf8.Valid(text) {
			t.Fatalf("invalid UTF-8 from %+v", d)
		}
		if d.Name == "" || d.Source == "" {
			t.Fatalf("no decision: %+v", d)
		}
		if len(text) > 4*len(body)+16 {
			t.Fatalf("%d bytes became %d", len(body), len(text))
		}
		again, d2 := Decode(body, header)
		if d2 != d || !bytes.Equal(again, text) {
			t.Fatalf("two answers: %+v and %+v", d, d2)
		}
		if d.Name == "utf-8" && !d.Lossy && !bytes.Equal(text, bytes.TrimPrefix(body, utf8Mark)) {
			t.Fatal("UTF-8 was altered without a loss")
		}
	})
}

func mustLookup(tb testing.TB, name string) encoding.Encoding {
	tb.Helper()
	e, _ := htmlcharset.Lookup(name)
	if e == nil {
		tb.Fatalf("no encoding %s", name)
	}
	return e
}

func BenchmarkDecode(b *testing.B) {
	utf8Page := strings.Repeat(page("utf-8", simple+french), 100)
	for _, c := range []struct {
		name string
		body []byte
	}{{"utf-8", []byte(utf8Page)}, {"gbk", encode(b, simplifiedchinese.GB18030, strings.Repeat(page("gbk", simple), 200))}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.body)))
			for b.Loop() {
				Decode(c.body, "")
			}
		})
	}
}
