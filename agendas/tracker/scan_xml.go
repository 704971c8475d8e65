package tracker

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An xmlScanner reads a workbook's XML piece by piece. It knows elements, attributes and text, which
// is all a sheet is made of, and makes nothing anew for them: a sheet of three million cells is read
// at the speed of its unzipping. Document types and other encodings than UTF-8, which no spreadsheet
// program writes, are refused.
type xmlScanner struct {
	from    io.Reader
	buffer  []byte
	at, end int
	failed  error // of reading, once the buffer is used up
	ended   bool  // the element just begun ends at once: its end comes next

	// What next found. The bytes are good until it is called again.
	name       []byte // without its prefix
	attributes []byte
	text       []byte // as written, with its entities
	plain      bool   // the text is CDATA: an ampersand in it is one
}

type xmlPiece uint8

const (
	elementBegins xmlPiece = iota
	elementEnds
	characters
)

// What a piece may hold: a tag longer than this is no spreadsheet's, and longer text comes in parts.
const (
	xmlBuffer  = 64 << 10
	maxTag     = 1 << 20
	maxXMLText = 256 << 10
)

var errNotXML = errors.New("tracker: this is not a workbook's XML")

func newXMLScanner(from io.Reader) *xmlScanner {
	return &xmlScanner{from: from, buffer: make([]byte, xmlBuffer)}
}

