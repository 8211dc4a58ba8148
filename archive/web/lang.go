package web

import (
	"net/http"
	"strings"

	"golang.org/x/text/language"
)

// The languages of the pages. The first is spoken when a browser asks for none of them.
var languages = []string{"zh", "en"}

var matcher = language.NewMatcher([]language.Tag{language.Chinese, language.English})

// languageOf is the language to answer in: ?lang=, else the cookie that it left, else what the browser asks for.
func languageOf(req *http.Request) string {
	return chosen(req, "lang", languages, func() string {
		accept := req.Header.Get("Accept-Language")
		if len(accept) > 256 {
			accept = ""
		}
		_, i := language.MatchStrings(matcher, accept)
		return languages[i]
	})
}

// themeOf is the theme that the person chose; "" = as the system has it.
func themeOf(req *http.Request) string {
	return chosen(req, "theme", []string{"light", "dark"}, func() string { return "" })
}

func chosen(req *http.Request, name string, values []string, otherwise func() string) string {
	if req.URL.RawQuery != "" {
		if v := req.URL.Query().Get(name); v == "auto" || has(values, v) {
			if v == "auto" {
				return otherwise()
			}
			return v
		}
	}
	if c, err := req.Cookie(name); err == nil && has(values, c.Value) {
		return c.Value
	}
	return otherwise()
}

func has(values []string, v string) bool {
	for _, x := range values {
		if x == v {
			return true
		}
	}
	return false
}

// keepChoices leaves cookies for the choices that the address makes, so that the next page has them too.
func keepChoices(w http.ResponseWriter, req *http.Request) {
	if req.URL.RawQuery == "" {
		return
	}
	q := req.URL.Query()
	for name, values := range map[string][]string{"lang": languages, "theme": {"light", "dark", "auto"}} {
		if v := q.Get(name); has(values, v) {
			http.SetCookie(w, &http.Cookie{Name: name, Value: v, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		}
	}
}

// switched is the address of the same page with another choice.
func switched(req *http.Request, name, value string) string {
	q := req.URL.Query()
	q.Del("part")
	q.Set(name, value)
	u := *req.URL
	u.RawQuery = q.Encode()
	return localPath(u.RequestURI())
}

// localPath is an address of this server: "//host/" would be another's.
func localPath(s string) string {
	return "/" + strings.TrimLeft(s, "/\\")
}
