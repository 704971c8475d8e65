package requests

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// SplitAnswer is what each funder is asked to pay, in pounds or in percent of both costs.
type SplitAnswer struct {
	ByPercent bool
	Shares    []TypedShare
}

// TypedShare is what was typed beside one funder.
type TypedShare struct {
	AgencyID uuid.UUID
	Weekly   string // pounds a week
	OneOff   string // pounds
	Percent  string
}

// ShareField names a share's field in the form and in the errors about it.
func ShareField(kind string, agencyID uuid.UUID) string { return kind + "-" + agencyID.String() }

// Section is Split.
func (SplitAnswer) Section() Section { return Split }

func (a SplitAnswer) apply(_ db.Tx, form *fault.Form, w *Written) error {
	w.Shares, _ = a.read(form, *w)
	return nil
}

// read gives the shares, and how much percents come to in hundredths. Whoever is no funder was never
// offered and is passed over. A share typed on the side that is not chosen is asked about, so that nobody
// is thought to have been asked for what was not read.
func (a SplitAnswer) read(form *fault.Form, w Written) (shares []Share, whole int64) {
	var percents []int64
	unread := false
	for _, typed := range a.Shares {
		if !slices.ContainsFunc(w.Funders, func(f panels.Agency) bool { return f.ID == typed.AgencyID }) {
			continue
		}
		share := Share{AgencyID: typed.AgencyID}
		if a.ByPercent {
			percent, err := ParsePercent(typed.Percent)
			if err != nil {
				form.Add(ShareField("percent", typed.AgencyID), "Enter a percentage from 0 to 100, like 33.33")
				unread = true
			} else if strings.TrimSpace(typed.Percent) == "" && strings.TrimSpace(typed.Weekly+typed.OneOff) != "" {
				form.Add(ShareField("percent", typed.AgencyID), "Enter this share in percent, or choose “In pounds”")
				unread = true
			}
			percents = append(percents, percent)
			whole += percent
		} else {
			share.WeeklyPence = pounds(form, ShareField("weekly", typed.AgencyID), typed.Weekly, "Enter the share in pounds a week, like 602.25")
			share.OneOffPence = pounds(form, ShareField("one_off", typed.AgencyID), typed.OneOff, "Enter the share in pounds, like 602.25")
			if strings.TrimSpace(typed.Weekly+typed.OneOff) == "" && strings.TrimSpace(typed.Percent) != "" {
				form.Add(ShareField("percent", typed.AgencyID), "Enter this share in pounds, or choose “In percent”")
			}
		}
		shares = append(shares, share)
	}
	switch {
	case !a.ByPercent:
	case whole > money.WholePercent && !unread:
		form.Add("split", "Shares come to %s%%. Take %s%% off", PercentWords(whole), PercentWords(whole-money.WholePercent))
	case whole <= money.WholePercent:
		for i, pence := range money.SplitPercent(w.WeeklyPence, percents) {
			shares[i].WeeklyPence = pence
		}
		for i, pence := range money.SplitPercent(w.OneOffPence, percents) {
			shares[i].OneOffPence = pence
		}
	}
	return shares, whole
}

// LeftToShare says what is still to share in the words the form shows: "£0.01 a week left to share", or
// "5%; £60.22 a week left to share" of percents.
// It is "" when nothing can be said: there is no cost yet, or an amount cannot be read.
func (a SplitAnswer) LeftToShare(w Written) string {
	var form fault.Form
	shares, whole := a.read(&form, w)
	if w.WeeklyPence == 0 && w.OneOffPence == 0 {
		return ""
	}
	if problem := fault.As(form.Err()); problem != nil && (problem.Fields[0].Name != "split" || len(problem.Fields) > 1) {
		return ""
	}
	if whole > money.WholePercent {
		return PercentWords(whole-money.WholePercent) + "% too much"
	}
	weekly, oneOff := w.WeeklyPence, w.OneOffPence
	for _, share := range shares {
		weekly -= share.WeeklyPence
		oneOff -= share.OneOffPence
	}
	var parts []string
	for _, part := range []struct {
		left int64
		per  string
	}{{weekly, " a week"}, {oneOff, " of the one-off cost"}} {
		switch {
		case part.left > 0:
			parts = append(parts, money.Pounds(part.left)+part.per+" left to share")
		case part.left < 0:
			parts = append(parts, money.Pounds(-part.left)+part.per+" too much")
		}
	}
	if len(parts) == 0 {
		return "Nothing left to share"
	}
	if a.ByPercent {
		parts = append([]string{PercentWords(money.WholePercent-whole) + "%"}, parts...)
	}
	return strings.Join(parts, "; ")
}

