package tracker

import (
	"encoding/xml"
	"math"
	"path"
	"strconv"
	"strings"
)

// A fill is the colour behind a cell, as far as it may be a rating.
type fill uint8

const (
	noFill    fill = iota // none, white or grey: it rates nothing
	redFill               // and pink, as Excel's “Bad”
	amberFill             // and orange and yellow, as Excel's “Neutral”
	greenFill             // as Excel's “Good”
	otherFill             // any other colour: nobody can say what it rates
)

// rating is the RAG a fill stands for, "" for none.
func (f fill) rating() string {
	switch f {
	case redFill:
		return "Red"
	case amberFill:
		return "Amber"
	case greenFill:
		return "Green"
	default:
		return ""
	}
}

// A colourNamed is a colour as a workbook names it: by itself, by its place in the theme, lighter or
// darker, or by its place in the old palette.
type colourNamed struct {
	RGB     string  `xml:"rgb,attr"`
	Theme   *int    `xml:"theme,attr"`
	Tint    float64 `xml:"tint,attr"`
	Indexed *int    `xml:"indexed,attr"`
}

// A colourTable is what a workbook's names of colours stand for.
type colourTable struct {
	theme   []string // by number
	palette []string // the workbook's own, in place of the usual one
}

// usualPalette are the colours of the old palette that somebody would rate by; the others rate nothing.
var usualPalette = map[int]string{
	2: "FF0000", 3: "00FF00", 5: "FFFF00", 10: "FF0000", 11: "00FF00", 13: "FFFF00", 16: "800000", 17: "008000", 19: "808000",
	42: "CCFFCC", 43: "FFFF99", 45: "FF99CC", 47: "FFCC99", 50: "339966", 51: "FFCC00", 52: "FF9900", 53: "FF6600", 57: "339966",
}

func (t colourTable) fill(named colourNamed) fill {
	spelt := named.RGB
	switch {
	case spelt != "":
	case named.Theme != nil:
		if *named.Theme < 0 || *named.Theme >= len(t.theme) {
			return noFill
		}
		spelt = t.theme[*named.Theme]
	case named.Indexed != nil && *named.Indexed >= 0 && *named.Indexed < len(t.palette):
		spelt = t.palette[*named.Indexed]
	case named.Indexed != nil:
		spelt = usualPalette[*named.Indexed]
	}
	if len(spelt) == 8 { // how far it is seen through comes first
		spelt = spelt[2:]
	}
	value, err := strconv.ParseUint(spelt, 16, 32)
	if err != nil || len(spelt) != 6 {
		return noFill
	}
	return fillOf(float64(value>>16)/255, float64(value>>8&255)/255, float64(value&255)/255, named.Tint)
}

// fillOf tells a colour by its hue. Between two ratings, and where there is hardly any colour, it is neither.
func fillOf(red, green, blue, tint float64) fill {
	most, least := max(red, green, blue), min(red, green, blue)
	light, spread := (most+least)/2, most-least
	if spread == 0 {
		return noFill
	}
	saturation := spread / (1 - math.Abs(2*light-1))
	if tint < 0 {
		light *= 1 + tint
	} else {
		light += (1 - light) * tint
	}
	if saturation < 0.2 || light > 0.96 || light < 0.08 {
		return noFill
	}
	var hue float64
	switch most {
	case red:
		hue = math.Mod((green-blue)/spread+6, 6)
	case green:
		hue = (blue-red)/spread + 2
	default:
		hue = (red-green)/spread + 4
	}
	switch hue *= 60; {
	case hue >= 340 || hue <= 14:
		return redFill
	case hue >= 20 && hue <= 66:
		return amberFill
	case hue >= 74 && hue <= 165:
		return greenFill
	default:
		return otherFill
	}
}

// themeColours are the colours of the workbook's theme by the numbers that styles use: light and dark in
// the other order than the theme has them. A theme that cannot be read has none.
func (p archiveParts) themeColours(relations map[string]string) []string {
	at := "xl/theme/theme1.xml"
	for _, target := range relations {
		if strings.HasPrefix(path.Base(target), "theme") {
			at = strings.ToLower(target)
		}
	}
	if !p.has(at) {
		return nil
	}
	type named struct {
		System struct {
			Last string `xml:"lastClr,attr"`
		} `xml:"sysClr"`
		RGB struct {
			Value string `xml:"val,attr"`
		} `xml:"srgbClr"`
	}
	var theme struct {
		Colours struct {
			List []struct {
				XMLName xml.Name
				named
			} `xml:",any"`
		} `xml:"themeElements>clrScheme"`
	}
	if err := p.decode(at, &theme); err != nil {
		return nil
	}
	list := make([]string, len(theme.Colours.List))
	for i, colour := range theme.Colours.List {
		if list[i] = colour.RGB.Value; list[i] == "" {
			list[i] = colour.System.Last
		}
	}
	for i := 0; i+1 < min(4, len(list)); i += 2 {
		list[i], list[i+1] = list[i+1], list[i]
	}
	return list
}
