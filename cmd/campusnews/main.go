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
	ignored := signal.Ignored(os.Interrupt)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal drains; with the handler gone, the second kills.
	context.AfterFunc(ctx, func() {
		if ignored { // by who started it, as a shell script in the background: without a handler the second would be, too
			again := make(chan os.Signal, 1)
			signal.Notify(again, os.Interrupt)
			go func() {
				<-again
				os.Exit(exitInterrupted)
			}()
		}
		stop()
	})
	code := Main(ctx, os.Args[1:], environment())
	stop()
	os.Exit(code)
}
