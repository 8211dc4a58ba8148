package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Provenance says which rule gave each field of an article's present version: field → rule, as "title" → "vsb/title[0]". Nil when
// that was not noted. The error may be ErrNotFound.
func (a *Archive) Provenance(ctx context.Context, article int64) (map[string]string, error) {
	stmt, err := a.prepared(ctx, `SELECT coalesce(provenance, 'null') FROM articles WHERE id = ?`)
	if err != nil {
		return nil, fmt.Errorf("provenance of article %d: %w", article, err)
	}
	var text string
	err = stmt.QueryRowContext(ctx, article).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("article %d: %w", article, ErrNotFound)
	}
	var rules map[string]string
	if err == nil {
		err = json.Unmarshal([]byte(text), &rules)
	}
	if err != nil {
		return nil, fmt.Errorf("provenance of article %d: %w", article, err)
	}
	return rules, nil
}
