package memento

import (
	"net/http"

	"campusnews/archive"
)

// page answers with the page around a capture.
func (h *Handler) page(w http.ResponseWriter, r *http.Request, q query) error {
	f, err := h.asked(r.Context(), q, false)
	if err != nil {
		return err
	}
	c := f.capture
	if !q.names(c) {
		h.redirect(w, pathTo(formPage, c, q.address))
		return nil
	}
	v := View{
		Kind: Page, Status: http.StatusOK, Address: q.address, Capture: c.Capture, At: c.Started, All: pathAll(q.address), TimeMap: pathTimeMap("link", q.address),
		Frame: pathTo(formFrame, c, q.address), Exact: pathTo(formExact, c, q.address),
		Previous: moment(f.previous, q.address), Next: moment(f.next, q.address),
	}
	if redirects(c.Capture) {
		to, end, target, dead, err := h.follow(r.Context(), q.address, c, false)
		if err != nil {
			return err
		}
		if !dead {
			h.redirect(w, pathTo(formPage, end, to))
			return nil
		}
		v.Kind, v.Frame, v.Target = Dead, "", target
	}
	ends, err := h.ends(r.Context(), q.address)
	if err != nil {
		return err
	}
	v.First, v.Last = moment(ends[0], q.address), moment(ends[1], q.address)
	w.Header().Set("Memento-Datetime", c.Started.UTC().Format(http.TimeFormat))
	h.setLink(w.Header(), r, q.address, f, ends)
	h.opts.Render(w, r, v)
	return nil
}

// redirect leads to a path. http.Redirect would clean the address within it.
func (h *Handler) redirect(w http.ResponseWriter, path string) {
	w.Header().Set("Location", h.opts.Base+path)
	w.WriteHeader(http.StatusFound)
}

func moment(c placed, address string) Moment {
	if c.ID == 0 {
		return Moment{}
	}
	return Moment{Path: pathTo(formPage, c, address), At: c.Started, Status: c.Status, Type: mediaType(c.Capture, c.Capture)}
}

// maxListed is how many captures of an address a page lists; the time map has all.
const maxListed = 2000

// all answers with the list of an address's captures.
func (h *Handler) all(w http.ResponseWriter, r *http.Request, q query) error {
	v := View{Kind: All, Status: http.StatusOK, Address: q.address, All: pathAll(q.address), TimeMap: pathTimeMap("link", q.address)}
	err := h.eachOf(r.Context(), q.address, func(c placed) error {
		v.List = append(v.List, moment(c, q.address))
		if len(v.List) > maxListed { // the latest are of more use
			v.List, v.More = v.List[1:], true
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(v.List) == 0 {
		return archive.ErrNotFound
	}
	h.opts.Render(w, r, v)
	return nil
}
