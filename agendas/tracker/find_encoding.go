package tracker

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"github.com/saintfish/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	utf "golang.org/x/text/encoding/unicode"
)

// An alphabet is how a text file's bytes stand for letters.
type alphabet struct {
	encoding encoding.Encoding // nil for UTF-8
	notice   string            // when it had to be guessed: a wrong guess changes people's names
}

// reader reads the file as UTF-8, without its mark.
func (a alphabet) reader(file io.Reader) io.Reader {
	if a.encoding != nil {
		return a.encoding.NewDecoder().Reader(file)
	}
	return utf.UTF8BOM.NewDecoder().Reader(file)
}

// findEncoding reads the whole file once. What is marked, or is UTF-8 throughout, is certain; the rest
// is judged by whether its letters make words, as Windows-1252 unless another encoding makes clearly
// better ones, and the notice names it.
func findEncoding(file io.ReaderAt, size int64) (alphabet, error) {
	head := make([]byte, min(size, 64<<10))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return alphabet{}, err
	}
	const unmarked = "The file does not say how its letters are written. They were read as UTF-16: check that names and pound signs are right."
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return alphabet{encoding: utf.UTF16(utf.LittleEndian, utf.ExpectBOM)}, nil
	case utf16Without(head, 1):
		return alphabet{utf.UTF16(utf.LittleEndian, utf.IgnoreBOM), unmarked}, nil
	case utf16Without(head, 0):
		return alphabet{utf.UTF16(utf.BigEndian, utf.IgnoreBOM), unmarked}, nil
	}
	seen, err := countLetters(io.NewSectionReader(file, 0, size))
	switch {
	case err != nil:
		return alphabet{}, err
	case !seen.ink:
		return alphabet{}, refuse("The file holds nothing but blanks. Save the tracker again as an Excel workbook (.xlsx) or CSV and choose it.")
	case seen.zeros:
		return alphabet{}, refuse("The file is not a spreadsheet. Choose the tracker, saved as an Excel workbook (.xlsx) or CSV.")
	case seen.broken == 0:
		return alphabet{}, nil
	case seen.broken*10 < seen.whole:
		return alphabet{notice: damagedLetters(seen.broken)}, nil
	}
	guessed, name := guessEncoding(head, seen)
	return alphabet{guessed, "The file does not say how its letters are written. They were read as " + name + ": check that names with accents and pound signs are right."}, nil
}

// seenLetters is what a whole text file holds.
type seenLetters struct {
	ink, zeros    bool      // anything but blanks; a zero byte, which text never holds
	whole, broken int       // letters beyond ASCII that are UTF-8, and bytes that are not
	controls      bool      // bytes 80 to 9F, which ISO-8859-1 has no letters for
	around        [][3]byte // some of those bytes, each with its neighbours
}

func countLetters(file io.Reader) (seenLetters, error) {
	const kept = 20_000
	var seen seenLetters
	buffer, held := make([]byte, 256<<10), 0
	before := byte('\n')
	for {
		n, err := io.ReadFull(file, buffer[held:])
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return seen, err
		}
		piece := buffer[:held+n]
		at := 0
		for at < len(piece) {
			letter := piece[at]
			if letter < utf8.RuneSelf {
				seen.ink = seen.ink || letter > ' '
				seen.zeros = seen.zeros || letter == 0
				before = letter
				at++
				continue
			}
			if !ended && len(piece)-at < utf8.UTFMax {
				break // the rest of the letter comes with the next piece
			}
			_, width := utf8.DecodeRune(piece[at:])
			if width > 1 {
				seen.whole++
			} else {
				seen.broken++
			}
			for _, high := range piece[at : at+width] {
				seen.controls = seen.controls || high < 0xA0
				after := byte('\n')
				if at+1 < len(piece) {
					after = piece[at+1]
				}
				if len(seen.around) < kept {
					seen.around = append(seen.around, [3]byte{before, high, after})
				}
				before = high
				at++
			}
			seen.ink = true
		}
		if ended {
			return seen, nil
		}
		held = copy(buffer, piece[at:])
	}
}

