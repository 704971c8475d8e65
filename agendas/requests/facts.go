package requests

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// Fact is one answer of a request in words.
type Fact struct {
	Section Section    `json:"section"`
	Key     string     `json:"key"`
	Words   string     `json:"words"`
	CaseID  *uuid.UUID `json:"case_id,omitempty"` // of an uplift's package
}

// Facts are all answers of a request in words, section by section, as its presenter checks them and as
// a later submission is compared with them.
func (w Written) Facts() (facts []Fact) {
	for _, section := range w.Kind.Sections() {
		add := func(key, words string) { facts = append(facts, Fact{Section: section, Key: key, Words: words}) }
		switch section {
		case About:
			add("Asked for", w.Kind.Words())
			if w.Kind != Uplift {
				add("Young person", w.Case.Reference())
			}
			add("Panel", w.Forum.Name)
		case OwedInLaw:
			for _, o := range w.Owed {
				if words := o.Words; o.Duty == Nothing {
					add(o.Duty.Words(), "Looked into, and none found")
				} else if o.Duty == Order && !o.On.IsZero() {
					add(o.Duty.Words(), "Of "+o.On.Long()+": "+words)
				} else {
					add(o.Duty.Words(), words)
				}
			}
		case Circumstances:
			w.circumstances(add)
		case Need:
			add("What the young person needs", w.Need)
			add("What should be different", w.Outcomes)
		case OptionsWeighed:
			for i, option := range w.Options {
				add("Option "+strconv.Itoa(i+1), option.Text())
			}
		case Costs:
			for i, line := range w.Lines {
				add("Line "+strconv.Itoa(i+1), w.lineWords(line))
			}
			gross := w.Gross()
			add("A week, on average", money.Pounds(gross.WeeklyPence))
			add("Once", money.Pounds(gross.OneOffPence))
			add("In a year", money.Pounds(gross.AnnualPence))
		case Contribution:
			if w.ClientWeeklyPence != nil {
				add("Paid by the young person", nothingOr(w.client(), " a week"))
			}
		case Packages:
			for _, line := range w.Lines {
				c, known := w.Cases[*line.CaseID]
				if known {
					facts = append(facts, Fact{Section: section, Key: c.Reference() + ", " + line.Provider, Words: upliftWords(line), CaseID: line.CaseID})
				}
			}
			present, after := UpliftTotal(w.Lines)
			add("Together", money.Pounds(present)+" a week now, "+money.Pounds(after)+" afterwards")
		case Dates:
			add("Starts", dateWords(w.StartsOn))
			if w.Kind != Uplift {
				add("Ends", w.EndsWords())
				add("Review", w.ReviewWords())
			}
		case Split:
			for _, agency := range w.Funders {
				for _, share := range w.Shares {
					if share.AgencyID == agency.ID && share.WeeklyPence+share.OneOffPence > 0 {
						add(agency.Name, costWords(Cost{WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence}))
					}
				}
			}
		}
	}
	return facts
}

func (w Written) circumstances(add func(key, words string)) {
	switch w.Kind {
	case Retrospective:
		add("Authorised by", w.AuthorisedBy)
		add("Authorised on", dateWords(w.AuthorisedOn))
		add("Why it could not wait", w.WhyNotWait)
	case Notice:
		add("Provider", w.Provider)
		add("Notice given on", dateWords(w.NoticedOn))
		add("Provider’s last day", dateWords(w.NoticeEndsOn))
		add("Why", w.Reason)
	case Ending:
		add("Last day", dateWords(w.EndsOn))
		add("Why", w.Reason)
	default:
		add("Why", w.Reason)
	}
}

func (w Written) lineWords(line Line) string {
	words := line.Kind.Words()
	if line.What != "" {
		words += ", " + line.What
	}
	if line.Provider != "" {
		words += ", " + line.Provider
	}
	return words + ": " + line.Words()
}

func upliftWords(line Line) string {
	return money.Pounds(*line.PresentPence) + " a week now, " + money.Pounds(line.PricePence) + " afterwards (" + PercentWords(RisePercent(*line.PresentPence, line.PricePence)) + "%)"
}

// Text is the option with its cost and reason.
func (o Option) Text() string {
	words := o.What
	if o.WeeklyPence+o.OneOffPence > 0 {
		words += ", " + costWords(Cost{WeeklyPence: o.WeeklyPence, OneOffPence: o.OneOffPence})
	}
	if o.Chosen {
		words += " (proposed)"
	}
	return words + ": " + o.Why
}

func nothingOr(pence int64, per string) string {
	if pence == 0 {
		return "Nothing"
	}
	return money.Pounds(pence) + per
}

func dateWords(d clock.Date) string {
	if d.IsZero() {
		return "Not known"
	}
	return d.Long()
}

// A Difference is an answer that is not what it was when the request was submitted before.
type Difference struct {
	Section       Section
	Key           string
	Before, After string // "" when the answer is new, or gone
}

// Differences compares two submissions, in the order of the later one; what is gone comes last.
func Differences(before, after []Fact) (changed []Difference) {
	find := func(in []Fact, f Fact) (Fact, bool) {
		at := slices.IndexFunc(in, func(o Fact) bool { return o.Section == f.Section && o.Key == f.Key })
		if at < 0 {
			return Fact{}, false
		}
		return in[at], true
	}
	for _, now := range after {
		was, there := find(before, now)
		if !there || was.Words != now.Words {
			changed = append(changed, Difference{Section: now.Section, Key: now.Key, Before: was.Words, After: now.Words})
		}
	}
	for _, was := range before {
		if _, there := find(after, was); !there {
			changed = append(changed, Difference{Section: was.Section, Key: was.Key, Before: was.Words})
		}
	}
	return changed
}

// submission is what a request said when it was submitted.
type submission struct {
	RequestID   uuid.UUID
	Number      int
	SubmittedAt time.Time
	Content     []Fact `gorm:"serializer:json"` // young people by their numbers, never their names
}

// TableName is request_submission.
func (submission) TableName() string { return "request_submission" }

// keepSubmission keeps what the request says now, to compare the next submission with.
func (w Written) keepSubmission(tx db.Tx) error {
	var last int
	if err := tx.Raw(`select coalesce(max(number), 0) from request_submission where request_id = ?`, w.ID).Scan(&last).Error; err != nil {
		return err
	}
	return tx.Create(&submission{RequestID: w.ID, Number: last + 1, SubmittedAt: tx.Now, Content: w.Facts()}).Error
}

// changedSince compares the last two submissions of a request. Of an uplift’s packages it compares
// those of the cases the reader may know of.
func changedSince(tx db.Tx, requestID uuid.UUID, cases map[uuid.UUID]tracker.Case) ([]Difference, error) {
	var last []submission
	if err := tx.Where("request_id = ?", requestID).Order("number desc").Limit(2).Find(&last).Error; err != nil || len(last) < 2 {
		return nil, err
	}
	for i := range last {
		last[i].Content = slices.DeleteFunc(last[i].Content, func(f Fact) bool {
			if f.CaseID == nil {
				return false
			}
			_, known := cases[*f.CaseID]
			return !known
		})
	}
	return Differences(last[1].Content, last[0].Content), nil
}
