package archive

import (
	"database/sql"
	"encoding/json"
	"time"
)

// timeFormat is how times stand in the tables: UTC, milliseconds, of one width, so that they sort as text.
const timeFormat = "2006-01-02T15:04:05.000Z"

// stamp is t as a column value; NULL when t is zero.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(timeFormat)
}

// moment is the opposite of stamp.
func moment(s sql.NullString) time.Time {
	t, err := time.Parse(timeFormat, s.String)
	if err != nil {
		return time.Time{} // NULL
	}
	return t
}

// null is s as a column value; NULL when s is empty, which is how the plain structs say "not stated".
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// nullID is a reference; NULL when it is 0.
func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// jsonText marshals values that cannot fail to marshal.
func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
