package papers

import (
	"archive/zip"
	"bytes"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"

	"quorate/agendas/tracker"
	"quorate/server/base/fault"
)

// Kind is what sort of paper a file is, by its content and never by its name.
type Kind string

// The kinds of paper that may be attached.
const (
	PDF   Kind = "pdf"
	Word  Kind = "word"
	Excel Kind = "excel"
	Image Kind = "image"
)

var kindWords = map[Kind]string{PDF: "PDF", Word: "Word", Excel: "Excel", Image: "picture"}

// Words is the kind as people call it: "Word", "picture".
func (k Kind) Words() string { return kindWords[k] }

// Welcome says which files may be attached.
const Welcome = "PDF, Word (.docx), Excel (.xlsx), PNG, JPEG, GIF or WebP, up to 25 MB"

// content is what a file turned out to be.
type content struct {
	kind      Kind
	mediaType string
	extension string
}

const (
	wordType  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	excelType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

var contents = map[string]content{
	"application/pdf": {PDF, "application/pdf", ".pdf"},
	"image/png":       {Image, "image/png", ".png"},
	"image/jpeg":      {Image, "image/jpeg", ".jpg"},
	"image/gif":       {Image, "image/gif", ".gif"},
	"image/webp":      {Image, "image/webp", ".webp"},
}

// look says what a file is. What may not be attached is refused with how to mend it.
func look(name string, file []byte) (content, error) {
	if name == "" && len(file) == 0 {
		return content{}, refuse("Choose the paper to attach")
	}
	if len(file) == 0 {
		return content{}, refuse("The file is empty. Open it, save it again and choose it.")
	}
	found := mimetype.Detect(file)
	for base := found; base != nil; base = base.Parent() {
		switch {
		case base.Is("application/zip"):
			return lookInside(file)
		case base.Is("application/x-ole-storage"):
			if bytes.Contains(file, tracker.OfficeStreamName("EncryptedPackage")) {
				return content{}, refuse("The document has a password, so the panel could not open it. Save it without one and choose it again.")
			}
			return content{}, refuse("The file is in an old Office format. Open it, choose Save As, Word Document (.docx), Excel Workbook (.xlsx) or PDF, and choose the new file.")
		}
	}
	if known, ok := contents[found.String()]; ok {
		return known, nil
	}
	return content{}, refuse("This kind of file cannot be attached. Save it as a PDF and choose that. " + Welcome + " may be attached.")
}

// lookInside tells Word from Excel by what is in the package, and refuses macros: they run on the
// reader's computer.
func lookInside(file []byte) (content, error) {
	broken := refuse("The file is damaged or is not a document. Open it, save it again and choose it.")
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return content{}, broken.Because(err)
	}
	var found content
	for _, part := range archive.File {
		switch name := strings.ToLower(part.Name); {
		case strings.HasSuffix(name, "vbaproject.bin"):
			return content{}, refuse("The document holds macros. Save it as an ordinary Word document (.docx) or Excel workbook (.xlsx) and choose that.")
		case name == "word/document.xml":
			found = content{Word, wordType, ".docx"}
		case name == "xl/workbook.xml":
			found = content{Excel, excelType, ".xlsx"}
		}
	}
	if found.kind == "" {
		return content{}, refuse("A zip archive cannot be attached. Choose the documents in it, one at a time.")
	}
	return found, nil
}

// refuse is a problem with the file that was chosen.
func refuse(sentence string) *fault.Fault {
	return &fault.Fault{Kind: fault.Invalid, Sentence: sentence, Fields: []fault.Field{{Name: "file", Sentence: sentence}}}
}

// tidyName is a file's name as people will see it: no folders, nothing unprintable, not too long, and
// with the ending its content deserves.
func tidyName(name, extension string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && !strings.ContainsRune(`"<>:|?*`, r) {
			return r
		}
		return -1
	}, name)
	stem := strings.TrimSpace(strings.TrimSuffix(name, filepath.Ext(name)))
	if strings.EqualFold(filepath.Ext(name), ".jpeg") && extension == ".jpg" {
		extension = ".jpeg"
	}
	if stem == "" || stem == "." {
		stem = "Paper"
	}
	if letters := []rune(stem); len(letters) > maxName {
		stem = string(letters[:maxName])
	}
	return stem + extension
}
