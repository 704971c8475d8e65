package documents

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ErrNoBrowser says that this machine has no Chromium, so nothing can be printed.
var ErrNoBrowser = errors.New("documents: no Chromium is installed")

// Printer makes PDF files of print pages with the Chromium of this machine. It prints one at a time.
type Printer struct {
	Browser string // its program; "" when there is none

	turn chan struct{}
}

// The most a document may take: a pack of sixty items takes seconds.
const longest = 90 * time.Second

// FindPrinter looks for Chromium: the program named, or else the usual names.
func FindPrinter(named string) *Printer {
	p := &Printer{turn: make(chan struct{}, 1)}
	names := []string{named}
	if named == "" {
		names = []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "headless_shell"}
	}
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			p.Browser = found
			break
		}
	}
	return p
}

// Prints reports whether there is a browser to print with.
func (p *Printer) Prints() bool { return p != nil && p.Browser != "" }

// PDF prints a self-contained page: tagged, with an outline of its headings.
func (p *Printer) PDF(ctx context.Context, html []byte) ([]byte, error) {
	return p.open(ctx, html, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		yes := true
		made, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{
			PreferCSSPageSize: &yes, PrintBackground: &yes, GenerateTaggedPDF: &yes, GenerateDocumentOutline: &yes,
		})
		return made.Data, err
	})
}

// open shows a self-contained page to a browser and has it make something of it. The browser starts afresh
// in a folder of its own, runs no script and is given no network; it ends, with everything it
// started, when the page is printed or ctx does.
func (p *Printer) open(ctx context.Context, html []byte, make func(context.Context, *chromedp.Target) ([]byte, error)) (made []byte, err error) {
	if !p.Prints() {
		return nil, ErrNoBrowser
	}
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	folder, err := os.MkdirTemp("", "quorate-print-")
	if err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()

	allocated, end := chromedp.NewExecAllocator(ctx, p.options(folder)...)
	defer end()
	tab, closeTab := chromedp.NewContext(allocated, chromedp.WithErrorf(func(string, ...any) {})) // it would log in words of its own; what matters comes back as an error
	defer closeTab()
	made, err = chromedp.Run(tab, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		if err := show(ctx, t, html); err != nil {
			return nil, err
		}
		return make(ctx, t)
	})
	if err != nil {
		return nil, fmt.Errorf("documents: the browser did not print: %w", err)
	}
	return made, nil
}

// show puts a page into the blank one the browser opened with.
func show(ctx context.Context, t *chromedp.Target, html []byte) error {
	everything := network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/*", Block: true}}}
	if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, t, network.SetBlockedURLs, everything); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		return err
	}
	opened, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return err
	}
	_, err = cdp.Call(ctx, t, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: opened.FrameTree.Frame.ID, HTML: string(html)})
	return err
}

// options start the browser with nothing of anybody's and nowhere to go. Chromium refuses its own sandbox
// to root, so only then is it left out.
func (p *Printer) options(folder string) []chromedp.ExecAllocatorOption {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(p.Browser),
		chromedp.UserDataDir(folder),
		chromedp.Env("TMPDIR="+folder), // what the browser leaves when it is killed goes with the folder
		chromedp.Flag("no-sandbox", os.Geteuid() == 0),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-GB"),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
			cmd.WaitDelay = 5 * time.Second
		}),
	)
	return options
}
