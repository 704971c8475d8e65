package calendar

import (
	"fmt"
	"time"

	"github.com/emersion/go-ical"
)

// Feed writes entries as a calendar that programs come back to, its name, and how often that is worth
// while. The same entries are the same bytes, whenever they are written.
func Feed(name string, every time.Duration, entries ...Entry) ([]byte, error) {
	file := newFile("PUBLISH")
	name = printable(name)
	file.Props.SetText(ical.PropName, name)  // RFC 7986
	file.Props.SetText("X-WR-CALNAME", name) // Apple, Google, Outlook
	minutes := fmt.Sprintf("PT%dM", int(every.Minutes()))
	hint := ical.NewProp(ical.PropRefreshInterval)
	hint.Params.Set(ical.ParamValue, string(ical.ValueDuration)) // RFC 7986 wants it said
	hint.Value = minutes
	file.Props.Set(hint)
	published := ical.NewProp("X-PUBLISHED-TTL") // Outlook
	published.Value = minutes
	file.Props.Set(published)
	for _, entry := range entries {
		file.Children = append(file.Children, entry.event().Component)
	}
	return written(file)
}
