package documents

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gomutex/godocx"
	"github.com/gomutex/godocx/docx"
	"github.com/gomutex/godocx/wml/ctypes"
	"github.com/gomutex/godocx/wml/stypes"

	"quorate/agendas/packs"
	"quorate/agendas/requests"
)

// Word is a pack as a Word file: headings with outline levels, tables whose heading rows repeat, British
// English, the marking above and the page number below every page.
func (s Setting) Word(p packs.Pack) ([]byte, error) {
	w, err := newWord(s.Marking, title(p), p.PublishedAt)
	if err != nil {
		return nil, err
	}
	w.pack(sheet{Pack: p, Setting: s})
	if w.err != nil {
		return nil, fmt.Errorf("documents: %w", w.err)
	}
	var out bytes.Buffer
	if err := w.doc.Write(&out); err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	return out.Bytes(), nil
}

// pack writes what packPage shows, in the same words and order.
func (w *word) pack(s sheet) {
	w.heading(0, s.Forum.Name+": agenda pack")
	meeting := [][]string{{"When and where", whenAndWhere(s.Content)}, {"Chair", s.Chair}, {"Agenda", versionWords(s.Pack)}}
	if s.Reader != "" {
		meeting = append(meeting, []string{"This pack is for", s.Reader})
	}
	if !s.OnlyOwn {
		meeting = append(meeting, []string{"Time planned", fmt.Sprintf("%d of %d minutes", s.Minutes, s.Content.Available)})
	}
	w.heading(1, "The meeting")
	w.table([]string{"What", "Answer"}, []int{28, 72}, meeting)
	if s.OnlyOwn {
		w.text("You see the items you present or join. The rest of the agenda is for the members of the forum.")
	} else {
		w.heading(1, "Who is coming")
		var rows [][]string
		for _, agency := range s.Agencies {
			for _, seat := range agency.Seats {
				rows = append(rows, []string{agencyWords(agency), seat.Name, seat.Person, saysWords(seat)})
			}
		}
		w.table([]string{"Agency", "Seat", "Person", "Reply"}, []int{25, 25, 20, 30}, rows)
		w.heading(1, "Quorum")
		w.text("Needed: " + s.Quorum + ".")
		w.text(s.Forecast.Words() + ".")
	}
	w.heading(1, "Contents")
	for _, e := range s.Entries {
		w.doc.AddParagraph(clean(heading(e))).Spacing(0, 40)
	}
	if !s.Changes.None() {
		w.heading(1, fmt.Sprintf("What changed in version %d", s.Version))
		for _, words := range s.Changes.Meeting {
			w.point(words)
		}
		for _, change := range s.Changes.Items {
			w.point(changeWords(change))
		}
	}
	for i, e := range s.Entries {
		if i == 0 {
			w.doc.AddPageBreak()
		}
		w.entry(s, e)
	}
}

func (w *word) entry(s sheet, e packs.Entry) {
	w.heading(1, heading(e))
	for _, line := range aboutItem(e) {
		w.text(line)
	}
	if unheard(e) {
		w.alarm(noViews)
	}
	if objects(e) {
		w.alarm(objecting)
	}
	for _, t := range tellingsOf(e) {
		w.heading(2, t.Heading)
		w.table([]string{"What", "On record"}, []int{36, 64}, factRows(t.Facts))
	}
	if len(e.Reasons) > 0 && !e.Closed() {
		w.heading(2, "Why it is here")
		var rows [][]string
		for _, r := range e.Reasons {
			rows = append(rows, []string{r.Text, dateOf(r), daysLeft(r), lawOf(r)})
		}
		w.table([]string{"Reason", "Date", "Days", "Law or policy"}, []int{44, 18, 14, 24}, rows)
	}
	if len(e.Facts) > 0 {
		w.heading(2, "Summary")
		w.table([]string{"What", "On record"}, []int{36, 64}, factRows(e.Facts))
	}
	if e.Request != nil {
		w.request(*e.Request)
	}
	if len(e.Papers) > 0 {
		w.heading(2, "Papers")
		var rows [][]string
		for _, p := range e.Papers {
			rows = append(rows, []string{p.Name, p.Kind, sizeWords(p.Bytes), s.where(p)})
		}
		w.table([]string{"Paper", "Kind", "Size", "Where"}, []int{44, 14, 14, 28}, rows)
		for _, p := range e.Papers {
			w.link(p.Name, s.paperHref(p.ID))
		}
	}
}

