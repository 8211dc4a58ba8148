package export

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"campusnews/archive"
)

// A Package writes tables as a Frictionless Tabular Data Package
// (specs.frictionlessdata.io, version 1): a CSV file a table, and datapackage.json,
// which explains every table and column in the words of the database's own definition. Values are as in the database, not guarded for spreadsheets.
type Package struct {
	dir       string
	head      Head
	tables    []archive.Table
	resources []resource
}

type resource struct {
	Name        string      `json:"name"`
	Path        string      `json:"path"`
	Profile     string      `json:"profile"`
	Description string      `json:"description,omitempty"`
	Encoding    string      `json:"encoding"`
	Rows        int         `json:"rows"`
	Schema      tableSchema `json:"schema"`
}

type tableSchema struct {
	Fields  []schemaField `json:"fields"`
	Missing []string      `json:"missingValues"`
	Key     []string      `json:"primaryKey,omitempty"`
	Foreign []foreignKey  `json:"foreignKeys,omitempty"`
}

type schemaField struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
}

type foreignKey struct {
	Fields    []string `json:"fields"`
	Reference struct {
		Resource string   `json:"resource"`
		Fields   []string `json:"fields"`
	} `json:"reference"`
}

// NewPackage writes into dir, which must be there; tables are those that Add will be called for.
func NewPackage(dir string, head Head, tables []archive.Table) *Package {
	return &Package{dir: dir, head: head, tables: tables}
}

// Add writes a table's file. rows calls its argument for each row, with string, int64, float64 or nil for each column.
func (p *Package) Add(t archive.Table, rows func(each func(values []any) error) error) (err error) {
	f, err := os.Create(filepath.Join(p.dir, t.Name+".csv"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	row := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = c.Name
	}
	if err := w.Write(row); err != nil {
		return err
	}
	n := 0
	err = rows(func(values []any) error {
		for i, v := range values {
			if row[i] = ""; v != nil {
				row[i] = fmt.Sprint(v)
			}
		}
		n++
		return w.Write(row)
	})
	w.Flush()
	if err := errors.Join(err, w.Error()); err != nil {
		return err
	}
	p.resources = append(p.resources, p.describe(t, n))
	return nil
}

func (p *Package) describe(t archive.Table, rows int) resource {
	r := resource{Name: t.Name, Path: t.Name + ".csv", Profile: "tabular-data-resource", Description: t.Comment, Encoding: "utf-8", Rows: rows}
	r.Schema.Missing, r.Schema.Key = []string{""}, t.Key
	for _, c := range t.Columns {
		kind := "string"
		switch c.Type {
		case "INTEGER":
			kind = "integer"
		case "REAL":
			kind = "number"
		}
		r.Schema.Fields = append(r.Schema.Fields, schemaField{c.Name, kind, c.Comment})
	}
	for _, ref := range t.References {
		if !slices.ContainsFunc(p.tables, func(o archive.Table) bool { return o.Name == ref.Table }) {
			continue
		}
		k := foreignKey{Fields: ref.Columns}
		if k.Reference.Fields = ref.To; ref.Table != t.Name {
			k.Reference.Resource = ref.Table // "" = this one
		}
		r.Schema.Foreign = append(r.Schema.Foreign, k)
	}
	return r
}

// Close writes datapackage.json.
func (p *Package) Close() error {
	data, err := json.MarshalIndent(struct {
		Profile   string     `json:"profile"`
		Name      string     `json:"name"`
		Title     string     `json:"title,omitempty"`
		ID        string     `json:"id,omitempty"`
		Homepage  string     `json:"homepage,omitempty"`
		Created   string     `json:"created"`
		Resources []resource `json:"resources"`
	}{"tabular-data-package", "campusnews", p.head.Title, p.head.ID, p.head.Home, p.head.Updated.UTC().Format("2006-01-02T15:04:05Z"), p.resources}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.dir, "datapackage.json"), append(data, '\n'), 0o666)
}
