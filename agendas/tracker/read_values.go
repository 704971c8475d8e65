package tracker

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// maxText is the longest text a field keeps; longer than this is a pasted document, not a cell.
const maxText = 8_000

// oldest is the age past which a birthday on a tracker of people moving to adulthood is a slip:
// involvement may run to 25, and people stay on a list for some years after.
const oldest = 30

// tidy is a text cell as it is kept: no invisible letters, none that turn round how others are shown, an
// accent in one piece with its letter as a keyboard types it, single spaces, lines kept.
func tidy(text string) string {
	if isTidy(text) {
		return text
	}
	text = norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Map(func(letter rune) rune {
		switch {
		case letter == '\n', letter == '\t':
			return letter
		case letter == '\u00A0', letter == '\u2007', letter == '\u202F':
			return ' '
		case unicode.IsControl(letter), letter == '\u200B', letter == '\u2060', letter == '\uFEFF', letter == '\u00AD', unicode.Is(unicode.Bidi_Control, letter):
			return -1
		default:
			return letter
		}
	}, text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// A textCache makes a text once for words that repeat, as a tracker's do: by their letters as written.
type textCache map[string]string

// tidy is the text as it is kept.
func (t textCache) tidy(raw []byte) string { return t.kept(raw, tidy) }

// tidyEscaped is the text a workbook wrote as it is kept.
func (t textCache) tidyEscaped(raw []byte) string {
	return t.kept(raw, func(text string) string { return tidy(unescape(text)) })
}

func (t textCache) kept(raw []byte, tidy func(string) string) string {
	const words, letters = 4_096, 100
	if known, ok := t[string(raw)]; ok {
		return known
	}
	kept := tidy(string(raw))
	if len(raw) <= letters {
		if len(t) >= words {
			clear(t)
		}
		t[string(raw)] = kept
	}
	return kept
}

// isTidy knows most texts at a glance: printing ASCII with single spaces inside.
func isTidy(text string) bool {
	space := true
	for i := range len(text) {
		switch letter := text[i]; {
		case letter == ' ':
			if space {
				return false
			}
			space = true
		case letter < ' ' || letter >= 0x7F:
			return false
		default:
			space = false
		}
	}
	return !space || text == ""
}

// saysNothing reports whether a cell says only that something is not known.
func saysNothing(text string) bool {
	switch strings.ToLower(strings.Trim(text, " .")) {
	case "", "n/a", "na", "n.a", "n / a", "not applicable", "tbc", "tba", "t.b.c", "to be confirmed", "-", "--", "–", "—", "?", "??", "not known", "unknown", "nk", "n/k", "not yet", "pending":
		return true
	}
	return false
}

// saysNone reports whether a date, money or yes-no cell says that there is none.
func saysNone(text string) bool {
	switch strings.ToLower(text) {
	case "none", "no", "n", "nil", "not done", "no date":
		return true
	}
	return false
}

// saysYes reports whether a cell says yes and nothing more.
func saysYes(text string) bool {
	switch strings.ToLower(strings.Trim(text, " .!")) {
	case "y", "yes", "true", "t", "1", "✓", "✔", "☑", "√":
		return true
	}
	return false
}

// readFlag reads Y, Yes, TRUE, 1 and a tick, and their opposites.
func readFlag(c cell, shown string) (flag *bool, problem string) {
	yes, no := true, false
	if c.kind == boolCell || c.kind == numberCell && !c.date {
		switch c.number {
		case 0:
			return &no, ""
		case 1:
			return &yes, ""
		}
	}
	if saysNothing(shown) {
		return nil, ""
	}
	if saysYes(shown) {
		return &yes, ""
	}
	switch strings.ToLower(strings.Trim(shown, " .!")) {
	case "n", "no", "false", "f", "0", "none", "nil":
		return &no, ""
	}
	return nil, "This is neither Yes nor No, so it is recorded as Not known. Enter Y or N."
}

var (
	weeklyWords  = regexp.MustCompile(`(?i)\s*(p/?w|p\.w\.?|per week|per wk|a week|weekly|/ ?week|/ ?wk|pwk)$`)
	yearlyWords  = regexp.MustCompile(`(?i)(p\.?a\.?|per annum|per year|a year|yearly|annually|/ ?year)$`)
	monthlyWords = regexp.MustCompile(`(?i)(p\.?c\.?m\.?|per month|per calendar month|a month|monthly|/ ?month|/ ?mth)$`)
	splitText    = regexp.MustCompile(`^\d{1,3}%?\s*[:/]\s*\d{1,3}%?(\s*[:/]\s*\d{1,3}%?)*$|^\d{1,3}(\.\d+)?\s*%`)
	longDecimal  = regexp.MustCompile(`^\d+\.\d{3,}$`)
)

// mostPounds is above any weekly cost ever paid for one person; more is a slipped digit.
const mostPounds = 100_000

// readPence reads £1,204.50, "2,500 pw" and plain numbers as pence.
func readPence(c cell, shown string) (pence *int64, problem string) {
	const mend = "recorded as Not known. Enter the weekly cost in pounds, like 1204.50."
	if c.kind == numberCell && c.date {
		return nil, "This is a date where a weekly cost was expected, so it is " + mend
	}
	if c.kind == numberCell && c.share {
		return nil, "This is a percentage where a weekly cost was expected, so it is " + mend
	}
	var pounds float64
	if c.kind == numberCell {
		pounds = c.number
	} else {
		text := strings.ToLower(shown)
		if saysNothing(text) || text == "none" {
			return nil, ""
		}
		if text == "nil" {
			return new(int64), ""
		}
		if yearlyWords.MatchString(text) {
			return nil, "This is a yearly amount where a weekly cost was expected, so it is " + mend
		}
		if monthlyWords.MatchString(text) {
			return nil, "This is a monthly amount where a weekly cost was expected, so it is " + mend
		}
		if splitText.MatchString(text) {
			return nil, "This is how a cost is split, not an amount of money, so it is " + mend
		}
		text = weeklyWords.ReplaceAllString(text, "")
		text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "gbp"), "gbp")
		text = strings.TrimSpace(strings.ReplaceAll(text, "£", ""))
		exact, err := money.Parse(text)
		switch {
		case err == nil:
			pounds = float64(exact) / 100
		case longDecimal.MatchString(text): // 197.0833, divided by a formula and exported
			pounds, _ = strconv.ParseFloat(text, 64)
		case strings.HasPrefix(text, "-"), strings.HasPrefix(text, "−"), strings.HasPrefix(text, "("):
			return nil, "A weekly cost cannot be less than nothing, so it is " + mend
		default:
			return nil, "This is not an amount of money, so it is " + mend
		}
	}
	switch {
	case math.IsNaN(pounds) || pounds < 0:
		return nil, "A weekly cost cannot be less than nothing, so it is " + mend
	case pounds > mostPounds:
		return nil, "This is more than £100,000 a week, so it is " + mend
	}
	amount := int64(math.Round(pounds * 100))
	return &amount, ""
}

