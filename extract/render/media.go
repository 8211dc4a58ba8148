package render

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// first says that address is new among those of the kind.
func (w *writer) first(kind byte, address string) bool {
	if w.seen == nil {
		w.seen = make(map[string]bool)
	}
	key := string(kind) + address
	if w.seen[key] {
		return false
	}
	w.seen[key] = true
	return true
}

// anchor writes a link, and notes where it leads.
func (w *writer) anchor(n *html.Node, depth int) {
	address := ""
	for _, a := range n.Attr {
		if a.Key == "href" {
			address = w.resolve(a.Val)
			break
		}
	}
	if address == "" {
		w.children(n, depth)
		return
	}
	if !w.html.off {
		w.html.push("a", ` href="`+string(escape(nil, address))+`"`)
	}
	from := len(w.text)
	w.children(n, depth)
	if !w.html.off {
		w.html.pop()
	}
	text := ""
	if from < len(w.text) {
		text = strings.Trim(strings.Join(strings.FieldsFunc(string(w.text[from:]), func(r rune) bool { return r == '\n' || r == '\t' }), " "), " ")
	}
	if w.isFile(n, address) {
		w.file(n, address, text)
		return
	}
	if text == "" || strings.HasPrefix(address, "mailto:") || strings.HasPrefix(address, "tel:") || strings.HasPrefix(strings.TrimSpace(attr(n, "href")), "#") {
		return
	}
	if w.first('l', address) {
		w.links = append(w.links, Link{URL: address, Text: text})
	}
}

func (w *writer) resolve(ref string) string {
	if ref == "" || w.oneLine {
		return ""
	}
	return w.to.Resolve(ref)
}

func (w *writer) isFile(n *html.Node, address string) bool {
	if FileAddress(address) {
		return true
	}
	if w.opts.IsFile == nil {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && w.opts.IsFile(u)
}

func (w *writer) file(n *html.Node, address, text string) {
	name := text
	if name == "" {
		name = shownName(n)
	}
	if w.first('f', address) {
		w.files = append(w.files, File{URL: address, Name: name})
		return
	}
	for i := range w.files {
		if w.files[i].URL == address && w.files[i].Name == "" {
			w.files[i].Name = name
		}
	}
}

var sudyTitle = regexp.MustCompile(`['"]title['"]\s*:\s*'([^']*)'|['"]title['"]\s*:\s*"([^"]*)"`)

// shownName is the name of an attachment in the attributes of its element:
// WebPlus writes sudyfile-attr="{'title':'name.docx'}".
func shownName(n *html.Node) string {
	if s := attr(n, "sudyfile-attr"); s != "" {
		if m := sudyTitle.FindStringSubmatch(s); m != nil {
			return Squeeze(m[1] + m[2])
		}
	}
	if s := attr(n, "title"); s != "" {
		return Squeeze(s)
	}
	return Squeeze(attr(n, "download"))
}

// player notes what a player element plays. WebPlus' PDF viewer is the only
// trace of its file, which is an attachment, too.
func (w *writer) player(n *html.Node) {
	if w.oneLine || w.base == nil {
		return
	}
	play := func(ref, name string) {
		if address := w.resolve(ref); address != "" && w.first('m', address) {
			w.media = append(w.media, File{URL: address, Name: name})
		}
	}
	switch n.DataAtom {
	case atom.Video, atom.Audio:
		play(attr(n, "src"), Squeeze(attr(n, "title")))
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && c.DataAtom == atom.Source {
				play(attr(c, "src"), "")
				break
			}
		}
	case atom.Embed, atom.Object:
		play(attr(n, "src"), "")
		play(attr(n, "data"), "")
	case atom.Div:
		for _, a := range n.Attr {
			switch a.Key {
			case "pdfsrc":
				name := shownName(n)
				play(a.Val, name)
				if address := w.resolve(a.Val); address != "" && w.first('f', address) {
					w.files = append(w.files, File{URL: address, Name: name})
				}
			case "sudy-wp-src":
				play(a.Val, shownName(n))
			}
		}
	}
}

// lazy are the attributes in which scripts look for the address of a picture
// that src only stands in for.
var lazy = []string{"original-src", "data-src", "data-original", "data-original-src", "data-lazy-src", "data-lazy", "data-url", "_src", "lazysrc", "orisrc"}

