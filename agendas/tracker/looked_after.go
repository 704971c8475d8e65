package tracker

import (
	"slices"
	"strings"
)

// lookedAfterWords are how trackers say that the council looks after somebody, as heading() writes them.
var lookedAfterWords = []string{
	"section 20", "sec 20", "s20", "s 20", "section 31", "sec 31", "s31", "s 31", "section 38", "sec 38", "s38", "s 38",
	"looked after", "lac", "cla", "cic", "cwcf", "care order", "ico", "fco", "accommodated",
}

var careLeaverWords = []string{"care leaver", "leaving care", "former relevant"}

// denials are the words by which a status is said not to be, or to be over.
var denials = []string{"not", "no", "n", "never", "none", "nil", "non", "false", "ended", "ceased", "discharged", "revoked", "closed", "expired", "previously", "formerly", "former", "was", "ex", "until"}

// SaysLookedAfter reports whether a legal status, in whatever words, says that the council looks after the
// person now. “Not looked after”, “LAC: no” and “never accommodated” say that it does not.
func SaysLookedAfter(status string) bool { return says(status, lookedAfterWords) }

// says reports whether any part of a text says one of the phrases without denying it. Parts are what stands
// between commas, semicolons, slashes, brackets and “but”; a part that only denies, denies the one beside it.
func says(text string, phrases []string) bool {
	if text == "" {
		return false
	}
	found, denied := false, false // what the part before says, and whether this one is denied in advance
	for _, part := range parts(text) {
		words := strings.Fields(part)
		bare := !slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(denials, word) })
		switch {
		case bare && found:
			found = false
			continue
		case bare:
			denied = true
			continue
		case found:
			return true
		}
		found = !denied && names(part, phrases) && !denies(part, phrases)
		denied = false
	}
	return found
}

// denies reports whether a part denies what it says; a word of the phrase itself, as in “former relevant”,
// denies nothing.
func denies(part string, phrases []string) bool {
	for _, phrase := range phrases {
		part = strings.ReplaceAll(" "+part+" ", " "+phrase+" ", " ")
	}
	return slices.ContainsFunc(strings.Fields(part), func(word string) bool { return slices.Contains(denials, word) })
}

// parts are the pieces of a text as heading() writes them, those that say something.
func parts(text string) []string {
	pieces := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(text), " but ", ", "), func(letter rune) bool { return strings.ContainsRune(",;/()[]\n", letter) })
	list := pieces[:0]
	for _, piece := range pieces {
		if piece = heading(piece); piece != "" {
			list = append(list, piece)
		}
	}
	return list
}

// names reports whether a part holds any of the phrases as whole words.
func names(part string, phrases []string) bool {
	part = " " + part + " "
	return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.Contains(part, " "+phrase+" ") })
}
