// Command campusnews archives university news sites: it crawls them politely,
// cuts the article out of each page, and keeps article and evidence in one
// folder. This package knows flags, wiring, terminals and exit status, and
// nothing of how the work is done.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal drains; with the handler gone, the second kills.
	context.AfterFunc(ctx, stop)
	code := Main(ctx, os.Args[1:], environment())
	stop()
	os.Exit(code)
}
