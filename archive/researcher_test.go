package archive

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
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

// TestPlainSQL runs the documented queries in the sqlite3 shell and in Python, whatever versions they are of, against a scan.
func TestPlainSQL(t *testing.T) {
	dir := t.TempDir()
	a := searchable(t, dir)
	var recipe string
	query(t, a, `SELECT text FROM about WHERE topic = 'search'`, &recipe)
	terms := hanTerms(t, a)
	mixed := []string{"2009年", "2009年校友", "加者12009人", "中南，大学"}
	if len(terms) < 60 {
		t.Fatalf("%d terms: too few to say anything", len(terms))
	}
	for name, run := range map[string]func(t *testing.T, sql string, terms []string) [][]int64{
		"shell":  func(t *testing.T, sql string, terms []string) [][]int64 { return inShell(t, dir, sql, terms) },
		"Python": func(t *testing.T, sql string, terms []string) [][]int64 { return inPython(t, dir, sql, terms) },
	} {
		t.Run(name, func(t *testing.T) {
			for what, c := range map[string]struct {
				sql   string
				terms []string
			}{"recipe": {recipe, append(slices.Clone(terms), mixed...)}, "short recipe": {shortRecipe, terms}} {
				for i, got := range run(t, c.sql, c.terms) {
					if want := holding(t, a, c.terms[i]); !slices.Equal(got, want) {
						t.Errorf("%s, %s: got %v, want %v", what, c.terms[i], got, want)
					}
				}
			}
		})
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
		fmt.Fprintf(&script, ".parameter set :q \"'%s'\"\n%s;\n.print --\n", term, strings.TrimSuffix(sql, ";"))
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
