// Package documents makes what people carry and keep: the pack of an agenda as a print page, a PDF and a Word file.
package documents

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/packs"
)

// Setting is what every document of this house has in common.
type Setting struct {
	Marking string // the running head: "OFFICIAL-SENSITIVE"
	BaseURL string // where links lead: "https://quorate.example.org"
}

//go:embed pack.css
var packStyles string

//go:embed chart.css
var chartStyles string

var styles = packStyles + chartStyles

// css is the styles with the marking at the head of every sheet.
func (s Setting) css() string {
	if s.Marking == "" {
		return styles
	}
	return styles + "\n@page { @top-center { content: " + cssString(s.Marking) + "; font: bold 10pt Arial, Helvetica, sans-serif; color: #000; } }\n"
}

// cssString quotes words for a style sheet inside a page: nothing in them ends the string or the sheet.
func cssString(words string) string {
	var quoted strings.Builder
	quoted.WriteByte('"')
	for _, r := range words {
		if r < ' ' || strings.ContainsRune(`"\<>&`, r) {
			fmt.Fprintf(&quoted, `\%06x`, r)
			continue
		}
		quoted.WriteRune(r)
	}
	quoted.WriteByte('"')
	return quoted.String()
}

// ContentSecurityPolicy lets a print page have its own styles and nothing else.
func (s Setting) ContentSecurityPolicy() string {
	sum := sha256.Sum256([]byte(s.css()))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// paperHref is where a paper is read, behind sign-in.
func (s Setting) paperHref(id uuid.UUID) string { return s.BaseURL + "/papers/" + id.String() }

// sheet is a pack in one of its forms.
type sheet struct {
	packs.Pack
	Setting
	Attached map[uuid.UUID]bool // papers that travel inside the file
	Inside   bool               // the form can hold files
}
