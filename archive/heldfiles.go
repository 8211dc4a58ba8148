package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// maxHeld bounds how many addresses HeldFiles looks up.
const maxHeld = 500

// HeldFiles gives, for those of the addresses whose bytes the archive has, the newest whole capture of each. Addresses
// beyond the first 500 are not looked up: no page shows so many pictures.
func (a *Archive) HeldFiles(ctx context.Context, addresses []string) (map[string]Capture, error) {
	held := map[string]Capture{}
	if len(addresses) == 0 {
		return held, nil
	}
	stmt, err := a.prepared(ctx, `SELECT `+captureColumns+` FROM captures
		WHERE url = ? AND status = 200 AND truncated IS NULL AND error IS NULL AND file IS NOT NULL ORDER BY id DESC LIMIT 1`)
	if err != nil {
		return nil, fmt.Errorf("look for files: %w", err)
	}
	for _, address := range addresses[:min(len(addresses), maxHeld)] {
		c, err := scanCapture(stmt.QueryRowContext(ctx, address))
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look for %s: %w", address, err)
		}
		held[address] = c
	}
	return held, nil
}
