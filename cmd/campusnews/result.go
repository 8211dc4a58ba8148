package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"campusnews/extract"
	"campusnews/extract/byline"
)

// printResultJSON prints a result as one JSON object on one line, with the file it came from in front.
func printResultJSON(w io.Writer, file string, r extract.Result) error {
	line, err := resultJSON(file, r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// resultJSON is extract's JSON form of r with "file" as its first key; "" leaves it out.
func resultJSON(file string, r extract.Result) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	body := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	if file == "" {
		return body, nil
	}
	name, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	return append(append([]byte(`{"file":`), append(name, ',')...), body[1:]...), nil
}

// roleNames are the roles as a reader of the text form sees them.
var roleNames = map[string]string{
	byline.Author: "作者", byline.Editor: "编辑", byline.Photographer: "摄影",
	byline.Reviewer: "审核", byline.Proofreader: "校对", byline.Publisher: "发布者",
}

// printResult prints a result for a person.
func printResult(w io.Writer, file string, r extract.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "== %s: %s", file, r.Kind)
	if r.System != "" {
		fmt.Fprintf(&b, " (%s)", r.System)
	}
	b.WriteByte('\n')
	switch {
	case r.Article != nil:
		printArticle(&b, r.Article)
	case r.Listing != nil:
		printListing(&b, r.Listing)
	default:
		if r.Reason != "" {
			fmt.Fprintf(&b, "%s\n", r.Reason)
		}
		if r.Target != "" {
			fmt.Fprintf(&b, "→ %s\n", r.Target)
		}
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

func printArticle(b *strings.Builder, a *extract.Article) {
	row := func(label, value string) {
		if value != "" {
			fmt.Fprintf(b, "%s  %s\n", label, value)
		}
	}
	row("标题", a.Title)
	row("副题", a.Subtitle)
	row("时间", a.Published)
	row("来源", a.Source)
	row("栏目", a.Section)
	for _, c := range a.Credits {
		row(roleNames[c.Role], c.Name)
	}
	if a.Body != "" {
		fmt.Fprintf(b, "\n%s\n", a.Body)
	}
	if len(a.Images)+len(a.Files)+len(a.Parts) > 0 {
		b.WriteByte('\n')
	}
	for _, i := range a.Images {
		row("图片", strings.TrimSpace(i.URL+"  "+i.Caption))
	}
	for _, f := range a.Files {
		row("附件", strings.TrimSpace(f.URL+"  "+f.Name))
	}
	for _, p := range a.Parts {
		row("续页", p)
	}
}

func printListing(b *strings.Builder, l *extract.Listing) {
	for _, i := range l.Items {
		date := i.Date
		if date == "" {
			date = "          "
		}
		fmt.Fprintf(b, "%s  %s\n            %s\n", date, i.Title, i.URL)
	}
	if l.Pages > 0 || l.Total > 0 {
		fmt.Fprintf(b, "page %d of %d, %d items in all\n", l.Page, l.Pages, l.Total)
	}
	if l.Next != "" {
		fmt.Fprintf(b, "next  %s\n", l.Next)
	}
}
