package archive

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// shortRecipe is the search that fits on a slide: for any term of Han characters.
const shortRecipe = `SELECT a.id FROM articles_fts f JOIN articles a ON a.id = f.rowid
WHERE articles_fts MATCH (WITH RECURSIVE s(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM s WHERE i < length(:q)-1)
                          SELECT group_concat(substr(:q,i,2) || '*', ' ') FROM s)
  AND (instr(a.body,:q) OR instr(a.title,:q)) ORDER BY a.day DESC`

// hanTerms are all terms of one to four Han characters in the archive's texts, and some that are in none.
func hanTerms(t *testing.T, a *Archive) []string {
	t.Helper()
	var all string
	query(t, a, `SELECT group_concat(coalesce(title, '') || ' ' || body, ' ') FROM articles`, &all)
	seen := map[string]bool{"北京": true, "京": true, "北京大学": true}
	for _, run := range strings.FieldsFunc(all, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
		runes := []rune(run)
		for i := range runes {
			for n := 1; n <= 4 && i+n <= len(runes); n++ {
				seen[string(runes[i:i+n])] = true
			}
		}
	}
	var terms []string
	for term := range seen {
		terms = append(terms, term)
	}
	slices.Sort(terms)
	return terms
}

// holding are the articles whose title or body has the term as it is written.
func holding(t *testing.T, a *Archive, term string) []int64 {
	t.Helper()
	ids := []int64{}
	err := a.eachRow(t.Context(), func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM articles WHERE instr(body, ?1) OR instr(title, ?1) ORDER BY id`, term)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// searching are the articles that a search finds.
func searching(t *testing.T, a *Archive, text string) []int64 {
	t.Helper()
	ids := []int64{}
	hits, err := a.Search(t.Context(), Query{Text: text, Limit: 1000})
	if err != nil && !errors.Is(err, ErrNoTerms) {
		t.Fatalf("search for %s: %v", text, err)
	}
	for _, h := range hits.Hits {
		ids = append(ids, h.ID)
	}
	slices.Sort(ids)
	return ids
}

// plainTexts are added to the searchable ones for TestPlainSQL.
var plainTexts = [][2]string{
	{"NUC① visits ＣＳＵ", "a nuclear 2009-2020 laboratory, labs; 1.5 of x^2 [a] C# c++"},
	{"“双一流”建設推進會", "第3届、第13届，（2009）12009年校友会，2009年校友會"},
	{"first  prize", "first prize* a]b\tCOVID-19\u3000ＣＯＶＩＤ－１９ naïve Ωmega 人々 ﾄﾖﾀ 한국어"},
	{"prize first", "COVID 19, lab 实验室lab实验 C-4 ^_^ 它的'引号' 百分之10%_"},
	{"", "２００９年 ⽂学 " + strings.Repeat("x", 70) + "年"},
}

// plainSearches hold words of each kind and what stands between them.
var plainSearches = []string{
	"2009", "2009年", "2009年校友", "12009年校友", "2009年校友会", "NUC", "nuc", "NUC①", "ｃｓｕ", "csu", "lab", "lab*", "LAB*", "实验室lab", "lab实验*", "nuclear 2009", "art",
	"加者12009人", "中南，大学", "中南,大学", "先进 推介", "推介　先进", "先进 NUC", "first prize", `"first prize"`, `"prize first"`, "“双一流”建设", "双一流建设推进会", "“双一流”建设推进会",
	"建设推进会", "學術", "学术报告 岳麓", "（2009）", "第3届", "3届", "第3*", "COVID-19", "covid－19", "COVID 19", "C++", "c#", "++", `"-"`, "x^2", "^", "[a]", "[", "a]b", "]", "*", "prize*", `"prize*"`, "**",
	"naïve", "NAÏVE", "ωmega", "人々", "トヨタ", "トヨ", "한국", "한", "文学", "'引号'", "%_", "10%", "_", "1.5", "5", "学", "年*", "party  csu", "", "  ", "\t先进\t", strings.Repeat("x", 70), strings.Repeat("x", 70) + "年",
	strings.Repeat("x", 64), strings.Repeat("x", 65) + "*", "没有的", "2009 没有的", "😀", "null", "1e5", "0012", "\\", "a\\b",
}

// TestPlainSQL runs the documented queries in the sqlite3 shell and in Python, whatever versions they are of: the recipe against a search of this
// program, the short one against a scan.
func TestPlainSQL(t *testing.T) {
	dir := t.TempDir()
	a := searchable(t, dir)
	terms := hanTerms(t, a)
	if len(terms) < 60 {
		t.Fatalf("%d terms: too few to say anything", len(terms))
	}
	c := begin(t, a)
	for i, text := range plainTexts {
		save(t, c, article(100+i, noon, text[0], text[1]))
	}
	var recipe string
	query(t, a, `SELECT text FROM about WHERE topic = 'search'`, &recipe)
	searches := append(slices.Clone(terms), plainSearches...)
	r := rand.New(rand.NewPCG(1, 2)) // what stands anywhere in the texts
	for len(searches) < len(terms)+len(plainSearches)+100 {
		text := []rune(plainTexts[r.IntN(len(plainTexts))][r.IntN(2)])
		if len(text) == 0 {
			continue
		}
		from := r.IntN(len(text))
		searches = append(searches, `"`+strings.Map(func(r rune) rune {
			if strings.ContainsRune(`"“”`, r) {
				return -1
			}
			return r
		}, string(text[from:min(from+1+r.IntN(12), len(text))]))+`"`)
	}
	found := 0
	for name, run := range map[string]func(t *testing.T, sql string, terms []string) [][]int64{
		"shell":  func(t *testing.T, sql string, terms []string) [][]int64 { return inShell(t, dir, sql, terms) },
		"Python": func(t *testing.T, sql string, terms []string) [][]int64 { return inPython(t, dir, sql, terms) },
	} {
		t.Run(name, func(t *testing.T) {
			for what, c := range map[string]struct {
				sql   string
				terms []string
				want  func(*testing.T, *Archive, string) []int64
			}{"recipe": {recipe, searches, searching}, "short recipe": {shortRecipe, terms, holding}} {
				for i, got := range run(t, c.sql, c.terms) {
					want := c.want(t, a, c.terms[i])
					if !slices.Equal(got, want) {
						t.Errorf("%s, %q: got %v, want %v", what, c.terms[i], got, want)
					}
					found += len(want)
				}
			}
		})
	}
	if found < 500 {
		t.Errorf("%d articles found in all: too few to say anything", found)
	}
}

