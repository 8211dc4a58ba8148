package bigram

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Term is one thing searched for: 先进, 2009年, "news centre". It is found
// where the folded text holds it (see Fold), letters and digits as whole words: 2009年 is
// not found in 12009年, nor art in party. A trailing * lifts that for the last word: stud*.
type Term struct {
	folded string
	whole  needle // folded, of a term that begins and ends with a Han character
	prefix bool   // the last word may go on
	head   rune   // the first of folded
	first  class
	last   class
	pivot  pivot
	words  []Word
	exact  bool
}

// A Word is one that a text with a term has in the index, or with Open one that begins so.
type Word struct {
	Text string
	Open bool
}

// NewTerm reads a term as a person types it.
func NewTerm(s string) Term {
	s = strings.TrimSpace(s)
	t := Term{}
	if head, ok := strings.CutSuffix(s, "*"); ok {
		switch r, _ := utf8.DecodeLastRuneInString(head); classOf(foldRune(r)) {
		case letter:
			s, t.prefix = head, true
		case han: // these are found whatever follows
			s = head
		}
	}
	t.folded = Fold(s)
	if t.folded == "" {
		return t
	}
	r, _ := utf8.DecodeRuneInString(t.folded)
	t.head, t.first = r, classOf(r)
	r, _ = utf8.DecodeLastRuneInString(t.folded)
	t.last = classOf(r)
	t.pivot.choose(t.folded)
	t.whole = newNeedle(t.folded)
	var all [][]unit
	runs(t.folded, func(run []unit) { all = append(all, slices.Clone(run)) })
	t.exact = len(all) == 1 && len(all[0]) <= 2 && t.first != gap && t.last != gap && !strings.ContainsAny(t.folded, lettersOfOwn)
	for i, run := range all {
		open := t.prefix && i == len(all)-1 // the run's last word may go on
		if len(run) == 1 {
			// Each Han character begins some word of the index, so one alone is always a prefix.
			t.words = append(t.words, Word{token(run[0].text), open || run[0].class == han})
		}
		for j := 0; j+1 < len(run); j++ {
			t.words = append(t.words, Word{token(run[j].text + run[j+1].text), open && j+2 == len(run)})
		}
		for _, u := range run {
			t.exact = t.exact && !u.cut
		}
	}
	return t
}

// The tokenizer takes these letters for others that fold takes them not for.
const (
	lettersOfOwn = "ſẛµϐϑϕϖϰϱϵς\u1FBE"
	takenFor     = "sṡμβθφπκρεσι"
)

// token is a folded word as the tokenizer leaves it in the index.
func token(word string) string {
	if !strings.ContainsAny(word, lettersOfOwn) {
		return word
	}
	own, other := []rune(lettersOfOwn), []rune(takenFor)
	return strings.Map(func(r rune) rune {
		if i := slices.Index(own, r); i >= 0 {
			return other[i]
		}
		return r
	}, word)
}

// Tokens are the words that Text gives as the tokenizer leaves them in the index, but for capitals whose small letters it does not know.
func Tokens(words string) string {
	for i := range len(words) {
		// Capitals, and letters of which the tokenizer makes others, begin with none of the bytes of small letters of ASCII and most Han characters.
		if c := words[i]; c >= 'A' && c <= 'Z' || c >= 0xC0 && c < 0xE3 || c > 0xE9 {
			return token(strings.ToLower(words))
		}
	}
	return words
}

// String is the word in the language of FTS5; it holds no quotation marks.
func (w Word) String() string {
	if w.Open {
		return `"` + w.Text + `"*`
	}
	return `"` + w.Text + `"`
}

// Empty says that nothing is searched for.
func (t Term) Empty() bool { return t.folded == "" }

// Words are all in each text with the term, and perhaps in more unless Exact. There are none when the term holds nothing that is
// indexed, such as 《》. They are the caller's to read only.
func (t Term) Words() []Word { return t.words }

// Match is an FTS5 expression for Words; "" = there are none.
func (t Term) Match() string {
	list := make([]string, len(t.words))
	for i, w := range t.words {
		list[i] = w.String()
	}
	return strings.Join(list, " ")
}

// Exact says that no text without the term has all its Words.
func (t Term) Exact() bool { return t.exact }

// String is the term as it is compared, with its *; NewTerm of it gives the same term.
func (t Term) String() string {
	if t.prefix {
		return t.folded + "*"
	}
	return t.folded
}

