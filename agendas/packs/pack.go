// Package packs is what each reader of an agenda carries to the meeting: the agenda as they may see it, with what each item is about.
package packs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/server/base/clock"
)

// Pack is one version of a meeting's agenda for one reader.
type Pack struct {
	agendas.PublishedPage
	Reader   string          // whose it is
	Agencies []Agency        // who is coming, in the order of the table; none for whoever sees only their own items
	Forecast panels.Forecast // of the meeting's quorum
	Quorum   string          // what a quorum is here, in words
	Entries  []Entry         // in the order of the agenda
}

// Agency is whoever is asked to the meeting for one agency.
type Agency struct {
	Name  string // "" where seats belong to none
	Seats []Seat
}

// Seat is a seat with who is asked in it and what they have said.
type Seat struct {
	Name, Person, Says string
	Decides            bool
}

// Entry is one item of a pack. An item that is withheld or taken off has a line and nothing else.
type Entry struct {
	agendas.Line
	Facts   []Fact // of the case, as far as they matter to the meeting
	Request *Request
	Papers  []Paper
}

// Closed reports whether the reader sees nothing of the item but its number.
func (e Entry) Closed() bool { return e.Withheld != "" || e.State == agendas.TakenOff }

// Fact is something known of a case.
type Fact struct{ Name, Value string }

// Request is a funding request as a panel reads it.
type Request struct {
	requests.Request
	Lines            []requests.Line // what is to be paid for, in order; an uplift's are Packages
	Packages         []Package
	Closed           int                  // packages in whose young person the reader declared an interest
	Split            []requests.ShareLine // who is asked to pay, or pays now
	Exposure         requests.Exposure
	WeeksThousandths int // the forum's year
}

// Package is one of an uplift's.
type Package struct {
	Person string // case number and name
	requests.Line
}

// Paper is a file that is attached to an item.
type Paper struct {
	ID    uuid.UUID
	Name  string
	Kind  string // in words: "PDF", "Word", "picture"
	Bytes int64
}

// AttachMost is how much of papers a PDF carries, in bytes. A file that is larger is one that mail refuses
// and a tablet opens slowly; what is beyond it is opened one by one.
const AttachMost = 20 << 20

// Attached are the papers that travel inside the PDF: in the order of the agenda, each that still fits.
func (p Pack) Attached() (attached []Paper) {
	room := int64(AttachMost)
	for _, e := range p.Entries {
		for _, paper := range e.Papers {
			if paper.Bytes <= room {
				attached, room = append(attached, paper), room-paper.Bytes
			}
		}
	}
	return attached
}

// Papers counts what is attached to the items.
func (p Pack) Papers() (n int) {
	for _, e := range p.Entries {
		n += len(e.Papers)
	}
	return n
}

// PapersWords says which of the papers the PDF carries and where the others are; "" when there are none.
func (p Pack) PapersWords() string {
	all, inside := p.Papers(), len(p.Attached())
	switch {
	case all == 0:
		return ""
	case all == inside && all == 1:
		return "1 paper is attached to the PDF."
	case all == inside:
		return fmt.Sprintf("All %d papers are attached to the PDF.", all)
	case all == 1:
		return fmt.Sprintf("The paper is too large to attach to the PDF, which carries %d MB of papers at the most. Open it in Quorate, by its link under the item.", AttachMost>>20)
	}
	which, others := fmt.Sprintf("%d of the %d papers are", inside, all), "the others"
	switch inside {
	case 0:
		which, others = fmt.Sprintf("None of the %d papers is", all), "them"
	case 1:
		which = fmt.Sprintf("1 of the %d papers is", all)
	}
	return fmt.Sprintf("%s attached to the PDF, which carries %d MB of papers at the most. Open %s in Quorate, by the links under each item.", which, AttachMost>>20, others)
}

// On is the meeting's day.
func (p Pack) On() clock.Date { return p.Meeting.On() }

// Mark tells apart packs that do not say the same of the agenda. Who has replied meanwhile is no part of it:
// a pack is not made anew for that.
func (p Pack) Mark() string {
	content, err := json.Marshal(struct {
		Version    int
		Content    agendas.Snapshot
		Chair      string
		LateReason string
		Changes    agendas.Changes
		Entries    []Entry
	}{p.Version, p.Content, p.Chair, p.LateReason, p.Changes, p.Entries})
	if err != nil {
		panic(err) // a pack is made of what JSON can say
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}