// guessEncoding judges text that is not UTF-8. Text mostly in other letters than ours is left to the
// frequencies of its letters; a few accents are not enough for that, and are judged by their neighbours.
func guessEncoding(head []byte, seen seenLetters) (encoding.Encoding, string) {
	const sure = 50
	if mostlyHigh(head) {
		if best, err := chardet.NewTextDetector().DetectBest(head); err == nil && best.Confidence >= sure {
			if found, err := htmlindex.Get(best.Charset); err == nil && plausible(found, head) {
				return found, best.Charset
			}
		}
	}
	name := "Windows-1252, as Excel in England writes"
	if !seen.controls {
		name = "ISO-8859-1, as older systems write"
	}
	best, most := charmap.Windows1252, makesWords(charmap.Windows1252, seen.around)
	const clearly = 2
	for _, other := range []struct {
		letters *charmap.Charmap
		name    string
	}{{charmap.Macintosh, "Mac Roman"}, {charmap.CodePage850, "DOS code page 850"}} {
		if words := makesWords(other.letters, seen.around); words >= most+clearly {
			best, most, name = other.letters, words, other.name
		}
	}
	return best, name
}

// mostlyHigh reports whether a third of the letters are beyond ASCII: another alphabet than ours.
func mostlyHigh(text []byte) bool {
	high, letters := 0, 0
	for _, b := range text {
		switch {
		case b >= utf8.RuneSelf:
			high++
			letters++
		case 'a' <= b|0x20 && b|0x20 <= 'z':
			letters++
		}
	}
	return high*3 > letters
}

// plausible reports whether the bytes are text in the encoding: letters, not damage.
func plausible(letters encoding.Encoding, text []byte) bool {
	decoded, err := letters.NewDecoder().Bytes(text)
	if err != nil {
		return false
	}
	damaged, all := 0, 0
	for _, letter := range string(decoded) {
		all++
		if letter == utf8.RuneError || unicode.IsControl(letter) && letter >= ' ' {
			damaged++
		}
	}
	return damaged*100 <= all
}

// makesWords weighs each letter beyond ASCII by whether it belongs between its neighbours: é follows a
// letter, É begins a word, £ stands before a number, and no name has a ‡ in its middle.
func makesWords(letters *charmap.Charmap, around [][3]byte) int {
	weight := 0
	for _, bytes := range around {
		before, letter, after := letters.DecodeByte(bytes[0]), letters.DecodeByte(bytes[1]), letters.DecodeByte(bytes[2])
		inWord := unicode.IsLetter(before) || unicode.IsLetter(after)
		switch {
		case letter == utf8.RuneError || unicode.IsControl(letter):
			weight -= 5
		case unicode.IsUpper(letter) && unicode.IsLower(before):
			weight -= 3
		case unicode.IsUpper(letter) && (unicode.IsLower(after) || unicode.IsUpper(before) || unicode.IsUpper(after)):
			weight += 2
		case unicode.IsLower(letter) && unicode.IsLetter(before):
			weight += 2
		case unicode.IsLower(letter) && unicode.IsLower(after):
			weight++
		case unicode.IsLetter(letter):
			weight--
		case letter == '’' && inWord:
			weight += 2
		case letter == '‘' && inWord:
			weight++
		case letter == '£' && !unicode.IsLetter(before):
			weight += 2
		case (letter == '–' || letter == '—' || letter == '…' || letter == '“' || letter == '”' || letter == '€') && !(unicode.IsLetter(before) && unicode.IsLetter(after)):
			weight++
		case inWord:
			weight -= 2
		}
	}
	return weight
}

// utf16Without reports whether most letters have their zero byte at this place of each pair: text
// in UTF-16 that lacks its mark.
func utf16Without(raw []byte, place int) bool {
	if len(raw) < 4 {
		return false
	}
	sample, zeros := raw[:min(len(raw), 2000)], 0
	for i := place; i < len(sample); i += 2 {
		if sample[i] == 0 {
			zeros++
		}
	}
	return zeros*2 > len(sample)*8/10
}

func damagedLetters(n int) string {
	if n == 1 {
		return "The file is written as UTF-8, but 1 of its letters is damaged and is shown as �. Check the name that holds it."
	}
	return fmt.Sprintf("The file is written as UTF-8, but %d of its letters are damaged and are shown as �. Check the names that hold one.", n)
}
