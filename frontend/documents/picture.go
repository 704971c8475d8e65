package documents

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Picture makes a PNG of a drawing, as many CSS pixels wide as said and twice as fine, for what shows no SVG: e-mail.
func (p *Printer) Picture(ctx context.Context, svg string, width int) ([]byte, error) {
	html := `<!DOCTYPE html><html lang="en-GB"><head><style>` + chartStyles + ` body { margin: 0; padding: 8px; background: #fff } .q-chart { max-width: none }</style></head><body>` + svg + `</body></html>`
	return p.open(ctx, []byte(html), func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		screen := emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: 1, DeviceScaleFactor: 2}
		if _, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, screen); err != nil {
			return nil, err
		}
		metrics, err := cdp.Call(ctx, t, page.GetLayoutMetrics, cdp.Empty{})
		if err != nil {
			return nil, err
		}
		yes, size := true, metrics.CSSContentSize
		shot, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &yes, Clip: &page.Viewport{Width: float64(width), Height: size.Height, Scale: 1},
		})
		return shot.Data, err
	})
}