func inShell(t *testing.T, dir, sql string, terms []string) [][]int64 {
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("no sqlite3 shell here")
	}
	var script bytes.Buffer
	fmt.Fprintln(&script, ".mode list\n.separator |\n.parameter init")
	for _, term := range terms {
		// a dot command reads backslashes between quotation marks
		typed := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`, "'", "''").Replace(term)
		fmt.Fprintf(&script, ".parameter set :q \"'%s'\"\n%s;\n.print --\n", typed, strings.TrimSuffix(sql, ";"))
	}
	cmd := exec.Command(shell, "-bail", filepath.Join(dir, dbName))
	cmd.Stdin = &script
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	answers := make([][]int64, 0, len(terms))
	for _, block := range strings.SplitAfter(string(out), "--\n")[:len(terms)] {
		ids := []int64{}
		for line := range strings.Lines(block) {
			if strings.HasPrefix(line, "--") {
				break
			}
			var id int64
			if _, err := fmt.Sscanf(line, "%d", &id); err != nil {
				continue // the second line of a text
			}
			ids = append(ids, id)
		}
		slices.Sort(ids)
		answers = append(answers, ids)
	}
	return answers
}

const pythonScript = `
import json, sqlite3, sys
path, sql, terms = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
db = sqlite3.connect("file:" + path + "?mode=ro", uri=True)
print(json.dumps([sorted(row[0] for row in db.execute(sql, {"q": term})) for term in terms]))
`

func inPython(t *testing.T, dir, sql string, terms []string) (answers [][]int64) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no Python here")
	}
	list, err := json.Marshal(terms)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", pythonScript, filepath.Join(dir, dbName), sql, string(list))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// TestShellOpensEverything: an sqlite3 shell of another version reads all tables and views and finds them sound.
func TestShellOpensEverything(t *testing.T) {
	shell, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("no sqlite3 shell here")
	}
	dir := t.TempDir()
	a := searchable(t, dir)
	script := ".bail on\nPRAGMA integrity_check;\nPRAGMA foreign_key_check;\n.schema articles\n"
	rows, err := a.read.QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'articles_fts%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		script += "SELECT count(*) >= 0 FROM (SELECT * FROM " + name + ");\n"
	}
	cmd := exec.Command(shell, filepath.Join(dir, dbName))
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "ok\n") || !strings.Contains(string(out), "-- unit or medium named as 来源") {
		t.Errorf("%v: %s", err, out)
	}
}
