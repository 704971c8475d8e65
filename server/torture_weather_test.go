package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// weather is what becomes of people's lines on their way: toxiproxy, between them and the replicas.
type weather struct {
	t                *testing.T
	server           *toxiproxy.ApiServer
	proxy            *toxiproxy.Proxy
	listen, upstream string
}

// toxic is one fault of lines, as toxiproxy names and measures it.
type toxic struct {
	Type       string           `json:"type"`
	Stream     string           `json:"stream"`
	Toxicity   float32          `json:"toxicity"` // of how many lines: 1 is all
	Attributes map[string]int64 `json:"attributes"`
}

// openWeather listens in front of an address, in fair weather, until the test ends.
func openWeather(t *testing.T, upstream string) *weather {
	t.Helper()
	w := &weather{t: t, server: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), listen: "localhost:0", upstream: upstream}
	w.turns()
	t.Cleanup(func() { w.proxy.Stop() })
	return w
}

func (w *weather) url() string { return originOf(w.listen) }

// turns ends every line; those that follow have these faults from their beginning.
func (w *weather) turns(faults ...toxic) {
	w.t.Helper()
	if w.proxy != nil {
		w.proxy.Stop()
	}
	w.proxy = toxiproxy.NewProxy(w.server, "lines", w.listen, w.upstream)
	w.falls(faults...)
	if err := w.proxy.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.listen = w.proxy.Listen
}

// falls brings faults upon the lines there are. Nobody may be saying anything meanwhile: toxiproxy waits
// for ever to change a line that ends in the middle of a word.
func (w *weather) falls(faults ...toxic) {
	w.t.Helper()
	for _, fault := range faults {
		text, err := json.Marshal(fault)
		if err == nil {
			_, err = w.proxy.Toxics.AddToxicJson(bytes.NewReader(text))
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// bothWays is a fault of all that is sent, and of all that is heard.
func bothWays(kind string, toxicity float32, attributes map[string]int64) []toxic {
	return []toxic{{kind, "upstream", toxicity, attributes}, {kind, "downstream", toxicity, attributes}}
}
