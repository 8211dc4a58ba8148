package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Limits on what is asked. Longer addresses than maxAddress are no query a person made.
const (
	maxAddress = 4096             // bytes of path and query
	maxAnswer  = 10 * time.Second // that an answer may take, files and live progress apart
)

// policy is the Content-Security-Policy of our own pages: everything from here, no script or style within the page,
// no frame around it. The view of captures sets a policy of its own.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard asks of every request what makes it safe to answer, and sets the headers that keep browsers from harm.
func (r *Room) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "no-cache")
		api := strings.HasPrefix(req.URL.Path, "/api/")
		refuse := func(status int, key string) {
			e := &statusError{status: status, key: key}
			if api {
				writeProblem(w, status, e.says("en"))
				return
			}
			http.Error(w, e.says(languageOf(req)), status)
		}
		if !r.opts.AnyHost && !loopback(req.Host) {
			refuse(http.StatusMisdirectedRequest, "error.host")
			return
		}
		if api && r.opts.CORS != "" {
			h.Set("Access-Control-Allow-Origin", r.opts.CORS)
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
			h.Set("Access-Control-Expose-Headers", "ETag, Link")
			h.Add("Vary", "Origin")
			if req.Method == http.MethodOptions {
				h.Set("Access-Control-Allow-Methods", "GET, HEAD")
				h.Set("Access-Control-Allow-Headers", "Authorization, If-None-Match")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		if r.opts.Token != "" && !authorized(req, r.opts.Token) {
			h.Set("WWW-Authenticate", `Basic realm="campusnews", charset="UTF-8"`)
			refuse(http.StatusUnauthorized, "error.token")
			return
		}
		if req.Method != http.MethodGet && req.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			refuse(http.StatusMethodNotAllowed, "error.method")
			return
		}
		elsewhere := r.archives != nil && strings.HasPrefix(req.URL.Path, sitesPrefix)                         // the Room there sees to the rest
		if !elsewhere && len(req.URL.RequestURI()) > maxAddress && !strings.HasPrefix(req.URL.Path, "/web/") { // addresses of captures are as long as they are
			refuse(http.StatusRequestURITooLong, "error.long")
			return
		}
		req.Body = http.MaxBytesReader(w, req.Body, 0)
		if !elsewhere && req.URL.Path != "/live" && !strings.HasPrefix(req.URL.Path, "/files/") && !strings.HasPrefix(req.URL.Path, "/search.") {
			ctx, cancel := context.WithTimeout(req.Context(), maxAnswer)
			defer cancel()
			req = req.WithContext(ctx)
		}
		next.ServeHTTP(w, req)
	})
}

// loopback says whether a Host header names this machine's loopback.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback()
}

// authorized compares in a time that says nothing of how much of the token was right, its length included.
func authorized(req *http.Request, token string) bool {
	given := ""
	if _, password, ok := req.BasicAuth(); ok {
		given = password
	} else if scheme, value, ok := strings.Cut(req.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		given = strings.TrimSpace(value)
	}
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
