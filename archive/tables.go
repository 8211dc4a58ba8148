package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Table is a table of archive.db as its own definition explains it.
type Table struct {
	Name       string
	Comment    string
	Columns    []Column
	Key        []string // columns of the primary key
	References []Reference
}

// A Column is a column of a table.
type Column struct {
	Name    string
	Type    string // TEXT, INTEGER or REAL
	Comment string // unit and format; "" = the name says it
	NotNull bool
}

// A Reference says that columns of a table are the key of a row of another.
type Reference struct {
	Columns []string
	Table   string
	To      []string
}

// forPeople are the tables that researchers use, in an order in which each stands behind those it refers to as far as can be.
var forPeople = []string{"sites", "sections", "crawls", "captures", "articles", "credits", "images", "attachments", "media", "links", "revisions", "events", "clicks", "similarities"}

// forMachine are all other tables but those of the search index.
var forMachine = []string{"revision_texts", "parts", "list_items", "listings", "listing_rows", "profiles", "frontier", "list_order", "sketches", "search_characters", "about"}

// Tables gives the tables for researchers, with the comments that their definitions have. The program's own are left out.
func (a *Archive) Tables(ctx context.Context) ([]Table, error) { return a.tables(ctx, forPeople) }

// MachineTables gives the program's own tables in the same way.
func (a *Archive) MachineTables(ctx context.Context) ([]Table, error) {
	return a.tables(ctx, forMachine)
}

// A View is a view of archive.db as its own definition explains it.
type View struct {
	Name    string
	Comment string
	Columns []string
}

// Views gives the views, by name.
func (a *Archive) Views(ctx context.Context) ([]View, error) {
	var list []View
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var v View
		var definition, columns string
		if err := rows.Scan(&v.Name, &definition, &columns); err != nil {
			return err
		}
		for line := range strings.SplitSeq(definition, "\n") {
			if comment, ok := strings.CutPrefix(line, "-- "); ok {
				v.Comment = strings.TrimSpace(v.Comment + " " + comment)
			}
		}
		v.Columns = strings.Fields(columns)
		list = append(list, v)
		return nil
	}, `SELECT name, sql, (SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_info(m.name) ORDER BY cid)) FROM sqlite_master m WHERE type = 'view' ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	return list, nil
}

func (a *Archive) tables(ctx context.Context, names []string) ([]Table, error) {
	list := make([]Table, 0, len(names))
	for _, name := range names {
		t := Table{Name: name}
		var definition string
		if err := a.read.QueryRowContext(ctx, `SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?`, name).Scan(&definition); err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		comment, columns := comments(definition)
		t.Comment = comment
		err := a.eachRow(ctx, func(rows *sql.Rows) error {
			var c Column
			var key int
			if err := rows.Scan(&c.Name, &c.Type, &c.NotNull, &key); err != nil {
				return err
			}
			c.Comment = columns[c.Name]
			if t.Columns = append(t.Columns, c); key > 0 {
				t.Key = append(t.Key, c.Name) // keys are declared in the order of the columns
			}
			return nil
		}, `SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid`, name)
		if err != nil {
			return nil, fmt.Errorf("columns of %s: %w", name, err)
		}
		if len(t.Key) == 1 {
			for i, c := range t.Columns {
				if c.Name == t.Key[0] && c.Type == "INTEGER" {
					t.Columns[i].NotNull = true // the row's own number, https://www.sqlite.org/lang_createtable.html#rowid
				}
			}
		}
		last := -1
		err = a.eachRow(ctx, func(rows *sql.Rows) error {
			var id int
			var table, from, to string
			if err := rows.Scan(&id, &table, &from, &to); err != nil {
				return err
			}
			if id != last {
				t.References = append(t.References, Reference{Table: table})
				last = id
			}
			r := &t.References[len(t.References)-1]
			r.Columns, r.To = append(r.Columns, from), append(r.To, to)
			return nil
		}, `SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq`, name)
		if err != nil {
			return nil, fmt.Errorf("references of %s: %w", name, err)
		}
		list = append(list, t)
	}
	return list, nil
}

var definedColumn = regexp.MustCompile(`^\s+([a-z_]+)\s+(?:TEXT|INTEGER|REAL|BLOB)\b`)

// comments reads a table's comment and its columns' from the definition, which SQLite keeps as it was written.
// A comment on a line without a column belongs to the column above.
func comments(definition string) (table string, columns map[string]string) {
	columns = map[string]string{}
	column := ""
	for line := range strings.SplitSeq(definition, "\n") {
		if m := definedColumn.FindStringSubmatch(line); m != nil {
			column = m[1]
		}
		_, comment, found := strings.Cut(line, "-- ")
		if !found {
			continue
		}
		into := &table
		text := columns[column]
		if column != "" {
			into = &text
		}
		*into = strings.TrimSpace(*into + " " + comment)
		if column != "" {
			columns[column] = text
		}
	}
	return table, columns
}

// EachRow calls each for the rows of a table that Tables gave, by its key, all in one reading of
// the database: those of the articles that the filter selects, where each row belongs to an article, else all. Values
// are string, int64, float64 or nil, in the order of the columns, and are each's only until it returns.
func (a *Archive) EachRow(ctx context.Context, t Table, f Filter, each func(values []any) error) error {
	if !f.AsOf.IsZero() {
		return errors.New("tables are read as they are: their rows say when each was seen")
	}
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = "t." + c.Name
	}
	where, args := f.conditions()
	query := `SELECT ` + strings.Join(names, ", ") + ` FROM ` + t.Name + ` t`
	var selected []string // columns that say whose row it is
	if t.Name == "articles" {
		selected = []string{"id"}
	}
	for _, r := range t.References {
		if r.Table == "articles" && slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == r.Columns[0] && c.NotNull }) {
			selected = append(selected, r.Columns[0])
		}
	}
	var all []any
	for i, column := range selected {
		query += [2]string{` WHERE `, ` AND `}[min(i, 1)] + `t.` + column + ` IN (SELECT c.id FROM articles c WHERE ` + where + `)`
		all = append(all, args...)
	}
	query += ` ORDER BY t.` + strings.Join(t.Key, `, t.`)
	values, to := make([]any, len(names)), make([]any, len(names))
	for i := range to {
		to[i] = &values[i]
	}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		return each(values)
	}, query, all...)
	if err != nil {
		return fmt.Errorf("read table %s: %w", t.Name, err)
	}
	return nil
}