func (w *writer) image(n *html.Node) {
	if w.oneLine {
		return
	}
	address, alt := "", ""
	tiny := false
	for _, a := range n.Attr {
		switch a.Key {
		case "src":
			address = w.resolve(a.Val)
		case "alt":
			alt = a.Val
		case "width", "height":
			tiny = tiny || a.Val == "1" || a.Val == "0" || a.Val == "1px" || a.Val == "0px"
		}
	}
	if address == "" || placeholder(address) {
		for _, key := range lazy {
			if other := w.resolve(attr(n, key)); other != "" {
				address = other
				break
			}
		}
	}
	if address == "" || tiny || iconAddress(address) {
		return
	}
	alt = Squeeze(alt)
	if !w.html.off {
		tag := `<img src="` + string(escape(nil, address)) + `"`
		if alt != "" {
			tag += ` alt="` + string(escape(nil, alt)) + `"`
		}
		w.html.raw(tag + ">")
	}
	if w.first('i', address) {
		w.images = append(w.images, Image{URL: address, Alt: alt})
		w.marks = append(w.marks, mark{at: len(w.text), between: w.newline || len(w.text) == 0, img: n})
	}
}

// placeholder says that the picture only keeps the place of a lazy one.
func placeholder(address string) bool {
	i := strings.LastIndexByte(address, '/')
	name := strings.ToLower(address[i+1:])
	for _, s := range [...]string{"blank.", "loading", "placeholder", "spacer.", "grey.gif", "lazy", "transparent.", "pixel."} {
		if strings.HasPrefix(name, s) {
			return true
		}
	}
	return false
}

// iconAddress says that the picture is an editor's icon of a file type or of a
// face: UEditor's and its descendants' folders, as seen on WebPlus and VSB.
func iconAddress(address string) bool {
	for _, s := range [...]string{"/icon_", "/fileTypeImages/", "/filetypeimages/", "/_ueditor/themes/", "/ueditor/dialogs/attachment/", "/ewebeditor/sysimage/", "/ckeditor/plugins/", "/fckeditor/editor/images/", "/system/resource/images/", "/kindeditor/plugins/"} {
		if i := strings.Index(address, s); i >= 0 {
			return s != "/icon_" || fileIcon(address[i+len(s):])
		}
	}
	return false
}

// fileIcon says that s, which follows "/icon_", is "doc.gif" or the like.
func fileIcon(s string) bool {
	i := strings.IndexByte(s, '.')
	return i > 0 && (fileTypes[s[:i]] || s[:i] == "default" || s[:i] == "jpg" || s[:i] == "gif" || s[:i] == "mv" || s[:i] == "music" || s[:i] == "video")
}

// captionLine is what a line under a picture begins or ends with when it is the
// caption of the picture: "图为校门", "张三 摄".
var captionLine = regexp.MustCompile(`^(图[为片一二三四五六七八九十0-9０-９]|[（(]?图[:：/]|[▲△↑▼]|上图|下图)|[(（【\[]?[\p{Han}· ]{2,12}[/ ]?摄(影)?[)）】\]]?[。.]?$|^摄影[:：]`)

// captions gives each image without a caption the line that follows it, if that
// line reads like one.
func (w *writer) captions() {
	for i, m := range w.marks {
		if w.images[i].Caption != "" || m.at >= len(w.text) || !m.between {
			continue
		}
		if i+1 < len(w.marks) && w.marks[i+1].at == m.at {
			continue // the last of several pictures gets it
		}
		rest := w.text[m.at:]
		if rest[0] == '\n' {
			rest = rest[1:]
		}
		line := rest[:min(len(rest), 400)]
		if j := strings.IndexByte(string(line), '\n'); j >= 0 {
			line = line[:j]
		} else if len(line) < len(rest) {
			continue
		}
		if len(line) < 300 && (captionLine.Match(line) || centredBelow(m.img, string(line))) {
			w.images[i].Caption = string(line)
		}
	}
}

// Hidden says that an element is never shown: the hidden attribute, or a style
// attribute with display:none or Word's mso-hide:all.
func Hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return a.Val != "until-found"
		case "style":
			if hiddenStyle(a.Val) {
				return true
			}
		}
	}
	return false
}

func hiddenStyle(s string) bool {
	if !strings.Contains(s, "none") && !strings.Contains(s, "NONE") && !strings.Contains(s, "None") && !strings.Contains(s, "mso-hide") {
		return false
	}
	for rest := s; ; {
		i := strings.IndexByte(rest, ':')
		if i < 0 {
			return false
		}
		name := rest[:i]
		rest = rest[i+1:]
		if !hasSuffixFold(name, "display") && !hasSuffixFold(name, "mso-hide") {
			continue
		}
		value := rest
		if j := strings.IndexByte(rest, ';'); j >= 0 {
			value = rest[:j]
		}
		value = strings.ToLower(strings.TrimSpace(value))
		if strings.HasPrefix(value, "none") || value == "all" {
			return true
		}
	}
}

func hasSuffixFold(s, suffix string) bool {
	s = strings.TrimRight(s, " \t\r\n")
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// attr gives the value of an attribute, "" for none.
func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// number gives s as a plain number of at most limit.
func number(s string, limit int) (string, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 7 {
		return "", false
	}
	v := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return "", false
		}
		v = v*10 + int(c-'0')
	}
	return s, v <= limit
}