// A dateReader reads dates against the day it is today.
type dateReader struct {
	today  clock.Date
	system dateSystem
}

var (
	timeOfDay   = regexp.MustCompile(`(?i)[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(am|pm|z|[+-]\d{2}:?\d{2})?$`)
	isoText     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	dayFirst    = regexp.MustCompile(`^(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})$`)
	dayMonth    = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[\s,.-]*(?:of )?([a-z]{3,9})[\s,.-]*(\d{4}|'?\d{2})$`)
	monthDay    = regexp.MustCompile(`^([a-z]{3,9})\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$`)
	weekdayWord = regexp.MustCompile(`^(mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)[\s,.]+`)
	weekOf      = regexp.MustCompile(`^(w/c|w\.c|wc|w/b|w/e|week)\b`)
	noYear      = regexp.MustCompile(`^(\d{1,2}\s*[-/.]\s*\d{1,2}|\d{1,2}(st|nd|rd|th)?\s*(of )?[a-z]{3,9})$`)
	noDay       = regexp.MustCompile(`^([a-z]{3,9}|\d{1,2})[\s,/.-]*((19|20)\d{2}|'\d{2})$`)
	serialText  = regexp.MustCompile(`^\d{5}(\.\d+)?$`)
	compactText = regexp.MustCompile(`^(19|20)(\d{2})(\d{2})(\d{2})$`)
)

// read reads a date cell as the day it stores, and text as people in England write dates: the day
// first. A text that is not a day gives a problem in words; one that says nothing gives neither.
func (r dateReader) read(c cell, isBirthday bool) (clock.Date, string) {
	switch c.kind {
	case numberCell:
		digits := plainNumber(c.number)
		if !c.date && compactText.MatchString(digits) {
			return r.text(digits, isBirthday)
		}
		day, ok := r.system.day(c.number)
		if !ok || !c.date && (c.number < 10_000 || c.number > 99_999) {
			return clock.Date{}, "This is a number, not a date."
		}
		return day, ""
	case boolCell:
		return clock.Date{}, "This is not a date."
	}
	text := strings.ToLower(c.text)
	if saysNothing(text) || !isBirthday && saysNone(text) {
		return clock.Date{}, ""
	}
	return r.text(text, isBirthday)
}

func (r dateReader) text(text string, isBirthday bool) (clock.Date, string) {
	text = strings.TrimSpace(timeOfDay.ReplaceAllString(text, ""))
	text = weekdayWord.ReplaceAllString(text, "")
	text = strings.Trim(text, " .,'")
	var year, month, day string
	switch {
	case isoText.MatchString(text):
		m := isoText.FindStringSubmatch(text)
		year, month, day = m[1], m[2], m[3]
	case compactText.MatchString(text):
		m := compactText.FindStringSubmatch(text)
		year, month, day = m[1]+m[2], m[3], m[4]
	case serialText.MatchString(text):
		serial, _ := strconv.ParseFloat(text, 64)
		when, _ := r.system.day(serial)
		return when, ""
	case dayFirst.MatchString(text):
		m := dayFirst.FindStringSubmatch(text)
		day, month, year = m[1], m[2], m[3]
	case dayMonth.MatchString(text):
		m := dayMonth.FindStringSubmatch(text)
		day, month, year = m[1], monthNumber(m[2]), strings.TrimPrefix(m[3], "'")
	case monthDay.MatchString(text):
		m := monthDay.FindStringSubmatch(text)
		month, day, year = monthNumber(m[1]), m[2], m[3]
	case weekOf.MatchString(text):
		return clock.Date{}, "This is a week, not a day."
	case noYear.MatchString(text):
		return clock.Date{}, "There is no year in this date."
	case noDay.MatchString(text):
		return clock.Date{}, "There is no day in this date."
	default:
		return clock.Date{}, "This is not a whole date."
	}
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	if len(year) == 2 {
		y = r.century(y, m, d, isBirthday)
	}
	switch when := clock.NewDate(y, time.Month(m), d); {
	case m == 0:
		return clock.Date{}, "This is not a whole date."
	case m > 12 && d <= 12:
		return clock.Date{}, fmt.Sprintf("There is no month %d: the day comes first.", m)
	case m > 12:
		return clock.Date{}, fmt.Sprintf("There is no month %d.", m)
	case d == 0 || when.Day != d:
		last := clock.NewDate(y, time.Month(m)+1, 0)
		return clock.Date{}, fmt.Sprintf("There is no such day: %s %d has %d days.", last.Month, last.Year, last.Day)
	default:
		return when, ""
	}
}

// century gives a two-digit year its century: a birthday's by a plausible age of 0 to 25, any other
// date's is this one.
func (r dateReader) century(year, month, day int, isBirthday bool) int {
	this := r.today.Year / 100 * 100
	if !isBirthday {
		return this + year
	}
	if clock.NewDate(this+year, time.Month(month), day).After(r.today) {
		return this - 100 + year
	}
	return this + year
}

// monthNumber is the number of an English month by its name or the start of it, "0" for another word.
func monthNumber(word string) string {
	if word == "sept" {
		return "9"
	}
	for month := time.January; month <= time.December; month++ {
		name := strings.ToLower(month.String())
		if word == name || word == name[:3] {
			return strconv.Itoa(int(month))
		}
	}
	return "0"
}

// birthdayProblem says why a day cannot be the birthday of somebody on a tracker.
func (r dateReader) birthdayProblem(born clock.Date) string {
	switch {
	case born.After(r.today):
		return "This date of birth is still to come."
	case calendar.Age(born, r.today) > oldest:
		return fmt.Sprintf("This date of birth makes the person %d years old.", calendar.Age(born, r.today))
	default:
		return ""
	}
}

// dateProblem says why a day cannot be the day of something that happened, or is planned to, to a
// person born on born.
func (r dateReader) dateProblem(rule *fieldRule, when, born clock.Date) string {
	ahead, words := 24, "two years"
	if rule.kind == planField {
		ahead, words = 120, "ten years"
	}
	switch {
	case when.Before(born):
		return "This is before the person was born (" + born.Long() + ")."
	case when.After(r.today.AddMonths(ahead)):
		return "This is more than " + words + " from now."
	default:
		return ""
	}
}

var (
	floatReference      = regexp.MustCompile(`^(\d+)\.0+$`)
	scientificReference = regexp.MustCompile(`^\d(\.\d+)?[eE]\+\d+$`)
)

// A number of sixteen digits is more than a spreadsheet keeps: it has put zeros for the last.
const (
	shortenedFrom      = 1e15
	shortenedReference = "The spreadsheet has shortened this reference and lost its last digits. Format the column as text, put the references back and save it again."
)

// readReference reads a person reference: 100234.0 is 100234, 00123 keeps its zeros, and case and
// spacing do not make a second person.
func readReference(shown string) (reference, problem string) {
	if saysNothing(shown) {
		return "", ""
	}
	if scientificReference.MatchString(shown) {
		return "", shortenedReference
	}
	if m := floatReference.FindStringSubmatch(shown); m != nil {
		shown = m[1]
	}
	if utf8.RuneCountInString(shown) > 100 {
		return "", "This is too long to be a person reference. Enter the reference alone."
	}
	shown = strings.Map(func(letter rune) rune {
		if unicode.Is(unicode.Cf, letter) { // nobody sees it, and it would make a second person
			return -1
		}
		return letter
	}, shown)
	return strings.ToUpper(strings.Join(strings.Fields(shown), " ")), ""
}

// splitName reads a full name: "Abbott, Yusuf" or "Yusuf Abbott". One word alone is a surname.
func splitName(name string) (forename, surname string) {
	if last, first, commas := strings.Cut(name, ","); commas {
		return strings.TrimSpace(first), strings.TrimSpace(last)
	}
	words := strings.Fields(name)
	if len(words) == 0 {
		return "", ""
	}
	start := len(words) - 1
	for start > 1 && nameParticles[strings.ToLower(words[start-1])] {
		start--
	}
	return strings.Join(words[:start], " "), strings.Join(words[start:], " ")
}

// nameParticles belong to the surname that follows them.
var nameParticles = map[string]bool{
	"al": true, "bin": true, "da": true, "de": true, "del": true, "der": true, "di": true, "dos": true, "du": true, "el": true, "la": true, "le": true, "mac": true,
	"o": true, "st": true, "st.": true, "ten": true, "ter": true, "van": true, "von": true,
}
