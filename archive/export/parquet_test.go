package export

import (
	"bytes"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func TestParquetReadsBack(t *testing.T) {
	data := write(t, "parquet", Options{})
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := file.Lookup("title"); !ok || v != "中南大学新闻网" {
		t.Errorf("title of the file: got %q", v)
	}
	r := parquet.NewGenericReader[parquetRow](file)
	defer r.Close()
	rows := make([]parquetRow, 9)
	n, err := r.Read(rows)
	if n != len(articles()) || err != nil && err != io.EOF {
		t.Fatalf("got %d rows (%v), want %d", n, err, len(articles()))
	}
	for i, want := range articles() {
		got := rows[i]
		if got.ID != want.ID || got.URL != want.URL || got.Body != want.Body || len(got.Credits) != len(want.Credits) || len(got.Images) != len(want.Images) ||
			!got.FirstSeen.Equal(want.FirstSeen) || int(got.Revision) != want.Revision {
			t.Errorf("row %d: got %+v", i, got)
		}
		if (got.Title == nil) != (want.Title == "") || got.Title != nil && *got.Title != want.Title {
			t.Errorf("row %d: got title %v, want %q", i, got.Title, want.Title)
		}
		if (got.Changed == nil) != want.Changed.IsZero() || got.Changed != nil && !got.Changed.Equal(want.Changed) {
			t.Errorf("row %d: got changed %v, want %v", i, got.Changed, want.Changed)
		}
	}
	if rows[0].Credits[1].Name != "材料学院记者站" || *rows[0].Attachments[0].Name != "名单" {
		t.Errorf("lists: got %+v", rows[0])
	}
}

// TestParquetRowGroups: a group is written when it is full, so that memory does not grow with the export.
func TestParquetRowGroups(t *testing.T) {
	var b bytes.Buffer
	w, err := newParquet(&b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := articles()[2]
	for range 2*rowGroup + 1 {
		if err := w.Write(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(file.RowGroups()) != 3 || file.NumRows() != 2*rowGroup+1 {
		t.Errorf("got %d groups (%v), want 3", len(file.RowGroups()), err)
	}
}
