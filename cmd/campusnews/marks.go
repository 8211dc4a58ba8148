package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"campusnews/archive"
	"campusnews/archive/textdiff"
)

// struck is the terminal's way to write what is not there any more.
const struck = "\x1b[9m"

// contextLength is how many characters of an unchanged stretch stay on each side of a change.
const contextLength = 24

// changeText writes how a field changed for a person: within the text, old and new marked by colour, or as
// [-old-]{+new+}. Unless whole, long stretches of the body without a change are cut.
func changeText(c archive.FieldChange, colour, whole bool) string {
	var b strings.Builder
	runs := textdiff.Runs(c.Old, c.New)
	for i, r := range runs {
		text := r.Text
		switch r.Op {
		case textdiff.Equal:
			if !whole && c.Field == "body" {
				text = shortened(text, i == 0, i == len(runs)-1)
			}
			b.WriteString(printableLines(text))
		case textdiff.Delete:
			b.WriteString(change(text, "[-", "-]", red+struck, colour))
		case textdiff.Insert:
			b.WriteString(change(text, "{+", "+}", green, colour))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

func change(text, open, closing, code string, colour bool) string {
	if !colour {
		return open + printableLines(text) + closing
	}
	// A line end within colour would colour the rest of the screen in some terminals.
	lines := strings.Split(printableLines(text), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = code + l + plain
		}
	}
	if strings.Trim(text, "\n") == "" { // only line ends: nothing would be seen
		return code + "⏎" + plain + strings.Join(lines, "\n")
	}
	return strings.Join(lines, "\n")
}

// shortened cuts the middle of an unchanged stretch; of the first one its beginning, of the last one its end.
func shortened(s string, first, last bool) string {
	n := utf8.RuneCountInString(s)
	keep := 2 * contextLength
	if first || last {
		keep = contextLength
	}
	if n <= keep+contextLength {
		return s
	}
	runes := []rune(s)
	head, tail := string(runes[:contextLength]), string(runes[n-contextLength:])
	switch {
	case first && last:
		return head + "…"
	case first:
		return "…" + tail
	case last:
		return head + "…"
	}
	return head + " … " + tail
}

// fieldNames are the fields as a reader of the text form sees them, as in show.
var fieldNames = map[string]string{
	"title": "标题", "subtitle": "副题", "published": "时间", "source": "来源", "section": "栏目",
	"body": "正文", "images": "图片", "attachments": "附件", "media": "视频", "links": "链接",
}

// printChanges writes the fields that changed, one after the other.
func printChanges(b *strings.Builder, changes []archive.FieldChange, colour, whole bool) {
	for _, c := range changes {
		name := fieldNames[c.Field]
		if name == "" {
			name = roleNames[c.Field]
		}
		if name == "" {
			name = c.Field
		}
		if text := changeText(c, colour, whole); strings.Contains(text, "\n") {
			fmt.Fprintf(b, "%s\n    %s\n", name, strings.ReplaceAll(text, "\n", "\n    "))
		} else {
			fmt.Fprintf(b, "%s  %s\n", name, text)
		}
	}
}

// changeJSON is a changed field as --json prints it.
type changeJSON struct {
	Field string         `json:"field"`
	Old   string         `json:"old"`
	New   string         `json:"new"`
	Runs  []textdiff.Run `json:"runs"` // from old to new
}

func asChangesJSON(changes []archive.FieldChange) []changeJSON {
	list := make([]changeJSON, len(changes))
	for i, c := range changes {
		list[i] = changeJSON{c.Field, c.Old, c.New, textdiff.Runs(c.Old, c.New)}
	}
	return list
}