// Linked fills in the side that was not typed: pounds from percent, to the penny, and percent from pounds,
// for people to read. It changes nothing that is saved. When some of it cannot be read it leaves everything
// as it was typed and says what to mend.
func (a SplitAnswer) Linked(w Written) (SplitAnswer, error) {
	var form fault.Form
	shares, _ := a.read(&form, w)
	if err := form.Err(); err != nil {
		return a, err
	}
	linked := SplitAnswer{ByPercent: a.ByPercent}
	for _, typed := range a.Shares {
		at := slices.IndexFunc(shares, func(s Share) bool { return s.AgencyID == typed.AgencyID })
		if at < 0 {
			continue // no funder
		}
		share := shares[at]
		switch {
		case a.ByPercent:
			typed.Weekly, typed.OneOff = money.Typed(share.WeeklyPence), money.Typed(share.OneOffPence)
		case w.WeeklyPence > 0:
			typed.Percent = percentTyped(share.WeeklyPence, w.WeeklyPence)
		default:
			typed.Percent = percentTyped(share.OneOffPence, w.OneOffPence)
		}
		linked.Shares = append(linked.Shares, typed)
	}
	return linked, nil
}

// percentTyped is a share as a form field holds it, "" for none.
func percentTyped(share, whole int64) string {
	if share == 0 || whole == 0 {
		return ""
	}
	return PercentWords(money.Percent(share, whole))
}

// Preset is a usual way to share a cost.
type Preset string

// The presets.
const (
	AllHealth Preset = "health"    // the NHS pays it all
	Equal     Preset = "equal"     // between those with a share typed, else between all funders of the partnership
	LastTime  Preset = "last_time" // as the package is shared now
)

// Presets are those a request can use.
func (w Written) Presets() (usable []Preset) {
	for _, p := range []Preset{AllHealth, Equal, LastTime} {
		if len(w.weights(p, SplitAnswer{})) > 0 {
			usable = append(usable, p)
		}
	}
	return usable
}

// Preset fills the split in, in pounds that add up to the penny. It changes nothing that is saved.
func (w Written) Preset(p Preset, typed SplitAnswer) SplitAnswer {
	weights := w.weights(p, typed)
	if len(weights) == 0 {
		return typed
	}
	each := make([]int64, len(w.Funders))
	for i, agency := range w.Funders {
		each[i] = weights[agency.ID]
	}
	filled := SplitAnswer{}
	weekly, oneOff := money.SplitLike(w.WeeklyPence, each), money.SplitLike(w.OneOffPence, each)
	for i, agency := range w.Funders {
		filled.Shares = append(filled.Shares, TypedShare{AgencyID: agency.ID, Weekly: money.Typed(weekly[i]), OneOff: money.Typed(oneOff[i])})
	}
	return filled
}

// weights says how much of a cost each funder carries against the others, by a preset.
func (w Written) weights(p Preset, typed SplitAnswer) map[uuid.UUID]int64 {
	weights := map[uuid.UUID]int64{}
	switch p {
	case AllHealth:
		for _, agency := range w.Funders {
			if agency.Kind == panels.HealthContinuing && !agency.Outside {
				weights[agency.ID] = 1
				return weights
			}
		}
	case Equal:
		for _, share := range typed.Shares {
			if strings.TrimSpace(share.Weekly+share.OneOff+share.Percent) != "" {
				weights[share.AgencyID] = 1
			}
		}
		if len(weights) == 0 {
			for _, agency := range w.Funders {
				if !agency.Outside {
					weights[agency.ID] = 1
				}
			}
		}
	case LastTime:
		if w.Previous != nil {
			for _, share := range w.Previous.Shares {
				if share.WeeklyPence > 0 {
					weights[share.AgencyID] = share.WeeklyPence
				}
			}
		}
	}
	return weights
}

// TypedSplit is the saved split as the form shows it again.
func (w Written) TypedSplit() (a SplitAnswer) {
	for _, share := range w.Shares {
		a.Shares = append(a.Shares, TypedShare{AgencyID: share.AgencyID, Weekly: money.Typed(share.WeeklyPence), OneOff: money.Typed(share.OneOffPence)})
	}
	return a
}

// ParsePercent reads a percentage as people type it, in hundredths of a per cent; nothing typed is 0.
func ParsePercent(typed string) (int64, error) {
	text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(typed), "%"))
	if text == "" {
		return 0, nil
	}
	hundredths, err := money.Parse(text)
	if err != nil || strings.ContainsAny(text, "£,") || hundredths > money.WholePercent {
		return 0, fmt.Errorf("not a percentage")
	}
	return hundredths, nil
}

// PercentWords writes hundredths of a per cent without the sign: "33.33", "50".
func PercentWords(hundredths int64) string {
	text := strconv.FormatFloat(float64(hundredths)/100, 'f', 2, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}
