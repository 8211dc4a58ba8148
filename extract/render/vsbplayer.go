package render

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// vsbCall is the call by which a script of Visual SiteBuilder puts a player into the text; its first argument is what it plays.
var vsbCall = regexp.MustCompile(`\b(showVsbVideo|showVsbAudio|showVsbpdfIframe)\s*\(\s*["']([^"'\s]+)["']`)

// vsbPlayer reads the players that a script within the text makes: play gets
// each, and a PDF is an attachment too, as it is where WebPlus embeds one.
func (w *writer) vsbPlayer(n *html.Node, play func(ref, name string)) {
	if n.FirstChild == nil || !strings.Contains(n.FirstChild.Data, "showVsb") {
		return
	}
	for _, m := range vsbCall.FindAllStringSubmatch(n.FirstChild.Data, 8) {
		play(m[2], "")
		if address := w.resolve(m[2]); m[1] == "showVsbpdfIframe" && address != "" && w.first('f', address) {
			w.files = append(w.files, File{URL: address})
		}
	}
}
