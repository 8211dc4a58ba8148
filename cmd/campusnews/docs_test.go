package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "rewrite README.md's command reference and the output of its commands")

// readme and readmeChinese are absolute, since a test changes its folder.
var (
	readme, _        = filepath.Abs("../../README.md")
	readmeChinese, _ = filepath.Abs("../../README.zh-CN.md")
)

// The reference stands between these lines of the README.
const (
	referenceStart = "<!-- commands: go test ./cmd/campusnews -run Readme -update -->\n"
	referenceEnd   = "<!-- /commands -->\n"
)

// reference lists every command and flag, as the commands themselves say them.
func reference() string {
	var b strings.Builder
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Runnable() && c.HasParent() && c.Name() != "help" && c.Name() != "completion" && c.Parent().Name() != "completion" {
			fmt.Fprintf(&b, "#### `%s`\n\n%s.\n\n", c.UseLine(), strings.TrimSuffix(c.Short, "."))
			flagTable(&b, c.LocalNonPersistentFlags())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	root := newRoot(Env{Getenv: func(string) string { return "" }})
	walk(root)
	b.WriteString("#### Every command\n\n")
	flagTable(&b, root.PersistentFlags())
	return b.String()
}

func flagTable(b *strings.Builder, flags *pflag.FlagSet) {
	rows := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Name == "version" {
			return
		}
		if rows++; rows == 1 {
			b.WriteString("| flag | |\n|---|---|\n")
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		kind, usage := pflag.UnquoteUsage(f)
		if kind != "" {
			name += " " + kind
		}
		switch f.DefValue {
		case "", "false", "[]", "0", "0s":
		default:
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", name, strings.ReplaceAll(usage, "|", "\\|"))
	})
	if rows > 0 {
		b.WriteByte('\n')
	}
}

func TestReadmeDocumentsEveryCommandAndFlag(t *testing.T) {
	text := readReadme(t, readme)
	before, rest, ok1 := strings.Cut(text, referenceStart)
	have, after, ok2 := strings.Cut(rest, referenceEnd)
	if !ok1 || !ok2 {
		t.Fatalf("README.md lacks the lines %q and %q", referenceStart, referenceEnd)
	}
	want := reference()
	if have == want {
		return
	}
	if *update {
		writeReadme(t, readme, before+referenceStart+want+referenceEnd+after)
		return
	}
	t.Errorf("README.md's command reference is not what the commands say; run\n  go test ./cmd/campusnews -run Readme -update\ngot:\n%s\nwant:\n%s", have, want)
}

// consoleBlock is a fenced block of the README whose commands are run.
var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```\n")

// changing is what differs from run to run in true output.
var changing = regexp.MustCompile(`\b\d+(\.\d+)?(µs|ms|s|m\d+s)\b|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?|\b\d+(\.\d+)? (pages/s|[KM]iB)`)

// blanks are the runs of blanks and rules by which a table's width follows what changes.
var blanks = regexp.MustCompile(`[ ─-]{2,}`)

func steady(s string) string {
	return blanks.ReplaceAllString(changing.ReplaceAllString(s, "…"), "  ")
}

// TestReadmeShowsTrueOutput runs the commands of the README's console blocks, one after the other
// in one folder, and compares what they print. Lines before the first "$ " are not allowed; a block's
// output is what stands up to the next "$ ".
func TestReadmeShowsTrueOutput(t *testing.T) {
	for _, path := range []string{readme, readmeChinese} {
		t.Run(filepath.Base(path), func(t *testing.T) { showsTrueOutput(t, path) })
	}
}

func showsTrueOutput(t *testing.T, path string) {
	text := readReadme(t, path)
	dir := t.TempDir()
	for _, name := range []string{"testdata", "go.mod"} {
		abs, err := filepath.Abs("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(abs, filepath.Join(dir, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	t.Chdir(dir)
	ran := 0
	out := consoleBlock.ReplaceAllStringFunc(text, func(block string) string {
		body := consoleBlock.FindStringSubmatch(block)[1]
		var b strings.Builder
		for part := range strings.SplitSeq("\n"+body, "\n$ ") {
			if part == "" {
				continue
			}
			line, want, _ := strings.Cut(part, "\n")
			got, ok := runDocumented(t, line)
			if !ok {
				fmt.Fprintf(&b, "$ %s\n%s", line, want)
				continue
			}
			ran++
			got, want = strings.TrimRight(got, "\n")+"\n", strings.TrimRight(want, "\n")+"\n"
			if steady(got) == steady(want) {
				got = want
			} else if !*update {
				t.Errorf("$ %s\ngot:\n%s\nwant:\n%s", line, got, want)
			}
			fmt.Fprintf(&b, "$ %s\n%s", line, got)
		}
		return "```console\n" + b.String() + "```\n"
	})
	if ran == 0 {
		t.Fatal("it shows no command that was run")
	}
	if *update && out != text {
		writeReadme(t, path, out)
	}
}

// runDocumented runs one documented command line and gives both its streams as a terminal would
// show them; ok is false for a line that this machine cannot run.
func runDocumented(t *testing.T, line string) (out string, ok bool) {
	t.Helper()
	args, isOurs := strings.CutPrefix(line, "go run ./cmd/campusnews ")
	if !isOurs {
		args, isOurs = strings.CutPrefix(line, "campusnews ")
	}
	if isOurs && !strings.ContainsAny(line, "|>&;") {
		var b bytes.Buffer
		env := environment()
		env.Stdout, env.Stderr = &b, &b
		code := Main(context.Background(), shellWords(args), env)
		if code != 0 {
			t.Errorf("$ %s: exit status %d, want 0 from what the README shows", line, code)
		}
		return b.String(), true
	}
	if name, _, _ := strings.Cut(line, " "); name == "sqlite3" {
		if _, err := exec.LookPath(name); err != nil {
			t.Logf("$ %s: not run: %v", line, err)
			return "", false
		}
		got, err := exec.Command("sh", "-c", line).CombinedOutput()
		if err != nil {
			t.Errorf("$ %s: %v", line, err)
		}
		return string(got), true
	}
	return "", false
}

// shellWords splits as a shell does, as far as documented commands need it: blanks and quotes.
func shellWords(s string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	in := false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, in = r, true
		case r == ' ':
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words
}

func readReadme(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func writeReadme(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
