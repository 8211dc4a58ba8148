package replay

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sites is the folder of saved real sites beside the project. They are other people's pages and not part of it.
func sites(t testing.TB) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "sites")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no saved sites beside the project: ", err)
	}
	return dir
}

// Every address of a saved site's list gives its file, byte for byte, and the type the list says.
func TestSavedSiteWithList(t *testing.T) {
	dir := filepath.Join(sites(t), "cst.nuc.edu.cn")
	src, client := open(t, dir)
	if h := src.Hosts(); len(h) == 0 || h[0] != "cst.nuc.edu.cn" {
		t.Fatalf("hosts: got %v", h)
	}
	list, err := os.Open(dir + ".urls.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	tried := 0
	for lines := bufio.NewScanner(list); lines.Scan(); tried++ {
		columns := strings.Split(lines.Text(), "\t")
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(columns[1])))
		if err != nil {
			t.Errorf("the list names %s: %v", columns[1], err)
			continue
		}
		g := get(t, client, columns[0])
		if g.status != 200 || g.body != string(want) || g.header.Get("Content-Type") != columns[2] {
			t.Errorf("%s: got %d, %d bytes of %s; want %d bytes of %s", columns[0], g.status, len(g.body), g.header.Get("Content-Type"), len(want), columns[2])
		}
	}
	if tried < 1000 {
		t.Errorf("only %d addresses tried", tried)
	}
	for _, missing := range []string{"http://cst.nuc.edu.cn/robots.txt", "http://cst.nuc.edu.cn/no/such.htm", "http://www.nuc.edu.cn/"} {
		if g := get(t, client, missing); g.status != 404 {
			t.Errorf("%s: got %d, want 404", missing, g.status)
		}
	}
}

// Without a list every file is found by its path.
func TestSavedSiteWithoutList(t *testing.T) {
	dir := filepath.Join(sites(t), "cs.fudan.edu.cn")
	_, client := open(t, dir)
	tried := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		want, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tried++
		if g := get(t, client, "http://cs.fudan.edu.cn/"+escapePath(filepath.ToSlash(rel))); g.status != 200 || g.body != string(want) {
			t.Errorf("%s: got %d, %d bytes; want %d bytes", rel, g.status, len(g.body), len(want))
		}
		return nil
	})
	if err != nil || tried < 100 {
		t.Errorf("tried %d files, err %v", tried, err)
	}
	t.Logf("%d files; / is %d", tried, get(t, client, "http://cs.fudan.edu.cn/").status)
}
