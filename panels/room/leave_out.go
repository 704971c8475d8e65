package room

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A Name is what must not stand in a text that is about somebody else.
type Name struct {
	Words string // "Tara Wälker", "Q1042", or what somebody typed
	Why   string
}

// TakenOut is a name that was left out of a text, as it is written, and how often.
type TakenOut struct {
	Words string
	Why   string
	Times int
}

// leftOut stands where a name stood.
const leftOut = "[name left out]"

// leaver leaves names out of texts: whole names, and each forename and surname alone, however they are
// accented, with their endings ("Tara’s"). A name that is an everyday word ("Will", "Hope") goes only where
// it is written with a capital. What is a name of the person the text is about stays, and is counted in
// shared: there only a reader can tell.
type leaver struct {
	names   []leavable
	keep    []string
	taken   []TakenOut
	shared  []string
	subject []string
}

type leavable struct {
	tokens []string
	why    string
	exact  bool // only with a capital
}

var wordPattern = regexp.MustCompile(`[\p{L}\p{M}\p{N}]+(?:[-'’][\p{L}\p{M}\p{N}]+)*`)

// newLeaver leaves out names, but those in keep.
func newLeaver(subject string, names []Name, keep []string) *leaver {
	l := &leaver{subject: tokensOf(subject)}
	for _, word := range keep {
		l.keep = append(l.keep, strings.Join(tokensOf(word), " "))
	}
	for _, name := range names {
		tokens := tokensOf(name.Words)
		if len(tokens) == 0 {
			continue
		}
		l.add(tokens, name.Why)
		for _, token := range tokens {
			parts := append([]string{token}, strings.Split(token, "-")...)
			for _, part := range parts {
				switch {
				case len([]rune(part)) < 2 || len(tokens) == 1 && part == token:
				case slices.Contains(l.subject, part):
					if !slices.Contains(l.shared, part) {
						l.shared = append(l.shared, part)
					}
				default:
					l.add([]string{part}, name.Why)
				}
			}
		}
	}
	slices.SortStableFunc(l.names, func(a, b leavable) int { return len(b.tokens) - len(a.tokens) })
	return l
}

func (l *leaver) add(tokens []string, why string) {
	ordinary := func(token string) bool { return everyday[token] || len([]rune(token)) < 3 }
	name := leavable{tokens: tokens, why: why, exact: !slices.ContainsFunc(tokens, func(token string) bool { return !ordinary(token) })}
	if !slices.ContainsFunc(l.names, func(other leavable) bool { return slices.Equal(other.tokens, tokens) }) {
		l.names = append(l.names, name)
	}
}

// out is the text with the names left out.
func (l *leaver) out(text string) string {
	spans := wordPattern.FindAllStringIndex(text, -1)
	var out strings.Builder
	at := 0
	for i := 0; i < len(spans); {
		name, length := l.match(text, spans[i:])
		if length == 0 {
			i++
			continue
		}
		from, to := spans[i][0], spans[i+length-1][1]
		l.count(text[from:to], name.why)
		between := text[at:from]
		if !strings.HasSuffix(out.String(), leftOut) || strings.TrimSpace(between) != "" {
			out.WriteString(between + leftOut)
		}
		at, i = to, i+length
	}
	out.WriteString(text[at:])
	return out.String()
}

// match is the longest name at the beginning of some words.
func (l *leaver) match(text string, spans [][]int) (leavable, int) {
	for _, name := range l.names {
		n := len(name.tokens)
		if n > len(spans) {
			continue
		}
		found := true
		for k := range n {
			written := text[spans[k][0]:spans[k][1]]
			if folded(written) != name.tokens[k] || k > 0 && strings.TrimSpace(text[spans[k-1][1]:spans[k][0]]) != "" {
				found = false
				break
			}
		}
		first, _ := firstRune(text[spans[0][0]:])
		if !found || name.exact && !unicode.IsUpper(first) && !unicode.IsDigit(first) || slices.Contains(l.keep, strings.Join(name.tokens, " ")) {
			continue
		}
		return name, n
	}
	return leavable{}, 0
}

func (l *leaver) count(words, why string) {
	i := slices.IndexFunc(l.taken, func(t TakenOut) bool { return t.Words == words })
	if i < 0 {
		l.taken, i = append(l.taken, TakenOut{Words: words, Why: why}), len(l.taken)
	}
	l.taken[i].Times++
}

func firstRune(text string) (rune, bool) {
	for _, r := range text {
		return r, true
	}
	return 0, false
}

// tokensOf are the words of a name, folded.
func tokensOf(name string) []string {
	var tokens []string
	for _, word := range wordPattern.FindAllString(name, -1) {
		tokens = append(tokens, folded(word))
	}
	return tokens
}

// folded is a word without case, accents and a possessive ending.
func folded(word string) string {
	word = strings.ToLower(strings.ReplaceAll(word, "’", "'"))
	word = strings.TrimSuffix(word, "'s")
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}

// everyday are names that are also words of ordinary sentences.
var everyday = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(`april art ash august baker bank banks bell bill black brown chance cook dale dawn day drew faith field
		fields finch flower foot ford forest frank gold good grace grant gray green grey guy hall hand hart hazel heather hill hills holly
		hope house iris ivy jack jade joy june king lake lamb lane law lily long love mark marsh may miles moon moor moss mount north page
		park parks pat pearl pool pope price rain reed rich rivers rob rose rowan ruby rush sage self sharp short shore skye star stone
		storm street strong sue summer sunny swan swift till wall ward waters way wells west white will winter wise wood woods young`) {
		words[word] = true
	}
	return words
}()