// In says whether text holds the term. It makes no copy of the text, of which most have to be looked at in vain.
func (t Term) In(text string) bool {
	if t.folded == "" {
		return false
	}
	if t.first == han && t.last == han && t.whole.index(text, 0) >= 0 {
		return true // the common case: written as it is compared
	}
	if t.pivot.only {
		return false
	}
	if t.pivot.forms != nil {
		found := false
		t.places(text, func(int, int) bool { found = true; return false })
		return found
	}
	before := gap
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		f := foldRune(r)
		if f == t.head && (t.first != letter || before != letter) && t.at(text[i:]) > 0 {
			return true
		}
		if t.first == letter {
			before = classOf(f)
		}
		i += n
	}
	return false
}

// at gives the length in bytes of the term at the beginning of text; 0 if it does not stand there or a word of letters goes on after it.
func (t *Term) at(text string) int {
	i := 0
	for _, want := range t.folded {
		if i == len(text) {
			return 0
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if foldRune(r) != want {
			return 0
		}
		i += n
	}
	if t.last != letter || t.prefix || i == len(text) {
		return i
	}
	if r, _ := utf8.DecodeRuneInString(text[i:]); classOf(foldRune(r)) == letter {
		return 0
	}
	return i
}

// next finds the term in folded text from a byte on; start is -1 when there is none.
func (t Term) next(folded string, from int) (start, end int) {
	for t.folded != "" {
		i := strings.Index(folded[from:], t.folded)
		if i < 0 {
			break
		}
		start, end = from+i, from+i+len(t.folded)
		before, _ := utf8.DecodeLastRuneInString(folded[:start])
		after, _ := utf8.DecodeRuneInString(folded[end:])
		if (t.first != letter || start == 0 || classOf(before) != letter) &&
			(t.last != letter || end == len(folded) || t.prefix || classOf(after) != letter) {
			return start, end
		}
		_, n := utf8.DecodeRuneInString(folded[start:])
		from = start + n
	}
	return -1, -1
}

// First gives the place of the term in text as byte offsets, -1 if it is not there. It is quicker than Find, and
// like Count prefers a Han term as it is compared.
func (t Term) First(text string) (start, end int) {
	if t.first == han && t.last == han {
		if i := t.whole.index(text, 0); i >= 0 {
			return i, i + len(t.folded)
		}
	}
	if places := t.Find(text, 1); len(places) > 0 {
		return places[0][0], places[0][1]
	}
	return -1, -1
}

// Starts gives where the term begins in text, in order, at most limit places. Like First and Count it prefers a Han term as it is compared.
func (t Term) Starts(text string, limit int) (starts []int) {
	if t.first == han && t.last == han {
		for from := 0; len(starts) < limit; {
			i := t.whole.index(text, from)
			if i < 0 {
				break
			}
			starts = append(starts, i)
			from = i + len(t.folded)
		}
		if starts != nil {
			return starts
		}
	}
	for _, p := range t.Find(text, limit) {
		starts = append(starts, p[0])
	}
	return starts
}

// Find gives the places of the term in text as pairs of byte offsets, in order, without overlap, at most limit.
func (t Term) Find(text string, limit int) [][2]int {
	if t.pivot.forms != nil {
		return t.findByPivot(text, limit)
	}
	folded := Fold(text)
	var places [][2]int
	for from := 0; len(places) < limit; {
		start, end := t.next(folded, from)
		if start < 0 {
			break
		}
		places = append(places, [2]int{start, end})
		from = end
	}
	if len(folded) == len(text) && (folded == text || sameLengths(folded, text)) {
		return places
	}
	// Folding keeps the number of runes, not that of bytes: walk both texts together.
	i, j, k := 0, 0, 0 // bytes of folded, bytes of text, offsets translated
	for k < 2*len(places) {
		p := &places[k/2][k%2]
		for i < *p {
			_, n := utf8.DecodeRuneInString(folded[i:])
			_, m := utf8.DecodeRuneInString(text[j:])
			i, j = i+n, j+m
		}
		*p = j
		k++
	}
	return places
}

// sameLengths says that each rune is as long in a as in b.
func sameLengths(a, b string) bool {
	for i := 0; i < len(a); {
		_, n := utf8.DecodeRuneInString(a[i:])
		_, m := utf8.DecodeRuneInString(b[i:])
		if n != m {
			return false
		}
		i += n
	}
	return true
}

// Count says how often the term stands in text, without overlap. Where a Han term stands as it is compared, its twins in
// other writing are not looked for: a text keeps to one.
func (t Term) Count(text string) (n int) {
	if t.folded == "" {
		return 0
	}
	if t.first == han && t.last == han {
		if n = t.whole.count(text); n > 0 {
			return n
		}
	}
	if t.pivot.forms != nil {
		return len(t.Find(text, len(text)))
	}
	if !t.In(text) {
		return 0
	}
	folded := Fold(text)
	for from := 0; ; n++ {
		start, end := t.next(folded, from)
		if start < 0 {
			return n
		}
		from = end
	}
}
