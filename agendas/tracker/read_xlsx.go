package tracker

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"quorate/server/base/fault"
)

// openXLSX reads a workbook's list of sheets, number formats and shared text. The sheets themselves
// are streamed when they are read. Formulas are never calculated: the value Excel stored is read.
func openXLSX(name string, file io.ReaderAt, size int64) (*Workbook, error) {
	archive, err := openArchive(file, size)
	if err != nil {
		return nil, err
	}
	parts := make(archiveParts, len(archive.File))
	var total uint64
	for _, part := range archive.File {
		total += part.UncompressedSize64
		if part.UncompressedSize64 > maxPartBytes || total > maxTotalBytes {
			return nil, unpacksTooLarge()
		}
		parts[strings.ToLower(strings.TrimPrefix(part.Name, "/"))] = part
	}
	switch {
	case parts.has("mimetype") && parts.has("content.xml"):
		if parts.encrypted() {
			return nil, hasPassword()
		}
		return openConverted(name, file, size, openDocument)
	case parts.has("xl/workbook.bin"):
		return nil, refuse("The file is an Excel binary workbook (.xlsb). Open it in Excel, choose Save As, Excel Workbook (.xlsx), and choose the new file.")
	case parts.has("word/document.xml"):
		return nil, refuse("The file is a Word document. Choose the tracker itself, saved as an Excel workbook (.xlsx) or CSV.")
	case parts.has("ppt/presentation.xml"):
		return nil, refuse("The file is a presentation. Choose the tracker itself, saved as an Excel workbook (.xlsx) or CSV.")
	case !parts.has("xl/workbook.xml"):
		return nil, refuse("The file is a zip archive, not a workbook. Take the tracker out of it and choose the Excel workbook (.xlsx) or CSV.")
	}
	book := &Workbook{Name: name}
	if namesOldKind(name) {
		book.notices = append(book.notices, convertedNotice)
	}
	if parts.has("xl/vbaproject.bin") {
		book.notices = append(book.notices, "The workbook holds macros. They were not run.")
	}

	var contents struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name   string     `xml:"name,attr"`
			State  string     `xml:"state,attr"`
			Others []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := parts.decode("xl/workbook.xml", &contents); err != nil {
		return nil, err
	}
	book.system.from1904 = contents.Properties.Date1904 == "1" || contents.Properties.Date1904 == "true"
	targets, err := parts.relations("xl/_rels/workbook.xml.rels")
	if err != nil {
		return nil, err
	}
	styles, err := parts.cellStyles(targets)
	if err != nil {
		return nil, err
	}
	shared, err := parts.sharedText()
	if err != nil {
		return nil, err
	}
	taken := map[*zip.File]bool{}
	for _, listed := range contents.Sheets {
		target := ""
		for _, attribute := range listed.Others {
			if attribute.Name.Local == "id" {
				target = targets[attribute.Value]
			}
		}
		part := parts[strings.ToLower(target)]
		if part == nil || taken[part] || !strings.Contains(strings.ToLower(target), "worksheets/") {
			continue // a chart or a dialogue, or one sheet listed again and again
		}
		if taken[part] = true; len(taken) > maxSheets {
			return nil, fault.New(fault.TooLarge, "The workbook has more than %d sheets. Copy the tracker’s own sheet into a new workbook, save it and choose that.", maxSheets)
		}
		stream := &sheetStream{part: part, styles: styles, shared: shared}
		book.sheets = append(book.sheets, sheet{
			name:   shorten(listed.Name, maxNamed),
			hidden: listed.State == "hidden" || listed.State == "veryHidden",
			rows:   bounded(stream.rows),
			merged: stream.merged,
			hides:  func() []int { return stream.hiddenColumns },
			bytes:  int64(part.UncompressedSize64),
			extent: stream.extent,
		})
	}
	if len(book.sheets) == 0 {
		return nil, refuse("The workbook has no sheets with cells. Choose the workbook that holds the tracker.")
	}
	return book, nil
}

// openArchive reads the list of what is in a zip archive, as far as a workbook's may reach: each of a
// million empty parts would be held.
func openArchive(file io.ReaderAt, size int64) (*zip.Reader, error) {
	bounded := &boundedDirectory{ReaderAt: file, left: maxDirectory}
	archive, err := zip.NewReader(bounded, size)
	if errors.Is(err, errPartTooLarge) {
		return nil, unpacksTooLarge()
	}
	if err != nil {
		return nil, damaged(err)
	}
	bounded.left = math.MaxInt64 // what follows is the parts, which have bounds of their own
	return archive, nil
}

type boundedDirectory struct {
	io.ReaderAt
	left int64
}

func (b *boundedDirectory) ReadAt(p []byte, at int64) (int, error) {
	if b.left < int64(len(p)) {
		return 0, errPartTooLarge
	}
	if b.left != math.MaxInt64 {
		b.left -= int64(len(p))
	}
	return b.ReaderAt.ReadAt(p, at)
}

func unpacksTooLarge() error {
	return fault.New(fault.TooLarge, "The workbook unpacks to more than %d MB, far more than a tracker holds. Copy the tracker’s own sheet into a new workbook, save it and choose that.", maxTotalBytes>>20)
}

func damaged(cause error) error {
	return refuse("The workbook is damaged and cannot be read. Open it in Excel, let it be repaired, save it again and choose it.").Because(cause)
}

type archiveParts map[string]*zip.File

func (p archiveParts) has(name string) bool { return p[name] != nil }