func factRows(facts []packs.Fact) (rows [][]string) {
	for _, f := range facts {
		rows = append(rows, []string{f.Name, f.Value})
	}
	return rows
}

func (w *word) request(r packs.Request) {
	w.heading(2, "Funding request "+r.Reference())
	w.text(r.Kind.Words() + ".")
	for i, a := range answersOf(r) {
		w.heading(3, a.Question)
		for line := range strings.SplitSeq(a.Words, "\n") {
			w.text(line)
		}
		if i == 0 && r.Kind.Has(requests.OwedInLaw) {
			w.text(whatAPanelDecides)
		}
	}
	for _, f := range figuresOf(r) {
		w.heading(3, f.Title)
		if len(f.Rows) > 0 {
			w.table(f.Columns, f.Widths, f.Rows)
		}
		if f.Note != "" {
			w.text(f.Note)
		}
	}
}

// word is a Word file being written.
type word struct {
	doc *docx.RootDoc
	err error
}

func newWord(marking, title string, made time.Time) (*word, error) {
	doc, err := godocx.NewDocument()
	if err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	w := &word{doc: doc}
	w.speakEnglish()
	w.onA4()
	w.part("header", "w:hdr", paragraph(marking))
	w.part("footer", "w:ftr", `<w:p><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:t xml:space="preserve">Page </w:t></w:r>`+field("PAGE")+
		`<w:r><w:t xml:space="preserve"> of </w:t></w:r>`+field("NUMPAGES")+`</w:p>`)
	when := made.UTC().Format(time.RFC3339)
	w.file("docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`+
		`<dc:title>`+escaped(title)+`</dc:title><dc:creator>Quorate</dc:creator><dc:language>en-GB</dc:language>`+
		`<dcterms:created xsi:type="dcterms:W3CDTF">`+when+`</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">`+when+`</dcterms:modified></cp:coreProperties>`)
	w.withoutThumbnail()
	return w, nil
}

// speakEnglish makes British English the language of all text, in a font every office has.
func (w *word) speakEnglish() {
	british := "en-GB"
	text := w.doc.DocStyles.DocDefaults.RunProp.RunProp // the template has defaults
	text.Fonts = &ctypes.RunFonts{Ascii: "Arial", HAnsi: "Arial", CS: "Arial"}
	text.Lang = &ctypes.Lang{Val: &british, EastAsia: &british}
	for i := range w.doc.DocStyles.StyleList { // the template's headings are blue, in a font of their own
		style := &w.doc.DocStyles.StyleList[i]
		if style.ID != nil && style.RunProp != nil && (*style.ID == "Title" || strings.HasPrefix(*style.ID, "Heading")) {
			style.RunProp.Fonts = &ctypes.RunFonts{Ascii: "Arial", HAnsi: "Arial", CS: "Arial"}
			style.RunProp.Color = ctypes.NewColor("0B0C0C")
		}
	}
}

// onA4 sets the sheet, in twentieths of a point.
func (w *word) onA4() {
	width, height := uint64(11906), uint64(16838)
	side, top, running := sideTwips, 1304, 567
	section := w.doc.Document.Body.SectPr
	section.PageSize = &ctypes.PageSize{Width: &width, Height: &height}
	section.PageMargin = &ctypes.PageMargin{Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &running, Footer: &running}
}

