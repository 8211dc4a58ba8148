package browser

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// required says that what the tests need was meant to be here.
func required() bool { return os.Getenv("CAMPUSNEWS_BROWSER") != "" }

// absent skips a test for want of something, or fails it where that was meant to be here.
func absent(t *testing.T, what string) {
	t.Helper()
	if required() {
		t.Fatal(what)
	}
	t.Skip(what)
}

// A browser is one chromium for all tests, and a proxy that takes note of whatever it asks beyond this machine's loopback.
type browser struct {
	ctx    context.Context
	cancel []context.CancelFunc
	mu     sync.Mutex
	asked  []string // hosts beyond loopback
}

var (
	theBrowser  *browser
	browserOnce sync.Once
	browserErr  error
)

func chromium() (string, error) {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no chromium here: apt-get install -y chromium fonts-noto-cjk, or name one in CHROMIUM")
}

// ofItsMaker are the hosts that chromium asks for itself whatever one tells it. No page of the fixture names them.
func ofItsMaker(host string) bool {
	host, _, _ = strings.Cut(host, ":")
	for _, end := range []string{".google.com", ".googleapis.com", ".gvt1.com", ".gstatic.com"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return false
}

// startBrowser starts chromium with its own folder and nothing of what it does for itself.
func startBrowser(path string) (*browser, error) {
	b := &browser{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	proxy := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ofItsMaker(r.Host) {
			b.mu.Lock()
			b.asked = append(b.asked, r.Method+" "+r.Host)
			b.mu.Unlock()
		}
		http.Error(w, "nothing leaves this machine", http.StatusForbidden)
	})}
	go proxy.Serve(l)
	dir, err := os.MkdirTemp("", "campusnews-chromium-")
	if err != nil {
		return nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("disable-features", "OptimizationHints,MediaRouter,AutofillServerCommunication,Translate"),
		chromedp.ProxyServer("http://"+l.Addr().String()), // loopback goes past it
		chromedp.WindowSize(1280, 900), chromedp.WSURLReadTimeout(2*time.Minute),
	)
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	b.ctx, b.cancel = ctx, []context.CancelFunc{cancel, cancelAlloc, func() { proxy.Close(); os.RemoveAll(dir) }}
	return b, chromedp.Do(ctx)
}

func stopBrowser() {
	if theBrowser != nil {
		for _, f := range theBrowser.cancel {
			f()
		}
	}
}

// A tab is a page in the browser, and what went on in it.
type tab struct {
	t     *testing.T
	ctx   context.Context
	site  *served
	mu    sync.Mutex
	noise []string // the console's errors and warnings, exceptions, dialogs
	asked []string // addresses asked for
	allow []string // parts of noise that the test expects
}

// patience is how long a step may take on a machine that does much else.
const patience = 60 * time.Second

// open opens a tab of its own cookies, and complains when the test ends of noise in the console and of requests to anybody else.
func open(t *testing.T) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	if !required() {
		t.Skip("CAMPUSNEWS_BROWSER=1 runs the browser, best alone on the machine")
	}
	path, err := chromium()
	if err != nil {
		absent(t, err.Error())
	}
	site := fixture(t)
	browserOnce.Do(func() { theBrowser, browserErr = startBrowser(path) })
	if browserErr != nil {
		t.Fatalf("start %s: %v", path, browserErr)
	}
	b := &tab{t: t, site: site}
	ctx, cancel := chromedp.NewContext(theBrowser.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	b.ctx = ctx
	t.Cleanup(func() {
		cancel()
		b.check()
	})
	if err := chromedp.Do(ctx); err != nil { // opens it, for as long as ctx lasts
		t.Fatalf("open a tab: %v", err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, page.Enable, page.EnableParams{})
	return b
}

// call gives a command to the browser.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	do(b, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, command, params) })
}

// hear takes note of what goes on.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case "log", "debug", "info":
		default:
			b.noise = append(b.noise, fmt.Sprintf("console.%s %v", e.Type, e.Args))
		}
	case *runtime.EventExceptionThrown:
		b.noise = append(b.noise, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		// Chromium opens connections in advance, which the server closes when nothing is asked on them; it then tries another one.
		if strings.Contains(e.Entry.Text, "ERR_SOCKET_NOT_CONNECTED") {
			return
		}
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			b.noise = append(b.noise, string(e.Entry.Level)+": "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *page.EventJavascriptDialogOpening:
		b.noise = append(b.noise, "dialog: "+e.Message)
		go chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
	}
}

func (b *tab) check() {
	b.mu.Lock()
	defer b.mu.Unlock()
next:
	for _, n := range b.noise {
		for _, a := range b.allow {
			if strings.Contains(n, a) {
				continue next
			}
		}
		b.t.Errorf("the console says: %s", n)
	}
	if len(b.asked) == 0 {
		b.t.Error("no request was seen: this test saw nothing")
	}
	for _, address := range b.asked {
		if !strings.HasPrefix(address, b.site.url+"/") && !strings.HasPrefix(address, "data:") {
			b.t.Errorf("the page asks for %s", address)
		}
	}
	theBrowser.mu.Lock()
	defer theBrowser.mu.Unlock()
	for _, a := range theBrowser.asked {
		b.t.Errorf("the browser asked another host: %s", a)
	}
	theBrowser.asked = nil
}

// do takes a step in the browser, in its time.
func do[T any](b *tab, step chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, step)
	if err != nil {
		b.shot("failed")
		b.t.Fatalf("%v\nat %s", err, b.where())
	}
	return v
}

// to goes to a path and waits for the page to have loaded.
func (b *tab) to(path string) {
	b.t.Helper()
	do(b, chromedp.Navigate(b.site.url+path))
}

// js evaluates an expression in the page.
func js[T any](b *tab, expression string) T {
	b.t.Helper()
	return do(b, chromedp.Evaluate[T](expression))
}

// until waits for an expression to become true, also over a change of the page.
func (b *tab) until(expression string) {
	b.t.Helper()
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		// An error is a page that is just being left.
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && ok {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.shot("failed")
	b.t.Fatalf("never came true: %s\nat %s", expression, b.where())
}

// see waits for an element to be seen.
func (b *tab) see(selector string) { b.t.Helper(); do(b, chromedp.WaitVisible(chromedp.CSS(selector))) }

// click clicks on an element once it can be seen.
func (b *tab) click(selector string) { b.t.Helper(); do(b, chromedp.Click(chromedp.CSS(selector))) }

// write writes into a field, key by key.
func (b *tab) write(selector, keys string) {
	b.t.Helper()
	do(b, chromedp.SendKeys(chromedp.CSS(selector), keys))
}

// press presses keys wherever the focus is.
func (b *tab) press(keys string) { b.t.Helper(); do(b, chromedp.KeyEvent(keys)) }

// text is what an element says.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return strings.TrimSpace(do(b, chromedp.TextContent(chromedp.CSS(selector))))
}

// where is the present address without the server's name.
func (b *tab) where() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	address, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(address, b.site.url)
}

// shot keeps a picture of the page, if somebody wants them.
func (b *tab) shot(name string) {
	dir := os.Getenv("CAMPUSNEWS_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Logf("picture %s: %v", name, err)
		return
	}
	file := filepath.Join(dir, strings.NewReplacer("/", "-", " ", "-").Replace(b.t.Name()+"-"+name)+".png")
	if err := os.WriteFile(file, picture, 0o666); err != nil {
		b.t.Log(err)
	}
}

// phone makes the window that of a phone.
func (b *tab) phone() {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 2, Mobile: true})
}

// scheme makes the system light or dark.
func (b *tab) scheme(name string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}