// encrypted reports whether an OpenDocument's list of parts says that they are: it has a password.
func (p archiveParts) encrypted() bool {
	list := p["meta-inf/manifest.xml"]
	if list == nil {
		return false
	}
	stream, err := openPart(list)
	if err != nil {
		return false
	}
	defer stream.Close()
	manifest, _ := io.ReadAll(io.LimitReader(stream, 1<<20))
	return bytes.Contains(manifest, []byte("encryption-data"))
}

// openPart reads one part of the archive, never past maxPartBytes whatever its header says.
func openPart(part *zip.File) (io.ReadCloser, error) {
	stream, err := part.Open()
	if err != nil {
		return nil, damaged(err)
	}
	return &boundedPart{stream, maxPartBytes}, nil
}

type boundedPart struct {
	io.ReadCloser
	left int64
}

var errPartTooLarge = errors.New("a part of the workbook unzips to more than its bound")

func (b *boundedPart) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errPartTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (p archiveParts) decode(name string, into any) error {
	part := p[name]
	if part == nil {
		return damaged(fmt.Errorf("no part %s", name))
	}
	stream, err := openPart(part)
	if err != nil {
		return err
	}
	defer stream.Close()
	if err := xml.NewDecoder(&boundedPart{stream, maxListBytes}).Decode(into); err != nil {
		return readFailure(err)
	}
	return nil
}

// relations maps the ids of the workbook's relations to the parts they name.
func (p archiveParts) relations(name string) (map[string]string, error) {
	var list struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := p.decode(name, &list); err != nil {
		return nil, err
	}
	targets := make(map[string]string, len(list.Relations))
	for _, relation := range list.Relations {
		target := relation.Target
		if strings.HasPrefix(target, "/") {
			target = strings.TrimPrefix(target, "/")
		} else {
			target = path.Join("xl", target)
		}
		targets[relation.ID] = target
	}
	return targets, nil
}

// A cellStyle is what a cell's style says: how its number is shown, and the colour behind it.
type cellStyle struct {
	format numberFormat
	fill   fill
}

// cellStyles lists what each style says, by its id. The workbook's relations name its theme.
func (p archiveParts) cellStyles(relations map[string]string) ([]cellStyle, error) {
	if !p.has("xl/styles.xml") {
		return nil, nil
	}
	var sheet struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Fills []struct {
			Pattern struct {
				Type string      `xml:"patternType,attr"`
				Fore colourNamed `xml:"fgColor"`
			} `xml:"patternFill"`
		} `xml:"fills>fill"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
			Fill   int `xml:"fillId,attr"`
		} `xml:"cellXfs>xf"`
		Palette []struct {
			RGB string `xml:"rgb,attr"`
		} `xml:"colors>indexedColors>rgbColor"`
	}
	if err := p.decode("xl/styles.xml", &sheet); err != nil {
		return nil, err
	}
	spelt := make(map[int]numberFormat, len(sheet.Formats))
	for _, format := range sheet.Formats {
		spelt[format.ID] = readFormat(format.Code)
	}
	colours := colourTable{theme: p.themeColours(relations)}
	for _, colour := range sheet.Palette {
		colours.palette = append(colours.palette, colour.RGB)
	}
	fills := make([]fill, len(sheet.Fills))
	for i, listed := range sheet.Fills {
		if listed.Pattern.Type == "solid" {
			fills[i] = colours.fill(listed.Pattern.Fore)
		}
	}
	styles := make([]cellStyle, len(sheet.Cells))
	for i, cell := range sheet.Cells {
		format, own := spelt[cell.Format]
		if !own {
			format = builtinFormat(cell.Format)
		}
		styles[i].format = format
		if cell.Fill >= 0 && cell.Fill < len(fills) {
			styles[i].fill = fills[cell.Fill]
		}
	}
	return styles, nil
}

// sharedText lists the text cells share, by its place.
func (p archiveParts) sharedText() ([]string, error) {
	part := p["xl/sharedstrings.xml"]
	if part == nil {
		return nil, nil
	}
	stream, err := openPart(part)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var shared []string
	var written []byte
	held := 0
	xml := newXMLScanner(stream)
	for {
		piece, err := xml.next()
		if errors.Is(err, io.EOF) {
			return shared, nil
		}
		if err != nil {
			return nil, readFailure(err)
		}
		if piece != elementBegins || string(xml.name) != "si" {
			continue
		}
		if written, err = richText(xml, "si", written[:0]); err != nil {
			return nil, readFailure(err)
		}
		text := tidy(unescape(string(written)))
		if held += len(text) + 16; held > maxSheetText {
			return nil, tooMany()
		}
		shared = append(shared, text)
	}
}

// richText appends the runs of text up to the end of the element, leaving out phonetic guides.
func richText(xml *xmlScanner, element string, into []byte) ([]byte, error) {
	inText, guide := false, 0
	for {
		piece, err := xml.next()
		if err != nil {
			return nil, err
		}
		switch piece {
		case elementBegins:
			switch string(xml.name) {
			case "rPh":
				guide++
			case "t":
				inText = guide == 0
			}
		case elementEnds:
			switch string(xml.name) {
			case "rPh":
				guide--
			case "t":
				inText = false
			case element:
				return into, nil
			}
		case characters:
			if inText {
				into = xml.appendText(into)
			}
		}
	}
}

// unescape reads the _x000D_ by which a workbook writes letters XML cannot hold.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var plain strings.Builder
	for {
		before, after, found := strings.Cut(text, "_x")
		plain.WriteString(before)
		if !found {
			return plain.String()
		}
		var letter rune
		if len(after) >= 5 && after[4] == '_' {
			if n, err := fmt.Sscanf(after[:4], "%04x", &letter); n == 1 && err == nil {
				plain.WriteRune(letter)
				text = after[5:]
				continue
			}
		}
		plain.WriteString("_x")
		text = after
	}
}