// part adds the running head or foot of every page.
func (w *word) part(name, element, content string) {
	const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	w.file("word/"+name+"1.xml", `<`+element+` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">`+content+`</`+element+`>`)
	if err := w.doc.ContentType.AddOverride("/word/"+name+"1.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml."+name+"+xml"); err != nil {
		w.err = err
	}
	id := fmt.Sprintf("rId%d", w.doc.Document.IncRelationID())
	rels := &w.doc.Document.DocRels
	rels.Relationships = append(rels.Relationships, &docx.Relationship{ID: id, Type: relations + name, Target: name + "1.xml"})
	section := w.doc.Document.Body.SectPr
	if name == "header" {
		section.HeaderReference = &ctypes.HeaderReference{Type: stypes.HdrFtrDefault, ID: id}
	} else {
		section.FooterReference = &ctypes.FooterReference{Type: stypes.HdrFtrDefault, ID: id}
	}
}

// withoutThumbnail leaves out the picture of the template's own first page.
func (w *word) withoutThumbnail() {
	w.doc.FileMap.Delete("docProps/thumbnail.jpeg")
	w.doc.RootRels.Relationships = slices.DeleteFunc(w.doc.RootRels.Relationships, func(r *docx.Relationship) bool { return strings.HasSuffix(r.Target, "thumbnail.jpeg") })
}

func (w *word) file(name, content string) {
	w.doc.FileMap.Store(name, []byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n"+content))
}

func paragraph(words string) string {
	return `<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">` + escaped(words) + `</w:t></w:r></w:p>`
}

func field(name string) string {
	return `<w:fldSimple w:instr=" ` + name + ` "><w:r><w:t>1</w:t></w:r></w:fldSimple>`
}

func escaped(words string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(words)) // a builder takes everything
	return out.String()
}

// clean leaves out what XML cannot hold, which somebody may have pasted. Where a line ended a space is left,
// so that no two words become one.
func clean(words string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return ' '
		}
		if r < ' ' && r != '\t' || r == '\uFFFE' || r == '\uFFFF' {
			return -1
		}
		return r
	}, words)
}

func (w *word) heading(level uint, words string) {
	if _, err := w.doc.AddHeading(clean(words), level); err != nil {
		w.err = err
	}
}

func (w *word) text(words string) { w.doc.AddParagraph(clean(words)) }

// alarm is what is said in red, and in words.
func (w *word) alarm(words string) {
	w.doc.AddEmptyParagraph().AddText(clean(words)).Bold(true).Color("B10E1E")
}

func (w *word) point(words string) { w.doc.AddParagraph(clean(words)).Style("ListBullet") }

func (w *word) link(words, address string) {
	w.doc.AddEmptyParagraph().AddLink(clean(words), address)
}

// How wide a margin is, and a line between them, in twentieths of a point.
const (
	sideTwips = 1134
	lineTwips = 11906 - 2*sideTwips
)

// table writes a table under its heading row, which repeats on every page; the first cell heads its row. Widths
// are percent of the line.
func (w *word) table(columns []string, widths []int, rows [][]string) {
	t := w.doc.AddTable()
	t.Style("TableGrid")
	t.Width(5000, stypes.TableWidthPct)
	for _, width := range widths {
		t.Grid(uint64(lineTwips * width / 100))
	}
	head := t.AddRow()
	for i, column := range columns {
		head.AddCell().Width(widths[i]*50, stypes.TableWidthPct).AddEmptyPara().AddText(clean(column)).Bold(true)
	}
	t.GetCT().RowContents[0].Row.Property.Header = ctypes.OnOffFromBool(true)
	for _, row := range rows {
		line := t.AddRow()
		for i, cell := range row {
			run := line.AddCell().Width(widths[i]*50, stypes.TableWidthPct).AddEmptyPara().AddText(clean(cell))
			if i == 0 {
				run.Bold(true)
			}
		}
	}
	for _, row := range t.GetCT().RowContents {
		row.Row.Property.CantSplit = ctypes.OnOffFromBool(true)
	}
	w.doc.AddParagraph("")
}