// fill reads more behind what is held, making room for it; false when there is no more.
func (x *xmlScanner) fill() bool {
	if x.failed != nil {
		return false
	}
	if x.at > 0 {
		x.end = copy(x.buffer, x.buffer[x.at:x.end])
		x.at = 0
	}
	if x.end == len(x.buffer) {
		x.buffer = append(x.buffer, make([]byte, len(x.buffer))...)
	}
	for range 100 {
		n, err := x.from.Read(x.buffer[x.end:])
		x.end += n
		if err != nil {
			x.failed = err
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	x.failed = io.ErrNoProgress
	return false
}

// find is how far from here mark stands, reading on until it does or most bytes are held.
func (x *xmlScanner) find(mark string, most int) (int, error) {
	looked := 0
	for {
		if i := bytes.Index(x.buffer[x.at+looked:x.end], []byte(mark)); i >= 0 {
			return looked + i, nil
		}
		looked = max(0, x.end-x.at-len(mark)+1)
		if x.end-x.at >= most {
			return -1, nil
		}
		if !x.fill() {
			return -1, x.failed
		}
	}
}

// next reads the next piece. At the end of the file it gives io.EOF.
func (x *xmlScanner) next() (xmlPiece, error) {
	if x.ended {
		x.ended = false
		return elementEnds, nil
	}
	for {
		if x.at == x.end && !x.fill() {
			return 0, x.failed
		}
		if x.buffer[x.at] != '<' {
			length, err := x.find("<", maxXMLText)
			if length < 0 {
				if err != nil && !errors.Is(err, io.EOF) {
					return 0, err
				}
				length = x.end - x.at
			}
			x.text, x.plain = x.buffer[x.at:x.at+length], false
			x.at += length
			return characters, nil
		}
		for x.end-x.at < len("<![CDATA[") && x.fill() {
		}
		switch rest := x.buffer[x.at:x.end]; {
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			x.at += len("<![CDATA[")
			length, err := x.find("]]>", maxTag)
			if length < 0 {
				return 0, unended(err)
			}
			x.text, x.plain = x.buffer[x.at:x.at+length], true
			x.at += length + len("]]>")
			return characters, nil
		case bytes.HasPrefix(rest, []byte("<!--")):
			if err := x.skipPast("-->"); err != nil {
				return 0, err
			}
		case bytes.HasPrefix(rest, []byte("<!")):
			return 0, errNotXML
		case bytes.HasPrefix(rest, []byte("<?")):
			if err := x.instruction(); err != nil {
				return 0, err
			}
		default:
			return x.tag()
		}
	}
}

// unended is why a piece has no end: the file's, or the piece is longer than any real one.
func unended(err error) error {
	switch {
	case err == nil:
		return errNotXML
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	default:
		return err
	}
}

func (x *xmlScanner) skipPast(mark string) error {
	for {
		length, err := x.find(mark, maxTag)
		if length >= 0 {
			x.at += length + len(mark)
			return nil
		}
		if err != nil {
			return unended(err)
		}
		x.at = x.end - len(mark) + 1
	}
}

// instruction skips <?xml … ?>, which must not say another encoding.
func (x *xmlScanner) instruction() error {
	length, err := x.find("?>", maxTag)
	if length < 0 {
		return unended(err)
	}
	said := strings.ToLower(string(x.buffer[x.at : x.at+length]))
	x.at += length + len("?>")
	if _, encoding, ok := strings.Cut(said, "encoding"); ok && strings.HasPrefix(said, "<?xml ") && !strings.Contains(encoding, "utf-8") {
		return errNotXML
	}
	return nil
}

// tag reads <a b="c">, <a/> or </a>. A > inside quotation marks does not end it.
func (x *xmlScanner) tag() (xmlPiece, error) {
	length, from, read := 0, 1, 1
	open := byte(0) // the quotation mark that is not closed before read
	for {
		i := bytes.IndexByte(x.buffer[x.at+from:x.end], '>')
		if i < 0 {
			from = x.end - x.at
			if from > maxTag {
				return 0, errNotXML
			}
			if !x.fill() {
				return 0, unended(x.failed)
			}
			continue
		}
		length = from + i
		open = openQuote(open, x.buffer[x.at+read:x.at+length])
		if open == 0 {
			break
		}
		from, read = length+1, length+1
	}
	inside := x.buffer[x.at+1 : x.at+length]
	x.at += length + 1
	if len(inside) > 0 && inside[0] == '/' {
		x.name = local(bytes.TrimRight(inside[1:], " \t\r\n"))
		return elementEnds, nil
	}
	if n := len(inside); n > 0 && inside[n-1] == '/' {
		inside, x.ended = inside[:n-1], true
	}
	x.name, x.attributes = inside, nil
	if end := bytes.IndexAny(inside, " \t\r\n"); end >= 0 {
		x.name, x.attributes = inside[:end], inside[end:]
	}
	x.name = local(x.name)
	if len(x.name) == 0 {
		return 0, errNotXML
	}
	return elementBegins, nil
}

// openQuote is the quotation mark that is still open at the end of a text that began inside open, 0 for none.
func openQuote(open byte, text []byte) byte {
	for {
		if open != 0 {
			end := bytes.IndexByte(text, open)
			if end < 0 {
				return open
			}
			open, text = 0, text[end+1:]
		}
		begins := bytes.IndexAny(text, `"'`)
		if begins < 0 {
			return 0
		}
		open, text = text[begins], text[begins+1:]
	}
}

func local(name []byte) []byte {
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		return name[colon+1:]
	}
	return name
}

// eachAttribute calls each with the attributes of the element just begun, names with their prefix,
// until it returns false.
func (x *xmlScanner) eachAttribute(each func(name, value []byte) bool) {
	rest := x.attributes
	for {
		for len(rest) > 0 && isBlank(rest[0]) {
			rest = rest[1:]
		}
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 {
			return
		}
		name := rest[:equals]
		for len(name) > 0 && isBlank(name[len(name)-1]) {
			name = name[:len(name)-1]
		}
		rest = rest[equals+1:]
		for len(rest) > 0 && isBlank(rest[0]) {
			rest = rest[1:]
		}
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 || !each(name, rest[1:1+end]) {
			return
		}
		rest = rest[end+2:]
	}
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// attribute is an attribute of the element just begun, "" when it has none of that name.
func (x *xmlScanner) attribute(wanted string) string {
	found := ""
	x.eachAttribute(func(name, value []byte) bool {
		if string(name) != wanted {
			return true
		}
		found = string(plainText(nil, value))
		return false
	})
	return found
}

// plainText appends text to into with its entities as the letters they stand for. What XML does not
// know stays as it is written.
func plainText(into, text []byte) []byte {
	for {
		at := bytes.IndexByte(text, '&')
		if at < 0 {
			return append(into, text...)
		}
		into = append(into, text[:at]...)
		text = text[at:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			into, text = append(into, '&'), text[1:]
			continue
		}
		letter, ok := entity(text[1:end])
		if !ok {
			into, text = append(into, '&'), text[1:]
			continue
		}
		into, text = utf8.AppendRune(into, letter), text[end+1:]
	}
}

func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}
