package web

import (
	"context"
	"net/http"
	"strconv"

	"campusnews/archive"
)

// captureData is what the page of a capture shows.
type captureData struct {
	archive.Capture
	Check *archive.CaptureCheck // nil = was not asked for
}

// maxChecked bounds what is read again because a visitor asks, in bytes of record; campusnews verify knows no bound.
const maxChecked = 256 << 20

func (r *Room) capture(w http.ResponseWriter, req *http.Request) error {
	id, err := strconv.ParseInt(req.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return errNothing
	}
	c, err := r.archive.Capture(req.Context(), id)
	if err != nil {
		return err
	}
	d := &captureData{Capture: c}
	if req.URL.Query().Get("check") == "1" {
		if d.Check, err = r.checkCapture(req.Context(), c); err != nil {
			return err
		}
	}
	r.show(w, req, http.StatusOK, "capture", view{Title: text(languageOf(req), "capture", id), Data: d})
	return nil
}

// checkCapture compares digests, one visitor after the other: it reads much.
func (r *Room) checkCapture(ctx context.Context, c archive.Capture) (*archive.CaptureCheck, error) {
	if c.Length > maxChecked {
		return nil, badRequest("capture.large")
	}
	select {
	case r.checking <- struct{}{}:
		defer func() { <-r.checking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	check, err := r.archive.CheckCapture(ctx, c.ID)
	return &check, err
}
