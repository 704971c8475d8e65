package dates

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
)

// Candidate is a date with what its quorum is judged by: the terms in force and the seats held on
// that very day.
type Candidate struct {
	Slot  Slot
	Terms panels.Terms
	Seats []panels.TableSeat
}

// Prospect is what the answers foretell of one date.
type Prospect struct {
	Slot              Slot
	Past              bool
	Yes, IfNeedBe, No int                // people
	Sure              panels.QuorumCount // of those who say yes
	Likely            panels.QuorumCount // of those and the ones who could come if need be
}

// Rank judges each date by the answers and puts the best first: dates to come before those past,
// quorate by yes alone, then quorate with those who could come if need be, then whatever lacks least;
// among equals the one that most can come to, then the earlier.
//
// A seat is spoken for by its holder, or else by the first of its deputies who can come; somebody who
// says yes goes before somebody who would come if need be. Only deciding seats count, and people who
// are no longer asked are not among the answers.
func Rank(candidates []Candidate, answers map[uuid.UUID]Answers, now time.Time) []Prospect {
	var prospects []Prospect
	for _, c := range candidates {
		p := Prospect{Slot: c.Slot, Past: !c.Slot.StartsAt.After(now)}
		for _, given := range answers {
			switch given[c.Slot.ID] {
			case Yes:
				p.Yes++
			case IfNeedBe:
				p.IfNeedBe++
			case No:
				p.No++
			}
		}
		p.Sure = c.Terms.CountQuorum(c.speakers(answers, Yes))
		p.Likely = c.Terms.CountQuorum(c.speakers(answers, Yes, IfNeedBe))
		prospects = append(prospects, p)
	}
	slices.SortStableFunc(prospects, func(a, b Prospect) int {
		return cmp.Or(
			falseFirst(a.Past, b.Past),
			falseFirst(!a.Sure.Met(), !b.Sure.Met()),
			falseFirst(!a.Likely.Met(), !b.Likely.Met()),
			cmp.Compare(lacks(a.Likely), lacks(b.Likely)),
			cmp.Compare(lacks(a.Sure), lacks(b.Sure)),
			cmp.Compare(b.Yes, a.Yes),
			cmp.Compare(b.IfNeedBe, a.IfNeedBe),
			a.Slot.StartsAt.Compare(b.Slot.StartsAt),
			cmp.Compare(a.Slot.ID.String(), b.Slot.ID.String()))
	})
	return prospects
}

// speakers finds who would speak in each deciding seat, those with an earlier answer of willing first.
func (c Candidate) speakers(answers map[uuid.UUID]Answers, willing ...Answer) []panels.Speaker {
	var speakers []panels.Speaker
	for _, seat := range c.Seats {
		if !seat.Decides() {
			continue
		}
	who:
		for _, answer := range willing {
			for _, holder := range seat.Holders {
				if answers[holder.PersonID][c.Slot.ID] == answer {
					speakers = append(speakers, panels.Speaker{PersonID: holder.PersonID, Kind: seat.Kind})
					break who
				}
			}
		}
	}
	return speakers
}

// lacks is how much stands between a count and a quorum.
func lacks(c panels.QuorumCount) int { return c.Short() + len(c.Missing) }

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// Words says whether the date would be quorate, and what is missing if not.
func (p Prospect) Words() string {
	switch {
	case p.Sure.Met():
		return "Quorate"
	case p.Likely.Met():
		return "Quorate if those who said “if need be” come"
	default:
		return "Not quorate: " + p.Lacks()
	}
}

// Lacks is what would still be missing if everybody came who could: "Health is missing".
func (p Prospect) Lacks() string { return missing(p.Likely) }

// missing is "Health is missing and 1 more member is needed".
func missing(c panels.QuorumCount) string {
	var parts []string
	for _, kind := range c.Missing {
		parts = append(parts, kind.Words()+" is missing")
	}
	switch short := c.Short(); {
	case short == 1:
		parts = append(parts, "1 more member is needed")
	case short > 1:
		parts = append(parts, fmt.Sprintf("%d more members are needed", short))
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
