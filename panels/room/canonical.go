package room

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"
)

// canonical writes a value as JSON in the one way that RFC 8785 (JSON Canonicalization Scheme) leaves
// open: no spaces, the keys of every object in order, as few escapes as can be. Numbers must be whole
// and below 2^53, so that no two programs write them differently. Whatever is hashed in a sealed record
// is hashed in this form.
func canonical(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber()
	var tree any
	if err := read.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := read.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return appendCanonical(nil, tree)
}

var wholeNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,15})$`)

func appendCanonical(to []byte, value any) (_ []byte, err error) {
	switch value := value.(type) {
	case nil:
		return append(to, "null"...), nil
	case bool:
		return fmt.Append(to, value), nil
	case string:
		return appendText(to, value), nil
	case json.Number:
		if n, err := value.Int64(); err != nil || !wholeNumber.MatchString(value.String()) || n > 1<<53 || n < -1<<53 {
			return nil, fmt.Errorf("%s is not a whole number below 2^53", value)
		}
		return append(to, value...), nil
	case []any:
		to = append(to, '[')
		for i, one := range value {
			if i > 0 {
				to = append(to, ',')
			}
			if to, err = appendCanonical(to, one); err != nil {
				return nil, err
			}
		}
		return append(to, ']'), nil
	case map[string]any:
		to = append(to, '{')
		for i, key := range slices.Sorted(maps.Keys(value)) { // every name is ASCII, so bytes sort as RFC 8785 asks
			if i > 0 {
				to = append(to, ',')
			}
			to = append(appendText(to, key), ':')
			if to, err = appendCanonical(to, value[key]); err != nil {
				return nil, err
			}
		}
		return append(to, '}'), nil
	default:
		return nil, fmt.Errorf("%T has no canonical form", value)
	}
}

// appendText escapes what JSON requires and nothing else.
func appendText(to []byte, text string) []byte {
	short := map[rune]byte{'"': '"', '\\': '\\', '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r'}
	to = append(to, '"')
	for _, r := range text {
		switch escape, has := short[r]; {
		case has:
			to = append(to, '\\', escape)
		case r < ' ':
			to = fmt.Appendf(to, `\u%04x`, r)
		default:
			to = utf8.AppendRune(to, r)
		}
	}
	return append(to, '"')
}

// markOf is the SHA-256 of a record, "" for none.
func markOf(record string) string {
	if record == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(record))
	return hex.EncodeToString(sum[:])
}
