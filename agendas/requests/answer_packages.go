package requests

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// TypedPackage is one package of an uplift as it was typed. After is the new price a week in pounds,
// or a rise like "4.5%".
type TypedPackage struct{ CaseNumber, Provider, Present, After string }

// PackagesAnswer adds packages to an uplift, or takes one off. A package of the same case and provider
// is replaced.
type PackagesAnswer struct {
	Add    []TypedPackage
	Remove uuid.UUID
	Pasted bool // problems name the line of what was pasted
}

// Section is Packages.
func (PackagesAnswer) Section() Section { return Packages }

// packageCount is the most packages one uplift may have.
const packageCount = 500

// PastedPackages reads lines as a spreadsheet or a person writes them, the parts between tabs or
// semicolons: case number, provider, price now, new price or rise. Empty lines are passed over.
func PastedPackages(text string) (packages []TypedPackage) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		between := "\t"
		if !strings.Contains(line, between) {
			between = ";"
		}
		parts := strings.Split(line, between)
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		for len(parts) < 4 {
			parts = append(parts, "")
		}
		packages = append(packages, TypedPackage{CaseNumber: parts[0], Provider: parts[1], Present: parts[2], After: strings.Join(parts[3:], " ")})
	}
	return packages
}

func (a PackagesAnswer) apply(tx db.Tx, form *fault.Form, w *Written) error {
	if a.Remove != uuid.Nil {
		w.Lines = slices.DeleteFunc(w.Lines, func(l Line) bool { return l.ID == a.Remove })
		return nil
	}
	if a.Pasted && len(a.Add) == 0 {
		form.Add("pasted", "Paste at least one package, a line each")
	}
	if len(w.Lines)+len(a.Add) > packageCount {
		form.Add("packages", "Keep to %d packages; ask for the others in a second request", packageCount)
		return nil
	}
	found, err := casesNumbered(tx, a.Add)
	if err != nil {
		return err
	}
	for i, typed := range a.Add {
		line, ok := a.read(form, i, typed, found)
		if !ok {
			continue
		}
		if w.Cases == nil {
			w.Cases = map[uuid.UUID]tracker.Case{}
		}
		w.Cases[*line.CaseID] = found[normalised(typed.CaseNumber)]
		same := slices.IndexFunc(w.Lines, func(l Line) bool {
			return l.CaseID != nil && *l.CaseID == *line.CaseID && strings.EqualFold(l.Provider, line.Provider)
		})
		if same >= 0 {
			line.ID = w.Lines[same].ID
			w.Lines[same] = line
		} else {
			w.Lines = append(w.Lines, line)
		}
	}
	return nil
}

// read makes a line of one package; what is wrong is said of its field, or of its line when it was pasted.
func (a PackagesAnswer) read(form *fault.Form, index int, typed TypedPackage, found map[string]tracker.Case) (Line, bool) {
	ok := true
	require := func(good bool, name, sentence string) {
		ok = ok && good
		switch {
		case good:
		case a.Pasted:
			form.Add("pasted", "Line %d: %s", index+1, lowerFirst(sentence))
		default:
			form.Add(name, "%s", sentence)
		}
	}
	c, known := found[normalised(typed.CaseNumber)]
	require(known, "case_number", "Enter the number of a case you may bring, like Q1042")
	provider := strings.TrimSpace(typed.Provider)
	require(provider != "" && len([]rune(provider)) <= lineLimit, "provider", "Enter the provider’s name, in 200 characters or fewer")
	present, err := money.Parse(typed.Present)
	require(err == nil && present > 0, "present", "Enter the price of a week now in pounds, like 1,204.50")
	var after int64
	if rise, isRise := strings.CutSuffix(strings.TrimSpace(typed.After), "%"); isRise {
		percent, err := ParsePercent(rise)
		require(err == nil && strings.TrimSpace(rise) != "", "after", "Enter the rise as a percentage, like 4.5%")
		after = Risen(present, percent)
	} else {
		after, err = money.Parse(typed.After)
		require(err == nil && after > 0, "after", "Enter the new price of a week in pounds, like 1,258.70, or the rise, like 4.5%")
	}
	if !ok {
		return Line{}, false
	}
	return Line{ID: newID(), Kind: Care, Provider: provider, Unit: Week, Quantity: oneUnit, PricePence: after, Paid: EveryWeek, CaseID: &c.ID, PresentPence: &present}, true
}

func lowerFirst(sentence string) string { return strings.ToLower(sentence[:1]) + sentence[1:] }

// casesNumbered finds the cases typed that the actor may bring, by their numbers.
func casesNumbered(tx db.Tx, typed []TypedPackage) (map[string]tracker.Case, error) {
	numbers := []int64{}
	for _, one := range typed {
		if number, ok := tracker.ParseCaseReference(normalised(one.CaseNumber)); ok {
			numbers = append(numbers, number)
		}
	}
	found := map[string]tracker.Case{}
	if len(numbers) == 0 {
		return found, nil
	}
	var cases []tracker.Case
	err := tracker.Visible(tx).Where("cases.number in ?", numbers).Find(&cases).Error
	for _, c := range cases {
		found[c.Reference()] = c
	}
	return found, err
}
